"""Blocks as plain docutils nodes, for every builder but HTML: text, LaTeX, manual pages, EPUB, XML.

What has no counterpart there is put into words: a tone is already words, and a picture is named with its digest, since
it is evidence that lies in the pack.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Marker,
    Notice,
    Paragraph,
    Quote,
    Run,
    Section,
    SignaturePlace,
    Table,
    plain_text,
)
from valgen.documents.grid import Placed, place_cells
from valgen.documents.nodes import valgen_block
from valgen.documents.visible import visible
from valgen.sphinx_ext.project import builder_of
from valgen.writers.html.links import html_id
from valgen.writers.links import outside_address

DASH = "–"

_ENUMERATED = {
    Marker.LOWER_ALPHA: "loweralpha",
    Marker.UPPER_ALPHA: "upperalpha",
    Marker.LOWER_ROMAN: "lowerroman",
    Marker.UPPER_ROMAN: "upperroman",
}


class ExpandBlocks(SphinxPostTransform):
    """Replaces opaque nodes before Sphinx resolves references."""

    default_priority = 5

    def is_supported(self) -> bool:
        """Return whether the builder cannot take blocks as they are; EPUB is XHTML, which the HTML writer is not."""
        kind, name = builder_of(self.config)
        return (kind != "html" or name == "epub") and name != "docx"

    def run(self, **kwargs: Any) -> None:
        """Replace every opaque node of the page."""
        found = list(self.document.findall(valgen_block))
        expander = Expander(self.env.docname, labels(self.document) if found else set())
        for node in found:
            node.replace_self([*expander.block(node["block"]), *expander.notes()])


def labels(document: nodes.Element) -> set[str]:
    """Return the labels of footnotes that a page has of its own."""
    return {
        str(note.children[0].astext())
        for note in document.findall(nodes.footnote)
        if note.children and isinstance(note.children[0], nodes.label)
    }


class Expander:
    """Makes plain nodes; each anchor becomes a target once, each note a footnote once."""

    def __init__(self, docname: str, taken: set[str] | None = None) -> None:
        """Take the page's name and the labels of its own footnotes."""
        self._docname = docname
        self._used: set[str] = set()
        self._taken = taken or set()
        self._numbers: dict[tuple[Block, ...], int] = {}
        self._waiting: list[tuple[Block, ...]] = []
        self._marks: dict[int, list[str]] = {}
        self._in_note = False

    def notes(self) -> list[nodes.Element]:
        """Return the footnotes that wait for a place, and forget them."""
        found: list[nodes.Element] = []
        self._in_note = True
        for note in self._waiting:
            number = self._numbers[note]
            body = nodes.footnote(
                "", nodes.label("", str(number)), *self._cell(note), ids=[_note_id(number)],
                names=[str(number)], backrefs=list(self._marks[number]), docname=self._docname,
            )  # fmt: skip
            found.append(body)
        self._in_note = False
        self._waiting.clear()
        return found

    def block(self, block: Block) -> list[nodes.Element]:
        """Return the nodes of one block."""
        match block:
            case Paragraph():
                return [self._paragraph(block.runs)]
            case ListBlock():
                return [self._list(block)]
            case CodeBlock():
                title = [nodes.rubric("", visible(block.caption))] if block.caption else []
                return [*self._target(block.anchor), *title, self._code(block.text)]
            case Quote():
                return [nodes.block_quote("", *self._all(block.blocks))]
            case Heading():
                return [*self._target(block.anchor), nodes.rubric("", "", *self._runs(block.runs))]
            case Image():
                return [*self._target(block.anchor), self._image(block)]
            case Table():
                return [*self._target(block.anchor), self._table(block)]
            case Facts():
                return [self._facts(block)]
            case Notice():
                title_node = nodes.title("", visible(block.title))
                return [nodes.admonition("", title_node, *self._all(block.blocks), classes=["valgen-notice"])]
            case Entry():
                badge = f" [{block.badge}]" if block.badge else ""
                head = visible(f"{block.label} {block.title}".strip() + badge)
                return [*self._target(block.anchor), nodes.rubric("", head), *self._all(block.blocks)]
            case Section():
                words = self._runs(block.runs) if block.runs else [nodes.Text(visible(block.title))]
                title = [nodes.rubric("", "", *words)] if block.title else []
                return [*self._target(block.anchor), *title, *self._all(block.blocks)]
            case SignaturePlace():
                return self._all(block.blocks)

    def _all(self, blocks: Iterable[Block]) -> list[nodes.Element]:
        return [node for block in blocks for node in self.block(block)]

    def _target(self, anchor: str) -> list[nodes.Element]:
        name = html_id(anchor)
        if not name or name in self._used:
            return []
        self._used.add(name)
        return [nodes.target("", "", ids=[name])]

    def _paragraph(self, runs: tuple[Run, ...]) -> nodes.Element:
        lines: list[list[Run]] = [[]]
        for run in runs:
            first, *rest = run.text.replace("\r\n", "\n").split("\n")
            if not rest:
                lines[-1].append(run)
                continue
            lines[-1].append(replace(run, text=first, note=()))
            lines.extend([replace(run, text=text, note=(), anchor="")] for text in rest)
            lines[-1][-1] = replace(lines[-1][-1], note=run.note)
        if len(lines) == 1:
            return nodes.paragraph("", "", *self._runs(lines[0]))
        return nodes.line_block("", *(nodes.line("", "", *self._runs(line)) for line in lines))

    def _runs(self, runs: Iterable[Run]) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for run in runs:
            found.extend(self._target(run.anchor))
            if run.text:
                found.append(self._run(run))
            if run.note:
                found.extend(self._mark(run.note))
        return found

    def _mark(self, note: tuple[Block, ...]) -> list[nodes.Node]:
        """Return the mark of a note; a note inside a note stands in brackets."""
        if self._in_note:
            return [nodes.Text(visible(f" [{plain_text(note)}]"))]
        number = self._numbers.get(note)
        if number is None:
            number = next(one for one in count(1) if str(one) not in self._taken)
            self._taken.add(str(number))
            self._numbers[note] = number
            self._waiting.append(note)
        marks = self._marks.setdefault(number, [])
        marks.append(f"{_note_id(number)}-mark-{len(marks) + 1}")
        return [
            nodes.Text(" "),
            nodes.footnote_reference("", str(number), ids=[marks[-1]], refid=_note_id(number), docname=self._docname),
        ]

    def _run(self, run: Run) -> nodes.Node:
        text = visible(run.text)
        node: nodes.Node = nodes.literal("", text) if run.code else nodes.Text(text)
        if run.italic:
            node = nodes.emphasis("", "", node)
        if run.bold:
            node = nodes.strong("", "", node)
        if run.link.startswith("#"):
            return self._pending(run.link[1:], node)
        address = outside_address(run.link)
        return nodes.reference("", "", node, refuri=address) if address else node

    def _pending(self, target: str, content: nodes.Node) -> nodes.Node:
        """Return a reference that Sphinx resolves; to an id of no page it silently stays text, as in HTML."""
        inner = nodes.inline("", "", content)
        return addnodes.pending_xref(
            "", inner, refdomain="valgen", reftype="ref", reftarget=target, refdoc=self._docname, refwarn=False,
            refexplicit=True,
        )  # fmt: skip

    def _list(self, block: ListBlock) -> nodes.Element:
        if block.marker is Marker.TERM:
            return self._terms(block)
        items = [nodes.list_item("", *self._cell(item)) for item in block.items]
        if not block.ordered:
            return nodes.bullet_list("", *items, bullet="-")
        form = _ENUMERATED.get(block.marker, "arabic")
        return nodes.enumerated_list("", *items, enumtype=form, prefix="", suffix=".", start=block.start)

    def _terms(self, block: ListBlock) -> nodes.Element:
        found = nodes.definition_list()
        for item in block.items:
            first = item[0] if item else None
            words = self._runs(first.runs) if isinstance(first, Paragraph) else []
            rest = item[1:] if isinstance(first, Paragraph) else item
            body = nodes.definition("", *self._all(rest))
            found += nodes.definition_list_item("", nodes.term("", "", *words), body)
        return found

    def _cell(self, blocks: tuple[Block, ...]) -> list[nodes.Element]:
        return self._all(blocks) or [nodes.paragraph("", DASH)]

    @staticmethod
    def _code(text: str) -> nodes.Element:
        shown = visible(text)
        return nodes.literal_block(shown, shown, language="none", force=True)

    @staticmethod
    def _image(block: Image) -> nodes.Element:
        caption = f" ({block.caption})" if block.caption else ""
        return nodes.paragraph("", visible(f"[Picture {block.name}: {block.alt}{caption}; SHA-256 {block.sha256}]"))

    def _facts(self, block: Facts) -> nodes.Element:
        return nodes.field_list(
            "",
            *(
                nodes.field("", nodes.field_name("", visible(label)), nodes.field_body("", *self._cell(blocks)))
                for label, blocks in block.rows
            ),
        )

    def _table(self, block: Table) -> nodes.Element:
        if not block.rows:
            caption = f"{block.caption}: " if block.caption else ""
            return nodes.paragraph("", visible(caption + block.empty))
        widths = [max(column.weight, 1) for column in block.columns]
        group = nodes.tgroup("", cols=len(widths))
        for number, width in enumerate(widths):
            spec = nodes.colspec("", colwidth=width)
            if number < block.stubs:
                spec["stub"] = 1
            group += spec
        head, body = nodes.thead(), nodes.tbody()
        if any(column.title for column in block.columns):
            titles = [nodes.entry("", nodes.paragraph("", visible(column.title) or DASH)) for column in block.columns]
            head += nodes.row("", *titles)
        for row, placed in zip(block.rows, place_cells(block.rows, len(widths)), strict=True):
            cells = [self._entry(one) for one in placed if one.first]
            if cells:
                cells[0][0:0] = self._target(row.anchor)
            (head if row.head else body).append(nodes.row("", *cells))
        if head.children:
            group += head
        group += body
        table = nodes.table("", classes=["colwidths-given"])
        if block.caption:
            words = self._runs(block.caption_runs) if block.caption_runs else [nodes.Text(visible(block.caption))]
            table += nodes.title("", "", *words)
        table += group
        return table

    def _entry(self, placed: Placed) -> nodes.entry:
        entry = nodes.entry("", *self._cell(placed.cell.blocks))
        if placed.columns > 1:
            entry["morecols"] = placed.columns - 1
        if placed.rows > 1:
            entry["morerows"] = placed.rows - 1
        return entry


def _note_id(number: int) -> str:
    return f"vg-note-{number}"
