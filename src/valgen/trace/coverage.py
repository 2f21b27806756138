"""Coverage status of items, by the enumeration that reviewers use.

A requirement is covered by tests that verify it or anything that satisfies it, transitively, in every environment
they are planned in. Failed or Error outranks Not executed, which outranks Passed; a result that is neither leaves
it Covered-Not executed.

Source: design.md §7; domain/documents.md b.13.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from valgen.model.item import Item
from valgen.model.outcome import Coverage, Outcome
from valgen.model.project import Settings
from valgen.trace.graph import Graph, is_traced

if TYPE_CHECKING:  # the rules need no results, and a check starts faster without the values of runs
    from valgen.trace.results import CaseStatus, Results

_FAILED = frozenset({Outcome.FAILED, Outcome.ERROR})
_NOT_RELIED_ON = ("background", "rejected")


def coverage_from_outcomes(outcomes: Iterable[Outcome]) -> Coverage:
    """Return the status of something covered by at least one test.

    Args:
        outcomes: one per planned case and environment; none at all means Not executed.
    """
    found = set(outcomes)
    if found & _FAILED:
        return Coverage.FAILED
    if not found or any(not outcome.accepted for outcome in found):
        return Coverage.NOT_EXECUTED
    return Coverage.PASSED_WITH_DEVIATION if Outcome.PASSED_WITH_DEVIATION in found else Coverage.PASSED


def planned_statuses(
    tests: Iterable[str], graph: Graph, settings: Settings, results: Results
) -> tuple[CaseStatus, ...]:
    """Return the standing of tests, per environment they are planned in."""
    return tuple(
        results[run_id, environment]
        for run_id in tests
        for environment in settings.planned_environments(graph.cases[run_id])
        if (run_id, environment) in results
    )


def coverage_of(
    item: Item, graph: Graph, settings: Settings, results: Results, tests: tuple[str, ...] | None = None
) -> Coverage:
    """Return the coverage status of one active item.

    A test that no environment is planned for is never executed, so it keeps the item from counting as passed.

    Args:
        item: of the graph.
        graph: of the project.
        settings: of the project.
        results: of one mode.
        tests: ``graph.covering_tests`` of the item, where they are known already.
    """
    if tests is None:
        tests = graph.covering_tests(item.id)
    if not tests:
        return uncovered_status(item, graph)
    outcomes = [status.outcome for status in planned_statuses(tests, graph, settings, results)]
    if not all(settings.planned_environments(graph.cases[run_id]) for run_id in tests):
        outcomes.append(Outcome.NOT_EXECUTED)
    return coverage_from_outcomes(outcomes)


def uncovered_status(item: Item, graph: Graph) -> Coverage:
    """Return how an item without tests stands: procedure, supplier evidence, not applicable, or a gap."""
    if item.type == "SOP":
        return Coverage.PROCEDURE
    if item.type == "SUP":
        return Coverage.NOT_APPLICABLE if item.value("leverage") in _NOT_RELIED_ON else Coverage.SUPPLIER
    if item.type == "CR" or not is_traced(item, graph):
        return Coverage.NOT_APPLICABLE
    if item.type == "RSK":
        controls = {graph.items[name].type for name in graph.active_controls(item.id) if name in graph.items}
        return Coverage.PROCEDURE if controls == {"SOP"} else Coverage.GAP
    if item.fields.get("priority") == "wont" and item.value("reason"):
        return Coverage.NOT_APPLICABLE
    below = [graph.items[name] for name in graph.below(item.id)]
    if item.verification == "procedure" and any(one.type == "SOP" for one in below):
        return Coverage.PROCEDURE
    if item.verification == "supplier" and any(
        one.type == "SUP" and one.value("leverage") in ("full", "partial") for one in below
    ):
        return Coverage.SUPPLIER
    return Coverage.GAP
