"""Documents read back by other programs than those that wrote them: html.parser, python-docx, openpyxl, zipfile."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

_VOID = frozenset(("meta", "link", "input", "br", "hr", "img", "col", "wbr", "source"))
_BLOCKS = frozenset(
    ("p", "td", "th", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "div", "section", "pre", "br")
)


@dataclass(slots=True)
class Page:
    """One HTML page.

    Attributes:
        text: of the body, one line per block; hidden words for screen readers are part of it.
        tags: every start tag with its attributes.
        ids: every id.
        tables: rows of cells of every table, header row first.
        sections: title of each heading to the text from there to the next heading of any level.
    """

    text: str = ""
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)


def read_page(path: Path) -> Page:
    """Read an HTML page."""
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    reader.close()
    page = reader.page
    page.text = _tidy("".join(reader.parts))
    page.sections = {title: _tidy("".join(parts)) for title, parts in reader.sections.items()}
    return page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.parts: list[str] = []
        self.sections: dict[str, list[str]] = {}
        self._section: list[str] | None = None
        self._heading: list[str] | None = None
        self._cell: list[str] | None = None
        self._silent = 0
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.tags.append((tag, given))
        if "id" in given:
            self.page.ids.append(given["id"])
        if tag in ("script", "style", "title"):
            self._silent += 1
        # Words for screen readers and the sign beside a heading are no part of a cell's value.
        if tag not in _VOID and (self._hidden or {"vg-sr", "headerlink"} & set(given.get("class", "").split())):
            self._hidden.append(tag)
        if tag in _BLOCKS:
            self._add("\n" if tag not in ("td", "th") else "\t")
        if re.fullmatch("h[1-6]", tag):
            self._heading = []
        elif tag == "table":
            self.page.tables.append([])
        elif tag == "tr" and self.page.tables:
            self.page.tables[-1].append([])
        elif tag in ("td", "th") and self.page.tables and self.page.tables[-1]:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._silent -= 1
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()
        if tag in ("td", "th") and self._cell is not None:
            self.page.tables[-1][-1].append(_tidy("".join(self._cell)))
            self._cell = None
        if re.fullmatch("h[1-6]", tag) and self._heading is not None:
            title = re.sub(r"^[\d.]+\s+", "", _tidy("".join(self._heading)))
            self._section = self.sections.setdefault(title, [])
            self._heading = None

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._hidden:
            self._add(data)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        for place in (self._heading, self._cell, self._section):
            if place is not None:
                place.append(text)


@dataclass(slots=True)
class WordFile:
    """One Word file.

    Attributes:
        text: of paragraphs, tables, headers and footers.
        header: text of the headers alone.
        tables: rows of cells of every table, nested ones as text.
        parts: name to bytes of every part of the package.
    """

    text: str
    header: str
    tables: list[list[list[str]]]
    parts: dict[str, bytes]


def read_word(path: Path) -> WordFile:
    """Read a Word file with python-docx."""
    from docx import Document

    document = Document(str(path))
    header = "\n".join(
        _all_text(part._element)
        for section in document.sections
        for part in (section.header, section.footer, section.first_page_header)
    )
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return WordFile(text=_all_text(document.element.body), header=header, tables=tables, parts=parts)


def read_workbook(path: Path) -> Any:
    """Read an Excel file with openpyxl, formulas as formulas."""
    from openpyxl import load_workbook

    return load_workbook(path)


def sheet_rows(sheet: Any) -> list[list[str]]:
    """Return the cells of a sheet as texts."""
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _all_text(element: Any) -> str:
    """Every text below an element, one line per paragraph."""
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    lines = []
    for paragraph in element.iter(f"{word}p"):
        parts = []
        for node in paragraph.iter():
            if node.tag == f"{word}t":
                parts.append(node.text or "")
            elif node.tag in (f"{word}br", f"{word}tab"):
                parts.append("\n" if node.tag.endswith("br") else "\t")
        lines.append("".join(parts))
    return "\n".join(lines)


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ").replace("\u00ad", "").replace("\u2060", "")
    text = re.sub(r"[ \t]*\n\s*", "\n", text)
    return re.sub(r"[ \t]+", " ", text).strip()
