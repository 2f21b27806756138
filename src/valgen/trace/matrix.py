"""The traceability matrix: one row per active item, in the shape that ``valgen trace`` publishes.

Every view of the matrix in every format is made from these rows, so counts cannot differ between them.
Source: design.md §7 (trace), domain/documents.md b.13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.model.ids import natural_order
from valgen.model.item import Item
from valgen.model.judgement import NO_JUDGEMENTS, Judgements
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.model.project import Project
from valgen.model.run import Run
from valgen.model.testcase import TestCase
from valgen.trace.coverage import coverage_of
from valgen.trace.graph import Graph, is_traced
from valgen.trace.results import CaseStatus, Results, case_statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class TestEntry:
    """One test of a row in one environment; the environment is empty where the test is planned nowhere.

    Attributes:
        assessed: assessments that keep the formal result current, by their ids.
    """

    __test__ = False  # not a pytest class

    id: str
    stage: Stage
    environment: str
    result: Outcome
    run: str
    dry_result: Outcome
    dry_run: str
    deviations: tuple[str, ...] = ()
    assessed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One active item with everything it leads to.

    Attributes:
        upstream: items it satisfies or assesses, one level.
        downstream: active items that satisfy it, one level.
        chain: active items below it by type, transitively.
        clauses: clause ids it names.
        risks: risks that assess it or anything below it.
        status: from formal results only.
        dry_status: from the latest dry runs.
    """

    item: Item
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    chain: Mapping[str, tuple[str, ...]]
    clauses: tuple[str, ...]
    risks: tuple[str, ...]
    tests: tuple[TestEntry, ...]
    status: Coverage
    dry_status: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All rows, and the standing of every planned case.

    Attributes:
        rows: active items of traced types, by type order of the project, then id.
        formal: standing from formal runs.
        dry: standing from dry runs.
    """

    rows: tuple[MatrixRow, ...]
    formal: Results
    dry: Results
    by_id: Mapping[str, MatrixRow] = field(default_factory=dict)

    def statuses(self, mode: RunMode) -> Results:
        """Return the standings of one mode."""
        return self.formal if mode is RunMode.FORMAL else self.dry

    def counts(self, *types: str, mode: RunMode) -> Counter[Coverage]:
        """Count rows of the given types by coverage status."""
        return Counter(
            row.status if mode is RunMode.FORMAL else row.dry_status for row in self.rows if row.item.type in types
        )


def build_matrix(
    project: Project, graph: Graph, runs: tuple[Run, ...], judgements: Judgements = NO_JUDGEMENTS
) -> Matrix:
    """Build the matrix of a project and its runs, oldest run first.

    Args:
        project: as read now.
        graph: of the same project.
        runs: of every mode.
        judgements: amendments and assessments that say which formal results count.
    """
    settings = project.settings
    formal = case_statuses(project, graph, runs, RunMode.FORMAL, judgements)
    dry = case_statuses(project, graph, runs, RunMode.DRY)
    order = {key: number for number, key in enumerate(graph.types)}
    traced = (item for item in graph.active() if is_traced(item, graph))
    items = sorted(traced, key=lambda item: (order.get(item.type, len(order)), natural_order(item.id)))
    rows = []
    for item in items:
        chain: dict[str, list[str]] = {}
        for name in graph.below(item.id)[1:]:
            chain.setdefault(graph.items[name].type, []).append(name)
        assessed = [link.target for link in item.links.get("assesses", ()) if link.target in graph.items]
        covering = graph.covering_tests(item.id)
        tests = tuple(
            _entry(graph.cases[run_id], environment, formal, dry)
            for run_id in covering
            for environment in settings.planned_environments(graph.cases[run_id]) or ("",)
        )
        rows.append(
            MatrixRow(
                item=item,
                upstream=tuple(dict.fromkeys((*graph.up.get(item.id, ()), *assessed))),
                downstream=graph.down.get(item.id, ()),
                chain={key: tuple(sorted(names, key=natural_order)) for key, names in chain.items()},
                clauses=tuple(link.target for link in item.links.get("regulations", ())),
                risks=() if item.type == "RSK" else graph.related_risks(item.id),
                tests=tests,
                status=coverage_of(item, graph, settings, formal, covering),
                dry_status=coverage_of(item, graph, settings, dry, covering),
            )
        )
    return Matrix(rows=tuple(rows), formal=formal, dry=dry, by_id={row.item.id: row for row in rows})


def count_results(
    statuses: Mapping[tuple[str, str], CaseStatus], stage: Stage, environment: str = ""
) -> Counter[Outcome]:
    """Count the cases of a stage by result; each planned case and environment counts once."""
    return Counter(
        status.outcome
        for (_, where), status in statuses.items()
        if status.stage is stage and environment in ("", where)
    )


def _entry(case: TestCase, environment: str, formal: Results, dry: Results) -> TestEntry:
    one, other = formal.get((case.id, environment)), dry.get((case.id, environment))
    return TestEntry(
        id=case.id,
        stage=case.stage,
        environment=environment,
        result=one.outcome if one else Outcome.NOT_EXECUTED,
        run=one.run if one else "",
        dry_result=other.outcome if other else Outcome.NOT_EXECUTED,
        dry_run=other.run if other else "",
        assessed=tuple(assessment.id for assessment in one.assessed) if one else (),
    )
