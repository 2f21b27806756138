"""Locks between processes (integrity.md C-5)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from valgen.errors import ExecutionError
from valgen.ledger.lock import Lock, is_held

HOLD = """
import sys
from pathlib import Path
from valgen.ledger.lock import Lock
lock = Lock(Path(sys.argv[1]))
lock.acquire()
print(1, flush=True)
sys.stdin.read()
"""


def test_a_lock_excludes_and_is_seen_and_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    first, second = Lock(path), Lock(path)
    with first:
        assert first.held
        assert is_held(path)
        assert not second.try_acquire()
        with pytest.raises(ExecutionError, match="held by another process"):
            second.acquire(tries=2)
    assert not is_held(path)
    with second:
        assert is_held(path)
    second.release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdout is None:
        raise OSError("no output")
    process.stdout.readline()
    assert is_held(path)
    process.kill()
    process.communicate()
    assert not is_held(path)
