"""Every alteration of a sealed log is noticed (integrity.md I-1 to I-5, I-8 to I-11)."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

import tamper
from valgen.ledger.verify import verify_log


def apply(folder: Path, changes: dict[str, bytes | None]) -> None:
    for name, data in changes.items():
        path = folder / name
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "dry"
    shutil.copytree(sealed, folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return folder


@pytest.mark.usefixtures("quick_signatures")
def test_alterations_of_a_sealed_log_are_noticed(copy: Path) -> None:
    assert noticed(copy, flip=5, cut=30, insert=30).total() > 2500


@pytest.mark.real
@pytest.mark.usefixtures("quick_signatures")
def test_every_alteration_of_a_sealed_log_is_noticed(copy: Path) -> None:
    tried = noticed(copy, insert=4)
    assert tried["flip"] == tried["cut"] == sum(map(len, tamper.covered(copy).values()))


def noticed(folder: Path, **steps: int) -> Counter[str]:
    """Try the mutations; return how many of each sort were tried, all of them noticed with a place."""
    original = tamper.covered(folder)
    tried: Counter[str] = Counter()
    missed = []
    for name, changes in tamper.everything(folder, **steps):
        apply(folder, changes)
        tried[name.split()[0]] += 1
        report = verify_log(folder)
        if report.ok or not all(problem.where for problem in report.problems):
            missed.append(name)
        apply(folder, {path: original[path] for path in changes})
    assert missed == []
    assert verify_log(folder).ok
    return tried


def test_an_altered_signed_record_is_named(copy: Path) -> None:
    path = copy / "log/000000004.jsonl"
    step, result, rest = path.read_bytes().split(b"\n", 2)
    result = result.replace(b'"outcome":"Failed"', b'"outcome":"Passed"')
    path.write_bytes(b"\n".join([step, result, rest]))
    report = verify_log(copy)
    assert [p.where for p in report.problems if p.code == "VG505"] == ["log/000000004.jsonl record 5"]


def test_an_altered_step_is_named_by_the_case_that_binds_it(copy: Path) -> None:
    path = copy / "log/000000004.jsonl"
    path.write_bytes(path.read_bytes().replace("2 ≠ 3".encode(), b"3 = 3" + b"  ", 1))
    report = verify_log(copy)
    assert "log/000000004.jsonl record 5" in [p.where for p in report.problems if p.code == "VG514"]
    assert any("attempt 1 at OQ-001 in dry-0001" in p.message for p in report.problems)


def test_a_missing_attachment_is_named_with_its_record(copy: Path) -> None:
    for path in sorted(copy.glob("blobs/*/*")):
        data = path.read_bytes()
        path.unlink()
        (problem,) = verify_log(copy).problems
        assert problem.code == "VG508"
        assert path.relative_to(copy).as_posix() in problem.where
        assert "(record " in problem.where
        path.write_bytes(data)


def test_an_attachment_that_no_record_names_is_shown_and_is_a_problem_when_strict(copy: Path) -> None:
    (copy / "blobs/00").mkdir()
    (copy / "blobs/00/00").write_bytes(b"extra")
    (copy / "notes.txt").write_bytes(b"extra")
    report = verify_log(copy)
    assert report.ok
    assert [p.where for p in report.visible] == ["notes.txt", "blobs/00/00"]
    assert not verify_log(copy, strict=True).ok


def test_a_copy_made_by_a_synchronising_program_is_noticed(copy: Path) -> None:
    shutil.copy(copy / "log/000000004.jsonl", copy / "log/000000004 (conflicted copy).jsonl")
    assert [p.code for p in verify_log(copy).problems] == ["VG515"]


def test_links_in_place_of_files_are_noticed(copy: Path, tmp_path: Path) -> None:
    for name in [name for name in tamper.covered(copy) if not name.startswith(".git")]:
        path = copy / name
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
        assert not verify_log(copy).ok, name
        path.unlink()
        (tmp_path / "elsewhere").rename(path)


def test_only_the_named_folders_lie_outside_and_can_be_deleted(copy: Path) -> None:
    for name in ("cache", "lock", "tmp", "torn"):
        shutil.rmtree(copy / name, ignore_errors=True)
    assert verify_log(copy).ok
    (copy / "cache").mkdir()
    (copy / "cache/anything").write_bytes(b"x")
    (copy / "index.sqlite").write_bytes(b"x")
    assert verify_log(copy) == verify_log(copy, strict=True)


def test_an_older_complete_state_is_the_stated_limit_and_each_part_of_it_is_noticed(copy: Path) -> None:
    files = tamper.covered(copy)
    lines = files["log/000000004.jsonl"].splitlines(keepends=True)
    kept = files["checkpoints.jsonl"].splitlines(keepends=True)
    older: dict[str, bytes | None] = {
        "log/000000004.jsonl": b"".join(lines[:3]),
        "log/000000008.jsonl": None,
        "checkpoints.jsonl": b"".join(kept[:2]),
        "checkpoint": json.loads(kept[1])["checkpoint"].encode(),
    }
    for left_out in ("checkpoints.jsonl", "checkpoint"):
        apply(copy, {name: data for name, data in older.items() if name != left_out})
        assert not verify_log(copy).ok, left_out
        apply(copy, {name: files[name] for name in older})
    apply(copy, older)
    report = verify_log(copy)
    assert report.ok
    assert report.unanchored == 7
    assert report.anchored_to == ""


def test_records_of_another_project_are_noticed(copy: Path, keystore: Path, tmp_path: Path) -> None:
    import ledger_sample as sample

    other = sample.open_log(tmp_path / "other", keystore, origin="OTHER", lines_per_file=4)
    other.start_run(sample.run_body(other), **sample.stamp(1))
    other.close()
    theirs = (tmp_path / "other/log/000000000.jsonl").read_bytes().splitlines(keepends=True)
    ours = (copy / "log/000000000.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "log/000000000.jsonl").write_bytes(b"".join([ours[0], theirs[1], *ours[2:]]))
    assert "VG504" in [p.code for p in verify_log(copy).problems]


def test_a_dry_log_says_that_it_is_never_evidence(sealed: Path) -> None:
    report = verify_log(sealed)
    assert report.ok
    assert not report.rooted
    assert any("never evidence" in note for note in report.notes)
