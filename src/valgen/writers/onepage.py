"""What stands on the first page of a document that is to stay on one page.

Such a document has no contents and no cover of its own. Its control block stands in two pairs of columns, with long
values across, and its marks in one box.

Source: domain/documents.md b.0 (control block), b.15 (release certificate).
"""

from __future__ import annotations

from collections.abc import Sequence

from valgen.documents.blocks import Block, Cell, Column, Notice, Row, Table, Tone, cell, plain_text

_SHORT = 30  # characters of a value that fits half the width


def control_table(rows: Sequence[tuple[str, tuple[Block, ...]]]) -> Table:
    """Return the control block as a table of two pairs of columns.

    Args:
        rows: label and value, in order; neighbours with short values share a row.
    """
    made: list[Row] = []
    held: tuple[Cell, ...] = ()
    for label, blocks in rows:
        name = cell(label, Tone.MUTED, bold=True)
        if len(plain_text(blocks)) > _SHORT:
            if held:
                made.append(Row((held[0], Cell(held[1].blocks, columns=3))))
                held = ()
            made.append(Row((name, Cell(blocks, columns=3))))
        elif held:
            made.append(Row((*held, name, Cell(blocks))))
            held = ()
        else:
            held = (name, Cell(blocks))
    if held:
        made.append(Row((held[0], Cell(held[1].blocks, columns=3))))
    return Table((Column("", 20), Column("", 30), Column("", 20), Column("", 30)), tuple(made), role="plain")


def marks_notice(marks: Sequence[str]) -> tuple[Notice, ...]:
    """Return the marks of a document in one box; nothing without marks."""
    return (Notice(" · ".join(marks), tone=Tone.BAD),) if marks else ()
