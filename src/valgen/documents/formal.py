"""Blocks of a stage report about its formal executions: what was opened when for which protocol, by whom, who reviewed.

Source: domain/documents.md b.8 (executed by, reviewed by), b.12.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, paragraph
from valgen.documents.common import moment
from valgen.documents.context import Context
from valgen.documents.signatures import role_name
from valgen.model.execution import Execution, Review, review_of
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry
from valgen.trace.results import CaseStatus


def formal_executions(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every formal execution of a stage with protocol, testers and runs, and every review of one."""
    found = executions_of(context, stage, entry)
    if not found:
        return (paragraph("No formal execution has been opened.", Tone.MUTED),)
    rows = tuple(
        Row(
            (
                cell(one.id, bold=True),
                cell(one.environment),
                cell(f"{one.protocol} {one.version}\n{one.number}"),
                cell(" ".join(one.system)),
                cell(f"{moment(one.opened_at)}\n{one.opened_by}"),
                cell("\n".join(one.testers) or "nobody yet"),
                cell(", ".join(one.runs) or "none"),
                cell(str(len(one.cases))),
            )
        )
        for one in found
    )
    columns = (
        Column("Execution", 11),
        Column("Env.", 8),
        Column("Approved protocol", 18),
        Column("System", 12),
        Column("Opened, UTC", 17),
        Column("Testers", 15),
        Column("Runs", 11),
        Column("Planned", 8),
    )
    reviews = tuple(_review_row(one, review) for one in found for review in one.reviews)
    return (
        Table(columns, rows, role="results", wide=True),
        Table(_REVIEW, reviews, role="results", wide=True, empty="Nobody has reviewed the results yet."),
    )


def reviewed_by(context: Context, status: CaseStatus) -> Cell:
    """Return who reviewed the result of a case, and with which conclusion."""
    run = next((one for one in context.runs if one.id == status.run), None)
    found = review_of(context.executions, run, status.attempt)
    if found is None:
        return cell("not reviewed", Tone.MUTED)
    said = f"{found.name}, {role_name(found.role)}, {moment(found.time).replace(chr(10), ' ')}"
    return cell(f"{said}: {found.conclusion} (record {found.record})", Tone.NEUTRAL if found.accepted else Tone.BAD)


def executions_of(context: Context, stage: Stage, entry: DocumentEntry | None) -> tuple[Execution, ...]:
    """Return the formal executions that the report of a stage is about, oldest first."""
    where = entry.environment if entry else ""
    key = f"{entry.key}-protocol" if entry else ""
    return tuple(
        one
        for one in context.executions
        if one.stage is stage and where in ("", one.environment) and key in ("", one.protocol)
    )


_REVIEW = (
    Column("Execution", 11),
    Column("Reviewed by", 17),
    Column("Title, function", 14),
    Column("Role", 11),
    Column("Date and time, UTC", 13),
    Column("Conclusion", 11),
    Column("Comment", 23),
)


def _review_row(one: Execution, review: Review) -> Row:
    results = f"{len(review.results)} results, up to record {review.upto}"
    return Row(
        (
            cell(one.id, bold=True),
            cell(f"{review.name}\nsigned electronically, record {review.record}"),
            cell(review.function or "not stated"),
            cell(role_name(review.role)),
            cell(moment(review.time)),
            cell(f"{review.conclusion.capitalize()}\n{results}", Tone.NEUTRAL if review.accepted else Tone.BAD),
            cell(review.comment),
        )
    )
