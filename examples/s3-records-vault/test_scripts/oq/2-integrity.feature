Feature: Integrity of stored packages
  The vault tells altered records from good ones (21 CFR 11.10(a)). Faults are planted past the application, with the
  rights of the AWS account itself.

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"

  @OQ-009 @verifies:URS-010 @verifies:FS-001 @verifies:DS-003 @risk:RSK-004 @negative
  Scenario: A byte changed on the way to the storage service is noticed
    Objective: Show that the digest reported by the storage service is compared with that of the bytes sent.
    Given a connection that changes one byte of each upload
    When "A. Keller" tries to store revision 1 of "KRAS-001" over this connection
    Then the act is refused with "DigestMismatch"
    And "KRAS-001" has no revision

  @OQ-010 @verifies:URS-010 @risk:RSK-004 @env:AWSVAL @negative
  Scenario: The storage service refuses an upload with a wrong digest
    Objective: Show that the storage service itself compares the digest.
    Prerequisites: AWS account; the simulator accepts a wrong digest (VSR, Known limitations).
    When an object is uploaded directly with a SHA-256 digest that does not belong to it
    Then the request is refused with "BadDigest"

  @OQ-011 @verifies:URS-011 @verifies:FS-005 @verifies:DS-002 @risk:RSK-003 @positive
  Scenario: An untouched package is reported as unaltered
    Objective: Show that verification finds nothing where there is nothing.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    When "I. Duarte" verifies revision 1 of "KRAS-001"
    Then the verification reports "unaltered"

  @OQ-012 @verifies:URS-011 @verifies:FS-005 @verifies:DS-002 @risk:RSK-003 @negative @critical
  Scenario Outline: A planted fault is named: <case>
    Objective: Show that verification names the file that was altered, removed or added.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    And somebody with the rights of the AWS account <fault> of that package
    When "I. Duarte" verifies revision 1 of "KRAS-001"
    Then the verification reports "<report>"

    Examples: faults
      | case             | fault                              | report                       |
      | altered-file     | changes 1 byte of files/results.csv | altered: files/results.csv   |
      | altered-readme   | changes 1 byte of README.md        | altered: README.md           |
      | altered-manifest | changes 1 byte of manifest.json    | altered: manifest.json       |
      | missing-file     | hides files/run.log                | missing: files/run.log       |
      | added-file       | adds files/extra.csv               | not listed: files/extra.csv  |

  @OQ-013 @verifies:URS-011 @verifies:FS-004 @verifies:FS-020 @risk:RSK-003 @risk:RSK-015 @negative
  Scenario Outline: An altered package is not handed out: <act>
    Objective: Show that no act hands out content that differs from the manifest.
    Given revision 1 of "KRAS-001" is stored by "A. Keller"
    And somebody with the rights of the AWS account changes 1 byte of files/results.csv of that package
    When "I. Duarte" tries to <act> revision 1 of "KRAS-001"
    Then the act is refused with "Altered"
    And the refusal says "altered: files/results.csv"

    Examples: acts that hand out content
      | case   | act    |
      | read   | read   |
      | export | export |
