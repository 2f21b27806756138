"""What takes the place of the block marks of a template: contents, control block, approvals, marks, logo.

The contents are a TOC field with its lines already in it: numbers, titles and links, without page numbers. Word
offers to update it at a click and then fills in the pages. A placeholder or a guessed page number would be wrong
on paper; a field that updates itself on opening greets every reader with a security question.
"""

from __future__ import annotations

from dataclasses import replace

from valgen.documents.blocks import (
    Block,
    Document,
    Entry,
    Facts,
    Notice,
    Section,
    Shows,
    SignaturePlace,
    Table,
    Tone,
    paragraph,
    walk,
)
from valgen.writers.docx.content import TWIPS_PER_PIXEL, Content, Place, TocEntry
from valgen.writers.docx.placeholders import copy_sentence
from valgen.writers.docx.text import escape, text_xml
from valgen.writers.docx.widths import Widths
from valgen.writers.onepage import control_table, marks_notice
from valgen.writers.pictures import Refused, read_picture

_TOC_LONGEST = 400
"""Lines up to which items and test cases are listed; a longer contents would hide the sections."""

_LOGO_WIDTH = 3400  # twips, 6 cm
_LOGO_HEIGHT = 1134  # 2 cm
_LOGO_ID = 900_001
_EMU_PER_TWIP = 635


class Front:
    """Writes what stands around the content of one document."""

    def __init__(self, document: Document, digest: str, content: Content, approvals: Table | None) -> None:
        """Take the document, its content digest, and its table of approvals if a mark asks for that."""
        self._document = document
        self._digest = digest
        self._content = content
        self._approvals = approvals
        self._levels = content.frame.template.toc_levels

    def xml(self, name: str, toc: list[TocEntry]) -> str:
        """Return what stands for a mark, empty for nothing to say."""
        page = self._content.frame.page
        place = Place(width=page.text_width(False), height=page.text_height(False))
        match name:
            case "contents":
                return contents_xml(self._content, toc, self._levels)
            case "control":
                return self._control_block(place)
            case "marks" if self._document.compact:
                return "".join(self._content.block(one, place) for one in marks_notice(self._document.marks))
            case "marks":
                return "".join(self._content.block(Notice(mark, tone=Tone.BAD), place) for mark in self._document.marks)
            case "logo":
                return self._logo()
            case "approvals":
                return self._content.block(self._approvals, place) if self._approvals else ""
            case _:
                return ""

    def _control_block(self, place: Place) -> str:
        """Return the control block; its labels are its own and make no other table wider."""
        rows = self._control()
        block = control_table(rows) if self._document.compact else Facts(rows)
        shared = self._content.widths
        self._content.widths = Widths((block,), self._content.frame.stretch)
        try:
            return self._content.block(block, place)
        finally:
            self._content.widths = shared

    def _control(self) -> tuple[tuple[str, tuple[Block, ...]], ...]:
        rows = [(label, (paragraph(text),)) for label, text in self._document.control]
        rows.append(("Content digest SHA-256", (paragraph(self._digest, code=True),)))
        if sentence := copy_sentence(self._document):
            rows.append(("This file", (paragraph(sentence),)))
        return tuple(rows)

    def _logo(self) -> str:
        digest = self._document.logo
        found = read_picture(dict(self._document.media).get(digest, ""), digest) if digest else None
        if found is None or isinstance(found, Refused):
            return ""
        rel = self._content.frame.add_picture(found.data, found.media_type, digest)
        wide, high = found.width * TWIPS_PER_PIXEL, found.height * TWIPS_PER_PIXEL
        scale = min(1.0, _LOGO_WIDTH / wide, _LOGO_HEIGHT / high)
        width, height = (max(round(side * scale * _EMU_PER_TWIP), 1) for side in (wide, high))
        alt = escape(f"Logo: {self._document.system}" if self._document.system else "Logo")
        drawing = (
            f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:docPr id="{_LOGO_ID}" name="Logo" descr="{alt}"/><wp:cNvGraphicFramePr>'
            '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            f'<pic:cNvPr id="{_LOGO_ID}" name="Logo" descr="{alt}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:embed="{rel}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
            f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
        )
        return self._content.styled("Normal", f"<w:r>{drawing}</w:r>")


def contents_xml(content: Content, toc: list[TocEntry], deepest: int) -> str:
    """Return the lines of the table of contents inside their field; empty when there is nothing to list.

    Args:
        content: for styles.
        toc: every heading of the document.
        deepest: heading level down to which the template asks for lines.
    """
    levels = toc_levels(toc, deepest)
    listed = [line for line in toc if line.level <= levels]
    if not listed:
        return ""
    start = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> TOC \\o "1-{levels}" \\h \\z </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    lines = []
    for number, line in enumerate(listed):
        text = (f"{text_xml(line.number)}<w:tab/>" if line.number else "") + text_xml(line.title)
        link = f'<w:hyperlink w:anchor="{line.bookmark}" w:history="1"><w:r>{text}</w:r></w:hyperlink>'
        lines.append(content.styled(f"toc {line.level}", (start if number == 0 else "") + link))
    # The end takes next to no room: contents that fill their page must not leave an empty one behind.
    thin = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    end = content.styled("valgen Gap", '<w:r><w:fldChar w:fldCharType="end"/></w:r>', thin)
    return f"{''.join(lines)}{end}"


def toc_levels(toc: list[TocEntry], deepest: int) -> int:
    """Return the deepest heading level that the contents list."""
    if sum(line.level <= deepest for line in toc) <= _TOC_LONGEST:
        return deepest
    shallowest = min((line.level for line in toc if line.entry), default=deepest)
    return max(1, min(deepest, shallowest - 1))


def take_approvals(sections: tuple[Section, ...]) -> tuple[tuple[Section, ...], Table | None]:
    """Return sections without their table of approvals, a sentence in its place, and the table.

    It is the one in the place for the signatures of the document; in a document without such a place, the first one.
    """
    places = any(isinstance(one, SignaturePlace) and one.shows is Shows.APPROVALS for one in walk(sections))
    taken: list[Table] = []

    def changed(blocks: tuple[Block, ...], here: bool) -> tuple[Block, ...]:
        made: list[Block] = []
        for block in blocks:
            if taken:
                made.append(block)
            elif here and isinstance(block, Table) and block.role == "approvals":
                taken.append(block)
                made.append(paragraph("The table of approvals stands on the first pages of this document."))
            elif isinstance(block, SignaturePlace):
                inside = block.shows is Shows.APPROVALS or not places
                made.append(replace(block, blocks=changed(block.blocks, inside)))
            elif isinstance(block, Section | Entry):
                made.append(replace(block, blocks=changed(block.blocks, here)))
            else:
                made.append(block)
        return tuple(made)

    found = tuple(one if taken else replace(one, blocks=changed(one.blocks, not places)) for one in sections)
    return found, taken[0] if taken else None
