"""Blocks of the training plan and its records: curriculum by role, records, tests that ask for a record.

A record without a date is a plan: nobody is trained by it. Only a dated record whose assessment, where one is stated,
was passed counts as training that took place.

Source: domain/documents.md b.16 (training plan and record).
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, link_cell, paragraph
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.fields import count_of, figures_of, labelled, value_blocks, value_cell
from valgen.model.item import Item
from valgen.model.project import DocumentEntry
from valgen.model.testcase import TestCase
from valgen.trace.training import Standing, named_records, standing

_WORDS = {
    Standing.COMPLETED: ("completed", Tone.GOOD),
    Standing.PLANNED: ("planned", Tone.WARN),
    Standing.FAILED: ("not passed", Tone.BAD),
}


def plan(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Role to curriculum, as the records of the role show it, with how many persons have completed it."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in context.items("TRN", entry):
        groups.setdefault((item.value("role"), item.title), []).append(item)
    rows = []
    for (role, title), members in sorted(groups.items()):
        covers = tuple(dict.fromkeys(name for item in members for name in item.values("covers")))
        done = sum(1 for item in members if standing(item) is Standing.COMPLETED)
        rows.append(
            Row(
                (
                    cell(role, bold=True),
                    cell(title),
                    Cell((linked(covers),)) if covers else cell("nothing named"),
                    cell(_each(members, "method")),
                    cell(_each(members, "assessment")),
                    cell(f"{done} of {len(members)}", Tone.GOOD if done == len(members) else Tone.WARN),
                )
            )
        )
    columns = (
        Column("Role", 15),
        Column("Training", 24),
        Column("Covers", 17),
        Column("Method", 14),
        Column("Assessment and pass mark", 20),
        Column("Completed", 12),
    )
    return (Table(columns, tuple(rows), role="index", empty="The project defines no TRN item."),)


def records(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """One row per training record; planned ones say so."""
    found = context.items("TRN", entry)
    rows = []
    for item in found:
        word, tone = _WORDS[standing(item)]
        planned = standing(item) is Standing.PLANNED
        later = "not held yet" if planned else "not stated"
        rows.append(
            Row(
                (
                    cell(item.id, bold=True),
                    cell(item.value("person")),
                    cell(item.value("role")),
                    _training(item, context),
                    cell(item.value("date") or "not held yet"),
                    value_cell(item, "trainer", context, later, warn=not planned),
                    _assessment(item, planned),
                    value_cell(item, "effectiveness", context, later),
                    cell(item.value("valid_until") or "no end stated"),
                    cell(word, tone),
                ),
                anchor=item.id,
            )
        )
    columns = (
        Column("Record", 8),
        Column("Person", 10),
        Column("Role", 10),
        Column("Training", 18),
        Column("Date", 8),
        Column("Trainer", 8),
        Column("Assessment", 14),
        Column("Effectiveness", 14),
        Column("Valid until", 8),
        Column("Standing", 8),
    )
    table = Table(columns, tuple(rows), role="index", wide=True, empty="The project defines no TRN item.")
    standings = [standing(item) for item in found]
    text = (
        f"{count_of(len(found), 'record')}: {standings.count(Standing.COMPLETED)} completed, "
        f"{standings.count(Standing.PLANNED)} planned, {standings.count(Standing.FAILED)} not passed."
    )
    return (paragraph(text), table, *figures_of(found, context))


def untrained(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Procedures of the index that no record covers."""
    covered = {name for item in context.items("TRN", entry) for name in item.values("covers")}
    rows = tuple(
        Row((link_cell((item.id,)), cell(item.value("number") or "not stated"), cell(item.title)))
        for item in context.items("SOP")
        if item.id not in covered
    )
    columns = (Column("Procedure", 15), Column("Number", 20), Column("Title", 65))
    return (Table(columns, rows, role="gaps", empty="Every procedure is covered by a training record."),)


def prerequisites(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Tests whose prerequisites name a training record, with where that record stands."""
    rows = tuple(_prerequisite(case, name, context) for case, name in _asking(context))
    columns = (Column("Test ID", 18), Column("Title", 40), Column("Training record", 20), Column("Standing", 22))
    empty = "No test case names a training record under Prerequisites."
    return (Table(columns, rows, role="index", empty=empty),)


def _asking(context: Context) -> Iterator[tuple[TestCase, str]]:
    """One row of an outline stands for all, because prerequisites belong to the outline."""
    seen: set[tuple[str, str]] = set()
    for case in context.graph.cases.values():
        for name in () if case.retired else named_records(case):
            if (case.base_id, name) not in seen:
                seen.add((case.base_id, name))
                yield case, name


def _prerequisite(case: TestCase, name: str, context: Context) -> Row:
    item = context.graph.items.get(name)
    if item is None:
        shown, where = cell(name), cell("no such record", Tone.BAD)
    elif item.retired:
        shown, where = cell(name), cell("retired", Tone.BAD)
    else:
        word, tone = _WORDS[standing(item)]
        shown, where = link_cell((name,)), cell(word, tone)
    return Row((Cell((linked((case.id,)),)), cell(case.title), shown, where))


def _training(item: Item, context: Context) -> Cell:
    covers = item.values("covers")
    rest = (
        *value_blocks(item, "text", context),
        *value_blocks(item, "comment", context),
        *labelled(item, ("source", "owner"), context),
    )
    return Cell((paragraph(item.title), *((linked(covers),) if covers else ()), *rest))


def _assessment(item: Item, planned: bool) -> Cell:
    result = item.value("outcome") or ("not held yet" if planned else "no result stated")
    if not item.value("assessment"):
        return cell(result if planned or item.value("outcome") else "N/A: not assessed")
    return cell(f"{item.value('assessment')}: {result}")


def _each(items: list[Item], name: str) -> str:
    return "; ".join(dict.fromkeys(item.value(name) for item in items if item.value(name))) or "not stated"
