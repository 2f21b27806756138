"""The matrix and the chains of a project, as values and as the published JSON shape.

Source: design.md §7 (trace).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.errors import TraceError
from valgen.model.ids import natural_order
from valgen.trace.graph import Graph
from valgen.trace.matrix import Matrix, MatrixRow, build_matrix
from valgen.trace.rules.suggest import did_you_mean
from valgen.workflow.load import Loaded, load, load_executed, load_judgements


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A loaded project with its matrix."""

    loaded: Loaded
    matrix: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainNode:
    """One line of a chain.

    Attributes:
        depth: from 0 for the id asked for.
        direction: "up" or "down" from there, empty for itself.
        link: how it is linked to the line above it.
        kind: item type, stage or ``clause``.
        state: coverage or results in words; empty for clauses.
    """

    depth: int
    direction: str
    link: str
    id: str
    kind: str
    title: str
    state: str


def trace(root: Path, *, cached: bool = True) -> Traced:
    """Load a project and build its matrix."""
    loaded = load(root, cached=cached)
    runs, judgements = load_executed(root, loaded.project).runs, load_judgements(root, loaded.project)
    matrix = build_matrix(loaded.project, loaded.graph, runs, judgements)
    return Traced(loaded=loaded, matrix=matrix)


def rows_json(matrix: Matrix, only: frozenset[str] | None = None) -> dict[str, Any]:
    """Return the published shape of ``valgen trace --json``."""
    return {"rows": [_row(row) for row in matrix.rows if only is None or row.item.id in only]}


def chain(traced: Traced, name: str) -> tuple[ChainNode, ...]:
    """Return everything above and below an id: needs, risks, specifications, tests, clauses.

    Raises:
        TraceError: nothing defines the id.
    """
    graph = traced.loaded.graph
    if name in graph.items:
        return tuple(_item_chain(traced, name))
    run_ids = graph.rows.get(name) or ((name,) if name in graph.cases else ())
    if run_ids:
        return tuple(_case_chain(traced, name, run_ids))
    hint = did_you_mean(name, [*graph.items, *graph.rows])
    raise TraceError(
        f"nothing defines {name}",
        why="the id stands in no file of the project",
        fix=hint or "valgen trace lists all ids",
    )


def chain_ids(traced: Traced, name: str) -> frozenset[str]:
    """Return ids of the items in the chain of an id."""
    return frozenset(node.id for node in chain(traced, name) if node.id in traced.loaded.graph.items)


def _item_chain(traced: Traced, name: str) -> Iterator[ChainNode]:
    graph, matrix = traced.loaded.graph, traced.matrix
    yield _node(traced, name, 0, "", "")
    for link in graph.items[name].links.get("regulations", ()):
        yield ChainNode(
            depth=1, direction="up", link="answers", id=link.target, kind="clause", title=_clause(link.target), state=""
        )
    yield from _walk(traced, name, graph.up, "up", "satisfies", 1, {name})
    if name in matrix.by_id:
        for risk in matrix.by_id[name].risks:
            yield _node(traced, risk, 1, "down", "at risk by")
    yield from _down(traced, name, 1, {name})


def _walk(
    traced: Traced, name: str, edges: Any, direction: str, link: str, depth: int, seen: set[str]
) -> Iterator[ChainNode]:
    for target in sorted(edges.get(name, ()), key=natural_order):
        if target not in seen:
            seen.add(target)
            yield _node(traced, target, depth, direction, link)
            yield from _walk(traced, target, edges, direction, link, depth + 1, seen)


def _down(traced: Traced, name: str, depth: int, seen: set[str]) -> Iterator[ChainNode]:
    graph = traced.loaded.graph
    for run_id in graph.tests.get(name, ()):
        yield _case_node(traced, run_id, depth, "verified by")
    for run_id in graph.risk_tests.get(name, ()) if graph.items[name].type == "RSK" else ():
        yield _case_node(traced, run_id, depth, "challenged by")
    for control in graph.controls.get(name, ()):
        if control in graph.items:
            yield _node(traced, control, depth, "down", "mitigated by")
    for target in sorted(graph.down.get(name, ()), key=natural_order):
        if target not in seen:
            seen.add(target)
            yield _node(traced, target, depth, "down", "satisfied by")
            yield from _down(traced, target, depth + 1, seen)


def _case_chain(traced: Traced, name: str, run_ids: tuple[str, ...]) -> Iterator[ChainNode]:
    graph = traced.loaded.graph
    for number, run_id in enumerate(run_ids):
        case = graph.cases[run_id]
        yield _case_node(traced, run_id, 0, "")
        if number == 0:
            for target in graph.verified_items(case):
                yield _node(traced, target, 1, "up", "verifies")
                yield from _walk(traced, target, graph.up, "up", "satisfies", 2, {target})
            for link in case.risks:
                if link.target in graph.items:
                    yield _node(traced, link.target, 1, "up", "challenges")


def _node(traced: Traced, name: str, depth: int, direction: str, link: str) -> ChainNode:
    item = traced.loaded.graph.items[name]
    row = traced.matrix.by_id.get(name)
    state = _state(row) if row else "Retired" if item.retired else ""
    return ChainNode(
        depth=depth, direction=direction, link=link, id=name, kind=item.type, title=item.title, state=state
    )


def _case_node(traced: Traced, run_id: str, depth: int, link: str) -> ChainNode:
    case = traced.loaded.graph.cases[run_id]
    states = []
    for environment in traced.loaded.project.settings.planned_environments(case):
        formal = traced.matrix.formal.get((run_id, environment))
        dry = traced.matrix.dry.get((run_id, environment))
        if formal and dry:
            kept = "".join(f", kept current by {one.id}" for one in formal.assessed)
            states.append(f"{environment}: {formal.outcome}{kept} (dry run: {dry.outcome})")
    return ChainNode(
        depth=depth,
        direction="down",
        link=link,
        id=run_id,
        kind=case.stage.value,
        title=case.title,
        state="; ".join(states) or ("Retired" if case.retired else "planned nowhere"),
    )


def _state(row: MatrixRow) -> str:
    return f"{row.status} (dry run: {row.dry_status})"


def _clause(name: str) -> str:
    from valgen.regulations.library import clause, known_ids

    return clause(name).title if name in known_ids() else "unknown clause"


def _row(row: MatrixRow) -> dict[str, Any]:
    return {
        "id": row.item.id,
        "type": row.item.type,
        "title": row.item.title,
        "upstream": list(row.upstream),
        "downstream": list(row.downstream),
        "clauses": list(row.clauses),
        "risks": list(row.risks),
        "tests": [
            {
                "id": test.id,
                "stage": test.stage.value,
                "environment": test.environment,
                "result": test.result.value,
                "run": test.run or None,
                "dry_result": test.dry_result.value,
                "dry_run": test.dry_run or None,
                "deviations": list(test.deviations),
                "assessed": list(test.assessed),
            }
            for test in row.tests
        ],
        "status": row.status.value,
        "dry_status": row.dry_status.value,
    }


def retired_rows(graph: Graph) -> list[dict[str, Any]]:
    """Return retired items, which have no row in the matrix."""
    return [
        {"id": item.id, "type": item.type, "title": item.title, "reason": item.value("reason")}
        for item in graph.items.values()
        if item.retired
    ]
