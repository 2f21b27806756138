Feature: Copies for inspection
  Complete, readable, and checkable by whoever holds them (FS-020, FS-021).

  Background:
    Given the record vault "<system.version>" is installed at "<endpoint>"
    And revision 1 of "KRAS-001" is stored by "A. Keller"
    And revision 1 of "KRAS-001" bears valid signatures with the meanings "authored, reviewed, approved"

  @OQ-051 @verifies:URS-050 @verifies:FS-020 @verifies:DS-009 @risk:RSK-015 @positive @critical @evidence
  Scenario: A copy is complete
    Objective: Show that the copy holds files, README, manifest, signatures and audit trail, byte for byte.
    When "I. Duarte" exports revision 1 of "KRAS-001"
    Then the copy consists of exactly these files
      """text
      README.md
      audit-trail/entries.csv
      audit-trail/entries.jsonl
      audit-trail/seal.json
      record/README.md
      record/files/results.csv
      record/files/run.log
      record/manifest.json
      signatures/001.json
      signatures/002.json
      signatures/003.json
      signatures/public-key.der
      """
    And each record file in the copy equals the stored object
    And the copy is attached

  @OQ-052 @verifies:URS-051 @verifies:URS-040 @verifies:FS-020 @risk:RSK-015 @positive
  Scenario: The README of a copy is readable without the system
    Objective: Show that a person finds every fact in the README as plain text.
    When "I. Duarte" exports revision 1 of "KRAS-001"
    Then the README of the copy contains each of these lines
      """markdown
      # KRAS-001, revision 1
      KRAS G12C genotyping assay, analytical run 1. Instrument QPCR-07, method MET-0311 version 4.
      # Copy of KRAS-001, revision 1
      - Status: not released
      ## Files
      ## Electronic signatures
      ## Audit trail of KRAS-001, 4 entries
      """
    And the README names each signer with role, meaning, time and the result of the check
    And the README shows the address and the digest of each file

  @OQ-053 @verifies:URS-052 @verifies:FS-021 @verifies:DS-009 @risk:RSK-015 @positive
  Scenario: An untouched copy is found to be unaltered without network
    Objective: Show that the check of a copy needs neither the vault nor a network connection.
    Given a copy of revision 1 of "KRAS-001" is exported by "I. Duarte"
    When the tester checks the copy without vault and network
    Then the check of the copy reports "unaltered"
    And no network connection was opened during the check

  @OQ-054 @verifies:URS-052 @verifies:FS-021 @verifies:DS-009 @risk:RSK-015 @negative @critical
  Scenario Outline: A fault in a copy is named: <case>
    Objective: Show that the check names what was altered, removed or added.
    Given a copy of revision 1 of "KRAS-001" is exported by "I. Duarte"
    And somebody <fault> in the copy
    When the tester checks the copy without vault and network
    Then the check of the copy reports "<report>"

    Examples: faults
      | case             | fault                                    | report                                   |
      | altered-file     | changes 1 byte of record/files/results.csv | altered: record/files/results.csv       |
      | missing-file     | removes record/files/run.log             | missing: record/files/run.log            |
      | added-file       | adds record/files/extra.csv              | not listed: record/files/extra.csv       |
      | altered-manifest | changes 1 byte of record/manifest.json   | altered: record/manifest.json            |
      | altered-readme   | changes 1 byte of README.md              | altered: README.md                       |
      | altered-table    | changes 1 byte of audit-trail/entries.csv | altered: audit-trail/entries.csv        |
      | forged-signature | changes the signer of signatures/003.json | invalid: signatures/003.json             |

  @OQ-055 @verifies:URS-052 @verifies:FS-021 @negative
  Scenario Outline: A file that is no copy is refused: <case>
    Objective: Show that the check does not call an arbitrary file unaltered.
    When the tester checks <file> as if it were a copy
    Then the act is refused with "PackageInvalid"

    Examples: files
      | case     | file                          |
      | text     | a text file                   |
      | zip      | a ZIP file of another origin  |
      | cut      | the first half of a copy      |

  @OQ-056 @verifies:URS-053 @verifies:FS-020 @boundary @stress
  Scenario: A copy of 10 MB is handed over within 10 seconds
    Objective: Show the time from the request to the complete copy for a package of 10 MB.
    Test data: One record file of 10,000,000 bytes that cannot be compressed.
    Acceptance: At most 10 seconds.
    Given revision 1 of "KRAS-010" with a record file of 10000000 bytes is stored by "A. Keller"
    When "I. Duarte" exports revision 1 of "KRAS-010" and the time is taken
    Then the copy is complete after at most 10 seconds

  @OQ-057 @manual @verifies:URS-051 @risk:RSK-015
  Scenario: A person reads the README of a copy
    Objective: Show that a person who does not know the vault finds the facts in the README of a copy.
    Prerequisites: The copy attached to OQ-051, on a computer without access to the vault; a tester who has not worked with the vault.
    When the tester opens README.md of the copy in a text viewer
    Then record, revision, status and address are found without help
    When the tester looks for the persons who signed
    Then name, role, meaning and time of three signatures are found without help
    When the tester prints README.md on paper of the size A4
    Then every line is legible and no column of a table is cut off
