Feature: Mock inspection of the record package KRAS-001
  The four questions of a mock inspection (INSP-01 to INSP-04), answered from the live system. Each case prepares
  KRAS-001 as the process does: three revisions over the life of the record, the third one signed by three persons and
  released.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And KRAS-001 went through its process
      | step | person    | act                                   | reason                                         |
      | 1    | A. Keller | store revision 1                      | analytical run completed                       |
      | 2    | B. Meier  | read revision 1                       |                                                |
      | 3    | A. Keller | store revision 2                      | threshold cycle of S07 corrected, see DEV-1188 |
      | 4    | E. Young  | store revision 3                      | control sample added, see CR-2026-055          |
      | 5    | E. Young  | sign as author revision 3             |                                                |
      | 6    | B. Meier  | sign as reviewer revision 3           |                                                |
      | 7    | C. Wong   | sign as approver revision 3           |                                                |
      | 8    | C. Wong   | release revision 3                    |                                                |

  @PQ-001 @verifies:URS-001 @verifies:URS-004 @verifies:URS-005 @verifies:URS-022 @verifies:URS-044 @positive @critical
  Scenario: The process from the first revision to the release
    Objective: Show that the roles complete the process of RM-PD-004 and its result is what the process asks for.
    Process: RM-PD-004, steps 1 to 5; RM-SOP-020
    Roles: contributor, reviewer, approver
    Prerequisites: Procedure RM-SOP-020 version 1.1; accounts of the five persons.
    When the process owner looks at the state of "KRAS-001"
    Then these revisions exist
      | revision | author    | reason                                         | released |
      | 1        | A. Keller | analytical run completed                       | no       |
      | 2        | A. Keller | threshold cycle of S07 corrected, see DEV-1188 | no       |
      | 3        | E. Young  | control sample added, see CR-2026-055          | yes      |
    And author, reviewer and approver of revision 3 are three different persons

  @PQ-002 @verifies:URS-003 @verifies:URS-011 @verifies:URS-042 @verifies:URS-014 @risk:RSK-003 @positive @critical @evidence
  Scenario: INSP-01 Show revision 3 and prove that nothing has changed since it was signed
    Objective: Answer "Show revision 3 of this record package and prove that nothing in it has changed since it was signed".
    Process: RM-PD-004, step 6; RM-SOP-020
    Roles: inspector
    Acceptance: Address, digests and signatures agree, and no object was written again after the first signature.
    When "I. Duarte" reads revision 3 of "KRAS-001"
    Then the digest of the manifest, computed now, equals the address of revision 3
    And the digest of each file, computed now, equals the one in the manifest
    And each signature of revision 3 covers this address and is valid
    And no object of revision 3 was written or marked as deleted after the first signature
    And the audit trail of "KRAS-001" is intact and shows no change of revision 3 after the first signature
    And README, manifest and result of the verification are attached

  @PQ-003 @verifies:URS-040 @verifies:URS-041 @positive @critical @evidence
  Scenario: INSP-02 Who signed, when, and with what meaning
    Objective: Answer "Name the signer, the moment of signing and what the signature stands for".
    Process: RM-PD-004, step 6; RM-SOP-019
    Roles: inspector
    When the signatures of revision 3 of "KRAS-001" are asked for
    Then they are, in the order of signing
      | printed name | role        | meaning  |
      | E. Young     | contributor | authored |
      | B. Meier     | reviewer    | reviewed |
      | C. Wong      | approver    | approved |
    And each one shows date and time of signing in UTC, later than the time revision 3 was stored
    And each signer has an active account of their own in the role they signed in
    And the signature manifest is attached

  @PQ-004 @verifies:URS-030 @verifies:URS-031 @verifies:URS-033 @positive @critical @evidence
  Scenario: INSP-03 Who opened or changed this record in the last ninety days
    Objective: Answer "List everybody who opened or changed this record in the last ninety days".
    Process: RM-PD-004, step 6; RM-SOP-021
    Roles: inspector
    When "I. Duarte" lists the audit trail of "KRAS-001" for the last 90 days
    Then the list names these persons with what they did
      | person    | acts                   |
      | A. Keller | stored 2               |
      | B. Meier  | read 1, signed 1       |
      | C. Wong   | signed 1, released 1   |
      | E. Young  | stored 1, signed 1     |
    And the audit trail of the period is attached as CSV and as JSON

  @PQ-005 @verifies:URS-050 @verifies:URS-051 @verifies:URS-052 @verifies:URS-053 @risk:RSK-015 @positive @critical @evidence
  Scenario: INSP-04 Hand over README, manifest and audit trail of this record
    Objective: Answer "Hand over one package holding description, manifest and audit trail of this record".
    Process: RM-PD-004, step 6; RM-SOP-020
    Roles: inspector
    Acceptance: The copy is complete, is unaltered by its own check, and was made within 10 seconds.
    When "I. Duarte" exports revision 3 of "KRAS-001" and the time is taken
    Then the copy is complete after at most 10 seconds
    And the check of the copy, made without vault and network, reports "unaltered"
    And the README of the copy contains each of these lines
      """markdown
      # KRAS-001, revision 3
      # Copy of KRAS-001, revision 3
      - Status: released
      ## Electronic signatures
      ## Audit trail of KRAS-001, 8 entries
      """
    And README, manifest, audit trail and the complete copy are attached

  @PQ-006 @verifies:URS-052 @verifies:URS-011 @risk:RSK-015 @risk:RSK-003 @negative
  Scenario: An altered copy is recognised by the inspector
    Objective: Show what an inspector sees who receives a copy that was altered on the way.
    Process: RM-PD-004, step 6; RM-SOP-020
    Roles: inspector
    Given a copy of revision 3 of "KRAS-001" is exported by "I. Duarte"
    And somebody changes 1 byte of record/files/results.csv in the copy
    When the tester checks the copy without vault and network
    Then the check of the copy reports "altered: record/files/results.csv"

  @PQ-007 @manual @witness @verifies:URS-053 @verifies:URS-051
  Scenario: A colleague answers the four questions in ten minutes
    Objective: Show that a trained user answers INSP-01 to INSP-04 from the live system without help.
    Process: RM-PD-004, step 6; RM-SOP-020
    Roles: inspector, witness
    Prerequisites: A user with the role inspector and completed training RM-SOP-020 (TRN-003), who has not seen this script; a witness with a watch.
    Acceptance: Four answers in at most 10 minutes in total.
    When the witness reads the question INSP-01 to INSP-04 aloud, one after the other, and takes the time
    Then each question is answered from the live system
    And the four answers took at most 10 minutes in total
    When the user hands over the copy of revision 3 of KRAS-001 on a USB stick
    Then the witness opens README.md of the copy on another computer and finds the three signatures
