Feature: valgen is installed as released
  What is installed for the Python that executes this run is compared with the release: metadata, programs, packages, parts.

  @IQ-001 @verifies:URS-064 @verifies:FS-054 @verifies:DS-022 @positive @critical
  Scenario: The installed version is the declared one
    Objective: show that program, package metadata and settings of this project name one version.
    When the tester asks the installed program, the package metadata and the imported package for their version
    Then each of them is "<system.version>"
    And the program belongs to the Python that executes this run

  @IQ-002 @verifies:URS-064 @verifies:FS-054 @verifies:DS-010 @verifies:DS-021 @positive
  Scenario: Program and plugin are registered
    Objective: show the entry points of the command line and of the pytest plugin.
    When the tester reads the entry points of the installed package
    Then they are
      | group           | name   | leads to             |
      | console_scripts | valgen | valgen.cli:main      |
      | pytest11        | valgen | valgen.pytest_plugin |
    And every entry point can be loaded

  @IQ-003 @verifies:URS-064 @verifies:FS-054 @verifies:DS-022 @risk:RSK-010 @negative
  Scenario: Required packages are present in the declared ranges, and a missing one is noticed
    Objective: show that each required package is installed in its range, that doctor says the same, and that doctor notices a missing one.
    When the tester compares every required package with its declared range
    Then each is installed within its range
    And doctor shows the same versions and ends with exit status 0
    And doctor ends with exit status 1 where a required package is missing

  @IQ-004 @verifies:URS-064 @verifies:FS-013 @verifies:DS-009 @verifies:DS-016 @verifies:DS-022 @positive
  Scenario: The parts of the package are complete
    Objective: show licence, type information, document templates, clause libraries and schemas.
    When the tester lists the files of the installed package and its metadata
    Then the licence is Apache-2.0 with its text, and py.typed is there
    And these templates are listed
      | template |
      | GXPA     |
      | VP       |
      | URS      |
      | FS       |
      | DS       |
      | RA       |
      | protocol |
      | report   |
      | RTM      |
      | DEVLOG   |
      | VSR      |
      | CERT     |
      | ERES     |
    And the clause libraries "21-cfr-part-11" and "eu-annex-11" answer for every clause that they list
    And a schema is written for each of these
      | schema               |
      | valgen-project       |
      | valgen-items         |
      | valgen-documents     |
      | valgen-applicability |
      | result-check         |
      | result-trace         |
      | result-run           |
      | result-status        |
      | result-verify        |

  @IQ-005 @verifies:URS-064 @verifies:URS-025 @verifies:FS-024 @positive @evidence
  Scenario: Computer and Python are identified
    Objective: record exactly what this qualification was executed on.
    When the tester records computer, operating system, Python and every installed package
    Then Python is 3.11 or later
    And the list of packages with their versions is attached
