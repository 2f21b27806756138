"""What else `valgen verify` and the stand-alone program must say alike: links, folders, notes, packs, ZIP files."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from valgen.ledger.verify import verify_log
from valgen.verifier import verifier_path
from valgen.workflow import verify_zip
from valgen.workflow.pack_manifest import write_manifest
from valgen.workflow.verify import Given, verify

ROOT = Path(__file__).parents[2]
LEDGER, DRY = ROOT / "tests/vectors/ledger", ROOT / "tests/vectors/dry-log"


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


program: Any = load("verifier_of_agreement", verifier_path())
forge: Any = load("forge_of_agreement", ROOT / "tests/verifier/forge.py")
maker: Any = load("write_fail_packs_of_agreement", ROOT / "tools/write_fail_packs.py")
GIVEN = Given(remember=False)


def logs(folder: Path, *, strict: bool = False) -> tuple[bool, bool]:
    """Return what both say to the folder of a log."""
    return verify_log(folder, strict=strict).ok, not program.look(str(folder), "", strict).problems


def packs(path: Path) -> tuple[bool, bool]:
    """Return what both say to a pack, and see that they said it in time and without an exception."""
    return verify(path, path.parent, GIVEN).ok, not program.look(str(path), "", False).problems


def copied(vector: Path, folder: Path) -> Path:
    shutil.copytree(vector, folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


# Files of a log


@pytest.mark.parametrize("vector", [DRY, LEDGER], ids=["dry", "ledger"])
@pytest.mark.parametrize("name", ["log", "blobs", "blobs/*", ""])
def test_linked_folder_is_a_problem(vector: Path, name: str, tmp_path: Path) -> None:
    folder = copied(vector, tmp_path / "log")
    path = sorted(folder.glob(name))[0] if name else folder
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert logs(folder) == (False, False)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/nowhere")], ids=["pipe", "link"])
@pytest.mark.parametrize("name", ["extra", "sub/extra", "blobs/extra", "anchors/extra", "log/extra"])
def test_pipe_or_link_beside_the_records_is_a_problem(name: str, make: Callable[[Path], Any], tmp_path: Path) -> None:
    folder = copied(LEDGER, tmp_path / "log")
    (folder / name).parent.mkdir(exist_ok=True)
    make(folder / name)
    assert logs(folder) == (False, False)


@pytest.mark.parametrize(
    ("name", "plain", "strict"),
    [
        ("empty", True, True),
        ("blobs/zz", True, True),
        ("blobs/zz/inner", True, True),
        ("index.d", True, True),
        ("tmp", True, True),
        ("log/sub", False, False),
        ("anchors/sub", False, False),
        ("root.json.d", True, True),
    ],
)
def test_empty_folder_says_nothing_where_folders_may_be(name: str, plain: bool, strict: bool, tmp_path: Path) -> None:
    folder = copied(LEDGER, tmp_path / "log")
    (folder / name).mkdir(parents=True, exist_ok=True)
    assert logs(folder) == (plain, plain)
    assert logs(folder, strict=True) == (strict, strict)


def test_file_in_a_folder_that_no_record_names_is_shown_and_strictly_a_problem(tmp_path: Path) -> None:
    folder = written({"sub/inner/note.txt": b"x"}, copied(LEDGER, tmp_path / "log"))
    assert logs(folder) == (True, True)
    assert logs(folder, strict=True) == (False, False)
    assert [one.where for one in verify_log(folder).visible] == ["sub/inner/note.txt"]
    assert any("sub/inner/note.txt" in note for note in program.look(str(folder), "", False).notes)


# Checkpoints


@pytest.mark.parametrize(
    ("char", "allowed"), [("\x7f", True), ("\x90", True), ("\x85", False), ("\u2028", False), ("\x1f", False)]
)
def test_characters_that_may_stand_in_a_signature_line(char: str, allowed: bool, tmp_path: Path) -> None:
    def lines(text: str) -> str:
        return str(forge.signature_line(text)) + f"— w{char}x AAAAAAA=\n"

    folder = forge.write(tmp_path / "dry", forge.sample(), lines=lines)
    assert logs(folder) == (allowed, allowed)


def test_list_one_line_ahead_is_a_problem(tmp_path: Path) -> None:
    folder = forge.write(tmp_path / "dry", forge.sample(), kept=(1, 9, 9))
    rows = (folder / "checkpoints.jsonl").read_bytes().splitlines()
    (folder / "checkpoint").write_bytes(json.loads(rows[1])["checkpoint"].encode())
    assert logs(folder) == (False, False)


# Packs


def pack(folder: Path, **more: Any) -> Path:
    """A pack as valgen writes it, with a ledger; keywords change the manifest."""
    files = maker.pack(dict(maker.small().files()))
    manifest = json.loads(files.pop("manifest.json"))
    written(files, folder)
    write_manifest(folder, {**manifest, **more})
    return folder


def test_pack_verifies_with_its_manifest_and_every_other_shape_is_refused(tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    assert packs(folder) == (True, True)
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    value = json.loads(text)

    def said(**changes: Any) -> tuple[bool, bool]:
        changed = {key: one for key, one in {**value, **changes}.items() if one is not None}
        (folder / "manifest.json").write_text(json.dumps(changed), encoding="utf-8")
        return packs(folder)

    assert said(digest=None) == (True, True)  # as earlier versions wrote it
    assert said() == (False, False)  # the digest is over other bytes
    for changes in (
        {"format": 2}, {"format": None}, {"format": True}, {"more": 1}, {"files": {}}, {"dry_run": 1}, {"tool": 5},
        {"documents": [5]}, {"ledger": {}}, {"ledger": {**value["ledger"], "size": 1}}, {"files": value["files"] * 2},
        {"files": [{**value["files"][0], "more": 1}, *value["files"][1:]]},
        {"files": [{**value["files"][0], "size": str(value["files"][0]["size"])}, *value["files"][1:]]},
        {"files": [{**value["files"][0], "path": "../" + value["files"][0]["path"]}, *value["files"][1:]]},
    ):  # fmt: skip
        assert said(**{"digest": None, **changes}) == (False, False), changes
    for broken in (b"", b"[]", b"{", b"\xff", b"null", text.encode().replace(b"S3V", b"S3W")):
        (folder / "manifest.json").write_bytes(broken)
        assert packs(folder) == (False, False), broken


def test_pack_whose_ledger_was_taken_away_is_refused(tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    value = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    shutil.rmtree(folder / "evidence")
    files = [one for one in value["files"] if not one["path"].startswith("evidence/")]
    write_manifest(folder, {**value, "files": files})
    assert packs(folder) == (False, False)
    write_manifest(folder, {key: one for key, one in {**value, "files": files}.items() if key != "ledger"})
    assert packs(folder) == (True, True)


@pytest.mark.parametrize("name", ["pdf", "evidence/ledger", "evidence/ledger/log", "pdf/URS.pdf"])
def test_link_in_a_pack_is_refused(name: str, tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    assert packs(folder) == (False, False)


def test_pipe_in_a_pack_is_refused(tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    os.mkfifo(folder / "pdf/pipe")
    assert packs(folder) == (False, False)


# ZIP files


def zipped(folder: Path, path: Path, top: str = "", change: Callable[[zipfile.ZipFile], Any] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(folder.rglob("*")):
            archive.write(one, top + one.relative_to(folder).as_posix())
        if change:
            change(archive)
    return path


def member(name: str, *, mode: int = stat.S_IFREG | 0o644, data: bytes = b"x") -> Callable[[zipfile.ZipFile], Any]:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return lambda archive: archive.writestr(info, data)


@pytest.mark.parametrize("top", ["", "pack/"])
def test_pack_in_a_zip_file_gets_the_answer_of_its_folder(top: str, tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    assert packs(zipped(folder, tmp_path / "pack.zip", top)) == (True, True)
    (folder / "pdf/URS.pdf").write_bytes(b"%PDF other")
    assert packs(zipped(folder, tmp_path / "other.zip", top)) == (False, False)


def test_pack_in_a_zip_file_is_named_and_nothing_of_it_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = zipped(pack(tmp_path / "pack"), tmp_path / "pack.zip")
    found = verify(path, tmp_path, GIVEN)
    assert found.ok and str(path) in found.summary
    assert list((tmp_path / "temporary").iterdir()) == []


HOSTILE: dict[str, Callable[[zipfile.ZipFile], Any]] = {
    "way out": member("../evil.txt"),
    "way out within": member("pdf/../../evil.txt"),
    "absolute": member("/evil.txt"),
    "drive": member("C:evil.txt"),
    "backslash": member("..\\evil.txt"),
    "dot": member("./pdf/other.pdf"),
    "empty part": member("pdf//other.pdf"),
    "control character": member("pdf/o\x07.pdf"),
    "other case": member("PDF/urs.pdf"),
    "link": member("pdf/link.pdf", mode=stat.S_IFLNK | 0o777, data=b"/etc/passwd"),
    "device": member("pdf/device", mode=stat.S_IFCHR | 0o644),
    "bomb": member("pdf/bomb.pdf", data=bytes(1 << 27)),
    "unusual compression": lambda archive: archive.writestr("pdf/x.pdf", b"x" * 99, compress_type=zipfile.ZIP_LZMA),
    "file that is not named": member("pdf/other.pdf"),
}


@pytest.mark.attack("D-8")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zip_file_of_a_pack_is_refused_by_both_verifiers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "temporary"
    outside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(outside))
    path = zipped(pack(tmp_path / "pack"), tmp_path / "pack.zip", change=HOSTILE[name])
    before = {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*") if one != outside}
    assert packs(path) == (False, False)
    assert {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*") if one != outside} == before
    assert list(outside.iterdir()) == []


@pytest.mark.attack("D-8")
def test_zip_file_that_lies_about_itself_is_refused_by_both_verifiers(tmp_path: Path) -> None:
    good = zipped(pack(tmp_path / "pack"), tmp_path / "pack.zip").read_bytes()
    at = good.rindex(b"PK\x01\x02")
    ways = {
        "name in the header": good.replace(b"pdf/URS.pdf", b"pdf/URT.pdf", 1),
        "encrypted": good[: at + 8] + b"\x01" + good[at + 9 :],
        "size": good[: at + 24] + b"\xff\xff\xff\x7f" + good[at + 28 :],
        "overlapping": good[: at + 42] + b"\0\0\0\0" + good[at + 46 :],
        "cut": good[:-30],
        "no directory": good[:at],
        "no zip file": b"PK\x03\x04 junk",
        "empty": b"",
    }
    path = tmp_path / "bent.zip"
    for name, data in ways.items():
        path.write_bytes(data)
        assert packs(path) == (False, False), name
    nothing = io.BytesIO()
    zipfile.ZipFile(nothing, "w").close()
    path.write_bytes(nothing.getvalue())
    assert packs(path) == (False, False)


def test_link_to_a_zip_file_is_refused(tmp_path: Path) -> None:
    zipped(pack(tmp_path / "pack"), tmp_path / "pack.zip")
    (tmp_path / "link.zip").symlink_to(tmp_path / "pack.zip")
    assert packs(tmp_path / "link.zip") == (False, False)


def test_zip_file_is_not_copied_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(pack(tmp_path / "pack"), tmp_path / "pack.zip")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(verify_zip.shutil, "disk_usage", lambda _: usage._replace(free=10))
    found = verify(path, tmp_path, GIVEN)
    assert [one.code for one in found.problems] == ["VG637"]


# The program


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_reader_that_goes_away_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, str(verifier_path()), str(DRY)]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
