Feature: Retention
  Object Lock in the mode COMPLIANCE binds every role, the AWS account included. The simulator of VAL enforces a part of
  this only: OQ-018 and OQ-020 are expected to fail there and have to pass in AWSVAL (VSR, Known limitations).

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And revision 1 of "KRAS-001" is stored by "A. Keller"

  Rule: Every object is locked from the moment it is stored

    @OQ-014 @verifies:URS-013 @verifies:FS-006 @verifies:CS-004 @risk:RSK-001 @positive @critical @evidence
    Scenario: Each object of a package carries mode and retention date
      Objective: Show that each object is in the mode COMPLIANCE for at least 3653 days.
      Acceptance: Mode COMPLIANCE on each object; retention date at least 3653 days after the time of storage.
      When the tester reads mode and retention date of each object of that package
      Then each object is in the mode "COMPLIANCE"
      And each retention date lies at least 3653 days after the time of storage

  Rule: No role deletes an object before its retention ends

    @OQ-015 @verifies:URS-012 @verifies:FS-006 @verifies:FS-011 @risk:RSK-001 @risk:RSK-007 @negative @critical
    Scenario Outline: Deletion as <role> is refused
      Objective: Show that the role <role> cannot delete an object version of a record.
      When an object version of files/results.csv of that package is deleted with the credentials of the AWS role "<role>"
      Then the request is refused with "AccessDenied"
      And files/results.csv of that package is read with its original digest

      Examples: every role that exists
        | case          | role              |
        | service       | s3v-service       |
        | inspector     | s3v-inspector     |
        | administrator | s3v-administrator |
        | account       | platform          |

    @OQ-016 @verifies:URS-012 @verifies:CS-003 @risk:RSK-001 @risk:RSK-002 @negative @critical
    Scenario: Deletion with the flag that bypasses governance is refused
      Objective: Show that the flag, which works in the mode GOVERNANCE, has no effect.
      When an object version of files/results.csv of that package is deleted with the rights of the AWS account and the flag "bypass governance retention"
      Then the request is refused with "AccessDenied"
      And files/results.csv of that package is read with its original digest

    @OQ-017 @verifies:URS-016 @verifies:FS-004 @verifies:CS-002 @risk:RSK-001 @negative
    Scenario Outline: The first version survives: <case>
      Objective: Show that neither an overwrite nor a delete marker removes what was stored first.
      When somebody with the rights of the AWS account <act> of that package
      Then the first version of <path> is read with its original digest

      Examples: ways to hide an object
        | case          | act                                 | path              |
        | overwrite     | changes 1 byte of files/results.csv | files/results.csv |
        | delete-marker | hides files/run.log                 | files/run.log     |

  Rule: Retention is never shortened or weakened

    @OQ-018 @verifies:URS-014 @verifies:FS-006 @verifies:CS-003 @risk:RSK-002 @env:VAL @env:AWSVAL @negative @critical @evidence
    Scenario: Retention in the mode COMPLIANCE cannot be shortened
      Objective: Show that nobody, the AWS account included, moves a retention date forward.
      Prerequisites: In VAL this case is expected to fail, because the simulator does not enforce it.
      When the retention of files/results.csv of that package is set to end tomorrow with the rights of the AWS account
      Then the request is refused with "AccessDenied"
      And the retention date of files/results.csv is the one from the time of storage

    @OQ-019 @verifies:URS-014 @verifies:FS-006 @risk:RSK-002 @env:AWSVAL @negative @critical
    Scenario: The mode COMPLIANCE cannot be weakened to GOVERNANCE
      Objective: Show that nobody, the AWS account included, replaces the mode.
      Prerequisites: AWS account; the simulator accepts the request.
      When the retention mode of files/results.csv of that package is set to "GOVERNANCE" with the rights of the AWS account
      Then the request is refused with "AccessDenied"
      And each object is in the mode "COMPLIANCE"

    @OQ-020 @verifies:URS-016 @verifies:CS-002 @risk:RSK-001 @env:VAL @env:AWSVAL @negative
    Scenario: Versioning cannot be suspended
      Objective: Show that versioning of a bucket under Object Lock stays on.
      Prerequisites: In VAL this case is expected to fail, because the simulator does not enforce it.
      When versioning of the bucket is suspended with the rights of the AWS account
      Then the request is refused with "InvalidBucketState"
      And the status of the versioning is "Enabled"

    @OQ-021 @verifies:URS-014 @verifies:FS-006 @boundary
    Scenario: Retention can be extended
      Objective: Show that the permitted direction works, so that a refusal is no general failure.
      When the retention of files/results.csv of that package is extended by 1 day with the rights of the AWS account
      Then the request is answered with status 200
      And the retention date of files/results.csv is 1 day later than at the time of storage

  Rule: A legal hold outlasts retention

    @OQ-022 @verifies:URS-015 @verifies:FS-007 @positive
    Scenario: A legal hold keeps a package and is recorded
      Objective: Show that a hold is set on each object, prevents deletion, and stands in the audit trail.
      When "C. Wong" sets a legal hold on revision 1 of "KRAS-001" with the reason "LEG-2026-017, open investigation"
      Then each object of that package is under legal hold
      And the audit trail of "KRAS-001" holds an entry "hold set" by "C. Wong" with the reason "LEG-2026-017, open investigation"
      When an object version of files/results.csv of that package is deleted with the rights of the AWS account
      Then the request is refused with "AccessDenied"
      When "C. Wong" lifts the legal hold on revision 1 of "KRAS-001" with the reason "LEG-2026-017 closed"
      Then no object of that package is under legal hold
      And the audit trail of "KRAS-001" holds an entry "hold lifted" by "C. Wong" with the reason "LEG-2026-017 closed"

    @OQ-023 @verifies:URS-015 @verifies:FS-007 @verifies:FS-009 @negative
    Scenario: A legal hold by another role is refused
      Objective: Show that only the role approver sets a hold.
      When "B. Meier" tries to set a legal hold on revision 1 of "KRAS-001"
      Then the act is refused with "NotPermitted"
      And no object of that package is under legal hold
