"""A world of people for tests of records."""

from __future__ import annotations

from pathlib import Path

import pytest

from people_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A project without ledger."""
    return World(tmp_path)
