"""What a Word template consists of: its sections, the marks in its body, its heads and feet, its properties.

The body of a template is used when it holds ``{{content}}``; else valgen's own cover and contents take its place,
in the template's last section. Both the writer and the check look at a template through this module, so that the
check says what the writer does.

A mark is a paragraph that holds nothing but a block placeholder, a content control with such a tag, or a table of
contents that Word made. Marks stand in the body itself, not in tables or text boxes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from valgen.writers.docx.bodymarks import is_mark, mark_blocks, mark_contents
from valgen.writers.docx.elements import (
    R,
    annotated,
    blank,
    fields,
    made,
    parsed,
    settle,
    switched,
    val,
    w,
)
from valgen.writers.docx.filling import property_name
from valgen.writers.docx.own import own_body
from valgen.writers.docx.page import Page, own_properties, page_of

SIDES = ("header", "footer")
KINDS = ("default", "first", "even")
PROPERTIES_TYPE = f"{R}/custom-properties"
EXTENDED_TYPE = f"{R}/extended-properties"

_VT = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}"


@dataclass(slots=True)
class Section:
    """One Word section of a template's body.

    Attributes:
        properties: its ``w:sectPr``.
        elements: children of the body that belong to it, in order.
        heads: root element of every head and foot in force, by side and kind; missing where there is none, or an
            empty one.
        parts: the same as parts of the package, for their relations.
    """

    properties: Any
    elements: list[Any] = field(default_factory=list)
    heads: dict[tuple[str, str], Any] = field(default_factory=dict)
    parts: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """Paper and margins."""
        return page_of(self.properties)

    @property
    def title_page(self) -> bool:
        """Whether its first page has a head and foot of its own."""
        return switched(self.properties, "titlePg")


@dataclass(slots=True)
class Anatomy:
    """A template taken apart; ``docx`` is python-docx's document, to be written to.

    Attributes:
        body: the ``w:body``, settled; marks are processing instructions ``<?valgen NAME?>`` in it.
        sections: of the body, at least one.
        content: index of the section that takes the content; -1 when the template has no content mark and its own
            body was not replaced yet.
        own_body: whether valgen's own cover and contents took the place of the template's text.
        marks: names of the marks found, in order.
        odd_marks: block placeholders where they cannot be filled, with the place.
        toc_levels: heading levels that a table of contents made by Word asked for, else 3.
        even_odd: whether even pages have heads of their own.
        styles: the ``w:styles`` element.
        theme: root of the theme, or None.
        properties: custom properties of the file, text by name.
        comments: whether the body or a head holds comments.
        changes: whether it holds tracked changes.
        notes: whether its text has footnotes.
    """

    docx: Any
    body: Any
    sections: list[Section]
    content: int
    marks: list[str]
    odd_marks: list[tuple[str, str]]
    toc_levels: int
    even_odd: bool
    styles: Any
    theme: Any
    properties: Mapping[str, str]
    comments: bool
    changes: bool
    notes: bool
    own_body: bool = False

    def take_own_body(self, styles: Mapping[str, str]) -> None:
        """Put valgen's own cover and contents in place of the text, in the last section of the template."""
        last = self.sections[-1]
        for child in list(self.body):
            self.body.remove(child)
        for child in made(own_body(styles)):
            self.body.append(child)
        self.body.append(last.properties)
        self.odd_marks = []
        self.marks = mark_blocks(self.body, self.odd_marks)
        self.toc_levels = 3
        elements = [child for child in self.body if child is not last.properties]
        self.sections = [Section(last.properties, elements, last.heads, last.parts)]
        self.content = 0
        self.own_body = True

    def shown_properties(self) -> list[str]:
        """Return the names of the properties that fields of the body and the heads show."""
        roots = [self.body, *(root for section in self.sections for root in section.heads.values())]
        names = [property_name(one) for root in roots for one in fields(root)]
        return list(dict.fromkeys(name for name in names if name))

    @property
    def main(self) -> Section:
        """The section that takes the content."""
        return self.sections[self.content]


def anatomy(data: bytes) -> Anatomy:
    """Take a template apart.

    Raises:
        KeyError, ValueError, AttributeError, IndexError, TypeError: a part that every Word document has is missing.
    """
    import docx

    opened = docx.Document(io.BytesIO(data))
    part: Any = opened.part
    body = opened.element.body
    comments, changes, notes = annotated(body)
    settle(body)
    levels = mark_contents(body)
    odd: list[tuple[str, str]] = []
    marks = mark_blocks(body, odd)
    sections = _sections(body)
    content = next((i for i, one in enumerate(sections) if any(is_mark(e, "content") for e in one.elements)), -1)
    if content < 0:
        marks = []
    for head in _heads(sections, part):
        with_comments, with_changes, _ = annotated(head)
        comments, changes = comments or with_comments, changes or with_changes
        settle(head)
    return Anatomy(
        docx=opened,
        body=body,
        sections=sections,
        content=content,
        marks=marks,
        odd_marks=odd,
        toc_levels=levels,
        even_odd=switched(opened.settings.element, "evenAndOddHeaders"),
        styles=opened.styles.element,
        theme=_theme(part),
        properties=_custom(part.package),
        comments=comments,
        changes=changes,
        notes=notes,
    )


def company_name(package: Any) -> str:
    """Return the company that the template's own properties name."""
    for rel in package.rels.values():
        if rel.reltype == EXTENDED_TYPE and not rel.is_external:
            root = parsed(rel.target_part.blob)
            node = next((one for one in root if one.tag.endswith("}Company")), None)
            return "" if node is None else node.text or ""
    return ""


def _sections(body: Any) -> list[Section]:
    found: list[Section] = []
    gathered: list[Any] = []
    for child in body:
        if child.tag == w("sectPr"):
            found.append(Section(child, gathered))
            return found
        gathered.append(child)
        end = next((one for one in child.iter(w("sectPr"))), None) if isinstance(child.tag, str) else None
        if end is not None:
            found.append(Section(end, gathered))
            gathered = []
    properties = own_properties()
    body.append(properties)
    found.append(Section(properties, gathered))
    return found


def _heads(sections: list[Section], part: Any) -> list[Any]:
    """Note the heads and feet in force in every section, inherited ones included, and return them all."""
    roots: dict[str, Any] = {}
    current: dict[tuple[str, str], str] = {}
    for section in sections:
        for side in SIDES:
            for reference in section.properties.findall(w(f"{side}Reference")):
                current[side, reference.get(w("type"), "default")] = reference.get(f"{{{R}}}id", "")
        for place, key in current.items():
            rel = part.rels.get(key)
            if rel is None or rel.is_external:
                continue
            if key not in roots:
                roots[key] = parsed(rel.target_part.blob)
            if not blank(roots[key]):
                section.heads[place] = roots[key]
                section.parts[place] = rel.target_part
    return list(roots.values())


def _theme(part: Any) -> Any:
    for rel in part.rels.values():
        if rel.reltype == f"{R}/theme" and not rel.is_external:
            return parsed(rel.target_part.blob)
    return None


def _custom(package: Any) -> dict[str, str]:
    for rel in package.rels.values():
        if rel.reltype == PROPERTIES_TYPE and not rel.is_external:
            root = parsed(rel.target_part.blob)
            return {
                one.get("name", ""): "".join(node.text or "" for node in one.iter() if node.tag.startswith(_VT))
                for one in root
                if isinstance(one.tag, str)
            }
    return {}


def default_style(styles: Any) -> str:
    """Return the style id of paragraphs that name none; some programs do not say which one that is."""
    paragraphs = [one for one in styles.iterchildren(w("style")) if one.get(w("type"), "paragraph") == "paragraph"]
    marked = [one for one in paragraphs if one.get(w("default")) in ("1", "true", "on")]
    named = [one for one in paragraphs if val(one, "name").casefold() == "normal"]
    return next((str(one.get(w("styleId"), "")) for one in (*marked, *named)), "")


def heading_level(paragraph: Any, levels: Mapping[str, int]) -> int:
    """Return the heading level of a paragraph, 0 for none; ``levels`` is the level by style id."""
    return levels.get(val(paragraph, "pPr/pStyle"), 0)


def text_face(template: Anatomy) -> str:
    """Return the face of ordinary text, empty when the template does not say."""
    normal = default_style(template.styles)
    own_style = next((one for one in template.styles.iterchildren(w("style")) if one.get(w("styleId")) == normal), None)
    defaults = template.styles.find("/".join(w(tag) for tag in ("docDefaults", "rPrDefault")))
    found = [one.find(f"{w('rPr')}/{w('rFonts')}") for one in (own_style, defaults) if one is not None]
    fonts = next((one for one in found if one is not None), None)
    if fonts is None:
        return ""
    name = str(fonts.get(w("ascii"), ""))
    themed = str(fonts.get(w("asciiTheme"), ""))
    if not name and themed and template.theme is not None:
        kind = "majorFont" if themed.startswith("major") else "minorFont"
        space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
        latin = template.theme.find(f".//{space}{kind}/{space}latin")
        name = str(latin.get("typeface", "")) if latin is not None else ""
    return name
