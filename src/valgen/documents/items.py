"""Blocks about items: requirements, functions, settings, design elements, and how the levels cover each other."""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    Facts,
    Image,
    Row,
    Section,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.documents.common import linked, tests_linked
from valgen.documents.context import Context
from valgen.model.item import Item
from valgen.model.item_types import FieldKind
from valgen.model.outcome import Coverage
from valgen.model.project import DocumentEntry
from valgen.trace.coverage import uncovered_status

WORDS: Mapping[str, str] = {
    "must": "Must",
    "should": "Should",
    "could": "Could",
    "wont": "Won't",
    "patient_safety": "patient safety",
    "product_quality": "product quality",
    "data_integrity": "data integrity",
    "low": "Low",
    "medium": "Medium",
    "high": "High",
}
_NOT_FACTS = frozenset({"title", "text", "status", "reason", "figures", "category"})
_UNGROUPED = "Uncategorised"


def items(context: Context, entry: DocumentEntry | None, kind: str, *, group: bool = True) -> tuple[Block, ...]:
    """Every active item of a type, under its categories in the order in which they first appear."""
    found = context.items(kind, entry)
    if not found:
        return (paragraph(f"The project defines no {kind} item.", Tone.MUTED),)
    groups: dict[str, list[Item]] = {}
    for item in found:
        groups.setdefault(item.value("category"), []).append(item)
    if not group or set(groups) == {""}:
        return tuple(item_entry(item, context) for item in found)
    return tuple(
        Section(title or _UNGROUPED, f"{kind}-category-{number}", tuple(item_entry(item, context) for item in members))
        for number, (title, members) in enumerate(groups.items(), 1)
    )


def item_entry(item: Item, context: Context) -> Entry:
    """One item with every field that was written and every link up and down."""
    blocks: list[Block] = list(context.markdown(item.text))
    for name in item.values("figures"):
        blocks.append(_figure(item, name, context))
    blocks.append(Facts(_facts(item, context)))
    return Entry(item.id, item.id, item.title, item.type, tuple(blocks))


def overview(context: Context, entry: DocumentEntry | None, kind: str) -> tuple[Block, ...]:
    """One line per active item: id, title, category, priority, GxP relevance, verification."""
    rows = [
        Row(
            (
                link_cell((item.id,)),
                cell(item.title),
                cell(item.value("category") or "N/A"),
                cell(WORDS.get(item.value("priority"), item.value("priority")) or "not stated"),
                cell("Yes" if item.gxp else "No"),
                cell(item.verification.capitalize()),
            )
        )
        for item in context.items(kind, entry)
    ]
    columns = (
        Column("ID", 14),
        Column("Title", 36),
        Column("Category", 18),
        Column("Priority", 11),
        Column("GxP", 7),
        Column("Verification", 14),
    )
    return (Table(columns, tuple(rows), role="index", empty=f"The project defines no {kind} item."),)


def retired(context: Context, entry: DocumentEntry | None, kind: str) -> tuple[Block, ...]:
    """Retired items with the reason; their ids are never used again."""
    rows = [
        Row((cell(item.id), cell(item.title), cell(item.value("reason"))), anchor=item.id)
        for item in context.items(kind, entry, retired=True)
    ]
    columns = (Column("ID", 15), Column("Title", 35), Column("Reason", 50))
    return (Table(columns, tuple(rows), role="plain", empty="No item has been retired."),)


def coverage_by(context: Context, entry: DocumentEntry | None, upper: str, lower: tuple[str, ...]) -> tuple[Block, ...]:
    """Every active item of one level with the items of the next levels that satisfy it, or how else it is met."""
    rows = []
    for item in context.items(upper, entry):
        below = tuple(name for name in context.graph.below(item.id)[1:] if context.graph.items[name].type in lower)
        if below:
            rows.append(Row((link_cell((item.id,)), cell(item.title), Cell((linked(below),)))))
        else:
            rows.append(Row((link_cell((item.id,)), cell(item.title), _otherwise(item, context))))
    columns = (Column(upper, 14), Column("Title", 46), Column(" / ".join(lower), 40))
    return (Table(columns, tuple(rows), role="index", empty=f"The project defines no {upper} item."),)


def configuration(context: Context, entry: DocumentEntry | None, kind: str = "CS") -> tuple[Block, ...]:
    """Configuration items: parameter, approved value, default, and what verifies it."""
    rows = []
    for item in context.items(kind, entry):
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.value("parameter") or item.title),
                    cell(item.value("value"), code=True),
                    cell(item.value("default") or "not stated"),
                    cell("Yes" if item.gxp else "No"),
                    Cell((linked(context.graph.up.get(item.id, ())),)),
                    Cell((tests_linked(_tests(item, context), context),)),
                )
            )
        )
    columns = (
        Column("ID", 12),
        Column("Parameter", 24),
        Column("Approved value", 20),
        Column("Default", 14),
        Column("GxP", 6),
        Column("Satisfies", 12),
        Column("Verified by", 12),
    )
    return (Table(columns, tuple(rows), role="index", wide=True, empty=f"The project defines no {kind} item."),)


def _facts(item: Item, context: Context) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    rows: list[tuple[str, tuple[Block, ...]]] = []
    kind = context.graph.types[item.type]
    for field in kind.fields:
        if field.name in _NOT_FACTS or field.name not in item.fields:
            continue
        if field.kind is FieldKind.LINKS:
            rows.append((field.label, (linked(item.values(field.name)),)))
        elif field.kind is FieldKind.PROSE:
            rows.append((field.label, context.markdown(item.value(field.name))))
        elif field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            values = (WORDS.get(value, value) for value in item.values(field.name))
            text = ", ".join(values)
            rows.append((field.label, (paragraph(text[:1].upper() + text[1:]),)))
        elif field.name != "gxp":
            rows.append((field.label, (paragraph(item.value(field.name)),)))
    if "priority" in item.fields or item.type == "URS":
        rows.append(("GxP-critical", (paragraph("Yes" if item.gxp else "No"),)))
    down = context.graph.down.get(item.id, ())
    if down:
        rows.append(("Satisfied by", (linked(down),)))
    risks = context.graph.risks.get(item.id, ())
    if risks:
        rows.append(("Risks", (linked(risks),)))
    rows.append(("Verified by", _verified_by(item, context)))
    return tuple(rows)


def _tests(item: Item, context: Context) -> tuple[str, ...]:
    return context.graph.covering_tests(item.id)


def _verified_by(item: Item, context: Context) -> tuple[Block, ...]:
    tests = _tests(item, context)
    if tests:
        return (tests_linked(tests, context),)
    cell_ = _otherwise(item, context)
    return cell_.blocks


def _otherwise(item: Item, context: Context) -> Cell:
    """How an item without tests or lower items is met; a gap says GAP."""
    if context.graph.covering_tests(item.id):
        return Cell((paragraph("verified directly by "), tests_linked(context.graph.covering_tests(item.id), context)))
    status = uncovered_status(item, context.graph)
    if status is Coverage.GAP:
        return cell("GAP: nothing verifies it", Tone.BAD)
    if status is Coverage.PROCEDURE:
        sops = tuple(name for name in context.graph.below(item.id) if context.graph.items[name].type == "SOP")
        return Cell((paragraph("by procedure "), linked(sops))) if sops else cell("by procedure")
    if status is Coverage.SUPPLIER:
        sups = tuple(name for name in context.graph.below(item.id) if context.graph.items[name].type == "SUP")
        return Cell((paragraph("by supplier evidence "), linked(sups))) if sups else cell("by supplier evidence")
    return cell(f"not applicable: {item.value('reason') or 'see rationale'}")


def _figure(item: Item, name: str, context: Context) -> Block:
    found = context.figures.get((item.path, name))
    if found is None:
        return paragraph(f"Figure {name} of {item.id} is missing.", Tone.BAD)
    sha256, media_type = found
    return Image(sha256, name, media_type, alt=f"Figure of {item.id}: {name}", caption=f"{item.id}: {name}")
