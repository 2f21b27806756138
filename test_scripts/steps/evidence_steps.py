"""Record and report of the sample, secrets, facts of the computer, marks of dry runs."""

from __future__ import annotations

import base64
import getpass
import hashlib
import html
import importlib.metadata
import json
import platform
import subprocess
import urllib.parse
import zipfile
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then, when

from .command_steps import answer_json, note
from .judge import equal, excerpt, holds
from .reading_back import read_page, read_word
from .run_steps import case_of, compare_results
from .sample import SECRET, SECRET_NAME
from .workbench import Workbench


@then("the run of the sample gives these results")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    compare_results(answer_json(bench.facts["run"]), datatable, evidence)


@then("the counts of the run are")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    summary = answer_json(bench.facts["run"])["summary"]
    for name, number in datatable[1:]:
        equal(evidence, name, int(number), summary[name])
    results = (
        "passed",
        "passed_with_deviation",
        "failed",
        "error",
        "blocked",
        "skipped",
        "not_executed",
        "aborted",
        "not_applicable",
    )
    equal(evidence, "sum of all results", summary["planned"], sum(summary[name] for name in results))


@then(parsers.parse('the steps after the failed one of "{name}" are Not executed'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    results = [step["result"] for step in case_of(answer_json(bench.facts["run"]), name)["steps"]]
    after = results[results.index("Failed") + 1 :] if "Failed" in results else []
    holds(
        evidence,
        "each step after the failed one is Not executed",
        results,
        bool(after) and set(after) == {"Not executed"},
    )


@then(parsers.parse('the step of "{name}" that looked at nothing is marked as such'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    step = case_of(answer_json(bench.facts["run"]), name)["steps"][1]
    equal(evidence, f"{step['text']}: observed", False, step["observed"])


@then(parsers.parse('the cases titled "{title}" ended like this'))
def _(bench: Workbench, title: str, datatable: list[list[str]], evidence: Any) -> None:
    cases = [case for case in answer_json(bench.facts["run"])["cases"] if case["title"] == title]
    seen = [[case["id"], case["result"], case["steps"][1]["actual"][0]] for case in cases]
    equal(evidence, "id, result and observed value", datatable[1:], seen)


@then(parsers.parse("step {number:d} of case \"{name}\" reads '{text}'"))
def _(bench: Workbench, number: int, name: str, text: str, evidence: Any) -> None:
    equal(
        evidence,
        "sentence as executed",
        text,
        case_of(answer_json(bench.facts["run"]), name)["steps"][number - 1]["text"],
    )


@then(parsers.parse('case "{name}" holds this evidence'))
def _(bench: Workbench, name: str, datatable: list[list[str]], evidence: Any) -> None:
    steps = case_of(answer_json(bench.facts["run"]), name)["steps"]
    for number, kind, value in datatable[1:]:
        step = steps[int(number) - 1]
        seen = [" | ".join(row) for table in step["tables"] for row in table] if kind == "table" else step[kind]
        # A line break in the value was written with a backslash by the sample itself.
        holds(evidence, f"step {number}, {kind}: {value}", seen, value in seen or value.replace("\n", "\\n") in seen)


@then(parsers.parse('the attachment "{label}" has the SHA-256 of its bytes, and lies in the pack byte for byte'))
def _(bench: Workbench, label: str, evidence: Any) -> None:
    expected = hashlib.sha256(b"weight;250\r\n").hexdigest()
    refs = [
        ref for case in answer_json(bench.facts["run"])["cases"] for step in case["steps"] for ref in step["evidence"]
    ]
    ref = next(ref for ref in refs if ref["id"] == label)
    equal(evidence, f"SHA-256 of {label}", expected, ref["sha256"])
    (stored,) = (bench.root / "build/pack/evidence").rglob(f"{label}_*")
    equal(evidence, f"SHA-256 of {stored.name} in the pack", expected, hashlib.sha256(stored.read_bytes()).hexdigest())
    page = read_page(bench.root / "build/pack/html/OQ-report.html")
    holds(
        evidence, "label and digest in the index of the report", expected, label in page.text and expected in page.text
    )


@then("the report of the sample shows user, start and end of the run in UTC")
def _(bench: Workbench, evidence: Any) -> None:
    run = answer_json(bench.facts["run"])
    page = read_page(bench.root / "build/pack/html/OQ-report.html")
    runs = page.sections["Every run"]
    for what, value in (
        ("user", getpass.getuser()),
        ("start", run["started_at"][11:19]),
        ("end", run["finished_at"][11:19]),
        ("UTC", "UTC"),
    ):
        holds(evidence, f"{what} {value} under Every run", excerpt(runs, 400), value in runs)


@given(parsers.parse('it is committed to git, and "{name}" is changed afterwards'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    git = ["git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "Sample"]):
        subprocess.run([*git, *command], cwd=bench.root, check=True, capture_output=True, env=bench.environment())
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=bench.root, check=True, capture_output=True, text=True)
    bench.facts["commit"] = commit.stdout.strip()
    path = bench.root / name
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    evidence.actual(f"commit {bench.facts['commit']}")


@then(parsers.parse('the page "{key}" states the facts of this computer'))
def _(bench: Workbench, key: str, evidence: Any) -> None:
    page = read_page(bench.root / f"build/pack/html/{key}.html")
    code = {
        name: hashlib.sha256((bench.root / name).read_bytes()).hexdigest()
        for name in ("test_scripts/steps/box.py", "test_scripts/oq/box.feature")
    }
    expected = {
        "host": platform.node(),
        "operating system": platform.platform(),
        "Python": platform.python_version(),
        "pytest": importlib.metadata.version("pytest"),
        "pytest-bdd": importlib.metadata.version("pytest-bdd"),
        "valgen": importlib.metadata.version("valgen"),
        "user": getpass.getuser(),
        "git commit": bench.facts["commit"],
        **code,
    }
    rows = [{"fact": name, "expected": value, "in the report": value in page.text} for name, value in expected.items()]
    evidence.table(rows)
    found = excerpt(page.sections["Environment found"], 1500)
    evidence.actual(found)
    assert all(row["in the report"] for row in rows), [row for row in rows if not row["in the report"]]
    words = ("uncommitted", "differ", "changed", "dirty", "not committed")
    holds(evidence, "the report says that files differ from the commit", found, any(word in found for word in words))


@then("the password is in no file of the project and in no output, in none of its spellings")
def _(bench: Workbench, evidence: Any) -> None:
    raw = SECRET.encode()
    spellings = {
        "as it is": SECRET,
        "JSON": json.dumps(SECRET)[1:-1],
        "JSON without ASCII escapes": json.dumps(SECRET, ensure_ascii=False)[1:-1],
        "HTML": html.escape(SECRET),
        "URL": urllib.parse.quote(raw, safe=""),
        "Base64": base64.b64encode(raw).decode(),
        "core": "canary",
    }
    looked = 0
    found: list[str] = []

    def look(where: str, data: bytes) -> None:
        nonlocal looked
        looked += 1
        found.extend(f"{where} ({name})" for name, text in spellings.items() if text.encode() in data)

    for path in sorted(bench.root.rglob("*")):
        if path.is_file():
            look(path.name, path.read_bytes())
            if path.suffix in (".docx", ".xlsx"):
                with zipfile.ZipFile(path) as package:
                    for name in package.namelist():
                        look(f"{path.name}/{name}", package.read(name))
    for answer in (bench.facts["run"], bench.facts["build"]):
        look(answer.command, answer.text.encode())
    holds(
        evidence,
        "no file, no part of a package and no output with the password",
        f"{looked} looked at, found: {found}",
        not found and looked > 60,
    )


@then(parsers.parse('the record of "{name}" names the secret in its place'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    case = case_of(answer_json(bench.facts["run"]), name)
    first, second = case["steps"]
    mark = f"[secret {SECRET_NAME}]"
    places = {
        "sentence": first["text"],
        "expected": first["expected"][0],
        "observed": first["actual"][0],
        "table": first["tables"][0][1][1],
        "message": second["message"],
    }
    for what, text in places.items():
        holds(evidence, f"{mark} in the {what}", text, mark in text)
    (stored,) = (bench.root / "build/pack/evidence").rglob("OQ-011-1-1_*")
    holds(evidence, f"{mark} in the attachment", stored.read_text("utf-8"), mark in stored.read_text("utf-8"))


@when('the secret is taken out of the environment and the user runs "valgen run oq"')
def _(bench: Workbench, evidence: Any) -> None:
    value = bench.variables.pop(SECRET_NAME)
    try:
        note(evidence, bench.valgen("run oq"))
    finally:
        bench.variables[SECRET_NAME] = value


@then(parsers.parse('every formal result is "{result}"'))
def _(bench: Workbench, result: str, evidence: Any) -> None:
    tests = [test for row in answer_json(bench.last)["rows"] for test in row["tests"]]
    seen = sorted({test["result"] for test in tests})
    equal(evidence, f"formal results of {len(tests)} links", [result], seen)
    holds(
        evidence,
        "no row reads Covered-Passed",
        "",
        all(row["status"] != "Covered-Passed" for row in answer_json(bench.last)["rows"]),
    )


@then(parsers.parse('the mode of the sample run is "{mode}"'))
def _(executed_sample: Workbench, mode: str, evidence: Any) -> None:
    equal(evidence, "mode", mode, answer_json(executed_sample.facts["run"])["mode"])


@then(parsers.re(r'the page "(?P<key>[^"]*)" says "(?P<words>.*)"$'))
def _(bench: Workbench, key: str, words: str, evidence: Any) -> None:
    lines = [line for line in read_page(page_path(bench, key)).text.splitlines() if words in line]
    holds(evidence, f"{key} says: {words}", " | ".join(lines[:3]), bool(lines))


@then(parsers.re(r'the section "(?P<title>[^"]*)" of the page "(?P<key>[^"]*)" says "(?P<words>.*)"$'))
def _(bench: Workbench, title: str, key: str, words: str, evidence: Any) -> None:
    text = read_page(page_path(bench, key)).sections[title]
    holds(evidence, f"{title}: {words}", excerpt(text, 500), words in text)


@then(parsers.re(r'the Word file "(?P<key>[^"]*)" says "(?P<words>.*)"$'))
def _(bench: Workbench, key: str, words: str, evidence: Any) -> None:
    path = bench.root / "build" / "pack" / "word" / f"{key}.docx"
    lines = [line for line in read_word(path).text.splitlines() if words in line]
    holds(evidence, f"{key}.docx says: {words}", " | ".join(lines[:3]), bool(lines))


def page_path(bench: Workbench, key: str) -> Path:
    """Return the HTML page of a document."""
    return bench.root / "build" / "pack" / "html" / f"{key}.html"
