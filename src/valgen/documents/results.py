"""Blocks of a stage report: statistics, results, runs, evidence, environment found, conclusion.

Every count is made from the same standings as the rows beside it. Nothing but Passed, and Passed with deviation
counted for itself, is ever called accepted.

Source: domain/documents.md b.12.
"""

from __future__ import annotations

from collections import Counter

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    Notice,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    paragraph,
)
from valgen.documents.cases import is_unproven, tone_of
from valgen.documents.common import linked, moment
from valgen.documents.context import Context
from valgen.model.outcome import Outcome, RunMode, RunState, Stage
from valgen.model.project import DocumentEntry
from valgen.model.run import Run as TestRun

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
    dry = [
        one for one in stages for name in context.environments(one, where) if context.mode_of(one, name) is RunMode.DRY
    ]
    if not dry:
        return ()
    text = (
        "Results marked DRY RUN come from rehearsals. They show how the scripts behave, but nobody signed them, the "
        "protocol was not approved, and they are no evidence. They release nothing."
    )
    return (Notice("DRY RUN", (paragraph(text),)),)


def statistics(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Planned, executed and each result, per environment; rows add up to planned."""
    where = entry.environment if entry else ""
    columns = (
        Column("Environment", 14),
        Column("Mode", 10),
        Column("Planned", 9),
        Column("Executed", 9),
        *(Column(outcome.value, 10) for outcome in COUNTED),
    )
    rows = []
    for name in context.environments(stage, where):
        counts = Counter(status.outcome for status in context.statuses(stage, name))
        executed = sum(number for outcome, number in counts.items() if outcome.executed)
        rows.append(
            Row(
                (
                    cell(name, bold=True),
                    cell(_mode(context, stage, name)),
                    cell(str(sum(counts.values()))),
                    cell(str(executed)),
                    *(_count(counts[outcome], outcome) for outcome in COUNTED),
                )
            )
        )
    return (Table(columns, tuple(rows), role="results", wide=True, empty=f"No {stage} test case is planned."),)


def results(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """One row per planned case and environment with the result that counts."""
    where = entry.environment if entry else ""
    rows = []
    for status in context.statuses(stage, where):
        case = context.graph.cases[status.case]
        attempt = status.attempt
        evidence = sum(len(step.evidence) for step in attempt.steps) if attempt else 0
        rows.append(
            Row(
                (
                    Cell((linked((status.case,)),)),
                    cell(case.title),
                    cell(status.environment),
                    cell(status.run or "none"),
                    cell(attempt.executor or "unknown") if attempt else cell("not executed"),
                    cell(moment(attempt.started_at)) if attempt else cell("not executed"),
                    cell(status.outcome.value, tone_of(status.outcome), bold=True),
                    cell(str(evidence)),
                    cell(status.note or "none"),
                )
            )
        )
    columns = (
        Column("Test ID", 10),
        Column("Title", 22),
        Column("Env.", 6),
        Column("Run", 8),
        Column("Executed by", 10),
        Column("Started, UTC", 12),
        Column("Result", 9),
        Column("Evidence", 7),
        Column("Comment", 16),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty=f"No {stage} test case is planned."),)


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
                            cell(attempt.message or "no message recorded"),
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
        return (paragraph("Every expected result that passed was checked or observed.", Tone.MUTED),)
    text = (
        f"{len(rows)} expected results passed although their steps checked and observed nothing. They prove nothing; "
        "in a formal execution they are errors."
    )
    columns = (Column("Test ID", 14), Column("Env.", 8), Column("Step", 6), Column("Expected result", 72))
    return (Notice("Passed without a check", (paragraph(text),), Tone.WARN), Table(columns, tuple(rows), role="gaps"))


def evidence_index(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every attachment of the results that count, with its digest."""
    where = entry.environment if entry else ""
    rows = []
    for status in context.statuses(stage, where):
        for step in status.attempt.steps if status.attempt else ():
            for ref in step.evidence:
                rows.append(
                    Row(
                        (
                            cell(ref.id, bold=True),
                            cell(f"{status.case}, step {step.number}"),
                            cell(status.run),
                            cell(ref.media_type),
                            cell(ref.name),
                            cell(str(ref.size_bytes)),
                            cell(ref.sha256, code=True),
                            cell(moment(ref.captured_at or step.started_at)),
                        )
                    )
                )
    columns = (
        Column("Evidence", 11),
        Column("Test and step", 12),
        Column("Run", 8),
        Column("Type", 10),
        Column("File", 15),
        Column("Bytes", 6),
        Column("SHA-256", 26),
        Column("Captured, UTC", 12),
    )
    return (Table(columns, tuple(rows), role="index", wide=True, empty="No attachment was recorded."),)


def environment_found(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Facts of the host on which the deciding runs took place."""
    where = entry.environment if entry else ""
    blocks: list[Block] = []
    for run in _deciding(context, stage, where):
        facts = [(key, (paragraph(value),)) for key, value in run.host.items() if value]
        if run.packages:
            text = ", ".join(f"{name} {version}" for name, version in run.packages.items())
            facts.append((f"packages ({len(run.packages)})", (paragraph(text),)))
        blocks.append(paragraph(f"Run {run.id} in {run.environment}, {run.tool}", bold=True))
        blocks.append(Facts(tuple(facts)))
    return tuple(blocks) or (paragraph("No run has been started.", Tone.MUTED),)


def script_code(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every file of script code that the deciding runs executed, with its digest."""
    where = entry.environment if entry else ""
    rows = []
    for run in _deciding(context, stage, where):
        for path, digest in sorted(run.code.items()):
            rows.append(Row((cell(run.id), cell(path), cell(digest, code=True))))
    columns = (Column("Run", 12), Column("File", 38), Column("SHA-256", 50))
    return (Table(columns, tuple(rows), role="index", empty="No run has been started."),)


def conclusion(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """What the results allow to say, made from the same counts as the tables."""
    where = entry.environment if entry else ""
    statuses = context.statuses(stage, where)
    counts = Counter(status.outcome for status in statuses)
    accepted = counts[Outcome.PASSED] + counts[Outcome.PASSED_WITH_DEVIATION]
    planned = len(statuses)
    parts = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in COUNTED if counts[outcome])
    lead = paragraph(f"{planned} planned: {parts or 'none'}. Accepted: {accepted} of {planned}.")
    dry = any(context.mode_of(stage, name) is RunMode.DRY for name in context.environments(stage, where))
    if dry:
        text = (
            f"No conclusion: the results are those of a dry run. The {stage} stage is not accepted, "
            "and the next stage may not begin."
        )
        return (lead, Notice("Not accepted", (paragraph(text),), Tone.WARN))
    if planned and accepted == planned:
        text = f"Every planned {stage} test is accepted. Acceptance needs the signatures of this report."
        return (lead, Notice("Acceptance criteria met", (paragraph(text),), Tone.GOOD))
    return (
        lead,
        Notice("Not accepted", (paragraph(f"{planned - accepted} planned {stage} tests are not accepted."),), Tone.BAD),
    )


def _deciding(context: Context, stage: Stage, environment: str) -> list[TestRun]:
    names = {status.run for status in context.statuses(stage, environment) if status.run}
    return [run for run in context.stage_runs(stage, environment) if run.id in names]


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


def _mode(context: Context, stage: Stage, environment: str) -> str:
    if context.mode_of(stage, environment) is RunMode.FORMAL:
        return "Formal"
    return "DRY RUN" if context.stage_runs(stage, environment) else "no run"


def _count(number: int, outcome: Outcome) -> Cell:
    return cell(str(number), tone_of(outcome) if number else Tone.NEUTRAL)
