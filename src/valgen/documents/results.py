"""Blocks of a stage report about results: statistics, one row per planned test, every run, what did not pass.

Every count is made from the same standings as the rows beside it. Nothing but Passed, and Passed with deviation
counted for itself, is ever called accepted.

Source: domain/documents.md b.12.
"""

from __future__ import annotations

from collections import Counter

from valgen.documents.amendments import assessed_words
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
    paragraph,
)
from valgen.documents.cases import targets_of
from valgen.documents.common import linked, moment
from valgen.documents.context import Context
from valgen.documents.executed import deviation_text
from valgen.documents.messages import said
from valgen.documents.step_tables import is_unproven, tone_of
from valgen.model.outcome import Outcome, RunMode, RunState, Stage
from valgen.model.project import DocumentEntry
from valgen.model.run import Run as TestRun
from valgen.trace.results import CaseStatus

COUNTED = (
    Outcome.PASSED,
    Outcome.PASSED_WITH_DEVIATION,
    Outcome.FAILED,
    Outcome.ERROR,
    Outcome.BLOCKED,
    Outcome.SKIPPED,
    Outcome.ABORTED,
    Outcome.NOT_EXECUTED,
    Outcome.NOT_APPLICABLE,
)


def dry_notice(context: Context, entry: DocumentEntry | None, stage: Stage | None) -> tuple[Block, ...]:
    """What a dry run is worth, wherever results of one are shown; nothing where all results are formal."""
    stages = (stage,) if stage else tuple(Stage)
    where = entry.environment if entry else ""
    if not any(context.shows_dry_runs(one, where) for one in stages):
        return ()
    text = (
        "Results marked DRY RUN come from rehearsals. They show how the scripts behave, but nobody signed them, the "
        "protocol was not approved, and they are no evidence. They release nothing."
    )
    return (Notice("DRY RUN", (paragraph(text),)),)


def statistics(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Planned, executed and each result, a row per environment and one for all; results add up to planned."""
    names = context.environments(stage, entry.environment if entry else "")
    counts = {name: Counter(status.outcome for status in context.statuses(stage, name)) for name in names}
    rows = [_statistics_row(name, mode_word(context, stage, name), counts[name]) for name in names]
    if len(names) > 1:
        rows.append(_statistics_row("All", "", sum(counts.values(), Counter[Outcome]())))
    columns = (
        Column("Environment", 14),
        Column("Mode", 10),
        Column("Planned", 9),
        Column("Executed", 9),
        *(Column(outcome.value, 10) for outcome in COUNTED),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty=f"No {stage} test case is planned."),)


def results(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """One row per planned case and environment with the result that counts."""
    where = entry.environment if entry else ""
    rows = []
    for status in context.statuses(stage, where):
        case = context.graph.cases[status.case]
        attempt = status.attempt
        evidence = tuple(ref.id for step in attempt.steps for ref in step.evidence) if attempt else ()
        targets = targets_of(case)
        rows.append(
            Row(
                (
                    Cell((linked((status.case,)),)),
                    cell(case.title),
                    Cell((linked(targets),)) if targets else cell("nothing", Tone.BAD),
                    cell(status.environment),
                    cell(f"{number_of_run(context, status)} ({status.run})" if attempt else status.run or "none"),
                    cell(attempt.executor or "unknown") if attempt else cell("not executed"),
                    cell(moment(attempt.started_at)) if attempt else cell("not executed"),
                    cell(
                        "\n".join(filter(None, (status.outcome.value, assessed_words(status)))),
                        tone_of(status.outcome),
                        bold=True,
                    ),
                    cell(deviation_text(status, context)),
                    cell(_labels(evidence)),
                )
            )
        )
    columns = (
        Column("Test ID", 11),
        Column("Title", 20),
        Column("Requirements", 13),
        Column("Env.", 6),
        Column("Run no.", 8),
        Column("Executed by", 8),
        Column("Date, time", 9),
        Column("Result", 8),
        Column("Deviation", 8),
        Column("Evidence", 9),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty=f"No {stage} test case is planned."),)


def number_of_run(context: Context, status: CaseStatus) -> int:
    """Return the how many-th execution of a case in its environment and mode the deciding attempt is, from 1."""
    number = 0
    for run in context.stage_runs(status.stage, status.environment, context.mode_of(status.stage, status.environment)):
        for attempt in run.attempts:
            if attempt.case == status.case:
                number += 1
                if attempt is status.attempt:
                    return number
    return number


def not_accepted(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case and environment without an accepted result, with the reason; none is folded into another."""
    where = entry.environment if entry else ""
    found = [status for status in context.statuses(stage, where) if not status.outcome.accepted]
    rows = tuple(
        Row(
            (
                Cell((linked((status.case,)),)),
                cell(context.graph.cases[status.case].title),
                cell(status.environment),
                cell(status.outcome.value, tone_of(status.outcome)),
                cell(said(status.note) or "no message recorded"),
            )
        )
        for status in found
    )
    columns = (
        Column("Test ID", 14),
        Column("Title", 26),
        Column("Env.", 8),
        Column("Result", 11),
        Column("Reason", 41),
    )
    table = Table(columns, rows, role="gaps", wide=True, empty=_nothing_open(context, stage, where))
    if not found:
        return (table,)
    total = len(context.statuses(stage, where))
    return (table, paragraph(f"{len(found)} of {total} executions have no accepted result."))


def _nothing_open(context: Context, stage: Stage, where: str) -> str:
    names = context.environments(stage, where)
    if not names:
        return f"No {stage} test case is planned."
    if any(context.mode_of(stage, name) is RunMode.DRY for name in names):
        return "Every planned test passed; results of dry runs accept nothing."
    return "Every planned test has an accepted result."


def runs(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every run of the stage, failed, partial and aborted ones too, oldest first."""
    where = entry.environment if entry else ""
    rows = [_run_row(run) for run in context.stage_runs(stage, where)]
    columns = (
        Column("Run", 10),
        Column("Mode", 8),
        Column("Env.", 8),
        Column("Started, UTC", 14),
        Column("Finished, UTC", 14),
        Column("Executed by", 12),
        Column("State", 12),
        Column("Results of planned cases", 22),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty="No run has been started."),)


def unsuccessful(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every attempt of every run that did not pass, also where a later one did."""
    where = entry.environment if entry else ""
    rows = []
    for run in context.stage_runs(stage, where):
        for attempt in run.attempts:
            if not attempt.outcome.accepted:
                rows.append(
                    Row(
                        (
                            cell(run.id),
                            cell(run.environment),
                            cell(attempt.case),
                            cell(str(attempt.number)),
                            cell(moment(attempt.started_at)),
                            cell(attempt.outcome.value, tone_of(attempt.outcome)),
                            cell(said(attempt.message) or "no message recorded"),
                        )
                    )
                )
    columns = (
        Column("Run", 10),
        Column("Env.", 7),
        Column("Test ID", 12),
        Column("Attempt", 8),
        Column("Started, UTC", 14),
        Column("Result", 10),
        Column("What happened", 39),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty="Every attempt passed, or none was made."),)


def unproven(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Expected results that passed without a check or an observation: they prove nothing and need a look."""
    where = entry.environment if entry else ""
    rows = [
        Row(
            (
                Cell((linked((status.case,)),)),
                cell(status.environment),
                cell(str(step.number)),
                cell(f"{step.keyword} {step.text}"),
            )
        )
        for status in context.statuses(stage, where)
        for step in (status.attempt.steps if status.attempt else ())
        if is_unproven(step)
    ]
    if not rows:
        done = any(status.attempt for status in context.statuses(stage, where))
        text = "Every expected result that passed was checked or observed." if done else "Nothing has been executed."
        return (paragraph(text, Tone.MUTED),)
    text = (
        f"{len(rows)} expected results passed although their steps checked and observed nothing. They prove nothing; "
        "in a formal execution they are errors."
    )
    columns = (Column("Test ID", 14), Column("Env.", 8), Column("Step", 6), Column("Expected result", 72))
    return (Notice("Passed without a check", (paragraph(text),), Tone.WARN), Table(columns, tuple(rows), role="gaps"))


def _run_row(run: TestRun) -> Row:
    counts = run_counts(run)
    state = {RunState.FINISHED: "Finished", RunState.ABORTED: "Aborted", RunState.RUNNING: "Running"}[run.state]
    tone = Tone.BAD if run.state is RunState.ABORTED else Tone.NEUTRAL
    reason = f": {run.reason}" if run.reason else ""
    unselected = sum(1 for planned in run.plan if not planned.selected)
    parts = [f"{counts[outcome]} {outcome.value}" for outcome in COUNTED if counts[outcome]]
    if unselected:
        parts.append(f"({unselected} of them left out by the tester's selection)")
    return Row(
        (
            cell(run.id, bold=True),
            cell("DRY RUN" if run.mode is RunMode.DRY else "Formal"),
            cell(run.environment),
            cell(moment(run.started_at)),
            cell(moment(run.finished_at) if run.finished_at else "not finished"),
            cell(run.actor or "unknown"),
            cell(f"{state}{reason}", tone),
            Cell((Paragraph((Run(", ".join(parts) or "nothing planned"),)),)),
        )
    )


def run_counts(run: TestRun) -> Counter[Outcome]:
    """Count the planned cases of one run by the result of their latest attempt; none means Not executed."""
    counts: Counter[Outcome] = Counter()
    for planned in run.plan:
        attempt = run.last_attempt(planned.id)
        counts[attempt.outcome if attempt else Outcome.NOT_EXECUTED] += 1
    return counts


def mode_word(context: Context, stage: Stage, environment: str) -> str:
    """Return what kind of runs the results of a stage come from, as printed."""
    if context.mode_of(stage, environment) is RunMode.FORMAL:
        return "Formal"
    return "DRY RUN" if context.stage_runs(stage, environment) else "no run"


def _count(number: int, outcome: Outcome) -> Cell:
    return cell(str(number), tone_of(outcome) if number else Tone.NEUTRAL)


def _labels(evidence: tuple[str, ...], most: int = 4) -> str:
    """Labels of attachments for a cell; beyond a few, the first and their number, since the index lists all."""
    if not evidence:
        return "none"
    if len(evidence) <= most:
        return "\n".join(evidence)
    return f"{evidence[0]}\nand {len(evidence) - 1} more"


def _statistics_row(name: str, mode: str, counts: Counter[Outcome]) -> Row:
    executed = sum(number for outcome, number in counts.items() if outcome.executed)
    return Row(
        (
            cell(name, bold=True),
            cell(mode or "as above"),
            cell(str(sum(counts.values()))),
            cell(str(executed)),
            *(_count(counts[outcome], outcome) for outcome in COUNTED),
        )
    )
