"""Records of deviations, one per deviation: ten sections, evidence, history.

A section that nobody wrote says so, and what a reviewer still asks for before closing stands at the end. Retests are
listed with the result that their run recorded, not with one that somebody typed.

Source: domain/documents.md b.14.
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.documents.blocks import Block, Column, Entry, Facts, Paragraph, Row, Run, Table, Tone, cell, paragraph
from valgen.documents.cases import tone_of
from valgen.documents.common import linked, moment
from valgen.documents.context import Context
from valgen.documents.deviations import (
    UNDECIDED,
    case_paragraph,
    chosen,
    class_cell,
    expected_and_observed,
    tone,
    why_none,
)
from valgen.model.deviation import ACCEPTABILITY_DEFINITIONS, Deviation, DeviationStatus
from valgen.model.project import DocumentEntry


def records(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """One record per deviation, with its ten sections, evidence and history."""
    found = tuple(_record(one, context) for one in chosen(context, entry))
    return found or (paragraph(why_none(context), Tone.MUTED),)


def _record(one: Deviation, context: Context) -> Entry:
    known = tuple(name for name in one.affected if context.anchor(name))
    unknown = tuple(name for name in one.affected if name not in known)
    impact: list[Block] = [*context.markdown(one.impact_assessment)] if one.impact_assessment else [_not_said()]
    if known:
        impact.append(Paragraph((Run("Affected: "), *linked(known).runs)))
    if unknown:
        impact.append(paragraph(f"Affected, not in this pack: {', '.join(unknown)}"))
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("Opened", (paragraph(f"{_when(one.opened_at)} by {one.opened_by}"),)),
        ("Where", tuple(_where(one, context))),
        ("1 Description", (*expected_and_observed(one).blocks, *_said(one.description, context, ""))),
        ("2 Type", (paragraph(one.type.value),) if one.type else (paragraph(UNDECIDED, Tone.WARN),)),
        ("3 Classification", (*class_cell(one).blocks, *_said(one.classification_reason, context, ""))),
        ("4 Immediate action", _said(one.immediate_action, context)),
        ("5 Root cause", _said(one.root_cause, context)),
        ("6 Impact assessment", tuple(impact)),
        ("7 Resolution", (*_said(one.resolution, context), *_change(one))),
        ("8 Retest decision", (*_said(one.retest, context), *_retests(one, context))),
        ("9 Risk acceptability", tuple(_acceptability(one, context))),
        ("10 Approval", tuple(_approvals(one))),
        ("Status", (paragraph(one.status.value, tone(one), bold=True),)),
        ("Closed", (paragraph(_when(one.closed_at) if one.closed_at else "not closed"),)),
    ]
    lacking = one.missing()
    if lacking:
        label = "Closed without" if one.settled else "Still needed to close"
        look = Tone.BAD if one.settled else Tone.WARN
        rows.append((label, (paragraph("; ".join(lacking), look),)))
    title = f"{one.case or one.phase}: {one.counted_class.value.lower()}"
    blocks = (Facts(tuple(rows)), _evidence(one), _history(one))
    return Entry(one.id, one.id, title, "DEV", blocks, badge=one.status.value, tone=tone(one))


def _where(one: Deviation, context: Context) -> Iterator[Block]:
    parts = (
        one.phase,
        one.protocol and f"protocol {one.protocol}",
        one.environment and f"environment {one.environment}",
    )
    yield paragraph(", ".join(part for part in parts if part))
    if one.case:
        rest = "".join(f", {part}" for part in (one.step and f"step {one.step}", one.run and f"run {one.run}") if part)
        yield Paragraph((*case_paragraph(one.case, context).runs, *((Run(rest),) if rest else ())))


def _not_said() -> Paragraph:
    return paragraph("not stated yet", Tone.WARN)


def _said(text: str, context: Context, otherwise: str = "not stated yet") -> tuple[Block, ...]:
    if text:
        return context.markdown(text)
    return (paragraph(otherwise, Tone.WARN),) if otherwise else ()


def _change(one: Deviation) -> Iterator[Block]:
    yield paragraph(f"Change reference: {one.change_ref or 'none stated'}")
    if one.capa_ref:
        yield paragraph(f"Corrective and preventive action: {one.capa_ref}")


def _retests(one: Deviation, context: Context) -> Iterator[Block]:
    """Each run that tested again with its result of this case, as the run recorded it."""
    for name in one.retest_runs:
        run = next((run for run in context.runs if run.id == name), None)
        attempt = run.last_attempt(one.case) if run else None
        if attempt is None:
            yield paragraph(f"{name}: no result of {one.case or 'a test'} is known", Tone.WARN)
        else:
            yield paragraph(f"{name}: {attempt.outcome.value}", tone_of(attempt.outcome))


def _acceptability(one: Deviation, context: Context) -> Iterator[Block]:
    if one.acceptability is None:
        text = "N/A: it is settled" if one.settled and one.status is not DeviationStatus.ACCEPTED else "not judged yet"
        yield paragraph(text)
    else:
        yield paragraph(f"{one.acceptability.value}: {ACCEPTABILITY_DEFINITIONS[one.acceptability]}")
    if one.acceptability_reason:
        yield from context.markdown(one.acceptability_reason)
    if one.owner or one.due:
        yield paragraph(f"Owner: {one.owner or 'none stated'}; due: {one.due or 'not stated'}")


def _approvals(one: Deviation) -> Iterator[Block]:
    if not one.approvals:
        yield paragraph("nobody has signed it", Tone.WARN)
        return
    rows = tuple(
        Row(
            (
                cell(step.role.replace("_", " ").replace("qa", "QA")),
                cell(step.name),
                cell(step.meaning),
                cell(step.reason or "N/A"),
                cell(moment(step.at)),
            )
        )
        for step in one.approvals
    )
    columns = (Column("Role", 16), Column("Name", 20), Column("Meaning", 16), Column("Reason", 30), Column("At", 18))
    yield Table(columns, rows)


def _evidence(one: Deviation) -> Table:
    rows = tuple(
        Row((cell(ref.id, bold=True), cell(ref.name), cell(ref.sha256, code=True), cell(moment(ref.captured_at))))
        for ref in one.evidence
    )
    columns = (Column("Evidence", 15), Column("File", 25), Column("SHA-256", 42), Column("Captured, UTC", 18))
    return Table(columns, rows, caption=f"{one.id}, original evidence", role="index", empty="No evidence is linked.")


def _history(one: Deviation) -> Table:
    rows = tuple(
        Row(
            (
                cell(moment(step.at)),
                cell(step.actor),
                cell(step.field),
                cell(step.before or "none"),
                cell(step.after or "none"),
                cell(step.reason or "N/A"),
            )
        )
        for step in one.history
    )
    columns = (
        Column("At, UTC", 14),
        Column("By", 14),
        Column("Field", 14),
        Column("Before", 20),
        Column("After", 20),
        Column("Reason", 18),
    )
    return Table(columns, rows, caption=f"{one.id}, history", role="history", empty="Nothing was changed since.")


def _when(time: str) -> str:
    return moment(time).replace("\n", " ")
