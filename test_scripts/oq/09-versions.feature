Feature: Versions of documents

  @OQ-078 @verifies:URS-096 @verifies:FS-079 @verifies:DS-028 @risk:RSK-029 @negative @critical
  Scenario: Changed content without a new version is an error, and a new version says what it changed
    Objective: show freezing, the error, and the appendix with the text before and after.
    Given a small project without errors
    And the register holds in the order of the list "URS, FS", each with the version "0.9"
    When the user runs "valgen freeze URS FS"
    Then the exit status is 0
    And the output says "0.9"
    When the user runs "valgen check"
    Then the output does not say "VG38"
    Given in "requirements/urs/box.yaml" the text "The box shall subtract whole numbers." is replaced by "The box shall subtract whole and broken numbers."
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                            | also said |
      | VG380 | requirements/documents.yaml:5:19 | URS-002   |
    When the user runs "valgen freeze URS"
    Then the exit status is 1
    And the output says "VG390"
    Given in "requirements/documents.yaml" the text "summary: First of URS}" is replaced by "summary: First of URS}\n      - {version: '0.10', date: '2026-02-15', author: A. Osei, change_ref: CR-2, summary: Broken numbers}"
    When the user runs these commands
      | command                                    |
      | valgen check                               |
      | valgen freeze URS                          |
      | valgen build URS FS --format docx,pdf      |
    Then each exit status is 0
    And the documents say, as Word, PDF
      | document | words                                            | also                                   |
      | URS      | The box shall subtract whole numbers.            | The box shall subtract whole and broken numbers. |
      | URS      | Changes in this version                          | 0.10 DRAFT                             |
      | FS       | The content has not changed since version 0.9    | Adds and subtracts.                    |

  @OQ-079 @verifies:URS-097 @verifies:FS-079 @verifies:DS-028 @risk:RSK-029 @negative @critical
  Scenario Outline: A history that was rewritten is an error: <case>
    Objective: show that a row of a frozen version can be neither altered nor removed.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "0.9"
    When the user runs "valgen freeze URS"
    Then the exit status is 0
    Given in "requirements/documents.yaml" the text "<before>" is replaced by "<after>"
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "<code>"
    Examples:
      | case    | before                | after                | code  |
      | summary | summary: First of URS | summary: Other words | VG381 |
      | date    | date: "2026-01-15"    | date: "2026-01-14"   | VG381 |
      | version | version: "0.9"        | version: "1.0"       | VG382 |

  @OQ-080 @verifies:URS-098 @verifies:FS-080 @verifies:DS-028 @risk:RSK-029 @negative @critical
  Scenario: An altered frozen version is noticed and no pack is built from it
    Objective: show the finding for a changed letter, a cut file and a removed file, and that the build is refused.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "0.9"
    When the user runs "valgen freeze URS"
    Then the exit status is 0
    And after each of these alterations of frozen files, made one at a time, check names the code and no pack is built
      | file                  | change     | code  |
      | URS/0.9.json          | one letter | VG384 |
      | URS/0.9.document.json | one letter | VG384 |
      | URS/0.9.document.json | cut        | VG384 |
      | URS/0.9.json          | cut        | VG383 |
    When the user runs "valgen check"
    Then the output does not say "VG38"

  @OQ-081 @verifies:URS-099 @verifies:FS-081 @verifies:DS-028 @risk:RSK-030 @negative
  Scenario: References are pinned to versions and all of them resolve
    Objective: show the version of another document in the references, and the error for a document that does not exist.
    Given a small project without errors
    And the register holds in the order of the list "URS, FS", each with the version "0.9"
    And in "requirements/documents.yaml" the text "number: BOX-FS-001" is replaced by "number: BOX-FS-001\n    references: [URS]"
    When the user runs these commands
      | command                                  |
      | valgen freeze URS                        |
      | valgen build FS --format docx,pdf        |
    Then each exit status is 0
    And these rows stand in the tables, as Word
      | document | row         | says               |
      | FS       | BOX-URS-001 | 0.9 (not approved) |
    And the documents do not say, as Word, PDF
      | document | words   |
      | FS       | BOX-RTM |
    Given in "requirements/documents.yaml" the text "references: [URS]" is replaced by "references: [URS, XYZ]"
    When the user runs "valgen check"
    Then the exit status is 1
    And the output says "VG389"
    And the output says "XYZ"

  @OQ-082 @verifies:URS-098 @verifies:FS-080 @verifies:DS-028 @positive @negative
  Scenario: A frozen version can be shown again and compared
    Objective: show the old text beside the present one, the differences, and the refusal for a version that never was.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "0.9"
    When the user runs "valgen freeze URS"
    Then the exit status is 0
    Given in "requirements/urs/box.yaml" the text "The box shall add whole numbers." is replaced by "The box shall add up."
    And in "requirements/documents.yaml" the text "summary: First of URS}" is replaced by "summary: First of URS}\n      - {version: '1.0', date: '2026-02-15', author: A. Osei, change_ref: CR-2, summary: Shorter}"
    When the user runs these commands
      | command                                          |
      | valgen build URS --format docx,pdf               |
      | valgen build URS --version 0.9 --format docx,pdf |
    Then each exit status is 0
    And the documents say, as Word, PDF
      | document | words                            |
      | URS-0.9  | The box shall add whole numbers. |
      | URS      | The box shall add up.            |
    And the documents do not say, as Word, PDF
      | document | words                 |
      | URS-0.9  | The box shall add up. |
    When the user runs "valgen diff URS@0.9"
    Then the output says "URS-001"
    And the output says "The box shall add whole numbers."
    And the output says "The box shall add up."
    When the user runs "valgen build URS --version 0.8 --format docx"
    Then the exit status is not 0
    And the output says "VG392"
    And no output shows an internal error

  @OQ-083 @verifies:URS-100 @verifies:FS-082 @verifies:DS-026 @risk:RSK-024 @negative
  Scenario: With several documents of one type, nothing falls between them
    Objective: show that each document holds what it selects, and that an item in none of them and a selection of nothing are named.
    Given a small project without errors
    And the file "requirements/documents.yaml" holds
      """
      documents:
        - {type: URS, key: URS-ADD, number: BOX-URS-001, select: URS-001}
        - {type: URS, key: URS-NONE, number: BOX-URS-002, select: URS-9*}
      """
    When the user runs "valgen check"
    Then the output says each of these
      | words                      |
      | warning[VG393]             |
      | URS-NONE                   |
      | warning[VG394]             |
      | URS-002                    |
    When the user runs "valgen build URS-ADD --format docx"
    Then the exit status is 0
    And the documents say, as Word
      | document | words                            |
      | URS-ADD  | The box shall add whole numbers. |
    And the documents do not say, as Word
      | document | words                                 |
      | URS-ADD  | The box shall subtract whole numbers. |
