"""Checks of Word and Excel files: the OOXML validator, and what LibreOffice makes of every Word file.

LibreOffice converts all files in one run with a profile of its own. It repairs nothing that the validator accepts and
says nothing when it does, so the proof that a file opens whole is what it shows: each page with something on it, as
many pages as the content asks for (see ``word_pages``), every letter of the text. Part of ``check_rendering.py``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docx

from rendering import Check, W, marks, page_count, pages_of, shown, tight, volumes
from word_pages import expected_pages

_WORD = re.compile(r'<word xMin="[\d.-]+" yMin="([\d.-]+)" xMax="[\d.-]+" yMax="([\d.-]+)">(.*?)</word>')
_PAGE = re.compile(r'<page width="[\d.]+" height="([\d.]+)">')


def check(pack: Path, work: Path, modules: Path, pool: ThreadPoolExecutor, *, own_look: bool = True) -> list[Check]:
    """Return the checks of the folders word and excel.

    Args:
        pack: folder of the pack.
        work: folder for files in between.
        modules: folder of the packages of tests/real.
        pool: for programs that run beside one another.
        own_look: whether Word and PDF files look alike, so that they are about equally long.
    """
    files = sorted((pack / "word").glob("*.docx"))
    made = work / "shown"
    program = modules / ".bin" / "ooxml-validator"
    books = sorted((pack / "excel").glob("*.xlsx"))
    answers = pool.map(lambda path: _invalid(program, path), [*files, *books])
    shown(
        "soffice", f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
        "--outdir", made, *files, timeout=600,
    )  # fmt: skip
    invalid = list(answers)
    found = [
        Check("Word files that the OOXML validator accepts", len(files), tuple(filter(None, invalid[: len(files)]))),
        Check("Excel files that the OOXML validator accepts", len(books), tuple(filter(None, invalid[len(files) :]))),
    ]
    opened = [path for path in files if (made / f"{path.stem}.pdf").is_file()]
    found.append(Check("Word files that LibreOffice opens", len(files),
                       tuple(path.name for path in files if path not in opened)))  # fmt: skip
    return found + _pages(pack, [(path, made / f"{path.stem}.pdf") for path in opened], own_look)


def _invalid(program: Path, path: Path) -> str:
    """Return what the validator says against a file; empty for nothing."""
    answer = shown(program, path)
    try:
        result = json.loads(answer)
    except ValueError:
        return f"{path.name}: no answer: {answer[:100]}"
    return "" if result["ok"] is True else f"{path.name}: {result['errors'][:1]}"


def _pages(pack: Path, files: list[tuple[Path, Path]], own_look: bool) -> list[Check]:
    """Return the checks of what LibreOffice shows; each file with its printed form."""
    unlike, unlike_pdf, empty, unmarked, lost = [], [], [], [], []
    pages = beside = 0
    spread = []
    for word, printed in files:
        count, wanted = page_count(printed), expected_pages(word)
        pages += count
        spread.append(count / max(wanted, 1))
        if count < 1 or abs(count - wanted) > max(1, 0.1 * wanted):
            unlike.append(f"{word.name}: {count} pages, its content asks for {wanted}")
        other = sum(page_count(one) for one in volumes(pack, word.stem))
        beside += other
        if not 0.75 * other - 1 <= count <= 1.4 * other + 1:
            unlike_pdf.append(f"{word.name}: {count} pages, the PDF file has {other}")
        empty += [f"{word.name}: page {number}" for number in _blank(word, printed)]
        texts = pages_of(printed, "-layout")
        for mark in marks(word):
            unmarked += [f"{word.name}: {mark}, page {at}" for at, one in enumerate(texts, 1) if mark not in one]
        lost += _lost(word, texts)
    range_ = f"{min(spread):.2f} to {max(spread):.2f} of it" if spread else ""
    long = Check("Word files about as long as their PDF file, within 0.75 and 1.4 times", len(files), tuple(unlike_pdf),
                 f"{pages} and {beside} pages")  # fmt: skip
    return [
        Check("Word files with the pages that their content asks for, within a tenth or one page", len(files),
              tuple(unlike), f"{pages} pages, {range_}"),
        *([long] if own_look else []),
        Check("pages of Word files that are not blank between head and foot", pages, tuple(empty)),
        Check("pages of Word files with the marks of their head, such as DRY RUN", pages, tuple(unmarked)),
        Check("Word files with every letter of their text shown", len(files), tuple(lost)),
    ]  # fmt: skip


def _blank(word: Path, printed: Path) -> list[int]:
    """Return the numbers of pages that show nothing between the margins of the first section but the watermark."""
    section = docx.Document(str(word)).sections[-1]
    above, below = (section.top_margin or 0) / 12700, (section.bottom_margin or 0) / 12700
    pictures = set(re.findall(r"^\s*(\d+)\s+\d+\s+image", shown("pdfimages", "-list", printed), re.M))
    blank = []
    for number, page in enumerate(shown("pdftotext", "-bbox", printed, "-").split("</page>")[:-1], 1):
        size = _PAGE.search(page)
        height = float(size[1]) if size else 842.0
        inside = [
            text for top, bottom, text in _WORD.findall(page)
            if float(top) >= above - 6 and float(bottom) <= height - below + 6
        ]  # fmt: skip
        if not inside and str(number) not in pictures:
            blank.append(number)
    return blank


def _lost(word: Path, texts: list[str]) -> list[str]:
    """Return what is wrong when LibreOffice shows fewer of a letter than the file has."""
    has = Counter(tight("".join(_lasting(docx.Document(str(word)).element.body))))
    seen = Counter(tight("".join(texts)))
    missing = {letter: count - seen[letter] for letter, count in has.items() if seen[letter] < count}
    return [f"{word.name}: {sum(missing.values())} letters, such as {list(missing)[:5]}"] if missing else []


def _lasting(body: Any) -> Iterator[str]:
    """Return the texts of a body without results of fields that count pages, which a reader's program replaces."""
    counting, changing = False, False
    for node in body.iter(f"{W}t", f"{W}instrText", f"{W}fldChar"):
        if node.tag == f"{W}instrText":
            counting = "PAGE" in (node.text or "")
        elif node.tag == f"{W}fldChar":
            changing = counting and node.get(f"{W}fldCharType") == "separate"
        elif not changing:
            yield node.text or ""
