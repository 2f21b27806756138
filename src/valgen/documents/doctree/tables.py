"""Tables of a doctree into blocks.

A single header row of plain text gives the titles of the columns. A header that covers columns or rows, has several
rows, or holds more than plain text becomes header rows of cells, so that nothing of it is lost.
"""

from __future__ import annotations

from typing import Protocol

from docutils import nodes

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Run, Table
from valgen.documents.doctree.inline import is_plain, text_of

_WIDE_CLASSES = frozenset({"wide", "landscape"})


class Reader(Protocol):
    """What cells and captions are read with."""

    def all(self, children: list[nodes.Node]) -> tuple[Block, ...]:
        """Return the blocks of neighbouring nodes."""

    def runs(self, node: nodes.Element) -> tuple[Run, ...]:
        """Return inline content."""


def table_block(node: nodes.table, reader: Reader) -> Table:
    """Return a table of any form."""
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    caption = reader.runs(title) if title is not None else ()
    group = next(child for child in node.children if isinstance(child, nodes.tgroup))
    specs = [child for child in group.children if isinstance(child, nodes.colspec)]
    head = _rows(group, nodes.thead, reader)
    body = _rows(group, nodes.tbody, reader)
    titles = _titles(head, len(specs))
    rest = head[1:] if titles else head
    columns = tuple(
        Column(name, max(int(spec.get("colwidth") or 10), 1))
        for name, spec in zip(titles or [""] * len(specs), specs, strict=True)
    )
    stubs = 0
    while stubs < len(specs) and specs[stubs].get("stub"):
        stubs += 1
    return Table(
        columns,
        (*(Row(cells, head=True) for cells in rest), *(Row(cells) for cells in body)),
        caption=text_of(caption),
        caption_runs=() if is_plain(caption) else caption,
        wide=bool(_WIDE_CLASSES.intersection(node.get("classes", ()))),
        stubs=stubs,
    )


def _rows(group: nodes.Element, kind: type[nodes.Element], reader: Reader) -> list[tuple[Cell, ...]]:
    return [
        tuple(
            Cell(
                reader.all(list(entry.children)),
                columns=1 + int(entry.get("morecols", 0)),
                rows=1 + int(entry.get("morerows", 0)),
            )
            for entry in row.children
            if isinstance(entry, nodes.entry)
        )
        for part in group.children
        if isinstance(part, kind)
        for row in part.children
    ]


def _titles(head: list[tuple[Cell, ...]], columns: int) -> list[str]:
    """Return the titles of the columns when the first header row is nothing but plain text, else nothing."""
    if not head or len(head[0]) != columns:
        return []
    titles = []
    for cell in head[0]:
        if cell.columns != 1 or cell.rows != 1 or len(cell.blocks) > 1:
            return []
        only = cell.blocks[0] if cell.blocks else Paragraph(())
        if not isinstance(only, Paragraph) or not is_plain(only.runs):
            return []
        titles.append(text_of(only.runs))
    return titles if any(title.strip() for title in titles) else []
