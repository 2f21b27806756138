"""What blocks become in HTML."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hostile_pages import HOSTILE, HOSTILE_LINKS, Read, assert_inert

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
    link_cell,
    paragraph,
)
from valgen.documents.visible import visible
from valgen.writers.html import PageIds, render_block, render_blocks
from valgen.writers.html.pictures import Shown

KNOWN = {"URS-010": "URS.html#URS-010", "OQ-014[2]": "OQ-report.html#OQ-014%5B2%5D"}
SHA = "0" * 64


def show(block: Block, **more: object) -> str:
    return render_block(block, resolve=KNOWN.get, heading_level=3, **more)  # type: ignore[arg-type]


def table(*rows: Row, **more: object) -> Table:
    return Table((Column("Id"), Column("Result")), rows, **more)  # type: ignore[arg-type]


PLACES: dict[str, Callable[[str], Block]] = {
    "paragraph": lambda text: paragraph(text),
    "bold code link": lambda text: Paragraph(
        (Run(text, bold=True, italic=True, code=True, link="https://example.org"),)
    ),
    "code": lambda text: CodeBlock(text, text),
    "quote": lambda text: Quote((paragraph(text),)),
    "heading": lambda text: Heading((Run(text),), 1, text),
    "list": lambda text: ListBlock(((paragraph(text),),)),
    "image": lambda text: Image(text, text, text, text, text),
    "caption": lambda text: table(Row((cell("a"), cell("b"))), caption=text, anchor=text, role=text),
    "column": lambda text: Table((Column(text),), (Row((cell("a"),)),)),
    "cell": lambda text: table(Row((cell(text, Tone.BAD), cell("b")), text), role="matrix"),
    "empty table": lambda text: table(empty=text, caption="x"),
    "facts": lambda text: Facts(((text, (paragraph(text),)),)),
    "notice": lambda text: Notice(text, (paragraph(text),)),
    "entry": lambda text: Entry(text, text, text, text, (paragraph(text),), text, Tone.GOOD),
    "section": lambda text: Section(text, text, (paragraph(text),)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_literal_in_every_place(place: str, text: str) -> None:
    page = assert_inert(show(PLACES[place](text)))
    assert "".join(visible(text).split()) in "".join(page.text.split())


@pytest.mark.parametrize("link", HOSTILE_LINKS)
def test_link_to_anything_but_web_mail_and_known_ids_is_plain_text(link: str) -> None:
    page = assert_inert(show(Paragraph((Run("words", link=link),))))
    assert page.text.strip() == "words"
    for href in page.values("href"):
        assert href.startswith(("https://ok.example/", "http://a%E2%80%AEb"))
        assert href.isascii() and '"' not in href


@pytest.mark.parametrize("link", ["https://example.org/a?b=1&c=2", "http://example.org", "mailto:qa@example.org"])
def test_web_and_mail_links_are_links_without_referrer(link: str) -> None:
    page = Read(show(Paragraph((Run("words", link=link),))))
    assert page.values("href") == [link]
    assert page.values("rel") == ["noopener noreferrer"]


def test_link_to_an_id_leads_to_its_page() -> None:
    page = Read(show(Paragraph((Run("see", link="#OQ-014[2]"),))))
    assert page.values("href") == ["OQ-report.html#OQ-014%5B2%5D"]


def test_unknown_id_is_literal_text_with_a_class() -> None:
    html = show(Paragraph((Run("URS-099", link="#URS-099"),)))
    assert "<a " not in html
    assert "vg-unresolved" in html


def test_entry_carries_its_id_a_heading_and_a_permalink() -> None:
    page = Read(show(Entry("URS-010", "URS-010", "Audit trail", "URS", (paragraph("shall"),), "Passed", Tone.GOOD)))
    assert page.values("id") == ["URS-010"]
    assert page.values("href") == ["#URS-010"]
    assert ("h3", {}) in page.tags
    assert "Passed" in page.text


def test_headings_inside_an_entry_are_one_level_deeper_and_never_beyond_six() -> None:
    entry = Entry("A-1", "A-1", "", "URS", (Heading((Run("deep"),), 1), Heading((Run("deeper"),), 9)))
    tags = [tag for tag, _ in Read(show(entry)).tags if tag.startswith("h")]
    assert tags == ["h3", "h4", "h6"]


def test_no_id_stands_twice_on_a_page_and_the_entry_keeps_it() -> None:
    ids = PageIds(reserved=frozenset({"OQ-014"}))
    blocks = (
        table(Row((link_cell(("OQ-014",)), cell("Passed")), "OQ-014"), anchor="results", role="results"),
        Entry("OQ-014", "OQ-014", "Locked", "OQ", ()),
        Entry("OQ-014", "OQ-014", "Locked", "OQ", ()),
    )
    page = Read(render_blocks(blocks, resolve=KNOWN.get, heading_level=2, ids=ids))
    assert page.values("id") == ["results", "OQ-014"]
    assert [tag for tag, attrs in page.tags if attrs.get("id") == "OQ-014"] == ["article"]


def test_row_with_an_anchor_can_be_linked_to() -> None:
    page = Read(show(table(Row((cell("1"), cell("Passed")), "OQ-014.s1"), role="steps")))
    assert "OQ-014.s1" in page.values("id")
    assert "#OQ-014.s1" in page.values("href")


def test_white_space_never_gets_into_an_id() -> None:
    page = Read(show(Section("x", "a b\nc\u2028d", ())))
    assert page.values("id") == ["a_b_cU+2028d"]


def test_cells_are_never_blank() -> None:
    assert "–" in Read(show(table(Row((cell("a"), Cell()))))).text
    assert "–" in Read(show(Facts((("Effective date", ()),)))).text


def test_tone_of_a_cell_without_words_is_said_to_those_who_cannot_see_colour() -> None:
    assert "not in order" in show(table(Row((cell("Failed"), cell("3", Tone.BAD)))))
    assert "not in order" not in show(table(Row((cell("x"), cell("Failed", Tone.BAD)))))


def test_header_cells_say_what_they_head() -> None:
    page = Read(show(table(Row((cell("OQ-014"), cell("Passed"))), role="results", caption="Results")))
    assert page.values("scope") == ["col", "col", "row"]
    assert ("caption", {}) in page.tags


def test_table_without_rows_shows_its_sentence() -> None:
    html = show(table(caption="Gaps", empty="No gap was found.", anchor="gaps"))
    assert "<table" not in html
    assert "No gap was found." in html
    assert 'id="gaps"' in html


def test_frames_of_two_tables_have_different_names() -> None:
    rows = (Row((cell("a"), cell("b"))),)
    html = render_blocks((table(*rows, role="matrix"), table(*rows, role="matrix")), resolve=KNOWN.get, heading_level=2)
    assert Read(html).values("aria-label") == ["Table", "Table (2)"]


def test_line_feeds_of_a_run_are_line_breaks() -> None:
    assert show(paragraph("a\r\nb\nc")) == "<p>a<br>b<br>c</p>\n"


def test_notice_is_announced_as_a_note() -> None:
    page = Read(show(Notice("DRY RUN", (paragraph("no evidence"),))))
    assert page.values("role") == ["note"]


def test_picture_has_alternative_text_and_size() -> None:
    image = Image(SHA, "s.png", "image/png", 'the "log in" page', "Screen")
    page = Read(show(image, picture=lambda image: Shown("_images/x.png", 3, 4)))
    assert page.values("alt") == ['the "log in" page']
    assert (page.values("width"), page.values("height")) == (["3"], ["4"])


def test_picture_that_is_not_shown_says_so() -> None:
    image = Image(SHA, "s.png", "image/png", "the page")
    text = Read(show(image, picture=lambda image: "the file cannot be read")).text
    assert "the file cannot be read" in text
    assert SHA in text
    assert "the page" in text


def test_list_keeps_its_first_number() -> None:
    assert 'start="4"' in show(ListBlock(((paragraph("x"),),), ordered=True, start=4))
