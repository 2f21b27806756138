"""Blocks of the deviation log: the log, results that ask for a deviation, counts, definitions, the blank form.

Every count is made from the same values as the rows beside it. A result that did not pass stands here as a row
whether or not somebody opened a deviation for it; the original result is never replaced. The records, one per
deviation, are in ``deviation_records``.

Source: domain/documents.md b.14, design.md §4.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Notice,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.documents.cases import printed_rows, tone_of
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.common import linked, moment
from valgen.documents.context import Context
from valgen.documents.fields import count_of
from valgen.documents.messages import said
from valgen.model.deviation import (
    ACCEPTABILITY_DEFINITIONS,
    CLASS_DEFINITIONS,
    TYPE_DEFINITIONS,
    Deviation,
    DeviationClass,
    DeviationStatus,
    DeviationType,
)
from valgen.model.outcome import Outcome, RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.model.run import CaseAttempt, StepResult
from valgen.model.run import Run as TestRun

ASKING = (Outcome.FAILED, Outcome.ERROR, Outcome.BLOCKED, Outcome.ABORTED, Outcome.SKIPPED)
"""Results that ask for a deviation in a formal execution."""
_BLANK = "\u2026"
_UNCLASSIFIED = "Unclassified (counts as critical)"
UNDECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One attempt that did not pass, with the deviations opened for it."""

    run: TestRun
    attempt: CaseAttempt
    deviations: tuple[Deviation, ...]


def candidates(context: Context, entry: DocumentEntry | None = None) -> tuple[Candidate, ...]:
    """Return every attempt of every run whose result asks for a deviation, in the order of stages and runs."""
    where = entry.environment if entry else ""
    return tuple(
        Candidate(
            run,
            attempt,
            tuple(one for one in context.deviations if (one.case, one.run) == (attempt.case, run.id)),
        )
        for stage in Stage
        for run in context.stage_runs(stage, where)
        for attempt in run.attempts
        if attempt.outcome in ASKING
    )


def without_deviation(context: Context) -> tuple[Candidate, ...]:
    """Return the attempts of formal runs that did not pass and have no deviation; nobody classified these failures."""
    return tuple(one for one in candidates(context) if one.run.mode is RunMode.FORMAL and not one.deviations)


def log(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The deviation log: one row per deviation, in the order in which they were opened."""
    rows = [
        Row(
            (
                link_cell((one.id,)),
                cell(moment(one.opened_at)),
                cell(one.opened_by),
                cell("\n".join(part for part in (one.phase, one.protocol, one.environment) if part)),
                _place(one, context),
                expected_and_observed(one),
                cell(one.type.value) if one.type else cell(UNDECIDED, Tone.WARN),
                class_cell(one),
                cell(one.status.value, tone(one)),
                cell(moment(one.closed_at) if one.closed_at else "not closed"),
            )
        )
        for one in chosen(context, entry)
    ]
    columns = (
        Column("Dev. ID", 9),
        Column("Date and time, UTC", 11),
        Column("Detected by", 10),
        Column("Phase, protocol", 10),
        Column("Test, step, run", 11),
        Column("Expected and observed", 30),
        Column("Type", 11),
        Column("Class", 9),
        Column("Status", 11),
        Column("Closed", 10),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty=why_none(context)),)


def asking(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Results that ask for a deviation: what was expected and observed at the failing step, and what was decided."""
    found = candidates(context, entry)
    reports = tuple(spec for spec in plan_documents(context) if spec.variant == "report")
    rows = [_candidate_row(one, reports, context) for one in found]
    columns = (
        Column("Test ID", 10),
        Column("Env.", 6),
        Column("Run, attempt", 9),
        Column("Result", 8),
        Column("Step", 5),
        Column("Expected", 22),
        Column("Observed", 24),
        Column("Evidence", 9),
        Column("Disposition", 13),
    )
    table = Table(
        columns, tuple(rows), role="gaps", wide=True, empty="Every attempt was accepted, or none has been made."
    )
    return (paragraph(_candidate_sentence(found)), table)


def counts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Deviations by class and status, and by type and status, with a sentence made from the same numbers."""
    found = chosen(context, entry)
    by_class = {
        _UNCLASSIFIED: [one for one in found if one.classification is None],
        **{kind.value: [one for one in found if one.classification is kind] for kind in DeviationClass},
    }
    by_type = {
        **{kind.value: [one for one in found if one.type is kind] for kind in DeviationType},
        "Not decided": [one for one in found if one.type is None],
    }
    work = [one for one in found if not one.settled]
    blocking = [one for one in found if one.blocks_protocol]
    classes = Counter(one.counted_class for one in found)
    text = (
        f"{count_of(len(found), 'deviation')}: {classes[DeviationClass.CRITICAL]} critical or unclassified, "
        f"{classes[DeviationClass.MAJOR]} major, {classes[DeviationClass.MINOR]} minor; "
        f"{len(work)} open, {len(found) - len(work)} settled."
    )
    blocks: list[Block] = [paragraph(text)]
    if blocking:
        names = tuple(one.id for one in blocking)
        blocks.append(
            Notice(
                "The protocol cannot be closed",
                (paragraph("Open and critical, major or unclassified: "), linked(names)),
                Tone.BAD,
            )
        )
    if found:
        blocks.append(_count_table("Deviations by class and status", "Class", by_class))
        blocks.append(_count_table("Deviations by type and status", "Type", by_type))
    return tuple(blocks)


def form(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The blank deviation form, to be printed where no computer is at hand."""
    types = " \u00b7 ".join(f"\u2610 {one.value}" for one in DeviationType)
    classes = " \u00b7 ".join(f"\u2610 {one.value}" for one in DeviationClass)
    letters = " \u00b7 ".join(f"\u2610 {one.value}: {text}" for one, text in ACCEPTABILITY_DEFINITIONS.items())
    asked = (
        ("Deviation ID; date, time and time zone; detected by", _BLANK),
        ("Phase, protocol with version, environment", _BLANK),
        ("Test ID, step, run", _BLANK),
        ("1 Description: expected, observed, circumstances; where the original evidence is", _lines(4)),
        ("2 Type", types),
        ("3 Classification, with the reason", f"{classes}\n{_lines(2)}"),
        ("4 Immediate action", _lines(2)),
        ("5 Root cause", _lines(2)),
        ("6 Impact: GxP, product, data; requirements, risks, other tests, environments, documents, training, release",
         _lines(4)),
        ("7 Resolution, with change reference", _lines(3)),
        ("8 Retest: test IDs and regression scope, or why nothing is tested again; result", _lines(3)),
        ("9 Acceptability of the risk while it is open", f"{letters}\n{_lines(1)}"),
        ("10 Approval: name, signature, date and time of tester, test lead, system or process owner", _lines(3)),
        ("Closure by the quality unit: name, signature, date and time", _lines(1)),
    )  # fmt: skip
    rows = tuple(Row((cell(label), cell(text))) for label, text in asked)
    return (Table((Column("Asked for", 35), Column("Entry", 65)), rows, caption="Deviation form"),)


def definitions(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What the types, classes and letters of acceptability mean."""
    classes = tuple(Row((cell(one.value, bold=True), cell(text))) for one, text in CLASS_DEFINITIONS.items())
    types = tuple(Row((cell(one.value, bold=True), cell(text))) for one, text in TYPE_DEFINITIONS.items())
    letters = tuple(
        Row((cell(one.value, bold=True), cell(f"{text[0].upper()}{text[1:]}.")))
        for one, text in ACCEPTABILITY_DEFINITIONS.items()
    )
    look = (25, 75)
    return (
        Table((Column("Class", look[0]), Column("Meaning", look[1])), classes, caption="Classes"),
        Table((Column("Type", look[0]), Column("Meaning", look[1])), types, caption="Types"),
        Table((Column("Risk", look[0]), Column("Meaning", look[1])), letters, caption="Acceptability of the risk"),
    )


def chosen(context: Context, entry: DocumentEntry | None) -> tuple[Deviation, ...]:
    """Return the deviations that a document is about: of its environment, or all."""
    where = entry.environment if entry else ""
    return tuple(one for one in context.deviations if where in ("", one.environment))


def why_none(context: Context) -> str:
    """Say why there is no deviation."""
    if any(run.mode is RunMode.FORMAL for run in context.runs):
        return "No deviation has been opened."
    if context.runs:
        return (
            "No deviation has been opened: every run so far is a dry run, and a dry run opens none. Results that would "
            "ask for one in a formal execution stand under Results that ask for a deviation."
        )
    return "No deviation has been opened: nothing has been executed yet."


def _place(one: Deviation, context: Context) -> Cell:
    parts: list[Block] = []
    if one.case:
        parts.append(case_paragraph(one.case, context))
    rest = [f"step {one.step}" if one.step else "", one.run]
    parts.extend(paragraph(part) for part in rest if part)
    return Cell(tuple(parts)) if parts else cell("N/A: outside a test")


def case_paragraph(name: str, context: Context) -> Paragraph:
    """Return the id of a test, linked where the pack shows it."""
    anchor = context.anchor(name)
    return Paragraph((Run(name, link=f"#{anchor}" if anchor else ""),))


def expected_and_observed(one: Deviation) -> Cell:
    """Return what should have been seen and what was seen."""
    return Cell(
        (
            Paragraph((Run("Expected: ", bold=True), Run(one.expected or "not stated"))),
            Paragraph((Run("Observed: ", bold=True), Run(one.observed or "not stated"))),
        )
    )


def class_cell(one: Deviation) -> Cell:
    """Return the class; one that nobody decided counts as critical and says so."""
    if one.classification is None:
        return cell(_UNCLASSIFIED, Tone.BAD)
    return cell(one.classification.value)


def tone(one: Deviation) -> Tone:
    """Return how a deviation looks: bad while it keeps a protocol from being closed."""
    if one.settled:
        return Tone.NEUTRAL
    return Tone.BAD if one.blocks_protocol else Tone.WARN


def _candidate_sentence(found: tuple[Candidate, ...]) -> str:
    results = Counter(one.attempt.outcome for one in found)
    parts = ", ".join(f"{results[outcome]} {outcome.value}" for outcome in ASKING if results[outcome])
    dry = sum(1 for one in found if one.run.mode is RunMode.DRY)
    untold = sum(1 for one in found if one.run.mode is RunMode.FORMAL and not one.deviations)
    said = [f"{count_of(len(found), 'attempt')} did not pass{': ' + parts if parts else ''}."]
    if dry:
        said.append(f"{dry} of them in dry runs, which open no deviation.")
    if untold:
        said.append(f"{untold} of them in formal executions without a deviation.")
    said.append("Planned tests without an attempt stand in the reports as Not executed.")
    return " ".join(said)


def _candidate_row(one: Candidate, reports: tuple[DocumentSpec, ...], context: Context) -> Row:
    attempt = one.attempt
    step = next((step for step in attempt.steps if not step.outcome.accepted), None)
    evidence = [f"{ref.id}: {ref.name}" for done in attempt.steps for ref in done.evidence]
    return Row(
        (
            Cell((case_paragraph(attempt.case, context),)),
            cell(one.run.environment),
            cell(f"{one.run.id}, {attempt.number}"),
            cell(attempt.outcome.value, tone_of(attempt.outcome)),
            _step_cell(one, step, reports, context),
            _expected(step),
            _observed(step, attempt),
            cell("\n".join(evidence) or "none recorded"),
            _disposition(one),
        )
    )


def _step_cell(one: Candidate, step: StepResult | None, reports: tuple[DocumentSpec, ...], context: Context) -> Cell:
    if step is None:
        return cell("none")
    status = context.matrix.statuses(one.run.mode).get((one.attempt.case, one.run.environment))
    anchor = _report_anchor(one, reports, context)
    # The report shows the attempt that counts, and no other; its printed rows are named after their first step.
    if not anchor or status is None or status.attempt is not one.attempt or status.planned is None:
        return cell(str(step.number))
    rows = printed_rows(status.planned.steps)
    row = next((row for row in rows if any(part.number == step.number for part in row.steps)), None)
    link = f"#{anchor}-step-{row.steps[0].number}" if row else ""
    return Cell((Paragraph((Run(str(step.number), link=link),)),))


def _report_anchor(one: Candidate, reports: tuple[DocumentSpec, ...], context: Context) -> str:
    """Return the anchor of an attempt's case in the report of its stage; empty where no report shows it."""
    stage, where = one.run.stage, one.run.environment
    if context.mode_of(stage, where) is not one.run.mode:
        return ""
    for spec in reports:
        if spec.entry.type == stage and spec.entry.environment in ("", where):
            several = len(context.environments(stage, spec.entry.environment)) > 1
            return f"{one.attempt.case}.{where}" if several else one.attempt.case
    return ""


def _expected(step: StepResult | None) -> Cell:
    if step is None:
        return cell("Every step gives its expected result.")
    lead = Paragraph((Run(f"{step.keyword} ", bold=True), Run(step.text)))
    return Cell((lead, *(paragraph(line) for line in step.expected)))


def _observed(step: StepResult | None, attempt: CaseAttempt) -> Cell:
    lines = [*(step.actual if step else ()), *([said(step.message)] if step and step.message else [])]
    if not lines:
        lines = [said(attempt.message) or "nothing was recorded"]
    return Cell(tuple(paragraph(line) for line in lines))


def _disposition(one: Candidate) -> Cell:
    if one.deviations:
        return link_cell(tuple(deviation.id for deviation in one.deviations))
    if one.run.mode is RunMode.DRY:
        return cell("no deviation opened: dry run", Tone.WARN)
    return cell("deviation missing", Tone.BAD)


def _count_table(caption: str, label: str, groups: dict[str, list[Deviation]]) -> Table:
    statuses = tuple(DeviationStatus)
    rows = []
    for name, members in (*groups.items(), ("Total", [one for group in groups.values() for one in group])):
        found = Counter(one.status for one in members)
        numbers = (cell(str(found[status])) for status in statuses)
        rows.append(Row((cell(name, bold=True), *numbers, cell(str(len(members)), bold=True))))
    columns = (Column(label, 22), *(Column(status.value, 11) for status in statuses), Column("Total", 8))
    return Table(columns, tuple(rows), caption=caption, role="results")


def _lines(number: int) -> str:
    return "\n".join([_BLANK] * number)
