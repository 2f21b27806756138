"""Directives for Sphinx projects, one for each entry of ``SPECS``.

Each takes the options of its spec and ``:document: KEY``, which says for which document of the register the block is
made. What it places becomes one opaque node per block, sections become sections, so that Sphinx knows their titles.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from valgen.documents.blocks import Block, Entry, Section, walk
from valgen.documents.directives import DirectiveError, DirectiveSpec
from valgen.documents.nodes import block_node
from valgen.documents.visible import visible
from valgen.sphinx_ext.domain import ValgenDomain
from valgen.sphinx_ext.project import Call, blocks_of, missing, remember
from valgen.writers.html.links import html_id

logger = logging.getLogger(__name__)


class BlockDirective(SphinxDirective):
    """Places the blocks of one spec."""

    spec: ClassVar[DirectiveSpec]
    has_content = False
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the nodes; a mistake is a warning and a visible note in its place."""
        options = {name: "" if value is None else str(value) for name, value in self.options.items()}
        document = options.pop("document", "").strip()
        argument = " ".join(self.arguments[0].split()) if self.arguments else ""
        call = Call(self.spec.name, argument, tuple(sorted(options.items())), document)
        try:
            blocks = blocks_of(self.config, call)
        except DirectiveError as error:
            logger.warning(
                "valgen:%s: %s", self.spec.name, error, type="valgen", subtype="directive", location=self.get_location()
            )
            blocks = (missing(call, str(error)),)
        remember(self.env, self.env.docname, call, blocks)
        index = self._note_ids(blocks)
        return [*([index] if index["entries"] else []), *self._nodes(blocks)]

    def _note_ids(self, blocks: tuple[Block, ...]) -> addnodes.index:
        """Tell the domain and the general index about every entry."""
        domain = self.env.domains["valgen"]
        entries: list[tuple[str, str, str, str, None]] = []
        if isinstance(domain, ValgenDomain):
            for block in walk(blocks):
                if isinstance(block, Entry) and block.anchor:
                    domain.note_entry(block, self.env.docname, self.get_location())
                    words = visible(f"{block.label} {block.title}".strip()).replace(";", ",")
                    entries.append(("single", words, html_id(block.anchor), "", None))
        return addnodes.index(entries=entries)

    def _nodes(self, blocks: tuple[Block, ...]) -> list[nodes.Node]:
        # In Markdown pages myst-parser stands in for docutils' state and knows the node only here.
        parent = getattr(self.state_machine, "node", None)
        sections_fit = isinstance(parent, nodes.section | nodes.document)
        return [node for block in blocks for node in self._node(block, sections_fit)]

    def _node(self, block: Block, sections_fit: bool) -> list[nodes.Node]:
        if not (isinstance(block, Section) and sections_fit):
            return [_with_title(block)]
        section = nodes.section("", nodes.title("", visible(block.title)))
        wanted = html_id(block.anchor)
        if wanted and wanted not in self.state.document.ids:
            section["ids"].append(wanted)
        self.state.document.set_id(section)
        for inner in block.blocks:
            section.extend(self._node(inner, True))
        return [section]


def _with_title(block: Block) -> nodes.Element:
    """Return a block's node; that of an entry gets a title beside its text, for the titles in the search of Sphinx."""
    node = block_node(block)
    if isinstance(block, Entry) and block.anchor:
        node["ids"].append(html_id(block.anchor))
        node.insert(0, nodes.title("", visible(f"{block.label} {block.title}".strip())))
    return node


def directive_class(spec: DirectiveSpec) -> type[BlockDirective]:
    """Return the Sphinx directive of a spec."""
    members: dict[str, Any] = {
        "__doc__": spec.summary,
        "spec": spec,
        "required_arguments": 1 if spec.required else 0,
        "optional_arguments": 1 if spec.argument and not spec.required else 0,
        "option_spec": {**spec.options, "document": directives.unchanged_required},
    }
    return type(f"Valgen{spec.name.title().replace('-', '')}", (BlockDirective,), members)
