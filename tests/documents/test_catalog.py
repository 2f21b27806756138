"""Which documents a pack holds: whatever the content calls for, and nothing dropped without a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from valgen.documents import document_set
from valgen.documents.blocks import Entry, plain_text, walk
from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import find_template, writable
from valgen.documents.template import assemble
from valgen.model.document_types import DOCUMENT_TYPES

Make = Callable[..., Context]
REGISTER = "requirements/documents.yaml"


def keys(context: Context) -> list[str]:
    return [spec.key for spec in plan_documents(context)]


def test_without_a_register_every_type_with_content_has_its_document(context: Make) -> None:
    assert keys(context()) == [
        "URS", "FS", "OQ-protocol", "OQ-report", "RTM", "RTM-initial", "DEVLOG", "VSR",
    ]  # fmt: skip


def test_procedures_have_a_document_in_which_their_ids_stand(context: Make) -> None:
    found = context(
        {
            "requirements/sop.yaml": "items:\n"
            "  - {id: SOP-001, title: Backup, satisfies: [URS-001], number: P-7, version: '2'}\n"
        }
    )
    spec = next(one for one in plan_documents(found) if one.key == "SOP")
    document, findings = assemble(find_template(spec, {}, item_type_of("SOP", found)), spec, found)
    assert findings == ()
    assert [one.anchor for one in walk(document.sections) if isinstance(one, Entry)] == ["SOP-001"]
    assert "P-7" in plain_text(document.sections)


def test_items_of_a_type_that_the_project_added_are_never_left_out(context: Make) -> None:
    settings = """
[project]
id = "T"
name = "Tiny"
[environments.VAL]
title = "Validation"
[types.IF]
name = "Interface"
document = "IF"
links = ["URS"]
"""
    items = "items:\n  - {id: IF-001, title: To the scale, text: Reads weights., satisfies: [URS-001]}\n"
    found = context({"valgen.toml": settings, "requirements/if.yaml": items})
    spec = next(one for one in plan_documents(found) if one.key == "IF")
    document, findings = assemble(find_template(spec, {}, item_type_of("IF", found)), spec, found)
    assert findings == ()
    assert "To the scale" in plain_text(document.sections)


def test_a_registered_document_that_cannot_be_written_is_listed_as_not_written(
    context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = context({REGISTER: "documents:\n  - {type: VP, number: T-VP, rationale: x}\n"})
    monkeypatch.setattr(document_set, "writable", lambda spec, context: spec.key != "VP")
    assert "not written: there is no template" in plain_text(document_set.deliverables(found, None))
    assert document_set.missing_documents(found) == ("Validation Plan",)


def test_every_shipped_document_type_has_a_template(context: Make) -> None:
    register = "documents:\n" + "".join(f"  - {{type: {kind}, number: T-{kind}}}\n" for kind in DOCUMENT_TYPES)
    found = context({REGISTER: register})
    assert [spec.key for spec in plan_documents(found) if not writable(spec, found)] == []


def test_a_document_that_is_not_planned_is_listed_with_its_reason(context: Make) -> None:
    found = context({REGISTER: "documents:\n  - {type: FS, planned: combined, rationale: Stands in the URS.}\n"})
    assert "FS" not in keys(found)
    assert "Stands in the URS." in plain_text(document_set.deliverables(found, None))


def test_two_documents_of_one_stage_and_one_per_environment(context: Make) -> None:
    register = "documents:\n  - {type: OQ, key: OQ-A}\n  - {type: OQ, key: OQ-VAL, environment: VAL}\n"
    assert [key for key in keys(context({REGISTER: register})) if key.startswith("OQ")] == [
        "OQ-A-protocol", "OQ-A-report", "OQ-VAL-protocol", "OQ-VAL-report",
    ]  # fmt: skip
