"""Looks into office files: parts, XML, text, links."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree

from valgen.documents.blocks import Block, Document, Section

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"


def document(*blocks: Block, **fields: Any) -> Document:
    """Return a document with these blocks in one section."""
    values: dict[str, Any] = {
        "key": "URS", "type": "URS", "number": "T-URS-001", "title": "User Requirements", "version": "1.0",
        "status": "Approved", "system": "Test 1.0", "marks": (), "control": (("Version", "1.0"),),
        "sections": (Section("Content", "content", blocks),),
    }  # fmt: skip
    return Document(**(values | fields))


def parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def xml(data: bytes, part: str = "word/document.xml") -> Any:
    """Return a part as an element."""
    return etree.fromstring(parts(data)[part])


def text(element: Any) -> str:
    """Return the text of paragraphs under an element, one per line, breaks and tabs as they are."""
    lines = []
    for paragraph in element.iter(f"{W}p"):
        shown = []
        for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab"):
            if node.tag == f"{W}t":
                shown.append(node.text or "")
            elif node.getparent().tag == f"{W}r":
                shown.append("\n" if node.tag == f"{W}br" else "\t")
        lines.append("".join(shown))
    return "\n".join(lines)


def styles_of(element: Any) -> list[tuple[str, str]]:
    """Return style id and text of every paragraph."""
    found = []
    for paragraph in element.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        found.append(("" if style is None else style.get(f"{W}val"), text(paragraph).split("\n")[0]))
    return found


def outside(data: bytes) -> list[tuple[str, str]]:
    """Return part and target of everything that leads out of the file."""
    found = []
    for name, content in parts(data).items():
        if name.endswith(".rels"):
            for rel in etree.fromstring(content).iter(f"{REL}Relationship"):
                if rel.get("TargetMode") == "External":
                    found.append((rel.get("Type").rsplit("/", 1)[-1], rel.get("Target")))
    return found
