"""Marks in the body of a template: where contents, content, control block and the like stand.

A mark is a paragraph that holds nothing but a block placeholder, a content control with such a tag, or a table of
contents that Word made. A processing instruction takes its place, so that the writer finds it again after the text
was filled, whatever the text says.
"""

from __future__ import annotations

import re
from typing import Any

from valgen.writers.docx.elements import fields, own, switched, unwrap, w
from valgen.writers.docx.filling import control_name, lone_block
from valgen.writers.docx.placeholders import block_name

_LEVELS = re.compile(r'\\o\s+"?1-([1-9])')
_OTHER_LIST = re.compile(r"\\[caf]\b")


def mark(name: str) -> Any:
    """Return the processing instruction that stands for a mark."""
    from lxml import etree

    return etree.ProcessingInstruction("valgen", name)


def is_mark(element: Any, name: str) -> bool:
    """Return whether a node of a body is the sign of a mark."""
    return getattr(element, "target", "") == "valgen" and str(element.text).split()[0] == name


def mark_contents(body: Any) -> int:
    """Put a mark in place of the lines of a table of contents that Word made, and return how many levels it had."""
    levels = 3
    for one in fields(body):
        if one.word != "TOC" or _OTHER_LIST.search(one.code) or one.end is None:
            continue
        first, last = _top(one.element), _top(one.end)
        if first is None or last is None or first.getparent() is not last.getparent():
            continue
        found = _LEVELS.search(one.code)
        levels = int(found[1]) if found else levels
        parent = first.getparent()
        start, stop = parent.index(first), parent.index(last)
        for child in list(parent)[start : stop + 1]:
            if child is not first:
                _take_out(child)
        _replace(first, "contents")
    return levels


def mark_blocks(body: Any, odd: list[tuple[str, str]]) -> list[str]:
    """Put a sign in place of every block placeholder.

    Args:
        body: the ``w:body``, which is changed.
        odd: takes name and place of placeholders that cannot be filled.

    Returns:
        names of the marks in the body, in order.
    """
    for control in list(body.iter(w("sdt"))):
        name = block_name(control_name(control))
        if not name or control.getparent() is None:
            continue
        if _in_body(control):
            _replace(control, name)
        else:
            odd.append((name, "in a table, a text box or the middle of a paragraph"))
    for paragraph in list(body.iter(w("p"))):
        name = lone_block(paragraph)
        if not name:
            continue
        if _in_body(paragraph):
            _replace(paragraph, name)
        else:
            odd.append((name, "in a table or a text box"))
    for node in list(body.iter()):
        if is_mark(node, "content"):
            _lift(node, body)
    found = [str(node.text).split()[0] for node in body.iter() if getattr(node, "target", "") == "valgen"]
    different = list(dict.fromkeys(found))
    odd += [(name, f"{found.count(name)} times in the body") for name in different if found.count(name) > 1]
    return different


def _in_body(element: Any) -> bool:
    allowed = {w("body"), w("sdt"), w("sdtContent"), w("document")}
    return all(one.tag in allowed for one in element.iterancestors())


def _lift(node: Any, body: Any) -> None:
    """Take away the content controls around the content mark, because sections of Word cannot begin inside one."""
    while node.getparent() is not body:
        content = node.getparent()
        control = content.getparent()
        for child in list(control):
            if child is not content:
                control.remove(child)
        unwrap(content)
        unwrap(control)


def _top(element: Any) -> Any:
    """Return the paragraph of the body, or of a content control of it, in which an element stands."""
    found = element
    while found is not None and found.tag != w("p"):
        found = found.getparent()
    return found if found is not None and _in_body(found) else None


def _replace(element: Any, name: str) -> None:
    """Put a mark in place of an element; page breaks of a paragraph stay where they were around its text."""
    before, after = _breaks(element)
    if after:
        _begin_page(element.getnext())
    element.addprevious(mark(f"{name} break" if before and name == "content" else name))
    if before and name != "content":
        element.getprevious().addprevious(_page_break(element))
    _take_out(element)


def _breaks(element: Any) -> tuple[bool, bool]:
    """Return whether a paragraph has a page break before and after its text."""
    if element.tag != w("p"):
        return False, False
    before, after, text = switched(element, "pPr/pageBreakBefore"), False, False
    for node in own(element, "t", "br"):
        if node.tag == w("t"):
            text = text or bool((node.text or "").strip())
        elif node.get(w("type")) == "page":
            before, after = before or not text, after or text
    return before, after


def _begin_page(element: Any) -> None:
    """Let a paragraph begin a page."""
    from lxml import etree

    if element is None or element.tag != w("p") or switched(element, "pPr/pageBreakBefore"):
        return
    properties = element.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        element.insert(0, properties)
    for node in properties.findall(w("pageBreakBefore")):
        properties.remove(node)
    earlier = [one for one in properties if one.tag in (w("pStyle"), w("keepNext"), w("keepLines"))]
    properties.insert(properties.index(earlier[-1]) + 1 if earlier else 0, etree.Element(w("pageBreakBefore")))


def _page_break(element: Any) -> Any:
    from lxml import etree

    paragraph = etree.Element(w("p"))
    etree.SubElement(etree.SubElement(paragraph, w("r")), w("br")).set(w("type"), "page")
    return paragraph


def _take_out(element: Any) -> None:
    """Remove an element of the body; a section that ends in it ends in an empty paragraph instead."""
    from lxml import etree

    end = element.find(f"{w('pPr')}/{w('sectPr')}") if element.tag == w("p") else None
    if end is None:
        element.getparent().remove(element)
        return
    for child in list(element):
        element.remove(child)
    etree.SubElement(element, w("pPr")).append(end)
