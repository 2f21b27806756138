"""Processes that append to one ledger at once lose, repeat and fork nothing (integrity.md C-5)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("crowd.py")


def test_processes_that_append_to_one_ledger_at_once_leave_no_gap_and_no_fork() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    command = [sys.executable, str(PROGRAM), "4", "25"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["acknowledged"] == 100
    assert [found[name] for name in ("lost", "repeated", "gaps", "not_acknowledged", "problems")] == [0, 0, 0, 0, []]
