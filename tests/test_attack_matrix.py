"""The register of the attack matrix is true: every row stands in it, and every test that it names exists."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
REGISTER: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests/attack_matrix.yaml").read_text(encoding="utf-8"))
SIZES = {"I": 18, "X": 16, "S": 13, "D": 8, "C": 15, "H": 17, "W": 11}


def test_every_row_of_the_matrix_stands_in_the_register_in_order() -> None:
    wanted = [f"{family}-{number}" for family, size in SIZES.items() for number in range(1, size + 1)]
    assert list(REGISTER) == wanted
    assert len(wanted) == 98


@pytest.mark.parametrize("row", REGISTER)
def test_row_names_tests_that_exist_or_says_why_it_is_open(row: str) -> None:
    entry = REGISTER[row]
    assert entry.keys() <= {"attack", "tests", "missing", "open", "note"}
    assert ("tests" in entry) != ("open" in entry)
    assert "open" not in entry or "missing" not in entry
    assert all(entry[name].strip() for name in ("attack", "missing", "open", "note") if name in entry)
    for test in entry.get("tests", ()):
        name, _, function = test.partition("::")
        path = ROOT / name
        assert path.is_file(), test
        assert re.search(rf"^def {re.escape(function)}\(", path.read_text(encoding="utf-8"), re.MULTILINE), test


def test_rows_that_name_the_fail_packs_are_those_that_have_one() -> None:
    packs = {one["row"] for one in json.loads((ROOT / "tests/vectors/fail/index.json").read_text(encoding="utf-8"))}
    marked = {
        row for row, entry in REGISTER.items() if any("test_fail_packs" in test for test in entry.get("tests", ()))
    }
    assert marked == packs
