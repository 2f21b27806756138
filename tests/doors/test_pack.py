"""The pack as files: no trace of the computer, equal bytes for equal input, nothing foreign replaced."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Valgen = Callable[..., CompletedProcess[str]]


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.verifies("URS-044")
def test_no_file_of_the_pack_names_a_place_on_this_computer(ran: Path, valgen: Valgen, tmp_path: Path) -> None:
    assert valgen("build").returncode == 0
    found = []
    for path in (ran / "build" / "pack").rglob("*"):
        if not path.is_file():
            continue
        parts = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(name) for name in archive.namelist()]
        for place in (str(tmp_path), str(Path.home()), sys.prefix):
            found += [f"{path.name}: {place}" for part in parts if place.encode() in part]
    assert not found, found


@pytest.mark.verifies("URS-044")
def test_equal_input_gives_equal_bytes_in_another_folder_zone_and_hash_seed(
    ran: Path, valgen: Valgen, tmp_path: Path
) -> None:
    assert valgen("build").returncode == 0
    first = digests(ran / "build" / "pack")
    other = tmp_path / "elsewhere" / "deeper"
    shutil.copytree(ran, other, ignore=shutil.ignore_patterns("build"))
    done = subprocess.run(
        [sys.executable, "-m", "valgen", "build"],
        cwd=other,
        env={**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "77", "LC_ALL": "C", "COLUMNS": "40"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    second = digests(other / "build" / "pack")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.verifies("URS-048")
def test_the_manifest_names_every_file_and_verify_finds_a_changed_one(ran: Path, valgen: Valgen) -> None:
    assert valgen("build").returncode == 0
    pack = ran / "build" / "pack"
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["path"]: entry["sha256"] for entry in manifest["files"]} == {
        name: digest for name, digest in digests(pack).items() if name != "manifest.json"
    }
    assert valgen("verify").returncode == 0
    (pack / "word" / "URS.docx").write_bytes((pack / "word" / "URS.docx").read_bytes() + b"x")
    (pack / "html" / "URS.html").unlink()
    (pack / "extra.txt").write_text("x")
    done = valgen("verify", "--json")
    assert done.returncode == 1
    assert {problem["where"] for problem in json.loads(done.stdout)["problems"]} == {
        "word/URS.docx", "html/URS.html", "extra.txt",
    }  # fmt: skip


def test_a_folder_with_foreign_files_is_never_replaced(ran: Path, valgen: Valgen) -> None:
    precious = ran / "build" / "pack" / "thesis.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("years of work")
    done = valgen("build")
    assert done.returncode == 2
    assert "files that are no pack" in done.stderr
    assert precious.read_text() == "years of work"


def test_a_single_document_is_renewed_with_those_whose_content_changed_and_the_others_stay(
    ran: Path, valgen: Valgen
) -> None:
    assert valgen("build").returncode == 0
    pack = ran / "build" / "pack"
    before = digests(pack)
    path = ran / "requirements" / "items.yaml"
    path.write_text(path.read_text().replace("add two numbers", "add two or more numbers"))
    assert valgen("build", "URS", "--format", "docx").returncode == 0
    after = digests(pack)
    assert before["word/URS.docx"] != after["word/URS.docx"]
    assert before["word/FS.docx"] == after["word/FS.docx"]
    assert valgen("verify").returncode == 0


@pytest.mark.verifies("URS-049")
def test_an_unreadable_file_stops_the_build_and_leaves_the_last_pack(ran: Path, valgen: Valgen) -> None:
    assert valgen("build").returncode == 0
    before = digests(ran / "build" / "pack")
    (ran / "requirements" / "more.yaml").write_text("items:\n\t- id: URS-009\n")
    done = valgen("build")
    assert done.returncode == 1
    assert "requirements/more.yaml:2:1" in done.stderr
    assert "Traceback" not in done.stderr
    assert digests(ran / "build" / "pack") == before


@pytest.mark.verifies("URS-022")
def test_an_expected_result_that_checked_nothing_is_named_in_the_report(
    project: Path, write_feature: Callable[..., None], valgen: Valgen
) -> None:
    steps = project / "test_scripts" / "steps" / "empty.py"
    steps.write_text('from pytest_bdd import then\n\n\n@then("all is well")\ndef well():\n    pass\n')
    write_feature(
        "Feature: F\n  @OQ-001 @verifies:FS-001\n  Scenario: Empty\n    When 1 and 1 are added\n    Then all is well\n"
    )
    valgen("run", "oq")
    assert valgen("build", "--format", "html").returncode == 0
    page = (project / "build" / "pack" / "html" / "OQ-report.html").read_text(encoding="utf-8")
    assert "1 expected results passed although their steps checked and observed nothing" in page
    assert "executed; nothing was checked and no value was recorded" in page
