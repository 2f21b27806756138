Feature: Access by role
  Authority is checked at each act by the vault, and at each request by the storage service.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And these accounts exist
      | person    | role          |
      | A. Keller | contributor   |
      | B. Meier  | reviewer      |
      | C. Wong   | approver      |
      | I. Duarte | inspector     |
      | S. Roth   | administrator |
    And revision 1 of "KRAS-001" is stored by "A. Keller"

  Rule: Each function is open to the roles of the authority table

    @OQ-024 @verifies:URS-021 @verifies:FS-009 @verifies:DS-004 @verifies:DS-006 @risk:RSK-007
    Scenario Outline: <role>: <act>
      Objective: Show that the answer equals the authority table of FS-009.
      When "<person>" with the role "<role>" tries to <act> revision 1 of "KRAS-001"
      Then the act is <answer>
      And the audit trail of "KRAS-001" ends with an entry of "<person>" that says "<entry>"

      @positive
      Examples: permitted
        | case                | person    | role        | act             | answer | entry    |
        | contributor-read    | A. Keller | contributor | read            | done   | read     |
        | contributor-author  | A. Keller | contributor | sign as author  | done   | signed   |
        | reviewer-review     | B. Meier  | reviewer    | sign as reviewer | done  | signed   |
        | approver-approve    | C. Wong   | approver    | sign as approver | done  | signed   |
        | inspector-verify    | I. Duarte | inspector   | verify          | done   | verified |
        | inspector-export    | I. Duarte | inspector   | export          | done   | exported |

      @negative
      Examples: not permitted
        | case                 | person    | role          | act              | answer                       | entry   |
        | contributor-approve  | A. Keller | contributor   | sign as approver | refused with "NotPermitted"  | refused |
        | contributor-export   | A. Keller | contributor   | export           | refused with "NotPermitted"  | refused |
        | reviewer-store       | B. Meier  | reviewer      | store            | refused with "NotPermitted"  | refused |
        | reviewer-release     | B. Meier  | reviewer      | release          | refused with "NotPermitted"  | refused |
        | approver-store       | C. Wong   | approver      | store            | refused with "NotPermitted"  | refused |
        | inspector-store      | I. Duarte | inspector     | store            | refused with "NotPermitted"  | refused |
        | inspector-review     | I. Duarte | inspector     | sign as reviewer | refused with "NotPermitted"  | refused |
        | administrator-read   | S. Roth   | administrator | read             | refused with "NotPermitted"  | refused |
        | administrator-export | S. Roth   | administrator | export           | refused with "NotPermitted"  | refused |

    @OQ-025 @verifies:URS-020 @verifies:FS-008 @verifies:DS-006 @risk:RSK-007 @negative
    Scenario Outline: A person without an active account is refused: <case>
      Objective: Show that no act is done for an unknown or deactivated user id, and that the attempt is recorded.
      Given the account "<user>" is <state>
      When "<user>" tries to read revision 1 of "KRAS-001"
      Then the act is refused with "UnknownUser"
      And the audit trail of "KRAS-001" ends with an entry of "<user>" that says "refused"

      Examples: user ids
        | case        | user   | state                         |
        | unknown     | xnoone | never created                 |
        | deactivated | eyoung | deactivated by "S. Roth"      |

    @OQ-026 @verifies:URS-043 @verifies:FS-008 @verifies:DS-006 @risk:RSK-013 @negative
    Scenario: A user id is one person's for ever
      Objective: Show that a user id is not assigned again, also after its account was deactivated.
      Given the account "eyoung" is deactivated by "S. Roth"
      When "S. Roth" tries to create an account "eyoung" for "Erik Yngling"
      Then the act is refused with "AccountExists"

    @OQ-027 @verifies:URS-022 @verifies:FS-009 @risk:RSK-014 @negative @critical
    Scenario: The author of a revision does not approve it
      Objective: Show that a change of duties does not let authors approve their own work.
      Given "A. Keller" signed revision 1 of "KRAS-001" with the meaning "authored"
      And "A. Keller" was given the role "approver" by "S. Roth"
      When "A. Keller" tries to sign as approver revision 1 of "KRAS-001"
      Then the act is refused with "AuthorMayNotApprove"
      When "C. Wong" tries to sign as approver revision 1 of "KRAS-001"
      Then the act is done

  Rule: The storage service admits the roles of the vault only

    @OQ-028 @verifies:URS-023 @verifies:FS-011 @verifies:CS-009 @verifies:CS-010 @verifies:CS-011 @risk:RSK-007 @negative @critical
    Scenario Outline: Request past the vault: <role>, <request>
      Objective: Show that the storage service refuses requests that the policies do not name.
      When the request "<request>" is sent to the storage service with the credentials of the AWS role "<role>"
      Then the request is refused with "AccessDenied"
      And files/results.csv of that package is read with its original digest

      Examples: requests that must be refused
        | case                 | role              | request               |
        | inspector-write      | s3v-inspector     | PutObject             |
        | inspector-delete     | s3v-inspector     | DeleteObject          |
        | inspector-policy     | s3v-inspector     | PutBucketPolicy       |
        | administrator-read   | s3v-administrator | GetObject             |
        | administrator-write  | s3v-administrator | PutObject             |
        | administrator-delete | s3v-administrator | DeleteObject          |
        | service-delete       | s3v-service       | DeleteObject          |
        | service-versioning   | s3v-service       | PutBucketVersioning   |
        | service-policy       | s3v-service       | PutBucketPolicy       |
        | service-bucket       | s3v-service       | DeleteBucket          |

    @OQ-029 @verifies:URS-023 @verifies:CS-010 @positive
    Scenario: The inspector reads an object directly
      Objective: Show that the permitted request works, so that a refusal is no general failure.
      When the request "GetObject" is sent to the storage service with the credentials of the AWS role "s3v-inspector"
      Then the request is answered with status 200

    @OQ-030 @verifies:URS-024 @verifies:FS-011 @risk:RSK-008 @negative
    Scenario Outline: An anonymous request is refused: <case>
      Objective: Show that nothing is read without credentials.
      When <target> is requested over HTTP without credentials
      Then the HTTP status is 403

      Examples: an object
        | case   | target                            |
        | object | files/results.csv of that package |

      @env:AWSVAL
      Examples: the list of objects, to which the simulator answers with an internal error
        | case | target              |
        | list | the list of objects |

    @OQ-031 @verifies:URS-024 @verifies:CS-007 @risk:RSK-008 @env:AWSVAL @negative
    Scenario: A public policy is refused
      Objective: Show that the storage service refuses a policy that would make the bucket public.
      Prerequisites: AWS account; the simulator accepts the request.
      When a bucket policy that lets everybody read is set with the rights of the AWS account
      Then the request is refused with "AccessDenied"

    @OQ-032 @verifies:URS-025 @verifies:FS-012 @verifies:CS-005 @risk:RSK-009 @positive
    Scenario: Each object is encrypted with the key of the vault
      Objective: Show that encryption applies to each object that the vault writes.
      When the tester reads the encryption of each object of that package
      Then each object is encrypted by "aws:kms" with the key behind "alias/s3v-records"

    @OQ-033 @verifies:URS-026 @verifies:FS-012 @risk:RSK-009 @env:VAL @env:AWSVAL @negative
    Scenario: A connection below TLS 1.2 is refused
      Objective: Show that the storage service does not accept TLS 1.1.
      Prerequisites: An endpoint with TLS; in VAL there is none, and the case is skipped.
      When a connection with TLS 1.1 at most is opened to the storage service
      Then the connection is refused

  Rule: Repeated failures lock an account

    @OQ-034 @verifies:URS-027 @verifies:FS-010 @verifies:CS-016 @risk:RSK-013
    Scenario Outline: Signing with the right password after <failures> failed attempts
      Objective: Show that the account is locked by the third failed attempt and not before.
      When "B. Meier" tries <failures> times to sign revision 1 of "KRAS-001" with a wrong password
      And "B. Meier" tries to sign as reviewer revision 1 of "KRAS-001"
      Then the act is <answer>

      @boundary @negative
      Examples: around the limit
        | case   | failures | answer                        |
        | two    | 2        | done                          |
        | three  | 3        | refused with "AccountLocked"  |

    @OQ-035 @verifies:URS-027 @verifies:FS-008 @positive
    Scenario: An administrator unlocks the account
      Objective: Show that a locked account is usable again after it was unlocked, and that this is recorded.
      Given "B. Meier" tried 3 times to sign revision 1 of "KRAS-001" with a wrong password
      When "S. Roth" unlocks the account of "B. Meier"
      Then the audit trail of accounts ends with an entry of "S. Roth" that says "account unlocked"
      When "B. Meier" tries to sign as reviewer revision 1 of "KRAS-001"
      Then the act is done
