"""What reStructuredText says, as blocks, without Sphinx."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.core import publish_doctree

from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Facts,
    ListBlock,
    Marker,
    Notice,
    Paragraph,
    Section,
    Table,
    Tone,
    plain_text,
)
from valgen.documents.doctree import DoctreeReader, Places, Said
from valgen.documents.doctree.inline import lowered, raised


def read(text: str) -> tuple[tuple[Block, ...], list[str]]:
    """Return the blocks of a page and what was reported."""
    settings = {"report_level": 5, "doctitle_xform": False, "_disable_config": True}
    tree = publish_doctree(text, settings_overrides=settings)
    said: list[str] = []

    def report(what: Said, node: nodes.Element) -> None:
        said.append(f"{what} {type(node).__name__}")

    places = Places(
        tree,
        scope_of=lambda node: None,
        target_of=lambda node, scope: ("", str(node["refid"])) if node.get("refid") else None,
        name=lambda scope, name, unique: name,
    )
    return DoctreeReader(places, report).all(tree.children), said


def test_note_referred_to_twice_is_the_same_note() -> None:
    (first, *rest), said = read("One [#a]_ and again [#a]_.\n\n.. [#a] Said *below*.\n")
    assert said == [] and rest == []
    assert isinstance(first, Paragraph)
    notes = [run.note for run in first.runs if run.note]
    assert len(notes) == 2 and notes[0] == notes[1] and plain_text(notes[0]) == "Said below."
    assert first.runs[0].text == "One"


def test_note_that_nothing_refers_to_is_printed_where_it_stands() -> None:
    blocks, _ = read("Text.\n\n.. [1] Alone.\n")
    assert plain_text(blocks).split("\n")[-1] == "[1] Alone."


def test_note_that_refers_to_itself_ends() -> None:
    blocks, _ = read("One [#a]_.\n\n.. [#a] See [#a]_.\n")
    assert "See [1]." in plain_text(blocks)


def test_link_to_a_place_inside_the_page_leads_there() -> None:
    blocks, _ = read("See here_.\n\n.. _here:\n\nThe place.\n")
    first, second = blocks
    assert isinstance(first, Paragraph) and isinstance(second, Paragraph)
    assert [run.link for run in first.runs if run.link] == ["#here"]
    assert second.runs[0].anchor == "here"


def test_id_that_nothing_leads_to_is_no_place() -> None:
    (only,), _ = read(".. _here:\n\nThe place.\n")
    assert isinstance(only, Paragraph) and not any(run.anchor for run in only.runs)


@pytest.mark.parametrize(
    ("text", "marker", "start"),
    [
        ("a. x\nb. y\n", Marker.LOWER_ALPHA, 1),
        ("IV. x\nV. y\n", Marker.UPPER_ROMAN, 4),
        ("7. x\n8. y\n", Marker.AUTO, 7),
    ],
)
def test_lists_keep_their_counting(text: str, marker: Marker, start: int) -> None:
    (found,), _ = read(text)
    assert isinstance(found, ListBlock) and (found.ordered, found.marker, found.start) == (True, marker, start)


def test_header_of_plain_text_titles_the_columns() -> None:
    (table,), _ = read("==  ==\nA   B\n==  ==\n1   2\n==  ==\n")
    assert isinstance(table, Table) and [column.title for column in table.columns] == ["A", "B"]
    assert [row.head for row in table.rows] == [False]


def test_header_that_covers_columns_becomes_header_rows() -> None:
    (table,), _ = read("+----+----+\n| A       |\n+====+====+\n| 1  | 2  |\n+----+----+\n")
    assert isinstance(table, Table) and [column.title for column in table.columns] == ["", ""]
    assert [row.head for row in table.rows] == [True, False] and table.rows[0].cells[0].columns == 2


def test_warning_and_danger_have_their_tones() -> None:
    blocks, _ = read(".. warning:: a\n\n.. danger:: b\n\n.. note:: c\n")
    assert [(one.title, one.tone) for one in blocks if isinstance(one, Notice)] == [
        ("Warning", Tone.WARN), ("Danger", Tone.BAD), ("Note", Tone.NEUTRAL),
    ]  # fmt: skip


def test_heading_with_more_than_text_keeps_it() -> None:
    blocks, _ = read("A ``code`` [#n]_\n================\n\nText.\n\n.. [#n] Note.\n")
    section = blocks[0]
    assert isinstance(section, Section) and section.title == "A code"
    assert any(run.note for run in section.runs) and any(run.code for run in section.runs)


def test_field_and_option_lists_are_facts() -> None:
    blocks, _ = read(":Name: value\n\nText\n\n-o FILE, --out=FILE  where\n")
    assert isinstance(blocks[-1], Facts) and blocks[-1].rows[0][0] == "-o FILE, --out=FILE"


def test_link_in_literal_text_stays_a_link() -> None:
    (only,), _ = read(".. parsed-literal::\n\n   one\n   `two <https://example.org>`__\n")
    assert isinstance(only, Paragraph) and plain_text((only,)) == "one\ntwo" and all(run.code for run in only.runs)
    assert only.runs[-1].link == "https://example.org"


def test_raw_content_is_reported_and_not_printed() -> None:
    blocks, said = read(".. raw:: html\n\n   <b>bold</b>\n\nText.\n")
    assert plain_text(blocks) == "Text." and said == ["dropped raw"]


def test_remark_in_raw_content_is_not_worth_a_word() -> None:
    assert read(".. raw:: html\n\n   <!-- remark -->\n\nText.\n")[1] == []


def test_unknown_node_keeps_its_text() -> None:
    class strange(nodes.General, nodes.Element):
        pass

    tree = nodes.container("", strange("", nodes.paragraph("", "inside")), strange(code="a\nb"))
    said: list[str] = []
    places = Places(tree, scope_of=lambda n: None, target_of=lambda n, s: None, name=lambda s, n, u: n)
    found = DoctreeReader(places, lambda what, node: said.append(str(what))).all(tree.children)
    assert found == (Paragraph(found[0].runs), CodeBlock("a\nb")) and plain_text(found[:1]) == "inside"  # type: ignore[union-attr]
    assert said == ["unknown", "unknown"]


def test_raised_text_never_joins_its_base() -> None:
    assert (raised("3"), raised("-12"), raised("Ω"), lowered("2"), lowered("max,q")) == (
        "³",
        "⁻¹²",
        "^(Ω)",
        "₂",
        "_(max,q)",
    )
