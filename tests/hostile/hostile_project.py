# ruff: noqa: E501
"""A project with hostile text in every field that people write; each text stands between marks of its own.

A text is ``QS0017`` + payload + ``QE0017``, so that a test finds it again in any output and sees whether anything
of it was lost, changed or understood as markup. Fields of one line also begin with a character that makes a formula
in a spreadsheet.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from valgen.model.item_types import SHIPPED_TYPES, FieldKind

PAYLOADS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>",
    "svg and VML": '<svg/onload=alert(1)><v:shape href="file:///etc/passwd"/><?php x ?><!DOCTYPE x><!--',
    "OOXML": ']]></w:t></w:r><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText> &lt; &#x41; &xxe; &amp;amp;',
    "reST": ".. include:: /etc/passwd |sub| :raw:`x` `a <javascript:alert(1)>`_ .. raw:: html",
    "Markdown": "[go](javascript:alert(1)) ![p](/etc/passwd) <file:///etc/passwd> <b>x</b>",
    "Jinja": "{{7*7}}{% include '/etc/passwd' %}{{ ''.__class__ }}",
    "Typst": '#import "/etc/passwd" #read("/etc/passwd") $x^2$ #panic("x") <label> @ref "); #eval("1")',
    "LaTeX": r"\input{/etc/passwd} \write18{id} $\alpha$ %c \end{document}",
    "Word field": r'{ INCLUDEPICTURE "http://evil.example/x.png" } { DDEAUTO c:\\x\\system32\\cmd.exe "/k calc" }',
    "placeholder": "{{document.title}} {{content}} {{logo}} {{control.Version}} {{contents}}",
    "formula": """=cmd|'/c calc'!A0 @SUM(1) =HYPERLINK("http://evil.example","y")""",
    "bidi": "abc\u202egpj.exe\u202c\u2066x\u2069\u061c",
    "invisible": "a\u200b\u200d\ufeff\u00ad\u2060b\u3164c\U000e0041d",
    "controls": "a\x07\x1b[31mred\x7f\x9b0m\x08",
    "combining": "Z" + "\u0301\u0336" * 60,
    "astral": "\U0001f642\U0001d518\U00020000",
    "right to left": "مرحبا שלום abc",
    "noncharacters": "a\ufffe\uffff\ufdd0\U0001fffe",
    "escapes": r"_x0041_ _x005F_ %s {0} \x00 \u0041 %0A ${x} $(id) `id`",
    "addresses": "javascript:alert(1) data:text/html,x file:///etc/passwd http://evil.example/?a=1 \\\\srv\\x",
    "long word": "W" * 300,
    "path": r"../../../etc/passwd C:\Windows\x CON nul.txt /etc/passwd%00.png",
}
REFUSED = frozenset({"controls"})
"""Payloads that no file that people write may hold; a finding names their place. Observed values may hold them."""

STARTS = ("=", "+", "@", "-", "\t=", "")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Marks:
    """Gives each text its marks, and remembers what belongs between them."""

    def __init__(self) -> None:
        self.payload: dict[str, str] = {}
        self.where: dict[str, str] = {}
        self._names = [name for name in PAYLOADS if name not in REFUSED]

    def text(self, where: str, *, payload: str | None = None, one_word: bool = False, start: bool = False) -> str:
        number = f"{len(self.payload):04}"
        if payload is None:
            payload = PAYLOADS[self._names[len(self.payload) % len(self._names)]]
        if one_word:
            payload = re.sub(r"\s", "_", payload)
        self.payload[number] = payload
        self.where[number] = where
        first = STARTS[len(self.payload) % len(STARTS)] if start else ""
        return f"{first}QS{number}{payload}QE{number}"

    def prose(self, where: str, *, payload: str | None = None) -> str:
        """Return CommonMark that says the text literally."""
        return PUNCTUATION.sub(r"\\\1", self.text(where, payload=payload))


def quoted(text: str) -> str:
    """Return a text as YAML and TOML take it between double quotes."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(
        char if (char.isprintable() and char < "\ufdd0") or ("\U0001f000" < char < "\U0001fffe" and char.isprintable())
        else (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
        for char in written
    )  # fmt: skip


class HostileProject:
    """Writes the project.

    Attributes:
        marks: every text that was written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.marks = Marks()

    def write(self) -> None:
        self._settings()
        self._items()
        self._register()
        self._applicability()
        self._prose()
        self._features()

    def file(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))

    def _t(self, where: str) -> str:
        return quoted(self.marks.text(where, start=True))

    def _settings(self) -> None:
        t = self._t
        self.file(
            "valgen.toml",
            f"""
[project]
id = "H1"
name = {t("project name")}
gamp_category = 5
gxp_impact = "direct"
regulations = ["21-cfr-part-11", "eu-annex-11"]
retention = {t("retention")}
[system]
id = {t("system id")}
name = {t("system name")}
version = "1.0"
supplier = {t("system supplier")}
owner = {t("system owner")}
description = {t("system description")}
[[components]]
name = {t("component name")}
version = {t("component version")}
gamp_category = 4
rationale = {t("component rationale")}
[environments.VAL]
title = {t("environment title")}
purpose = {t("environment purpose")}
host = {t("environment host")}
equivalent_to = "PROD"
differences = {t("environment differences")}
variables = {{ endpoint = {t("variable")} }}
[environments.PROD]
title = {t("environment title PROD")}
[stages]
IQ = ["VAL"]
OQ = ["VAL"]
PQ = ["VAL"]
[acceptance]
requirements = {t("acceptance of requirements")}
own = {t("acceptance of the project's own")}
[[waivers]]
code = "VG101"
severity = "info"
reason = {t("waiver reason")}
[types.IF]
name = {t("name of an own type")}
document = "IF"
links = ["URS"]
[types.IF.fields.peer]
kind = "text"
label = {t("label of an own field")}
""".lstrip(),
        )

    def _items(self) -> None:
        links: dict[str, Any] = {
            "satisfies": "[URS-001]", "assesses": "[URS-001]", "mitigated_by": "[FS-001]", "affects": "[FS-001]",
            "covers": "[SOP-001]",
        }  # fmt: skip
        types = {name: [(one.name, one.kind, one) for one in kind.fields] for name, kind in SHIPPED_TYPES.items()}
        for name, fields in types.items():
            lines = ["items:"]
            for number in (1, 2):
                lines.append(f"  - id: {name}-00{number}")
                for key, kind, one in fields:
                    where = f"{name}-00{number} {key}"
                    value = ""
                    if key == "status":
                        value = "retired" if number == 2 else ""
                    elif (
                        (number == 2 and key not in ("title", "text", "reason", "category") and not one.required)
                        or (key == "reason" and number == 1 and name != "CR")
                        or key == "figures"
                    ):
                        continue
                    elif one.format == "date":
                        value = '"2026-02-03"'
                    elif kind is FieldKind.TEXT:
                        value = self._t(where)
                    elif kind is FieldKind.PROSE:
                        value = quoted(self.marks.prose(where))
                    elif kind is FieldKind.CHOICE:
                        value = one.choices[0]
                    elif kind is FieldKind.CHOICES:
                        value = f"[{one.choices[0]}]"
                    elif kind is FieldKind.YESNO:
                        value = '"yes"'
                    elif kind is FieldKind.CLAUSES:
                        value = '["21CFR11.10(e)"]'
                    elif kind is FieldKind.SCORES:
                        value = "{severity: low, probability: low, detectability: high}"
                    elif kind is FieldKind.LINKS:
                        value = links[key]
                    if value:
                        lines.append(f"    {key}: {value}")
            self.file(f"requirements/{name.lower()}.yaml", "\n".join(lines) + "\n")
        self.file(
            "requirements/if.yaml",
            f"items:\n  - id: IF-001\n    title: {self._t('IF title')}\n    text: {quoted(self.marks.prose('IF text'))}\n"
            f"    peer: {self._t('IF peer')}\n    satisfies: [URS-001]\n",
        )  # fmt: skip

    def _register(self) -> None:
        lines = ["documents:"]
        for key in ("GXPA", "VP", "URS", "FS", "CS", "DS", "RA", "IQ", "OQ", "PQ", "RTM", "DEVLOG", "VSR", "ERES",
                    "SOP", "TRAINING", "SUP", "CR", "REVIEW", "ATR", "IF"):  # fmt: skip
            lines += [f"  - type: {key}"]
            lines += [f"    {name}: {self._t(f'{key} {name}')}" for name in ("number", "title", "owner", "rationale")]
            row = ", ".join(
                f"{name}: {self._t(f'{key} history {name}')}" for name in ("author", "change_ref", "summary")
            )
            lines += ["    history:", f'      - {{version: "0.1", date: "2026-01-01", {row}}}']
        self.file("requirements/documents.yaml", "\n".join(lines) + "\n")

    def _applicability(self) -> None:
        self.file(
            "requirements/applicability.yaml",
            f"""
applicability:
  - {{clause: "21CFR11.30", applicable: no, rationale: {self._t("applicability no")}}}
  - {{clause: "21CFR11.50(a)", applicable: yes, rationale: {self._t("applicability yes")}}}
screening:
  - {{question: creates_records, answer: yes, rationale: {self._t("screening rationale")}}}
  - {{question: own_one, answer: yes, text: {self._t("screening question")}, rationale: {self._t("own rationale")}}}
""".lstrip(),
        )

    def _prose(self) -> None:
        for key, heading in (("VP", "Scope"), ("URS", "Process description"), ("VSR", "Known limitations")):
            t = lambda where: self.marks.prose(f"prose {key} {where}")  # noqa: B023, E731
            self.file(
                f"documents/{key}.md",
                f"# {heading}\n\n{t('paragraph')}\n\n- {t('list')}\n\n> {t('quote')}\n\n| {t('head')} | b |\n|---|---|\n"
                f"| {t('cell')} | **{t('bold')}** |\n\n### {t('heading')}\n\n    {self.marks.text('prose code')}\n",
            )

    def _features(self) -> None:
        m = self.marks

        def one(where: str, *, plain: bool = False) -> str:
            text = m.text(where)
            return text.replace("\\", "\\\\").replace("|", "\\|") if not plain else text

        steps = ["import json, pathlib, re", "import pytest", "from pytest_bdd import parsers, given, when, then", ""]
        observed = {name: m.text(f"observed {name}", payload=text) for name, text in PAYLOADS.items()}
        # A record holds half a surrogate pair as it is written in Python.
        recorded = m.text("observed surrogates", payload="a\\ud800b\\udfff\x00c\x1b]0;title\x07")
        observed["surrogates"] = recorded.replace("\\ud800", "\ud800").replace("\\udfff", "\udfff")
        observed["forty thousand"] = m.text("observed forty thousand", payload="L" * 31_900)
        self.file("observed.json", json.dumps(observed))
        steps.append(
            """
TEXTS = json.loads(pathlib.Path("observed.json").read_text("utf-8"))

@given(parsers.re(r"prepared .*", re.DOTALL))
def _(evidence):
    evidence.actual("ready")

@when(parsers.re(r"observed .*", re.DOTALL))
def _(evidence):
    for name, text in TEXTS.items():
        evidence.actual(text)
        if len(text) < 1000:
            evidence.expected(text)
            evidence.table([{text: text}])
        if len(text) < 240:
            evidence.attach(b"<script>alert(1)</script>", "../../" + text + ".html")

@then(parsers.re(r"fine .*", re.DOTALL))
def _(evidence):
    evidence.actual("seen")

@then(parsers.re(r"wrong .*", re.DOTALL))
def _(evidence):
    assert False, json.loads(pathlib.Path("message.json").read_text("utf-8"))
"""
        )
        self.file(
            "message.json", json.dumps(m.text("message of a failure", payload=PAYLOADS["script"] + PAYLOADS["Typst"]))
        )
        self.file("test_scripts/steps/s.py", "\n".join(steps))
        long = m.text("doc string", payload="M" * 40_000)
        self.file(
            "test_scripts/oq/one.feature",
            f"""Feature: {one("feature name", plain=True)}
  {one("feature description", plain=True)}

  Background:
    Given prepared {one("background", plain=True)}

  Rule: {one("rule", plain=True)}

    @OQ-001 @verifies:FS-001 @risk:RSK-001
    Scenario: {one("scenario name", plain=True)}
      Objective: {one("objective", plain=True)}
      Prerequisites: {one("prerequisites", plain=True)}
      Test data: {one("test data", plain=True)}
      Acceptance: {one("acceptance", plain=True)}
      Given prepared {one("given", plain=True)}
        | {one("table head")} | b |
        | {one("table cell")} | {one("table cell 2")} |
      When observed {one("when", plain=True)}
        \"\"\"
        {one("doc string line", plain=True)}
        {long}
        \"\"\"
      Then fine {one("then", plain=True)}

    @OQ-002 @verifies:FS-001
    Scenario Outline: {one("outline name", plain=True)}
      Given prepared <text>
      Then wrong <text>

      Examples: {one("examples name", plain=True)}
        | case | text |
        | a    | {one("example a")} |
        | b    | {one("example b")} |

  @OQ-003 @manual @verifies:FS-001
  Scenario: {one("manual name", plain=True)}
    Given prepared {one("manual given", plain=True)}
    When observed {one("manual when", plain=True)}
    Then fine {one("manual then", plain=True)}
""",
        )
