"""One sheet of an Excel file as SpreadsheetML.

Texts are written in place (inline strings). Excel reads ``_x0041_`` in a text as an escaped character; such texts
are escaped once more, so that they come out as they went in.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from valgen.documents.blocks import Cell, Paragraph, Table, Tone, walk
from valgen.documents.visible import visible
from valgen.documents.workbook import Sheet, Workbook
from valgen.errors import RenderError
from valgen.writers.flat import cell_text
from valgen.writers.links import outside_address, pack_address
from valgen.writers.rows import FORMULA_STARTS
from valgen.writers.xlsx_frame import Styles

MAX_CELL = 32_767
"""Characters that a cell holds, counted as UTF-16 units."""

MAX_LINKS = 65_000
"""Links on a sheet, a little below Excel's limit of 65,530."""

DASH = "–"
_PIECE = 32_000  # leaves room for the words that say how a text goes on
_MOST_NOTES = 6
_MOST_PRINTED = 105
_LINE = 12.75  # height of a line of text, points
_HIGHEST = 409  # points, Excel's limit
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class SheetWriter:
    """Writes one sheet: first its rows, later, when the places of all sheets are known, its links."""

    def __init__(self, book: Workbook, sheet: Sheet, styles: Styles, linked: Container[str]) -> None:
        """Write the rows.

        Args:
            book: what the sheet is part of.
            sheet: what to write.
            styles: of the file.
            linked: anchors that a link can lead to.

        Raises:
            RenderError: a table row has more cells than columns.
        """
        self._book = book
        self._sheet = sheet
        self._styles = styles
        self._linked = linked
        self._cell_styles: dict[tuple[Tone, bool, bool, bool], int] = {}
        self._columns = max(len(sheet.table.columns), 1)
        self._letters = [_letters(number) for number in range(self._columns)]
        self._rows: list[str] = []
        self._merged: list[str] = []
        self._links: list[tuple[str, tuple[str, ...]]] = []
        self._next = 1
        self.anchors: dict[str, str] = {}
        self._widths = _widths(sheet.table)
        self._top()
        self.header_row = self._next
        self._header()
        self._body()
        self.area = f"A{self.header_row}:{self._letters[-1]}{max(self._next - 1, self.header_row)}"
        self._bottom()

    def finish(self, places: Mapping[str, str], pages: Mapping[str, str], selected: bool) -> tuple[str, str]:
        """Return the sheet and its relations, the latter empty when it has none.

        Args:
            places: cell of each anchor of this workbook, such as ``'Forward'!A12``.
            pages: page of the HTML pack that holds an anchor.
            selected: this sheet is in front when the file is opened.
        """
        links, relations = self._resolved(places, pages)
        front = ' tabSelected="1"' if selected else ""
        whole = f"A1:{self._letters[-1]}{max(self._next - 1, 1)}"
        below = self.header_row + 1
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(self._widths, 1)
        )
        merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in self._merged)
        head = _print_text(" · ".join(filter(None, (self._book.number, self._book.title))))
        right = _print_text(" · ".join(filter(None, (self._book.version, self._book.status, *self._book.marks))))
        foot = _print_text(" · ".join(filter(None, (self._book.system, self._book.confidentiality))))
        return (
            f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELS}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="{whole}"/>'
            f'<sheetViews><sheetView showGridLines="0"{front} workbookViewId="0">'
            f'<pane ySplit="{self.header_row}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{below}" sqref="A{below}"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="13.5"/><cols>{columns}</cols>'
            f"<sheetData>{''.join(self._rows)}</sheetData>"
            f'<autoFilter ref="{self.area}"/>'
            + (f'<mergeCells count="{len(self._merged)}">{merged}</mergeCells>' if merged else "")
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.7" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            f"<headerFooter><oddHeader>&amp;L&amp;8 {head}&amp;R&amp;8 {right}</oddHeader>"
            f"<oddFooter>&amp;L&amp;8 {foot}&amp;R&amp;8 Page &amp;P of &amp;N</oddFooter></headerFooter>"
            f'<ignoredErrors><ignoredError sqref="{whole}" numberStoredAsText="1"/></ignoredErrors></worksheet>',
            f'{_HEAD}<Relationships xmlns="{_PACKAGE_RELS}">{relations}</Relationships>' if relations else "",
        )

    def _top(self) -> None:
        book, sheet = self._book, self._sheet
        self._line(sheet.table.caption or sheet.name, "title", height=22)
        if sheet.table.anchor:
            self.anchors[sheet.table.anchor] = "A1"
        status = (f"Version {book.version}" if book.version else "", book.status, book.system)
        self._line(" · ".join(filter(None, (book.number, book.title, *status))), "line", height=15)
        if book.marks:
            self._line(" · ".join(book.marks), "mark", height=18)
        if len(sheet.notes) <= _MOST_NOTES:
            for note in sheet.notes:
                self._note(note)

    def _bottom(self) -> None:
        if len(self._links) > MAX_LINKS:
            self._next += 1
            self._note(f"Excel takes no more links on a sheet: the first {MAX_LINKS} cells that name an id have one.")
        # Many notes on top would leave no room below the frozen rows.
        if len(self._sheet.notes) > _MOST_NOTES:
            self._next += 1
            for note in self._sheet.notes:
                self._note(note)

    def _note(self, text: str) -> None:
        room = sum(self._widths)
        lines = sum(int(len(line) * 1.05 // max(room, 20)) + 1 for line in text.split("\n"))
        self._line(text, "note", height=min(13.5 * lines, 400))

    def _line(self, text: str, part: str, height: float = 0) -> None:
        row = self._next
        style = self._styles.number(part, quoted=_is_formula(text))
        custom = f' ht="{height:g}" customHeight="1"' if height else ""
        self._rows.append(f'<row r="{row}"{custom}>{_cell(f"A{row}", style, text[:_PIECE])}</row>')
        if self._columns > 1 and part in ("note", "mark"):
            self._merged.append(f"A{row}:{self._letters[-1]}{row}")
        self._next += 1
        if len(text) > _PIECE:
            self._line(text[_PIECE:], part, height)

    def _header(self) -> None:
        row = self._next
        cells = []
        for letters, column in zip(self._letters, self._sheet.table.columns, strict=False):
            style = self._styles.number("header", quoted=_is_formula(column.title))
            cells.append(_cell(f"{letters}{row}", style, column.title))
        self._rows.append(
            f'<row r="{row}" ht="{self._height([c.title for c in self._sheet.table.columns])}">{"".join(cells)}</row>'
        )
        self._next += 1

    def _height(self, texts: list[str]) -> str:
        # Excel fits a row again when it is edited; without a height LibreOffice shows the first line alone.
        lines = 1
        for text, width in zip(texts, self._widths, strict=False):
            if len(text) > width or "\n" in text:
                lines = max(lines, sum([int(len(line) / (width * 0.98)) + 1 for line in text.split("\n")]))
        return f"{min(lines * _LINE + 2.5, _HIGHEST):g}"

    def _body(self) -> None:
        table = self._sheet.table
        if not table.rows:
            self._line(table.empty, "note")
            return
        for row in table.rows:
            if len(row.cells) > self._columns:
                raise RenderError(
                    f"a row of sheet “{self._sheet.name}” has {len(row.cells)} cells for {self._columns} columns",
                    why="a cell too many would be lost",
                    code="VG705",
                )
            if row.anchor:
                self.anchors.setdefault(row.anchor, f"A{self._next}")
            texts = [visible(cell_text(cell)) for cell in row.cells]
            cells = row.cells
            if len(cells) < self._columns:
                missing = self._columns - len(cells)
                cells, texts = cells + (_NOTHING,) * missing, texts + [""] * missing
            if max(map(len, texts)) > _PIECE // 2:
                self._long_row(cells, texts)
            else:
                self._row(cells, texts)

    def _row(self, cells: tuple[Cell, ...], texts: list[str]) -> None:
        """Write one row of texts that are visible already and fit their cells."""
        number = self._next
        self._next += 1
        parts: list[str] = []
        for letters, cell, text in zip(self._letters, cells, texts, strict=False):
            ref = f"{letters}{number}"
            targets = _targets(cell)
            if targets:
                targets = self._led(targets) if text else ()
                if targets:
                    self._links.append((ref, targets))
            if not text or text.isspace():
                text = DASH
            quoted = text.startswith(FORMULA_STARTS) or (text[0] == " " and _is_formula(text))
            style = self._cell_style(cell.tone, bool(targets), quoted, _is_bold(cell))
            parts.append(f'<c r="{ref}" s="{style}" t="inlineStr"><is>{_text(text)}</is></c>')
        self._rows.append(f'<row r="{number}" ht="{self._height(texts)}">{"".join(parts)}</row>')

    def _cell_style(self, tone: Tone, link: bool, quoted: bool, bold: bool) -> int:
        key = (tone, link, quoted, bold)
        number = self._cell_styles.get(key)
        if number is None:
            number = self._styles.number("cell", tone, link=link, quoted=quoted, bold=bold)
            self._cell_styles[key] = number
        return number

    def _long_row(self, cells: tuple[Cell, ...], texts: list[str]) -> None:
        pieces = [_pieces(text) for text in texts]
        count = max(map(len, pieces))
        for part in range(count):
            shown = []
            for number, held in enumerate(pieces):
                if part < len(held):
                    before = "[continued] " if part else ""
                    after = " [continued in the next row]" if part + 1 < len(held) else ""
                    shown.append(before + held[part] + after)
                elif number == 0:
                    shown.append(f"{held[0][:200]} (continued)")
                else:
                    shown.append("")
            if part:
                cells = tuple(Cell((), cell.tone) for cell in cells)
            self._row(cells, shown)

    def _led(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """Return targets with one that can be reached in front, none when there is no such one."""
        for target in targets:
            if target[1:] in self._linked if target.startswith("#") else outside_address(target):
                return (target, *(other for other in targets if other != target))
        return ()

    def _resolved(self, places: Mapping[str, str], pages: Mapping[str, str]) -> tuple[str, str]:
        links: list[str] = []
        relations: list[str] = []
        ids: dict[str, str] = {}
        for ref, targets in self._links[:MAX_LINKS]:
            anchor = targets[0][1:] if targets[0].startswith("#") else ""
            tip = _tip(targets)
            if anchor and anchor not in pages:
                links.append(f'<hyperlink ref="{ref}" location="{_attribute(places[anchor])}"{tip}/>')
                continue
            address = pack_address(pages[anchor], anchor) if anchor else outside_address(targets[0])
            if address not in ids:
                ids[address] = f"rId{len(ids) + 1}"
                relations.append(
                    f'<Relationship Id="{ids[address]}" Type="{_RELS}/hyperlink" Target="{_attribute(address)}" '
                    'TargetMode="External"/>'
                )
            links.append(f'<hyperlink ref="{ref}" r:id="{ids[address]}"{tip}/>')
        return "".join(links), "".join(relations)


_NOTHING = Cell()


def _cell(ref: str, style: int, text: str) -> str:
    return f'<c r="{ref}" s="{style}" t="inlineStr"><is>{_text(visible(text))}</is></c>'


def _text(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "_x" in text:
        text = _ESCAPED.sub("_x005F_", text)
    return f'<t xml:space="preserve">{text}</t>'


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA_STARTS)


def _is_bold(cell: Cell) -> bool:
    first = cell.blocks[0] if cell.blocks else None
    return isinstance(first, Paragraph) and bool(first.runs) and first.runs[0].bold


def _targets(cell: Cell) -> tuple[str, ...]:
    blocks = cell.blocks
    if len(blocks) == 1 and type(blocks[0]) is Paragraph:
        held = blocks[0].runs
        if len(held) == 1:
            return (held[0].link,) if held[0].link else ()
    found: dict[str, None] = {}
    for block in walk(blocks):
        if isinstance(block, Paragraph):
            found.update((run.link, None) for run in block.runs if run.link)
    return tuple(found)


def _tip(targets: tuple[str, ...]) -> str:
    if len(targets) < 2:
        return ""
    shown = f"Opens {targets[0].removeprefix('#')}; this cell also names " + ", ".join(
        target.removeprefix("#") for target in targets[1:]
    )
    return f' tooltip="{_attribute(shown if len(shown) <= 250 else shown[:249] + "…")}"'


def _attribute(text: str) -> str:
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("\n", " ").replace("\t", " ")


def _print_text(text: str) -> str:
    # An ampersand starts a code in page heads, and Excel takes 255 characters for the whole of one.
    shown = visible(text)
    while len(shown.replace("&", "&&")) > _MOST_PRINTED:
        shown = f"{shown[:-2]}…"
    return shown.replace("&", "&amp;&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _pieces(text: str) -> list[str]:
    """Divide a text so that every piece fits a cell; a surrogate pair counts as two and stays whole."""
    if len(text.encode("utf-16-le")) // 2 <= MAX_CELL - 100:
        return [text]
    pieces, start, size = [], 0, 0
    for at, char in enumerate(text):
        width = 2 if ord(char) > 0xFFFF else 1
        if size + width > _PIECE:
            pieces.append(text[start:at])
            start, size = at, 0
        size += width
    pieces.append(text[start:])
    return pieces


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _widths(table: Table) -> list[float]:
    """Return the width of each column in characters: by weight, at least the longest id, at most what is there."""
    widths = []
    for number, column in enumerate(table.columns):
        heading = max((len(word) for word in column.title.split()), default=0) + 4  # room for the filter's arrow
        longest, whole = 0, 0
        for row in table.rows[:300]:
            if number < len(row.cells):
                lines = cell_text(row.cells[number]).split("\n")
                whole = max(whole, *map(len, lines))
                if any(target.startswith("#") for target in _targets(row.cells[number])):
                    longest = max(longest, *map(len, lines))
        wanted = max(column.weight * 1.6, heading, min(longest + 2, 40))
        widths.append(round(min(max(min(wanted, whole + 3), heading, 6), 80), 1))
    return widths or [20.0]
