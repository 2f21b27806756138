"""Reads text back out of the files of a pack, and lists what could act in them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from lxml import etree

_SCHEME = re.compile(r"[\s\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
_FORBIDDEN = frozenset({"iframe", "object", "embed", "base", "frame", "applet", "math", "foreignobject"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "srcset", "xlink:href", "poster", "background"})


class Page(HTMLParser):
    """Text of a page, and everything in it that could act."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.acting: list[str] = []
        self.parts: list[str] = []
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._open = tag
        if tag in _FORBIDDEN or (tag == "script" and not given.get("src")):
            self.acting.append(tag)
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.acting.append("refresh")
        self.acting += [f"{tag} {name}" for name in given if name.startswith("on") or name == "srcdoc"]
        if "url(" in given.get("style", "").lower():
            self.acting.append(f"{tag} style")
        for name in _ADDRESSES & given.keys():
            scheme = _SCHEME.match(given[name])
            if given[name].startswith("//") or (scheme and scheme[1].lower() not in _SAFE_SCHEMES):
                self.acting.append(f"{tag} {name}={given[name][:60]}")
            if name != "href" and scheme:
                self.acting.append(f"{tag} {name}={given[name][:60]}")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open not in ("script", "style"):
            self.parts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.parts)


def html_text(path: Path) -> str:
    return Page(path.read_text("utf-8")).text


def docx_text(path: Path) -> str:
    """Return the text of the body, heads, feet and notes in the order of the file."""
    found = []
    with zipfile.ZipFile(path) as file:
        for name in sorted(file.namelist()):
            if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml", name):
                for node in etree.fromstring(file.read(name)).iter():
                    local = etree.QName(node).localname
                    if local in ("t", "delText"):
                        found.append(node.text or "")
                    elif local in ("p", "tab", "br", "cr"):
                        found.append("\n")
    return "".join(found)


def pdf_text(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8", "replace")


def xlsx_text(path: Path) -> str:
    import openpyxl

    book = openpyxl.load_workbook(path)
    text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    # openpyxl gives back the escapes of the format; Excel shows what they stand for.
    return re.sub("_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), text)


def csv_cells(path: Path) -> list[str]:
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def json_text(path: Path) -> str:
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for key, one in value.items():
                found.append(key)
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(json.loads(path.read_text("utf-8")))
    return "\n".join(found)


def office_outside(path: Path) -> list[str]:
    """Return everything in a Word or Excel file that leaves it, runs or asks for something else when opened."""
    found = []
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        for name in file.namelist():
            if name.startswith(("/", "..")) or re.search(
                r"vba|\.bin$|activeX|ole|externalLink|connections", name, re.I
            ):
                found.append(name)
            if not name.endswith((".xml", ".rels")):
                continue
            data = file.read(name)
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                found.append(f"{name}: DTD")
            tree = etree.fromstring(data)
            for node in tree.iter(etree.Element):
                local = etree.QName(node).localname
                if local == "Relationship" and node.get("TargetMode") == "External":
                    kind = str(node.get("Type")).rsplit("/", 1)[-1]
                    if kind != "hyperlink" or not re.match(r"(https?://|mailto:|\.\./html/)", str(node.get("Target"))):
                        found.append(f"{name}: {kind} {node.get('Target')}")
                elif local == "instrText":
                    field = (node.text or "").split()
                    if field and field[0] not in ("PAGE", "NUMPAGES", "TOC", "REF", "PAGEREF", "HYPERLINK", "SEQ",
                                                  "DOCPROPERTY", "STYLEREF", "SECTIONPAGES", "TITLE"):  # fmt: skip
                        found.append(f"{name}: field {node.text}")
                    if field and field[0] == "HYPERLINK" and field[1:2] != ["\\l"]:
                        found.append(f"{name}: field {node.text}")
                elif local in ("f", "definedName") and name.startswith("xl/") and "QS0" in (node.text or ""):
                    found.append(f"{name}: formula {node.text}")
                elif local in ("object", "OLEObject", "altChunk", "control", "ddeLink"):
                    found.append(f"{name}: {local}")
    return found


def pdf_acting(path: Path) -> list[str]:
    """Return every action, script or attachment in a PDF file that is no link to a place or a vetted address."""
    import pikepdf

    found = []
    with pikepdf.open(io.BytesIO(path.read_bytes())) as file:
        for key in ("/OpenAction", "/AA", "/AcroForm"):
            if key in file.Root:
                found.append(key)
        if "/Names" in file.Root and "/JavaScript" in file.Root.Names:
            found.append("/JavaScript")
        for one in file.objects:
            if not isinstance(one, pikepdf.Dictionary):
                continue
            kind = one.get("/S") if "/S" in one else None
            if kind in (
                "/JavaScript",
                "/Launch",
                "/SubmitForm",
                "/ImportData",
                "/GoToR",
                "/GoToE",
                "/Rendition",
                "/Movie",
            ):
                found.append(str(kind))
            if kind == "/URI" and not re.match(r"https?://|mailto:", str(one.URI)):
                found.append(str(one.URI))
            if one.get("/Subtype") in ("/RichMedia", "/Screen", "/FileAttachment"):
                found.append(str(one.Subtype))
        found += [name for name in file.attachments if not re.fullmatch(r"[A-Za-z0-9._-]+\.(json|txt|csv)", name)]
    return found
