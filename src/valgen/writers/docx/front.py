"""Page one with the control block, and the table of contents.

The contents are a TOC field with its lines already in it: numbers, titles and links, without page numbers. Word
offers to update it at a click and then fills in the pages. A placeholder or a guessed page number would be wrong
on paper; a field that updates itself on opening greets every reader with a security question.
"""

from __future__ import annotations

from valgen.documents.blocks import Document, Facts, Notice, Tone, paragraph
from valgen.writers.docx.content import Content, Place, TocEntry
from valgen.writers.docx.text import text_xml

_TOC_LEVELS = 3
_TOC_LONGEST = 400
"""Lines up to which items and test cases are listed; a longer contents would hide the sections."""


def front_xml(document: Document, content: Content, toc: list[TocEntry]) -> str:
    """Return the cover and, when there is anything to list, the contents on a page of their own."""
    return _cover(document, content) + (_contents(content, toc) if toc else "")


def _cover(document: Document, content: Content) -> str:
    page = content.frame.page
    place = Place(width=page.text_width(False), height=page.text_height(False))
    lines = [_run(document.number), _run(f"Version {document.version}"), _run(document.status)]
    parts = [
        content.styled("Subtitle", _run(document.system), '<w:spacing w:before="600" w:after="60"/>'),
        content.styled("Title", _run(document.title)),
        content.styled("Subtitle", _run("  ·  ").join(line for line in lines if line), '<w:spacing w:after="400"/>'),
    ]
    parts.extend(content.block(Notice(mark, tone=Tone.BAD), place) for mark in document.marks)
    parts.append(content.block(Facts(tuple((label, (paragraph(text),)) for label, text in document.control)), place))
    return "".join(parts)


def _contents(content: Content, toc: list[TocEntry]) -> str:
    levels = toc_levels(toc)
    listed = [line for line in toc if line.level <= levels]
    heading = content.styled("TOC Heading", _run("Contents"), "<w:pageBreakBefore/>")
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
    end = content.styled("valgen Gap", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{heading}{''.join(lines)}{end}</w:sdtContent></w:sdt>"
    )


def toc_levels(toc: list[TocEntry]) -> int:
    """Return the deepest heading level that the contents list."""
    if sum(line.level <= _TOC_LEVELS for line in toc) <= _TOC_LONGEST:
        return _TOC_LEVELS
    shallowest = min((line.level for line in toc if line.entry), default=_TOC_LEVELS)
    return max(1, min(_TOC_LEVELS, shallowest - 1))


def _run(text: str) -> str:
    return f"<w:r>{text_xml(text)}</w:r>" if text else ""
