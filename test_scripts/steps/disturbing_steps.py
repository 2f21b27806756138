"""Runs that are killed, changed, repeated, executed in parallel; logs that are altered."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then, when

from .command_steps import answer_json
from .judge import equal, holds
from .run_steps import case_of
from .workbench import Workbench, program


@when('the run of OQ is started and the step "the tester waits" is reached')
def _(bench: Workbench, evidence: Any) -> None:
    process = bench.start([program(), "run", "oq"])
    bench.facts["program"] = process
    flag = bench.root / "waiting"
    wait_until(lambda: flag.is_file() and bool(flag.read_text()), "the step was not reached")
    bench.facts["tests"] = int(flag.read_text())
    dry = bench.root / ".valgen" / "dry"
    # What the recorder was not told yet when it is killed is lost; here it has been told of the step that waits.
    wait_until(
        lambda: any(record["kind"] == "case.started" and record["case"] == "OQ-002" for record in records(dry)),
        "the case in flight was not recorded",
    )
    wait_until(
        lambda: sum(record["kind"] == "step.result" and record["case"] == "OQ-002" for record in records(dry)) == 2,
        "the steps before the one in flight were not recorded",
    )
    started = next(record for record in records(dry) if record["kind"] == "run.started")
    bench.facts["recorder"] = started["pid"]
    evidence.actual("reached; three processes are alive: program, tests, recorder")


@when(parsers.re(r"(?P<victims>the process of the tests is|recorder, tests and program are) killed with SIGKILL$"))
def _(bench: Workbench, victims: str, evidence: Any) -> None:
    program_process = bench.facts["program"]
    if "recorder" in victims:
        os.kill(bench.facts["recorder"], signal.SIGKILL)
        program_process.kill()
    os.kill(bench.facts["tests"], signal.SIGKILL)
    status = program_process.wait(60)
    wait_until(lambda: not lives(bench.facts["recorder"]), "the recorder did not end")
    evidence.actual(f"killed; the program ended with {status}")
    holds(evidence, "the program ended without success", status, status != 0)


@then(parsers.parse('the run "{name}" is "{state}"'))
def _(bench: Workbench, name: str, state: str, evidence: Any) -> None:
    runs = {run["run"]: run for run in answer_json(bench.last)["runs"]}
    equal(evidence, f"state of {name}", state, runs[name]["state"])
    evidence.actual(f"reason: {runs[name]['reason'] or 'none'}")


@then(parsers.parse('the data of the pack give the run "{name}" as "{state}" with these steps'))
def _(bench: Workbench, name: str, state: str, datatable: list[list[str]], evidence: Any) -> None:
    runs = json.loads((bench.root / "build/pack/data/runs.json").read_text("utf-8"))["runs"]
    run = next(run for run in runs if run["run"] == name)
    equal(evidence, f"state of {name}", state, run["state"])
    for case, result, steps in datatable[1:]:
        found = case_of(run, case)
        equal(evidence, case, (result, steps), (found["result"], ", ".join(step["result"] for step in found["steps"])))


@then(parsers.re(r'the file "(?P<name>[^"]*)" does (?P<word>not exist|exist)$'))
def _(bench: Workbench, name: str, word: str, evidence: Any) -> None:
    equal(evidence, f"{name} exists", word == "exist", (bench.root / name).exists())


@then(parsers.parse('the dry result of the test "{name}" is "{result}"'))
def _(bench: Workbench, name: str, result: str, evidence: Any) -> None:
    tests = [test for row in answer_json(bench.last)["rows"] for test in row["tests"] if test["id"] == name]
    equal(evidence, f"dry result of {name} in {len(tests)} rows", {result}, {test["dry_result"] for test in tests})


@then("after each of these changes, made one at a time, the dry results are")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    rows, wrong = [], []
    for name, old, new, first, second in datatable[1:]:
        path = bench.root / name
        before = path.read_text("utf-8")
        bench.replace(name, old, new)
        seen = dry_results(bench)
        path.write_text(before, "utf-8")
        rows.append({"change": f"{old} -> {new}", "OQ-001": seen["OQ-001"], "OQ-002": seen["OQ-002"]})
        if (seen["OQ-001"], seen["OQ-002"]) != (first, second):
            wrong.append(rows[-1])
    evidence.expected("the results of the table")
    evidence.table(rows)
    assert not wrong, wrong
    equal(evidence, "without any change", {"OQ-001": "Passed", "OQ-002": "Passed"}, dry_results(bench))


@then("after a new requirement in a new file the dry results are still Passed")
def _(bench: Workbench, evidence: Any) -> None:
    bench.write("requirements/urs/new.yaml", "items:\n  - {id: URS-003, title: New, text: The box shall do more.}\n")
    equal(evidence, "dry results", {"OQ-001": "Passed", "OQ-002": "Passed"}, dry_results(bench))


@then(parsers.parse('the results in the pack say of "{name}" that "{words}"'))
def _(bench: Workbench, name: str, words: str, evidence: Any) -> None:
    row = next(row for row in pack_results(bench) if row["Test"] == name)
    holds(evidence, f"comment of {name}: {words}", row["Comment"], words in row["Comment"])


@then("no result in the pack is Passed")
def _(bench: Workbench, evidence: Any) -> None:
    seen = {row["Test"]: row["Dry run result"] for row in pack_results(bench)}
    holds(evidence, "no dry result is Passed", seen, bool(seen) and "Passed" not in seen.values())


@given(parsers.parse("{number:d} further cases of which every seventh fails"))
def _(bench: Workbench, number: int, evidence: Any) -> None:
    lines = ["Feature: Many", ""]
    bench.facts["failing"] = []
    for at in range(3, number + 3):
        name = f"OQ-{at:03d}"
        fails = at % 7 == 0
        if fails:
            bench.facts["failing"].append(name)
        lines += [f"  @{name} @verifies:URS-001", "  Scenario: Of many", f"    Given the number {at}"]
        lines += ["    When 1 is added", f"    Then the number is {at if fails else at + 1}", ""]
    bench.write("test_scripts/oq/many.feature", "\n".join(lines))
    evidence.actual(f"planted failures: {', '.join(bench.facts['failing'])}")


@then(parsers.parse("the run holds {number:d} cases with one attempt each, of which exactly the planted ones failed"))
def _(bench: Workbench, number: int, evidence: Any) -> None:
    cases = answer_json(bench.last)["cases"]
    equal(evidence, "cases", number, len(cases))
    equal(evidence, "attempts", {1}, {case["attempts"] for case in cases})
    equal(evidence, "failed", bench.facts["failing"], [case["id"] for case in cases if case["result"] == "Failed"])
    equal(evidence, "passed", number - len(bench.facts["failing"]), sum(case["result"] == "Passed" for case in cases))
    observed = [case["steps"][1]["actual"] for case in cases if case["id"] not in ("OQ-001", "OQ-002")]
    expected = [
        [f"the box shows {int(case['id'][3:]) + 1}"] for case in cases if case["id"] not in ("OQ-001", "OQ-002")
    ]
    equal(evidence, "observed values belong to their cases", expected, observed)


@then("each of these alterations of a copy of the log is found")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any, tmp_path: Path) -> None:
    rows = []
    for at, (name,) in enumerate(datatable[1:]):
        copy = Workbench(_made(tmp_path / f"copy{at}"))
        shutil.copy(bench.root / "valgen.toml", copy.root)
        shutil.copytree(bench.root / ".valgen", copy.root / ".valgen")
        folder = copy.root / ".valgen" / "dry"
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        ALTERATIONS[name](folder)
        answer = copy.valgen("verify --dry --json")
        found = answer_json(answer) if answer.out else {"ok": True, "problems": []}
        problems = [f"{one['code']} {one['where']}: {one['message']}" for one in found["problems"]]
        rows.append(
            {"alteration": name, "exit status": answer.status, "ok": found["ok"], "problems": "\n".join(problems[:3])}
        )
    evidence.expected("exit status 1 with at least one named place for each")
    evidence.table(rows)
    missed = [row for row in rows if row["exit status"] != 1 or row["ok"] or not row["problems"]]
    assert not missed, missed


def dry_results(bench: Workbench) -> dict[str, str]:
    """Return the dry result that counts now for each test case."""
    rows = answer_json(bench.valgen("trace --json"))["rows"]
    return {test["id"]: test["dry_result"] for row in rows for test in row["tests"]}


def pack_results(bench: Workbench) -> list[dict[str, str]]:
    """Return the rows of the results in the data of a pack."""
    rows: list[dict[str, str]] = json.loads((bench.root / "build/pack/data/results.json").read_text("utf-8"))
    return rows


def records(folder: Path) -> list[Any]:
    """Return the bodies of the stored records, read as plain JSON lines; one that is being written is left out."""
    lines = [line for path in sorted((folder / "log").glob("*.jsonl")) for line in path.read_bytes().split(b"\n")[:-1]]
    return [json.loads(line)["body"] for line in lines]


def wait_until(condition: Callable[[], bool], otherwise: str, patience_s: float = 60.0) -> None:
    """Wait for a condition; an assertion fails when it does not come true."""
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until, otherwise
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Tell whether a process is alive; one that ended and was not waited for is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.is_file() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _log(folder: Path) -> Path:
    return next(iter(sorted((folder / "log").glob("*.jsonl"))))


def _edit(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        path = _log(folder)
        lines = path.read_bytes().splitlines(keepends=True)
        changed = change(list(lines))
        assert changed != lines, "the alteration changed nothing"
        path.write_bytes(b"".join(changed))

    return apply


def _result(lines: list[bytes]) -> list[bytes]:
    at = next(number for number, line in enumerate(lines) if b'"Failed"' in line)
    return [*lines[:at], lines[at].replace(b'"Failed"', b'"Passed"', 1), *lines[at + 1 :]]


def _bit(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _middle(lines: list[bytes]) -> int:
    return len(lines) // 2


def _blob(folder: Path) -> Path:
    return next(
        path
        for path in sorted((folder / "blobs").rglob("*"))
        if path.is_file() and path.read_bytes() == b"weight;250\r\n"
    )


def _alter_blob(folder: Path) -> None:
    path = _blob(folder)
    path.write_bytes(_bit(path.read_bytes()))


def _earlier_checkpoint(folder: Path) -> None:
    kept = [json.loads(line) for line in (folder / "checkpoints.jsonl").read_text("utf-8").splitlines()]
    now = (folder / "checkpoint").read_text("utf-8")
    notes = [value for row in kept for value in _texts(row) if re.match(r"\S+\n\d+\n", value) and value != now]
    text = notes[0] if notes else re.sub(r"(?m)^(\d+)$", lambda match: str(int(match.group(1)) - 1), now, count=1)
    (folder / "checkpoint").write_text(text, "utf-8")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


ALTERATIONS: dict[str, Callable[[Path], None]] = {
    "a result in a record is changed": _edit(_result),
    "one bit of a record is turned": _edit(
        lambda all_: [*all_[: _middle(all_)], _bit(all_[_middle(all_)]), *all_[_middle(all_) + 1 :]]
    ),
    "a record in the middle is removed": _edit(lambda all_: [*all_[: _middle(all_)], *all_[_middle(all_) + 1 :]]),
    "the last record is removed": _edit(lambda all_: all_[:-1]),
    "two records change places": _edit(lambda all_: [*all_[:2], all_[3], all_[2], *all_[4:]]),
    "a record is doubled": _edit(lambda all_: [*all_[:3], all_[2], *all_[3:]]),
    "an empty line is inserted": _edit(lambda all_: [*all_[:3], b"\n", *all_[3:]]),
    "one bit of an attachment is turned": _alter_blob,
    "an attachment is removed": lambda folder: _blob(folder).unlink(),
    "the checkpoint is removed": lambda folder: (folder / "checkpoint").unlink(),
    "the checkpoint is replaced by an earlier one": _earlier_checkpoint,
    "every record after the plan is removed": _edit(
        lambda all_: all_[: next(n for n, line in enumerate(all_) if b'"run.started"' in line) + 1]
    ),
}
