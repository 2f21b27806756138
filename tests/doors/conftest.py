"""Projects for tests that go through the command line."""

from __future__ import annotations

import shutil
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


RAN = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5

  @OQ-002 @verifies:FS-001
  Scenario: Has a step that nobody wrote
    When nobody wrote this
    Then the sum is 5
"""


def small_project(root: Path) -> Path:
    """Write a project of two items and the steps of a calculator, without a feature."""
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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two items and the steps of a calculator, without a feature."""
    return small_project(tmp_path / "project")


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
def _ran_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small_project(tmp_path_factory.mktemp("ran") / "project")
    feature(root, RAN)
    assert typed("run", "oq", folder=root).returncode == 1
    return root


@pytest.fixture
def ran(_ran_once: Path, tmp_path: Path) -> Path:
    """The project with a case that passes and one that has a step that nobody wrote, both executed."""
    return Path(shutil.copytree(_ran_once, tmp_path / "project"))


@pytest.fixture(scope="session")
def people_founded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project with its ledger and people, made once; nobody may change it."""
    return signing_site.found(tmp_path_factory.mktemp("signing"))


@pytest.fixture
def site(people_founded: Site, tmp_path: Path) -> Site:
    """A copy of that project and its keys."""
    copy: Site = people_founded.copied(tmp_path)
    return copy


@pytest.fixture(scope="session")
def small() -> Callable[[Path], Path]:
    """Write the project of two items into a folder."""
    return small_project
