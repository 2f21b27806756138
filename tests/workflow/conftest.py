"""The office is loaded by path, because tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_SOURCE = Path(__file__).parents[1] / "signing_office.py"

if "signing_office" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("signing_office", _SOURCE)
    if _spec is None or _spec.loader is None:
        raise ImportError(_SOURCE)
    _module = importlib.util.module_from_spec(_spec)
    sys.modules["signing_office"] = _module
    _spec.loader.exec_module(_module)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A project with a ledger and its staff."""
    from signing_office import Office

    made = Office(tmp_path / "project", monkeypatch)
    made.staff()
    return made
