Feature: Roles, keys and the access log are configured as approved

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And the tester reads settings with the AWS role for administration

  @IQ-013 @verifies:CS-009 @verifies:CS-010 @verifies:CS-011 @risk:RSK-007 @positive
  Scenario Outline: Policy of the AWS role <role>
    Objective: Show that the role <role> holds the approved actions and no others.
    When the tester reads the policy of the AWS role "<role>"
    Then its actions are the approved ones of "<role>" and no others
    And it holds no action that deletes objects, sets retention or changes the versioning

    Examples: roles of the vault
      | case          | role              |
      | service       | s3v-service       |
      | inspector     | s3v-inspector     |
      | administrator | s3v-administrator |

  @IQ-014 @verifies:CS-015 @risk:RSK-012 @positive
  Scenario: Signature key
    Objective: Show type, use and state of the key that signs signature records (CS-015).
    When the tester asks the key service for the key behind "alias/s3v-signatures"
    Then the key has the following properties
      | property | value         |
      | KeySpec  | ECC_NIST_P256 |
      | KeyUsage | SIGN_VERIFY   |
      | KeyState | Enabled       |

  @IQ-015 @verifies:URS-035 @verifies:CS-012 @risk:RSK-010 @positive
  Scenario: Access log of the storage provider
    Objective: Show that object-level requests to the record bucket are configured to be logged (CS-012).
    Prerequisites: In VAL this shows the configuration only; delivery of events is shown by OQ-043 in AWSVAL.
    When the tester asks for the state and the event selectors of the trail "s3v-trail"
    Then the trail is logging
    And it selects all object-level events of the bucket "<bucket>"
    And its log file validation is on
