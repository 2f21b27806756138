"""Small projects that are executed, checked and built through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess
from textwrap import dedent
from typing import Any

import pytest

from command_line import typed

SETTINGS = """
[project]
id = "T1"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
variables = { sum = "5" }
"""
ITEMS = """
items:
  - {id: URS-001, title: Adds, text: The system shall add two numbers.}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001]}
"""
CASE = """
Feature: one
  @OQ-001 @verifies:FS-001
  Scenario: one
    Given it is ready
    Then it holds
"""
STEPS = """
from pytest_bdd import given, then

@given("it is ready")
def _(evidence):
    evidence.actual("ready")
"""
HOLDS = """
@then("it holds")
def _(evidence):
    evidence.actual("seen")
    assert True
"""


class Tiny:
    """A project of two items and one case."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("valgen.toml", SETTINGS)
        self.write("requirements/items.yaml", ITEMS)
        self.write("test_scripts/oq/one.feature", CASE)
        self.write("test_scripts/steps/s.py", STEPS + HOLDS)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")

    def steps(self, text: str) -> None:
        self.write("test_scripts/steps/s.py", dedent(STEPS) + dedent(text))

    def valgen(self, *arguments: str, **variables: str) -> CompletedProcess[str]:
        done = typed(*arguments, folder=self.root, environment=variables)
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert "VG999" not in said, said
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.valgen(*arguments, "--json").stdout)

    def results(self) -> dict[str, tuple[str, str]]:
        """Case to result and message of the newest run, read from the log."""
        from valgen.records import read_runs

        run = read_runs(self.root / ".valgen" / "dry")[-1]
        found = {case.id: run.last_attempt(case.id) for case in run.plan}
        return {name: (one.outcome.value, one.message) if one else ("", "") for name, one in found.items()}


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path / "project")
