"""Text of requirements, scripts and observed values stays text in every document, and reads no file."""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from guard import environment, guarded

TEXTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    ".. include:: /etc/hostname",
    "{{7*7}}{% include '/etc/hostname' %}",
    "=cmd|'/c calc'!A0",
    "+1+1",
    "[go](javascript:alert(1))",
    "![p](/etc/hostname)",
    "]]></w:t></w:r> &amp; \u202etxt.exe\u202c",
)
STEPS = """
import json, pathlib, re
from pytest_bdd import parsers, then
TEXTS = json.loads(pathlib.Path("texts.json").read_text("utf-8"))

@then(parsers.re(r"text (?P<n>[0-9]+) .*"))
def _(n, evidence):
    evidence.expected(TEXTS[int(n)])
    evidence.actual(TEXTS[int(n)] + " \\x1b[31m\\ud800")
    evidence.table([{TEXTS[int(n)]: TEXTS[int(n)]}])
    evidence.attach(b"<script>alert(1)</script>", "../../" + TEXTS[int(n)] + ".html")
"""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "object", "embed", "base") or (tag == "script" and "src" not in given):
            self.wrong.append(tag)
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on")]
        for name in ("href", "src", "action"):
            if re.match(r"\s*(javascript|data|file|vbscript):", given.get(name, ""), re.IGNORECASE):
                self.wrong.append(f"{tag} {name}={given[name]}")

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def pack(tiny):
    items, script = ["items:"], ["Feature: hostile"]
    for number, text in enumerate(TEXTS):
        quoted = json.dumps(text)
        items.append(f"  - {{id: URS-{number:03}, title: {quoted}, text: {quoted}, acceptance: {quoted}}}")
        function = f"title: {quoted}, text: {quoted}, inputs: {quoted}, satisfies: [URS-{number:03}]"
        items.append(f"  - {{id: FS-{number:03}, {function}}}")
        script.append(f"  @OQ-{number:03} @verifies:FS-{number:03}\n  Scenario: {text}\n    Then text {number} {text}")
    tiny.write("requirements/items.yaml", "\n".join(items) + "\n")
    tiny.write("test_scripts/oq/one.feature", "\n".join(script) + "\n")
    tiny.write("test_scripts/steps/s.py", STEPS)
    tiny.write("texts.json", json.dumps(TEXTS))
    assert tiny.valgen("run", "oq").returncode == 0
    return tiny.root / "build" / "pack"


def shown(text: str) -> str:
    return text.replace("\u202e", "U+202E").replace("\u202c", "U+202C")


def plain(text: str) -> str:
    return "".join(text.split())


def test_hostile_text_is_literal_and_complete_in_every_format(tiny, pack):
    assert tiny.valgen("build").returncode == 0
    pages = {}
    for path in (pack / "html").rglob("*.html"):
        page = _Page()
        page.feed(path.read_text("utf-8"))
        assert page.wrong == [], path.name
        pages[path.stem] = plain("".join(page.text))
    words = {}
    for path in (pack / "word").glob("*.docx"):
        with zipfile.ZipFile(path) as file:
            for name in file.namelist():
                assert not name.endswith(".rels") or b'TargetMode="External"' not in file.read(name), path.name
        body = docx.Document(str(path)).element.body
        words[path.stem] = plain("".join(node.text or "" for node in body.iter() if node.tag.endswith("}t")))
    for text in TEXTS:
        for key in ("URS", "FS", "OQ-protocol", "OQ-report", "RTM"):
            assert plain(shown(text)) in pages[key], (key, text)
            assert plain(shown(text)) in words[key], (key, text)
        assert plain(shown(text) + r" \x1b[31m\ud800") in pages["OQ-report"]
    book = openpyxl.load_workbook(pack / "excel" / "RTM.xlsx")
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    for path in (pack / "data").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-.", cell)], path.name
    kept = [path.name for path in (pack / "evidence").rglob("*") if path.is_file()]
    kept.remove("valgen_verify.py")  # valgen's own, the same in every pack
    assert len(kept) == len(TEXTS)
    assert all(re.fullmatch(r"OQ-\d{3}-1-1_[A-Za-z0-9._-]*html\.txt", name) for name in kept), kept


def test_build_opens_no_file_outside_the_project_and_no_connection(tiny, pack):
    outside, said = guarded(tiny.root, ("build",), environment())
    assert outside == [], said


def test_settings_of_docutils_on_the_computer_change_nothing(tiny):
    def digests():
        manifest = json.loads((tiny.root / "build/pack/manifest.json").read_text("utf-8"))
        return {entry["path"]: entry["sha256"] for entry in manifest["files"]}

    assert tiny.valgen("build").returncode == 0
    before = digests()
    tiny.write("docutils.conf", "[general]\nlanguage_code: de\nreport_level: 1\ninitial_header_level: 5\n")
    tiny.write("home/.docutils", "[general]\nlanguage_code: de\n")
    assert tiny.valgen("build", HOME=str(tiny.root / "home")).returncode == 0
    assert digests() == before
