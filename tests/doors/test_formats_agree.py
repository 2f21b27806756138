"""Word, PDF and Excel of one pack say the same, and the tool that compares them notices when they do not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "compare_formats.py"
Valgen = Callable[..., CompletedProcess[str]]


@pytest.fixture
def pack(ran: Path, valgen: Valgen) -> Path:
    assert valgen("build").returncode == 0
    return ran / "build" / "pack"


def compare(pack: Path) -> CompletedProcess[str]:
    return subprocess.run([sys.executable, str(TOOL), str(pack)], capture_output=True, text=True)


def replace_in(path: Path, before: str, after: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    assert any(before.encode() in data for data in parts.values())
    parts = {name: data.replace(before.encode(), after.encode()) for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.real
@pytest.mark.verifies("URS-041")
def test_word_pdf_and_excel_say_the_same_and_one_that_says_something_else_is_noticed(
    pack: Path, tmp_path: Path
) -> None:
    done = compare(pack)
    assert done.returncode == 0, done.stdout + done.stderr
    for what in ("user requirements", "OQ results by test and environment", "OQ totals of Statistics"):
        assert f"ok   {what}: " in done.stdout
    for number, (name, before, after) in enumerate(
        [
            ("word/OQ-report.docx", ">Error<", ">Passed<"),
            ("word/URS.docx", ">URS-001<", ">URS-009<"),
            ("excel/RTM.xlsx", ">Error<", ">Passed<"),
        ]
    ):
        other = tmp_path / f"altered-{number}"
        shutil.copytree(pack, other)
        replace_in(other / name, before, after)
        done = compare(other)
        assert (done.returncode, "FAIL" in done.stdout) == (1, True), name
    shutil.copyfile(pack / "pdf" / "URS.pdf", pack / "pdf" / "OQ-report.pdf")
    assert compare(pack).returncode == 1
