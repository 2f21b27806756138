"""Every way in which a case can end, in one run."""

from __future__ import annotations

import subprocess

import pytest

from valgen.model.outcome import Outcome, RunState
from valgen.model.run import CaseAttempt, Run
from valgen.records import run_result_json, run_summary

FEATURE = """
Feature: outcomes
  Background:
    Given a number

  @OQ-001
  Scenario: one name
    When 1 is added
    Then the number is 4

  @OQ-002
  Scenario: one name
    When 1 is added
    Then the number is 5
    And the number is 4

  @OQ-003
  Scenario: breaks
    When it divides by zero
    Then the number is 3

  @OQ-004
  Scenario: undefined
    When nobody wrote this step
    Then the number is 3

  @OQ-005
  Scenario: fixture of a step fails with an assertion
    When a broken fixture is used
    Then the number is 3

  @OQ-006
  Scenario: marked xfail and fails
    Then the number is 4

  @OQ-007
  Scenario: marked xfail and passes
    Then the number is 3

  @OQ-008
  Scenario: calls xfail
    When it gives up as expected
    Then the number is 3

  @OQ-009
  Scenario: skips
    When it skips
    Then the number is 3

  @OQ-010
  Scenario: cleaning up fails
    When something must be cleaned up
    Then the number is 3

  @OQ-011
  Scenario: set-up fails
    Then the number is 3

  @OQ-012 @manual
  Scenario: by hand
    Then the number is 3

  @OQ-013 @unscripted
  Scenario: charter
    Then the number is 3

  @OQ-014 @destructive
  Scenario: destructive where it may be
    Then the number is 3

  @OQ-015 @retired
  Scenario: retired
    Then the number is 4

  @OQ-016 @env:PROD
  Scenario: elsewhere
    Then the number is 4

  @OQ-017
  Scenario: looks at nothing
    Then nothing is looked at

  @OQ-018 @critical
  Scenario: pytest.fail
    When it calls fail

  @OQ-019
  Scenario: exits the process politely
    When it raises SystemExit

  @OQ-020
  Scenario: marked xfail strictly and passes
    Then the number is 3

  @OQ-021
  Scenario: skips in the old way
    When it raises SkipTest

  @OQ-022
  Scenario: marked skip
    Then the number is 3

  @OQ-023
  Scenario: cannot be printed
    When the exception cannot be printed

  @OQ-024
  Scenario: yields
    When a step yields
    Then the number is 3
"""

STEPS = """
import unittest
import pytest
from pytest_bdd import given, parsers, then, when

@when("it divides by zero")
def _():
    return 1 / 0

@pytest.fixture
def broken():
    assert 1 == 2

@when("a broken fixture is used")
def _(broken):
    pass

@when("it gives up as expected")
def _():
    pytest.xfail("known bug 12")

@when("it skips")
def _(evidence):
    evidence.actual("seen before the skip")
    pytest.skip("no licence here")

@pytest.fixture
def cleanup():
    yield
    raise OSError("disk is on fire")

@when("something must be cleaned up")
def _(cleanup):
    pass

@when("it calls fail")
def _():
    pytest.fail("not good")

@when("it raises SystemExit")
def _():
    raise SystemExit(0)

@when("it raises SkipTest")
def _():
    raise unittest.SkipTest("old way")

class Unprintable(Exception):
    def __str__(self):
        raise ValueError("no words")

@when("the exception cannot be printed")
def _():
    raise Unprintable

@when("a step yields")
def _(box):
    yield
    box["n"] = 0
"""

CONFTEST = """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        if item.name in ("OQ-006", "OQ-007"):
            item.add_marker(pytest.mark.xfail(reason="known"))
        if item.name == "OQ-020":
            item.add_marker(pytest.mark.xfail(strict=True))
        if item.name == "OQ-022":
            item.add_marker(pytest.mark.skip(reason="not now"))

@pytest.fixture(autouse=True)
def guard(request):
    if request.node.name == "OQ-011":
        raise RuntimeError("no connection")
"""

EXPECTED = {
    "OQ-001": (Outcome.PASSED, ""),
    "OQ-002": (Outcome.FAILED, "assert 4 == 5"),
    "OQ-003": (Outcome.ERROR, "ZeroDivisionError"),
    "OQ-004": (
        Outcome.ERROR,
        "no step definition matches: When nobody wrote this step (test_scripts/oq/outcomes.feature:",
    ),
    "OQ-005": (Outcome.ERROR, "assert 1 == 2"),
    "OQ-006": (Outcome.FAILED, "assert 3 == 4"),
    "OQ-007": (Outcome.FAILED, "xfail"),
    "OQ-008": (Outcome.FAILED, "known bug 12"),
    "OQ-009": (Outcome.SKIPPED, "no licence here"),
    "OQ-010": (Outcome.ERROR, "while cleaning up: OSError: disk is on fire"),
    "OQ-011": (Outcome.ERROR, "while setting up: RuntimeError: no connection"),
    "OQ-012": (Outcome.NOT_EXECUTED, "manual case: not executed in an automated run"),
    "OQ-013": (Outcome.NOT_EXECUTED, "unscripted case"),
    "OQ-014": (Outcome.PASSED, ""),
    "OQ-017": (Outcome.PASSED, ""),
    "OQ-018": (Outcome.FAILED, "not good"),
    "OQ-019": (Outcome.ERROR, "SystemExit"),
    "OQ-020": (Outcome.FAILED, "xfail"),
    "OQ-021": (Outcome.SKIPPED, "old way"),
    "OQ-022": (Outcome.SKIPPED, "not now"),
    "OQ-023": (Outcome.ERROR, "Unprintable"),
    "OQ-024": (Outcome.PASSED, ""),
}


@pytest.fixture(scope="module")
def finished(shared_box) -> subprocess.CompletedProcess[str]:
    shared_box.write("test_scripts/oq/outcomes.feature", FEATURE)
    shared_box.write("test_scripts/steps/outcomes.py", STEPS)
    shared_box.write("test_scripts/conftest.py", CONFTEST)
    return shared_box.pytest("test_scripts/oq", "--valgen-env", "VAL")


@pytest.fixture(scope="module")
def run(finished, shared_box) -> Run:
    return shared_box.run()


def case(run: Run, name: str) -> CaseAttempt:
    found = run.last_attempt(name)
    assert found is not None
    return found


def outcomes(found: CaseAttempt) -> list[Outcome]:
    return [step.outcome for step in found.steps]


@pytest.mark.parametrize("name", EXPECTED)
def test_each_way_to_end_has_its_outcome_and_says_why(run, name):
    outcome, words = EXPECTED[name]
    found = case(run, name)
    assert found.outcome is outcome
    assert words in found.message
    assert bool(found.message) == (outcome is not Outcome.PASSED)


def test_the_run_is_finished_and_pytest_reports_failure(run, finished):
    assert run.state is RunState.FINISHED
    assert finished.returncode == 1


def test_two_scenarios_of_one_name_both_run(run):
    assert [attempt.case for attempt in run.attempts[:2]] == ["OQ-001", "OQ-002"]


def test_retired_case_and_case_of_another_environment_are_not_planned(run):
    assert {case.id for case in run.plan} == set(EXPECTED)


def test_steps_after_the_one_that_fails_are_rows_not_executed(run):
    assert outcomes(case(run, "OQ-002")) == [Outcome.PASSED, Outcome.PASSED, Outcome.FAILED, Outcome.NOT_EXECUTED]
    assert outcomes(case(run, "OQ-004")) == [Outcome.PASSED, Outcome.ERROR, Outcome.NOT_EXECUTED]


def test_step_that_skips_is_skipped_and_keeps_what_it_saw(run):
    found = case(run, "OQ-009")
    assert outcomes(found) == [Outcome.PASSED, Outcome.SKIPPED, Outcome.NOT_EXECUTED]
    assert found.steps[1].actual == ("seen before the skip",)


def test_failing_set_up_leaves_every_step_not_executed(run):
    assert outcomes(case(run, "OQ-011")) == [Outcome.NOT_EXECUTED, Outcome.NOT_EXECUTED]


def test_failing_clean_up_leaves_the_steps_passed_and_the_case_error(run):
    assert outcomes(case(run, "OQ-010")) == [Outcome.PASSED] * 3


def test_expected_and_observed_values_are_kept(run):
    added, checked = case(run, "OQ-001").steps[1:]
    assert added.actual == ("now 4",)
    assert checked.expected == ("4",)
    assert checked.observed


def test_then_that_looked_at_nothing_is_marked(run):
    assert not case(run, "OQ-017").steps[1].observed
    assert case(run, "OQ-001").steps[2].observed


def test_trace_ends_at_the_step_and_names_no_folder_of_this_computer(run, shared_box):
    trace = case(run, "OQ-002").steps[2].trace
    assert trace.startswith("Traceback")
    assert 'File "test_scripts/steps/box.py"' in trace
    assert "pytest_bdd" not in trace
    assert str(shared_box.root) not in trace


def test_every_step_that_ran_has_a_time(run):
    found = case(run, "OQ-001")
    assert all(step.started_at.endswith("Z") for step in found.steps)
    assert found.started_at <= found.steps[0].started_at <= found.finished_at


def test_counts_are_over_planned_cases_and_call_nothing_else_passed(run):
    summary = run_summary(run)
    assert summary["planned"] == len(EXPECTED)
    assert summary["passed"] == 4
    assert summary["failed"] == sum(outcome is Outcome.FAILED for outcome, _ in EXPECTED.values())
    assert summary["skipped"] == 3
    assert summary["not_executed"] == 2
    assert sum(value for name, value in summary.items() if name not in ("planned", "selected", "executed")) == len(
        EXPECTED
    )


def test_json_has_a_row_with_steps_for_every_planned_case(run):
    value = run_result_json(run)
    assert [row["id"] for row in value["cases"]] == [planned.id for planned in run.plan]
    assert all(row["steps"] for row in value["cases"])
    assert value["summary"]["planned"] == len(value["cases"])


def test_facts_name_the_host_the_packages_and_the_digest_of_every_script_file(run):
    assert {"host", "os", "python", "architecture", "user", "valgen"} <= run.host.keys()
    assert "pytest-bdd" in run.packages
    assert set(run.code) == {
        "test_scripts/conftest.py",
        "test_scripts/oq/outcomes.feature",
        "test_scripts/steps/box.py",
        "test_scripts/steps/outcomes.py",
        "valgen.toml",
    }
