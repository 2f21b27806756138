"""Places: the anchors of a document as the labels that links lead to.

A plain id is its own label and so also the name under which a PDF reader opens the file at that place,
``URS.pdf#nameddest=URS-010``; any other anchor gets one made from its digest. An anchor that several blocks carry
belongs to the entry or section among them, else to the first one.

Source: design.md §6 (links from every id to its place).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from valgen.documents.blocks import (
    Block,
    Entry,
    Facts,
    Heading,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Section,
    Table,
)

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-._][A-Za-z0-9]+)*", re.ASCII)
_LONGEST = 80


class Places:
    """Where the anchors of a document are, volume by volume."""

    def __init__(self, volumes: Sequence[Iterable[tuple[object, str]]]) -> None:
        """Take what carries an anchor in each volume, with the anchor."""
        self._owner: dict[str, object] = {}
        self._volume: dict[str, int] = {}
        self._labels: dict[str, str] = {}
        self._gone: set[str] = set()
        for number, held_there in enumerate(volumes):
            for owner, anchor in held_there:
                held = self._owner.get(anchor)
                if held is None or (isinstance(owner, Entry | Section) and not isinstance(held, Entry | Section)):
                    self._owner[anchor] = owner
                    self._volume[anchor] = number
        taken: set[str] = set()
        for anchor in self._owner:
            name = label_of(anchor)
            self._labels[anchor] = name if name not in taken else _hashed(anchor)
            taken.add(self._labels[anchor])

    def forget(self, labels: Iterable[str]) -> None:
        """Give up places that are not printed in a form that a link could lead to."""
        self._gone.update(labels)

    def volume(self, number: int) -> VolumePlaces:
        """Return the places as one volume sees them, counted from 0."""
        return VolumePlaces(self, number)

    def find(self, anchor: str) -> tuple[str, int]:
        """Return label and volume of an anchor, an empty label when the document has no such place."""
        label = self._labels.get(anchor, "")
        return ("", 0) if not label or label in self._gone else (label, self._volume[anchor])

    def owned(self, owner: object, anchor: str) -> bool:
        """Whether ``anchor`` belongs to ``owner``."""
        return self._owner.get(anchor) is owner


class VolumePlaces:
    """The places of one volume, and which of them were used.

    Attributes:
        made: labels that stand in the volume.
        wanted: labels that its links lead to.
    """

    def __init__(self, places: Places, number: int) -> None:
        self._places = places
        self._number = number
        self.made: set[str] = set()
        self.wanted: set[str] = set()

    def label(self, owner: object, anchor: str) -> str:
        """Return the label to set at ``owner``, empty when its anchor is not its own or was set before."""
        if not anchor or not self._places.owned(owner, anchor):
            return ""
        label, volume = self._places.find(anchor)
        if not label or label in self.made or volume != self._number:
            return ""
        self.made.add(label)
        return label

    def place(self, anchor: str) -> tuple[str, str]:
        """Return the label that a link leads to, or an empty one and words that say where the place is."""
        label, volume = self._places.find(anchor)
        if not label:
            return "", ""
        if volume != self._number:
            return "", f" (volume {volume + 1})"
        self.wanted.add(label)
        return label, ""


def label_of(anchor: str) -> str:
    """Return the label of an anchor: the same in every document."""
    return anchor if len(anchor) <= _LONGEST and _PLAIN.fullmatch(anchor) else _hashed(anchor)


def _hashed(anchor: str) -> str:
    return f"x-{hashlib.sha256(anchor.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def anchors(blocks: Iterable[object]) -> Iterator[tuple[object, str]]:
    """Yield every block or row with an anchor, containers before their content."""
    stack: list[Iterator[object]] = [iter(blocks)]
    while stack:
        block = next(stack[-1], None)
        if block is None:
            stack.pop()
            continue
        if isinstance(block, Section | Entry | Heading | Table) and block.anchor:
            yield block, block.anchor
        if isinstance(block, Section | Entry | Quote | Notice):
            stack.append(iter(block.blocks))
        elif isinstance(block, ListBlock):
            stack.append(iter([one for item in block.items for one in item]))
        elif isinstance(block, Facts):
            stack.append(iter([one for _, held in block.rows for one in held]))
        elif isinstance(block, Table):
            for row in block.rows:
                if row.anchor and not row.head:
                    yield row, row.anchor
            held: list[Block] = []
            for row in block.rows:
                for cell in row.cells:
                    if len(cell.blocks) > 1 or (cell.blocks and type(cell.blocks[0]) is not Paragraph):
                        held += cell.blocks
            stack.append(iter(held))
