Feature: Approved configuration
  A setting changed by hand is found by the comparison (FS-022).

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And the tester reads settings with the AWS role for administration

  @OQ-058 @verifies:URS-061 @verifies:FS-022 @verifies:DS-010 @risk:RSK-018 @risk:RSK-008 @negative @critical
  Scenario Outline: A changed setting is named: <setting>
    Objective: Show that the comparison names the setting with its approved and its found value.
    Given somebody with the rights of the AWS account <change>
    When the tester compares the configuration of bucket, keys and roles with the approved configuration
    Then exactly the setting "<setting>" differs: approved "<approved>", found "<found>"

    Examples: changes made by hand
      | case          | change                              | setting                             | approved   | found      |
      | public-access | switches off BlockPublicPolicy      | block_public_access.BlockPublicPolicy | true     | false      |
      | retention     | sets the default retention to 30 days | object_lock_days                  | 3653       | 30         |
      | mode          | sets the default mode to GOVERNANCE | object_lock_mode                    | COMPLIANCE | GOVERNANCE |
      | versioning    | suspends versioning                 | versioning                          | Enabled    | Suspended  |
      | rotation      | switches off the rotation of the key | key_rotation                       | true       | false      |
      | trail         | stops the access log                | trail                               | true       | false      |
      | expiry        | adds a rule that expires objects    | lifecycle                           | no expiry  | expiry by housekeeping |

  @OQ-059 @verifies:URS-061 @verifies:FS-022 @verifies:CS-009 @risk:RSK-018 @risk:RSK-007 @negative @critical
  Scenario: A permission added to a role is named
    Objective: Show that a permission to delete, added to the service role, is found.
    Given somebody with the rights of the AWS account adds the action "s3:DeleteObjectVersion" to the role "s3v-service"
    When the tester compares the configuration of bucket, keys and roles with the approved configuration
    Then exactly one setting differs: "role.s3v-service", and the found value names "s3:DeleteObjectVersion"
