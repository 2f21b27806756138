Feature: Identity, links, gaps, clauses, chain and matrix
  Projects with planted faults of identity and traceability, and the questions that a reviewer puts to the matrix.

  @OQ-011 @verifies:URS-010 @verifies:FS-011 @verifies:FS-020 @verifies:FS-040 @risk:RSK-008 @negative @critical
  Scenario: Two things of one id are neither executed nor printed
    Objective: show that double ids of items and of test cases are errors with both places, and that run and build refuse.
    Given a small project without errors
    And the file "test_scripts/oq/copy.feature" holds
      """
      Feature: Copied

        @OQ-002 @verifies:URS-002
        Scenario: Copied without a new id
          Given the number 3
          Then the number is 3
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                             | also said                      |
      | VG230 | test_scripts/oq/copy.feature:3:4  | test_scripts/oq/box.feature:10 |
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG405"
    And no run was recorded
    When the user runs "valgen build"
    Then the exit status is 1
    And the folder "build/pack" does not exist
    Given the file "test_scripts/oq/copy.feature" is removed
    And the file "requirements/urs/copy.yaml" holds
      """
      items:
        - {id: URS-001, title: Copied, text: The box shall do something else.}
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                           | also said                     |
      | VG140 | requirements/urs/copy.yaml:2:10 | requirements/urs/box.yaml:2:9 |
    When the user runs "valgen build"
    Then the exit status is 1
    And the folder "build/pack" does not exist
    And no output shows an internal error

  @OQ-012 @verifies:URS-013 @verifies:FS-011 @verifies:DS-007 @negative
  Scenario: Links to nowhere, to the wrong level, in a circle and to retired items
    Objective: show that each broken link is reported at its place.
    Given a small project without errors
    And the file "requirements/ds/links.yaml" holds
      """
      items:
        - {id: DS-001, title: Nowhere, text: A part., satisfies: [FS-01]}
        - {id: DS-002, title: Wrong level, text: A part., satisfies: [DS-001]}
        - {id: DS-003, title: Retired target, text: A part., satisfies: [URS-003]}
        - {id: DS-004, title: Itself, text: A part., satisfies: [FS-001, DS-004]}
        - {id: SOP-001, title: One, satisfies: [SUP-001]}
        - {id: SUP-001, title: Two, satisfies: [SOP-001]}
        - {id: URS-003, title: Gone, text: The box shall be gone., status: retired, reason: Replaced by URS-002.}
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                           | also said             |
      | VG104 | requirements/ds/links.yaml:2:61 | did you mean FS-001?  |
      | VG142 | requirements/ds/links.yaml:3:65 | DS-001                |
      | VG143 | requirements/ds/links.yaml:4:68 | retired               |
      | VG141 | requirements/ds/links.yaml:5:68 | itself                |
      | VG141 | requirements/ds/links.yaml:7:43 | SOP-001 -> SUP-001    |
    And no output shows an internal error

  @OQ-013 @verifies:URS-014 @verifies:URS-012 @verifies:FS-012 @risk:RSK-013 @negative
  Scenario: Every gap is reported
    Objective: show that what is required, specified, tested or assessed without its counterpart is named.
    Given a small project without errors
    And the file "requirements/gaps.yaml" holds
      """
      items:
        - {id: URS-010, title: Untested, text: The box shall do more., priority: must}
        - {id: URS-011, title: By procedure, text: The user shall be trained., verification: procedure}
        - {id: URS-012, title: By supplier, text: The box shall be certified., verification: supplier}
        - {id: URS-013, title: Retired without reason, text: The box shall rest., status: retired}
        - {id: URS-014, title: Retired, text: The box shall sleep., status: retired, reason: Not needed.}
        - {id: FS-010, title: Nobody asked for it, text: Sings.}
        - {id: FS-011, title: Nobody tests it, text: Dances., satisfies: [URS-001]}
        - {id: RSK-010, title: Not challenged, assesses: [URS-001], mitigated_by: [FS-001], failure_mode: Wrong sum., effect: Wrong dose., severity: high, probability: high, detectability: low}
        - {id: RSK-011, title: Good path only, assesses: [URS-001], mitigated_by: [FS-001], failure_mode: Wrong sum., effect: Wrong dose., severity: high, probability: high, detectability: low}
        - {id: RSK-012, title: No control, assesses: [URS-001], failure_mode: Wrong sum., effect: Wrong dose., severity: high, probability: medium, detectability: high}
      """
    And the file "test_scripts/oq/gaps.feature" holds
      """
      Feature: Gaps

        @OQ-010
        Scenario: Verifies nothing
          Given the number 3
          Then the number is 3

        @OQ-011 @verifies:URS-001 @risk:RSK-011 @positive
        Scenario: Expects nothing
          Given the number 3

        @OQ-012 @verifies:URS-014
        Scenario: Verifies a retired requirement
          Given the number 3
          Then the number is 3
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And exactly these errors and warnings are shown
      | code  | place                              | because                      |
      | VG150 | requirements/gaps.yaml:2:10        | no test                      |
      | VG151 | requirements/gaps.yaml:3:88        | no procedure                 |
      | VG152 | requirements/gaps.yaml:4:88        | no supplier evidence         |
      | VG111 | requirements/gaps.yaml:5:10        | no reason                    |
      | VG145 | requirements/gaps.yaml:7:10        | no requirement               |
      | VG153 | requirements/gaps.yaml:7:10        | no test                      |
      | VG153 | requirements/gaps.yaml:8:10        | no test                      |
      | VG161 | requirements/gaps.yaml:9:10        | no test of the control       |
      | VG162 | requirements/gaps.yaml:10:10       | good path only               |
      | VG160 | requirements/gaps.yaml:11:10       | no control                   |
      | VG232 | test_scripts/oq/gaps.feature:3:4   | verifies nothing             |
      | VG236 | test_scripts/oq/gaps.feature:9:3   | no expected result           |
      | VG234 | test_scripts/oq/gaps.feature:12:21 | retired                      |

  @OQ-014 @verifies:URS-017 @verifies:FS-013 @verifies:DS-009 @positive @negative
  Scenario: Clauses are known, asked for by number, and missed where nobody answers them
    Objective: show the clause library as a user meets it.
    Given a small project without errors
    And in "valgen.toml" the text "gamp_category = 5" is replaced by "gamp_category = 5\nregulations = ['21-cfr-part-11', 'eu-annex-11']"
    And in "requirements/urs/box.yaml" the text "title: Adding" is replaced by "title: Adding\n    regulations: ['21CFR11.10(e)', '21CFR11.10(y)']"
    When the user runs "valgen check -v"
    Then the exit status is 1
    And the output says each of these
      | words                                                                |
      | requirements/urs/box.yaml:4:36: error[VG170] URS-001 names 21CFR11.10(y) |
      | did you mean 21CFR11.10(                                             |
      | info[VG171] 21-cfr-part-11:                                          |
      | info[VG173] eu-annex-11:                                             |
    When the user runs "valgen regulations 21CFR11.10(e)"
    Then the exit status is 0
    And the output says "Audit trail"
    And the output says "Asks for: "
    When the user runs "valgen regulations"
    Then the exit status is 0
    And the output says "21-cfr-part-11"
    And the output says "eu-annex-11"
    When the user runs "valgen regulations Annex11.99"
    Then the exit status is 1
    And no output shows an internal error

  @OQ-015 @verifies:URS-015 @verifies:FS-014 @verifies:DS-008 @positive
  Scenario: The chain of an id and the matrix lead to the same facts in every form
    Objective: show chain, table, CSV, JSON and Excel of one project.
    Given the executed sample project
    When the user runs "valgen trace URS-001"
    Then the exit status is 0
    And the output says each of these
      | words                     |
      | answers 21CFR11.10(e)     |
      | at risk by RSK-001        |
      | verified by OQ-001        |
      | satisfied by FS-001       |
      | satisfied by DS-001       |
    When the user runs "valgen trace OQ-001"
    Then the exit status is 0
    And the output says "verifies FS-001"
    And the output says "satisfies URS-001"
    And CSV, JSON and Excel of the matrix hold the same ids and coverage
    When the user runs "valgen trace URS-999"
    Then the exit status is 2
    And the output says "nothing defines URS-999"
    And no output shows an internal error

  @OQ-016 @verifies:URS-016 @verifies:FS-015 @verifies:DS-001 @risk:RSK-003 @boundary @critical
  Scenario: Coverage follows from the results by the stated rule
    Objective: show each coverage status on a requirement made for it.
    Test data: sample project; which test covers which requirement with which result stands in the table.
    Given the executed sample project
    When the user runs "valgen trace --json"
    Then the exit status is 0
    And these requirements have this coverage
      | id      | covered by                      | formal                        | dry run                       |
      | URS-001 | passed                          | Covered-Not executed          | Covered-Passed                |
      | URS-002 | failed                          | Covered-Not executed          | Covered-Failed                |
      | URS-003 | skipped                         | Covered-Not executed          | Covered-Not executed          |
      | URS-004 | error                           | Covered-Not executed          | Covered-Failed                |
      | URS-005 | undefined step                  | Covered-Not executed          | Covered-Failed                |
      | URS-006 | manual case                     | Covered-Not executed          | Covered-Not executed          |
      | URS-007 | nothing                         | Not covered (GAP)             | Not covered (GAP)             |
      | URS-008 | procedure                       | Covered by SOP/Procedure      | Covered by SOP/Procedure      |
      | URS-009 | supplier evidence               | Covered by supplier evidence  | Covered by supplier evidence  |
      | URS-011 | passed, failed and skipped      | Covered-Not executed          | Covered-Failed                |
      | URS-012 | passed and skipped              | Covered-Not executed          | Covered-Not executed          |
      | URS-014 | excluded with a reason          | Not applicable                | Not applicable                |
    And retired "URS-010" has no row
