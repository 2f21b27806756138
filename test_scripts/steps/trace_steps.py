"""Chain, matrix and coverage."""

from __future__ import annotations

import csv
import io
from typing import Any

from pytest_bdd import parsers, then

from .command_steps import answer_json
from .judge import equal, holds, same_members
from .workbench import Workbench


@then("CSV, JSON and Excel of the matrix hold the same ids and coverage")
def _(bench: Workbench, evidence: Any) -> None:
    from openpyxl import load_workbook

    rows = answer_json(bench.valgen("trace --json"))["rows"]
    expected = {row["id"]: (row["status"], row["dry_status"]) for row in rows}
    evidence.table([{"id": name, "formal": formal, "dry run": dry} for name, (formal, dry) in expected.items()])
    listed = list(csv.reader(io.StringIO(bench.valgen("trace --format csv").out.removeprefix("\ufeff"))))
    ids = [row[0] for row in listed[1:]]
    same_members(evidence, "ids in JSON and CSV", expected, ids)
    for name, (formal, dry) in expected.items():
        row = next(row for row in listed if row[0] == name)
        assert formal in row and dry in row, (name, row)
    target = bench.home / "matrix.xlsx"
    equal(evidence, "exit status of the Excel export", 0, bench.valgen(f"trace --format xlsx -o '{target}'").status)
    book = load_workbook(target)
    cells = [[str(cell.value or "") for cell in row] for row in book["Every item"].iter_rows()]
    for name, (formal, dry) in expected.items():
        found = [row for row in cells if row[0] == name]
        assert len(found) == 1 and formal in found[0] and dry in found[0], (name, found)
    evidence.actual(f"{len(expected)} ids with equal coverage in JSON, CSV and Excel")


@then("these requirements have this coverage")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    rows = {row["id"]: row for row in answer_json(bench.last)["rows"]}
    table = []
    for name, _, formal, dry in datatable[1:]:
        seen = rows[name]
        table.append(
            {"id": name, "expected": f"{formal} / {dry}", "observed": f"{seen['status']} / {seen['dry_status']}"}
        )
    evidence.expected("the coverage of the table")
    evidence.table(table)
    wrong = [row for row in table if row["expected"] != row["observed"]]
    assert not wrong, wrong


@then(parsers.parse('retired "{name}" has no row'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    ids = [row["id"] for row in answer_json(bench.last)["rows"]]
    holds(evidence, f"no row {name}", f"{len(ids)} rows", bool(ids) and name not in ids)
