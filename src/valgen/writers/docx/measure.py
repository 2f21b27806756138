"""How wide text is and how many lines it takes, estimated without a font.

The widths are those of Arial's basic characters in thousandths of its size, which are close enough to any common
sans face for deciding on column widths and on rows that may split. Nothing that is printed depends on them.
"""

from __future__ import annotations

from valgen.writers.docx.styles import CELL_MARGIN

TABLE_SIZE = 170
"""Size of table text, twips."""

_SLACK = 40
_FACE = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_WIDTHS = {chr(32 + number): width for number, width in enumerate(_FACE)}
_OTHER = 600  # Latin with accents; ideographs are wider but break anywhere
_MEAN = 520


_WIDE = {
    "verdana": 1.18, "dejavu sans": 1.18, "dejavu serif": 1.2, "courier new": 1.2, "lucida sans": 1.13,
    "century gothic": 1.12, "georgia": 1.08, "book antiqua": 1.05, "palatino linotype": 1.05, "segoe ui": 1.04,
    "aptos": 1.04, "trebuchet ms": 1.03, "tahoma": 1.02, "cambria": 1.02,
}  # fmt: skip
"""Mean width of a face against Arial; one that is not listed counts as Arial."""


def stretch(face: str, half_points: int) -> float:
    """Return how much wider table text of a template runs than the text that is measured here.

    Args:
        face: name of the face.
        half_points: size of table text.
    """
    return _WIDE.get(face.casefold(), 1.0) * half_points * 10 / TABLE_SIZE


def text_twips(text: str, *, bold: bool = False, mono: bool = False) -> int:
    """Return the width of one line of table text, twips."""
    if mono:
        return len(text) * 550 * TABLE_SIZE // 1000
    width = sum(_WIDTHS.get(char, _OTHER) for char in text)
    return width * (108 if bold else 100) // 100 * TABLE_SIZE // 1000


def cell_twips(text: str, *, bold: bool = False, mono: bool = False) -> int:
    """Return the width of the cell that holds ``text`` on one line, twips."""
    return text_twips(text, bold=bold, mono=mono) + 2 * CELL_MARGIN + _SLACK


def line_count(length: int, breaks: int, width: int) -> int:
    """Return about how many lines a text takes in a cell.

    Args:
        length: characters.
        breaks: line feeds among them.
        width: of the cell, twips.
    """
    return length * _MEAN * TABLE_SIZE // 1000 // max(width - 2 * CELL_MARGIN, 100) + breaks + 1
