"""What happened in each planned test, step by step, for the drill-down of interactive pages.

The texts are those of the stage report: both are made by `valgen.documents.cases`. Shown is the attempt that decides;
other attempts at the same case in the same environment are listed with their results, so that a failure that a later
run put right stays visible.

Source: design.md §6 (drill down to the step and its screenshot), domain/documents.md b.12.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from valgen.documents.blocks import Block, Cell, CodeBlock, Paragraph, Table, Tone, plain_text
from valgen.documents.cases import printed_cells, printed_rows, tables_of, tone_of
from valgen.documents.common import moment
from valgen.documents.context import Context
from valgen.model.outcome import Outcome, RunMode, worst
from valgen.model.run import CaseAttempt, EvidenceRef, Run
from valgen.model.testcase import TestCase
from valgen.trace.fingerprint import planned_steps
from valgen.trace.results import CaseStatus

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
"""Media types that a page shows as a picture; everything else is a link to the file."""

TABLE_ROWS = 200
"""Rows of an observed table that the drill-down shows; the report and the attachments hold all."""

EvidencePaths = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attachment.

    Attributes:
        path: in the pack, relative to its root; empty where the pack does not hold the file.
        picture: whether it can be shown as one.
    """

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    captured: str
    path: str
    picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedRow:
    """One row of the step table.

    Attributes:
        label: numbers of its steps, such as ``2–4``.
        time: when its first step began, UTC; empty when it was not executed.
    """

    label: str
    instruction: tuple[Line, ...]
    expected: tuple[Line, ...]
    observed: tuple[Line, ...]
    outcome: Outcome
    time: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table that no cell can hold; ``left_out`` tells how many rows are not in ``rows``."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAttempt:
    """Another attempt at the same case in the same environment."""

    run: str
    mode: RunMode
    number: int
    outcome: Outcome
    started: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One planned test in one environment with the attempt that decides.

    Attributes:
        mode: of the runs that were looked at: formal as soon as there is a formal one of the stage.
        run: id of the deciding run; empty when there is none.
        outcome: what counts now.
        note: why, in one line; empty for none.
        stale: whether an earlier result no longer counts.
        rows: as executed; as planned where nothing was executed.
    """

    case: str
    environment: str
    mode: RunMode
    run: str
    attempt: int
    outcome: Outcome
    tone: Tone
    executor: str
    started: str
    finished: str
    note: str
    stale: bool
    rows: tuple[ExecutedRow, ...]
    tables: tuple[ShownTable, ...]
    others: tuple[EarlierAttempt, ...]


def executions(context: Context, paths: EvidencePaths) -> Iterator[Execution]:
    """Yield the execution of every planned test, in the order of the matrix.

    Args:
        context: of the project.
        paths: (run id, evidence id) to the path in the pack; the evidence id may have the number of the attempt and
            a slash in front.
    """
    others = _attempts(context.runs)
    modes: dict[tuple[object, str], RunMode] = {}
    for (name, where), formal in context.matrix.formal.items():
        place = formal.stage, where
        if place not in modes:
            modes[place] = context.mode_of(formal.stage, where)
        status = context.matrix.statuses(modes[place])[name, where]
        yield _execution(context.graph.cases[name], status, modes[place], others.get((name, where), ()), paths)


def _execution(
    case: TestCase,
    status: CaseStatus,
    mode: RunMode,
    attempts: Iterable[tuple[Run, CaseAttempt]],
    paths: EvidencePaths,
) -> Execution:
    attempt = status.attempt
    steps = status.planned.steps if status.planned and attempt else planned_steps(case)
    done = {step.number: step for step in attempt.steps} if attempt else {}
    rows = []
    for row in printed_rows(steps):
        instruction, expected, observed = printed_cells(row, done)
        results = [done.get(step.number) for step in row.steps]
        started = next((one.started_at for one in results if one and one.started_at), "")
        rows.append(
            ExecutedRow(
                label=row.label,
                instruction=_lines(instruction),
                expected=_lines(expected),
                observed=_lines(observed),
                outcome=worst(one.outcome if one else Outcome.NOT_EXECUTED for one in results),
                time=_moment(started),
                attachments=tuple(
                    _attachment(ref, status.run, attempt, paths) for one in results if one for ref in one.evidence
                ),
            )
        )
    return Execution(
        case=status.case,
        environment=status.environment,
        mode=mode,
        run=status.run,
        attempt=attempt.number if attempt else 0,
        outcome=status.outcome,
        tone=tone_of(status.outcome),
        executor=attempt.executor if attempt else "",
        started=_moment(attempt.started_at) if attempt else "",
        finished=_moment(attempt.finished_at) if attempt else "",
        note=status.note,
        stale=bool(status.stale),
        rows=tuple(rows),
        tables=tuple(_shown(block) for block in tables_of(case.id, steps, attempt) if isinstance(block, Table)),
        others=tuple(
            EarlierAttempt(
                run=run.id,
                mode=run.mode,
                number=one.number,
                outcome=one.outcome,
                started=_moment(one.started_at),
                message=one.message,
            )
            for run, one in attempts
            if one is not attempt
        ),
    )


def _attempts(runs: Iterable[Run]) -> dict[tuple[str, str], list[tuple[Run, CaseAttempt]]]:
    """Group every attempt by case and environment, oldest first."""
    found: dict[tuple[str, str], list[tuple[Run, CaseAttempt]]] = {}
    for run in runs:
        for attempt in run.attempts:
            found.setdefault((attempt.case, run.environment), []).append((run, attempt))
    return found


def _attachment(ref: EvidenceRef, run: str, attempt: CaseAttempt | None, paths: EvidencePaths) -> Attachment:
    number = attempt.number if attempt else 0
    path = paths.get((run, f"{number}/{ref.id}")) or paths.get((run, ref.id), "")
    return Attachment(
        id=ref.id,
        name=ref.name,
        media_type=ref.media_type,
        size_bytes=ref.size_bytes,
        sha256=ref.sha256,
        captured=_moment(ref.captured_at),
        path=path,
        picture=bool(path) and ref.media_type in PICTURES,
    )


def _lines(cell: Cell) -> tuple[Line, ...]:
    found: list[Line] = []
    for block in cell.blocks:
        if isinstance(block, Paragraph):
            found.append(Line("".join([run.text for run in block.runs]), block.tone))
        elif isinstance(block, CodeBlock):
            found.append(Line(block.text))
        else:
            found.append(Line(_plain(block)))
    return tuple(found)


def _plain(block: Block) -> str:
    return plain_text((block,))


def _shown(table: Table) -> ShownTable:
    return ShownTable(
        caption=table.caption,
        columns=tuple(column.title for column in table.columns),
        rows=tuple(tuple(plain_text(cell.blocks) for cell in row.cells) for row in table.rows[:TABLE_ROWS]),
        left_out=max(0, len(table.rows) - TABLE_ROWS),
    )


def _moment(time: str) -> str:
    return moment(time).replace("\n", " ") if time else ""
