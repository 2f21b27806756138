Feature: Installation

  @IQ-001 @verifies:FS-001
  Scenario: The calculation runs on the version that was specified
    Objective: show that the language runtime is one that the product supports.

    When the version of the runtime is read
    Then it is at least "3.11"
