"""Hostile text ends up visible in the file and never breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_texts import HOSTILE
from office import document
from pdf_files import links, one, opened, result, solid, text

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
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
    paragraph,
)
from valgen.documents.visible import visible

SHORT = sorted(name for name, bad in HOSTILE.items() if len(bad) < 5000)


def _everywhere(bad: str) -> tuple[Block, ...]:
    return (
        paragraph(bad), Paragraph((Run(bad, bold=True, link="#nowhere"), Run(bad, code=True))), CodeBlock(bad),
        Heading((Run(bad),), 2, bad), Notice(bad, (paragraph(bad),)), Facts(((bad, (paragraph(bad),)),)),
        Table((Column(bad), Column("B")), (Row((cell(bad), cell("ok")), anchor=bad),), caption=bad, anchor=f"t{bad}"),
        Table((Column("C"),), (), empty=bad), Entry(f"e{bad}", bad, bad, bad, (paragraph(bad),), badge=bad),
        Image("f" * 64, bad, bad, bad, bad), Paragraph((Run("x", link=f"#{bad}", note=(paragraph(bad),)),)),
        ListBlock(((paragraph(bad),),)), Quote((paragraph(bad),)), paragraph(bad, link=bad),
    )  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("name", SHORT)
def test_text_is_shown_wherever_it_stands(name: str, tmp_path: Path) -> None:
    bad = HOSTILE[name]
    made = document(
        sections=(Section(bad, f"s{bad}", _everywhere(bad)),), number=bad, title=bad, version=bad, status=bad,
        system=bad, marks=(bad[:50],), control=((bad, bad),), confidentiality=bad, type=bad, language=bad[:9],
    )  # fmt: skip
    written = result(made)
    file = opened(written.volumes[0])
    assert len(file.pages) >= 3
    if name == "astral":
        assert [one.code for one in written.findings] == ["VG730"]
        return  # its characters are shown as code points, see test_pdf_fonts.py
    shown = solid(text(written.volumes[0], tmp_path))
    if expected := solid(visible(bad).replace("\t", " ")):
        assert shown.count(expected) >= 14
    for target in links(file):
        assert target.startswith(("#", "http://", "https://", "mailto:"))


@pytest.mark.real
@pytest.mark.parametrize("name", ["long word", "long text"])
def test_forty_thousand_characters_are_printed_whole(name: str, tmp_path: Path) -> None:
    bad = HOSTILE[name]
    held: tuple[Block, ...] = (
        Table((Column("Id"), Column("Text", 30)), (Row((cell("URS-1"), cell(bad, Tone.BAD))),)),
        Notice("Title", (paragraph(bad),)),
        Facts((("Label", (paragraph(bad),)),)),
    )
    shown = solid(text(one(document(*held)), tmp_path))
    letter, count = ("x", 40_000) if name == "long word" else ("word", 8_000)
    assert shown.count(letter) >= 3 * count


@pytest.mark.real
@pytest.mark.parametrize("place", ["title of a notice", "label", "heading", "title of a column", "caption", "entry"])
def test_long_titles_are_printed_whole(place: str, tmp_path: Path) -> None:
    bad = "word " * 3_000
    blocks: dict[str, Block] = {
        "title of a notice": Notice(bad, (paragraph("b"),)), "label": Facts(((bad, (paragraph("b"),)),)),
        "heading": Heading((Run(bad),), 1, "h"), "caption": Table((Column("A"),), (Row((cell("b"),)),), caption=bad),
        "title of a column": Table((Column(bad), Column("B")), (Row((cell("a"), cell("b"))),) * 3),
        "entry": Entry("e", "OQ-1", bad, "OQ", (paragraph("b"),)),
    }  # fmt: skip
    data = one(document(blocks[place]))
    assert text(data, tmp_path).count("word") >= 3_000
    assert len(opened(data).pages) < 30


def test_every_character_of_the_basic_plane_is_printed(tmp_path: Path) -> None:
    everything = " ".join("".join(map(chr, range(start, start + 64))) for start in range(0, 0x3000, 64))
    opened(one(document(paragraph(everything))))


@pytest.mark.real
def test_typst_markup_is_text(tmp_path: Path) -> None:
    lines = ('#panic("no")', '#read("/etc/passwd")', "$x^2$ *bold* _it_ `raw` <label> @ref", '"); #import "a.typ"')
    shown = text(one(document(*(paragraph(line) for line in lines))), tmp_path)
    assert all(line in shown for line in lines)


@pytest.mark.real
def test_lists_and_quotes_may_be_deep(tmp_path: Path) -> None:
    held: Block = paragraph("innermost")
    for number in range(60):
        held = ListBlock(((paragraph(f"level {number}"), held),), ordered=number % 2 == 0)
        held = Quote((held,)) if number % 5 == 0 else held
        held = Notice(f"box {number}", (held,)) if number % 7 == 0 else held
        held = Table((Column(f"c{number}"),), (Row((Cell((held,)),)),)) if number % 11 == 0 else held
    shown = text(one(document(held)), tmp_path)
    assert "innermost" in shown
    assert all(f"level {number}" in shown for number in range(60))
    assert all(f"box {number}" in shown for number in range(0, 60, 7))


def test_only_vetted_addresses_become_links() -> None:
    addresses = ("https://example.org/ä", "mailto:a@example.org", "javascript:alert(1)", "file:///etc/passwd")
    file = opened(one(document(*(paragraph("see", link=address) for address in addresses))))
    outside = [target for target in links(file) if not target.startswith("#")]
    assert outside == ["https://example.org/%C3%A4", "mailto:a@example.org"]
