"""Placeholders, content controls and fields of a template filled with the facts of a document.

Word cuts text into runs as it likes: at a word that the spelling check marked, at an edit of another day. So the
text of a paragraph is put together first, placeholders are looked for in it, and each value goes into the run in
which its placeholder begins, with the look of that run.

Filled are

- ``{{name}}`` in text, in tables, text boxes and content controls, and in WordArt,
- content controls whose tag is the name of a placeholder, and Word's own controls for title and status,
- fields DOCPROPERTY, TITLE, SUBJECT and KEYWORDS: the result that they show.

A value is not searched for placeholders again. Where there is none, a label in the same run (``Version``, ``Status:``)
and the separators around it go as well: a document of another kind than those of a pack may have no status.
"""

from __future__ import annotations

import re
from typing import Any

from valgen.writers.docx.elements import VML, Field, fields, own, put_text, text_of, val, w
from valgen.writers.docx.placeholders import MARK, Values, block_name, known_text

DASH = "–"

_SEPARATOR = "  ·  "
_SEPARATORS = re.compile(r"(?:\s*·\s*)+|^\s+$")
_LABEL = re.compile(r"\b(?:Version|Status:) +$")

_PROPERTY = re.compile(r'^DOCPROPERTY\s+(?:"([^"]*)"|([^\s"\\]+))', re.IGNORECASE)
_BOUND = re.compile(r":(title|contentStatus)\[1\]\s*$")
_BOUND_TEXTS = {"title": "document.title", "contentStatus": "document.status"}
_FIELD_WORDS = {"TITLE": "document.title", "SUBJECT": "document.subject", "KEYWORDS": "document.type"}


def fill(root: Any, values: Values) -> None:
    """Fill everything under ``root``, which is changed."""
    # Text first: what a field or control gets afterwards is a value, in which nothing is looked for.
    for paragraph in list(root.iter(w("p"))):
        _paragraph(paragraph, values)
    for field in fields(root):
        text = field_text(field, values)
        if text is not None:
            _show(field, text)
    for control in list(root.iter(w("sdt"))):
        _control(control, values)
    for path in root.iter(f"{{{VML}}}textpath"):
        if "{{" in path.get("string", ""):
            path.set("string", MARK.sub(lambda found: _plain(found, values), path.get("string")))


def field_text(field: Field, values: Values) -> str | None:
    """Return what a field shows; None for a field that valgen leaves to Word."""
    name = property_name(field)
    if name:
        return values.property(name)
    return values.text(_FIELD_WORDS[field.word]) if field.word in _FIELD_WORDS else None


def property_name(field: Field) -> str:
    """Return the property that a DOCPROPERTY field shows, empty for another field."""
    found = _PROPERTY.match(field.code)
    return (found[1] or found[2] or "") if found else ""


def control_name(control: Any) -> str:
    """Return the placeholder that a content control stands for, by its tag or by what Word binds it to."""
    properties = control.find(w("sdtPr"))
    if properties is None:
        return ""
    tag = val(properties, "tag").strip("{} ")
    if known_text(tag) or block_name(tag):
        return tag
    bound = _binding(properties)
    return _BOUND_TEXTS[bound] if bound else ""


def _binding(properties: Any) -> str:
    node = properties.find(w("dataBinding"))
    found = _BOUND.search(node.get(w("xpath"), "")) if node is not None else None
    return found[1] if found else ""


def _control(control: Any, values: Values) -> None:
    name = control_name(control)
    text = values.text(name) if name else None
    content = control.find(w("sdtContent"))
    if text is None or content is None:
        return
    properties = control.find(w("sdtPr"))
    bound = _binding(properties)
    for node in list(properties):
        kind = node.tag.rsplit("}", 1)[-1]
        if kind == "showingPlcHdr" or (kind == "dataBinding" and not bound):
            properties.remove(node)
        elif kind == "date":
            node.attrib.pop(w("fullDate"), None)
    shown = list(content.iter(w("t")))
    if not shown:
        shown = [_new_text(content)]
    first = shown[0]
    for node in shown[1:]:
        node.text = ""
    run = first.getparent()
    look = run.find(f"{w('rPr')}/{w('rStyle')}") if run is not None else None
    if look is not None and "placeholder" in look.get(w("val"), "").casefold():
        look.getparent().remove(look)
    put_text(first, text or (DASH if _in_cell(first) else ""))


def _new_text(content: Any) -> Any:
    from lxml import etree

    paragraph = next(content.iter(w("p")), None)
    place = paragraph if paragraph is not None else content
    run = place if place.tag == w("r") else etree.SubElement(place, w("r"))
    return etree.SubElement(run, w("t"))


def _show(field: Field, text: str) -> None:
    from lxml import etree

    if field.shown:
        put_text(field.shown[0], text)
        for node in field.shown[1:]:
            node.text = ""
        return
    node = etree.Element(w("t"))
    if field.end is None:
        etree.SubElement(field.element, w("r")).append(node)
    elif field.separator is not None:
        field.separator.addnext(node)
    else:
        separator = etree.Element(w("fldChar"))
        separator.set(w("fldCharType"), "separate")
        field.end.addprevious(separator)
        field.end.addprevious(node)
    put_text(node, text)


def _paragraph(paragraph: Any, values: Values) -> None:
    nodes = list(own(paragraph, "t"))
    texts = [node.text or "" for node in nodes]
    whole = "".join(texts)
    found = [match for match in MARK.finditer(whole) if values.text(match[1]) is not None]
    if not found:
        return
    alone = len(found) == 1 and not (whole[: found[0].start()] + whole[found[0].end() :]).strip()
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text))
    # From the last one to the first, so that places before a change stay where they are.
    for match in reversed(found):
        value = values.text(match[1]) or (DASH if alone and _in_cell(paragraph) else "")
        first = next(i for i in range(len(nodes)) if starts[i] <= match.start() < starts[i + 1])
        last = next(i for i in range(len(nodes)) if starts[i] < match.end() <= starts[i + 1])
        head = texts[first][: match.start() - starts[first]]
        if not value and not alone:
            head = _LABEL.sub("", head)
        tail = texts[last][match.end() - starts[last] :]
        if first == last:
            texts[first] = head + value + tail
        else:
            texts[first] = head + value
            texts[last] = tail
            for number in range(first + 1, last):
                texts[number] = ""
    if any(not values.text(match[1]) for match in found):
        texts = [_SEPARATORS.sub(_one_separator, text) for text in texts]
    for node, before, text in zip(nodes, [node.text or "" for node in nodes], texts, strict=True):
        if text != before:
            put_text(node, text)


def _one_separator(found: re.Match[str]) -> str:
    return "" if found.start() == 0 or found.end() == len(found.string) else _SEPARATOR


def _plain(found: re.Match[str], values: Values) -> str:
    text = values.text(found[1])
    return found[0] if text is None else " ".join(text.split())


def _in_cell(element: Any) -> bool:
    return any(True for _ in element.iterancestors(w("tc")))


def lone_block(paragraph: Any) -> str:
    """Return the block placeholder that stands alone in a paragraph, empty for none."""
    if any(True for _ in own(paragraph, "drawing", "pict", "object")):
        return ""
    found = MARK.fullmatch(text_of(paragraph).strip())
    return block_name(found[1]) if found else ""
