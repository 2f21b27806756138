"""How many pages a Word file should have, computed from its own content.

The content is set in a plain way: widths of Helvetica, lines broken at words, rows that stay whole, header rows that
repeat, headings that stay with what follows, page breaks and paper as the file says. No Word processor is asked, so
that what one shows can be held against it. It leaves out kerning, hyphenation, footnotes and floating pictures, which
is why whoever compares allows a margin. Part of ``check_rendering.py``.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EXTENT = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}extent"
_EMU = 12700  # per point
_LINE = 1.149  # height of a line over the size of its face
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
"""Thousandths of the size for the characters from space to tilde."""
_FACES = {"DejaVu Sans": 1.13, "DejaVu Serif": 1.13, "Verdana": 1.15, "Times New Roman": 0.89, "Calibri": 0.89}
"""Faces that are wider or narrower than Helvetica, times."""
_EQUAL = ("Consolas", "Courier New", "DejaVu Sans Mono", "Liberation Mono")
"""Faces whose characters are all 0.6 of the size wide."""


@dataclass(frozen=True, slots=True)
class Look:
    """What of a paragraph's style decides about its height; lengths in points."""

    face: str = ""
    size: float = 10.0
    bold: bool = False
    before: float = 0.0
    after: float = 0.0
    line: float = 1.0  # over the natural height; negative: points, exactly
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    keep: bool = False
    fresh: bool = False  # begins a page


@dataclass(slots=True)
class Unit:
    """Something that stands on a page: a paragraph or a row."""

    height: float
    step: float = 0.0  # height of a line, where it may go on on the next page
    keep: bool = False
    fresh: bool = False
    head: float = 0.0  # header rows that are repeated above it


@dataclass(slots=True)
class Part:
    """A section: its paper and what stands on it."""

    units: list[Unit] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    goes_on: bool = False


def expected_pages(path: Path) -> int:
    """Return the number of pages that the content of a Word file asks for."""
    with zipfile.ZipFile(path) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml")).find(f"{W}body")
        styles = _Styles(ElementTree.fromstring(archive.read("word/styles.xml")))
    if body is None:
        return 0
    pages, y = 0, 0.0
    for part in _sections(body, styles):
        if pages == 0 or not part.goes_on:
            pages, y = pages + 1, 0.0
        pages, y = _paginate(part, pages, y)
    return pages


def _paginate(part: Part, pages: int, y: float) -> tuple[int, float]:
    room = max(part.height, 72.0)
    units = part.units
    for number, unit in enumerate(units):
        if unit.fresh and y > 0:
            pages, y = pages + 1, 0.0
        needed, at = unit.height if not unit.step else min(unit.height, 2 * unit.step), number
        while units[at].keep and at + 1 < len(units) and at - number < 8:
            at += 1
            needed += min(units[at].height, room / 3) if units[at].step else units[at].height
        if y > 0 and y + min(needed, room) > room:
            pages, y = pages + 1, unit.head
        height = unit.height
        while y + height > room + 0.5:  # longer than what is left: it goes on
            height -= max(room - y, 12.0)
            pages, y = pages + 1, unit.head
        y += height
    return pages, y


def _sections(body: ElementTree.Element, styles: _Styles) -> list[Part]:
    """Return the sections; the paper of one is said at its end."""
    cut: list[tuple[list[ElementTree.Element], ElementTree.Element | None]] = [([], None)]
    for element in _flat(body):
        if element.tag == f"{W}sectPr":
            cut[-1] = (cut[-1][0], element)
            continue
        cut[-1][0].append(element)
        end = element.find(f"{W}pPr/{W}sectPr")
        if end is not None:
            cut[-1] = (cut[-1][0], end)
            cut.append(([], None))
    made = []
    for elements, properties in cut:
        if properties is None and not elements:
            continue
        part = _paper(properties)
        for element in elements:
            _add(part.units, element, part.width, styles)
        made.append(part)
    return made


def _flat(body: ElementTree.Element) -> list[ElementTree.Element]:
    found = []
    for element in body:
        inner = element.find(f"{W}sdtContent") if element.tag == f"{W}sdt" else None
        found += [element] if inner is None else _flat(inner)
    return found


def _paper(properties: ElementTree.Element | None) -> Part:
    size = None if properties is None else properties.find(f"{W}pgSz")
    margin = None if properties is None else properties.find(f"{W}pgMar")
    kind = None if properties is None else properties.find(f"{W}type")
    width, height = _points(size, "w", 595.0), _points(size, "h", 842.0)
    return Part(
        width=width - _points(margin, "left", 72) - _points(margin, "right", 72),
        height=height - abs(_points(margin, "top", 72)) - abs(_points(margin, "bottom", 72)),
        goes_on=kind is not None and kind.get(f"{W}val") == "continuous",
    )


def _add(units: list[Unit], element: ElementTree.Element, width: float, styles: _Styles) -> None:
    if element.tag == f"{W}p":
        look = styles.look(element)
        lines = _lines(element, width - look.left - look.right, look)
        step = _step(look)
        broken = any(one.get(f"{W}type") == "page" for one in element.iter(f"{W}br"))
        units.append(
            Unit(look.before + look.after + lines * step + _pictures(element), step, look.keep, look.fresh or broken)
        )
    elif element.tag == f"{W}tbl":
        rows = _rows(element, styles)
        head = 0.0
        for row, height in rows:
            properties = row.find(f"{W}trPr")
            is_head = properties is not None and properties.find(f"{W}tblHeader") is not None
            whole = is_head or (properties is not None and properties.find(f"{W}cantSplit") is not None)
            kept = next((styles.look(one).keep for one in row.iter(f"{W}p")), False)
            units.append(Unit(height, 0.0 if whole else 12.0, is_head or kept, head=0.0 if is_head else head))
            head += height if is_head else 0.0


def _rows(table: ElementTree.Element, styles: _Styles) -> list[tuple[ElementTree.Element, float]]:
    grid = [_points(one, "w", 0.0) for one in table.findall(f"{W}tblGrid/{W}gridCol")]
    top, left, bottom, right = styles.margins(table)
    found = []
    for row in table.findall(f"{W}tr"):
        height, column = 0.0, 0
        for cell in row.findall(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            count = 1 if span is None else int(span.get(f"{W}val", "1"))
            width = sum(grid[column : column + count]) or 72.0
            column += count
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            if merged is not None and merged.get(f"{W}val") != "restart":
                continue
            inner: list[Unit] = []
            for element in _flat(cell):
                _add(inner, element, width - left - right, styles)
            height = max(height, sum(one.height for one in inner) + top + bottom)
        asked = row.find(f"{W}trPr/{W}trHeight")
        found.append((row, max(height, _points(asked, "val", 0.0)) + 0.5))
    return found


def _lines(element: ElementTree.Element, width: float, look: Look) -> int:
    text = []
    for node in element.iter():
        if node.tag == f"{W}t":
            text.append(node.text or "")
        elif node.tag == f"{W}tab":
            text.append("    ")
        elif node.tag in (f"{W}br", f"{W}cr"):
            text.append("\n")
    scale = look.size * (1.07 if look.bold else 1.0) * _FACES.get(look.face, 1.0) / 1000
    equal = look.face in _EQUAL
    return sum(
        _wrapped(line, max(width, 10.0) / scale, look.first / scale, equal) for line in "".join(text).split("\n")
    )


@cache
def _word_width(word: str, equal: bool) -> int:
    if equal:
        return 600 * len(word)
    return sum(
        _WIDTHS[ord(one) - 32] if 32 <= ord(one) < 127 else 0 if one in "\u200b\u2060\xad" else 556 for one in word
    )


def _wrapped(text: str, width: float, first: float, equal: bool) -> int:
    lines, at = 1, first
    for word in text.split(" "):
        length = _word_width(word, equal)
        if at + length > width and at > first:
            lines, at = lines + 1, 0.0
        while length > width:  # a word longer than the line is broken
            lines, length = lines + 1, length - int(width)
        at += length + (600 if equal else 278)
    return lines


def _step(look: Look) -> float:
    return -look.line if look.line < 0 else look.size * _LINE * look.line


def _pictures(element: ElementTree.Element) -> float:
    return sum(int(one.get("cy", "0")) for one in element.iter(_EXTENT)) / _EMU


def _points(element: ElementTree.Element | None, name: str, default: float) -> float:
    value = None if element is None else element.get(f"{W}{name}")
    return default if value is None else float(value) / 20


class _Styles:
    """Looks of the styles of a file."""

    def __init__(self, root: ElementTree.Element) -> None:
        self._elements = {one.get(f"{W}styleId", ""): one for one in root.findall(f"{W}style")}
        self._default = next(
            (
                name
                for name, one in self._elements.items()
                if one.get(f"{W}type") == "paragraph" and one.get(f"{W}default") == "1"
            ),
            "",
        )
        start = Look()
        for kind in ("rPrDefault/{W}rPr", "pPrDefault/{W}pPr"):
            found = root.find(f"{W}docDefaults/{W}" + kind.replace("{W}", W))
            if found is not None:
                start = _changed(start, found)
        self._start = start
        self._known: dict[str, Look] = {}

    def look(self, paragraph: ElementTree.Element) -> Look:
        """Return the look of a paragraph: its style, then what it says itself."""
        own = paragraph.find(f"{W}pPr")
        named = None if own is None else own.find(f"{W}pStyle")
        look = self._style(self._default if named is None else named.get(f"{W}val", ""))
        if own is not None:
            look = _changed(look, own)
        run = next((one for one in paragraph.iter(f"{W}rPr") if one.find(f"{W}sz") is not None), None)
        return look if run is None else _changed(look, run)

    def margins(self, table: ElementTree.Element) -> tuple[float, float, float, float]:
        """Return the cell margins of a table: top, left, bottom, right."""
        found = {"top": 0.0, "left": 5.4, "bottom": 0.0, "right": 5.4}
        named = table.find(f"{W}tblPr/{W}tblStyle")
        chain = self._chain("" if named is None else named.get(f"{W}val", ""))
        for element in [*(self._elements[name] for name in chain), table]:
            for edge in found:
                found[edge] = _points(element.find(f"{W}tblPr/{W}tblCellMar/{W}{edge}"), "w", found[edge])
        return found["top"], found["left"], found["bottom"], found["right"]

    def _style(self, name: str) -> Look:
        if name not in self._known:
            look = self._start
            for one in self._chain(name):
                for kind in ("pPr", "rPr"):
                    properties = self._elements[one].find(f"{W}{kind}")
                    if properties is not None:
                        look = _changed(look, properties)
            self._known[name] = look
        return self._known[name]

    def _chain(self, name: str) -> list[str]:
        """Return a style and those it is based on, the base first."""
        chain: list[str] = []
        while name in self._elements and name not in chain:
            chain.append(name)
            based = self._elements[name].find(f"{W}basedOn")
            name = "" if based is None else based.get(f"{W}val", "")
        return chain[::-1]


def _changed(look: Look, properties: ElementTree.Element) -> Look:
    """Return a look with what a style or paragraph says."""
    size = properties.find(f"{W}sz")
    face = properties.find(f"{W}rFonts")
    space = properties.find(f"{W}spacing")
    indent = properties.find(f"{W}ind")
    line = look.line
    if space is not None and space.get(f"{W}line"):
        rule = space.get(f"{W}lineRule", "auto")
        line = float(space.get(f"{W}line", "240")) / (240 if rule == "auto" else -20)
    hanging = _points(indent, "hanging", 0.0)
    return Look(
        face=look.face if face is None else face.get(f"{W}ascii", look.face),
        size=look.size if size is None else float(size.get(f"{W}val", "20")) / 2,
        bold=_on(properties, "b", look.bold),
        before=_points(space, "before", look.before),
        after=_points(space, "after", look.after),
        line=line,
        left=_points(indent, "left", look.left),
        right=_points(indent, "right", look.right),
        first=-hanging if hanging else _points(indent, "firstLine", look.first),
        keep=_on(properties, "keepNext", look.keep),
        fresh=_on(properties, "pageBreakBefore", look.fresh),
    )


def _on(properties: ElementTree.Element, name: str, default: bool) -> bool:
    found = properties.find(f"{W}{name}")
    return default if found is None else found.get(f"{W}val", "1") not in ("0", "false", "off")
