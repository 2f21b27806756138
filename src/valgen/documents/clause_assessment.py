"""Blocks of the electronic records and signatures assessment: one row per clause, by library.

A clause counts as ``trace/rules/clauses`` and the regulation matrix count it: required ones, and conditional ones
whose condition holds. Whose part it is, the system's, the organisation's or the supplier's, is said from the
library. A draft and a guide are shown for information and never counted.

Source: domain/documents.md b.16 (Part 11 and Annex 11 assessment), regulations/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Notice,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    paragraph,
    runs,
)
from valgen.documents.common import by_base, linked
from valgen.documents.context import Context
from valgen.documents.matrix.cells import DRY, has_dry
from valgen.documents.matrix.clauses import clause_status
from valgen.documents.rowing import count, ids_cell, row
from valgen.model.outcome import Coverage, Outcome, RunMode
from valgen.model.project import Applicability, DocumentEntry
from valgen.regulations.library import Clause, Library, libraries, library_clauses
from valgen.trace.matrix import MatrixRow

_TONES = {
    Coverage.PASSED: Tone.GOOD,
    Coverage.PASSED_WITH_DEVIATION: Tone.GOOD,
    Coverage.FAILED: Tone.BAD,
    Coverage.GAP: Tone.BAD,
    Coverage.NOT_EXECUTED: Tone.WARN,
}
_MET = frozenset({Coverage.PASSED, Coverage.PASSED_WITH_DEVIATION, Coverage.PROCEDURE, Coverage.SUPPLIER})
_WRONG = frozenset({Outcome.FAILED, Outcome.ERROR, Outcome.ABORTED})
_TECHNICAL = ("FS", "CS")
_PARTS = {"system": "System (technical)", "organisation": "Organisation (procedure)", "supplier": "Supplier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One clause with what the project says and does about it.

    Attributes:
        stated: row of applicability.yaml; None where nobody stated anything.
        answers: items that name the clause.
        tests: run ids of tests that cover them.
        waiting: procedures among what answers it that state no effective date.
        formal: coverage by formal results; None for a conditional clause that nothing answers.
        dry: the same by dry runs.
    """

    clause: Clause
    stated: Applicability | None
    answers: tuple[MatrixRow, ...]
    tests: tuple[str, ...]
    waiting: tuple[str, ...]
    formal: Coverage | None
    dry: Coverage | None

    @property
    def excluded(self) -> bool:
        """Whether the project says that it does not apply."""
        return self.stated is not None and not self.stated.applicable

    @property
    def applies(self) -> bool:
        """Whether it is demanded: required, or conditional and stated or answered; never when excluded."""
        if self.excluded or not self.clause.counts:
            return False
        return not self.clause.conditional or self.stated is not None or bool(self.answers)

    @property
    def undecided(self) -> bool:
        """Whether a conditional clause has neither a statement nor an answer."""
        return self.clause.conditional and self.stated is None and not self.answers

    @property
    def unanswered(self) -> bool:
        """Whether it applies and no item names it."""
        return self.applies and not self.answers

    @property
    def met(self) -> bool:
        """Whether formal results, procedures in force or supplier evidence cover it."""
        return self.applies and self.formal in _MET and not self.waiting


def assess(context: Context, name: str) -> tuple[Assessed, ...]:
    """Return every clause of a library that asks for evidence or that an item names, in the order of the text."""
    answers: dict[str, list[MatrixRow]] = {}
    for one in context.matrix.rows:
        for clause_id in one.clauses:
            answers.setdefault(clause_id, []).append(one)
    stated = {one.clause: one for one in context.project.applicability}
    found = []
    for clause in library_clauses(name):
        rows = tuple(answers.get(clause.id, ()))
        if clause.counts or rows:
            statement = stated.get(clause.id)
            excluded = statement is not None and not statement.applicable
            tests = dict.fromkeys(test.id for one in rows for test in one.tests)
            found.append(
                Assessed(
                    clause=clause,
                    stated=statement,
                    answers=rows,
                    tests=tuple(tests),
                    waiting=_waiting(rows, context),
                    formal=_coverage(clause, rows, excluded, statement is not None, RunMode.FORMAL),
                    dry=_coverage(clause, rows, excluded, statement is not None, RunMode.DRY),
                )
            )
    return tuple(found)


def assessed_libraries(context: Context) -> tuple[Library, ...]:
    """Return the regulations of the project whose clauses count."""
    known = libraries()
    named = (known[name] for name in context.project.settings.regulations if name in known)
    return tuple(one for one in named if one.in_force and any(clause.counts for clause in library_clauses(one.name)))


def clauses(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Per regulation in force, one row per clause that asks for evidence; below, the clauses that ask for none."""
    blocks: list[Block] = []
    for library in assessed_libraries(context):
        found = assess(context, library.name)
        table = Table(
            (
                Column("Clause", 13), Column("Demand", 24), Column("Applicable", 14), Column("How it is met", 18),
                Column("Requirements", 9), Column("Tests and results", 12), Column("Coverage (formal)", 10),
                Column("Gap and action", 14),
            ),
            tuple(_clause_row(one, context) for one in found),
            role="matrix",
            wide=True,
        )  # fmt: skip
        shown = {one.clause.id for one in found}
        rest = [one for one in library_clauses(library.name) if one.id not in shown and one.coverage]
        more: tuple[Block, ...] = (
            (
                paragraph(
                    "These entries set scope, define terms or head a group. They ask for no evidence of their own: "
                    + "; ".join(f"{one.id} {one.title}" for one in rest)
                    + "."
                ),
            )
            if rest
            else ()
        )
        blocks.append(Section(library.title, f"clauses-{library.name}", (table, *more)))
    return tuple(blocks) or (paragraph("The project names no regulation whose clauses are assessed."),)


def summary(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Clauses per regulation: asked for, applicable, answered, covered; with a sentence made from the same numbers."""
    rows = []
    sentences: list[Block] = []
    for library in assessed_libraries(context):
        found = [one for one in assess(context, library.name) if one.clause.counts]
        applies = sum(one.applies for one in found)
        met = sum(one.met for one in found)
        unanswered = sum(one.unanswered for one in found)
        undecided = sum(one.undecided for one in found)
        excluded = sum(one.excluded for one in found)
        failed = sum(one.applies and one.formal is Coverage.FAILED for one in found)
        numbers = (len(found), applies, excluded, undecided, applies - unanswered, met, failed, unanswered)
        bad = (3, 6, 7)
        rows.append(
            row(
                library.title,
                *(
                    cell(str(number), Tone.BAD if number and at in bad else Tone.NEUTRAL)
                    for at, number in enumerate(numbers)
                ),
            )
        )
        text = (
            f"{library.title}: {met} of {count(applies, 'applicable clause')} covered by formal results, procedures "
            f"or supplier evidence; {applies - met} open."
        )
        sentences.append(paragraph(text, Tone.GOOD if met == applies and not undecided else Tone.WARN))
    columns = (
        Column("Regulation", 26), Column("Clauses that ask for evidence", 10), Column("Applicable", 9),
        Column("Not applicable", 9), Column("Not decided", 9), Column("Answered", 9), Column("Covered", 9),
        Column("Failed", 8), Column("Without answer", 9),
    )  # fmt: skip
    if not rows:
        return (paragraph("The project names no regulation whose clauses are assessed."),)
    return (Table(columns, tuple(rows), role="results"), *sentences)


def gaps(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every clause that is not yet met, with the action that is open."""
    rows = []
    for library in assessed_libraries(context):
        for one in assess(context, library.name):
            what, action = _gap(one)
            if what:
                rows.append(row(one.clause.id, one.clause.title, cell(what, _gap_tone(one)), action))
    columns = (Column("Clause", 18), Column("Subject", 30), Column("Gap", 22), Column("Action", 30))
    return (Table(columns, tuple(rows), role="gaps", empty="Every applicable clause is met."),)


def informative(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Drafts and guides that the project named: what they ask for, and what of the project touches it; not counted."""
    counted = {one.name for one in assessed_libraries(context)}
    blocks: list[Block] = []
    for name in context.project.settings.regulations:
        library = libraries().get(name)
        if library is None or name in counted:
            continue
        standing = "It is a draft and not in force." if not library.in_force else "It is no regulation."
        rows = [
            row(one.id, one.title, one.demand or "N/A", ", ".join(one.related) or "none", _touched(one, context))
            for one in library_clauses(name)
        ]
        columns = (
            Column("Entry", 16), Column("Subject", 20), Column("Says", 34), Column("Related clauses", 14),
            Column("Items", 16),
        )  # fmt: skip
        text = f"For information. {standing} Its entries count in no figure of this document."
        blocks.append(
            Section(library.title, f"informative-{name}", (paragraph(text), Table(columns, tuple(rows), role="plain")))
        )
    return tuple(blocks) or (paragraph("The project names no draft and no guide."),)


def statement(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Compliance statement: each applicable clause with its evidence, and what that allows to say per regulation."""
    blocks: list[Block] = []
    for library in assessed_libraries(context):
        found = [one for one in assess(context, library.name) if one.clause.counts]
        rows = [
            row(
                one.clause.id,
                one.clause.title,
                ids_cell(tuple(answer.item.id for answer in one.answers), "none", Tone.BAD),
                _tests_counted(one, context),
                _coverage_cell(one.formal),
            )
            for one in found
            if one.applies or one.undecided
        ]
        columns = (
            Column("Clause", 17), Column("Subject", 28), Column("Requirements, procedures", 19),
            Column("Tests (formal)", 19), Column("Status (formal)", 17),
        )  # fmt: skip
        blocks.append(Table(columns, tuple(rows), caption=library.title, role="matrix"))
        applies = sum(one.applies for one in found)
        met = sum(one.met for one in found)
        undecided = sum(one.undecided for one in found)
        if met == applies and not undecided:
            text = f"All {applies} applicable clauses of {library.title} are covered by accepted evidence."
            blocks.append(Notice("Compliance statement", (paragraph(text),), Tone.GOOD))
        else:
            text = (
                f"Compliance with {library.title} is not shown: {applies - met} of "
                f"{count(applies, 'applicable clause')} without accepted evidence"
                + (f", {undecided} not decided." if undecided else ".")
            )
            blocks.append(Notice("No compliance statement", (paragraph(text),), Tone.BAD))
    return tuple(blocks) or (paragraph("The project names no regulation whose clauses are assessed."),)


def open_clauses(context: Context) -> Mapping[str, int]:
    """Return the number of clauses per regulation that apply and are not met, or that nobody decided on."""
    return {
        library.title: sum(
            (one.applies and not one.met) or one.undecided for one in assess(context, library.name) if one.clause.counts
        )
        for library in assessed_libraries(context)
    }


def _coverage(
    clause: Clause, rows: Sequence[MatrixRow], excluded: bool, demanded: bool, mode: RunMode
) -> Coverage | None:
    if excluded:
        return Coverage.NOT_APPLICABLE
    found = [one.status if mode is RunMode.FORMAL else one.dry_status for one in rows]
    return clause_status(clause, found, demanded=demanded)


def _waiting(rows: Sequence[MatrixRow], context: Context) -> tuple[str, ...]:
    """Return the procedures that answer a clause, themselves or below a requirement, and are not in force."""
    names = dict.fromkeys(
        name for one in rows for name in (one.item.id, *(below for kind in one.chain.values() for below in kind))
    )
    found = (context.graph.items[name] for name in names)
    return tuple(item.id for item in found if item.type == "SOP" and not item.value("effective_date"))


def _clause_row(one: Assessed, context: Context) -> Row:
    what, action = _gap(one)
    gap = cell(f"{what}: {action}", _gap_tone(one)) if what else cell("none", Tone.GOOD)
    if one.excluded:
        gap = cell("none: not applicable")
    return row(
        Cell((Paragraph((Run(one.clause.id, bold=True), Run(f"\n{one.clause.title}"))),)),
        one.clause.demand or "N/A",
        _applicable(one),
        cell("N/A: not applicable") if one.excluded else _how(one, context),
        ids_cell(tuple(answer.item.id for answer in one.answers), "none"),
        _tests(one, context),
        _coverage_both(one, context),
        gap,
        anchor=f"eres-{one.clause.id}",
    )


def _applicable(one: Assessed) -> Cell:
    if one.stated is not None:
        return cell(f"{'Yes' if one.stated.applicable else 'No'}: {one.stated.rationale or 'no rationale given'}")
    if one.undecided:
        return cell(f"not decided; condition: {one.clause.condition}", Tone.WARN)
    if one.clause.coverage == "required":
        return cell("Yes: always required")
    if one.clause.conditional and one.clause.condition:
        return cell(f"Yes: named by a requirement; condition: {one.clause.condition}")
    return cell("Yes: named by a requirement")


def _how(one: Assessed, context: Context) -> Cell:
    """Say per responsible party what meets the clause: functions and settings, procedures, supplier evidence."""
    found: dict[str, dict[str, None]] = {"system": {}, "organisation": {}, "supplier": {}}
    for answer in one.answers:
        names = [answer.item.id, *(name for kind in answer.chain.values() for name in kind)]
        for name in names:
            item = context.graph.items[name]
            if item.type == "SOP":
                found["organisation"][name] = None
            elif item.type == "SUP":
                found["supplier"][name] = None
            elif item.type in _TECHNICAL:
                found["system"][name] = None
        below = {answer.item.type, *answer.chain}
        if not below & {"SOP", "SUP", *_TECHNICAL}:
            part = {"procedure": "organisation", "supplier": "supplier"}.get(answer.item.verification, "system")
            found[part].setdefault(answer.item.id, None)
    parts: list[Run] = []
    for name, title in _PARTS.items():
        asked = name in one.clause.responsible
        if not asked and not found[name]:
            continue
        parts += runs("\n") if parts else ()
        parts.append(Run(f"{title}: ", bold=True))
        parts += linked(tuple(found[name])).runs if found[name] else runs("none named")
    tone = Tone.NEUTRAL if any(found.values()) else Tone.WARN
    return Cell((Paragraph(tuple(parts)),), tone) if parts else cell("no control named", Tone.WARN)


def _tests(one: Assessed, context: Context) -> Cell:
    """Return each test once as a link, with the results counted; how many rows a test has stands in the protocol."""
    if not one.tests:
        return _no_tests(one)
    rows = by_base(one.tests, context)
    parts: list[Run] = []
    for base, names in rows.items():
        parts += runs(", ") if parts else ()
        parts.append(Run(base, link=f"#{names[0]}"))
    entries = tuple({(test.id, test.environment): test for answer in one.answers for test in answer.tests}.values())
    counted = _counted([(test.id, test.result) for test in entries], context)
    dry = _counted([(test.id, test.dry_result) for test in entries], context)
    below = (paragraph(DRY + dry),) if has_dry(context) else ()
    return Cell((Paragraph(tuple(parts)), paragraph(counted), *below))


def _counted(results: Sequence[tuple[str, Outcome]], context: Context) -> str:
    """Return how many planned tests have each result; those that went wrong are named."""
    found: dict[Outcome, list[str]] = {}
    for name, outcome in results:
        found.setdefault(outcome, []).append(context.graph.cases[name].base_id)
    parts = []
    for outcome in (one for one in Outcome if one in found):
        names = f" ({', '.join(dict.fromkeys(found[outcome]))})" if outcome in _WRONG else ""
        parts.append(f"{len(found[outcome])} {outcome.value}{names}")
    return ", ".join(parts)


def _tests_counted(one: Assessed, context: Context) -> Cell:
    """Return how many planned tests cover a clause, and how many of them formal results accept."""
    entries = {(test.id, test.environment): test.result.accepted for answer in one.answers for test in answer.tests}
    if not entries:
        return _no_tests(one)
    accepted = sum(entries.values())
    tone = Tone.GOOD if accepted == len(entries) else Tone.WARN
    return cell(f"{count(len(entries), 'planned test')}, {accepted} accepted", tone)


def _no_tests(one: Assessed) -> Cell:
    kinds = {Coverage.PROCEDURE: "procedure", Coverage.SUPPLIER: "supplier evidence"}
    return cell(f"none: {kinds[one.formal]}" if one.formal in kinds else "none")


def _coverage_both(one: Assessed, context: Context) -> Cell:
    """Return coverage by formal results, and below it that of dry runs where tests had any; they count for nothing."""
    formal = _coverage_cell(one.formal)
    if one.excluded or not one.tests or one.dry is None or not has_dry(context):
        return formal
    return Cell((*formal.blocks, paragraph(f"{DRY}{one.dry.value}", _TONES.get(one.dry, Tone.NEUTRAL))), formal.tone)


def _coverage_cell(status: Coverage | None) -> Cell:
    if status is None:
        return cell("no requirement", Tone.WARN)
    return cell(status.value, _TONES.get(status, Tone.NEUTRAL))


def _gap(one: Assessed) -> tuple[str, str]:
    """Return gap and action; empty when there is none."""
    if one.excluded or (not one.clause.counts and one.formal in (None, *_MET)):
        return "", ""
    if one.undecided:
        return "not decided", "state in requirements/applicability.yaml whether the condition holds"
    if not one.answers or one.formal is None:
        return "no requirement", "name the clause in the requirement or procedure that answers it"
    if one.formal is Coverage.FAILED:
        return "test failed", "correct, retest and close the deviation"
    if one.formal is Coverage.GAP:
        return "not verified", "add a test, a procedure or supplier evidence"
    if one.formal is Coverage.NOT_EXECUTED:
        return "not executed", "execute the tests formally"
    if one.waiting:
        return "procedure not in force", f"state number, version and effective date of {', '.join(one.waiting)}"
    return "", ""


def _gap_tone(one: Assessed) -> Tone:
    return Tone.BAD if one.formal in (Coverage.FAILED, Coverage.GAP) else Tone.WARN


def _touched(clause: Clause, context: Context) -> Cell:
    wanted = {clause.id, *clause.related}
    ids = tuple(one.item.id for one in context.matrix.rows if wanted & set(one.clauses))
    return ids_cell(ids, "none")
