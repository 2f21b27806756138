"""Small projects as texts."""

from __future__ import annotations

from .workbench import Workbench

SETTINGS = """
[project]
id = "BOX"
name = "Box"
gamp_category = 5

[system]
name = "Box"
version = "2.1.0"

[environments.VAL]
title = "Validation"

[stages]
OQ = ["VAL"]
"""

URS = """
items:
  - id: URS-001
    title: Adding
    text: The box shall add whole numbers.
  - id: URS-002
    title: Subtracting
    text: The box shall subtract whole numbers.
"""

FS = """
items:
  - id: FS-001
    title: Arithmetic
    text: Adds and subtracts.
    satisfies: [URS-001, URS-002]
"""

FEATURE = """
Feature: Arithmetic of the box

  @OQ-001 @verifies:FS-001 @verifies:URS-001
  Scenario: Adding
    Given the number 3
    When 1 is added
    Then the number is 4

  @OQ-002 @verifies:URS-002
  Scenario: Subtracting
    Given the number 3
    When 1 is subtracted
    Then the number is 2
"""

STEPS = """
import os
import time
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when


@given(parsers.parse("the number {n:d}"), target_fixture="box")
def _(n):
    return {"n": n}


@when(parsers.parse("{n:d} is added"))
def _(box, n, evidence):
    box["n"] += n
    evidence.actual(f"the box shows {box['n']}")


@when(parsers.parse("{n:d} is subtracted"))
def _(box, n, evidence):
    box["n"] -= n
    evidence.actual(f"the box shows {box['n']}")


@when("the tester waits")
def _(evidence):
    evidence.actual("the step waits")
    Path("waiting").write_text(str(os.getpid()))
    time.sleep(100)


@then(parsers.parse("the number is {n:d}"))
def _(box, n, evidence):
    evidence.expected(str(n))
    evidence.actual(str(box["n"]))
    assert box["n"] == n
"""


def small_project(bench: Workbench) -> None:
    """Two requirements, one function, two test cases that pass; check finds no error in it."""
    bench.write("valgen.toml", SETTINGS)
    bench.write("requirements/urs/box.yaml", URS)
    bench.write("requirements/fs/box.yaml", FS)
    bench.write("test_scripts/oq/box.feature", FEATURE)
    bench.write("test_scripts/steps/box.py", STEPS)
