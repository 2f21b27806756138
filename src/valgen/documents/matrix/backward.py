"""Backward views: from tests, specifications and risks to the requirements they serve; results of every test."""

from __future__ import annotations

from valgen.documents.amendments import assessed_words
from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Table, Tone, cell, link_cell, paragraph, runs
from valgen.documents.context import Context
from valgen.documents.matrix.cells import (
    DRY,
    coverage_cell,
    has_dry,
    ids_cell,
    needs_of,
    tests_cell,
)
from valgen.documents.messages import said
from valgen.documents.risks import priority_cell
from valgen.documents.step_tables import tone_of
from valgen.model.ids import natural_order
from valgen.model.outcome import RunMode
from valgen.model.project import DocumentEntry
from valgen.model.testcase import TestCase
from valgen.trace.risk import initial_score


def backward(context: Context, entry: DocumentEntry | None, *, initial: bool = False) -> tuple[Block, ...]:
    """Every test with what it verifies, up to the user requirements; and every lower item with what it satisfies.

    A test that verifies nothing, and an item that serves no user requirement, says so in its row.
    """
    sources = (context.project, context.graph, context.matrix, context.runs)
    return context.memo.get(
        ("backward", initial), sources, lambda: (_tests(context, initial), _specifications(context, initial))
    )


def risk_view(context: Context, entry: DocumentEntry | None, *, initial: bool = False) -> tuple[Block, ...]:
    """Every risk with what it assesses, its controls, the tests that challenge them, and coverage."""
    rows = []
    for row in context.matrix.rows:
        if row.item.type != "RSK":
            continue
        score = initial_score(row.item, context.project.settings.risk)
        controls = tuple(one for one in context.graph.active_controls(row.item.id) if one in context.graph.items)
        rows.append(
            Row(
                (
                    link_cell((row.item.id,)),
                    cell(row.item.title),
                    priority_cell(score.priority),
                    ids_cell(row.upstream, "nothing"),
                    ids_cell(controls, "none"),
                    tests_cell(row.tests, context) if row.tests else cell("none"),
                    coverage_cell(row, context, initial=initial),
                ),
                anchor=f"{'initial-' if initial else ''}row-{row.item.id}",
            )
        )
    columns = (
        Column("Risk", 9),
        Column("Title", 24),
        Column("Priority", 8),
        Column("Assesses", 12),
        Column("Controls", 15),
        Column("Tests", 18),
        Column("Coverage status", 14),
    )
    table = Table(
        columns,
        tuple(rows),
        caption="Risks to requirements, controls and tests",
        anchor=f"{'initial-' if initial else ''}matrix-RSK",
        role="matrix",
        wide=True,
        empty="The project defines no risk.",
    )
    return (table,)


def results_table(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every planned test and environment with its formal and dry result."""
    rows = []
    for (case_id, environment), formal in context.matrix.formal.items():
        dry = context.matrix.dry[case_id, environment]
        shown = dry if dry.run and not formal.run else formal
        rows.append(
            Row(
                (
                    link_cell((case_id,)),
                    cell(context.graph.cases[case_id].title),
                    cell(formal.stage.value),
                    cell(environment),
                    cell(formal.outcome.value, tone_of(formal.outcome)),
                    cell(formal.run or "none"),
                    cell(dry.outcome.value, tone_of(dry.outcome)),
                    cell(dry.run or "none"),
                    cell(_with(said(shown.note), assessed_words(formal)) or "none"),
                )
            )
        )
    columns = (
        Column("Test", 12),
        Column("Title", 30),
        Column("Stage", 6),
        Column("Environment", 10),
        Column("Formal result", 10),
        Column("Formal run", 8),
        Column("Dry run result", 10),
        Column("Dry run", 8),
        Column("Comment", 16),
    )
    return (
        Table(columns, tuple(rows), anchor="matrix-results", role="matrix", wide=True, empty="No test is planned."),
    )


def _tests(context: Context, initial: bool) -> Table:
    rows = []
    for case in context.graph.cases.values():
        if case.retired:
            continue
        targets = context.graph.verified_items(case)
        needs = tuple(sorted({name for target in targets for name in needs_of(target, context)}, key=natural_order))
        orphan = not targets and not case.risks
        cells = [
            link_cell((case.id,)),
            cell(case.title),
            cell(case.stage.value),
            cell("orphan: verifies nothing", Tone.BAD) if orphan else ids_cell(targets, "a risk only"),
            ids_cell(needs, "none"),
            ids_cell(tuple(link.target for link in case.risks), "none"),
        ]
        if not initial:
            cells.append(_case_results(case, context))
        rows.append(Row(tuple(cells)))
    columns = [
        Column("Test", 13),
        Column("Title", 22),
        Column("Stage", 4),
        Column("Verifies", 17),
        Column("User requirements", 19),
        Column("Risks", 9),
        *(() if initial else (Column("Result (latest)", 18),)),
    ]
    return Table(
        tuple(columns),
        tuple(rows),
        caption="Tests to requirements",
        anchor=f"{'initial-' if initial else ''}matrix-tests",
        role="matrix",
        wide=True,
        empty="The project has no test case.",
    )


def _specifications(context: Context, initial: bool) -> Table:
    rows = []
    for row in context.matrix.rows:
        if not context.graph.types[row.item.type].links_up:
            continue
        needs = tuple(one for one in needs_of(row.item.id, context) if one != row.item.id)
        rows.append(
            Row(
                (
                    link_cell((row.item.id,)),
                    cell(row.item.title),
                    ids_cell(row.upstream, "nothing"),
                    ids_cell(needs) if needs else cell("orphan: no user requirement", Tone.BAD),
                    cell(", ".join(row.clauses) or "none"),
                    ids_cell(row.risks, "none"),
                    tests_cell(row.tests, context) if row.tests else cell("none"),
                    coverage_cell(row, context, initial=initial),
                ),
                anchor=f"{'initial-' if initial else ''}row-{row.item.id}",
            )
        )
    columns = (
        Column("Item", 8),
        Column("Title", 18),
        Column("Satisfies", 11),
        Column("User requirements", 12),
        Column("Clauses", 10),
        Column("Risks", 8),
        Column("Tests", 16),
        Column("Coverage status", 13),
    )
    return Table(
        columns,
        tuple(rows),
        caption="Specifications to requirements",
        anchor=f"{'initial-' if initial else ''}matrix-items",
        role="matrix",
        wide=True,
        empty="The project has no FS, CS, DS, SOP or SUP item.",
    )


def _with(text: str, further: str) -> str:
    return ", ".join(filter(None, (text, further)))


def _case_results(case: TestCase, context: Context) -> Cell:
    """The result of a test per environment, formal first; dry results only where no formal one decides."""
    lines: list[Block] = []
    for where in context.project.settings.planned_environments(case):
        formal = context.matrix.formal[case.id, where]
        run = f" ({formal.run})" if formal.run else ""
        text = _with(f"{where}: {formal.outcome.value}{run}", assessed_words(formal))
        lines.append(Paragraph(runs(text), tone_of(formal.outcome)))
        if has_dry(context) and context.mode_of(case.stage, where) is RunMode.DRY:
            dry = context.matrix.dry[case.id, where]
            if dry.run:
                text = f"{DRY}{dry.outcome.value} ({dry.run})"
                lines.append(Paragraph(runs(text), tone_of(dry.outcome)))
    return Cell(tuple(lines)) if lines else Cell((paragraph("planned nowhere", Tone.BAD),))
