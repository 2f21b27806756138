"""The act behind ``valgen run``."""

from __future__ import annotations

import pytest

from valgen.errors import ExecutionError, SourceError
from valgen.model.outcome import Outcome, Stage
from valgen.workflow.execute import CaseEnded, RunBegun, RunRequest, execute

FEATURE = """
Feature: a
  @OQ-001
  Scenario: passes
    Given a number
    Then the number is 3

  @OQ-002
  Scenario: fails
    Given a number
    Then the number is 4
"""


@pytest.fixture
def ready(box, monkeypatch):
    for name in ("VALGEN_KEYSTORE",):
        monkeypatch.setenv(name, box.environment[name])
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_VERSION"):
        monkeypatch.delenv(name, raising=False)
    box.write("test_scripts/oq/a.feature", FEATURE)
    return box


def test_run_is_told_while_it_happens_and_returned_as_recorded(ready):
    # Options that a project sets for its own tests, and tests of its own, have no part in a run.
    ready.write("pytest.ini", "[pytest]\naddopts = --no-such-option\n")
    ready.write("test_scripts/oq/test_own.py", "def test_own():\n    assert False\n")
    events: list[RunBegun | CaseEnded] = []
    response = execute(RunRequest(root=ready.root, stage=Stage.OQ), events.append)
    assert events[0] == RunBegun(run="dry-0001", stage=Stage.OQ, environment="VAL", planned=2, selected=2)
    assert [(event.case, event.outcome) for event in events[1:]] == [
        ("OQ-001", Outcome.PASSED),
        ("OQ-002", Outcome.FAILED),
    ]
    assert events[2].message == "step 2: assert 3 == 4"
    assert [run.id for run in response.runs] == ["dry-0001"]
    assert response.exit_status == 1


def test_case_that_was_chosen_alone_leaves_the_others_rows_and_the_run_not_accepted(ready):
    response = execute(RunRequest(root=ready.root, stage=Stage.OQ, cases=("OQ-001",)))
    (run,) = response.runs
    assert [(case.id, case.selected) for case in run.plan] == [("OQ-001", True), ("OQ-002", False)]
    assert [found.outcome for found in run.attempts] == [Outcome.PASSED]
    assert response.exit_status == 1


def test_run_in_which_every_planned_case_passed_is_accepted(ready):
    ready.write("test_scripts/oq/a.feature", FEATURE.replace("is 4", "is 3"))
    assert execute(RunRequest(root=ready.root)).exit_status == 0


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        ({"stage": Stage.PQ}, "VG402", "no PQ case is planned"),
        ({"stage": Stage.OQ, "environment": "PROD"}, "VG402", "no OQ case is planned in the environment PROD"),
        ({"stage": Stage.OQ, "cases": ("OQ-009",)}, "VG402", "OQ-009 is not planned"),
        ({"environment": "NOWHERE"}, "VG402", "no test case is planned in the environment NOWHERE"),
    ],
    ids=["stage without cases", "other environment", "unknown case", "unknown environment"],
)
def test_what_cannot_be_executed_is_refused_before_anything_runs(ready, request_, code, words):
    with pytest.raises(ExecutionError, match=words) as caught:
        execute(RunRequest(root=ready.root, **request_))
    assert caught.value.code == code
    assert caught.value.fix
    assert not ready.dry.exists()


def test_two_planned_environments_need_a_name(ready):
    ready.write("test_scripts/iq/a.feature", "Feature: a\n  @IQ-001\n  Scenario: a\n    Given a number\n")
    with pytest.raises(ExecutionError, match="IQ is planned in 2 environments: VAL, PROD"):
        execute(RunRequest(root=ready.root, stage=Stage.IQ))


def test_mistakes_in_the_scripts_are_all_named(ready):
    ready.write("test_scripts/oq/b.feature", "Feature: b\n  Scenario: no id\n    Given a number\n")
    ready.write("test_scripts/oq/c.feature", "Feature: c\n  @OQ-001\n  Scenario: twice\n    Given a number\n")
    ready.write("test_scripts/oq/test_a.py", "import pytest_bdd\npytest_bdd.scenarios('.')\n")
    with pytest.raises(SourceError) as caught:
        execute(RunRequest(root=ready.root, stage=Stage.OQ))
    assert {found.location.path for found in caught.value.findings} == {
        "test_scripts/oq/b.feature",
        "test_scripts/oq/c.feature",
        "test_scripts/oq/test_a.py",
    }


def test_step_module_that_cannot_be_loaded_is_an_error_with_its_place(ready):
    ready.write("test_scripts/steps/bad.py", "\nimport no_such_module\n")
    with pytest.raises(ExecutionError, match="no_such_module") as caught:
        execute(RunRequest(root=ready.root, stage=Stage.OQ))
    assert str(caught.value.location) == "test_scripts/steps/bad.py:1:1"
    assert caught.value.code == "VG406"


def test_broken_conftest_is_an_error_with_the_words_of_pytest(ready):
    ready.write("test_scripts/conftest.py", "import no_such_module\n")
    with pytest.raises(ExecutionError, match="no_such_module") as caught:
        execute(RunRequest(root=ready.root, stage=Stage.OQ))
    assert caught.value.code == "VG412"
