"""Output for programs, explanations, status, network, operating system, capacity."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from typing import Any

from pytest_bdd import given, parsers, then, when

from .command_steps import answer_json, findings
from .judge import equal, holds, same_members
from .workbench import Workbench, program

WATCH = """
import os
import sys


def _watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[0]
    elif event == "urllib.Request":
        address = arguments[0]
    else:
        return
    line = f"{event}\\t{address!r}\\n".encode()
    descriptor = os.open(os.environ["CONNECTIONS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line)
    os.close(descriptor)


sys.addaudithook(_watch)
with open(os.environ["CONNECTIONS"], "a") as stream:
    stream.write("process\\t" + str(os.getpid()) + "\\n")
"""

BLOCK = """
import sys

for name in {names!r}:
    sys.modules[name] = None
"""


@then(parsers.parse("the exit status is not {status:d}"))
def _(bench: Workbench, status: int, evidence: Any) -> None:
    holds(evidence, f"an exit status other than {status}", bench.last.status, bench.last.status != status)


@then('"valgen check" gives the same findings as text, JSON, SARIF and GitHub annotations')
def _(bench: Workbench, evidence: Any) -> None:
    text = bench.valgen("check -v")
    found = answer_json(bench.valgen("check --json"))
    expected = [f"{one['code']} {place_of(one)}" for one in found["findings"]]
    same_members(evidence, "text and JSON", expected, [f"{code} {place}" for place, _, code, _ in findings(text)])
    report = answer_json(bench.valgen("check --format sarif"))
    equal(evidence, "SARIF version", "2.1.0", report["version"])
    results = []
    for result in report["runs"][0]["results"]:
        places = [location["physicalLocation"] for location in result.get("locations", [])]
        region = places[0].get("region", {}) if places else {}
        where = places[0]["artifactLocation"]["uri"] if places else ""
        results.append(f"{result['ruleId']} {join(where, region.get('startLine'), region.get('startColumn'))}")
    same_members(evidence, "SARIF and JSON", expected, results)
    lines = [line for line in bench.valgen("check --format github").out.splitlines() if line.startswith("::")]
    marked = []
    for line in lines:
        head, _, message = line[2:].partition("::")
        given_ = dict(part.split("=", 1) for part in head.partition(" ")[2].split(",") if "=" in part)
        code = re.search(r"VG\d+", given_.get("title", "") + " " + message)
        marked.append(
            f"{code.group() if code else '?'} {join(given_.get('file', ''), given_.get('line'), given_.get('col'))}"
        )
    same_members(evidence, "GitHub and JSON", expected, marked)
    counts = {
        severity: sum(one["severity"] == severity for one in found["findings"]) for severity in ("error", "warning")
    }
    equal(
        evidence,
        "summary",
        (counts["error"], counts["warning"]),
        (found["summary"]["errors"], found["summary"]["warnings"]),
    )


def place_of(one: dict[str, Any]) -> str:
    """Return path, line and column of a finding in JSON."""
    return join(one["path"] or "", one["line"], one["column"])


def join(path: str, line: object, column: object) -> str:
    """Join the parts of a place that are there."""
    return ":".join(str(part) for part in (path, line, column) if part)


@then("these outputs are JSON alone and agree with their schema")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    for command, name in datatable[1:]:
        judge_schema(bench, name, answer_json(bench.valgen(command.removeprefix("valgen "))), evidence)


@then(parsers.parse('the run of the sample agrees with the schema "{name}"'))
def _(bench: Workbench, executed_sample: Workbench, name: str, evidence: Any) -> None:
    judge_schema(bench, name, answer_json(executed_sample.facts["run"]), evidence)


def judge_schema(bench: Workbench, name: str, value: Any, evidence: Any) -> None:
    """Check a value against a published schema."""
    from jsonschema import Draft202012Validator

    schema = json.loads((bench.root / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    errors = [
        f"{'/'.join(map(str, error.path))}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(value)
    ]
    holds(evidence, f"agrees with {name}, keys {', '.join(value)}", errors[:3] or "no difference", not errors)


@then(parsers.parse("at least {number:d} codes are listed, each once with a title"))
def _(bench: Workbench, number: int, evidence: Any) -> None:
    rows = re.findall(r"^(VG\d{3})\s+(error|warning|info)\s+(\S.*)$", bench.last.out, re.M)
    codes = [code for code, _, _ in rows]
    bench.facts["codes"] = codes
    holds(
        evidence,
        f"at least {number} codes, each once",
        f"{len(codes)} codes",
        len(codes) >= number and len(set(codes)) == len(codes),
    )
    equal(evidence, "every line is such a row", len(bench.last.out.splitlines()), len(rows))


@then("each of these codes is explained with its meaning, why it matters and how to mend it")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    for (code,) in datatable[1:]:
        answer = bench.valgen(f"explain {code}")
        good = (
            answer.status == 0
            and answer.out.startswith(code)
            and "Why it matters:" in answer.out
            and "How to mend it:" in answer.out
        )
        holds(evidence, f"{code} has all three parts", answer.out, good)


@then("the status holds")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    found = answer_json(bench.last)
    for key, value in datatable[1:]:
        seen = found[key]
        equal(evidence, key, value, str(len(seen)) if isinstance(seen, list) else str(seen).lower())


@given("every Python process of the commands is watched for connections and name look-ups")
def _(bench: Workbench, evidence: Any) -> None:
    folder = bench.home / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(textwrap.dedent(WATCH), "utf-8")
    bench.prefer(folder)
    bench.variables["CONNECTIONS"] = str(bench.home / "connections.txt")
    evidence.actual("an audit hook is set in each Python process by sitecustomize.py")


@then("no connection and no look-up left the computer")
def _(bench: Workbench, evidence: Any) -> None:
    lines = (bench.home / "connections.txt").read_text("utf-8").splitlines()
    processes = [line for line in lines if line.startswith("process")]
    others = [line.split("\t", 1) for line in lines if not line.startswith("process")]
    left = [(event, address) for event, address in others if not stays(address)]
    seen = sorted({address for _, address in others})[:10]
    evidence.actual(f"{len(processes)} processes watched, {len(others)} connections and look-ups: {seen}")
    holds(evidence, "none leaves the computer", left or "none", len(processes) >= 8 and not left)


def stays(address: str) -> bool:
    """Tell whether an address as printed by the watch lies on this computer."""
    # A socket of the file system or of the abstract name space is a text or bytes; an internet address is a pair.
    if re.match(r"b?'[/\\@]", address) or address in ("None", "''"):
        return True
    return bool(re.match(r"\(?'(127\.\d+\.\d+\.\d+|::1|localhost)'", address))


@then("the watch notices a connection that is made on purpose")
def _(bench: Workbench, evidence: Any) -> None:
    code = "import socket; s = socket.socket(); s.settimeout(0.01); s.connect_ex(('192.0.2.1', 9))"
    bench.call([sys.executable, "-c", code], "a connection to 192.0.2.1, an address for documentation")
    last = (bench.home / "connections.txt").read_text("utf-8").splitlines()[-1]
    holds(evidence, "the watch shows 192.0.2.1", last, "192.0.2.1" in last and not stays(last.split("\t", 1)[1]))


@given(parsers.parse("the modules {names} cannot be imported"))
def _(bench: Workbench, names: str, evidence: Any) -> None:
    listed = re.split(r", | and ", names)
    folder = bench.home / "block"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(BLOCK.format(names=listed), "utf-8")
    bench.prefer(folder)
    answer = bench.call([sys.executable, "-c", f"import {listed[0]}"], f"python -c 'import {listed[0]}'")
    bench.answers.pop()
    holds(evidence, f"importing {listed[0]} fails", answer.err.splitlines()[-1:], answer.status != 0)


@given(parsers.parse("a project of {items:d} items and {cases:d} test cases"))
def _(bench: Workbench, items: int, cases: int, evidence: Any) -> None:
    from .projects import SETTINGS

    bench.write("valgen.toml", SETTINGS)
    half = items // 2
    for start in range(0, half, 100):
        urs = "".join(
            f"  - id: URS-{n:05d}\n    title: Need {n}\n    text: The box shall do thing {n} within {n} s.\n"
            for n in range(start, start + 100)
        )
        fs = "".join(
            f"  - id: FS-{n:05d}\n    title: Function {n}\n    text: Does thing {n}.\n    satisfies: [URS-{n:05d}]\n"
            for n in range(start, start + 100)
        )
        bench.write_bytes(f"requirements/urs/{start:05d}.yaml", f"items:\n{urs}".encode())
        bench.write_bytes(f"requirements/fs/{start:05d}.yaml", f"items:\n{fs}".encode())
    for start in range(0, cases, 50):
        text = "".join(
            f"  @OQ-{n:05d} @verifies:FS-{n:05d}\n  Scenario: Thing {n}\n    Given the number {n}\n"
            f"    When 1 is added\n    Then the number is {n + 1}\n\n"
            for n in range(start, start + 50)
        )
        bench.write_bytes(f"test_scripts/oq/{start:05d}.feature", f"Feature: Things from {start}\n\n{text}".encode())
    bench.replace("requirements/fs/00500.yaml", "[URS-00555]", "[URS-99555]")
    bench.replace("test_scripts/oq/00300.feature", "@verifies:FS-00333", "@verifies:FS-93333")
    evidence.actual(f"{2 * half} items, {cases} test cases, 2 planted mistakes")


@when("the project is checked twice and the processor time is measured")
def _(bench: Workbench, evidence: Any) -> None:
    times = []
    for _ in range(2):
        before = os.times()
        bench.call([program(), "check"], "valgen check")
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        times.append(spent)
    bench.facts["times"] = times
    evidence.actual(f"processor time: first {times[0]:.2f} s, second {times[1]:.2f} s")
    evidence.actual(bench.last.out.splitlines()[-1])


@then("both checks name the planted mistakes and no others")
def _(bench: Workbench, evidence: Any) -> None:
    expected = [
        "VG104 requirements/fs/00500.yaml:225:17",
        "VG150 requirements/urs/00300.yaml:101:9",
        "VG150 requirements/urs/00500.yaml:167:9",
        "VG231 test_scripts/oq/00300.feature:201:23",
    ]
    for number, answer in enumerate(bench.answers[-2:], 1):
        seen = [f"{code} {place}" for place, severity, code, _ in findings(answer) if severity == "error"]
        same_members(evidence, f"errors of check {number}", expected, seen)


@then(parsers.parse("the processor time is at most {limit:d} seconds for each"))
def _(bench: Workbench, limit: int, evidence: Any) -> None:
    first, second = bench.facts["times"]
    holds(evidence, f"first at most {limit} s", f"{first:.2f} s", first <= limit)
    holds(evidence, f"second at most {limit} s", f"{second:.2f} s", second <= limit)
