"""The trace as values for interactive pages: nodes and links of the graph, rows of the matrix.

Statuses come from the rows and standings that every document prints. The rows of one scenario outline are one node,
because thirty nodes that differ by a number hide what a reviewer looks for; as rows of the matrix they stay apart.

Links point from the lower to the upper end: a test to what it verifies, a function to what it satisfies, a control
to the risk that it mitigates.

Source: design.md §6 (HTML), domain/documents.md b.13.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from valgen.documents.blocks import Tone
from valgen.documents.cases import tone_of
from valgen.documents.context import Context
from valgen.documents.dashboard import COVERAGE_TONES, ClauseRow
from valgen.documents.items import WORDS
from valgen.model.deviation import DeviationClass
from valgen.model.item import Item
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage, worst
from valgen.trace.graph import MITIGATED_BY
from valgen.trace.matrix import MatrixRow
from valgen.trace.risk import PRIORITIES, initial_score

CLAUSE, DEVIATION = "clause", "deviation"
LINK_WORDS = {
    "satisfies": "satisfies",
    "assesses": "assesses",
    "mitigated_by": "mitigates",
    "affects": "affects",
    "regulations": "answers",
    "verifies": "verifies",
    "risk": "challenges",
    "deviates": "was noticed in",
}
"""What a link says, read from its lower to its upper end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of node.

    Attributes:
        key: item type, stage, ``clause`` or ``deviation``.
        name: singular, in words.
        layer: 0 at the top of the trace; the same for kinds that stand side by side.
        shape: what is drawn: ``clause``, ``item``, ``risk``, ``procedure``, ``test`` or ``deviation``.
    """

    key: str
    name: str
    layer: int
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node of the trace graph.

    Attributes:
        status: word for formal results; empty where there is none, as for a procedure index.
        rows: of the outline that the node stands for; 0 for anything else.
    """

    id: str
    kind: str
    title: str
    status: str = ""
    dry_status: str = ""
    tone: Tone = Tone.NEUTRAL
    dry_tone: Tone = Tone.NEUTRAL
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One link; ``link`` is a key of ``LINK_WORDS`` or a field of a project's own item type."""

    lower: str
    upper: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item of the matrix.

    Attributes:
        priority: in words; empty when not stated.
        risks: id and priority in words of each risk, empty priority where it is not scored.
        chain: items below by type, in the order of the types.
        tests: planned tests as (run id, environment), keys of `TestRow`.
    """

    id: str
    kind: str
    title: str
    category: str
    priority: str
    gxp: bool
    clauses: tuple[str, ...]
    upstream: tuple[str, ...]
    risks: tuple[tuple[str, str], ...]
    chain: tuple[tuple[str, tuple[str, ...]], ...]
    tests: tuple[tuple[str, str], ...]
    deviations: tuple[str, ...]
    status: str
    dry_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One planned test in one environment; ``environment`` is empty where it is planned nowhere."""

    __test__ = False  # not a pytest class

    id: str
    base: str
    environment: str
    stage: str
    title: str
    mode: str
    kinds: tuple[str, ...]
    verifies: tuple[str, ...]
    requirements: tuple[str, ...]
    risks: tuple[tuple[str, str], ...]
    result: str
    run: str
    dry_result: str
    dry_run: str
    deviations: tuple[str, ...]
    note: str


def kinds(context: Context) -> tuple[Kind, ...]:
    """Return the kinds of node in the order of their layers: clauses, requirements, risks, specifications, tests."""
    types = context.graph.types
    order = ["URS", "RSK", "FS", "CS", "DS"]
    late = ("SOP", "SUP", "CR")
    middle = [key for key in types if key not in order and key not in late]
    found = [Kind(key=CLAUSE, name="Clause", layer=0, shape="clause")]
    layer = 1
    for key in (*order, *middle):
        if key in types:
            shape = "risk" if key == "RSK" else "item"
            found.append(Kind(key=key, name=types[key].name, layer=layer, shape=shape))
            layer += 1
    found += [
        Kind(key=key, name=types[key].name, layer=layer, shape="procedure") for key in ("SOP", "SUP") if key in types
    ]
    words = {Stage.IQ: "Installation test", Stage.OQ: "Operational test", Stage.PQ: "Performance test"}
    found += [Kind(key=stage.value, name=words[stage], layer=layer + 1, shape="test") for stage in Stage]
    if "CR" in types:
        found.append(Kind(key="CR", name=types["CR"].name, layer=layer + 2, shape="procedure"))
    found.append(Kind(key=DEVIATION, name="Deviation", layer=layer + 2, shape="deviation"))
    return tuple(found)


def nodes(context: Context, clauses: Sequence[ClauseRow], edges: Iterable[Edge]) -> tuple[Node, ...]:
    """Return every active item, every test and every clause that something answers, in the order of their kinds.

    A retired item or test is a node only where an active one still names it.
    """
    named = {end for edge in edges for end in (edge.lower, edge.upper)}
    found = [_clause_node(one) for one in clauses if one.id in named]
    known = {node.id for node in found}
    found += [
        Node(id=name, kind=CLAUSE, title="", status="")
        for name in sorted(named - known)
        if name not in context.graph.items and name not in context.graph.rows and not _is_deviation(name, context)
    ]
    found += [
        _item_node(item, context) for item in context.graph.items.values() if not item.retired or item.id in named
    ]
    found += _test_nodes(context, named)
    found += [
        Node(
            id=one.id,
            kind=DEVIATION,
            title=one.observed or one.description,
            status=one.status.value,
            dry_status=one.status.value,
            tone=_deviation_tone(one.settled, one.counted_class),
            dry_tone=_deviation_tone(one.settled, one.counted_class),
        )
        for one in context.deviations
    ]
    return tuple(found)


def edges(context: Context) -> tuple[Edge, ...]:
    """Return every link whose upper and lower end are known; a broken one is a finding of the check."""
    return tuple(dict.fromkeys(_edges(context)))


def item_rows(context: Context) -> tuple[ItemRow, ...]:
    """Return the rows of the matrix in its order."""
    priorities = risk_priorities(context)
    return tuple(_item_row(row, context, priorities) for row in context.matrix.rows)


def test_rows(context: Context) -> tuple[TestRow, ...]:
    """Return every active test once per environment it is planned in, in the order of stages and files."""
    priorities = risk_priorities(context)
    deviations: dict[tuple[str, str], list[str]] = {}
    for one in context.deviations:
        deviations.setdefault((one.case, one.environment), []).append(one.id)
    found = []
    graph, formal, dry = context.graph, context.matrix.formal, context.matrix.dry
    for case in sorted(graph.cases.values(), key=lambda case: list(Stage).index(case.stage)):
        if case.retired:
            continue
        verifies = graph.verified_items(case)
        needs = dict.fromkeys(
            name for target in verifies for name in graph.above(target) if graph.items[name].type == "URS"
        )
        for where in context.project.settings.planned_environments(case) or ("",):
            standing, rehearsed = formal.get((case.id, where)), dry.get((case.id, where))
            found.append(
                TestRow(
                    id=case.id,
                    base=case.base_id,
                    environment=where,
                    stage=case.stage.value,
                    title=case.title,
                    mode=case.mode.value,
                    kinds=case.kinds or ("positive",),
                    verifies=verifies,
                    requirements=tuple(needs),
                    risks=tuple((link.target, priorities.get(link.target, "")) for link in case.risks),
                    result=(standing.outcome if standing else Outcome.NOT_EXECUTED).value,
                    run=standing.run if standing else "",
                    dry_result=(rehearsed.outcome if rehearsed else Outcome.NOT_EXECUTED).value,
                    dry_run=rehearsed.run if rehearsed else "",
                    deviations=tuple(deviations.get((case.id, where), ())),
                    note="" if standing else "planned in no environment",
                )
            )
    return tuple(found)


def risk_priorities(context: Context) -> dict[str, str]:
    """Return the priority of every risk before its controls, in words; empty where it is not scored."""
    method = context.project.settings.risk
    found = {}
    for item in context.graph.items.values():
        if item.type == "RSK":
            priority = initial_score(item, method).priority
            found[item.id] = WORDS.get(priority, priority) if priority in PRIORITIES else priority
    return found


def _item_row(row: MatrixRow, context: Context, priorities: dict[str, str]) -> ItemRow:
    item = row.item
    risks = tuple((name, priorities.get(name, "")) for name in row.risks)
    if item.type == "RSK":
        risks = ((item.id, priorities.get(item.id, "")),)
    return ItemRow(
        id=item.id,
        kind=item.type,
        title=item.title,
        category=item.value("category"),
        priority=WORDS.get(item.value("priority"), item.value("priority")),
        gxp=item.gxp,
        clauses=row.clauses,
        upstream=row.upstream,
        risks=risks,
        chain=tuple((kind, row.chain[kind]) for kind in context.graph.types if kind in row.chain),
        tests=tuple((test.id, test.environment) for test in row.tests),
        deviations=tuple(sorted({name for test in row.tests for name in test.deviations})),
        status=row.status.value,
        dry_status=row.dry_status.value,
    )


def _clause_node(one: ClauseRow) -> Node:
    return Node(
        id=one.id,
        kind=CLAUSE,
        title=one.title,
        status=one.status,
        dry_status=one.dry_status,
        tone=one.tone,
        dry_tone=one.dry_tone,
    )


def _item_node(item: Item, context: Context) -> Node:
    row = context.matrix.by_id.get(item.id)
    if row is None:
        word = "Retired" if item.retired else ""
        return Node(id=item.id, kind=item.type, title=item.title, status=word, dry_status=word, tone=Tone.MUTED,
                    dry_tone=Tone.MUTED)  # fmt: skip
    return Node(
        id=item.id,
        kind=item.type,
        title=item.title,
        status=row.status.value,
        dry_status=row.dry_status.value,
        tone=_coverage_tone(row.status),
        dry_tone=_coverage_tone(row.dry_status),
    )


def _test_nodes(context: Context, named: set[str]) -> Iterator[Node]:
    graph, settings = context.graph, context.project.settings
    for base, run_ids in graph.rows.items():
        cases = [graph.cases[name] for name in run_ids]
        active = [case for case in cases if not case.retired]
        if not active:
            if base in named:
                yield Node(id=base, kind=cases[0].stage.value, title=cases[0].title, status="Retired",
                           dry_status="Retired", tone=Tone.MUTED, dry_tone=Tone.MUTED)  # fmt: skip
            continue
        outcomes = []
        for mode in (RunMode.FORMAL, RunMode.DRY):
            standings = context.matrix.statuses(mode)
            outcomes.append(
                worst(
                    standings[case.id, where].outcome
                    for case in active
                    for where in settings.planned_environments(case)
                    if (case.id, where) in standings
                )
            )
        yield Node(
            id=base,
            kind=active[0].stage.value,
            title=active[0].title,
            status=outcomes[0].value,
            dry_status=outcomes[1].value,
            tone=tone_of(outcomes[0]),
            dry_tone=tone_of(outcomes[1]),
            rows=len(active) if active[0].row else 0,
        )


def _edges(context: Context) -> Iterator[Edge]:
    graph = context.graph
    for item in graph.items.values():
        if item.retired:
            continue
        for name, links in item.links.items():
            for link in links:
                target = graph.cases[link.target].base_id if link.target in graph.cases else link.target
                if name == "regulations":
                    yield Edge(lower=item.id, upper=target, link=name)
                elif target not in graph.items and target not in graph.rows:
                    continue
                elif name == MITIGATED_BY:
                    yield Edge(lower=target, upper=item.id, link=name)
                elif target != item.id:
                    yield Edge(lower=item.id, upper=target, link=name)
    for case in graph.cases.values():
        if case.retired:
            continue
        for link in case.verifies:
            if link.target in graph.items:
                yield Edge(lower=case.base_id, upper=link.target, link="verifies")
        for link in case.risks:
            if link.target in graph.items:
                yield Edge(lower=case.base_id, upper=link.target, link="risk")
    for one in context.deviations:
        if one.case in graph.cases:
            yield Edge(lower=one.id, upper=graph.cases[one.case].base_id, link="deviates")


def _is_deviation(name: str, context: Context) -> bool:
    return any(one.id == name for one in context.deviations)


def _deviation_tone(settled: bool, counted: DeviationClass) -> Tone:
    if settled:
        return Tone.GOOD
    return Tone.WARN if counted is DeviationClass.MINOR else Tone.BAD


def _coverage_tone(status: Coverage) -> Tone:
    return COVERAGE_TONES.get(status, Tone.NEUTRAL)
