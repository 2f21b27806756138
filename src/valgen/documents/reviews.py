"""Blocks of the periodic review: areas, actions, and what valgen knows about the system at this moment.

Every standard area is a row; one that nobody looked at says so. The facts are made from the project, its matrix and
its runs, so that a reviewer compares them with the points that people wrote.

Source: domain/documents.md b.16 (periodic review report).
"""

from __future__ import annotations

from collections import Counter

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    plain_text,
)
from valgen.documents.catalog import plan_documents
from valgen.documents.change_records import state
from valgen.documents.context import Context
from valgen.documents.fields import count_of, figures_of, labelled, value_blocks, value_cell
from valgen.documents.matrix import gaps
from valgen.documents.results import COUNTED
from valgen.model.item import Item
from valgen.model.outcome import RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.model.subjects import REVIEW_AREAS

RESULTS = {
    "satisfactory": ("Satisfactory", Tone.GOOD),
    "action_required": ("Action required", Tone.WARN),
    "not_reviewed": ("Not reviewed", Tone.WARN),
}


def areas(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every standard area with evidence, finding and status; one without a point is a row."""
    by_area: dict[str, list[Item]] = {}
    for item in context.items("PRV", entry):
        by_area.setdefault(item.value("area"), []).append(item)
    rows: list[Row] = []
    reviewed = 0
    for word, title in REVIEW_AREAS.items():
        points = by_area.get(word, [])
        reviewed += any(item.value("result") != "not_reviewed" for item in points)
        rows.extend(_area_row(item, title, context) for item in points)
        if not points:
            none = cell("none")
            rows.append(Row((none, cell(title), none, none, cell("Not reviewed", Tone.WARN))))
    columns = (
        Column("Point", 9),
        Column("Area", 21),
        Column("Evidence", 27),
        Column("Finding", 31),
        Column("Status", 12),
    )
    lead = paragraph(f"{reviewed} of {len(REVIEW_AREAS)} areas were reviewed.")
    figures = figures_of(context.items("PRV", entry), context)
    return (lead, Table(columns, tuple(rows), role="results"), *figures)


def periods(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Time that the points of the review cover, as they state it."""
    found = tuple(dict.fromkeys(item.value("period") or "" for item in context.items("PRV", entry)))
    stated = [one for one in found if one]
    if not stated:
        return (paragraph("No point of this review states its period.", Tone.WARN),)
    return (paragraph(f"Period of the points: {'; '.join(stated)}."),)


def actions(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What has to be done, by whom and until when."""
    rows = []
    for item in context.items("PRV", entry):
        needed = item.value("result") == "action_required"
        if needed or item.value("action"):
            rows.append(
                Row(
                    (
                        link_cell((item.id,)),
                        cell(item.title),
                        value_cell(item, "action", context, warn=True),
                        value_cell(item, "owner", context, warn=True),
                        value_cell(item, "due", context, warn=True),
                    )
                )
            )
    columns = (Column("Point", 10), Column("Title", 25), Column("Action", 37), Column("Owner", 16), Column("Due", 12))
    return (Table(columns, tuple(rows), role="gaps", empty="No point asks for an action."),)


def facts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What valgen knows: system, documents, results, open points, changes, deviations, records."""
    system = context.project.settings.system
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("System", (paragraph(f"{system.name or context.project.settings.project_name}, id {system.id or 'none'}"),)),
        ("Version", (paragraph(system.version or "not stated"),)),
        ("Documents", (paragraph(_documents(context)),)),
        *((f"Results of {stage.value}", tuple(_stage(stage, context))) for stage in Stage),
        ("Open points", (paragraph(_gaps(context, entry)),)),
        ("Changes", (paragraph(_changes(context)),)),
        ("Deviations", (paragraph(_deviations(context)),)),
        ("Training records", (paragraph(_training(context)),)),
    ]
    return (Facts(tuple(rows)),)


def _area_row(item: Item, title: str, context: Context) -> Row:
    word, tone = RESULTS.get(item.value("result"), ("not stated", Tone.WARN))
    lead = Paragraph((Run(item.title, bold=True),))
    # The owner stands with the action, where there is one.
    rest = ("comment", "source") if item.value("action") else ("comment", "source", "owner")
    found = (
        lead,
        *value_blocks(item, "text", context),
        *value_blocks(item, "finding", context),
        *labelled(item, rest, context),
    )
    return Row(
        (
            cell(item.id, bold=True),
            cell(title),
            value_cell(item, "evidence", context, warn=True),
            Cell(found),
            cell(word, tone),
        ),
        anchor=item.id,
    )


def _documents(context: Context) -> str:
    specs = plan_documents(context)
    unversioned = sum(1 for spec in specs if not spec.entry.version)
    return (
        f"{count_of(len(specs), 'document')}, {unversioned} of them without a version. "
        "Numbers and versions stand under References."
    )


def _stage(stage: Stage, context: Context) -> list[Block]:
    found: list[Block] = []
    for where in context.environments(stage):
        outcomes = Counter(status.outcome for status in context.statuses(stage, where))
        parts = ", ".join(f"{outcomes[one]} {one.value}" for one in COUNTED if outcomes[one])
        dry = context.mode_of(stage, where) is RunMode.DRY
        mode = ("DRY RUN" if context.stage_runs(stage, where) else "no run") if dry else "formal"
        found.append(paragraph(f"{where}, {mode}: {sum(outcomes.values())} planned: {parts}"))
    return found or [paragraph("no test is planned")]


def _gaps(context: Context, entry: DocumentEntry | None) -> str:
    # The rows of the matrix themselves are counted, so that both always agree.
    kinds: Counter[str] = Counter()
    for block in gaps(context, entry):
        at = _column(block, "Gap") if isinstance(block, Table) else None
        if isinstance(block, Table) and at is not None:
            kinds.update(plain_text(row.cells[at].blocks) for row in block.rows)
    parts = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return f"{sum(kinds.values())}{': ' + parts if parts else ''}. They stand in the traceability matrix under Gaps."


def _column(table: Table, title: str) -> int | None:
    return next((at for at, column in enumerate(table.columns) if column.title == title), None)


def _changes(context: Context) -> str:
    found = context.items("CR")
    parts = ", ".join(f"{item.id} ({state(item)[0].lower()})" for item in found)
    return f"{count_of(len(found), 'change request')}{': ' + parts if parts else ''}"


def _deviations(context: Context) -> str:
    found = context.deviations
    open_ones = [one.id for one in found if not one.settled]
    text = f"{count_of(len(found), 'deviation')}, {len(open_ones)} open"
    return f"{text}: {', '.join(open_ones)}" if open_ones else text


def _training(context: Context) -> str:
    found = context.items("TRN")
    held = sum(1 for item in found if item.value("date"))
    return f"{count_of(len(found), 'record')}, {held} of trainings that took place"
