"""What every page of a document must show, and which head and foot shows it.

A page must name the document (number, title or short name), its version and status, the page and the number of
pages, and the content digest. The head and foot of a company's template have to show them together. Where a
template has no head for a kind of page, valgen's own stands in if facts are missing that it brings, and so for the
foot. On the first page of a section the section's own text counts too, because a cover usually says these things
in full.

Source: domain/documents.md b.0 (header and footer on every page).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from valgen.writers.docx.anatomy import Anatomy, Section
from valgen.writers.docx.elements import fields, switched, text_of, w
from valgen.writers.docx.filling import control_name, property_name
from valgen.writers.docx.placeholders import CONTROL, MARK, PROPERTIES

FACTS = {
    "number": "document number",
    "title": "title",
    "version": "version",
    "status": "status",
    "page": "page number",
    "pages": "number of pages",
    "digest": "content digest",
}
"""Facts that every page must show, in words for messages."""

OF_FACT = {
    "number": "{{document.number}}", "title": "{{document.title}}", "version": "{{document.version}}",
    "status": "{{document.status}}", "page": "a field PAGE", "pages": "a field NUMPAGES",
    "digest": "{{document.digest}}",
}  # fmt: skip
"""How a template shows a fact."""

OWN = {"header": frozenset(("number", "title", "version", "status")), "footer": frozenset(("page", "pages", "digest"))}
"""What valgen's own head and foot show."""

_BY_NAME = {
    "document.number": "number", "document.title": "title", "document.key": "title", "document.version": "version",
    "document.status": "status", "document.digest": "digest", "document.digest.full": "digest",
    "control.document number": "number", "control.title": "title", "control.version": "version",
    "control.status": "status",
}  # fmt: skip
_BY_FIELD = {"PAGE": "page", "NUMPAGES": "pages", "SECTIONPAGES": "pages", "TITLE": "title"}
_BY_BLOCK = {"control": frozenset(("number", "title", "version", "status", "digest"))}


@dataclass(frozen=True, slots=True)
class PageHeads:
    """Head and foot of one kind of page.

    Attributes:
        kind: default, first or even.
        own: sides on which valgen's own stands in.
        missing: facts that such a page does not show.
    """

    kind: str
    own: tuple[str, ...]
    missing: tuple[str, ...]


def plan_heads(template: Anatomy, section: Section) -> tuple[PageHeads, ...]:
    """Return the heads and feet of a section for every kind of page that it has."""
    text, further = _first_page(section)
    kinds = ["first"] if section.title_page else []
    kinds += ["default"] if further or not section.title_page else []
    kinds += ["even"] if template.even_odd and further else []
    planned = []
    for kind in kinds:
        shown = (
            set(text) if kind == "first" or (kind == "default" and not section.title_page and not further) else set()
        )
        missing_sides = []
        for side in OWN:
            root = head_of(section, side, kind)
            if root is None:
                missing_sides.append(side)
            else:
                shown |= facts_of(root)
        own = tuple(side for side in missing_sides if OWN[side] - shown)
        for side in own:
            shown |= OWN[side]
        planned.append(PageHeads(kind, own, tuple(fact for fact in FACTS if fact not in shown)))
    return tuple(planned)


def head_of(section: Section, side: str, kind: str) -> Any:
    """Return the head or foot that a kind of page has; an even page without one has that of odd pages."""
    found = section.heads.get((side, kind))
    return section.heads.get((side, "default")) if found is None and kind == "even" else found


def facts_of(root: Any) -> set[str]:
    """Return the facts that a piece of a template shows."""
    found: set[str] = set()
    names: list[str] = []
    for paragraph in root.iter(w("p")):
        names += [match[1] for match in MARK.finditer(text_of(paragraph))]
    names += [control_name(control) for control in root.iter(w("sdt"))]
    for one in fields(root):
        if one.word in _BY_FIELD:
            found.add(_BY_FIELD[one.word])
        name = property_name(one).casefold()
        names += [PROPERTIES.get(name, name), CONTROL + name] if name else []
    for node in root.iter():
        if getattr(node, "target", "") == "valgen":
            found |= _BY_BLOCK.get(str(node.text).split()[0], frozenset())
    found |= {_BY_NAME[folded] for name in names if (folded := " ".join(name.split()).casefold()) in _BY_NAME}
    return found


def _first_page(section: Section) -> tuple[set[str], bool]:
    """Return the facts in the text of a section's first page, and whether it has, or may have, further pages."""
    found: set[str] = set()
    started = False
    for element in section.elements:
        name = str(element.text).split()[0] if getattr(element, "target", "") == "valgen" else ""
        if name == "content":
            return found, True
        if started and _breaks_before(element):
            return found, True
        found |= facts_of(element) if not name else _BY_BLOCK.get(name, frozenset())
        if name in ("contents", "approvals") or _breaks_inside(element):
            return found, True
        started = True
    return found, False


def _breaks_before(element: Any) -> bool:
    return isinstance(element.tag, str) and switched(element, "pPr/pageBreakBefore")


def _breaks_inside(element: Any) -> bool:
    if not isinstance(element.tag, str):
        return False
    if next(element.iter(w("lastRenderedPageBreak")), None) is not None:
        return True
    if any(node.get(w("type")) == "page" for node in element.iter(w("br"))):
        return True
    return any(getattr(node, "target", "") == "valgen" and node.text == "contents" for node in element.iter())
