Feature: Issued files, anchors and copies of the records

  Background:
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles         |
      | ann   | Ann Writer    | author        |
      | pete  | Pete Owner    | process_owner |
      | quinn | Quinn Auditor | qa            |

  @OQ-097 @verifies:URS-116 @verifies:FS-089 @verifies:DS-033 @risk:RSK-035 @positive @critical
  Scenario: An approved version is issued once, and every pack shows these very files
    Objective: show the refusal of a draft, one record for two issues, and equal bytes in record and packs.
    When "quinn" runs "valgen build --issue URS"
    Then the exit status is 1
    And the output says "VG630"
    And the newest record of the kind "refused" says
      | key  | value |
      | act  | issue |
      | code | VG630 |
    Given "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    And "pete" runs "valgen sign URS --meaning approved --reason 'It fits the process' --yes"
    And "quinn" runs "valgen sign URS --meaning approved --reason 'It follows our procedures' --yes"
    When "quinn" runs "valgen build --issue URS"
    Then the exit status is 0
    And the newest record of the kind "document.issued" says
      | key      | value  |
      | document | URS    |
      | version  | 1.0    |
      | actor    | u-0004 |
    And every file that the newest issue names is in the pack with its digest
    When "ann" runs "valgen build --issue URS"
    Then the exit status is 0
    And the output says "issued before"
    When the user runs "valgen build --fresh"
    Then the exit status is 0
    And every file that the newest issue names is in the pack with its digest
    And the ledger holds 1 records of the kind "document.issued"
    When the user runs "valgen verify build/pack"
    Then the exit status is 0
    And the output says "Byte for byte as issued"

  @OQ-098 @verifies:URS-116 @verifies:FS-089 @verifies:DS-033 @risk:RSK-035 @negative @critical
  Scenario: A changed byte of an issued file breaks the seal and is found
    Objective: show the judgement of another program over the seal, and that verification names the exchanged file.
    Given "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    And "pete" runs "valgen sign URS --meaning approved --reason 'It fits the process' --yes"
    And "quinn" runs "valgen sign URS --meaning approved --reason 'It follows our procedures' --yes"
    When "quinn" runs "valgen build --issue URS"
    Then the exit status is 0
    When the program pdfsig looks at "build/pack/pdf/URS.pdf"
    Then the output says each of these
      | words                 |
      | Signature is Valid    |
      | Total document signed |
    Given a copy of the pack in which byte 200 of "pdf/URS.pdf" is another
    When the program pdfsig looks at "build/copy/pdf/URS.pdf"
    Then the output does not say "Signature is Valid"
    When the user runs "valgen verify build/copy"
    Then the exit status is 1
    And the output says "pdf/URS.pdf"
    When the program "evidence/valgen_verify.py" of the pack checks "build/copy" with Python alone
    Then the exit status is 1
    And the output says "pdf/URS.pdf"

  @OQ-099 @verifies:URS-117 @verifies:FS-090 @verifies:DS-034 @risk:RSK-036 @positive @critical
  Scenario: A time stamp of a stated authority confirms the records
    Objective: show the record, the judgement of another program, and up to where verification counts the time stamp.
    Given a time-stamp authority whose root certificate the settings name
    When a time stamp is asked for
    Then the exit status is 0
    And the newest record of the kind "anchor" says
      | key    | value   |
      | medium | rfc3161 |
      | size   | 10      |
    And openssl accepts the newest time stamp over the kept checkpoint
    When the user runs "valgen verify .valgen --authority tsa-root.pem"
    Then the exit status is 0
    And the output says "Confirmed up to 10 records"
    When the user runs "valgen verify .valgen"
    Then the output does not say "Confirmed up to 10 records"
    When a time stamp is asked for
    Then the exit status is 0
    And the output says "nothing was recorded since"
    And the ledger holds 1 records of the kind "anchor"

  @OQ-100 @verifies:URS-117 @verifies:FS-090 @verifies:DS-034 @risk:RSK-036 @negative @critical
  Scenario Outline: What is no time stamp of the stated authority is no anchor, and stays pending: <case>
    Objective: show the refusal, that it is told until a time stamp is there, and that the ledger goes on.
    Given a time-stamp authority whose root certificate the settings name
    When a time stamp is asked for, and <whom>
    Then the exit status is <status>
    And the output says "<code>"
    And the ledger holds 0 records of the kind "anchor"
    And the newest record of the kind "refused" says
      | key  | value  |
      | act  | anchor |
      | code | <code> |
    When "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    Then the exit status is 0
    When the user runs "valgen status"
    Then the output says "a time stamp is pending since"
    When a time stamp is asked for
    Then the exit status is 0
    When the user runs "valgen status"
    Then the output does not say "pending"
    Examples:
      | case    | whom                          | status | code  |
      | silent  | nobody answers                | 1      | VG541 |
      | foreign | another authority answers     | 2      | VG540 |
      | no-tsr  | the answer is a page in HTML  | 2      | VG540 |

  @OQ-101 @verifies:URS-117 @verifies:FS-090 @verifies:DS-034 @risk:RSK-036 @negative
  Scenario: Only a commit that a remote has is an anchor, and the copy of the repository here confirms nothing
    Objective: show the refusals before the push, the record after it, and that no password of an address is kept.
    Given the project is under git, with a remote that others hold
    When the user runs "valgen records anchor --git"
    Then the exit status is not 0
    And the output says "VG633"
    Given the project is committed
    When the user runs "valgen records anchor --git"
    Then the exit status is not 0
    And the output says "no remote has it"
    Given the commit is pushed
    When the user runs "valgen records anchor --git"
    Then the exit status is 0
    And the newest record of the kind "anchor" says
      | key    | value |
      | medium | git   |
    And no file of the ledger says "confidential"
    When the user runs "valgen verify .valgen"
    Then the exit status is 0
    And the output says "fits and does not count"

  @OQ-102 @verifies:URS-118 @verifies:FS-091 @verifies:DS-034 @risk:RSK-037 @positive @critical
  Scenario: A copy is whole, comes back unchanged, and takes two people where records are missing
    Objective: show the copy put back after a loss, then a shorter one: proposal, decision, record of the gap.
    Given "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    When the user runs "valgen records backup copy"
    Then the exit status is 0
    Given the folder of records is lost
    When "ada" runs "valgen records restore --from copy --reason 'disk of the server failed'"
    Then the exit status is 0
    And every record and attachment of the folder "copy" is in the ledger, byte for byte
    And the ledger holds 0 records of the kind "restored"
    And the ledger holds 1 records of the kind "signature"
    Given "pete" runs "valgen sign URS --meaning approved --reason 'It fits the process' --yes"
    When the user runs "valgen verify .valgen"
    Then the exit status is 0
    When "ada" runs "valgen records restore --from copy --reason 'disk failed again'"
    Then the exit status is not 0
    And the ledger holds 2 records of the kind "signature"
    When "ada" and the holder of the root key run "valgen records restore --from copy --reason 'disk failed again'"
    Then the exit status is 0
    And the newest record of the kind "restored" says
      | key    | value             |
      | actor  | u-0001            |
      | reason | disk failed again |
    And the ledger holds 1 records of the kind "signature"
    And the file ".valgen-replaced-1/checkpoint" does exist
    When the user runs "valgen verify .valgen"
    Then the exit status is 0
    And the output says "an older copy"

  @OQ-103 @verifies:URS-118 @verifies:FS-091 @verifies:DS-034 @risk:RSK-037 @negative @critical
  Scenario: An altered or foreign copy, and an older state that was put back without the command, are refused
    Objective: show each refusal and that the records in place stay as they are.
    When the user runs "valgen records backup copy"
    And the user runs "valgen records backup older"
    Then the exit status is 0
    Given in "log/000000000.jsonl" of the folder "copy" a letter is changed
    When "ada" runs "valgen records restore --from copy --reason 'disk of the server failed'"
    Then the exit status is not 0
    And the output says "VG635"
    Given the folder "foreign" is the ledger of another project
    When "ada" runs "valgen records restore --from foreign --reason 'disk of the server failed'"
    Then the exit status is not 0
    And the output says "VG635"
    When "ann" runs "valgen records restore --from older --reason 'disk of the server failed'"
    Then the exit status is not 0
    And the output says "administrator"
    Given "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    When the user runs "valgen verify .valgen"
    Then the exit status is 0
    And the ledger holds 1 records of the kind "signature"
    Given the folder of records is exchanged for the folder "older"
    When "pete" runs "valgen sign URS --meaning approved --reason 'It fits the process' --yes"
    Then the exit status is not 0
    And the output says "VG624"
    When the user runs "valgen verify .valgen"
    Then the exit status is 1
    And the output says "VG624"
