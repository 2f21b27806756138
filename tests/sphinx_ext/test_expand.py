"""Blocks as plain docutils nodes."""

from __future__ import annotations

from docutils import nodes

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
    cell,
    paragraph,
)
from valgen.sphinx_ext.expand import Expander


def expanded(*blocks: Block) -> nodes.Element:
    expander = Expander("page")
    return nodes.container("", *(node for block in blocks for node in expander.block(block)))


EVERY = (
    paragraph("one"),
    Paragraph((Run("two\nthree", bold=True, italic=True, code=True, link="https://example.org"),)),
    ListBlock(((paragraph("four"),), ()), ordered=True, start=3),
    CodeBlock("five"),
    Quote((paragraph("six"),)),
    Heading((Run("seven"),), 1, "h"),
    Image("0" * 64, "eight.png", "image/png", "nine", "ten"),
    Table((Column("eleven"), Column("")), (Row((cell("twelve"), cell("")), "row"),), caption="thirteen", anchor="t"),
    Table((Column("x"),), (), caption="fourteen", empty="fifteen"),
    Facts((("sixteen", ()),)),
    Notice("seventeen", (paragraph("eighteen"),)),
    Entry("A-1", "A-1", "nineteen", "URS", (paragraph("twenty"),), "Passed"),
    Section("twentyone", "s", (paragraph("twentytwo"),)),
)


def test_every_block_keeps_its_words() -> None:
    text = expanded(*EVERY).astext()
    words = "one two three four five six seven eight.png nine ten eleven twelve thirteen fourteen fifteen sixteen"
    more = "seventeen eighteen nineteen twenty Passed twentyone twentytwo"
    for word in f"{words} {more}".split():
        assert word in text


def test_every_node_knows_its_parent() -> None:
    for node in expanded(*EVERY).findall(nodes.Element):
        for child in node.children:
            assert child.parent is node


def test_anchors_become_targets_once() -> None:
    tree = expanded(*EVERY, Entry("A-1", "A-1", "again", "URS", ()))
    assert [node["ids"] for node in tree.findall(nodes.target)] == [["h"], ["t"], ["row"], ["A-1"], ["s"]]


def test_empty_cells_show_a_dash() -> None:
    assert "–" in expanded(Facts((("x", ()),))).astext()


def test_unsafe_link_is_text() -> None:
    tree = expanded(Paragraph((Run("x", link="javascript:alert(1)"),)))
    assert not list(tree.findall(nodes.reference))


def test_notes_become_footnotes_beside_those_of_the_page() -> None:
    note = (paragraph("said below"),)
    expander = Expander("page", {"1"})
    (text,) = expander.block(Paragraph((Run("a", note=note), Run("b", note=note))))
    (footnote,) = expander.notes()
    marks = list(text.findall(nodes.footnote_reference))
    assert [mark.astext() for mark in marks] == ["2", "2"]
    assert {mark["refid"] for mark in marks} == set(footnote["ids"])
    assert footnote["backrefs"] == [mark["ids"][0] for mark in marks]
    assert "said below" in footnote.astext()
    assert expander.notes() == []


def test_covered_cells_and_header_rows_stay() -> None:
    table = Table(
        (Column(""), Column("")),
        (
            Row((Cell((paragraph("wide"),), columns=2),), head=True),
            Row((Cell((paragraph("deep"),), rows=2), cell("a"))),
            Row((cell("b"),)),
        ),
        stubs=1,
    )
    (made,) = expanded(table).findall(nodes.table)
    assert [entry.get("morecols", 0) for entry in made.findall(nodes.entry)] == [1, 0, 0, 0]
    assert [entry.get("morerows", 0) for entry in made.findall(nodes.entry)] == [0, 1, 0, 0]
    assert [len(list(part.children)) for part in (*made.findall(nodes.thead), *made.findall(nodes.tbody))] == [1, 2]
