"""Everything that the interactive pages of the HTML site show, as values: dashboard, matrix, trace graph, executions.

``site_data`` makes them once from the same context as the documents, so that figures on a page and in a document
cannot differ. How they become pages is the business of `valgen.writers.html`.

Source: design.md §6 (HTML).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from valgen.documents.blocks import Document
from valgen.documents.context import Context
from valgen.documents.dashboard import ClauseRow, Dashboard, clause_rows, make_dashboard
from valgen.documents.executions import Execution, executions
from valgen.documents.explorer import (
    Edge,
    ItemRow,
    Kind,
    Node,
    TestRow,
    edges,
    item_rows,
    kinds,
    nodes,
    test_rows,
)
from valgen.documents.issue import registered_version
from valgen.model.outcome import RunMode
from valgen.model.signature import Approval, DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteData:
    """What the interactive pages are made from.

    Attributes:
        dashboard: the first page.
        kinds: of nodes, by layer.
        nodes: of the trace graph.
        edges: of the trace graph, each between two nodes.
        items: rows of the matrix.
        tests: planned tests per environment.
        clauses: of the project's regulations.
        executions: one per planned test and environment.
        environments: names in the order of the settings.
        has_formal: whether there is a formal run.
        has_dry: whether there is a dry run.
    """

    dashboard: Dashboard = field(default_factory=Dashboard)
    kinds: tuple[Kind, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    items: tuple[ItemRow, ...] = ()
    tests: tuple[TestRow, ...] = ()
    clauses: tuple[ClauseRow, ...] = ()
    executions: tuple[Execution, ...] = ()
    environments: tuple[str, ...] = ()
    has_formal: bool = False
    has_dry: bool = False


def site_data(
    context: Context, documents: Sequence[Document], evidence_paths: Mapping[tuple[str, str], str] | None = None
) -> SiteData:
    """Return the data of the interactive pages.

    Args:
        context: that the documents were made from.
        documents: of the pack.
        evidence_paths: (run id, evidence id) to the path of the attachment, relative to the root of the pack, whose
            folder ``html`` holds the site. The evidence id may have the number of its attempt and a slash in front.
            An attachment that is not named is listed with its digest and without a link.
    """
    clauses = clause_rows(context)
    links = edges(context)
    found = nodes(context, clauses, links)
    known = {node.id for node in found}
    return SiteData(
        dashboard=make_dashboard(_informed(context, documents), clauses, _matrix_page(documents)),
        kinds=_present(kinds(context), found),
        nodes=found,
        edges=tuple(edge for edge in links if edge.lower in known and edge.upper in known),
        items=item_rows(context),
        tests=test_rows(context),
        clauses=clauses,
        executions=tuple(executions(context, evidence_paths or {})),
        environments=tuple(context.project.settings.environments),
        has_formal=any(run.mode is RunMode.FORMAL for run in context.runs),
        has_dry=any(run.mode is RunMode.DRY for run in context.runs),
    )


def _informed(context: Context, documents: Sequence[Document]) -> Context:
    """Return the context with the status of the documents, on which the words about the release rest."""
    approvals = dict(context.approvals)
    for one in documents:
        key = one.key, registered_version(one)
        status = DocumentStatus(one.status) if one.status in tuple(DocumentStatus) else DocumentStatus.DRAFT
        approvals.setdefault(key, Approval(document=key[0], version=key[1], content="", status=status))
    return replace(context, approvals=approvals)


def _matrix_page(documents: Iterable[Document]) -> str:
    return next((one.key for one in documents if one.type == "RTM"), "")


def _present(known: Iterable[Kind], found: Iterable[Node]) -> tuple[Kind, ...]:
    used = {node.kind for node in found}
    return tuple(kind for kind in known if kind.key in used)
