"""Rules about coverage: what is required or specified must be shown to hold."""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.model.outcome import Coverage
from valgen.model.project import Project
from valgen.trace.coverage import uncovered_status
from valgen.trace.graph import Graph, is_traced

_NOT_TESTED = ("RSK", "SOP", "SUP", "CR")


def check_coverage(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield requirements without verification and specified items without tests."""
    covered = _covered(graph)
    for item in graph.active():
        if item.type in _NOT_TESTED or not is_traced(item, graph):
            continue
        if item.type == "URS":
            yield from _check_requirement(item, graph, item.id in covered)
        elif item.id not in covered and uncovered_status(item, graph) is Coverage.GAP:
            yield finding("VG153", f"no test verifies {item.id}", item.location, ids=(item.id,))


def _check_requirement(item: Item, graph: Graph, covered: bool) -> Iterator[Finding]:
    if not covered:
        status = uncovered_status(item, graph)
        if status is Coverage.GAP:
            yield _gap(item)
    if item.fields.get("priority") != "wont" and not graph.down.get(item.id) and covered:
        yield finding("VG155", f"no function satisfies {item.id}; only tests name it", item.location, ids=(item.id,))


def _gap(item: Item) -> Finding:
    where, ids = item.location, (item.id,)
    if item.verification == "procedure":
        return finding(
            "VG151", f"{item.id} is verified by procedure, but no SOP satisfies it", item.where("verification"), ids=ids
        )
    if item.verification == "supplier":
        return finding(
            "VG152",
            f"{item.id} is verified by supplier evidence, but no SUP satisfies it",
            item.where("verification"),
            ids=ids,
        )
    if item.fields.get("priority") in ("should", "could", "wont"):
        return finding("VG154", f"no test verifies {item.id} or anything that satisfies it", where, ids=ids)
    return finding("VG150", f"no test verifies {item.id} or anything that satisfies it", where, ids=ids)


def _covered(graph: Graph) -> set[str]:
    """Ids with a test of their own or below: upward closure of everything tested; a retired item passes nothing on."""
    seen: set[str] = set()
    queue = [name for name in graph.tests if not graph.items[name].retired]
    seen.update(queue)
    while queue:
        for target in graph.up.get(queue.pop(), ()):
            if target not in seen and not graph.items[target].retired:
                seen.add(target)
                queue.append(target)
    return seen
