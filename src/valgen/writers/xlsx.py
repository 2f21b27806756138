"""Workbooks as Excel files.

Rules:

- Every cell is text of the string type; one that a spreadsheet might take for a formula is also marked as quoted, so
  that it stays text when somebody edits it.
- A text longer than a cell may be (32,767 characters) goes on in rows below, and both ends say so; a table longer
  than a sheet goes on on another sheet. Nothing is cut.
- A cell holds one link. With several ids in it, it leads to the first, and its tip names the others.
- On top of each sheet stand what it is, of which document, its marks and notes; then the header row, which stays in
  view, filters and repeats on paper.

openpyxl makes the package and its styles (``xlsx_frame``); the sheets are written as text (``xlsx_sheet``), because
an object per cell costs ten times as much. There are no dates in the file; equal workbooks give equal bytes.

Source: design.md §6 (Excel) and §11, integrity.md D-5, H-6, H-7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from valgen.documents.workbook import Sheet, Workbook
from valgen.writers.package import pack
from valgen.writers.properties import Properties, app_xml, core_xml
from valgen.writers.xlsx_frame import Frame
from valgen.writers.xlsx_sheet import SheetWriter

MAX_ROWS = 1_000_000
"""Rows of a table on one sheet; Excel's own limit is 1,048,576, and long texts take further rows."""

MAX_NAME = 31

_UNFIT_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


def write_workbook(book: Workbook, *, pages: Mapping[str, str] | None = None) -> bytes:
    """Write a workbook as .xlsx; equal workbooks give equal bytes.

    Args:
        book: what to write; control and digest sheet are added.
        pages: page of the HTML pack that holds an anchor, without ending; a link to such an anchor leads to
            ``../html/<page>.html#<anchor>``. Other links lead to rows of this workbook, or are plain text.

    Raises:
        RenderError: a table row has more cells than columns.
    """
    bound, digest = book.bound()
    sheets = list(_divided(bound))
    names = tab_names([sheet.name for sheet in sheets])
    frame = Frame()
    pages = pages or {}
    linked = {*pages, *(row.anchor for sheet in sheets for row in sheet.table.rows)}
    linked.update(sheet.table.anchor for sheet in sheets)
    linked.discard("")
    writers = [SheetWriter(book, sheet, frame.styles, linked) for sheet in sheets]
    places: dict[str, str] = {}
    for name, writer in zip(names, writers, strict=True):
        for anchor, cell in writer.anchors.items():
            places.setdefault(anchor, f"'{name}'!{cell}")
    properties = Properties(
        title=book.title,
        type="workbook",
        number=book.number,
        version=book.version,
        status=book.status,
        system=book.system,
        marks=book.marks,
        digest=digest,
        language=book.language,
    )
    shapes = [(name, writer.header_row, writer.area) for name, writer in zip(names, writers, strict=True)]
    parts = frame.parts(shapes, properties)
    parts["docProps/core.xml"] = core_xml(properties).encode("utf-8")
    parts["docProps/app.xml"] = app_xml().encode("utf-8")
    for number, writer in enumerate(writers, 1):
        xml, relations = writer.finish(places, pages, selected=number == 1)
        parts[f"xl/worksheets/sheet{number}.xml"] = xml.encode("utf-8")
        if relations:
            parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = relations.encode("utf-8")
    return pack(parts)


def tab_names(names: list[str]) -> list[str]:
    """Return names that Excel takes for tabs: at most 31 characters, legal, different whatever their case."""
    made: list[str] = []
    taken = {"history"}  # reserved by Excel
    for name in names:
        base = _UNFIT_NAME.sub(" ", name.encode("utf-8", "replace").decode("utf-8")).strip()[:MAX_NAME] or "Sheet"
        fitting, count = base, 2
        while fitting.casefold() in taken:
            ending = f" ({count})"
            fitting, count = base[: MAX_NAME - len(ending)] + ending, count + 1
        taken.add(fitting.casefold())
        made.append(fitting)
    return made


def _divided(sheets: tuple[Sheet, ...]) -> Iterator[Sheet]:
    for sheet in sheets:
        rows = sheet.table.rows
        for start in range(0, max(len(rows), 1), MAX_ROWS):
            if len(rows) <= MAX_ROWS:
                yield sheet
            else:
                end = min(start + MAX_ROWS, len(rows))
                note = f"Rows {start + 1} to {end} of {len(rows)}; the others are on the neighbouring sheets."
                yield replace(sheet, table=replace(sheet.table, rows=rows[start:end]), notes=(note, *sheet.notes))
