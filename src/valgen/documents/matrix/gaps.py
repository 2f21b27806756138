"""Gaps as rows: items and clauses not covered, orphans, not accepted, not executed; each with its disposition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Run, Table, Tone, cell, paragraph, runs
from valgen.documents.context import Context
from valgen.documents.matrix.cells import LEVELS
from valgen.documents.matrix.clauses import open_clauses
from valgen.documents.messages import said
from valgen.documents.rowing import count
from valgen.model.outcome import Coverage, Outcome, RunMode
from valgen.model.project import DocumentEntry

NOT_FORMAL = "Not executed formally"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One gap.

    Attributes:
        id: of the item, test or clause.
        title: of the same, with the environment in brackets for a result.
        kind: what is missing, such as ``Not covered`` or ``Failed``.
        detail: one line about the cause.
        disposition: what happens with it.
    """

    id: str
    title: str
    kind: str
    detail: str
    disposition: str = "open"


def gaps(
    context: Context, entry: DocumentEntry | None, *, compact: bool = False, initial: bool = False
) -> tuple[Block, ...]:
    """Everything that is not covered, orphaned, failing or not executed, as rows."""
    results = () if initial else _not_accepted(context)
    found = [*_uncovered(context), *results, *_orphans(context), *_clauses(context)]
    rows = tuple(_grouped(found, context) if compact else (_row(one) for one in found))
    columns = (
        Column("ID", 15),
        Column("Title", 32),
        Column("Gap", 13),
        Column("Detail", 26),
        Column("Disposition", 14),
    )
    anchor = f"{'initial-' if initial else ''}matrix-gaps"
    table = Table(columns, rows, anchor=anchor, role="gaps", wide=True, empty="No gap.")
    if not compact or not found:
        return (table,)
    kinds = list(dict.fromkeys(one.kind for one in found))
    words = ", ".join(f"{sum(one.kind == kind for one in found)} {kind.lower()}" for kind in kinds)
    note = " Rows of one outline with the same gap stand in one row." if len(rows) < len(found) else ""
    return (table, paragraph(f"{count(len(found), 'gap')}: {words}.{note}"))


def _uncovered(context: Context) -> Iterator[Gap]:
    for row in context.matrix.rows:
        if row.item.type in (*LEVELS, "RSK") and row.status is Coverage.GAP:
            detail = "no test, procedure or supplier evidence"
            yield Gap(id=row.item.id, title=row.item.title, kind="Not covered", detail=detail)


def _not_accepted(context: Context) -> Iterator[Gap]:
    for (case_id, environment), status in sorted(context.matrix.formal.items()):
        mode = context.mode_of(status.stage, environment)
        standing = context.matrix.statuses(mode)[case_id, environment]
        if standing.outcome.accepted and mode is RunMode.FORMAL:
            continue
        title = f"{context.graph.cases[case_id].title} ({environment})"
        named = [
            f"{one.id} {one.status.value.lower()}"
            for one in context.deviations
            if (one.case, one.environment) == (case_id, environment)
        ]
        if standing.outcome.accepted:
            detail = f"dry run {standing.run}: {standing.outcome.value}"
            yield Gap(id=case_id, title=title, kind=NOT_FORMAL, detail=detail, disposition="formal execution")
        else:
            detail = said(standing.note) or "no message recorded"
            waiting = "execute again" if standing.stale else "formal execution"
            disposition = ", ".join(named) or (waiting if standing.outcome is Outcome.NOT_EXECUTED else "open")
            yield Gap(id=case_id, title=title, kind=standing.outcome.value, detail=detail, disposition=disposition)


def _orphans(context: Context) -> Iterator[Gap]:
    for name in context.unplanned_cases():
        case = context.graph.cases[name]
        detail = f"stage {case.stage} has no environment, so the test is never executed"
        yield Gap(id=name, title=case.title, kind="Planned nowhere", detail=detail)
    for case in context.graph.cases.values():
        if not case.retired and not case.verifies and not case.risks:
            yield Gap(id=case.id, title=case.title, kind="Orphan test", detail="verifies nothing")
    for row in context.matrix.rows:
        if context.graph.types[row.item.type].links_up and not row.upstream:
            yield Gap(id=row.item.id, title=row.item.title, kind="Orphan item", detail="satisfies no requirement")


def _clauses(context: Context) -> Iterator[Gap]:
    for clause, decided in open_clauses(context):
        if decided:
            detail = "no requirement, procedure or supplier evidence names it"
            yield Gap(id=clause.id, title=clause.title, kind="Clause not covered", detail=detail)
        else:
            detail = f"not stated whether the condition holds: {clause.condition}"
            yield Gap(id=clause.id, title=clause.title, kind="Clause not decided", detail=detail)


def _grouped(found: list[Gap], context: Context) -> Iterator[Row]:
    """Rows in which the runs of one outline share a line when nothing but their title differs."""
    groups: dict[tuple[str, ...], list[Gap]] = {}
    for one in found:
        case = context.graph.cases.get(one.id)
        base = case.base_id if case else one.id
        where = one.title.rpartition(" (")[2] if case else ""
        groups.setdefault((base, where, one.kind, one.detail, one.disposition), []).append(one)
    for (base, *_), members in groups.items():
        yield _row(members[0], base if len(members) > 1 else "", len(members))


def _row(one: Gap, base: str = "", count: int = 1) -> Row:
    link = "" if one.kind.startswith("Clause") else f"#{one.id}"
    label = Paragraph((Run(base or one.id, link=link), *runs(f" ({count} rows)" if count > 1 else "")))
    title = f"{one.title} and {count - 1} more" if count > 1 else one.title
    return Row(
        (
            Cell((label,)),
            cell(title),
            cell(one.kind, Tone.WARN if one.kind == NOT_FORMAL else Tone.BAD),
            cell(one.detail),
            cell(one.disposition, Tone.WARN),
        )
    )
