"""Blocks of the supplier assessment: points by supplier and domain, findings, the leverage decision table.

Every standard domain is a row per supplier; one that nobody looked at says so. What a supplier document replaces is
decided per document, with what must still be shown on site.

Source: domain/documents.md b.16 (supplier assessment).
"""

from __future__ import annotations

from collections import Counter

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.fields import count_of, figures_of, labelled, value_blocks, value_cell
from valgen.model.item import Item
from valgen.model.project import DocumentEntry
from valgen.model.subjects import SUPPLIER_DOMAINS

RATINGS = {
    "satisfactory": ("Satisfactory", "nothing to object", Tone.GOOD),
    "minor": ("Minor", "to be improved; no effect on the intended use", Tone.NEUTRAL),
    "major": ("Major", "may affect the intended use; needs an action with a date", Tone.WARN),
    "critical": ("Critical", "excludes reliance on the supplier until it is resolved", Tone.BAD),
    "not_assessed": ("Not assessed", "nothing was looked at", Tone.WARN),
}
"""Rating to printed word, meaning and tone."""
_ABOUT_DOCUMENT = ("category", "source", "owner", "rationale", "regulations")
_DECISIONS = {"full": "Full", "partial": "Partial", "background": "Background", "rejected": "Rejected"}


def overview(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Each supplier with how many points have which rating and which documents are relied on."""
    rows = []
    for name in _suppliers(context, entry):
        points, evidence = _points(name, context, entry), _evidence(name, context, entry)
        ratings = Counter(item.value("rating") for item in points)
        looked = {item.value("domain") for item in points if item.value("rating") != "not_assessed"}
        rows.append(
            Row(
                (
                    cell(name, bold=True),
                    cell(f"{len(looked)} of {len(SUPPLIER_DOMAINS)}", Tone.WARN if not looked else Tone.NEUTRAL),
                    *(cell(str(ratings[word])) for word in ("satisfactory", "minor", "major", "critical")),
                    Cell((linked(tuple(item.id for item in evidence)),)) if evidence else cell("none"),
                )
            )
        )
    columns = (
        Column("Supplier", 28),
        Column("Domains assessed", 12),
        *(Column(RATINGS[word][0], 11) for word in ("satisfactory", "minor", "major", "critical")),
        Column("Documents", 16),
    )
    meanings = "; ".join(f"{word}: {meaning}" for word, meaning, _ in RATINGS.values())
    table = Table(columns, tuple(rows), role="results", empty="The project defines neither SA nor SUP items.")
    return (table, paragraph(f"Ratings. {meanings}.", Tone.MUTED))


def points(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Per supplier, every standard domain with evidence, finding and rating."""
    blocks: list[Block] = []
    names = [name for name in _suppliers(context, entry) if _points(name, context, entry)]
    for number, name in enumerate(names, 1):
        rows: list[Row] = []
        by_domain: dict[str, list[Item]] = {}
        for item in _points(name, context, entry):
            by_domain.setdefault(item.value("domain"), []).append(item)
        for word, title in SUPPLIER_DOMAINS.items():
            members = by_domain.get(word, [])
            rows.extend(_point_row(item, title, context) for item in members)
            if not members:
                none = cell("none")
                rows.append(Row((none, cell(title), none, none, cell("Not assessed", Tone.WARN))))
        columns = (
            Column("Point", 9),
            Column("Domain", 20),
            Column("Evidence", 27),
            Column("Finding", 32),
            Column("Rating", 12),
        )
        key = entry.key if entry else "SUP"
        figures = figures_of(_points(name, context, entry), context)
        table = Table(columns, tuple(rows), role="results")
        blocks.append(Section(name, f"{key}-supplier-{number}", (table, *figures)))
    if not blocks:
        return (paragraph("The project defines no SA item; nothing of a supplier has been assessed.", Tone.WARN),)
    return tuple(blocks)


def actions(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Findings that are not satisfactory, and every action, with owner and date."""
    rows = []
    for item in context.items("SA", entry):
        rating = item.value("rating")
        if rating in ("satisfactory", "not_assessed") and not item.value("action"):
            continue
        bad = rating in ("major", "critical")
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.value("supplier")),
                    value_cell(item, "finding", context),
                    _rating(item),
                    value_cell(item, "action", context, "none stated" if bad else "none needed", warn=bad),
                    cell(item.value("owner") or "not stated"),
                    cell(item.value("due") or ("not stated" if item.value("action") else "N/A: no action")),
                )
            )
        )
    columns = (
        Column("Point", 8),
        Column("Supplier", 14),
        Column("Finding", 24),
        Column("Rating", 10),
        Column("Action", 24),
        Column("Owner", 10),
        Column("Due", 10),
    )
    return (Table(columns, tuple(rows), role="gaps", wide=True, empty="No point asks for an action."),)


def leverage(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The leverage decision table: one row per supplier document."""
    found = context.items("SUP", entry)
    rows = []
    for item in found:
        decision = item.value("leverage")
        relied = decision in ("full", "partial")
        rows.append(
            Row(
                (
                    cell(item.id, bold=True),
                    _document(item, context),
                    value_cell(item, "version_match", context, warn=relied),
                    value_cell(item, "independence", context, warn=relied),
                    value_cell(item, "scope_relevance", context, warn=relied),
                    cell(_DECISIONS.get(decision, "not decided"), Tone.NEUTRAL if decision else Tone.WARN, bold=True),
                    _site(item, decision, context),
                    Cell((linked(item.values("satisfies")),)) if item.values("satisfies") else cell("nothing"),
                ),
                anchor=item.id,
            )
        )
    columns = (
        Column("ID", 8),
        Column("Supplier document", 24),
        Column("Version match", 8),
        Column("Independence", 13),
        Column("Scope relevance", 15),
        Column("Decision", 9),
        Column("Site evidence still required", 17),
        Column("Satisfies", 8),
    )
    decisions = Counter(item.value("leverage") for item in found)
    parts = [f"{decisions[word]} {title.lower()}" for word, title in _DECISIONS.items()]
    text = f"{count_of(len(found), 'supplier document')}: {', '.join(parts)}, {decisions['']} not decided."
    table = Table(columns, tuple(rows), role="results", wide=True, empty="The project defines no SUP item.")
    return (paragraph(text), table, *figures_of(found, context))


def _suppliers(context: Context, entry: DocumentEntry | None) -> tuple[str, ...]:
    named = (item.value("supplier") for kind in ("SA", "SUP") for item in context.items(kind, entry))
    return tuple(dict.fromkeys(name or "supplier not stated" for name in named))


def _points(name: str, context: Context, entry: DocumentEntry | None) -> tuple[Item, ...]:
    return tuple(item for item in context.items("SA", entry) if item.value("supplier") == name)


def _evidence(name: str, context: Context, entry: DocumentEntry | None) -> tuple[Item, ...]:
    return tuple(
        item for item in context.items("SUP", entry) if (item.value("supplier") or "supplier not stated") == name
    )


def _point_row(item: Item, title: str, context: Context) -> Row:
    finding = (Paragraph((Run(item.title, bold=True),)), *value_blocks(item, "text", context))
    # The owner stands with the action, where there is one.
    rest = ("comment", "source") if item.value("action") else ("comment", "source", "owner")
    return Row(
        (
            cell(item.id, bold=True),
            cell(title),
            value_cell(item, "evidence", context, warn=True),
            Cell((*finding, *value_blocks(item, "finding", context), *labelled(item, rest, context))),
            _rating(item),
        ),
        anchor=item.id,
    )


def _rating(item: Item) -> Cell:
    word, _, tone = RATINGS.get(item.value("rating"), ("not stated", "", Tone.WARN))
    return cell(word, tone)


def _document(item: Item, context: Context) -> Cell:
    name = item.value("document") or item.title
    lead = Paragraph((Run(name, bold=True), Run(f", version {item.value('version') or 'not stated'}")))
    about = paragraph(item.title) if item.value("document") else None
    who = paragraph(item.value("supplier")) if item.value("supplier") else None
    rest = (*value_blocks(item, "text", context), *labelled(item, _ABOUT_DOCUMENT, context))
    return Cell((*(block for block in (lead, about, who) if block is not None), *rest))


def _site(item: Item, decision: str, context: Context) -> Cell:
    blocks = (*value_blocks(item, "site_evidence", context), *value_blocks(item, "comment", context))
    if blocks:
        return Cell(blocks)
    if decision == "full":
        return cell("none: it is relied on in full")
    return cell("not stated", Tone.WARN) if decision == "partial" else cell("all: it is not relied on")
