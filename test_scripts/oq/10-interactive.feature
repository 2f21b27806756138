Feature: Interactive pages
  The site of the sample project is opened in Chromium from the file system, and screenshots are kept.

  @OQ-084 @verifies:URS-101 @verifies:FS-083 @verifies:DS-029 @risk:RSK-014 @positive @evidence
  Scenario: The matrix is filtered and followed down to the observed value
    Objective: show every item, a filter by words and by result, and the steps behind a row.
    Given the executed sample project
    And the page "matrix.html" of the site is opened in a browser from the file system
    Then the matrix shows every active item of the project, as many as the data of the pack
    When the reader types "taring" into the filter of the matrix
    Then the matrix shows exactly URS-002, URS-011
    When the page "matrix.html#URS-002" of the site is opened in a browser from the file system
    Then the open row leads to the test "OQ-002", whose steps show
      | words                 |
      | the weight is 250     |
      | assert 0 == 250       |
      | Failed                |
      | Step 4: not executed  |
    And the browser reported no mistake and asked for nothing outside the folder

  @OQ-085 @verifies:URS-102 @verifies:FS-083 @verifies:DS-029 @risk:RSK-015 @negative @evidence
  Scenario: First page and trace graph say what the matrix says
    Objective: show that counts of the first page are those of the data, that dry runs stand apart, and that the graph names the neighbours of an id.
    Given the executed sample project
    And the page "index.html" of the site is opened in a browser from the file system
    Then the page names these ids and words
      | words                     |
      | not released              |
      | DRY RUN                   |
      | Not covered               |
    When the page "graph.html#URS-001" of the site is opened in a browser from the file system
    Then the page names these ids and words
      | words          |
      | 21CFR11.10(e)  |
      | FS-001         |
      | RSK-001        |
      | OQ-001         |
    And the browser reported no mistake and asked for nothing outside the folder
