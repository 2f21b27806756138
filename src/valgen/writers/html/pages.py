"""What the pages of a site are, before any HTML: their names, the ids they hold, where each id leads.

An id may stand on several pages: a test case is an entry of its protocol and of its report, a requirement is an
entry of the URS and a row of the matrix. A link prefers the entry on its own page, then the entry that shows results,
then the first entry, and only then a row or section. So every id in the matrix leads to its evidence.

Nothing is written here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from valgen.documents.blocks import Block, Document, Entry, Facts, ListBlock, Notice, Quote, Section, Table
from valgen.documents.digests import block_digest
from valgen.errors import RenderError
from valgen.writers.html.links import fragment, html_id

RESERVED_PAGES = frozenset({"index", "search", "genindex", "matrix", "graph"})
OWN_IDS = frozenset({"vg--content", "vg--side", "vg--q", "vg--top", "vg--query", "vg--hatch", "vg--dots"})
STAGES = frozenset({"IQ", "OQ", "PQ"})
_PAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraPage:
    """A page of the site that is no controlled document, such as a list of digests.

    Attributes:
        key: page name, as `Document.key`.
        title: heading of the page.
        summary: one sentence for the index page.
        blocks: the content.
        media: pictures named by the blocks, as `Document.media`.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    summary: str = ""
    media: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One id on one page.

    Attributes:
        page: name of the page.
        anchor: as the page has it.
        entry: the item or test case, None for a section, table or row.
        name: id that leads here where it is not the anchor itself, see `PageMap.objects`.
    """

    page: str
    anchor: str
    entry: Entry | None = None
    name: str = ""


@dataclass(slots=True)
class Page:
    """One page: its content and the places on it.

    Attributes:
        document: the controlled document it shows, None for an extra page.
        places: every id on the page: of entries, sections, tables and rows.
        entry_anchors: those of items and test cases.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    media: dict[str, str]
    document: Document | None = None
    summary: str = ""
    places: list[Place] = field(default_factory=list)
    entry_anchors: frozenset[str] = frozenset()


class PageMap:
    """All pages of a site and where every id leads."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = {page.name: page for page in pages}
        self.targets: dict[str, Place] = {}
        order = sorted(pages, key=lambda page: not page.name.endswith("-report"))
        for page in order:
            for place in page.places:
                if place.entry is not None:
                    self.targets.setdefault(place.anchor, place)
                    self.targets.setdefault(case_of(place.entry), place)
        for page in pages:
            for place in page.places:
                self.targets.setdefault(place.anchor, place)

    def resolve(self, page: str, anchor: str) -> str | None:
        """Return the address of an id as seen from a page, None for an unknown one."""
        here = self.pages.get(page)
        if here is not None and anchor in here.entry_anchors:
            return fragment(anchor)
        place = self.targets.get(anchor)
        if place is None:
            return None
        return ("" if place.page == page else f"{place.page}.html") + fragment(place.anchor)

    def objects(self) -> Iterator[Place]:
        """Yield the entries that links lead to, one per id, sorted by id."""
        for anchor in sorted(self.targets):
            if self.targets[anchor].entry is not None:
                yield replace(self.targets[anchor], name=anchor)


def case_of(entry: Entry) -> str:
    """Return the id that an entry is about.

    A report shows a case that ran in several environments once for each, as ``OQ-014 in VAL`` under ``OQ-014.VAL``;
    a link to ``OQ-014`` leads to the first of them rather than to the protocol.
    """
    case, _, environment = entry.label.partition(" in ")
    return case if environment and entry.anchor == f"{case}.{environment}" else entry.anchor


def object_type(entry: Entry) -> str:
    """Return the object type of an entry in the Sphinx domain: ``case`` for a test case, else ``item``."""
    return "case" if entry.kind in STAGES else "item"


def make_pages(documents: Sequence[Document], extra_pages: Sequence[ExtraPage]) -> PageMap:
    """Return the pages of a site.

    Raises:
        RenderError: a page name cannot be a file name, or two differ by nothing but capital letters.
    """
    pages: list[Page] = []
    seen: dict[str, str] = {}
    for one in documents:
        pages.append(Page(one.key, one.title, one.sections, dict(one.media), document=one))
    for extra in extra_pages:
        pages.append(Page(extra.key, extra.title, extra.blocks, dict(extra.media), summary=extra.summary))
    for page in pages:
        _check_name(page.name, seen)
        page.places = list(_places(page.name, page.blocks))
        page.entry_anchors = frozenset(place.anchor for place in page.places if place.entry is not None)
    return PageMap(pages)


def _check_name(name: str, seen: dict[str, str]) -> None:
    if not _PAGE_NAME.fullmatch(name) or name.endswith("."):
        raise RenderError(
            f"{name!r} cannot be the name of a page",
            why="the name of a document becomes a file name that must work on every system",
            fix="use letters, digits, dots, hyphens and underscores for the key in requirements/documents.yaml",
            code="VG720",
        )
    other = "a page of the site itself" if name.lower() in RESERVED_PAGES else seen.get(name.lower())
    if other:
        raise RenderError(
            f"the page name {name!r} is taken by {other}",
            why="Windows and macOS take names that differ only by capitals for one file, so a page would be lost",
            fix="give the document another key in requirements/documents.yaml",
            code="VG720",
        )
    seen[name.lower()] = name


def _places(page: str, blocks: Iterable[Block]) -> Iterator[Place]:
    """Yield the places of blocks, depth first; cells are not searched, since no block in a cell is a target."""
    for block in blocks:
        if isinstance(block, Entry):
            if block.anchor:
                yield Place(page, block.anchor, block)
            yield from _places(page, block.blocks)
        elif isinstance(block, Section):
            if block.anchor:
                yield Place(page, block.anchor)
            yield from _places(page, block.blocks)
        elif isinstance(block, Table):
            if block.anchor:
                yield Place(page, block.anchor)
            for row in block.rows:
                if row.anchor:
                    yield Place(page, row.anchor)
        elif isinstance(block, Quote | Notice):
            yield from _places(page, block.blocks)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _places(page, item)
        elif isinstance(block, Facts):
            for _, inner in block.rows:
                yield from _places(page, inner)
        elif getattr(block, "anchor", ""):
            yield Place(page, block.anchor)  # type: ignore[union-attr]


def section_id(page: Page, section: Section, number: str) -> str:
    """Return the HTML id of a section; its number when the anchor is empty or belongs to an entry of the page."""
    if section.anchor and section.anchor not in page.entry_anchors and html_id(section.anchor) not in OWN_IDS:
        return html_id(section.anchor)
    return f"section-{number}"


def fingerprint(page: Page) -> str:
    """Return a digest of everything a page says."""
    if page.document is not None:
        return page.document.digests.shown
    parts = [page.title, page.summary, *(block_digest(block) for block in page.blocks)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


__all__ = [
    "OWN_IDS",
    "ExtraPage",
    "Page",
    "PageMap",
    "Place",
    "case_of",
    "fingerprint",
    "make_pages",
    "object_type",
    "section_id",
]
