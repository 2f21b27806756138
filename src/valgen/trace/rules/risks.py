"""Rules about risks: controls, tests of the control, residual scores.

Source: domain/documents.md b.7 (link from priority to testing).
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.item import Item
from valgen.model.project import Project
from valgen.trace.graph import Graph
from valgen.trace.risk import PRIORITIES, initial_score, residual_score


def check_risks(project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield risks without controls or tests and residual scores without a cause."""
    for item in graph.active("RSK"):
        yield from _check_risk(item, project, graph)


def _check_risk(item: Item, project: Project, graph: Graph) -> Iterator[Finding]:
    initial = initial_score(item, project.settings.risk)
    if not initial.complete:
        return  # the reader already reported the score that is missing or unknown
    ids = (item.id,)
    controls = graph.active_controls(item.id)
    tests = graph.risk_tests.get(item.id, ())
    if not controls and not tests and not item.value("decision") and initial.priority != "low":
        yield finding("VG160", f"{item.id} has {initial.priority} priority and no control", item.location, ids=ids)
    if initial.priority == "high":
        if not tests:
            yield finding(
                "VG161", f"{item.id} has high priority and no test challenges its control", item.location, ids=ids
            )
        elif not any(set(graph.cases[name].kinds) & {"negative", "boundary", "stress"} for name in tests):
            yield finding(
                "VG162", f"{item.id} has high priority and only tests of the good path", item.location, ids=ids
            )
    residual = residual_score(item, project.settings.risk)
    if residual is None or not residual.complete:
        return
    if PRIORITIES.index(residual.priority) < PRIORITIES.index(initial.priority) and not controls and not tests:
        yield finding(
            "VG163",
            f"{item.id} falls from {initial.priority} to {residual.priority} without a control",
            item.where("residual"),
            ids=ids,
        )
    if residual.priority == "high" and not item.value("decision"):
        yield finding("VG164", f"{item.id} stays at high priority without a decision", item.where("residual"), ids=ids)
