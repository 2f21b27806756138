"""Checklists and blank forms of a protocol, and the deviations of a stage.

What records can say stands in the checklist; what only a person can know is left to be confirmed, and never ticked.

Source: domain/documents.md b.8 (sections 5, 11, 12), b.12 (section 5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    ListBlock,
    Notice,
    Row,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    plain_text,
)
from valgen.documents.catalog import plan_documents
from valgen.documents.common import moment
from valgen.documents.context import Context
from valgen.documents.document_control import document_key
from valgen.documents.executed import deviation_text
from valgen.documents.issue import BLANK
from valgen.documents.places import approval_words
from valgen.documents.rowing import count
from valgen.documents.step_tables import tone_of
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry

SPECIFIED_BY: dict[Stage, tuple[str, ...]] = {
    Stage.IQ: ("URS", "FS", "CS", "DS", "RA"),
    Stage.OQ: ("URS", "FS", "CS", "RA"),
    Stage.PQ: ("URS", "RA", "SOP"),
}
"""Types of documents that are approved before a protocol of the stage is."""
_PREVIOUS = {Stage.OQ: Stage.IQ, Stage.PQ: Stage.OQ}
_EVIDENCE_ROWS = 4


def entry_criteria(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """General entry criteria with their state by records, and room for initials and date."""
    rows = tuple(
        Row((cell(text), state if isinstance(state, Cell) else cell(state, Tone.MUTED), cell(BLANK)))
        for text, state in _criteria(context, entry, stage)
    )
    columns = (
        Column("Criterion", 46),
        Column("State by records", 34),
        Column("Confirmed by, date", 20),
    )
    return (Table(columns, rows, role="index", caption="Entry criteria of every execution"),)


def as_checklist(blocks: Sequence[Block], caption: str) -> tuple[Block, ...]:
    """Return prose with its lists as rows to be confirmed; other blocks stay as they are."""
    found: list[Block] = []
    for block in blocks:
        if not isinstance(block, ListBlock):
            found.append(block)
            continue
        rows = tuple(Row((Cell(item), cell(BLANK))) for item in block.items)
        found.append(
            Table((Column("Criterion", 76), Column("Confirmed by, date", 24)), rows, role="index", caption=caption)
        )
    return tuple(found)


def with_columns(blocks: Sequence[Block], titles: Sequence[str]) -> tuple[Block, ...]:
    """Return prose that needs a table with certain columns; one that is missing, or lacks some, says so."""
    tables = [block for block in blocks if isinstance(block, Table)]
    if not tables:
        table = Table(tuple(Column(title) for title in titles), (), empty=f"No record. Columns: {', '.join(titles)}.")
        return (*blocks, table)
    known = {column.title.strip().casefold() for table in tables for column in table.columns}
    missing = [title for title in titles if title.casefold() not in known]
    if not missing:
        return tuple(blocks)
    text = f"The table lacks {', '.join(missing)}."
    return (*blocks, Notice("Columns missing", (paragraph(text),)))


def evidence_form(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Blank index of attachments, for executions on paper."""
    titles = (
        ("Evidence ID", 16), ("Test, step", 14), ("Type", 12), ("File, description", 24), ("Captured at", 16),
        ("Captured by", 18),
    )  # fmt: skip
    columns = tuple(Column(title, weight) for title, weight in titles)
    rows = tuple(Row(tuple(cell(BLANK) for _ in columns)) for _ in range(_EVIDENCE_ROWS))
    note = paragraph("Automated executions fill the index by themselves, with the SHA-256 of each file.")
    return (note, Table(columns, rows, role="index"))


def stage_deviations(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Deviations of the stage with class and status, then results that ask for one and have none."""
    where = entry.environment if entry else ""
    own = [one for one in context.deviations if one.phase == stage.value and where in ("", one.environment)]
    rows = tuple(
        Row(
            (
                link_cell((one.id,)),
                cell(f"{one.case}, {one.environment}, {one.run}" if one.case else "outside a test"),
                cell(one.counted_class.value if one.classification else "unclassified: counts as critical"),
                cell(one.status.value, Tone.NEUTRAL if one.settled else Tone.WARN),
                cell(moment(one.closed_at) if one.closed_at else "not closed"),
            )
        )
        for one in own
    )
    columns = (
        Column("Deviation", 14),
        Column("Test, environment, run", 34),
        Column("Class", 20),
        Column("Status", 18),
        Column("Closed", 14),
    )
    open_ones = [
        status for status in context.statuses(stage, where) if status.outcome.executed and not status.outcome.accepted
    ]
    asking = tuple(
        Row(
            (
                link_cell((status.case,)),
                cell(status.environment),
                cell(status.outcome.value, tone_of(status.outcome)),
                cell(deviation_text(status, context)),
            )
        )
        for status in open_ones
    )
    second = Table(
        (Column("Test ID", 24), Column("Env.", 14), Column("Result", 22), Column("Deviation", 40)),
        asking,
        role="gaps",
        caption="Results that ask for a deviation",
        empty="No executed test asks for a deviation.",
    )
    counts = Counter(one.status.value for one in own)
    words = ", ".join(f"{number} {status.lower()}" for status, number in sorted(counts.items()))
    text = (
        f"{count(len(own), 'deviation')}{': ' + words if words else ''}; {count(len(asking), 'result')} asking for one."
    )
    first = Table(columns, rows, role="results", empty="No deviation of this stage is recorded.")
    return (first, paragraph(text), second)


def _criteria(context: Context, entry: DocumentEntry | None, stage: Stage) -> Iterator[tuple[str, str | Cell]]:
    specs = plan_documents(context)
    for kind in SPECIFIED_BY[stage]:
        for spec in specs:
            if spec.entry.type == kind:
                words = approval_words(spec.key, spec.bare_version)
                yield f"{spec.number} {spec.title} is approved", Cell((words,))
    own = approval_words(document_key(context, entry), entry.version if entry else "")
    yield "This protocol is approved before the first formal step", Cell((own,))
    if stage in _PREVIOUS:
        before = _PREVIOUS[stage]
        yield f"{before} is complete, or its deviations are assessed", "confirmed when the execution begins"
    names = ", ".join(context.environments(stage, entry.environment if entry else "")) or "none planned"
    yield f"The environment is ready and is the declared one ({names})", "compared when the execution begins"
    system = context.project.settings.system
    version = f"{system.name} {system.version}".strip() or "no version declared"
    yield "The installed version is the one under test", version
    yield "Test data and test accounts are loaded", "confirmed when the execution begins"
    kept = bool(context.items("TRN"))
    said = "compared with the training records when a run begins" if kept else "confirmed by the test lead"
    yield "Testers are trained in procedure and test execution, with training records", said
    qualified = context.project.settings.qualified_valgen
    said = f"qualified is {qualified}, compared when a run begins" if qualified else context.tool
    yield "The test tool is qualified in the version used", said


def criteria_texts(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the criteria of a prose section as texts: list items one by one, other blocks whole."""
    found = []
    for block in blocks:
        parts = block.items if isinstance(block, ListBlock) else ((block,),)
        found += [plain_text(part) for part in parts]
    return tuple(found)
