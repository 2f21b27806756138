"""Blocks of the traceability matrix: forward, backward, by clause, gaps, counts.

The Excel workbook is made from the same tables. Source: domain/documents.md b.13.
"""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Run, Table, Tone, cell, link_cell, paragraph
from valgen.documents.cases import tone_of
from valgen.documents.common import tests_linked
from valgen.documents.context import Context
from valgen.documents.items import WORDS
from valgen.model.outcome import Coverage, Outcome, RunMode
from valgen.model.project import DocumentEntry
from valgen.regulations.library import Clause, libraries, library_clauses
from valgen.trace.matrix import MatrixRow, TestEntry
from valgen.trace.risk import initial_score

_TONES = {
    Coverage.PASSED: Tone.GOOD,
    Coverage.PASSED_WITH_DEVIATION: Tone.GOOD,
    Coverage.FAILED: Tone.BAD,
    Coverage.GAP: Tone.BAD,
    Coverage.NOT_EXECUTED: Tone.WARN,
}
LEVELS = ("URS", "FS", "CS", "DS")


def forward(context: Context, entry: DocumentEntry | None, kind: str = "URS") -> tuple[Block, ...]:
    """One row per requirement: risks, functions, settings, design, procedures, tests, results, coverage."""
    rows = [_forward_row(row, context) for row in context.matrix.rows if row.item.type == kind]
    columns = (
        Column(f"{kind} ID", 8),
        Column("Requirement", 17),
        Column("Priority, GxP", 8),
        Column("Risks, priority", 9),
        Column("FS", 7),
        Column("CS", 7),
        Column("DS", 7),
        Column("SOP, SUP", 7),
        Column("Tests", 16),
        Column("Formal result", 14),
        Column("Dry run result", 14),
        Column("Deviations", 6),
        Column("Coverage (formal)", 10),
        Column("Coverage (dry run)", 10),
    )
    return (
        Table(
            columns,
            tuple(rows),
            anchor=f"matrix-{kind}",
            role="matrix",
            wide=True,
            empty=f"The project defines no {kind} item.",
        ),
    )


def everything(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every active item of every type, one row each: the rows of ``valgen trace``."""
    rows = [
        Row(
            (
                link_cell((row.item.id,)),
                cell(row.item.type),
                cell(row.item.title),
                link_cell(row.upstream),
                link_cell(row.downstream),
                cell("\n".join(row.clauses)),
                link_cell(row.risks),
                _tests_cell(row.tests, context),
                cell(row.status.value, _TONES.get(row.status, Tone.NEUTRAL)),
                cell(row.dry_status.value, _TONES.get(row.dry_status, Tone.NEUTRAL)),
            )
        )
        for row in context.matrix.rows
    ]
    columns = (
        Column("ID", 10),
        Column("Type", 6),
        Column("Title", 24),
        Column("Upstream", 10),
        Column("Downstream", 10),
        Column("Clauses", 14),
        Column("Risks", 9),
        Column("Tests", 11),
        Column("Coverage (formal)", 12),
        Column("Coverage (dry run)", 12),
    )
    return (
        Table(columns, tuple(rows), anchor="matrix-all", role="matrix", wide=True, empty="The project has no item."),
    )


def backward(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every test with what it verifies, up to the user requirements; and every lower item with what it satisfies."""
    tests = []
    for case in context.graph.cases.values():
        if case.retired:
            continue
        targets = context.graph.verified_items(case)
        needs = dict.fromkeys(
            name
            for target in targets
            for name in context.graph.above(target)
            if context.graph.items[name].type == "URS"
        )
        orphan = not targets and not case.risks
        tests.append(
            Row(
                (
                    link_cell((case.id,)),
                    cell(case.title),
                    cell(case.stage.value),
                    link_cell(targets),
                    link_cell(tuple(needs)),
                    link_cell(tuple(link.target for link in case.risks)),
                    cell("orphan: verifies nothing", Tone.BAD) if orphan else cell("traced", Tone.GOOD),
                )
            )
        )
    test_columns = (
        Column("Test", 12),
        Column("Title", 32),
        Column("Stage", 7),
        Column("Verifies", 14),
        Column("User requirements", 14),
        Column("Risks", 10),
        Column("Trace", 11),
    )
    items = []
    for row in context.matrix.rows:
        kind = context.graph.types[row.item.type]
        if kind.links_up:
            needs = dict.fromkeys(
                name for name in context.graph.above(row.item.id) if context.graph.items[name].type == "URS"
            )
            traced = cell("traced", Tone.GOOD) if needs else cell("orphan: satisfies no user requirement", Tone.BAD)
            items.append(
                Row(
                    (
                        link_cell((row.item.id,)),
                        cell(row.item.title),
                        link_cell(row.upstream),
                        link_cell(tuple(needs)),
                        traced,
                    )
                )
            )
    item_columns = (
        Column("Item", 14),
        Column("Title", 40),
        Column("Satisfies", 16),
        Column("User requirements", 16),
        Column("Trace", 14),
    )
    return (
        Table(
            test_columns,
            tuple(tests),
            caption="Tests to requirements",
            anchor="matrix-tests",
            role="matrix",
            wide=True,
            empty="The project has no test case.",
        ),
        Table(
            item_columns,
            tuple(items),
            caption="Specifications to requirements",
            anchor="matrix-items",
            role="matrix",
            wide=True,
            empty="The project has no FS, CS, DS, SOP or SUP item.",
        ),
    )


def regulations(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
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
            rows_for = answers.get(clause.id, [])
            if not clause.counts and not rows_for:
                continue
            statement = stated.get(clause.id)
            rows.append(
                Row(
                    (
                        cell(clause.id, bold=True),
                        cell(clause.title),
                        cell(clause.coverage or "reference"),
                        _applies(
                            clause,
                            statement is None,
                            statement.applicable if statement else True,
                            statement.rationale if statement else "",
                        ),
                        link_cell(tuple(row.item.id for row in rows_for)),
                        _tests_cell(tuple(test for row in rows_for for test in row.tests), context),
                        _clause_status(
                            clause, rows_for, statement is not None and not statement.applicable, RunMode.FORMAL
                        ),
                        _clause_status(
                            clause, rows_for, statement is not None and not statement.applicable, RunMode.DRY
                        ),
                    ),
                    anchor=f"clause-{clause.id}",
                )
            )
        columns = (
            Column("Clause", 11),
            Column("Subject", 20),
            Column("Evidence", 9),
            Column("Applicable", 16),
            Column("Requirements", 11),
            Column("Tests", 11),
            Column("Coverage (formal)", 11),
            Column("Coverage (dry run)", 11),
        )
        blocks.append(
            Table(
                columns, tuple(rows), caption=libraries()[name].title, anchor=f"matrix-{name}", role="matrix", wide=True
            )
        )
    return tuple(blocks) or (paragraph("The project names no regulation.", Tone.MUTED),)


def gaps(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Everything that is not covered, orphaned, failing or not executed, as rows."""
    rows: list[Row] = []
    for row in context.matrix.rows:
        if row.item.type not in LEVELS and row.item.type != "RSK":
            continue
        if row.status is Coverage.GAP:
            rows.append(_gap(row.item.id, row.item.title, "Not covered", "no test, procedure or supplier evidence"))
    for (case_id, environment), status in sorted(context.matrix.formal.items()):
        mode = context.mode_of(status.stage, environment)
        standing = context.matrix.statuses(mode)[case_id, environment]
        if standing.outcome.accepted and mode is RunMode.FORMAL:
            continue
        if standing.outcome.accepted:
            kind, text = "Not executed formally", f"dry run {standing.run}: {standing.outcome.value}"
        else:
            kind, text = standing.outcome.value, standing.note or "no message recorded"
        rows.append(_gap(case_id, f"{context.graph.cases[case_id].title} ({environment})", kind, text))
    for case in context.graph.cases.values():
        if not case.retired and not case.verifies and not case.risks:
            rows.append(_gap(case.id, case.title, "Orphan test", "verifies nothing"))
    for row in context.matrix.rows:
        if context.graph.types[row.item.type].links_up and not row.upstream:
            rows.append(_gap(row.item.id, row.item.title, "Orphan item", "satisfies no requirement"))
    columns = (
        Column("ID", 14),
        Column("Title", 34),
        Column("Gap", 16),
        Column("Detail", 26),
        Column("Disposition", 10),
    )
    return (Table(columns, tuple(rows), anchor="matrix-gaps", role="gaps", wide=True, empty="No gap."),)


def results_table(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every planned test and environment with its formal and dry result."""
    rows = []
    for (case_id, environment), formal in context.matrix.formal.items():
        dry = context.matrix.dry[case_id, environment]
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
                    cell(dry.note or formal.note or "none"),
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


def counts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Requirements by coverage status, per level, formal and dry, with a sentence made from the same numbers."""
    blocks: list[Block] = []
    for mode, title in (
        (RunMode.FORMAL, "Coverage by formal results"),
        (RunMode.DRY, "Coverage by dry runs (no evidence)"),
    ):
        rows = []
        for kind in dict.fromkeys((*LEVELS, "RSK", *context.project.settings.types)):
            found = context.matrix.counts(kind, mode=mode)
            if found:
                rows.append(
                    Row(
                        (
                            cell(kind, bold=True),
                            cell(str(sum(found.values()))),
                            *(
                                cell(
                                    str(found[status]),
                                    _TONES.get(status, Tone.NEUTRAL) if found[status] else Tone.NEUTRAL,
                                )
                                for status in Coverage
                            ),
                        )
                    )
                )
        columns = (Column("Type", 8), Column("Items", 8), *(Column(status.value, 12) for status in Coverage))
        blocks.append(
            Table(columns, tuple(rows), caption=title, role="results", wide=True, empty="The project has no items.")
        )
    found = context.matrix.counts("URS", mode=RunMode.FORMAL)
    total = sum(found.values())
    covered = (
        found[Coverage.PASSED]
        + found[Coverage.PASSED_WITH_DEVIATION]
        + found[Coverage.PROCEDURE]
        + found[Coverage.SUPPLIER]
    )
    dry = context.matrix.counts("URS", mode=RunMode.DRY)[Coverage.PASSED]
    blocks.append(
        paragraph(
            f"By formal results, procedures and supplier evidence, {covered} of {total} user requirements are covered "
            f"and accepted; {found[Coverage.GAP]} have no coverage at all. In dry runs, which are no evidence, "
            f"{dry} of {total} passed.",
        )
    )
    return tuple(blocks)


def _forward_row(row: MatrixRow, context: Context) -> Row:
    item = row.item
    risk_lines = tuple(row.risks)
    priority = WORDS.get(item.value("priority"), item.value("priority")) or "not stated"
    return Row(
        (
            link_cell((item.id,)),
            cell(item.title),
            cell(f"{priority}\nGxP {'yes' if item.gxp else 'no'}"),
            _risk_cell(risk_lines, context),
            *(link_cell(row.chain.get(kind, ())) for kind in ("FS", "CS", "DS")),
            link_cell((*row.chain.get("SOP", ()), *row.chain.get("SUP", ()))),
            _tests_cell(row.tests, context),
            _result_cell(row.tests, RunMode.FORMAL, context),
            _result_cell(row.tests, RunMode.DRY, context),
            cell(", ".join(sorted({name for test in row.tests for name in test.deviations})) or "none"),
            cell(row.status.value, _TONES.get(row.status, Tone.NEUTRAL)),
            cell(row.dry_status.value, _TONES.get(row.dry_status, Tone.NEUTRAL)),
        ),
        anchor=f"row-{item.id}",
    )


def _risk_cell(risks: tuple[str, ...], context: Context) -> Cell:
    parts: list[Run] = []
    for number, name in enumerate(risks):
        priority = initial_score(context.graph.items[name], context.project.settings.risk).priority
        parts += [Run("\n")] if number else []
        parts += [Run(name, link=f"#{name}"), Run(f" {WORDS.get(priority, priority or '?')}")]
    return Cell((Paragraph(tuple(parts)),)) if parts else cell("none assessed")


def _tests_cell(tests: tuple[TestEntry, ...], context: Context) -> Cell:
    names = tuple(dict.fromkeys(test.id for test in tests))
    return Cell((tests_linked(names, context),)) if names else Cell()


def _result_cell(tests: tuple[TestEntry, ...], mode: RunMode, context: Context) -> Cell:
    """Results counted, each planned test and environment once; what is not accepted among others is named."""
    found: dict[Outcome, list[str]] = {}
    for test in tests:
        outcome = test.result if mode is RunMode.FORMAL else test.dry_result
        found.setdefault(outcome, []).append(f"{context.graph.cases[test.id].base_id} {test.environment}")
    if not found:
        return cell("no test")
    lines = []
    for outcome in (one for one in Outcome if one in found):
        names = ", ".join(dict.fromkeys(found[outcome])) if len(found) > 1 and not outcome.accepted else ""
        lines.append(f"{len(found[outcome])} {outcome.value}" + (f": {names}" if names else ""))
    tone = Tone.GOOD
    if found.keys() & {Outcome.FAILED, Outcome.ERROR, Outcome.ABORTED}:
        tone = Tone.BAD
    elif not all(outcome.accepted for outcome in found):
        tone = Tone.WARN
    return cell("\n".join(lines), tone)


def _answers(context: Context) -> Mapping[str, list[MatrixRow]]:
    found: dict[str, list[MatrixRow]] = {}
    for row in context.matrix.rows:
        for clause in row.clauses:
            found.setdefault(clause, []).append(row)
    return found


def _applies(clause: Clause, unstated: bool, applicable: bool, rationale: str) -> Cell:
    if unstated:
        if clause.conditional:
            return cell(f"not stated; condition: {clause.condition}", Tone.WARN)
        return cell("Yes")
    return cell(f"{'Yes' if applicable else 'No'}: {rationale}")


def _clause_status(clause: Clause, rows: list[MatrixRow], excluded: bool, mode: RunMode) -> Cell:
    if excluded:
        return cell(Coverage.NOT_APPLICABLE.value)
    if not rows:
        return (
            cell(Coverage.GAP.value, Tone.BAD) if clause.coverage == "required" else cell("no requirement", Tone.WARN)
        )
    found = {row.status if mode is RunMode.FORMAL else row.dry_status for row in rows}
    for status in (
        Coverage.FAILED,
        Coverage.GAP,
        Coverage.NOT_EXECUTED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PASSED,
    ):
        if status in found:
            return cell(status.value, _TONES.get(status, Tone.NEUTRAL))
    return cell(next(iter(sorted(found))).value)


def _gap(name: str, title: str, kind: str, text: str) -> Row:
    return Row((link_cell((name,)), cell(title), cell(kind, Tone.BAD), cell(text), cell("open", Tone.WARN)))
