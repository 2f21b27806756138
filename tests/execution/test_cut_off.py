"""Runs that are stopped, killed or cannot be recorded."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from valgen.ledger.store import read_log
from valgen.model.outcome import Outcome, RunState
from valgen.model.run import Run
from valgen.records import run_summary

FEATURE = """
Feature: long
  @OQ-001
  Scenario: done
    Given a number
    Then the number is 3

  @OQ-002
  Scenario: in flight
    Given a number
    When 1 is added
    And it waits
    Then the number is 4

  @OQ-003
  Scenario: later
    Given a number
    Then the number is 3
"""

WAIT = """
import time
from pathlib import Path
from pytest_bdd import when

@when("it waits")
def _(evidence):
    evidence.actual("waiting")
    Path("waits").touch()
    time.sleep(60)
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


@pytest.fixture
def long_box(box):
    box.write("test_scripts/oq/long.feature", FEATURE)
    box.write("test_scripts/steps/wait.py", WAIT)
    return box


def until(condition: Callable[[], bool]) -> None:
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.025)
    pytest.fail("it did not happen")


def recorder_pid(box) -> int:
    started = next(stored for stored in read_log(box.dry) if stored.kind == "run.started")
    return started.body["pid"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):  # a process that nobody has waited for is no longer there either
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def assert_cut_off(run: Run) -> None:
    assert run.state is RunState.ABORTED
    assert run.reason
    done, cut = run.attempts
    assert done.outcome is Outcome.PASSED
    assert cut.case == "OQ-002"
    assert cut.outcome is Outcome.ABORTED
    assert [step.outcome for step in cut.steps] == [
        Outcome.PASSED,
        Outcome.PASSED,
        Outcome.ABORTED,
        Outcome.NOT_EXECUTED,
    ]
    assert cut.steps[1].actual == ("now 4",)
    summary = run_summary(run)
    assert (summary["planned"], summary["passed"], summary["aborted"], summary["not_executed"]) == (3, 1, 1, 1)


def test_killed_pytest_leaves_the_steps_so_far_and_an_aborted_run(long_box):
    process = long_box.start("test_scripts/oq", "--valgen-env", "VAL")
    until((long_box.root / "waits").exists)
    assert long_box.run().state is RunState.RUNNING
    process.kill()
    process.wait()
    until(lambda: long_box.run().state is RunState.ABORTED)
    assert_cut_off(long_box.run())
    until(lambda: [stored.kind for stored in read_log(long_box.dry)][-1] == "run.aborted")


def test_killing_recorder_and_pytest_together_is_shown_at_once_and_recorded_by_the_next_run(long_box):
    process = long_box.start("test_scripts/oq", "--valgen-env", "VAL")
    until((long_box.root / "waits").exists)
    os.kill(recorder_pid(long_box), signal.SIGKILL)
    process.kill()
    process.wait()
    until(lambda: long_box.run().state is not RunState.RUNNING)
    assert_cut_off(long_box.run())
    assert "run.aborted" not in [stored.kind for stored in read_log(long_box.dry)]

    long_box.pytest("test_scripts/oq", "-k", "OQ-001")
    first, second = long_box.runs()
    assert_cut_off(first)
    assert second.state is RunState.FINISHED
    ends = [stored.body for stored in read_log(long_box.dry) if stored.kind == "run.aborted"]
    assert [(end["run"], end["detected_by"]) for end in ends] == [("dry-0001", "recovery")]


@pytest.mark.real
def test_killed_recorder_ends_the_session_with_status_2_and_nothing_further_counts(long_box):
    process = subprocess.Popen(
        long_box.command("test_scripts/oq", "--valgen-env", "VAL"),
        cwd=long_box.root,
        env=long_box.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until((long_box.root / "waits").exists)
    os.kill(recorder_pid(long_box), signal.SIGKILL)
    until(lambda: not alive(recorder_pid(long_box)))
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "not recorded" in output
    assert_cut_off(long_box.run())


def test_ctrl_c_closes_the_run_as_aborted(long_box):
    process = long_box.start("test_scripts/oq", "--valgen-env", "VAL", group=True)
    until((long_box.root / "waits").exists)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 2
    run = long_box.run()
    assert_cut_off(run)
    assert run.reason == "stopped by the tester (keyboard interrupt)"
    assert run.finished_at


@pytest.mark.real
def test_test_code_that_ends_the_process_leaves_an_aborted_run(long_box):
    long_box.write("test_scripts/steps/wait.py", WAIT.replace("time.sleep(60)", "__import__('os')._exit(0)"))
    assert long_box.pytest("test_scripts/oq").returncode == 0
    until(lambda: long_box.run().state is RunState.ABORTED)
    assert_cut_off(long_box.run())


@pytest.mark.real
def test_pytest_exit_aborts_case_and_run(long_box):
    long_box.write("test_scripts/steps/wait.py", WAIT.replace("time.sleep(60)", "__import__('pytest').exit('enough')"))
    long_box.pytest("test_scripts/oq")
    run = long_box.run()
    assert_cut_off(run)
    assert run.reason == "enough"


def test_records_folder_that_cannot_be_written_refuses_the_run_before_the_first_step(long_box):
    (long_box.root / ".valgen").write_text("in the way")
    done = long_box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "VG521" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (long_box.root / "waits").exists()


@pytest.mark.real
def test_log_that_becomes_unwritable_ends_the_session_and_passes_nothing_further(long_box):
    long_box.write(
        "test_scripts/steps/wait.py",
        """
        import os, shutil
        from pathlib import Path
        from pytest_bdd import when

        @when("it waits")
        def _():
            folder = Path(".valgen/dry/log")
            shutil.rmtree(folder)
            folder.write_text("in the way")
        """,
    )
    done = long_box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "not recorded, so it does not count" in done.stdout


def test_unwritten_results_are_failures_for_pytest_as_well(long_box):
    long_box.write(
        "test_scripts/steps/wait.py",
        """
        import os, signal, time
        from pytest_bdd import when
        from valgen.ledger.store import read_log
        from pathlib import Path

        @when("it waits")
        def _():
            time.sleep(0.1)
            started = next(one for one in read_log(Path(".valgen/dry")) if one.kind == "run.started")
            os.kill(started.body["pid"], signal.SIGKILL)
            time.sleep(0.3)
        """,
    )
    done = long_box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "1 passed" in done.stdout
    assert "2 passed" not in done.stdout
    assert_cut_off(long_box.run())
