"""Pages of the documentation, and what is marked in them for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_FENCE = re.compile(r"(?:<!-- ([a-z ]+): ?(\S*) -->\n\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One block of a page.

    Attributes:
        mark: what the comment above it says, such as ``test``; empty without one.
        name: the rest of the comment, such as ``items`` or a path.
        language: of the fence.
    """

    page: str
    line: int
    mark: str
    name: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def examples(page: Path) -> Iterator[Example]:
    """Yield the blocks of a page."""
    content = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(content):
        line = content.count("\n", 0, found.start()) + 1
        yield Example(page.name, line, found[1] or "", found[2] or "", found[3], found[4])


@pytest.fixture(scope="session")
def docs(repository: Path) -> Path:
    """The folder of the documentation."""
    return repository / "docs"


@pytest.fixture(scope="session")
def all_examples(docs: Path) -> list[Example]:
    """Every block of every page."""
    return [one for page in sorted(docs.glob("*.md")) for one in examples(page)]
