"""Column widths of the tables of a document.

All tables with the same columns share their widths, so that the step tables of a report stand in line. Widths add up
to the room exactly and come about in three steps:

1. what a column needs, so that its ids and heading words stay whole, then what it wishes, so that the parts of its
   other words do, then these words, as far as there is room;
2. at least half of what its weight asks for;
3. what is left goes, piece by piece, to the column that makes most rows high, until no row gains by it; the rest is
   shared by weight.

Widths are estimated from a sample of rows spread over all tables of a kind; nothing printed depends on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
    Facts,
    Image,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Table,
    walk,
)
from valgen.documents.grid import has_spans, place_cells
from valgen.writers.docx.measure import cell_twips, line_count
from valgen.writers.docx.styles import CELL_MARGIN

_SAMPLE = 80
_LONGEST_WORD = 22  # as long as the longest clause of a regulation, 21CFR11.200(a)(1)(ii)
_WIDEST = 160  # twips of a bold capital; words that are narrower even so need not be measured
_PIECES = 40
_PARTS = re.compile(r"[^-/]*[-/]+|[^-/]+")
"""Parts of a word; behind hyphens and strokes a line may end."""
_LABEL_SHARE = 0.29
_PICTURE_LINES = 12


class Widths:
    """Widths of all tables of one document, found when first asked for."""

    def __init__(self, blocks: tuple[Block, ...], stretch: float = 1.0) -> None:
        """Look at the tables and facts of a document.

        Args:
            blocks: of the document.
            stretch: how much wider the template's table text runs than the text that is measured.
        """
        self._stretch = stretch
        self._tables: dict[tuple[Column, ...], list[Table]] = {}
        self._found: dict[tuple[tuple[Column, ...], int], list[int]] = {}
        labels: set[str] = set()
        for block in _containers(blocks):
            if isinstance(block, Table):
                self._tables.setdefault(block.columns, []).append(block)
            elif isinstance(block, Facts):
                labels.update(label for label, _ in block.rows)
        self._label = round(max((cell_twips(label, bold=True) for label in labels), default=0) * stretch)

    def facts(self, room: int) -> list[int]:
        """Return the widths of label and value, twips."""
        first = min(max(self._label, room // 6), round(room * _LABEL_SHARE))
        return [first, room - first]

    def table(self, table: Table, room: int) -> list[int]:
        """Return the width of each column, twips; they add up to ``room``."""
        key = (table.columns, room)
        if key not in self._found:
            rows = _spread([row for one in self._tables.get(table.columns, [table]) for row in _single(one)])
            # Wide text in a room is ordinary text in a smaller one.
            found = column_widths(table.columns, rows, round(room / self._stretch))
            self._found[key] = _whole([width * self._stretch for width in found], room)
        return self._found[key]


def column_widths(columns: tuple[Column, ...], rows: list[Row], room: int) -> list[int]:
    """Return the width of each column for a sample of rows, twips; they add up to ``room``."""
    weights = [max(column.weight, 1) for column in columns]
    share = [room * weight / sum(weights) for weight in weights]
    least = _least(columns, rows, room)
    if sum(least) >= room:
        return _whole([width * room / sum(least) for width in least], room)
    widths = [max(width, wanted / 2) for width, wanted in zip(least, share, strict=True)]
    if sum(widths) > room:
        excess = (sum(widths) - room) / (sum(widths) - sum(least))
        widths = [width - (width - low) * excess for width, low in zip(widths, least, strict=True)]
    return _whole(_given(widths, weights, rows, room), room)


def cell_lines(cell: Cell, width: int) -> int:
    """Estimate the lines of a cell."""
    return sum(_PICTURE_LINES if length < 0 else line_count(length, breaks, width) for length, breaks in _amounts(cell))


def _given(widths: list[float], weights: list[int], rows: list[Row], room: int) -> list[float]:
    """Give what is left of ``room``, piece by piece, to the column that most rows wait for."""
    amounts = [[list(_amounts(cell)) for cell in row.cells[: len(widths)]] for row in rows]
    lines = [[_count(parts, width) for parts, width in zip(row, widths, strict=False)] for row in amounts]
    left = room - sum(widths)
    piece = max(left / _PIECES, 20.0)
    while left >= piece:
        score = [0] * len(widths)
        for counts in lines:
            high = max(counts, default=0)
            if high > 1:
                score[counts.index(high)] += high
        best = max(range(len(score)), key=lambda number: score[number])
        if not score[best]:
            break
        widths[best] += piece
        left -= piece
        for counts, row in zip(lines, amounts, strict=True):
            if best < len(row):
                counts[best] = _count(row[best], widths[best])
    return [width + left * weight / sum(weights) for width, weight in zip(widths, weights, strict=True)]


def _count(parts: list[tuple[int, int]], width: float) -> int:
    return sum(line_count(length, breaks, int(width)) for length, breaks in parts if length >= 0)


def _amounts(cell: Cell) -> Iterable[tuple[int, int]]:
    """Yield length and line feeds of each text in a cell; a picture has the length -1."""
    for block in cell.blocks if len(cell.blocks) == 1 and type(cell.blocks[0]) is Paragraph else walk(cell.blocks):
        if isinstance(block, Image):
            yield -1, 0
            continue
        text = block.text if isinstance(block, CodeBlock) else "".join([run.text for run in getattr(block, "runs", ())])
        if text:
            yield len(text), text.count("\n")


def _least(columns: tuple[Column, ...], rows: list[Row], room: int) -> list[int]:
    need = [max((cell_twips(word, bold=True) for word in column.title.split()), default=0) for column in columns]
    piece, wish = list(need), list(need)
    for row in rows:
        for number, cell in enumerate(row.cells[: len(need)]):
            for block in walk(cell.blocks):
                if isinstance(block, Paragraph):
                    _widen(block.runs, number, need, piece, wish)
                elif isinstance(block, ListBlock):
                    wish[number] = max(wish[number], cell_twips("0") + 200)
    cap = max(room // 4, room // max(len(columns), 1))
    least = [min(width, cap) for width in need]
    # Cheap wishes first: a column that lacks a letter gets it before one that lacks a word.
    left = round(room * 0.95) - sum(least)
    for wishes in (piece, wish):
        gains = [max(min(wished, cap) - had, 0) for wished, had in zip(wishes, least, strict=True)]
        for number in sorted(range(len(gains)), key=lambda number: gains[number]):
            if gains[number] <= left:
                least[number] += gains[number]
                left -= gains[number]
    return least


def _widen(runs: tuple[Run, ...], number: int, need: list[int], piece: list[int], wish: list[int]) -> None:
    """Raise what a column needs to keep ids whole, and wishes to keep words whole, or at least their parts."""
    for at, run in enumerate(runs):
        text = run.text
        if run.link.startswith("#") or (run.code and len(text) <= _LONGEST_WORD and " " not in text):
            # The comma after an id stays on its line, and without room for it the id itself would break.
            after = runs[at + 1].text[:1] if at + 1 < len(runs) else ""
            text += after if after in ",;.)" else ""
            need[number] = max(need[number], cell_twips(text, mono=run.code, bold=run.bold))
        else:
            for word in text.split():
                if len(word) <= _LONGEST_WORD and len(word) * _WIDEST > wish[number] - 2 * CELL_MARGIN:
                    whole = cell_twips(word, mono=run.code, bold=run.bold)
                    wish[number] = max(wish[number], whole)
                    parts = _PARTS.findall(word)
                    part = whole if len(parts) == 1 else max(cell_twips(one, bold=run.bold) for one in parts)
                    piece[number] = max(piece[number], part)


def _whole(widths: list[float], room: int) -> list[int]:
    """Round widths so that they still add up to ``room``."""
    edges = [round(sum(widths[: number + 1])) for number in range(len(widths))]
    edges[-1] = room
    return [edge - (edges[number - 1] if number else 0) for number, edge in enumerate(edges)]


def _single(table: Table) -> Iterable[Row]:
    """Return rows with a cell for each column; a cell that covers several says nothing about any of them."""
    if not has_spans(table.rows):
        return table.rows
    try:
        placed = list(place_cells(table.rows, len(table.columns)))
    except ValueError:
        return table.rows
    return [
        Row(
            tuple(
                cell
                for one in row
                for cell in ([one.cell] if one.columns == 1 and one.first else [Cell()] * one.columns)
            )
        )
        for row in placed
    ]


def _spread(rows: list[Row]) -> list[Row]:
    """Return at most ``_SAMPLE`` rows, evenly taken."""
    if len(rows) <= _SAMPLE:
        return rows
    return [rows[number * len(rows) // _SAMPLE] for number in range(_SAMPLE)]


def _containers(blocks: tuple[Block, ...]) -> Iterable[Block]:
    """Yield tables and facts, looking into a cell only when it holds more than a paragraph."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            for row in block.rows:
                for cell in row.cells:
                    if len(cell.blocks) > 1 or (cell.blocks and type(cell.blocks[0]) is not Paragraph):
                        yield from _containers(cell.blocks)
        elif isinstance(block, Facts):
            yield block
            for _, inner in block.rows:
                yield from _containers(inner)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _containers(item)
        else:
            yield from _containers(getattr(block, "blocks", ()))
