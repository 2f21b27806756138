Feature: Settings that exist in the AWS accounts only
  These cases cannot be executed on the simulator. They are planned for the AWS accounts and are shown there as
  Not executed until somebody runs them.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And the tester reads settings with the AWS role for administration

  @IQ-016 @verifies:CS-013 @risk:RSK-009 @env:AWSVAL @env:PROD @positive
  Scenario: Policy that refuses requests without TLS
    Objective: Show that the policy of the bucket refuses requests without TLS 1.2 (CS-013).
    When the tester reads the policy of the bucket "<bucket>"
    Then it denies every action when "aws:SecureTransport" is "false"
    And it denies every action when "s3:TlsVersion" is below "1.2"

  @IQ-017 @verifies:URS-017 @verifies:CS-014 @risk:RSK-017 @env:PROD @positive
  Scenario: Replication to the second region
    Objective: Show that each object is copied to another region under the same retention (CS-014).
    When the tester reads the replication rules of the bucket "<bucket>"
    Then one enabled rule covers all objects and leads to a bucket in another region
    And that bucket has Object Lock with the mode "COMPLIANCE" and at least 3653 days

  @IQ-018 @verifies:CS-003 @verifies:CS-004 @risk:RSK-002 @env:PROD @positive @critical
  Scenario: Object Lock with default retention in production
    Objective: Show that the production bucket locks each new object in the mode COMPLIANCE for 3653 days.
    When the tester asks the storage service for the Object Lock configuration of the bucket "<bucket>"
    Then the Object Lock configuration holds
      | setting             | value      |
      | Object Lock enabled | Enabled    |
      | default mode        | COMPLIANCE |
      | default days        | 3653       |
