Feature: Audit trail
  What happened to a record, by whom, when and why; written by the system and checked for gaps.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"

  @OQ-036 @verifies:URS-030 @verifies:FS-013 @verifies:DS-004 @verifies:DS-007 @risk:RSK-010 @positive @critical @evidence
  Scenario: Each act yields one entry
    Objective: Show that each kind of act is recorded exactly once, in the order of the acts.
    When these acts are performed on "KRAS-001"
      | person    | act                          |
      | A. Keller | store                        |
      | A. Keller | sign as author               |
      | B. Meier  | read                         |
      | B. Meier  | sign as reviewer             |
      | C. Wong   | sign as approver             |
      | C. Wong   | release                      |
      | I. Duarte | verify                       |
      | C. Wong   | set a legal hold on          |
      | I. Duarte | export                       |
      | S. Roth   | read                         |
    Then the audit trail of "KRAS-001" consists of exactly these entries
      | No. | Who       | Role          | Act      |
      | 1   | A. Keller | contributor   | stored   |
      | 2   | A. Keller | contributor   | signed   |
      | 3   | B. Meier  | reviewer      | read     |
      | 4   | B. Meier  | reviewer      | signed   |
      | 5   | C. Wong   | approver      | signed   |
      | 6   | C. Wong   | approver      | released |
      | 7   | I. Duarte | inspector     | verified |
      | 8   | C. Wong   | approver      | hold set |
      | 9   | I. Duarte | inspector     | exported |
      | 10  | S. Roth   | administrator | refused  |
    And the audit trail of "KRAS-001" is attached

  @OQ-037 @verifies:URS-031 @verifies:URS-006 @verifies:FS-013 @risk:RSK-010 @positive
  Scenario: An entry states who, when, what, before, after and why
    Objective: Show that the entry of a change holds all facts that 11.10(e) and Annex 11 clause 9 ask for.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    When "E. Young" stores revision 2 of "KRAS-001" with the reason "threshold cycle of S07 corrected, see DEV-1188"
    Then the last entry of the audit trail of "KRAS-001" states
      | fact           | value                                          |
      | user           | eyoung                                         |
      | printed name   | E. Young                                       |
      | role           | contributor                                    |
      | act            | stored                                         |
      | revision       | 2                                              |
      | address before | address of revision 1                          |
      | address after  | address of revision 2                          |
      | reason         | threshold cycle of S07 corrected, see DEV-1188 |
    And its time lies within 5 seconds of the clock of the tester's computer

  @OQ-038 @verifies:URS-032 @verifies:FS-014 @verifies:DS-007 @risk:RSK-011 @negative @critical
  Scenario Outline: A fault in the stored audit trail is named: <case>
    Objective: Show that entries altered, hidden or inserted past the vault are found.
    Given an audit trail of "KRAS-001" with 6 entries
    And somebody with the rights of the AWS account <fault>
    When the tester checks the audit trail of "KRAS-001"
    Then the check says "<report>"
    And the acts of entries 1 to 6 are still read as they were recorded

    Examples: faults
      | case         | fault                       | report                                                     |
      | none         | does nothing                | intact                                                     |
      | altered      | writes entry 3 again        | entry 3 was written 2 times after it had been recorded     |
      | altered-last | writes entry 6 again        | entry 6 was written 2 times after it had been recorded     |
      | hidden       | hides entry 4               | entry 4 was marked as deleted after it had been recorded   |
      | inserted     | adds an entry 9             | entry 7 is missing or out of order: found number 9         |

  @OQ-039 @verifies:URS-032 @verifies:URS-052 @verifies:FS-014 @verifies:FS-021 @risk:RSK-011 @negative
  Scenario Outline: A fault in a copied audit trail is named: <case>
    Objective: Show that a copy outside the bucket reveals every change of its audit trail.
    Given an audit trail of "KRAS-001" with 6 entries
    And a copy of revision 1 of "KRAS-001" is exported by "I. Duarte"
    And somebody <fault> in the copy
    When the tester checks the copy without vault and network
    Then the check of the copy reports "<report>"

    Examples: faults
      | case         | fault                                  | report                         |
      | altered      | changes the reason of audit entry 2    | entry 2 was altered            |
      | altered-last | changes the reason of audit entry 6    | entries were sealed            |
      | removed      | removes audit entry 3                  | entry 3 is missing             |
      | cut-off      | removes audit entry 6                  | 6 entries were sealed, 5 fit   |
      | inserted     | inserts a second audit entry 4         | entry 5 is missing or out of order |
      | seal         | changes the number of entries in the seal | the seal does not match     |

  @OQ-040 @verifies:URS-033 @verifies:FS-015 @verifies:DS-007 @boundary
  Scenario: The audit trail is listed by period and user
    Objective: Show that entries inside the period are listed and others are not.
    Test data: Entries of 120, 91, 89 and 0 days ago, written by a server clock set back accordingly.
    Given an audit trail of "KRAS-001" with reads by "B. Meier" 120, 91, 89 and 0 days ago
    When "I. Duarte" lists the audit trail of "KRAS-001" for the last 90 days
    Then the list holds 2 entries of "B. Meier"
    When "I. Duarte" lists the audit trail of "KRAS-001" for the last 36500 days
    Then the list holds 4 entries of "B. Meier"
    When "I. Duarte" lists the audit trail of "KRAS-001" for the last 90 days by "A. Keller"
    Then the list holds 0 entries of "B. Meier"

  @OQ-041 @verifies:URS-033 @verifies:FS-015 @boundary @negative
  Scenario Outline: A period outside the permitted range is refused: <days> days
    Objective: Show that the limits of the period are checked.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    When "I. Duarte" tries to list the audit trail of "KRAS-001" for the last <days> days
    Then the act is refused with "PackageInvalid"

    Examples: just beyond the limits
      | case      | days  |
      | too-short | 0     |
      | too-long  | 36501 |

  @OQ-042 @verifies:URS-034 @verifies:FS-016 @verifies:DS-011 @risk:RSK-016 @boundary
  Scenario: Times are in UTC and agree with the storage service
    Objective: Show form and accuracy of the times the vault writes.
    When "A. Keller" stores revision 1 of "KRAS-001" with the reason "analytical run 1 completed"
    Then the time of the last audit trail entry of "KRAS-001" ends with "Z" and has milliseconds
    And it differs by at most 5 seconds from the time at which the storage service stored that entry

  @OQ-043 @verifies:URS-035 @verifies:CS-012 @risk:RSK-010 @env:AWSVAL @positive
  Scenario: The storage provider logs a read past the vault
    Objective: Show that an object-level request leaves a trace at the provider.
    Prerequisites: AWS account; delivery takes up to 15 minutes. The simulator delivers no events.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    When the request "GetObject" is sent to the storage service with the credentials of the AWS role "s3v-inspector"
    Then within 20 minutes the access log holds an event "GetObject" of the role "s3v-inspector"
