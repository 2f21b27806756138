"""Footnotes: real ones, which Word numbers and puts at the foot of the page.

A note that is referred to again, which equal content tells, is not repeated: the further mark is a field that shows
the number of the first. Word has no note inside a note; such a one stands in brackets where its mark would be.

A template's own footnotes go with its text; its separators, the lines above the notes, stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valgen.documents.blocks import Block, Paragraph, plain_text
from valgen.writers.docx.styles import W
from valgen.writers.docx.text import Look, escape, text_xml

if TYPE_CHECKING:
    from valgen.writers.docx.content import Content

_SPECIAL = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
    "</w:pPr><w:r><w:separator/></w:r></w:p></w:footnote>",
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:pPr><w:spacing w:after="0" w:line="240" '
    'w:lineRule="auto"/></w:pPr><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>',
)
_LATER_SETTINGS = frozenset(
    (
        "endnotePr", "compat", "docVars", "rsids", "mathPr", "attachedSchema", "themeFontLang", "clrSchemeMapping",
        "doNotIncludeSubdocsInStats", "doNotAutoCompressPictures", "forceUpgrade", "captions", "readModeInkLockDown",
        "smartTagType", "schemaLibrary", "shapeDefaults", "doNotEmbedSmartTags", "decimalSymbol", "listSeparator",
        "docId", "discardImageEditingData", "defaultImageDpi", "conflictMode", "chartTrackingRefBased",
    )
)  # fmt: skip
"""What follows the footnotes in the settings, in the order of the schema."""


class Footnotes:
    """Collects the footnotes of one document."""

    def __init__(self, content: Content) -> None:
        """Take the writer of what the notes hold."""
        self._content = content
        self._numbers: dict[tuple[Block, ...], int] = {}
        self._notes: list[str] = []
        self._open = False
        self._special, self._first = _separators(content.frame.footnotes())
        self._mark = f'<w:rPr><w:rStyle w:val="{content.styles["footnote reference"]}"/></w:rPr>'

    def mark(self, note: tuple[Block, ...], look: Look) -> str:
        """Return the mark of a note as XML, and keep the note."""
        if self._open:
            return f"<w:r>{text_xml(f' [{plain_text(note)}]')}</w:r>"
        number = self._numbers.get(note)
        if number is not None:
            return self._again(number)
        number = self._numbers[note] = len(self._numbers) + 1
        self._open = True
        with self._content.frame.in_footnotes():
            inner = self._written(note)
        self._open = False
        self._notes.append(f'<w:footnote w:id="{self._first + number - 1}">{inner}</w:footnote>')
        start, end = self._content.bookmarks.mark(_bookmark(number))
        return f'{start}<w:r>{self._mark}<w:footnoteReference w:id="{self._first + number - 1}"/></w:r>{end}'

    def finish(self, namespaces: str) -> None:
        """Hand the part to the frame when there is anything in it."""
        frame = self._content.frame
        if self._notes or frame.footnotes():
            notes = "".join((*self._special, *self._notes))
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            frame.set_footnotes(f"{head}<w:footnotes {namespaces}>{notes}</w:footnotes>".encode())
            _declare(frame.settings())

    def _written(self, note: tuple[Block, ...]) -> str:
        from valgen.writers.docx.content import Place

        content = self._content
        page = content.frame.page
        place = Place(
            width=page.text_width(False),
            height=page.text_height(False) // 2,
            style=content.styles["footnote text"],
            code_style=content.styles["valgen Table Code"],
            in_cell=True,
        )
        sign = f'<w:r>{self._mark}<w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
        first = content.paragraph(note[0], place) if isinstance(note[0], Paragraph) else ""
        if first:
            at = first.index("</w:pPr>") + len("</w:pPr>")
            return first[:at] + sign + first[at:] + content.xml(note[1:], place)
        return content.styled("footnote text", sign) + content.xml(note, place)

    def _again(self, number: int) -> str:
        code = escape(f" NOTEREF {_bookmark(number)} \\f \\h ")
        return (
            f'<w:r>{self._mark}<w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r>{self._mark}<w:instrText xml:space="preserve">{code}</w:instrText></w:r>'
            f'<w:r>{self._mark}<w:fldChar w:fldCharType="separate"/></w:r>'
            f"<w:r>{self._mark}<w:t>{number}</w:t></w:r>"
            f'<w:r>{self._mark}<w:fldChar w:fldCharType="end"/></w:r>'
        )


def _declare(settings: Any) -> None:
    """Name the separators in the settings, as Word does, unless the template does."""
    from lxml import etree

    if settings.find(f"{{{W}}}footnotePr") is not None:
        return
    element = etree.fromstring(
        f'<w:footnotePr xmlns:w="{W}"><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'
    )
    for child in settings:
        if etree.QName(child).localname in _LATER_SETTINGS:
            child.addprevious(element)
            return
    settings.append(element)


def _bookmark(number: int) -> str:
    return f"_RefNote{number:05d}"


def _separators(part: bytes) -> tuple[tuple[str, ...], int]:
    """Return the separators of a template's notes as XML, and the first number that is free for a note."""
    if not part:
        return _SPECIAL, 1
    from lxml import etree

    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    kept: list[Any] = [one for one in root.iterchildren(f"{{{W}}}footnote") if one.get(f"{{{W}}}type")]
    # Word needs both; a template that lacks one gets valgen's.
    if {one.get(f"{{{W}}}type") for one in kept} < {"separator", "continuationSeparator"} or _relates(kept):
        return _SPECIAL, 2
    highest = max(int(one.get(f"{{{W}}}id", "0")) for one in kept)
    return tuple(etree.tostring(one, encoding="unicode") for one in kept), max(highest + 1, 1)


def _relates(elements: list[Any]) -> bool:
    space = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    return any(name.startswith(space) for one in elements for inner in one.iter() for name in inner.attrib)
