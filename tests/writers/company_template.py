"""A company's Word template unlike valgen's own, made by code: other paper, faces, colours, numbering, heads.

It is as hostile as real ones are: text cut into runs, a cover in a section of its own without a head, even and odd
pages, tab stops that only the style knows, a table in the foot, a numbering of headings, styles with ids of another
language, a table of contents that Word made, text after the content.
"""

# ruff: noqa: E501
from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.shared import Inches, Pt, RGBColor
from office import parts

from valgen.writers.package import pack

GREEN = "1E6B3A"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BOX = (
    f'<w:p {_W} xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
    '<wp:anchor distT="0" distB="0" distL="114300" distR="114300" simplePos="0" relativeHeight="3" behindDoc="0" '
    'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="column"><wp:posOffset>3900000</wp:posOffset></wp:positionH>'
    '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
    '<wp:extent cx="2000000" cy="420000"/><wp:wrapSquare wrapText="bothSides"/>'
    '<wp:docPr id="1" name="Version box" descr="Version of the document"/><wp:cNvGraphicFramePr/><a:graphic>'
    '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>'
    '<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2000000" cy="420000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
    f'</a:prstGeom><a:ln w="12700"><a:solidFill><a:srgbClr val="{GREEN}"/></a:solidFill></a:ln></wps:spPr><wps:txbx>'
    "<w:txbxContent>{inner}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor>"
    '</w:drawing></mc:Choice><mc:Fallback><w:pict><v:rect style="width:157pt;height:33pt"><v:textbox>'
    "<w:txbxContent>{inner}</w:txbxContent></v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def logo(width: int = 240, height: int = 80) -> bytes:
    """Return a PNG: a green plate with a white bar."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b""
    for y in range(height):
        bar = height // 3 < y < height * 2 // 3
        row = b"".join(
            b"\xff\xff\xff" if bar and width // 8 < x < width * 7 // 8 else b"\x1e\x6b\x3a" for x in range(width)
        )
        lines += b"\0" + row
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def company_template(path: Path) -> Path:
    """Write the template and return its path."""
    made = docx.Document()
    _styles(made)
    _cover(made)
    _body(made)
    _heads(made)
    made.settings.odd_and_even_pages_header_footer = True
    target = io.BytesIO()
    made.save(target)
    found = parts(target.getvalue())
    found["docProps/custom.xml"] = _properties()
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/docProps/custom.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>',
    )
    found["_rels/.rels"] = found["_rels/.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId90" Target="docProps/custom.xml" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"/></Relationships>',
    )
    path.write_bytes(pack(found))
    return path


def run(text: str, look: str = "") -> str:
    """Return a run as XML."""
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def cut(text: str) -> str:
    """Return a placeholder cut into runs, as the spelling check leaves it."""
    name = text.strip("{}")
    middle = len(name) // 2
    return (
        f'{run("{{")}<w:proofErr w:type="spellStart"/>{run(name[:middle])}<w:proofErr w:type="spellEnd"/>'
        f"{run(name[middle:])}{run('}')}{run('}')}"
    )


def field(code: str, shown: str) -> str:
    """Return a complex field with a result."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(inner: str, style: str = "", extra: str = "") -> Any:
    """Return a paragraph element."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return parse_xml(f"<w:p {_W}><w:pPr>{named}{extra}</w:pPr>{inner}</w:p>")


def _styles(made: Any) -> None:
    part = made.part
    styles = made.styles
    styles["Normal"].font.name = "DejaVu Serif"
    styles["Normal"].font.size = Pt(10)
    for level, size in ((1, 17), (2, 13), (3, 11)):
        style = styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.bold = "DejaVu Sans", Pt(size), True
        style.font.color.rgb = RGBColor.from_string(GREEN)
        style.element.rPr.rFonts.attrib.clear()
        style.font.name = "DejaVu Sans"
        style.element.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}styleId", f"berschrift{level}")
        style.element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {_W}><w:ilvl w:val="{level - 1}"/><w:numId w:val="90"/></w:numPr>')
        )
        # In the order of the schema the numbering stands before spacing.
        properties = style.element.pPr
        number = properties[-1]
        spacing = properties.find("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}spacing")
        spacing.addprevious(number)
    contents = styles["TOC Heading"]
    contents.element.get_or_add_rPr().get_or_add_rFonts().attrib.clear()
    contents.font.name = "DejaVu Sans"
    for level in range(4, 10):
        element = styles[f"Heading {level}"].element
        element.getparent().remove(element)
    numbering = part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{"upperRoman" if level == 0 else "decimal"}"/>'
        f'<w:pStyle w:val="berschrift{level + 1}"/><w:lvlText w:val="{"".join(f"%{n + 1}." for n in range(level + 1))}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{700 + 150 * level}" w:hanging="{700 + 150 * level}"/></w:pPr></w:lvl>'
        for level in range(3)
    )
    abstract = parse_xml(
        f'<w:abstractNum {_W} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    first = numbering.find("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}num")
    first.addprevious(abstract)
    numbering.append(parse_xml(f'<w:num {_W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    table = styles.add_style("Firma Tabelle", WD_STYLE_TYPE.TABLE)
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="{GREEN}"/>'
        for edge in ("top", "bottom", "insideH")
    )  # fmt: skip
    for piece in (
        f'<w:tblPr {_W}><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar><w:top w:w="50" w:type="dxa"/>'
        '<w:left w:w="85" w:type="dxa"/><w:bottom w:w="50" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr>",
        f'<w:tblStylePr {_W} w:type="firstRow"><w:rPr><w:b/><w:color w:val="FFFFFF"/></w:rPr>'
        f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{GREEN}"/></w:tcPr></w:tblStylePr>',
    ):
        table.element.append(parse_xml(piece))


def _cover(made: Any) -> None:
    body = made.element.body
    end = body.sectPr
    made.add_picture(io.BytesIO(logo()), width=Inches(2))
    text_box = parse_xml(_BOX.replace("{inner}", f"<w:p>{run('Version ')}{cut('{{document.version}}')}</w:p>"))
    end.addprevious(text_box)
    title = (
        f'<w:sdt {_W}><w:sdtPr><w:alias w:val="Titel"/><w:tag w:val="document.title"/><w:showingPlcHdr/><w:text/></w:sdtPr>'
        f'<w:sdtContent><w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>{run("Click to enter the title")}</w:p>'
        "</w:sdtContent></w:sdt>"
    )
    end.addprevious(parse_xml(title))
    rows = (
        ("Document", f"{cut('{{document.number}}')}{run(' – ')}{cut('{{ Document.Status }}')}"),
        ("Status", field('DOCPROPERTY  "Status"  \\* MERGEFORMAT', "Entwurf")),
        ("System", run("{{system.name}}")),
        ("Project", run("{{project.name}}")),
        ("Effective date", run("{{control.Effective date}}")),
        ("Supplier", run("{{control.Supplier}}")),
        ("Marks", run("{{document.marks}}")),
        (
            "Content",
            f"{run('{{document.digest}}')}{run(', page ')}{field('PAGE', '1')}{run(' of ')}{field('NUMPAGES', '9')}",
        ),
    )
    cells = "".join(
        f'<w:tr><w:tc><w:tcPr><w:tcW w:w="2400" w:type="dxa"/></w:tcPr><w:p>{run(label, "<w:b/>")}</w:p></w:tc>'
        f'<w:tc><w:tcPr><w:tcW w:w="6960" w:type="dxa"/></w:tcPr><w:p>{inner}</w:p></w:tc></w:tr>'
        for label, inner in rows
    )
    table = (
        f'<w:tbl {_W}><w:tblPr><w:tblW w:w="9360" w:type="dxa"/><w:tblBorders>'
        + "".join(
            f'<w:{edge} w:val="single" w:sz="6" w:space="0" w:color="{GREEN}"/>'
            for edge in ("top", "bottom", "insideH")
        )
        + '</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w="2400"/><w:gridCol w:w="6960"/></w:tblGrid>'
        + cells
        + "</w:tbl>"
    )
    end.addprevious(parse_xml(table))
    end.addprevious(
        paragraph(
            "",
            extra='<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" '
            'w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/><w:titlePg/></w:sectPr>',
        )
    )


def _body(made: Any) -> None:
    end = made.element.body.sectPr
    lines = (
        paragraph(run("Contents"), "TOCHeading" if "TOC Heading" in made.styles else "Title"),
        paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u '
            f'</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("Old chapter of the template 7")}'
        ),
        paragraph(f'{run("Another old line 8")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'),
        paragraph(run("Control of this document"), "berschrift1"),
        paragraph(run("{{control}}")),
        paragraph(cut("{{content}}"), extra="<w:pageBreakBefore/>"),
        paragraph(run("Distribution list"), "berschrift1"),
        paragraph(run("Quality unit; process owner of {{system.name}}.")),
    )
    for one in lines:
        end.addprevious(one)
    end.clear()
    for piece in (
        f'<w:pgSz {_W} w:w="12240" w:h="15840"/>',
        f'<w:pgMar {_W} w:top="1700" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="620" w:gutter="0"/>',
    ):
        end.append(parse_xml(piece))


def _heads(made: Any) -> None:
    cover, main = made.sections[0], made.sections[1]
    for section, linked in ((cover, True), (main, False)):
        for head in (section.header, section.footer, section.even_page_header, section.even_page_footer):
            head.is_linked_to_previous = linked
    _fill(
        main.header,
        run("{{document.number}}") + "<w:r><w:tab/></w:r>" + cut("{{document.title}}") + "<w:r><w:tab/></w:r>",
    )
    main.header.paragraphs[0].add_run().add_picture(io.BytesIO(logo()), height=Inches(0.3))
    _fill(
        main.even_page_header,
        run("{{system}}") + "<w:r><w:tab/></w:r><w:r><w:tab/></w:r>" + run("{{document.number}} {{document.key}}"),
    )
    for foot in (main.footer, main.even_page_footer):
        _foot(foot)


def _fill(head: Any, inner: str) -> None:
    old = head.paragraphs[0]._p
    old.addprevious(paragraph(inner, "Header"))
    old.getparent().remove(old)


def _foot(foot: Any) -> None:
    old = foot.paragraphs[0]._p
    texts = (
        f"{run('Version ')}{cut('{{document.version}}')}{run(', {{document.status}}')}",
        run("{{document.digest}}"),
        f"{run('Page ')}{field('PAGE', '1')}{run(' / ')}{field('SECTIONPAGES', '1')}",
    )
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="3120" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{text}</w:p></w:tc>'
        for text in texts
    )
    grid = '<w:gridCol w:w="3120"/>' * 3
    old.addprevious(
        parse_xml(
            f'<w:tbl {_W}><w:tblPr><w:tblW w:w="9360" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
            f"{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
        )
    )


def _properties() -> bytes:
    rows = (("Status", "Entwurf"), ("valgen Table", "Firma Tabelle"), ("Department", "Quality & IT"))
    inner = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}"><vt:lpwstr>'
        f"{value.replace('&', '&amp;')}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(rows, 2)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org/'
        'officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'docPropsVTypes">{inner}</Properties>'
    ).encode()
