"""Word templates: refused before they are opened when they could do harm or make a broken document.

A template is a ``.docx`` or ``.dotx`` file. Refused are macros, embedded objects, document type declarations,
references to anything outside the file other than hyperlinks, and packages that unpack to an unreasonable size.
All reasons are reported at once. What the template says is the subject of ``contract``.

Source: integrity.md H-8.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from valgen.codes import finding
from valgen.errors import Finding
from valgen.source import SourceLocation
from valgen.writers.package import pack

MAX_BYTES = 100 * 1024 * 1024
"""Unpacked size of a template, and room for a logo of any sane resolution."""

MAX_PARTS = 2000

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEMPLATE_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_OUTSIDE = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.DOTALL)
_TYPE = re.compile(rb"""\bType\s*=\s*["'][^"']*/([A-Za-z]+)["']""")
_FETCHING = re.compile(rb"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE|DATABASE|IMPORT)\b")


def harm(path: Path, where: SourceLocation) -> tuple[Finding, ...]:
    """Return what keeps a file from being opened as a template; empty when nothing does."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return (finding("VG701", f"the Word template cannot be read: {error.strerror or 'unknown reason'}", where),)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_BYTES:
                return (finding("VG704", "the Word template unpacks to more than 100 MB", where),)
            parts = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        return (finding("VG701", "the Word template is not a .docx or .dotx file", where),)
    if "[Content_Types].xml" not in parts or not any(name.startswith("word/") for name in parts):
        return (finding("VG701", "the Word template is not a .docx or .dotx file", where),)
    return tuple(_harmful(parts, where)) or tuple(_broken(parts, where))


def template_bytes(path: Path) -> bytes:
    """Return the bytes of a template that does no harm, as a document that can be written to."""
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
        if _TEMPLATE_MAIN.encode() not in types:
            return data
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts["[Content_Types].xml"] = types.replace(_TEMPLATE_MAIN.encode(), _MAIN.encode())
    return pack(parts)


def _harmful(parts: dict[str, bytes], where: SourceLocation) -> list[Finding]:
    found: list[Finding] = []
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types or any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in parts):
        found.append(finding("VG702", "the Word template contains macros", where))
    embedded = sorted(name for name in parts if "/embeddings/" in name or "/activeX/" in name)
    if embedded:
        found.append(finding("VG702", f"the Word template contains an embedded object, {embedded[0]}", where))
    for name, data in sorted(parts.items()):
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            found.append(finding("VG702", f"the Word template declares a document type in {name}", where))
        if name.endswith(".rels"):
            found.extend(_outside(name, data, where))
        elif name.startswith("word/") and b"instr" in data and _FETCHING.search(data):
            field = _FETCHING.search(data)
            word = field.group(1).decode() if field else ""
            found.append(
                finding("VG703", f"the Word template has a field {word} in {name} that fetches content", where)
            )
    return found


def _broken(parts: dict[str, bytes], where: SourceLocation) -> Iterator[Finding]:
    # Only after the check for document types: nothing is expanded or fetched here.
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    if b"purl.oclc.org/ooxml" in parts.get("word/document.xml", b""):
        yield finding(
            "VG701", "the Word template was saved as Strict Open XML", where, fix="save it as Word document (.docx)"
        )
    for name, data in sorted(parts.items()):
        if name.endswith((".xml", ".rels")):
            try:
                etree.fromstring(data, parser)
            except etree.XMLSyntaxError:
                yield finding("VG701", f"the Word template is damaged in {name}", where)


def _outside(name: str, data: bytes, where: SourceLocation) -> list[Finding]:
    found = []
    for match in _OUTSIDE.finditer(data):
        entry = match.group()
        kind = _TYPE.search(entry)
        word = kind.group(1).decode() if kind else "unknown"
        if re.search(rb"""TargetMode\s*=\s*["']External["']""", entry) and word != "hyperlink":
            found.append(finding("VG703", f"the Word template refers to a {word} outside the file in {name}", where))
    return found
