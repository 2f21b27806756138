Feature: The vault application is installed as released
  The IQ compares what is installed with what was released: application, libraries, clock, documents.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"

  @IQ-001 @verifies:URS-060 @verifies:FS-022 @positive @critical
  Scenario: The installed version is the released one
    Objective: Show that the installed vault application is version <system.version>, byte for byte.
    Prerequisites: Release note S3V-RN-210 with the digest of the program files.
    When the tester asks the installed vault application for its version and for the digest of its program files
    Then the version is "<system.version>"
    And the digest of the program files equals the digest computed file by file from the release
    And the list of program files with their digests is attached

  @IQ-002 @verifies:DS-001 @verifies:DS-008 @positive
  Scenario: The libraries are those the design names
    Objective: Show that each library that the vault depends on is installed within its approved range.
    When the tester reads the installed version of each library
    Then each version lies within the approved range
      | library      | at least | below  | used for                    |
      | boto3        | 1.35     | 2.0    | access to the AWS services  |
      | botocore     | 1.35     | 2.0    | access to the AWS services  |
      | cryptography | 44.0     | 100.0  | check of signature values   |
    And the Python version is at least "3.11"

  @IQ-003 @verifies:URS-034 @verifies:DS-011 @risk:RSK-016 @boundary
  Scenario: The clock of the server agrees with the storage service
    Objective: Show that the clocks differ by at most 5 seconds at the time of installation.
    Acceptance: Difference of at most 5 seconds.
    When the tester compares the clock of the server with the Date header of the storage service
    Then the difference is at most 5 seconds

  @IQ-004 @manual @verifies:SOP-002 @verifies:SOP-004
  Scenario: The documents for operation are at hand
    Objective: Show that users and administrators can reach the effective procedures and the release note.
    Prerequisites: Access to the document management system as a user with the role contributor.
    When the tester opens the procedures RM-SOP-019, RM-SOP-020, RM-SOP-021, IT-SOP-014, IT-SOP-016 and IT-SOP-018 in the document management system
    Then each procedure is shown with the status "effective" and with the version stated in this project
    When the tester opens the release note S3V-RN-210
    Then it states version 2.1.0, the digest of the program files and the installation steps
