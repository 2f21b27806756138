"""What poppler and qpdf, other programs than those that wrote the file, say about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from office import document
from office_samples import oq_report, risk_assessment, urs
from pdf_files import one, run, text

from valgen.documents.blocks import CodeBlock, Column, Document, Paragraph, Row, Run, Table, cell, paragraph

pytestmark = pytest.mark.real


@pytest.fixture(params=["urs", "report", "risks"])
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Document:
    """A sample document."""
    return {"urs": urs, "report": lambda: oq_report(tmp_path), "risks": risk_assessment}[request.param]()


def test_qpdf_finds_no_error(sample: Document, tmp_path: Path) -> None:
    assert "No syntax or stream encoding errors" in run("qpdf", one(sample), tmp_path, "--check", "FILE")


def test_poppler_finds_tags_title_and_every_font_embedded(sample: Document, tmp_path: Path) -> None:
    data = one(sample)
    facts = run("pdfinfo", data, tmp_path, "FILE")
    assert re.search(r"Tagged:\s+yes", facts) and re.search(r"JavaScript:\s+no", facts)
    assert sample.title in facts
    fonts = run("pdffonts", data, tmp_path, "FILE").splitlines()[2:]
    assert fonts and all(line.split()[-5:-3] == ["yes", "yes"] for line in fonts), fonts


def test_every_page_carries_number_version_status_marks_digest_and_page(sample: Document, tmp_path: Path) -> None:
    pages = text(one(sample), tmp_path).rstrip("\f").split("\f")
    for number, page in enumerate(pages, 1):
        assert sample.number in page and f"Version {sample.version}" in page and f"Status: {sample.status}" in page
        assert sample.title in page and sample.system in page
        assert " · ".join(sample.marks) in page
        assert f"Page {number} of {len(pages)}" in page
        assert sample.digest[:16] in "".join(page.split())
    assert sample.digest in pages[0].replace("\n", "")


def test_contents_name_sections_and_pages(tmp_path: Path) -> None:
    pages = text(one(urs()), tmp_path).split("\f")
    for line in ("Approval", "Purpose and scope", "URS-001 Records cannot be deleted"):
        found = re.search(rf"{line}[ .\u2060]*(\d+)", pages[1])
        assert found, line
        assert line in pages[int(found[1]) - 1]


def test_text_comes_out_in_reading_order(tmp_path: Path) -> None:
    rows = tuple(Row((cell(f"left {number}"), cell(f"right {number}"))) for number in range(120))
    words = ["alpha", "beta", "gamma"]
    table = Table((Column("L"), Column("R")), rows)
    made = document(paragraph(words[0]), table, paragraph(words[1]), paragraph(words[2]))
    shown = text(one(made), tmp_path)
    order = [shown.index(word) for word in (words[0], "left 0\n", "right 0\n", "left 119\n", words[1], words[2])]
    assert order == sorted(order)
    assert len(re.findall(r"^L$", shown, re.MULTILINE)) >= 3  # the header on every page


def test_cells_without_text_print_a_dash_and_empty_tables_their_sentence(tmp_path: Path) -> None:
    table = Table((Column("A"), Column("B"), Column("C")), (Row((cell("x"), cell("  "))),))
    shown = text(one(document(table, Table((Column("D"),), (), caption="Gaps", empty="No gap."))), tmp_path)
    assert shown.count("–") >= 2 and "No gap." in shown and "Gaps" in shown


def test_footnotes_stand_at_the_foot(tmp_path: Path) -> None:
    noted = Paragraph((Run("claim", note=(paragraph("the source"), paragraph("more"))), Run(" goes on")))
    shown = text(one(document(noted, paragraph("last line"))), tmp_path)
    assert shown.index("last line") < shown.index("the source") < shown.index("more")


def test_code_keeps_its_lines_and_spaces(tmp_path: Path) -> None:
    shown = run("pdftotext", one(document(CodeBlock("if a:\n    b\n\nc\n"))), tmp_path, "-layout", "FILE", "-")
    assert re.search(r"if a:\n +b\n\n+ *c\n", shown)


def test_copy_says_which_file_is_controlled_on_every_page(tmp_path: Path) -> None:
    shown = text(one(document(paragraph("x"), controlled="docx", confidentiality="Internal")), tmp_path)
    pages = shown.rstrip("\f").split("\f")
    assert all("Copy; the controlled file is the Word file" in page and "Internal" in page for page in pages)
