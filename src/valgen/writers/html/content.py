"""What the pages of the site hold: their content piece by piece, their part of the search index, their surroundings.

No Sphinx here. A page is a tree of sections; what stands between two headings is a *piece*, named by where its blocks
lie (``Span``). Sphinx puts the pieces of a page between headings and navigation, and whoever knows where they lie in a
page that is there may put others in their place.

Source: design.md §6 (HTML).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

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

ENTRIES_IN_TOC = 250


class Span(NamedTuple):
    """Where the blocks of a piece lie.

    Attributes:
        path: places of the sections, each in the one before; None for the front of the page.
        start: of the first block.
        stop: behind the last block.
        level: of headings within the piece.
    """

    path: tuple[int, ...] | None
    start: int
    stop: int
    level: int


FRONT = Span(None, 0, 0, 1)


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
        known: ids that the interactive pages know; None for a site without them.
        pieces: of each page written in this build, its pieces in their order.
    """

    title: str
    map: PageMap
    pictures: PictureStore
    links: dict[str, dict[str, str | None]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)
    search: dict[str, str] = field(default_factory=dict)
    ids: dict[str, PageIds] = field(default_factory=dict)
    data: SiteData | None = None
    known: frozenset[str] | None = None
    pieces: dict[str, list[str]] = field(default_factory=dict)

    def explore(self, entry: Entry) -> str:
        """Return the id under which the interactive pages know an entry; empty for none."""
        known, name = self.known or frozenset(), case_of(entry)
        return name if name in known or name.partition("[")[0] in known else ""


def page_piece(site: Site, page: Page, span: Span) -> str:
    """Return one piece of a page as HTML; the front goes first, because it begins the page's ids and links anew."""
    name = page.name
    links = site.links.setdefault(name, {})
    shown = site.shown.setdefault(name, set())
    if span.path is None:
        links.clear()
        shown.clear()
        sections = {section_id(page, block, number) for number, block in _all_sections(page.blocks, "")}
        explore = site.explore if site.known is not None else None
        site.ids[name] = PageIds(reserved=page.entry_anchors, used={*OWN_IDS, *sections}, explore=explore)
        site.pieces[name] = [render_blocks(front_blocks(page), resolve=_nothing, heading_level=2)]
    else:
        blocks = page.blocks
        for place in span.path:
            blocks = blocks[place].blocks  # type: ignore[union-attr]
        piece = render_blocks(
            blocks[span.start : span.stop],
            resolve=recorded(site, name, links),
            heading_level=span.level,
            picture=site.pictures.shower(page.media, shown),
            ids=site.ids[name],
        )
        site.pieces[name].append(piece)
    return site.pieces[name][-1]


def page_parts(
    page: Page, blocks: tuple[Block, ...], path: tuple[int, ...], prefix: str, level: int
) -> Iterator[Span | tuple[Section, str, int]]:
    """Yield what stands directly in a page or section, in order: pieces, and sections with number and place."""
    start = number = 0
    for place, block in enumerate(blocks):
        if not isinstance(block, Section):
            continue
        if place > start:
            yield Span(path, start, place, level)
        start = place + 1
        number += 1
        yield block, f"{prefix}{number}", place
    if len(blocks) > start:
        yield Span(path, start, len(blocks), level)


def page_spans(page: Page) -> Iterator[Span]:
    """Yield every piece of a page in the order in which it stands there."""

    def within(blocks: tuple[Block, ...], path: tuple[int, ...], prefix: str, level: int) -> Iterator[Span]:
        for part in page_parts(page, blocks, path, prefix, level):
            if isinstance(part, Span):
                yield part
            else:
                section, number, place = part
                yield from within(section.blocks, (*path, place), f"{number}.", level + 1)

    yield FRONT
    yield from within(page.blocks, (), "", 2)


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


def recorded(site: Site, name: str, links: dict[str, str | None]) -> Callable[[str], str | None]:
    """Return how a page finds the address of an id, noted in ``links``."""
    resolve = site.map.resolve

    def look(anchor: str) -> str | None:
        if anchor not in links:
            links[anchor] = resolve(name, anchor)
        return links[anchor]

    return look


def _page_address(site: Site) -> Callable[[str], str | None]:
    own = {"genindex"} if site.data is None else {"genindex", "matrix", "graph"}
    return lambda name: f"{name}.html" if name in site.map.pages or name in own else None


def numbered_sections(blocks: Iterable[Block], prefix: str = "") -> Iterator[tuple[str, Section]]:
    """Yield sections directly among ``blocks`` with the numbers that the page prints."""
    number = 0
    for block in blocks:
        if isinstance(block, Section):
            number += 1
            yield f"{prefix}{number}", block


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
        if type(block) is Paragraph:
            found.append(_paragraph(block))
        elif isinstance(block, Table) and not block.caption_runs:
            for row in block.rows:
                for one in row.cells:
                    held = one.blocks
                    if len(held) == 1 and type(held[0]) is Paragraph:  # nearly every cell
                        found.append(_paragraph(held[0]))
                    else:
                        _search(held, found)
        elif isinstance(block, Facts):
            for _, inner in block.rows:
                _search(inner, found)
        else:
            found.append(_squeezed(plain_text((block,))))


def _paragraph(block: Paragraph) -> str:
    runs = block.runs
    if len(runs) == 1 and not runs[0].note and runs[0].image is None:
        return _squeezed(runs[0].text)
    return _squeezed(plain_text((block,)))


@lru_cache(1 << 16)
def _squeezed(text: str) -> str:
    if "\n" not in text:
        return visible(" ".join(text.split()))
    return visible(" · ".join([" ".join(line.split()) for line in text.split("\n") if line.strip()]))


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
                "toc": page_toc(one) if one.name == name else "",
            }
            for one in site.map.pages.values()
        ],
        "here": name,
        "page_title": escape(page.title if page else OWN_TITLES.get(name, "")),
        "explorable": site.data is not None,
        "dry": site.data is not None and site.data.has_dry,
        "wide": name in {"matrix", "graph"},
        "matrix_page": site.data.dashboard.matrix_page if site.data is not None else "",
    }


OWN_TITLES = {
    "genindex": "Index of ids",
    "search": "Search",
    "matrix": "Traceability matrix",
    "graph": "Trace graph",
}


def page_toc(page: Page) -> str:
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
