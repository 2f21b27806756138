Feature: Documents of the pack
  The pack of the sample project is read back with other programs than those that wrote it.

  @OQ-034 @verifies:URS-040 @verifies:FS-040 @verifies:FS-043 @verifies:FS-044 @verifies:FS-045 @verifies:DS-017 @positive @critical
  Scenario: The pack holds every document, requirement and executed step
    Objective: show that nothing of the project is missing in the pack.
    Given the executed sample project
    Then the pack holds these documents as Word file and as HTML page
      | document    |
      | GXPA        |
      | VP          |
      | URS         |
      | FS          |
      | CS          |
      | DS          |
      | RA          |
      | IQ-protocol |
      | IQ-report   |
      | OQ-protocol |
      | OQ-report   |
      | PQ-protocol |
      | PQ-report   |
      | RTM-initial |
      | RTM         |
      | DEVLOG      |
      | VSR         |
      | CERT        |
      | ERES        |
      | SOP         |
      | TRAINING    |
      | SUP         |
    And every active requirement stands with its title in URS and RTM as Word and HTML and in the Excel file
    And retired "URS-010" stands with its reason "Nobody heard it." in URS as Word and HTML
    And every executed step stands with its observed values in the OQ report as Word and HTML
    And every planned step stands in the OQ protocol as Word and HTML
    And each Word file opens, and none refers to the outside or holds macros

  @OQ-035 @verifies:URS-041 @verifies:FS-041 @verifies:FS-042 @verifies:DS-016 @risk:RSK-014 @risk:RSK-003 @negative @critical
  Scenario: Results and counts are equal in every format, and no count adds anything to the passed ones
    Objective: show that Word, HTML, Excel, CSV and JSON say the same about every test.
    Given the executed sample project
    Then the result of every test is equal in Word report, HTML report, Excel file, CSV, JSON and record
    And the statistics of the OQ report in Word and HTML equal the counts of the run
    And the coverage counts in Excel and HTML equal those counted from the rows
    And no text of report, matrix or summary report counts 7 or more tests as passed

  @OQ-036 @verifies:URS-042 @verifies:FS-041 @verifies:FS-042 @risk:RSK-013 @risk:RSK-003 @negative @critical
  Scenario: Each kind of gap is a row
    Objective: show uncovered requirements and failed, skipped and not executed tests as rows of matrix, report and open points.
    Given the executed sample project
    Then the gaps in RTM (Word, HTML, Excel) and summary report (Word, HTML) hold these rows
      | id            | says                  |
      | URS-007       | Not covered           |
      | OQ-002        | Failed                |
      | OQ-003        | Skipped               |
      | OQ-004        | Error                 |
      | OQ-006        | Not executed          |
      | OQ-014[heavy] | Failed                |
      | IQ-001        | Not executed          |
    And the results in the OQ report as Word and HTML hold these rows
      | id     | says         |
      | OQ-002 | Failed       |
      | OQ-003 | Skipped      |
      | OQ-004 | Error        |
      | OQ-006 | Not executed |
    And the IQ report as Word and HTML shows "IQ-001" as "Not executed"
    And the summary report says that the system is not released

  @OQ-037 @verifies:URS-043 @verifies:FS-047 @verifies:FS-028 @risk:RSK-015 @negative @critical
  Scenario: Drafts and dry runs are marked in every format
    Objective: show the marks where they belong, and that they do not stand where they do not.
    Given the executed sample project
    Then these documents bear these marks on the first page and in the header of the Word file and on the HTML page
      | document    | marks          |
      | URS         | DRAFT          |
      | FS          | DRAFT          |
      | RA          | DRAFT          |
      | OQ-protocol | DRAFT          |
      | IQ-report   | DRAFT          |
      | OQ-report   | DRAFT, DRY RUN |
      | RTM         | DRAFT, DRY RUN |
      | VSR         | DRAFT, DRY RUN |
    And every sheet of the Excel file bears the marks "DRAFT" and "DRY RUN"
    And start page and manifest of the pack say that its results are those of dry runs

  @OQ-038 @verifies:URS-044 @verifies:FS-040 @risk:RSK-010 @boundary
  Scenario: Equal input gives equal bytes under other circumstances
    Objective: show that folder, time zone, language, hash seed and user mask change no byte of the pack.
    Given a copy of the executed sample project
    When the pack is built again in another folder with another time zone, language, hash seed and user mask
    Then every file of both packs has the same SHA-256

  @OQ-039 @verifies:URS-045 @verifies:FS-046 @verifies:FS-044 @verifies:DS-016 @verifies:DS-018 @risk:RSK-006 @negative @critical
  Scenario: Hostile texts stay readable text in every format
    Objective: show that markup, scripts, macros, formulas and file insertions in texts of people and records are printed and never act.
    Test data: nine hostile texts in requirement, prose and observed values of the sample project.
    Given the executed sample project
    Then each hostile text is readable in URS and OQ report as Word and HTML, invisible characters as code
    And no HTML page has a script, an event handler, a frame or an address that came from a text
    And no Word file has a field, an object or a link that came from a text
    And no file of the system stands in any document
    And the attachment called "../../=evil.html" lies inside the pack under a harmless name

  @OQ-040 @verifies:URS-046 @verifies:FS-044 @verifies:DS-018 @risk:RSK-021 @negative
  Scenario: The HTML site needs neither server nor network
    Objective: show that every resource and every link of the site leads to a file and a place inside it.
    Given the executed sample project
    Then no page of the site loads anything from outside or from another place than its folder
    And every internal link of the site leads to a file and an id that exist
    And "URS-001" can be followed from the matrix to the executed steps of "OQ-001"

  @OQ-041 @verifies:URS-047 @verifies:FS-045 @verifies:DS-019 @risk:RSK-006 @negative
  Scenario: No cell of Excel and CSV is a formula
    Objective: show the form of the workbook and that texts which begin like formulas stay texts.
    Given the executed sample project
    Then no cell of the workbook is a formula, and its package holds no macro, connection or hostile link
    And the workbook begins with "Document control", ends with "Digests", and each sheet has fixed header rows and a filter
    And no cell of any CSV file begins like a formula
    And the title of "URS-013" in the Excel file is the text that was written

  @OQ-042 @verifies:URS-048 @verifies:FS-048 @verifies:DS-020 @risk:RSK-016 @negative @critical
  Scenario: A changed pack is noticed
    Objective: show that an altered, a removed and an added file end with exit status 1 and their names.
    Given a copy of the executed sample project
    When the user runs "valgen verify"
    Then the exit status is 0
    And the output says "not signed"
    And each of these changes of the pack is found
      | change  | file                |
      | altered | word/OQ-report.docx |
      | altered | data/results.csv    |
      | removed | html/RTM.html       |
      | added   | word/NEW.docx       |
    When the user runs "valgen verify requirements"
    Then the exit status is 2

  @OQ-043 @verifies:URS-049 @verifies:FS-040 @risk:RSK-013 @negative @critical
  Scenario: No document is made from files that cannot be read completely
    Objective: show that a build is refused, that the earlier pack stays, and that a folder which is no pack is left alone.
    Given a small project without errors
    And the file "notes/letter.txt" holds
      """
      not to be lost
      """
    When the user runs "valgen build URS --format docx"
    Then the exit status is 0
    Given the file "requirements/urs/more.yaml" holds
      """
      items:
        - {id: URS-003, title: More, title: Less, text: The box shall do more.}
      """
    When the user runs "valgen build URS --format docx"
    Then the exit status is 1
    And the output says "VG017"
    When the user runs "valgen verify"
    Then the exit status is 0
    Given the file "requirements/urs/more.yaml" is removed
    When the user runs "valgen build URS --format docx -o notes"
    Then the exit status is 2
    And the file "notes/letter.txt" does exist
    When the user runs "valgen build NONSENSE"
    Then the exit status is 2
    And the output says "VG901"
    When the user runs "valgen build --format odt"
    Then the exit status is 2
    And no output shows an internal error

  @OQ-044 @verifies:URS-050 @verifies:FS-005 @verifies:FS-041 @boundary
  Scenario: Number, version and history come from the register
    Objective: show that the version in the document is that of the last row, and that 0.10 follows 0.9.
    Given the executed sample project
    Then URS as Word and HTML shows number "SCL-URS-007", version "0.10" and both rows of its history

  @OQ-045 @verifies:URS-050 @verifies:URS-051 @verifies:FS-005 @verifies:FS-049 @negative
  Scenario: Disorder in the register and missing prose are named
    Objective: show that versions and dates out of order, double numbers, and sections that nobody wrote are reported.
    Given a small project without errors
    And the file "requirements/documents.yaml" holds
      """
      documents:
        - type: URS
          number: BOX-001
          history:
            - {version: "1.0", date: "2026-03-01", author: A. Osei, change_ref: CR-1, summary: First}
            - {version: "0.9", date: "2026-02-01", author: A. Osei, change_ref: CR-2, summary: Second}
        - type: FS
          number: BOX-001
      """
    When the user runs "valgen check"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place                             | also said           |
      | VG330 | requirements/documents.yaml:6:19  | 0.9                 |
      | VG331 | requirements/documents.yaml:6:19  | 2026-02-01          |
      | VG332 | requirements/documents.yaml:7:11  | BOX-001             |
      | VG335 | requirements/documents.yaml:7:11  | FS                  |
      | VG341 | requirements/documents.yaml:2:11  | Process description |
      | VG341 | requirements/documents.yaml:7:11  | Scope               |
