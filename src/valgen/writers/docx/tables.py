"""Tables, facts and notices as WordprocessingML.

Rules:

- Widths are fixed, in twips, and add up to the room there is. They follow the weights of the columns, except that
  no column is narrower than its longest id or heading word needs, as far as there is room.
- The header row repeats on every page. A row does not split across pages, unless it is so long (about half a page)
  that keeping it whole would leave large white gaps or not fit a page at all.
- A cell without text prints an en dash; a table without rows prints its sentence.
- A tone is a background and a text colour; the word that says the same comes from the blocks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from valgen.documents.blocks import Cell, CodeBlock, Facts, Image, Notice, Paragraph, Row, Run, Table, Tone, walk
from valgen.errors import RenderError
from valgen.writers.docx.styles import CELL_MARGIN, FILLS, INKS, LINE
from valgen.writers.docx.text import PLAIN, Look, text_xml

if TYPE_CHECKING:
    from valgen.writers.docx.content import Content, Place

DASH = "–"
_CHAR = 90
"""Width of an average character of table text, twips."""

_WIDE_CHAR = 104
"""Width of a capital letter or digit of table text, twips."""

_SAMPLE_ROWS = 400
_LONG_ROW_LINES = 28
_LABEL_SHARE = 0.29


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
        self._gap = f'<w:p><w:pPr><w:pStyle w:val="{styles["valgen Gap"]}"/></w:pPr></w:p>'
        self._paragraph = f'<w:p><w:pPr><w:pStyle w:val="{self._text}"/></w:pPr>'
        self._dash = f"{self._paragraph}<w:r><w:t>{DASH}</w:t></w:r></w:p>"

    def table(self, table: Table, place: Place) -> str:
        """Return a table with its caption and the small gap below it."""
        content = self._content
        marks = content.bookmarks.pair(table, table.anchor)
        head = content.caption("Table", table.caption, marks, keep=True) if table.caption else ""
        if not table.rows:
            inner = content.runs.xml((Run(table.empty),), Look(italic=True, color=INKS[Tone.MUTED]))
            start, end = ("", "") if head else marks
            return head + content.styled("Normal" if not place.in_cell else "valgen Table Text", start + inner + end)
        widths = _widths(table, place.width - place.indent)
        parts = [head, self._open(self._table, widths, place.indent, header=True)]
        parts.append(self._header_row(table, widths, ("", "") if head else marks))
        self._rows(table, widths, replace(self._cell_place(place), height=place.height), parts)
        parts.append("</w:tbl>")
        parts.append(self._gap)
        return "".join(parts)

    def facts(self, facts: Facts, place: Place) -> str:
        """Return label and value pairs as a table of two columns."""
        if not facts.rows:
            return ""
        room = place.width - place.indent
        longest = max(len(label) for label, _ in facts.rows)
        first = min(max(longest * _WIDE_CHAR + 2 * CELL_MARGIN, room // 5), round(room * _LABEL_SHARE))
        widths = [first, room - first]
        inner = self._cell_place(place)
        parts = [self._open(self._facts, widths, place.indent, header=False)]
        label_style = self._content.styles["valgen Table Label"]
        for label, blocks in facts.rows:
            value = Cell(blocks)
            whole = "" if _lines(value, widths[1]) > _LONG_ROW_LINES else "<w:trPr><w:cantSplit/></w:trPr>"
            parts.append(
                f'<w:tr>{whole}<w:tc><w:tcPr><w:tcW w:w="{widths[0]}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
                f'<w:pStyle w:val="{label_style}"/></w:pPr><w:r>{text_xml(label or DASH)}</w:r></w:p></w:tc>'
            )
            parts.append(self._cell(value, widths[1], inner))
            parts.append("</w:tr>")
        parts.append("</w:tbl>")
        parts.append(self._gap)
        return "".join(parts)

    def notice(self, notice: Notice, place: Place) -> str:
        """Return a shaded box with a thick edge in the colour of its tone."""
        room = place.width - place.indent
        ink, fill = INKS[notice.tone], FILLS[notice.tone]
        title = self._content.styled(
            "valgen Box Title", f'<w:r><w:rPr><w:color w:val="{ink}"/></w:rPr>{text_xml(notice.title)}</w:r>'
        )
        inner = replace(place, width=room - 320, indent=0, in_cell=True, list_level=-1)
        body = self._content.xml(notice.blocks, inner)
        if body.endswith("</w:tbl>" + self._gap):
            pass  # the gap is the paragraph that a cell must end with
        borders = f'<w:left w:val="single" w:sz="36" w:space="0" w:color="{ink}"/>'
        return (
            self._open(self._box, [room], place.indent, header=False)
            + f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{room}" w:type="dxa"/><w:tcBorders>{borders}</w:tcBorders>'
            f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/></w:tcPr>{title}{body}</w:tc></w:tr></w:tbl>{self._gap}'
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
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
                f"{start}<w:r>{text_xml(column.title)}</w:r>{end}</w:p></w:tc>"
            )
        return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"

    def _rows(self, table: Table, widths: list[int], inner: Place, parts: list[str]) -> None:
        runs = self._content.runs.xml
        count = len(widths)
        starts = [
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{self._paragraph}' for width in widths
        ]
        for row in table.rows:
            if len(row.cells) > count:
                raise RenderError(
                    f"a row of the table “{table.caption or table.role}” has {len(row.cells)} cells for {count} columns",
                    why="a cell too many would be lost",
                    code="VG705",
                )
            marks = self._content.bookmarks.pair(row, row.anchor) if row.anchor else ("", "")
            lines = 1
            cells: list[str] = []
            for number, cell in enumerate(row.cells):
                blocks = cell.blocks
                simple = len(blocks) == 1 and type(blocks[0]) is Paragraph and cell.tone is Tone.NEUTRAL
                if simple and blocks[0].tone is Tone.NEUTRAL:  # type: ignore[union-attr]
                    held = blocks[0].runs  # type: ignore[union-attr]
                    text = "".join([run.text for run in held])
                    if text and not text.isspace():
                        cells.append(f"{starts[number]}{runs(held)}</w:p></w:tc>")
                        need = len(text) * _CHAR // widths[number] + text.count("\n") + 1
                        if need > lines:
                            lines = need
                        continue
                    cells.append(f"{starts[number]}<w:r><w:t>{DASH}</w:t></w:r></w:p></w:tc>")
                    continue
                cells.append(self._cell(cell, widths[number], inner))
                lines = max(lines, _lines(cell, widths[number]))
            cells.extend(self._cell(Cell(), width, inner) for width in widths[len(row.cells) :])
            whole = "" if lines > _LONG_ROW_LINES else "<w:trPr><w:cantSplit/></w:trPr>"
            if marks[0]:
                cells[0] = _with_marks(cells[0], marks)
            parts.append(f"<w:tr>{whole}{''.join(cells)}</w:tr>")

    def _cell(self, cell: Cell, width: int, inner: Place) -> str:
        shade, look = "", PLAIN
        if cell.tone is not Tone.NEUTRAL:
            shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{FILLS[cell.tone]}"/>'
            look = Look(bold=cell.tone is Tone.BAD, color=INKS[cell.tone])
        room = width - 2 * CELL_MARGIN
        body = self._content.xml(cell.blocks, replace(inner, width=max(room, 200), look=look)) if cell.blocks else ""
        if not body or _blank(cell):
            body = self._dash
        return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{body}</w:tc>'


def _with_marks(cell: str, marks: tuple[str, str]) -> str:
    """Put a bookmark around the first paragraph's content of a cell."""
    at = cell.find("</w:pPr>")
    if at < 0:
        return cell.replace("</w:tcPr>", f"</w:tcPr>{marks[0]}{marks[1]}", 1)
    at += len("</w:pPr>")
    return f"{cell[:at]}{marks[0]}{marks[1]}{cell[at:]}"


def _blank(cell: Cell) -> bool:
    for block in walk(cell.blocks):
        if isinstance(block, Image | Table | Facts | Notice):
            return False
        if isinstance(block, CodeBlock) and block.text.strip():
            return False
        held = getattr(block, "runs", ())
        if any(run.text.strip() for run in held):
            return False
    return True


def _lines(cell: Cell, width: int) -> int:
    """Estimate the lines of a cell."""
    lines = 0
    for block in walk(cell.blocks):
        if isinstance(block, Image):
            lines += 12
            continue
        text = block.text if isinstance(block, CodeBlock) else "".join(run.text for run in getattr(block, "runs", ()))
        if text:
            lines += sum(len(line) * _CHAR // max(width, 1) + 1 for line in text.split("\n"))
    return lines


def _widths(table: Table, room: int) -> list[int]:
    """Return the width of each column, twips; they add up to ``room``."""
    weights = [max(column.weight, 1) for column in table.columns]
    total = sum(weights)
    cap = max(room // 4, room // max(len(weights), 1))
    least = [_least(table.columns[number].title, True) for number in range(len(weights))]
    for row in table.rows[:_SAMPLE_ROWS]:
        _widen(row, least)
    least = [min(width, cap) for width in least]
    if sum(least) > room:
        least = [width * room // sum(least) for width in least]
    # Columns below their least width get it; the others share what is left, by weight.
    fixed: set[int] = set()
    while True:
        left = room - sum(least[number] for number in fixed)
        share = sum(weights[number] for number in range(len(weights)) if number not in fixed)
        short = [
            number
            for number in range(len(weights))
            if number not in fixed and left * weights[number] < least[number] * share
        ]
        if not short:
            break
        fixed.update(short)
    exact = [
        float(least[number]) if number in fixed else left * weights[number] / share for number in range(len(weights))
    ]
    if len(fixed) == len(weights):
        exact = [width * room / sum(exact) for width in exact] if total else exact
    edges = [round(sum(exact[: number + 1])) for number in range(len(exact))]
    edges[-1] = room
    return [edge - (edges[number - 1] if number else 0) for number, edge in enumerate(edges)]


def _least(text: str, bold: bool = False) -> int:
    longest = max((len(word) for word in text.replace("/", "/ ").replace("-", "- ").split()), default=1)
    return longest * (_WIDE_CHAR + (4 if bold else 0)) + 2 * CELL_MARGIN + 30


def _widen(row: Row, least: list[int]) -> None:
    for number, cell in enumerate(row.cells[: len(least)]):
        for block in cell.blocks:
            if not isinstance(block, Paragraph):
                continue
            for run in block.runs:
                # An id must stay on one line; a word of a result too. Prose breaks where it likes.
                if run.link.startswith("#") and run.text == run.link[1:]:
                    need = len(run.text) * _WIDE_CHAR + 2 * CELL_MARGIN + 30
                elif len(run.text) <= 24 and not run.code:
                    need = _least(run.text)
                else:
                    continue
                if need > least[number]:
                    least[number] = need


_ = LINE
