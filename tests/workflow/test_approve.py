"""Signing: who may, in which order, and what becomes of a document."""

from __future__ import annotations

import json

import pytest

from signing_office import REASON, Office
from valgen.errors import RenderError
from valgen.model.signature import DocumentStatus


def test_a_document_is_approved_with_the_last_signature_that_the_workflow_asks_for(office: Office) -> None:
    assert office.sign("URS", "authored", "anna").approval.status is DocumentStatus.IN_REVIEW
    assert office.sign("URS", "approved", "quinn").approval.status is DocumentStatus.IN_REVIEW
    done = office.sign("URS", "approved", "paul")
    assert done.approval.status is DocumentStatus.APPROVED
    assert [(one.name, one.meaning) for one in office.signatures()] == [
        ("Anna Author", "authored"),
        ("Quinn Quality", "approved"),
        ("Paul Process", "approved"),
    ]


def test_a_signature_binds_version_content_file_reason_and_person(office: Office) -> None:
    done = office.sign("URS", "authored", "anna")
    (one,) = office.signatures()
    assert one == done.signature
    frozen = json.loads((office.root / "baselines/documents/URS/1.0.json").read_text(encoding="utf-8"))["snapshot"]
    assert one.content == frozen["content_sha256"] == done.frozen.content_sha256
    assert (one.version, one.number, one.role, one.reason) == ("1.0", "T1-URS-001", "author", REASON)
    assert (one.name, one.function, one.zone) == ("Anna Author", "function of anna", "CET +01:00")
    assert one.rendition == done.file.shown.sha256
    kept = office.place.folder / "blobs" / one.rendition[:2] / one.rendition[2:]
    assert kept.read_bytes() == done.file.path.read_bytes()


def test_every_signer_of_a_version_signs_the_same_manifest_and_is_shown_the_same_file(office: Office) -> None:
    office.approve("URS")
    bodies = office.bodies("signature")
    assert len({one["manifest"]["sha256"] for one in bodies}) == 1
    assert len({one["rendition"]["sha256"] for one in bodies}) == 1
    assert len({one["content"] for one in bodies}) == 1


def test_the_first_approval_records_every_field_of_every_item(office: Office) -> None:
    office.approve("URS")
    (changed,) = office.bodies("document.changed")
    assert (changed["version"], changed["previous"], changed["change_ref"]) == ("1.0", "", "CR-1")
    assert (changed["author"], changed["reason"]) == ("Anna Author", "First issue")
    assert ["URS-001", "text", "", "The system shall add two numbers."] in changed["changes"]
    signature = office.bodies("signature")[-1]
    assert changed["seq"] == signature["seq"] + 1


def test_the_next_approval_records_old_and_new_values_with_the_reason_of_the_history(office: Office) -> None:
    office.approve("URS")
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    office.new_row("URS", "1.1")
    office.approve("URS")
    changed = office.bodies("document.changed")[-1]
    assert (changed["version"], changed["previous"], changed["reason"]) == ("1.1", "1.0", "Second")
    assert changed["changes"] == [
        ["URS-001", "text", "The system shall add two numbers.", "The system shall add many numbers."]
    ]


def test_one_record_says_what_changed_and_none_stands_beside_earlier_signatures(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    office.sign("URS", "approved", "paul")
    assert office.bodies("document.changed") == []


def test_an_approval_before_the_author_signed_is_refused(office: Office) -> None:
    assert office.refused("URS", "approved", "quinn") == ["VG603"]


def test_a_review_comes_before_the_approval(office: Office) -> None:
    office.sign("FS", "authored", "anna")
    assert office.refused("FS", "approved", "quinn") == ["VG603"]


def test_a_role_that_somebody_does_not_hold_is_refused(office: Office) -> None:
    assert office.refused("URS", "authored", "quinn") == ["VG602"]
    assert office.refused("URS", "authored", "anna", role="qa") == ["VG602"]


def test_a_meaning_that_the_workflow_does_not_ask_for_is_refused(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    for meaning in ("reviewed", "executed", "witnessed", "verified copy", "closed"):
        assert office.refused("URS", meaning, "quinn") == ["VG602"]


def test_a_person_counts_once_whatever_accounts_and_roles_they_have(office: Office) -> None:
    first = office.hire("both", "Bo Both", "author", "qa")
    office.hire("again", "Bo Both", "process_owner", person=first)
    office.new_row("URS", "1.1", author="Somebody Else")
    office.sign("URS", "authored", "both")
    assert office.refused("URS", "approved", "both") == ["VG604"]
    assert office.refused("URS", "approved", "again") == ["VG604"]


def test_a_service_signs_nothing_whatever_roles_it_holds(office: Office) -> None:
    office.hire("rig7", "Test rig 7", "author", service=True)
    assert office.refused("URS", "authored", "rig7") == ["VG602"]
    assert office.rejection_refused("URS", "rig7") == ["VG602"]


def test_a_signature_that_was_given_is_not_given_again_by_somebody_else(office: Office) -> None:
    office.hire("otto", "Otto Other", "author")
    office.sign("URS", "authored", "anna")
    assert office.refused("URS", "authored", "otto") == ["VG611"]


def test_whoever_wrote_the_history_row_is_not_the_only_one_who_approves(office: Office) -> None:
    settings = '\n[workflow]\nURS = [{role = "author", meaning = "authored"}, {role = "qa", meaning = "approved"}]\n'
    path = office.root / "valgen.toml"
    path.write_text(path.read_text(encoding="utf-8") + settings, encoding="utf-8")
    office.new_row("URS", "1.1", author="Anna Author and Quinn Quality")
    office.sign("URS", "authored", "anna")
    assert office.refused("URS", "approved", "quinn") == ["VG605"]
    office.hire("queen", "Queenie Quality", "qa")
    assert office.sign("URS", "approved", "queen").approval.approved


def test_an_approved_version_is_not_signed_or_rejected_again(office: Office) -> None:
    office.approve("URS")
    assert "VG611" in office.refused("URS", "approved", "quinn")
    assert office.rejection_refused("URS", "quinn") == ["VG611"]


def test_an_older_version_is_not_signed(office: Office) -> None:
    office.new_row("URS", "1.1")
    assert office.refused("URS", "authored", "anna", version="1.0") == ["VG611"]


def test_a_document_that_is_not_planned_is_not_signed(office: Office) -> None:
    assert office.refused("SOP", "authored", "anna") == ["VG611"]


def test_a_version_that_lies_below_the_approved_one_is_not_signed(office: Office) -> None:
    office.new_row("URS", "1.1")
    office.approve("URS")
    path = office.root / "requirements/documents.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(one for one in text.splitlines(True) if '"1.1"' not in one), encoding="utf-8")
    for file in (office.root / "baselines/documents/URS").iterdir():
        file.unlink()
    assert office.refused("URS", "authored", "anna") == ["VG611"]


def test_content_that_changed_after_a_signature_takes_a_new_version(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    assert office.refused("URS", "approved", "quinn") == ["VG609"]


def test_a_version_that_was_signed_is_not_frozen_anew_with_other_content(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    for file in (office.root / "baselines/documents/URS").iterdir():
        file.unlink()
    assert office.refused("URS", "authored", "anna") == ["VG609"]


def test_what_the_signer_did_not_see_is_not_signed(office: Office) -> None:
    seen = office.sign("URS", "authored", "anna").file.shown.sha256
    assert office.refused("URS", "approved", "quinn", expect="0" * 64) == ["VG610"]
    assert office.refused("URS", "approved", "quinn", expect=seen[:6]) == ["VG610"]
    office.sign("URS", "approved", "quinn", expect=seen)
    office.sign("URS", "approved", "paul", expect=seen[:12].upper())


def test_a_change_between_look_and_signature_is_noticed(office: Office) -> None:
    from valgen.workflow.approve import look_at

    seen = look_at(office.root, "URS").file.shown.sha256
    assert not (office.root / "baselines").exists()
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    assert office.refused("URS", "authored", "anna", expect=seen) == ["VG610"]
    office.edit("requirements/items.yaml", "add many numbers", "add two numbers")
    assert office.sign("URS", "authored", "anna", expect=seen).signature.rendition == seen


def test_a_rejection_cancels_the_signatures_and_lets_the_author_begin_again(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    done = office.reject("URS", "quinn", "URS-001 does not say how large the numbers are")
    assert done.approval.status is DocumentStatus.REJECTED
    assert done.signature.rejected
    assert office.refused("URS", "approved", "paul") == ["VG603"]
    office.sign("URS", "authored", "anna", "the comment was withdrawn after a talk with QA")
    assert office.sign("URS", "approved", "quinn").approval.status is DocumentStatus.IN_REVIEW


def test_only_somebody_whom_the_workflow_asks_rejects(office: Office) -> None:
    office.sign("URS", "authored", "anna")
    assert office.rejection_refused("URS", "tess") == ["VG602"]
    assert office.rejection_refused("URS", "quinn", reason="n/a") == ["VG601"]


def test_a_report_is_not_signed_without_its_protocol_and_formal_results(office: Office) -> None:
    codes = office.refused("OQ-report", "authored", "anna")
    assert codes == ["VG608"]


def test_a_name_that_stands_for_two_documents_is_not_guessed(office: Office) -> None:
    with pytest.raises(RenderError, match="OQ stands for OQ-protocol and OQ-report"):
        office.sign("OQ", "authored", "anna")
    with pytest.raises(RenderError, match="no document XYZ"):
        office.sign("XYZ", "authored", "anna")


def test_every_reason_of_a_refusal_is_told_at_once(office: Office) -> None:
    assert office.refused("URS", "approved", "quinn", reason="n/a", version="0.9", expect="1" * 64) == [
        "VG601",
        "VG610",
        "VG611",
        "VG603",
    ]


def test_the_same_reason_many_times_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valgen.workflow.approve_reason.MANY", 3)
    office.sign("URS", "authored", "anna", "Content is complete.")
    office.sign("FS", "authored", "anna", "content is complete")
    assert office.refused("OQ-protocol", "authored", "anna", "Content is  complete!") == ["VG601"]


def test_of_two_people_who_sign_the_same_step_at_once_one_is_refused(office: Office) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from valgen.workflow.approve import Refused

    office.hire("queen", "Queenie Quality", "qa")
    office.sign("URS", "authored", "anna")

    def attempt(user: str) -> str:
        try:
            return office.sign("URS", "approved", user).signature.name
        except Refused as refusal:
            return refusal.objections[0].code

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(attempt, ["quinn", "queen", "paul"]))
    given = [one.name for one in office.signatures()]
    assert given[0] == "Anna Author" and len(given) == 3 and "Paul Process" in given
    assert set(answers) - set(given) == {"VG611"}
    assert len(office.bodies("document.changed")) == 1


def test_a_project_that_changes_while_many_sign_is_signed_as_it_was_shown(office: Office) -> None:
    from valgen.workflow.approve import Refused, look_at

    texts = ("add two numbers", "add many numbers")
    for turn in range(6):
        seen = look_at(office.root, "URS").file.shown.sha256
        if turn % 2:
            office.edit("requirements/items.yaml", texts[0], texts[1])
            with pytest.raises(Refused):
                office.sign("URS", "authored", "anna", expect=seen)
            texts = (texts[1], texts[0])
    assert office.signatures() == ()
    seen = look_at(office.root, "URS").file.shown.sha256
    assert office.sign("URS", "authored", "anna", expect=seen).signature.rendition == seen


@pytest.mark.parametrize("form", ["pdf", "html"])
def test_the_file_that_is_shown_is_the_rendering_that_the_project_controls(office: Office, form: str) -> None:
    import hashlib

    office.edit("valgen.toml", 'controlled_rendering = "docx"', f'controlled_rendering = "{form}"')
    done = office.sign("URS", "authored", "anna")
    ending, opened = {"pdf": (".pdf", ".pdf"), "html": (".zip", "index.html")}[form]
    assert done.signature.rendition_name == f"URS-1.0{ending}"
    assert done.file.path.is_file() and done.file.path.name.endswith(opened)
    assert hashlib.sha256(done.file.data).hexdigest() == done.signature.rendition
    again = office.sign("URS", "approved", "quinn")
    assert again.signature.rendition == done.signature.rendition


def test_a_signature_is_verified_with_everything_that_it_names(office: Office) -> None:
    from valgen.ledger.verify import verify_log

    office.approve("URS")
    office.reject("FS", "quinn", "functions are not described")
    report = verify_log(office.place.folder, strict=True)
    assert report.ok, report
