"""What a reviewer and a reader program find in a PDF file: frame, contents, bookmarks, links, tags, attachments."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path

import pikepdf
import pytest
from office import document
from office_samples import oq_report, urs
from pdf_files import links, one, opened, outline, places, result, text

from valgen.documents.blocks import (
    Cell,
    Column,
    Entry,
    Heading,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.errors import RenderError
from valgen.writers.pdf import Attachment, write_pdf
from valgen.writers.pdf.frame import copy_words, latest_date


def test_content_is_attached_and_its_digest_is_the_one_on_the_pages() -> None:
    made = urs()
    file = opened(one(made))
    attached = file.attachments["URS.json"].get_file()
    assert attached.mime_type == "application/json"
    data = attached.read_bytes()
    assert hashlib.sha256(data).hexdigest() == made.digest
    assert json.loads(data)["title"] == made.title
    assert "/AF" in file.Root
    assert made.digest in str(file.docinfo["/Keywords"])


def test_further_attachments_keep_their_names_apart() -> None:
    given = (
        Attachment(name="log.txt", media_type="text/plain", data=b"one", description="first"),
        Attachment(name="LOG.txt", media_type="no type", data=b"\xff\x00", description="second"),
        Attachment(name="../../x\u202e.txt", media_type="text/plain", data=b"", description="x" * 40_000),
        Attachment(name="URS.json", media_type="application/json", data=b"{}", description=""),
    )
    file = opened(write_pdf(urs(), attachments=given).volumes[0])
    held = {name: spec.get_file().read_bytes() for name, spec in file.attachments.items()}
    assert held["log.txt"] == b"one"
    assert held["LOG-2.txt"] == b"\xff\x00"
    assert held["URS-2.json"] == b"{}"
    assert len(held) == 5
    assert not any("/" in name or "\\" in name for name in held)


def test_bookmarks_are_the_numbered_sections_and_the_entries(tmp_path: Path) -> None:
    found = outline(opened(one(oq_report(tmp_path))))
    assert found[0] == (1, "1 Approval")
    assert (2, "OQ-002 Retention cannot be shortened in COMPLIANCE mode – Failed") in found
    levels = [level for level, _ in found]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_heading_levels_leave_none_out() -> None:
    deep = Heading((Run("Deep"),), 5, "")
    found = outline(opened(one(document(deep, Heading((Run("Shallow"),), 1, "")))))
    assert found == [(1, "1 Content"), (2, "Deep"), (2, "Shallow")]


def test_ids_are_links_to_their_places_and_the_others_text() -> None:
    rows = (Row((link_cell(("URS-002", "URS-999")), cell("x")), anchor="URS-001"),)
    entry = Entry("URS-002", "URS-002", "Title", "URS", (paragraph("see", link="#URS-001"),))
    file = opened(one(document(Table((Column("Id"), Column("Text")), rows), entry)))
    inside = [link for page in list(file.pages)[2:] for link in page.Annots]
    assert len(inside) == 2
    assert {"content", "URS-002"} <= set(places(file))


def test_anchor_in_two_places_leads_to_the_entry() -> None:
    rows = (Row((link_cell(("URS-001",)),), anchor="URS-001"),)
    entry = Entry("URS-001", "URS-001", "Title", "URS", (paragraph("text"),))
    opened(one(document(Table((Column("Id"),), rows), entry, entry)))


def test_link_to_a_place_that_is_printed_without_a_frame_becomes_text() -> None:
    held = Table((Column("A"),), (Row((cell("x"),), anchor="deep"),))
    for _ in range(12):
        held = Table((Column("A"),), (Row((Cell((held,)),)),))
    file = opened(one(document(held, paragraph("see", link="#deep"), sections=())))
    assert links(file) == []


def test_file_is_tagged_titled_and_says_its_language() -> None:
    file = opened(one(document(paragraph("Text"), language="de-CH")))
    assert file.Root.MarkInfo.Marked
    assert str(file.Root.Lang).startswith("de")
    assert file.Root.ViewerPreferences.DisplayDocTitle
    assert str(file.docinfo["/Title"]) == "T-URS-001 User Requirements"
    with file.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3" and metadata["pdfuaid:part"] == "1"


def test_date_of_the_file_is_the_last_of_the_revision_history() -> None:
    made = urs()
    assert latest_date(made) == (2025, 3, 14)
    assert "D:20250314" in str(opened(one(made)).docinfo["/CreationDate"])


@pytest.mark.parametrize(
    ("text", "found"), [("2026-02-30", None), ("01-ABC-2026", None), ("v 2026-04-05", (2026, 4, 5))]
)
def test_dates_that_do_not_exist_are_none(text: str, found: tuple[int, int, int] | None) -> None:
    rows = (Row((cell("1.0"), cell(text))),)
    assert latest_date(document(Table((Column("V"), Column("D")), rows, role="history"))) == found


def test_file_without_revision_history_has_no_date() -> None:
    file = opened(one(document(paragraph("Text"))))
    assert "/CreationDate" not in file.docinfo and "/ModDate" not in file.docinfo
    with file.open_metadata() as metadata:
        assert "xmp:CreateDate" not in metadata
    assert b"1970" not in file.Root.Metadata.read_bytes()


@pytest.mark.parametrize(
    ("controlled", "words"),
    [
        ("", ""),
        ("pdf", "Controlled rendering"),
        ("docx", "Copy; the controlled file is the Word file"),
        ("html", "Copy; the controlled file is the HTML file"),
    ],
)
def test_page_says_whether_it_is_the_controlled_file(controlled: str, words: str) -> None:
    assert copy_words(document(paragraph("x"), controlled=controlled)) == words


def test_wide_table_lies_across_and_its_head_is_as_wide(tmp_path: Path) -> None:
    wide = Table(
        tuple(Column(f"Column {number}") for number in range(9)),
        tuple(Row(tuple(cell(f"{row}.{number}") for number in range(9))) for row in range(60)),
        wide=True,
    )
    tall = tuple(paragraph("A paragraph of an upright page.") for _ in range(20))
    made = document(sections=(Section("One", "one", tall), Section("Two", "two", (wide,)), Section("Three", "t", tall)))
    boxes = [tuple(round(float(side)) for side in page.mediabox)[2:] for page in opened(one(made)).pages]
    turned = [width > height for width, height in boxes]
    assert turned == [*sorted(turned[:-1]), False]
    assert True in turned


def test_few_lines_beside_a_wide_table_do_not_fill_a_page_of_their_own() -> None:
    wide = Table((Column("A"), Column("B")), (Row((cell("1"), cell("2"))),), wide=True)
    made = document(sections=(Section("One", "one", (paragraph("x"),)), Section("Two", "two", (wide,))))
    assert len(opened(one(made)).pages) == 3


def test_spans_and_further_header_rows_are_kept() -> None:
    rows = (
        Row((Cell((paragraph("Group"),), columns=2), cell("c")), head=True),
        Row((Cell((paragraph("tall"),), rows=2), cell("1"), cell("2"))),
        Row((cell("3"), cell("4", Tone.BAD))),
        Row((Cell((paragraph("all"),), columns=3, rows=9),)),
    )
    file = opened(one(document(Table((Column("A"), Column("B"), Column("C")), rows))))
    spans = []
    for item in file.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") in ("/TD", "/TH") and "/A" in item:
            for held in item.A if isinstance(item.A, pikepdf.Array) else [item.A]:
                spans.append((int(held.get("/ColSpan", 1)), int(held.get("/RowSpan", 1))))
    assert {(2, 1), (1, 2), (3, 1)} <= set(spans)


def test_row_with_too_many_cells_is_an_error() -> None:
    table = Table((Column("A"),), (Row((cell("1"), cell("2"))),), caption="Two")
    with pytest.raises(RenderError) as caught:
        write_pdf(document(table))
    assert caught.value.code == "VG705" and "“Two”" in caught.value.what


def test_document_without_content_is_a_cover() -> None:
    made = result(document(sections=(), control=(), title="", number="", system="", version="", status=""))
    assert made.pages == 1 and made.findings == ()


def test_pages_are_counted() -> None:
    made = result(urs())
    assert made.pages == len(opened(made.volumes[0]).pages)


@pytest.mark.real
def test_word_that_is_wider_than_its_column_is_broken_behind_hyphens_and_strokes_first(tmp_path: Path) -> None:
    words = text(one(document(_columns(9))), tmp_path).split()
    # The program joins what a hyphen at the end of a line divides.
    assert words.count("CoveredPassed") + words.count("Covered-Passed") == 9 and "CoveredPassed" in words


def _columns(count: int) -> Table:
    """Return a table with so many columns that a status does not fit on one line."""
    return Table(tuple(Column(f"C{number}", 1) for number in range(count)), (Row((cell("Covered-Passed"),) * count),))
