"""Styles: what valgen's documents look like, and how a company's template replaces it.

Every style is known by its name. A style that the template has is used as it is; one that it lacks is created
from the definitions here (``stylematch``). They name no face but the fixed-width one, so that they take the
company's.

Source: design.md §6 (the company's own .docx as template, styles by name).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from valgen.documents.blocks import Tone
from valgen.writers.tones import ACCENT, INK, INKS, LINE, MUTED, SHADE

SANS = "Arial"
MONO = "Consolas"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class Style:
    """One style, its properties as WordprocessingML in the order of the schema."""

    name: str
    id: str
    kind: str = "paragraph"
    based: str = "Normal"
    next: str = ""
    ppr: str = ""
    rpr: str = ""
    rest: str = ""  # table properties
    quick: bool = True  # shown in Word's style gallery
    priority: int = 0


class StyleIndex(Mapping[str, str]):
    """Style ids by name, whatever the case of the name."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = {name.casefold(): key for name, key in ids.items()}

    def __getitem__(self, name: str) -> str:
        return self._ids[name.casefold()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _space(before: int = 0, after: int = 0, line: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"' + (
        f' w:line="{line}" w:lineRule="auto"/>' if line else "/>"
    )


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _color(value: str) -> str:
    return f'<w:color w:val="{value}"/>'


def _fonts(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def _edges(names: str, space: int = 0) -> str:
    return "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="{space}" w:color="{LINE}"/>' for edge in names.split())


def _margins(top: int, side: int, bottom: int | None = None) -> str:
    bottom = top if bottom is None else bottom
    return (
        f'<w:tblCellMar><w:top w:w="{top}" w:type="dxa"/><w:left w:w="{side}" w:type="dxa"/>'
        f'<w:bottom w:w="{bottom}" w:type="dxa"/><w:right w:w="{side}" w:type="dxa"/></w:tblCellMar>'
    )


CELL_MARGIN = 85
"""Left and right margin of a table cell, twips."""

TEXT_WIDTH = "{text-width}"
"""Stands in a style for the width between the margins, twips, which the template decides."""

_HEADING_SIZES = (32, 26, 23, 21, 20, 20, 20, 20, 20)
_HEADING_HANG = (567, 737, 907, 1077, 1247, 1247, 1247, 1247, 1247)


def _headings() -> tuple[Style, ...]:
    made = []
    for level, (size, hang) in enumerate(zip(_HEADING_SIZES, _HEADING_HANG, strict=True), 1):
        before, after = (360, 140) if level == 1 else (280, 100) if level == 2 else (220, 80)
        made.append(
            Style(
                f"heading {level}",
                f"Heading{level}",
                next="Normal",
                ppr=f'<w:keepNext/><w:keepLines/><w:tabs><w:tab w:val="left" w:pos="{hang}"/></w:tabs>'
                + f'{_space(before, after, 252)}<w:ind w:left="{hang}" w:hanging="{hang}"/>'
                + f'<w:outlineLvl w:val="{level - 1}"/>',
                rpr=f"<w:b/>{_color(ACCENT)}{_size(size)}",
                priority=9,
            )
        )
    return tuple(made)


def _contents() -> tuple[Style, ...]:
    made = []
    for level in range(1, 10):
        left, hang = ((0, 567), (567, 737), (1304, 907))[min(level, 3) - 1]
        stops = f'<w:tab w:val="left" w:pos="{left + hang}"/><w:tab w:val="right" w:leader="dot" w:pos="{TEXT_WIDTH}"/>'
        made.append(
            Style(
                f"toc {level}",
                f"TOC{level}",
                next="Normal",
                ppr=f"<w:tabs>{stops}</w:tabs>{_space(60 if level == 1 else 20, 20)}"
                + f'<w:ind w:left="{left + hang}" w:right="567" w:hanging="{hang}"/>',
                rpr="<w:b/>" if level == 1 else "",
                quick=False,
                priority=39,
            )
        )
    return tuple(made)


STYLES: tuple[Style, ...] = (
    *_headings(),
    Style(
        "Title", "Title", next="Normal", ppr=_space(0, 120, 240), rpr=f"<w:b/>{_color(ACCENT)}{_size(52)}", priority=10,
    ),
    Style("Subtitle", "Subtitle", next="Normal", ppr=_space(0, 160), rpr=f"{_color(MUTED)}{_size(26)}", priority=11),
    *_contents(),
    Style(
        "TOC Heading", "TOCHeading", next="Normal", ppr=f"<w:keepNext/>{_space(0, 160)}",
        rpr=f"<w:b/>{_color(ACCENT)}{_size(32)}", priority=39,
    ),
    Style(
        "caption", "Caption", next="Normal", ppr=f"<w:keepNext/>{_space(180, 80)}",
        rpr=f"<w:b/>{_color(MUTED)}{_size(17)}",
    ),
    Style("header", "Header", ppr=_space(0, 0, 240), rpr=f"{_color(MUTED)}{_size(16)}", quick=False, priority=99),
    Style("footer", "Footer", ppr=_space(0, 0, 240), rpr=f"{_color(MUTED)}{_size(16)}", quick=False, priority=99),
    Style(
        "Quote", "Quote", next="Normal",
        ppr=f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="{LINE}"/></w:pBdr>{_space(60, 120)}'
        '<w:ind w:left="397" w:right="397"/>',
        rpr=f"{_color(MUTED)}", priority=29,
    ),
    Style("List Paragraph", "ListParagraph", ppr=f"{_space(0, 60)}", priority=34),
    Style(
        "Hyperlink", "Hyperlink", "character", "",
        rpr=f'{_color("1A5A96")}<w:u w:val="single" w:color="9DB8D2"/>', priority=99,
    ),
    Style("footnote text", "FootnoteText", ppr=_space(0, 20, 240), rpr=_size(17), quick=False, priority=99),
    Style(
        "footnote reference", "FootnoteReference", "character", "", rpr='<w:vertAlign w:val="superscript"/>',
        quick=False, priority=99,
    ),
    Style("valgen Reference", "ValgenReference", "character", "", rpr=_color(ACCENT)),
    Style("valgen Code Text", "ValgenCodeText", "character", "", rpr=f"{_fonts(MONO)}<w:noProof/>"),
    Style(
        "valgen Code", "ValgenCode",
        ppr=f'<w:pBdr>{_edges("top left bottom right", space=4)}</w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="F6F8FA"/><w:wordWrap w:val="0"/>{_space(80, 140, 240)}'
        '<w:ind w:left="100" w:right="100"/><w:jc w:val="left"/>',
        rpr=f"{_fonts(MONO)}<w:noProof/>{_size(17)}",
    ),
    Style("valgen Table Text", "ValgenTableText", ppr=f'{_space(0, 20, 247)}<w:jc w:val="left"/>', rpr=_size(17)),
    Style(
        "valgen Table Header", "ValgenTableHeader", based="valgen Table Text", ppr="<w:keepNext/>",
        rpr=f"<w:b/>{_color(ACCENT)}",
    ),
    Style("valgen Table Label", "ValgenTableLabel", based="valgen Table Text", rpr=f"<w:b/>{_color(MUTED)}"),
    Style(
        "valgen Table Code", "ValgenTableCode", based="valgen Table Text", ppr='<w:wordWrap w:val="0"/>',
        rpr=f"{_fonts(MONO)}<w:noProof/>{_size(16)}",
    ),
    Style("valgen Box Title", "ValgenBoxTitle", ppr=f"<w:keepNext/>{_space(20, 60)}", rpr="<w:b/>"),
    Style(
        "valgen Mark", "ValgenMark", ppr=f'{_space(40, 0)}<w:jc w:val="center"/>',
        rpr=f"<w:b/>{_color(INKS[Tone.BAD])}{_size(18)}",
    ),
    Style(
        "valgen Gap", "ValgenGap", ppr='<w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>',
        rpr=_size(8), quick=False,
    ),
    Style(
        "valgen Table", "ValgenTable", "table", "Normal Table",
        rest=f'<w:tblPr><w:tblBorders>{_edges("top left bottom right insideH insideV")}</w:tblBorders>'
        f'{_margins(40, CELL_MARGIN)}</w:tblPr><w:tblStylePr w:type="firstRow">'
        f'<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/></w:tcPr></w:tblStylePr>',
    ),
    Style(
        "valgen Facts", "ValgenFacts", "table", "Normal Table",
        rest=f'<w:tblPr><w:tblBorders>{_edges("top bottom insideH")}</w:tblBorders>'
        f"{_margins(50, CELL_MARGIN)}</w:tblPr>",
    ),
    Style("valgen Box", "ValgenBox", "table", "Normal Table", rest=f"<w:tblPr>{_margins(80, 160, 20)}</w:tblPr>"),
)  # fmt: skip
"""Every style that the writer uses, a style after the one it is based on."""


def style_xml(style: Style, ids: Mapping[str, str]) -> str:
    """Return the definition of ``style``; ``ids`` names the styles that it refers to."""
    custom = ' w:customStyle="1"' if style.name.startswith("valgen") else ""
    based = ids.get(style.based, "") if style.based else ""
    after = ids.get(style.next, "") if style.next else ""
    return (
        f'<w:style xmlns:w="{W}" w:type="{style.kind}"{custom} w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        + (f'<w:basedOn w:val="{based}"/>' if based else "")
        + (f'<w:next w:val="{after}"/>' if after else "")
        + (f'<w:uiPriority w:val="{style.priority}"/>' if style.priority else "")
        + ("<w:qFormat/>" if style.quick and style.kind != "table" else "")
        + (f"<w:pPr>{style.ppr}</w:pPr>" if style.ppr else "")
        + (f"<w:rPr>{style.rpr}</w:rPr>" if style.rpr else "")
        + style.rest
        + "</w:style>"
    )


def base_styles_xml() -> str:
    """Return a styles part with Word's four default styles and nothing else, ready to be added to."""
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(SANS)}{_size(20)}'
        '<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{_space(0, 120, 264)}</w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f"<w:rPr>{_color(INK)}</w:rPr></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/><w:unhideWhenUsed/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/></w:style></w:styles>'
    )
