"""The set of documents in the pack and in print: expected ones are there, overrides are printed with their reason."""

from __future__ import annotations

from collections.abc import Callable

from valgen.documents import document_set
from valgen.documents.blocks import Table, plain_text, walk
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context

Make = Callable[..., Context]
REGISTER = "requirements/documents.yaml"


def settings(category: str = "5", impact: str = "direct", more: str = "") -> dict[str, str]:
    text = f"""
[project]
id = "T"
name = "Tiny"
gamp_category = {category}
gxp_impact = "{impact}"
{more}
[system]
name = "Tiny"
version = "1.0"
supplier = "in-house"
[environments.VAL]
title = "Validation"
"""
    return {"valgen.toml": text}


def keys(context: Context) -> list[str]:
    return [spec.key for spec in plan_documents(context)]


def rows(context: Context) -> dict[str, list[str]]:
    table = next(one for one in document_set.table(context, None) if isinstance(one, Table))
    return {plain_text(row.cells[0].blocks): [plain_text(one.blocks) for one in row.cells] for row in table.rows}


def test_expected_documents_are_in_the_pack_although_nobody_registered_them(context: Make) -> None:
    found = keys(context(settings()))
    for key in ("GXPA", "VP", "DS", "RA", "IQ-protocol", "PQ-report", "VSR", "CERT"):
        assert key in found
    spec = next(one for one in plan_documents(context(settings())) if one.key == "VP")
    assert (spec.number, spec.registered) == ("T-VP", False)


def test_documents_stand_in_the_order_of_the_life_cycle(context: Make) -> None:
    found = keys(context(settings()))
    assert found[:4] == ["GXPA", "VP", "URS", "FS"]
    assert found.index("VSR") < found.index("CERT")


def test_without_impact_the_pack_holds_the_assessment_and_what_has_content(context: Make) -> None:
    found = keys(context(settings(impact="none")))
    assert {"GXPA", "URS", "FS", "OQ-protocol", "RTM"} <= set(found)
    assert not {"VP", "VSR", "CERT", "DS", "IQ-protocol"} & set(found)


def test_type_outside_the_set_is_written_when_it_has_content_or_is_registered(context: Make) -> None:
    assert "URS" in keys(context(settings("1")))
    assert "DS" not in keys(context(settings("3")))
    register = "documents:\n  - {type: DS, number: T-DS-1}\n"
    assert "DS" in keys(context({**settings("3"), REGISTER: register}))


def test_overridden_document_is_left_out_and_its_reason_is_printed(context: Make) -> None:
    register = "documents:\n  - {type: DS, planned: combined, rationale: Stands in the FS.}\n"
    found = context({**settings(), REGISTER: register})
    assert "DS" not in keys(found)
    row = rows(found)["Design Specification"]
    assert row[2:6] == ["expected", "category 5, direct impact", "combined", "Stands in the FS."]


def test_risk_based_document_that_nobody_chose_says_so(context: Make) -> None:
    row = rows(context({**settings("3")}))["Configuration Specification"]
    assert row[2] == "risk-based"
    assert row[4:6] == ["N/A", "not chosen by the project; no rationale given"]


def test_no_cell_of_the_table_is_blank(context: Make) -> None:
    for category in ("1", "3", "4", "5"):
        for row in rows(context(settings(category))).values():
            assert all(row), row


def test_category_that_is_not_stated_is_printed_as_such(context: Make) -> None:
    text = plain_text(document_set.classification(context(), None))
    assert "The GAMP category is not stated" in text


def test_each_stage_stands_once_with_both_its_documents(context: Make) -> None:
    found = rows(context(settings()))
    assert "Operational Qualification, protocol and report" in found


def test_own_title_and_environment_of_a_document_are_printed(context: Make) -> None:
    register = (
        "documents:\n  - {type: IQ, key: IQ-VAL, environment: VAL, title: Install, rationale: Per environment.}\n"
    )
    row = rows(context({**settings(), REGISTER: register}))["Install VAL, protocol and report"]
    assert row[5] == "Per environment."


def test_deliverables_name_the_deviation_from_the_plan(context: Make) -> None:
    register = (
        "documents:\n  - type: URS\n    history:\n      - {version: '1.0', date: 2026-01-01, author: A, summary: S}\n"
    )
    table = document_set.deliverables(context({**settings(), REGISTER: register}), None)[0]
    assert isinstance(table, Table)
    found = {plain_text(row.cells[1].blocks): plain_text(row.cells[5].blocks) for row in table.rows}
    assert found["User Requirements Specification"] == "none"
    assert found["Validation Plan"].startswith("expected, but not in the register")


def test_every_directive_of_planning_renders_without_a_blank_cell(context: Make) -> None:
    from valgen.documents.directives.planning import PLANNING
    from valgen.documents.directives.summary import SUMMARY

    for files in ({}, settings(), settings("3", "indirect", 'regulations = ["eu-annex-11", "eu-annex-11-draft-2025"]')):
        made = context(files)
        for spec in (*PLANNING, *SUMMARY):
            for block in walk(spec.render(made, None, "", {})):
                if isinstance(block, Table):
                    for row in block.rows:
                        assert all(one.blocks for one in row.cells), (spec.name, row)


def test_document_that_was_planned_away_beside_its_content_is_a_deviation_from_the_plan(context: Make) -> None:
    register = (
        "documents:\n"
        "  - {type: FS, planned: no, rationale: No function.}\n"
        "  - {type: DS, planned: no, rationale: One.}\n"
    )
    text = plain_text(document_set.deliverables(context({"requirements/documents.yaml": register}), None))
    assert "which no document of the pack holds; planned as: No function." in text
    assert "none; as planned: One." in text
