"""Projects for tests that go through the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import signing_site
from command_line import typed
from people_site import Site

SETTINGS = """
[project]
id = "T1"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
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
STEPS = """
import os, pathlib, signal, time
import pytest
from pytest_bdd import given, parsers, then, when

@given("a calculator")
def calculator(evidence):
    evidence.actual("calculator ready, model C-7")

@when(parsers.parse("{a:d} and {b:d} are added"), target_fixture="total")
def add(a, b, evidence):
    evidence.actual(f"pressed {a} + {b}")
    return a + b

@then(parsers.parse("the sum is {expected:d}"))
def check(total, expected, evidence):
    evidence.expected(str(expected))
    evidence.actual(f"display shows {total}")
    assert total == expected

@when("the step is skipped")
def skip_it():
    pytest.skip("no instrument today")

@when("the tester is killed")
def kill_it():
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(30)
"""


@pytest.fixture
def valgen(tmp_path: Path) -> Callable[..., CompletedProcess[str]]:
    """Type commands in ``tmp_path / "project"``."""
    return lambda *arguments: typed(*arguments, folder=tmp_path / "project")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two items and the steps of a calculator, without a feature."""
    root = tmp_path / "project"
    for name, text in {
        "valgen.toml": SETTINGS,
        "requirements/items.yaml": ITEMS,
        "test_scripts/steps/calculator.py": STEPS,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    (root / "test_scripts" / "oq").mkdir()
    return root


def feature(root: Path, text: str, name: str = "oq/cases.feature") -> None:
    """Write a feature file."""
    path = root / "test_scripts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip("\n"), encoding="utf-8")


@pytest.fixture
def write_feature(project: Path) -> Callable[..., None]:
    """Write a feature file into the project."""
    return lambda text, name="oq/cases.feature": feature(project, text, name)


@pytest.fixture(scope="session")
def people_founded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project with its ledger and people, made once; nobody may change it."""
    return signing_site.found(tmp_path_factory.mktemp("signing"))


@pytest.fixture
def site(people_founded: Site, tmp_path: Path) -> Site:
    """A copy of that project and its keys."""
    copy: Site = people_founded.copied(tmp_path)
    return copy
