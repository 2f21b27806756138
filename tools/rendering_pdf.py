"""Checks of PDF files with qpdf and poppler, against the Word file of the same document.

Reading order is shown by text: the headings of the Word file are the bookmarks of the PDF file, each stands in the
text of its page behind the one before, and every id of the Word file stands under the same heading. Part of
``check_rendering.py``.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rendering import Check, Heading, marks, outline, pages_of, property_of, shown, tight, volumes

_WHATS = {
    "sound": "PDF files that qpdf finds sound",
    "fonts": "fonts of PDF files that are embedded",
    "tagged": "PDF files that are tagged and have a title",
    "scripts": "PDF files without JavaScript and without actions that start programs",
    "bookmarks": "headings of the Word files that are bookmarks of the PDF files, in order",
    "order": "headings that stand in order in the text of the PDF files, on the page of their bookmark",
    "ids": "ids of the Word files that stand under the same heading of the PDF file",
    "digest": "pages of PDF files with the content digest of the Word file",
    "numbered": "pages of PDF files with their number and the number of pages",
    "marked": "pages of PDF files with the marks of the Word file as text",
    "blank": "pages of PDF files that hold text beside head and foot",
}


@dataclass(slots=True)
class _Found:
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_WHATS, 0))
    bad: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in _WHATS})

    def add(self, name: str, total: int, bad: list[str]) -> None:
        """Count what was looked at and what did not hold."""
        self.totals[name] += total
        self.bad[name] += bad


def check(pack: Path, pool: ThreadPoolExecutor) -> list[Check]:
    """Return the checks of the folder pdf."""
    words = sorted((pack / "word").glob("*.docx"))
    groups = {word: volumes(pack, word.stem) for word in words}
    paired = {path for files in groups.values() for path in files}
    done = list(pool.map(lambda pair: _document(*pair), groups.items()))
    without = [f"{word.name} has no PDF file" for word, printed in groups.items() if not printed]
    without += [f"{path.name} has no Word file" for path in sorted((pack / "pdf").glob("*.pdf")) if path not in paired]
    checks = [Check("Word files with a PDF file of the same document, and the other way round", len(words),
                    tuple(without))]  # fmt: skip
    for name, what in _WHATS.items():
        bad = tuple(one for found in done for one in found.bad[name])
        checks.append(Check(what, sum(found.totals[name] for found in done), bad))
    return checks


def _document(word: Path, files: list[Path]) -> _Found:
    found = _Found()
    headings: list[tuple[str, int, int]] = []  # title, page in all volumes, level
    texts: list[str] = []
    digest, shown_marks = property_of(word, "Content digest SHA-256"), [tight(one) for one in marks(word)]
    for path in files:
        _file(found, path)
        pages = [tight(one) for one in pages_of(path, "-raw")]
        headings += [(title, len(texts) + page, level) for title, page, level in _bookmarks(path)]
        for number, page in enumerate(pages, 1):
            where = f"{path.name}: page {number}"
            found.add("digest", 1, [] if digest and f"ContentdigestSHA-256{digest[:16]}" in page else [where])
            found.add("numbered", 1, [] if f"Page{number}of{len(pages)}" in page else [where])
            lacking = [one for one in shown_marks if one not in page]
            found.add("marked", 1, [f"{where}: {lacking}"] if lacking else [])
        texts += pages
    bare = _bare(texts)
    found.add("blank", len(bare), [f"{word.stem}.pdf: page {at}" for at, one in enumerate(bare, 1) if not one])
    _order(found, word.stem, outline(word), headings, texts)
    return found


def _file(found: _Found, path: Path) -> None:
    said = shown("qpdf", "--check", path)
    found.add("sound", 1, [] if "No syntax or stream encoding errors found" in said else [f"{path.name}: {said}"])
    fonts = [line.split() for line in shown("pdffonts", path).splitlines()[2:]]
    found.add("fonts", len(fonts) or 1, [f"{path.name}: {line[0]}" for line in fonts if line[-5:-3] != ["yes", "yes"]]
              if fonts else [f"{path.name}: no font"])  # fmt: skip
    facts = dict(re.findall(r"^(\w[\w ]*):\s*(.*)$", shown("pdfinfo", path), re.M))
    found.add("tagged", 1, [] if facts.get("Tagged") == "yes" and facts.get("Title") else [f"{path.name}: {facts}"])
    objects = shown("qpdf", "--json", "--json-key=qpdf", path)
    active = sorted(set(re.findall(r'"/(?:JS|JavaScript|Launch)"', objects)))
    quiet = bool(objects) and not active and facts.get("JavaScript") == "no"
    found.add("scripts", 1, [] if quiet else [f"{path.name}: {active or facts.get('JavaScript')}"])


def _bookmarks(path: Path) -> list[tuple[str, int, int]]:
    """Return title, page and level of each bookmark, in the order in which a reader sees them."""

    def walk(entries: list[dict[str, Any]], level: int) -> list[tuple[str, int, int]]:
        found = []
        for one in entries:
            found.append((str(one["title"]), int(one["destpageposfrom1"] or 0), level))
            found += walk(one["kids"], level + 1)
        return found

    try:
        return walk(json.loads(shown("qpdf", "--json", "--json-key=outlines", path))["outlines"], 1)
    except (ValueError, KeyError):
        return []


def _order(
    found: _Found, name: str, wanted: list[Heading], bookmarks: list[tuple[str, int, int]], texts: list[str]
) -> None:
    titles = [tight(one.text) for one in wanted]
    marked = [tight(title) for title, _, _ in bookmarks]
    missing = [f"{name}: {wanted[at].text}" for at, one in enumerate(titles) if one not in marked]
    if not missing and marked != titles:
        first = next(
            (at for at, pair in enumerate(zip(marked, titles, strict=False)) if pair[0] != pair[1]), len(titles)
        )
        missing = [f"{name}: bookmark {first + 1} is {marked[first : first + 1]}, not {titles[first : first + 1]}"]
    found.add("bookmarks", len(titles) or 1, missing if titles else [f"{name}: the Word file has no heading"])
    if missing or not titles:
        return
    whole = "".join(texts)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text))
    places, astray, at = [], [], 0
    for title, (_, page, _) in zip(titles, bookmarks, strict=True):
        begin, end = (starts[page - 1], starts[page]) if 0 < page <= len(texts) else (0, 0)
        place = whole.find(title, max(begin, at), end)
        if place < 0:
            astray.append(f"{name}: {title}, page {page}")
            place = max(begin, at)
        places.append(place)
        at = max(at, place)
    found.add("order", len(titles), astray)
    lost, count = [], 0
    for place, after, heading in zip(places, [*places[1:], len(whole)], wanted, strict=True):
        under = whole[place:after]
        count += len(heading.ids)
        lost += [f"{name}: {one} under {heading.text}" for one in heading.ids if one not in under]
    found.add("ids", count, lost)


def _bare(texts: list[str]) -> list[str]:
    """Return what pages hold beyond what nearly all of them begin and end with."""
    if len(texts) < 2:
        return texts
    first, second = texts[-1], texts[-2]
    head = next((at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), 0)
    foot = "ContentdigestSHA-256"
    return [text[head:].partition(foot)[0] if text[:head] == first[:head] else text for text in texts]
