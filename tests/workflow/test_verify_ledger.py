"""Verification of a ledger, a pack and a document: what was put back, exchanged, mixed or altered is reported."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from valgen.errors import VerificationError
from valgen.ledger.seen import read_seen
from valgen.workflow.verify import EVIDENCE, Given, verify

_SOURCE = Path(__file__).parents[1] / "writers_html" / "people_ledger.py"
_SPEC = importlib.util.spec_from_file_location("people_ledger_verified", _SOURCE)
assert _SPEC is not None and _SPEC.loader is not None
people = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(people)

SETTINGS = '[project]\nid = "S3V"\nname = "Vault"\n[system]\nname = "Vault"\nversion = "2.1.0"\n'


def write(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture(scope="module")
def whole() -> Any:
    return people.whole()


@pytest.fixture(scope="module")
def states() -> list[dict[str, bytes]]:
    """The same ledger, sealed after each of several acts."""
    ledger = people.enrolled()
    found = [ledger.files()]
    for document in ("URS", "FS", "CS", "DS"):
        ledger.sign("u-0003", document, "authored", "author")
        found.append(ledger.files())
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture
def project(root: Path, whole: Any) -> Path:
    write(root / ".valgen", whole.files())
    return root


def codes(found: Any) -> list[str]:
    return [one.code for one in found.problems]


# What every report says


def test_report_names_root_head_unanchored_tail_and_mode(project: Path, whole: Any) -> None:
    found = verify(None, project)
    assert found.ok and found.problems == ()
    text = "\n".join(found.facts)
    assert f"Root fingerprint: {whole.fingerprint}. It was NOT compared" in text
    assert f"Head: {len(whole.lines)} records, {whole.head()['root']}" in text
    assert f"Unanchored tail: {found.unanchored} records" in text and found.unanchored > 0
    assert "Single-administrator mode: no" in text
    assert any("key that came from a reset" in note for note in found.notes)


def test_single_administrator_mode_is_said(root: Path) -> None:
    write(root / ".valgen", people.enrolled(single=True).files())
    found = verify(None, root)
    assert found.single_administrator
    assert any("signatures do not meet 21 CFR 11.200(a)(3)" in fact for fact in found.facts)


def test_json_has_the_published_shape(project: Path) -> None:
    value = json.loads(json.dumps(verify(None, project).as_json()))
    assert value["ok"] is True and value["problems"] == [] and value["records"] > 0
    assert value["anchored_to"].startswith(f"{value['records'] - value['unanchored']} records, by signature")
    assert {"root_fingerprint", "root_compared", "head", "single_administrator", "notes"} <= value.keys()


def test_hash_of_an_altered_record_has_code_place_and_message(project: Path) -> None:
    path = project / ".valgen/log/000000000.jsonl"
    path.write_bytes(path.read_bytes().replace(b"passport", b"passporT", 1))
    value = verify(None, project).as_json()
    assert value["ok"] is False
    assert all({"code", "where", "message"} == one.keys() for one in value["problems"])
    assert any("log/000000000.jsonl" in one["where"] for one in value["problems"])


# The root


def test_root_known_from_elsewhere_is_compared(project: Path, whole: Any) -> None:
    found = verify(None, project, Given(root=whole.fingerprint))
    assert found.ok and found.root_compared == "given"
    assert any("compared with the one you gave" in fact for fact in found.facts)


def test_another_root_is_a_problem_and_is_not_remembered(project: Path) -> None:
    found = verify(None, project, Given(root="ab" * 32))
    assert codes(found) == ["VG551"]
    assert not found.root_compared
    assert any("first time" in note for note in verify(None, project).notes)


def test_ledger_whose_keys_were_all_replaced_is_found_by_the_memory(project: Path, whole: Any) -> None:
    assert verify(None, project).ok
    genuine, people.Key = people.Key, lambda name: genuine(f"stranger {name}")
    try:
        write(project / ".valgen", people.whole().files())
    finally:
        people.Key = genuine
    found = verify(None, project)
    assert "VG551" in codes(found) and "VG625" in codes(found)
    assert verify(None, project, Given(remember=False)).ok, "without memory or root nothing tells: that is said"


# What was seen before (I-4, I-7)


def test_every_state_put_back_behind_the_one_seen_is_a_problem(root: Path, states: list[dict[str, bytes]]) -> None:
    for newer in range(1, len(states)):
        keystore = root.parent / f"keys-{newer}"
        write(root / ".valgen", states[newer])
        assert verify(None, root, Given(keystore=keystore)).ok
        for older in range(newer):
            write(root / ".valgen", states[older])
            found = verify(None, root, Given(keystore=keystore))
            assert codes(found) == ["VG624"], (older, newer)
            assert "the ledger was put back" in found.problems[0].message


def test_state_put_back_is_found_by_a_head_kept_elsewhere(root: Path, states: list[dict[str, bytes]]) -> None:
    write(root / ".valgen", states[1])
    found = verify(None, root, Given(heads=(states[2]["checkpoint"],), remember=False))
    assert codes(found) == ["VG543"]
    assert verify(None, root, Given(heads=(states[0]["checkpoint"],), remember=False)).ok


def test_memory_moves_forward_and_never_back(root: Path, states: list[dict[str, bytes]]) -> None:
    keystore = root.parent / "keys"
    sizes = []
    for state in (states[1], states[3], states[2], states[4]):
        write(root / ".valgen", state)
        verify(None, root, Given(keystore=keystore))
        seen = read_seen(keystore, people.ORIGIN)
        assert seen is not None
        sizes.append(seen.size)
    assert sizes == sorted(sizes) and sizes[1] == sizes[2] < sizes[3]


def test_memory_does_not_move_when_something_is_wrong(project: Path) -> None:
    keystore = project.parent / "keys"
    blob = next(path for path in (project / ".valgen/blobs").rglob("*") if path.is_file())
    blob.write_bytes(b"altered")
    assert not verify(None, project, Given(keystore=keystore)).ok
    assert read_seen(keystore, people.ORIGIN) is None


def test_fork_at_every_size_is_a_problem(root: Path) -> None:
    def branch(common: int, more: int, reason: str) -> dict[str, bytes]:
        ledger = people.enrolled()
        for number in range(common):
            ledger.sign("u-0003", f"D{number}", "authored", "author")
        for number in range(more):
            ledger.sign("u-0003", f"E{number}", "authored", "author", reason=reason)
        return ledger.files()  # type: ignore[no-any-return]

    for common in range(3):
        for longer in (1, 2):
            keystore = root.parent / f"keys-{common}-{longer}"
            write(root / ".valgen", branch(common, 1, "shown to you"))
            assert verify(None, root, Given(keystore=keystore)).ok
            write(root / ".valgen", branch(common, longer, "shown to somebody else"))
            found = verify(None, root, Given(keystore=keystore))
            assert codes(found) == ["VG625"], (common, longer)
            assert verify(None, root, Given(keystore=root.parent / "nobody's", remember=False)).ok


def test_damaged_memory_is_said_and_never_passed_over(project: Path) -> None:
    keystore = project.parent / "keys"
    assert verify(None, project, Given(keystore=keystore)).ok
    memory = next((keystore / "seen").glob("*.json"))
    memory.write_bytes(memory.read_bytes()[:-20])
    assert codes(verify(None, project, Given(keystore=keystore))) == ["VG624"]


def test_memory_is_readable_by_its_owner_alone_and_lies_outside_the_project(project: Path) -> None:
    keystore = project.parent / "keys"
    verify(None, project, Given(keystore=keystore))
    memory = next((keystore / "seen").glob("*.json"))
    assert memory.stat().st_mode & 0o077 == 0
    assert not memory.is_relative_to(project)


# Data at rest, further files, other logs (I-16)


def test_bit_rot_in_every_attachment_is_found(project: Path) -> None:
    for path in sorted((project / ".valgen/blobs").rglob("*")):
        if path.is_file() and path.stat().st_size:
            data = path.read_bytes()
            path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
            found = verify(None, project)
            assert any(path.parent.name in one.where for one in found.problems), path
            path.write_bytes(data)
    assert verify(None, project).ok


def test_verification_that_does_not_read_attachments_says_so(project: Path) -> None:
    found = verify(None, project, Given(read_data=False))
    assert found.ok
    assert any("was not read" in note for note in found.notes)


def test_file_that_no_record_names_is_shown_and_with_strict_a_problem(project: Path) -> None:
    (project / ".valgen/notes.txt").write_text("x")
    found = verify(None, project)
    assert found.ok and any("notes.txt" in note for note in found.notes)
    assert codes(verify(None, project, Given(strict=True))) == ["VG511"]


def test_ledger_of_another_project_is_a_problem(project: Path) -> None:
    (project / "valgen.toml").write_text(SETTINGS.replace("S3V", "OTHER"), encoding="utf-8")
    assert "VG572" in codes(verify(None, project))


def test_altered_log_of_dry_runs_is_told_and_does_not_count(project: Path, repository: Path) -> None:
    shutil.copytree(repository / "tests/vectors/dry-log", project / ".valgen/dry")
    path = project / ".valgen/dry/log/000000000.jsonl"
    path.write_bytes(path.read_bytes().replace(b"vault", b"fault", 1))
    found = verify(None, project)
    assert found.ok
    assert any("valgen verify --dry" in note and "no evidence" in note for note in found.notes)


def test_ledger_that_vanished_is_not_passed_over_when_its_root_is_known(root: Path) -> None:
    with pytest.raises(VerificationError) as refused:
        verify(None, root, Given(root="ab" * 32))
    assert refused.value.code == "VG626"


# Documents (D-1, D-3)


def test_issued_document_is_known_by_its_bytes_with_who_signed_and_issued(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "renamed.pdf"
    path.write_bytes(b"%PDF URS")
    found = verify(path, project)
    assert found.ok and "byte for byte as issued" in found.summary
    assert {one["action"] for one in found.disclosed} == {"signature", "document.issued"}


def test_document_with_one_changed_byte_is_not_known(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "URS.pdf"
    for at in range(len(b"%PDF URS")):
        data = bytearray(b"%PDF URS")
        data[at] ^= 1
        path.write_bytes(data)
        assert codes(verify(path, project)) == ["VG626"]


def test_document_that_was_signed_and_not_issued_does_not_pass_for_issued(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "FS.pdf"
    path.write_bytes(b"%PDF FS")
    found = verify(path, project)
    assert "not an issued file" in found.summary
    assert any("rejected FS 1.0" in note for note in found.notes)


def test_document_is_not_vouched_for_by_an_altered_ledger(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "URS.pdf"
    path.write_bytes(b"%PDF URS")
    log = project / ".valgen/log/000000000.jsonl"
    log.write_bytes(log.read_bytes().replace(b"Ann Author", b"Eve Author"))
    assert not verify(path, project).ok


def test_document_without_any_ledger_is_no_proof_of_anything(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "URS.pdf"
    path.write_bytes(b"%PDF URS")
    with pytest.raises(VerificationError):
        verify(path, root)


# Packs (D-3, D-4)


URS = {"key": "URS", "version": "1.1 DRAFT", "status": "Draft"}
APPROVED = {
    "key": "URS",
    "version": "1.0",
    "status": "Approved",
    "content_sha256": people.Ledger().paper("URS")["content"],
}


def body_of(line: bytes) -> Any:
    return json.loads(line)["body"]


def make_pack(
    folder: Path,
    state: dict[str, bytes],
    pdf: bytes = b"%PDF URS",
    extra: Mapping[str, bytes] = MappingProxyType({}),
    **more: Any,
) -> Path:
    """A pack as a build writes it: a document, the ledger, and a manifest that names one head."""
    files = {f"{EVIDENCE}/{name}": data for name, data in state.items()} | {"pdf/URS.pdf": pdf} | dict(extra)
    write(folder, files)
    lines = state["checkpoint"].decode().split("\n")
    root_line = state["root.json"].removesuffix(b"\n")
    manifest = {
        "format": 1,
        "documents": [URS],
        "files": [
            {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in sorted(files.items())
        ],
        "ledger": {
            "origin": lines[0],
            "size": int(lines[1]),
            "root": people.base64.b64decode(lines[2]).hex(),
            "root_fingerprint": hashlib.sha256(root_line).hexdigest(),
        },
        **more,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_pack_is_verified_with_its_ledger(root: Path, tmp_path: Path, whole: Any) -> None:
    pack = make_pack(tmp_path / "pack", whole.files(), documents=[APPROVED])
    found = verify(pack, root)
    assert found.ok and found.root_fingerprint == whole.fingerprint
    assert any("Ledger in the pack" in part for part in found.parts)
    inside = verify(pack / "pdf/URS.pdf", root)
    assert inside.ok and "byte for byte as issued" in inside.summary


def test_altered_ledger_in_a_pack_with_a_manifest_made_to_fit_is_a_problem(
    root: Path, whole: Any, tmp_path: Path
) -> None:
    files = whole.files()
    files["log/000000010.jsonl"] = files["log/000000010.jsonl"].replace(b"I have approved it", b"I have APPROVED it")
    assert not verify(make_pack(tmp_path / "pack", files), root).ok


def test_every_mix_of_two_packs_is_a_problem(root: Path, tmp_path: Path, states: list[dict[str, bytes]]) -> None:
    manifests = [make_pack(tmp_path / f"p{n}", state) / "manifest.json" for n, state in enumerate(states)]
    heads = [json.loads(path.read_text("utf-8"))["ledger"] for path in manifests]
    for mine, state in enumerate(states):
        for other, head in enumerate(heads):
            pack = make_pack(tmp_path / "mixed", state, ledger=head)
            found = verify(pack, root, Given(remember=False))
            assert codes(found) == ([] if mine == other else ["VG627"]), (mine, other)


def test_old_pack_passed_off_as_the_newest_is_told_and_with_a_known_head_a_problem(
    root: Path, tmp_path: Path, states: list[dict[str, bytes]]
) -> None:
    keystore = tmp_path / "keys"
    assert verify(make_pack(tmp_path / "new", states[4]), root, Given(keystore=keystore)).ok
    old = make_pack(tmp_path / "old", states[2])
    found = verify(old, root, Given(keystore=keystore))
    assert found.ok and any("this is an older state" in note for note in found.notes)
    assert codes(verify(old, root, Given(heads=(states[4]["checkpoint"],), remember=False))) == ["VG543"]


def test_pack_without_a_ledger_is_no_answer_to_a_known_root(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    write(folder, {"manifest.json": b'{"format": 1, "files": []}'})
    assert verify(folder, root).ok
    assert codes(verify(folder, root, Given(root="ab" * 32))) == ["VG627"]


def test_pack_of_the_project_must_show_the_beginning_of_its_ledger(root: Path, states: list[dict[str, bytes]]) -> None:
    write(root / ".valgen", states[3])
    make_pack(root / "build/pack", states[1])
    found = verify(None, root)
    assert found.ok and any("first" in note and "records of the ledger" in note for note in found.notes)
    assert sum(fact.startswith("Root fingerprint") for fact in found.facts) == 1
    other = people.enrolled()
    other.sign("u-0003", "OTHER", "authored", "author")
    make_pack(root / "build/pack", other.files())
    assert codes(verify(None, root)) == ["VG627"]
    make_pack(root / "build/pack", states[4])
    assert codes(verify(None, root)) == ["VG627"]


def test_altered_file_of_the_pack_of_the_project_is_a_problem(root: Path, states: list[dict[str, bytes]]) -> None:
    write(root / ".valgen", states[3])
    pack = make_pack(root / "build/pack", states[3])
    assert verify(None, root).ok
    (pack / "pdf/URS.pdf").write_bytes(b"%PDF XXX")
    assert codes(verify(None, root)) == ["VG500"]


def test_forged_document_in_a_pack_whose_manifest_was_made_to_fit_is_a_problem(
    root: Path, tmp_path: Path, whole: Any
) -> None:
    found = verify(make_pack(tmp_path / "genuine", whole.files(), documents=[APPROVED]), root)
    assert found.ok and "Byte for byte as issued: pdf/URS.pdf." in found.notes
    assert "Documents in the pack, Approved: URS 1.0" in found.facts
    forged = verify(make_pack(tmp_path / "forged", whole.files(), pdf=b"%PDF XXX", documents=[APPROVED]), root)
    assert codes(forged) == ["VG626"] and forged.problems[0].where == "pdf/URS.pdf"
    draft = verify(make_pack(tmp_path / "draft", whole.files(), pdf=b"%PDF 1.1"), root)
    assert draft.ok
    assert "Not issued, so that only the manifest stands for them: pdf/URS.pdf." in draft.notes


@pytest.mark.attack("D-4")
@pytest.mark.parametrize(
    ("documents", "where"),
    [
        ([{**APPROVED, "version": "1.1"}], "manifest.json"),
        ([{**APPROVED, "content_sha256": "0" * 64}], "manifest.json"),
        ([{key: APPROVED[key] for key in ("key", "version", "status")}], "manifest.json"),
        ([{**APPROVED, "status": "Effective"}, {"key": "FS", "version": "1.0", "status": "Approved"}], "manifest.json"),
        ([URS, {**APPROVED, "key": "CERT"}], "manifest.json"),
        ([], "pdf/URS.pdf"),
        (None, "pdf/URS.pdf"),
    ],
)
def test_manifest_that_claims_what_the_ledger_does_not_say_is_a_problem(
    root: Path, tmp_path: Path, whole: Any, documents: Any, where: str
) -> None:
    """D-4: a forged document under a number that nobody issued, with a manifest that calls it approved."""
    found = verify(make_pack(tmp_path / "pack", whole.files(), pdf=b"%PDF XXX", documents=documents), root)
    assert set(codes(found)) == {"VG626"} and found.problems[0].where == where


def test_version_that_was_rejected_after_its_approval_does_not_pass_for_approved(root: Path, tmp_path: Path) -> None:
    ledger = people.enrolled()
    ledger.sign("u-0004", "URS", "approved", "qa")
    assert verify(make_pack(tmp_path / "before", ledger.files(), documents=[APPROVED]), root).ok
    rejection = {**ledger.paper("URS"), **ledger.statement("u-0004", "qa", "password"), "reason": "URS-004 is wrong"}
    ledger.person("u-0004", "rejection", **rejection)
    assert codes(verify(make_pack(tmp_path / "after", ledger.files(), documents=[APPROVED]), root)) == ["VG626"]


def test_approved_documents_without_a_ledger_are_a_problem(root: Path, tmp_path: Path, whole: Any) -> None:
    pack = make_pack(tmp_path / "pack", whole.files(), documents=[APPROVED])
    shutil.rmtree(pack / "evidence")
    manifest = json.loads((pack / "manifest.json").read_text())
    manifest["files"] = [one for one in manifest["files"] if not one["path"].startswith("evidence/")]
    del manifest["ledger"]
    (pack / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert codes(verify(pack, root)) == ["VG627"]
    (pack / "manifest.json").write_text(json.dumps({**manifest, "documents": [URS]}), encoding="utf-8")
    assert verify(pack, root).ok  # a pack of a project without a ledger


@pytest.mark.attack("D-4")
def test_manifest_that_names_no_ledger_beside_one_is_a_problem(root: Path, tmp_path: Path, whole: Any) -> None:
    pack = make_pack(tmp_path / "pack", whole.files(), ledger=None)
    assert codes(verify(pack, root)) == ["VG627"]


@pytest.mark.attack("I-8")
def test_attachment_of_a_formal_run_that_is_not_the_recorded_one_is_a_problem(
    root: Path, tmp_path: Path, whole: Any
) -> None:
    """I-8: in the readable part of a pack, with a manifest that was made to fit."""

    def of(name: str, data: bytes) -> Any:
        return verify(make_pack(tmp_path / "pack", whole.files(), extra={name: data}), root)

    (step,) = [body for body in map(body_of, whole.lines) if body["kind"] == "step.result"]
    (attached,) = step["attachments"]
    data = whole.blobs[attached["sha256"]]
    name = "evidence/run-0001/1/OQ-001-1-1_img_src_x_onerror_alert_1_gpj.exe_script"
    assert of(name, data).ok
    for forged in ((name, data + b"!"), (name.replace("-1-1", "-1-2"), data), (name.replace("/1/", "/2/"), data)):
        found = of(*forged)
        assert (codes(found), found.problems[0].where) == (["VG626"], forged[0])
