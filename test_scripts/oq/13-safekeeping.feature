Feature: Safekeeping of records

  @OQ-135 @verifies:URS-155 @verifies:FS-125 @verifies:DS-044 @risk:RSK-049 @positive @critical
  Scenario: A verification without anybody present becomes a record, finds what rotted and is told when overdue
    Objective: show the records of a good and a bad verification, and what the status says without and with them.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "1.0"
    And in "valgen.toml" the text "[project]" is replaced by
      """
      [records]
      verify_every = "month"
      [project]
      """
    And a ledger whose first administrator is "ada"
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    When the user runs "valgen status"
    Then the output says "never verified with every attachment on record"
    Given "ann" runs "valgen sign URS --meaning authored --reason 'I wrote this version' --yes"
    When the user runs "valgen verify --record"
    Then the exit status is 0
    And the newest record of the kind "verified" says
      | key      | value |
      | problems | 0     |
      | data     | True  |
    When the user runs "valgen status"
    Then the output does not say "never verified"
    Given one bit of an attachment of the ledger flips
    When the user runs "valgen verify --record"
    Then the exit status is 1
    And the newest record of the kind "verified" says
      | key      | value |
      | problems | 1     |
    When the user runs "valgen audit --action verified"
    Then the output says "1 problem"

  @OQ-136 @verifies:URS-156 @verifies:FS-126 @verifies:DS-044 @risk:RSK-049 @negative @critical
  Scenario: A disk without room refuses the run before its first step
    Objective: show the refusal, that no run was recorded, and that the same run is executed once there is room.
    Given a small project without errors
    And the computer says that 8 MB are free on its disk
    When the user runs "valgen run oq"
    Then the exit status is 2
    And the output says "VG419"
    And the log of dry runs holds 0 records of the kind "run.started"
    Given the computer says the truth again
    When the user runs "valgen run oq"
    Then the exit status is 0

  @OQ-137 @verifies:URS-157 @verifies:FS-127 @verifies:DS-044 @risk:RSK-050 @negative @critical
  Scenario: A clock that was set back for one act is told by the verification
    Objective: show that the report names both movements of the clock, in an otherwise unaltered ledger.
    Given a small project without errors
    And a ledger whose first administrator is "ada"
    And the computer says that it is 3 days earlier
    And these people with active accounts
      | user | name       | roles  |
      | ann  | Ann Writer | author |
    And the computer says the truth again
    And these people with active accounts
      | user | name     | roles  |
      | bo   | Bo Adler | author |
    When the user runs "valgen verify"
    Then the exit status is 0
    And the output says each of these
      | the clock of the computer was set back by     |
      | the clock of the computer was set forward by  |
