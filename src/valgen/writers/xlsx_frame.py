"""The package and the cell styles of an Excel file, made by openpyxl.

Styles are asked for by what a cell is (its part, tone, link, quoting) and answered with the number that sheets refer
to. The sheets that openpyxl writes are empty; ``xlsx.py`` puts the real ones in their place.
"""

from __future__ import annotations

import io
import re
from typing import Any

from valgen.documents.blocks import Tone
from valgen.writers.package import unpack
from valgen.writers.properties import Properties
from valgen.writers.tones import ACCENT, FILLS, INK, INKS, LINE, MUTED, SHADE

FACE = "Arial"
_FONT = re.compile(rb"<font>(.*?)</font>", re.DOTALL)
_FONT_CHILD = re.compile(rb"<(\w+)\b[^>]*?/>")
_FONT_ORDER = (b"b", b"i", b"strike", b"u", b"vertAlign", b"sz", b"color", b"name", b"family", b"charset", b"scheme")


class Styles:
    """Numbers of cell styles of one workbook."""

    def __init__(self, book: Any) -> None:
        """Take the openpyxl workbook that the styles belong to."""
        self._book = book
        self._sheet = book.worksheets[0]
        self._numbers: dict[tuple[str, Tone, bool, bool, bool], int] = {}

    def number(
        self, part: str, tone: Tone = Tone.NEUTRAL, *, link: bool = False, quoted: bool = False, bold: bool = False
    ) -> int:
        """Return the number of a style.

        Args:
            part: ``title``, ``line``, ``mark``, ``note``, ``header`` or ``cell``.
            tone: of the cell.
            link: looks like a link.
            quoted: stays text when edited.
            bold: text is bold.
        """
        key = (part, tone, link, quoted, bold)
        if key not in self._numbers:
            self._numbers[key] = self._make(*key)
        return self._numbers[key]

    def _make(self, part: str, tone: Tone, link: bool, quoted: bool, bold: bool) -> int:
        from openpyxl.cell.cell import Cell
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        cell = Cell(self._sheet, row=1, column=1)
        size = {"title": 14, "line": 10, "mark": 11}.get(part, 10)
        color = {"title": ACCENT, "header": ACCENT, "line": MUTED, "note": MUTED, "mark": INKS[Tone.BAD]}.get(part, INK)
        if part == "cell" and tone is not Tone.NEUTRAL:
            color = INKS[tone]
        strong = bold or part in ("title", "mark", "header") or (part == "cell" and tone is Tone.BAD)
        cell.font = Font(
            name=FACE,
            size=size,
            bold=strong,
            color="1A5A96" if link else color,
            underline="single" if link else None,
        )
        fill = SHADE if part == "header" else FILLS[tone] if part == "cell" and tone is not Tone.NEUTRAL else ""
        if part == "mark":
            fill = FILLS[Tone.BAD]
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        if part in ("header", "cell"):
            side = Side(style="thin", color=LINE)
            cell.border = Border(left=side, right=side, top=side, bottom=side)
        cell.alignment = Alignment(
            vertical="center" if part in ("header", "mark") else "top", wrap_text=part in ("header", "cell", "note")
        )
        cell.quotePrefix = quoted
        cell.number_format = "@" if part == "cell" else "General"
        return int(cell.style_id)


class Frame:
    """One package in the making."""

    def __init__(self) -> None:
        """Start with a package that has one sheet."""
        import openpyxl

        self._book: Any = openpyxl.Workbook()
        self.styles = Styles(self._book)

    def parts(self, sheets: list[tuple[str, int, str]], properties: Properties) -> dict[str, bytes]:
        """Return the parts of the package.

        Args:
            sheets: name, header row counted from 1, and filtered area such as ``A5:F120`` of each sheet.
            properties: for the custom properties; the others are the caller's.
        """
        from openpyxl.packaging.custom import StringProperty

        from valgen.documents.visible import visible

        book = self._book
        for number, (name, header_row, area) in enumerate(sheets):
            sheet = book.worksheets[0] if number == 0 else book.create_sheet()
            sheet.title = name
            sheet.print_title_rows = f"{header_row}:{header_row}"
            sheet.auto_filter.ref = area
        for name, value in properties.custom():
            book.custom_doc_props.append(StringProperty(name=name, value=visible(value)))
        target = io.BytesIO()
        book.save(target)
        parts = unpack(target.getvalue())
        parts["xl/styles.xml"] = _FONT.sub(_in_order, parts["xl/styles.xml"])
        return parts


def _in_order(match: re.Match[bytes]) -> bytes:
    # openpyxl writes the properties of a font in an order that the schema does not allow.
    children = {child.group(1): child.group() for child in _FONT_CHILD.finditer(match.group(1))}
    return b"<font>" + b"".join(children[name] for name in _FONT_ORDER if name in children) + b"</font>"
