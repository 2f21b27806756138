"""A site in which the pages of single documents are brought up to date, and nothing else is touched.

A page is what stands around its pieces (`content`), and the pieces. What stands around them follows from the *face* of
its document: the ids on it, its headings, titles of items and tests. While no face changes, neither does any other
page, and a page is renewed by putting its new pieces where the old ones lie. So Sphinx is not needed, nor any document
but those that changed. Where a face changes, nothing is renewed, and the site must be made by `site.build_site`.

The bytes are those that `site.build_site` would give. Source: docs/decisions/0032-packs-renewed.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valgen.documents.blocks import Document
from valgen.documents.interactive import SiteData
from valgen.documents.places import opened
from valgen.writers.html.content import Site, Span, page_parts, page_piece, page_search, page_spans, page_toc
from valgen.writers.html.links import fragment
from valgen.writers.html.pages import Page, PageMap, make_pages
from valgen.writers.html.pictures import PictureStore

SEARCH_HEAD = '"use strict";\nconst valgenSearchIndex = [\n'
SEARCH_TAIL = "\n];\n"
_SEARCH = "searchindex.js"

Places = list[list[int]]
"""Where the pieces of a page lie in its file: first byte and length of each, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What must be known of a site to renew pages of it.

    Attributes:
        title: of the site.
        pages: names, in the order of the search index.
        pieces: of each page, where they lie; None where that cannot be told.
        pictures: of each page, the picture files it shows.
        faces: of each page, see ``face_of``.
        targets: id to the page and anchor that it leads to.
        known: ids that the interactive pages know; None for a site without them.
        dashboard: digest of what the first page and the heads of interactive pages show.
    """

    title: str
    pages: list[str]
    pieces: dict[str, Places | None]
    pictures: dict[str, list[str]]
    faces: dict[str, str]
    targets: dict[str, tuple[str, str]]
    known: list[str] | None
    dashboard: str

    def plain(self) -> tuple[Any, ...]:
        """Return the facts as plain values, for a cache."""
        return tuple(getattr(self, name) for name in self.__slots__)

    @classmethod
    def of_plain(cls, values: Sequence[Any]) -> SiteFacts:
        """Return the facts that ``plain`` made plain."""
        return cls(**dict(zip(cls.__slots__, values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """What changes in a site.

    Attributes:
        files: new content by path in the site.
        facts: of the site as it is then.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    facts: SiteFacts


def site_facts(title: str, pages: PageMap, kept: Mapping[str, Mapping[str, Any]], data: SiteData | None) -> SiteFacts:
    """Return the facts of a site that was made just now.

    Args:
        title: of the site.
        pages: all of them.
        kept: what the work folder notes of each page.
        data: of the interactive pages.
    """
    return SiteFacts(
        title=title,
        pages=list(pages.pages),
        pieces={name: kept[name]["pieces"] for name in pages.pages},
        pictures={name: kept[name]["pictures"] for name in pages.pages},
        faces={name: face_of(page) for name, page in pages.pages.items()},
        targets={name: (place.page, place.anchor) for name, place in pages.targets.items()},
        known=None if data is None else sorted(_known(data)),
        dashboard=_dashboard(data),
    )


def piece_places(page: bytes, pieces: Iterable[str]) -> Places | None:
    """Return where the pieces of a page lie in its file; None where they do not stand there one after the other."""
    found: Places = []
    at = 0
    for piece in pieces:
        data = _encoded(piece)
        start = page.find(data, at)
        if not data or start < 0:
            return None
        found.append([start, len(data)])
        at = start + len(data)
    return found or None


def face_of(page: Page) -> str:
    """Return a digest of what other pages, and what stands around the pieces of a page, rest on."""
    document = page.document
    head = document and (
        document.number, document.version, document.status, document.system, document.marks, document.language,
        document.control,
    )  # fmt: skip
    places = [
        (place.anchor, place.entry and (place.entry.anchor, place.entry.label, place.entry.title, place.entry.kind))
        for place in page.places
    ]
    told = (page.name, page.title, page.summary, head, places, page_toc(page), _order(page))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def renew_site(
    facts: SiteFacts, documents: Sequence[Document], data: SiteData | None, before: Path, work: Path
) -> Renewed | None:
    """Return what changes in a site, or None where more changes than pages of single documents and data.

    Args:
        facts: of the site as it is.
        documents: those that changed.
        data: of the interactive pages; None where it is what it was.
        before: folder of the site as it is, every file of it checked.
        work: folder of the new site; pictures may be put there.
    """
    if data is not None and (_dashboard(data) != facts.dashboard or sorted(_known(data)) != facts.known):
        return None
    files: dict[str, bytes] = {}
    search = (before / _SEARCH).read_bytes().split(b"\n") if documents else []
    head, tail = SEARCH_HEAD.count("\n"), SEARCH_TAIL.count("\n")
    if documents and len(search) != head + len(facts.pages) + tail:
        return None
    pieces = dict(facts.pieces)
    known = None if facts.known is None else frozenset(facts.known)
    for document in documents:
        name = document.key
        own = make_pages([opened(document)], ())
        page, places = own.pages[name], facts.pieces.get(name)
        if places is None or face_of(page) != facts.faces[name]:
            return None
        site = Site(facts.title, _KnownPages(page, facts.targets), PictureStore(work / "_images"), known=known)
        made = [_encoded(page_piece(site, page, span)) for span in page_spans(page)]
        if len(made) != len(places) or sorted(site.shown.get(name, ())) != facts.pictures[name]:
            return None
        files[f"{name}.html"], pieces[name] = _replaced((before / f"{name}.html").read_bytes(), places, made)
        line = head + facts.pages.index(name)
        more = b"," if line < head + len(facts.pages) - 1 else b""
        search[line] = page_search(page).encode("utf-8", "surrogatepass") + more
    if documents:
        files[_SEARCH] = b"\n".join(search)
    if data is not None:
        scripts = _scripts(data, facts)
        if any(not (before / name).is_file() for name in scripts):
            return None
        files |= {name: text for name, text in scripts.items() if (before / name).read_bytes() != text}
    changed = {name: getattr(facts, name) for name in SiteFacts.__slots__} | {"pieces": pieces}
    return Renewed(files=files, facts=SiteFacts(**changed))


class _KnownPages(PageMap):
    """One page among pages of which only the places are known."""

    def __init__(self, page: Page, targets: Mapping[str, tuple[str, str]]) -> None:
        super().__init__([page])
        self._known = targets

    def resolve(self, page: str, anchor: str) -> str | None:
        """Return the address of an id as seen from a page, None for an unknown one."""
        here = self.pages.get(page)
        if here is not None and anchor in here.entry_anchors:
            return fragment(anchor)
        place = self._known.get(anchor)
        if place is None:
            return None
        return ("" if place[0] == page else f"{place[0]}.html") + fragment(place[1])


def _scripts(data: SiteData, facts: SiteFacts) -> dict[str, bytes]:
    from valgen.writers.html.data_files import data_files

    def resolve(name: str) -> str | None:
        place = facts.targets.get(name)
        return None if place is None else f"{place[0]}.html{fragment(place[1])}"

    return {name: text.encode("utf-8", "surrogatepass") for name, text in data_files(data, resolve).items()}


def _replaced(page: bytes, places: Places, pieces: Sequence[bytes]) -> tuple[bytes, Places]:
    """Return a page with other pieces, and where they lie."""
    out: list[bytes] = []
    found: Places = []
    at = length = 0
    for (start, size), piece in zip(places, pieces, strict=True):
        out += (page[at:start], piece)
        length += start - at
        found.append([length, len(piece)])
        length += len(piece)
        at = start + size
    out.append(page[at:])
    return b"".join(out), found


def _order(page: Page) -> str:
    """Return how pieces and headings of a page follow each other."""

    def within(blocks: Any) -> str:
        return "".join(
            "p" if isinstance(part, Span) else f"({within(part[0].blocks)})"
            for part in page_parts(page, blocks, (), "", 1)
        )

    return within(page.blocks)


def _known(data: SiteData) -> frozenset[str]:
    return frozenset(node.id for node in data.nodes)


def _dashboard(data: SiteData | None) -> str:
    told = "" if data is None else repr((data.dashboard, data.has_dry, data.has_formal))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "xmlcharrefreplace")  # as Sphinx writes a page
