"""The builders are loaded by path, because tests are no package."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

_SOURCE = Path(__file__).parents[1] / "builders.py"

if "builders" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("builders", _SOURCE)
    if _spec is None or _spec.loader is None:
        raise ImportError(_SOURCE)
    _module = importlib.util.module_from_spec(_spec)
    sys.modules["builders"] = _module
    _spec.loader.exec_module(_module)
