"""Hostile text ends up visible in the document and never breaks it."""

from __future__ import annotations

import pytest
from hostile_texts import HOSTILE
from office import document, parts, text, xml

from valgen.documents.blocks import (
    CodeBlock,
    Column,
    Entry,
    Facts,
    Heading,
    Image,
    Notice,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    cell,
    paragraph,
)
from valgen.documents.visible import visible
from valgen.writers.docx import write_docx
from valgen.writers.docx.names import Bookmarks, bookmark_name


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_text_is_shown_wherever_it_stands(name: str) -> None:
    bad = HOSTILE[name]
    blocks = (
        paragraph(bad), Paragraph((Run(bad, bold=True, link="#nowhere"), Run(bad, code=True))), CodeBlock(bad),
        Heading((Run(bad),), 2, bad), Notice(bad, (paragraph(bad),)), Facts(((bad, (paragraph(bad),)),)),
        Table((Column(bad), Column("B")), (Row((cell(bad), cell("ok")), anchor=bad),), caption=bad, anchor=f"t{bad}"),
        Table((Column("C"),), (), empty=bad), Entry(f"e{bad}", bad, bad, bad, (paragraph(bad),), badge=bad),
        Image("f" * 64, bad, bad, bad, bad),
    )  # fmt: skip
    made = document(
        sections=(Section(bad, f"s{bad}", blocks),), number=bad, title=bad, version=bad, status=bad, system=bad,
        marks=(bad[:50],), control=((bad, bad),), confidentiality=bad, type=bad, language="en",
    )  # fmt: skip
    data = write_docx(made)
    for part in parts(data):
        if part.endswith((".xml", ".rels")):
            xml(data, part)
    shown = text(xml(data))
    assert shown.count(visible(bad)) >= (14 if bad.strip() else 1)
    assert write_docx(made) == data


def test_every_character_of_the_basic_plane_is_written() -> None:
    everything = "".join(map(chr, range(0x10000)))
    shown = text(xml(write_docx(document(paragraph(everything)))))
    assert visible(everything.replace("\r\n", "\n")) in shown


def test_anchors_that_look_alike_get_different_bookmarks() -> None:
    anchors = [
        "URS-001",
        "urs-001",
        "URS_001",
        "URS.001",
        "URS--001",
        "URS-001-",
        "1",
        "Ü-1",
        "x" * 41,
        "x" * 42,
        "",
        " ",
    ]
    made = document(*(Heading((Run("x"),), 1, anchor) for anchor in anchors))
    marks = Bookmarks(made)
    names = [marks.name(anchor) for anchor in anchors if anchor]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 40 and name[0].isalpha() and name.replace("_", "a").isalnum() for name in names)


def test_bookmark_of_an_id_is_the_same_in_every_document() -> None:
    assert bookmark_name("URS-010") == "URS_010"
    assert bookmark_name("URS-1.10") == bookmark_name("URS-1.10") != bookmark_name("URS-110")


def test_huge_table_is_written_whole() -> None:
    rows = tuple(Row((cell(f"URS-{number}"), cell("text")), anchor=f"URS-{number}") for number in range(3000))
    shown = text(xml(write_docx(document(Table((Column("Id"), Column("Text", 30)), rows)))))
    assert all(f"URS-{number}\n" in shown for number in (0, 1500, 2999))
