Feature: One ledger for several computers

  Background:
    Given a small project without errors
    And a database for the team, with tables and a role for the program
    And settings that name the database
    And a ledger whose first administrator is "ada"

  @OQ-140 @verifies:URS-160 @verifies:FS-130 @verifies:DS-045 @risk:RSK-051 @positive @critical
  Scenario: What one computer records, another one continues
    Objective: show one history for two computers with key stores of their own.
    Given a second computer with the same project and the key of "ada"
    When the second computer runs "valgen records store"
    Then the exit status is 0
    And the output says "The ledger of the team store is on this computer now"
    When on the second computer "ada" runs "valgen records add-machine --reason 'second computer'"
    Then the exit status is 0
    When on the second computer "ada" runs "valgen user add ann --name 'Ann Writer' --identity 'badge seen'"
    And "ada" runs "valgen user add pete --name 'Pete Owner' --identity 'badge seen'"
    And the second computer runs "valgen records store"
    Then both computers and the database hold the same records, numbered without gap
    And the records say that "ada, ann, pete" have accounts
    When the user runs "valgen verify"
    Then the exit status is 0
    And the output says "Team store:"

  @OQ-141 @verifies:URS-160 @verifies:FS-130 @verifies:DS-045 @risk:RSK-051 @negative @critical
  Scenario: Nothing is recorded on one computer alone
    Objective: show that an act is refused, and leaves nothing, while the database cannot be reached or is no longer named.
    When the database does not answer
    And "ada" runs "valgen user add ann --name 'Ann Writer' --identity 'badge seen'"
    Then the exit status is not 0
    And the output says "VG641"
    And the ledger holds 1 records of the kind "account.created"
    When the database answers again
    And the settings no longer name the database
    And "ada" runs "valgen user add ann --name 'Ann Writer' --identity 'badge seen'"
    Then the exit status is not 0
    And the output says "VG644"
    And the ledger holds 1 records of the kind "account.created"

  @OQ-142 @verifies:URS-161 @verifies:FS-131 @verifies:DS-046 @risk:RSK-052 @negative @critical
  Scenario Outline: What the owner of the database does to rows is found: <case>
    Objective: show that verification names the row or the head that differs.
    When the owner of the database switches the triggers off, executes "<statement>", and switches them on again
    And the user runs "valgen verify"
    Then the exit status is 1
    And the output says "<words>"
    Examples:
      | case    | statement                                                                    | words    |
      | changed | UPDATE valgen.record SET line = set_byte(line, 20, 65) WHERE seq = 1          | record 1 |
      | removed | DELETE FROM valgen.record WHERE seq = 1                                      | record 1 |
      | emptied | TRUNCATE valgen.record                                                       | VG645    |
      | head    | UPDATE valgen.ledger SET size = size - 1                                     | VG646    |

  @OQ-143 @verifies:URS-162 @verifies:FS-131 @verifies:DS-046 @risk:RSK-052 @negative @critical
  Scenario Outline: A database that protects too little is refused: <case>
    Objective: show that no act goes on with it, and that the message says what is missing.
    When the owner of the database executes "<statement>"
    And "ada" runs "valgen user add ann --name 'Ann Writer' --identity 'badge seen'"
    Then the exit status is not 0
    And the output says "VG642"
    And the output says "<words>"
    And the ledger holds 1 records of the kind "account.created"
    Examples:
      | case    | statement                                                 | words                     |
      | trigger | ALTER TABLE valgen.record DISABLE TRIGGER only_added      | is disabled               |
      | rights  | GRANT DELETE ON valgen.record TO valgen_writer            | may DELETE                |
      | rule    | CREATE RULE x AS ON INSERT TO valgen.kept DO INSTEAD NOTHING | has a rule             |

  @OQ-144 @verifies:URS-161 @verifies:URS-162 @verifies:FS-131 @verifies:DS-046 @risk:RSK-052 @negative @critical
  Scenario: Objects in the bucket are protected, and what lies over one is found
    Objective: show that a bucket without lock is refused, and that a delete marker over a stored object is found.
    Given settings that name the database and a bucket without Object Lock
    When the user runs "valgen records store"
    Then the exit status is not 0
    And the output says "VG643"
    Given settings that name the database and a bucket with Object Lock in COMPLIANCE mode
    When "ada" runs "valgen user add ann --name 'Ann Writer' --identity 'badge seen'"
    Then the exit status is 0
    When somebody deletes an object of the bucket without naming its version
    And the user runs "valgen verify"
    Then the exit status is 1
    And the output says "a delete marker lies over it"
