"""Amendments of protocols and no-impact assessments of results: what they make of versions, and their tables.

An approved version of a protocol goes on being what was signed; an amendment stands beside it, in the protocol behind
its signatures and in the report among the changes. Amendments that wait for a signature or were rejected are rows as
well and say so.

Source: design.md §4, §5; domain/documents.md b.12 (section 6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, link_cell, paragraph
from valgen.documents.common import moment
from valgen.documents.context import Context
from valgen.documents.signatures import role_name
from valgen.model.judgement import Amendment, Assessment, Judgements
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry
from valgen.model.signature import Signature
from valgen.model.version import FrozenVersion, Part, PartKind
from valgen.trace.results import CaseStatus


def amended(frozen: FrozenVersion, judgements: Judgements) -> FrozenVersion:
    """Return a frozen version as the amendments in force make it; itself where there are none."""
    found = judgements.in_force(frozen.key, frozen.version, frozen.content_sha256)
    if not found:
        return frozen
    return replace(frozen, parts=tuple(_amended(part, found.get(part.id)) for part in frozen.parts))


def amendment_table(amendments: Sequence[Amendment]) -> Table:
    """Return amendments with case, changes, reason, cases to be executed again, and who signed them."""
    rows = tuple(
        Row(
            (
                cell(one.number, bold=True),
                link_cell((one.case,)),
                Cell(tuple(_changes(one))),
                cell(one.reason),
                cell(", ".join(one.repeat) or "none: no case was executed before"),
                Cell(tuple(paragraph(signed_by(given)) for given in one.signatures) or (paragraph("nobody yet"),)),
                cell(amendment_state(one), Tone.NEUTRAL if one.in_force is not None else Tone.WARN),
            )
        )
        for one in amendments
    )
    columns = (
        Column("Amendment", 10),
        Column("Test ID", 9),
        Column("Changes", 27),
        Column("Reason", 17),
        Column("To be executed again", 11),
        Column("Signed by", 16),
        Column("State", 10),
    )
    return Table(columns, rows, role="results", wide=True, empty="No script was amended.")


def amendment_state(one: Amendment) -> str:
    """Return how far an amendment has come, in words."""
    if one.rejected is not None:
        return f"rejected by {one.rejected.name}, record {one.rejected.record}: {one.rejected.reason}"
    if one.in_force is None:
        return f"not in force: waits for {' and '.join(map(role_name, one.missing))}"
    return f"in force since {moment(one.since).replace(chr(10), ' ')}, record {one.in_force}"


def stage_amendments(context: Context, entry: DocumentEntry | None, stage: Stage) -> Table:
    """Return the amendments of the protocol of a stage."""
    keys = {f"{entry.key}-protocol"} if entry else {one.protocol for one in context.executions if one.stage is stage}
    return amendment_table([one for one in context.judgements.amendments if one.protocol in keys])


def assessments(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Results of a stage that go on counting although something changed: what, why, and who signed that."""
    where = entry.environment if entry else ""
    rows = tuple(_assessment_row(status, one) for status in context.statuses(stage, where) for one in status.assessed)
    columns = (
        Column("Test ID", 12),
        Column("Env.", 8),
        Column("Result", 10),
        Column("Changed since", 20),
        Column("Assessment, no impact because", 30),
        Column("Signed by", 20),
    )
    return (
        Table(columns, rows, role="results", wide=True, empty="No result rests on an assessment of a later change."),
    )


def assessed_words(status: CaseStatus) -> str:
    """Return what keeps a result current, in words; empty where nothing changed since."""
    return "; ".join(f"kept current by {one.number.lower()}" for one in status.assessed)


def signed_by(one: Signature) -> str:
    """Return who signed what is no document, when and as what, in one line."""
    when = moment(one.time).replace("\n", " ")
    return f"{one.name}, {role_name(one.role)}, {when}, signed electronically, record {one.record}"


def _assessment_row(status: CaseStatus, one: Assessment) -> Row:
    mine = [change.name for change in status.changes if change in one.changes]
    return Row(
        (
            link_cell((status.case,)),
            cell(status.environment),
            cell(f"{status.outcome.value}\n{status.run}"),
            cell(", ".join(mine)),
            cell(f"{one.number}: {one.reason}"),
            cell(signed_by(one.signature)),
        )
    )


def _changes(one: Amendment) -> Iterator[Block]:
    for name, before, after in one.changes:
        yield paragraph(name, bold=True)
        yield paragraph(f"Before: {before or 'nothing'}", Tone.MUTED)
        yield paragraph(f"After: {after or 'nothing'}")


def _amended(part: Part, by: Amendment | None) -> Part:
    if by is None or part.kind is not PartKind.CASE:
        return part
    return replace(part, title=by.values.get("title", part.title), values=dict(by.values), fingerprint=by.after)
