"""The example as a project: clean, complete, and with the results that its README states."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest

RESULTS = re.compile(r"^\| (IQ|OQ|PQ) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def valgen(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "S3V_"))}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from valgen.cli import main; sys.exit(main())", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copied(example: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    target = tmp_path_factory.mktemp("example") / "s3-records-vault"
    shutil.copytree(example, target, ignore=shutil.ignore_patterns(".valgen", "build", "__pycache__", ".*_cache"))
    return target


@pytest.fixture(scope="module")
def checked(copied: pathlib.Path) -> dict[str, Any]:
    answer = valgen(copied, "check", "--format", "json")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_check_finds_nothing(checked: dict[str, Any]) -> None:
    assert [(one["code"], one["path"], one["message"]) for one in checked["findings"]] == []


def test_counts_of_the_readme_are_those_of_the_check(example: pathlib.Path, checked: dict[str, Any]) -> None:
    readme = (example / "README.md").read_text(encoding="utf-8")
    summary = checked["summary"]
    assert f"{summary['items']} items, {summary['test_cases']} test cases" in readme


def test_demanded_numbers_of_items_and_cases_are_there(example: pathlib.Path) -> None:
    ids = [
        found
        for path in (example / "requirements").rglob("*.yaml")
        for found in re.findall(r"^  - id: ([A-Z]+)-", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    cases = [
        found
        for path in (example / "test_scripts").rglob("*.feature")
        for found in re.findall(r"@((?:IQ|OQ|PQ)-\d+)", path.read_text(encoding="utf-8"))
    ]
    assert ids.count("URS") >= 24
    assert sum(ids.count(kind) for kind in ("FS", "CS", "DS")) >= 30
    assert ids.count("RSK") >= 12
    assert len(cases) == len(set(cases))
    assert [sum(case.startswith(stage) for case in cases) >= wanted
            for stage, wanted in (("IQ", 10), ("OQ", 20), ("PQ", 4))] == [True] * 3  # fmt: skip


@pytest.mark.real
def test_results_of_a_run_are_those_of_the_readme(example: pathlib.Path, copied: pathlib.Path) -> None:
    pytest.importorskip("moto")
    stated = {row[0]: tuple(map(int, row[1:])) for row in RESULTS.findall((example / "README.md").read_text("utf-8"))}
    found = {}
    unaccepted = {}
    for stage in ("IQ", "OQ", "PQ"):
        answer = valgen(copied, "run", stage.lower(), "--env", "VAL", "--json")
        run = json.loads(answer.stdout)
        results = [case["result"] for case in run["cases"]]
        found[stage] = (
            len(results), *(results.count(word) for word in ("Passed", "Failed", "Skipped", "Not executed"))
        )  # fmt: skip
        unaccepted.update({case["id"]: case["result"] for case in run["cases"] if case["result"] != "Passed"})
        assert answer.returncode == 1, answer.stderr
    assert found == stated
    assert unaccepted == {
        "IQ-004": "Not executed", "OQ-018": "Failed", "OQ-020": "Failed", "OQ-033": "Skipped",
        "OQ-057": "Not executed", "PQ-007": "Not executed",
    }  # fmt: skip
