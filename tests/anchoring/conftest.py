"""A project with people and a time-stamp authority of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from people_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project whose ledger has two administrators."""
    from valgen.recorder.clock import read_clock

    made = World(tmp_path)
    made.moment = read_clock()  # time stamps are made now, and none is accepted that the clock contradicts
    made.two_administrators()
    return made
