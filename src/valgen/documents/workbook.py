"""Workbooks: tables of blocks, arranged on sheets.

A workbook is a controlled document like any other: its first sheet is the control block, its last one lists the
digests of what the sheets hold, both made here so that every format shows the same. Sheets hold tables of blocks
and nothing else; a run's link ``#ANCHOR`` leads to the place of that id in the pack.

Source: domain/documents.md b.13 (RTM), design.md §6 (Excel).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from valgen.documents.blocks import Cell, Column, Paragraph, Row, Run, Table, cell
from valgen.documents.digests import block_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet.

    Attributes:
        name: on its tab; writers shorten it where a format needs that.
        table: the rows; ``Table.anchor`` names the sheet as a link target.
        notes: sentences above the table.
    """

    name: str
    table: Table
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """One workbook of the pack, ready to be written.

    Attributes:
        title: full title.
        sheets: the content, in order, without control and digest sheet.
        key: file name without ending, such as ``RTM``.
        number: document number.
        version: as printed, such as ``1.1 DRAFT``.
        status: Draft, In review, Approved, ...
        system: name and version of the system.
        marks: words that stand on every sheet, such as ``DRY RUN``.
        control: label and value pairs of the document control block.
        digests: further label and value pairs for the last sheet, such as the documents traced.
        language: BCP 47 code.
        confidentiality: class printed at the foot of every page, empty for none.
    """

    title: str
    sheets: tuple[Sheet, ...]
    key: str = "workbook"
    number: str = ""
    version: str = ""
    status: str = ""
    system: str = ""
    marks: tuple[str, ...] = ()
    control: tuple[tuple[str, str], ...] = ()
    digests: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    confidentiality: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over head, notes and tables, hex; equal workbooks have equal digests."""
        return _digest(self, _table_digests(self))

    def bound(self) -> tuple[tuple[Sheet, ...], str]:
        """Return control sheet, content and digest sheet, and with them the digest, which takes long to find twice."""
        digests = _table_digests(self)
        return (_control_sheet(self), *self.sheets, _digest_sheet(self, digests)), _digest(self, digests)


def _table_digests(book: Workbook) -> tuple[str, ...]:
    return tuple(block_digest(sheet.table) for sheet in book.sheets)


def _control_sheet(book: Workbook) -> Sheet:
    rows = [Row((cell(label), cell(value))) for label, value in book.control]
    rows.extend(Row((cell("Mark"), cell(mark, bold=True))) for mark in book.marks)
    for sheet in book.sheets:
        count = len(sheet.table.rows)
        what = f"{count} row" if count == 1 else f"{count} rows"
        link = f"#{sheet.table.anchor}" if sheet.table.anchor else ""
        label = Cell((Paragraph((Run(f"Sheet {sheet.name}", link=link),)),))
        rows.append(Row((label, cell(f"{what}: {sheet.table.caption}" if sheet.table.caption else what))))
    table = Table((Column("Document control", 20), Column("Value", 50)), tuple(rows), caption=book.title, role="plain")
    return Sheet(name="Document control", table=table)


def _digest_sheet(book: Workbook, digests: tuple[str, ...]) -> Sheet:
    rows = [
        Row((cell(f"Sheet {sheet.name}"), cell(str(len(sheet.table.rows))), cell(digest, code=True)))
        for sheet, digest in zip(book.sheets, digests, strict=True)
    ]
    rows.append(Row((cell("Workbook"), cell(""), cell(_digest(book, digests), code=True))))
    rows.extend(Row((cell(label), cell(""), cell(value, code=True))) for label, value in book.digests)
    columns = (Column("Content", 24), Column("Rows", 8), Column("SHA-256", 64))
    return Sheet(
        name="Digests",
        table=Table(columns, tuple(rows), caption="Digests", role="plain"),
        notes=("Digests are taken over the content of a sheet, not over this file.",),
    )


def _digest(book: Workbook, digests: tuple[str, ...]) -> str:
    parts = [book.title, book.number, book.version, book.status, book.system, *book.marks]
    parts.extend(f"{label}\t{value}" for label, value in (*book.control, *book.digests))
    for sheet, digest in zip(book.sheets, digests, strict=True):
        parts.extend((sheet.name, *sheet.notes, digest))
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()
