"""The release certificate fits one page: no contents, no cover of its own, and a short control block."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest

from valgen.documents.blocks import Document
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.writers.docx.writer import write_docx
from valgen.writers.pdf.writer import write_pdf

Make = Callable[..., Context]
REGISTER = """
documents:
  - type: CERT
    owner: Quality Assurance
    history:
      - {version: "0.1", date: "2026-04-02", author: A. Nna, change_ref: CR-1, summary: Form}
  - {type: VSR}
"""


@pytest.fixture()
def certificate(context: Make) -> Document:
    found = context({"requirements/documents.yaml": REGISTER})
    return made(found, "CERT")


def made(context: Context, key: str) -> Document:
    spec = next(one for one in plan_documents(context) if one.key == key)
    document, findings = assemble(find_template(spec, {}), spec, context)
    assert findings == ()
    return document


def test_only_the_certificate_asks_for_one_page(context: Make, certificate: Document) -> None:
    assert certificate.compact
    assert not made(context({"requirements/documents.yaml": REGISTER}), "VSR").compact


def test_certificate_has_no_contents_and_no_page_break_in_word(certificate: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(certificate))) as file:
        text = file.read("word/document.xml").decode("utf-8")
    assert " TOC " not in text and "Contents" not in text
    assert "pageBreakBefore" not in text and 'w:type="page"' not in text
    assert text.count("<w:sectPr") == 1


def test_certificate_is_one_page_of_pdf_without_contents(certificate: Document) -> None:
    with pikepdf.open(io.BytesIO(write_pdf(certificate).volumes[0])) as file:
        assert len(file.pages) == 1


def test_control_block_of_the_certificate_leaves_nothing_out_that_identifies_it(certificate: Document) -> None:
    labels = dict(certificate.control)
    for name in ("Document number", "Version", "Status", "Document owner", "Change reference", "Effective date"):
        assert labels[name]
