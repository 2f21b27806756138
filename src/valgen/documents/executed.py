"""Blocks about test cases as executed: every planned case with what was observed, step by step.

The steps shown are those that the run froze, with the values of the environment filled in. The digest of the script is
that of the protocol; where the two differ the case says so, names the steps and counts as not executed.

Source: domain/documents.md b.8 (layout), b.12 (all cases, executed or not).
"""

from __future__ import annotations

from collections.abc import Sequence

from valgen.documents.amendments import signed_by
from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Column,
    Entry,
    Facts,
    Image,
    Notice,
    Row,
    Table,
    Tone,
    cell,
    paragraph,
)
from valgen.documents.cases import header
from valgen.documents.common import moment
from valgen.documents.context import Context
from valgen.documents.formal import reviewed_by
from valgen.documents.step_tables import (
    PrintedRow,
    changed_steps,
    printed_cells,
    printed_rows,
    short_digest,
    tables_of,
    tone_of,
)
from valgen.model.outcome import Outcome, RunMode, Stage, worst
from valgen.model.project import DocumentEntry
from valgen.model.run import CaseAttempt, PlannedStep
from valgen.model.testcase import TestCase
from valgen.trace.fingerprint import planned_steps, script_fingerprint
from valgen.trace.results import CaseStatus

_COLUMNS = (
    Column("Step", 5),
    Column("Instruction", 23),
    Column("Expected result", 22),
    Column("Actual result", 25),
    Column("Result", 8),
    Column("Evidence", 10),
    Column("Executed by, UTC", 11),
)


def executed(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case per environment with what was observed; cases without a result are there, too."""
    where = entry.environment if entry else ""
    statuses = context.statuses(stage, where)
    several = len(context.environments(stage, where)) > 1
    found = tuple(_entry(context.graph.cases[status.case], status, context, several) for status in statuses)
    return found or (paragraph(f"No {stage} test case is planned.", Tone.MUTED),)


def executed_steps(case: TestCase, status: CaseStatus) -> tuple[PlannedStep, ...]:
    """Return the steps that a report shows for a case: as the run froze them, else as the protocol states them."""
    return status.planned.steps if status.planned and status.attempt else planned_steps(case)


def same_script(case: TestCase, status: CaseStatus) -> bool:
    """Return whether a result was made with the script that the protocol holds today."""
    if status.planned is None:
        return True
    if status.planned.fingerprint:
        return status.planned.fingerprint == script_fingerprint(case)
    return not changed_steps(status.planned.steps, planned_steps(case))


def _entry(case: TestCase, status: CaseStatus, context: Context, several: bool) -> Entry:
    attempt = status.attempt
    steps = executed_steps(case, status)
    blocks: list[Block] = [header(case, context, status.environment)]
    if case.description:
        blocks.append(paragraph(case.description))
    if status.stale:
        blocks.append(Notice("Result is stale", (paragraph(status.note), *_differences(case, steps))))
    for one in status.assessed:
        text = f"{one.number}: a change has no impact on this result, because {one.reason}. {signed_by(one.signature)}."
        blocks.append(Notice("Result is kept current", (paragraph(text), *_differences(case, steps))))
    anchor = f"{case.id}.{status.environment}" if several else case.id
    rows = [_row(row, attempt, anchor) for row in printed_rows(steps)]
    blocks.append(Table(_COLUMNS, tuple(rows), role="steps", wide=True, empty="The script has no step."))
    blocks.extend(tables_of(case.id, steps, attempt))
    blocks.extend(_problems(attempt))
    blocks.extend(_pictures(attempt, context))
    blocks.append(_footer(case, status, context))
    label = f"{case.id} in {status.environment}" if several else case.id
    return Entry(
        anchor,
        label,
        case.title,
        case.stage.value,
        tuple(blocks),
        badge=status.outcome.value,
        tone=tone_of(status.outcome),
    )


def _differences(case: TestCase, steps: Sequence[PlannedStep]) -> tuple[Block, ...]:
    found = changed_steps(steps, planned_steps(case))
    if not found:
        return ()
    rows = tuple(Row((cell(str(number)), cell(old or "none"), cell(new or "none"))) for number, old, new in found)
    columns = (Column("Step", 8), Column("As executed", 46), Column("In the protocol now", 46))
    return (Table(columns, rows, caption=f"{case.id}: steps that changed after the execution"),)


def _row(row: PrintedRow, attempt: CaseAttempt | None, anchor: str) -> Row:
    by_number = {step.number: step for step in attempt.steps} if attempt else {}
    results = [by_number.get(step.number) for step in row.steps]
    done = [result for result in results if result is not None]
    instruction, expected, observed = printed_cells(row, by_number)
    outcome = worst(result.outcome if result else Outcome.NOT_EXECUTED for result in results)
    evidence = tuple(ref.id for result in done for ref in result.evidence)
    started = next((result.started_at for result in done if result.started_at), "")
    who = f"{attempt.executor}\n{moment(started)}" if attempt and started else "not executed"
    return Row(
        (
            cell(row.label),
            instruction,
            expected,
            observed,
            cell(outcome.value, tone_of(outcome)),
            cell("\n".join(evidence)) if evidence else cell("none"),
            cell(who),
        ),
        anchor=f"{anchor}-step-{row.steps[0].number}",
    )


def _footer(case: TestCase, status: CaseStatus, context: Context) -> Facts:
    attempt = status.attempt
    run = f"{status.run}, attempt {attempt.number}" if attempt else status.run or "none"
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("Overall result", (paragraph(status.outcome.value, tone_of(status.outcome), bold=True),)),
        ("Run", (paragraph(run),)),
        ("Executed by", (paragraph(f"{attempt.executor or 'unknown'}, {span(attempt)}" if attempt else "nobody"),)),
        ("Reviewed by", reviewed_by(context, status).blocks),
        ("Comment", (paragraph(status.note or "none"),)),
        ("Deviations", (paragraph(deviation_text(status, context)),)),
    ]
    if attempt and status.planned and status.planned.fingerprint:
        same = same_script(case, status)
        words = "the script of the protocol" if same else "not the script of the protocol"
        text = f"{short_digest(status.planned.fingerprint)}: {words}"
        rows.append(("Digest of the script", (paragraph(text, Tone.NEUTRAL if same else Tone.BAD),)))
    return Facts(tuple(rows))


def deviation_text(status: CaseStatus, context: Context) -> str:
    """Return the deviations of a result with their status, or why there is none."""
    found = [one for one in context.deviations if (one.case, one.environment) == (status.case, status.environment)]
    if found:
        return "\n".join(f"{one.id} {one.status.value.lower()}" for one in found)
    if status.outcome.accepted:
        return "none"
    if status.run and context.mode_of(status.stage, status.environment) is RunMode.DRY:
        return "none: dry run"
    return "none opened" if status.outcome.executed else "none: not executed"


def span(attempt: CaseAttempt) -> str:
    """Return from when to when an attempt lasted."""
    begun = moment(attempt.started_at).replace("\n", " ")
    return f"{begun} to {moment(attempt.finished_at).replace(chr(10), ' ') if attempt.finished_at else 'not finished'}"


def _problems(attempt: CaseAttempt | None) -> list[Block]:
    if attempt is None:
        return []
    return [
        Notice(f"Step {step.number}: {step.outcome.value}", (paragraph(step.message), CodeBlock(step.trace)), Tone.BAD)
        for step in attempt.steps
        if step.trace
    ]


def _pictures(attempt: CaseAttempt | None, context: Context) -> list[Block]:
    return [
        Image(ref.sha256, ref.name, ref.media_type, alt=f"{ref.id}: {ref.name}", caption=f"{ref.id}: {ref.name}")
        for step in (attempt.steps if attempt else ())
        for ref in step.evidence
        if ref.media_type.startswith("image/") and ref.sha256 in context.media
    ]
