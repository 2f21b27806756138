"""Word files of a Sphinx project without a valgen project."""

from __future__ import annotations

import re
import sys
import zipfile
from typing import Any

from pytest_bdd import parsers, then, when

from .judge import equal, holds
from .reading_back import read_word
from .workbench import Workbench


@when('the user runs "sphinx-build -b docx docs word"')
def _(bench: Workbench, evidence: Any) -> None:
    answer = bench.call(
        [sys.executable, "-m", "sphinx", "-b", "docx", "docs", "word"], "sphinx-build -b docx docs word"
    )
    evidence.actual(f"exit status {answer.status}\n{answer.text}")


@then(parsers.parse('the Word file "{name}" holds'))
def _(bench: Workbench, name: str, datatable: list[list[str]], evidence: Any) -> None:
    path = bench.root / name
    evidence.attach(path)
    text = read_word(path).text
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part).decode("utf-8", "replace") for part in package.namelist() if "xml" in part}
    whole = text + re.sub(r"<[^>]+>", "", parts.get("word/footnotes.xml", ""))
    for words, *_ in datatable[1:]:
        holds(evidence, f"text: {words}", words in whole, words in whole)
    bench.facts["parts"] = parts


@then("lists are nested, tables have joined cells and head rows, notes are footnotes, and links lead to bookmarks")
def _(bench: Workbench, evidence: Any) -> None:
    parts = bench.facts["parts"]
    body = parts["word/document.xml"]
    facts = {
        "levels of lists": len(set(re.findall(r'<w:ilvl w:val="(\d)"', body))),
        "joined cells": len(re.findall(r'<w:gridSpan w:val="2"', body)),
        "head rows": body.count("<w:tblHeader"),
        "footnote marks": body.count("<w:footnoteReference"),
    }
    targets = set(re.findall(r'<w:hyperlink [^>]*w:anchor="([^"]+)"', body))
    marks = set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', body))
    evidence.actual(str(facts))
    holds(evidence, "each of them occurs", facts, facts["levels of lists"] >= 2 and all(facts.values()))
    holds(
        evidence,
        "every link inside the file has its bookmark",
        sorted(targets - marks) or "all",
        bool(targets) and targets <= marks,
    )


@then(parsers.parse('a second build of the Word file "{name}" has the same SHA-256'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    import hashlib
    import shutil

    first = hashlib.sha256((bench.root / name).read_bytes()).hexdigest()
    shutil.rmtree(bench.root / "word")
    bench.call([sys.executable, "-m", "sphinx", "-b", "docx", "docs", "word"], "sphinx-build -b docx docs word")
    equal(evidence, "SHA-256", first, hashlib.sha256((bench.root / name).read_bytes()).hexdigest())
