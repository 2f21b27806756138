"""What stands around the content: cover, page head and foot, marks, properties of the file.

The date of the file is the latest one in its revision history, because a clock would make equal content unequal and
a made-up date would be a false statement; without one there is none (``typeset.py``).

Source: domain/documents.md b.0; design.md §6.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any

from valgen.documents.blocks import Document, Facts, Notice, Table, Tone, paragraph, plain_text, walk
from valgen.documents.visible import visible
from valgen.writers.onepage import control_table, marks_notice
from valgen.writers.pdf.inline import fitted
from valgen.writers.pictures import Refused, read_picture
from valgen.writers.tones import ACCENT, FILLS, INK, INKS, LINE, MUTED, SHADE

NO_DATE = (1970, 1, 1)
"""Given to Typst where there is no date, and taken out of the file again."""

_WIDTH = 470.5  # of an upright page's text, points
_HEIGHT = 703.0
_SMALL = 8.0
_LOGO = (190.0, 64.0)
_LONGEST_PROPERTY = 1000
_FILE_WORDS = {"docx": "Word", "pdf": "PDF", "html": "HTML"}
_MONTHS = {name: number for number, name in enumerate(
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1)}  # fmt: skip
_DATE = re.compile(r"\b(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})-([A-Za-z]{3})-(\d{4}))\b")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?:[-_].*)?", re.DOTALL)


def frame_data(document: Document, digest: str, volume: str, outline: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return everything but the content for the template; texts are still literal.

    Args:
        document: what is printed.
        digest: its content digest, hex.
        volume: such as ``Volume 2 of 3``, empty when there is only one.
        outline: volumes and what they hold, empty when there is only one.
    """
    language = _LANGUAGE.fullmatch(document.language)
    room = _WIDTH / _SMALL * 1000
    version, status = f"Version {document.version}", f"Status: {document.status}"
    marks = [mark for mark in document.marks if mark.strip()]
    number = fitted(document.number, room * 0.3, bold=True)
    return {
        "colours": {"ink": INK, "accent": ACCENT, "muted": MUTED, "line": LINE, "shade": SHADE},
        "tones": {key: (FILLS[tone], INKS[tone]) for key, tone in _KEYS.items()},
        "title": _property(f"{document.number} {document.title}".strip()) or document.key,
        "author": "valgen",
        "description": _property(" · ".join(filter(None, (version, document.status, document.system, *marks)))),
        "keywords": [_property(document.type), f"SHA-256 {digest}"],
        "date": latest_date(document) or NO_DATE,
        "lang": language[1].lower() if language else "en",
        "region": language[2].upper() if language and language[2] else None,
        "digest": digest,
        "volume": volume,
        "head": {
            "number": number,
            "system": fitted(document.system, room * 0.38),
            "version": fitted(version, room * 0.2),
            "title": fitted(document.title, room * 0.65),
            "status": fitted(status, room * 0.25),
            "marks": fitted(" · ".join(marks), room * 0.9, bold=True),
        },
        "foot": {"class": fitted(document.confidentiality, room * 0.45), "copy": copy_words(document)},
        "watermarks": watermarks(marks),
        "compact": document.compact,
        "cover": {
            "system": document.system,
            "title": document.title,
            "line": "  ·  ".join(filter(None, (document.number, version, document.status, volume))),
            "notices": marks_notice(marks)
            if document.compact
            else tuple(Notice(mark, tone=Tone.BAD) for mark in marks),
            "facts": cover_facts(document, digest, outline),
        },
    }  # fmt: skip


_KEYS = {"g": Tone.GOOD, "b": Tone.BAD, "w": Tone.WARN, "m": Tone.MUTED}


def _property(text: str) -> str:
    line = " ".join(visible(text[:_LONGEST_PROPERTY]).split())
    return f"{line}…" if len(text) > _LONGEST_PROPERTY else line


def copy_words(document: Document) -> str:
    """Return what a page says about being the file that people approve; empty when the project does not say."""
    if not document.controlled:
        return ""
    if document.controlled == "pdf":
        return "Controlled rendering"
    word = _FILE_WORDS.get(document.controlled, document.controlled)
    return fitted(f"Copy; the controlled file is the {word} file", _WIDTH / _SMALL * 500)


def cover_facts(document: Document, digest: str, outline: Sequence[tuple[str, str]]) -> tuple[Facts | Table, ...]:
    """Return the control block of the first page."""
    rows = [(label, (paragraph(text),)) for label, text in document.control]
    rows.append(("Content digest SHA-256", (paragraph(digest, code=True),)))
    if words := copy_words(document):
        rows.append(("This file", (paragraph(words),)))
    rows += [(name, (paragraph(held),)) for name, held in outline]
    return (control_table(rows),) if document.compact else (Facts(tuple(rows)),)


def watermarks(marks: Iterable[str]) -> list[tuple[str, float]]:
    """Return the words that stand across every page, with their size in points."""
    shown = [line for line in (fitted(mark, 40_000, bold=True) for mark in marks) if line]
    return [(mark, round(min(120.0 / len(shown), 520 / (max(len(mark), 4) * 0.72)), 1)) for mark in shown]


def logo(document: Document) -> tuple[str, bytes, float, float] | None:
    """Return file name, bytes, width and height in points of the logo, None when there is none to print."""
    found = read_picture(dict(document.media).get(document.logo, ""), document.logo) if document.logo else None
    if found is None or isinstance(found, Refused):
        return None
    scale = min(_LOGO[0] / found.width, _LOGO[1] / found.height, 0.75)
    name = f"logo.{found.media_type.removeprefix('image/')}"
    return name, found.data, round(found.width * scale, 2), round(found.height * scale, 2)


def latest_date(document: Document) -> tuple[int, int, int] | None:
    """Return year, month and day of the latest row of the revision history, None when it names no day."""
    found = []
    for table in walk(document.sections):
        if isinstance(table, Table) and table.role == "history":
            for row in table.rows:
                for cell in row.cells[:3]:
                    found += list(_dates(plain_text(cell.blocks)))
    return max(found, default=None)


def _dates(text: str) -> Iterable[tuple[int, int, int]]:
    for match in _DATE.finditer(text):
        if match[1]:
            day = (int(match[1]), int(match[2]), int(match[3]))
        else:
            day = (int(match[6]), _MONTHS.get(match[5].upper(), 0), int(match[4]))
        try:
            datetime.date(*day)
        except ValueError:
            continue
        if day[0] >= 1900:
            yield day
