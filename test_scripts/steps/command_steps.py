"""Calls of the program, exit statuses, outputs, findings."""

from __future__ import annotations

import json
import re
from typing import Any

from pytest_bdd import parsers, then, when

from .judge import equal, excerpt, holds, same_members
from .workbench import Answer, Workbench

FINDING = re.compile(
    r"^(?P<place>\S[^\n]*?): (?P<severity>error|warning|info)\[(?P<code>VG\d+)\] (?P<message>.*)$", re.M
)


@when(parsers.re(r'the user runs "valgen (?P<arguments>[^"]*)"$'))
def _(bench: Workbench, arguments: str, evidence: Any) -> None:
    answer = bench.valgen(arguments)
    bench.facts["first"] = len(bench.answers) - 1
    note(evidence, answer)


@when(parsers.re(r'the user runs "valgen (?P<arguments>[^"]*)" in the folder "(?P<folder>[^"]*)"$'))
def _(bench: Workbench, arguments: str, folder: str, evidence: Any) -> None:
    note(evidence, bench.valgen(arguments, bench.root / folder))


@when(parsers.re(r'the tester runs "pytest (?P<arguments>[^"]*)"$'))
def _(bench: Workbench, arguments: str, evidence: Any) -> None:
    note(evidence, bench.pytest(arguments))


@when("the user runs these commands")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    bench.facts["first"] = len(bench.answers)
    for (arguments,) in datatable[1:]:
        note(evidence, bench.valgen(arguments.removeprefix("valgen ")), longest=600)


@then(parsers.parse("the exit status is {status:d}"))
def _(bench: Workbench, status: int, evidence: Any) -> None:
    equal(evidence, f"exit status of {bench.last.command}", status, bench.last.status)


@then(parsers.parse("each exit status is {status:d}"))
def _(bench: Workbench, status: int, evidence: Any) -> None:
    answers = bench.answers[bench.facts["first"] :]
    seen = {answer.command: answer.status for answer in answers}
    holds(evidence, f"exit status {status} of every command", seen, bool(seen) and set(seen.values()) == {status})


@then(parsers.re(r'the output says "(?P<words>.*)"$'))
def _(bench: Workbench, words: str, evidence: Any) -> None:
    lines = [line for line in bench.last.text.splitlines() if words in line]
    holds(evidence, f"the output says: {words}", " | ".join(lines[:3]), bool(lines))


@then("the output says each of these")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    for words, *_ in datatable[1:]:
        lines = [line.strip() for line in bench.last.text.splitlines() if words in line]
        holds(evidence, f"the output says: {words}", " | ".join(lines[:2]), bool(lines))


@then(parsers.re(r'the output does not say "(?P<words>.*)"$'))
def _(bench: Workbench, words: str, evidence: Any) -> None:
    lines = [line for line in bench.last.text.splitlines() if words in line]
    holds(evidence, f"no line of the output says: {words}", f"{len(lines)} lines", not lines)


@then("no output shows an internal error")
def _(bench: Workbench, evidence: Any) -> None:
    bad = [a.command for a in bench.answers if a.status == 3 or "Traceback" in a.text or "[VG999]" in a.text]
    holds(
        evidence,
        "no traceback, no error[VG999] and no exit status 3 in any output",
        f"{len(bad)} of {len(bench.answers)}",
        not bad,
    )


@then("exactly these errors and warnings are shown")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    seen = [f"{code} {place}" for place, severity, code, _ in findings(bench.last) if severity != "info"]
    same_members(evidence, "findings", [f"{code} {place}" for code, place, *_ in datatable[1:]], seen)


@then("each of these findings is shown")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    found = findings(bench.last)
    shown = {(code, place): message for place, _, code, message in found}
    rows = []
    for code, place, *words in datatable[1:]:
        message = shown.get((code, place), "")
        fitting = (code, place) in shown and all(word in bench.last.text for word in words)
        rows.append({"code": code, "place": place, "message": message or "not shown"})
        if not fitting:
            evidence.table(rows)
            raise AssertionError(f"{code} at {place} {words or ''} is not shown; shown are {sorted(shown)}")
    evidence.expected(f"every finding of the table at its place ({len(rows)})")
    evidence.table(rows)


@then("each finding says why it matters and how to mend it")
def _(bench: Workbench, evidence: Any) -> None:
    blocks = re.split(r"(?m)^(?=\S.*?: (?:error|warning)\[VG\d+\])", bench.last.out)[1:]
    codes: set[str] = set()
    poor = []
    for block in blocks:
        code = re.search(r"\[(VG\d+)\]", block)
        # The reason is printed with the first finding of a code; the mend may be particular to each.
        if code and code.group(1) not in codes:
            codes.add(code.group(1))
            if "  why: " not in block or "  fix: " not in block:
                poor.append(code.group(1))
    holds(
        evidence,
        "why and fix with the first finding of each code",
        f"{len(codes)} codes, without: {poor}",
        bool(codes) and not poor,
    )


def findings(answer: Answer) -> list[tuple[str, str, str, str]]:
    """Return place, severity, code and message of each finding in a text output."""
    return [(m["place"], m["severity"], m["code"], m["message"]) for m in FINDING.finditer(answer.text)]


def note(evidence: Any, answer: Answer, longest: int = 3000) -> None:
    """Record what a call gave back; a long output is attached as well."""
    kind = "json" if answer.out.startswith(("{", "[")) else "txt"
    text = f"(JSON, attached)\n{answer.err}" if kind == "json" else answer.text
    evidence.actual(f"{answer.command}\nexit status {answer.status}\n{excerpt(text, longest)}")
    if kind == "json" or len(text) > longest:
        media_type = "application/json" if kind == "json" else "text/plain"
        data = answer.out if kind == "json" else answer.text
        evidence.attach(data.encode("utf-8", "backslashreplace"), f"output.{kind}", media_type)


def answer_json(answer: Answer) -> Any:
    """Return the standard output as JSON; an assertion fails where it holds anything else."""
    try:
        return json.loads(answer.out)
    except ValueError as error:
        raise AssertionError(f"standard output of {answer.command} is not JSON alone: {error}") from error
