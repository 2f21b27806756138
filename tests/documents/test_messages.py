"""Messages of tests in documents, and facts that a document must not leave blank."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from valgen.documents import common, delta, document_set, signatures, summary
from valgen.documents.blocks import Facts, Table, plain_text, walk
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.directives import FAMILIES
from valgen.documents.messages import said
from valgen.trace.document_set import stricter

Make = Callable[..., Context]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("the service answered 200\nassert 200 == 403\n\n  - 403\n  + 200", "the service answered 200"),
        ("assert 200 == 403", "assert 200 == 403"),
        ("first line\nsecond line", "first line\nsecond line"),
        ("", ""),
    ],
)
def test_message_is_shown_without_the_comparison_for_programmers(message: str, shown: str) -> None:
    assert said(message) == shown


def test_every_directive_has_a_name_of_its_own() -> None:
    names = [spec.name for _, family in FAMILIES for spec in family]
    assert sorted(names) == sorted(set(names))


def test_no_cell_about_environments_is_blank(context: Make) -> None:
    settings = """
[project]
id = "T"
name = "Tiny"
[environments.VAL]
equivalent_to = "PROD"
differences = "one node"
[environments.PROD]
title = "Production"
"""
    table = common.environments(context({"valgen.toml": settings}), None)[0]
    assert isinstance(table, Table)
    texts = [[plain_text(cell.blocks) for cell in row.cells] for row in table.rows]
    assert texts == [
        ["VAL", "VAL", "not stated", "not stated", "Equivalent to PROD. one node"],
        ["PROD", "Production", "not stated", "not stated", "Reference: VAL is equivalent to it."],
    ]


def test_facts_that_must_be_known_are_asked_for(context: Make) -> None:
    facts = common.system_facts(context({"valgen.toml": '[project]\nid = "T"\nname = "Tiny"\n'}), None)[0]
    assert isinstance(facts, Facts)
    told = {label: plain_text(blocks) for label, blocks in facts.rows}
    assert told["System"] == "Tiny"
    assert told["GAMP category"] == told["GxP impact"] == told["Version"] == "not stated"
    assert told["Regulations"] == "none named"


def test_an_approval_says_what_the_role_answers_for() -> None:
    assert signatures.meaning_text("approved", "qa") == "Approved: complies with procedures and regulations"
    assert signatures.meaning_text("approved", "process_owner") == "Approved: fits the intended use"
    assert signatures.meaning_text("authored", "author") == "Authored: prepared, content is correct"
    assert signatures.meaning_text("approved", "head_of_site") == "Approved: content is accepted"


def test_matrix_with_results_bears_no_version_of_its_initial_issue(context: Make) -> None:
    row = '{version: "%s", date: "2026-04-02", author: A. Nna, summary: Issue}'
    register = "documents:\n  - type: RTM\n    history:\n"
    first = context({"requirements/documents.yaml": f"{register}      - {row % '1.0'}\n"})
    told = {spec.key: spec.version for spec in plan_documents(first) if spec.entry.type == "RTM"}
    assert told == {"RTM": "none, DRAFT", "RTM-initial": "1.0 DRAFT"}
    both = context({"requirements/documents.yaml": f"{register}      - {row % '1.0'}\n      - {row % '2.0'}\n"})
    told = {spec.key: spec.version for spec in plan_documents(both) if spec.entry.type == "RTM"}
    assert told == {"RTM": "2.0 DRAFT", "RTM-initial": "1.0 DRAFT"}


def test_every_document_type_of_the_plan_is_a_deliverable(context: Make) -> None:
    made = context({"valgen.toml": '[project]\nid = "T"\nname = "Tiny"\ngamp_category = "5"\ngxp_impact = "direct"\n'})
    table = document_set.deliverables(made, None)[0]
    assert isinstance(table, Table)
    titles = {plain_text(row.cells[1].blocks) for row in table.rows}
    assert {"Validation Plan", "Periodic review", "Change records"} <= titles


@pytest.mark.parametrize(
    ("stated", "screened", "counts"),
    [("none", "direct", "direct"), ("direct", "none", "direct"), ("", "indirect", "indirect"), ("none", "", "none")],
)
def test_contradicting_statements_of_impact_count_as_the_stricter(stated: str, screened: str, counts: str) -> None:
    assert stricter(stated, screened) == counts


def test_requirements_that_do_not_apply_are_not_counted_as_covered(context: Make) -> None:
    items = """
items:
  - {id: URS-001, title: Adds, text: The system shall add., priority: must}
  - {id: URS-003, title: Later, text: The system shall fly., priority: wont, reason: Next release.}
"""
    table = summary.specifications(context({"requirements/items.yaml": items}), None)[0]
    shown = [plain_text(cell.blocks) for one in walk((table,)) if isinstance(one, Table) for cell in one.rows[0].cells]
    assert shown[-1] == "0 of 2, 1 not applicable"


def test_delta_report_says_nothing_about_change_where_nothing_was_compared(context: Make) -> None:
    made = context()
    assert "nothing was compared" in plain_text(delta.release(made, None))
    chosen = delta.selection(made, {})
    assert not chosen.keep and "OQ-001" in chosen.repeat
