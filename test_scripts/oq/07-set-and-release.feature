Feature: Set of documents, assessments and release

  @OQ-064 @verifies:URS-084 @verifies:FS-067 @verifies:DS-026 @risk:RSK-026 @boundary @critical
  Scenario Outline: Which documents are expected follows from category and impact: <case>
    Objective: show the set for each GAMP category and for a system without GxP impact.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "0.9"
    And in "valgen.toml" the text "gamp_category = 5" is replaced by "gamp_category = <category>\ngxp_impact = '<impact>'"
    When the user runs "valgen check -v"
    Then check asks for exactly these documents that the register lacks: <expected>
    Examples:
      | case         | category | impact   | expected |
      | category-1   | 1        | direct   | GXPA, CS, IQ, DEVLOG, VSR, CERT, SOP, TRAINING |
      | category-3   | 3        | direct   | GXPA, VP, RA, IQ, PQ, RTM, DEVLOG, VSR, CERT, SOP, TRAINING |
      | category-4   | 4        | indirect | GXPA, VP, CS, RA, IQ, OQ, PQ, RTM, DEVLOG, VSR, CERT, SOP, TRAINING, SUP |
      | category-5   | 5        | direct   | GXPA, VP, FS, CS, DS, RA, IQ, OQ, PQ, RTM, DEVLOG, VSR, CERT, SOP, TRAINING |
      | no-impact    | 5        | none     | GXPA     |

  @OQ-065 @verifies:URS-084 @verifies:FS-067 @verifies:DS-026 @risk:RSK-026 @negative @critical
  Scenario: High risk asks for more, and a document is left out only with a reason that is printed
    Objective: show the effect of a risk of high priority, the printed reason, and the finding where there is none.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "0.9"
    And in "valgen.toml" the text "gamp_category = 5" is replaced by "gamp_category = 4\ngxp_impact = 'direct'"
    And the file "requirements/rsk.yaml" holds
      """
      items:
        - {id: RSK-001, title: Wrong sum, assesses: [URS-001], failure_mode: A wrong sum is shown., effect: Wrong dose.,
           severity: high, probability: high, detectability: low, mitigated_by: [FS-001]}
      """
    When the user runs "valgen check -v"
    Then check asks for exactly these documents that the register lacks: GXPA, VP, FS, CS, RA, IQ, OQ, PQ, RTM, DEVLOG, VSR, CERT, SOP, TRAINING, SUP
    Given the file "requirements/documents.yaml" holds
      """
      documents:
        - {type: VP, number: BOX-VP-001}
        - {type: FS, planned: combined, rationale: The functions stand in the URS of this small box.}
        - {type: PQ, planned: 'no'}
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "error[VG311] PQ is not planned, without a rationale"
    Given in "requirements/documents.yaml" the text "planned: 'no'}" is replaced by "planned: 'no', rationale: It has no process of its own.}"
    When the user runs "valgen build VP GXPA --format docx,pdf"
    Then the exit status is 0
    And the documents say, as Word, PDF
      | document | words                                             | because                              |
      | VP       | The functions stand in the URS of this small box. | RSK-001 is a risk of high priority   |
      | GXPA     | combined                                          | RSK-001 is a risk of high priority   |

  @OQ-066 @verifies:URS-085 @verifies:FS-068 @verifies:DS-026 @risk:RSK-026 @negative
  Scenario: Screening decides the GxP impact, and a contradiction concludes nothing
    Objective: show answers, the conclusion that follows, and the finding for settings that say otherwise.
    Given a small project without errors
    And the register holds in the order of the list "GXPA", each with the version "0.9"
    And the file "requirements/applicability.yaml" holds
      """
      screening:
        - {question: calculates, answer: yes, rationale: A release decision rests on the sum.}
        - {question: exchanges_dta, answer: no, rationale: It stands alone.}
      """
    And in "valgen.toml" the text "gamp_category = 5" is replaced by "gamp_category = 5\ngxp_impact = 'none'"
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says each of these
      | words          |
      | error[VG351]   |
      | exchanges_data |
      | warning[VG352] |
    Given in "requirements/applicability.yaml" the text "exchanges_dta" is replaced by "exchanges_data"
    When the user runs "valgen build GXPA --format docx"
    Then the documents do not say, as Word
      | document | words                    |
      | GXPA     | The GxP impact is none   |
    Given in "valgen.toml" the text "gxp_impact = 'none'" is replaced by "gxp_impact = 'direct'"
    When the user runs "valgen build GXPA --format docx,pdf"
    Then the exit status is 0
    And the documents say, as Word, PDF
      | document | words                                | result        |
      | GXPA     | A release decision rests on the sum. | direct        |

  @OQ-067 @verifies:URS-086 @verifies:FS-069 @verifies:DS-026 @negative
  Scenario: The plan names exactly one accountable role for each activity
    Objective: show the shipped matrix, the project's own, and the finding for a row without exactly one accountable role.
    Given a small project without errors
    And the register holds in the order of the list "VP", each with the version "0.9"
    And the file "documents/VP.md" holds
      """
      ## Responsibility matrix

      | Activity | Owner | QA | Tester |
      |---|---|---|---|
      | Validation plan | A/R | C | I |
      | Execution of tests | A | A | R |
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "VG354"
    And the output says "Execution of tests"
    Given in "documents/VP.md" the text "| A | A | R |" is replaced by "| A | I | R |"
    When the user runs "valgen build VP --format docx"
    Then the exit status is 0
    And these rows stand in the tables, as Word
      | document | row                | says        |
      | VP       | Execution of tests | A \| I \| R |

  @OQ-068 @verifies:URS-087 @verifies:FS-070 @verifies:DS-026 @negative @critical
  Scenario: Electronic records and signatures are assessed clause by clause, and gaps stay rows
    Objective: show one row per clause that asks for evidence, its requirements and tests, and the gap where nothing answers it.
    Given the executed sample project
    Then "ERES" has a table with 44 rows below the header "Clause, Demand, Applicable", as Word, HTML
    And "ERES" has a table with 44 rows below the header "Clause, Subject, Gap, Action", as Word, HTML
    And the documents say, as Word, PDF, HTML
      | document | words                                       | also                 |
      | ERES     | 0 of 18 applicable clauses covered by formal results | 18 open     |
      | ERES     | no requirement: name the clause             | DRY RUN              |

  @OQ-069 @verifies:URS-088 @verifies:FS-071 @verifies:DS-026 @risk:RSK-027 @negative @critical
  Scenario: Nothing is released while anything speaks against it, whatever the prose says
    Objective: show that report and certificate of a project with failed tests, and of one whose rehearsals all passed, release nothing.
    Given the executed sample project
    Then the documents say, as Word, PDF, HTML
      | document | words                                            | also                                |
      | VSR      | is not released for regulated use by this report | OQ in VAL has no formal execution   |
      | VSR      | 1 user requirement is not covered                | no document of the pack is approved |
      | CERT     | is not released for regulated work               | none: not released                  |

  @OQ-070 @verifies:URS-088 @verifies:FS-071 @verifies:DS-026 @risk:RSK-027 @negative @critical
  Scenario: A passed rehearsal and a sentence in the prose release nothing
    Objective: show that neither dry runs nor words of the authors turn the statement round.
    Given a small project without errors
    And the file "documents/VSR.md" holds
      """
      ## Scope

      All of it.

      ## Conclusion

      The system is released for regulated use without conditions.
      """
    When the user runs these commands
      | command                                  |
      | valgen run oq                            |
      | valgen build VSR CERT --format docx,pdf  |
    Then each exit status is 0
    And the documents say, as Word, PDF
      | document | words                                                                | also                              |
      | VSR      | Box 2.1.0 is not released for regulated use by this report           | OQ in VAL has no formal execution |
      | CERT     | Box 2.1.0 is not released for regulated work                         | releases nothing                  |

  @OQ-071 @verifies:URS-089 @verifies:FS-072 @verifies:DS-026 @negative
  Scenario: The matrix has an initial issue without results and a final one with them
    Objective: show that the initial issue holds no result although tests were executed, and the final one every result.
    Given the executed sample project
    Then the documents say, as Word, PDF, HTML
      | document    | words                                  | also     |
      | RTM-initial | Coverage as planned, before execution  | URS-011  |
      | RTM         | Result (latest)                        | URS-011  |
    And the documents do not say, as Word, PDF, HTML
      | document    | words           | also    |
      | RTM-initial | Result (latest) | DRY RUN |
    And these rows stand in the tables, as Word, HTML
      | document    | row     | says        | also   |
      | RTM-initial | URS-007 | Not covered |        |
      | RTM         | URS-007 | Not covered |        |
      | RTM         | OQ-002  | Failed      | open   |

  @OQ-072 @verifies:URS-090 @verifies:FS-073 @verifies:DS-026 @risk:RSK-013 @negative @critical
  Scenario: The deviation log lists each result that asks for a deviation, and opens none for a rehearsal
    Objective: show a row for every result that did not pass, zero deviations, and a form for paper.
    Given the executed sample project
    Then these rows stand in the tables, as Word, HTML
      | document | row           | says    | also                         |
      | DEVLOG   | OQ-002        | Failed  | no deviation opened: dry run |
      | DEVLOG   | OQ-003        | Skipped | no deviation opened: dry run |
      | DEVLOG   | OQ-004        | Error   | no deviation opened: dry run |
      | DEVLOG   | OQ-014[heavy] | Failed  | no deviation opened: dry run |
    And "DEVLOG" has a table with 9 rows below the header "Test ID, Observed, Disposition", as Word, HTML
    And the documents say, as Word, PDF, HTML
      | document | words                                          | also           |
      | DEVLOG   | 0 deviations: 0 critical or unclassified       | Root cause     |
