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
from typing import Any

from valgen.codes import finding
from valgen.errors import Finding
from valgen.source import SourceLocation
from valgen.writers.docx.elements import VML, fields, parsed
from valgen.writers.links import outside_address
from valgen.writers.package import pack

MAX_BYTES = 100 * 1024 * 1024
"""Unpacked size of a template, and room for a logo of any sane resolution."""

MAX_PARTS = 2000

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEMPLATE_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_ACTIVE_PARTS = frozenset(
    (
        "aFChunk", "oleObject", "package", "control", "vbaProject", "wordVbaData", "subDocument", "frame",
        "keyMapCustomizations", "attachedToolbars", "extensibility", "recipientData", "mailMergeSource",
    )
)  # fmt: skip
"""Kinds of relations whose target can act, or is a document of another kind."""

_FETCHING_WORDS = ("INCLUDEPICTURE", "INCLUDETEXT", "DDEAUTO", "DDE", "DATABASE", "IMPORT", "LINK", "MACROBUTTON", "RD")
_HYPERLINK = re.compile(r'HYPERLINK\s+(?:"([^"]+)"|([^\s"\\]+))', re.IGNORECASE)
_LONGEST = 80
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
    if declared := tuple(_declared(parts, where)):
        return declared
    return tuple(dict.fromkeys((*_active(parts, where), *_read(parts, where))))


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


def _declared(parts: dict[str, bytes], where: SourceLocation) -> Iterator[Finding]:
    for name, data in sorted(parts.items()):
        if name.endswith((".xml", ".rels")) and (
            b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff")
        ):
            yield finding("VG702", f"the Word template declares a document type in {name}", where)


def _active(parts: dict[str, bytes], where: SourceLocation) -> Iterator[Finding]:
    types = parts["[Content_Types].xml"]
    if b"macroEnabled" in types or any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in parts):
        yield finding("VG702", "the Word template contains macros", where)
    embedded = sorted(name for name in parts if "/embeddings/" in name or "/activeX/" in name)
    if embedded:
        yield finding("VG702", f"the Word template contains an embedded object, {embedded[0]}", where)
    for name, data in sorted(parts.items()):
        # Raw, so that a field in a part that cannot be read is found as well.
        if (
            name.startswith("word/")
            and name.endswith(".xml")
            and b"instr" in data
            and (found := _FETCHING.search(data))
        ):
            word = found.group(1).decode()
            yield finding("VG703", f"the Word template has a field {word} in {name} that fetches content", where)


def _read(parts: dict[str, bytes], where: SourceLocation) -> Iterator[Finding]:
    # Only after the check for document types: nothing is expanded or fetched here.
    from lxml import etree

    if b"purl.oclc.org/ooxml" in parts.get("word/document.xml", b""):
        yield finding(
            "VG701", "the Word template was saved as Strict Open XML", where, fix="save it as Word document (.docx)"
        )
    for name, data in sorted(parts.items()):
        if not name.endswith((".xml", ".rels")):
            continue
        try:
            root = parsed(data)
        except etree.XMLSyntaxError:
            yield finding("VG701", f"the Word template is damaged in {name}", where)
            continue
        if name.endswith(".rels"):
            yield from _relations(root, name, where)
        elif name.startswith("word/"):
            yield from _reaching(root, name, where)


def _relations(root: Any, name: str, where: SourceLocation) -> Iterator[Finding]:
    for rel in root:
        if not isinstance(rel.tag, str):
            continue
        kind = str(rel.get("Type", "")).rsplit("/", 1)[-1]
        target = str(rel.get("Target", ""))
        if kind in _ACTIVE_PARTS:
            yield finding("VG702", f"the Word template contains a part of the kind {kind}, named in {name}", where)
        elif str(rel.get("TargetMode", "")).casefold() != "external":
            continue
        elif kind != "hyperlink":
            yield finding("VG703", f"the Word template refers to a {kind} outside the file in {name}", where)
        elif not outside_address(target):
            yield _refused_link(target, name, where)


def _reaching(root: Any, name: str, where: SourceLocation) -> Iterator[Finding]:
    """Yield fields, pictures and links that lead out of the file without a relation."""
    for field in fields(root):
        # The code of a field may be cut into runs, so that its word stands nowhere in one piece.
        if field.word in _FETCHING_WORDS:
            yield finding("VG703", f"the Word template has a field {field.word} in {name} that fetches content", where)
        elif field.word == "HYPERLINK" and (found := _HYPERLINK.match(field.code)):
            target = found[1] or found[2]
            if not outside_address(target):
                yield _refused_link(target, name, where)
    for node in root.iter(f"{{{VML}}}*"):
        for key, value in node.attrib.items():
            if key.rsplit("}", 1)[-1] in ("src", "href") and value and not value.startswith("#"):
                yield finding("VG703", f"the Word template has a drawing in {name} that leads out of the file", where)


def _refused_link(target: str, name: str, where: SourceLocation) -> Finding:
    shown = target if len(target) <= _LONGEST else f"{target[:_LONGEST]}…"
    fix = "remove the link in Word; web and mail addresses may stay"
    return finding("VG703", f"the Word template has a link in {name} to {shown}", where, fix=fix)
