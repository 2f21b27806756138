"""Rules that need the whole graph. Each rule yields findings; ``check_graph`` runs them all."""

from __future__ import annotations

from collections.abc import Iterator

from valgen.errors import Finding
from valgen.model.project import Project
from valgen.trace.graph import Graph
from valgen.trace.rules.clauses import ClauseFacts, check_clauses
from valgen.trace.rules.coverage import check_coverage
from valgen.trace.rules.links import check_links
from valgen.trace.rules.references import check_references
from valgen.trace.rules.register import check_register
from valgen.trace.rules.review import check_review
from valgen.trace.rules.risks import check_risks
from valgen.trace.rules.screening import check_screening
from valgen.trace.rules.scripts import check_scripts
from valgen.trace.rules.supporting import check_supporting
from valgen.trace.rules.wording import check_wording

__all__ = ["ClauseFacts", "check_graph"]


def check_graph(project: Project, graph: Graph, clauses: ClauseFacts) -> Iterator[Finding]:
    """Yield every finding that needs more than one file.

    Args:
        project: with duplicates still in.
        graph: of the same project.
        clauses: what the regulations library knows.
    """
    yield from check_links(project, graph)
    yield from check_coverage(project, graph)
    yield from check_risks(project, graph)
    yield from check_clauses(project, graph, clauses)
    yield from check_scripts(project, graph)
    yield from check_register(project, graph)
    yield from check_references(project, graph)
    yield from check_screening(project)
    yield from check_supporting(graph)
    yield from check_wording(graph)
    yield from check_review(project, graph)
