Feature: Record packages
  Storing, numbering and reading revisions of a record (FS-001 to FS-004).

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"

  @OQ-001 @verifies:URS-001 @verifies:URS-003 @verifies:FS-001 @verifies:DS-002 @verifies:DS-003 @positive @critical
  Scenario: A stored package is what was handed in
    Objective: Show that a package is stored completely and under the digest of its manifest.
    Test data: README, results.csv (12 samples) and run.log of an analytical run, made by the script.
    When "A. Keller" stores revision 1 of "KRAS-001" with the reason "analytical run 1 completed"
    Then the package is stored under the SHA-256 digest of its manifest
    And the package consists of exactly these objects
      | object            |
      | README.md         |
      | files/results.csv |
      | files/run.log     |
      | manifest.json     |
    And each stored object equals the bytes that were handed in

  @OQ-002 @verifies:URS-002 @verifies:FS-001 @verifies:DS-001 @positive @evidence
  Scenario: The manifest lists each file with size, media type and digest
    Objective: Show that the manifest describes the stored bytes, computed independently of the vault.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    When the tester reads the manifest of revision 1 of "KRAS-001" from the bucket
    Then it lists these files with their media types
      | path              | media type                   |
      | README.md         | text/markdown; charset=utf-8 |
      | files/results.csv | text/csv                     |
      | files/run.log     | text/plain                   |
    And size and SHA-256 digest of each listed file equal those computed from the stored object
    And the manifest is attached

  @OQ-003 @verifies:URS-004 @verifies:FS-002 @positive
  Scenario: Revisions are numbered consecutively
    Objective: Show that three revisions stored one after the other receive the numbers 1, 2 and 3.
    When "A. Keller" stores 3 revisions of "KRAS-001" one after the other
    Then the revisions have the numbers "1, 2, 3"
    And the manifest of each revision names the address of the revision before it

  @OQ-004 @verifies:URS-004 @verifies:FS-002 @verifies:DS-005 @risk:RSK-005 @negative
  Scenario: A number is assigned once
    Objective: Show that a second revision 2 is refused and the first one stays.
    Given revisions 1 to 3 of "KRAS-001" are stored by "A. Keller"
    When "E. Young" tries to store revision 2 of "KRAS-001"
    Then the act is refused with "RevisionExists"
    And revision 2 of "KRAS-001" leads to the address that was stored first

  @OQ-005 @verifies:URS-004 @verifies:FS-002 @verifies:DS-003 @risk:RSK-005 @stress
  Scenario: Two writers at the same moment
    Objective: Show that the storage service gives one number to one of two simultaneous writers.
    When "E. Young" stores a revision of "KRAS-001" while "A. Keller" is storing one
    Then the act is refused with "RevisionExists"
    And "KRAS-001" has exactly 1 revision, stored by "E. Young"

  @OQ-006 @verifies:URS-005 @verifies:FS-004 @verifies:DS-004 @positive @critical
  Scenario Outline: Revision <number> stays readable after revision 3 was stored
    Objective: Show that a later revision does not change an earlier one.
    Given revisions 1 to 3 of "KRAS-001" are stored by "A. Keller"
    When "I. Duarte" reads revision <number> of "KRAS-001"
    Then each file read equals the bytes that were handed in for revision <number>

    Examples: revisions before the last one
      | case   | number |
      | first  | 1      |
      | second | 2      |

  @OQ-007 @verifies:URS-006 @verifies:URS-007 @verifies:FS-003 @verifies:DS-005 @risk:RSK-006
  Scenario Outline: An incomplete package is refused: <case>
    Objective: Show that a faulty package is refused before anything is stored.
    When "A. Keller" tries to store "KRAS-001" with <fault>
    Then the act is refused with "PackageInvalid"
    And the refusal says "<message>"
    And no package is stored
    And the audit trail of "KRAS-001" ends with the refusal

    @negative
    Examples: faults of content
      | case         | fault              | message                        |
      | no-readme    | an empty README    | the README is empty            |
      | no-file      | no record file     | the package has no record file |
      | twice        | one path twice     | occurs twice                   |
      | blank-reason | a blank reason     | the reason is empty            |

    @negative
    Examples: paths that leave the package
      | case     | fault                     | message                                  |
      | parent   | the path ../results.csv   | is not a relative path inside the package |
      | absolute | the path /etc/results.csv | is not a relative path inside the package |

    @boundary
    Examples: just beyond a limit
      | case        | fault                      | message                                    |
      | long-reason | a reason of 501 characters | the reason has 501 characters, more than 500 |

  @OQ-008 @verifies:URS-006 @verifies:FS-003 @boundary
  Scenario Outline: A package at a limit is accepted: <case>
    Objective: Show that the last permitted value is accepted.
    When "A. Keller" tries to store "KRAS-001" with <content>
    Then the act is done
    And "KRAS-001" has exactly 1 revision, stored by "A. Keller"

    Examples: at the limit
      | case        | content                    |
      | long-reason | a reason of 500 characters |
      | empty-file  | a record file of 0 bytes   |
