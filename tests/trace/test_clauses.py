"""Clauses of regulations: each exists, each required one is answered or excluded with a reason."""

from __future__ import annotations

from builders import codes_of, findings_of, places, requirement, right_project, statement
from valgen.workflow.check import clause_facts

URS = "requirements/urs.yaml"
LIST = "requirements/applicability.yaml"


def test_unknown_clause_is_reported_with_the_nearest_one() -> None:
    world = right_project(
        requirement("FS-001", parents=["URS-001"], regulations=["11.30", "11.10(z)"], path="requirements/b.yaml")
    )
    found = next(one for one in findings_of(world, "VG170"))
    assert str(found.location) == "requirements/b.yaml:1:33"
    assert found.fix == "did you mean 11.10(a)?"


def test_unknown_clause_of_the_applicability_list_is_reported() -> None:
    assert places(right_project(statement("11.99", True, line=4)), "VG170") == [(LIST, 4, 13)]


def test_known_clause_is_not_reported() -> None:
    assert "VG170" not in codes_of(right_project(statement("11.30", True)))


def test_required_clause_that_no_requirement_answers_is_remarked_once_per_library() -> None:
    world = right_project(regulations=["part-11", "annex-11"])
    (found,) = findings_of(world, "VG171")
    assert found.ids == ("Annex11.1",)
    assert found.location and found.location.path == "valgen.toml"


def test_retired_requirement_answers_nothing() -> None:
    world = right_project(requirement("URS-002", regulations=["Annex11.1"], retired=True), regulations=["annex-11"])
    assert [one.ids for one in findings_of(world, "VG171")] == [("Annex11.1",)]


def test_excluded_clause_needs_no_answer() -> None:
    world = right_project(statement("Annex11.1", False), regulations=["annex-11"])
    assert "VG171" not in codes_of(world)


def test_conditional_clause_that_applies_needs_an_answer() -> None:
    world = right_project(statement("11.30", True), regulations=["part-11"])
    assert [one.ids for one in findings_of(world, "VG171")] == [("11.30",)]
    assert "VG173" not in codes_of(world)


def test_conditional_clause_without_a_statement_is_remarked() -> None:
    world = right_project(regulations=["part-11"])
    (found,) = findings_of(world)
    assert (found.code, found.ids) == ("VG173", ("11.30",))


def test_conditional_clause_that_is_answered_or_excluded_is_not_remarked() -> None:
    assert "VG173" not in codes_of(right_project(statement("11.30", False), regulations=["part-11"]))
    answered = requirement("FS-001", parents=["URS-001"], regulations=["11.30"], path="requirements/b.yaml")
    assert "VG173" not in codes_of(right_project(answered, regulations=["part-11"]))


def test_clause_without_coverage_is_never_asked_for() -> None:
    assert not any("11.3" in one.ids for one in findings_of(right_project(regulations=["part-11"])))


def test_regulation_that_is_no_library_is_reported() -> None:
    (found,) = findings_of(right_project(regulations=["part-12"]), "VG172")
    assert found.location and found.location.path == "valgen.toml"
    assert found.fix == "did you mean part-11?"
    assert "VG172" not in codes_of(right_project(regulations=["part-11"]))


def test_clause_stated_twice_is_reported_at_the_second_place() -> None:
    world = right_project(statement("11.30", False, line=3), statement("11.30", True, line=9))
    (found,) = findings_of(world, "VG174")
    assert str(found.location) == f"{LIST}:9:13"
    assert f"{LIST}:3:13" in found.message


def test_item_that_answers_an_excluded_clause_is_reported() -> None:
    assert places(right_project(statement("11.10(e)", False)), "VG175") == [(URS, 1, 32)]
    assert "VG175" not in codes_of(right_project(statement("11.10(e)", True)))


def test_shipped_library_gives_the_facts() -> None:
    facts = clause_facts()
    assert "21CFR11.10(e)" in facts.known
    assert facts.coverage("21-cfr-part-11")["21CFR11.10(e)"] == "required"
    assert "eu-annex-11" in facts.libraries
