"""Blocks as the compact JSON arrays that the Typst template lays out.

Everything that needs a decision is decided here: numbers of captions, levels of headings, widths, which rows may
split, what is left of a picture that cannot be printed. The template draws. Arrays are short and flat, because
Typst spends its time on what it has to unpack; a plain cell is a string.

Typst and readers of PDF files have limits that blocks do not: containers nested deeper than ``DEEPEST`` are printed
without their frame or indent, and heading levels leave none out, as PDF/UA wants.

Source: design.md §6 (PDF).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Section,
    Table,
    Tone,
)
from valgen.writers.docx.widths import Widths
from valgen.writers.pdf.heights import TABLE, Heights
from valgen.writers.pdf.inline import Inline, Piece, listed, words_of
from valgen.writers.pdf.tables import DASH, KEPT, TONES, Place, Tables, points
from valgen.writers.pictures import Picture, Refused, read_picture

DEEPEST = 7
"""Containers inside one another that keep their frame."""

MAX_LEVEL = 6
_LONGEST_NAME = 2000
"""Characters of a heading in the bookmarks and of a text for who cannot see a picture; PDF/A takes 32,767 bytes."""

_TITLE_LINE = 25_000  # thousandths of the size of the largest headings
_POINTS_PER_PIXEL = 0.75  # at 96 pixels an inch
_LIST_INDENT = 340
_QUOTE_INDENT = 400
_NOTICE_INDENT = 400


class Encoder:
    """Prepares the blocks of one volume.

    Attributes:
        heights: estimates of heights.
        inline: for texts.
        label: label of the place that a block is.
        widths: of tables.
        pictures: those that the blocks place, by the name under which Typst finds them.
        captions: numbers given so far.
    """

    def __init__(
        self,
        *,
        widths: Widths,
        heights: Heights,
        missing: Collection[str],
        label: Callable[[object, str], str],
        place: Callable[[str], tuple[str, str]],
        media: Mapping[str, str],
        refused: Mapping[str, str],
        captions: Mapping[str, int],
    ) -> None:
        """Take what the blocks refer to.

        Args:
            widths: of the tables of the whole document.
            heights: estimates for the same.
            missing: characters that no font has.
            label: label of the place that a block is, empty when its anchor belongs to another block.
            place: see ``Inline``.
            media: paths of pictures by digest.
            refused: why pictures cannot be printed, by digest, beside what their bytes tell.
            captions: last numbers of tables and figures before this volume.
        """
        self.inline = Inline(missing, place, self._note)
        self.widths = widths
        self.heights = heights
        self.label = label
        self._media = media
        self._refused = refused
        self.tables = Tables(self)
        self._level = 0
        self._read: dict[str, Picture | Refused] = {}
        self.pictures: dict[str, Picture] = {}
        self.captions = {"Table": 0, "Figure": 0, **captions}

    @property
    def notes(self) -> int:
        """Footnotes so far."""
        return self.inline.notes

    def blocks(self, blocks: Sequence[Block], place: Place, *, continued: bool = False) -> list[Any]:
        """Return blocks as arrays; ``continued`` says that the first one is the rest of the table before."""
        made: list[Any] = []
        for block in blocks:
            self._block(block, place, made, continued)
            continued = False
        return made

    def cover(self, blocks: Sequence[Block], place: Place) -> list[Any]:
        """Return blocks of the first page, whose columns fit their own labels."""
        widths, self.widths = self.widths, Widths(tuple(blocks))
        try:
            return self.blocks(blocks, place)
        finally:
            self.widths = widths

    def text(self, text: str, room: float, *, bold: bool = False) -> Piece:
        """Return literal text; ``room`` as in ``Inline.text``."""
        return self.inline.text(text, room, bold=bold)

    def section_heading(self, section: Section, number: str, depth: int, shown: bool, continued: bool = False) -> Any:
        """Return the heading of a section; ``number`` is empty for one inside another block."""
        title = f"{section.title} (continued)" if continued else section.title
        label = "" if continued else self.label(section, section.anchor)
        return self._heading(depth, self.inline.text(title, _TITLE_LINE, bold=True), label, number, shown)

    def entry_heading(self, entry: Entry, depth: int, shown: bool) -> Any:
        """Return the heading of an item or test case; its badge follows as a word."""
        title = self.inline.text(f"{entry.label} {entry.title}".strip(), _TITLE_LINE, bold=True)
        badge = self.inline.text(f" – {entry.badge}", _TITLE_LINE, bold=True) if entry.badge else ""
        return self._heading(depth, title, self.label(entry, entry.anchor), "", shown, badge, TONES[entry.tone])

    def _heading(
        self, depth: int, body: Piece, label: str, number: str, shown: bool, badge: Piece = "", tone: str = ""
    ) -> list[Any]:
        if len("".join(words_of([*listed(body), *listed(badge)]))) > _LONGEST_NAME:
            # Too long for a bookmark: printed in full, but as a paragraph.
            return ["b", [*([f"{number} "] if number else []), *listed(body), *listed(badge)], label]
        # A level may be one deeper than the one before at most.
        self._level = min(max(depth, 1), self._level + 1, MAX_LEVEL)
        made = ["h", self._level, body or DASH, label, number, int(shown)]
        return [*made, badge, tone] if badge else made

    def _block(self, block: Block, place: Place, made: list[Any], continued: bool = False) -> None:
        if type(block) is Paragraph:
            piece = self.inline.runs(block.runs, place.line, bold=place.bold or block.tone is Tone.BAD)
            if piece:
                made.append(_paragraph(piece, block.tone))
            return
        if place.nested >= DEEPEST and not isinstance(block, CodeBlock | Image | Heading):
            self._flat(block, place, made)
            return
        match block:
            case Table():
                self.tables.table(block, place, made, continued)
            case Facts():
                self.tables.facts(block, place, made)
            case Notice():
                self._notice(block, place, made)
            case ListBlock():
                made.append(self._list(block, place))
            case CodeBlock():
                self._code(block, place, made)
            case Quote():
                inner = replace(place, room=max(place.room - _QUOTE_INDENT, 600), nested=place.nested + 1)
                if held := self.blocks(block.blocks, inner):
                    made.append(["q", held])
            case Heading():
                self._prose_heading(block, place, made)
            case Image():
                self._image(block, place, made)
            case Entry() | Section():
                if place.nested:
                    self._inner_heading(block, place, made)
                elif isinstance(block, Entry):
                    made.append(self.entry_heading(block, place.depth, False))
                else:
                    made.append(self.section_heading(block, "", place.depth, False))
                made += self.blocks(block.blocks, replace(place, depth=place.depth + 1))

    def _note(self, blocks: tuple[Block, ...]) -> list[Any]:
        return self.blocks(blocks, Place(8000, 300.0, TABLE, nested=DEEPEST - 2, cell=True))

    def _flat(self, block: Block, place: Place, made: list[Any]) -> None:
        """Print a container without its frame."""
        match block:
            case ListBlock():
                for number, item in enumerate(block.items, block.start):
                    made.append(self.inline.text(f"{number}." if block.ordered else "•", place.line))
                    made += self.blocks(item, place)
            case Facts():
                for name, held in block.rows:
                    made.append(_paragraph(self.inline.text(f"{name}:", place.line, bold=True), Tone.NEUTRAL))
                    made += self.blocks(held, place)
            case Table():
                if block.caption:
                    self.caption("Table", block.caption, "", place, made, False)
                for row in block.rows:
                    for number, cell in enumerate(row.cells):
                        title = block.columns[number].title if number < len(block.columns) else ""
                        if title:
                            made.append(self.inline.text(f"{title}:", place.line))
                        made += self.blocks(cell.blocks, place) or [DASH]
                if not block.rows:
                    made.append(self.inline.text(block.empty, place.line))
            case Notice():
                made.append(self.inline.text(block.title, place.line))
                made += self.blocks(block.blocks, place)
            case Quote():
                made += self.blocks(block.blocks, place)
            case Entry() | Section():
                self._inner_heading(block, place, made)
                made += self.blocks(block.blocks, place)

    def _inner_heading(self, block: Entry | Section, place: Place, made: list[Any]) -> None:
        words = block.title if isinstance(block, Section) else f"{block.label} {block.title}".strip()
        if isinstance(block, Entry) and block.badge:
            words += f" – {block.badge}"
        made.append(["b", self.inline.text(words, place.line, bold=True), self.label(block, block.anchor)])

    def _prose_heading(self, block: Heading, place: Place, made: list[Any]) -> None:
        label = self.label(block, block.anchor)
        if place.cell or place.nested:
            piece = self.inline.runs(block.runs, place.line, bold=True)
            if piece or label:
                made.append(["b", piece, label])
            return
        piece = self.inline.runs(block.runs, _TITLE_LINE, bold=True)
        made.append(self._heading(place.depth + block.level, piece, label, "", False))

    def _list(self, block: ListBlock, place: Place) -> list[Any]:
        inner = replace(place, room=max(place.room - _LIST_INDENT, 600), nested=place.nested + 1)
        items = [self._item(item, inner) or [""] for item in block.items]
        return ["l", max(block.start, 0) if block.ordered else -1, items]

    def _item(self, blocks: tuple[Block, ...], place: Place) -> list[Any]:
        first = blocks[0] if len(blocks) > 1 else None
        if isinstance(first, Paragraph) and first.runs and all(run.bold for run in first.runs):
            # A term and its explanation: the term does not stay behind on a page.
            term = ["b", self.inline.runs(first.runs, place.line, bold=True), ""]
            return [term, *self.blocks(blocks[1:], place)]
        return self.blocks(blocks, place)

    def _code(self, block: CodeBlock, place: Place, made: list[Any]) -> None:
        text = block.text.removesuffix("\n")
        if text:
            size = TABLE if not place.cell else TABLE - 0.5
            line = (place.room / 20 - 13) / size * 1000 - 20
            made.append(["c", self.inline.text(text.replace("\r\n", "\n"), max(line, 1200), mono=True)])

    def _image(self, block: Image, place: Place, made: list[Any]) -> None:
        found = self._picture(block)
        if isinstance(found, Refused):
            line = f"Attachment {block.name} ({block.media_type}, SHA-256 {block.sha256[:16]}…): {block.alt}. "
            made.append(_join(self.inline.text(line, place.line), f"Not shown here: {found.reason}."))
            if block.caption:
                self.caption("Figure", block.caption, "", place, made, False)
                made[-1].append(0)
            return
        name = f"{block.sha256}.{found.media_type.removeprefix('image/')}"
        self.pictures[name] = found
        wide, high = found.width * _POINTS_PER_PIXEL, found.height * _POINTS_PER_PIXEL
        share = 0.4 if place.cell else 0.75
        scale = min(1.0, max(place.room / 20, 12) / wide, place.height * share / high)
        alt = self._alt(block.alt or block.name)
        made.append(["i", name, points(wide * scale), points(high * scale), alt])
        if block.caption:
            caption: list[Any] = []
            self.caption("Figure", block.caption, "", place, caption, False)
            made[-1].append(caption[0])

    def _alt(self, text: str) -> str:
        piece = self.inline.text(text, 10**9)
        return shortened("".join(words_of(listed(piece))))

    def _picture(self, block: Image) -> Picture | Refused:
        if block.sha256 in self._refused:
            return Refused(self._refused[block.sha256])
        if block.sha256 not in self._read:
            self._read[block.sha256] = read_picture(self._media.get(block.sha256, ""), block.sha256)
        return self._read[block.sha256]

    def caption(self, word: str, text: str, label: str, place: Place, made: list[Any], continued: bool) -> None:
        """Add a numbered caption; a continued table keeps its number."""
        if not continued:
            self.captions[word] += 1
        note = " (continued)" if continued else ""
        number = f"{word} {self.captions[word]}{note}"
        made.append(["k", number, self.inline.text(text, place.line, bold=True), label])

    def _notice(self, block: Notice, place: Place, made: list[Any]) -> None:
        inner = replace(place, room=max(place.room - _NOTICE_INDENT, 600), nested=place.nested + 1, cell=True)
        title = self.inline.text(block.title, inner.line, bold=True)
        kept = self.heights.block(block, place.room) + self.heights.text(block.title, inner.room) <= KEPT
        made.append(["n", TONES[block.tone], title, self.blocks(block.blocks, inner), int(kept)])


def shortened(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return text that a PDF file takes as the name of something, cut with an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _paragraph(piece: Piece, tone: Tone) -> Any:
    if tone is Tone.NEUTRAL and type(piece) is str:
        return piece
    return ["p", piece, TONES[tone]]


def _join(piece: Piece, italic: str) -> Any:
    return ["p", [*listed(piece), [3, 2, "", italic]], ""]
