"""valgen's own cover, contents, head and foot, written as a template with placeholders.

They serve where a company brings no template, where its template has no ``{{content}}`` or no head and foot, and
they are what the shipped template shows. So there is one way from a template to a document, whoever made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from valgen.writers.docx.styles import W
from valgen.writers.tones import LINE

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_BUILT_IN_STOPS = (4320, 4513, 4536, 4680, 8640, 9026, 9072, 9360)
"""Where the built-in head and foot styles of Word have stops, on upright letter and A4 paper."""


def own_body(styles: Mapping[str, str]) -> str:
    """Return the paragraphs of the cover, the contents and the content mark."""
    paragraphs = (
        _styled(styles["Normal"], _text("{{logo}}")),
        _styled(styles["Subtitle"], _text("{{system}}"), '<w:spacing w:before="600" w:after="60"/>'),
        _styled(styles["Title"], _text("{{document.title}}")),
        _styled(
            styles["Subtitle"],
            _text("{{document.number}}  ·  Version {{document.version}}  ·  {{document.status}}"),
            '<w:spacing w:after="400"/>',
        ),
        _styled(styles["Normal"], _text("{{marks}}")),
        _styled(styles["Normal"], _text("{{control}}")),
    )
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{_styled(styles['TOC Heading'], _text('Contents'), '<w:pageBreakBefore/>')}"
        f"{_styled(styles['toc 1'], _text('{{contents}}'))}</w:sdtContent></w:sdt>"
    )
    return "".join(paragraphs) + contents + _styled(styles["Normal"], _text("{{content}}"), "<w:pageBreakBefore/>")


def own_head(styles: Mapping[str, str], side: str, width: int) -> str:
    """Return valgen's head or foot as a part.

    Args:
        styles: style ids by name.
        side: header or footer.
        width: between the margins, twips; the right tab stop stands there.
    """
    tabs = _tabs(width)
    if side == "header":
        line = f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="4" w:color="{LINE}"/></w:pBdr>'
        first = _bold("{{document.number}}") + _TAB + _text("Version {{document.version}}")
        second = _text("{{document.title}}") + _TAB + _text("Status: {{document.status}}")
        inner = _styled(styles["header"], first, tabs) + _styled(styles["header"], second, line + tabs)
    else:
        line = f'<w:pBdr><w:top w:val="single" w:sz="6" w:space="4" w:color="{LINE}"/></w:pBdr>'
        first = _text("{{system}}") + _TAB + _text("{{confidentiality}}")
        second = _text("Content digest {{document.digest}}") + _TAB + _text("Page ") + _field("PAGE") + _text(" of ")
        inner = _styled(styles["footer"], first, line + tabs)
        inner += _styled(styles["footer"], second + _field("NUMPAGES"), tabs)
    return part(side, inner)


def facts_line(styles: Mapping[str, str], facts: Sequence[str]) -> str:
    """Return a paragraph for the foot with facts that a company's head and foot do not show.

    Args:
        styles: style ids by name.
        facts: names of ``pagefacts.FACTS``, in their order.
    """
    parts = []
    for fact in facts:
        if fact == "pages" and "page" in facts:
            continue
        parts.append(_FACT_RUNS[fact] + (_text(" of ") + _field("NUMPAGES") if fact == "page" else ""))
    line = _text("  ·  ").join(parts)
    return f'<w:p xmlns:w="{W}"><w:pPr><w:pStyle w:val="{styles["footer"]}"/></w:pPr>{line}</w:p>'


def empty_head(styles: Mapping[str, str], side: str) -> str:
    """Return a head or foot without text, for pages that the template leaves without one."""
    return part(side, _styled(styles[side], ""))


def part(side: str, inner: str) -> str:
    """Return a head or foot part around paragraphs."""
    root = "hdr" if side == "header" else "ftr"
    return f'<w:{root} xmlns:w="{W}" xmlns:r="{R}">{inner}</w:{root}>'


def _tabs(width: int) -> str:
    # The built-in styles of Word bring stops for a portrait letter page; they are cleared.
    cleared = "".join(f'<w:tab w:val="clear" w:pos="{stop}"/>' for stop in _BUILT_IN_STOPS if stop != width)
    return f'<w:tabs>{cleared}<w:tab w:val="right" w:pos="{width}"/></w:tabs>'


def _styled(style: str, inner: str, extra: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{inner}</w:p>'


def _text(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def _bold(text: str) -> str:
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


_TAB = "<w:r><w:tab/></w:r>"


def _field(code: str) -> str:
    # Word and LibreOffice count pages whenever they lay a page out; the sign shows where nothing is laid out.
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>#</w:t></w:r></w:fldSimple>'


_FACT_RUNS = {
    "number": _text("{{document.number}}"),
    "title": _text("{{document.title}}"),
    "version": _text("Version {{document.version}}"),
    "status": _text("Status: {{document.status}}"),
    "page": _text("Page ") + _field("PAGE"),
    "pages": _field("NUMPAGES") + _text(" pages"),
    "digest": _text("Content digest {{document.digest}}"),
}
