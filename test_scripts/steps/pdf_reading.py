"""PDF files read back with pikepdf: text of each page, what stands around it, fonts, tags, bookmarks, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_GUIDES = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u2060\ufeff"))


@dataclass(slots=True)
class PdfFile:
    """One PDF file.

    Attributes:
        count: number of pages.
        pages: text of the content of each page, without white space.
        frames: text of head, foot and marks of each page, without white space.
        fonts: name of each font to whether it is embedded and can be extracted as text.
        tags: how often each kind of structure element occurs.
        bookmarks: titles, in order.
        attachments: name to bytes.
        marked: whether the file says that it is tagged.
        language: of the text.
        problems: what the reader program found wrong with the file.
    """

    count: int = 0
    pages: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    fonts: dict[str, bool] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    bookmarks: list[str] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    marked: bool = False
    language: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Content of all pages, without white space."""
        return "".join(self.pages)


def solid(text: str) -> str:
    """Return a text without white space and characters that only guide line breaks."""
    return "".join(text.split()).translate(_GUIDES)


def read_pdf(path: Path, *, whole: bool = True) -> PdfFile:
    """Read a PDF file; where not ``whole``, the text of its first page only."""
    import pikepdf

    found = PdfFile()
    with pikepdf.open(path) as pdf:
        found.count = len(pdf.pages)
        found.problems = [str(one) for one in pdf.check_pdf_syntax()]
        found.marked = bool(pdf.Root.get("/MarkInfo", {}).get("/Marked", False))
        found.language = str(pdf.Root.get("/Lang", ""))
        found.attachments = {name: one.get_file().read_bytes() for name, one in pdf.attachments.items()}
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") is not None and "/P" in item:
                name = str(item.S).lstrip("/")
                found.tags[name] = found.tags.get(name, 0) + 1
        with pdf.open_outline() as outline:
            found.bookmarks = list(_titles(outline.root))
        codes: dict[str, dict[int, str]] = {}
        for page in list(pdf.pages)[: None if whole else 1]:
            body, frame = _page(page, codes, found.fonts)
            found.pages.append(solid(body))
            found.frames.append(solid(frame))
    return found


def _titles(items: Any) -> Iterator[str]:
    for item in items:
        yield str(item.title)
        yield from _titles(item.children)


def _page(page: Any, codes: dict[str, dict[int, str]], fonts: dict[str, bool]) -> tuple[str, str]:
    import pikepdf

    named = page.Resources.get("/Font", {})
    current: dict[int, str] = {}
    stack: list[tuple[bool, str | None]] = []  # artifact, replacement text
    body, frame = [], []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "Tf":
            current = _font(named[str(operands[0])], codes, fonts)
        elif name in ("BDC", "BMC"):
            properties = operands[1] if name == "BDC" else None
            if isinstance(properties, pikepdf.Name):
                properties = page.Resources.Properties[str(properties)]
            text = str(properties.ActualText) if properties is not None and "/ActualText" in properties else None
            stack.append((str(operands[0]) == "/Artifact", text))
            if text is not None:
                (frame if any(one for one, _ in stack) else body).append(text)
        elif name == "EMC":
            stack.pop()
        elif name in ("Tj", "TJ") and not any(text is not None for _, text in stack):
            parts = operands[0] if name == "TJ" else [operands[0]]
            text = "".join(_decoded(bytes(part), current) for part in parts if isinstance(part, pikepdf.String))
            (frame if any(one for one, _ in stack) else body).append(text)
    return "".join(body), "".join(frame)


def _font(font: Any, codes: dict[str, dict[int, str]], fonts: dict[str, bool]) -> dict[int, str]:
    name = str(font.BaseFont).lstrip("/")
    if name not in codes:
        descriptor = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else font.FontDescriptor
        embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        fonts[name] = embedded and "/ToUnicode" in font
        codes[name] = _unicode_of(font.ToUnicode.read_bytes()) if "/ToUnicode" in font else {}
    return codes[name]


def _unicode_of(table: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for kind, body in _BLOCK.findall(table):
        if kind == b"bfchar":
            found.update((int(code, 16), _text(digits)) for code, digits in _CHAR.findall(body))
            continue
        for first, last, digits in _RANGE.findall(body):
            start = _text(digits)
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    return found


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _decoded(data: bytes, font: dict[int, str]) -> str:
    codes = (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data) - 1, 2))
    return "".join(font.get(code, "\ufffd") for code in codes)
