Feature: Electronic signatures
  Manifestation, two components, binding to the record, and release (FS-017 to FS-019).

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And revisions 1 to 2 of "KRAS-001" are stored by "A. Keller"

  @OQ-044 @verifies:URS-040 @verifies:FS-017 @verifies:DS-008 @risk:RSK-012 @positive @critical @evidence
  Scenario: A signature shows name, time and meaning
    Objective: Show that the signature record holds the facts of 21 CFR 11.50(a) and is valid.
    When "B. Meier" signs revision 2 of "KRAS-001" with the meaning "reviewed"
    Then the signature record states
      | fact         | value    |
      | printed name | B. Meier |
      | user         | bmeier   |
      | role         | reviewer |
      | meaning      | reviewed |
      | revision     | 2        |
    And its time of signing is in UTC and lies within 5 seconds of the clock of the tester's computer
    And the check of the signature says "valid"
    And the signature record is attached

  @OQ-045 @verifies:URS-041 @verifies:FS-010 @verifies:FS-017 @risk:RSK-013 @negative @critical
  Scenario: A wrong password does not sign
    Objective: Show that both components are needed, that nothing is signed without them, and that the attempt is recorded.
    When "B. Meier" tries 1 times to sign revision 2 of "KRAS-001" with a wrong password
    Then the act is refused with "AuthenticationFailed"
    And revision 2 of "KRAS-001" has 0 signatures
    And the audit trail of "KRAS-001" ends with an entry of "B. Meier" that says "refused"

  @OQ-046 @verifies:URS-042 @verifies:FS-018 @verifies:DS-008 @verifies:CS-015 @risk:RSK-012 @negative @critical
  Scenario: A signature copied to another revision is invalid
    Objective: Show that a signature cannot be transferred to content its owner did not sign.
    Given "C. Wong" signed revision 1 of "KRAS-001" with the meaning "approved"
    When the signature record is copied under revision 2 of "KRAS-001" with the rights of the AWS account
    Then the check of the signatures of revision 2 of "KRAS-001" says "signature is for another package"

  @OQ-047 @verifies:URS-042 @verifies:FS-018 @verifies:DS-008 @risk:RSK-012 @negative @critical
  Scenario Outline: An altered signature is invalid: <fact>
    Objective: Show that no fact of a signature can be changed without being noticed.
    Given "C. Wong" signed revision 1 of "KRAS-001" with the meaning "approved"
    When the fact "<fact>" of a copy of the signature record is changed to "<value>"
    Then the check of that copy says "signature does not match its record"

    Examples: facts of the record
      | case    | fact         | value                    |
      | name    | printed_name | A. Keller                |
      | meaning | meaning      | reviewed                 |
      | time    | signed_at    | 2026-01-01T00:00:00.000Z |
      | package | address      | another address          |
      | value   | value        | not a signature          |

  @OQ-048 @verifies:URS-044 @verifies:FS-019 @verifies:DS-005 @risk:RSK-014 @negative @critical
  Scenario Outline: A revision without all signatures is not released: <case>
    Objective: Show that the release names each meaning that is missing.
    Given revision 2 of "KRAS-001" bears valid signatures with the meanings "<meanings>"
    When "C. Wong" tries to release revision 2 of "KRAS-001"
    Then the act is refused with "NotSigned"
    And the refusal says "lacks: <missing>"
    And revision 2 of "KRAS-001" is not released

    Examples: combinations
      | case        | meanings           | missing                      |
      | unsigned    | none               | authored, reviewed, approved |
      | no-author   | reviewed, approved | authored                     |
      | no-review   | authored, approved | reviewed                     |
      | no-approval | authored, reviewed | approved                     |

  @OQ-049 @verifies:URS-044 @verifies:FS-019 @risk:RSK-014 @negative
  Scenario: A transplanted signature does not count for the release
    Objective: Show that only valid signatures count.
    Given revision 2 of "KRAS-001" bears valid signatures with the meanings "authored, reviewed"
    And "C. Wong" signed revision 1 of "KRAS-001" with the meaning "approved"
    And the signature record is copied under revision 2 of "KRAS-001" with the rights of the AWS account
    When "C. Wong" tries to release revision 2 of "KRAS-001"
    Then the act is refused with "NotSigned"
    And the refusal says "lacks: approved"

  @OQ-050 @verifies:URS-044 @verifies:FS-019 @positive
  Scenario: A revision with all signatures is released
    Objective: Show that the release is done and recorded when no meaning is missing.
    Given revision 2 of "KRAS-001" bears valid signatures with the meanings "authored, reviewed, approved"
    When "C. Wong" tries to release revision 2 of "KRAS-001"
    Then the act is done
    And revision 2 of "KRAS-001" is released
    And the audit trail of "KRAS-001" ends with an entry of "C. Wong" that says "released"
