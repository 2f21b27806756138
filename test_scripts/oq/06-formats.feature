Feature: PDF files, Word templates and other forms
  PDF files are read back with pikepdf alone, Word files with python-docx and as plain parts of their package.

  @OQ-055 @verifies:URS-075 @verifies:FS-059 @verifies:DS-023 @risk:RSK-022 @positive @critical
  Scenario: Each document is a PDF file that can be archived, searched and read aloud
    Objective: show structure, fonts, languages and bookmarks of each PDF file, and what every page names.
    Given the executed sample project
    Then every Word file has a PDF file beside it, and each is sound, tagged and has every font inside
    And each page of each PDF file names number, version, status, marks, page x of y and the digest of its content
    And bookmarks, text and tables of the PDF of the OQ report hold every case with its result

  @OQ-056 @verifies:URS-041 @verifies:FS-041 @verifies:FS-059 @verifies:DS-023 @risk:RSK-014 @negative @critical
  Scenario: Requirements, cases, results and totals agree in Word, PDF and Excel
    Objective: show by a script that reads nothing but these files that they say the same, and that the script notices a difference.
    Given the executed sample project
    When Word, PDF and Excel files of the pack are compared by a script that reads nothing else
    Then 25 or more comparisons hold, and none fails
    Given in a copy of the pack the PDF of the OQ report is exchanged for that of the OQ protocol
    When Word, PDF and Excel files of the copy are compared by the same script
    Then the exit status is 1
    And the output says "FAIL OQ results by test and environment"

  @OQ-057 @verifies:URS-076 @verifies:FS-060 @verifies:DS-023 @risk:RSK-022 @negative @critical
  Scenario: A character that no font has is named and never lost
    Objective: show the finding, and that the character stands in the PDF file as its code.
    Given a small project without errors
    And the file "requirements/urs/more.yaml" holds
      """
      items:
        - {id: URS-003, title: Signs, text: "The box shall show \U00013000 and Ω, é, Ж and 25 °C."}
      """
    When the user runs "valgen build URS --format pdf"
    Then the exit status is 0
    And the output says "warning[VG730]"
    And the output says "U+13000"
    And the documents say, as PDF
      | document | words                                             |
      | URS      | The box shall show U+13000 and Ω, é, Ж and 25 °C. |

  @OQ-058 @verifies:URS-077 @verifies:FS-059 @verifies:DS-023 @stress
  Scenario: A document of several hundred pages comes in volumes
    Objective: show that nothing is lost between the volumes.
    Given a small project without errors
    And 40 requirements with a text of 240 lines each
    When the user runs "valgen build URS --format pdf"
    Then the exit status is 0
    And "URS" is a PDF file in 2 or more volumes that hold every requirement once, in order

  @OQ-059 @verifies:URS-079 @verifies:FS-062 @verifies:DS-024 @risk:RSK-023 @negative @critical
  Scenario: Pages in the look of a company never lack required facts, and a faulty template is refused
    Objective: show that the check names what a company's template lacks, that a faulty one is refused, and that missing facts are printed all the same.
    Given a small project without errors
    And the register holds in the order of the list "URS", each with the version "0.9"
    And the Word template "templates/company.docx" whose pages lack status and digest, with the placeholder "{{document.tilte}}"
    When the user runs "valgen template check"
    Then the exit status is 1
    And the output says each of these
      | words                                    |
      | error[VG710]                             |
      | status                                   |
      | content digest                           |
      | error[VG711] unknown placeholder         |
      | did you mean {{document.title}}?         |
      | warning[VG713]                           |
    When the user runs "valgen build URS --format docx"
    Then the exit status is 1
    And the output says "VG711"
    And the folder "build" does not exist
    And no output shows an internal error
    Given the Word template "templates/company.docx" whose pages lack status and digest, with the placeholder "{{project.name}}"
    When the user runs "valgen template check"
    Then the exit status is 1
    And the output says "head and foot do not show status, content digest"
    When the user runs "valgen build URS --format docx"
    Then the exit status is 0
    And the output says "VG710"
    And every foot of the Word file "URS" shows status and digest

  @OQ-060 @verifies:URS-078 @verifies:URS-080 @verifies:FS-061 @verifies:FS-063 @verifies:DS-024 @risk:RSK-023 @positive @boundary
  Scenario: Documents look as the company's template says, and values are printed literally
    Objective: show that cover, head, foot, font and colour are taken over, and that a title with braces and markup stays text.
    Given a small project without errors
    And the file "requirements/documents.yaml" holds
      """
      documents:
        - type: URS
          number: BOX-URS-001
          title: Needs & {{document.digest}} <w:b>bold</w:b>
          history:
            - {version: "0.9", date: "2026-01-15", author: A. Osei, change_ref: CR-1, summary: First}
      """
    And the Word template "templates/company.docx" of a company with its own cover, head, foot, heading font and colour
    When the user runs "valgen template check"
    Then the exit status is 0
    And the output says "documents can be written with it"
    When the user runs "valgen build URS --format docx"
    Then the exit status is 0
    And the Word file "URS" has the look of the company and every fact of its own
    And the documents say, as Word
      | document | words                                                   |
      | URS      | Name: Needs & {{document.digest}} <w:b>bold</w:b>       |
      | URS      | The box shall add whole numbers.                        |
    And the only text in double braces is the one that a person wrote: {{document.digest}}

  @OQ-061 @verifies:URS-081 @verifies:FS-064 @verifies:DS-027 @risk:RSK-022 @negative
  Scenario: A Sphinx project without requirements becomes a Word file
    Objective: show that lists, tables, code, notes and links of ordinary pages are kept, and that a loss is a warning with its place.
    Given an empty folder
    And the file "docs/conf.py" holds
      """
      project = "Manual"
      extensions = ["valgen.sphinx_ext"]
      """
    And the file "docs/index.rst" holds
      """
      Manual
      ======

      See :ref:`weights`. A note [#one]_.

      * one

        * inner

      .. _weights:

      Weights
      -------

      +-----+-----+
      | A   | B   |
      +=====+=====+
      | joined    |
      +-----+-----+

      .. warning:: Never overload.

      .. code-block:: python

         print("weight")

      .. raw:: html

         <b>only for browsers</b>

      .. [#one] Text of the note.
      """
    When the user runs "sphinx-build -b docx docs word"
    Then the exit status is 0
    And the output says "VG742"
    And the output says "index.rst"
    And the Word file "word/Manual.docx" holds
      | words             |
      | Weights           |
      | inner             |
      | joined            |
      | Never overload.   |
      | print("weight")   |
      | Text of the note. |
    And lists are nested, tables have joined cells and head rows, notes are footnotes, and links lead to bookmarks
    And a second build of the Word file "word/Manual.docx" has the same SHA-256

  @OQ-062 @verifies:URS-082 @verifies:FS-065 @verifies:DS-016 @risk:RSK-024 @negative
  Scenario: A template of the project takes the place of a shipped one, and a mistake in it stops the build
    Objective: show copy, use and refusal of templates of documents.
    Given a small project without errors
    When the user runs "valgen template eject URS"
    Then the exit status is 0
    And the file "templates/URS.rst" of the project holds "valgen:items"
    Given the file "templates/FS.rst" holds
      """
      Our own chapter
      ===============

      Words of our own.

      .. valgen:items::
      """
    When the user runs "valgen build FS --format docx"
    Then the exit status is 0
    And the documents say, as Word
      | document | words             | also              |
      | FS       | Our own chapter   | Words of our own. |
      | FS       | Adds and subtracts. |                 |
    Given the file "templates/FS.rst" holds
      """
      Our own chapter
      ===============

      .. valgen:itmes::

      .. include:: /etc/passwd
      """
    When the user runs "valgen build FS --format docx"
    Then the exit status is 1
    And each of these findings is shown
      | code  | place              | also said     |
      | VG340 | templates/FS.rst:4:4 | valgen:itmes  |
      | VG340 | templates/FS.rst:6:4 | include       |

  @OQ-063 @verifies:URS-083 @verifies:FS-066 @verifies:DS-025 @risk:RSK-025 @negative @critical
  Scenario: Kept renditions never show an earlier state
    Objective: show that only what changed is written anew, and that damaged renditions are not used.
    Given a small project without errors
    When the user runs "valgen build URS FS --format docx,pdf"
    Then the exit status is 0
    When the bytes of the pack are noted as "the first state"
    Given in "requirements/urs/box.yaml" the text "The box shall subtract whole numbers." is replaced by "The box shall take numbers away."
    When the user runs "valgen build URS FS --format docx,pdf"
    Then the exit status is 0
    And compared with "the first state", exactly these of the word and pdf files differ: word/URS.docx, pdf/URS.pdf
    And the documents say, as Word, PDF
      | document | words                            |
      | URS      | The box shall take numbers away. |
    And the documents do not say, as Word, PDF
      | document | words                                 |
      | URS      | The box shall subtract whole numbers. |
    Given in "requirements/urs/box.yaml" the text "The box shall take numbers away." is replaced by "The box shall subtract whole numbers."
    When every kept rendition in the cache of the user is damaged by one bit
    And the user runs "valgen build URS FS --format docx,pdf --fresh"
    Then the exit status is 0
    And every file of the pack is equal to "the first state"
    And the build read and wrote none of the kept renditions
    When the user runs "valgen build URS FS --format docx,pdf"
    Then the exit status is 0
    And every file of the pack is equal to "the first state"

  @OQ-150 @verifies:URS-083 @verifies:FS-150 @verifies:DS-150 @risk:RSK-025 @negative @critical
  Scenario: A renewed pack is the pack that a build afresh gives
    Objective: show that what is taken over from the pack before never differs from what would be written anew.
    Given a small project without errors
    When the user runs "valgen build"
    Then the exit status is 0
    Given in "requirements/urs/box.yaml" the text "The box shall subtract whole numbers." is replaced by "The box shall take numbers away."
    When the user runs "valgen build"
    Then the exit status is 0
    And the documents say, as Word, PDF
      | document | words                            |
      | URS      | The box shall take numbers away. |
    When the bytes of the pack are noted as "the renewed state"
    And the user runs "valgen build --fresh"
    Then the exit status is 0
    And every file of the pack is equal to "the renewed state"
