"""Blocks of change records: the register, and per change what its author wrote beside what the links say.

Affected items, tests to run and documents to update are computed from the links of the project, so that a change
whose author forgot something shows it.

Source: domain/documents.md b.16 (change control record).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    Paragraph,
    Row,
    Shows,
    SignaturePlace,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.documents.catalog import DocumentSpec, item_type_of, plan_documents
from valgen.documents.common import linked, tests_linked
from valgen.documents.context import Context
from valgen.documents.fields import count_of, field_facts, figures_of, value_cell, words
from valgen.documents.issue import change_approvals
from valgen.documents.places import version_of
from valgen.model.item import Item
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry
from valgen.model.version import PartKind
from valgen.trace.dependents import Dependents, dependents, reverse_links

_ASKED = {
    "kind": "not stated",
    "requester": "not stated",
    "date": "not stated",
    "reason": "not stated",
    "impact_assessment": "not stated",
    "risk": "not stated",
    "validation_scope": "not stated",
    "not_retested": "not stated",
}
_DONE = {
    "implementation": "not implemented yet",
    "verified": "not verified yet",
    "baseline": "not stated yet",
    "closed": "not closed",
}
_BEFORE, _CLOSURE = "Before implementation", "Closure"
_APPROVALS = (
    (_BEFORE, "System owner", "system_owner"),
    (_BEFORE, "Process owner", "process_owner"),
    (_BEFORE, "Quality unit", "qa"),
    (_CLOSURE, "Quality unit", "qa"),
)


def state(item: Item) -> tuple[str, Tone]:
    """Return where a change stands, from what its record states, and how that looks."""
    if item.value("closed"):
        return "Closed", Tone.NEUTRAL
    if item.value("implementation"):
        return "Implemented", Tone.WARN
    return "Requested", Tone.WARN


def register(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """One row per change, with a sentence that counts them by state."""
    found = context.items("CR", entry)
    reverse = reverse_links(context.graph)
    rows = []
    for item in found:
        reached = dependents(context.graph, item.values("affects"), reverse)
        word, tone = state(item)
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.title),
                    cell(", ".join(words(item, "kind")) or "not stated"),
                    value_cell(item, "requester", context),
                    value_cell(item, "date", context),
                    cell(f"{len(item.values('affects'))} named, {len(reached.items)} reached"),
                    cell(str(_cases(reached, context))),
                    cell(word, tone),
                )
            )
        )
    states = [state(item)[0] for item in found]
    parts = ", ".join(f"{states.count(word)} {word.lower()}" for word in ("Requested", "Implemented", "Closed"))
    columns = (
        Column("ID", 12),
        Column("Title", 26),
        Column("Type", 10),
        Column("Requested by", 13),
        Column("Date", 11),
        Column("Items", 11),
        Column("Tests", 7),
        Column("State", 12),
    )
    table = Table(columns, tuple(rows), role="index", empty="The project defines no CR item.")
    return (paragraph(f"{count_of(len(found), 'change')}: {parts}."), table)


def records(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """One record per change."""
    reverse = reverse_links(context.graph)
    contents = tuple(_content(spec, context) for spec in plan_documents(context))
    found = tuple(
        _record(item, dependents(context.graph, item.values("affects"), reverse), contents, context, entry)
        for item in context.items("CR", entry)
    )
    return found or (paragraph("The project defines no CR item.", Tone.MUTED),)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a document holds: items, test cases, or everything."""

    spec: DocumentSpec
    items: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    everything: bool = False


def _content(spec: DocumentSpec, context: Context) -> _Content:
    kind = spec.entry.type
    if kind in Stage.__members__:
        cases = context.cases(Stage(kind), spec.entry.environment)
        return _Content(spec, cases=frozenset(case.id for case in cases))
    if kind in ("RTM", "VSR"):
        return _Content(spec, everything=True)
    listed = {key for key, one in context.graph.types.items() if one.document == kind} | {item_type_of(kind, context)}
    held = (one.id for key in listed - {"CR"} for one in context.items(key, spec.entry))
    return _Content(spec, items=frozenset(held))


def _record(
    item: Item, reached: Dependents, contents: tuple[_Content, ...], context: Context, entry: DocumentEntry | None
) -> Entry:
    word, tone = state(item)
    blocks: list[Block] = [
        *context.markdown(item.text),
        *figures_of((item,), context),
        _heading("Request and assessment, as stated"),
        field_facts(item, (*_ASKED, "category", "owner", "source", "rationale", "comment"), context, _ASKED),
        _heading("What the links say"),
        *_computed(item, reached, contents, context),
        _heading("Implementation and closure"),
        field_facts(item, _DONE, context, _DONE),
        _approvals(item, context, entry),
    ]
    return Entry(item.id, item.id, item.title, item.type, tuple(blocks), badge=word, tone=tone)


def _heading(text: str) -> Paragraph:
    """Return the title of a part of a record; a heading of each would fill the contents with equal lines."""
    return paragraph(text, bold=True)


def _computed(item: Item, reached: Dependents, contents: tuple[_Content, ...], context: Context) -> tuple[Block, ...]:
    named = tuple(name for name in item.values("affects") if name in context.graph.items)
    cases = _cases(reached, context)
    text = (
        f"The author names {count_of(len(named), 'affected item')}. "
        f"{count_of(len(reached.items), 'further item')} and {count_of(cases, 'test case')} depend on them."
    )
    return (
        paragraph(text),
        _items_table(item, named, reached, context),
        _tests_table(item, reached, context),
        _documents_table(item, named, reached, contents, context),
    )


def _items_table(item: Item, named: tuple[str, ...], reached: Dependents, context: Context) -> Table:
    rows = []
    for key, kind in context.graph.types.items():
        own = tuple(name for name in named if context.graph.items[name].type == key)
        through = tuple(name for name in reached.items if context.graph.items[name].type == key)
        if own or through:
            rows.append(Row((cell(kind.name, bold=True), _ids(own), _ids(through))))
    columns = (Column("Type", 18), Column("Named by the author", 41), Column("Depend on them", 41))
    return Table(columns, tuple(rows), caption=f"{item.id}, affected items", empty="No affected item is named.")


def _tests_table(item: Item, reached: Dependents, context: Context) -> Table:
    rows = []
    for stage in Stage:
        run_ids = tuple(name for name in reached.cases if context.graph.cases[name].stage is stage)
        if run_ids:
            planned = dict.fromkeys(
                where
                for name in run_ids
                for where in context.project.settings.planned_environments(context.graph.cases[name])
            )
            number = len({context.graph.cases[name].base_id for name in run_ids})
            rows.append(
                Row(
                    (
                        cell(stage.value, bold=True),
                        cell(", ".join(planned) or "planned nowhere", Tone.NEUTRAL if planned else Tone.WARN),
                        cell(f"{number} ({count_of(len(run_ids), 'run')})"),
                        Cell((tests_linked(run_ids, context),)),
                    )
                )
            )
    columns = (Column("Stage", 8), Column("Environments", 16), Column("Tests", 16), Column("Test cases", 60))
    empty = "No test verifies an affected item."
    return Table(columns, tuple(rows), caption=f"{item.id}, tests to run", empty=empty)


def _documents_table(
    item: Item, named: tuple[str, ...], reached: Dependents, contents: tuple[_Content, ...], context: Context
) -> Table:
    rows = []
    for one in contents:
        items = len(one.items.intersection(named)) + len(one.items & reached.items.keys())
        tests = len({context.graph.cases[name].base_id for name in one.cases & reached.cases.keys()})
        because = [count_of(items, "affected item")] if items else []
        because += [count_of(tests, "test to run", "tests to run")] if tests else []
        because += ["every item and result"] if one.everything and named else []
        if because:
            spec = one.spec
            version = Cell((version_of(spec.key, spec.bare_version),))
            rows.append(Row((cell(spec.number), cell(spec.title), version, cell(", ".join(because)))))
    columns = (Column("Number", 18), Column("Document", 34), Column("Version now", 14), Column("Because it holds", 34))
    empty = "No document holds an affected item."
    return Table(columns, tuple(rows), caption=f"{item.id}, documents to update", empty=empty)


def _approvals(item: Item, context: Context, entry: DocumentEntry | None) -> Table:
    """Return who approved the change: by signatures on the versions of this document that hold it before and after.

    A version that holds the change without its implementation is approved before it; one that holds it closed, after.
    """
    key = entry.key if entry else "CR"
    states = _states(item, key, context, entry)
    held = {
        _BEFORE: [version for version, values in states.items() if not values.get("implementation")],
        _CLOSURE: [version for version, values in states.items() if values.get("closed")],
    }
    rows = []
    for when, title, role in _APPROVALS:
        place = SignaturePlace(Shows.CHANGE, key, ",".join(held[when]), ((role, "approved"),))
        place = replace(place, blocks=change_approvals(place, ()))
        rows.append(Row((cell(when), cell(title), Cell((place,)))))
    columns = (
        Column("Approval", 24),
        Column("Role", 20),
        Column("Printed name, signature, date and time", 56),
    )
    return Table(columns, tuple(rows), caption=f"{item.id}, approval", role="approvals")


def _states(item: Item, key: str, context: Context, entry: DocumentEntry | None) -> dict[str, Mapping[str, str]]:
    """Return the versions of a document that hold a change, lowest first, each with the fields of the change."""
    found: dict[str, Mapping[str, str]] = {}
    for frozen in context.versions.get(key, ()):
        for part in frozen.parts:
            if part.kind is PartKind.ITEM and part.id == item.id:
                found[frozen.version] = part.values
    if entry is not None and entry.version and entry.version not in found:
        found[entry.version] = {name: item.value(name) for name in ("implementation", "closed")}
    return found


def _cases(reached: Dependents, context: Context) -> int:
    return len({context.graph.cases[name].base_id for name in reached.cases})


def _ids(names: tuple[str, ...]) -> Cell:
    return Cell((Paragraph(linked(names).runs),)) if names else cell("none")
