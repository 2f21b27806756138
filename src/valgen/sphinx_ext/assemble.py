"""All pages below a start page as one doctree, in the order of the tables of contents.

A page becomes a chapter where the table of contents names it, as in Sphinx's LaTeX builder. Two things that builder
leaves out are kept: the caption of a table of contents becomes the heading above its pages, and addresses in it become
links. Figures, tables, listings and sections get the numbers that the Word file prints, so that ``:numref:`` agrees
with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import process_only_nodes

from valgen.documents.blocks import Image, Section, Table, walk
from valgen.documents.nodes import valgen_block

if TYPE_CHECKING:
    from sphinx.builders import Builder

FIGURE, TABLE, LISTING, EQUATION = "figure", "table", "code-block", "displaymath"

Numbers = dict[str, dict[str, dict[str, tuple[int, ...]]]]
"""Page, kind and id to number, as Sphinx keeps them."""


def assemble(builder: Builder, start: str, title: str) -> tuple[nodes.document, set[str]]:
    """Return the pages below ``start`` as one tree, and their names; references are not resolved yet.

    Args:
        builder: for the pages and the tags of ``only``.
        start: first page.
        title: of the document; a start page of that title needs no heading of its own.
    """
    seen = {start}
    tree = _page(builder, start, seen)
    tree["docname"] = start
    _ifconfig(builder, tree, start)
    _open_start(tree, title)
    return tree, seen


def _page(builder: Builder, docname: str, seen: set[str]) -> nodes.document:
    tree: nodes.document = builder.env.get_doctree(docname)
    process_only_nodes(tree, builder.tags)
    for toctree in list(tree.findall(addnodes.toctree)):
        inlined = _inlined(builder, toctree, seen)
        parent = toctree.parent
        if parent is not None:
            parent.replace(toctree, inlined)
    return tree


def _inlined(builder: Builder, toctree: addnodes.toctree, seen: set[str]) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    outside: list[nodes.Node] = []
    given: list[tuple[str | None, str]] = list(toctree.get("entries", ()))
    further: list[str] = list(toctree.get("includefiles", ()))
    named = {name for _, name in given}
    entries = given + [(None, name) for name in further if name not in named]
    for title, name in entries:
        if name in builder.env.all_docs:
            if name not in seen:
                seen.add(name)
                page = _page(builder, name, seen)
                found.append(addnodes.start_of_file("", *page.children, docname=name))
        elif "://" in name or name.startswith("mailto:"):
            link = nodes.reference("", title or name, refuri=name)
            outside.append(nodes.list_item("", nodes.paragraph("", "", link)))
    if outside:
        found.insert(0, nodes.bullet_list("", *outside))
    caption = toctree.get("caption")
    if caption and found:
        return [nodes.section("", nodes.title("", str(caption)), *found)]
    return found


def _ifconfig(builder: Builder, tree: nodes.document, docname: str) -> None:
    """Decide ``ifconfig`` before anything is counted; Sphinx itself does so only after references are resolved."""
    app: Any = builder._app
    if "sphinx.ext.ifconfig" in app.extensions:
        from sphinx.ext.ifconfig import process_ifconfig_nodes

        process_ifconfig_nodes(app, tree, docname)


def _open_start(tree: nodes.document, title: str) -> None:
    """Make chapters of what stands below the title of the start page; what stands before them becomes the first."""
    tops = [child for child in tree.children if isinstance(child, nodes.section)]
    if len(tops) != 1:
        return
    top = tops[0]
    head = next((child for child in top.children if isinstance(child, nodes.title)), None)
    rest = [child for child in top.children if child is not head]
    first = next((number for number, child in enumerate(rest) if _holds_section(child)), len(rest))
    before, chapters = rest[:first], rest[first:]
    intro = nodes.section("", *before, ids=list(top["ids"]), names=list(top["names"]))
    intro.source, intro.line = top.source, top.line
    if head is not None and any(_prints(child) for child in before) and head.astext().strip() != title.strip():
        intro.insert(0, head)
    tree.replace(top, [intro, *chapters])


def _holds_section(node: nodes.Node) -> bool:
    if isinstance(node, valgen_block):
        return isinstance(node["block"], Section)
    return isinstance(node, nodes.Element) and next(iter(node.findall(nodes.section)), None) is not None


def _prints(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Invisible | nodes.comment | nodes.target | addnodes.index):
        return False
    return bool(node.astext().strip()) or next(iter(node.findall(nodes.image)), None) is not None


def section_numbers(tree: nodes.document) -> dict[str, dict[str, tuple[int, ...]]]:
    """Return the numbers that the Word file prints before headings, by page and ``#id``."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}

    def below(node: nodes.Element, docname: str, prefix: tuple[int, ...], count: list[int]) -> None:
        for child in node.children:
            if isinstance(child, valgen_block):
                count[0] += isinstance(child["block"], Section)
            elif isinstance(child, nodes.section):
                titled = any(isinstance(one, nodes.title) for one in child.children)
                if not titled:
                    below(child, docname, prefix, [0])
                    continue
                count[0] += 1
                number = (*prefix, count[0])
                here = found.setdefault(docname, {})
                here.setdefault("", number)
                here.update({f"#{one}": number for one in child["ids"]})
                below(child, docname, number, [0])
            elif isinstance(child, addnodes.start_of_file):
                below(child, str(child["docname"]), prefix, count)
            elif isinstance(child, nodes.Element) and not isinstance(child, nodes.TextElement):
                below(child, docname, prefix, count)

    below(tree, str(tree["docname"]), (), [0])
    return found


def figure_numbers(tree: nodes.document) -> Numbers:
    """Return the numbers that the Word file prints in captions, by page, kind and id.

    Equations, whose numbers are text in the tree, are numbered anew: Sphinx counts them from 1 on every page.
    """
    counts = {FIGURE: 0, TABLE: 0, LISTING: 0, EQUATION: 0}
    found: Numbers = {}

    def below(node: nodes.Element, docname: str) -> None:
        if isinstance(node, valgen_block):
            for block in walk((node["block"],)):
                if isinstance(block, Image | Table) and block.caption:
                    counts[FIGURE if isinstance(block, Image) else TABLE] += 1
            return
        if isinstance(node, addnodes.start_of_file):
            docname = str(node["docname"])
        found.setdefault(docname, {}).setdefault(EQUATION, {})
        if isinstance(node, nodes.math_block) and node.get("number"):
            counts[EQUATION] += 1
            node["number"] = counts[EQUATION]
            name = nodes.make_id(f"equation-{node.get('label', '')}")
            found[docname][EQUATION][name] = (counts[EQUATION],)
        kind = _numbered_kind(node)
        if kind:
            counts[kind] += 1
            ids = found.setdefault(docname, {}).setdefault(kind, {})
            ids.update({one: (counts[kind],) for one in node["ids"]})
        for child in node.children:
            if isinstance(child, nodes.Element):
                below(child, docname)

    below(tree, str(tree["docname"]))
    return found


def _numbered_kind(node: nodes.Element) -> str:
    kinds = [type(child) for child in node.children]
    if isinstance(node, nodes.figure) and nodes.caption in kinds:
        return FIGURE if next(iter(node.findall(nodes.image)), None) is not None else ""
    if isinstance(node, nodes.table) and nodes.title in kinds:
        return TABLE
    if isinstance(node, nodes.container) and nodes.caption in kinds and nodes.literal_block in kinds:
        return LISTING if "literal-block-wrapper" in node.get("classes", ()) else ""
    return ""
