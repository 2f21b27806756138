"""Footnotes, covered cells, header rows and lists of HTML pages."""

from __future__ import annotations

import re

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
    ListBlock,
    Marker,
    Paragraph,
    Row,
    Run,
    Table,
    cell,
    paragraph,
)
from valgen.writers.html import PageIds, render_block, render_blocks

NOTE: tuple[Block, ...] = (paragraph("What the note says."),)


def page(*blocks: Block, ids: PageIds | None = None) -> str:
    return render_blocks(blocks, resolve=lambda name: f"#{name}", heading_level=2, ids=ids)


def ids_and_targets(text: str) -> tuple[list[str], set[str]]:
    return re.findall(r' id="([^"]*)"', text), set(re.findall(r'href="#([^"]*)"', text))


def test_mark_and_note_lead_to_each_other() -> None:
    text = page(Paragraph((Run("a", note=NOTE), Run("b", note=NOTE), Run("c", note=(paragraph("other"),)))))
    ids, targets = ids_and_targets(text)
    assert len(ids) == len(set(ids))
    assert targets == set(ids) == {
        "vg-note-1", "vg-note-2", "vg-noteref-1", "vg-noteref-1-2", "vg-noteref-2",
    }  # fmt: skip
    assert text.count("What the note says.") == 1
    assert text.count('role="doc-backlink"') == 3


def test_notes_are_counted_through_the_page_and_stand_below_their_block() -> None:
    ids = PageIds()
    first = render_block(Paragraph((Run("a", note=NOTE),)), resolve=lambda name: None, heading_level=2, ids=ids)
    second = render_block(
        Paragraph((Run("b", note=NOTE), Run("c", note=(paragraph("other"),)))),
        resolve=lambda name: None, heading_level=2, ids=ids,
    )  # fmt: skip
    assert "What the note says." in first and "What the note says." not in second
    assert '<li id="vg-note-2" value="2">other' in second


def test_note_inside_a_note_stands_in_brackets() -> None:
    text = page(Paragraph((Run("a", note=(Paragraph((Run("outer ", note=NOTE),)),)),)))
    assert "outer [What the note says.]" in text


def test_text_of_a_note_is_literal() -> None:
    assert "<b>" not in page(Paragraph((Run("a", note=(paragraph("<b>bold</b>"),)),)))


SPANS = Table(
    (Column("One"), Column("Two"), Column("Three")),
    (
        Row((Cell((paragraph("across"),), columns=2), cell("c")), head=True),
        Row((Cell((paragraph("down"),), rows=2), cell("e"), cell("f"))),
        Row((Cell((paragraph("both"),), columns=2),)),
    ),
    caption="Spans",
    role="matrix",
    stubs=1,
)


def test_cells_cover_columns_and_rows_and_headers_have_a_scope() -> None:
    text = page(SPANS)
    assert '<th scope="colgroup" colspan="2">across</th><th scope="col">c</th>' in text
    assert '<th scope="rowgroup" rowspan="2">down</th><td>e</td><td>f</td>' in text
    assert '<tr><td colspan="2">both</td></tr>' in text
    head = text.partition("<thead>")[2].partition("</thead>")[0]
    assert head.count("<tr>") == 2 and text.count("<tbody>") == text.count("</tbody>") == 1


def test_table_with_covered_cells_is_not_offered_for_sorting() -> None:
    assert "vg-role-plain" in page(SPANS) and "vg-role-matrix" not in page(SPANS)


def test_table_without_titles_has_no_header_row() -> None:
    text = page(Table((Column(""), Column("")), (Row((cell("a"), cell("b"))),)))
    assert "<thead>" not in text and "<tbody>" in text and "<th" not in text.replace("<thead", "")


def test_lists_have_their_letters_and_terms_their_descriptions() -> None:
    letters = ListBlock(((paragraph("x"),),), ordered=True, start=2, marker=Marker.LOWER_ALPHA)
    assert '<ol type="a" start="2">' in page(letters)
    terms = ListBlock(((paragraph("term"), paragraph("meaning")),), marker=Marker.TERM)
    assert "<dt>term</dt>\n<dd>meaning</dd>" in page(terms)


def test_listing_has_its_caption_and_place() -> None:
    text = page(CodeBlock("x", caption="A listing", anchor="list"))
    assert '<figure class="vg-listing" id="list"><figcaption>A listing</figcaption>' in text


def test_place_in_text_can_be_linked_to() -> None:
    assert '<span id="here"></span>more' in page(Paragraph((Run("more", anchor="here"),)))
