Feature: Files of a project are read strictly, and every mistake is named
  Requirements, settings and scripts with planted mistakes; what is expected stands in the tables, with file, line and column.

  @OQ-001 @verifies:URS-001 @verifies:FS-001 @verifies:FS-003 @verifies:FS-010 @verifies:DS-002 @verifies:DS-004 @verifies:DS-007 @negative
  Scenario: More than twenty planted mistakes are named in one call, each at its place
    Objective: show that one call of check names every mistake with file, line and column.
    Test data: five files with 22 mistakes of different kinds.
    Given the file "valgen.toml" holds
      """
      [project]
      id = "BOX"
      name = "Box"
      gamp_categorie = 5

      [system]
      name = "Box"

      [environments.VAL]
      title = "Validation"

      [stages]
      OQ = ["VAL"]
      IQ = ["LAB"]
      """
    And the file "requirements/urs/box.yaml" holds
      """
      items:
        - id: URS-001
          title: Adding
          text: The box shall add whole numbers.
          priorty: must
        - id: URS-002
          title: Subtracting
          text: The box shall subtract whole numbers.
          priority: high
        - id: URS-002
          title: Again
          text: The box shall do it again.
        - title: Nameless
          text: The box shall do something.
        - id: URS-004
          title: Without statement
        - id: URS-005
          title: Old
          text: The box shall be old.
          status: retired
        - id: URS-006
          title: Never tested
          text: The box shall never be tested.
      """
    And the file "requirements/fs/box.yaml" holds
      """
      items:
        - id: FS-001
          title: Arithmetic
          text: Adds and subtracts.
          satisfies: [URS-001, URS-099]
        - id: FS-002
          title: Lonely
          text: Belongs to nothing.
        - id: FS-003
          title: Wrong level
          text: Satisfies a function.
          satisfies: [FS-001]
          regulations: ["21CFR11.10(z)"]
      """
    And the file "requirements/rsk/box.yaml" holds
      """
      items:
        - id: RSK-001
          title: Wrong sum
          assesses: [URS-001]
          failure_mode: The sum is wrong.
          effect: A wrong dose is given.
          severity: high
          probability: high
          detectability: low
      """
    And the file "test_scripts/oq/box.feature" holds
      """
      Feature: Box

        @OQ-001 @verifies:FS-001
        Scenario: Adding
          Given the number 3
          Then the number is 3

        @OQ-001 @verifies:FS-001
        Scenario: Twice
          Then the number is 3

        Scenario: Nameless
          Then the number is 3

        @OQ-003
        Scenario: Verifies nothing
          Then the number is 3

        @OQ-004 @verifies:URS-098
        Scenario: Unknown id, no expected result
          When 1 is added

        @OQ-005 @verify:URS-001
        Scenario: Mistyped tag
          Then the number is 3
      """
    And the file "requirements/urs/stray.yml" holds
      """
      items: []
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                             | also said                        |
      | VG005 | valgen.toml:4:1                   | gamp_category                    |
      | VG031 | valgen.toml:14:7                  | LAB                              |
      | VG101 | requirements/urs/box.yaml:5:5     | priority                         |
      | VG105 | requirements/urs/box.yaml:9:15    | must, should, could              |
      | VG140 | requirements/urs/box.yaml:10:9    | requirements/urs/box.yaml:6:9    |
      | VG112 | requirements/urs/box.yaml:13:5    | id                               |
      | VG102 | requirements/urs/box.yaml:15:9    | text                             |
      | VG111 | requirements/urs/box.yaml:17:9    | reason                           |
      | VG150 | requirements/urs/box.yaml:21:9    | URS-006                          |
      | VG026 | requirements/urs/stray.yml        | stray.yaml                       |
      | VG104 | requirements/fs/box.yaml:5:26     | URS-099                          |
      | VG145 | requirements/fs/box.yaml:6:9      | FS-002                           |
      | VG142 | requirements/fs/box.yaml:12:17    | FS-001                           |
      | VG170 | requirements/fs/box.yaml:13:19    | did you mean 21CFR11.10(         |
      | VG160 | requirements/rsk/box.yaml:2:9     | RSK-001                          |
      | VG161 | requirements/rsk/box.yaml:2:9     | RSK-001                          |
      | VG230 | test_scripts/oq/box.feature:8:4   | test_scripts/oq/box.feature:4    |
      | VG201 | test_scripts/oq/box.feature:12:3  | id                               |
      | VG232 | test_scripts/oq/box.feature:15:4  | OQ-003                           |
      | VG231 | test_scripts/oq/box.feature:19:21 | URS-098                          |
      | VG236 | test_scripts/oq/box.feature:20:3  | OQ-004                           |
      | VG204 | test_scripts/oq/box.feature:23:12 | verifies                         |
    And each finding says why it matters and how to mend it
    And no output shows an internal error

  @OQ-002 @verifies:URS-002 @verifies:FS-002 @verifies:DS-003 @risk:RSK-012 @negative
  Scenario Outline: Doubtful notation is refused: <case>
    Objective: show that a notation whose meaning is not visible where it stands is an error with its place.
    Given a small project without errors
    And these files
      | name                         | text   |
      | requirements/urs/doubt.yaml  | <text> |
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code   | place                               |
      | <code> | requirements/urs/doubt.yaml:<place> |
    And no output shows an internal error
    Examples:
      | case            | code  | place | text                                                                                                          |
      | key-twice       | VG017 | 4:5   | items:\n  - id: URS-010\n    title: First\n    title: Second\n    text: The box shall work.                     |
      | tab             | VG016 | 3:1   | items:\n  - id: URS-010\n<TAB>title: First                                                                      |
      | reference       | VG018 | 3:12  | items:\n  - id: URS-010\n    title: &a First\n    text: *a                                                     |
      | tag             | VG019 | 3:12  | items:\n  - id: URS-010\n    title: !!python/name:os.system First\n    text: The box shall work.               |
      | merge-key       | VG020 | 4:5   | items:\n  - id: URS-010\n    title: First\n    <<: {text: The box shall work.}                                 |
      | second-document | VG022 | 5:1   | items:\n  - id: URS-010\n    title: First\n    text: The box shall work.\n---\nitems: []                        |
      | unclosed-quote  | VG015 | 3:12  | items:\n  - id: URS-010\n    title: "First\n    text: The box shall work.                                       |
      | colon           | VG015 | 3:18  | items:\n  - id: URS-010\n    title: Locked: yes\n    text: The box shall work.                                 |

  @OQ-003 @verifies:URS-003 @verifies:FS-002 @risk:RSK-012 @boundary
  Scenario: Words that other readers convert stay the text that was written
    Objective: show that no value becomes a number, a date, a truth value or nothing.
    Given a small project without errors
    And the file "requirements/urs/words.yaml" holds
      """
      items:
        - {id: URS-011, title: NO, text: The box shall work., priority: could, comment: yes}
        - {id: URS-012, title: 1.10, text: The box shall work., priority: could, comment: 1_000}
        - {id: URS-013, title: 12:30, text: The box shall work., priority: could, comment: 0x1F}
        - {id: URS-014, title: 007, text: The box shall work., priority: could, comment: 1e3}
        - {id: URS-015, title: 2026-01-02, text: The box shall work., priority: could, comment: off}
        - {id: URS-016, title: ~, text: The box shall work., priority: could, comment: .inf}
        - {id: URS-017, title: null, text: The box shall work., priority: could, comment: "true"}
      """
    When the user runs "valgen trace --json"
    Then the exit status is 0
    And the rows of the trace have these titles
      | id      | title      |
      | URS-011 | NO         |
      | URS-012 | 1.10       |
      | URS-013 | 12:30      |
      | URS-014 | 007        |
      | URS-015 | 2026-01-02 |
      | URS-016 | ~          |
      | URS-017 | null       |

  @OQ-004 @verifies:URS-005 @verifies:FS-001 @verifies:FS-002 @verifies:FS-004 @negative
  Scenario: Input that cannot be used ends in a finding with a place and a way out
    Objective: show that wrong encodings, control characters, broken settings and broken scripts end in words.
    Given a small project without errors
    And the file "requirements/urs/utf16.yaml" holds the bytes FF FE 69 00 74 00
    And the file "requirements/urs/latin.yaml" holds the bytes 69 74 65 6D 73 3A 20 23 20 E4 0A
    And the file "requirements/urs/nul.yaml" holds the bytes 69 74 65 6D 73 3A 00 0A
    And the file "requirements/urs/mark.yaml" holds the bytes EF BB BF 69 74 65 6D 73 3A 0A 20 20 2D 20 78
    And the file "requirements/urs/empty.yaml" holds the bytes 0A
    And the file "requirements/urs/bell.yaml" holds the bytes 69 74 65 6D 73 3A 20 07 0A
    And the file "test_scripts/oq/broken.feature" holds
      """
      Feature: Broken
        @OQ-010 @verifies:URS-001
        Scenario: Broken
          Given the number 3
          Whenever it breaks
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                              |
      | VG011 | requirements/urs/utf16.yaml:1:1    |
      | VG011 | requirements/urs/latin.yaml:1:10   |
      | VG013 | requirements/urs/nul.yaml:1:7      |
      | VG012 | requirements/urs/mark.yaml:1:1     |
      | VG013 | requirements/urs/bell.yaml:1:8     |
      | VG200 | test_scripts/oq/broken.feature:5:5 |
    And each finding says why it matters and how to mend it
    And no output shows an internal error

  @OQ-005 @verifies:URS-005 @verifies:URS-006 @verifies:FS-001 @negative
  Scenario Outline: Settings that cannot be used are refused: <case>
    Objective: show that settings are never ignored and never guessed.
    Given a small project without errors
    And the file "valgen.toml" holds
      """
      [project]
      id = "BOX"
      name = "Box"
      <line>
      [system]
      name = "Box"
      [environments.VAL]
      [stages]
      OQ = ["VAL"]
      """
    When the user runs "valgen check"
    Then the exit status is <status>
    And the output says "valgen.toml:4:<column>: error[<code>]"
    And the output says "<words>"
    And no output shows an internal error
    Examples:
      | case         | status | code  | column | line                              | words                             |
      | mistyped     | 1      | VG005 | 1      | regulation = ["21-cfr-part-11"]   | regulations                       |
      | wrong-kind   | 1      | VG006 | 15     | regulations = "21-cfr-part-11"    | regulations = ["21-cfr-part-11"]  |
      | wrong-word   | 1      | VG007 | 14     | gxp_impact = "high"               | direct                            |
      | wrong-number | 1      | VG007 | 17     | gamp_category = 2                 | 5                                 |

  @OQ-006 @verifies:URS-005 @verifies:URS-006 @verifies:FS-001 @negative
  Scenario: Missing, doubled and unreadable settings, and paths that leave the project
    Objective: show that a command without usable settings ends with exit status 1 or 2, in words.
    Given an empty folder
    When the user runs "valgen check"
    Then the exit status is 2
    And the output says "VG002"
    Given a small project without errors
    And the file "valgen.toml" holds
      """
      [project
      id = "BOX"
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "valgen.toml:1:"
    And the output says "VG004"
    Given a small project without errors
    And the file "pyproject.toml" holds
      """
      [tool.valgen.project]
      id = "BOX"
      name = "Box"
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "VG003"
    Given the file "pyproject.toml" is removed
    And in "valgen.toml" the text "[stages]" is replaced by "[paths]\nrequirements = '../elsewhere'\n[stages]"
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "VG009"
    And no output shows an internal error

  @OQ-007 @verifies:URS-004 @verifies:FS-006 @verifies:DS-006 @risk:RSK-011 @negative
  Scenario: Every file that is not loaded is named
    Objective: show that a file which somebody may believe to count is reported.
    Given a small project without errors
    And these files
      | name                            | text                         |
      | requirements/urs/more.yml       | items: []                    |
      | requirements/urs/MORE.YAML      | items: []                    |
      | requirements/urs/list.csv       | URS-020;Adding               |
      | test_scripts/oq/more.feature.md | Feature: More                |
      | test_scripts/oq/more_steps.py   | x = 1                        |
      | documents/urs/more.md           | # Scope                      |
      | documents/OLD.md                | # Scope                      |
      | requirements/nested/valgen.toml | project.id = "NST"           |
      | requirements/.hidden.yaml       | items: []                    |
    When the user runs "valgen check -v"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                           | also said   |
      | VG026 | requirements/urs/more.yml       | more.yaml   |
      | VG026 | requirements/urs/MORE.YAML      | MORE.yaml   |
      | VG027 | requirements/urs/list.csv       | .yaml       |
      | VG026 | test_scripts/oq/more.feature.md | more.feature |
      | VG027 | test_scripts/oq/more_steps.py   | steps       |
      | VG026 | documents/urs/more.md           | more.md     |
      | VG312 | documents/OLD.md                | OLD         |
      | VG030 | requirements/nested             | nested      |
    And the output does not say ".hidden.yaml"

  @OQ-008 @verifies:URS-009 @verifies:FS-007 @verifies:DS-006 @risk:RSK-007 @negative
  Scenario: Kept data never change an answer
    Objective: show that a change which keeps size and time stamp is seen, and that damaged kept data do no harm.
    Given a small project without errors
    When the user runs "valgen check"
    Then the exit status is 0
    When "@OQ-002 @verifies:URS-002" in "test_scripts/oq/box.feature" becomes "@OQ-002 @verifies:URS-009" with size and time stamp kept
    And the user runs "valgen check"
    Then the exit status is 1
    And the output says "VG231"
    And the answer equals that of "valgen check --no-cache"
    When every kept file is damaged
    And the user runs "valgen check"
    Then the exit status is 1
    And the answer equals that of "valgen check --no-cache"
    And no output shows an internal error

  @OQ-009 @verifies:URS-007 @verifies:URS-011 @verifies:FS-004 @verifies:DS-005 @positive
  Scenario: Every form of Gherkin is executed with all its steps
    Objective: show that rules, backgrounds, outlines, data tables, doc strings and another language are executed.
    Given a small project without errors
    And the file "test_scripts/oq/forms.feature" holds
      """
      Feature: Forms
        Background:
          Given the number 10

        @OQ-011 @verifies:URS-001
        Scenario Outline: Rows
          When <n> is added
          Then the number is <sum>
          Examples: First
            | n | sum |
            | 1 | 11  |
            | 2 | 12  |
          Examples: Second
            | n | sum |
            | 5 | 15  |

        @OQ-012 @verifies:URS-001
        Scenario Outline: Named rows
          When <n> is added
          Then the number is <sum>
          Examples:
            | case | n  | sum |
            | cold | -5 | 5   |
            | hot  | 90 | 100 |

        @OQ-013 @verifies:URS-001
        Scenario: Table and text
          When all of these are added
            | number |
            | 1      |
            | 2      |
          And the text is read
            \"\"\"
            first line
              second line
            \"\"\"
          Then the number is 13

        Rule: A rule has a background of its own
          Background:
            Given the number 3

          @OQ-010 @verifies:URS-001
          Example: In a rule
            When 1 is added
            Then the number is 4
      """
    And the file "test_scripts/oq/german.feature" holds
      """
      # language: de
      Funktionalität: Andere Sprache

        @OQ-014 @verifies:URS-001
        Szenario: Addieren
          Angenommen the number 3
          Wenn 1 is added
          Dann the number is 4
          Und the number is 4
      """
    And the file "test_scripts/steps/more.py" holds
      """
      from pytest_bdd import when


      @when("all of these are added")
      def _(box, datatable, evidence):
          for (n,) in datatable[1:]:
              box["n"] += int(n)
          evidence.actual(f"{len(datatable) - 1} numbers")


      @when("the text is read")
      def _(docstring, evidence):
          evidence.actual(repr(docstring))
      """
    When the user runs "valgen run oq --json"
    Then the exit status is 0
    And the run gives these results
      | case         | result | steps |
      | OQ-001       | Passed | 3     |
      | OQ-002       | Passed | 3     |
      | OQ-010       | Passed | 4     |
      | OQ-011[1]    | Passed | 3     |
      | OQ-011[2]    | Passed | 3     |
      | OQ-011[3]    | Passed | 3     |
      | OQ-012[cold] | Passed | 3     |
      | OQ-012[hot]  | Passed | 3     |
      | OQ-013       | Passed | 4     |
      | OQ-014       | Passed | 4     |
    And step 3 of "OQ-013" observed "'first line\n  second line'"

  @OQ-010 @verifies:URS-008 @verifies:URS-061 @verifies:FS-008 @positive @negative
  Scenario: Schemas accept correct files and refuse wrong ones
    Objective: show that an editor can check a file with the published schemas.
    Prerequisites: jsonschema is installed.
    Given a small project without errors
    And in "valgen.toml" the text "[stages]" is replaced by
      """
      [types.IF]
      name = "Interface"
      document = "DS"
      links = ["FS"]

      [stages]
      """
    When the user runs "valgen schema -o schemas"
    Then the exit status is 0
    And every schema is a valid JSON Schema
    And the schema "valgen-items" judges these files
      | judgement | text                                                                                                                          |
      | accepted  | items:\n  - {id: URS-001, title: Adding, text: The box shall add., priority: must, regulations: ["21CFR11.10(a)"]}            |
      | accepted  | type: IF\nitems:\n  - {id: IF-001, title: Port, text: A port., satisfies: [FS-001]}                                           |
      | refused   | items:\n  - {id: URS-001, title: Adding, text: The box shall add., priorty: must}                                             |
      | refused   | items:\n  - {id: URS-001, title: Adding, text: The box shall add., priority: high}                                            |
      | refused   | items:\n  - {title: Adding, text: The box shall add.}                                                                         |
    When the user runs "valgen schema nonsense"
    Then the exit status is 2
