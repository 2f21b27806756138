"""Links between items: each id once, each link to something above, in no circle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, codes_of, findings_of, item, places, project, requirement, right_project, risk
from valgen.codes.trace import TRACE
from valgen.model.item_types import Field, FieldKind, ItemType
from valgen.trace.graph import build_graph
from valgen.trace.rules.suggest import did_you_mean

URS = "requirements/urs.yaml"
FS = "requirements/fs.yaml"
DS = "requirements/ds.yaml"
RSK = "requirements/rsk.yaml"


def test_right_project_has_no_findings() -> None:
    assert findings_of(right_project()) == []


@pytest.mark.parametrize("code", [info.code for info in TRACE])
def test_right_project_lacks_each_code(code: str) -> None:
    assert code not in codes_of(right_project())


def test_link_to_missing_id_is_reported_with_its_place() -> None:
    world = right_project(requirement("FS-002", parents=["URS-001", "URS-099"]), case("OQ-002", verifies=["FS-002"]))
    (found,) = findings_of(world)
    assert found.code == "VG104"
    assert str(found.location) == f"{FS}:2:32"
    assert found.location and found.location.length == len("URS-099")
    assert found.message == "FS-002 satisfies URS-099, which no file defines"
    assert found.ids == ("FS-002", "URS-099")


def test_missing_id_comes_with_the_nearest_one() -> None:
    world = project(requirement("URS-009"), requirement("FS-012", parents=["URS-099"]))
    (found,) = findings_of(world, "VG104")
    assert found.fix == "define URS-099, or did you mean URS-009?"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("urs-010", "URS-010"), ("URS_010", "URS-010"), ("URS-10", "URS-010"), ("URS-0010", "URS-010"),
     ("URS 010", "URS-010"), ("US-010", "URS-010"), ("URS-001", "URS-010"), ("UURS-010", "URS-010"), ("XYZ-77777", "")],
)  # fmt: skip
def test_slips_of_the_pen_are_recognised_among_many_ids(written: str, meant: str) -> None:
    known = {f"URS-{number:03d}": None for number in range(10, 2000, 37)} | {f"FS-{n:04d}": None for n in range(600)}
    hint = did_you_mean(written, known)
    assert hint == (f"did you mean {meant}?" if meant else "")


def test_nearest_name_is_of_the_same_type() -> None:
    assert did_you_mean("FS-099", ["DS-099", "FS-090"]) == "did you mean FS-090?"


def test_broken_link_is_not_compared_with_every_id_of_a_large_project(monkeypatch: pytest.MonkeyPatch) -> None:
    def compare(*arguments: object, **options: object) -> list[str]:
        raise AssertionError("thousands of ids compared one by one")

    monkeypatch.setattr("difflib.get_close_matches", compare)
    items = [requirement(f"URS-{number:05d}") for number in range(1_000)]
    links = [requirement(f"FS-{number:05d}", parents=[f"REQ-{number:05d}"]) for number in range(20)]
    assert len(findings_of(project(*items, *links), "VG104")) == 20


def test_second_item_of_an_id_is_reported_with_the_place_of_the_first() -> None:
    world = right_project(requirement("FS-001", parents=["URS-001"], path="requirements/more.yaml", line=7))
    # "more.yaml" sorts after "fs.yaml", so it is the second.
    (found,) = findings_of(world, "VG140")
    assert str(found.location) == "requirements/more.yaml:7:5"
    assert f"{FS}:1:5" in found.message
    assert found.fix.endswith("FS-002 is free")


def test_mistakes_of_a_second_item_are_reported_too() -> None:
    world = right_project(requirement("FS-001", parents=["URS-088"], path="requirements/more.yaml", line=7))
    assert places(world, "VG104") == [("requirements/more.yaml", 7, 22)]


def test_retired_id_is_taken() -> None:
    world = right_project(requirement("FS-001", retired=True, path="requirements/old.yaml"))
    assert places(world, "VG140") == [("requirements/old.yaml", 1, 5)]


def _own_type(targets: tuple[str, ...] = ()) -> ItemType:
    link = Field(name="satisfies", kind=FieldKind.LINKS, label="Satisfies", doc="", targets=targets)
    return ItemType(key="IF", name="Interface", document="FS", fields=(link,))


def test_circle_is_reported_once_with_its_path() -> None:
    world = project(
        requirement("IF-001", parents=["SOP-001"]),
        requirement("SOP-001", parents=["SUP-001"]),
        requirement("SUP-001", parents=["IF-001"]),
    )
    world = replace(world, settings=replace(world.settings, types={"IF": _own_type()}))
    (found,) = findings_of(world, "VG141")
    assert found.message == "links in a circle: IF-001 -> SOP-001 -> SUP-001 -> IF-001"
    assert str(found.location) == "requirements/sup.yaml:1:22"
    assert set(found.ids) == {"IF-001", "SOP-001", "SUP-001"}


def test_item_that_satisfies_itself_is_a_circle() -> None:
    world = project(requirement("FS-001", parents=["FS-001"]))
    assert places(world, "VG141") == [(FS, 1, 22)]


def test_two_ways_to_one_requirement_are_no_circle() -> None:
    world = project(
        requirement("URS-001"),
        requirement("FS-001", parents=["URS-001"]),
        requirement("FS-002", parents=["URS-001"]),
        requirement("DS-001", parents=["FS-001", "FS-002"]),
    )
    assert "VG141" not in codes_of(world)


def test_long_chain_needs_no_deep_stack() -> None:
    world = project(*(requirement(f"IF-{n:05d}", parents=[f"IF-{n + 1:05d}"]) for n in range(2_000)))
    world = replace(world, settings=replace(world.settings, types={"IF": _own_type(("IF",))}))
    assert len(build_graph(world).above("IF-00000")) == 2_000
    assert "VG141" not in codes_of(world)


def test_link_to_the_wrong_level_names_the_right_ones() -> None:
    world = right_project(
        requirement("FS-002", parents=["URS-001", "DS-001"]), case("OQ-002", verifies=["FS-002"])
    )  # fmt: skip
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG142", f"{FS}:2:32")
    assert found.fix == "name an item of type URS"


def test_design_element_may_satisfy_functions_settings_and_requirements() -> None:
    world = right_project(
        requirement("CS-001", parents=["FS-001"]),
        requirement("DS-002", parents=["URS-001", "FS-001", "CS-001"]),
        case("IQ-002", verifies=["CS-001", "DS-002"]),
    )
    assert findings_of(world) == []


def test_item_that_satisfies_a_test_case_is_told_so() -> None:
    world = right_project(requirement("FS-002", parents=["OQ-001"]), case("OQ-002", verifies=["FS-002"]))
    (found,) = findings_of(world, "VG142")
    assert found.message == "FS-002 satisfies OQ-001, which is a test case"
    assert "VG104" not in codes_of(world)


def test_link_to_a_retired_item_is_reported() -> None:
    world = right_project(
        requirement("URS-002", retired=True),
        requirement("FS-002", parents=["URS-001", "URS-002"]),
        case("OQ-002", verifies=["FS-002"]),
    )
    assert places(world, "VG143") == [(FS, 2, 32)]


def test_retired_item_may_link_to_a_retired_one() -> None:
    world = right_project(
        requirement("URS-002", retired=True), requirement("FS-002", parents=["URS-002"], retired=True)
    )
    assert findings_of(world) == []


def test_risk_that_relies_on_a_retired_test_is_told_so() -> None:
    world = right_project(
        risk("RSK-002", assesses=["URS-001"], controls=["FS-001", "OQ-002"], scores="low low high"),
        case("OQ-002", verifies=["FS-001"], flags=["retired"]),
    )
    assert places(world, "VG143") == [(RSK, 2, 38)]


def test_function_without_a_requirement_is_an_orphan() -> None:
    world = right_project(requirement("FS-002"), case("OQ-002", verifies=["FS-002"]))
    assert places(world, "VG145") == [(FS, 2, 5)]


def test_broken_link_is_not_called_an_orphan_as_well() -> None:
    assert codes_of(project(requirement("FS-002", parents=["URS-404"]))) == {"VG104", "VG153"}


def test_retired_orphan_is_left_in_peace() -> None:
    assert "VG145" not in codes_of(right_project(requirement("FS-002", retired=True)))


def test_requirements_risks_and_changes_need_no_link_upward() -> None:
    assert "VG145" not in codes_of(project(requirement("URS-001"), risk("RSK-001"), item("CR-001")))


def test_procedure_that_controls_a_risk_is_no_orphan() -> None:
    world = right_project(
        item("SOP-001"), risk("RSK-002", assesses=["URS-001"], controls=["SOP-001"], scores="medium medium medium")
    )
    assert findings_of(world) == []


def test_procedure_that_nothing_names_is_an_orphan() -> None:
    assert places(right_project(item("SOP-001")), "VG145") == [("requirements/sop.yaml", 1, 5)]


def test_function_that_only_controls_a_risk_is_still_an_orphan() -> None:
    world = right_project(
        requirement("FS-002"), case("OQ-002", verifies=["FS-002"]),
        risk("RSK-002", assesses=["URS-001"], controls=["FS-002"], scores="medium medium medium"),
    )  # fmt: skip
    assert places(world, "VG145") == [(FS, 2, 5)]


def test_risk_may_name_tests_rows_and_items_as_controls() -> None:
    world = right_project(
        case("OQ-002", verifies=["FS-001"], row=1), case("OQ-002", verifies=["FS-001"], row=2, label="hot"),
        risk("RSK-002", assesses=["FS-001"], controls=["FS-001", "OQ-001", "OQ-002[hot]"], scores="low low high"),
    )  # fmt: skip
    assert findings_of(world) == []
    assert build_graph(world).risk_tests["RSK-002"] == ("OQ-001", "OQ-002[hot]")
