"""Pages: which parts lie across, and how a large document is cut into volumes.

A wide table asks for a landscape page. The smallest thing that reads as one, a section's own blocks or a whole item,
lies across with it, so that a heading never stays behind alone. A volume ends between two such parts, or within one
that is larger than a volume, between blocks or rows of a table. What goes on in the next volume begins there with
its headings again, marked as continued.

Source: design.md §6 (large documents in volumes), §9.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from valgen.documents.blocks import Block, Document, Entry, Row, Section, Table
from valgen.writers.docx.widths import Widths
from valgen.writers.pdf.heights import Heights
from valgen.writers.pdf.places import anchors

WIDTH = 9412
"""Of the text on an upright page, twips."""

HEIGHT = 703.0
"""Of the text on an upright page, points."""

WIDTH_ACROSS = 14344
HEIGHT_ACROSS = 456.4

_FEW_LINES = 150.0  # points

LISTED_LEVELS = 3
LONGEST_CONTENTS = 400
"""Lines up to which items and test cases are listed in the contents; a longer one would hide the sections."""


@dataclass(frozen=True, slots=True)
class SectionHead:
    """A section without its content, as its heading needs it."""

    section: Section
    number: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of a document that stays on pages of one orientation.

    Attributes:
        heads: headings of sections that begin here.
        around: the section that it stands in with those around it, outermost first.
        entry: the item or case whose content it is, None for blocks of a section itself.
        blocks: content.
        depth: heading level of the section or entry around the blocks.
        across: whether it lies on landscape pages.
        continued: whether its first block goes on with the table before it.
        rest: whether it goes on with the entry before it, so that this has its heading already.
    """

    heads: tuple[SectionHead, ...] = ()
    around: tuple[SectionHead, ...] = ()
    entry: Entry | None = None
    blocks: tuple[Block, ...] = ()
    depth: int = 1
    across: bool = False
    continued: bool = False
    rest: bool = False

    def anchors(self) -> Iterator[tuple[object, str]]:
        """Yield what carries an anchor here: headings, the entry, the blocks with all that is in them."""
        for head in self.heads:
            if head.section.anchor:
                yield head.section, head.section.anchor
        if self.entry is not None and self.entry.anchor and not self.rest:
            yield self.entry, self.entry.anchor
        yield from anchors(self.blocks)

    @property
    def name(self) -> str:
        """What a reader calls the part: its section, with the item or case that it is."""
        section = f"{self.around[-1].number} {self.around[-1].section.title}" if self.around else ""
        return ", ".join(filter(None, (section, self.entry.label if self.entry is not None else "")))


def units(document: Document) -> list[Unit]:
    """Return the parts of a document in order."""
    made: list[Unit] = []
    carried: list[SectionHead] = []
    for number, section in enumerate(document.sections, 1):
        _section(section, str(number), 1, (), carried, made)
    if carried:
        made.append(Unit(heads=tuple(carried), around=(carried[-1],), depth=carried[-1].depth))
    return made


def listed_levels(parts: Sequence[Unit]) -> int:
    """Return the deepest heading level that the contents list."""
    levels = [head.depth for unit in parts for head in unit.heads]
    entries = [unit.depth for unit in parts if unit.entry is not None]
    if sum(level <= LISTED_LEVELS for level in levels + entries) <= LONGEST_CONTENTS:
        return LISTED_LEVELS
    return max(1, min(LISTED_LEVELS, min(entries, default=LISTED_LEVELS) - 1))


def orientations(parts: Sequence[Unit], heights: Heights) -> list[bool]:
    """Return which units lie across: those that ask for it, and few lines beside them that would fill no page."""
    across = [unit.across for unit in parts]
    start = 0
    while start < len(parts):
        end = start
        high = 0.0
        while end < len(parts) and not across[end]:
            # Headings of the next unit that lies across stand with it already.
            if high <= _FEW_LINES:
                high += 40.0 * (len(parts[end].heads) + (parts[end].entry is not None))
                high += heights.blocks(parts[end].blocks, WIDTH)
            end += 1
        beside = (start > 0 and across[start - 1]) or (end < len(parts) and across[end])
        if end > start and beside and high <= _FEW_LINES:
            across[start:end] = [True] * (end - start)
        start = max(end, start + 1)
    return across


def volumes(parts: Sequence[Unit], widths: Widths, heights: Heights, pages: int) -> list[list[Unit]]:
    """Cut a document into volumes of about ``pages`` pages at most."""
    limit = pages * HEIGHT
    made: list[list[Unit]] = [[]]
    filled = 0.0
    for unit in parts:
        for piece, high in _pieces(unit, widths, heights, limit):
            if filled and filled + high > limit:
                made.append([])
                filled = 0.0
            made[-1].append(piece)
            filled += high
    return made


def room(across: bool) -> tuple[int, float]:
    """Return width in twips and height in points of a page's text."""
    return (WIDTH_ACROSS, HEIGHT_ACROSS) if across else (WIDTH, HEIGHT)


def _section(
    section: Section,
    number: str,
    depth: int,
    outer: tuple[SectionHead, ...],
    carried: list[SectionHead],
    made: list[Unit],
) -> None:
    head = SectionHead(section, number, depth)
    around = (*outer, head)
    carried.append(head)
    loose: list[Block] = []
    count = 0

    def emit(blocks: tuple[Block, ...], entry: Entry | None, level: int) -> None:
        made.append(
            Unit(
                heads=tuple(carried), around=around, entry=entry, blocks=blocks, depth=level, across=_across(blocks)
            )
        )  # fmt: skip
        carried.clear()

    for block in section.blocks:
        if not isinstance(block, Section | Entry):
            loose.append(block)
            continue
        if loose:
            emit(tuple(loose), None, depth)
            loose.clear()
        if isinstance(block, Section):
            count += 1
            _section(block, f"{number}.{count}", depth + 1, around, carried, made)
        else:
            emit(block.blocks, block, depth + 1)
    if loose:
        emit(tuple(loose), None, depth)


def _across(blocks: tuple[Block, ...]) -> bool:
    return any(isinstance(block, Table) and block.wide and block.rows for block in blocks)


def _pieces(unit: Unit, widths: Widths, heights: Heights, limit: float) -> Iterator[tuple[Unit, float]]:
    """Yield a unit with its height in points of upright pages, in pieces when it is larger than a volume."""
    width, height = room(unit.across)
    scale = HEIGHT / height
    head = 40.0 * (len(unit.heads) + (unit.entry is not None))
    tall = head + heights.blocks(unit.blocks, width) * scale
    if tall <= limit:
        yield unit, tall
        return
    held: list[Block] = []
    filled, first, continued = head, True, False
    for block, high, goes_on in _cut(unit.blocks, widths, heights, width, limit / scale):
        high *= scale
        if held and filled + high > limit:
            yield _part(unit, held, first, continued), filled
            held, filled, first = [], 0.0, False
        if not held:
            continued = goes_on
        held.append(block)
        filled += high
    yield _part(unit, held, first, continued), filled


def _part(unit: Unit, blocks: list[Block], first: bool, continued: bool) -> Unit:
    part = replace(unit, blocks=tuple(blocks), continued=continued)
    return part if first else replace(part, heads=(), rest=True)


def _cut(
    blocks: Sequence[Block], widths: Widths, heights: Heights, width: int, limit: float
) -> Iterator[tuple[Block, float, bool]]:
    """Yield blocks with their heights, tables higher than ``limit`` in pieces that say whether they go on."""
    for block in blocks:
        high = heights.block(block, width)
        if high <= limit or not isinstance(block, Table) or _spanned(block):
            yield block, high, False
            continue
        heads = tuple(row for row in block.rows if row.head)
        columns = widths.table(block, width)
        held: list[Row] = []
        filled, goes_on = 0.0, False
        for row in block.rows[len(heads) :]:
            need = heights.row(row, columns)
            if held and filled + need > limit:
                yield replace(block, rows=(*heads, *held)), filled, goes_on
                held, filled, goes_on = [], 0.0, True
            held.append(row)
            filled += need
        yield replace(block, rows=(*heads, *held)), filled, goes_on


def _spanned(table: Table) -> bool:
    return any(cell.rows > 1 for row in table.rows for cell in row.cells)
