"""Rules about what documents name and select: references resolve, and several documents of a type share everything.

Source: design.md §3.2 (register), domain/documents.md b.0 (references).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry, Project
from valgen.model.testcase import TestCase
from valgen.source import SourceLocation
from valgen.trace.graph import Graph

_VARIANTS = ("-protocol", "-report")


def check_references(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield references that lead nowhere, and what no document of a type selects."""
    if not any(entry.references or entry.select for entry in project.documents):
        return
    known = _referable(project.documents)
    for entry in project.documents:
        for link in entry.references:
            item = graph.items.get(link.target)
            if link.target in known or (item is not None and item.value("number")):
                continue
            near = difflib.get_close_matches(link.target, known, n=1)
            what = f"{entry.key} refers to {link.target}, which "
            what += "has no number" if item is not None else "the register does not have"
            yield finding(
                "VG389",
                what,
                SourceLocation(entry.location.path if entry.location else "", link.line, link.column, len(link.target)),
                ids=(entry.key,),
                fix=f"did you mean {near[0]}?" if near else "",
            )
    types: dict[str, list[DocumentEntry]] = {}
    for entry in project.documents:
        if entry.planned == "yes":
            types.setdefault(entry.type, []).append(entry)
    for kind, entries in types.items():
        if any(entry.select for entry in entries):
            yield from _shared(kind, entries, graph)


def _referable(documents: Iterable[DocumentEntry]) -> dict[str, None]:
    found: dict[str, None] = {}
    for entry in documents:
        if entry.planned == "yes":
            found[entry.key] = None
            if entry.type in Stage.__members__:
                found |= dict.fromkeys(f"{entry.key}{ending}" for ending in _VARIANTS)
            elif entry.type == "RTM":
                found[f"{entry.key}-initial"] = None
    return found


def _shared(kind: str, entries: list[DocumentEntry], graph: Graph) -> Iterator[Finding]:
    if kind in Stage.__members__:
        content: list[Item | TestCase] = [
            one for one in graph.cases.values() if one.stage.value == kind and not one.retired
        ]
    else:
        kinds = {key for key, one in graph.types.items() if kind in (key, one.document)}
        content = [one for one in graph.items.values() if one.type in kinds and not one.retired]
    chosen = {entry.key: {one.id for one in content if _selects(entry, one)} for entry in entries}
    for entry in entries:
        if entry.select and not chosen[entry.key]:
            yield finding(
                "VG393", f"{entry.key} selects {entry.select}, which finds nothing", entry.location, ids=(entry.key,)
            )
    covered = set().union(*chosen.values())
    for one in content:
        if one.id not in covered:
            keys = ", ".join(entry.key for entry in entries)
            yield finding("VG394", f"{one.id} stands in none of {keys}", one.location, ids=(one.id,))


def _selects(entry: DocumentEntry, one: Item | TestCase) -> bool:
    return entry.selects_case(one) if isinstance(one, TestCase) else entry.selects_item(one)
