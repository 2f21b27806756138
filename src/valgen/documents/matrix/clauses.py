"""View by regulation: each clause with the requirements that answer it, their tests and coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Table, Tone, cell, paragraph, runs
from valgen.documents.context import Context
from valgen.documents.matrix.cells import DRY, TONES, has_dry, ids_cell, initial_status, tests_cell
from valgen.model.outcome import Coverage
from valgen.model.project import Applicability, DocumentEntry
from valgen.regulations.library import Clause, libraries, library_clauses
from valgen.trace.matrix import MatrixRow


def regulations(
    context: Context, entry: DocumentEntry | None, *, compact: bool = False, initial: bool = False
) -> tuple[Block, ...]:
    """Per regulation, every clause that asks for evidence with the requirements that answer it and their coverage."""
    answers = _answers(context)
    stated = {one.clause: one for one in context.project.applicability}
    blocks: list[Block] = []
    for name in context.project.settings.regulations:
        if name not in libraries():
            blocks.append(paragraph(f"{name} is unknown to the clause library.", Tone.BAD))
            continue
        rows = []
        for clause in library_clauses(name):
            found = answers.get(clause.id, [])
            if not clause.counts and not found:
                continue
            tests = tuple(test for row in found for test in row.tests)
            rows.append(
                Row(
                    (
                        cell(clause.id, bold=True),
                        cell(clause.title),
                        cell(clause.coverage or "reference"),
                        _applies(clause, stated.get(clause.id)),
                        ids_cell(tuple(row.item.id for row in found), "none"),
                        tests_cell(tests, context) if tests else cell("none"),
                        *_statuses(clause, found, stated.get(clause.id), context, compact=compact, initial=initial),
                    ),
                    anchor=f"{'initial-' if initial else ''}clause-{clause.id}",
                )
            )
        columns = (
            Column("Clause", 11),
            Column("Subject", 18),
            Column("Evidence", 9),
            Column("Applicable", 15),
            Column("Requirements", 13),
            Column("Tests", 20 if compact or initial else 14),
            *(
                (Column("Coverage status", 13),)
                if compact or initial
                else (Column("Coverage (formal)", 11), Column("Coverage (dry run)", 11))
            ),
        )
        blocks.append(
            Table(
                columns,
                tuple(rows),
                caption=libraries()[name].title,
                anchor=f"{'initial-' if initial else ''}matrix-{name}",
                role="matrix",
                wide=True,
            )
        )
    return tuple(blocks) or (paragraph("The project names no regulation.", Tone.MUTED),)


def open_clauses(context: Context) -> Iterator[tuple[Clause, bool]]:
    """Yield the clauses that the project has to answer and does not: each with whether it was decided to apply.

    A clause that requirements answer is not among them, however these stand: they are rows of their own.
    """
    answers = _answers(context)
    stated = {one.clause: one for one in context.project.applicability}
    for name in context.project.settings.regulations:
        for clause in library_clauses(name) if name in libraries() else ():
            statement = stated.get(clause.id)
            if not clause.counts or (statement is not None and not statement.applicable):
                continue
            if any(row.status is not Coverage.NOT_APPLICABLE for row in answers.get(clause.id, ())):
                continue
            yield clause, clause.coverage == "required" or statement is not None


def clause_status(clause: Clause, found: Sequence[Coverage], *, demanded: bool = False) -> Coverage | None:
    """Return the status of a clause from those of the requirements that answer it; None where nothing has to.

    A requirement that does not apply to this release answers nothing: a clause that only such ones name is a gap.

    Args:
        clause: of a library.
        found: coverage of the items that name it.
        demanded: whether the project states that it applies.
    """
    found = [one for one in found if one is not Coverage.NOT_APPLICABLE]
    if not found:
        return Coverage.GAP if clause.coverage == "required" or (demanded and clause.counts) else None
    for status in (
        Coverage.FAILED,
        Coverage.GAP,
        Coverage.NOT_EXECUTED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PASSED,
    ):
        if status in found:
            return status
    return min(found)


def _statuses(
    clause: Clause,
    found: list[MatrixRow],
    statement: Applicability | None,
    context: Context,
    *,
    compact: bool,
    initial: bool,
) -> tuple[Cell, ...]:
    excluded = statement is not None and not statement.applicable

    def shown(statuses: list[Coverage]) -> Cell:
        if excluded:
            return cell(Coverage.NOT_APPLICABLE.value)
        status = clause_status(clause, statuses, demanded=statement is not None)
        return cell(status.value, TONES.get(status, Tone.NEUTRAL)) if status else cell("no requirement", Tone.WARN)

    if initial:
        return (shown([initial_status(row) for row in found]),)
    formal, dry = shown([row.status for row in found]), shown([row.dry_status for row in found])
    if not compact:
        return (formal, dry)
    if excluded or not has_dry(context) or not any(row.tests for row in found):
        return (formal,)
    below = tuple(Paragraph((*runs(DRY), *one.runs), dry.tone) for one in dry.blocks if isinstance(one, Paragraph))
    return (Cell((*formal.blocks, *below), formal.tone),)


def _answers(context: Context) -> Mapping[str, list[MatrixRow]]:
    found: dict[str, list[MatrixRow]] = {}
    for row in context.matrix.rows:
        for clause in row.clauses:
            found.setdefault(clause, []).append(row)
    return found


def _applies(clause: Clause, statement: Applicability | None) -> Cell:
    if statement is None:
        if clause.conditional:
            return cell(f"not stated; condition: {clause.condition}", Tone.WARN)
        return cell("Yes")
    return cell(f"{'Yes' if statement.applicable else 'No'}: {statement.rationale}")
