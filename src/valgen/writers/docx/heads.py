"""Heads and feet of a document, made from those of its template.

Each Word section of the document names a head and a foot for every kind of page it has, so that nothing is
inherited by chance. A part that is used upright and lying becomes two parts, the second one made to fit
(``landscape``). Pictures and links keep their relations. Whatever the template says, valgen adds the marks of the
document, and to the foot the words that this file is the controlled one or a copy, and the facts that every page must
show and this template does not.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from valgen.documents.blocks import Document
from valgen.writers.docx import own
from valgen.writers.docx.anatomy import SIDES, Section, default_style
from valgen.writers.docx.elements import R, fields, made, parsed, text_of, w
from valgen.writers.docx.filling import control_name, fill, property_name
from valgen.writers.docx.landscape import style_stops, widen
from valgen.writers.docx.marks import NAMESPACES, watermarks
from valgen.writers.docx.pagefacts import PageHeads, head_of, plan_heads
from valgen.writers.docx.placeholders import MARK, PROPERTIES, Values, copy_sentence
from valgen.writers.docx.styles import W
from valgen.writers.docx.text import text_xml

if TYPE_CHECKING:
    from valgen.writers.docx.frame import Frame

_FIRST_SHAPE = 2049
_SHAPES_PER_HEAD = 64
_NO_PLAN = PageHeads("default", (), ())


class Heads:
    """Makes the heads and feet of one document."""

    def __init__(self, frame: Frame, document: Document, values: Values) -> None:
        """Take the package, which gets the parts, and what they say."""
        self._frame = frame
        self._document = document
        self._values = values
        self._made: dict[tuple[Any, ...], str] = {}
        self._names: set[str] = set()
        self._stops = style_stops(frame.template.styles)
        self._normal = default_style(frame.template.styles)
        # Before anything is filled: a cover that has been filled no longer tells what it shows.
        self._plans = {
            id(section): {plan.kind: plan for plan in plan_heads(frame.template, section)}
            for section in frame.template.sections
        }

    def references(self, section: Section, *, opening: bool, across: bool) -> list[Any]:
        """Return the references of a part of a section, parts added to the package.

        Args:
            section: of the template.
            opening: whether the part begins the section, and so has its first page.
            across: whether its paper lies across.
        """
        from lxml import etree

        plans = self._plans[id(section)]
        kinds = ["default"]
        kinds += ["first"] if opening and section.title_page else []
        kinds += ["even"] if self._frame.template.even_odd else []
        found = []
        for side in SIDES:
            for kind in kinds:
                key = self._part(section, side, kind, plans.get(kind, plans.get("default", _NO_PLAN)), across)
                node = etree.Element(w(f"{side}Reference"), nsmap={"w": W, "r": R})
                node.set(w("type"), kind)
                node.set(f"{{{R}}}id", key)
                found.append(node)
        return found

    def _part(self, section: Section, side: str, kind: str, plan: PageHeads, across: bool) -> str:
        page = section.page
        width, height = page.text_width(across), page.text_height(across)
        source = head_of(section, side, kind)
        parts = section.parts
        origin = parts.get((side, kind)) or (parts.get((side, "default")) if kind == "even" else None)
        chosen = id(source) if source is not None else "own" if side in plan.own else "empty"
        added = plan.missing if side == "footer" and self._frame.controlled else ()
        key = (side, chosen, width, height, added)
        if key not in self._made:
            root = self._root(side, source, plan.own, width)
            if source is not None:
                widen(root, page.text_width(False), width, self._stops, self._normal)
            if added:
                root.append(parsed(own.facts_line(self._frame.styles, added).encode("utf-8")))
            self._finish(root, side, width, height)
            name = self._name(side, kind, across or page.lying)
            self._made[key] = self._frame.add_head(name, side, root, origin if source is not None else None)
        return self._made[key]

    def _root(self, side: str, source: Any, own_sides: tuple[str, ...], width: int) -> Any:
        styles = self._frame.styles
        if source is not None:
            return deepcopy(source)
        text = own.own_head(styles, side, width) if side in own_sides else own.empty_head(styles, side)
        return parsed(text.encode("utf-8"))

    def _finish(self, root: Any, side: str, width: int, height: int) -> None:
        says_marks, says_copy = shows(root, "document.marks"), shows(root, "document.copy")
        fill(root, self._values)
        count_all_pages(root)
        marks = self._document.marks
        style = self._frame.styles
        if side == "header" and marks:
            if not says_marks:
                root.append(_paragraph(style["valgen Mark"], " · ".join(marks)))
            first_id = _FIRST_SHAPE + _SHAPES_PER_HEAD * len(self._made)
            paragraph = next(root.iterchildren(w("p")), None)
            if paragraph is None:
                paragraph = _paragraph(style["header"], "")
                root.append(paragraph)
            at = 1 if len(paragraph) and paragraph[0].tag == w("pPr") else 0
            space = f'xmlns:w="{W}" {NAMESPACES}'
            shapes = made("".join(watermarks(marks, width / 20, height / 20, first_id)), space)
            for offset, run in enumerate(shapes):
                paragraph.insert(at + offset, run)
        sentence = copy_sentence(self._document)
        if side == "footer" and sentence and not says_copy:
            root.append(_paragraph(style["footer"], sentence))
        if root[-1].tag != w("p"):
            root.append(_paragraph(style[side], ""))  # a head of Word ends with a paragraph

    def _name(self, side: str, kind: str, across: bool) -> str:
        middle = "" if kind == "default" else f"{kind}-"
        name = f"valgen-{side}-{middle}{'landscape' if across else 'portrait'}"
        number, found = 2, name
        while found in self._names:
            found, number = f"{name}-{number}", number + 1
        self._names.add(found)
        return found


def count_all_pages(root: Any) -> None:
    """Let "page x of y" count the pages of the whole document.

    A document has a Word section for every change between upright and lying pages; the pages of such a section say
    nothing to a reader.
    """
    for field in fields(root):
        if field.word != "SECTIONPAGES":
            continue
        if field.end is None:
            field.element.set(
                w("instr"), re.sub("SECTIONPAGES", "NUMPAGES", field.element.get(w("instr")), flags=re.IGNORECASE)
            )
        for node in root.iter(w("instrText")):
            node.text = re.sub("SECTIONPAGES", "NUMPAGES", node.text or "", flags=re.IGNORECASE)


def shows(root: Any, name: str) -> bool:
    """Return whether a piece of a template shows a text, by placeholder, content control or field."""
    names = [found[1] for paragraph in root.iter(w("p")) for found in MARK.finditer(text_of(paragraph))]
    names += [control_name(control) for control in root.iter(w("sdt"))]
    properties = [property_name(one).casefold() for one in fields(root)]
    names += [PROPERTIES.get(one, one) for one in properties if one]
    return name in {" ".join(one.split()).casefold() for one in names}


def _paragraph(style: str, text: str) -> Any:
    inner = f"<w:r>{text_xml(text)}</w:r>" if text else ""
    return made(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inner}</w:p>')[0]
