"""Rows of tables from texts and cells, for the documents of planning and conclusion.

No cell stays blank: an empty text becomes ``N/A``, so a caller that knows a better word gives it.

Source: domain/documents.md b.0 (good documentation practice).
"""

from __future__ import annotations

from valgen.documents.blocks import Cell, Paragraph, Row, Run, Tone, cell, runs
from valgen.documents.common import linked


def row(*values: Cell | str, anchor: str = "") -> Row:
    """Return a row; a text becomes a cell of its own, the first one bold."""
    cells = []
    for number, value in enumerate(values):
        if isinstance(value, str):
            value = cell(value or "N/A", bold=not number)
        cells.append(value if value.blocks else cell("N/A"))
    return Row(tuple(cells), anchor=anchor)


def ids_cell(ids: tuple[str, ...], otherwise: str = "none", tone: Tone = Tone.NEUTRAL) -> Cell:
    """Return ids as links, or a word where there are none."""
    return Cell((linked(ids),)) if ids else cell(otherwise, tone)


def lines_cell(lines: tuple[tuple[str, tuple[str, ...]], ...], otherwise: str = "none") -> Cell:
    """Return one line per label with its ids as links, such as ``Technical: FS-001, FS-002``."""
    parts: list[Run] = []
    for label, ids in lines:
        if parts:
            parts.append(Run("\n"))
        parts.append(Run(f"{label}: ", bold=True))
        parts.extend(linked(ids).runs if ids else runs(otherwise))
    return Cell((Paragraph(tuple(parts)),)) if parts else cell(otherwise)


def count(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun, ``1 test`` or ``2 tests``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
