"""Sphinx extension behind `build_site`: virtual pages, their rendering, their surroundings.

A source file of the site holds nothing but a digest; the parser makes the section tree of the page from its
`Page`, with one opaque node for each run of blocks between sections, so that Sphinx never walks the content. The
node names its blocks by their path in the page, which keeps pickled doctrees small and lets an unchanged page be
written again without being read.

The site of the running build is in `CURRENT`; Sphinx offers no way to hand a value to a parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.parsers import Parser

from valgen.documents.blocks import Block
from valgen.documents.visible import visible
from valgen.writers.html.blocks import render_blocks
from valgen.writers.html.content import (
    FRONT,
    OWN_TITLES,
    Site,
    Span,
    ids_blocks,
    index_body,
    page_parts,
    page_piece,
    page_search,
    page_surroundings,
    recorded,
)
from valgen.writers.html.page_ids import PageIds
from valgen.writers.html.pages import OWN_IDS, Page, section_id

SUFFIX = ".vgpage"
THEME = Path(__file__).parent / "theme"


CURRENT: ContextVar[Site] = ContextVar("CURRENT")


class site_blocks(nodes.General, nodes.Element):
    """Stands for a piece of a page, ``span``."""


class PageParser(Parser):
    """Makes the doctree of a virtual page."""

    supported = ("valgen-page",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Fill ``document`` from the page that the source file is named after."""
        site = CURRENT.get()
        env = document.settings.env
        name = env.docname
        page = site.map.pages.get(name)
        title = visible(page.title if page else site.title)
        root = nodes.section("", nodes.title("", title), ids=["vg--top"])
        root += site_blocks("", span=FRONT)
        if page is not None:
            root.extend(_children(page, page.blocks, (), "", 2))
        document += root
        # Sphinx would otherwise ask for a table of contents that names every page.
        env.metadata[name]["orphan"] = True


def _children(
    page: Page, blocks: tuple[Block, ...], path: tuple[int, ...], prefix: str, level: int
) -> list[nodes.Node]:
    """Return section nodes and, between them, nodes that stand for pieces."""
    out: list[nodes.Node] = []
    for part in page_parts(page, blocks, path, prefix, level):
        if isinstance(part, Span):
            out.append(site_blocks("", span=part))
            continue
        block, number, place = part
        title = f"{number} {visible(block.title)}"
        section = nodes.section("", nodes.title("", title), ids=[section_id(page, block, number)])
        section.extend(_children(page, block.blocks, (*path, place), f"{number}.", level + 1))
        out.append(section)
    return out


def _visit(translator: Any, node: site_blocks) -> None:
    site = CURRENT.get()
    page = site.map.pages.get(translator.builder.current_docname)
    translator.body.append(index_body(site) if page is None else page_piece(site, page, node["span"]))
    raise nodes.SkipNode


def _add_context(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: object) -> None:
    context["vg"] = page_surroundings(CURRENT.get(), name)


def _more_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    site = CURRENT.get()
    ids = PageIds(used=set(OWN_IDS))
    resolve = recorded(site, "genindex", {})
    body = render_blocks(ids_blocks(site), resolve=resolve, heading_level=2, ids=ids)
    heading = "<h1>Index of ids</h1>\n"
    yield "genindex", {"title": "Index of ids", "body": heading + body}, "page.html"
    yield "search", {"title": "Search", "body": ""}, "search.html"
    if site.data is not None:
        yield "matrix", {"title": OWN_TITLES["matrix"], "body": ""}, "site-matrix.html"
        yield "graph", {"title": OWN_TITLES["graph"], "body": ""}, "site-graph.html"


def _search_part(app: Sphinx, docname: str, source: list[str]) -> None:
    site = CURRENT.get()
    page = site.map.pages.get(docname)
    if page is not None:
        site.search[docname] = page_search(page)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the virtual pages with Sphinx."""
    app.add_source_suffix(SUFFIX, "valgen-page")
    app.add_source_parser(PageParser)
    app.add_node(site_blocks, html=(_visit, None))
    app.add_html_theme("valgen", str(THEME))
    app.connect("source-read", _search_part)
    app.connect("html-page-context", _add_context)
    app.connect("html-collect-pages", _more_pages)
    return {"parallel_read_safe": False, "parallel_write_safe": False}
