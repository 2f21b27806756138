"""A template of the project decides about every format, and an unchanged copy of a shipped one about none."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess

import openpyxl
import pytest

from valgen.documents.shipped import shipped_templates
from valgen.workflow.publish import build
from valgen.workflow.templates import eject_template

Valgen = Callable[..., CompletedProcess[str]]
TOOLS = Path(__file__).resolve().parents[2] / "tools"


def digests(pack: Path) -> dict[str, str]:
    return {
        path.relative_to(pack).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(pack.rglob("*"))
        if path.is_file()
    }


def test_unchanged_copies_give_the_same_bytes(project: Path) -> None:
    first = digests(build(project, fresh=True).folder)
    for name in shipped_templates():
        eject_template(project, name)
    assert digests(build(project, fresh=True).folder) == first


def test_unchanged_copy_of_the_word_template_gives_the_same_bytes(project: Path) -> None:
    first = digests(build(project, only=["URS", "FS"], formats=["docx"], fresh=True).folder)
    eject_template(project, "word")
    assert digests(build(project, only=["URS", "FS"], formats=["docx"], fresh=True).folder) == first


def test_template_of_the_project_decides_about_every_format(project: Path) -> None:
    before = build(project, only=["URS"], fresh=True)
    path = eject_template(project, "URS")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("System and process\n==", "Said by us\n==========\n\nUnheard.\n\nSystem and process\n==")
    )
    made = build(project, only=["URS"], fresh=True)
    (document,) = made.documents
    pack = made.folder

    with zipfile.ZipFile(pack / "word" / "URS.docx") as archive:
        word = archive.read("word/document.xml").decode()
    assert "Said by us" in word and "Unheard." in word

    page = unescape((pack / "html" / "URS.html").read_text(encoding="utf-8"))
    assert re.search(r"<h\d[^>]*>(?:<[^>]+>|[\d. ])*Said by us", page) and "Unheard." in page

    code = "import sys; sys.path.insert(0, sys.argv[1]); from tagged_pdf import TaggedPdf; import pathlib;"
    code += "sys.stdout.buffer.write(TaggedPdf(pathlib.Path(sys.argv[2])).text().encode())"
    done = subprocess.run(
        [sys.executable, "-c", code, TOOLS, pack / "pdf" / "URS.pdf"], capture_output=True, check=True
    )
    assert "Said by us" in done.stdout.decode() and "Unheard." in done.stdout.decode()

    book = openpyxl.load_workbook(pack / "excel" / "RTM.xlsx")
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert any(document.digest in cell for cell in cells)
    assert not any(before.documents[0].digest in cell for cell in cells)


@pytest.mark.parametrize("command", ["check", "build"])
def test_mistakes_are_printed_with_their_line_and_no_trace_of_the_program(
    project: Path, valgen: Valgen, command: str
) -> None:
    (project / "templates").mkdir()
    (project / "templates" / "URS.rst").write_text("A\n=\n\n.. valgen:itmes:: URS\n\n|no|\n", encoding="utf-8")
    (project / "templates" / "FS.rst").write_bytes(b"\xff")
    done = valgen(command)
    printed = done.stdout + done.stderr
    assert done.returncode == 1 if command == "check" else done.returncode in (1, 2)
    assert "templates/FS.rst:1:1: error[VG011]" in printed and "Traceback" not in printed
    assert "templates/URS.rst:4:4: error[VG340] template: unknown directive valgen:itmes" in printed
    assert "    .. valgen:itmes:: URS\n       ^~~~~~~~~~~~~~" in printed
    assert "templates/URS.rst:6:1: error[VG340] template: unknown placeholder |no|" in printed


def test_list_shows_the_whole_language(project: Path, valgen: Valgen) -> None:
    done = valgen("template", "list", "--directives")
    assert done.returncode == 0
    for part in (
        "Validation Summary Report", "|system.name|", "Specifications and risks", ".. valgen:items:: (item type",
        ":required:", ".. valgen:coverage:: URS FS CS DS", ".. include::", ".. list-table::",
    ):  # fmt: skip
        assert part in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 110


def test_templates_are_checked_by_name_or_all_together(project: Path, valgen: Valgen) -> None:
    (project / "templates").mkdir()
    (project / "templates" / "URS.rst").write_text("A\n=\n\n|no|\n", encoding="utf-8")
    (project / "templates" / "FS.rst").write_text("A\n=\n\nx\n", encoding="utf-8")
    (project / "else.rst").write_text("A\n=\n\nx\n", encoding="utf-8")
    every = valgen("template", "check")
    assert every.returncode == 1 and "templates/URS.rst:4:1: error[VG340]" in every.stdout
    assert valgen("template", "check", "templates/URS.rst").returncode == 1
    assert valgen("template", "check", "templates/FS.rst").returncode == 0
    elsewhere = valgen("template", "check", "else.rst")
    assert elsewhere.returncode == 2 and "no template of the project" in elsewhere.stderr
