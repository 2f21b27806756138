"""Blocks as plain docutils nodes, for every builder but HTML: text, LaTeX, manual pages, EPUB, XML.

What has no counterpart there is put into words: a tone is already words, and a picture is named with its digest, since
it is evidence that lies in the pack.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    Notice,
    Paragraph,
    Quote,
    Run,
    Section,
    Table,
)
from valgen.documents.nodes import valgen_block
from valgen.documents.visible import visible
from valgen.sphinx_ext.project import builder_of
from valgen.writers.html.links import html_id
from valgen.writers.links import outside_address

DASH = "–"


class ExpandBlocks(SphinxPostTransform):
    """Replaces opaque nodes before Sphinx resolves references."""

    default_priority = 5

    def is_supported(self) -> bool:
        """Return whether the builder cannot take blocks as they are; EPUB is XHTML, which the HTML writer is not."""
        kind, name = builder_of(self.config)
        return (kind != "html" or name == "epub") and name != "docx"

    def run(self, **kwargs: Any) -> None:
        """Replace every opaque node of the page."""
        expander = Expander(self.env.docname)
        for node in list(self.document.findall(valgen_block)):
            node.replace_self(expander.block(node["block"]))


class Expander:
    """Makes plain nodes; each anchor becomes a target once."""

    def __init__(self, docname: str) -> None:
        self._docname = docname
        self._used: set[str] = set()

    def block(self, block: Block) -> list[nodes.Element]:
        """Return the nodes of one block."""
        match block:
            case Paragraph():
                return [self._paragraph(block.runs)]
            case ListBlock():
                return [self._list(block)]
            case CodeBlock():
                return [self._code(block.text)]
            case Quote():
                return [nodes.block_quote("", *self._all(block.blocks))]
            case Heading():
                return [*self._target(block.anchor), nodes.rubric("", "", *self._runs(block.runs))]
            case Image():
                return [self._image(block)]
            case Table():
                return [*self._target(block.anchor), self._table(block)]
            case Facts():
                return [self._facts(block)]
            case Notice():
                title = nodes.title("", visible(block.title))
                return [nodes.admonition("", title, *self._all(block.blocks), classes=["valgen-notice"])]
            case Entry():
                badge = f" [{block.badge}]" if block.badge else ""
                head = visible(f"{block.label} {block.title}".strip() + badge)
                return [*self._target(block.anchor), nodes.rubric("", head), *self._all(block.blocks)]
            case Section():
                return [*self._target(block.anchor), nodes.rubric("", visible(block.title)), *self._all(block.blocks)]

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
            lines[-1].append(_like(run, first))
            lines.extend([_like(run, text)] for text in rest)
        if len(lines) == 1:
            return nodes.paragraph("", "", *self._runs(lines[0]))
        return nodes.line_block("", *(nodes.line("", "", *self._runs(line)) for line in lines))

    def _runs(self, runs: Iterable[Run]) -> list[nodes.Node]:
        return [self._run(run) for run in runs if run.text]

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
        items = [nodes.list_item("", *self._cell(item)) for item in block.items]
        if not block.ordered:
            return nodes.bullet_list("", *items, bullet="-")
        return nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".", start=block.start)

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
        group.extend(nodes.colspec("", colwidth=width) for width in widths)
        titles = [nodes.entry("", nodes.paragraph("", visible(column.title) or DASH)) for column in block.columns]
        group += nodes.thead("", nodes.row("", *titles))
        body = nodes.tbody()
        for row in block.rows:
            cells = [nodes.entry("", *self._cell(cell.blocks)) for cell in row.cells]
            if cells:
                cells[0][0:0] = self._target(row.anchor)
            body += nodes.row("", *cells)
        group += body
        table = nodes.table("", classes=["colwidths-given"])
        if block.caption:
            table += nodes.title("", visible(block.caption))
        table += group
        return table


def _like(run: Run, text: str) -> Run:
    return Run(text, run.bold, run.italic, run.code, run.link)
