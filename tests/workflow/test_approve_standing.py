"""What is approved, what changed since, and what can be written again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from signing_office import Office
from valgen.errors import VerificationError
from valgen.model.signature import DocumentStatus
from valgen.workflow.check import check
from valgen.workflow.load import load, load_executed, load_signing, make_context
from valgen.workflow.publish import issued_documents
from valgen.workflow.status import Status, status, status_json
from valgen.workflow.version_pack import build_version
from valgen.workflow.version_shown import frozen_documents

ITEMS = "requirements/items.yaml"


def documents(office: Office) -> dict[str, tuple[str, str]]:
    """Return version and status of every document of the pack as it would be built now."""
    loaded = load(office.root)
    context = make_context(loaded, load_executed(office.root, loaded.project))
    return {one.key: (one.version, one.status) for one in issued_documents(office.root, context).documents}


def states(office: Office) -> dict[str, str]:
    return {one.key: one.status for one in found(office).documents}


def found(office: Office) -> Status:
    return status(office.root, cached=False)


def suspicions(office: Office) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (one.code, one.ids)
        for one in check(office.root, cached=False).findings
        if one.code in ("VG613", "VG614", "VG615")
    ]


def test_a_project_without_a_ledger_reads_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(tmp_path / "project", monkeypatch)
    shutil.rmtree(office.root / ".valgen")
    monkeypatch.setattr("valgen.ledger.state.State.catch_up", lambda state: pytest.fail("a ledger was read"))
    assert load_signing(office.root, load(office.root).project) is None
    assert states(office)["URS"] == "Draft"


def test_a_document_is_approved_until_its_text_changes(office: Office) -> None:
    office.approve("URS")
    assert documents(office)["URS"] == ("1.0", "Approved")
    assert states(office)["URS"] == "Approved"
    office.edit(ITEMS, "add two numbers", "add many numbers")
    assert documents(office)["URS"] == ("1.0 DRAFT", "Draft")
    assert states(office)["URS"] == "Draft"
    office.edit(ITEMS, "add many numbers", "add two numbers")
    assert documents(office)["URS"] == ("1.0", "Approved")


def test_an_approved_document_stays_approved_while_others_move_on(office: Office) -> None:
    office.approve("URS")
    office.approve("FS")
    office.edit(ITEMS, "text: Subtracts.", "text: Subtracts quickly.")
    office.new_row("FS", "1.1")
    office.sign("FS", "authored", "anna")
    assert documents(office)["URS"] == ("1.0", "Approved")
    assert documents(office)["FS"] == ("1.1 DRAFT", "In review")


def test_the_approved_version_is_valid_until_the_next_one_is(office: Office) -> None:
    office.approve("URS")
    office.edit(ITEMS, "add two numbers", "add many numbers")
    office.new_row("URS", "1.1")
    for meaning, user in (("authored", "anna"), ("approved", "paul")):
        office.sign("URS", meaning, user)
        (urs,) = [one for one in found(office).documents if one.key == "URS"]
        assert (urs.version, urs.status, urs.valid) == ("1.1 DRAFT", "In review", "1.0")
    office.sign("URS", "approved", "quinn")
    (urs,) = [one for one in found(office).documents if one.key == "URS"]
    assert (urs.version, urs.status, urs.valid) == ("1.1", "Approved", "1.1")


def test_status_names_who_is_awaited(office: Office) -> None:
    office.sign("FS", "authored", "anna")
    (fs,) = [one for one in found(office).documents if one.key == "FS"]
    assert [(step.role, step.meaning) for step in fs.awaited] == [("technical_reviewer", "reviewed")]
    assert any("FS 1.0 waits for Technical reviewer (reviewed)" in one for one in found(office).next)
    shape = status_json(found(office))
    (entry,) = [one for one in shape["documents"] if one["key"] == "FS"]
    assert entry["status"] == "In review" and entry["version"] == "1.0 DRAFT"
    assert entry["awaited"] == [{"role": "technical_reviewer", "meaning": "reviewed"}]


def test_nothing_is_validated_without_formal_results_whatever_is_signed(office: Office) -> None:
    for document in ("URS", "FS", "OQ-protocol"):
        office.approve(document)
    answer = found(office)
    assert not answer.validated
    assert "OQ in VAL: no formal execution" in answer.why
    assert any(one.startswith("OQ-report 1.0 is not approved") for one in answer.why)
    assert not any(one.startswith(("URS", "FS", "OQ-protocol")) for one in answer.why)


def test_a_changed_item_makes_its_document_and_exactly_the_links_to_it_suspect(office: Office) -> None:
    office.approve("URS")
    office.approve("FS")
    assert suspicions(office) == []
    office.edit(ITEMS, "subtract two numbers", "subtract many numbers")
    office.new_row("URS", "1.1")
    assert suspicions(office) == [("VG613", ("URS", "URS-002")), ("VG614", ("FS-002", "URS-002"))]
    why = found(office).why
    assert "URS 1.0 was approved, and changed since: URS-002" in why
    assert "FS 1.0 was approved before what it links to changed: FS-002 to URS-002" in why


@pytest.mark.parametrize(
    ("before", "after", "suspect"),
    [
        ("title: Adds", "title: Adds numbers", True),
        ("text: The system shall add two numbers.", "text: The system shall add two numbers now.", True),
        ("    title: Adds\n", "    title: Adds\n    priority: must\n", True),
        ("    title: Adds\n", "    title: Adds\n    status: retired\n    reason: not needed\n", True),
        ("    title: Adds\n", "    title: Adds\n    owner: somebody\n    comment: none\n", False),
        ("items:\n  - id: URS-001\n    title: Adds\n", "items:\n  - title: Adds\n    id: URS-001\n", False),
    ],
)
def test_every_field_but_bookkeeping_makes_dependents_suspect(
    office: Office, before: str, after: str, suspect: bool
) -> None:
    office.approve("URS")
    office.approve("FS")
    office.edit(ITEMS, before, after)
    office.new_row("URS", "1.1")
    links = [ids for code, ids in suspicions(office) if code == "VG614"]
    assert links == ([("FS-001", "URS-001")] if suspect else [])


def test_a_link_stays_suspect_until_its_own_document_is_approved_again(office: Office) -> None:
    office.approve("URS")
    office.approve("FS")
    office.edit(ITEMS, "subtract two numbers", "subtract many numbers")
    office.new_row("URS", "1.1")
    office.approve("URS")
    assert suspicions(office) == [("VG614", ("FS-002", "URS-002"))]
    office.new_row("FS", "1.1")
    office.approve("FS")
    assert suspicions(office) == []


def test_an_item_added_or_removed_since_the_approval_is_named(office: Office) -> None:
    office.approve("URS")
    path = office.root / ITEMS
    text = path.read_text(encoding="utf-8").replace("URS-001", "URS-003")
    path.write_text(text, encoding="utf-8")
    office.new_row("URS", "1.1")
    (urs,) = [one for one in found(office).documents if one.key == "URS"]
    assert dict(urs.changed) == {"URS-001": "removed", "URS-003": "added"}


def test_a_kept_answer_of_check_does_not_outlive_an_approval(office: Office) -> None:
    def codes() -> list[str]:
        return [one.code for one in check(office.root).findings if one.code == "VG613"]

    office.approve("URS")
    office.edit(ITEMS, "add two numbers", "add many numbers")
    office.new_row("URS", "1.1")
    assert codes() == codes() == ["VG613"]
    office.approve("URS")
    assert codes() == []


def test_a_frozen_version_that_was_exchanged_after_the_signature_is_found(office: Office) -> None:
    office.approve("URS")
    signed = office.tree("baselines/documents/URS")
    office.edit(ITEMS, "add two numbers", "add many numbers")
    for name in signed:
        (office.root / "baselines/documents/URS" / name).unlink()
    from valgen.workflow.versions import freeze

    freeze(office.root, ["URS"])
    assert ("VG615", ("URS",)) in suspicions(office)
    assert documents(office)["URS"] == ("1.0 DRAFT", "Draft")
    (shown,) = frozen_documents(office.root, ["URS"], "1.0")
    assert shown.document.status == "Approved"
    assert shown.frozen.content_sha256 == office.signatures()[0].content


def test_an_approved_version_is_written_again_from_the_ledger_alone(office: Office, tmp_path: Path) -> None:
    office.approve("URS")
    before = built(office, tmp_path / "before")
    shutil.rmtree(office.root / "baselines")
    assert built(office, tmp_path / "after") == before


def test_an_approved_version_is_the_same_file_before_and_after_the_next_one(office: Office, tmp_path: Path) -> None:
    office.approve("URS")
    before = built(office, tmp_path / "before")
    office.approve("FS")
    office.edit(ITEMS, "add two numbers", "add many numbers")
    office.new_row("URS", "1.1")
    assert built(office, tmp_path / "drafted") == before
    office.approve("URS")
    pack = build_version(office.root, "1.0", only=["URS"], output=tmp_path / "after", formats=["docx"])
    assert (tmp_path / "after/word/URS-1.0.docx").read_bytes() == before["word/URS-1.0.docx"]
    assert pack.superseded == {"URS": "1.1"}
    assert [one.status for one in pack.documents] == ["Approved"]


def built(office: Office, output: Path) -> dict[str, bytes]:
    """Write URS 1.0 and return its files, all but the list of the pack."""
    build_version(office.root, "1.0", only=["URS"], output=output, formats=["docx", "html"], fresh=True)
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_version_in_review_shows_the_signatures_that_it_has(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    (shown,) = frozen_documents(office.root, ["URS"], "1.0")
    assert shown.document.status == DocumentStatus.IN_REVIEW.value
    assert "DRAFT" in shown.document.marks


def test_an_altered_ledger_gives_no_document(office: Office) -> None:
    office.approve("URS")
    path = next((office.place.folder / "log").iterdir())
    path.write_bytes(path.read_bytes().replace(b"Quinn Quality", b"Quinn Equality", 1))
    with pytest.raises(VerificationError):
        documents(office)


def test_the_ledger_of_another_project_counts_for_nothing(office: Office) -> None:
    office.approve("URS")
    office.edit("valgen.toml", 'id = "T1"', 'id = "T2"')
    with pytest.raises(VerificationError, match="belongs to the project T1"):
        load_signing(office.root, load(office.root).project)


def test_a_ledger_whose_root_was_exchanged_is_refused(office: Office) -> None:
    path = office.place.folder / "root.json"
    path.write_bytes(path.read_bytes().replace(b'"threshold":1', b'"threshold":2'))
    with pytest.raises(VerificationError, match="root"):
        documents(office)
    path.unlink()
    with pytest.raises(VerificationError, match="root"):
        documents(office)


def test_the_manifest_of_a_pack_says_what_is_approved(office: Office, tmp_path: Path) -> None:
    from valgen.workflow.publish import build

    office.approve("URS")
    build(office.root, formats=["docx"], output=tmp_path / "pack")
    manifest = json.loads((tmp_path / "pack/manifest.json").read_text(encoding="utf-8"))
    (urs,) = [one for one in manifest["documents"] if one["key"] == "URS"]
    assert (urs["version"], urs["status"]) == ("1.0", "Approved")
    assert urs["content_sha256"] == office.signatures()[0].content
