"""What is required or specified is shown to hold, and how far (design.md §7)."""

from __future__ import annotations

import itertools

import pytest

from builders import (
    case,
    codes_of,
    findings_of,
    item,
    places,
    project,
    requirement,
    right_project,
    risk,
    run,
)
from valgen.model.outcome import Coverage, Outcome, RunMode
from valgen.model.project import Project
from valgen.model.run import Run
from valgen.trace.coverage import coverage_from_outcomes, coverage_of
from valgen.trace.graph import build_graph
from valgen.trace.results import case_statuses

URS = "requirements/urs.yaml"


def coverage(world: Project, name: str, *runs: Run, mode: RunMode = RunMode.FORMAL) -> Coverage:
    graph = build_graph(world)
    return coverage_of(graph.items[name], graph, world.settings, case_statuses(world, graph, runs, mode))


# What check finds


def test_mandatory_requirement_without_a_test_is_an_error() -> None:
    world = right_project(requirement("URS-002", text="It shall stop.", priority="must", acceptance="It stops."))
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG150", f"{URS}:2:5")


def test_requirement_without_a_priority_is_mandatory() -> None:
    assert places(right_project(requirement("URS-002")), "VG150") == [(URS, 2, 5)]


@pytest.mark.parametrize("priority", ["should", "could", "wont"])
def test_optional_requirement_without_a_test_is_a_warning(priority: str) -> None:
    assert places(right_project(requirement("URS-002", priority=priority)), "VG154") == [(URS, 2, 5)]
    assert "VG150" not in codes_of(right_project(requirement("URS-002", priority=priority)))


def test_requirement_that_is_left_out_with_a_reason_needs_no_test() -> None:
    left_out = requirement("URS-002", text="It shall stop.", priority="wont", reason="Next release.")
    assert findings_of(right_project(left_out)) == []


def test_test_of_a_design_element_covers_the_requirement_two_levels_up() -> None:
    world = project(
        requirement("URS-001"),
        requirement("FS-001", parents=["URS-001"]),
        requirement("DS-001", parents=["FS-001"]),
        case("IQ-001", verifies=["DS-001"]),
    )
    assert codes_of(world) == set()


def test_a_retired_function_passes_no_coverage_on() -> None:
    world = project(
        requirement("URS-001"),
        requirement("FS-001", parents=["URS-001"], retired=True),
        requirement("DS-001", parents=["FS-001"]),
        case("IQ-001", verifies=["DS-001"]),
    )
    assert places(world, "VG150") == [(URS, 1, 5)]
    assert coverage(world, "URS-001") is Coverage.GAP


def test_a_retired_test_covers_nothing() -> None:
    world = right_project(requirement("URS-002"), case("OQ-002", verifies=["URS-002"], flags=["retired"]))
    assert places(world, "VG150") == [(URS, 2, 5)]
    assert coverage(world, "URS-002") is Coverage.GAP


def test_retired_requirement_needs_no_test() -> None:
    assert findings_of(right_project(requirement("URS-002", retired=True))) == []


def test_verification_by_procedure_needs_the_procedure() -> None:
    trained = requirement("URS-002", verification="procedure", text="Users shall be trained.")
    world = right_project(trained)
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG151", f"{URS}:2:22")
    world = right_project(trained, requirement("SOP-001", parents=["URS-002"]))
    assert findings_of(world) == []
    assert coverage(world, "URS-002") is Coverage.PROCEDURE


def test_a_retired_procedure_is_none() -> None:
    retired = requirement("SOP-001", parents=["URS-002"], retired=True)
    world = right_project(requirement("URS-002", verification="procedure"), retired)
    assert places(world, "VG151") == [(URS, 2, 22)]


@pytest.mark.parametrize(
    ("leverage", "enough"), [("full", True), ("partial", True), ("background", False), ("rejected", False)]
)
def test_verification_by_supplier_needs_evidence_that_is_relied_on(leverage: str, enough: bool) -> None:
    evidence = requirement("SUP-001", parents=["URS-002"], leverage=leverage)
    world = right_project(requirement("URS-002", verification="supplier"), evidence)
    assert places(world, "VG152") == ([] if enough else [(URS, 2, 22)])
    assert coverage(world, "URS-002") is (Coverage.SUPPLIER if enough else Coverage.GAP)


def test_supplier_evidence_that_was_rejected_covers_nothing_itself() -> None:
    world = right_project(requirement("SUP-001", parents=["URS-001"], leverage="rejected"))
    assert coverage(world, "SUP-001") is Coverage.NOT_APPLICABLE


def test_function_without_a_test_is_a_warning() -> None:
    world = right_project(requirement("FS-002", parents=["URS-001"]))
    assert places(world, "VG153") == [("requirements/fs.yaml", 2, 5)]


def test_requirement_that_only_a_test_names_is_remarked() -> None:
    world = right_project(requirement("URS-002"), case("OQ-002", verifies=["URS-002"]))
    assert places(world, "VG155") == [(URS, 2, 5)]


# Status


EVERY = tuple(Outcome)


@pytest.mark.parametrize("others", [(), *((one,) for one in EVERY)])
@pytest.mark.parametrize("bad", [Outcome.FAILED, Outcome.ERROR])
def test_failed_or_error_outranks_everything(bad: Outcome, others: tuple[Outcome, ...]) -> None:
    assert coverage_from_outcomes([*others, bad]) is Coverage.FAILED
    assert coverage_from_outcomes([bad, *others]) is Coverage.FAILED


@pytest.mark.parametrize(
    "outcome", [one for one in EVERY if not one.accepted and one not in (Outcome.FAILED, Outcome.ERROR)]
)
def test_whatever_did_not_pass_leaves_the_requirement_not_executed(outcome: Outcome) -> None:
    assert coverage_from_outcomes([outcome]) is Coverage.NOT_EXECUTED
    assert coverage_from_outcomes([Outcome.PASSED, outcome, Outcome.PASSED]) is Coverage.NOT_EXECUTED


def test_covered_passed_means_that_every_result_is_accepted() -> None:
    for count in range(4):
        for outcomes in itertools.product(EVERY, repeat=count):
            status = coverage_from_outcomes(outcomes)
            if status in (Coverage.PASSED, Coverage.PASSED_WITH_DEVIATION):
                assert outcomes and all(one.accepted for one in outcomes)
            if status is Coverage.PASSED:
                assert set(outcomes) == {Outcome.PASSED}


def test_before_any_run_a_covered_requirement_is_not_executed() -> None:
    world = right_project()
    assert {coverage(world, name) for name in ("URS-001", "FS-001", "DS-001", "RSK-001")} == {Coverage.NOT_EXECUTED}


def test_requirement_passes_when_all_tests_below_it_passed() -> None:
    world = right_project()
    passed = dict.fromkeys(("IQ-001", "OQ-001", "PQ-001"), Outcome.PASSED)
    assert coverage(world, "URS-001", run(1, world, passed)) is Coverage.PASSED
    for name in passed:
        skipped = run(1, world, {**passed, name: Outcome.SKIPPED})
        assert coverage(world, "URS-001", skipped) is Coverage.NOT_EXECUTED
        assert coverage(world, "URS-001", run(1, world, {**passed, name: Outcome.FAILED})) is Coverage.FAILED


def test_dry_runs_never_cover_formally() -> None:
    world = right_project()
    dry = run(1, world, dict.fromkeys(("IQ-001", "OQ-001", "PQ-001"), Outcome.PASSED), mode=RunMode.DRY)
    assert coverage(world, "URS-001", dry) is Coverage.NOT_EXECUTED
    assert coverage(world, "URS-001", dry, mode=RunMode.DRY) is Coverage.PASSED


def test_each_environment_must_pass() -> None:
    world = project(
        requirement("URS-001"),
        requirement("FS-001", parents=["URS-001"]),
        case("OQ-001", verifies=["FS-001"], environments=["VAL", "PROD"]),
    )
    in_val = run(1, world, {"OQ-001": Outcome.PASSED})
    in_prod = run(2, world, {"OQ-001": Outcome.PASSED}, environment="PROD")
    assert coverage(world, "URS-001", in_val) is Coverage.NOT_EXECUTED
    assert coverage(world, "URS-001", in_val, in_prod) is Coverage.PASSED


def test_result_of_an_environment_that_is_not_planned_does_not_count() -> None:
    world = project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], environments=["PROD"]))
    assert coverage(world, "URS-001", run(1, world, {"OQ-001": Outcome.PASSED})) is Coverage.NOT_EXECUTED


def test_each_row_of_an_outline_must_pass() -> None:
    rows = [case("OQ-001", verifies=["URS-001"], row=number) for number in (1, 2)]
    world = project(requirement("URS-001"), *rows)
    one = run(1, world, {"OQ-001[1]": Outcome.PASSED})
    assert coverage(world, "URS-001", one) is Coverage.NOT_EXECUTED
    both = run(2, world, {"OQ-001[1]": Outcome.PASSED, "OQ-001[2]": Outcome.PASSED})
    assert coverage(world, "URS-001", one, both) is Coverage.PASSED


def test_test_that_is_planned_nowhere_keeps_its_requirement_from_passing() -> None:
    world = project(
        requirement("URS-001"),
        case("OQ-001", verifies=["URS-001"]),
        case("PQ-001", verifies=["URS-001"]),
        stages={"OQ": ["VAL"]},
    )
    assert coverage(world, "URS-001", run(1, world, {"OQ-001": Outcome.PASSED})) is Coverage.NOT_EXECUTED
    assert coverage(world, "URS-001", run(1, world, {"OQ-001": Outcome.FAILED})) is Coverage.FAILED


def test_risk_is_covered_by_the_tests_that_challenge_it() -> None:
    world = right_project()
    assert coverage(world, "RSK-001", run(1, world, {"OQ-001": Outcome.PASSED})) is Coverage.PASSED


def test_risk_with_procedures_alone_is_covered_by_them() -> None:
    world = right_project(
        requirement("SOP-001", parents=["URS-001"]),
        risk("RSK-002", assesses=["URS-001"], controls=["SOP-001"]),
        requirement("SOP-002", parents=["URS-001"], retired=True),
        risk("RSK-003", assesses=["URS-001"], controls=["SOP-002"]),
    )
    assert coverage(world, "RSK-002") is Coverage.PROCEDURE
    assert coverage(world, "RSK-003") is Coverage.GAP


def test_changes_are_not_applicable_and_procedures_are_procedures() -> None:
    world = right_project(item("CR-001", affects=["URS-001"]), requirement("SOP-001", parents=["URS-001"]))
    assert coverage(world, "CR-001") is Coverage.NOT_APPLICABLE
    assert coverage(world, "SOP-001") is Coverage.PROCEDURE


def test_check_and_matrix_agree_on_what_is_covered() -> None:
    worlds = [
        right_project(),
        project(requirement("URS-001"), requirement("FS-001", parents=["URS-001"])),
        project(
            requirement("URS-001"),
            requirement("FS-001", parents=["URS-001"], retired=True),
            requirement("DS-001", parents=["FS-001"]),
            case("OQ-001", verifies=["DS-001"]),
        ),
        project(requirement("URS-001", verification="procedure"), requirement("SOP-001", parents=["URS-001"])),
        project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"], flags=["retired"])),
    ]
    for world in worlds:
        gap = coverage(world, "URS-001") is Coverage.GAP
        assert bool(codes_of(world) & {"VG150", "VG151", "VG152", "VG154"}) == gap
