"""Where the cells of a table stand, given that some cover several columns or rows.

As in HTML, a row lists only the cells that begin in it. Every writer finds the column of a cell here, so that all
formats agree. A cell that asks for more columns or rows than there are ends at the edge of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valgen.documents.blocks import Cell, Row


@dataclass(frozen=True, slots=True)
class Placed:
    """One place in the grid.

    Attributes:
        cell: what begins here or, in a row below its first, what reaches down to here.
        column: number of its first column, from 0.
        columns: how many columns it covers.
        first: whether the cell begins in this row.
        rows: how many rows it covers from here on.
    """

    cell: Cell
    column: int
    columns: int
    first: bool
    rows: int


def has_spans(rows: Sequence[Row]) -> bool:
    """Return whether any cell covers more than one place."""
    return any(cell.columns != 1 or cell.rows != 1 for row in rows for cell in row.cells)


def place_cells(rows: Sequence[Row], columns: int) -> Iterator[list[Placed]]:
    """Yield, for each row, what stands in it from left to right, cells reaching down from above included.

    Places that no cell covers are filled with empty cells.

    Raises:
        ValueError: a row has more cells than places; the message says how many of each.
    """
    held: dict[int, Placed] = {}  # by first column: what reaches down into the next row
    for number, row in enumerate(rows):
        found: list[Placed] = []
        cells = list(row.cells)
        column = 0
        while column < columns:
            above = held.get(column)
            if above is not None:
                found.append(above)
                column += above.columns
                continue
            cell = cells.pop(0) if cells else Cell()
            room = next((at for at in range(column + 1, columns) if at in held), columns) - column
            wide = min(max(cell.columns, 1), room)
            high = min(max(cell.rows, 1), len(rows) - number)
            found.append(Placed(cell, column, wide, True, high))
            column += wide
        if cells:
            raise ValueError(f"{len(row.cells)} cells for {columns} columns")
        held = {
            one.column: Placed(one.cell, one.column, one.columns, False, one.rows - 1) for one in found if one.rows > 1
        }
        yield found
