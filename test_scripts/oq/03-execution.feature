Feature: Execution and evidence
  Nested projects are executed with the installed program, disturbed, killed and altered; what is left on record is looked at from outside.

  @OQ-017 @verifies:URS-020 @verifies:FS-020 @verifies:FS-023 @verifies:DS-012 @risk:RSK-005 @boundary @critical
  Scenario: The plan is on record before the first step
    Objective: show that the stored log holds every planned case while the first step runs.
    Given a small project without errors
    And the file "test_scripts/oq/box.feature" holds
      """
      Feature: Plan

        @OQ-001 @verifies:FS-001
        Scenario: First
          Given a look into the stored log
          Then it was possible

        @OQ-002 @verifies:URS-002
        Scenario: Last
          Given the number 3
          Then the number is 3
      """
    And the file "test_scripts/steps/look.py" holds
      """
      import json
      from pathlib import Path

      from pytest_bdd import given, then


      @given("a look into the stored log")
      def _(evidence):
          folder = Path(".valgen/dry")
          lines = [line for path in sorted((folder / "log").iterdir()) for line in path.read_text("utf-8").splitlines()]
          stored = [path.read_text("utf-8", "replace") for path in (folder / "blobs").rglob("*") if path.is_file()]
          evidence.actual("run.started: " + str(sum('"run.started"' in line for line in lines)))
          evidence.actual("step records: " + str(sum('"step.' in line for line in lines)))
          evidence.actual("OQ-002 planned: " + str(any("OQ-002" in text and "the number is 3" in text for text in stored)))


      @then("it was possible")
      def _(evidence):
          evidence.actual("yes")
      """
    When the user runs "valgen run oq --json"
    Then the exit status is 0
    And step 1 of "OQ-001" observed "run.started: 1"
    And step 1 of "OQ-001" observed "step records: 0"
    And step 1 of "OQ-001" observed "OQ-002 planned: True"

  @OQ-018 @verifies:URS-022 @verifies:FS-021 @verifies:FS-042 @verifies:DS-010 @verifies:DS-001 @risk:RSK-001 @risk:RSK-003 @risk:RSK-019 @negative @critical
  Scenario: Each way to end has its result, and only what was shown reads Passed
    Objective: show the result of each way in which a case can end, and that the counts add up.
    Test data: sample project, one case for each way to end.
    Given the executed sample project
    Then the run of the sample gives these results
      | case          | result       | message                        |
      | OQ-001        | Passed       |                                |
      | OQ-002        | Failed       | assert 0 == 250                |
      | OQ-003        | Skipped      | no printer on this bench       |
      | OQ-004        | Error        | ConnectionError                |
      | OQ-005        | Error        | no step definition matches     |
      | OQ-006        | Not executed | manual case                    |
      | OQ-007        | Failed       | known failure 12               |
      | OQ-008        | Error        | the bench has no power         |
      | OQ-009        | Passed       |                                |
      | OQ-010        | Failed       | assert 2 == 3                  |
      | OQ-011        | Error        | PermissionError                |
      | OQ-012        | Passed       |                                |
      | OQ-013        | Passed       |                                |
      | OQ-014[light] | Passed       |                                |
      | OQ-014[heavy] | Failed       | assert 500 == 499              |
      | OQ-015        | Passed       |                                |
    And the counts of the run are
      | count        | number |
      | planned      | 16     |
      | passed       | 6      |
      | failed       | 4      |
      | error        | 4      |
      | skipped      | 1      |
      | not_executed | 1      |
      | blocked      | 0      |
      | aborted      | 0      |
    And the steps after the failed one of "OQ-002" are Not executed
    And the step of "OQ-013" that looked at nothing is marked as such

  @OQ-019 @verifies:URS-011 @verifies:FS-021 @verifies:FS-004 @risk:RSK-002 @negative @critical
  Scenario: Test cases of one title are each executed and each recorded
    Objective: show that three scenarios of one title, two of them in one file, keep their own results.
    Test data: OQ-009, OQ-010 and OQ-015 of the sample project, all titled "One title".
    Given the executed sample project
    Then the cases titled "One title" ended like this
      | case   | result | observed |
      | OQ-009 | Passed | 1 g      |
      | OQ-010 | Failed | 2 g      |
      | OQ-015 | Passed | 5 g      |

  @OQ-020 @verifies:URS-024 @verifies:FS-022 @verifies:FS-023 @verifies:DS-011 @positive @critical @evidence
  Scenario: Sentence, expected and observed values, table, text, attachment and time are kept
    Objective: show every kind of evidence in the record and in the pack.
    Given the executed sample project
    Then step 1 of case "OQ-001" reads 'the scale at "http://scale.example:8080" version "3.2.1"'
    And case "OQ-001" holds this evidence
      | step | kind     | value                                         |
      | 1    | actual   | http://scale.example:8080 says version 3.2.1  |
      | 2    | table    | 100 \| 100 g                                  |
      | 2    | table    | 150 \| 150 g                                  |
      | 3    | actual   | 'first line\n  second line'                   |
      | 4    | expected | 250 g                                         |
      | 4    | actual   | 250 g                                         |
    And the attachment "OQ-001-3-1" has the SHA-256 of its bytes, and lies in the pack byte for byte
    And the report of the sample shows user, start and end of the run in UTC

  @OQ-021 @verifies:URS-025 @verifies:FS-024 @verifies:FS-042 @risk:RSK-010 @positive @boundary
  Scenario: The report states what the test ran on
    Objective: show that host, operating system, Python, packages, git commit and digests of the script code in the report are those found independently.
    Prerequisites: git is installed.
    Given a small project without errors
    And it is committed to git, and "test_scripts/steps/box.py" is changed afterwards
    When the user runs "valgen run oq"
    Then the exit status is 0
    When the user runs "valgen build OQ-report --format html"
    Then the exit status is 0
    And the page "OQ-report" states the facts of this computer

  @OQ-022 @verifies:URS-023 @verifies:URS-021 @verifies:FS-026 @verifies:DS-012 @verifies:DS-015 @risk:RSK-005 @negative @critical
  Scenario Outline: A run that is killed in the middle of a step is shown as aborted: <case>
    Objective: show that kill -9 leaves the steps so far, and that the run stays on record.
    Given a small project without errors
    And the file "test_scripts/oq/box.feature" holds
      """
      Feature: Long

        @OQ-001 @verifies:FS-001
        Scenario: Done before
          Given the number 3
          When 1 is added
          Then the number is 4

        @OQ-002 @verifies:URS-002
        Scenario: In flight
          Given the number 3
          When 1 is subtracted
          And the tester waits
          Then the number is 2

        @OQ-003 @verifies:URS-002
        Scenario: Never reached
          Given the number 3
          Then the number is 3
      """
    When the run of OQ is started and the step "the tester waits" is reached
    And <victims> killed with SIGKILL
    And the user runs "valgen status --json"
    Then the exit status is 1
    And the run "dry-0001" is "aborted"
    When the user runs "valgen run oq --case OQ-001 --json"
    Then the exit status is 1
    When the user runs "valgen build OQ-report --format docx"
    Then the exit status is 0
    And the data of the pack give the run "dry-0001" as "aborted" with these steps
      | case   | result       | steps                                 |
      | OQ-001 | Passed       | Passed, Passed, Passed                |
      | OQ-002 | Aborted      | Passed, Passed, Aborted, Not executed |
      | OQ-003 | Not executed | Not executed, Not executed            |
    And the Word file "OQ-report" says "Aborted"
    And the Word file "OQ-report" says "dry-0001"
    When the user runs "valgen verify --dry"
    Then the exit status is 0
    Examples:
      | case       | victims                         |
      | tests      | the process of the tests is     |
      | everything | recorder, tests and program are |

  @OQ-023 @verifies:URS-033 @verifies:FS-020 @verifies:FS-023 @risk:RSK-017 @negative @critical
  Scenario: Without a place for evidence nothing is executed, and without a recorder nothing counts
    Objective: show that a run is refused when the plan cannot be recorded, and that results after the death of the recorder do not count.
    Given a small project without errors
    And in "test_scripts/oq/box.feature" the text "When 1 is subtracted" is replaced by "When the recorder is killed"
    And the file "test_scripts/steps/kill.py" holds
      """
      import json
      import os
      import signal
      import time
      from pathlib import Path

      from pytest_bdd import when


      @when("the recorder is killed")
      def _():
          Path("executed").touch()
          lines = [line for path in sorted(Path(".valgen/dry/log").iterdir()) for line in path.read_text().splitlines()]
          started = next(line for line in lines if '"run.started"' in line)
          time.sleep(0.5)
          os.kill(json.loads(started)["body"]["pid"], signal.SIGKILL)
          time.sleep(0.3)
      """
    And the file ".valgen" holds
      """
      in the way
      """
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the file "executed" does not exist
    Given the file ".valgen" is removed
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG411"
    And the file "executed" does exist
    When the user runs "valgen trace --json"
    Then the dry result of the test "OQ-002" is "Aborted"
    And no output shows an internal error

  @OQ-024 @verifies:URS-026 @verifies:FS-021 @verifies:DS-010 @risk:RSK-001 @negative @critical
  Scenario: Code of the project that improves a result is found out
    Objective: show that hooks which change what the framework reports end in Error or stay Failed, and never in Passed.
    Test data: four cases that fail a check; three of them are "improved" by hooks of the project.
    Given a small project without errors
    And the file "test_scripts/oq/forged.feature" holds
      """
      Feature: Results that somebody would like to be better

        @OQ-003 @verifies:URS-001
        Scenario: The report is made to pass
          Given the number 3
          Then the number is 7

        @OQ-004 @verifies:URS-001
        Scenario: The failure is swallowed
          Given the number 3
          Then the number is 7

        @OQ-005 @verifies:URS-001
        Scenario: The failure is turned into a skip
          Given the number 3
          Then the number is 7

        @OQ-006 @verifies:URS-001
        Scenario: Left alone
          Given the number 3
          Then the number is 7
      """
    And the file "test_scripts/conftest.py" holds
      """
      import pytest


      @pytest.hookimpl(wrapper=True)
      def pytest_runtest_makereport(item, call):
          report = yield
          if item.name == "OQ-003":
              report.outcome = "passed"
              report.longrepr = None
          return report


      @pytest.hookimpl(wrapper=True)
      def pytest_runtest_call(item):
          try:
              return (yield)
          except AssertionError:
              if item.name == "OQ-004":
                  return None
              if item.name == "OQ-005":
                  pytest.skip("not today")
              raise
      """
    When the user runs "valgen run oq --json"
    Then the exit status is 1
    And the run gives these results
      | case   | result | message |
      | OQ-001 | Passed |         |
      | OQ-002 | Passed |         |
      | OQ-003 | Error  | passed  |
      | OQ-004 | Error  |         |
      | OQ-005 | Failed | 3 == 7  |
      | OQ-006 | Failed | 3 == 7  |

  @OQ-025 @verifies:URS-027 @verifies:FS-025 @verifies:DS-012 @risk:RSK-018 @negative @critical
  Scenario: A secret is in no record, no output and no document, and without it nothing runs
    Objective: show that a password used in steps, observed values, an error, a table and an attachment is kept nowhere.
    Test data: OQ-011 of the sample project; the password has letters that JSON, HTML and URLs write differently.
    Given the executed sample project
    Then the password is in no file of the project and in no output, in none of its spellings
    And the record of "OQ-011" names the secret in its place
    When the secret is taken out of the environment and the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG404"
    And the output says "SCALE_PASSWORD"

  @OQ-026 @verifies:URS-028 @verifies:URS-063 @verifies:FS-028 @verifies:DS-020 @risk:RSK-015 @negative @critical
  Scenario: A dry run says so everywhere, counts as no evidence, and a formal run is refused
    Objective: show the mark of dry runs in output, JSON, matrix and status, and that nothing formal follows from them.
    Given a copy of the executed sample project
    When the user runs "valgen status"
    Then the exit status is 1
    And the output says "Validated: no"
    And the output says "no formal execution (dry runs only)"
    And the output says "4 Failed"
    And the output says "Look at 8 failed, broken or aborted OQ tests"
    When the user runs "valgen trace --json"
    Then every formal result is "Not executed"
    When the user runs "valgen run iq"
    Then the exit status is 0
    And the output says "DRY RUN"
    And the output says "no evidence"
    And the mode of the sample run is "dry"
    When the user runs "valgen run iq --formal"
    Then the exit status is 2
    And the output says "VG570"

  @OQ-027 @verifies:URS-018 @verifies:FS-016 @verifies:DS-008 @risk:RSK-004 @negative @critical
  Scenario: A changed requirement, script, step or system version makes a result outdated, and nothing else does
    Objective: show for each kind of change which results no longer count, and why.
    Given a small project without errors
    When the user runs "valgen run oq"
    Then the exit status is 0
    And after each of these changes, made one at a time, the dry results are
      | file                        | text                         | becomes                       | OQ-001       | OQ-002       |
      | requirements/urs/box.yaml   | shall add whole numbers      | shall add all numbers         | Not executed | Passed       |
      | requirements/urs/box.yaml   | shall subtract whole numbers | shall take away whole numbers | Passed       | Not executed |
      | requirements/fs/box.yaml    | Adds and subtracts.          | Adds, and subtracts.          | Not executed | Passed       |
      | test_scripts/oq/box.feature | When 1 is added              | When 2 is added               | Not executed | Passed       |
      | test_scripts/oq/box.feature | Then the number is 2         | Then the number is 1          | Passed       | Not executed |
      | test_scripts/steps/box.py   | assert box["n"] == n         | assert True                   | Not executed | Not executed |
      | valgen.toml                 | version = "2.1.0"            | version = "2.2.0"             | Not executed | Not executed |
      | test_scripts/oq/box.feature | Scenario: Adding             | Scenario: Adding again        | Passed       | Passed       |
      | valgen.toml                 | title = "Validation"         | title = "Validation rig"      | Passed       | Passed       |
    And after a new requirement in a new file the dry results are still Passed
    Given in "requirements/urs/box.yaml" the text "shall add whole numbers" is replaced by "shall add all numbers"
    And in "test_scripts/oq/box.feature" the text "Then the number is 2" is replaced by "Then the number is 1"
    And in "test_scripts/steps/box.py" the text "assert box["n"] == n" is replaced by "assert True"
    When the user runs "valgen build RTM --format xlsx"
    Then the exit status is 0
    And the results in the pack say of "OQ-001" that "URS-001 changed"
    And the results in the pack say of "OQ-001" that "step code changed"
    And the results in the pack say of "OQ-002" that "the test script changed"
    And no result in the pack is Passed

  @OQ-028 @verifies:URS-029 @verifies:FS-020 @risk:RSK-020 @negative
  Scenario: A case is executed only where it is planned, and a destructive one never in production
    Objective: show the rules about environments with cases that break them.
    Given a small project without errors
    And in "valgen.toml" the text "[stages]" is replaced by
      """
      [environments.PROD]
      title = "Production"

      [stages]
      """
    And in "valgen.toml" the text "OQ = ["VAL"]" is replaced by
      """
      OQ = ["VAL", "PROD"]
      """
    And the file "test_scripts/oq/more.feature" holds
      """
      Feature: Places

        @OQ-003 @verifies:URS-001 @env:PROD
        Scenario: In production only
          Given the number 3
          Then the number is 3

        @OQ-004 @verifies:URS-001 @destructive
        Scenario: Destructive
          Given the number 3
          When the number is destroyed
          Then the number is 0
      """
    And the file "test_scripts/steps/destroy.py" holds
      """
      from pathlib import Path

      from pytest_bdd import when


      @when("the number is destroyed")
      def _(box, evidence):
          Path("destroyed").touch()
          box["n"] = 0
          evidence.actual("destroyed")
      """
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG401"
    And no run was recorded
    When the user runs "valgen run oq --env PROD --json"
    Then the exit status is 1
    And the run gives these results
      | case   | result  | message     |
      | OQ-001 | Passed  |             |
      | OQ-002 | Passed  |             |
      | OQ-003 | Passed  |             |
      | OQ-004 | Blocked | destructive |
    And the file "destroyed" does not exist
    When the user runs "valgen run oq --env VAL --json"
    Then the exit status is 0
    And the run gives these results
      | case   | result |
      | OQ-001 | Passed |
      | OQ-002 | Passed |
      | OQ-004 | Passed |
    When the user runs "valgen run oq --env LAB"
    Then the exit status is 2

  @OQ-029 @verifies:URS-030 @verifies:FS-027 @verifies:DS-012 @risk:RSK-009 @stress
  Scenario: Four processes record forty cases, each once
    Objective: show that parallel execution loses and doubles nothing.
    Prerequisites: pytest-xdist is installed.
    Test data: 40 cases, every seventh of which fails.
    Given a small project without errors
    And 38 further cases of which every seventh fails
    When the user runs "valgen run oq --workers 4 --json"
    Then the exit status is 1
    And the run holds 40 cases with one attempt each, of which exactly the planted ones failed
    When the user runs "valgen verify --dry"
    Then the exit status is 0

  @OQ-030 @verifies:URS-031 @verifies:FS-020 @risk:RSK-003 @negative
  Scenario: A case that the tester leaves out stays a row and is no success
    Objective: show that choosing cases, by whatever option, leaves the others Not executed.
    Given a small project without errors
    When the user runs "valgen run oq --case OQ-001 --json"
    Then the exit status is 1
    And the run gives these results
      | case   | result       |
      | OQ-001 | Passed       |
      | OQ-002 | Not executed |
    When the user runs "valgen run oq --pytest=-k --pytest=OQ-001 --json"
    Then the exit status is 1
    And the run gives these results
      | case   | result       |
      | OQ-001 | Passed       |
      | OQ-002 | Not executed |
    When the user runs "valgen trace --json"
    Then the dry result of the test "OQ-002" is "Not executed"
    When the user runs "valgen run oq --case OQ-099"
    Then the exit status is 2

  @OQ-031 @verifies:URS-032 @verifies:FS-029 @verifies:DS-013 @verifies:DS-014 @risk:RSK-016 @negative @critical
  Scenario: Every planted alteration of the log is found
    Objective: show that changed, removed, inserted and exchanged records and attachments are found with their place.
    Given the executed sample project
    When the user runs "valgen verify --dry"
    Then the exit status is 0
    And the output says "unaltered and complete"
    And the output says "never evidence"
    And each of these alterations of a copy of the log is found
      | alteration                                       |
      | a result in a record is changed                  |
      | one bit of a record is turned                    |
      | a record in the middle is removed                |
      | the last record is removed                       |
      | two records change places                        |
      | a record is doubled                              |
      | an empty line is inserted                        |
      | one bit of an attachment is turned               |
      | an attachment is removed                         |
      | the checkpoint is removed                        |
      | the checkpoint is replaced by an earlier one     |
      | every record after the plan is removed           |

  @OQ-032 @verifies:URS-021 @verifies:FS-016 @verifies:FS-042 @verifies:DS-015 @risk:RSK-005 @negative
  Scenario: Repeating until it passes stays visible
    Objective: show that the failed run is kept beside the passed one.
    Given a small project without errors
    And in "test_scripts/steps/box.py" the text "box["n"] -= n" is replaced by "box["n"] -= n + 1"
    When the user runs "valgen run oq"
    Then the exit status is 1
    Given in "test_scripts/steps/box.py" the text "box["n"] -= n + 1" is replaced by "box["n"] -= n"
    When the user runs "valgen run oq"
    Then the exit status is 0
    When the user runs "valgen status --json"
    Then the run "dry-0001" is "finished"
    And the run "dry-0002" is "finished"
    When the user runs "valgen build OQ-report --format html"
    Then the exit status is 0
    And the page "OQ-report" says "dry-0001"
    And the page "OQ-report" says "dry-0002"
    And the section "Attempts that did not pass" of the page "OQ-report" says "dry-0001"
    And the section "Attempts that did not pass" of the page "OQ-report" says "OQ-002"
    And the section "Attempts that did not pass" of the page "OQ-report" says "Failed"

  @OQ-033 @verifies:URS-034 @verifies:FS-020 @negative
  Scenario: Scripts with errors are not executed, and every error is listed
    Objective: show that a run is refused while a script or the settings hold errors.
    Given a small project without errors
    And the file "test_scripts/oq/faulty.feature" holds
      """
      Feature: Faulty

        Scenario: Without an id
          Given the number 3
          Then the number is 3

        @OQ-010 @OQ-011 @verifies:URS-001
        Scenario: With two ids
          Given the number 3
          Then the number is 3
      """
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG201"
    And the output says "VG202"
    And no run was recorded
    Given the file "test_scripts/oq/faulty.feature" is removed
    And the file "test_scripts/steps/faulty.py" holds
      """
      from nowhere import nothing
      """
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG406"
    And the output says "test_scripts/steps/faulty.py"
    And no run was recorded
    And no output shows an internal error
