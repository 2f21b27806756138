Feature: Mean of replicates

  @OQ-001 @verifies:FS-001 @positive
  Scenario Outline: Means are rounded half up
    Objective: show the calculation against an independent reference.

    When the mean of <replicates> is calculated
    Then the mean is <mean>

    Examples:
      | case    | replicates          | mean  |
      | typical | 9.98, 10.02, 10.03  | 10.01 |
      | half-up | 0.005, 0.005, 0.005 | 0.01  |

  @OQ-002 @verifies:FS-002 @risk:RSK-001 @negative
  Scenario: A missing replicate is refused
    Objective: show that no mean is reported from two replicates.

    When the mean of 9.98, 10.02 is calculated
    Then the calculation is refused with "three replicates are needed"
