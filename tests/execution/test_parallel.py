"""Under pytest-xdist: one recorder, every event, one contiguous log."""

from __future__ import annotations

import pytest

from valgen.ledger.store import read_log
from valgen.model.outcome import Outcome, RunState

pytest.importorskip("xdist")

FEATURE = """
Feature: many
  @OQ-001
  Scenario Outline: many
    Given a number
    When <n> is added
    Then the number is <sum>
    Examples:
      | n | sum |
"""


@pytest.fixture
def many(box):
    rows = "".join(f"      | {number} | {number + (3 if number != 7 else 4)} |\n" for number in range(1, 21))
    box.write("test_scripts/oq/many.feature", FEATURE + rows)
    return box


def test_two_workers_write_one_run_with_every_step(many):
    done = many.pytest("test_scripts/oq", "-n", "2")
    assert done.returncode == 1
    run = many.run()
    assert run.state is RunState.FINISHED
    assert len(run.attempts) == len(run.plan) == 20
    assert {found.case for found in run.attempts if found.outcome is not Outcome.PASSED} == {"OQ-001[7]"}
    assert all(len(found.steps) == 3 for found in run.attempts)
    stored = list(read_log(many.dry))
    assert [one.seq for one in stored] == list(range(len(stored)))
    assert {one.body["worker"] for one in stored if one.kind == "case.started"} == {"gw0", "gw1"}


@pytest.mark.real
def test_crashed_worker_leaves_an_aborted_attempt_and_the_rest_runs(many):
    many.write(
        "test_scripts/conftest.py",
        """
        import os
        import pytest

        @pytest.fixture(autouse=True)
        def crash(request):
            if request.node.name == "OQ-001[5]":
                os._exit(3)
        """,
    )
    many.pytest("test_scripts/oq", "-n", "2", "--max-worker-restart=4")
    run = many.run()
    assert run.state is RunState.FINISHED
    aborted = [found for found in run.attempts if found.outcome is Outcome.ABORTED]
    assert [found.case for found in aborted] == ["OQ-001[5]"]
    assert sum(found.outcome is Outcome.PASSED for found in run.attempts) == 18


@pytest.mark.real
def test_run_that_cannot_begin_says_so_without_a_traceback(many):
    done = many.pytest("test_scripts/oq", "-n", "2", "--valgen-env", "NOWHERE")
    assert done.returncode == 2
    assert "VG402" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert not many.dry.exists()


@pytest.mark.real
def test_mistake_in_a_script_stops_the_workers_with_its_place(many):
    many.write("test_scripts/oq/a.feature", "Feature: a\n  Scenario: a\n    Given a number\n")
    done = many.pytest("test_scripts/oq", "-n", "2")
    assert "test_scripts/oq/a.feature:2:" in done.stdout
    assert done.returncode != 0
    assert not many.dry.exists()
