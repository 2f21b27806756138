"""The stand-alone verifier on whole ledgers and packs: it finds what was altered and agrees with `valgen verify`."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import io
import itertools
import json
import os
import shutil
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from valgen.ledger import heads, keys, record
from valgen.ledger.verify import verify_log
from valgen.verifier import verifier_path, verifier_source

TESTS = Path(__file__).parents[1]
LEDGER, DRY = TESTS / "vectors/ledger", TESTS / "vectors/dry-log"
FINGERPRINT = "13d45aa2fbb884ce8692eaede0fd65ab8c78445c9b5a29da76c0d4f825e89c75"


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


program = load("verifier_of_ledgers", verifier_path())
tamper = load("verifier_tamper_ledgers", TESTS / "tamper.py")
people = load("people_ledger", TESTS / "writers_html/people_ledger.py")
insider = load("verifier_insider_acts", TESTS / "writers_html/insider_acts.py")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember which signatures held, on both sides: it depends on nothing but their bytes."""
    remembered = functools.lru_cache(maxsize=None)(keys.verify_signature)
    monkeypatch.setattr(record, "verify_signature", remembered)
    monkeypatch.setattr(heads, "verify_signature", remembered)
    monkeypatch.setattr(program, "signature_holds", functools.lru_cache(maxsize=None)(program.signature_holds))


ALL = bool(os.environ.get("VALGEN_EVERY_BYTE"))


def copied(vector: Path, folder: Path) -> Path:
    shutil.copytree(vector, folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def verified(path: Path, root: str = "", strict: bool = False) -> bool:
    return not program.look(str(path), root, strict).problems


def call(*arguments: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
    command = [sys.executable, *options, str(verifier_path()), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_both_vectors_verify_and_the_ledger_under_its_root() -> None:
    assert verified(LEDGER, FINGERPRINT, strict=True)
    assert verified(DRY, strict=True)
    code, out = call(str(LEDGER), "--json")
    found = json.loads(out)
    assert (code, found["ok"], found["records"], found["unanchored"], found["problems"]) == (0, True, 53, 1, [])
    assert "record 52" in found["anchored_to"]


def test_another_root_fingerprint_is_a_problem() -> None:
    assert call(str(LEDGER), "--root", "0" * 64)[0] == 1
    assert call(str(LEDGER), "--root", "zz")[0] == 2


def both(folder: Path, name: str, change: dict[str, bytes | None], optional: bool = False) -> None:
    before = {one: (folder / one).read_bytes() for one in change if (folder / one).is_file()}
    for one, data in change.items():
        (folder / one).unlink(missing_ok=True) if data is None else (folder / one).write_bytes(data)
    answers = verified(folder), verify_log(folder).ok
    for one, data in before.items():
        (folder / one).write_bytes(data)
    assert answers in ((False, False), (optional, optional)), name


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("vector", [DRY, LEDGER], ids=["dry", "ledger"])
def test_changed_bytes_of_every_file_are_noticed_by_both_verifiers(vector: Path, tmp_path: Path) -> None:
    folder = copied(vector, tmp_path / "log")
    files = tamper.covered(folder)
    for name, data in files.items():
        for change in tamper.flips({name: data}, every=max(1, len(data) // 6)):
            both(folder, *change)
        both(folder, f"cut {name}", {name: data[:-1]})
        if not name.startswith(".git"):
            # A rendition need not be kept.
            both(folder, f"remove {name}", {name: None}, optional=name.startswith("blobs/") and vector is LEDGER)
    assert verified(folder)


@pytest.mark.real
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("vector", "every"), [(DRY, 1), (LEDGER, 1 if ALL else 11)], ids=["dry", "ledger"])
def test_changed_bytes_anywhere_are_noticed_by_both_verifiers(vector: Path, every: int, tmp_path: Path) -> None:
    """Spread evenly over the ledger, because all take a quarter of an hour; all when VALGEN_EVERY_BYTE is set."""
    folder = copied(vector, tmp_path / "log")
    for change in tamper.flips(tamper.covered(folder), every):
        both(folder, *change)


def alterations(files: dict[str, bytes], step: int) -> Iterator[tuple[str, dict[str, bytes | None]]]:
    """Yield every so-many-th insertion, deletion, cut, conversion, move and other spelling."""
    each = [tamper.insertions(files, 7), tamper.truncations(files, 101), tamper.lines(files), tamper.spellings(files)]
    for number, one in enumerate(itertools.chain(*each)):
        if number % step == 0:
            yield one
    yield from tamper.conversions(files)


@pytest.mark.attack("I-2", "I-3", "I-5", "I-11")
@pytest.mark.real
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("vector", "step"), [(DRY, 61), (LEDGER, 331)], ids=["dry", "ledger"])
def test_inserted_cut_converted_and_moved_bytes_are_noticed_by_both_verifiers(
    vector: Path, step: int, tmp_path: Path
) -> None:
    """Bytes inserted, deleted and cut, CRLF, byte order mark, blank lines, spaces; lines moved, spelled otherwise."""
    folder = copied(vector, tmp_path / "log")
    files = tamper.covered(folder)
    tried = 0
    for name, change in alterations(files, step):
        (path,) = change if len(change) == 1 else ("",)
        same = all(files.get(one) == data for one, data in change.items())
        if same or (path.startswith(".git") and change[path] is None):
            continue
        gone = path.startswith("blobs/") and change[path] is None and vector is LEDGER  # a rendition need not be kept
        both(folder, name, change, optional=gone)
        tried += 1
    assert tried > 100
    assert verified(folder) and verify_log(folder).ok


@pytest.mark.parametrize("act", insider.ACTS, ids=lambda act: act.__name__)
def test_what_an_insider_writes_against_the_rules_is_noticed_by_both_verifiers(act: Any, tmp_path: Path) -> None:
    ledger = people.enrolled()
    act(ledger)
    folder = written(ledger.files(), tmp_path)
    assert (verified(folder), verify_log(folder).ok) == (False, False)


def test_a_ledger_with_every_kind_of_act_verifies(tmp_path: Path) -> None:
    assert program.look(str(written(people.whole().files(), tmp_path)), "", False).problems == []


@pytest.mark.parametrize("act", ["delete", "swap", "double", "move"])
@pytest.mark.parametrize("at", [1, 4, 7])
def test_records_put_elsewhere_and_sealed_again_with_the_log_key_are_noticed(act: str, at: int, tmp_path: Path) -> None:
    ledger = people.enrolled()
    lines = ledger.lines
    if act == "delete":
        del lines[at]
    elif act == "double":
        lines.insert(at, lines[at])
    elif act == "swap":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    else:
        lines.append(lines.pop(at))
    ledger.kept.clear()
    ledger.keep()
    folder = written(ledger.files(), tmp_path)
    assert (verified(folder), verify_log(folder).ok) == (False, False)


def pack(folder: Path) -> Path:
    copied(LEDGER, folder / "evidence/ledger")
    (folder / "README.html").write_text("read me")
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    data = {name: (folder / name).read_bytes() for name in names}
    entries = [
        {"path": name, "sha256": hashlib.sha256(one).hexdigest(), "size": len(one)} for name, one in data.items()
    ]
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "files": entries}))
    return folder


def test_packs_verify_as_folder_and_zip_and_every_difference_is_noticed(tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack")
    archive = tmp_path / "pack.zip"

    def answers() -> tuple[bool, bool]:
        with zipfile.ZipFile(archive, "w") as file:
            for path in sorted(folder.rglob("*")):
                file.write(path, "pack/" + path.relative_to(folder).as_posix())
        return verified(folder, FINGERPRINT), verified(archive, FINGERPRINT)

    assert answers() == (True, True)
    (folder / "README.html").write_text("read us")
    assert answers() == (False, False)
    (folder / "README.html").unlink()
    assert answers() == (False, False)
    (folder / "README.html").write_text("read me")
    (folder / "more").write_text("")
    assert answers() == (False, False)
    (folder / "more").unlink()
    (folder / "more").symlink_to("README.html")
    assert not verified(folder)


def hostile_zips(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield zip files of a pack that other programs may read as something else."""

    def zipped(more: dict[str, bytes] | None = None, link: bool = False, **how: Any) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", **how) as archive:
            for name, data in {**files, **(more or {})}.items():
                archive.writestr(zipfile.ZipInfo(name), data)
            if link:
                info = zipfile.ZipInfo("link")
                info.create_system, info.external_attr = 3, 0o120777 << 16
                archive.writestr(info, "/etc/passwd")
        return target.getvalue()

    good = zipped()
    directory = good.index(b"PK\x01\x02")
    yield "traversal", zipped({"../../evil.txt": b"x"})
    yield "absolute", zipped({"/etc/evil": b"x"})
    yield "backslashes", zipped({"..\\evil.txt": b"x"})
    yield "drive", zipped({"C:evil.txt": b"x"})
    yield "other case", zipped({"MANIFEST.JSON": files["manifest.json"]})
    yield "link", zipped(link=True)
    yield "bomb", zipped({"README.html": bytes(1 << 26)}, compression=zipfile.ZIP_DEFLATED)
    yield "program before it", b"#!/bin/sh\n" + good
    yield "another zip file before it", zipped({"README.html": b"read something else"}) + good
    yield "two directories", good + good[directory:]
    yield "cut", good[:-30]
    for size in (0, 1, 0xFFFFFFFF):  # the last one announces ZIP64
        changed = bytearray(good)
        struct.pack_into("<2I", changed, directory + 20, size, size)
        yield f"false size {size}", bytes(changed)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in [*files.items(), ("README.html", b"read something else")]:
            archive.writestr(zipfile.ZipInfo(name), data)
    yield "name twice", twice.getvalue()


@pytest.mark.attack("D-8")
def test_hostile_zip_of_a_pack_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    """D-8: names that lead elsewhere, links, bombs, two directories, false sizes, another zip file before it."""
    folder = pack(tmp_path / "made")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    shutil.rmtree(folder)
    place = tmp_path / "in"
    place.mkdir()
    for name, data in hostile_zips(files):
        (place / "pack.zip").write_bytes(data)
        code, said = call(str(place / "pack.zip"))
        assert code == 1, (name, said)
    assert [one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_file()] == ["in/pack.zip"]


def test_a_project_is_read_by_its_records(tmp_path: Path) -> None:
    copied(LEDGER, tmp_path / ".valgen")
    assert verified(tmp_path, FINGERPRINT)
    (tmp_path / ".valgen/root.json").unlink()
    assert not verified(tmp_path)


@pytest.mark.parametrize("options", [("-O",), ("-OO",), ("-I", "-S")], ids=" ".join)
def test_it_answers_the_same_optimised_and_without_cryptography(options: tuple[str, ...], tmp_path: Path) -> None:
    folder = copied(DRY, tmp_path / "log")
    assert call(str(folder), options=options)[0] == 0
    path = folder / "log/000000004.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Failed", b"Passed"))
    code, out = call(str(folder), options=options)
    assert code == 1
    assert ("cryptography" in out) == ("-S" not in options)


def test_a_link_or_pipe_in_place_of_a_file_is_noticed(tmp_path: Path) -> None:
    folder = copied(LEDGER, tmp_path / "log")
    for name in tamper.covered(folder):
        (folder / name).rename(tmp_path / "kept")
        (folder / name).symlink_to(tmp_path / "kept")
        assert not verified(folder), name
        (folder / name).unlink()
        os.mkfifo(folder / name)
        assert not verified(folder), name
        (folder / name).unlink()
        (tmp_path / "kept").rename(folder / name)


def test_what_is_no_record_cannot_be_verified(tmp_path: Path) -> None:
    (tmp_path / "junk.zip").write_bytes(b"PK\3\4 junk")
    assert call(str(tmp_path / "junk.zip"))[0] == 1
    assert call(str(tmp_path))[0] == 1
    assert call(str(tmp_path / "missing"))[0] == 2


def test_it_is_one_file_of_at_most_500_lines_of_python_3_9_that_imports_nothing_of_valgen() -> None:
    source = verifier_source()
    assert len(source.splitlines()) <= 500
    tree = ast.parse(source, feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}
