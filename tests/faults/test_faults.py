"""A fault at every system call of the acts on records: nothing acknowledged is lost, and the ledger goes on.

Rows of integrity.md: C-1, C-2, I-3 (torn tail). The faults are made by ``harness.py``, in a process of its own; all of
them are tried by ``tools/faults.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("harness.py")
ACTS = ["append", "attach", "sign", "enrol", "recover", "found", "restore", "execute"]

SPARSER = {"restore": 4}  # it makes many more calls than the others

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("strace") is None, reason="faults are made by strace, which runs on Linux"),
]


def explore(act: str, *kinds: str, every: int = 1, protocol: str = "") -> dict[str, Any]:
    """Let the harness try faults and return its figures."""
    command = [sys.executable, str(HARNESS), act, *kinds, f"--every={every}", f"--protocol={protocol}"]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


@pytest.mark.parametrize("act", ACTS)
def test_a_process_killed_at_a_system_call_loses_nothing_acknowledged(act: str) -> None:
    found = explore(act, "KILL", "short-KILL", every=4 * SPARSER.get(act, 1))
    assert found["wrong"] == []
    assert sum(found["faults"].values()) >= 10


@pytest.mark.parametrize("act", ACTS)
def test_an_error_of_the_disk_is_answered_in_words_and_loses_nothing_acknowledged(act: str) -> None:
    found = explore(act, "EIO", "ENOSPC", "EDQUOT", "EMFILE", "EROFS", "EINTR", "short", "short-ENOSPC",
                    every=14 * SPARSER.get(act, 1))  # fmt: skip
    assert found["wrong"] == []
    assert sum(found["faults"].values()) >= 30


@pytest.mark.parametrize(
    ("act", "protocol"),
    [
        ("append", "acknowledge before write"),
        ("enrol", "acknowledge before write"),
        ("append", "checkpoint before log"),
        ("append", "checkpoint in place"),
        ("attach", "blob after log"),
    ],
)
def test_a_broken_protocol_is_caught(act: str, protocol: str) -> None:
    assert explore(act, "KILL", every=2, protocol=protocol)["wrong"] != []
