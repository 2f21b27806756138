"""Counts by coverage status with the sentence that follows from them, and what each status means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from valgen.documents.blocks import Block, Column, Row, Table, Tone, cell, paragraph
from valgen.documents.context import Context
from valgen.documents.matrix.cells import LEVELS, TONES, has_dry, initial_status
from valgen.model.outcome import Coverage, RunMode
from valgen.model.project import DocumentEntry

MEANINGS: Mapping[Coverage, str] = {
    Coverage.PASSED: "Every test that covers it has passed in every environment in which it is planned",
    Coverage.PASSED_WITH_DEVIATION: "As before, and a deviation of at least one test was closed by the quality unit",
    Coverage.FAILED: "At least one test that covers it has failed",
    Coverage.NOT_EXECUTED: "At least one test that covers it has no accepted result yet, and none has failed",
    Coverage.PROCEDURE: "Met by a procedure outside the system, which is named",
    Coverage.SUPPLIER: "Met by evidence of the supplier, which is named",
    Coverage.NOT_APPLICABLE: "Not demanded of this release, with the reason",
    Coverage.GAP: "Nothing shows that it is met",
}
_ACCEPTED = (Coverage.PASSED, Coverage.PASSED_WITH_DEVIATION, Coverage.PROCEDURE, Coverage.SUPPLIER)


def counts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Requirements by coverage status, per level, formal and dry, with a sentence made from the same numbers."""
    formal = _table("Coverage by formal results", _by_type(context, RunMode.FORMAL))
    dry = _table("Coverage by dry runs (no evidence)", _by_type(context, RunMode.DRY))
    found = context.matrix.counts("URS", mode=RunMode.FORMAL)
    total = sum(found.values())
    covered = sum(found[status] for status in _ACCEPTED)
    excluded = found[Coverage.NOT_APPLICABLE]
    words = f" {excluded} {'does' if excluded == 1 else 'do'} not apply." if excluded else ""
    text = (
        f"By formal results, procedures and supplier evidence, {covered} of {total} user requirements are covered "
        f"and accepted; {found[Coverage.FAILED]} failed, {found[Coverage.NOT_EXECUTED]} are not executed, "
        f"{found[Coverage.GAP]} without any coverage.{words}"
    )
    if not has_dry(context):
        return (formal, paragraph(text))
    rehearsed = context.matrix.counts("URS", mode=RunMode.DRY)[Coverage.PASSED]
    return (formal, dry, paragraph(f"{text} In dry runs, which are no evidence, {rehearsed} of {total} passed."))


def initial_counts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Requirements by coverage before execution: planned tests count as not executed."""
    found: dict[str, Counter[Coverage]] = {}
    for row in context.matrix.rows:
        found.setdefault(row.item.type, Counter())[initial_status(row)] += 1
    ordered = {kind: found[kind] for kind in _kinds(context) if kind in found}
    needs = ordered.get("URS", Counter())
    total, gaps = sum(needs.values()), needs[Coverage.GAP]
    by_test = needs[Coverage.NOT_EXECUTED]
    text = (
        f"{total - gaps} of {total} user requirements are covered: {by_test} by planned tests, "
        f"{needs[Coverage.PROCEDURE]} by procedures, {needs[Coverage.SUPPLIER]} by supplier evidence; "
        f"{needs[Coverage.NOT_APPLICABLE]} do not apply, and {gaps} have no coverage."
    )
    return (_table("Coverage as planned, before execution", ordered), paragraph(text))


def legend(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The statuses of coverage and what each means."""
    rows = tuple(
        Row((cell(status.value, TONES.get(status, Tone.NEUTRAL), bold=True), cell(MEANINGS[status])))
        for status in Coverage
    )
    return (Table((Column("Coverage status", 30), Column("Meaning", 70)), rows),)


def _kinds(context: Context) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*LEVELS, "RSK", *context.project.settings.types)))


def _by_type(context: Context, mode: RunMode) -> dict[str, Counter[Coverage]]:
    found = {kind: context.matrix.counts(kind, mode=mode) for kind in _kinds(context)}
    return {kind: counted for kind, counted in found.items() if counted}


def _table(title: str, found: Mapping[str, Counter[Coverage]]) -> Table:
    rows = [
        Row(
            (
                cell(kind, bold=True),
                cell(str(sum(counted.values()))),
                *(
                    cell(str(counted[status]), TONES.get(status, Tone.NEUTRAL) if counted[status] else Tone.NEUTRAL)
                    for status in Coverage
                ),
            )
        )
        for kind, counted in found.items()
    ]
    columns = (Column("Type", 8), Column("Items", 8), *(Column(status.value, 12) for status in Coverage))
    return Table(columns, tuple(rows), caption=title, role="results", wide=True, empty="The project has no items.")
