"""Tests that say what they verify name items that exist."""

from __future__ import annotations

import re
from pathlib import Path

from valgen.readers import read_project

_MARK = re.compile(r"mark\.verifies\(([^)]*)\)")
_ID = re.compile(r'"([^"]+)"')


def test_every_verifies_mark_names_an_item_of_the_projects_own_requirements(repository: Path) -> None:
    known = {item.id for item in read_project(repository).items if not item.retired}
    found = {
        (path.relative_to(repository).as_posix(), name)
        for path in sorted((repository / "tests").rglob("*.py"))
        for mark in _MARK.findall(path.read_text(encoding="utf-8"))
        for name in _ID.findall(mark)
    }
    assert found
    assert [one for one in sorted(found) if one[1] not in known and not one[1].startswith("^")] == []
