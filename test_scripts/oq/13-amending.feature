Feature: Amendments, assessments and the sequence of approvals

  Background:
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles                   |
      | ann   | Ann Writer    | author, tester          |
      | bo    | Bo Adler      | technical_reviewer      |
      | pete  | Pete Owner    | system_owner, test_lead |
      | quinn | Quinn Auditor | qa                      |

  @OQ-120 @verifies:URS-140 @verifies:URS-143 @verifies:FS-110 @verifies:FS-113 @verifies:DS-040 @risk:RSK-045 @positive @critical
  Scenario: A script is amended by owner and quality unit, executed, and shown with before and after
    Objective: show the refusal before, the execution after both signatures, the first result beside it, and the tester in the log.
    Given the register holds in the order of the list "OQ", each with the version "1.0"
    And "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    And "ann" runs "valgen run oq --formal"
    And in "test_scripts/oq/box.feature" the text "When 1 is added" is replaced by "When 2 is added"
    And in "test_scripts/oq/box.feature" the text "the number is 4" is replaced by "the number is 5"
    When "pete" runs "valgen amend OQ-001 --reason 'The box is used with 2, not with 1' --yes"
    Then the exit status is 0
    And the output says "waits for QA"
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 2
    And the output says "VG422"
    When "quinn" runs "valgen amend OQ-001 --reason 'Compared with the use of the box' --yes"
    Then the exit status is 0
    And the output says "in force since"
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 0
    And the ledger holds 1 records of the kind "execution.opened"
    And the ledger holds 3 records of the kind "case.result"
    And the newest record of the kind "document.changed" says
      | key      | value          |
      | document | amendment/0001 |
    When the user runs "valgen build OQ-protocol OQ-report --format docx,pdf,html"
    Then the documents say, as Word, PDF, HTML
      | document    | words           | also         |
      | OQ-protocol | Amendment 0001  | Ann Writer   |
      | OQ-report   | Amendment 0001  | Pete Owner   |
      | OQ-report   | When 2 is added | run-0001     |
    When the user runs "valgen verify"
    Then the exit status is 0

  @OQ-121 @verifies:URS-140 @verifies:FS-110 @verifies:DS-040 @risk:RSK-045 @negative @critical
  Scenario: One person, a tester or an unchanged script makes no amendment
    Objective: show each refusal and its record, and that the script stays refused.
    Given the register holds in the order of the list "OQ", each with the version "1.0"
    And "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    When "pete" runs "valgen amend OQ-001 --reason 'The box is used with 2, not with 1' --yes"
    Then the exit status is 1
    And the output says "VG430"
    Given in "test_scripts/oq/box.feature" the text "When 1 is added" is replaced by "When 2 is added"
    When "ann" runs "valgen amend OQ-001 --reason 'The box is used with 2, not with 1' --yes"
    Then the exit status is 1
    And the output says "VG431"
    When "pete" runs "valgen amend OQ-001 --reason 'The box is used with 2, not with 1' --yes"
    Then the exit status is 0
    When "pete" runs "valgen amend OQ-001 --reason 'I looked at it once more' --yes"
    Then the exit status is 1
    And the output says "VG431"
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 2
    And the output says "VG422"
    And the ledger holds 4 records of the kind "refused"

  @OQ-122 @verifies:URS-141 @verifies:FS-111 @verifies:DS-040 @risk:RSK-046 @positive @critical
  Scenario: A result is kept current by a signed assessment, and stale again after the next change
    Objective: show stale, kept current with name and reason, and stale again.
    Given the register holds in the order of the list "OQ", each with the version "1.0"
    And "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    And "ann" runs "valgen run oq --formal"
    And in "requirements/urs/box.yaml" the text "The box shall subtract whole numbers." is replaced by "The box shall subtract one whole number from another."
    When the user runs "valgen status"
    Then the output says "1 stale"
    When "pete" runs "valgen assess URS-002 --no-impact --reason 'Only the wording became clearer' --yes"
    Then the exit status is 1
    And the output says "VG431"
    When "quinn" runs "valgen assess URS-002 --no-impact --reason 'Only the wording became clearer' --yes"
    Then the exit status is 0
    And the output says "counts again: OQ-002"
    When the user runs "valgen status"
    Then the output says "kept current"
    When the user runs "valgen build OQ-report --format docx,pdf,html"
    Then the documents say, as Word, PDF, HTML
      | document  | words                           | also          |
      | OQ-report | Only the wording became clearer | Quinn Auditor |
    Given in "requirements/urs/box.yaml" the text "one whole number from another" is replaced by "numbers"
    When the user runs "valgen status"
    Then the output says "1 stale"

  @OQ-123 @verifies:URS-142 @verifies:FS-112 @verifies:DS-040 @risk:RSK-045 @negative @critical
  Scenario: A protocol is not approved before its specifications, nor executed by an untrained tester
    Objective: show the refusals, their records, and that writing and reviewing may go before.
    Given the register holds in the order of the list "URS, OQ", each with the version "1.0"
    And "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    When "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    Then the exit status is 1
    And the output says "VG649"
    Given the file "requirements/training.yaml" holds
      """
      items:
        - id: TRN-001
          title: Execution of tests
          text: How tests are executed and recorded.
          person: Bo Adler
          role: tester
          date: "2026-01-05"
          outcome: passed
      """
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 2
    And the output says "VG424"
    And the output says "VG435"
    And the ledger holds 2 records of the kind "refused"

  @OQ-124 @verifies:URS-141 @verifies:FS-111 @verifies:DS-040 @risk:RSK-046 @negative @critical
  Scenario: Nothing is assessed that nobody judged, and no tester judges own results
    Objective: show the refusals and their records, and that results stay stale.
    Given the register holds in the order of the list "OQ", each with the version "1.0"
    And "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    And "ann" runs "valgen run oq --formal"
    When "quinn" runs "valgen assess URS-002 --no-impact --reason 'Only the wording became clearer' --yes"
    Then the exit status is 1
    And the output says "VG433"
    Given in "requirements/urs/box.yaml" the text "The box shall subtract whole numbers." is replaced by "The box shall subtract numbers."
    And "ada" runs "valgen user grant ann qa"
    When "ann" runs "valgen assess URS-002 --no-impact --reason 'Only the wording became clearer' --yes"
    Then the exit status is 1
    And the output says "VG606"
    When "quinn" runs "valgen assess URS-002 --no-impact --reason n/a --yes"
    Then the exit status is 1
    And the output says "VG601"
    And the ledger holds 3 records of the kind "refused"
    When the user runs "valgen status"
    Then the output says "1 stale"
