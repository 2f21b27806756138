"""Paper and margins of one Word section, and the section's properties as WordprocessingML.

A section of a company's template keeps what it says about paper, margins, borders and numbering. A landscape part
of it turns the paper and keeps the margins, so that head and foot stay where they are.

Sizes are twips, a twentieth of a point.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from valgen.writers.docx.elements import w
from valgen.writers.docx.styles import W

LEAST_WIDTH = 5670
"""Room between the margins below which documents cannot be set, 10 cm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Paper and margins; valgen's own unless a template says otherwise."""

    width: int = 11906
    height: int = 16838
    top: int = 1474
    bottom: int = 1304
    left: int = 1247
    right: int = 1247
    gutter: int = 0
    header: int = 567
    footer: int = 510

    @property
    def lying(self) -> bool:
        """Whether the paper is wider than high before anything is turned."""
        return self.width > self.height

    def text_width(self, across: bool) -> int:
        """Width between the margins, of a page that lies across or as the template has it."""
        wide = max(self.width, self.height) if across else self.width
        return wide - self.left - self.right - self.gutter

    def text_height(self, across: bool) -> int:
        """Height between the margins."""
        high = min(self.width, self.height) if across else self.height
        return high - self.top - self.bottom


def page_of(properties: Any) -> Page:
    """Return the page of a ``w:sectPr``; what it does not say is as in valgen's own."""
    size, margins = properties.find(w("pgSz")), properties.find(w("pgMar"))
    plain = Page()

    def number(node: Any, name: str, default: int) -> int:
        try:
            return abs(round(float(node.get(w(name), default)))) if node is not None else default
        except ValueError:
            return default

    return Page(
        width=number(size, "w", plain.width),
        height=number(size, "h", plain.height),
        top=number(margins, "top", plain.top),
        bottom=number(margins, "bottom", plain.bottom),
        left=number(margins, "left", plain.left),
        right=number(margins, "right", plain.right),
        gutter=number(margins, "gutter", 0),
        header=number(margins, "header", plain.header),
        footer=number(margins, "footer", plain.footer),
    )


def own_properties() -> Any:
    """Return the section properties of valgen's own page, without heads and feet."""
    from lxml import etree

    page = Page()
    root = etree.Element(w("sectPr"), nsmap={"w": W})
    for tag, facts in (
        ("type", {"val": "nextPage"}),
        ("pgSz", {"w": page.width, "h": page.height}),
        (
            "pgMar",
            {
                "top": page.top, "right": page.right, "bottom": page.bottom, "left": page.left,
                "header": page.header, "footer": page.footer, "gutter": 0,
            },
        ),
    ):  # fmt: skip
        node = etree.SubElement(root, w(tag))
        for name, value in facts.items():
            node.set(w(name), str(value))
    return root


def section_properties(source: Any, references: list[Any], *, opening: bool, across: bool) -> Any:
    """Return the properties of a part of a template's section.

    Args:
        source: the template's ``w:sectPr``.
        references: ``w:headerReference`` and ``w:footerReference`` elements that take the place of its own.
        opening: whether it is the first part; only that one has a first page and begins as the template says.
        across: whether the paper lies across.
    """
    from lxml import etree

    made = deepcopy(source)
    for tag in ("headerReference", "footerReference", "cols", "printerSettings", "sectPrChange"):
        for node in made.findall(w(tag)):
            if tag != "cols" or node.get(w("num"), "1") != "1" or len(node):
                made.remove(node)
    for name in [name for name in made.attrib if name.rsplit("}", 1)[-1].startswith("rsid")]:
        del made.attrib[name]
    for node in made.findall(w("pgNumType")):
        # "Page x of y" counts every page of the document, so no section begins anew.
        node.attrib.pop(w("start"), None)
    if not opening:
        for tag in ("titlePg", "vAlign"):
            for node in made.findall(w(tag)):
                made.remove(node)
        kind = made.find(w("type"))
        if kind is None:
            kind = etree.Element(w("type"))
            before = [one for one in made if one.tag in (w("footnotePr"), w("endnotePr"))]
            made.insert(made.index(before[-1]) + 1 if before else 0, kind)
        kind.set(w("val"), "nextPage")
    size = made.find(w("pgSz"))
    if across and size is not None and page_of(made).width < page_of(made).height:
        width, height = size.get(w("w")), size.get(w("h"))
        size.set(w("w"), height)
        size.set(w("h"), width)
        size.set(w("orient"), "landscape")
    for number, reference in enumerate(references):
        made.insert(number, reference)
    return made
