"""Heading styles of a template with a numbering of their own, and how that is switched off.

Documents carry section numbers as text (see ``content``). A heading whose style numbers by itself gets the number of
no list, and the indents and tab stops that the list gave it, so that it keeps its place on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from valgen.writers.docx.elements import R, parsed, val, w

_OFF = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a heading style says about numbers.

    Attributes:
        known: whether the template defines the list that the style names.
        off: paragraph properties that switch it off, as XML in the order of the schema.
    """

    known: bool
    off: str


def numbered_headings(styles: Any, part: Any, ids: Mapping[str, str]) -> dict[int, Numbered]:
    """Return the heading levels whose style has a numbering of its own.

    Args:
        styles: the ``w:styles`` element.
        part: main part of the template.
        ids: style ids by name.
    """
    elements = {one.get(w("styleId"), ""): one for one in styles.iterchildren(w("style"))}
    lists = _lists(part)
    found: dict[int, Numbered] = {}
    for level in range(1, 10):
        chain = _chain(elements, ids.get(f"heading {level}", ""))
        number = next((text for one in chain if (text := val(one, "pPr/numPr/numId"))), "")
        if not number or number == "0":
            continue
        depth = next((text for one in chain if (text := val(one, "pPr/numPr/ilvl"))), "")
        definition = _level(lists.get(number), chain[0].get(w("styleId"), ""), depth)
        indented = any(one.find(f"{w('pPr')}/{w('ind')}") is not None for one in chain)
        found[level] = Numbered(number in lists, _OFF + _place(definition, indented))
    return found


def _chain(elements: Mapping[str, Any], key: str) -> list[Any]:
    found: list[Any] = []
    while key in elements and elements[key] not in found:
        found.append(elements[key])
        key = val(elements[key], "basedOn")
    return found


def _lists(part: Any) -> dict[str, Any]:
    """Return the definition of every list by its number."""
    root = next(
        (
            parsed(rel.target_part.blob)
            for rel in part.rels.values()
            if rel.reltype == f"{R}/numbering" and not rel.is_external
        ),
        None,
    )
    if root is None:
        return {}
    abstract = {one.get(w("abstractNumId"), ""): one for one in root.iterchildren(w("abstractNum"))}
    return {one.get(w("numId"), ""): abstract.get(val(one, "abstractNumId")) for one in root.iterchildren(w("num"))}


def _level(definition: Any, style: str, depth: str) -> Any:
    if definition is None:
        return None
    levels = list(definition.iterchildren(w("lvl")))
    linked = next((one for one in levels if val(one, "pStyle") == style), None)
    return linked if linked is not None else next((one for one in levels if one.get(w("ilvl")) == (depth or "0")), None)


def _place(level: Any, indented: bool) -> str:
    """Return tab stops and indents of a list's level; a style's own indents win over those."""
    if level is None:
        return ""
    stops = "".join(
        f'<w:tab w:val="{kind}" w:pos="{at}"/>'
        for one in level.iterfind(f"{w('pPr')}/{w('tabs')}/{w('tab')}")
        if (at := one.get(w("pos"), "")).lstrip("-").isdecimal() and (kind := one.get(w("val"), "")).isalpha()
    )
    indent = level.find(f"{w('pPr')}/{w('ind')}")
    sides = ""
    for name in (
        ("left", "start", "right", "end", "firstLine", "hanging") if indent is not None and not indented else ()
    ):
        if (value := indent.get(w(name), "")).lstrip("-").isdecimal():
            sides += f' w:{name}="{value}"'
    return (f"<w:tabs>{stops}</w:tabs>" if stops else "") + (f"<w:ind{sides}/>" if sides else "")
