"""Blocks as WordprocessingML: paragraphs, lists, code, pictures, notices, headings.

XML is built as text, because a validation pack has tables of ten thousand rows and an object per element costs
twenty times as much. Every string passes through ``text.escape``; everything else is written by the code itself.
Tables are in ``tables.py``, pages and sections in ``layout.py``.

Two choices that are not obvious:

- Section numbers are written as text, not as Word's automatic numbering. The number of a section is part of what
  was signed; automatic numbers change when somebody edits, are lost in text extraction and search, and differ
  between Word and LibreOffice. A numbering that a company's heading style brings is switched off.
- A caption's number is a SEQ field with its result already in it, so that it reads right before any update and a
  company's list of tables still finds it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Document,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Marker,
    Notice,
    Paragraph,
    Quote,
    Run,
    Section,
    SignaturePlace,
    Table,
    Tone,
)
from valgen.writers.docx.footnotes import Footnotes
from valgen.writers.docx.frame import Frame
from valgen.writers.docx.lists import CELL_STEP, DEEPEST, STEP, Lists
from valgen.writers.docx.names import Bookmarks
from valgen.writers.docx.text import PLAIN, TONE_LOOKS, Look, Runs, escape, text_xml
from valgen.writers.docx.widths import Widths
from valgen.writers.pictures import Refused, read_picture
from valgen.writers.tones import INKS, LINE

TWIPS_PER_PIXEL = 15  # at 96 pixels an inch
_EMU_PER_TWIP = 635
_TWIPS_PER_MM = 1440 / 25.4
_QUOTE_INDENT = 397


class TocEntry(NamedTuple):
    """One line of the table of contents."""

    level: int  # from 1
    number: str  # empty for headings without a number
    title: str
    bookmark: str
    entry: bool  # an item or test case, not a section


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where blocks are written.

    Attributes:
        width: room for them, twips.
        height: of the page's text, twips; limits pictures.
        style: style id of paragraphs, empty for the template's normal one.
        code_style: style id of code blocks.
        indent: from the left, twips.
        list_level: of the list around, -1 for none.
        depth: heading level around; a prose heading of level 1 is one deeper.
        in_cell: inside a table cell, where headings are plain bold lines.
        look: what the surroundings add to runs.
    """

    width: int
    height: int
    style: str = ""
    code_style: str = ""
    indent: int = 0
    list_level: int = -1
    depth: int = 1
    in_cell: bool = False
    look: Look = PLAIN


class Content:
    """Writes the blocks of one document."""

    def __init__(self, frame: Frame, bookmarks: Bookmarks, document: Document) -> None:
        """Take what the document stands in.

        Args:
            frame: package that takes pictures and outside links.
            bookmarks: places of this document.
            document: for its pictures, and for widths that all its tables of one kind share.
        """
        from valgen.writers.docx.tables import Tables

        self.frame = frame
        self.styles = frame.styles
        self.bookmarks = bookmarks
        self.lists = Lists(frame.numbering())
        self.runs = Runs(bookmarks, frame.styles, frame.relate)
        self.toc: list[TocEntry] = []
        self.widths = Widths(document.sections, frame.stretch)
        self._media = dict(document.media)
        self.compact = document.compact
        self._tables = Tables(self)
        self._captions = {"Table": 0, "Figure": 0, "Listing": 0}
        self._words = dict(document.words)
        self._drawings = 0
        self._room = (frame.page.text_width(False), frame.page.text_height(False))
        self.footnotes = Footnotes(self)
        self.runs.drawing = self._inline_drawing
        self.runs.note = self.footnotes.mark

    def xml(self, blocks: tuple[Block, ...], place: Place) -> str:
        """Return blocks as XML, never empty paragraphs for blocks without text."""
        if len(blocks) == 1:
            return self.block(blocks[0], place)
        parts: list[str] = []
        before: Block | None = None
        for block in blocks:
            # Word and LibreOffice draw one frame around neighbours that have the same.
            same = isinstance(block, CodeBlock | Quote) and type(before) is type(block)
            if same and not getattr(block, "caption", ""):
                thin = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
                parts.append(self.styled("valgen Gap", "", thin))
            parts.append(self.block(block, place))
            before = block
        return "".join(parts)

    def block(self, block: Block, place: Place) -> str:
        """Return one block as XML."""
        match block:
            case Paragraph():
                return self.paragraph(block, place)
            case Table():
                return self._tables.table(block, place)
            case Facts():
                return self._tables.facts(block, place)
            case Notice():
                return self._tables.notice(block, place)
            case ListBlock():
                return self._list(block, place)
            case CodeBlock():
                return self._code(block, place)
            case Quote():
                return self._quote(block, place)
            case Heading():
                return self._prose_heading(block, place)
            case Image():
                return self._image(block, place)
            case Entry():
                return self.entry_heading(block, place) + self.xml(block.blocks, replace(place, depth=place.depth + 1))
            case Section():
                return self.section_heading(block, "", place) + self.xml(
                    block.blocks, replace(place, depth=place.depth + 1)
                )
            case SignaturePlace():  # in a document these are opened before anything is written
                return self.xml(block.blocks, place)

    def paragraph(self, block: Paragraph, place: Place, number: str = "") -> str:
        """Return a paragraph; ``number`` is list numbering as XML."""
        look = TONE_LOOKS[block.tone] if block.tone is not Tone.NEUTRAL else place.look
        self._room = (place.width - place.indent, place.height)
        inner = self.runs.xml(block.runs, look)
        if not inner and not number:
            return ""
        # A line all in bold is the title of what follows it.
        title = not (place.in_cell or number) and all(run.bold for run in block.runs)
        return f"<w:p>{self._properties(place, number, title)}{inner}</w:p>"

    def styled(self, style: str, inner: str, extra: str = "") -> str:
        """Return a paragraph in a named style; ``extra`` are further properties in schema order."""
        return f'<w:p><w:pPr><w:pStyle w:val="{self.styles[style]}"/>{extra}</w:pPr>{inner}</w:p>'

    def caption(
        self, word: str, text: str, marks: tuple[str, str], keep: bool, runs: tuple[Run, ...] = (), indent: int = 0
    ) -> str:
        """Return a numbered caption.

        Args:
            word: ``Table``, ``Figure`` or ``Listing``, printed in the words of the document.
            text: the caption.
            marks: of the bookmark around it.
            keep: together with what follows.
            runs: the caption where it has more than plain text.
            indent: from the left, twips.
        """
        self._captions[word] += 1
        number = self._captions[word]
        before, _, after = self._words.get(word, f"{word} %s").partition("%s")
        shown = self.runs.xml(runs) if runs else f"<w:r>{text_xml(text)}</w:r>"
        extra = "<w:keepNext/>" if keep else '<w:keepNext w:val="0"/>'
        extra += f'<w:ind w:left="{indent}"/>' if indent else ""
        return self.styled(
            "caption",
            f"{marks[0]}<w:r>{text_xml(before)}</w:r>"
            f'<w:fldSimple w:instr=" SEQ {word} \\* ARABIC "><w:r><w:t>{number}</w:t></w:r></w:fldSimple>'
            f"<w:r>{text_xml(f'{after}  ')}</w:r>{shown}{marks[1]}",
            extra,
        )

    def section_heading(self, section: Section, number: str, place: Place, break_before: bool = False) -> str:
        """Return the heading of a section; ``number`` is empty for one inside another block.

        A section without a title has no heading; a new page begins with a line that takes no room.
        """
        marks = self.bookmarks.pair(section, section.anchor)
        if not section.title:
            extra = "<w:pageBreakBefore/>" if break_before else ""
            return self.styled("valgen Gap", "".join(marks), extra) if extra or marks[0] else ""
        inner = f"<w:r>{text_xml(number)}<w:tab/></w:r>" if number else ""
        inner += self.runs.xml(section.runs) if section.runs else f"<w:r>{text_xml(section.title)}</w:r>"
        return self._heading(place.depth, number, section.title, inner, marks, section.anchor, break_before)

    def entry_heading(self, entry: Entry, place: Place, break_before: bool = False) -> str:
        """Return the heading of an item or test case, with its badge as a word."""
        marks = self.bookmarks.pair(entry, entry.anchor)
        title = f"{entry.label} {entry.title}".strip()
        inner = f"<w:r>{text_xml(title)}</w:r>"
        if entry.badge:
            color = INKS[entry.tone]
            inner += f'<w:r><w:rPr><w:color w:val="{color}"/></w:rPr>{text_xml(f" – {entry.badge}")}</w:r>'
            title += f" – {entry.badge}"
        return self._heading(place.depth, "", title, inner, marks, entry.anchor, break_before, entry=True)

    def _heading(
        self,
        level: int,
        number: str,
        title: str,
        inner: str,
        marks: tuple[str, str],
        anchor: str,
        break_before: bool = False,
        entry: bool = False,
    ) -> str:
        level = min(level, 9)
        if marks[0]:
            name = self.bookmarks.name(anchor)
        else:
            name = f"_Toc{len(self.toc) + 1:08d}"
            marks = self.bookmarks.mark(name)
        self.toc.append(TocEntry(level, number, title, name, entry))
        extra = "<w:pageBreakBefore/>" if break_before else ""
        number_off, indent, rest = self.frame.number_off(level).partition("<w:ind ")
        space = '<w:spacing w:before="120" w:after="60"/>' if self.compact else ""  # the schema wants it before w:ind
        extra += f"{number_off}{space}{indent}{rest}"
        return self.styled(f"heading {level}", f"{marks[0]}{inner}{marks[1]}", extra)

    def _prose_heading(self, block: Heading, place: Place) -> str:
        marks = self.bookmarks.pair(block, block.anchor)
        if place.in_cell or place.list_level >= 0 or place.indent:
            inner = self.runs.xml(block.runs, place.look._replace(bold=True))
            return f"<w:p>{self._properties(place, '')}{marks[0]}{inner}{marks[1]}</w:p>" if inner else ""
        title = "".join(run.text for run in block.runs).replace("\n", " ")
        return self._heading(place.depth + block.level, "", title, self.runs.xml(block.runs), marks, block.anchor)

    def _properties(self, place: Place, number: str, keep: bool = False) -> str:
        indent = f'<w:ind w:left="{place.indent}"/>' if place.indent and not number else ""
        style = f'<w:pStyle w:val="{place.style}"/>' if place.style else ""
        kept = "<w:keepNext/>" if keep else ""
        narrow = '<w:spacing w:before="0" w:after="60"/>' if self.compact and not place.in_cell else ""
        inner = f"{style}{kept}{number}{narrow}{indent}"
        return f"<w:pPr>{inner}</w:pPr>" if inner else ""

    def _list(self, block: ListBlock, place: Place) -> str:
        level = min(place.list_level + 1, DEEPEST)
        if block.marker is Marker.TERM:
            return self._terms(block, place)
        ordered = block.ordered
        number = self.lists.ordered(level, max(block.start, 0), block.marker) if ordered else self.lists.bullets()
        step = CELL_STEP if place.in_cell else STEP
        left = place.indent + step
        num = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        # The definition's own indent is right outside of cells and quotes; elsewhere the paragraph says it.
        mark = num if left == STEP * (level + 1) else f'{num}<w:ind w:left="{left}" w:hanging="{step}"/>'
        style = place.style if place.in_cell else self.styles["List Paragraph"]
        inner = replace(place, style=style, indent=left, list_level=level)
        parts: list[str] = []
        for item in block.items:
            first, rest = (item[0], item[1:]) if item and isinstance(item[0], Paragraph) else (Paragraph(()), item)
            parts.append(self.paragraph(first, inner, mark))
            parts.append(self.xml(rest, inner))
        return "".join(parts)

    def _terms(self, block: ListBlock, place: Place) -> str:
        """Return terms and, below each, what is said about it, further in."""
        step = CELL_STEP if place.in_cell else STEP
        inner = replace(place, indent=place.indent + step)
        parts: list[str] = []
        for item in block.items:
            head, rest = (item[0], item[1:]) if item and isinstance(item[0], Paragraph) else (None, item)
            if head is not None:
                close = f'<w:keepNext/><w:spacing w:after="40"/><w:ind w:left="{place.indent}"/>'
                parts.append(self.paragraph(head, place, close if rest and not place.in_cell else ""))
            parts.append(self.xml(rest, inner))
        return "".join(parts)

    def _code(self, block: CodeBlock, place: Place) -> str:
        marks = self.bookmarks.pair(block, block.anchor)
        head = ""
        if block.caption:
            head = self.caption("Listing", block.caption, marks, keep=True, indent=place.indent)
            marks = ("", "")
        if not block.text:
            return head
        style = place.code_style or self.styles["valgen Code"]
        indent = f'<w:ind w:left="{place.indent + (0 if place.in_cell else 100)}"/>' if place.indent else ""
        text = block.text.removesuffix("\n")
        inner = f"{marks[0]}<w:r>{text_xml(text)}</w:r>{marks[1]}"
        return f'{head}<w:p><w:pPr><w:pStyle w:val="{style}"/>{indent}</w:pPr>{inner}</w:p>'

    def _quote(self, block: Quote, place: Place) -> str:
        if place.in_cell:
            return self.xml(block.blocks, replace(place, indent=place.indent + STEP // 2))
        indent = place.indent + _QUOTE_INDENT
        return self.xml(block.blocks, replace(place, style=self.styles["Quote"], indent=indent))

    def _image(self, block: Image, place: Place) -> str:
        marks = self.bookmarks.pair(block, block.anchor)
        self._room = (place.width - place.indent, place.height)
        found = self._drawn(block, self._room)
        below = ""
        if block.caption:
            below = self.caption("Figure", block.caption, marks, False, block.caption_runs, place.indent)
            marks = ("", "")
        if isinstance(found, Refused):
            name = f"Attachment {block.name} ({block.media_type}, SHA-256 {block.sha256[:16]}…)"
            line = f"{name if block.sha256 else f'Picture {block.name}'}: {block.alt}. "
            reason = found.reason if block.sha256 else "it is not part of the document"
            shown = Paragraph((Run(line), Run(f"Not shown here: {reason}.", italic=True)))
            return _marked(self.paragraph(shown, place), marks) + below
        keep = "<w:keepNext/>" if block.caption else ""
        style = f'<w:pStyle w:val="{place.style}"/>' if place.style else ""
        indent = f'<w:ind w:left="{place.indent}"/>' if place.indent else ""
        spacing = "" if place.in_cell else '<w:spacing w:before="120" w:after="60"/>'
        properties = f"<w:pPr>{style}{keep}{spacing}{indent}</w:pPr>"
        return f"<w:p>{properties}{marks[0]}<w:r>{found}</w:r>{marks[1]}</w:p>{below}"

    def _inline_drawing(self, block: Image) -> str:
        """Return a picture for a line of text, empty when it cannot be shown and its words stand for it."""
        found = self._drawn(block, self._room, framed=False)
        return "" if isinstance(found, Refused) else found

    def _drawn(self, block: Image, room: tuple[int, int], framed: bool = True) -> str | Refused:
        found = read_picture(self._media.get(block.sha256, ""), block.sha256)
        if isinstance(found, Refused):
            return found
        rel = self.frame.add_picture(found.data, found.media_type, block.sha256)
        width = max(room[0], 300)
        wide, high = found.width * TWIPS_PER_PIXEL, found.height * TWIPS_PER_PIXEL
        if block.width_percent:
            wish = width * block.width_percent / 100 / wide
        else:
            wish = block.width_mm * _TWIPS_PER_MM / wide if block.width_mm else 1.0
        scale = min(wish, width / wide, room[1] * 0.8 / high)
        self._drawings += 1
        return _drawing(
            rel,
            self._drawings,
            escape(block.name),
            escape(block.alt),
            max(round(wide * scale * _EMU_PER_TWIP), 1),
            max(round(high * scale * _EMU_PER_TWIP), 1),
            framed,
        )


def _marked(paragraph: str, marks: tuple[str, str]) -> str:
    """Put a bookmark at the beginning of a paragraph."""
    if not marks[0]:
        return paragraph
    sign = "</w:pPr>" if "</w:pPr>" in paragraph else "<w:p>"
    return paragraph.replace(sign, sign + "".join(marks), 1)


def _drawing(rel: str, number: int, name: str, alt: str, width: int, height: int, framed: bool) -> str:
    line = f'<a:ln w="6350"><a:solidFill><a:srgbClr val="{LINE}"/></a:solidFill></a:ln>' if framed else ""
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="{name}" descr="{alt}"/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}" descr="{alt}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{rel}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{line}'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
