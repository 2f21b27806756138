"""Steps about kept data, titles and schemas."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pytest_bdd import parsers, then, when

from .command_steps import answer_json
from .judge import equal, holds
from .workbench import Workbench


@when(parsers.re(r'"(?P<old>[^"]*)" in "(?P<name>[^"]*)" becomes "(?P<new>[^"]*)" with size and time stamp kept$'))
def _(bench: Workbench, old: str, name: str, new: str, evidence: Any) -> None:
    path = bench.root / name
    before = path.stat()
    bench.replace(name, old, new)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    equal(evidence, "size and time stamp", (before.st_size, before.st_mtime_ns), (after.st_size, after.st_mtime_ns))


@when("every kept file is damaged")
def _(bench: Workbench, evidence: Any) -> None:
    files = [path for path in (bench.home / "cache").rglob("*") if path.is_file()]
    for path in files:
        data = bytearray(path.read_bytes())
        for at in range(len(data) // 2, len(data), 7):
            data[at] ^= 0xFF
        path.write_bytes(bytes(data))
    holds(evidence, "at least one kept file", f"{len(files)} files", bool(files))


@then(parsers.parse('the answer equals that of "valgen {arguments}"'))
def _(bench: Workbench, arguments: str, evidence: Any) -> None:
    before = bench.last
    fresh = bench.valgen(arguments)
    bench.answers.pop()
    equal(evidence, "exit status and text equal", (fresh.status, fresh.text), (before.status, before.text))


@then("the rows of the trace have these titles")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    titles = {row["id"]: row["title"] for row in answer_json(bench.last)["rows"]}
    for name, title in datatable[1:]:
        equal(evidence, name, repr(title), repr(titles.get(name)))


@then("every schema is a valid JSON Schema")
def _(bench: Workbench, evidence: Any) -> None:
    from jsonschema import Draft202012Validator

    files = sorted((bench.root / "schemas").glob("*.json"))
    for path in files:
        Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))
    holds(evidence, "at least one schema per kind of file and output", [path.name for path in files], len(files) >= 9)


@then(parsers.parse('the schema "{name}" judges these files'))
def _(bench: Workbench, name: str, datatable: list[list[str]], evidence: Any) -> None:
    import yaml
    from jsonschema import Draft202012Validator

    path: Path = bench.root / "schemas" / f"{name}.schema.json"
    validator = Draft202012Validator(json.loads(path.read_text("utf-8")))
    rows = []
    for judgement, text in datatable[1:]:
        errors = [error.message for error in validator.iter_errors(yaml.safe_load(text))]
        rows.append(
            {"expected": judgement, "observed": "refused" if errors else "accepted", "text": text, "why": errors[:1]}
        )
    evidence.table(rows)
    assert all(row["expected"] == row["observed"] for row in rows), rows
