"""Tables about items: one line each, retired ones, and how one level covers the level above it.

Source: domain/documents.md b.3 (retired), b.4 and b.6 (coverage tables).
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Table, Tone, cell, link_cell, paragraph, runs
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.items import critical, priority_word
from valgen.model.item import Item
from valgen.model.outcome import Coverage
from valgen.model.project import DocumentEntry
from valgen.trace.coverage import uncovered_status

_BY_TYPE = {"CS": "infrastructure, by configuration ", "DS": "infrastructure, by design "}


def overview(context: Context, entry: DocumentEntry | None, kind: str) -> tuple[Block, ...]:
    """One line per active item: id, title, category, priority, GxP relevance, verification."""
    rows = [
        Row(
            (
                link_cell((item.id,)),
                cell(item.title),
                cell(item.value("category") or "N/A: none"),
                cell(priority_word(item)),
                cell(critical(item)),
                cell(item.verification.capitalize()),
            )
        )
        for item in context.items(kind, entry)
    ]
    columns: tuple[Column, ...] = (
        Column("ID", 13),
        Column("Title", 33),
        Column("Category", 18),
        Column("Priority", 10),
        Column("GxP-critical", 14),
        Column("Verification", 12),
    )
    # A level that states no priority has none, and a column that says so in each row would be noise.
    if not any(item.value("priority") for item in context.items(kind, entry)):
        rows = [Row((*row.cells[:3], *row.cells[4:])) for row in rows]
        columns = (*columns[:3], *columns[4:])
    return (Table(columns, tuple(rows), role="index", empty=f"The project defines no {kind} item."),)


def retired(context: Context, entry: DocumentEntry | None, kind: str) -> tuple[Block, ...]:
    """Retired items with the reason; their ids are never used again."""
    rows = [
        Row(
            (
                cell(item.id),
                cell(item.title),
                Cell(context.markdown(item.value("reason")) or (paragraph("not stated"),)),
            ),
            anchor=item.id,
        )
        for item in context.items(kind, entry, retired=True)
    ]
    columns = (Column("ID", 15), Column("Title", 35), Column("Reason", 50))
    return (Table(columns, tuple(rows), role="plain", empty="No item has been retired."),)


def coverage_by(context: Context, entry: DocumentEntry | None, upper: str, lower: tuple[str, ...]) -> tuple[Block, ...]:
    """Every active item of one level with the items of the next level that satisfy it, or the reason why none does.

    Args:
        context: of the documents.
        entry: the document.
        upper: item type whose items are listed.
        lower: the type that is expected to satisfy them, then types that may do so instead.
    """
    rows = []
    open_ones = 0
    for item in context.items(upper, entry if entry and entry.type == upper else None):
        below = [context.graph.items[name] for name in context.graph.below(item.id)[1:]]
        first = tuple(one.id for one in below if one.type == lower[0])
        other = cell("N/A: covered", Tone.MUTED) if first else _otherwise(item, below, lower[1:], context)
        open_ones += other.tone is Tone.BAD
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.title),
                    Cell((linked(first),)) if first else cell("none"),
                    other,
                )
            )
        )
    columns = (Column(upper, 12), Column("Title", 34), Column(lower[0], 24), Column("Reason where there is none", 30))
    table = Table(columns, tuple(rows), role="index", empty=f"The project defines no {upper} item.")
    if not rows:
        return (table,)
    words = "none is open" if not open_ones else f"{open_ones} open"
    return (table, paragraph(f"{len(rows)} {upper} items; {words}."))


def _otherwise(item: Item, below: list[Item], lower: tuple[str, ...], context: Context) -> Cell:
    for kind in lower:
        names = tuple(one.id for one in below if one.type == kind)
        if names:
            return _reason(_BY_TYPE.get(kind, f"by {kind} "), names)
    status = uncovered_status(item, context.graph)
    if status is Coverage.PROCEDURE:
        return _reason("procedural: ", tuple(one.id for one in below if one.type == "SOP"))
    if status is Coverage.SUPPLIER:
        return _reason("supplier evidence: ", tuple(one.id for one in below if one.type == "SUP"))
    if status is Coverage.NOT_APPLICABLE:
        return cell(f"not applicable: {item.value('reason') or 'see rationale'}")
    if item.type != "URS":
        return cell("no design element; built as described here")
    return cell("GAP: nothing satisfies it", Tone.BAD)


def _reason(words: str, names: tuple[str, ...]) -> Cell:
    return Cell((Paragraph((*runs(words), *linked(names).runs)),))
