"""The sample project: one case for each way to end, each kind of coverage, and hostile texts.

It is executed and built once for all cases that only read it.
"""

from __future__ import annotations

from pathlib import Path

from .workbench import Workbench

SECRET_NAME = "SCALE_PASSWORD"
SECRET = 'pa<ss>"wörd&9-%canary'

SETTINGS = """
[project]
id = "SCL"
name = "Scale service"
gamp_category = 5
regulations = ["21-cfr-part-11"]

[system]
name = "Scale service"
version = "3.2.1"

[environments.VAL]
title = "Validation"
variables = { endpoint = "http://scale.example:8080", password = { secret = "SCALE_PASSWORD" } }

[stages]
IQ = ["VAL"]
OQ = ["VAL"]
"""

HOSTILE = (
    '=HYPERLINK("http://evil.example","click")',
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{ 6+6 }} ${6+6} {% include '/etc/passwd' %}",
    ".. include:: /etc/passwd",
    "|system.version| :download:`x </etc/passwd>`",
    "[link](javascript:alert(3)) ![image](file:///etc/passwd)",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "approved\u202edevorppa\u202c\u200bhidden",
    "INCLUDETEXT C:\\\\secret.docx MERGEFIELD x",
)
"""Texts that some format could take for more than text."""

URS = """
defaults: {impact: [data_integrity], priority: must}
items:
  - {id: URS-001, title: Weighing, text: The scale shall show the weight in grams., regulations: ["21CFR11.10(e)"]}
  - {id: URS-002, title: Taring, text: The scale shall subtract the tare.}
  - {id: URS-003, title: Printing, text: The scale shall print the weight.}
  - {id: URS-004, title: Sending, text: The scale shall send the weight.}
  - {id: URS-005, title: Locking, text: The scale shall lock after use.}
  - {id: URS-006, title: Sealing, text: The scale shall bear a seal.}
  - {id: URS-007, title: Calibrating, text: The scale shall be calibrated daily.}
  - {id: URS-008, title: Training, text: Users shall be trained., verification: procedure}
  - {id: URS-009, title: Certificate, text: The scale shall have a certificate., verification: supplier}
  - {id: URS-010, title: Ringing a bell, text: The scale shall ring., status: retired, reason: Nobody heard it.}
  - {id: URS-011, title: Weighing and taring, text: The scale shall weigh and tare and print.}
  - {id: URS-012, title: Weighing and printing, text: The scale shall weigh and print.}
  - {id: URS-014, title: Singing, text: The scale shall sing., priority: wont, reason: Excluded by the process owner.}
"""

OTHERS = """
items:
  - {id: FS-001, title: Show weight, text: Shows the weight., satisfies: [URS-001],
     inputs: Load of 0 to 500 g., outputs: Weight in grams.}
  - {id: DS-001, title: Display driver, text: Drives the display., satisfies: [FS-001], module: scale.display}
  - {id: SOP-001, title: Training, satisfies: [URS-008]}
  - {id: SUP-001, title: Certificate, satisfies: [URS-009], document: Certificate of conformity, leverage: full}
  - {id: RSK-001, title: Wrong weight, assesses: [URS-001], failure_mode: A wrong weight is shown., effect: Wrong dose.,
     severity: high, probability: medium, detectability: low, mitigated_by: [FS-001],
     residual: {severity: high, probability: low, detectability: high}}
"""

REGISTER = """
documents:
  - type: URS
    number: SCL-URS-007
    title: User needs of the scale
    history:
      - {version: "0.9", date: "2026-01-10", author: A. Osei, change_ref: CR-1, summary: First draft}
      - {version: "0.10", date: "2026-02-10", author: J. Novak, change_ref: CR-2, summary: Second draft}
"""

FEATURE = """
Feature: Scale

  @OQ-001 @verifies:FS-001 @verifies:DS-001 @verifies:URS-011 @verifies:URS-012 @verifies:URS-013
  @risk:RSK-001 @boundary
  Scenario: Weighing
    Objective: show that the weight is shown.
    Given the scale at "<endpoint>" version "<system.version>"
    When these loads are put on
      | load | unit |
      | 100  | g    |
      | 150  | g    |
    And the note is typed
      \"\"\"
      first line
        second line
      \"\"\"
    Then the weight is 250

  @OQ-002 @verifies:URS-002 @verifies:URS-011
  Scenario: Taring fails a check
    Given a load of 250
    When the tare is taken
    Then the weight is 250
    And the weight is 0

  @OQ-003 @verifies:URS-003 @verifies:URS-011 @verifies:URS-012
  Scenario: Printing is skipped
    Given a load of 250
    When the printer is missing
    Then the weight is 250

  @OQ-004 @verifies:URS-004
  Scenario: Sending raises an error
    Given a load of 250
    When the line is broken
    Then the weight is 250

  @OQ-005 @verifies:URS-005
  Scenario: Locking uses a step that nobody wrote
    Given a load of 250
    When the scale is locked
    Then the weight is 250

  @OQ-006 @verifies:URS-006 @manual
  Scenario: The seal is looked at by a person
    Given the scale
    Then the seal is intact

  @OQ-007 @verifies:URS-013
  Scenario: Expected to fail, and fails
    Given a load of 250
    When it is given up as a known failure
    Then the weight is 250

  @OQ-008 @verifies:URS-013
  Scenario: The set-up fails
    Given a load of 250
    When the broken bench is used
    Then the weight is 250

  @OQ-009 @verifies:URS-013
  Scenario: One title
    Given a load of 1
    Then the weight is 1

  @OQ-010 @verifies:URS-013
  Scenario: One title
    Given a load of 2
    Then the weight is 3

  @OQ-011 @verifies:URS-013
  Scenario: A password is used
    When the tester logs in with "<password>"
    Then the login with "<password>" is refused

  @OQ-012 @verifies:URS-013
  Scenario: Hostile values are observed
    When the scale answers with hostile texts
    Then the weight is 0

  @OQ-013 @verifies:URS-013
  Scenario: Nothing is looked at
    Given a load of 250
    Then nothing is looked at

  @OQ-014 @verifies:URS-013
  Scenario Outline: Rows with a name
    Given a load of <load>
    Then the weight is <weight>
    Examples:
      | case  | load | weight |
      | light | 1    | 1      |
      | heavy | 500  | 499    |
"""

SECOND_FEATURE = """
Feature: Scale, second file

  @OQ-015 @verifies:URS-013
  Scenario: One title
    Given a load of 5
    Then the weight is 5
"""

IQ = """
Feature: Installation

  @IQ-001 @verifies:URS-013
  Scenario: Never executed
    Given a load of 0
    Then the weight is 0
"""

STEPS = """
import pytest
from pytest_bdd import given, parsers, then, when

HOSTILE = {hostile!r}


@pytest.fixture
def scale():
    return {{"weight": 0}}


@given(parsers.parse('the scale at "{{endpoint}}" version "{{version}}"'))
def _(scale, endpoint, version, evidence):
    evidence.actual(f"{{endpoint}} says version {{version}}")


@given(parsers.parse("a load of {{load:d}}"))
def _(scale, load):
    scale["weight"] = load


@when("these loads are put on")
def _(scale, datatable, evidence):
    for load, unit in datatable[1:]:
        scale["weight"] += int(load)
    evidence.table([{{"load": load, "shown": f"{{load}} {{unit}}"}} for load, unit in datatable[1:]])


@when("the note is typed")
def _(scale, docstring, evidence):
    evidence.actual(repr(docstring))
    evidence.attach(b"weight;250\\r\\n", "display.csv", "text/csv")


@when("the tare is taken")
def _(scale):
    scale["weight"] = 0


@when("the printer is missing")
def _(evidence):
    evidence.actual("no printer")
    pytest.skip("no printer on this bench")


@when("the line is broken")
def _():
    raise ConnectionError("the line is dead")


@when("it is given up as a known failure")
def _():
    pytest.xfail("known failure 12")


@pytest.fixture
def broken_bench():
    raise RuntimeError("the bench has no power")


@when("the broken bench is used")
def _(broken_bench):
    pass


@when(parsers.parse('the tester logs in with "{{password}}"'))
def _(scale, password, evidence):
    scale["password"] = password
    evidence.expected(f"a login with {{password}}")
    evidence.actual(f"POST /login password={{password}}")
    evidence.attach(f"password={{password}}".encode(), "request.txt")
    evidence.table([{{"header": "Authorization", "value": password}}])


@then(parsers.parse('the login with "{{password}}" is refused'))
def _(scale, password):
    raise PermissionError(f"the password {{password}} is wrong")


@when("the scale answers with hostile texts")
def _(scale, evidence):
    for text in HOSTILE:
        evidence.actual(text)
    evidence.table([{{"=1+1": text}} for text in HOSTILE])
    evidence.attach(b"<script>alert(1)</script>", "../../=evil.html", "text/html")


@then("nothing is looked at")
def _():
    pass


@then(parsers.parse("the weight is {{weight:d}}"))
def _(scale, weight, evidence):
    evidence.expected(f"{{weight}} g")
    evidence.actual(f"{{scale['weight']}} g")
    assert scale["weight"] == weight
"""

OUTCOMES = {
    "OQ-001": "Passed",
    "OQ-002": "Failed",
    "OQ-003": "Skipped",
    "OQ-004": "Error",
    "OQ-005": "Error",
    "OQ-006": "Not executed",
    "OQ-007": "Failed",
    "OQ-008": "Error",
    "OQ-009": "Passed",
    "OQ-010": "Failed",
    "OQ-011": "Error",
    "OQ-012": "Passed",
    "OQ-013": "Passed",
    "OQ-014[light]": "Passed",
    "OQ-014[heavy]": "Failed",
    "OQ-015": "Passed",
}
"""What each case of the sample must end with."""


def hostile_items() -> str:
    """Return a requirement whose title, text and fields hold every hostile text."""
    body = "\n\n".join(HOSTILE)
    block = "".join(f"      {line}\n" for line in body.split("\n"))
    quoted = HOSTILE[0].replace("'", "''")
    return (
        "items:\n"
        f"  - id: URS-013\n    title: '{quoted}'\n    priority: must\n"
        f"    source: '{HOSTILE[6].replace(chr(39), chr(39) * 2)}'\n"
        f"    category: '<b>Hostile</b>'\n    text: |\n      The scale shall show these texts.\n\n{block}"
    )


def sample_project(bench: Workbench) -> None:
    """Write the files of the sample project."""
    bench.write("valgen.toml", SETTINGS)
    bench.write("requirements/urs/scale.yaml", URS)
    bench.write("requirements/urs/hostile.yaml", hostile_items())
    bench.write("requirements/others.yaml", OTHERS)
    bench.write("requirements/documents.yaml", REGISTER)
    bench.write("documents/URS.md", "# Scope\n\nScales.\n\n# Users and roles\n\n" + "\n\n".join(HOSTILE) + "\n")
    bench.write("test_scripts/oq/scale.feature", FEATURE)
    bench.write("test_scripts/oq/second.feature", SECOND_FEATURE)
    bench.write("test_scripts/iq/scale.feature", IQ)
    bench.write("test_scripts/steps/scale.py", STEPS.format(hostile=list(HOSTILE)))
    bench.variables[SECRET_NAME] = SECRET


def make_sample(folder: Path) -> Workbench:
    """Write, execute and build the sample project; its answers are kept."""
    bench = Workbench(folder)
    sample_project(bench)
    bench.facts["run"] = bench.valgen("run oq --json")
    bench.facts["build"] = bench.valgen("build")
    return bench
