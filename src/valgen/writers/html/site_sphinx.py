"""Sphinx extension behind `build_site`: virtual pages, their rendering, their surroundings.

A source file of the site holds nothing but a digest; the parser makes the section tree of the page from its
`Page`, with one opaque node for each run of blocks between sections, so that Sphinx never walks the content. The
node names its blocks by their path in the page, which keeps pickled doctrees small and lets an unchanged page be
written again without being read.

The site of the running build is in `CURRENT`; Sphinx offers no way to hand a value to a parser.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.parsers import Parser

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    Facts,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    plain_text,
)
from valgen.documents.interactive import SiteData
from valgen.documents.visible import visible
from valgen.writers.html.blocks import escape, render_blocks
from valgen.writers.html.dashboard import dashboard_html
from valgen.writers.html.links import fragment
from valgen.writers.html.page_ids import PageIds
from valgen.writers.html.pages import OWN_IDS, Page, PageMap, case_of, section_id
from valgen.writers.html.pictures import PictureStore

SUFFIX = ".vgpage"
THEME = Path(__file__).parent / "theme"
ENTRIES_IN_TOC = 250


@dataclass(slots=True)
class Site:
    """The site being built.

    Attributes:
        title: of the site, in the top bar of every page.
        map: its pages and ids.
        pictures: where pictures of the running build are put.
        links: of each page written in this build, every id it links to and the address, None for an unknown id.
        shown: of each page written in this build, the picture files it shows.
        search: of each page written in this build, its part of the search index.
        data: of the interactive pages; None for a site without them.
        known: ids that the interactive pages know.
    """

    title: str
    map: PageMap
    pictures: PictureStore
    links: dict[str, dict[str, str | None]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)
    search: dict[str, str] = field(default_factory=dict)
    ids: dict[str, PageIds] = field(default_factory=dict)
    data: SiteData | None = None
    known: frozenset[str] = frozenset()

    def explore(self, entry: Entry) -> str:
        """Return the id under which the interactive pages know an entry; empty for none."""
        name = case_of(entry)
        if name in self.known:
            return name
        return name if name.partition("[")[0] in self.known else ""


CURRENT: ContextVar[Site] = ContextVar("CURRENT")


class site_blocks(nodes.General, nodes.Element):
    """Stands for the blocks ``span`` of the container at ``path`` in a page; ``path`` None stands for the front."""


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
        root += site_blocks("", path=None, span=(0, 0), level=1)
        if page is not None:
            root.extend(_children(page, page.blocks, (), "", 2))
        document += root
        # Sphinx would otherwise ask for a table of contents that names every page.
        env.metadata[name]["orphan"] = True


def _children(
    page: Page, blocks: tuple[Block, ...], path: tuple[int, ...], prefix: str, level: int
) -> list[nodes.Node]:
    """Return section nodes and, between them, nodes that stand for runs of other blocks."""
    out: list[nodes.Node] = []
    start = number = 0

    def close(stop: int) -> None:
        if stop > start:
            out.append(site_blocks("", path=path, span=(start, stop), level=level))

    for place, block in enumerate(blocks):
        if not isinstance(block, Section):
            continue
        close(place)
        start = place + 1
        number += 1
        full = f"{prefix}{number}"
        title = f"{full} {visible(block.title)}"
        section = nodes.section("", nodes.title("", title), ids=[section_id(page, block, full)])
        section.extend(_children(page, block.blocks, (*path, place), f"{full}.", level + 1))
        out.append(section)
    close(len(blocks))
    return out


def numbered_sections(blocks: Iterable[Block], prefix: str = "") -> Iterator[tuple[str, Section]]:
    """Yield sections directly among ``blocks`` with the numbers that the page prints."""
    number = 0
    for block in blocks:
        if isinstance(block, Section):
            number += 1
            yield f"{prefix}{number}", block


def _visit(translator: Any, node: site_blocks) -> None:
    site = CURRENT.get()
    name = translator.builder.current_docname
    page = site.map.pages.get(name)
    links = site.links.setdefault(name, {})
    shown = site.shown.setdefault(name, set())
    if page is None:
        body = index_body(site)
    elif node["path"] is None:
        links.clear()
        shown.clear()
        sections = {section_id(page, block, number) for number, block in _all_sections(page.blocks, "")}
        explore = site.explore if site.data is not None else None
        site.ids[name] = PageIds(reserved=page.entry_anchors, used={*OWN_IDS, *sections}, explore=explore)
        body = render_blocks(front_blocks(page), resolve=_nothing, heading_level=2)
    else:
        blocks = page.blocks
        for place in node["path"]:
            blocks = blocks[place].blocks
        start, stop = node["span"]
        body = render_blocks(
            blocks[start:stop],
            resolve=_recorded(site, name, links),
            heading_level=node["level"],
            picture=site.pictures.shower(page.media, shown),
            ids=site.ids[name],
        )
    translator.body.append(body)
    raise nodes.SkipNode


def index_body(site: Site) -> str:
    """Return the first page: the dashboard where there is data for one, the documents, other pages."""
    ids = PageIds(used=set(OWN_IDS))
    address = _page_address(site)
    documents, rest = index_blocks(site)
    lists = render_blocks(documents, resolve=address, heading_level=2, ids=ids)
    more = render_blocks(rest, resolve=address, heading_level=2, ids=ids)
    if site.data is None:
        return lists + more

    def resolve(anchor: str) -> str | None:
        return site.map.resolve("index", anchor) or address(anchor)

    top, below = dashboard_html(site.data.dashboard, resolve=resolve, ids=ids)
    return f'{top}<h2 id="vg--documents">Documents</h2>\n{lists}{below}<h2>Also in this pack</h2>\n{more}'


def _nothing(anchor: str) -> None:
    return None


def _recorded(site: Site, name: str, links: dict[str, str | None]) -> Callable[[str], str | None]:
    resolve = site.map.resolve

    def look(anchor: str) -> str | None:
        if anchor not in links:
            links[anchor] = resolve(name, anchor)
        return links[anchor]

    return look


def _page_address(site: Site) -> Callable[[str], str | None]:
    own = {"genindex"} if site.data is None else {"genindex", "matrix", "graph"}
    return lambda name: f"{name}.html" if name in site.map.pages or name in own else None


def _all_sections(blocks: Iterable[Block], prefix: str) -> Iterator[tuple[str, Section]]:
    for number, section in numbered_sections(blocks, prefix):
        yield number, section
        yield from _all_sections(section.blocks, f"{number}.")


# Content that the site adds


def front_blocks(page: Page) -> tuple[Block, ...]:
    """Return the document control table under a page's title."""
    if page.document is None:
        return ()
    return (Facts(tuple((label, (paragraph(value),) if value else ()) for label, value in page.document.control)),)


def index_blocks(site: Site) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the lists of the first page: the documents; other pages and the index of ids."""
    documents = [page for page in site.map.pages.values() if page.document is not None]
    others = [page for page in site.map.pages.values() if page.document is None]
    systems = list(dict.fromkeys(page.document.system for page in documents if page.document and page.document.system))
    blocks: list[Block] = []
    if systems:
        blocks.append(Facts((("System", (paragraph(", ".join(systems)),)),)))
    rows = []
    for page in documents:
        document = page.document
        if document is None:
            continue
        rows.append(
            Row(
                (
                    Cell((Paragraph((Run(document.title, link=f"#{page.name}"),)),)),
                    cell(document.number),
                    cell(document.version),
                    cell(document.status),
                    cell(", ".join(document.marks), Tone.WARN if document.marks else Tone.NEUTRAL),
                )
            )
        )
    columns = (
        Column("Document", 36),
        Column("Number", 18),
        Column("Version", 14),
        Column("Status", 12),
        Column("Marks", 20),
    )
    blocks.append(Table(columns, tuple(rows), caption="Documents of this pack", role="plain", empty="No documents."))
    listed = [(f"#{page.name}", page.title, page.summary) for page in others]
    if site.data is not None:
        listed.append(("#matrix", "Traceability matrix", "Every row to filter, sort and open down to the step."))
        listed.append(("#graph", "Trace graph", "What an item leads to and comes from, step by step."))
    listed.append(("#genindex", "Index of ids", "Every item and test case with the document that holds it."))
    rest = Table(
        (Column("Also in this pack", 30), Column("What it is", 70)),
        tuple(Row((Cell((Paragraph((Run(name, link=link),)),)), cell(summary))) for link, name, summary in listed),
    )
    return tuple(blocks), (rest,)


def ids_blocks(site: Site) -> tuple[Block, ...]:
    """Return the index of ids."""
    rows = []
    for place in site.map.objects():
        entry = place.entry
        if entry is None:
            continue
        title = site.map.pages[place.page].title
        rows.append(Row((link_cell((place.name,)), cell(entry.title), cell(entry.kind, Tone.NEUTRAL), cell(title))))
    columns = (Column("Id", 16), Column("Title", 50), Column("Type", 10), Column("Document", 24))
    return (Table(columns, tuple(rows), caption="Items and test cases", role="index", empty="No ids."),)


def page_search(page: Page) -> str:
    """Return a page's part of the search index: ``[address, page title, [[fragment, heading, text], ...]]`` as JSON."""
    records: list[list[str]] = []

    def add(blocks: Iterable[Block], address: str, heading: str, prefix: str) -> None:
        texts: list[Block] = []
        number = 0
        place = len(records)
        for block in blocks:
            if isinstance(block, Section):
                number += 1
                full = f"{prefix}{number}"
                add(block.blocks, f"#{section_id(page, block, full)}", f"{full} {block.title}", f"{full}.")
            elif isinstance(block, Entry):
                heading_text = visible(f"{block.label} {block.title}")
                records.append([fragment(block.anchor), heading_text, _searched(block.blocks)])
            else:
                texts.append(block)
        if heading or texts:
            records.insert(place, [address, visible(heading), _searched(texts)])

    add(page.blocks, "", "", "")
    return json.dumps([f"{page.name}.html", visible(page.title), records], ensure_ascii=False, separators=(",", ":"))


def _searched(blocks: Iterable[Block]) -> str:
    """Return the text of blocks on one line."""
    found: list[str] = []
    _search(blocks, found)
    return " · ".join(filter(None, found))


def _search(blocks: Iterable[Block], found: list[str]) -> None:
    for block in blocks:
        if isinstance(block, Paragraph):
            runs = block.runs
            simple = len(runs) == 1 and not runs[0].note and runs[0].image is None
            found.append(_squeezed(runs[0].text if simple else plain_text((block,))))
        elif isinstance(block, Table) and not block.caption_runs:
            for row in block.rows:
                for one in row.cells:
                    _search(one.blocks, found)
        elif isinstance(block, Facts):
            for _, inner in block.rows:
                _search(inner, found)
        else:
            found.append(_squeezed(plain_text((block,))))


@lru_cache(1 << 16)
def _squeezed(text: str) -> str:
    return visible(" · ".join(" ".join(line.split()) for line in text.split("\n") if line.strip()))


# Surroundings of a page


def page_surroundings(site: Site, name: str) -> dict[str, Any]:
    """Return what the layout prints around a page; every value is finished HTML or a plain flag."""
    page = site.map.pages.get(name)
    document = page.document if page else None
    if document is not None:
        marks, system, language = document.marks, document.system, document.language
        facts = [document.number, f"Version {document.version}", document.status]
    else:
        held = [one.document for one in site.map.pages.values() if one.document is not None]
        marks = tuple(dict.fromkeys(mark for one in held for mark in one.marks))
        systems = list(dict.fromkeys(one.system for one in held if one.system))
        system, facts = ", ".join(systems), []
        language = held[0].language if held else "en"
    return {
        "site_title": escape(site.title),
        "language": escape(language),
        "system": escape(system),
        "facts": [escape(fact) for fact in facts if fact.strip()],
        "marks": [escape(mark) for mark in marks],
        "watermark": escape(" · ".join(marks)),
        "documents": [
            {
                "href": f"{one.name}.html",
                "title": escape(one.title),
                "number": escape(one.document.number if one.document else ""),
                "current": one.name == name,
                "toc": _toc(one) if one.name == name else "",
            }
            for one in site.map.pages.values()
        ],
        "here": name,
        "page_title": escape(page.title if page else _OWN_TITLES.get(name, "")),
        "explorable": site.data is not None,
        "dry": site.data is not None and site.data.has_dry,
        "wide": name in {"matrix", "graph"},
        "matrix_page": site.data.dashboard.matrix_page if site.data is not None else "",
    }


_OWN_TITLES = {
    "genindex": "Index of ids",
    "search": "Search",
    "matrix": "Traceability matrix",
    "graph": "Trace graph",
}


def _toc(page: Page) -> str:
    """Return the local table of contents as nested lists; entries of long sections are left out."""

    def level(blocks: tuple[Block, ...], prefix: str) -> str:
        items: list[str] = []
        number = 0
        entries = sum(isinstance(block, Entry) for block in blocks)
        for block in blocks:
            if isinstance(block, Section):
                number += 1
                full = f"{prefix}{number}"
                address = escape("#" + section_id(page, block, full))
                inner = level(block.blocks, f"{full}.")
                items.append(f'<li><a href="{address}">{full} {escape(block.title)}</a>{inner}</li>')
            elif isinstance(block, Entry) and block.anchor and entries <= ENTRIES_IN_TOC:
                label, title = escape(block.label), escape(block.title)
                items.append(
                    f'<li class="vg-toc-entry"><a href="{escape(fragment(block.anchor))}">'
                    f'<span class="vg-id">{label}</span> {title}</a></li>'
                )
        return f"<ul>{''.join(items)}</ul>" if items else ""

    return level(page.blocks, "")


def _add_context(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: object) -> None:
    context["vg"] = page_surroundings(CURRENT.get(), name)


def _more_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    site = CURRENT.get()
    ids = PageIds(used=set(OWN_IDS))
    resolve = _recorded(site, "genindex", {})
    body = render_blocks(ids_blocks(site), resolve=resolve, heading_level=2, ids=ids)
    heading = "<h1>Index of ids</h1>\n"
    yield "genindex", {"title": "Index of ids", "body": heading + body}, "page.html"
    yield "search", {"title": "Search", "body": ""}, "search.html"
    if site.data is not None:
        yield "matrix", {"title": _OWN_TITLES["matrix"], "body": ""}, "site-matrix.html"
        yield "graph", {"title": _OWN_TITLES["graph"], "body": ""}, "site-graph.html"


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
