"""Marks of a document on every page: watermarks behind the text, and the same words as a line of the page head.

Text extraction and screen readers do not see a watermark, so the words stand in the head again, unless the head of
a company's template shows them by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.writers.docx.styles import SANS
from valgen.writers.docx.text import escape

NAMESPACES = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'


def watermarks(marks: tuple[str, ...], width: float, height: float, first_id: int) -> Iterator[str]:
    """Yield one slanted word behind the text for each mark, as a run.

    Args:
        marks: words.
        width: room between the margins, points.
        height: the same.
        first_id: of the shapes, which differ between heads.
    """
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
