"""The traceability graph: items, test cases and the links between them.

Plain adjacency, because a check of 10,000 items must not pay for importing networkx; ``to_networkx`` is the public
form for analysis and export. A duplicate id keeps its first definition here, the rules report the others.

Retired items and cases are nodes (links to them must be found) but never count as coverage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valgen.model.ids import natural_order
from valgen.model.item import Item
from valgen.model.item_types import ItemType
from valgen.model.project import Project
from valgen.model.testcase import TestCase

if TYPE_CHECKING:
    import networkx

SATISFIES = "satisfies"
ASSESSES = "assesses"
MITIGATED_BY = "mitigated_by"
AFFECTS = "affects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Adjacency of a project; every value is ordered and repeatable.

    Attributes:
        items: by id, first definition wins.
        cases: by run id such as ``OQ-014[2]``, first definition wins; cases without id are not in.
        rows: base id of a case to its run ids, in file order.
        up: item to the existing items it satisfies, one level.
        down: item to the existing active items that satisfy it, one level.
        tests: item to the run ids of active cases that verify it directly.
        risks: item to the active risks that assess it directly.
        controls: risk to existing items and cases that mitigate it.
        risk_tests: risk to run ids of active cases that challenge it, by tag or ``mitigated_by``.
        types: item types by key.
    """

    items: Mapping[str, Item]
    cases: Mapping[str, TestCase]
    rows: Mapping[str, tuple[str, ...]]
    up: Mapping[str, tuple[str, ...]]
    down: Mapping[str, tuple[str, ...]]
    tests: Mapping[str, tuple[str, ...]]
    risks: Mapping[str, tuple[str, ...]]
    controls: Mapping[str, tuple[str, ...]]
    risk_tests: Mapping[str, tuple[str, ...]]
    types: Mapping[str, ItemType]

    def active(self, *types: str) -> Iterator[Item]:
        """Yield items that are not retired, of the given types or of all, in id order."""
        for item in self.items.values():
            if not item.retired and (not types or item.type in types):
                yield item

    def below(self, name: str) -> tuple[str, ...]:
        """Return the id and every active item that satisfies it, transitively, nearest first."""
        return _closure(name, self.down)

    def above(self, name: str) -> tuple[str, ...]:
        """Return the id and every item it satisfies, transitively, nearest first."""
        return _closure(name, self.up)

    def covering_tests(self, name: str) -> tuple[str, ...]:
        """Return run ids of active cases that verify the item or anything that satisfies it."""
        found: dict[str, None] = {}
        for one in self.below(name):
            found.update(dict.fromkeys(self.tests.get(one, ())))
        if self.items[name].type == "RSK":
            found.update(dict.fromkeys(self.risk_tests.get(name, ())))
        return tuple(sorted(found, key=natural_order))

    def related_risks(self, name: str) -> tuple[str, ...]:
        """Return risks that assess the item or anything that satisfies it."""
        found: dict[str, None] = {}
        for one in self.below(name):
            found.update(dict.fromkeys(self.risks.get(one, ())))
        return tuple(sorted(found, key=natural_order))

    def active_controls(self, name: str) -> tuple[str, ...]:
        """Return items and cases that mitigate a risk and are not retired."""
        return tuple(
            one
            for one in self.controls.get(name, ())
            if not (self.items[one].retired if one in self.items else self.cases[one].retired)
        )

    def verified_items(self, case: TestCase) -> tuple[str, ...]:
        """Return existing items that a case verifies, as its tags name them."""
        return tuple(link.target for link in case.verifies if link.target in self.items)

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Return the public form: nodes with ``kind`` and ``title``, edges from lower to upper with ``link``."""
        import networkx

        graph: networkx.MultiDiGraph = networkx.MultiDiGraph()
        for item in self.items.values():
            graph.add_node(item.id, kind=item.type, title=item.title, retired=item.retired)
        for case in self.cases.values():
            graph.add_node(case.id, kind=case.stage.value, title=case.title, retired=case.retired)
        for item in self.items.values():
            for name, links in item.links.items():
                for link in links:
                    if link.target in self.items or link.target in self.cases:
                        graph.add_edge(item.id, link.target, link=name)
                    elif name == "regulations":
                        graph.add_node(link.target, kind="clause", title="")
                        graph.add_edge(item.id, link.target, link=name)
        for case in self.cases.values():
            for link in case.verifies:
                if link.target in self.items:
                    graph.add_edge(case.id, link.target, link="verifies")
            for link in case.risks:
                if link.target in self.items:
                    graph.add_edge(case.id, link.target, link="risk")
        return graph


def build_graph(project: Project) -> Graph:
    """Build the graph of a project; broken links are left out and reported by the rules."""
    items: dict[str, Item] = {}
    for item in project.items:
        items.setdefault(item.id, item)
    cases: dict[str, TestCase] = {}
    rows: dict[str, list[str]] = defaultdict(list)
    for case in project.cases:
        if case.id and case.id not in cases:
            cases[case.id] = case
            rows[case.base_id].append(case.id)
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = defaultdict(list)
    risks: dict[str, list[str]] = defaultdict(list)
    controls: dict[str, list[str]] = {}
    risk_tests: dict[str, dict[str, None]] = defaultdict(dict)
    for name, item in items.items():
        links = item.links
        if SATISFIES in links:
            targets = [link.target for link in links[SATISFIES] if link.target in items and link.target != name]
            up[name] = _unique(targets)
            if not item.retired:
                for target in up[name]:
                    down[target].append(name)
        if item.retired or item.type != "RSK":
            continue
        for target in _unique(link.target for link in links.get(ASSESSES, ()) if link.target in items):
            risks[target].append(name)
        for target in _unique(link.target for link in links.get(MITIGATED_BY, ())):
            if target in items:
                controls.setdefault(name, []).append(target)
            for run_id in rows.get(target, (target,) if target in cases else ()):
                controls.setdefault(name, []).append(run_id)
                if not cases[run_id].retired:
                    risk_tests[name][run_id] = None
    tests: dict[str, list[str]] = defaultdict(list)
    for name, case in cases.items():
        if case.retired:
            continue
        for target in _unique(link.target for link in case.verifies):
            if target in items:
                tests[target].append(name)
        for target in _unique(link.target for link in case.risks):
            if target in items:
                risk_tests[target][name] = None
    return Graph(
        items=items,
        cases=cases,
        rows=_frozen(rows),
        up=_frozen(up),
        down=_frozen(down),
        tests=_ordered(tests),
        risks=_frozen(risks),
        controls=_frozen(controls),
        risk_tests=_ordered(risk_tests),
        types=project.settings.item_types,
    )


def is_traced(item: Item, graph: Graph) -> bool:
    """Return whether an item stands in the traceability matrix; one of an unknown type does, so that it is seen."""
    kind = graph.types.get(item.type)
    return kind is None or kind.traced


def _closure(name: str, edges: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    seen = {name: None}
    queue = [name]
    for one in queue:  # grows while it is read: breadth first
        for target in edges.get(one, ()):
            if target not in seen:
                seen[target] = None
                queue.append(target)
    return tuple(seen)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _frozen(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(targets) for name, targets in table.items() if targets}


def _ordered(table: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """Freeze run ids in their natural order, because cases come in the order of their files."""
    return {
        name: tuple(run_ids if len(run_ids) < 2 else sorted(run_ids, key=natural_order))
        for name, run_ids in table.items()
        if run_ids
    }
