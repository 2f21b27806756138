"""The world of people is loaded by path, because tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_SOURCE = Path(__file__).parents[1] / "people_world.py"

if "people_world" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("people_world", _SOURCE)
    if _spec is None or _spec.loader is None:
        raise ImportError(_SOURCE)
    _module = importlib.util.module_from_spec(_spec)
    sys.modules["people_world"] = _module
    _spec.loader.exec_module(_module)


@pytest.fixture
def world(tmp_path: Path) -> object:
    """A project without ledger."""
    from people_world import World

    return World(tmp_path)
