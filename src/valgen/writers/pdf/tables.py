"""Tables and facts as the arrays that the Typst template lays out.

Rules:

- Widths are fixed and add up to the room there is; Word and PDF share them (``docx/widths.py``).
- The header repeats on every page, unless it is so high that it would fill one. A row does not split across pages,
  unless keeping it whole would leave large white gaps or not fit a page at all.
- A cell without text prints an en dash; a table without rows prints its sentence.
- A tone is a background and a text colour; the word that says the same comes from the blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from valgen.documents.blocks import Block, Cell, Facts, Paragraph, Row, Run, Table, Tone
from valgen.errors import RenderError
from valgen.writers.pdf.heights import BODY, CELL_MARGIN, TABLE
from valgen.writers.pdf.inline import Piece, listed

if TYPE_CHECKING:
    from valgen.writers.pdf.encode import Encoder

DASH = "–"
TONES = {Tone.NEUTRAL: "", Tone.GOOD: "g", Tone.BAD: "b", Tone.WARN: "w", Tone.MUTED: "m"}
"""Tones as the template knows them."""

KEPT = 170.0
"""Height up to which facts and notices stay on one page, points."""

_LONG_ROW = 290.0  # points, not quite half a page; higher rows may split
_HIGHEST_HEADER = 150.0  # of a table; a higher one would leave no room for its rows


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks stand.

    Attributes:
        room: width, twips.
        height: of the page's text, points.
        size: of the text, points.
        depth: heading level around.
        nested: containers around.
        cell: inside a table cell, where headings are bold lines.
        bold: whether the surroundings print text bold.
    """

    room: int
    height: float
    size: float = BODY
    depth: int = 1
    nested: int = 0
    cell: bool = False
    bold: bool = False

    @property
    def line(self) -> float:
        """Width of a line in thousandths of the size of its text, a little less than there is."""
        return self.room / 20 / self.size * 1000 - 20


class Tables:
    """Writes tables with the help of ``Encoder`` for what is in the cells."""

    def __init__(self, encoder: Encoder) -> None:
        """Take the writer of cell contents."""
        self._encoder = encoder

    def facts(self, block: Facts, place: Place, made: list[Any]) -> None:
        """Add label and value pairs."""
        if not block.rows:
            return
        widths = self._encoder.widths.facts(place.room)
        inner = self._cell_place(place, widths[1])
        label_line = (widths[0] - 2 * CELL_MARGIN) / 20 / TABLE * 1000 - 20
        cells: list[Any] = []
        for name, held in block.rows:
            cell = Cell(held)
            high = max(
                self._encoder.heights.cell(cell, inner.room),
                self._encoder.heights.text(name, widths[0] - 2 * CELL_MARGIN),
            )
            split = high > _LONG_ROW
            cells.append([int(split), self._encoder.inline.text(name, label_line, bold=True) or DASH, ""])
            cells.append([int(split), *self._content(cell, inner)])
        kept = not place.cell and self._encoder.heights.block(block, place.room) <= KEPT
        made.append(["f", [points(width / 20) for width in widths], cells, int(kept)])

    def table(self, table: Table, place: Place, made: list[Any], continued: bool) -> None:
        """Add a table with its caption; ``continued`` when it goes on with the one before."""
        label = "" if continued else self._encoder.label(table, table.anchor)
        if table.caption:
            self._encoder.caption("Table", table.caption, label, place, made, continued)
            label = ""
        if not table.rows:
            made.append(["e", self._encoder.inline.text(table.empty, place.line), label])
            return
        widths = self._encoder.widths.table(table, place.room)
        heads = 0
        while heads < len(table.rows) and table.rows[heads].head:
            heads += 1
        header = []
        if any(column.title for column in table.columns):
            for column, width in zip(table.columns, widths, strict=True):
                header.append([self._encoder.inline.text(column.title, _cell_line(width), bold=True) or DASH])
        grid = _Grid(table, widths)
        for row in table.rows[:heads]:
            header += self._row(row, grid, place, head=True)
        cells: list[Any] = []
        for row in table.rows[heads:]:
            cells += self._row(row, grid, place)
        titles = Row(tuple(Cell(_title(column.title)) for column in table.columns))
        high = sum([self._encoder.heights.row(row, widths) for row in (titles, *table.rows[:heads])])
        repeated = int(high <= _HIGHEST_HEADER)
        made.append(["t", [points(width / 20) for width in widths], header, cells, label, repeated])

    def _row(self, row: Row, grid: _Grid, place: Place, head: bool = False) -> list[Any]:
        spots = grid.take(row)
        label = self._encoder.label(row, row.anchor) if row.anchor else ""
        split = not head and self._encoder.heights.row(row, [room for _, room in spots]) > _LONG_ROW
        cells: list[Any] = []
        for cell, width in spots:
            blocks = cell.blocks
            if (
                len(blocks) == 1
                and type(blocks[0]) is Paragraph
                and cell.tone is Tone.NEUTRAL
                and blocks[0].tone is Tone.NEUTRAL
                and cell.columns == cell.rows == 1
                and not (label or split or head)
            ):
                # Nearly every cell is one plain paragraph.
                piece = self._encoder.inline.runs(blocks[0].runs, _cell_line(width))
                cells.append(_nonblank(piece) if type(piece) is str else [piece])
                continue
            if not blocks and cell == _EMPTY and not (label or split or head):
                cells.append(DASH)
                continue
            content, kind = self._content(cell, self._cell_place(place, width, bold=head))
            if label:
                content = [[4, label], *listed(content)] if not kind else [["a", label], *content]
                label = ""
            if head:
                cells.append([content, kind, cell.columns, cell.rows])
            else:
                # A cell over several rows may always split; its rows do not.
                loose = int(split or cell.rows > 1)
                cells.append([content, kind, TONES[cell.tone], cell.columns, cell.rows, loose])
        return cells

    def _content(self, cell: Cell, inner: Place) -> tuple[Any, str]:
        """Return what a cell shows, and ``"b"`` when that is blocks, empty when it is one text."""
        blocks = cell.blocks
        if len(blocks) == 1 and type(blocks[0]) is Paragraph and blocks[0].tone in (Tone.NEUTRAL, cell.tone):
            bold = inner.bold or cell.tone is Tone.BAD
            return _nonblank(self._encoder.inline.runs(blocks[0].runs, inner.line, bold=bold)), ""
        held = self._encoder.blocks(blocks, replace(inner, bold=True) if cell.tone is Tone.BAD else inner)
        if all(type(one) is str and not one.strip() for one in held):
            return DASH, ""
        return held, "b"

    def _cell_place(self, place: Place, width: int, bold: bool = False) -> Place:
        return Place(
            room=max(width - 2 * CELL_MARGIN, 100),
            height=place.height,
            size=TABLE,
            depth=place.depth,
            nested=place.nested + 1,
            cell=True,
            bold=bold,
        )


_EMPTY = Cell()


class _Grid:
    """Gives each cell of a table its column, and makes up for cells that a row lacks."""

    def __init__(self, table: Table, widths: Sequence[int]) -> None:
        self._table = table
        self._widths = widths
        self._held = [0] * len(widths)  # rows that a cell above still covers, by column
        self._left = len(table.rows)

    def take(self, row: Row) -> list[tuple[Cell, int]]:
        """Return the cells of the next row with their widths, twips.

        Raises:
            RenderError: it has more cells than there are columns for.
        """
        count = len(self._widths)
        spots: list[tuple[Cell, int]] = []
        at = 0
        for cell in row.cells:
            while at < count and self._held[at]:
                at += 1
            span = max(cell.columns, 1)
            if at + span > count or any(self._held[at : at + span]):
                raise RenderError(
                    f"a row of table “{self._table.caption or self._table.role}” has more cells than fit its "
                    f"{count} columns",
                    why="a cell too many would be lost",
                    code="VG705",
                )
            rows = min(max(cell.rows, 1), self._left)
            fitting = cell if (cell.columns, cell.rows) == (span, rows) else replace(cell, columns=span, rows=rows)
            spots.append((fitting, sum(self._widths[at : at + span])))
            for column in range(at, at + span):
                self._held[column] = rows
            at += span
        spots += [(_EMPTY, self._widths[column]) for column in range(at, count) if not self._held[column]]
        self._held = [max(held - 1, 0) for held in self._held]
        self._left -= 1
        return spots


def points(value: float) -> float:
    """Return a length as the template takes it."""
    return round(value, 2)


def _title(text: str) -> tuple[Block, ...]:
    """Return a title as the content of a cell."""
    return (Paragraph((Run(text, bold=True),)),)


def _cell_line(width: int) -> float:
    return (width - 2 * CELL_MARGIN) / 20 / TABLE * 1000 - 20


def _nonblank(piece: Piece) -> Piece:
    if type(piece) is str:
        return DASH if not piece or piece.isspace() else piece
    return piece if any(type(one) is not int and (type(one) is not str or one.strip()) for one in piece) else DASH
