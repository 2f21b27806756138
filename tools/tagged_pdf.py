"""Text of the tables of a tagged PDF, by its structure tree; needs pikepdf and none of valgen's code.

A tagged PDF marks each stretch of text with a number, and its structure tree says which numbers belong to which cell.
poppler's ``pdfinfo -struct-text`` prints the same, but needs minutes for a hundred pages.

Source: ISO 32000-1, 9.10.2 (ToUnicode), 14.6 (marked content), 14.7 (structure), 14.9.4 (replacement text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)

Cells = list[list[str]]


class TaggedPdf:
    """One opened PDF."""

    def __init__(self, path: Path) -> None:
        self._pdf = pikepdf.open(path)
        self._fonts: dict[tuple[int, int], dict[int, str]] = {}
        self._texts: dict[tuple[int, int], dict[int, str]] = {}

    def tables(self) -> Iterator[tuple[Cells, bool]]:
        """Yield rows of cells of every table, outer ones first, and whether it has header cells."""
        yield from self._tables(self._pdf.Root.StructTreeRoot)

    def text(self) -> str:
        """Return the text of the whole file in reading order, without what only the pages have, such as heads."""
        return "".join(self._text(self._pdf.Root.StructTreeRoot, None))

    def _tables(self, node: Any) -> Iterator[tuple[Cells, bool]]:
        if not isinstance(node, pikepdf.Dictionary):
            return
        if node.get("/S") == "/Table":
            rows = [
                [cell for cell in _kids(row) if isinstance(cell, pikepdf.Dictionary) and cell.S in ("/TH", "/TD")]
                for row in _rows(node)
            ]
            head = any(cell.S == "/TH" for row in rows for cell in row)
            yield [["".join(self._text(cell, cell.get("/Pg"))) for cell in row] for row in rows], head
        for kid in _kids(node):
            yield from self._tables(kid)

    def _text(self, node: Any, page: Any) -> Iterator[str]:
        if isinstance(node, int):
            if page is not None:
                yield self._marked(page).get(node, "")
            return
        if not isinstance(node, pikepdf.Dictionary):
            return
        page = node.get("/Pg", page)
        if node.get("/Type") == "/MCR":
            yield self._marked(page).get(int(node.MCID), "")
        elif "/ActualText" in node:
            yield str(node.ActualText)
        else:
            for kid in _kids(node):
                yield from self._text(kid, page)

    def _marked(self, page: Any) -> dict[int, str]:
        """Return the text of a page by the number of its marked content."""
        key = page.objgen
        if key not in self._texts:
            self._texts[key] = self._read(page)
        return self._texts[key]

    def _read(self, page: Any) -> dict[int, str]:
        found: dict[int, str] = {}
        stack: list[tuple[int | None, str | None]] = []  # number, replacement text
        font: dict[int, str] = {}
        fonts = page.Resources.get("/Font", {})
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name == "Tf":
                font = self._font(fonts[str(operands[0])])
            elif name in ("BDC", "BMC"):
                stack.append(_opened(operands if name == "BDC" else (), page))
                if stack[-1][1] is not None:
                    _add(found, stack[:-1] or stack, stack[-1][1])
            elif name == "EMC":
                stack.pop()
            elif name in ("Tj", "TJ", "'", '"'):
                if any(replaced is not None for _, replaced in stack):
                    continue
                parts = operands[-1] if name == "TJ" else [operands[-1]]
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        _add(found, stack, _decoded(bytes(part), font))
        return found

    def _font(self, font: Any) -> dict[int, str]:
        key = font.objgen
        if key not in self._fonts:
            codes: dict[int, str] = {}
            if "/ToUnicode" in font:
                for kind, body in _BLOCK.findall(font.ToUnicode.read_bytes()):
                    if kind == b"bfchar":
                        codes.update((int(code, 16), _unicode(text)) for code, text in _CHAR.findall(body))
                    else:
                        for first, last, text in _RANGE.findall(body):
                            start = _unicode(text)
                            for step in range(int(last, 16) - int(first, 16) + 1):
                                codes[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
            self._fonts[key] = codes
        return self._fonts[key]


def _opened(operands: Any, page: Any) -> tuple[int | None, str | None]:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, pikepdf.Name):
        properties = page.Resources.Properties[str(properties)]
    if not isinstance(properties, pikepdf.Dictionary):
        return None, None
    number = int(properties.MCID) if "/MCID" in properties else None
    return number, str(properties.ActualText) if "/ActualText" in properties else None


def _add(found: dict[int, str], stack: list[tuple[int | None, str | None]], text: str) -> None:
    number = next((number for number, _ in reversed(stack) if number is not None), None)
    if number is not None:
        found[number] = found.get(number, "") + text


def _decoded(data: bytes, font: dict[int, str]) -> str:
    codes = (int.from_bytes(data[start : start + 2], "big") for start in range(0, len(data) - 1, 2))
    return "".join(font.get(code, "\N{REPLACEMENT CHARACTER}") for code in codes)


def _unicode(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _kids(node: Any) -> list[Any]:
    kids = node.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _rows(node: Any) -> Iterator[Any]:
    for kid in _kids(node):
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/S") == "/TR":
                yield kid
            elif kid.get("/S") in ("/THead", "/TBody", "/TFoot"):
                yield from _rows(kid)
