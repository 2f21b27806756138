"""Looks into PDF files: text by poppler, structure by pikepdf."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from valgen.documents.blocks import Document
from valgen.writers.pdf import PdfResult, write_pdf

_kept: list[pikepdf.Pdf] = []  # objects of a file live as long as the file


def one(document: Document) -> bytes:
    """Return the only volume of a document."""
    result = write_pdf(document)
    assert len(result.volumes) == 1
    return result.volumes[0]


def opened(data: bytes) -> pikepdf.Pdf:
    """Return the file as pikepdf reads it; a file that qpdf complains about fails."""
    file = pikepdf.open(io.BytesIO(data))
    assert file.check_pdf_syntax() == []
    _kept.append(file)
    del _kept[:-20]
    return file


def program(name: str) -> str:
    """Return the path of a program; the test is skipped where it is missing."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(name: str, data: bytes, folder: Path, *arguments: str) -> str:
    """Return what a program says about a file; its own warnings fail the test."""
    path = folder / "file.pdf"
    path.write_bytes(data)
    done = subprocess.run(
        [program(name), *(str(path) if one == "FILE" else one for one in arguments)], capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8")


def text(data: bytes, folder: Path) -> str:
    """Return the text of a file in reading order, pages apart by form feeds."""
    return run("pdftotext", data, folder, "-enc", "UTF-8", "FILE", "-")


def solid(text: str) -> str:
    """Return text without white space, for texts whose lines break anywhere."""
    return "".join(text.split())


def outline(file: pikepdf.Pdf) -> list[tuple[int, str]]:
    """Return level and title of every bookmark."""
    found: list[tuple[int, str]] = []

    def walk(items: list[pikepdf.OutlineItem], level: int) -> None:
        for item in items:
            found.append((level, item.title))
            walk(item.children, level + 1)

    with file.open_outline() as tree:
        walk(tree.root, 1)
    return found


def places(file: pikepdf.Pdf) -> list[str]:
    """Return the names under which readers open the file at a place."""
    if "/Names" not in file.Root or "/Dests" not in file.Root.Names:
        return []
    return [str(name) for name in pikepdf.NameTree(file.Root.Names.Dests)]


def links(file: pikepdf.Pdf) -> list[str]:
    """Return the target of every link: an address, ``#NAME`` of a place, or ``#`` for one without a name."""
    found = []
    for page in file.pages:
        for note in page.get("/Annots", []):
            if "/A" in note and "/URI" in note.A:
                found.append(str(note.A.URI))
                continue
            target = note.get("/Dest") if "/Dest" in note else note.A.D
            found.append(f"#{target}" if isinstance(target, pikepdf.String) else "#")
    return found


def result(document: Document, **options: object) -> PdfResult:
    """Return the result of writing a document."""
    return write_pdf(document, **options)  # type: ignore[arg-type]
