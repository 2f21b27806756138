"""Reading and changing the WordprocessingML of a company's template.

A template was written by Word over years of editing: comments, tracked changes, marks of the spelling check and
identities of paragraphs stand between its words. ``settle`` takes them out, so that the other modules meet plain
paragraphs: changes are taken as accepted, comments and footnotes are left out.

No decision about documents is made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from valgen.writers.docx.styles import W

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
VML = "urn:schemas-microsoft-com:vml"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_GONE = (
    "proofErr", "commentRangeStart", "commentRangeEnd", "commentReference", "del", "moveFrom", "moveFromRangeStart",
    "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd", "permStart", "permEnd", "rPrChange", "pPrChange",
    "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange", "tblGridChange", "tblPrExChange", "numberingChange",
    "cellIns", "cellDel", "cellMerge", "printerSettings", "footnoteReference",
)  # fmt: skip
_UNWRAPPED = ("ins", "moveTo")
_CHANGES = ("ins", "del", "moveFrom", "moveTo")
_IDENTITY = re.compile(r"\}(paraId|textId)$")


def w(tag: str) -> str:
    """Return the full name of an element or attribute of WordprocessingML."""
    return f"{{{W}}}{tag}"


def parsed(data: bytes) -> Any:
    """Return a part as an element; nothing is expanded or fetched."""
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def made(xml: str, namespaces: str = f'xmlns:w="{W}" xmlns:r="{R}"') -> list[Any]:
    """Return the elements of a piece of WordprocessingML that uses the prefixes of ``namespaces``."""
    from lxml import etree

    return list(etree.fromstring(f"<x {namespaces}>{xml}</x>"))


def val(element: Any, path: str, default: str = "") -> str:
    """Return ``w:val`` of the element under ``path``, such as ``pPr/pStyle``; the default where there is none."""
    found = element.find("/".join(w(step) for step in path.split("/"))) if element is not None else None
    return default if found is None else str(found.get(w("val"), default))


def switched(element: Any, path: str) -> bool:
    """Return whether an on/off property stands under ``path`` and is on."""
    found = element.find("/".join(w(step) for step in path.split("/"))) if element is not None else None
    return found is not None and str(found.get(w("val"), "1")) not in ("0", "false", "off")


def own(paragraph: Any, *tags: str) -> Iterator[Any]:
    """Yield elements of a paragraph in order, without those of text boxes that hang on it."""
    wanted = {w(tag) for tag in tags}
    box = w("txbxContent")

    def walk(element: Any) -> Iterator[Any]:
        for child in element:
            if child.tag in wanted:
                yield child
            if child.tag != box:
                yield from walk(child)

    yield from walk(paragraph)


def text_of(paragraph: Any) -> str:
    """Return the text of a paragraph as one string, without that of its text boxes."""
    return "".join(node.text or "" for node in own(paragraph, "t"))


def blank(element: Any) -> bool:
    """Return whether a piece of a body or head shows nothing: no text, picture, table, field or break."""
    shown = ("drawing", "pict", "object", "tbl", "fldSimple", "instrText", "sym", "br", "ptab")
    if any(True for _ in element.iter(*(w(tag) for tag in shown))):
        return False
    return not any((node.text or "").strip() for node in element.iter(w("t")))


class Field(NamedTuple):
    """A field of Word.

    Attributes:
        code: instruction, such as ``PAGE`` or ``DOCPROPERTY "Document number"``.
        element: the ``w:fldSimple``, or the ``w:fldChar`` that begins it.
        separator: ``w:fldChar`` before the result; None for a simple field or one without a result.
        end: ``w:fldChar`` that ends it; None for a simple field.
        shown: texts of the result.
    """

    code: str
    element: Any
    separator: Any
    end: Any
    shown: tuple[Any, ...]

    @property
    def word(self) -> str:
        """First word of the instruction, in capitals."""
        return (self.code.split() or [""])[0].upper()


def fields(root: Any) -> list[Field]:
    """Return every complete field under an element."""
    found: list[Field] = []
    for simple in root.iter(w("fldSimple")):
        found.append(Field(simple.get(w("instr"), "").strip(), simple, None, None, tuple(simple.iter(w("t")))))
    stack: list[dict[str, Any]] = []
    for node in root.iter(w("fldChar"), w("instrText"), w("t")):
        if node.tag == w("fldChar"):
            kind = node.get(w("fldCharType"))
            if kind == "begin":
                stack.append({"begin": node, "code": "", "separate": None, "shown": []})
            elif stack and kind == "separate":
                stack[-1]["separate"] = node
            elif stack and kind == "end":
                one = stack.pop()
                found.append(Field(one["code"].strip(), one["begin"], one["separate"], node, tuple(one["shown"])))
        elif stack and node.tag == w("instrText") and stack[-1]["separate"] is None:
            stack[-1]["code"] += node.text or ""
        elif stack and node.tag == w("t"):
            for one in stack:
                if one["separate"] is not None:
                    one["shown"].append(node)
    return found


def annotated(root: Any) -> tuple[bool, bool, bool]:
    """Return whether a part holds comments, tracked changes and footnotes."""

    def there(*tags: str) -> bool:
        return next(root.iter(*(w(tag) for tag in tags)), None) is not None

    return there("commentReference", "commentRangeStart"), there(*_CHANGES), there("footnoteReference")


def settle(root: Any) -> None:
    """Accept tracked changes, leave comments out and drop what Word notes for itself; changes ``root``."""
    for row in list(root.iter(w("tr"))):
        if row.find(f"{w('trPr')}/{w('del')}") is not None:
            row.getparent().remove(row)
    for node in list(root.iter(*(w(tag) for tag in _GONE))):
        _remove(node)
    for node in list(root.iter(*(w(tag) for tag in _UNWRAPPED))):
        unwrap(node)
    for node in root.iter():
        for name in [name for name in node.attrib if _IDENTITY.search(name)]:
            del node.attrib[name]


def unwrap(node: Any) -> None:
    """Put the children of an element in its place."""
    parent = node.getparent()
    at = parent.index(node)
    for offset, child in enumerate(list(node)):
        parent.insert(at + offset, child)
    parent.remove(node)


def put_text(node: Any, text: str) -> None:
    """Let a ``w:t`` show ``text``; line feeds and tabs become elements of Word beside it."""
    from lxml import etree

    pieces = re.split(r"([\n\t])", text)
    node.text = pieces[0]
    node.set(XML_SPACE, "preserve")
    after = node
    for piece in pieces[1:]:
        if not piece:
            continue
        if piece in "\n\t":
            made_one = etree.Element(w("br" if piece == "\n" else "tab"))
        else:
            made_one = etree.Element(w("t"))
            made_one.text = piece
            made_one.set(XML_SPACE, "preserve")
        after.addnext(made_one)
        after = made_one


def related(root: Any) -> set[str]:
    """Return every relationship id that a part uses."""
    mark = f"{{{R}}}"
    return {value for node in root.iter() for name, value in node.attrib.items() if name.startswith(mark)}


def _remove(node: Any) -> None:
    parent = node.getparent()
    if parent is None:
        return
    # Text after an element belongs to it in lxml; there is none between elements of Word.
    parent.remove(node)
