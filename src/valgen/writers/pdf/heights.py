"""How high blocks are about, in points: for rows that may split and for cutting documents into volumes.

Nothing printed depends on these figures, only where a page may break. They come from the widths of the real font for
plain text and err on the high side, because a row that is kept whole must fit on a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Row,
    Run,
    Section,
    Table,
)
from valgen.writers.docx.widths import Widths  # Word and PDF share their column widths

BODY = 10.0
"""Size of body text, points."""

TABLE = 8.5
"""Size of table text, points."""

CELL_MARGIN = 85
"""Left and right margin of a table cell, twips."""

_LINE = {BODY: 12.8, TABLE: 10.3}
_MEAN = 0.53  # width of a character, of the size
_ROW = 6.5  # margins of a row
_GAP = 6.0
_PICTURE = 0.5  # of a page
_DEEPEST = 40


class Heights:
    """Heights of the blocks of one document."""

    def __init__(self, widths: Widths, page: float) -> None:
        """Take the widths of its tables and the height of a page's text, points."""
        self._widths = widths
        self._page = page

    def blocks(self, blocks: Sequence[Block], room: int, size: float = BODY, depth: int = 0) -> float:
        """Return the height of blocks one below the other.

        Args:
            blocks: any.
            room: width, twips.
            size: of their text, points.
            depth: containers around.
        """
        return sum([self.block(one, room, size, depth) for one in blocks])

    def block(self, block: Block, room: int, size: float = BODY, depth: int = 0) -> float:
        """Return the height of one block, with the space below it."""
        if depth > _DEEPEST:
            return 0.0
        if type(block) is Paragraph:
            return _text(block.runs, room, size) + (_GAP if size == BODY else 2.0)
        inner = depth + 1
        match block:
            case Table():
                return self._table(block, room, inner)
            case Facts():
                label, value = self._widths.facts(room)
                return _GAP + sum(
                    [
                        _ROW
                        + max(
                            _lines(name, label, TABLE), self.blocks(held, value - 2 * CELL_MARGIN, TABLE, inner), 10.0
                        )
                        for name, held in block.rows
                    ]
                )
            case ListBlock():
                return sum([self.blocks(item, max(room - 340, 400), size, inner) for item in block.items])
            case CodeBlock():
                return _lines(block.text, room, TABLE, 0.61) + 14.0
            case Image():
                return self._page * _PICTURE
            case Heading():
                return _text(block.runs, room, BODY) + 20.0
            case Section() | Entry():
                return 38.0 + self.blocks(block.blocks, room, size, inner)
            case Notice():
                return 30.0 + self.blocks(block.blocks, room - 400, size, inner)
            case Quote():
                return 6.0 + self.blocks(block.blocks, room - 400, size, inner)
            case _:
                return 0.0

    def row(self, row: Row, widths: Sequence[int], depth: int = 0) -> float:
        """Return the height of a table row; ``widths`` of the columns, twips."""
        high = 10.0
        at = 0
        for cell in row.cells:
            span = cell.columns
            room = widths[at] if span == 1 and at < len(widths) else sum(widths[at : at + span])
            at += span
            if cell.blocks:
                need = self.cell(cell, max(room - 2 * CELL_MARGIN, 100), depth)
                if need > high:
                    high = need
        return high + _ROW

    def cell(self, cell: Cell, room: int, depth: int = 0) -> float:
        """Return the height of the content of a cell; ``room`` is the width inside its margins, twips."""
        blocks = cell.blocks
        if len(blocks) == 1 and type(blocks[0]) is Paragraph:
            return _text(blocks[0].runs, room, TABLE)
        return self.blocks(blocks, room, TABLE, depth + 1)

    def text(self, text: str, room: int) -> float:
        """Return the height of a text in the size of the body; ``room`` is its width, twips."""
        return _lines(text, room, BODY)

    def _table(self, table: Table, room: int, depth: int) -> float:
        if not table.rows:
            return 20.0
        widths = self._widths.table(table, room)
        return 45.0 + sum([self.row(row, widths, depth) for row in table.rows])


def _text(runs: tuple[Run, ...], room: int, size: float) -> float:
    return _lines(runs[0].text if len(runs) == 1 else "".join([run.text for run in runs]), room, size)


def _lines(text: str, room: int, size: float, mean: float = _MEAN) -> float:
    width = room / 20 / (size * mean)
    if len(text) <= width and "\n" not in text:
        return _LINE[size]
    if "\n" not in text:
        return (len(text) // width + 1) * _LINE[size]
    return sum([len(line) // width + 1 for line in text.split("\n")]) * _LINE[size]
