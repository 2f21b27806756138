"""Word documents: headings, contents, links, tables, pages."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import docx
import office_samples
import pytest
from office import R, W, document, outside, parts, styles_of, text, xml

from valgen.documents.blocks import (
    Cell,
    CodeBlock,
    Column,
    Document,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    walk,
)
from valgen.errors import RenderError
from valgen.writers.docx import write_docx
from valgen.writers.docx.measure import cell_twips
from valgen.writers.docx.names import bookmark_name
from valgen.writers.docx.widths import column_widths


@pytest.fixture(scope="module", params=["URS", "OQ-report", "RA"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, bytes]:
    made = {
        "URS": office_samples.urs,
        "OQ-report": lambda: office_samples.oq_report(tmp_path_factory.mktemp("media")),
        "RA": office_samples.risk_assessment,
    }[request.param]()
    return made, write_docx(made)


def _anchors(made: Document) -> set[str]:
    found = set()
    for block in walk(made.sections):
        if getattr(block, "anchor", ""):
            found.add(block.anchor)
        if isinstance(block, Table):
            found.update(row.anchor for row in block.rows if row.anchor and block.rows)
    return found


def test_every_anchor_has_one_bookmark(sample: tuple[Document, bytes]) -> None:
    made, data = sample
    names = [mark.get(f"{W}name") for mark in xml(data).iter(f"{W}bookmarkStart")]
    assert len(names) == len({name.casefold() for name in names})
    assert {bookmark_name(anchor) for anchor in _anchors(made)} <= set(names)


def test_every_bookmark_has_a_legal_name_and_an_end(sample: tuple[Document, bytes]) -> None:
    root = xml(sample[1])
    starts = {mark.get(f"{W}id"): mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    ends = [mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkEnd")]
    assert sorted(starts) == sorted(ends)
    for name in starts.values():
        assert len(name) <= 40 and (name[0].isalpha() or name.startswith("_Toc")) and name.replace("_", "a").isalnum()


def test_every_internal_link_has_a_target(sample: tuple[Document, bytes]) -> None:
    root = xml(sample[1])
    names = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    links = {link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink")} - {None}
    assert links and links <= names


def test_nothing_leads_out_of_the_file_but_vetted_hyperlinks(sample: tuple[Document, bytes]) -> None:
    for kind, target in outside(sample[1]):
        assert kind == "hyperlink" and target.startswith(("http://", "https://", "mailto:"))


def test_python_docx_reads_it_back(sample: tuple[Document, bytes]) -> None:
    made, data = sample
    opened = docx.Document(io.BytesIO(data))
    assert opened.core_properties.title == made.title
    assert opened.core_properties.author == "valgen"
    assert opened.core_properties.created is None
    headings = [one.text for one in opened.paragraphs if one.style.name == "Heading 1"]
    assert headings == [f"{number}\t{section.title}" for number, section in enumerate(made.sections, 1)]


def test_contents_list_every_section_and_item_with_a_link(sample: tuple[Document, bytes]) -> None:
    made, data = sample
    listed = [line for style, line in styles_of(xml(data)) if style.startswith("TOC") and style != "TOCHeading"]
    for block in walk(made.sections):
        if isinstance(block, Section):
            assert any(line.endswith(block.title) for line in listed)
        elif isinstance(block, Entry):
            assert any(line.startswith(f"{block.label} {block.title}") for line in listed)
    instructions = "".join(node.text for node in xml(data).iter(f"{W}instrText"))
    assert "TOC" in instructions


def test_opening_asks_no_question() -> None:
    made = parts(write_docx(document(paragraph("x"))))
    assert b"updateFields" not in made["word/settings.xml"]
    assert b"dirty" not in made["word/document.xml"]


def test_widths_of_every_table_add_up_to_the_text_width(sample: tuple[Document, bytes]) -> None:
    body = xml(sample[1]).find(f"{W}body")
    rooms = {9412, 9412 - 40, 14344, 14344 - 40}
    for table in body.findall(f"{W}tbl"):
        grid = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        assert sum(grid) in rooms and min(grid) > 0
        for row in table.findall(f"{W}tr"):
            assert [int(one.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for one in row.findall(f"{W}tc")] == grid


def test_cells_end_with_a_paragraph_and_are_never_blank(sample: tuple[Document, bytes]) -> None:
    for one in xml(sample[1]).iter(f"{W}tc"):
        assert one[-1].tag == f"{W}p"
        assert text(one).strip() or one.find(f".//{W}drawing") is not None


def test_heading_row_repeats_and_rows_stay_whole() -> None:
    rows = (Row((cell("short"),)), Row((cell("long " * 2000),)))
    table = xml(write_docx(document(Table((Column("Title"),), rows)))).findall(f".//{W}tbl")[-1]
    heading, short, long = table.findall(f"{W}tr")
    assert heading.find(f"{W}trPr/{W}tblHeader") is not None
    assert short.find(f"{W}trPr/{W}cantSplit") is not None
    assert long.find(f"{W}trPr/{W}cantSplit") is None, "a row longer than a page must be allowed to split"


def test_empty_cell_and_empty_fact_print_a_dash() -> None:
    blank = Cell((Paragraph((Run("  "),)), ListBlock(((Paragraph(()),),))))
    made = document(Table((Column("A"), Column("B"), Column("C")), (Row((cell(""), blank)),)), Facts((("Label", ()),)))
    lines = text(xml(write_docx(made))).split("\n")
    assert lines.count("–") == 4


def test_table_without_rows_prints_its_sentence_under_its_caption() -> None:
    made = document(Table((Column("A"),), (), caption="Deviations", empty="No deviation was raised.", anchor="dev"))
    root = xml(write_docx(made))
    assert "Table 1  Deviations\nNo deviation was raised." in text(root)
    assert "dev" in [mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")]


def test_cell_too_many_is_an_error() -> None:
    with pytest.raises(RenderError, match="2 cells for 1 column"):
        write_docx(document(Table((Column("A"),), (Row((cell("1"), cell("2"))),))))


def test_more_columns_than_word_takes_are_an_error() -> None:
    columns = tuple(Column(f"C{number}") for number in range(64))
    with pytest.raises(RenderError, match="64 columns"):
        write_docx(document(Table(columns, (Row((cell("1"),)),))))


def test_tables_of_one_kind_share_their_widths() -> None:
    columns = (Column("Step", 4), Column("Action", 30), Column("Result", 8))
    one = Table(columns, (Row((cell("1"), cell("short"), cell("Passed"))),))
    two = Table(columns, (Row((cell("1"), cell("a much longer action " * 9), cell("Not executed"))),))
    grids = [
        [column.get(f"{W}w") for column in table.iter(f"{W}gridCol")]
        for table in xml(write_docx(document(one, two))).findall(f".//{W}tbl")[-2:]
    ]
    assert grids[0] == grids[1]


def test_id_column_is_wide_enough_for_its_longest_id() -> None:
    long = "OQ-024[administrator-export]"
    table = Table((Column("Id", 1), Column("Text", 99)), (Row((link_cell((long,)), cell("word " * 99))),))
    grid = xml(write_docx(document(table))).findall(f".//{W}tbl")[-1].find(f"{W}tblGrid")
    assert int(grid[0].get(f"{W}w")) > len(long) * 80


def test_wide_table_lies_on_landscape_pages_with_its_heading() -> None:
    wide = Table((Column("A"), Column("B")), (Row((cell("1"), cell("2"))),), wide=True)
    made = document(
        sections=(
            Section("Before", "before", (paragraph("text"),)),
            Section("Matrix", "matrix", (wide,)),
            Section("After", "after", (paragraph("text"),)),
        )
    )
    data = write_docx(made)
    body = xml(data).find(f"{W}body")
    turned: list[tuple[str | None, list[str]]] = []
    headings: list[str] = []
    for child in body:
        style = child.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "Heading1":
            headings.append(text(child))
        for section in child.iter(f"{W}sectPr"):
            turned.append((section.find(f"{W}pgSz").get(f"{W}orient"), headings))
            headings = []
    assert turned == [(None, ["1\tBefore"]), ("landscape", ["2\tMatrix"]), (None, ["3\tAfter"])]
    made_parts = parts(data)
    assert b'w:val="right" w:pos="9412"' in made_parts["word/valgen-header-portrait.xml"]
    assert b'w:val="right" w:pos="14344"' in made_parts["word/valgen-header-landscape.xml"]


def test_head_and_foot_identify_the_document_on_every_page() -> None:
    made = document(paragraph("x"), marks=("DRAFT", "DRY RUN"), confidentiality="Confidential")
    data = write_docx(made)
    head, foot = xml(data, "word/valgen-header-portrait.xml"), xml(data, "word/valgen-footer-portrait.xml")
    shown = text(head)
    for value in ("T-URS-001", "User Requirements", "Version 1.0", "Status: Approved", "DRAFT · DRY RUN"):
        assert value in shown
    shown = text(foot)
    for value in ("Test 1.0", "Confidential", f"Content digest {made.digest[:16]}", "Page # of #"):
        assert value in shown
    fields = [field.get(f"{W}instr").strip() for field in foot.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    sections = xml(data).findall(f".//{W}sectPr")
    assert all(one.find(f"{W}headerReference") is not None for one in sections)


def test_each_mark_is_a_watermark_and_stands_on_page_one() -> None:
    data = write_docx(document(paragraph("x"), marks=("DRAFT", "DRY RUN")))
    head = xml(data, "word/valgen-header-portrait.xml")
    strings = [
        node.get("string") for node in head.iter("{urn:schemas-microsoft-com:vml}textpath") if node.get("string")
    ]
    assert strings == ["DRAFT", "DRY RUN"]
    lines = text(xml(data)).split("\n")
    assert "DRAFT" in lines and "DRY RUN" in lines


def test_document_without_marks_has_no_watermark() -> None:
    assert b"textpath" not in parts(write_docx(document(paragraph("x"))))["word/valgen-header-portrait.xml"]


def test_control_block_stands_on_page_one() -> None:
    data = write_docx(document(control=(("Effective date", ""), ("Site", "Basel"))))
    assert "Effective date\n–\nSite\nBasel" in text(xml(data))


def test_properties_hold_number_version_status_and_digest() -> None:
    made = document(paragraph("x"))
    found = parts(write_docx(made))
    custom = found["docProps/custom.xml"].decode()
    for value in ("T-URS-001", "1.0", "Approved", made.digest):
        assert f"<vt:lpwstr>{value}</vt:lpwstr>" in custom
    assert b"dcterms:created" not in found["docProps/core.xml"]
    assert "docProps/thumbnail.jpeg" not in found


def test_language_of_the_document_is_set() -> None:
    styles = xml(write_docx(document(language="de")), "word/styles.xml")
    assert styles.find(f".//{W}rPrDefault/{W}rPr/{W}lang").get(f"{W}val") == "de-DE"


def test_item_heading_shows_id_title_and_result() -> None:
    entry = Entry("OQ-001", "OQ-001", "Refuses deletion", "OQ", (paragraph("x"),), badge="Failed", tone=Tone.BAD)
    assert ("Heading2", "OQ-001 Refuses deletion – Failed") in styles_of(xml(write_docx(document(entry))))


def test_section_numbers_are_text_and_follow_the_nesting() -> None:
    inner = Section("Inner", "inner", (Section("Deep", "deep", (paragraph("x"),)),))
    shown = styles_of(xml(write_docx(document(inner, Section("Second", "second", ())))))
    assert ("Heading2", "1.1\tInner") in shown
    assert ("Heading3", "1.1.1\tDeep") in shown
    assert ("Heading2", "1.2\tSecond") in shown


def test_every_ordered_list_counts_for_itself() -> None:
    one = ListBlock(((paragraph("a"),), (paragraph("b"),)), ordered=True)
    two = ListBlock(((paragraph("c"), one),), ordered=True, start=7)
    data = write_docx(document(one, two))
    numbers = [node.get(f"{W}val") for node in xml(data).iter(f"{W}numId")]
    assert len(numbers) == 5 and len(set(numbers)) == 3
    numbering = xml(data, "word/numbering.xml")
    starts = {
        num.get(f"{W}numId"): num.find(f".//{W}startOverride").get(f"{W}val") for num in numbering.iter(f"{W}num")
    }
    assert [starts[number] for number in numbers] == ["1", "1", "7", "1", "1"]


def test_list_item_that_begins_with_code_keeps_its_bullet() -> None:
    data = write_docx(document(ListBlock(((CodeBlock("x = 1"),),))))
    assert len(list(xml(data).iter(f"{W}numPr"))) == 1
    assert "x = 1" in text(xml(data))


def test_code_keeps_lines_and_tabs() -> None:
    assert "if a:\n\tb\n\n  c" in text(xml(write_docx(document(CodeBlock("if a:\n\tb\n\n  c\n")))))


def test_every_kind_of_block_may_stand_in_a_cell() -> None:
    inner = (
        Heading((Run("Head"),), 1, "cell-head"), paragraph("text"), CodeBlock("code"), Quote((paragraph("quote"),)),
        ListBlock(((paragraph("item"),),)), Facts((("Label", (paragraph("value"),)),)),
        Notice("Notice", (paragraph("n"),)),
        Table((Column("Inner"),), (Row((cell("inner cell"),), anchor="inner-row"),), caption="Inner table"),
    )  # fmt: skip
    root = xml(write_docx(document(Table((Column("A"),), (Row((Cell(inner),)),)))))
    shown = text(root)
    for word in ("Head", "text", "code", "quote", "item", "Label", "value", "Notice", "inner cell", "Inner table"):
        assert word in shown
    names = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    assert {"cell_head", "inner_row"} <= names


def test_link_to_another_document_is_a_reference_without_a_link() -> None:
    data = write_docx(document(Table((Column("A"),), (Row((link_cell(("FS-001",)),)),))))
    assert not [link for link in xml(data).iter(f"{W}hyperlink") if text(link) == "FS-001"]
    assert "FS-001" in text(xml(data))
    assert outside(data) == []


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "file:///etc/passwd", "\\\\server\\share", "data:text/html,x", "https://", "http:///x",
        "https://user@evil.example/", "ftp://a.example/", "https://a b", "ms-word:ofe|u|http://x",
    ],
)  # fmt: skip
def test_refused_address_is_printed_and_not_linked(link: str) -> None:
    data = write_docx(document(Paragraph((Run("see", link=link),))))
    assert outside(data) == []
    assert f"see ({link})" in text(xml(data))


def test_allowed_address_is_linked_once_per_address() -> None:
    link = "https://example.com/a?b=1&c=ü"
    data = write_docx(document(Paragraph((Run("one", link=link), Run("two", link=link)))))
    assert outside(data) == [("hyperlink", "https://example.com/a?b=1&c=%C3%BC")]
    ids = {node.get(f"{R}id") for node in xml(data).iter(f"{W}hyperlink")} - {None}
    assert len(ids) == 1


def test_picture_is_scaled_to_the_page_and_has_its_text(tmp_path: Path) -> None:
    shot = office_samples.png(1600, 400)
    path = tmp_path / "shot.png"
    path.write_bytes(shot)
    digest = hashlib.sha256(shot).hexdigest()
    image = Image(digest, "shot.png", "image/png", 'A "quoted" & odd text', "The console")
    data = write_docx(document(image, image, media=((digest, str(path)),)))
    root = xml(data)
    extents = list(root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"))
    assert [int(one.get("cx")) for one in extents] == [9412 * 635, 9412 * 635]
    assert abs(int(extents[0].get("cy")) * 4 - int(extents[0].get("cx"))) < 10
    properties = list(root.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"))
    assert [one.get("descr") for one in properties] == ['A "quoted" & odd text'] * 2
    assert len({one.get("id") for one in properties}) == 2
    assert [name for name in parts(data) if name.startswith("word/media/")] == ["word/media/valgen1.png"]
    assert "Figure 1  The console" in text(root) and "Figure 2  The console" in text(root)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "pictures of this kind are not printed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "the picture is damaged"),
        (office_samples.png(1, 1)[:16] + b"\0\1\0\0\0\1\0\0" + office_samples.png(1, 1)[24:], "65536 by 65536 pixels"),
        (b"BM" + bytes(60), "pictures of this kind are not printed"),
        (b"", "pictures of this kind are not printed"),
    ],
)
def test_picture_that_is_not_placed_is_named_with_the_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    image = Image(digest, "evidence.png", "image/png", "What it shows", "Caption")
    data = write_docx(document(image, media=((digest, str(path)),)))
    shown = text(xml(data))
    assert "evidence.png" in shown and "What it shows" in shown and reason in shown and digest[:16] in shown
    assert str(tmp_path) not in shown
    assert not any(name.startswith("word/media/") for name in parts(data))


def test_picture_with_other_bytes_than_its_digest_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(office_samples.png(4, 4))
    data = write_docx(document(Image("0" * 64, "x.png", "image/png", "alt"), media=(("0" * 64, str(path)),)))
    assert "do not match its digest" in text(xml(data))


def test_long_contents_list_sections_only() -> None:
    entries = tuple(Entry(f"URS-{number}", f"URS-{number}", "Title", "URS", (paragraph("x"),)) for number in range(500))
    listed = [style for style, _ in styles_of(xml(write_docx(document(*entries)))) if style in ("TOC1", "TOC2", "TOC3")]
    assert listed == ["TOC1"]


def test_item_owns_its_anchor_even_when_a_table_names_it_first() -> None:
    table = Table((Column("Id"),), (Row((link_cell(("URS-001",)),), anchor="URS-001"),))
    entry = Entry("URS-001", "URS-001", "Title", "URS", (paragraph("x"),))
    root = xml(write_docx(document(table, entry)))
    mark = next(one for one in root.iter(f"{W}bookmarkStart") if one.get(f"{W}name") == "URS_001")
    assert text(mark.getparent()) == "URS-001 Title"


def test_columns_are_wide_enough_for_words_such_as_the_status_of_coverage() -> None:
    """“Covered-Passed” broke inside the word, because it was taken to fit without being measured."""
    columns = tuple(Column(one, 20) for one in ("Clause", "Subject", "Requirements, procedures", "Tests", "Status"))
    cells = (
        "21CFR11.200(a)(1)(ii)",
        "Signings outside one session",
        "URS-041, URS-043",
        "44 planned",
        "Covered-Passed",
    )
    widths = column_widths(columns, [Row(tuple(map(cell, cells)))], 9000)
    for words, width in zip(cells, widths, strict=True):
        assert all(cell_twips(word) <= width for word in words.split()), (words, width)
