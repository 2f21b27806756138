"""The matrix: one row per active item with everything it leads to; gaps are rows."""

from __future__ import annotations

from builders import case, item, project, requirement, right_project, risk, run
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.model.project import Project
from valgen.model.run import Run
from valgen.trace.graph import build_graph
from valgen.trace.matrix import Matrix, build_matrix, count_results


def matrix(world: Project, *runs: Run) -> Matrix:
    return build_matrix(world, build_graph(world), runs)


def test_every_active_item_is_a_row_in_the_order_of_levels_and_numbers() -> None:
    world = right_project(
        requirement("URS-010"), requirement("URS-002"), requirement("FS-003", parents=["URS-001"], retired=True)
    )  # fmt: skip
    assert [row.item.id for row in matrix(world).rows] == [
        "URS-001",
        "URS-002",
        "URS-010",
        "FS-001",
        "DS-001",
        "RSK-001",
    ]


def test_row_names_what_lies_above_and_below() -> None:
    rows = matrix(right_project()).by_id
    assert rows["URS-001"].downstream == ("FS-001",)
    assert rows["URS-001"].chain == {"FS": ("FS-001",), "DS": ("DS-001",)}
    assert rows["URS-001"].clauses == ("11.10(a)", "11.10(e)")
    assert rows["URS-001"].risks == ("RSK-001",)
    assert rows["FS-001"].upstream == ("URS-001",)
    assert rows["DS-001"].upstream == ("FS-001",)
    assert rows["RSK-001"].upstream == ("URS-001",)


def test_row_lists_every_covering_test_with_both_results() -> None:
    world = right_project()
    formal = run(1, world, {"OQ-001": Outcome.FAILED})
    dry = run(1, world, {"OQ-001": Outcome.PASSED, "IQ-001": Outcome.PASSED}, mode=RunMode.DRY)
    row = matrix(world, formal, dry).by_id["FS-001"]
    found = [(test.id, test.environment, test.result, test.run, test.dry_result, test.dry_run) for test in row.tests]
    assert found == [
        ("IQ-001", "VAL", Outcome.NOT_EXECUTED, "", Outcome.PASSED, "dry-0001"),
        ("OQ-001", "VAL", Outcome.FAILED, "formal-0001", Outcome.PASSED, "dry-0001"),
    ]
    assert (row.status, row.dry_status) == (Coverage.FAILED, Coverage.PASSED)


def test_test_in_two_environments_is_two_entries() -> None:
    world = project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], environments=["VAL", "PROD"]))
    assert [test.environment for test in matrix(world).by_id["URS-001"].tests] == ["VAL", "PROD"]


def test_test_that_is_planned_nowhere_is_an_entry_as_not_executed() -> None:
    world = project(requirement("URS-001"), case("PQ-001", verifies=["URS-001"]), stages={})
    row = matrix(world).by_id["URS-001"]
    assert [(test.id, test.environment, test.result) for test in row.tests] == [("PQ-001", "", Outcome.NOT_EXECUTED)]
    assert row.status is Coverage.NOT_EXECUTED


def test_rows_of_an_outline_are_entries_in_their_order() -> None:
    rows = [case("OQ-001", verifies=["URS-001"], row=number) for number in (10, 9, 1, 2)]
    found = matrix(project(requirement("URS-001"), *rows)).by_id["URS-001"].tests
    assert [test.id for test in found] == ["OQ-001[1]", "OQ-001[2]", "OQ-001[9]", "OQ-001[10]"]


def test_circle_below_a_requirement_ends() -> None:
    world = project(
        requirement("URS-001"),
        requirement("SOP-001", parents=["URS-001", "SUP-001"]),
        requirement("SUP-001", parents=["SOP-001"]),
    )
    assert matrix(world).by_id["URS-001"].chain == {"SOP": ("SOP-001",), "SUP": ("SUP-001",)}


def test_counts_of_coverage_are_counts_of_rows() -> None:
    world = right_project(requirement("URS-002"), item("CR-001"))
    counts = matrix(world).counts("URS", "FS", "CR", mode=RunMode.FORMAL)
    assert counts == {Coverage.NOT_EXECUTED: 2, Coverage.GAP: 1, Coverage.NOT_APPLICABLE: 1}


def test_each_planned_case_and_environment_is_counted_once() -> None:
    world = right_project(case("OQ-002", verifies=["FS-001"], environments=["VAL", "PROD"]))
    found = matrix(world, run(1, world, {"OQ-001": Outcome.PASSED, "OQ-002": Outcome.SKIPPED}))
    assert count_results(found.formal, Stage.OQ) == {Outcome.PASSED: 1, Outcome.SKIPPED: 1, Outcome.NOT_EXECUTED: 1}
    assert count_results(found.formal, Stage.OQ, "PROD") == {Outcome.NOT_EXECUTED: 1}


def test_networkx_form_has_every_item_case_and_clause() -> None:
    world = right_project(risk("RSK-002", assesses=["FS-001"], controls=["OQ-001"]))
    graph = build_graph(world).to_networkx()
    assert graph.nodes["URS-001"] == {"kind": "URS", "title": "Title of URS-001", "retired": False}
    assert graph.nodes["11.10(a)"]["kind"] == "clause"
    links = {(one, other, kind) for one, other, kind in graph.edges(data="link")}
    assert {("FS-001", "URS-001", "satisfies"), ("OQ-001", "FS-001", "verifies"), ("OQ-001", "RSK-001", "risk"),
            ("RSK-002", "OQ-001", "mitigated_by"), ("URS-001", "11.10(a)", "regulations")} <= links  # fmt: skip
