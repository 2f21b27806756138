Feature: Formal executions and their review

  Background:
    Given a small project without errors
    And the register holds in the order of the list "OQ", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles                   |
      | ann   | Ann Writer    | author, tester          |
      | bo    | Bo Adler      | technical_reviewer      |
      | pete  | Pete Owner    | system_owner, test_lead |
      | quinn | Quinn Auditor | qa                      |

  @OQ-110 @verifies:URS-130 @verifies:URS-132 @verifies:FS-095 @verifies:FS-096 @verifies:DS-036 @risk:RSK-040 @positive @critical
  Scenario: An approved protocol is executed by a tester, reviewed by somebody else, and its report is signed
    Objective: show execution, session and tester in the records, the review in the report, and the verified ledger.
    Given "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 0
    And the newest record of the kind "run.started" says
      | key       | value     |
      | mode      | formal    |
      | execution | exec-0001 |
      | tester    | u-0002    |
    When "ann" runs "valgen review exec-0001 --conclusion accepted --comment 'Each step was compared'"
    Then the exit status is not 0
    And the output says "VG602"
    When "pete" runs "valgen review exec-0001 --conclusion accepted --comment 'Each step was compared with the protocol'"
    Then the exit status is 0
    When the user runs "valgen build OQ-report --format docx,pdf,html"
    Then the documents say, as Word, PDF, HTML
      | document  | words      | also     |
      | OQ-report | exec-0001  | Accepted |
      | OQ-report | Pete Owner | ann      |
    When the user runs "valgen status --json"
    Then the output says "exec-0001"

  @OQ-111 @verifies:URS-130 @verifies:FS-095 @verifies:DS-036 @risk:RSK-040 @negative @critical
  Scenario: Without tester, approval or unchanged script nothing is executed, and each refusal is a record
    Objective: show the refusals, their records, and that no run was started.
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 2
    And the output says "VG423"
    Given "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    When "pete" runs "valgen run oq --formal"
    Then the exit status is 2
    And the output says "VG425"
    When "ann" runs "valgen run oq --formal --pytest -x"
    Then the exit status is 2
    And the output says "VG421"
    Given in "test_scripts/oq/box.feature" the text "the number is 4" is replaced by "the number is 5"
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 2
    And the output says "VG422"
    And the ledger holds 4 records of the kind "refused"
    And the ledger holds 0 records of the kind "run.started"

  @OQ-112 @verifies:URS-131 @verifies:FS-095 @verifies:DS-036 @risk:RSK-040 @positive @critical
  Scenario: A chosen case leaves the others as rows, and a later session executes them in the same execution
    Objective: show Not executed for what was not chosen, and one execution over two sessions.
    Given "ann" runs "valgen sign OQ-protocol --meaning authored --reason 'I wrote this version' --yes"
    And "bo" runs "valgen sign OQ-protocol --meaning reviewed --reason 'Each step can be tested' --yes"
    And "pete" runs "valgen sign OQ-protocol --meaning approved --reason 'It fits the system' --yes"
    And "quinn" runs "valgen sign OQ-protocol --meaning approved --reason 'It follows our procedures' --yes"
    When "ann" runs "valgen run oq --formal --case OQ-001"
    Then the exit status is 1
    And the output says "Without an accepted result: OQ-002"
    When "ann" runs "valgen run oq --formal"
    Then the exit status is 0
    And the ledger holds 1 records of the kind "execution.opened"
    And the ledger holds 2 records of the kind "run.started"
    And the ledger holds 2 records of the kind "case.result"
