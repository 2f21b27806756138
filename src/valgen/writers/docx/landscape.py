"""A head or foot of an upright page made to fit a page that lies across.

Everything that stands at the right margin of the upright page has to move to the right margin of the wide one:

- tab stops, those that a style brings included: a right stop keeps its distance from the right margin, a centred
  one its share of the width, a left one its place,
- tables whose width is given in points of paper: their columns grow in proportion,
- pictures and text boxes that are placed right of the middle.

What Word aligns by itself, such as a right-aligned paragraph or a table of 100 percent, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from valgen.writers.docx.elements import VML, own, val, w

_EMU_PER_TWIP = 635
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_VML_LEFT = re.compile(r"(margin-left:)(-?[\d.]+)pt")
_SHARE = 0.6  # of the text width, from which a table is meant to fill it

Stops = dict[int, tuple[str, str]]
"""Kind and leader of tab stops by position, twips."""


def style_stops(styles: Any) -> dict[str, Stops]:
    """Return the tab stops of every paragraph style by style id, those of the styles below it included."""
    elements = {one.get(w("styleId"), ""): one for one in styles.iterchildren(w("style"))}
    found: dict[str, Stops] = {}

    def of(key: str, depth: int = 0) -> Stops:
        if key in found:
            return found[key]
        element = elements.get(key)
        if element is None or depth > 20:
            return {}
        base = dict(of(val(element, "basedOn"), depth + 1))
        _apply(base, element.find(f"{w('pPr')}/{w('tabs')}"))
        found[key] = base
        return base

    for key in elements:
        of(key)
    return found


def widen(root: Any, before: int, after: int, stops: Mapping[str, Stops], normal: str) -> None:
    """Change a head or foot that was made for one text width so that it fits another.

    Args:
        root: the ``w:hdr`` or ``w:ftr``.
        before: text width that it was made for, twips.
        after: text width that it gets.
        stops: of ``style_stops``.
        normal: style id of paragraphs that name none.
    """
    if before == after or before <= 0:
        return
    for paragraph in root.iter(w("p")):
        if any(True for _ in paragraph.iterancestors(w("tc"), w("txbxContent"))):
            continue
        if next(own(paragraph, "tab"), None) is not None:
            _tabs(paragraph, before, after, stops.get(val(paragraph, "pPr/pStyle") or normal, {}))
        frame = paragraph.find(f"{w('pPr')}/{w('framePr')}")
        if frame is not None and _number(frame.get(w("x"), "0")) > before / 2:
            frame.set(w("x"), str(_number(frame.get(w("x"))) + after - before))
    for table in root.iter(w("tbl")):
        if not any(True for _ in table.iterancestors(w("tc"), w("txbxContent"))):
            _table(table, before, after)
    for anchor in root.iter(f"{{{_WP}}}anchor"):
        offset = anchor.find(f"{{{_WP}}}positionH/{{{_WP}}}posOffset")
        if offset is not None and _number(offset.text or "0") > before * _EMU_PER_TWIP / 2:
            offset.text = str(_number(offset.text or "0") + (after - before) * _EMU_PER_TWIP)
    for shape in root.iter(f"{{{VML}}}shape", f"{{{VML}}}rect", f"{{{VML}}}roundrect"):
        style = shape.get("style", "")
        found = _VML_LEFT.search(style)
        if found and float(found[2]) > before / 40:
            moved = float(found[2]) + (after - before) / 20
            shape.set("style", f"{style[: found.start()]}{found[1]}{moved:.1f}pt{style[found.end() :]}")


def moved_stop(position: int, kind: str, before: int, after: int) -> int:
    """Return where a tab stop belongs on the wide page."""
    if kind in ("right", "end", "decimal") and position > before / 2:
        return position + after - before
    if kind == "center":
        return round(position * after / before)
    return position


def _tabs(paragraph: Any, before: int, after: int, from_style: Stops) -> None:
    from lxml import etree

    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        paragraph.insert(0, properties)
    tabs = properties.find(w("tabs"))
    effective = dict(from_style)
    _apply(effective, tabs)
    cleared = set(from_style) - set(effective)
    if tabs is not None:
        # A stop that is cleared here and unknown to the style, as valgen's own heads do, stays cleared.
        cleared |= {_number(one.get(w("pos"))) for one in tabs if one.get(w("val")) == "clear"}
    moved = {moved_stop(at, kind, before, after): (kind, leader) for at, (kind, leader) in effective.items()}
    cleared = (cleared | set(from_style)) - set(moved)
    if not moved and not cleared:
        return
    if tabs is None:
        tabs = etree.Element(w("tabs"))
        _insert_tabs(properties, tabs)
    for node in list(tabs):
        tabs.remove(node)
    for at in sorted(cleared | set(moved)):
        node = etree.SubElement(tabs, w("tab"))
        kind, leader = moved.get(at, ("clear", ""))
        node.set(w("val"), kind)
        if leader:
            node.set(w("leader"), leader)
        node.set(w("pos"), str(at))


def _insert_tabs(properties: Any, tabs: Any) -> None:
    earlier = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
               "suppressLineNumbers", "pBdr", "shd")  # fmt: skip
    at = 0
    for number, node in enumerate(properties):
        if node.tag in {w(tag) for tag in earlier}:
            at = number + 1
    properties.insert(at, tabs)


def _apply(stops: Stops, tabs: Any) -> None:
    for node in tabs if tabs is not None else ():
        at, kind = _number(node.get(w("pos"), "0")), node.get(w("val"), "left")
        if kind == "clear":
            stops.pop(at, None)
        else:
            stops[at] = (kind, node.get(w("leader"), ""))


def _table(table: Any, before: int, after: int) -> None:
    grid = [node for node in table.iterfind(f"{w('tblGrid')}/{w('gridCol')}")]
    total = sum(_number(node.get(w("w"), "0")) for node in grid)
    width = table.find(f"{w('tblPr')}/{w('tblW')}")
    fixed = width is not None and width.get(w("type"), "dxa") == "dxa" and _number(width.get(w("w"), "0"))
    if max(total, fixed or 0) < before * _SHARE:
        return
    cells = [node for row in table.iterchildren(w("tr")) for node in row.iterfind(f"{w('tc')}/{w('tcPr')}/{w('tcW')}")]
    for node in (*grid, *([width] if fixed else []), *cells):
        if node.get(w("type"), "dxa") == "dxa":
            node.set(w("w"), str(round(_number(node.get(w("w"), "0")) * after / before)))


def _number(text: Any) -> int:
    try:
        return round(float(text))
    except (TypeError, ValueError):
        return 0
