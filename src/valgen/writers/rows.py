"""Tables as CSV and JSON: the rows of the pack for other programs.

CSV is UTF-8 with a byte order mark, because Excel takes a file without one for the code page of the machine; lines
end as RFC 4180 says. A text that a spreadsheet would take for a formula gets an apostrophe in front, and characters
that nobody can see are spelled out as in the documents.

JSON keeps every text as it is: a list of objects, keys are the titles of the columns.

Source: design.md §6 and §11 (cells never begin as a formula), integrity.md H-6 and H-7.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from valgen.documents.blocks import Cell, Table
from valgen.documents.visible import visible
from valgen.writers.flat import cell_text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet may take for a formula; the wide forms count in Japanese Excel."""


def cell_texts(table: Table) -> list[list[str]]:
    """Return the text of every cell, row by row."""
    known: dict[int, str] = {}  # most cells of a matrix are the same few values, each one object

    def text_of(cell: Cell) -> str:
        found = known.get(id(cell))
        if found is None:
            found = known[id(cell)] = cell_text(cell)
        return found

    return [[text_of(cell) for cell in row.cells] for row in table.rows]


def write_csv(table: Table, texts: Sequence[Sequence[str]] | None = None) -> bytes:
    """Return the rows of a table, titles first; an empty cell stays empty.

    Args:
        table: to be written.
        texts: ``cell_texts`` of it, where they are known already.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_harmless(column.title) for column in table.columns])
    known: dict[str, str] = {}
    for row in cell_texts(table) if texts is None else texts:
        shown = []
        for text in row:
            found = known.get(text)
            if found is None:
                found = known[text] = _harmless(text)
            shown.append(found)
        writer.writerow(shown)
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8")


def write_json(table: Table, texts: Sequence[Sequence[str]] | None = None) -> bytes:
    """Return the rows of a table as a JSON list of objects, UTF-8; arguments as for ``write_csv``."""
    names = _names(table)
    rows = [
        dict(zip(names, [*row, *[""] * (len(names) - len(row))], strict=True))
        for row in (cell_texts(table) if texts is None else texts)
    ]
    return json_lines(rows)


def json_lines(rows: Sequence[object]) -> bytes:
    """Return a JSON list with one value a line, UTF-8."""
    try:
        return _listed(rows, ascii_only=False).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair has no UTF-8 form but an escape
        return _listed(rows, ascii_only=True).encode("ascii")


def _listed(rows: Sequence[object], *, ascii_only: bool) -> str:
    # A line each instead of json.dumps with an indent, which would not use the encoder that is written in C.
    write = json.JSONEncoder(ensure_ascii=ascii_only).encode
    lines = ",\n".join([write(row) for row in rows])
    return f"[\n{lines}\n]\n" if rows else "[]\n"


def _harmless(text: str) -> str:
    starts = text.lstrip(" ").startswith(FORMULA_STARTS)
    text = visible(text)
    return f"'{text}" if starts or text.startswith(FORMULA_STARTS) else text


def _names(table: Table) -> list[str]:
    names: list[str] = []
    for number, column in enumerate(table.columns, 1):
        name = title = column.title or f"Column {number}"
        count = 2
        while name in names:
            name, count = f"{title} ({count})", count + 1
        names.append(name)
    width = max((len(row.cells) for row in table.rows), default=0)
    names.extend(f"Column {number}" for number in range(len(names) + 1, width + 1))
    return names
