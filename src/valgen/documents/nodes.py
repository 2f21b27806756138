"""The one docutils node that valgen adds: an opaque place for a block.

A template's doctree carries one such node per block, so that builders which do not know valgen never walk thousands of
cells; writers that do know it render ``block`` natively. Its text child feeds search indexes.
"""

from __future__ import annotations

from docutils import nodes

from valgen.documents.blocks import Block, plain_text
from valgen.documents.digests import block_digest


class valgen_block(nodes.General, nodes.Element):
    """Holds one block under the attributes ``block`` and ``digest``."""


def block_node(block: Block) -> valgen_block:
    """Return a node that stands for ``block``."""
    node = valgen_block(block=block, digest=block_digest(block))
    node += nodes.Text(plain_text((block,)))
    return node
