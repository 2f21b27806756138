"""Makes the sample documents of the other writers' tests importable here."""

from __future__ import annotations

import sys
from pathlib import Path

for folder in (Path(__file__).parent, Path(__file__).parents[1] / "writers"):
    sys.path.insert(0, str(folder))
