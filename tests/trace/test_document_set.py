"""Which documents a project is expected to have: by category, impact and risk, as the table says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import case, document, findings_of, project, requirement, risk
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.project import Component, Project, SystemInfo
from valgen.model.screening import SCREENING, ScreeningAnswer
from valgen.trace.document_set import CATEGORIES, CORE_SET, Need, document_set, external_supplier
from valgen.trace.graph import build_graph
from valgen.trace.screening import screen


def settled(world: Project, **settings: object) -> Project:
    return replace(world, settings=replace(world.settings, **settings))  # type: ignore[arg-type]


def expected(world: Project) -> dict[str, Need]:
    return {row.type: row.need for row in document_set(world, build_graph(world)).rows}


def names(world: Project) -> set[str]:
    return {kind for kind, need in expected(world).items() if need is Need.EXPECTED}


def test_the_table_says_something_of_every_document_type_and_category() -> None:
    assert set(CORE_SET) == set(DOCUMENT_TYPES)
    assert all(tuple(needs) == tuple(CATEGORIES) for needs in CORE_SET.values())


CORE = {
    "1": {"GXPA", "CS", "IQ", "DEVLOG", "VSR", "CERT", "SOP", "TRAINING"},
    "3": {"GXPA", "VP", "URS", "RA", "IQ", "PQ", "RTM", "DEVLOG", "VSR", "CERT", "SOP", "TRAINING"},
}
CORE["4"] = CORE["3"] | {"CS", "OQ", "SUP"}
CORE["5"] = CORE["4"] | {"FS", "DS"}


@pytest.mark.parametrize("category", CATEGORIES)
def test_core_set_of_each_category(category: str) -> None:
    world = settled(
        project(), gamp_category=category, gxp_impact="direct", system=SystemInfo(supplier="Vendor"), regulations=()
    )
    assert names(world) == CORE[category]


def test_without_gxp_impact_only_the_assessment_that_says_so_is_expected() -> None:
    world = settled(project(requirement("URS-001")), gamp_category="5", gxp_impact="none")
    assert names(world) == {"GXPA"}
    row = document_set(world, build_graph(world)).of("URS")
    assert (row.because, row.content) == ("no GxP impact", True)


def test_highest_category_of_the_components_counts() -> None:
    parts = (Component(name="engine", gamp_category="1"), Component(name="macro", gamp_category="5"))
    world = settled(project(), gamp_category="3", gxp_impact="direct", components=parts)
    assert document_set(world, build_graph(world)).category == "5"
    assert "DS" in names(world)


@pytest.mark.parametrize(
    "thing",
    [risk("RSK-001", assesses=["URS-001"], scores="high high low"), requirement("URS-001", impact=["patient_safety"])],
    ids=["risk of high priority", "patient safety"],
)
def test_risk_makes_risk_based_documents_expected_and_says_which(thing: object) -> None:
    calm = settled(project(), gamp_category="3", gxp_impact="direct")
    assert expected(calm)["OQ"] is Need.RISK_BASED
    world = settled(project(thing), gamp_category="3", gxp_impact="direct")  # type: ignore[arg-type]
    assert expected(world)["OQ"] is Need.EXPECTED
    assert thing.id in document_set(world, build_graph(world)).of("OQ").because  # type: ignore[attr-defined]


def test_risk_of_low_priority_raises_nothing() -> None:
    world = settled(project(risk("RSK-001", scores="low low high")), gamp_category="3", gxp_impact="direct")
    assert expected(world)["OQ"] is Need.RISK_BASED


@pytest.mark.parametrize(
    ("supplier", "owner", "external"),
    [("Vendor", "IT", True), ("in-house", "IT", False), ("IT", "IT", False), ("", "", False)],
)
def test_supplier_assessment_of_a_custom_application_is_for_external_suppliers(
    supplier: str, owner: str, external: bool
) -> None:
    world = settled(
        project(), gamp_category="5", gxp_impact="direct", system=SystemInfo(supplier=supplier, owner=owner)
    )
    assert external_supplier(world.settings) is external
    assert (expected(world)["SUP"] is Need.EXPECTED) is external


def test_rules_on_electronic_records_make_their_assessment_expected() -> None:
    world = settled(project(), gamp_category="4", gxp_impact="direct", regulations=("alcoa-plus",))
    assert expected(world)["ERES"] is Need.NOT_EXPECTED
    world = settled(world, regulations=("eu-annex-11",))
    assert expected(world)["ERES"] is Need.EXPECTED


def test_without_a_category_the_content_decides_and_the_reason_says_so() -> None:
    world = project(requirement("URS-001"), case("OQ-001", verifies=["URS-001"]))
    assert {"URS", "OQ", "RTM", "VSR"} <= names(world)
    assert not {"GXPA", "VP", "DS", "PQ", "CERT"} & names(world)
    assert "category not stated" in document_set(world, build_graph(world)).of("URS").because


def test_expected_document_that_is_not_registered_is_named_with_the_reason() -> None:
    world = settled(project(document("URS", "1.0 2026-01-31")), gamp_category="4", gxp_impact="direct")
    found = {one.ids[0]: one.message for one in findings_of(world, "VG336")}
    assert set(found) == names(world) - {"URS"}
    assert found["VP"] == "no VP in the register: expected because of category 4, direct impact"


def answers(**given: bool) -> tuple[ScreeningAnswer, ...]:
    return tuple(ScreeningAnswer(question=name, yes=yes, rationale="Because.") for name, yes in given.items())


ALL_NO = {question.id: False for question in SCREENING}


@pytest.mark.parametrize(
    ("given", "impact"),
    [
        ({}, ""),
        ({"calculates": True}, "direct"),
        ({"exchanges_data": True}, ""),
        (ALL_NO, "none"),
        ({**ALL_NO, "exchanges_data": True}, "indirect"),
        ({**ALL_NO, "stores_records": True, "exchanges_data": True}, "direct"),
    ],
    ids=["no answer", "one direct yes decides", "indirect stays open", "all no", "indirect", "direct outranks"],
)
def test_impact_follows_from_the_answers(given: dict[str, bool], impact: str) -> None:
    assert screen(replace(project(), screening=answers(**given))).impact == impact


def test_question_of_the_projects_own_counts_with_its_weight() -> None:
    own = ScreeningAnswer(question="own", yes=True, rationale="R", text="Own?", impact="indirect")
    world = replace(project(), screening=(*answers(**ALL_NO), own))
    assert screen(world).impact == "indirect"
    assert screen(world).rows[-1][0].text == "Own?"


def test_impact_that_contradicts_the_screening_is_reported() -> None:
    world = replace(settled(project(), gxp_impact="none"), screening=answers(calculates=True))
    (found,) = findings_of(world, "VG352")
    assert found.message == "the screening gives the impact direct, the settings state none"


def test_open_questions_are_asked_for_only_where_an_assessment_is_registered() -> None:
    assert not findings_of(project(), "VG350")
    assert not findings_of(settled(project(), gxp_impact="direct"), "VG350")
    assert len(findings_of(project(document("GXPA", "1.0 2026-01-31")), "VG350")) == 1
    assert not findings_of(project(document("GXPA", planned="no", rationale="Elsewhere.")), "VG350")


def test_project_of_a_lower_category_than_its_component_is_reported() -> None:
    world = settled(project(), gamp_category="3", components=(Component(name="macro", gamp_category="5"),))
    (found,) = findings_of(world, "VG353")
    assert found.message == "the project is of category 3, but macro of category 5"


def test_plan_without_category_and_impact_is_remarked() -> None:
    world = project(document("VP", "1.0 2026-01-31"))
    assert [one.message for one in findings_of(world, "VG356")] == ["gamp_category and gxp_impact not stated"]
    assert not findings_of(settled(world, gamp_category="4", gxp_impact="direct"), "VG356")
