Feature: People, signatures and their records

  @OQ-086 @verifies:URS-105 @verifies:URS-106 @verifies:FS-084 @verifies:DS-030 @risk:RSK-031 @positive @critical
  Scenario: Each account belongs to one person, who alone makes the password and the key
    Objective: show creation with a checked identity, activation with a code that serves once, and that no secret is kept in clear.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    Then the ledger holds these records in this order
      | kind              | actor  |
      | genesis           | root   |
      | account.created   | root   |
      | account.activated | u-0001 |
      | account.created   | u-0001 |
      | account.activated | u-0002 |
    And the newest record of the kind "account.created" says
      | key          | value      |
      | user         | ann        |
      | name         | Ann Writer |
      | identity.how | badge seen |
    When "ann" activates the account a second time with the same code
    Then the exit status is not 0
    And no file and no output holds a password, a passphrase or a private key in clear

  @OQ-087 @verifies:URS-105 @verifies:FS-084 @verifies:DS-030 @risk:RSK-031 @negative
  Scenario Outline: A user id that was used before, or looks like one, is refused: <case>
    Objective: show that ids are never used again, also not in another spelling.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    When "ada" runs "valgen user disable ann --reason 'left the company'"
    Then the exit status is 0
    When "ada" runs "valgen user add <user> --name 'Somebody Else' --identity 'badge seen'"
    Then the exit status is not 0
    And the output says "<words>"
    Examples:
      | case    | user  | words           |
      | same    | ann   | used before     |
      | dotted  | a.nn  | looks like ann  |
      | foreign | аnn   | cyrillic        |

  @OQ-088 @verifies:URS-107 @verifies:FS-085 @verifies:DS-030 @risk:RSK-032 @negative @critical
  Scenario: Nobody becomes administrator, and no key is replaced, by one administrator alone
    Objective: show the refusal for one, and the act by two.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | bo   | Bo Adler   | author |
      | ann  | Ann Writer | author |
    When "ada" runs "valgen user grant bo administrator --reason 'second administrator'"
    Then the exit status is not 0
    And the ledger holds 0 records of the kind "role.granted"
    When "ada" and the holder of the root key run "valgen user grant bo administrator --reason 'second administrator'"
    Then the exit status is 0
    When "ada" runs "valgen user reset ann --reason 'password forgotten' --identity 'badge seen'"
    Then the ledger holds 0 records of the kind "account.reset"
    When "ada" runs "valgen user reset ann --reason 'password forgotten' --identity 'badge seen'"
    Then the ledger holds 0 records of the kind "account.reset"
    When "bo" runs "valgen user reset ann --reason 'password forgotten' --identity 'badge seen'"
    Then the exit status is 0
    And the ledger holds 1 records of the kind "account.reset"

  @OQ-089 @verifies:URS-107 @verifies:FS-085 @verifies:DS-030 @risk:RSK-032 @negative
  Scenario: A ledger that one person keeps says so on each document
    Objective: show the sentence in Word, PDF and HTML, and in the report of verification.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger that one person keeps alone
    When the user runs "valgen build URS --format docx,pdf,html"
    Then the exit status is 0
    And the documents say, as Word, PDF, HTML
      | document | words                                      | also         |
      | URS      | signatures do not meet 21 CFR 11.200(a)(3) | 11.200(a)(3) |
    When the user runs "valgen verify"
    Then the exit status is 0
    And the output says "11.200(a)(3)"

  @OQ-090 @verifies:URS-108 @verifies:FS-086 @verifies:DS-030 @risk:RSK-031 @negative
  Scenario: Failed attempts give nothing away, are recorded, and make the next one wait
    Objective: show the same words for an unknown user and a wrong password, the records, and the wait.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    When "nobody" runs "valgen user check --findings none --conclusion 'As it should be'" with the password of "ann"
    Then the output says "user id, password or code is not right"
    When "ann" runs "valgen user check --findings none --conclusion 'As it should be'" with the password of "bo"
    Then the output says "user id, password or code is not right"
    When "ann" runs "valgen user check --findings none --conclusion 'As it should be'" with the password of "bo"
    And "ann" runs "valgen user check --findings none --conclusion 'As it should be'" with the password of "bo"
    And "ann" runs "valgen user check --findings none --conclusion 'As it should be'" with the password of "bo"
    Then the exit status is not 0
    And the newest record of the kind "login.failed" says
      | key     | value    |
      | account | u-0002   |
      | reason  | too soon |

  @OQ-091 @verifies:URS-109 @verifies:FS-085 @verifies:DS-030 @risk:RSK-032 @positive
  Scenario: Accounts and computers are listed, let in, withdrawn and checked
    Objective: show the list, that a disabled account and an unknown or retired computer can do nothing, and the signed check.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles  |
      | ann   | Ann Writer    | author |
      | quinn | Quinn Auditor | qa     |
    When "ada" runs "valgen user disable ann --reason 'left the company'"
    Then the exit status is 0
    When "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this text' --yes"
    Then the exit status is not 0
    And the output says "user id, password or code is not right"
    When the user runs "valgen user list"
    Then the output says each of these
      | words    |
      | disabled |
      | active   |
    When "quinn" runs "valgen user check --findings 'One person left' --conclusion 'Rights are as they should be'"
    Then the exit status is 0
    And the newest record of the kind "accounts.checked" says
      | key        | value                        |
      | actor      | u-0003                       |
      | conclusion | Rights are as they should be |
    Given the work goes on at another computer with the key file of "ada"
    When "ada" runs "valgen user revoke quinn qa --reason 'a trial'"
    Then the exit status is not 0
    And the output says "VG559"
    When "ada" runs "valgen records add-machine --reason 'test rig 7'"
    Then the exit status is 0
    When "ada" takes back the keys of the first computer
    Then the exit status is 0
    Given the work goes on at the first computer
    When "ada" runs "valgen user revoke quinn qa --reason 'a trial'"
    Then the exit status is not 0
    And the ledger holds 0 records of the kind "role.revoked"

  @OQ-092 @verifies:URS-110 @verifies:URS-111 @verifies:URS-112 @verifies:FS-087 @verifies:DS-031 @risk:RSK-033 @positive @critical
  Scenario: A document is signed by three people, shows who signed, when and why, and is a draft again after a change
    Objective: show the signatures in Word, PDF and HTML, their records, and that changed content is not approved.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles         |
      | ann   | Ann Writer    | author        |
      | pete  | Pete Owner    | process_owner |
      | quinn | Quinn Auditor | qa            |
    When "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    And "pete" runs "valgen sign URS --meaning approved --reason 'It fits the process' --yes"
    And "quinn" runs "valgen sign URS --meaning approved --reason 'It follows our procedures' --yes"
    Then the exit status is 0
    And the newest record of the kind "signature" says
      | key        | value         |
      | document   | URS           |
      | version    | 1.0           |
      | meaning    | approved      |
      | role       | qa            |
      | name       | Quinn Auditor |
      | components | all           |
    When the user runs "valgen build URS --format docx,pdf,html"
    Then the exit status is 0
    And the documents say, as Word, PDF, HTML
      | document | words         | also     |
      | URS      | Ann Writer    | Authored |
      | URS      | Pete Owner    | Approved |
      | URS      | Quinn Auditor | UTC      |
    And the documents do not say, as Word, PDF, HTML
      | document | words     | also      |
      | URS      | 1.0 DRAFT | 1.0 DRAFT |
    Given in "requirements/urs/box.yaml" the text "The box shall add whole numbers." is replaced by "The box shall add numbers."
    When the user runs "valgen status"
    Then the output says "URS"
    When the user runs "valgen sign URS --meaning authored --reason 'Changed' --yes --as ann"
    Then the exit status is not 0

  @OQ-093 @verifies:URS-113 @verifies:FS-087 @verifies:DS-031 @risk:RSK-033 @negative @critical
  Scenario Outline: What role, meaning or order do not allow is refused and recorded: <case>
    Objective: show the refusal, its record, and that no signature was added.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles         |
      | ann   | Ann Writer    | author, qa    |
      | pete  | Pete Owner    | process_owner |
      | quinn | Quinn Auditor | qa            |
    And "<first>" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    When "<user>" runs "valgen sign URS --meaning <meaning> --reason '<reason>' --yes"
    Then the exit status is not 0
    And the ledger holds <count> records of the kind "signature"
    And the ledger holds <refused> records of the kind "refused"
    Examples:
      | case            | first | user | meaning  | reason               | count | refused |
      | order           | pete  | pete | approved | It fits the process  | 0     | 2       |
      | meaning         | ann   | pete | reviewed | It fits the process  | 1     | 1       |
      | same-person     | ann   | ann  | authored | Once more, with care | 1     | 1       |
      | empty-reason    | ann   | pete | approved | n/a                  | 1     | 1       |

  @OQ-094 @verifies:URS-103 @verifies:URS-104 @verifies:FS-088 @verifies:DS-032 @risk:RSK-034 @negative @critical
  Scenario: Altered records are found, with their place
    Objective: show that each alteration of a ledger is found and the unaltered ledger is not reported.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles  |
      | ann   | Ann Writer    | author |
      | quinn | Quinn Auditor | qa     |
    Then each of these alterations of the ledger, made one at a time, is found
      | alteration                           |
      | a letter of a record is changed      |
      | the last record is taken away        |
      | a record in the middle is taken away |
      | two records change places            |
      | a record stands twice                |

  @OQ-095 @verifies:URS-114 @verifies:FS-087 @verifies:FS-088 @verifies:DS-031 @risk:RSK-033 @positive @critical
  Scenario: An approval records what it changed, and the version before stays as it was until then
    Objective: show old value, new value and reason in the records, and the older version byte for byte while it is valid.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user  | name          | roles         |
      | ann   | Ann Writer    | author        |
      | pete  | Pete Owner    | process_owner |
      | quinn | Quinn Auditor | qa            |
    And "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    And "pete" runs "valgen sign URS --meaning approved --reason 'It fits the process' --yes"
    And "quinn" runs "valgen sign URS --meaning approved --reason 'It follows our procedures' --yes"
    When the user runs "valgen build URS --version 1.0 --format docx --output build/first"
    Then the exit status is 0
    Given in "requirements/urs/box.yaml" the text "The box shall add whole numbers." is replaced by "The box shall add numbers."
    And in "requirements/documents.yaml" the text "summary: First of URS}" is replaced by "summary: First of URS}\n      - {version: '1.1', date: '2026-02-15', author: Ann Writer, change_ref: CR-2, summary: Broken numbers}"
    And "ann" runs "valgen sign URS --meaning authored --reason 'Broken numbers were asked for' --yes"
    And "pete" runs "valgen sign URS --meaning approved --reason 'The process needs it' --yes"
    When the user runs "valgen build URS --version 1.0 --format docx --output build/second"
    Then the exit status is 0
    And the file "build/second/word/URS-1.0.docx" is byte for byte the file "build/first/word/URS-1.0.docx"
    Given "quinn" runs "valgen sign URS --meaning approved --reason 'It follows our procedures too' --yes"
    Then the newest record of the kind "document.changed" says
      | key        | value          |
      | document   | URS            |
      | version    | 1.1            |
      | previous   | 1.0            |
      | change_ref | CR-2           |
      | author     | Ann Writer     |
      | reason     | Broken numbers |
    When the user runs "valgen audit --item URS-001"
    Then the output says each of these
      | words                            |
      | The box shall add whole numbers. |
      | The box shall add numbers.       |
    When the user runs "valgen audit --action signature --format csv"
    Then the output says each of these
      | words                         |
      | Broken numbers were asked for |
      | Quinn Auditor                 |
    When "quinn" runs "valgen audit review --scope 'all signatures' --findings 'none' --conclusion 'In order' --next 2099-01-31"
    Then the exit status is 0
    And the newest record of the kind "audit.reviewed" says
      | key        | value    |
      | actor      | u-0004   |
      | conclusion | In order |
    Given in ".valgen/log/000000000.jsonl" the text "Broken numbers were asked for" is replaced by "Broken numbers were wanted"
    When the user runs "valgen audit"
    Then the exit status is 1
    And the output does not say "Quinn Auditor"

  @OQ-130 @verifies:URS-150 @verifies:URS-151 @verifies:FS-120 @verifies:FS-121 @verifies:FS-122 @verifies:DS-043 @risk:RSK-048 @negative @critical
  Scenario: Both programs give one answer for a pack, its ZIP file and altered ones
    Objective: show that valgen verify and the stand-alone program accept the same packs and refuse the same ones, as folders and as ZIP files.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    And "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    When the user runs "valgen build URS --format html"
    Then the exit status is 0
    Given the folder "build/pack" packed as "build/pack.zip"
    When the user runs "valgen verify build/pack.zip"
    Then the exit status is 0
    When the program "evidence/valgen_verify.py" of the pack checks "build/pack.zip" with Python alone
    Then the exit status is 0
    Given a copy of the pack in which "html/URS.html" in "manifest.json" became "html/URT.html"
    When the user runs "valgen verify build/copy"
    Then the exit status is 1
    And the output says "manifest.json"
    When the program "evidence/valgen_verify.py" of the pack checks "build/copy" with Python alone
    Then the exit status is 1
    And the output says "manifest.json"
    Given the folder "build/pack" packed as "build/hostile.zip" with the further file "../evil.txt"
    When the user runs "valgen verify build/hostile.zip"
    Then the exit status is 1
    And the output says "VG637"
    When the program "evidence/valgen_verify.py" of the pack checks "build/hostile.zip" with Python alone
    Then the exit status is 1
    And the output says "evil.txt"

  @OQ-096 @verifies:URS-115 @verifies:FS-088 @verifies:DS-032 @risk:RSK-034 @negative @critical
  Scenario: A pack is checked by one file and Python alone, and chosen records by their proofs
    Objective: show the right answer of the stand-alone program for an unaltered pack, chosen records, an altered document and an altered record.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    And "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    When the user runs "valgen build URS --format html"
    Then the exit status is 0
    When the program "evidence/valgen_verify.py" of the pack checks "build/pack" with Python alone
    Then the exit status is 0
    When the user runs "valgen disclose URS --output build/records.zip"
    Then the exit status is 0
    When the user runs "valgen verify build/records.zip"
    Then the exit status is 0
    Given a copy of the pack in which "whole numbers" in "html/URS.html" became "broken numbers"
    When the program "evidence/valgen_verify.py" of the pack checks "build/copy" with Python alone
    Then the exit status is 1
    And the output says "html/URS.html"
    Given a copy of the pack in which "Ann Writer" in "evidence/ledger/log/000000000.jsonl" became "Ann Wroter"
    When the program "evidence/valgen_verify.py" of the pack checks "build/copy" with Python alone
    Then the exit status is 1
    And the output says "000000000.jsonl"
