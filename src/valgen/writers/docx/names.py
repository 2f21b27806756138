"""Bookmark names: every anchor of a document under a name that Word accepts.

Word allows letters, digits and underscores, starts a name with a letter, ends it after 40 characters and does
not tell ``urs`` from ``URS``. A plain id such as ``URS-010`` becomes ``URS_010``; any other anchor becomes a
readable beginning, two underscores and sixteen digits of its SHA-256. Plain ids never yield two underscores, so
no two anchors share a name.

Source: design.md §6 (bookmarks and links from every id to its place).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Document,
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

MAX_NAME = 40

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*", re.ASCII)
_UNFIT = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


class Bookmarks:
    """Names and numbers of the bookmarks of one document.

    An anchor that several blocks carry belongs to the entry or section among them, else to the first one.
    """

    def __init__(self, document: Document) -> None:
        self._names: dict[str, str] = {}
        self._owner: dict[str, object] = {}
        self._open: set[str] = set()
        self._count = 0
        taken: set[str] = set()
        for owner, anchor in _anchors(document.sections):
            held = self._owner.get(anchor)
            if held is None:
                name = bookmark_name(anchor)
                if name.casefold() in taken:
                    name = _hashed(anchor)
                taken.add(name.casefold())
                self._names[anchor] = name
            elif isinstance(held, Entry | Section) or not isinstance(owner, Entry | Section):
                continue
            self._owner[anchor] = owner
        self._open = set(self._names)

    def name(self, anchor: str) -> str:
        """Return the bookmark of ``anchor``, empty when the document has no such place."""
        return self._names.get(anchor, "")

    def pair(self, owner: object, anchor: str) -> tuple[str, str]:
        """Return start and end marks as XML for the place that ``owner`` is, empty if the anchor is not its own."""
        if not anchor or self._owner.get(anchor) is not owner or anchor not in self._open:
            return "", ""
        self._open.discard(anchor)
        return self.mark(self._names[anchor])

    def mark(self, name: str) -> tuple[str, str]:
        """Return start and end marks as XML for a name of the writer's own."""
        self._count += 1
        return (
            f'<w:bookmarkStart w:id="{self._count}" w:name="{name}"/>',
            f'<w:bookmarkEnd w:id="{self._count}"/>',
        )


def bookmark_name(anchor: str) -> str:
    """Return the name that Word accepts for ``anchor``: the same for the same anchor, in every document."""
    if len(anchor) <= MAX_NAME and _PLAIN.fullmatch(anchor):
        return anchor.replace("-", "_")
    return _hashed(anchor)


def _hashed(anchor: str) -> str:
    digest = hashlib.sha256(anchor.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    start = _UNFIT.sub("_", anchor).strip("_")[: MAX_NAME - 18].rstrip("_")
    if not start or not start[0].isalpha():
        start = f"a{start}"[: MAX_NAME - 18].rstrip("_")
    return f"{start}__{digest}"


def _anchors(blocks: tuple[Block, ...]) -> Iterator[tuple[object, str]]:
    for block in blocks:
        if isinstance(block, Section | Entry | Heading | Table | Image | CodeBlock) and block.anchor:
            yield block, block.anchor
        if isinstance(block, Paragraph | Heading | Section):
            yield from _in_runs(block.runs)
        elif isinstance(block, Image | Table) and block.caption_runs:
            yield from _in_runs(block.caption_runs)
        if isinstance(block, Section | Entry | Quote | Notice):
            yield from _anchors(block.blocks)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _anchors(item)
        elif isinstance(block, Facts):
            for _, inner in block.rows:
                yield from _anchors(inner)
        elif isinstance(block, Table):
            for row in block.rows:
                if row.anchor:
                    yield row, row.anchor
                for one in row.cells:
                    if one.blocks:
                        yield from _anchors(one.blocks)


def _in_runs(runs: tuple[Run, ...]) -> Iterator[tuple[object, str]]:
    for run in runs:
        if run.anchor:
            yield run, run.anchor
        if run.note:
            yield from _anchors(run.note)
