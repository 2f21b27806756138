"""The body of a document: the template's own pages around the sections of the document.

The template's body is filled, then written as text with a sign where each mark and each end of a section stands;
the signs give way to what valgen writes. Wide tables lie on landscape pages: the template's section is cut there,
its first part keeps how the section begins, each further part starts a page, and every part has the section's
heads and feet in its own width.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from valgen.documents.blocks import Document
from valgen.writers.docx.anatomy import Section, heading_level
from valgen.writers.docx.bodymarks import is_mark
from valgen.writers.docx.content import Content, TocEntry
from valgen.writers.docx.elements import MC, VML, blank, made, text_of, w
from valgen.writers.docx.filling import fill
from valgen.writers.docx.front import Front
from valgen.writers.docx.heads import Heads
from valgen.writers.docx.layout import Unit
from valgen.writers.docx.page import section_properties
from valgen.writers.docx.placeholders import Values
from valgen.writers.docx.styles import W

PREFIXES: Mapping[str, str] = {
    "w": W,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "v": VML,
    "o": "urn:schemas-microsoft-com:office:office",
}
NAMESPACES = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in PREFIXES.items())
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_SIGN = re.compile(r"<\?valgen ([a-z]+)(?: ([a-z0-9]+))?\?>")
_BREAK = "<w:pageBreakBefore/>"
_COMPACT_ROOM = "60"  # twips
_FIRST_BOOKMARK = 1_000_000
_FIRST_DRAWING = 1_000_000
_BOOKMARK = re.compile(r'<w:bookmarkStart w:id="\d+" w:name="([^"]+)"/>')


class Body:
    """Puts one document together."""

    def __init__(self, content: Content, document: Document, values: Values, front: Front) -> None:
        """Take what stands in the body."""
        self._content = content
        self._frame = content.frame
        self._template = content.frame.template
        self._heads = Heads(content.frame, document, values)
        self._values = values
        self._front = front
        self._compact = document.compact

    def xml(self, units: list[Unit]) -> str:
        """Return the whole document part."""
        body = self._template.body
        if self._compact:
            _on_one_page(body, self._content.styles["Title"], own=self._template.own_body)
        fill(body, self._values)
        self._settle_numbers(body, units)
        before, after = self._own_headings(body)
        toc = [*before, *self._content.toc, *after]
        if not toc or self._compact:
            _without_contents(body)
        main = self._template.main
        leading, trailing = self._around_content(main)
        for number, section in enumerate(self._template.sections):
            self._sign_end(section, number)
        declared = self._declared(body)
        # valgen's own pages use no other prefix, whatever stood on the part that they were put into.
        around = {**declared, **self._further(body)} if self._template.own_body else declared
        text = "".join(_serialised(child, around) for child in body)
        text = _SIGN.sub(lambda sign: self._written(sign, toc, units, leading, trailing), text)
        start = "".join(f' xmlns:{prefix}="{address}"' for prefix, address in declared.items())
        return f"{HEAD}<w:document{start}{self._ignorable(declared)}><w:body>{text}</w:body></w:document>"

    def _written(
        self, sign: re.Match[str], toc: list[TocEntry], units: list[Unit], leading: bool, trailing: bool
    ) -> str:
        name, detail = sign[1], sign[2]
        if name == "section":
            number = int(detail)
            section = self._template.sections[number]
            if section is self._template.main:
                return self._end(section, *self._last_part(units, leading, trailing))
            return self._end(section, True, False)
        if name == "content":
            return self._sections(units, detail == "break" and not self._compact, leading, trailing)
        return self._front.xml(name, toc)

    def _parts(self, units: list[Unit], leading: bool, trailing: bool) -> list[tuple[bool, list[str]]]:
        """Return neighbours of the same orientation; an empty part where the template's own text stands upright."""
        parts: list[tuple[bool, list[str]]] = [(False, [])] if leading else []
        for across, xml in units:
            if not parts or parts[-1][0] is not across:
                parts.append((across, []))
            parts[-1][1].append(xml)
        if not parts or (trailing and parts[-1][0]):
            parts.append((False, []))
        return parts

    def _last_part(self, units: list[Unit], leading: bool, trailing: bool) -> tuple[bool, bool]:
        parts = self._parts(units, leading, trailing)
        return len(parts) == 1, parts[-1][0]

    def _sections(self, units: list[Unit], breaks: bool, leading: bool, trailing: bool) -> str:
        main = self._template.main
        thin = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        gap = f'<w:pStyle w:val="{self._content.styles["valgen Gap"]}"/>{thin}'
        parts = self._parts(units, leading, trailing)
        written = []
        for number, (across, pieces) in enumerate(parts):
            text = "".join(pieces)
            # A Word section starts a page by itself; a break before its first heading would add an empty one.
            first_text = not any(earlier for _, earlier in parts[:number])
            if first_text and (number > 0 or not breaks):
                text = text.replace(_BREAK, "", 1)
            written.append(text)
            if number < len(parts) - 1:
                written.append(f"<w:p><w:pPr>{gap}{self._end(main, number == 0, across)}</w:pPr></w:p>")
        return "".join(written)

    def _end(self, section: Section, opening: bool, across: bool) -> str:
        references = self._heads.references(section, opening=opening, across=across)
        made_one = section_properties(section.properties, references, opening=opening, across=across)
        return _serialised(made_one, PREFIXES)

    def _around_content(self, section: Section) -> tuple[bool, bool]:
        """Return whether the template has text before and after the content in its section; drop blank remains."""
        at = next(i for i, one in enumerate(section.elements) if is_mark(one, "content"))
        leading = any(_shows(one) for one in section.elements[:at])
        rest = section.elements[at + 1 :]
        if any(_shows(one) for one in rest):
            return leading, True
        for one in rest:
            holder = one.find(f"{w('pPr')}/{w('sectPr')}") if isinstance(one.tag, str) else None
            if holder is None:
                one.getparent().remove(one)
                continue
            # What is left is the end of the section; it takes no room.
            for child in list(one):
                one.remove(child)
            style = self._content.styles["valgen Gap"]
            properties = made(
                f'<w:pPr><w:pStyle w:val="{style}"/><w:spacing w:before="0" w:after="0" w:line="20" '
                'w:lineRule="exact"/></w:pPr>'
            )[0]
            properties.append(holder)
            one.append(properties)
        return leading, False

    def _sign_end(self, section: Section, number: int) -> None:
        from lxml import etree

        holder = section.properties.getparent()
        holder.replace(section.properties, etree.ProcessingInstruction("valgen", f"section {number}"))

    def _settle_numbers(self, body: Any, units: list[Unit]) -> None:
        """Give bookmarks and drawings of the template numbers and names that the document does not use."""
        starts = list(body.iter(w("bookmarkStart")))
        taken: set[str] = set()
        if starts:
            for _, xml in units:
                taken.update(name.casefold() for name in _BOOKMARK.findall(xml))
        numbers: dict[str, str] = {}
        for node in starts:
            name = node.get(w("name"), "")
            if name.startswith(("_Toc", "_GoBack")) or name.casefold() in taken:
                continue
            taken.add(name.casefold())
            numbers[node.get(w("id"), "")] = str(_FIRST_BOOKMARK + len(numbers))
        for node in (*starts, *body.iter(w("bookmarkEnd"))):
            key = node.get(w("id"), "")
            kept = key in numbers and not node.get(w("name"), "").startswith(("_Toc", "_GoBack"))
            if kept:
                node.set(w("id"), numbers[key])
            else:
                node.getparent().remove(node)
        for number, node in enumerate(body.iter(f"{{{PREFIXES['wp']}}}docPr")):
            node.set("id", str(_FIRST_DRAWING + number))

    def _own_headings(self, body: Any) -> tuple[list[TocEntry], list[TocEntry]]:
        """Return the template's own headings as lines of the contents, before and after those of the document."""
        signs = [str(node.text).split()[0] for node in body.iter() if getattr(node, "target", "") == "valgen"]
        if "contents" not in signs:
            return [], []
        levels = {self._content.styles[f"heading {level}"]: level for level in range(1, 10)}
        before: list[TocEntry] = []
        after: list[TocEntry] = []
        listing = signs.index("contents") > signs.index("content")
        target = before
        for node in list(body.iter()):
            if is_mark(node, "contents"):
                listing = True
            elif is_mark(node, "content"):
                target = after
            elif node.tag == w("p") and (level := heading_level(node, levels)):
                title = text_of(node).strip()
                if not title or not listing or any(True for _ in node.iterancestors(w("tc"), w("txbxContent"))):
                    continue
                name = f"_Toc9{len(before) + len(after) + 1:07d}"
                start, end = made("".join(self._content.bookmarks.mark(name)))
                node.insert(1 if len(node) and node[0].tag == w("pPr") else 0, start)
                node.append(end)
                target.append(TocEntry(level, "", title, name, False))
        return before, after

    def _declared(self, body: Any) -> dict[str, str]:
        return dict(PREFIXES) if self._template.own_body else {**PREFIXES, **self._further(body)}

    def _further(self, body: Any) -> dict[str, str]:
        """Return the prefixes of the template's document part that valgen does not use."""
        root = body.getparent()
        names = root.nsmap if root is not None else {}
        return {prefix: address for prefix, address in names.items() if prefix and prefix not in PREFIXES}

    def _ignorable(self, declared: Mapping[str, str]) -> str:
        root = self._template.body.getparent()
        words = (root.get(f"{{{MC}}}Ignorable", "") if root is not None else "").split()
        known = [word for word in words if word in declared and word not in PREFIXES]
        prefix = next((one for one, address in declared.items() if address == MC), "")
        return f' {prefix}:Ignorable="{" ".join(known)}"' if known and prefix else ""


def _serialised(element: Any, declared: Mapping[str, str]) -> str:
    """Return an element as text without the namespace declarations that the document part has already."""
    from lxml import etree

    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    if not isinstance(element.tag, str):
        return text
    start, mark, rest = text.partition(">")
    for prefix, address in declared.items():
        start = start.replace(f' xmlns:{prefix}="{address}"', "")
    return f"{start}{mark}{rest}"


def _shows(element: Any) -> bool:
    if getattr(element, "target", "") == "valgen":
        return True
    return isinstance(element.tag, str) and (
        not blank(element) or any(getattr(one, "target", "") == "valgen" for one in element.iter())
    )


def _without_contents(body: Any) -> None:
    """Remove the table of contents of a document that has nothing to list, and the control around it."""
    for node in [node for node in body.iter() if is_mark(node, "contents")]:
        control = next(node.iterancestors(w("sdt")), None)
        gone = node if control is None else control
        gone.getparent().remove(gone)


def _on_one_page(body: Any, title: str, *, own: bool) -> None:
    """Take the page break before the content away, and most of the room around the lines of valgen's own cover."""
    for node in [node for node in body.iter(w("pageBreakBefore"))]:
        if next(node.iterancestors(w("sdt")), None) is None:
            node.getparent().remove(node)
    if own:
        for node in body.iter(w("spacing")):
            for side in ("before", "after"):
                if node.get(w(side)) is not None:
                    node.set(w(side), _COMPACT_ROOM)
        for node in [node for node in body.iter(w("pStyle")) if node.get(w("val")) == title]:
            node.getparent().append(made(f'<w:spacing w:before="0" w:after="{_COMPACT_ROOM}"/>')[0])
            for run in node.getparent().getparent().iter(w("r")):
                run.insert(0, made('<w:rPr><w:sz w:val="40"/><w:szCs w:val="40"/></w:rPr>')[0])
