"""Places of a doctree: which ids there are, which of them anything links to, and which footnotes are referred to.

An id is unique in one source file only, so a place is known by its file (its *scope*) and its id. A node with several
ids is one place. Only places that something links to, and sections, get an anchor; a Word file with a bookmark for
every id that docutils made up would be hard to work in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from docutils import nodes

from valgen.documents.blocks import CodeBlock, Entry, Heading, Image, Row, Section, Table, walk
from valgen.documents.nodes import valgen_block

_NO_LINKS = (nodes.target, nodes.title, nodes.problematic, nodes.system_message)

Place = tuple[str, str]
"""Scope and id; the id is empty for a file as a whole."""


class Places:
    """Ids, links and notes of one tree, found in one walk."""

    def __init__(
        self,
        tree: nodes.Element,
        *,
        scope_of: Callable[[nodes.Node], str | None],
        target_of: Callable[[nodes.Element, str], Place | None],
        name: Callable[[str, str, bool], str],
        scope: str = "",
    ) -> None:
        """Walk a tree.

        Args:
            tree: with its references resolved.
            scope_of: the file that a node begins, None for a node that begins none.
            target_of: from a reference and its scope to the place that it leads to, None for one that leads outside.
            name: from scope, id and whether no other file has that id to the anchor.
            scope: of the tree itself.
        """
        self._names: dict[Place, str] = {}
        self._wanted: set[Place] = set()
        self.notes: dict[Place, nodes.footnote] = {}
        self.noted: set[Place] = set()
        groups: list[tuple[str, list[str], bool]] = []
        blocks: list[tuple[str, valgen_block]] = []
        files: dict[str, str] = {}
        for node, where in _walked(tree, scope, scope_of):
            if isinstance(node, valgen_block):
                blocks.append((where, node))
                continue
            ids: list[str] = _ids(node)
            section = isinstance(node, nodes.section)
            if section and ids:
                files.setdefault(where, ids[0])
            if ids:
                groups.append((where, ids, section))
            if isinstance(node, nodes.footnote):
                self.notes.update({(where, name): node for name in ids})
            elif isinstance(node, nodes.footnote_reference):
                self.noted.add((where, str(node.get("refid", ""))))
            elif isinstance(node, _NO_LINKS):
                continue  # these name an id that something else leads to
            elif node.get("refid") or node.get("refuri"):
                found = target_of(node, where)
                if found is not None:
                    self._wanted.add(found)
        linked = bool(self._wanted)
        scopes: dict[str, set[str]] = {}
        for where, ids, _ in groups:
            for one in ids:
                scopes.setdefault(one, set()).add(where)
        for where, ids, section in groups:
            anchor = name(where, ids[0], len(scopes[ids[0]]) == 1)
            for one in ids:
                self._names.setdefault((where, one), anchor)
            if section or self._wanted.intersection((where, one) for one in ids):
                self._wanted.update((where, one) for one in ids)
        if linked:  # thousands of blocks need not be searched where no text of the tree links to anything
            # Items and test cases keep their ids; links between blocks use them as they are.
            own = [(where, anchor) for where, node in blocks for anchor in _anchors(node)]
            self._names.update({place: place[1] for place in own})
        for where, first in files.items():
            self._names.setdefault((where, ""), self._names[where, first])

    def anchor(self, scope: str, node: nodes.Element) -> str:
        """Return the anchor of a node, empty when it has no id or nothing leads there."""
        for one in _ids(node):
            if (scope, one) in self._wanted:
                return self._names.get((scope, one), "")
        return ""

    def link(self, place: Place) -> str:
        """Return the link to a place such as ``#URS-010``, empty when the tree has no such place."""
        found = self._names.get(place, "")
        return f"#{found}" if found else ""

    def note(self, scope: str, reference: nodes.Element) -> nodes.footnote | None:
        """Return the footnote that a mark refers to."""
        return self.notes.get((scope, str(reference.get("refid", ""))))

    def is_noted(self, scope: str, note: nodes.Element) -> bool:
        """Return whether any mark refers to a footnote."""
        return any((scope, one) in self.noted for one in _ids(note))


def _ids(node: nodes.Element) -> list[str]:
    return list(node.get("ids", ()))


def _walked(
    node: nodes.Element, scope: str, scope_of: Callable[[nodes.Node], str | None]
) -> Iterator[tuple[nodes.Element, str]]:
    scope = scope_of(node) or scope
    yield node, scope
    for child in node.children:
        if isinstance(child, nodes.Element):
            yield from _walked(child, scope, scope_of)


def _anchors(node: nodes.Element) -> Iterator[str]:
    for block in walk((node["block"],)):
        if isinstance(block, Entry | Section | Heading | Table | Image | CodeBlock) and block.anchor:
            yield block.anchor
        if isinstance(block, Table):
            yield from (row.anchor for row in block.rows if isinstance(row, Row) and row.anchor)
