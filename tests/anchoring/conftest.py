"""A project with people and a time-stamp authority of our own; both are loaded by path, as tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_TESTS = Path(__file__).parents[1]

for _name, _path in (("people_world", _TESTS / "people_world.py"), ("ledger_tsa", _TESTS / "ledger" / "tsa.py")):
    if _name not in sys.modules:
        _spec = importlib.util.spec_from_file_location(_name, _path)
        if _spec is None or _spec.loader is None:
            raise ImportError(_path)
        _module = importlib.util.module_from_spec(_spec)
        sys.modules[_name] = _module
        _spec.loader.exec_module(_module)


@pytest.fixture
def world(tmp_path: Path) -> object:
    """A project whose ledger has two administrators."""
    from people_world import World
    from valgen.recorder.clock import read_clock

    made = World(tmp_path)
    made.moment = read_clock()  # time stamps are made now, and none is accepted that the clock contradicts
    made.two_administrators()
    return made
