"""Test cases: each id once, tags that lead somewhere, an expected result, a place to be executed."""

from __future__ import annotations

import pytest

from builders import case, codes_of, findings_of, places, project, requirement, right_project, risk
from valgen.codes import finding
from valgen.model.outcome import Mode
from valgen.source import SourceLocation

OQ = "test_scripts/oq.feature"


def test_second_test_of_an_id_is_reported_with_the_place_of_the_first() -> None:
    world = right_project(case("OQ-001", verifies=["FS-001"], path="test_scripts/z.feature", line=70))
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG230", "test_scripts/z.feature:69:3")
    assert f"{OQ}:10" in found.message


def test_two_outlines_of_one_id_are_reported_once() -> None:
    rows = [case("OQ-002", verifies=["FS-001"], row=row, line=line) for line in (20, 60) for row in (1, 2, 3)]
    assert places(right_project(*rows), "VG230") == [(OQ, 59, 3)]


def test_rows_of_one_outline_share_their_id() -> None:
    rows = [case("OQ-002", verifies=["FS-001"], row=row) for row in (1, 2, 3)]
    assert findings_of(right_project(*rows)) == []


def test_mistakes_of_a_second_test_of_an_id_are_reported_too() -> None:
    world = right_project(case("OQ-001", verifies=["FS-404"], path="test_scripts/z.feature", line=70))
    assert places(world, "VG231") == [("test_scripts/z.feature", 69, 32)]


def test_test_of_a_missing_id_is_reported_at_the_id() -> None:
    world = right_project(case("OQ-002", verifies=["FS-001", "FS-010"]))
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG231", f"{OQ}:19:52")
    assert found.fix == "define FS-010, or did you mean FS-001?"


def test_test_that_verifies_a_test_is_told_so() -> None:
    world = right_project(case("OQ-002", verifies=["FS-001", "OQ-001"]))
    (found,) = findings_of(world)
    assert (found.code, found.message) == ("VG231", "OQ-002 verifies OQ-001, which is itself a test case")


def test_test_without_verifies_or_risk_is_an_orphan() -> None:
    assert places(right_project(case("OQ-002")), "VG232") == [(OQ, 19, 3)]
    assert "VG232" not in codes_of(right_project(case("OQ-002", risks=["RSK-001"])))


def test_test_in_an_unknown_environment_is_reported_at_the_tag() -> None:
    world = right_project(case("OQ-002", verifies=["FS-001"], environments=["PRDO"]))
    (found,) = findings_of(world)
    assert (found.code, str(found.location)) == ("VG233", f"{OQ}:19:43")
    assert found.fix == "did you mean PROD?"
    assert findings_of(right_project(case("OQ-002", verifies=["FS-001"], environments=["PROD"]))) == []


def test_unknown_environment_that_the_reader_reported_is_not_told_twice() -> None:
    told = finding("VG213", "@env:PRDO is not defined in the settings", SourceLocation(OQ, 19, 43, 8))
    world = right_project(case("OQ-002", verifies=["FS-001"], environments=["PRDO"]), findings=[told])
    assert "VG233" not in codes_of(world)


def test_test_of_a_retired_item_is_reported() -> None:
    world = right_project(requirement("FS-002", retired=True), case("OQ-002", verifies=["FS-001", "FS-002"]))
    assert places(world, "VG234") == [(OQ, 19, 52)]


def test_test_of_a_retired_risk_is_reported() -> None:
    world = right_project(risk("RSK-002", retired=True), case("OQ-002", verifies=["FS-001"], risks=["RSK-002"]))
    assert places(world, "VG234") == [(OQ, 19, 48)]


def test_retired_test_of_a_retired_item_is_left_in_peace() -> None:
    retired = case("OQ-002", verifies=["FS-002"], flags=["retired"], environments=["NOWHERE"], steps=())
    assert findings_of(right_project(requirement("FS-002", retired=True), retired)) == []


def test_retired_test_still_may_not_name_what_never_was() -> None:
    assert places(right_project(case("OQ-002", verifies=["FS-404"], flags=["retired"])), "VG231") == [(OQ, 19, 32)]


@pytest.mark.parametrize("target", ["FS-001", "RSK-404"])
def test_risk_tag_that_names_no_risk_is_reported(target: str) -> None:
    world = right_project(case("OQ-002", verifies=["FS-001"], risks=[target]))
    assert places(world, "VG235") == [(OQ, 19, 48)]


def test_test_without_a_then_is_reported() -> None:
    world = right_project(case("OQ-002", verifies=["FS-001"], steps=("Given a thing", "When it is used")))
    assert places(world, "VG236") == [(OQ, 20, 3)]


def test_outline_without_a_then_is_reported_once() -> None:
    rows = [case("OQ-002", verifies=["FS-001"], steps=("When it is used",), row=row) for row in (1, 2, 3)]
    assert len(findings_of(right_project(*rows), "VG236")) == 1


def test_then_of_the_background_is_no_expected_result() -> None:
    from dataclasses import replace

    one = case("OQ-002", verifies=["FS-001"], steps=("Then it is installed", "When it is used"))
    one = replace(one, steps=(replace(one.steps[0], background=True), *one.steps[1:]))
    assert places(right_project(one), "VG236") == [(OQ, 20, 3)]


def test_unscripted_session_needs_no_then() -> None:
    session = case("OQ-002", verifies=["FS-001"], steps=("Given a charter",), mode=Mode.UNSCRIPTED)
    assert findings_of(right_project(session)) == []


def test_test_of_a_stage_that_is_planned_nowhere_is_reported() -> None:
    world = right_project(stages={"IQ": ["VAL"], "OQ": ["VAL"]})
    assert places(world, "VG237") == [("test_scripts/pq.feature", 9, 3)]
    tagged = case("PQ-002", verifies=["URS-001"], environments=["PROD"])
    assert len(findings_of(right_project(tagged, stages={"IQ": ["VAL"], "OQ": ["VAL"]}), "VG237")) == 1


def test_gap_in_the_numbering_is_remarked() -> None:
    world = right_project(case("OQ-003", verifies=["FS-001"]), case("OQ-007", verifies=["FS-001"]))
    found = findings_of(world)
    assert [one.code for one in found] == ["VG238", "VG238"]
    assert [one.message for one in found] == [
        "OQ-002 missing between OQ-001 and OQ-003",
        "OQ-004 to OQ-006 missing between OQ-003 and OQ-007",
    ]
    assert str(found[0].location) == f"{OQ}:30:3"


def test_missing_number_is_written_as_wide_as_its_neighbours() -> None:
    world = project(requirement("FS-001"), *(case(f"OQ-{n:05d}", verifies=["FS-001"]) for n in (1, 3)))
    assert findings_of(world, "VG238")[0].message.startswith("OQ-00002 missing")


def test_number_of_a_retired_test_is_taken() -> None:
    retired = case("OQ-002", verifies=["FS-001"], flags=["retired"])
    assert findings_of(right_project(retired, case("OQ-003", verifies=["FS-001"]))) == []


def test_chapters_are_no_gap() -> None:
    assert findings_of(right_project(case("OQ-100", verifies=["FS-001"]))) == []


@pytest.mark.parametrize(("name", "reported"), [("PROD", True), ("prd", True), ("VAL", False)])
def test_destructive_test_planned_in_production_is_reported(name: str, reported: bool) -> None:
    one = case("OQ-002", verifies=["FS-001"], environments=[name], flags=["destructive"])
    world = right_project(one, environments=("VAL", "PROD", "prd"))
    assert places(world, "VG239") == ([(OQ, 19, 63)] if reported else [])


def test_tags_of_every_examples_table_are_judged() -> None:
    first = case("OQ-002", verifies=["FS-001"], row=1)
    second = case("OQ-002", verifies=["FS-001", "FS-404"], row=2, environments=["PROD"], flags=["destructive"])
    assert [one.code for one in findings_of(right_project(first, second))] == ["VG231", "VG239"]


def test_row_that_is_retired_does_not_excuse_the_others() -> None:
    first = case("OQ-002", verifies=["FS-002"], row=1, flags=["retired"])
    second = case("OQ-002", verifies=["FS-002"], row=2)
    world = right_project(requirement("FS-002", retired=True), first, second)
    assert places(world, "VG234") == [(OQ, 19, 32)]
