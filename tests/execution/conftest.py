"""A project in a temporary folder, executed by pytest in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from valgen.model.outcome import Outcome
from valgen.model.run import CaseAttempt, Run
from valgen.records import read_runs

SETTINGS = """
[project]
id = "BOX"
name = "Box"
[system]
name = "Box system"
version = "2.1.0"
[environments.VAL]
title = "Validation"
variables = { endpoint = "http://box:1" }
[environments.PROD]
title = "Production"
[stages]
IQ = ["VAL", "PROD"]
OQ = ["VAL"]
PQ = ["PROD"]
"""

STEPS = """
import pytest
from pytest_bdd import given, parsers, then, when

@given("a number", target_fixture="box")
def _():
    return {"n": 3}

@when(parsers.parse("{n:d} is added"))
def _(box, n, evidence):
    box["n"] += n
    evidence.actual(f"now {box['n']}")

@then(parsers.parse("the number is {n:d}"))
def _(box, n, evidence):
    evidence.expected(str(n))
    assert box["n"] == n

@then("nothing is looked at")
def _():
    pass
"""


class Box:
    """One project and the ways to execute it."""

    def __init__(self, root: Path, keys: Path) -> None:
        self.root = root
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "VALGEN"))},
            "VALGEN_KEYSTORE": str(keys),
        }
        self.write("valgen.toml", SETTINGS)
        self.write("test_scripts/steps/box.py", STEPS)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments]

    def pytest(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str, group: bool = False) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=group,
        )

    @property
    def dry(self) -> Path:
        return self.root / ".valgen" / "dry"

    def runs(self) -> tuple[Run, ...]:
        return read_runs(self.dry)

    def run(self) -> Run:
        (only,) = self.runs()
        return only


def attempt(run: Run, case: str) -> CaseAttempt:
    found = run.last_attempt(case)
    assert found is not None, f"{case} has no attempt"
    return found


def steps(found: CaseAttempt) -> list[Outcome]:
    return [step.outcome for step in found.steps]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "project", tmp_path / "keys")


@pytest.fixture(scope="module")
def shared_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("shared")
    yield Box(folder / "project", folder / "keys")
