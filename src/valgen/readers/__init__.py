"""Files that people write, into model values with places.

Strict, and all mistakes at once: a finding names file, line and column, says what is wrong and how to mend it.
Nothing here raises for what a file holds.
"""

from __future__ import annotations

from valgen.readers.project import read_project
from valgen.readers.settings import find_project, has_settings, read_settings

__all__ = ["find_project", "has_settings", "read_project", "read_settings"]
