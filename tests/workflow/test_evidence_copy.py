"""What a pack takes along proves itself: the whole ledger, nothing that is no evidence, and the programs that check."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from signing_office import Office
from valgen.errors import VerificationError
from valgen.readers.project import read_project
from valgen.workflow.evidence_copy import FOLDER, PAGE, VERIFIER, EvidenceCopy, ledger_files, read_evidence
from valgen.workflow.verify import Given, verify


@pytest.fixture
def signed(office: Office) -> Office:
    office.approve("URS")
    return office


def copy_of(office: Office) -> EvidenceCopy:
    return read_evidence(office.root, read_project(office.root))


def put(copy: EvidenceCopy, folder: Path) -> Path:
    for name, content in copy.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    return folder


def test_ledger_in_a_pack_verifies_and_is_the_one_of_the_manifest(signed: Office, tmp_path: Path) -> None:
    copy = copy_of(signed)
    found = verify(put(copy, tmp_path / "pack") / FOLDER, signed.root, Given(strict=True))
    assert found.ok, found.problems
    assert copy.head == {
        "origin": found.origin,
        "size": found.records,
        "root": found.head[1],
        "root_fingerprint": found.root_fingerprint,
    }


def test_verifier_and_page_come_along(signed: Office) -> None:
    files = ledger_files(signed.root, read_project(signed.root))
    assert files[VERIFIER] == (Path(__file__).parents[2] / "src/valgen/verifier/valgen_verify.py").read_bytes()
    page = files[PAGE]
    assert isinstance(page, bytes) and page.startswith(b"<!DOCTYPE html>")


def test_files_that_people_were_shown_when_they_signed_come_along(signed: Office, tmp_path: Path) -> None:
    pack = put(copy_of(signed), tmp_path / "pack")
    for body in signed.bodies("signature"):
        sha256 = body["rendition"]["sha256"]
        assert (pack / FOLDER / "blobs" / sha256[:2] / sha256[2:]).is_file()


def test_what_is_no_evidence_stays_behind(signed: Office, tmp_path: Path) -> None:
    records = signed.root / ".valgen"
    for name in ("torn/000000003.pending", "tmp/x", "lock/x", "cache/x", "dry/log/000000000.jsonl", "index.sqlite"):
        (records / name).parent.mkdir(parents=True, exist_ok=True)
        (records / name).write_bytes(b"x")
    (records / "blobs/ab").mkdir(exist_ok=True)
    (records / "blobs/ab" / ("c" * 62)).write_bytes(b"nobody names this")
    names = copy_of(signed).files
    parts = {name.removeprefix(f"{FOLDER}/").partition("/")[0] for name in names if name.startswith(FOLDER)}
    assert parts == {".gitattributes", "blobs", "checkpoint", "checkpoints.jsonl", "log", "root.json"}
    assert not any("c" * 62 in name for name in names)


def test_lines_that_a_writer_has_not_sealed_yet_stay_behind(signed: Office, tmp_path: Path) -> None:
    before = put(copy_of(signed), tmp_path / "before")
    log = max((signed.root / ".valgen/log").iterdir())
    with log.open("ab") as file:
        file.write(b'{"body":{"seq":99')
    after = put(copy_of(signed), tmp_path / "after")
    assert signed.tree("../before") == signed.tree("../after")
    assert verify(after / FOLDER, signed.root).ok and before != after


def test_same_ledger_gives_the_same_files(signed: Office, tmp_path: Path) -> None:
    put(copy_of(signed), tmp_path / "one")
    put(copy_of(signed), tmp_path / "two")
    assert signed.tree("../one") == signed.tree("../two")


def test_ledger_that_lacks_records_is_not_taken_along(signed: Office) -> None:
    log = max((signed.root / ".valgen/log").iterdir())
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(VerificationError):
        copy_of(signed)


def test_project_without_ledger_takes_along_no_dry_runs(signed: Office) -> None:
    shutil.rmtree(signed.root / ".valgen")
    (signed.root / ".valgen/dry/log").mkdir(parents=True)
    copy = copy_of(signed)
    assert set(copy.files) == {PAGE, VERIFIER} and copy.head == {}
