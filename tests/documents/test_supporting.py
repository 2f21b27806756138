"""Procedures, training, suppliers, changes and reviews: standard subjects are rows, counts are those of the rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from valgen.documents import (
    change_records,
    conclusions,
    procedures,
    reviews,
    suppliers,
    training,
)
from valgen.documents.blocks import Block, Entry, Notice, Table, plain_text, walk
from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.rules import check_documents
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.model.subjects import PROCEDURE_SUBJECTS, REVIEW_AREAS, SUPPLIER_DOMAINS

Make = Callable[..., Context]
REGISTER = "requirements/documents.yaml"
ITEMS = {
    "requirements/support.yaml": """
items:
  - id: SOP-001
    title: Backup
    number: P-7
    version: "2"
    effective_date: "2026-03-20"
    satisfies: [URS-001]
    subject: [backup_restore, business_continuity]
  - {id: SOP-002, title: Use, satisfies: [URS-001]}
  - {id: TRN-001, title: Course, person: A. Nna, role: User, covers: [SOP-001], date: "2026-03-24", trainer: B. Oss,
     assessment: Ten questions, outcome: passed}
  - {id: TRN-002, title: Course, person: C. Arl, role: User, covers: [SOP-001]}
  - {id: TRN-003, title: Course, person: D. Ora, role: User, covers: [SOP-001], date: "2026-03-24", trainer: B. Oss,
     outcome: failed}
  - {id: SA-001, title: Audited, supplier: Cloud, domain: security, evidence: Report, finding: Good.,
     rating: satisfactory}
  - {id: SA-002, title: No tests seen, supplier: Cloud, domain: testing, evidence: None, finding: Bad., rating: major}
  - {id: SUP-001, title: Report, supplier: Cloud, document: R-1, version: "3", leverage: partial, satisfies: [URS-001]}
  - {id: CR-001, title: Colour, affects: [URS-001], kind: minor, requester: A. Nna, date: "2026-04-01",
     validation_scope: Only OQ-001.}
  - {id: PRV-001, title: Few changes, area: changes, evidence: Register, finding: Fine., result: satisfactory,
     period: "2026 to 2028"}
  - {id: PRV-002, title: An account, area: access, evidence: List, finding: One too many., result: action_required}
"""
}


def rows(blocks: tuple[Block, ...], at: int = 0) -> list[list[str]]:
    table = [one for one in walk(blocks) if isinstance(one, Table)][at]
    return [[plain_text(one.blocks) for one in row.cells] for row in table.rows]


@pytest.fixture
def world(context: Make) -> Context:
    return context(ITEMS)


def test_records_call_for_their_document_and_for_none_of_their_own(world: Context) -> None:
    keys = [spec.key for spec in plan_documents(world)]
    assert {"SOP", "TRAINING", "SUP", "CR", "REVIEW"} <= set(keys)
    assert not {"TRN", "SA", "PRV", "ATR"} & set(keys)


def test_a_project_without_records_has_none_of_the_documents(context: Make) -> None:
    keys = [spec.key for spec in plan_documents(context())]
    assert not {"SOP", "TRAINING", "SUP", "CR", "REVIEW", "ATR"} & set(keys)


@pytest.mark.parametrize("key", ["SOP", "TRAINING", "SUP", "CR", "REVIEW"])
def test_each_document_is_made_without_a_finding_and_anchors_its_ids_once(world: Context, key: str) -> None:
    spec = next(one for one in plan_documents(world) if one.key == key)
    document, findings = assemble(find_template(spec, {}, item_type_of(key, world)), spec, world)
    assert findings == ()
    anchors = [one.anchor for one in walk(document.sections) if isinstance(one, Entry)]
    anchors += [row.anchor for one in walk(document.sections) if isinstance(one, Table) for row in one.rows]
    kinds = {"TRAINING": ("TRN",), "SUP": ("SUP", "SA"), "REVIEW": ("PRV",)}.get(key, (key,))
    wanted = [item.id for item in world.graph.items.values() if item.type in kinds]
    assert sorted(name for name in anchors if name in wanted) == sorted(wanted)


def test_a_registered_audit_trail_review_has_its_sections_and_says_what_it_lacks(context: Make) -> None:
    found = context({REGISTER: "documents:\n  - {type: ATR, number: T-ATR}\n"})
    spec = next(one for one in plan_documents(found) if one.key == "ATR")
    document, findings = assemble(find_template(spec, {}), spec, found)
    assert findings == ()
    assert "adds no entries of an audit trail" in plain_text(document.sections)
    titles = [one.message for one in check_documents(found.project) if one.code == "VG341"]
    assert len(titles) == 6


def test_records_stand_in_no_matrix_and_have_no_gap(world: Context) -> None:
    ids = {row.item.id for row in world.matrix.rows}
    assert not any(name.startswith(("TRN-", "SA-", "PRV-")) for name in ids)
    assert {"SOP-001", "SUP-001", "CR-001"} <= ids


def test_every_standard_subject_is_a_row_and_one_without_a_procedure_is_open(world: Context) -> None:
    blocks = procedures.subjects(world, None)
    found = {row[0]: row[1:] for row in rows(blocks)}
    assert list(found) == list(PROCEDURE_SUBJECTS.values())
    assert found["Training"] == ["none stated", "open"]
    assert found["Business continuity"][0].startswith("SOP-001 Backup")
    assert f"2 of {len(PROCEDURE_SUBJECTS)} standard subjects are answered" in plain_text(blocks)


def test_a_reason_in_the_prose_answers_a_subject(context: Make) -> None:
    prose = "# Subjects without a procedure\n\n*Training* is part of SOP-002.\n"
    found = context({**ITEMS, "documents/SOP.md": prose, REGISTER: "documents:\n  - {type: SOP, number: T-SOP}\n"})
    blocks = procedures.subjects(found, found.project.documents[0])
    assert ["Training", "see Subjects without a procedure", "not needed, with reason"] in rows(blocks)


def test_what_the_index_lacks_is_named(world: Context) -> None:
    found = {row[0]: row[-1] for row in rows(procedures.index(world, None))}
    assert found == {"SOP-001": "complete", "SOP-002": "number, version, effective date not stated"}


def test_training_counts_equal_the_records(world: Context) -> None:
    blocks = training.records(world, None)
    assert "3 records: 1 completed, 1 planned, 1 not passed." in plain_text(blocks)
    assert [row[-1] for row in rows(blocks)] == ["completed", "planned", "not passed"]
    (plan,) = rows(training.plan(world, None))
    assert plan[0] == "User" and plan[-1] == "1 of 3"


def test_procedures_that_nobody_is_trained_on_are_rows(world: Context) -> None:
    assert [row[0] for row in rows(training.untrained(world, None))] == ["SOP-002"]


def test_tests_that_ask_for_training_show_where_it_stands(context: Make) -> None:
    feature = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Prerequisites: training TRN-001, TRN-002 and TRN-099.
    Given a calculator
    When 2 is typed
    Then 2 is shown
"""
    found = context({**ITEMS, "test_scripts/oq/a.feature": feature})
    assert [row[2:] for row in rows(training.prerequisites(found, None))] == [
        ["TRN-001", "completed"], ["TRN-002", "planned"], ["TRN-099", "no such record"],
    ]  # fmt: skip


def test_every_domain_of_a_supplier_is_a_row(world: Context) -> None:
    found = rows(suppliers.points(world, None))
    assert [row[1] for row in found] == list(SUPPLIER_DOMAINS.values())
    assert sum(row[-1] == "Not assessed" for row in found) == len(SUPPLIER_DOMAINS) - 2
    assert rows(suppliers.overview(world, None)) == [["Cloud", "2 of 11", "1", "0", "1", "0", "SUP-001"]]


def test_a_major_finding_without_an_action_says_so(world: Context) -> None:
    (row,) = rows(suppliers.actions(world, None))
    assert row[0] == "SA-002" and row[4] == "none stated"


def test_the_leverage_table_says_what_is_not_stated(world: Context) -> None:
    blocks = suppliers.leverage(world, None)
    (row,) = rows(blocks)
    assert row[2:7] == ["not stated", "not stated", "not stated", "Partial", "not stated"]
    assert "1 supplier document: 0 full, 1 partial, 0 background, 0 rejected, 0 not decided." in plain_text(blocks)


def test_a_change_shows_what_depends_on_it_beside_what_its_author_wrote(world: Context) -> None:
    (entry,) = change_records.records(world, None)
    assert isinstance(entry, Entry) and entry.badge == "Requested"
    items, tests, documents = (rows(entry.blocks, at) for at in range(3))
    assert ["User requirement", "URS-001", "none"] in items
    assert ["Function", "none", "FS-001"] in items
    assert ["Procedure", "none", "SOP-001, SOP-002"] in items
    assert tests == [["OQ", "VAL", "1 (1 run)", "OQ-001"]]
    assert {row[1] for row in documents} >= {"User Requirements Specification", "Functional Specification"}
    assert "Only OQ-001." in plain_text(entry.blocks)
    (row,) = rows(change_records.register(world, None))
    assert row[5:] == ["1 named, 4 reached", "1", "Requested"]


def test_a_change_reaches_nothing_through_other_changes_and_records(world: Context) -> None:
    (entry,) = change_records.records(world, None)
    shown = {row[0] for row in rows(entry.blocks)}
    assert not shown & {"Change request", "Training record", "Supplier assessment point", "Periodic review point"}


def test_every_area_of_a_review_is_a_row(world: Context) -> None:
    blocks = reviews.areas(world, None)
    found = rows(blocks)
    assert [row[1] for row in found] == list(REVIEW_AREAS.values())
    assert f"2 of {len(REVIEW_AREAS)} areas were reviewed." in plain_text(blocks)
    (action,) = rows(reviews.actions(world, None))
    assert action[0] == "PRV-002" and action[2:] == ["not stated"] * 3


def test_facts_of_a_review_count_what_is_there(world: Context) -> None:
    text = plain_text(reviews.facts(world, None))
    assert "1 change request: CR-001 (requested)" in text
    assert "0 deviations, 0 open" in text
    assert "3 records, 2 of trainings that took place" in text


@pytest.mark.parametrize(
    ("kind", "text", "terms"),
    [
        ("SUP", "**Approved**, without condition.", ("approved",)),
        ("SUP", "A: conditional. B: rejected.", ("conditional", "rejected")),
        ("SUP", "unapproved", ()),
        ("REVIEW", "It remains\nvalidated with actions.", ("remains validated with actions",)),
        ("REVIEW", "It remains validated.", ("remains validated",)),
        ("REVIEW", "All is well.", ()),
    ],
)
def test_terms_of_a_conclusion_are_found(kind: str, text: str, terms: tuple[str, ...]) -> None:
    assert conclusions.stated_terms(kind, text) == terms


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("SUP", "Fine.", "none of the terms"),
        ("SUP", "The supplier is not approved.", "denies approved"),
        ("SUP", "The supplier has **not** yet been *approved*.", "denies approved"),
        ("SUP", "It can\u2019t be approved.", "denies approved"),
        ("SUP", "Approved, provided SA-003 is closed.", "depend on something"),
        ("SUP", "Nobody can say whether it is conditional.", "denies conditional"),
        ("REVIEW", "Nobody can say that it no longer remains validated.", "denies remains validated"),
        ("SUP", "Approved.", "SA-002 is rated major or critical"),
        ("REVIEW", "It remains validated.", "PRV-002 asks for one"),
        ("REVIEW", "It remains validated, or revalidation required.", "at once"),
        ("REVIEW", "It remains validated with actions.", "13 of 15 areas were not reviewed"),
    ],
)
def test_a_conclusion_that_cannot_stand_is_a_finding_and_a_notice(
    context: Make, kind: str, text: str, says: str
) -> None:
    prose = f"# Scope\n\nAll.\n\n# Conclusion\n\n{text}\n"
    found = context(
        {**ITEMS, f"documents/{kind}.md": prose, REGISTER: f"documents:\n  - {{type: {kind}, number: T-1}}\n"}
    )
    told = [one for one in check_documents(found.project) if one.code == "VG367"]
    (one,) = [one for one in told if says in one.message]
    assert one.location is not None and one.location.line == 5
    (notice,) = conclusions.conclusion(found, found.project.documents[0])
    assert isinstance(notice, Notice) and says in plain_text(notice.blocks)


def test_a_conclusion_that_its_points_allow_is_repeated_as_a_term(context: Make) -> None:
    prose = "# Conclusion\n\nConditional, until tests are seen.\n"
    found = context({**ITEMS, "documents/SUP.md": prose, REGISTER: "documents:\n  - {type: SUP, number: T-1}\n"})
    assert [one for one in check_documents(found.project) if one.code == "VG367"] == []
    (notice,) = conclusions.conclusion(found, found.project.documents[0])
    assert isinstance(notice, Notice) and notice.title == "Conclusion: Conditional"
