"""What a stage tests and what it does not: features, items left to other stages, tests outside the protocol.

Nothing is left out in silence: an item that no case of the stage verifies has a row with the reason, and a test that
was executed without being planned has one, too.

Source: domain/documents.md b.8 (section 2), b.12 (sections 7 and 8).
"""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, link_cell, paragraph
from valgen.documents.common import linked, moment, tests_linked
from valgen.documents.context import Context
from valgen.documents.step_tables import tone_of
from valgen.model.item import Item
from valgen.model.outcome import Coverage, Outcome, Stage
from valgen.model.project import DocumentEntry
from valgen.model.testcase import TestCase
from valgen.trace.coverage import uncovered_status

LEVELS: Mapping[Stage, tuple[str, ...]] = {Stage.IQ: ("CS",), Stage.OQ: ("FS",), Stage.PQ: ("URS",)}
"""Item types that a stage is expected to verify: settings, functions, the user's needs."""


def tested(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Features of the protocol with the number of their cases and what these verify."""
    where = entry.environment if entry else ""
    groups: dict[str, list[TestCase]] = {}
    for case in context.cases(stage, where):
        groups.setdefault(case.feature or "Without a feature", []).append(case)
    rows = []
    for name, cases in groups.items():
        targets = tuple(dict.fromkeys(link.target for case in cases for link in case.verifies))
        rows.append(
            Row(
                (
                    cell(name, bold=True),
                    cell(str(len(cases))),
                    Cell((tests_linked(tuple(case.id for case in cases), context),)),
                    Cell((linked(targets),)) if targets else cell("nothing", Tone.BAD),
                )
            )
        )
    columns = (Column("Feature", 24), Column("Cases", 8), Column("Test cases", 34), Column("Verifies", 34))
    return (Table(columns, tuple(rows), role="index", empty=f"No {stage} test case is planned."),)


def not_tested(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Items of the stage's level that none of its cases verifies, with the reason."""
    own = {case.id for case in context.cases(stage, entry.environment if entry else "")}
    rows = []
    for kind in LEVELS[stage]:
        for item in context.items(kind):
            tests = context.graph.covering_tests(item.id)
            if not own.intersection(tests):
                rows.append(Row((link_cell((item.id,)), cell(item.title), _reason(item, tests, context))))
    columns = (Column("ID", 14), Column("Title", 46), Column("Reason", 40))
    empty = f"Every {', '.join(LEVELS[stage])} item is verified by a case of this stage."
    return (Table(columns, tuple(rows), role="index", empty=empty),)


def excluded(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Cases of the stage that were excluded: planned elsewhere, retired, or not applicable with the reason."""
    where = entry.environment if entry else ""
    rows = []
    for case in context.graph.cases.values():
        if case.stage is not stage:
            continue
        planned = context.project.settings.planned_environments(case)
        if case.retired:
            rows.append(Row((cell(case.id), cell(case.title), cell("retired; the id is not used again"))))
        elif where and where not in planned:
            words = f"planned in {', '.join(planned) or 'no environment'}, not in {where}"
            rows.append(Row((link_cell((case.id,)), cell(case.title), cell(words))))
    for status in context.statuses(stage, where):
        if status.outcome is Outcome.NOT_APPLICABLE:
            title = f"{context.graph.cases[status.case].title} ({status.environment})"
            rows.append(Row((link_cell((status.case,)), cell(title), cell(status.note or "no reason recorded"))))
    columns = (Column("Test ID", 16), Column("Title", 44), Column("Reason", 40))
    return (Table(columns, tuple(rows), role="index", empty="No test case was excluded."),)


def unplanned(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Attempts of runs at cases that the protocol does not hold, for information; they count for nothing."""
    where = entry.environment if entry else ""
    planned = {(status.case, status.environment) for status in context.statuses(stage, where)}
    rows = []
    for run in context.stage_runs(stage, where):
        titles = {one.id: one.title for one in run.plan}
        for attempt in run.attempts:
            if (attempt.case, run.environment) not in planned:
                rows.append(
                    Row(
                        (
                            cell(attempt.case),
                            cell(titles.get(attempt.case, "not recorded")),
                            cell(run.environment),
                            cell(run.id),
                            cell(moment(attempt.started_at)),
                            cell(attempt.outcome.value, tone_of(attempt.outcome)),
                        )
                    )
                )
    columns = (
        Column("Test ID", 16),
        Column("Title", 34),
        Column("Env.", 10),
        Column("Run", 12),
        Column("Started, UTC", 14),
        Column("Result", 14),
    )
    return (Table(columns, tuple(rows), role="results", empty="No test outside the protocol was executed."),)


def _reason(item: Item, tests: tuple[str, ...], context: Context) -> Cell:
    if tests:
        stages = sorted({context.graph.cases[name].stage.value for name in tests})
        return Cell((paragraph(f"verified in {', '.join(stages)}: "), tests_linked(tests, context)))
    status = uncovered_status(item, context.graph)
    if status is Coverage.GAP:
        return cell("GAP: nothing verifies it", Tone.BAD)
    words = {Coverage.PROCEDURE: "procedural", Coverage.SUPPLIER: "supplier evidence"}
    return cell(words.get(status, f"not applicable: {item.value('reason') or 'see rationale'}"))
