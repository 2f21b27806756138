"""Signatures in documents: real ones are shown whole, and no signature changes the content that it covers."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from valgen.documents.blocks import (
    Block,
    Document,
    Notice,
    Paragraph,
    Run,
    Section,
    Shows,
    SignaturePlace,
    Table,
    plain_text,
    walk,
)  # fmt: skip
from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.issue import approvals_of, drafted_document, issued, registered_version
from valgen.documents.places import asked_for, emptied, opened
from valgen.documents.shipped import find_template, writable
from valgen.documents.snapshot import document_bytes, file_digest, read_document, read_version, version_bytes
from valgen.documents.template import assemble
from valgen.model.project import HistoryRow
from valgen.model.signature import SINGLE_ADMINISTRATOR, Approvals, LedgerFacts, Signature
from valgen.model.version import FrozenVersion
from valgen.workflow.load import Executed, load, make_context
from valgen.workflow.publish import assemble_documents, issued_documents
from valgen.writers.docx import write_docx
from valgen.writers.docx.front import take_approvals
from valgen.writers.html.site import build_site
from valgen.writers.pdf import write_pdf

Make = Callable[..., Context]
ROOT = Path(__file__).parents[2]
HISTORY = 'history: [{version: "1.0", date: "2026-03-01", author: A. Author, summary: For approval}]'
REGISTER = "documents:\n" + "".join(
    f"  - {{type: {kind}, number: T-{kind}-001, {HISTORY}}}\n"
    for kind in ("URS", "FS", "VP", "RA", "OQ", "VSR", "CERT", "ERES", "SOP", "TRAINING", "DEVLOG")
)
RTM = '  - {type: RTM, number: T-RTM-001, history: [{version: "2.0", date: "2026-03-01", author: A, summary: B}]}\n'
FILES = {"requirements/documents.yaml": REGISTER + RTM}
LEDGER = LedgerFacts(
    origin="valgen:00000000-0000-4000-8000-000000000000/T",
    root_fingerprint="ab" * 32,
    size=500,
    head="cd" * 32,
    anchored_to="record 90, time stamp",
)
PEOPLE = {
    "author": "Ada Ångström",
    "technical_reviewer": "Tom Fields",
    "process_owner": "Bea Owner",
    "system_owner": "Sol System",
    "test_lead": "Lea Test",
    "qa": "Cem Quality",
    "validation_lead": "Vic Lead",
}


def assembled(context: Context) -> tuple[Document, ...]:
    made = []
    for spec in plan_documents(context):
        if writable(spec, context):
            document, found = assemble(find_template(spec, {}, item_type_of(spec.entry.type, context)), spec, context)
            assert not found
            made.append(document)
    return tuple(made)


def sign(document: Document, first: int, *, only: Sequence[str] = (), **more: object) -> list[Signature]:
    """Return every signature that a document asks for, or those of some roles."""
    made = []
    for role, meaning in asked_for(document):
        if only and role not in only:
            continue
        record = first + len(made)
        one = Signature(
            record=record, document=document.key, number=document.number, version=registered_version(document),
            content=document.digest, meaning=meaning, role=role, reason=f"Reason of {role} <b>&",
            name=PEOPLE[role], function=f"Function of {role}", account=f"u-{role}", person=f"p-{role}",
            time=f"2026-03-02T10:{record // 60 % 60:02}:{record % 60:02}.500000Z", zone="Europe/Berlin +01:00",
            key=hashlib.sha256(role.encode()).hexdigest(), rendition="ef" * 32,
            rendition_name=f"{document.key}-1.0.pdf",
        )  # fmt: skip
        made.append(replace(one, **more))  # type: ignore[arg-type]
    return made


def derived(context: Context, documents: Sequence[Document], signatures: Sequence[Signature]) -> Approvals:
    contents = {one.key: one.digest for one in documents}
    return approvals_of(documents, contents, context.project.settings.workflow, signatures, context.versions)


def issue(
    context: Context,
    documents: Sequence[Document],
    signatures: Sequence[Signature],
    ledger: LedgerFacts | None = LEDGER,
) -> dict[str, Document]:
    known = derived(context, documents, signatures)
    return {one.key: issued(one, known[one.key, registered_version(one)], ledger, known) for one in documents}


def text_of(document: Document) -> str:
    return plain_text(document.sections)


def word_text(document: Document) -> str:
    with zipfile.ZipFile(io.BytesIO(write_docx(document))) as file:
        whole = file.read("word/document.xml").decode("utf-8")
    return re.sub(r"<[^>]+>", " ", whole.replace("</w:p>", "\n"))


@pytest.fixture(params=["small", "starter", "example", "own"])
def project(request: pytest.FixtureRequest, context: Make) -> Context:
    """Every project that valgen has at hand, with the types of documents that it has."""
    folders = {"starter": "src/valgen/workflow/starter", "example": "examples/s3-records-vault", "own": "."}
    if request.param == "small":
        return context(FILES)
    return make_context(load(ROOT / folders[request.param]), Executed())


def test_no_signature_changes_the_content_of_any_document(project: Context) -> None:
    documents = assembled(project)
    before = {one.key: one.digests for one in documents}
    signatures: list[Signature] = []
    for one in documents:
        signatures += sign(one, len(signatures))
    rejected = [replace(one, record=one.record + 10_000, meaning="", rejected=True) for one in signatures[::3]]
    for some in (signatures[::2], signatures, signatures + rejected):
        for key, done in issue(project, documents, some, replace(LEDGER, single_administrator=True)).items():
            assert done.digest == before[key].content, key
            assert document_bytes(done) == document_bytes(next(one for one in documents if one.key == key)), key


def test_fully_signed_documents_are_approved_and_nothing_on_them_says_draft(project: Context) -> None:
    documents = assembled(project)
    signatures: list[Signature] = []
    for one in documents:
        signatures += sign(one, len(signatures))
    for key, done in issue(project, documents, signatures).items():
        assert done.status == "Approved", key
        assert "DRAFT" not in (done.version, *done.marks, *(text for _, text in done.control)), key
        pages = [one for one in walk(done.sections) if isinstance(one, SignaturePlace) and one.shows is Shows.APPROVALS]
        assert pages and not any("not signed" in plain_text((one,)) for one in pages), key


def test_a_document_with_one_signature_missing_stays_a_draft(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    for one in documents:
        whole = sign(one, 0)
        for left_out in whole:
            done = issue(made, [one], [each for each in whole if each is not left_out])[one.key]
            assert done.status in ("Draft", "In review"), (one.key, left_out.role)
            assert done.version.endswith("DRAFT") and "DRAFT" in done.marks
            assert dict(done.control)["Effective date"] == "not effective: not approved"
            assert "not signed" in text_of(done)


def test_signatures_on_other_content_never_approve_and_the_page_says_so(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    other = context({**FILES, "requirements/items.yaml": "items:\n  - {id: URS-001, title: Adds, text: Now.}\n"})
    changed = {one.key: one for one in assembled(other)}
    for one in documents:
        if changed.get(one.key) is None or changed[one.key].digest == one.digest:
            continue
        done = issue(other, [changed[one.key]], sign(one, 0))[one.key]
        assert done.status == "Draft", one.key
        assert "DRAFT" in done.marks
        notices = [each.title for each in walk(done.sections) if isinstance(each, Notice)]
        assert "Signed with other content" in notices
        assert f"Version {registered_version(one)} was signed with other content" in text_of(done)


def test_every_rendering_shows_name_meaning_time_and_record_of_each_signature(context: Make, tmp_path: Path) -> None:
    made = context(FILES)
    documents = assembled(made)
    urs = next(one for one in documents if one.key == "URS")
    note = "key from a reset 3 min before this signature"
    signatures = [replace(one, key_note=note) if one.role == "qa" else one for one in sign(urs, 41)]
    done = issue(made, [urs], signatures)["URS"]
    build_site([done], tmp_path / "site", title="Pack")
    page = re.sub(r"<[^>]+>", " ", (tmp_path / "site/URS.html").read_text("utf-8"))
    pdf = write_pdf(done)
    assert not pdf.findings
    for rendering in (word_text(done), page, text_of(done)):
        flat = " ".join(rendering.split())
        for one in signatures:
            assert one.name in flat
            assert f"record {one.record}" in flat
            assert one.key[:16] in flat
            assert f"2026-03-02 10:00:{one.record:02} UTC" in flat
        for said in (
            "Authored: prepared, content is correct",
            "Approved: complies with procedures and regulations",
            "signed electronically",
            note,
            "zone Europe/Berlin +01:00",
            urs.digest,
            "ab" * 32,
            "cd" * 32,
            "valgen verify",
        ):
            assert said in flat, said


def test_the_attached_content_of_a_pdf_has_the_content_digest(context: Make) -> None:
    made = context(FILES)
    urs = next(one for one in assembled(made) if one.key == "URS")
    done = issue(made, [urs], sign(urs, 0))["URS"]
    with pikepdf.open(io.BytesIO(write_pdf(done).volumes[0])) as file:
        data = file.attachments["URS.json"].get_file().read_bytes()
    assert hashlib.sha256(data).hexdigest() == urs.digest


def test_a_rejection_is_a_row_with_its_reason_and_earlier_signatures_say_why_they_do_not_count(context: Make) -> None:
    made = context(FILES)
    urs = next(one for one in assembled(made) if one.key == "URS")
    given = sign(urs, 1, only=("author", "process_owner"))
    rejection = replace(given[1], record=9, meaning="", role="qa", rejected=True, name="Cem", reason="URS-001 is vague")
    done = issue(made, [urs], [*given, rejection])["URS"]
    assert (done.status, dict(done.control)["Status"]) == ("Rejected", "Rejected")
    assert "DRAFT" in done.marks
    text = text_of(done)
    for said in ("rejected electronically", "URS-001 is vague", "cancelled by the rejection in record 9"):
        assert said in text


def test_a_superseded_version_says_so_on_every_page(context: Make) -> None:
    made = context(FILES)
    urs = next(one for one in assembled(made) if one.key == "URS")
    later = [replace(one, version="1.1", content="0" * 64) for one in sign(urs, 50)]
    done = issue(made, [urs], [*sign(urs, 1), *later])["URS"]
    assert (done.version, done.status, done.marks) == ("1.0", "Superseded", ("SUPERSEDED",))
    assert dict(done.control)["Status"] == "Superseded by version 1.1"
    assert "Version 1.1 is approved and takes the place of this one." in text_of(done)
    assert done.digest == urs.digest


def test_single_administrator_mode_stands_on_every_document_signed_or_not(project: Context) -> None:
    documents = assembled(project)
    ledger = replace(LEDGER, single_administrator=True)
    signatures = [each for at, one in enumerate(documents) if at % 2 for each in sign(one, at * 10)]
    for key, done in issue(project, documents, signatures, ledger).items():
        notices = [one.title for one in walk(done.sections) if isinstance(one, Notice)]
        assert SINGLE_ADMINISTRATOR in notices, key
    for key, done in issue(project, documents, signatures).items():
        assert SINGLE_ADMINISTRATOR not in text_of(done), key


def test_the_root_fingerprint_stands_on_every_document_of_a_ledger(project: Context) -> None:
    for key, done in issue(project, assembled(project), ()).items():
        assert "ab" * 32 in text_of(done), key


def test_documents_of_a_project_without_a_ledger_say_nothing_of_one(context: Make) -> None:
    made = context(FILES)
    for document in assembled(made):
        assert drafted_document(document) == document, document.key
        assert "Root fingerprint" not in text_of(document)


def test_issuing_twice_gives_the_same_and_signatures_taken_away_give_the_draft_again(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    signatures = [each for at, one in enumerate(documents) for each in sign(one, at * 10)]
    once = issue(made, documents, signatures)
    assert issue(made, tuple(once.values()), signatures) == once
    assert tuple(issue(made, tuple(once.values()), (), None).values()) == documents


def test_what_stands_in_places_stands_there_for_writers(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    signatures = [each for at, one in enumerate(documents) for each in sign(one, at * 10)]
    for one in issue(made, documents, signatures).values():
        flat = opened(one)
        assert "SignaturePlace" not in repr(flat.sections)
        assert plain_text(flat.sections) == plain_text(one.sections)


def frozen_of(context: Context, document: Document, **more: object) -> FrozenVersion:
    version = registered_version(document)
    found = FrozenVersion(
        project="T", key=document.key, type=document.type, number=document.number, title=document.title,
        version=version, history=(HistoryRow(version=version, date="", author="A", change_ref="", summary="S"),),
        parts=(), asks=asked_for(document), content_sha256=document.digest,
        document_sha256=file_digest(document_bytes(document)),
    )  # fmt: skip
    return replace(found, **more)  # type: ignore[arg-type]


def test_freezing_a_version_changes_no_content_of_any_document(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    from valgen.documents.versions import document_parts, making_of

    versions = {}
    for spec in plan_documents(made):
        document = next((one for one in documents if one.key == spec.key), None)
        if document is not None:
            template = find_template(spec, {}, item_type_of(spec.entry.type, made))
            making = making_of(spec.key, spec.entry, spec.variant, template)
            parts = document_parts(replace(made, making=making), making)
            versions[spec.key] = (frozen_of(made, document, parts=parts, history=spec.entry.history),)
    again = assembled(replace(made, versions=versions))
    assert {one.key: one.digest for one in again} == {one.key: one.digest for one in documents}


def test_a_frozen_version_is_written_with_its_signatures_as_the_present_one_is(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    signatures = [each for at, one in enumerate(documents) for each in sign(one, at * 10)]
    known = derived(made, documents, signatures)
    for one in documents:
        back = read_document(document_bytes(one), frozen_of(made, one))
        assert back == one, one.key
        approval = known[one.key, registered_version(one)]
        assert issued(back, approval, LEDGER, known) == issued(one, approval, LEDGER, known), one.key


def test_a_frozen_version_reads_as_a_draft_until_signatures_say_otherwise(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    signatures = [each for at, one in enumerate(documents) for each in sign(one, at * 10)]
    for key, done in issue(made, documents, signatures).items():
        back = read_document(document_bytes(done), frozen_of(made, done))
        assert back.status == "Draft" and "DRAFT" in back.marks, key


def test_a_frozen_version_says_what_it_asks_for_and_settings_cannot_change_that(context: Make) -> None:
    made = context(FILES)
    urs = next(one for one in assembled(made) if one.key == "URS")
    one = replace(frozen_of(made, urs), path="x.json")
    assert read_version(version_bytes(one), "x.json").asks == asked_for(urs)
    weaker = context({**FILES, "valgen.toml": WEAKER})
    now = next(each for each in assembled(weaker) if each.key == "URS")
    assert now.digest != urs.digest
    given = sign(urs, 1, only=("author", "process_owner"))
    assert issue(weaker, [now], given)["URS"].status == "Draft"
    assert issue(weaker, [urs], given)["URS"].status == "In review"


WEAKER = """
[project]
id = "T"
name = "Tiny"
regulations = ["21-cfr-part-11"]
[system]
name = "Tiny <b>system</b>"
version = "1.0"
[environments.VAL]
title = "Validation"
[workflow]
URS = [{ role = "author", meaning = "authored" }, { role = "process_owner", meaning = "approved" }]
"""


def test_a_version_frozen_in_the_first_format_still_reads() -> None:
    urs = Document(
        key="URS", type="URS", number="T-URS-001", title="URS", version="1.0 DRAFT", status="Draft", system="Tiny",
        marks=("DRAFT",), control=(("Version", "1.0 DRAFT"), ("Status", "Draft")),
        sections=(Section("One", "one", (Paragraph((Run("text"),)),)),),
    )  # fmt: skip
    data = (
        b'{"control":[["Version","1.0 DRAFT"],["Status","Draft"]],"key":"URS","kind":"Document","marks":["DRAFT"],'
        b'"number":"T-URS-001","sections":[{"anchor":"one","blocks":[{"kind":"Paragraph","runs":[{"kind":"Run",'
        b'"text":"text"}]}],"kind":"Section","title":"One"}],"status":"Draft","system":"Tiny","title":"URS",'
        b'"type":"URS","version":"1.0 DRAFT"}'
    )
    digest = hashlib.sha256(data).hexdigest()
    frozen = FrozenVersion(
        project="T", key="URS", type="URS", number="T-URS-001", title="URS", version="1.0", history=(), parts=(),
        content_sha256=digest, document_sha256=digest,
    )  # fmt: skip
    assert read_document(data + b"\n", frozen) == urs
    body = version_bytes(replace(frozen, history=(HistoryRow(version="1.0", date="", author="", change_ref="",
                                                             summary=""),)))  # fmt: skip
    inner = body[len(b'{"sha256":"') + 64 + len(b'","snapshot":') : -2]
    first = inner.replace(b'"format":2', b'"format":1').replace(b'"asks":[],', b"")
    whole = b'{"sha256":"' + hashlib.sha256(first).hexdigest().encode() + b'","snapshot":' + first + b"}\n"
    assert read_version(whole, "x.json").content_sha256 == digest


def test_signing_changes_what_is_shown_and_so_no_stale_page_is_kept(context: Make, tmp_path: Path) -> None:
    made = context(FILES)
    documents = assembled(made)
    signatures = [each for at, one in enumerate(documents) for each in sign(one, at * 10)]
    steps: Mapping[str, Sequence[Document]] = {
        "draft": documents,
        "partly": tuple(issue(made, documents, signatures[:1]).values()),
        "signed": tuple(issue(made, documents, signatures).values()),
        "other ledger": tuple(issue(made, documents, signatures, replace(LEDGER, root_fingerprint="9" * 64)).values()),
        "taken away": documents,
    }
    for name, ones in steps.items():
        build_site(ones, tmp_path / "kept", title="Pack", doctree_cache=tmp_path / "work")
        build_site(ones, tmp_path / name, title="Pack")
        for one in ones:
            page = f"{one.key}.html"
            assert (tmp_path / "kept" / page).read_bytes() == (tmp_path / name / page).read_bytes(), (name, page)
    shown = [{one.digests.shown for one in ones} for ones in steps.values()]
    assert not shown[0] & shown[2] and not shown[2] & shown[3]


def test_each_change_of_what_is_shown_changes_the_shown_digest(context: Make) -> None:
    urs = next(one for one in assembled(context(FILES)) if one.key == "URS")
    for more in (
        {"status": "Approved"},
        {"version": "1.0"},
        {"marks": ()},
        {"logo": "a" * 64},
        {"control": (*urs.control[:3], ("Status", "Approved"), *urs.control[4:])},
    ):
        other = replace(urs, **more)  # type: ignore[arg-type]
        assert other.digests.content == urs.digests.content, more
        assert other.digests.shown != urs.digests.shown, more
    assert emptied(urs).digest == urs.digest


def test_other_documents_name_the_present_status(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    urs = next(one for one in documents if one.key == "URS")
    done = issue(made, documents, sign(urs, 1))
    rows = {plain_text(row.cells[0].blocks): row for row in _deliverables(done["VSR"]).rows}
    signed = [plain_text(one.blocks) for one in rows["T-URS-001"].cells[2:5]]
    assert signed == ["1.0", "Approved", "2026-03-02"]
    assert [plain_text(one.blocks) for one in rows["T-FS-001"].cells[2:5]] == ["1.0 DRAFT", "Draft", "not approved"]
    references = next(one for one in walk(done["FS"].sections) if getattr(one, "title", "") == "References")
    assert isinstance(references, Section)
    cells = {plain_text(row.cells[0].blocks): plain_text(row.cells[2].blocks) for row in _table(references.blocks).rows}
    assert (cells["T-URS-001"], cells["T-VP-001"]) == ("1.0", "1.0 (not approved)")
    assert "version 1.0, approved 2026-03-02, 10:00:03 UTC" in text_of(done["OQ-protocol"])


def _deliverables(document: Document) -> Table:
    return next(
        one for one in walk(document.sections) if isinstance(one, Table) and one.columns[-2].title == "Approval date"
    )


def _table(blocks: tuple[Block, ...]) -> Table:
    return next(one for one in blocks if isinstance(one, Table))


def test_signatures_on_the_report_stand_in_the_protocol_after_execution(context: Make) -> None:
    made = context(FILES)
    documents = assembled(made)
    protocol = next(one for one in documents if one.key == "OQ-protocol")
    report = replace(protocol, key="OQ-report", number="T-OQ-001-R", sections=protocol.sections)
    executed = replace(
        sign(report, 5, only=("author",))[0], record=4, meaning="executed", role="tester", name="Tess", person="p-t"
    )
    signatures = [executed, *sign(report, 5)]
    done = issue(made, [protocol, report], signatures)["OQ-protocol"]
    after = next(
        one for one in walk(done.sections) if getattr(one, "title", "") == "Review and approval after execution"
    )
    assert isinstance(after, Section)
    text = plain_text(after.blocks)
    for said in ("Tess", "Executed: as recorded", "Sol System", "Approved: results and deviations are accepted"):
        assert said in text
    nobody = issue(made, [protocol, report], [executed])["OQ-protocol"]
    assert "Reviewer, who executed none of the tests" in text_of(nobody)
    assert done.status == "Draft" and done.digest == protocol.digest


def test_a_template_without_a_place_for_signatures_gets_one(context: Make) -> None:
    made = context(FILES)
    spec = next(one for one in plan_documents(made) if one.key == "URS")
    shipped = find_template(spec, {}, "URS")
    document, _ = assemble(replace(shipped, text="A\n=\n\nText.\n"), spec, made)
    done = issue(made, [document], sign(document, 1))["URS"]
    assert done.status == "Approved"
    assert "Cem Quality" in text_of(done)


def test_no_text_of_a_signature_becomes_markup(context: Make, tmp_path: Path) -> None:
    made = context(FILES)
    urs = next(one for one in assembled(made) if one.key == "URS")
    hostile = "<script>alert(1)</script>=cmd|'/c calc'!A1 \u202e{{document.title}} #panic()"
    signatures = sign(urs, 1, name=hostile, reason=hostile, function=hostile, zone=hostile, key_note=hostile)
    done = issue(made, [urs], signatures)["URS"]
    build_site([done], tmp_path, title="Pack")
    assert "<script>alert" not in (tmp_path / "URS.html").read_text("utf-8")
    assert "{{document.title}}" in word_text(done)
    write_pdf(done)


def test_a_pack_is_made_with_its_signatures_and_the_release_names_what_is_not_approved(tmp_path: Path) -> None:
    root = ROOT / "examples/s3-records-vault"
    base = make_context(load(root), Executed())
    drafts = {one.key: one for one in assemble_documents(root, replace(base, signatures=(), ledger=None))}
    assert {one.status for one in drafts.values()} == {"Draft"}
    assert "no document of the pack is approved" in text_of(drafts["VSR"])
    first = [drafts[key] for key in ("URS", "FS")]
    signatures = [each for at, one in enumerate(first) for each in sign(one, at * 10)]
    made = issued_documents(root, replace(base, signatures=tuple(signatures), ledger=LEDGER))
    done = {one.key: one for one in made.documents}
    assert (done["URS"].status, done["FS"].status, done["VP"].status) == ("Approved", "Approved", "Draft")
    assert done["URS"].digest == drafts["URS"].digest
    assert re.search(r"\d+ documents are not approved: GXPA, VP, CS", text_of(done["VSR"]))
    # The summary is signed last, over a content that knows the others; signing it changes nothing in it.
    summary = [*signatures, *sign(done["VSR"], 100)]
    again = {
        one.key: one
        for one in assemble_documents(root, replace(base, signatures=tuple(summary), ledger=LEDGER))
    }  # fmt: skip
    assert (again["VSR"].status, again["VSR"].digest) == ("Approved", done["VSR"].digest)


def test_a_company_template_gets_the_signatures_and_not_the_log_of_testers(context: Make, tmp_path: Path) -> None:
    made = context(FILES)
    protocol = next(one for one in assembled(made) if one.key == "OQ-protocol")
    done = issue(made, [protocol], sign(protocol, 1))["OQ-protocol"]
    table = take_approvals(done.sections)[1]
    assert table is not None
    assert "Cem Quality" in plain_text((table,))
    left = plain_text(take_approvals(done.sections)[0])
    assert "The table of approvals stands on the first pages" in left and "Cem Quality" not in left
