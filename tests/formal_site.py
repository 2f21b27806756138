"""A small project with a ledger, people and an approved OQ protocol, used through the real command line."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import people_site
from command_line import good
from people_site import Person

PEOPLE = {
    "anna": Person("Anna Author", "of the laboratory", ("author",)),
    "paul": Person("Paul Process", "of the laboratory", ("process_owner", "system_owner")),
    "quinn": Person("Quinn Quality", "of the laboratory", ("qa",)),
    "tess": Person("Tess Tester", "of the laboratory", ("tester", "technical_reviewer")),
    "theo": Person("Theo Tester", "of the laboratory", ("tester",)),
    "rig7": Person("Test rig 7", "of the laboratory", ("tester",), service=True),
}
SETTINGS = """
[project]
id = "T1"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
[stages]
IQ = ["VAL"]
OQ = ["VAL"]
[workflow]
OQ = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]
IQ = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]
URS = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]
"""
ITEMS = """
items:
  - id: URS-001
    title: Adds
    text: The system shall add two numbers.
  - id: FS-001
    title: Addition
    text: Adds.
    satisfies: [URS-001]
"""
ROW = """
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, change_ref: CR-1, summary: First issue}
"""
REGISTER = f"""
documents:
  - type: URS
    number: T1-URS-001{ROW.rstrip()}
  - type: OQ
    number: T1-OQ-001{ROW.rstrip()}
"""
CASES = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5

  @OQ-002 @verifies:FS-001
  Scenario: Needs a mains adapter
    Given a calculator
    When 2 and 2 are added
    Then the adapter is plugged in
"""
STEPS = """
import os, pathlib, signal, time
from pytest_bdd import given, parsers, then, when

HERE = pathlib.Path(__file__).resolve().parents[2]

@given("a calculator")
def calculator(evidence):
    evidence.actual("calculator ready, model C-7")
    evidence.attach(b"serial 4711", "plate.txt", "text/plain")

@when(parsers.parse("{a:d} and {b:d} are added"), target_fixture="total")
def add(a, b, evidence):
    evidence.actual(f"pressed {a} + {b}")
    return a + b

@then(parsers.parse("the sum is {expected:d}"))
def check(total, expected, evidence):
    evidence.actual(f"display shows {total}")
    assert total == expected

@then("the adapter is plugged in")
def adapter(evidence):
    plugged = (HERE.parent / "adapter").exists()
    evidence.actual("plugged in" if plugged else "not plugged in")
    assert plugged

@when("the tester is killed")
def kill_it():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(30)

@then("nothing is looked at")
def vacuous():
    pass
"""


class Site(people_site.Site):
    """A project with an OQ protocol that is executed."""

    def approve(self, document: str) -> None:
        """Have a document approved with the short workflow of this project."""
        good(self.sign(document, "authored", "anna"))
        good(self.sign(document, "approved", "quinn"))

    def run(self, user: str, *more: str, **rest: Any) -> CompletedProcess[str]:
        """Execute the OQ protocol formally."""
        return self.by(user, "run", "oq", "--formal", *more, **rest)

    def review(self, user: str, comment: str, *more: str, conclusion: str = "accepted") -> CompletedProcess[str]:
        """Review the first execution."""
        return self.by(user, "review", "exec-0001", "--conclusion", conclusion, "--comment", comment, *more)

    def plug_in(self) -> None:
        """Let OQ-002 pass from now on."""
        (self.root.parent / "adapter").touch()


def found(base: Path, *, settings: str = SETTINGS, register: str = REGISTER, first: tuple[str, ...] = ("URS",)) -> Site:
    """Make the project, its ledger and its people, and have the OQ protocol approved after what it rests on."""
    files = {
        "valgen.toml": settings,
        "requirements/items.yaml": ITEMS,
        "requirements/documents.yaml": register,
        "test_scripts/oq/add.feature": CASES,
        "test_scripts/steps/calculator.py": STEPS,
    }
    site: Site = people_site.made(base, files, PEOPLE, Site)
    for key in first:
        site.approve(key)
    site.approve("OQ-protocol")
    return site
