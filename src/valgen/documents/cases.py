"""Blocks about test cases as written (protocol) and as executed (report): two renderings of one model.

Printed rows pair each When with its Thens; Givens are set-up checks; a Then without a When is a verification. Every
Gherkin step appears in exactly one row, and every observed value beside the step that gave it.

Source: domain/documents.md b.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
    Entry,
    Facts,
    Image,
    Notice,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    paragraph,
    runs,
)
from valgen.documents.common import linked, moment
from valgen.documents.context import Context
from valgen.model.outcome import Outcome, Stage, StepKind, worst
from valgen.model.project import DocumentEntry
from valgen.model.run import CaseAttempt, PlannedStep, StepResult
from valgen.model.testcase import TestCase
from valgen.trace.fingerprint import planned_steps
from valgen.trace.results import CaseStatus

TONES = {
    Outcome.PASSED: Tone.GOOD,
    Outcome.PASSED_WITH_DEVIATION: Tone.GOOD,
    Outcome.FAILED: Tone.BAD,
    Outcome.ERROR: Tone.BAD,
    Outcome.ABORTED: Tone.BAD,
}
_BLANK = "\u2026"  # a dotted line to write on
_STEP_COLUMNS = (
    Column("Step", 6),
    Column("Instruction", 25),
    Column("Expected result", 22),
    Column("Actual result", 25),
    Column("Result", 9),
    Column("Evidence", 9),
    Column("Executed by, UTC", 11),
)


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """Steps that stand in one row of a step table."""

    steps: tuple[PlannedStep, ...]

    @property
    def label(self) -> str:
        """Step numbers of the script, such as ``2-4``."""
        first, last = self.steps[0].number, self.steps[-1].number
        return str(first) if first == last else f"{first}\u2013{last}"


def tone_of(outcome: Outcome) -> Tone:
    """Return the tone of a result; whatever is not accepted never looks good."""
    return TONES.get(outcome, Tone.WARN)


def is_unproven(step: StepResult) -> bool:
    """Return whether an expected result counts as passed although its step checked and observed nothing."""
    return step.kind is StepKind.THEN and step.outcome is Outcome.PASSED and not step.observed


def printed_rows(steps: Sequence[PlannedStep]) -> tuple[PrintedRow, ...]:
    """Pair each When with its Thens; a Given and a Then without a When stand alone."""
    rows: list[list[PlannedStep]] = []
    for step in steps:
        last = rows[-1] if rows else None
        if last and step.kind is not StepKind.GIVEN and last[0].kind is StepKind.WHEN:
            seen_then = last[-1].kind is StepKind.THEN
            if step.kind is StepKind.THEN or not seen_then:
                last.append(step)
                continue
        if last and step.kind is StepKind.THEN and last[0].kind is StepKind.THEN:
            last.append(step)
            continue
        rows.append([step])
    return tuple(PrintedRow(tuple(row)) for row in rows)


def printed_cells(row: PrintedRow, done: dict[int, StepResult]) -> tuple[Cell, Cell, Cell]:
    """Return instruction, expected result and observed value of a row; ``done`` has the results by step number."""
    return (*_split(row, done), _actual(row, done))


def tables_of(label: str, steps: Sequence[PlannedStep], attempt: CaseAttempt | None) -> tuple[Block, ...]:
    """Return the tables that the cells of a step table refer to, see `printed_cells`."""
    return tuple(_tables_below(label, steps, attempt))


def index(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case: id, title, requirements, risks, type, mode, environments; retired ones at the end."""
    where = entry.environment if entry else ""
    rows = []
    for case in context.cases(stage, where):
        planned = context.project.settings.planned_environments(case)
        rows.append(
            Row(
                (
                    Cell((linked((case.id,)),)),
                    cell(case.title),
                    Cell((linked(_targets(case, context)),)),
                    Cell((linked(tuple(link.target for link in case.risks)),)) if case.risks else cell("N/A"),
                    cell(", ".join(case.kinds) or "positive"),
                    cell(case.mode.value),
                    cell(", ".join(planned) or "none"),
                )
            )
        )
    columns = (
        Column("Test ID", 14),
        Column("Title", 32),
        Column("Verifies", 14),
        Column("Risks", 10),
        Column("Type", 10),
        Column("Mode", 10),
        Column("Environment", 10),
    )
    blocks: list[Block] = [Table(columns, tuple(rows), role="index", empty=f"No {stage} test case is planned.")]
    gone = [case for case in context.graph.cases.values() if case.stage is stage and case.retired]
    if gone:
        blocks.append(
            Table(
                (Column("Retired test", 25), Column("Title", 75)),
                tuple(Row((cell(case.id), cell(case.title))) for case in gone),
                caption="Retired test cases; their ids are not used again",
            )
        )
    return tuple(blocks)


def protocol(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case with its header and a step table to be filled in."""
    where = entry.environment if entry else ""
    found = tuple(_protocol_entry(case, context) for case in context.cases(stage, where))
    return found or (paragraph(f"No {stage} test case is planned.", Tone.MUTED),)


def executed(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every planned case per environment with what was observed; cases without a result are there, too."""
    where = entry.environment if entry else ""
    statuses = context.statuses(stage, where)
    several = len(context.environments(stage, where)) > 1
    found = tuple(_report_entry(context.graph.cases[status.case], status, context, several) for status in statuses)
    return found or (paragraph(f"No {stage} test case is planned.", Tone.MUTED),)


def _protocol_entry(case: TestCase, context: Context) -> Entry:
    rows = []
    for row in printed_rows(planned_steps(case)):
        instruction, expected = _split(row)
        rows.append(
            Row((cell(row.label), instruction, expected, cell(_BLANK), cell(_BLANK), cell(_BLANK), cell(_BLANK)))
        )
    blocks: list[Block] = [_header(case, context, "")]
    if case.description:
        blocks.append(paragraph(case.description))
    blocks.append(Table(_STEP_COLUMNS, tuple(rows), role="steps", wide=True, empty="The script has no step."))
    blocks.extend(_tables_below(case.id, planned_steps(case), None))
    return Entry(case.id, case.id, case.title, case.stage.value, tuple(blocks))


def _report_entry(case: TestCase, status: CaseStatus, context: Context, several: bool) -> Entry:
    attempt = status.attempt
    blocks: list[Block] = [_header(case, context, status.environment)]
    if status.stale:
        blocks.append(Notice("Result is stale", (paragraph(status.note),)))
    steps = status.planned.steps if status.planned and attempt else planned_steps(case)
    anchor = f"{case.id}.{status.environment}" if several else case.id
    rows = [_report_row(row, attempt, anchor) for row in printed_rows(steps)]
    blocks.append(Table(_STEP_COLUMNS, tuple(rows), role="steps", wide=True, empty="The script has no step."))
    blocks.extend(_tables_below(case.id, steps, attempt))
    blocks.extend(_problems(attempt))
    blocks.extend(_pictures(attempt, context))
    blocks.append(_footer(status))
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


def _report_row(row: PrintedRow, attempt: CaseAttempt | None, anchor: str) -> Row:
    by_number = {step.number: step for step in attempt.steps} if attempt else {}
    results = [by_number.get(step.number) for step in row.steps]
    done = [result for result in results if result is not None]
    instruction, expected = _split(row, by_number)
    outcome = worst(result.outcome if result else Outcome.NOT_EXECUTED for result in results)
    evidence = tuple(ref.id for result in done for ref in result.evidence)
    started = next((result.started_at for result in done if result.started_at), "")
    who = f"{attempt.executor}\n{moment(started)}" if attempt and started else "not executed"
    return Row(
        (
            cell(row.label),
            instruction,
            expected,
            _actual(row, by_number),
            cell(outcome.value, tone_of(outcome)),
            cell("\n".join(evidence)) if evidence else cell("none"),
            cell(who),
        ),
        anchor=f"{anchor}-step-{row.steps[0].number}",
    )


def _split(row: PrintedRow, done: dict[int, StepResult] | None = None) -> tuple[Cell, Cell]:
    """Instruction and expected result of a row, with tables and doc strings under their step."""
    instruction: list[Block] = []
    expected: list[Block] = []
    alone = row.steps[0].kind is StepKind.THEN
    for step in row.steps:
        result = (done or {}).get(step.number)
        text = result.text if result else step.text
        target = expected if step.kind is StepKind.THEN else instruction
        target.append(Paragraph((Run(f"{step.keyword} ", bold=True), *runs(text))))
        target.extend(_arguments(step))
        if result and result.expected:
            expected.extend(paragraph(line) for line in result.expected)
    if alone:
        instruction.append(paragraph("Verify the expected result."))
    elif not expected:
        expected.append(
            paragraph("The set-up holds." if row.steps[0].kind is StepKind.GIVEN else "The action is carried out.")
        )
    return Cell(tuple(instruction)), Cell(tuple(expected))


def _arguments(step: PlannedStep) -> list[Block]:
    blocks: list[Block] = []
    if step.table:
        blocks.extend(_shown_table(step.table, f"Data table of step {step.number} below."))
    if step.doc_string is not None:
        blocks.append(CodeBlock(step.doc_string))
    return blocks


def _actual(row: PrintedRow, done: dict[int, StepResult]) -> Cell:
    blocks: list[Block] = []
    for step in row.steps:
        result = done.get(step.number)
        if result is None:
            continue
        lead = f"Step {step.number}: " if len(row.steps) > 1 else ""
        for value in result.actual:
            blocks.append(paragraph(f"{lead}{value}"))
        for observed in result.tables:
            blocks.extend(_shown_table(observed, f"Observed table of step {step.number} below."))
        if result.message:
            blocks.append(paragraph(f"{lead}{result.message}", tone_of(result.outcome)))
        elif not result.actual and not result.tables:
            unproven = is_unproven(result)
            text = "executed; no value was recorded" if result.outcome.executed else result.outcome.value.lower()
            if unproven:
                text = "executed; nothing was checked and no value was recorded"
            blocks.append(paragraph(f"{lead}{text}", Tone.WARN if unproven else Tone.MUTED))
    return Cell(tuple(blocks)) if blocks else cell("not executed", Tone.WARN)


def _narrow(table: Sequence[Sequence[str]]) -> bool:
    """Whether a table can be read inside a cell of a step table."""
    return all(len(row) <= 3 and sum(map(len, row)) <= 45 for row in table) and len(table) <= 12


def _shown_table(table: Sequence[Sequence[str]], otherwise: str) -> list[Block]:
    """Return a narrow table as lines for a cell; a wide one stands below, and the cell says so."""
    if not _narrow(table):
        return [paragraph(otherwise)]
    return [paragraph(" \u00b7 ".join(row), bold=number == 0) for number, row in enumerate(table)]


def _tables_below(label: str, steps: Sequence[PlannedStep], attempt: CaseAttempt | None) -> list[Block]:
    """Return the tables that no cell could hold, data tables and observed ones, in step order."""
    done = {step.number: step for step in attempt.steps} if attempt else {}
    found: list[Block] = []
    for step in steps:
        tables = [("data table", step.table)] if step.table else []
        if step.number in done:
            tables += [("observed table", table) for table in done[step.number].tables]
        for word, table in tables:
            if table and not _narrow(table):
                columns = tuple(Column(name, _weight(table, at)) for at, name in enumerate(table[0]))
                rows = tuple(Row(tuple(cell(text) for text in row)) for row in table[1:])
                found.append(Table(columns, rows, caption=f"{label}, {word} of step {step.number}", empty="No row."))
    return found


def _weight(table: Sequence[Sequence[str]], at: int) -> int:
    """Share of a column's width by its longest text, within bounds that keep every column readable."""
    return max(6, min(40, max(len(row[at]) for row in table if at < len(row))))


def _header(case: TestCase, context: Context, environment: str) -> Facts:
    planned = context.project.settings.planned_environments(case)
    rows: list[tuple[str, tuple[Block, ...]]] = []
    for label, text in (
        ("Objective", case.objective),
        ("Prerequisites", case.prerequisites),
        ("Test data", case.test_data),
        ("Acceptance", case.acceptance),
    ):
        rows.append((label, (paragraph(text or _default(label, case)),)))
    verifies = _targets(case, context)
    rows.append(("Verifies", (linked(verifies),) if verifies else (paragraph("nothing", Tone.BAD),)))
    if case.risks:
        rows.append(("Risks", (linked(tuple(link.target for link in case.risks)),)))
    rows.append(("Type and mode", (paragraph(f"{', '.join(case.kinds) or 'positive'}; {case.mode.value.lower()}"),)))
    rows.append(("Environment", (paragraph(environment or ", ".join(planned) or "none"),)))
    if case.example:
        rows.append(
            ("Examples row", (paragraph("; ".join(f"{key} = {value}" for key, value in case.example.items())),))
        )
    extra = [flag for flag in ("critical", "destructive", "witness", "evidence") if flag in case.flags]
    if extra:
        rows.append(("Marked", (paragraph(", ".join(extra)),)))
    rows.append(("Script", (paragraph(f"{case.path}, line {case.line}"),)))
    return Facts(tuple(rows))


def _footer(status: CaseStatus) -> Facts:
    attempt = status.attempt
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("Overall result", (paragraph(status.outcome.value, tone_of(status.outcome), bold=True),)),
        ("Run", (paragraph(f"{status.run}, attempt {attempt.number}" if attempt else status.run or "none"),)),
    ]
    if attempt:
        rows.append(
            (
                "Executed by",
                (paragraph(f"{attempt.executor or 'unknown'}, {_span(attempt)}"),),
            )
        )
    if status.note:
        rows.append(("Comment", (paragraph(status.note),)))
    recorded = "none" if status.outcome.accepted else "none opened; a dry run opens no deviation"
    rows.append(("Deviations", (paragraph(recorded),)))
    return Facts(tuple(rows))


def _span(attempt: CaseAttempt) -> str:
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


def _targets(case: TestCase, context: Context) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.target for link in case.verifies))


def _default(label: str, case: TestCase) -> str:
    if label == "Objective":
        return f"Show: {case.title}"
    if label == "Acceptance":
        return "Every step gives its expected result."
    if label == "Test data" and case.example:
        return "The Examples row below."
    return "N/A: none beyond the entry criteria of the protocol" if label == "Prerequisites" else "N/A: none"
