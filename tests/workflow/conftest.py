"""An office of people who sign."""

from __future__ import annotations

from pathlib import Path

import pytest

from signing_office import Office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A project with a ledger and its staff."""
    made = Office(tmp_path / "project", monkeypatch)
    made.staff()
    return made
