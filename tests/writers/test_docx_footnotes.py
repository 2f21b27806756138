"""Footnotes, covered cells, header rows, lists and places in Word files."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from office import W, document, outside, parts, text, xml

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
    Heading,
    ListBlock,
    Marker,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    cell,
    paragraph,
)
from valgen.errors import RenderError
from valgen.writers.docx import write_docx

NOTE: tuple[Block, ...] = (paragraph("What the note says."),)
OTHER: tuple[Block, ...] = (Paragraph((Run("Another", link="https://example.org/note"),)), CodeBlock("x = 1"))


def notes_of(data: bytes) -> list[Any]:
    return [one for one in xml(data, "word/footnotes.xml").iter(f"{W}footnote") if one.get(f"{W}type") is None]


def test_file_without_notes_has_no_part_for_them() -> None:
    assert "word/footnotes.xml" not in parts(write_docx(document(paragraph("Text."))))


def test_note_referred_to_twice_is_one_note_and_a_field_that_shows_its_number() -> None:
    data = write_docx(document(Paragraph((Run("a", note=OTHER), Run("b", note=NOTE), Run("c", note=NOTE)))))
    body = xml(data)
    assert len(notes_of(data)) == len(list(body.iter(f"{W}footnoteReference"))) == 2
    (field,) = [one for one in body.iter(f"{W}instrText") if "NOTEREF" in (one.text or "")]
    name = (field.text or "").split()[1]
    mark = next(one for one in body.iter(f"{W}bookmarkStart") if one.get(f"{W}name") == name)
    assert mark.getnext().find(f"{W}footnoteReference").get(f"{W}id") == "2"
    assert "abc2" in text(body)


def test_links_of_notes_belong_to_the_notes() -> None:
    data = write_docx(document(Paragraph((Run("a", note=OTHER),))))
    assert b"example.org/note" in parts(data)["word/_rels/footnotes.xml.rels"]
    assert ("hyperlink", "https://example.org/note") in outside(data)
    assert b"example.org/note" not in parts(data)["word/_rels/document.xml.rels"]


def test_note_inside_a_note_stands_in_brackets() -> None:
    inner: tuple[Block, ...] = (Paragraph((Run("outer", note=NOTE),)),)
    data = write_docx(document(Paragraph((Run("a", note=inner),))))
    assert len(notes_of(data)) == 1
    assert "outer [What the note says.]" in text(notes_of(data)[0])


def test_notes_stand_in_headings_cells_and_header_cells() -> None:
    table = Table(
        (Column(""), Column("")),
        (
            Row((Cell((Paragraph((Run("head", note=NOTE),)),)), cell("b")), head=True),
            Row((Cell((Paragraph((Run("", note=OTHER),)),)), cell("d"))),
        ),
    )
    heading = Heading((Run("Heading", note=(paragraph("three"),)),), 1)
    section = Section("Title", "t", (table, heading), runs=(Run("Title", note=(paragraph("four"),)),))
    data = write_docx(document(sections=(section,)))
    assert len(notes_of(data)) == 4
    contents = next(iter(xml(data).iter(f"{W}sdt")))
    assert "Title" in text(contents) and next(contents.iter(f"{W}footnoteReference"), None) is None


def _without_properties(data: bytes) -> bytes:
    """Return a file that no longer says which document it is; as such it would be refused."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held["docProps/custom.xml"] = re.sub(rb"[0-9a-f]{64}", b"", held["docProps/custom.xml"])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_notes_of_a_template_go_and_its_separators_stay(tmp_path: Path) -> None:
    first = write_docx(document(Paragraph((Run("a", note=(paragraph("note of the template"),)),))))
    company = tmp_path / "company.docx"
    company.write_bytes(_without_properties(first))
    data = write_docx(document(Paragraph((Run("b", note=NOTE),))), template=company, controlled=False)
    assert "note of the template" not in text(xml(data, "word/footnotes.xml"))
    kinds = [one.get(f"{W}type") for one in xml(data, "word/footnotes.xml").iter(f"{W}footnote")]
    assert kinds == ["separator", "continuationSeparator", None]
    ids = [one.get(f"{W}id") for one in xml(data, "word/footnotes.xml").iter(f"{W}footnote")]
    (mark,) = xml(data).iter(f"{W}footnoteReference")
    assert mark.get(f"{W}id") == ids[-1] and ids[-1] not in ids[:-1]


# Tables

SPANS = Table(
    (Column("One"), Column("Two"), Column("Three")),
    (
        Row((Cell((paragraph("across"),), columns=2), cell("c")), head=True),
        Row((Cell((paragraph("down"),), rows=2), cell("e"), cell("f"))),
        Row((Cell((paragraph("both"),), columns=2),)),
    ),
    stubs=1,
)


def test_every_row_of_a_table_with_spans_fills_the_grid() -> None:
    (table,) = [one for one in xml(write_docx(document(SPANS))).iter(f"{W}tbl") if "across" in text(one)]
    grid = [int(one.get(f"{W}w")) for one in table.find(f"{W}tblGrid")]
    for row in table.iter(f"{W}tr"):
        cells = list(row.iterchildren(f"{W}tc"))
        spans = [one.find(f"{W}tcPr/{W}gridSpan") for one in cells]
        assert sum(1 if one is None else int(one.get(f"{W}val")) for one in spans) == 3
        assert sum(int(one.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for one in cells) == sum(grid)
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.iter(f"{W}tr")] == [True, True, False, False]
    assert [one.get(f"{W}val") for one in table.iter(f"{W}vMerge")] == ["restart", None]


def test_table_without_titles_has_no_header_row() -> None:
    table = Table((Column(""), Column("")), (Row((cell("a"), cell("b"))),))
    made = next(one for one in xml(write_docx(document(table))).iter(f"{W}tbl") if text(one).startswith("a"))
    assert len(list(made.iter(f"{W}tr"))) == 1 and next(made.iter(f"{W}tblHeader"), None) is None


def test_cell_that_reaches_out_of_the_table_ends_at_its_edge() -> None:
    table = Table((Column("A"), Column("B")), (Row((Cell((paragraph("x"),), columns=9, rows=9),)),))
    made = next(one for one in xml(write_docx(document(table))).iter(f"{W}tbl") if "x" in text(one))
    assert [one.get(f"{W}val") for one in made.iter(f"{W}gridSpan")] == ["2"]
    assert next(made.iter(f"{W}vMerge"), None) is None


def test_cell_too_many_beside_a_covered_place_is_refused() -> None:
    table = Table((Column("A"), Column("B")), (Row((Cell(rows=2), cell("b"))), Row((cell("c"), cell("d")))))
    with pytest.raises(RenderError, match="2 cells for 2 columns"):
        write_docx(document(table))


# Lists, code, places


def test_letters_and_roman_numerals_count_from_their_start() -> None:
    blocks = tuple(
        ListBlock(((paragraph(str(marker)),),), ordered=True, start=3, marker=marker)
        for marker in (Marker.LOWER_ALPHA, Marker.UPPER_ROMAN)
    )
    numbering = xml(write_docx(document(*blocks)), "word/numbering.xml")
    forms = {one.get(f"{W}val") for one in numbering.iter(f"{W}numFmt")}
    assert {"lowerLetter", "upperRoman"} <= forms
    assert [one.get(f"{W}val") for one in numbering.iter(f"{W}startOverride")] == ["3", "3"]


def test_terms_have_no_bullets_and_their_text_stands_further_in() -> None:
    terms = ListBlock(((paragraph("term"), paragraph("meaning")),), marker=Marker.TERM)
    found = {text(one): one for one in xml(write_docx(document(terms))).iter(f"{W}p")}
    assert found["term"].find(f"{W}pPr/{W}numPr") is None
    left = [int(found[name].find(f"{W}pPr/{W}ind").get(f"{W}left")) for name in ("term", "meaning")]
    assert left[0] < left[1]


def test_neighbouring_code_blocks_keep_frames_of_their_own() -> None:
    body = xml(write_docx(document(CodeBlock("one"), CodeBlock("two"))))
    one = next(paragraph for paragraph in body.iter(f"{W}p") if text(paragraph) == "one")
    assert text(one.getnext()) == ""


def test_link_leads_to_a_place_inside_of_text() -> None:
    target = Paragraph((Run("Text "), Run("", anchor="here"), Run("and more")))
    data = write_docx(document(Paragraph((Run("there", link="#here"),)), target))
    (link,) = [one for one in xml(data).iter(f"{W}hyperlink") if text(one.getparent()) == "there"]
    mark = next(one for one in xml(data).iter(f"{W}bookmarkStart") if one.get(f"{W}name") == link.get(f"{W}anchor"))
    assert "and more" in text(mark.getparent().getparent())


def test_section_without_a_title_has_no_heading_and_no_number() -> None:
    sections = (Section("", "", (paragraph("Before."),)), Section("First", "f", (paragraph("Text."),)))
    data = write_docx(document(sections=sections))
    assert "1\tFirst" in text(xml(data)) and "2\t" not in text(xml(data))
