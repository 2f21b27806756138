"""Whoever kills ``valgen run`` ends the tests with it: nothing goes on unwatched, and the run is shown as aborted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the lifeline needs POSIX")

STEPS = """
import pathlib, time
from pytest_bdd import then, when

@when("the test has begun")
def begun(evidence):
    evidence.actual("begun")
    pathlib.Path("begun").touch()

@then("it would go on for long")
def long():
    time.sleep(60)
    pathlib.Path("went-on").touch()
"""


@pytest.mark.verifies("URS-023")
@pytest.mark.parametrize("whole_group", [False, True], ids=["command alone", "whole group"])
def test_killing_the_command_aborts_the_run(tmp_path: Path, whole_group: bool) -> None:
    for name, text in {
        "valgen.toml": '[project]\nid = "T"\n',
        "requirements/a.yaml": "items:\n  - {id: URS-001, title: T, text: The system shall.}\n",
        "test_scripts/steps/s.py": STEPS,
        "test_scripts/oq/a.feature": (
            "Feature: F\n  @OQ-001 @verifies:URS-001\n  Scenario: S\n    When the test has begun\n"
            "    Then it would go on for long\n"
        ),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    command: Callable[..., list[str]] = lambda *rest: [sys.executable, "-m", "valgen", *rest]  # noqa: E731
    run = subprocess.Popen(command("run", "oq"), cwd=tmp_path, start_new_session=True, stdout=subprocess.DEVNULL)
    for _ in range(600):
        if (tmp_path / "begun").exists():
            break
        time.sleep(0.05)
    assert (tmp_path / "begun").exists()
    if whole_group:
        os.killpg(run.pid, signal.SIGKILL)
    else:
        run.kill()
    run.wait()
    for _ in range(100):
        done = subprocess.run(command("status", "--json"), cwd=tmp_path, capture_output=True, text=True)
        state = json.loads(done.stdout)["runs"][0]["state"]
        if state != "running":
            break
    assert state == "aborted"
    report = json.loads(done.stdout)["stages"][0]["results"]
    assert report == {"Aborted": 1}
    assert not (tmp_path / "went-on").exists()
