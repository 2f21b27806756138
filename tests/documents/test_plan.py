"""The validation plan: exactly one accountable role per activity, depth by risk, criteria from the settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from valgen.documents import plan, responsibilities
from valgen.documents.accountability import MATRIX, ROLES, mistakes, own_matrix, shipped_matrix
from valgen.documents.blocks import Section, Table, plain_text, walk
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.rules import check_documents
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.model.project import DocumentEntry, Prose
from valgen.trace.document_set import CATEGORIES

Make = Callable[..., Context]
REGISTER = {"requirements/documents.yaml": "documents:\n  - {type: VP, number: T-VP}\n"}
RACI = """# Responsibility matrix

| Activity | PO | QA | TE |
|---|---|---|---|
| Plan | A/R | C | I |
| Test | I | A | {last} |
"""


def document(context: Context, key: str = "VP") -> tuple[str, list[str]]:
    spec = next(one for one in plan_documents(context) if one.key == key)
    made, findings = assemble(find_template(spec, {}), spec, context)
    assert findings == ()
    return plain_text(made.sections), [one.title for one in made.sections]


def test_shipped_matrix_has_exactly_one_accountable_role_for_each_activity() -> None:
    assert list(mistakes(shipped_matrix())) == []
    assert all(len(letters.split()) == len(ROLES) for _, letters in MATRIX)


@pytest.mark.parametrize(
    ("letters", "wrong"),
    [
        (("A", "A", "R"), "2 roles accountable (A)"),
        (("R", "C", "I"), "nobody accountable (A)"),
        (("A", "C", "I"), "nobody carries it out (R)"),
        (("A", "R", "X"), "X is none of R, A, C and I"),
        (("A/R", "–", ""), ""),
        (("**A**", "R", "R"), ""),
    ],
)
def test_row_of_a_matrix_is_judged(letters: tuple[str, ...], wrong: str) -> None:
    text = (
        "# Responsibility matrix\n\n| Activity | a | b | c |\n|---|---|---|---|\n| Do | " + " | ".join(letters) + " |\n"
    )
    (one,) = own_matrix(Prose(key="VP", text=text, path="documents/VP.md"))
    assert one.mistake() == wrong


def test_own_matrix_with_two_accountable_roles_is_reported_at_its_line(context: Make) -> None:
    found = list(check_documents(context({"documents/VP.md": RACI.format(last="A")}).project))
    (one,) = [one for one in found if one.code == "VG354"]
    assert (str(one.location), one.message) == ("documents/VP.md:6:1", "the activity Test: 2 roles accountable (A)")


def test_own_matrix_takes_the_place_of_the_shipped_one(context: Make) -> None:
    assert "Review of executed tests" in plain_text(responsibilities.matrix(context(REGISTER), None))
    made = context({**REGISTER, "documents/VP.md": RACI.format(last="R")})
    assert not [one for one in check_documents(made.project) if one.code == "VG354"]
    text, _ = document(made)
    assert "A/R" in text
    assert "Review of executed tests" not in text


def test_plan_has_the_sections_of_a_validation_plan(context: Make) -> None:
    _, titles = document(context(REGISTER))
    assert titles == [
        "Introduction", "Scope", "System and intended use", "Regulatory basis and classification", "Organisation",
        "Validation strategy", "Deliverables", "Requirements and traceability", "Test management",
        "Deviation management", "Configuration management and change control", "Acceptance and release criteria",
        "Training", "Procedures", "Maintaining the validated state", "Schedule and stage gates",
        "Assumptions, constraints and project risks", "Waived checks", "Document control",
    ]  # fmt: skip


def test_what_only_the_project_can_say_is_asked_for(context: Make) -> None:
    found = [one.message for one in check_documents(context(REGISTER).project) if one.code == "VG341"]
    assert [text.split(" of VP")[0] for text in found] == ["section Scope", "section Intended use", "section Schedule"]


def test_criteria_of_the_settings_stand_in_plan_and_report_under_one_number(context: Make) -> None:
    from valgen.documents import release

    toml = '[project]\nid = "T"\n[environments.VAL]\ntitle = "V"\n[acceptance]\nown = "The owner is content."\n'
    made = context({"valgen.toml": toml})

    def numbered(blocks: object) -> dict[str, str]:
        table = next(one for one in walk(blocks) if isinstance(one, Table))  # type: ignore[arg-type]
        return {plain_text(row.cells[0].blocks): plain_text(row.cells[1].blocks) for row in table.rows}

    planned = numbered(plan.criteria(made, None))
    assert "The owner is content." in planned.values()
    assert planned == numbered(release.acceptance(made, None))


def test_planned_tests_are_counted_per_environment_and_mode(context: Make) -> None:
    table = plan.test_plan(context(), None)[0]
    assert isinstance(table, Table)
    assert [plain_text(one.blocks) for one in table.rows[0].cells] == ["OQ", "VAL", "not stated", "1", "1", "0", "0"]


def test_every_category_has_a_depth_of_validation() -> None:
    assert set(plan.DEPTHS) == set(CATEGORIES)


def test_shipped_criteria_say_how_they_will_be_judged() -> None:
    from valgen.readers.settings_declared import DEFAULT_ACCEPTANCE

    assert set(plan.JUDGED_BY) == set(DEFAULT_ACCEPTANCE)


def test_waivers_of_the_project_are_printed(context: Make) -> None:
    toml = (
        '[project]\nid = "T"\n[environments.VAL]\ntitle = "V"\n'
        '[[waivers]]\ncode = "VG341"\nseverity = "info"\nreason = "Agreed with QA."\n'
    )
    text, _ = document(context({**REGISTER, "valgen.toml": toml}))
    assert "Agreed with QA." in text


def test_matrix_of_a_second_plan_is_read_from_its_own_prose(context: Make) -> None:
    register = "documents:\n  - {type: VP, key: VP-B, number: T-VP-B}\n"
    made = context({"requirements/documents.yaml": register, "documents/VP-B.md": RACI.format(last="A")})
    assert [one.code for one in check_documents(made.project) if one.code == "VG354"] == ["VG354"]
    entry = DocumentEntry(key="VP-B", type="VP")
    assert "Review of executed tests" not in plain_text(responsibilities.matrix(made, entry))


def test_sections_of_the_plan_are_numbered_once(context: Make) -> None:
    spec = next(one for one in plan_documents(context(REGISTER)) if one.key == "VP")
    made, _ = assemble(find_template(spec, {}), spec, context(REGISTER))
    anchors = [one.anchor for one in walk(made.sections) if isinstance(one, Section)]
    assert len(anchors) == len(set(anchors))
