"""A run whose tests died is never shown as running for longer than its recorder needs to write the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from valgen.ledger.files import Layout
from valgen.ledger.lock import Lock
from valgen.records.liveness import lock_path, recorder_alive, recorder_closing, session_lock_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Layout(tmp_path).lock.mkdir(parents=True)
    return tmp_path


def test_a_recorder_whose_tests_live_is_not_closing(folder: Path) -> None:
    with Lock(lock_path(folder, 7)), Lock(session_lock_path(folder, 7)):
        assert recorder_alive(folder, 7)
        assert not recorder_closing(folder, 7)


def test_a_recorder_that_outlives_its_tests_is_closing(folder: Path) -> None:
    with Lock(lock_path(folder, 7)):
        with Lock(session_lock_path(folder, 7)):
            pass
        assert recorder_closing(folder, 7)


def test_a_dead_recorder_is_neither_alive_nor_closing(folder: Path) -> None:
    for path in (lock_path(folder, 7), session_lock_path(folder, 7)):
        path.touch()
    assert not recorder_alive(folder, 7)
    assert not recorder_closing(folder, 7)
