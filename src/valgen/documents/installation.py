"""Installation as a table: what was specified, what was found.

One row per case of the stage and environment. The specified value is that of the settings the case verifies, with
their ids, else what the script expects; the found value is what the steps observed.

Source: domain/documents.md b.9.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Run, Table, Tone, cell, paragraph, runs
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.issue import BLANK
from valgen.documents.step_tables import tone_of
from valgen.model.outcome import Stage, StepKind
from valgen.model.project import DocumentEntry
from valgen.model.testcase import TestCase

_COLUMNS = (
    Column("Test ID", 10),
    Column("Item", 20),
    Column("Env.", 6),
    Column("Specified value (reference)", 27),
    Column("Found value", 22),
    Column("Result", 7),
    Column("Evidence", 8),
)
_MOST = 6


def specified(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every case of an IQ with what is specified, the rest to be filled in; nothing for other stages."""
    if stage is not Stage.IQ:
        return ()
    where = entry.environment if entry else ""
    rows = tuple(
        Row(
            (
                Cell((linked((case.id,)),)),
                cell(case.title),
                cell(", ".join(context.project.settings.planned_environments(case)) or "none"),
                _specified(case, context),
                *(cell(BLANK) for _ in range(3)),
            )
        )
        for case in context.cases(stage, where)
    )
    return (
        Table(
            _COLUMNS,
            rows,
            role="index",
            wide=True,
            caption="Installation, specified and found",
            empty=f"No {stage} test case is planned.",
        ),
    )


def found(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case and environment of an IQ, specified and found value; nothing for other stages."""
    if stage is not Stage.IQ:
        return ()
    where = entry.environment if entry else ""
    rows = []
    for status in context.statuses(stage, where):
        case = context.graph.cases[status.case]
        steps = status.attempt.steps if status.attempt else ()
        values = [value for step in steps if step.kind is not StepKind.GIVEN for value in step.actual]
        if len(values) > _MOST:
            values = [*values[:_MOST], f"and {len(values) - _MOST} more values, see the executed test case"]
        labels = [ref.id for step in steps for ref in step.evidence]
        more = f" and {len(labels) - 2} more" if len(labels) > 2 else ""
        rows.append(
            Row(
                (
                    Cell((linked((status.case,)),)),
                    cell(case.title),
                    cell(status.environment),
                    _specified(case, context),
                    Cell(tuple(paragraph(value) for value in values)) if values else _nothing(bool(status.attempt)),
                    cell(status.outcome.value, tone_of(status.outcome)),
                    cell("\n".join(labels[:2]) + more) if labels else cell("none"),
                )
            )
        )
    return (
        Table(
            _COLUMNS,
            tuple(rows),
            role="results",
            wide=True,
            caption="Installation, specified and found",
            empty=f"No {stage} test case is planned.",
        ),
    )


def _specified(case: TestCase, context: Context) -> Cell:
    lines: list[Block] = []
    for link in case.verifies:
        item = context.graph.items.get(link.target)
        if item and item.value("value"):
            lines.append(Paragraph((Run(item.id, link=f"#{item.id}"), *runs(f": {item.value('value')}"))))
    if not lines:
        lines = [paragraph(step.text) for step in case.steps if step.kind is StepKind.THEN]
        names = tuple(dict.fromkeys(link.target for link in case.verifies))
        if names:
            lines.append(Paragraph((*runs("("), *linked(names).runs, *runs(")"))))
    return Cell(tuple(lines)) if lines else cell("not stated", Tone.BAD)


def _nothing(attempted: bool) -> Cell:
    return cell("no value was recorded" if attempted else "not executed", Tone.WARN)
