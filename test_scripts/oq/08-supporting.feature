Feature: Supporting documents

  @OQ-073 @verifies:URS-091 @verifies:FS-074 @verifies:DS-026 @negative
  Scenario: Training that did not take place or was not passed is named
    Objective: show records, their standing, and the findings for tests that ask for a training nobody has.
    Given a small project without errors
    And the file "requirements/support.yaml" holds
      """
      items:
        - {id: SOP-001, title: Use of the box, number: P-7, version: "2", effective_date: "2026-03-20", satisfies: [URS-001]}
        - {id: SOP-002, title: Care of the box, number: P-8, version: "1", effective_date: "2026-03-20", satisfies: [URS-001]}
        - {id: TRN-001, title: Course, person: A. Nna, role: User, covers: [SOP-001], date: "2026-03-24", trainer: B. Oss,
           assessment: Ten questions, outcome: passed}
        - {id: TRN-002, title: Course, person: C. Arl, role: User, covers: [SOP-001]}
        - {id: TRN-003, title: Course, person: D. Ora, role: User, covers: [SOP-001], date: "2026-03-24", trainer: B. Oss,
           outcome: failed}
      """
    And in "test_scripts/oq/box.feature" the text "Scenario: Subtracting" is replaced by "Scenario: Subtracting\n    Prerequisites: training TRN-002 and TRN-099"
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says each of these
      | words                                                         |
      | warning[VG362] TRN-003: D. Ora did not pass                   |
      | error[VG363] OQ-002 asks for TRN-099, which no file defines   |
      | warning[VG369] OQ-002 asks for TRN-002, which is planned      |
    When the user runs "valgen build TRAINING --format docx,html"
    Then the exit status is 0
    And these rows stand in the tables, as Word, HTML
      | document | row     | says      | also           |
      | TRAINING | TRN-001 | completed | A. Nna         |
      | TRAINING | TRN-002 | planned   | not held yet   |
      | TRAINING | TRN-003 | not passed |               |
      | TRAINING | SOP-002 | P-8       | Care           |
      | TRAINING | User    | 1 of 3    |                |
      | TRAINING | OQ-002  | TRN-099   | no such record |

  @OQ-074 @verifies:URS-092 @verifies:FS-075 @verifies:DS-026 @negative
  Scenario: A supplier is assessed by domain, and each document relied on by its fitness
    Objective: show points, domains that nobody assessed, the leverage table, and the finding for an open major point.
    Given a small project without errors
    And the file "requirements/support.yaml" holds
      """
      items:
        - {id: SA-001, title: Audited, supplier: Cloud, domain: security, evidence: Report, finding: Good., rating: satisfactory}
        - {id: SA-002, title: No tests seen, supplier: Cloud, domain: testing, evidence: Visit, finding: Bad., rating: major}
        - {id: SUP-001, title: Report, supplier: Cloud, document: R-1, version: "3", leverage: partial, version_match: "no",
           site_evidence: Test OQ-001 on site, satisfies: [URS-001]}
      """
    When the user runs "valgen check"
    Then the output says "warning[VG364] SA-002 is rated major and has no action"
    When the user runs "valgen build SUP --format docx,html"
    Then the exit status is 0
    And these rows stand in the tables, as Word, HTML
      | document | row     | says                    | also                |
      | SUP      | Cloud   | 2 of 11                 |                     |
      | SUP      | SA-002  | Testing                 | Major               |
      | SUP      | none    | Cloud operations        | Not assessed        |
      | SUP      | SUP-001 | Partial                 | Test OQ-001 on site |

  @OQ-075 @verifies:URS-093 @verifies:FS-076 @verifies:DS-026 @negative
  Scenario: Standard subjects without a procedure are rows
    Objective: show each subject, the procedures that answer it, and what an index entry lacks.
    Given a small project without errors
    And the file "requirements/support.yaml" holds
      """
      items:
        - {id: SOP-001, title: Backup, number: P-7, version: "2", effective_date: "2026-03-20", satisfies: [URS-001],
           subject: [backup_restore, business_continuity]}
        - {id: SOP-002, title: Use, satisfies: [URS-001]}
      """
    When the user runs "valgen build SOP --format docx,html"
    Then the exit status is 0
    And "SOP" has a table with 11 rows below the header "Subject, Procedures, Status", as Word, HTML
    And these rows stand in the tables, as Word, HTML
      | document | row                 | says           | also       |
      | SOP      | Business continuity | SOP-001 Backup | stated     |
      | SOP      | Audit-trail review  | none stated    | open       |
      | SOP      | SOP-002             | number, version, effective date | not stated |

  @OQ-076 @verifies:URS-094 @verifies:FS-077 @verifies:DS-026 @risk:RSK-028 @negative @critical
  Scenario: A change shows what depends on it, and is not closed half-way
    Objective: show dependent items, tests and documents beside what the author wrote, and the finding for a change that was closed without proof.
    Given a small project without errors
    And the file "requirements/support.yaml" holds
      """
      items:
        - {id: CR-001, title: Faster sums, affects: [URS-001], kind: minor, requester: A. Nna, date: "2026-04-01",
           validation_scope: None is needed., closed: "2026-04-09"}
      """
    When the user runs "valgen check"
    Then the output says "warning[VG366] CR-001 is closed without"
    When the user runs "valgen build CR --format docx,html"
    Then the exit status is 0
    And these rows stand in the tables, as Word, HTML
      | document | row              | says                | also   |
      | CR       | CR-001           | 1 named, 1 reached  | Closed |
      | CR       | Function         | FS-001              |        |
      | CR       | OQ               | OQ-001              |        |
    And these rows stand in the tables, as Word
      | document | row              | says                |
      | CR       | Implementation   | not implemented yet |
      | CR       | Validation scope | None is needed.     |

  @OQ-077 @verifies:URS-095 @verifies:FS-078 @verifies:DS-026 @negative
  Scenario: A periodic review shows what nobody looked at, and its conclusion is no better than its points
    Objective: show areas, facts, and the finding for a conclusion that the points do not allow.
    Given a small project without errors
    And the register holds in the order of the list "REVIEW", each with the version "0.9"
    And the file "requirements/support.yaml" holds
      """
      items:
        - {id: PRV-001, title: Few changes, area: changes, evidence: Register, finding: Fine., result: satisfactory,
           period: "2026 to 2028"}
        - {id: PRV-002, title: An account, area: access, evidence: List, finding: One too many., result: action_required}
      """
    And the file "documents/REVIEW.md" holds
      """
      ## Conclusion

      The system *remains validated*.
      """
    When the user runs "valgen check"
    Then the output says each of these
      | words                         |
      | warning[VG367]                |
      | warning[VG368] PRV-002        |
    When the user runs "valgen build REVIEW --format docx,html"
    Then the exit status is 0
    And these rows stand in the tables, as Word, HTML
      | document | row     | says                    | also            |
      | REVIEW   | PRV-002 | One too many.           | Action required |
      | REVIEW   | none    | Backup and restore test | Not reviewed    |
    And the documents say, as Word
      | document | words                      |
      | REVIEW   | Conclusion to be corrected |
