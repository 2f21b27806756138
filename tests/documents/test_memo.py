"""Answers that documents share belong to the very values that they were made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.memo import Memo
from valgen.model.outcome import Stage
from valgen.trace.graph import build_graph
from valgen.trace.matrix import build_matrix

_SECOND = """
Feature: More
  @OQ-002 @verifies:FS-001
  Scenario: Works again
    Given a calculator
    Then it is dark
"""


def test_answer_is_made_once_for_the_same_objects() -> None:
    memo, asked = Memo(), []
    source = object()
    for _ in range(2):
        assert memo.get(("what", 1), (source,), lambda: asked.append(1) or "answer") == "answer"
    assert asked == [1]


def test_other_objects_get_an_answer_of_their_own() -> None:
    memo = Memo()
    for number in range(200):  # objects that are gone give their identity to new ones unless the memo keeps them
        source = [number]
        assert memo.get(("what",), (source,), lambda source=source: source[0]) == number


def test_what_was_read_for_an_answer_counts_for_whoever_gets_it() -> None:
    memo = Memo()

    def answer() -> str:
        memo.read.add(7)
        return memo.get(("inner",), (memo,), lambda: memo.read.add(8) or "inner")

    with memo.reading("one"):
        memo.read.add(1)
        memo.get(("what",), (memo,), answer)
    with memo.reading("other"):
        memo.get(("what",), (memo,), answer)
    with memo.reading("third"):
        memo.get(("inner",), (memo,), lambda: "never asked")
    assert memo.reads == {"one": {1, 7, 8}, "other": {7, 8}, "third": {8}}


def test_purposes_add_up_and_count_for_what_they_lie_in() -> None:
    memo = Memo()
    for number in (1, 2):
        with memo.reading("outer"), memo.reading("inner"):
            memo.read.add(number)
    assert memo.reads == {"inner": {1, 2}, "outer": {1, 2}}


def test_cases_are_those_of_the_graph_that_a_context_has(context: Callable[..., Context]) -> None:
    made = context()
    assert [case.id for case in made.cases(Stage.OQ)] == ["OQ-001"]
    more = context({"test_scripts/oq/b.feature": _SECOND})
    other = replace(made, project=more.project, graph=more.graph, matrix=more.matrix)
    assert [case.id for case in other.cases(Stage.OQ)] == ["OQ-001", "OQ-002"]
    assert [one.case for one in other.statuses(Stage.OQ)] == ["OQ-001", "OQ-002"]
    assert [case.id for case in made.cases(Stage.OQ)] == ["OQ-001"]


def test_documents_planned_are_those_of_the_project_that_a_context_has(context: Callable[..., Context]) -> None:
    made = context()
    keys = {spec.key for spec in plan_documents(made)}
    assert "OQ-protocol" in keys
    bare = replace(made.project, cases=())
    graph = build_graph(bare)
    other = replace(made, project=bare, graph=graph, matrix=build_matrix(bare, graph, ()))
    assert "OQ-protocol" not in {spec.key for spec in plan_documents(other)}
    assert {spec.key for spec in plan_documents(made)} == keys
