"""Issuing: approved versions only, once, sealed, recorded, and shown by every pack (integrity.md D-1, D-2, D-7)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from signing_office import Office
from valgen.errors import VerificationError
from valgen.ledger.blobs import Blobs
from valgen.ledger.files import Layout
from valgen.workflow import issue as issuing
from valgen.workflow.approve import Refused
from valgen.workflow.issue import Issuing, issue
from valgen.workflow.pack_manifest import write_manifest
from valgen.workflow.publish import build
from valgen.workflow.verify import Given, verify, verify_pack
from valgen.workflow.version_pack import build_version
from valgen.writers.pdf.seal import check_seal, unsealed

OFFLINE = Given(remember=False)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office(tmp_path / "project", monkeypatch)
    monkeypatch.setattr(issuing, "authority_of", office._authority)
    office.staff()
    return office


def issued(office: Office, *only: str, user: str = "quinn", version: str = "") -> Issuing:
    return issue(office.desk, office.by(user), only, version=version)


def refused(office: Office, *only: str, user: str = "quinn", version: str = "") -> list[str]:
    """Try to issue; see that the refusal and nothing else was recorded, and return its codes."""
    before, blobs = office.lines(), set(office.tree(".valgen/blobs"))
    with pytest.raises(Refused) as refusal:
        issued(office, *only, user=user, version=version)
    last = office.bodies("refused")[-1]
    assert (last["act"], last["seq"]) == ("issue", refusal.value.record)
    added = office.lines()[len(before) :]
    kinds = [one.partition(b'"kind":"')[2].partition(b'"')[0].decode() for one in added]
    assert [kind for kind in kinds if kind != "session.opened"] == ["refused"]
    assert set(office.tree(".valgen/blobs")) == blobs
    return [one.code for one in refusal.value.objections]


@pytest.mark.verifies("URS-116", "FS-089")
def test_an_approved_version_is_issued_as_word_and_sealed_pdf(office: Office) -> None:
    office.approve("URS")
    done = issued(office, "URS")
    (one,) = done.issued
    (body,) = office.bodies("document.issued")
    assert [file["name"] for file in body["files"][:2]] == ["word/URS.docx", "pdf/URS.pdf"]
    quinn = office.bodies("account.created")[3]["account"]
    assert (body["document"], body["version"], body["actor"]) == ("URS", "1.0", quinn)
    assert body["content"] == office.signatures()[-1].content
    blobs = Blobs(Layout(office.place.folder).blobs, Layout(office.place.folder).tmp)
    files = {file.name: blobs.read(file.sha256) for file in one.files}
    certificate = next(data for name, data in files.items() if name.startswith("evidence/seal-"))
    found = check_seal(files["pdf/URS.pdf"], roots=[certificate])
    assert found.reason == "Issued as version 1.0" and found.name == "valgen, for T1"
    assert found.when == one.time[:19] + "Z"
    plain = unsealed(files["pdf/URS.pdf"])
    assert found.unsealed_sha256 == hashlib.sha256(plain).hexdigest()
    assert plain.startswith(b"%PDF-") and b"/ByteRange" not in plain


def test_the_unsealed_file_is_the_one_that_the_version_gave_before_it_was_issued(
    office: Office, tmp_path: Path
) -> None:
    office.approve("URS")
    build_version(office.root, "1.0", only=("URS",), formats=("pdf", "docx"), output=tmp_path / "before", fresh=True)
    issued(office, "URS")
    build_version(office.root, "1.0", only=("URS",), formats=("pdf", "docx"), output=tmp_path / "after", fresh=True)
    before, after = ((tmp_path / one / "pdf/URS-1.0.pdf").read_bytes() for one in ("before", "after"))
    assert before != after and unsealed(after) == before
    same = [(tmp_path / one / "word/URS-1.0.docx").read_bytes() for one in ("before", "after")]
    assert same[0] == same[1]


@pytest.mark.verifies("URS-116", "DS-033")
def test_issuing_again_writes_nothing_and_gives_the_same_files(office: Office, tmp_path: Path) -> None:
    office.approve("URS")
    first = issued(office, "URS")
    build(office.root, output=tmp_path / "one", fresh=True)
    again = issued(office, "URS", user="anna")
    assert (again.issued, again.before) == ((), first.issued)
    assert len(office.bodies("document.issued")) == 1
    build(office.root, output=tmp_path / "two", fresh=True)
    for name in ("word/URS.docx", "pdf/URS.pdf"):
        digest = next(file.sha256 for file in first.issued[0].files if file.name == name)
        for pack in ("one", "two"):
            assert hashlib.sha256((tmp_path / pack / name).read_bytes()).hexdigest() == digest


def test_every_later_pack_shows_the_issued_files_and_verifies(office: Office) -> None:
    office.approve("URS")
    build(office.root)
    issued(office, "URS")
    build(office.root, only=["FS"])  # URS was not asked for, and its files are other ones since it was issued
    office.approve("FS")  # the ledger went on
    build(office.root, fresh=True)
    found = verify_pack(None, office.root, OFFLINE)
    assert found.ok, found.problems
    assert "Byte for byte as issued: pdf/URS.pdf, word/URS.docx." in found.notes
    document = verify(office.root / "build/pack/pdf/URS.pdf", office.root, OFFLINE)
    assert document.ok, document.problems
    manifest = json.loads((office.root / "build/pack/manifest.json").read_text())
    assert [one["path"] for one in manifest["files"] if "seal-" in one["path"]]


def test_a_pack_that_is_renewed_in_part_takes_the_issued_files(office: Office) -> None:
    office.approve("URS")
    build(office.root)
    issued(office, "URS")
    build(office.root, only=["FS"])
    assert verify_pack(None, office.root, OFFLINE).ok


@pytest.mark.verifies("URS-116", "FS-089")
def test_what_is_not_approved_is_refused_with_a_record(office: Office) -> None:
    assert refused(office, "URS") == ["VG630"]
    office.sign("URS", "authored", "anna")
    assert refused(office, "URS") == ["VG630"]
    assert refused(office) == ["VG630"]
    assert not office.bodies("document.issued")


def test_one_document_that_is_not_approved_stops_the_whole_act(office: Office) -> None:
    office.approve("URS")
    assert refused(office, "URS", "FS") == ["VG630"]
    done = issued(office)
    assert [one.document for one in done.issued] == ["URS"]
    assert "FS" in dict(done.left_out)


def test_a_changed_text_is_not_issued_under_the_approved_number(office: Office) -> None:
    office.approve("URS")
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    assert refused(office, "URS") == ["VG630"]
    # What was approved can still be issued, and says what was approved.
    (one,) = issued(office, "URS", version="1.0").issued
    assert one.content == office.signatures()[-1].content


def test_a_superseded_version_is_not_issued_any_more(office: Office) -> None:
    office.approve("URS")
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    office.new_row("URS", "1.1")
    office.approve("URS")
    assert refused(office, "URS", version="1.0") == ["VG631"]
    assert [one.version for one in issued(office, "URS").issued] == ["1.1"]


def test_a_version_issued_before_stays_the_same_files_after_it_was_superseded(office: Office, tmp_path: Path) -> None:
    office.approve("URS")
    (first,) = issued(office, "URS").issued
    office.edit("requirements/items.yaml", "add two numbers", "add many numbers")
    office.new_row("URS", "1.1")
    office.approve("URS")
    assert issued(office, "URS", version="1.0").before == (first,)
    build_version(office.root, "1.0", only=("URS",), output=tmp_path / "old", fresh=True)
    digest = next(file.sha256 for file in first.files if file.name == "pdf/URS.pdf")
    assert hashlib.sha256((tmp_path / "old/pdf/URS-1.0.pdf").read_bytes()).hexdigest() == digest


def test_a_service_issues_nothing(office: Office) -> None:
    office.hire("rig", "Rig", "tester", service=True)
    office.approve("URS")
    assert refused(office, "URS", user="rig") == ["VG602"]


def test_an_altered_issued_file_in_the_ledger_stops_the_build(office: Office) -> None:
    office.approve("URS")
    (one,) = issued(office, "URS").issued
    digest = next(file.sha256 for file in one.files if file.name == "pdf/URS.pdf")
    path = office.place.folder / "blobs" / digest[:2] / digest[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(VerificationError):
        build(office.root)


@pytest.mark.attack("D-2", "D-7")
@pytest.mark.verifies("URS-116", "DS-033")
def test_another_file_under_the_name_of_an_issued_one_is_found_in_a_pack(office: Office) -> None:
    """D-2, D-7: something behind the seal, with a manifest that agrees."""
    office.approve("URS")
    issued(office, "URS")
    build(office.root)
    pack = office.root / "build/pack"
    path = pack / "pdf/URS.pdf"
    path.write_bytes(path.read_bytes() + b"% more\n")
    manifest = json.loads((pack / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] == "pdf/URS.pdf":
            entry |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size}
    write_manifest(pack, manifest)
    found = verify_pack(None, office.root, OFFLINE)
    assert [(one.code, one.where) for one in found.problems] == [("VG626", "pdf/URS.pdf")]
    certificate = next((pack / "evidence").glob("seal-*.pem")).read_bytes()
    with pytest.raises(VerificationError):
        check_seal(path.read_bytes(), roots=[certificate])


def test_a_file_that_was_altered_is_never_called_issued(office: Office) -> None:
    office.approve("URS")
    issued(office, "URS")
    build(office.root)
    path = office.root / "build/pack/pdf/URS.pdf"
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    found = verify_pack(None, office.root, OFFLINE)
    assert [(one.code, one.where) for one in found.problems] == [("VG500", "pdf/URS.pdf")]
    assert "Byte for byte as issued: word/URS.docx." in found.notes


def test_the_key_of_the_seal_is_private_and_never_in_the_project(office: Office) -> None:
    office.approve("URS")
    issued(office, "URS")
    (key,) = (office.place.keystore / "seal").glob("*.pem")
    assert key.stat().st_mode & 0o077 == 0
    for path in office.root.rglob("*"):
        assert not (path.is_file() and b"PRIVATE KEY" in path.read_bytes()), path
