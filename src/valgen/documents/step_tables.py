"""Rows of step tables: one pairing of steps for protocol, report and pages.

Printed rows pair each When with its Thens; Givens are set-up checks; a Then without a When is a verification. Every
Gherkin step appears in exactly one row, and every observed value beside the step that gave it.

Source: domain/documents.md b.8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from valgen.documents.blocks import Block, Cell, CodeBlock, Column, Paragraph, Row, Run, Table, Tone, cell, paragraph
from valgen.documents.blocks import runs as text_runs
from valgen.documents.messages import said
from valgen.model.outcome import Outcome, StepKind
from valgen.model.run import CaseAttempt, PlannedStep, StepResult

TONES = {
    Outcome.PASSED: Tone.GOOD,
    Outcome.PASSED_WITH_DEVIATION: Tone.GOOD,
    Outcome.FAILED: Tone.BAD,
    Outcome.ERROR: Tone.BAD,
    Outcome.ABORTED: Tone.BAD,
}
_PLACEHOLDER = re.compile(r"<[^<>\s][^<>]*>")


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


def printed_cells(row: PrintedRow, done: Mapping[int, StepResult] | None = None) -> tuple[Cell, Cell, Cell]:
    """Return instruction, expected result and observed values of a row, tables and doc strings under their step.

    Args:
        row: of the script.
        done: results by step number; none gives the texts of the script and "not executed".
    """
    results = done or {}
    instruction: list[Block] = []
    expected: list[Block] = []
    alone = row.steps[0].kind is StepKind.THEN
    for step in row.steps:
        result = results.get(step.number)
        text = result.text if result else step.text
        target = expected if step.kind is StepKind.THEN else instruction
        target.append(Paragraph((Run(f"{step.keyword} ", bold=True), *text_runs(text))))
        target.extend(_arguments(step))
        if result and result.expected:
            expected.extend(paragraph(line) for line in result.expected)
    if alone:
        instruction.append(paragraph("Verify the expected result."))
    elif not expected:
        expected.append(
            paragraph("The set-up holds." if row.steps[0].kind is StepKind.GIVEN else "The action is carried out.")
        )
    return Cell(tuple(instruction)), Cell(tuple(expected)), _observed(row, results)


def tables_of(label: str, steps: Sequence[PlannedStep], attempt: CaseAttempt | None) -> list[Block]:
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


def changed_steps(executed: Sequence[PlannedStep], now: Sequence[PlannedStep]) -> tuple[tuple[int, str, str], ...]:
    """Return step number, executed text and text of today for every step that differs; empty text for no step.

    A run froze its steps with the values of the environment filled in, so a placeholder such as ``<endpoint>`` of
    today's script stands for any text.
    """
    found = []
    for at in range(max(len(executed), len(now))):
        old = executed[at] if at < len(executed) else None
        new = now[at] if at < len(now) else None
        if old is None or new is None or not _same_step(old, new):
            found.append((at + 1, _sentence(old), _sentence(new)))
    return tuple(found)


def short_digest(digest: str) -> str:
    """Return the first sixteen characters of a digest or fingerprint, enough to compare two on paper."""
    return digest.rpartition(":")[2][:16]


def _same_step(executed: PlannedStep, now: PlannedStep) -> bool:
    if (executed.number, executed.kind, executed.keyword) != (now.number, now.kind, now.keyword):
        return False
    before, after = _texts(executed), _texts(now)
    return len(before) == len(after) and all(map(_fits, before, after))


def _texts(step: PlannedStep) -> list[str]:
    cells = [text for row in step.table for text in (*row, "\n")]
    return [step.text, *cells, *([] if step.doc_string is None else ["text", step.doc_string])]


def _fits(executed: str, written: str) -> bool:
    if executed == written:
        return True
    parts = _PLACEHOLDER.split(written)
    return len(parts) > 1 and re.fullmatch(".*".join(map(re.escape, parts)), executed, re.DOTALL) is not None


def _sentence(step: PlannedStep | None) -> str:
    if step is None:
        return ""
    extra = " (with data table)" if step.table else " (with text)" if step.doc_string is not None else ""
    return f"{step.keyword} {step.text}{extra}"


def _arguments(step: PlannedStep) -> list[Block]:
    blocks: list[Block] = []
    if step.table:
        blocks.extend(_shown_table(step.table, f"Data table of step {step.number} below."))
    if step.doc_string is not None:
        blocks.append(CodeBlock(step.doc_string))
    return blocks


def _observed(row: PrintedRow, done: Mapping[int, StepResult]) -> Cell:
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
            blocks.append(paragraph(f"{lead}{said(result.message)}", tone_of(result.outcome)))
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


def _weight(table: Sequence[Sequence[str]], at: int) -> int:
    """Share of a column's width by its longest text, within bounds that keep every column readable."""
    return max(6, min(40, max(len(row[at]) for row in table if at < len(row))))
