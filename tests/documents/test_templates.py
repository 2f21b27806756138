"""Templates: what they may hold, what is refused, and that nothing written is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from valgen.documents.blocks import Document, Notice, Section, Table, plain_text, walk
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import Template, find_template, shipped_templates
from valgen.documents.template import assemble
from valgen.errors import Finding
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.outcome import Stage

Make = Callable[..., Context]


def made(context: Context, text: str, key: str = "URS") -> tuple[Document, tuple[Finding, ...]]:
    spec = next(one for one in plan_documents(context) if one.key == key)
    return assemble(Template(path="templates/URS.rst", text=text), spec, context)


def text_of(document: Document) -> str:
    return plain_text(document.sections)


@pytest.mark.parametrize("key", ["URS", "FS", "OQ-protocol", "OQ-report", "RTM", "VSR"])
def test_shipped_templates_have_no_mistake(context: Make, key: str) -> None:
    found = context()
    spec = next(one for one in plan_documents(found) if one.key == key)
    document, findings = assemble(find_template(spec, {}), spec, found)
    assert findings == ()
    assert document.sections


def test_every_document_type_has_a_shipped_template() -> None:
    of_stages = {stage.value for stage in Stage}
    wanted = (DOCUMENT_TYPES.keys() - of_stages) | {"RTM-initial", "items", "protocol", "report"}
    assert set(shipped_templates()) == wanted


def test_placeholders_become_literal_text(context: Make) -> None:
    document, findings = made(context(), "A\n=\n\nIt is |system.name| version |system.version|.\n")
    assert findings == ()
    assert "It is Tiny <b>system</b> version 1.0." in text_of(document)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (".. valgen:itmes:: URS", "itmes"),
        (".. valgen:items:: XYZ", "no item type"),
        (".. valgen:items:: URS\n   :colour: red", "colour"),
        (".. valgen:coverage:: URS", "lower types"),
        (".. valgen:runs:: XQ", "no stage"),
        ("It is |system.nmae|.", "system.nmae"),
        (".. include:: /etc/passwd", "may not be used"),
        (".. raw:: html\n\n   <script>alert(1)</script>", "may not be used"),
        (".. csv-table:: x\n   :file: /etc/passwd", "may not be used"),
        (".. image:: /etc/passwd", "may not be used"),
        (".. literalinclude:: /etc/passwd", "may not be used"),
        (".. unheard-of:: x", "unheard-of"),
    ],
)
def test_mistakes_are_findings_with_file_and_line(context: Make, line: str, says: str) -> None:
    _, findings = made(context(), f"A\n=\n\nText.\n\n{line}\n")
    assert findings, "nothing was found"
    assert all(one.code == "VG340" and one.severity == "error" for one in findings)
    assert any(says in one.message for one in findings), [one.message for one in findings]
    assert all(one.location and one.location.path == "templates/URS.rst" for one in findings)
    assert any(one.location and one.location.line >= 6 for one in findings), findings


def test_prose_stands_under_its_heading_and_the_rest_at_the_end(context: Make) -> None:
    found = context({"documents/URS.md": "## Scope\n\nAll sums.\n\n## Colours\n\nThe light is green.\n"})
    document, _ = made(found, "A\n=\n\n.. valgen:prose:: Scope\n   :required:\n")
    titles = [one.title for one in document.sections]
    assert titles == ["A", "Colours", "Approval"]
    assert "All sums." in text_of(document)
    assert "The light is green." in text_of(document)


def test_a_required_section_that_nobody_wrote_is_a_notice(context: Make) -> None:
    document, _ = made(context(), "A\n=\n\n.. valgen:prose:: Scope\n   :required:\n")
    notices = [one for one in walk(document.sections) if isinstance(one, Notice)]
    assert [one.title for one in notices] == ["Section missing"]
    assert "documents/URS.md" in plain_text(notices[0].blocks)


def test_retired_items_are_listed_with_their_reason(context: Make) -> None:
    document, _ = made(context(), "A\n=\n\n.. valgen:items:: URS\n\n.. valgen:retired:: URS\n")
    table = next(one for one in walk(document.sections) if isinstance(one, Table) and one.columns[-1].title == "Reason")
    assert [row.anchor for row in table.rows] == ["URS-002"]
    assert "Replaced by URS-001." in text_of(document)


def test_the_digest_ignores_nothing_but_pictures(context: Make) -> None:
    one, _ = made(context(), "A\n=\n\nText.\n")
    other, _ = made(context(), "A\n=\n\nText!\n")
    assert one.digest != other.digest
    again, _ = made(context(), "A\n=\n\nText.\n")
    assert one.digest == again.digest


def test_anchors_of_sections_are_unique(context: Make) -> None:
    found = context()
    for spec in plan_documents(found):
        document, _ = assemble(find_template(spec, {}), spec, found)
        anchors = [one.anchor for one in walk(document.sections) if isinstance(one, Section)]
        assert len(anchors) == len(set(anchors)), spec.key
