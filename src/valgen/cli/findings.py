"""Findings as text for people, JSON, SARIF 2.1.0 and GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from valgen import __version__
from valgen.codes import CODES
from valgen.documents.visible import visible
from valgen.errors import Finding, Severity
from valgen.source import caret_line

FORMATS = ("text", "json", "sarif", "github")
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def text_report(findings: Iterable[Finding], root: str) -> str:
    """Return findings for a terminal: place, code, source line with marker, why and mend (general ones once)."""
    lines: list[str] = []
    files: dict[str, list[str]] = {}
    explained: set[str] = set()
    for one in findings:
        where = f"{one.location}: " if one.location else ""
        label = click.style(f"{one.severity}[{one.code}]", fg=_COLOURS[one.severity], bold=True)
        # A line end in a file name must not make one finding look like two.
        where = visible(where.replace("\n", "\\n").replace("\r", "\\r"))
        lines.append(f"{where}{label} {visible(one.message)}")
        lines.extend(_source(one, root, files))
        info = CODES.get(one.code)
        first = one.code not in explained
        explained.add(one.code)
        if info and first:
            lines.append(f"  why: {info.why}")
        fix = one.fix or (info.fix if info and first else "")
        if fix:
            lines.append(f"  fix: {visible(fix)}")
    return "\n".join(lines)


def json_report(findings: Sequence[Finding], items: int, test_cases: int) -> str:
    """Return the published JSON shape of ``valgen check``."""
    return json.dumps(
        {
            "findings": [_plain(one) for one in findings],
            "summary": {
                "items": items,
                "test_cases": test_cases,
                "errors": sum(1 for one in findings if one.severity is Severity.ERROR),
                "warnings": sum(1 for one in findings if one.severity is Severity.WARNING),
                "infos": sum(1 for one in findings if one.severity is Severity.INFO),
            },
        },
        ensure_ascii=False,
        indent=1,
    )


def sarif_report(findings: Sequence[Finding]) -> str:
    """Return a SARIF 2.1.0 log with one run; columns count characters, as SARIF's unicodeCodePoints."""
    used = sorted({one.code for one in findings})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].title},
            "fullDescription": {"text": CODES[code].why},
            "help": {"text": CODES[code].fix},
        }
        for code in used
        if code in CODES
    ]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "valgen", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_sarif(one) for one in findings],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def github_report(findings: Sequence[Finding]) -> str:
    """Return one workflow command per finding."""
    return "\n".join(_github(one) for one in findings)


def _source(one: Finding, root: str, files: dict[str, list[str]]) -> list[str]:
    if one.location is None or not one.location.line or not one.location.column:
        return []
    path = one.location.path
    if path not in files:
        try:
            files[path] = Path(root, path).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            files[path] = []
    lines = files[path]
    if one.location.line > len(lines):
        return []
    source = lines[one.location.line - 1]
    if len(source) > 300:
        return []
    marker = caret_line(source, one.location.column, one.location.length)
    return [f"    {visible(source)}", f"    {marker}"]


def _plain(one: Finding) -> dict[str, Any]:
    info = CODES.get(one.code)
    place = one.location
    return {
        "code": one.code,
        "severity": one.severity.value,
        "message": one.message,
        "path": place.path if place else None,
        "line": place.line if place else None,
        "column": (place.column or 1) if place and place.line else (place.column if place else None),
        "ids": list(one.ids),
        "why": info.why if info else "",
        "fix": one.fix or (info.fix if info else ""),
    }


def _sarif(one: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "level": _LEVELS[one.severity],
        "message": {"text": one.message + (f" ({one.fix})" if one.fix else "")},
    }
    if one.location:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(one.location.path)}}
        if one.location.line:
            physical["region"] = {"startLine": one.location.line, "startColumn": max(one.location.column, 1)}
        result["locations"] = [{"physicalLocation": physical}]
    return result


def _github(one: Finding) -> str:
    def escape(text: str, *, value: bool = False) -> str:
        text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        return text.replace(":", "%3A").replace(",", "%2C") if value else text

    parts = []
    if one.location:
        parts.append(f"file={escape(one.location.path, value=True)}")
        if one.location.line:
            parts += [f"line={one.location.line}", f"col={max(one.location.column, 1)}"]
    parts.append(f"title={escape(one.code, value=True)}")
    message = visible(one.message) + (f" ({visible(one.fix)})" if one.fix else "")
    return f"::{_GITHUB[one.severity]} {','.join(parts)}::{escape(message)}"
