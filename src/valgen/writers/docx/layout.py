"""Pages: what stands upright, what lies across, and the head and foot of every page.

A wide table asks for a landscape page. The smallest thing that reads as one, a section's own blocks or a whole
item, lies across with it, so that a heading never stays behind alone on a portrait page. Neighbours of the same
orientation share a Word section. Every Word section has a head and foot of its width, and so its own tab stops.

Marks such as DRY RUN stand as a watermark behind the text and again as a line in the page head, because text
extraction and screen readers do not see a watermark.
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.documents.blocks import Block, Document, Entry, Section, Table
from valgen.writers.docx.content import Content, Place
from valgen.writers.docx.frame import Page
from valgen.writers.docx.styles import SANS
from valgen.writers.docx.text import escape, text_xml
from valgen.writers.tones import LINE

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_BUILT_IN_STOPS = (4320, 4513, 4536, 4680, 8640, 9026, 9072, 9360)

Unit = tuple[bool, str]
"""A piece of the body: whether it lies across, and its XML."""


class Layout:
    """Arranges the sections of one document."""

    def __init__(self, content: Content) -> None:
        """Take the writer of blocks."""
        self._content = content
        self._page = content.frame.page
        self._units: list[Unit] = []
        self._carried = ""
        self._first = True

    def units(self, document: Document) -> list[Unit]:
        """Return the body in order; the first heading starts a new page."""
        count = 0
        for section in document.sections:
            count += bool(section.title)
            self._section(section, str(count) if document.numbered and section.title else "", 1)
        if self._carried:
            self._emit(False, "")
        return self._units

    def _section(self, section: Section, number: str, depth: int) -> None:
        self._carried += self._content.section_heading(section, number, self._place(False, depth), self._take_first())
        loose: list[Block] = []
        count = 0
        for block in section.blocks:
            if isinstance(block, Section | Entry):
                self._loose(loose, depth)
                if isinstance(block, Section):
                    count += bool(block.title)
                    inner = f"{number}.{count}" if number and block.title else ""
                    self._section(block, inner, depth + (1 if section.title else 0))
                else:
                    self._entry(block, depth + 1)
            else:
                loose.append(block)
        self._loose(loose, depth)

    def _entry(self, entry: Entry, depth: int) -> None:
        across = _across(entry.blocks)
        head = self._content.entry_heading(entry, self._place(across, depth), self._take_first())
        self._emit(across, head + self._content.xml(entry.blocks, self._place(across, depth)))

    def _loose(self, loose: list[Block], depth: int) -> None:
        if loose:
            across = _across(tuple(loose))
            self._emit(across, self._content.xml(tuple(loose), self._place(across, depth)))
            loose.clear()

    def _emit(self, across: bool, xml: str) -> None:
        self._units.append((across, self._carried + xml))
        self._carried = ""

    def _place(self, across: bool, depth: int) -> Place:
        return Place(width=self._page.text_width(across), height=self._page.text_height(across), depth=depth)

    def _take_first(self) -> bool:
        first, self._first = self._first, False
        return first


def body_xml(front: str, units: list[Unit], content: Content, document: Document, digest: str) -> str:
    """Return the whole document part: front matter and units, cut into Word sections."""
    frame = content.frame
    refs = {
        across: _references(frame.page, content, document, digest, across)
        for across in sorted({False, *(across for across, _ in units)})
    }
    thin = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    gap = f'<w:pStyle w:val="{content.styles["valgen Gap"]}"/>{thin}'
    parts = [f"{HEAD}<w:document {NAMESPACES}><w:body>", front]
    lying = False
    for across, xml in units:
        if across is not lying:
            parts.append(f"<w:p><w:pPr>{gap}{_section_xml(frame.page, refs[lying], lying)}</w:pPr></w:p>")
            lying = across
            # The Word section starts a page by itself; a break before its first heading would add an empty one.
            xml = xml.replace("<w:pageBreakBefore/>", "", 1)
        parts.append(xml)
    parts.append(f"{_section_xml(frame.page, refs[lying], lying)}</w:body></w:document>")
    return "".join(parts)


def _across(blocks: tuple[Block, ...]) -> bool:
    return any(isinstance(block, Table) and block.wide and block.rows for block in blocks)


def _section_xml(page: Page, references: str, across: bool) -> str:
    width, height = (page.height, page.width) if across else (page.width, page.height)
    turned = ' w:orient="landscape"' if across else ""
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{page.top}" w:right="{page.side}" w:bottom="{page.bottom}" w:left="{page.side}" '
        f'w:header="{page.header}" w:footer="{page.footer}" w:gutter="0"/></w:sectPr>'
    )


def _references(page: Page, content: Content, document: Document, digest: str, across: bool) -> str:
    name = "landscape" if across else "portrait"
    width = page.text_width(across)
    height = page.text_height(across)
    header = content.frame.add_header(f"valgen-header-{name}", _header(content, document, width, height))
    footer = content.frame.add_footer(f"valgen-footer-{name}", _footer(content, document, digest, width))
    return f'<w:headerReference w:type="default" r:id="{header}"/><w:footerReference w:type="default" r:id="{footer}"/>'


def _header(content: Content, document: Document, width: int, height: int) -> str:
    tabs = _tabs(width)
    line = f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="4" w:color="{LINE}"/></w:pBdr>'
    marks = "".join(_watermarks(document.marks, width / 20, height / 20, 2049 if width < height else 3073))
    first = _bold(document.number) + _tab() + _plain(f"Version {document.version}")
    second = _plain(document.title) + _tab() + _plain(f"Status: {document.status}")
    parts = [
        content.styled("header", marks + first, tabs),
        content.styled("header", second, line + tabs),
    ]
    if document.marks:
        parts.append(content.styled("valgen Mark", _plain(" · ".join(document.marks))))
    return f"{HEAD}<w:hdr {NAMESPACES}>{''.join(parts)}</w:hdr>"


def _footer(content: Content, document: Document, digest: str, width: int) -> str:
    tabs = _tabs(width)
    line = f'<w:pBdr><w:top w:val="single" w:sz="6" w:space="4" w:color="{LINE}"/></w:pBdr>'
    first = _plain(document.system) + (_tab() + _plain(document.confidentiality) if document.confidentiality else "")
    second = _plain(f"Content digest {digest[:16]}") + _tab() + _plain("Page ") + _field("PAGE") + _plain(" of ")
    return (
        f"{HEAD}<w:ftr {NAMESPACES}>{content.styled('footer', first, line + tabs)}"
        f"{content.styled('footer', second + _field('NUMPAGES'), tabs)}</w:ftr>"
    )


def _tabs(width: int) -> str:
    # The built-in styles of Word bring stops for a portrait letter page; they are cleared.
    cleared = "".join(f'<w:tab w:val="clear" w:pos="{stop}"/>' for stop in _BUILT_IN_STOPS if stop != width)
    return f'<w:tabs>{cleared}<w:tab w:val="right" w:pos="{width}"/></w:tabs>'


def _plain(text: str) -> str:
    return f"<w:r>{text_xml(text)}</w:r>" if text else ""


def _bold(text: str) -> str:
    return f"<w:r><w:rPr><w:b/></w:rPr>{text_xml(text)}</w:r>" if text else ""


def _tab() -> str:
    return "<w:r><w:tab/></w:r>"


def _field(code: str) -> str:
    # Word and LibreOffice count pages whenever they lay a page out; the sign shows where nothing is laid out.
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>#</w:t></w:r></w:fldSimple>'


def _watermarks(marks: tuple[str, ...], width: float, height: float, first_id: int) -> Iterator[str]:
    """Yield one slanted word behind the text for each mark; sizes in points, shape ids differ between heads."""
    for number, mark in enumerate(marks):
        text = escape(mark).replace("\n", " ").replace("\t", " ")
        length = max(len(mark), 3)
        # Word stretches the word to the shape: a good half of its height per character keeps the letters in proportion.
        high = min(min(width, height) / (length * 0.58), 200 / len(marks), height / (len(marks) + 1))
        wide = high * length * 0.58
        top = height * (number + 1) / (len(marks) + 1) - high / 2
        shapetype = _SHAPETYPE if number == 0 else ""
        yield (
            f'<w:r><w:rPr><w:noProof/></w:rPr><w:pict>{shapetype}<v:shape id="PowerPlusWaterMarkObject{number + 1}" '
            f'o:spid="_x0000_s{first_id + number}" type="#_x0000_t136" alt="{text}" style="position:absolute;'
            f"margin-left:0;margin-top:{top:.1f}pt;"
            f"width:{wide:.1f}pt;height:{high:.1f}pt;rotation:315;z-index:-{251658752 - number};"
            "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
            'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d5dbe2" stroked="f">'
            f'<v:fill opacity=".55"/><v:textpath style="font-family:&quot;{SANS}&quot;;font-size:1pt;font-weight:bold" '
            f'string="{text}"/></v:shape></w:pict></w:r>'
        )


_SHAPETYPE = (
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
    '<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/>'
    '<v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
    'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
    '<v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>'
    '<o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
)
