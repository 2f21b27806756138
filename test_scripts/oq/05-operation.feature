Feature: Command line, status, limits
  What pipelines, editors and users of every day rely on.

  @OQ-046 @verifies:URS-060 @verifies:FS-050 @verifies:DS-021 @negative
  Scenario: Exit statuses tell what happened
    Objective: show 0, 1 and 2 for commands that must give them, and that no command ends with 3.
    Given a small project without errors
    When the user runs these commands
      | command                     |
      | valgen --version            |
      | valgen --help               |
      | valgen check                |
      | valgen trace                |
      | valgen trace URS-001        |
      | valgen explain VG104        |
      | valgen regulations          |
      | valgen schema               |
      | valgen template list        |
      | valgen doctor               |
    Then each exit status is 0
    When the user runs these commands
      | command                     |
      | valgen status               |
      | valgen regulations 21CFR99  |
    Then each exit status is 1
    When the user runs these commands
      | command                     |
      | valgen chekc                |
      | valgen check --nonsense     |
      | valgen check -C nowhere     |
      | valgen trace URS-999        |
      | valgen trace --format xlsx  |
      | valgen run xq               |
      | valgen run iq               |
      | valgen verify               |
      | valgen verify --dry         |
      | valgen build --format odt   |
    Then each exit status is 2
    And no output shows an internal error

  @OQ-047 @verifies:URS-061 @verifies:FS-051 @verifies:DS-021 @positive
  Scenario: Findings are equal in text, JSON, SARIF and GitHub form, and each JSON agrees with its schema
    Objective: show that programs get the same findings as people, and JSON alone on standard output.
    Prerequisites: jsonschema is installed.
    Given a copy of the executed sample project
    And the file "requirements/urs/more.yaml" holds
      """
      items:
        - {id: URS-020, title: More, text: The scale shall do more., satisfy: [URS-001]}
        - {id: URS-021, title: "100%, or more::", text: The scale shall do more.}
      """
    When the user runs "valgen schema -o schemas"
    Then the exit status is 0
    And "valgen check" gives the same findings as text, JSON, SARIF and GitHub annotations
    And these outputs are JSON alone and agree with their schema
      | command               | schema        |
      | valgen check --json   | result-check  |
      | valgen trace --json   | result-trace  |
      | valgen status --json  | result-status |
      | valgen verify --json  | result-verify |
    And the run of the sample agrees with the schema "result-run"

  @OQ-048 @verifies:URS-062 @verifies:FS-052 @verifies:DS-002 @positive @negative
  Scenario: Every code of a finding is explained
    Objective: show meaning, reason and mend of codes, and that an unknown code is refused.
    Given an empty folder
    When the user runs "valgen explain"
    Then the exit status is 0
    And at least 100 codes are listed, each once with a title
    And each of these codes is explained with its meaning, why it matters and how to mend it
      | code  |
      | VG017 |
      | VG104 |
      | VG150 |
      | VG230 |
      | VG330 |
      | VG405 |
      | VG411 |
      | VG508 |
    When the user runs "valgen explain VG000"
    Then the exit status is not 0
    And no output shows an internal error

  @OQ-049 @verifies:URS-063 @verifies:FS-053 @verifies:DS-020 @risk:RSK-015 @negative
  Scenario: Status says where the project stands, and never that rehearsals validate it
    Objective: show status before a run, after a passed dry run, and after a change. The status after a failed run is part of OQ-026.
    Given a small project without errors
    When the user runs "valgen status"
    Then the exit status is 1
    And the output says each of these
      | words                              |
      | Validated: no                      |
      | OQ in VAL: no formal execution     |
      | no document is approved            |
      | valgen run oq --env VAL            |
    When the user runs "valgen run oq"
    Then the exit status is 0
    When the user runs "valgen status --json"
    Then the exit status is 1
    And the status holds
      | key       | value |
      | validated | false |
      | runs      | 1     |
    Given in "test_scripts/oq/box.feature" the text "Then the number is 2" is replaced by "Then the number is 1"
    When the user runs "valgen status"
    Then the exit status is 1
    And the output says "1 stale"
    And the output says "Repeat OQ in VAL"

  @OQ-050 @verifies:URS-065 @verifies:FS-055 @verifies:DS-022 @risk:RSK-021 @negative
  Scenario: No connection leaves the computer
    Objective: show that no address outside the computer is connected to or looked up by any process of these commands.
    Acceptance: every connection of every Python process goes to the computer itself, and the watch itself is shown to work.
    Given a small project without errors
    And every Python process of the commands is watched for connections and name look-ups
    When the user runs these commands
      | command            |
      | valgen check       |
      | valgen trace       |
      | valgen run oq      |
      | valgen build       |
      | valgen verify      |
      | valgen verify --dry |
    Then each exit status is 0
    And no connection and no look-up left the computer
    And the watch notices a connection that is made on purpose

  @OQ-051 @verifies:URS-066 @verifies:FS-056 @verifies:DS-022 @boundary
  Scenario: Reading, checking, tracing and building need no module of one operating system
    Objective: show that these commands work where modules of POSIX or of Windows cannot be imported.
    Given a small project without errors
    And the modules fcntl, pwd, grp, termios, resource, posix_ipc, winreg, msvcrt and _winapi cannot be imported
    When the user runs these commands
      | command                     |
      | valgen --help               |
      | valgen check                |
      | valgen trace URS-001        |
      | valgen build                |
    Then each exit status is 0
    And no output shows an internal error

  @OQ-052 @verifies:URS-067 @verifies:FS-010 @verifies:FS-007 @stress
  Scenario: A project of 2,000 items and 1,000 test cases is checked in the stated time
    Objective: measure the processor time of a first and of a second check.
    Acceptance: at most 10 seconds of processor time each.
    Given a project of 2000 items and 1000 test cases
    When the project is checked twice and the processor time is measured
    Then both checks name the planted mistakes and no others
    And the processor time is at most 10 seconds for each

  @OQ-053 @verifies:URS-068 @verifies:FS-057 @verifies:DS-022 @positive @negative
  Scenario: A new project is checked, executed and built, and never mixed with other files
    Objective: show the first commands of a new user.
    Given an empty folder
    When the user runs these commands
      | command                            |
      | valgen new started --id LAB        |
      | valgen check --project started     |
      | valgen run --project started       |
      | valgen build --project started     |
    Then each exit status is 0
    And the output says "documents"
    When the user runs "valgen new started"
    Then the exit status is 2
    And the output says "not empty"

  @OQ-054 @verifies:URS-069 @verifies:FS-058 @verifies:DS-022 @boundary
  Scenario: The next id is one that was never used, not even by a retired item
    Objective: show that the number after the highest one is taken.
    Given an empty folder
    And the file "valgen.toml" holds
      """
      [project]
      id = "T"
      name = "Tiny"
      """
    And the file "requirements/urs.yaml" holds
      """
      type: URS
      items:
        - {id: URS-007, title: Seven, text: The system shall do seven., status: retired, reason: Not needed.}
        - {id: URS-002, title: Two, text: The system shall do two.}
      """
    When the user runs "valgen add URS"
    Then the exit status is 0
    And the output says "added URS-008"
    When the user runs "valgen add XYZ"
    Then the exit status is 2
    And the output says "no type XYZ"
