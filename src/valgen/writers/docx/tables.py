"""Tables, facts and notices as WordprocessingML.

Rules:

- Widths are fixed, in twips, and add up to the room there is (``widths.py``).
- Header rows repeat on every page. A row does not split across pages, unless it is so long (about half a page)
  that keeping it whole would leave large white gaps or not fit a page at all.
- A cell that covers several columns or rows has the width of all of them; the text of a cell that reaches down
  stands in its first row.
- A cell without text prints an en dash; a table without rows prints its sentence.
- A tone is a background and a text colour; the word that says the same comes from the blocks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from valgen.documents.blocks import Cell, CodeBlock, Facts, Image, Notice, Paragraph, Run, Table, Tone, walk
from valgen.documents.grid import has_spans, place_cells
from valgen.errors import RenderError
from valgen.writers.docx.measure import line_count
from valgen.writers.docx.styles import CELL_MARGIN
from valgen.writers.docx.text import PLAIN, TONE_LOOKS, Look, text_xml
from valgen.writers.docx.widths import cell_lines
from valgen.writers.tones import FILLS, INKS, SHADE

if TYPE_CHECKING:
    from valgen.writers.docx.content import Content, Place

DASH = "–"
MAX_COLUMNS = 63

_LONG_ROW_LINES = 28
_KEPT_LINES = 16
_KEPT_ROWS = 12  # of signatures
_EDGE = 36  # of a notice, eighths of a point


class Tables:
    """Writes tables with the help of ``Content`` for what is in the cells."""

    def __init__(self, content: Content) -> None:
        """Take the writer of cell contents."""
        self._content = content
        styles = content.styles
        self._table = styles["valgen Table"]
        self._facts = styles["valgen Facts"]
        self._box = styles["valgen Box"]
        self._text = styles["valgen Table Text"]
        self._code = styles["valgen Table Code"]
        narrow = '<w:spacing w:before="0" w:after="0" w:line="80" w:lineRule="exact"/>' if content.compact else ""
        self._gap = f'<w:p><w:pPr><w:pStyle w:val="{styles["valgen Gap"]}"/>{narrow}</w:pPr></w:p>'
        self._paragraph = f'<w:p><w:pPr><w:pStyle w:val="{self._text}"/></w:pPr>'
        self._dash = f"{self._paragraph}<w:r><w:t>{DASH}</w:t></w:r></w:p>"

    def table(self, table: Table, place: Place) -> str:
        """Return a table with its caption and the small gap below it."""
        content = self._content
        marks = content.bookmarks.pair(table, table.anchor)
        head = ""
        if table.caption:
            head = content.caption("Table", table.caption, marks, True, table.caption_runs, place.indent)
        if not table.rows:
            inner = content.runs.xml((Run(table.empty),), Look(italic=True, color=INKS[Tone.MUTED]))
            start, end = ("", "") if head else marks
            return head + content.styled("Normal" if not place.in_cell else "valgen Table Text", start + inner + end)
        if len(table.columns) > MAX_COLUMNS:
            raise RenderError(
                f"table “{table.caption or table.role}” has {len(table.columns)} columns; Word takes {MAX_COLUMNS}",
                why="Word would refuse to open the document",
                code="VG705",
            )
        widths = content.widths.table(table, place.width - place.indent)
        titled = any(column.title for column in table.columns)
        own = ("", "") if head else marks
        parts = [head, self._open(self._table, widths, place.indent, header=titled or table.rows[0].head)]
        if titled:
            parts.append(self._header_row(table, widths, own))
        cells = replace(self._cell_place(place), height=place.height)
        at = len(parts)
        if table.stubs or has_spans(table.rows) or any(row.head for row in table.rows):
            self._spread_rows(table, widths, cells, parts)
        else:
            self._rows(table, widths, cells, parts)
        if own[0] and not titled:
            parts[at] = _with_marks(parts[at], own)
        if table.role == "approvals" and len(table.rows) <= _KEPT_ROWS and not place.in_cell:
            # Signatures stand on one page; Word keeps a row on the page of the next one when its paragraphs ask for it.
            parts[at:-1] = [_kept(row) for row in parts[at:-1]]
        parts.append("</w:tbl>")
        parts.append(self._gap)
        return "".join(parts)

    def facts(self, facts: Facts, place: Place) -> str:
        """Return label and value pairs as a table of two columns."""
        if not facts.rows:
            return ""
        content = self._content
        room = place.width - place.indent
        widths = content.widths.facts(room)
        inner = self._cell_place(place)
        parts = [self._open(self._facts, widths, place.indent, header=False)]
        label_style = content.styles["valgen Table Label"]
        lines = [cell_lines(Cell(blocks), widths[1]) for _, blocks in facts.rows]
        # Word keeps a row on the page of the next one when its paragraphs ask for it.
        kept = len(facts.rows) - 1 if sum(lines) <= _KEPT_LINES and not place.in_cell else 0
        for number, (label, blocks) in enumerate(facts.rows):
            value = Cell(blocks)
            whole = "" if lines[number] > _LONG_ROW_LINES else "<w:trPr><w:cantSplit/></w:trPr>"
            keep = "<w:keepNext/>" if number < kept else ""
            parts.append(
                f'<w:tr>{whole}<w:tc><w:tcPr><w:tcW w:w="{widths[0]}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
                f'<w:pStyle w:val="{label_style}"/>{keep}</w:pPr><w:r>{text_xml(label or DASH)}</w:r></w:p></w:tc>'
            )
            parts.append(self._cell(value, widths[1], inner))
            parts.append("</w:tr>")
        parts.append("</w:tbl>")
        parts.append(self._gap)
        return "".join(parts)

    def notice(self, notice: Notice, place: Place) -> str:
        """Return a shaded box with a thick edge in the colour of its tone."""
        room = place.width - place.indent - _EDGE // 8 * 10
        ink, fill = INKS[notice.tone], FILLS[notice.tone]
        title = self._content.styled(
            "valgen Box Title", f'<w:r><w:rPr><w:color w:val="{ink}"/></w:rPr>{text_xml(notice.title)}</w:r>'
        )
        inner = replace(place, width=room - 320, indent=0, in_cell=True, list_level=-1)
        body = self._content.xml(notice.blocks, inner)
        borders = f'<w:left w:val="single" w:sz="{_EDGE}" w:space="0" w:color="{ink}"/>'
        start = self._open(self._box, [room], place.indent, header=False)
        return (
            f'{start}<w:tr><w:tc><w:tcPr><w:tcW w:w="{room}" w:type="dxa"/><w:tcBorders>{borders}</w:tcBorders>'
            f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:tcPr>{title}{body}</w:tc></w:tr></w:tbl>'
            + self._gap
        )

    def _cell_place(self, place: Place) -> Place:
        return replace(
            place, style=self._text, code_style=self._code, indent=0, list_level=-1, in_cell=True, look=PLAIN
        )

    def _open(self, style: str, widths: list[int], indent: int, header: bool) -> str:
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        first = "1" if header else "0"
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f'<w:tblInd w:w="{indent}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="{"0420" if header else "0400"}" w:firstRow="{first}" w:lastRow="0" w:firstColumn="0" '
            f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        )

    def _header_row(self, table: Table, widths: list[int], marks: tuple[str, str]) -> str:
        style = self._content.styles["valgen Table Header"]
        cells = []
        for number, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            start, end = marks if number == 0 else ("", "")
            cells.append(
                f'{_cell_open(width, Tone.NEUTRAL)}<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
                f"{start}<w:r>{text_xml(column.title)}</w:r>{end}</w:p></w:tc>"
            )
        return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"

    def _spread_rows(self, table: Table, widths: list[int], inner: Place, parts: list[str]) -> None:
        """Write rows with cells that cover several places, header rows below the titles, and stub columns."""
        heading = replace(inner, style=self._content.styles["valgen Table Header"])
        label = replace(inner, look=Look(bold=True))
        try:
            placed = list(place_cells(table.rows, len(widths)))
        except ValueError as error:
            raise self._too_many(table, str(error)) from error
        for row, cells in zip(table.rows, placed, strict=True):
            lines = 1
            made: list[str] = []
            for one in cells:
                width = sum(widths[one.column : one.column + one.columns])
                spans = f'<w:gridSpan w:val="{one.columns}"/>' if one.columns > 1 else ""
                if not one.first:
                    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{spans}<w:vMerge/>{_shade(one.cell.tone)}'
                    made.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{self._paragraph}</w:p></w:tc>")
                    continue
                spans += '<w:vMerge w:val="restart"/>' if one.rows > 1 else ""
                where = heading if row.head else label if one.column < table.stubs else inner
                made.append(self._cell(one.cell, width, where, spans, SHADE if row.head else ""))
                lines = max(lines, cell_lines(one.cell, width) if one.rows == 1 else 1)
            if row.anchor:
                marks = self._content.bookmarks.pair(row, row.anchor)
                if marks[0]:
                    made[0] = _with_marks(made[0], marks)
            whole = "" if lines > _LONG_ROW_LINES else "<w:cantSplit/>"
            repeated = "<w:tblHeader/>" if row.head else ""
            properties = f"<w:trPr>{whole}{repeated}</w:trPr>" if whole or repeated else ""
            parts.append(f"<w:tr>{properties}{''.join(made)}</w:tr>")

    @staticmethod
    def _too_many(table: Table, counted: str) -> RenderError:
        return RenderError(
            f"a row of table “{table.caption or table.role}” has {counted}",
            why="a cell too many would be lost",
            code="VG705",
        )

    def _rows(self, table: Table, widths: list[int], inner: Place, parts: list[str]) -> None:
        runs = self._content.runs.xml
        pair = self._content.bookmarks.pair
        count = len(widths)
        opened = {tone: [f"{_cell_open(width, tone)}{self._paragraph}" for width in widths] for tone in Tone}
        for row in table.rows:
            if len(row.cells) > count:
                raise self._too_many(table, f"{len(row.cells)} cells for {count} columns")
            lines = 1
            cells: list[str] = []
            for number, cell in enumerate(row.cells):
                blocks = cell.blocks
                first = blocks[0] if len(blocks) == 1 else None
                if type(first) is not Paragraph:
                    cells.append(self._cell(cell, widths[number], inner))
                    lines = max(lines, cell_lines(cell, widths[number]))
                    continue
                # Nearly every cell is one paragraph; it is written without any detour.
                text = first.runs[0].text if len(first.runs) == 1 else "".join([run.text for run in first.runs])
                if (not text or text.isspace()) and not _marks_of(first.runs):
                    cells.append(f"{opened[cell.tone][number]}<w:r><w:t>{DASH}</w:t></w:r></w:p></w:tc>")
                    continue
                look = TONE_LOOKS[cell.tone if first.tone is Tone.NEUTRAL else first.tone]
                cells.append(f"{opened[cell.tone][number]}{runs(first.runs, look)}</w:p></w:tc>")
                need = line_count(len(text), text.count("\n"), widths[number])
                if need > lines:
                    lines = need
            cells.extend(self._cell(Cell(), width, inner) for width in widths[len(row.cells) :])
            if row.anchor:
                marks = pair(row, row.anchor)
                if marks[0]:
                    cells[0] = _with_marks(cells[0], marks)
            whole = "" if lines > _LONG_ROW_LINES else "<w:trPr><w:cantSplit/></w:trPr>"
            parts.append(f"<w:tr>{whole}{''.join(cells)}</w:tr>")

    def _cell(self, cell: Cell, width: int, inner: Place, spans: str = "", fill: str = "") -> str:
        body = ""
        if cell.blocks and not _blank(cell):
            room = max(width - 2 * CELL_MARGIN, 200)
            look = inner.look if cell.tone is Tone.NEUTRAL else TONE_LOOKS[cell.tone]
            body = self._content.xml(cell.blocks, replace(inner, width=room, look=look))
        return f"{_cell_open(width, cell.tone, spans, fill)}{body or self._dash}</w:tc>"


def _cell_open(width: int, tone: Tone, spans: str = "", fill: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{_shade(tone, fill)}</w:tcPr>'


def _shade(tone: Tone, fill: str = "") -> str:
    fill = fill if tone is Tone.NEUTRAL else FILLS[tone]
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""


def _marks_of(runs: tuple[Run, ...]) -> bool:
    """Return whether runs without text hold anything that prints or is linked to."""
    return any(run.note or run.anchor or run.image is not None for run in runs)


def _with_marks(cell: str, marks: tuple[str, str]) -> str:
    """Put a bookmark around the first paragraph's content of a cell."""
    at = cell.find("</w:pPr>")
    if at < 0:
        return cell.replace("</w:tcPr>", f"</w:tcPr>{marks[0]}{marks[1]}", 1)
    at += len("</w:pPr>")
    return f"{cell[:at]}{marks[0]}{marks[1]}{cell[at:]}"


def _kept(row: str) -> str:
    """Keep a row on the page of the next one."""
    start = row.find("<w:pStyle")
    end = row.find("/>", start) + len("/>")
    return row if start < 0 or row.startswith("<w:keepNext/>", end) else f"{row[:end]}<w:keepNext/>{row[end:]}"


def _blank(cell: Cell) -> bool:
    for block in walk(cell.blocks):
        if isinstance(block, Image | Table | Facts | Notice):
            return False
        if isinstance(block, CodeBlock) and block.text.strip():
            return False
        held = getattr(block, "runs", ())
        if any(run.text.strip() for run in held) or _marks_of(held):
            return False
    return True
