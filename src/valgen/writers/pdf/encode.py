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
from dataclasses import dataclass, replace
from typing import Any

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Notice,
    Paragraph,
    Quote,
    Row,
    Run,
    Section,
    Table,
    Tone,
)
from valgen.errors import RenderError
from valgen.writers.docx.widths import Widths
from valgen.writers.pdf.heights import BODY, CELL_MARGIN, TABLE, Heights
from valgen.writers.pdf.inline import Inline, Piece
from valgen.writers.pictures import Picture, Refused, read_picture

DASH = "–"
DEEPEST = 7
"""Containers inside one another that keep their frame."""

MAX_LEVEL = 6
_LONGEST_NAME = 2000
"""Characters of a heading in the bookmarks and of a text for who cannot see a picture; PDF/A takes 32,767 bytes."""

_TITLE_LINE = 25_000  # thousandths of the size of the largest headings
_LONG_ROW = 290.0  # points, not quite half a page; higher rows may split
_HIGHEST_HEADER = 150.0  # of a table; a higher one would leave no room for its rows
_KEPT_FACTS = 170.0
_POINTS_PER_PIXEL = 0.75  # at 96 pixels an inch
_LIST_INDENT = 340
_QUOTE_INDENT = 400
_NOTICE_INDENT = 400


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks stand.

    Attributes:
        room: width, twips.
        height: of the page's text, points.
        size: of the text, points.
        depth: heading level around.
        nested: containers around.
        cell: inside a table cell, where headings are bold lines.
        bold: whether the surroundings print text bold.
    """

    room: int
    height: float
    size: float = BODY
    depth: int = 1
    nested: int = 0
    cell: bool = False
    bold: bool = False

    @property
    def line(self) -> float:
        """Width of a line in thousandths of the size of its text, a little less than there is."""
        return self.room / 20 / self.size * 1000 - 20


class Encoder:
    """Prepares the blocks of one volume.

    Attributes:
        heights: estimates of heights.
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
        self._inline = Inline(missing, place, self._note)
        self._widths = widths
        self.heights = heights
        self._label = label
        self._media = media
        self._refused = refused
        self._level = 0
        self._read: dict[str, Picture | Refused] = {}
        self.pictures: dict[str, Picture] = {}
        self.captions = {"Table": 0, "Figure": 0, **captions}

    @property
    def notes(self) -> int:
        """Footnotes so far."""
        return self._inline.notes

    def blocks(self, blocks: Sequence[Block], place: Place, *, continued: bool = False) -> list[Any]:
        """Return blocks as arrays; ``continued`` says that the first one is the rest of the table before."""
        made: list[Any] = []
        for block in blocks:
            self._block(block, place, made, continued)
            continued = False
        return made

    def cover(self, blocks: Sequence[Block], place: Place) -> list[Any]:
        """Return blocks of the first page, whose columns fit their own labels."""
        widths, self._widths = self._widths, Widths(tuple(blocks))
        try:
            return self.blocks(blocks, place)
        finally:
            self._widths = widths

    def text(self, text: str, room: float, *, bold: bool = False) -> Piece:
        """Return literal text; ``room`` as in ``Inline.text``."""
        return self._inline.text(text, room, bold=bold)

    def section_heading(self, section: Section, number: str, depth: int, listed: bool, continued: bool = False) -> Any:
        """Return the heading of a section; ``number`` is empty for one inside another block."""
        title = f"{section.title} (continued)" if continued else section.title
        label = "" if continued else self._label(section, section.anchor)
        return self._heading(depth, self._inline.text(title, _TITLE_LINE, bold=True), label, number, listed)

    def entry_heading(self, entry: Entry, depth: int, listed: bool) -> Any:
        """Return the heading of an item or test case; its badge follows as a word."""
        title = self._inline.text(f"{entry.label} {entry.title}".strip(), _TITLE_LINE, bold=True)
        badge = self._inline.text(f" – {entry.badge}", _TITLE_LINE, bold=True) if entry.badge else ""
        return self._heading(depth, title, self._label(entry, entry.anchor), "", listed, badge, _TONES[entry.tone])

    def _heading(
        self, depth: int, body: Piece, label: str, number: str, listed: bool, badge: Piece = "", tone: str = ""
    ) -> list[Any]:
        if len("".join(_words([*_listed(body), *_listed(badge)]))) > _LONGEST_NAME:
            # Too long for a bookmark: printed in full, but as a paragraph.
            return ["b", [*([f"{number} "] if number else []), *_listed(body), *_listed(badge)], label]
        # A level may be one deeper than the one before at most.
        self._level = min(max(depth, 1), self._level + 1, MAX_LEVEL)
        made = ["h", self._level, body or DASH, label, number, int(listed)]
        return [*made, badge, tone] if badge else made

    def _block(self, block: Block, place: Place, made: list[Any], continued: bool = False) -> None:
        if type(block) is Paragraph:
            piece = self._inline.runs(block.runs, place.line, bold=place.bold or block.tone is Tone.BAD)
            if piece:
                made.append(_paragraph(piece, block.tone))
            return
        if place.nested >= DEEPEST and not isinstance(block, CodeBlock | Image | Heading):
            self._flat(block, place, made)
            return
        match block:
            case Table():
                self._table(block, place, made, continued)
            case Facts():
                self._facts(block, place, made)
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
                    made.append(self._inline.text(f"{number}." if block.ordered else "•", place.line))
                    made += self.blocks(item, place)
            case Facts():
                for name, held in block.rows:
                    made.append(_paragraph(self._inline.text(f"{name}:", place.line, bold=True), Tone.NEUTRAL))
                    made += self.blocks(held, place)
            case Table():
                if block.caption:
                    self._caption("Table", block.caption, "", place, made, False)
                for row in block.rows:
                    for number, cell in enumerate(row.cells):
                        title = block.columns[number].title if number < len(block.columns) else ""
                        if title:
                            made.append(self._inline.text(f"{title}:", place.line))
                        made += self.blocks(cell.blocks, place) or [DASH]
                if not block.rows:
                    made.append(self._inline.text(block.empty, place.line))
            case Notice():
                made.append(self._inline.text(block.title, place.line))
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
        made.append(["b", self._inline.text(words, place.line, bold=True), self._label(block, block.anchor)])

    def _prose_heading(self, block: Heading, place: Place, made: list[Any]) -> None:
        label = self._label(block, block.anchor)
        if place.cell or place.nested:
            piece = self._inline.runs(block.runs, place.line, bold=True)
            if piece or label:
                made.append(["b", piece, label])
            return
        piece = self._inline.runs(block.runs, _TITLE_LINE, bold=True)
        made.append(self._heading(place.depth + block.level, piece, label, "", False))

    def _list(self, block: ListBlock, place: Place) -> list[Any]:
        inner = replace(place, room=max(place.room - _LIST_INDENT, 600), nested=place.nested + 1)
        items = [self._item(item, inner) or [""] for item in block.items]
        return ["l", max(block.start, 0) if block.ordered else -1, items]

    def _item(self, blocks: tuple[Block, ...], place: Place) -> list[Any]:
        first = blocks[0] if len(blocks) > 1 else None
        if isinstance(first, Paragraph) and first.runs and all(run.bold for run in first.runs):
            # A term and its explanation: the term does not stay behind on a page.
            term = ["b", self._inline.runs(first.runs, place.line, bold=True), ""]
            return [term, *self.blocks(blocks[1:], place)]
        return self.blocks(blocks, place)

    def _code(self, block: CodeBlock, place: Place, made: list[Any]) -> None:
        text = block.text.removesuffix("\n")
        if text:
            size = TABLE if not place.cell else TABLE - 0.5
            line = (place.room / 20 - 13) / size * 1000 - 20
            made.append(["c", self._inline.text(text.replace("\r\n", "\n"), max(line, 1200), mono=True)])

    def _image(self, block: Image, place: Place, made: list[Any]) -> None:
        found = self._picture(block)
        if isinstance(found, Refused):
            line = f"Attachment {block.name} ({block.media_type}, SHA-256 {block.sha256[:16]}…): {block.alt}. "
            made.append(_join(self._inline.text(line, place.line), f"Not shown here: {found.reason}."))
            if block.caption:
                self._caption("Figure", block.caption, "", place, made, False)
                made[-1].append(0)
            return
        name = f"{block.sha256}.{found.media_type.removeprefix('image/')}"
        self.pictures[name] = found
        wide, high = found.width * _POINTS_PER_PIXEL, found.height * _POINTS_PER_PIXEL
        share = 0.4 if place.cell else 0.75
        scale = min(1.0, max(place.room / 20, 12) / wide, place.height * share / high)
        alt = self._alt(block.alt or block.name)
        made.append(["i", name, _points(wide * scale), _points(high * scale), alt])
        if block.caption:
            caption: list[Any] = []
            self._caption("Figure", block.caption, "", place, caption, False)
            made[-1].append(caption[0])

    def _alt(self, text: str) -> str:
        piece = self._inline.text(text, 10**9)
        return shortened("".join(_words(_listed(piece))))

    def _picture(self, block: Image) -> Picture | Refused:
        if block.sha256 in self._refused:
            return Refused(self._refused[block.sha256])
        if block.sha256 not in self._read:
            self._read[block.sha256] = read_picture(self._media.get(block.sha256, ""), block.sha256)
        return self._read[block.sha256]

    def _caption(self, word: str, text: str, label: str, place: Place, made: list[Any], continued: bool) -> None:
        if not continued:
            self.captions[word] += 1
        note = " (continued)" if continued else ""
        number = f"{word} {self.captions[word]}{note}"
        made.append(["k", number, self._inline.text(text, place.line, bold=True), label])

    def _notice(self, block: Notice, place: Place, made: list[Any]) -> None:
        inner = replace(place, room=max(place.room - _NOTICE_INDENT, 600), nested=place.nested + 1, cell=True)
        title = self._inline.text(block.title, inner.line, bold=True)
        kept = self.heights.block(block, place.room) + self.heights.text(block.title, inner.room) <= _KEPT_FACTS
        made.append(["n", _TONES[block.tone], title, self.blocks(block.blocks, inner), int(kept)])

    def _facts(self, block: Facts, place: Place, made: list[Any]) -> None:
        if not block.rows:
            return
        widths = self._widths.facts(place.room)
        inner = self._cell_place(place, widths[1])
        label_line = (widths[0] - 2 * CELL_MARGIN) / 20 / TABLE * 1000 - 20
        cells: list[Any] = []
        for name, held in block.rows:
            cell = Cell(held)
            high = max(self.heights.cell(cell, inner.room), self.heights.text(name, widths[0] - 2 * CELL_MARGIN))
            split = high > _LONG_ROW
            cells.append([int(split), self._inline.text(name, label_line, bold=True) or DASH, ""])
            cells.append([int(split), *self._content(cell, inner)])
        kept = not place.cell and self.heights.block(block, place.room) <= _KEPT_FACTS
        made.append(["f", [_points(width / 20) for width in widths], cells, int(kept)])

    def _table(self, table: Table, place: Place, made: list[Any], continued: bool) -> None:
        label = "" if continued else self._label(table, table.anchor)
        if table.caption:
            self._caption("Table", table.caption, label, place, made, continued)
            label = ""
        if not table.rows:
            made.append(["e", self._inline.text(table.empty, place.line), label])
            return
        widths = self._widths.table(table, place.room)
        heads = 0
        while heads < len(table.rows) and table.rows[heads].head:
            heads += 1
        header = []
        if any(column.title for column in table.columns):
            for column, width in zip(table.columns, widths, strict=True):
                header.append([self._inline.text(column.title, _cell_line(width), bold=True) or DASH])
        grid = _Grid(table, widths)
        for row in table.rows[:heads]:
            header += self._row(row, grid, place, head=True)
        cells: list[Any] = []
        for row in table.rows[heads:]:
            cells += self._row(row, grid, place)
        titles = Row(tuple(Cell(paragraph_of(column.title)) for column in table.columns))
        high = sum([self.heights.row(row, widths) for row in (titles, *table.rows[:heads])])
        repeated = int(high <= _HIGHEST_HEADER)
        made.append(["t", [_points(width / 20) for width in widths], header, cells, label, repeated])

    def _row(self, row: Row, grid: _Grid, place: Place, head: bool = False) -> list[Any]:
        spots = grid.take(row)
        label = self._label(row, row.anchor) if row.anchor else ""
        split = not head and self.heights.row(row, [room for _, room in spots]) > _LONG_ROW
        cells: list[Any] = []
        for cell, width in spots:
            blocks = cell.blocks
            if (
                len(blocks) == 1
                and type(blocks[0]) is Paragraph
                and cell.tone is Tone.NEUTRAL
                and blocks[0].tone is Tone.NEUTRAL
                and cell.columns == cell.rows == 1
                and not (label or split or head)
            ):
                # Nearly every cell is one plain paragraph.
                piece = self._inline.runs(blocks[0].runs, _cell_line(width))
                cells.append(_nonblank(piece) if type(piece) is str else [piece])
                continue
            if not blocks and cell == _EMPTY and not (label or split or head):
                cells.append(DASH)
                continue
            content, kind = self._content(cell, self._cell_place(place, width, bold=head))
            if label:
                content = [[4, label], *_listed(content)] if not kind else [["a", label], *content]
                label = ""
            if head:
                cells.append([content, kind, cell.columns, cell.rows])
            else:
                # A cell over several rows may always split; its rows do not.
                loose = int(split or cell.rows > 1)
                cells.append([content, kind, _TONES[cell.tone], cell.columns, cell.rows, loose])
        return cells

    def _content(self, cell: Cell, inner: Place) -> tuple[Any, str]:
        """Return what a cell shows, and ``"b"`` when that is blocks, empty when it is one text."""
        blocks = cell.blocks
        if len(blocks) == 1 and type(blocks[0]) is Paragraph and blocks[0].tone in (Tone.NEUTRAL, cell.tone):
            bold = inner.bold or cell.tone is Tone.BAD
            return _nonblank(self._inline.runs(blocks[0].runs, inner.line, bold=bold)), ""
        held = self.blocks(blocks, replace(inner, bold=True) if cell.tone is Tone.BAD else inner)
        if all(type(one) is str and not one.strip() for one in held):
            return DASH, ""
        return held, "b"

    def _cell_place(self, place: Place, width: int, bold: bool = False) -> Place:
        return Place(
            room=max(width - 2 * CELL_MARGIN, 100),
            height=place.height,
            size=TABLE,
            depth=place.depth,
            nested=place.nested + 1,
            cell=True,
            bold=bold,
        )


def paragraph_of(text: str) -> tuple[Block, ...]:
    """Return a title as the content of a cell."""
    return (Paragraph((Run(text, bold=True),)),)


def shortened(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return text that a PDF file takes as the name of something, cut with an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


_EMPTY = Cell()
_TONES = {Tone.NEUTRAL: "", Tone.GOOD: "g", Tone.BAD: "b", Tone.WARN: "w", Tone.MUTED: "m"}


class _Grid:
    """Gives each cell of a table its column, and makes up for cells that a row lacks."""

    def __init__(self, table: Table, widths: Sequence[int]) -> None:
        self._table = table
        self._widths = widths
        self._held = [0] * len(widths)  # rows that a cell above still covers, by column
        self._left = len(table.rows)

    def take(self, row: Row) -> list[tuple[Cell, int]]:
        """Return the cells of the next row with their widths, twips.

        Raises:
            RenderError: it has more cells than there are columns for.
        """
        count = len(self._widths)
        spots: list[tuple[Cell, int]] = []
        at = 0
        for cell in row.cells:
            while at < count and self._held[at]:
                at += 1
            span = max(cell.columns, 1)
            if at + span > count or any(self._held[at : at + span]):
                raise RenderError(
                    f"a row of table “{self._table.caption or self._table.role}” has more cells than fit its "
                    f"{count} columns",
                    why="a cell too many would be lost",
                    code="VG705",
                )
            rows = min(max(cell.rows, 1), self._left)
            fitting = cell if (cell.columns, cell.rows) == (span, rows) else replace(cell, columns=span, rows=rows)
            spots.append((fitting, sum(self._widths[at : at + span])))
            for column in range(at, at + span):
                self._held[column] = rows
            at += span
        spots += [(_EMPTY, self._widths[column]) for column in range(at, count) if not self._held[column]]
        self._held = [max(held - 1, 0) for held in self._held]
        self._left -= 1
        return spots


def _paragraph(piece: Piece, tone: Tone) -> Any:
    if tone is Tone.NEUTRAL and type(piece) is str:
        return piece
    return ["p", piece, _TONES[tone]]


def _cell_line(width: int) -> float:
    return (width - 2 * CELL_MARGIN) / 20 / TABLE * 1000 - 20


def _nonblank(piece: Piece) -> Piece:
    if type(piece) is str:
        return DASH if not piece or piece.isspace() else piece
    return piece if any(type(one) is not int and (type(one) is not str or one.strip()) for one in piece) else DASH


def _listed(piece: Piece) -> list[Piece]:
    return [piece] if type(piece) is str else piece


def _join(piece: Piece, italic: str) -> Any:
    return ["p", [*_listed(piece), [3, 2, "", italic]], ""]


def _words(pieces: list[Piece]) -> list[str]:
    words: list[str] = []
    for piece in pieces:
        if type(piece) is not list:
            words.append(piece if type(piece) is str else " " if piece == 0 else "")
        elif piece[0] == 3:
            words += _words(_listed(piece[3]))
        elif piece[0] == 2:
            words.append(piece[1])
    return words


def _points(value: float) -> float:
    return round(value, 2)
