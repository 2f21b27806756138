"""A disclosure holds what was asked for, proves it, reveals nothing else, and has exactly one spelling."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from command_line import typed
from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.canonical import encode
from valgen.ledger.disclosed import Disclosed, verify_disclosure
from valgen.ledger.disclosure import Tree
from valgen.ledger.merkle import consistency_proof, inclusion_proof, leaf_hash, root_of
from valgen.ledger.stored_zip import write_stored_zip
from valgen.workflow.disclose import write_disclosure
from valgen.workflow.verify import Given, verify

_SOURCE = Path(__file__).parents[1] / "writers_html" / "people_ledger.py"
_SPEC = importlib.util.spec_from_file_location("people_ledger_disclosed", _SOURCE)
assert _SPEC is not None and _SPEC.loader is not None
people = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(people)

SETTINGS = '[project]\nid = "S3V"\nname = "Vault"\n[system]\nname = "Vault"\nversion = "2.1.0"\n'


def project_of(ledger: Any, root: Path) -> Path:
    root.mkdir(parents=True)
    (root / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
    for name, data in ledger.files().items():
        path = root / ".valgen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


@pytest.fixture(scope="module")
def ledger() -> Any:
    return people.whole()


@pytest.fixture(scope="module")
def root(ledger: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_of(ledger, tmp_path_factory.mktemp("disclose") / "project")


@pytest.fixture(scope="module")
def sealed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disclosure of a document and a test case."""
    path = tmp_path_factory.mktemp("sealed") / "records.zip"
    write_disclosure(root, ["URS", "OQ-001"], path)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def kinds(found: Disclosed) -> list[str]:
    return [one.body["kind"] for one in found.records if one.seq in found.chosen]


# What it holds


def test_disclosure_of_a_document_and_a_case_is_proven(sealed: Path, ledger: Any) -> None:
    found = verify_disclosure(sealed)
    assert found.problems == ()
    assert found.root_fingerprint == ledger.fingerprint
    assert (found.size, found.root) == (len(ledger.lines), ledger.head()["root"])
    assert set(kinds(found)) == {
        "signature", "document.changed", "document.issued", "execution.opened", "run.started", "case.started",
        "step.result", "case.result", "run.finished", "review",
    }  # fmt: skip


def test_every_single_record_can_be_disclosed(root: Path, ledger: Any, tmp_path: Path) -> None:
    for number in range(len(ledger.lines)):
        path = tmp_path / f"{number}.zip"
        done = write_disclosure(root, [str(number)], path)
        assert number in {one.seq for one in done.chosen}
        assert verify_disclosure(path).problems == ()


def test_all_records_can_be_disclosed(root: Path, ledger: Any, tmp_path: Path) -> None:
    done = write_disclosure(root, [], tmp_path / "all.zip", everything=True)
    assert done.records == len(done.chosen) == len(ledger.lines)


def test_nothing_else_of_the_ledger_is_in_it(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "urs.zip"
    write_disclosure(root, ["URS"], path)
    data = b"".join(content for name, content in members(path).items() if name != "valgen_verify.py")
    for foreign in (b"S3V-FS", b"S3V-CS", b"login.failed", b"run-0001", b"items of FS"):
        assert foreign not in data
    assert b"S3V-URS" in data and b"items of URS" in data


def test_account_sessions_of_people_who_signed_nothing_in_it_stay_out(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "urs.zip"
    write_disclosure(root, ["URS"], path)
    opened = [one.body["actor"] for one in verify_disclosure(path).records if one.body["kind"] == "session.opened"]
    assert opened == ["u-0003", "u-0004"]


def test_equal_choice_gives_equal_bytes(root: Path, sealed: Path, tmp_path: Path) -> None:
    for number, asked in enumerate((["OQ-001", "URS"], ["URS", "OQ-001", "URS"])):
        path = tmp_path / f"{number}.zip"
        write_disclosure(root, asked, path)
        assert path.read_bytes() == sealed.read_bytes()


def test_other_programs_read_the_file(sealed: Path) -> None:
    with zipfile.ZipFile(sealed) as file:
        assert file.testzip() is None
        names = file.namelist()
    assert names == sorted(names)
    assert {"README.txt", "disclosure.json", "root.json", "valgen_verify.py"} <= set(names)


def test_readme_tells_an_inspector_what_to_do_and_hides_no_characters(sealed: Path, ledger: Any) -> None:
    text = members(sealed)["README.txt"].decode("utf-8")
    assert "valgen verify THIS-FILE.zip" in text and ledger.fingerprint in text
    assert "It does not show that no later record" in text
    assert "\u202e" not in text and "\u200b" not in text and "U+202E" in text


def test_word_that_no_record_is_about_is_refused_and_no_file_is_written(root: Path, tmp_path: Path) -> None:
    for word in ("XYZ", "9999", "-1", "²"):
        with pytest.raises(ExecutionError) as refused:
            write_disclosure(root, ["URS", word], tmp_path / "none.zip")
        assert refused.value.code == "VG622"
    assert list(tmp_path.iterdir()) == []


def test_altered_ledger_or_attachment_is_never_disclosed(ledger: Any, tmp_path: Path) -> None:
    altered = project_of(ledger, tmp_path / "altered")
    log = altered / ".valgen/log/000000010.jsonl"
    log.write_bytes(log.read_bytes().replace(b"I have approved it", b"I have APPROVED it"))
    with pytest.raises(VerificationError):
        write_disclosure(altered, ["URS"], tmp_path / "one.zip")
    rotten = project_of(ledger, tmp_path / "rotten")
    sha256 = json.loads(ledger.lines[16])["body"]["manifest"]["sha256"]
    (rotten / ".valgen/blobs" / sha256[:2] / sha256[2:]).write_bytes(b"x")
    with pytest.raises(VerificationError):
        write_disclosure(rotten, ["URS"], tmp_path / "two.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_file_does_not_land_among_the_records(root: Path) -> None:
    with pytest.raises(ExecutionError):
        write_disclosure(root, ["URS"], root / ".valgen" / "records.zip")


# Through the command line


def test_commands_write_and_verify(root: Path, ledger: Any, tmp_path: Path) -> None:
    def valgen(*arguments: str) -> CompletedProcess[str]:
        return typed(*arguments, folder=tmp_path)

    path = str(tmp_path / "records.zip")
    done = valgen("disclose", "URS", "-o", path, "-C", str(root))
    assert done.returncode == 0, done.stderr
    done = valgen("verify", path, "--root", ledger.fingerprint, "--json")
    value = json.loads(done.stdout)
    assert (done.returncode, value["ok"], value["root_compared"]) == (0, True, True)
    assert {one["action"] for one in value["entries"]} >= {"signature", "document.issued"}
    assert any("does not show" in note for note in value["notes"])
    assert valgen("verify", path, "--root", "ab" * 32).returncode == 1
    assert valgen("disclose", "-o", path, "-C", str(root)).returncode == 2


def test_another_root_than_the_one_known_is_a_problem(sealed: Path, root: Path) -> None:
    found = verify(sealed, root, Given(root="ab" * 32))
    assert [one.code for one in found.problems] == ["VG623"]


def test_disclosure_is_compared_with_what_was_seen_of_the_ledger(ledger: Any, sealed: Path, tmp_path: Path) -> None:
    keystore = tmp_path / "keys"
    assert verify(None, project_of(ledger, tmp_path / "project"), Given(keystore=keystore)).ok
    found = verify(sealed, tmp_path, Given(keystore=keystore))
    assert found.ok and found.root_compared == "remembered"
    other = people.whole()
    other.lines[-1:] = []
    other.machine("login.failed", account="", source="another history", reason="credentials")
    other.kept[-1:] = []
    note = other.note("kept")
    found = verify(sealed, tmp_path, Given(heads=(note,), remember=False))
    assert [one.code for one in found.problems] == ["VG625"]
    found = verify(sealed, tmp_path, Given(heads=(ledger.kept[0],), remember=False))
    assert found.ok and any("was not compared" in one for one in found.notes)


# One spelling (D-8)


def test_every_changed_byte_is_noticed(sealed: Path, tmp_path: Path) -> None:
    data = sealed.read_bytes()
    places = {*range(0, len(data), 499), *range(100), *range(len(data) - 300, len(data))}
    path = tmp_path / "changed.zip"
    for at in sorted(places):
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
        assert verify_disclosure(path).problems, at


def test_every_length_and_anything_added_is_noticed(sealed: Path, tmp_path: Path) -> None:
    data = sealed.read_bytes()
    path = tmp_path / "changed.zip"
    for size in (*range(0, len(data), 499), len(data) - 1):
        path.write_bytes(data[:size])
        assert verify_disclosure(path).problems, size
    for changed in (data + b"\0", b"\0" + data, b"#!/bin/sh\n" + data, data + data, data.replace(b"\n", b"\r\n")):
        path.write_bytes(changed)
        assert verify_disclosure(path).problems


def _pack(files: dict[str, bytes], change: Callable[[zipfile.ZipFile], None] | None = None, **how: Any) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **how) as file:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = how.get("compression", zipfile.ZIP_STORED)
            file.writestr(info, data)
        if change is not None:
            change(file)
    return target.getvalue()


def _link(file: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("blobs/aa/" + "b" * 62)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    file.writestr(info, "/etc/passwd")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("packed anew", lambda files: _pack(files)),
        ("compressed", lambda files: _pack(files, compression=zipfile.ZIP_DEFLATED)),
        ("bomb", lambda files: _pack({**files, "README.txt": bytes(1 << 24)}, compression=zipfile.ZIP_DEFLATED)),
        ("traversal", lambda files: _pack({**files, "../../evil.txt": b"x"})),
        ("absolute", lambda files: _pack({**files, "/etc/evil": b"x"})),
        ("backslashes", lambda files: _pack({**files, "..\\evil.txt": b"x"})),
        ("drive", lambda files: _pack({**files, "C:evil.txt": b"x"})),
        ("other case", lambda files: _pack({**files, "ROOT.JSON": files["root.json"]})),
        ("link", lambda files: _pack(files, _link)),
        ("comment", lambda files: _pack(files, lambda file: setattr(file, "comment", b"hello"))),
        ("folder", lambda files: _pack({**files, "blobs/": b""})),
    ],
)
def test_hostile_zip_is_refused_and_nothing_is_written(
    sealed: Path, tmp_path: Path, name: str, make: Callable[[dict[str, bytes]], bytes]
) -> None:
    path = tmp_path / "in" / "hostile.zip"
    path.parent.mkdir()
    path.write_bytes(make(members(sealed)))
    assert [one.code for one in verify_disclosure(path).problems] == ["VG621"], name
    assert [one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*")] == ["in", "in/hostile.zip"]


def test_name_that_stands_twice_is_refused(sealed: Path, tmp_path: Path) -> None:
    files = members(sealed)
    target = io.BytesIO()
    write_stored_zip(target, files)
    first = io.BytesIO()
    write_stored_zip(first, {"README.txt": b"another"})
    entry = first.getvalue()[: 30 + len("README.txt") + len(b"another")]
    path = tmp_path / "twice.zip"
    path.write_bytes(entry + target.getvalue())
    assert [one.code for one in verify_disclosure(path).problems] == ["VG621"]


def test_two_directories_and_false_sizes_are_refused(sealed: Path, tmp_path: Path) -> None:
    data = sealed.read_bytes()
    at = data.index(b"PK\x01\x02")
    path = tmp_path / "two.zip"
    path.write_bytes(data + data[at:])
    assert [one.code for one in verify_disclosure(path).problems] == ["VG621"]
    for size in (0, 1, 0xFFFFFFFF):  # the last one announces ZIP64
        changed = bytearray(data)
        struct.pack_into("<2I", changed, 18, size, size)
        path.write_bytes(changed)
        assert verify_disclosure(path).problems


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(40), b"\0" * 99])
def test_what_is_no_disclosure_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert {one.code for one in verify_disclosure(path).problems} == {"VG621"}


def test_link_in_place_of_the_file_is_refused(sealed: Path, tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    path.symlink_to(sealed)
    assert [one.code for one in verify_disclosure(path).problems] == ["VG515"]


# Content that was changed and packed as it must be


def repacked(sealed: Path, path: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Disclosed:
    files = members(sealed)
    value = json.loads(files["disclosure.json"])
    change(value, files)
    if "disclosure.json" in files:
        files["disclosure.json"] = encode(value, limit=None) + b"\n"
    with path.open("wb") as file:
        write_stored_zip(file, files)
    return verify_disclosure(path)


def test_repacking_without_a_change_gives_the_same_bytes(sealed: Path, tmp_path: Path) -> None:
    path = tmp_path / "same.zip"
    assert repacked(sealed, path, lambda value, files: None).problems == ()
    assert path.read_bytes() == sealed.read_bytes()


def test_every_record_left_out_moved_or_doubled_is_noticed_where_others_rest_on_it(
    sealed: Path, tmp_path: Path
) -> None:
    path = tmp_path / "changed.zip"
    count = len(json.loads(members(sealed)["disclosure.json"])["records"])
    for at in range(count):

        def double(value: dict[str, Any], files: dict[str, bytes], at: int = at) -> None:
            value["records"].insert(at, value["records"][at])

        assert repacked(sealed, path, double).problems, at
        if at:

            def swap(value: dict[str, Any], files: dict[str, bytes], at: int = at) -> None:
                rows = value["records"]
                rows[at - 1], rows[at] = rows[at], rows[at - 1]

            assert repacked(sealed, path, swap).problems, at

    for at, one in enumerate(json.loads(members(sealed)["disclosure.json"])["records"]):
        kind = json.loads(one["line"])["body"]["kind"]
        chosen = one["seq"] in json.loads(members(sealed)["disclosure.json"])["chosen"]
        if chosen or kind in ("genesis", "account.created", "session.opened", "step.result"):

            def drop(value: dict[str, Any], files: dict[str, bytes], at: int = at) -> None:
                del value["records"][at]

            assert repacked(sealed, path, drop).problems, (at, kind)


def test_record_of_another_place_with_its_own_proof_is_noticed(sealed: Path, tmp_path: Path) -> None:
    def exchange(value: dict[str, Any], files: dict[str, bytes]) -> None:
        rows = value["records"]
        rows[-1] = {**rows[-2], "seq": rows[-1]["seq"]}

    assert repacked(sealed, tmp_path / "x.zip", exchange).problems


@pytest.mark.parametrize("change", ["shorter", "longer", "other", "none"])
def test_malformed_proof_is_noticed(sealed: Path, tmp_path: Path, change: str) -> None:
    def bend(proof: list[str]) -> list[str]:
        return {
            "shorter": proof[:-1],
            "longer": [*proof, "00" * 32],
            "other": ["00" * 32, *proof[1:]],
            "none": [],
        }[change]

    path = tmp_path / "x.zip"
    for part in ("records", "heads"):
        count = len(json.loads(members(sealed)["disclosure.json"])[part])
        for at in range(count):

            def edit(value: dict[str, Any], files: dict[str, bytes], part: str = part, at: int = at) -> None:
                value[part][at]["proof"] = bend(value[part][at]["proof"])

            assert repacked(sealed, path, edit).problems, (part, at)


def _line(value: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in value["records"] if json.loads(one["line"])["body"]["kind"] == kind)


def test_sentence_of_a_record_cannot_be_changed(sealed: Path, tmp_path: Path) -> None:
    def edit(value: dict[str, Any], files: dict[str, bytes]) -> None:
        one = _line(value, "signature")
        one["line"] = one["line"].replace('"meaning":"authored"', '"meaning":"approved"')

    assert repacked(sealed, tmp_path / "x.zip", edit).problems


def test_forged_tree_with_the_log_key_and_without_a_persons_key_is_noticed(ledger: Any, tmp_path: Path) -> None:
    """Whoever has every file and the log key rewrites a signature and seals the whole anew (A2)."""
    forged = people.whole()
    number = next(n for n, line in enumerate(forged.lines) if b'"kind":"signature"' in line)
    forged.lines[number] = forged.lines[number].replace(b"I have authored it", b"I have not read it")
    forged.kept, forged.anchors = forged.kept[:1], {}
    forged.keep()
    root = project_of(forged, tmp_path / "forged")
    leaves = [leaf_hash(line) for line in forged.lines]
    tree = Tree(list(leaves))
    with pytest.raises(VerificationError):
        write_disclosure(root, [str(number)], tmp_path / "refused.zip")
    write_disclosure(project_of(ledger, tmp_path / "genuine"), [str(number)], tmp_path / "genuine.zip")

    def forge(value: dict[str, Any], files: dict[str, bytes]) -> None:
        value["checkpoint"] = forged.kept[-1].decode("utf-8")
        for one in value["records"]:
            one["line"] = forged.lines[one["seq"]].decode("utf-8")
            one["proof"] = [part.hex() for part in tree.inclusion(one["seq"])]
        for one in value["heads"]:
            one["proof"] = [part.hex() for part in tree.consistency(one["size"])]
            one["root"] = tree.root(one["size"]).hex()

    found = repacked(tmp_path / "genuine.zip", tmp_path / "forged.zip", forge)
    assert "VG505" in {one.code for one in found.problems}


def test_checkpoint_by_a_stranger_is_noticed(sealed: Path, ledger: Any, tmp_path: Path) -> None:
    note = ledger.note("kept", people.Key("stranger")).decode("utf-8")
    found = repacked(sealed, tmp_path / "x.zip", lambda value, files: value.update(checkpoint=note))
    assert "VG506" in {one.code for one in found.problems}


def test_attachments_are_all_there_and_no_others(sealed: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    blobs = [name for name in members(sealed) if name.startswith("blobs/")]
    assert blobs
    for name in blobs:
        assert repacked(sealed, path, lambda value, files, name=name: files.update({name: b"x"})).problems
        assert repacked(sealed, path, lambda value, files, name=name: files.pop(name)).problems
    data = b"something else"
    digest = people.hashlib.sha256(data).hexdigest()
    extra = {f"blobs/{digest[:2]}/{digest[2:]}": data}
    assert [one.code for one in repacked(sealed, path, lambda value, files: files.update(extra)).problems] == ["VG511"]


def test_root_of_another_ledger_is_noticed(sealed: Path, tmp_path: Path) -> None:
    def other(value: dict[str, Any], files: dict[str, bytes]) -> None:
        files["root.json"] = files["root.json"].replace(b'"threshold":1', b'"threshold":2')

    assert [one.code for one in repacked(sealed, tmp_path / "x.zip", other).problems] == ["VG551"]


def test_malformed_disclosure_json_is_refused(sealed: Path, tmp_path: Path) -> None:
    good = members(sealed)["disclosure.json"]
    value = json.loads(good)
    for data in (
        b"", b"\n", b"{}\n", b"[]\n", good[:-1], good + b"\n", b" " + good, b"\xff" + good, b"[" * 100_000 + b"\n",
        json.dumps(value).encode() + b"\n",
        encode({**value, "format": 2}, limit=None) + b"\n",
        encode({**value, "more": 1}, limit=None) + b"\n",
        encode({**value, "records": []}, limit=None) + b"\n",
        encode({**value, "chosen": []}, limit=None) + b"\n",
        encode({**value, "chosen": value["chosen"][::-1]}, limit=None) + b"\n",
        encode({**value, "chosen": [*value["chosen"], 9999]}, limit=None) + b"\n",
        encode({**value, "origin": "valgen:other/S3V"}, limit=None) + b"\n",
        encode({**value, "checkpoint": "x"}, limit=None) + b"\n",
        encode({**value, "heads": [{"proof": [], "root": "00" * 32, "size": 1}]}, limit=None) + b"\n",
    ):  # fmt: skip
        path = tmp_path / "x.zip"
        with path.open("wb") as file:
            write_stored_zip(file, {**members(sealed), "disclosure.json": data})
        assert verify_disclosure(path).problems, data[:60]


def test_anchor_that_does_not_fit_is_noticed(root: Path, ledger: Any, tmp_path: Path) -> None:
    write_disclosure(root, ["URS"], tmp_path / "good.zip")
    name = next(name for name in members(tmp_path / "good.zip") if name.startswith("anchors/"))
    other = people.enrolled()
    while len(other.lines) < 30:
        other.sign("u-0003", "OTHER", "authored", "author")
    other.keep()
    assert repacked(
        tmp_path / "good.zip", tmp_path / "x.zip", lambda value, files: files.update({name: other.kept[-1]})
    ).problems
    assert repacked(tmp_path / "good.zip", tmp_path / "x.zip", lambda value, files: files.pop(name)).problems


# Proofs


def test_proofs_from_the_whole_tree_are_those_of_the_definition() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(33)]
    for size in range(1, 34):
        tree = Tree(leaves[:size])
        for index in range(size):
            assert tree.inclusion(index) == inclusion_proof(leaves[:size], index)
            assert tree.consistency(index + 1) == consistency_proof(leaves[:size], index + 1)
            assert tree.root(index + 1) == root_of(leaves[: index + 1])


def test_checksums_and_sizes_are_those_of_the_content(sealed: Path) -> None:
    with zipfile.ZipFile(sealed) as file:
        for info in file.infolist():
            data = file.read(info)
            assert (info.CRC, info.file_size, info.compress_size) == (zlib.crc32(data), len(data), len(data))
            assert info.date_time == (1980, 1, 1, 0, 0, 0) and info.extra == b"" and info.comment == b""
    line = json.loads(members(sealed)["disclosure.json"])["checkpoint"].split("\n")[2]
    assert len(base64.b64decode(line)) == 32
