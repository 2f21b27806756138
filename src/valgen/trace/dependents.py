"""What depends on an item: everything that links to it, directly or through others.

A link says "I rely on that": a function satisfies a requirement, a risk assesses it or is mitigated by a setting, a
test verifies or challenges. So when an item changes, everything that links to it, over any number of links, may be
wrong. Change requests and records that stand in no matrix rely on nothing in this sense and are left out; retired
items and cases as well.

Source: domain/documents.md b.16 (change control), design.md §7 (impact).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from valgen.model.ids import natural_order
from valgen.trace.graph import Graph, is_traced


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependents:
    """What links to some items.

    Attributes:
        items: id to the id through which it was reached; the starting items themselves are not in.
        cases: run id of a test case to the id through which it was reached.
    """

    items: dict[str, str]
    cases: dict[str, str]


def dependents(graph: Graph, names: Iterable[str], reverse: Mapping[str, Sequence[str]] | None = None) -> Dependents:
    """Find everything that depends on the items named, in the order of ids; unknown names lead nowhere.

    Args:
        reverse: what ``reverse_links`` returned for the graph, where many questions are asked.
    """
    start = [name for name in names if name in graph.items]
    reverse = reverse_links(graph) if reverse is None else reverse
    through: dict[str, str] = {}
    seen = set(start)
    queue = list(start)
    for name in queue:  # grows while it is read: nearest first
        for lower in reverse.get(name, ()):
            if lower not in seen:
                seen.add(lower)
                through[lower] = name
                queue.append(lower)
    cases: dict[str, str] = {}
    for name in queue:
        for run_id in (*graph.tests.get(name, ()), *graph.risk_tests.get(name, ())):
            cases.setdefault(run_id, name)
    return Dependents(items=_ordered(through), cases=_ordered(cases))


def reverse_links(graph: Graph) -> Mapping[str, Sequence[str]]:
    """Return every item to the active items that link to it, whatever the link is called."""
    found: dict[str, list[str]] = {}
    for item in graph.items.values():
        if item.retired or item.type == "CR" or not is_traced(item, graph):
            continue
        for links in item.links.values():
            for link in links:
                if link.target in graph.items and link.target != item.id:
                    found.setdefault(link.target, []).append(item.id)
    return found


def _ordered(found: dict[str, str]) -> dict[str, str]:
    return {name: found[name] for name in sorted(found, key=natural_order)}
