Feature: The record bucket is configured as approved
  One case for each configuration item of the bucket. Each case shows the value found beside the approved value.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And the tester reads settings with the AWS role for administration

  @IQ-005 @verifies:CS-001 @positive
  Scenario: Region of the record bucket
    Objective: Show that records are stored in the approved region (CS-001).
    When the tester asks the storage service for the location of the bucket "<bucket>"
    Then the location is "<region>"

  @IQ-006 @verifies:CS-002 @risk:RSK-001 @positive
  Scenario: Versioning of the record bucket
    Objective: Show that versioning is enabled (CS-002).
    When the tester asks the storage service for the versioning of the bucket "<bucket>"
    Then the status of the versioning is "Enabled"

  @IQ-007 @verifies:CS-003 @verifies:CS-004 @risk:RSK-001 @risk:RSK-002 @positive @critical @evidence
  Scenario: Object Lock with default retention
    Objective: Show that each new object is locked in the mode COMPLIANCE for 3653 days (CS-003, CS-004).
    Acceptance: Object Lock enabled, mode COMPLIANCE, 3653 days.
    When the tester asks the storage service for the Object Lock configuration of the bucket "<bucket>"
    Then the Object Lock configuration holds
      | setting             | value      |
      | Object Lock enabled | Enabled    |
      | default mode        | COMPLIANCE |
      | default days        | 3653       |
    And the answer of the storage service is attached

  @IQ-008 @verifies:CS-005 @verifies:CS-006 @risk:RSK-009 @positive
  Scenario: Default encryption with a key of the company
    Objective: Show the encryption algorithm, the key and its rotation (CS-005, CS-006).
    When the tester asks the storage service for the default encryption of the bucket "<bucket>"
    Then the algorithm is "aws:kms" with the key behind "alias/s3v-records"
    And that key is managed by the customer, enabled, and rotated every year

  @IQ-009 @verifies:CS-007 @risk:RSK-008 @positive
  Scenario Outline: Block Public Access: <setting>
    Objective: Show that the setting <setting> is on (CS-007).
    When the tester asks the storage service for the public access block of the bucket "<bucket>"
    Then the setting "<setting>" is "true"

    Examples: the four settings of Block Public Access
      | case       | setting               |
      | new-acl    | BlockPublicAcls       |
      | old-acl    | IgnorePublicAcls      |
      | new-policy | BlockPublicPolicy     |
      | old-policy | RestrictPublicBuckets |

  @IQ-010 @verifies:CS-008 @risk:RSK-008 @positive
  Scenario: Access lists are disabled
    Objective: Show that object ownership is enforced, so that access lists have no effect (CS-008).
    When the tester asks the storage service for the object ownership of the bucket "<bucket>"
    Then the object ownership is "BucketOwnerEnforced"

  @IQ-011 @verifies:CS-017 @risk:RSK-001 @negative
  Scenario: No rule expires objects
    Objective: Show that no lifecycle rule removes current or earlier versions (CS-017).
    When the tester asks the storage service for the lifecycle rules of the bucket "<bucket>"
    Then no rule expires current or earlier versions

  @IQ-012 @verifies:URS-061 @verifies:FS-022 @verifies:DS-010 @risk:RSK-018 @positive @critical @evidence
  Scenario: The whole configuration equals the approved one
    Objective: Show that the comparison of all settings reports no difference after installation.
    When the tester compares the configuration of bucket, keys and roles with the approved configuration
    Then no setting differs
    And the list of all settings with approved and found value is attached
