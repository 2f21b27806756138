"""Results of runs, as `valgen run --json` gives them."""

from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, then

from .command_steps import answer_json
from .judge import equal, holds
from .workbench import Workbench


@then("the run gives these results")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    compare_results(answer_json(bench.last), datatable, evidence)


@then(parsers.re(r'step (?P<number>\d+) of "(?P<case>[^"]*)" observed "(?P<value>.*)"$'))
def _(bench: Workbench, number: str, case: str, value: str, evidence: Any) -> None:
    step = case_of(answer_json(bench.last), case)["steps"][int(number) - 1]
    holds(evidence, f"observed value {value}", step["actual"], value in step["actual"])


def compare_results(run: Any, datatable: list[list[str]], evidence: Any) -> None:
    """Compare case, result and, where the table has them, number of steps and words of the message."""
    titles = datatable[0]
    found = {case["id"]: case for case in run["cases"]}
    rows, wrong = [], []
    for cells in datatable[1:]:
        row = dict(zip(titles, cells, strict=True))
        case = found.get(row["case"], {"result": "no such row", "message": "", "steps": []})
        seen = {"case": row["case"], "expected": row["result"], "observed": case["result"], "message": case["message"]}
        if "steps" in row:
            seen["steps"] = len(case["steps"])
        rows.append(seen)
        if (
            case["result"] != row["result"]
            or ("steps" in row and len(case["steps"]) != int(row["steps"]))
            or row.get("message", "") not in case["message"]
        ):
            wrong.append(seen)
    evidence.expected("the results of the table, and no further case")
    evidence.table(rows)
    assert not wrong, wrong
    equal(evidence, "number of cases", len(datatable) - 1, len(found))


def case_of(run: Any, name: str) -> Any:
    """Return one case of a run as JSON."""
    return next(case for case in run["cases"] if case["id"] == name)


@then("no run was recorded")
def _(bench: Workbench, evidence: Any) -> None:
    log = bench.root / ".valgen" / "dry" / "log"
    records = sum(path.read_bytes().count(b"run.started") for path in log.glob("*")) if log.is_dir() else 0
    equal(evidence, "recorded runs", 0, records)


@then(parsers.parse('the folder "{name}" does not exist'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    equal(evidence, f"{name} exists", False, (bench.root / name).exists())
