Feature: Release decision

  @PQ-001 @verifies:URS-001 @verifies:URS-002
  Scenario: An analyst obtains the mean for a release decision
    Objective: show the process from replicates to mean.

    When the mean of 10.10, 10.20, 10.30 is calculated
    Then the mean is 10.20
