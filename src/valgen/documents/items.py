"""Blocks about items in full: requirements, functions, settings, design elements.

An item is printed with every field that was written, its clauses and the items it satisfies. What comes after it in
the life cycle (lower items, risks, tests, results) stands in the traceability matrix, to which each item has a link:
otherwise a requirement that people approved would change with every test that is added.

Source: domain/documents.md b.3 to b.6.
"""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    Facts,
    Image,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    paragraph,
    runs,
)
from valgen.documents.categories import UNGROUPED, by_category
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.model.item import Item, figure_parts
from valgen.model.item_types import COMMON_FIELDS, Field, FieldKind
from valgen.model.project import DocumentEntry

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
_SHARED = frozenset(field.name for field in COMMON_FIELDS)
_NOT_FACTS = frozenset({"title", "text", "status", "reason", "figures", "gxp", "impact"})
_IN_RECORD = frozenset(
    {"category", "priority", "acceptance", "source", "regulations", "rationale", "comment", "verification"}
)
# The fields that print as a table of one row, because reviewers look for them in columns.
_RECORD = (
    Column("Category", 13),
    Column("Priority", 9),
    Column("GxP-critical", 12),
    Column("Acceptance criterion", 25),
    Column("Source", 17),
    Column("Rationale, comment", 24),
)


def items(context: Context, entry: DocumentEntry | None, kind: str, *, group: bool = True) -> tuple[Block, ...]:
    """Every active item of a type under its categories; user requirements under the standard ones first."""
    found = context.items(kind, entry)
    if not found:
        return (paragraph(f"The project defines no {kind} item.", Tone.MUTED),)
    groups = by_category(found, standard=kind == "URS")
    if not group or set(groups) == {""}:
        return tuple(item_entry(item, context) for item in found)
    return tuple(
        Section(title or UNGROUPED, f"{kind}-category-{number}", tuple(item_entry(item, context) for item in members))
        for number, (title, members) in enumerate(groups.items(), 1)
    )


def item_entry(item: Item, context: Context) -> Entry:
    """One item with every field that was written, every link upward, and the way to the matrix."""
    text = context.markdown(item.text)
    figures = tuple(figure(item, name, context) for name in item.values("figures"))
    if item.type == "URS":
        content: tuple[Block, ...] = (*text, *figures, _record(item, context), *_rest(item, context))
    elif all(isinstance(block, Paragraph | ListBlock) for block in text) and not figures:
        # In one table with the fields, a page break cannot leave the statement behind.
        described = (("Description", text),) if text else ()
        content = (Facts((*described, *_facts(item, context))),)
    else:
        content = (*text, *figures, Facts(_facts(item, context)))
    return Entry(item.id, item.id, item.title, item.type, content)


def figure(item: Item, name: str, context: Context) -> Block:
    """Return a figure of an item with its caption; one that cannot be shown is a sentence that says so."""
    path, caption = figure_parts(name)
    found = context.figures.get((item.path, name))
    if found is None:
        return paragraph(f"Figure {path} of {item.id} is missing.", Tone.BAD)
    sha256, media_type = found
    what = caption or path
    return Image(
        sha256, path, media_type, alt=f"Figure of {item.id} {item.title}: {what}", caption=f"{item.id}: {what}"
    )


def critical(item: Item) -> str:
    """Return whether an item is GxP-critical and what a fault could harm, as one phrase."""
    harmed = ", ".join(WORDS.get(name, name) for name in item.values("impact"))
    if not item.gxp:
        return "No"
    return f"Yes: {harmed}" if harmed else "Yes: stated by the author"


def priority_word(item: Item) -> str:
    """Return the priority of an item as printed."""
    return WORDS.get(item.value("priority"), item.value("priority")) or "not stated"


def to_matrix(item: Item) -> Paragraph:
    """Return the link from an item to its row of the traceability matrix."""
    return Paragraph((Run("row in the RTM", link=f"#row-{item.id}"),))


def _record(item: Item, context: Context) -> Table:
    source = [paragraph(item.value("source"))] if item.value("source") else []
    if item.values("regulations"):
        source.append(paragraph(", ".join(item.values("regulations"))))
    reasons = (*context.markdown(item.value("rationale")), *context.markdown(item.value("comment")))
    cells = (
        cell(item.value("category") or "not stated"),
        cell(priority_word(item)),
        cell(critical(item)),
        Cell(context.markdown(item.value("acceptance")) or (paragraph("not stated", Tone.MUTED),)),
        Cell(tuple(source) or (paragraph("not stated", Tone.MUTED),)),
        Cell(reasons or (paragraph("not stated", Tone.MUTED),)),
    )
    return Table(_RECORD, (Row(cells),), role="plain")


def _rest(item: Item, context: Context) -> tuple[Block, ...]:
    """What the table of one row does not hold: fields of the project's own and how the item is verified, traced."""
    lines: list[Run] = [*runs("Verification: ", bold=True), *runs(f"{item.verification}. ")]
    lines += [*runs("Trace: ", bold=True), *to_matrix(item).runs]
    further = tuple(
        (field.label, _value(item, field, context))
        for field in context.graph.types[item.type].fields
        if field.name in item.fields and field.name not in _NOT_FACTS | _IN_RECORD
    )
    return (Paragraph(tuple(lines)), *((Facts(further),) if further else ()))


def _facts(item: Item, context: Context) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    rows: list[tuple[str, tuple[Block, ...]]] = []
    for field in context.graph.types[item.type].fields:
        if field.name in _NOT_FACTS:
            continue
        if field.name in item.fields:
            rows.append((field.label, _value(item, field, context)))
        elif field.name not in _SHARED:
            rows.append((field.label, (paragraph("not stated", Tone.MUTED),)))
    rows.append(("GxP-critical", (paragraph(critical(item)),)))
    rows.append(("Trace", (to_matrix(item),)))
    return tuple(rows)


def _value(item: Item, field: Field, context: Context) -> tuple[Block, ...]:
    if field.kind is FieldKind.LINKS:
        return (linked(item.values(field.name)),)
    if field.kind is FieldKind.PROSE:
        return context.markdown(item.value(field.name))
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        text = ", ".join(WORDS.get(value, value) for value in item.values(field.name))
        return (paragraph(text[:1].upper() + text[1:]),)
    return (paragraph(item.value(field.name)),)
