"""The benchmark of verification measures what it says: a real history, every record verified, honest words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from valgen.ledger.store import read_log
from valgen.ledger.verify import verify_log

FOLDERS = [Path(__file__).resolve().parents[2] / "benchmarks" / name for name in ("verify", "check")]
MODULES = ("history", "run", "report_verify", "measure")


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    """Import the benchmark's modules as its own scripts do."""
    before = list(sys.path)
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.path[:0] = [str(folder) for folder in FOLDERS]
    try:
        yield {name: __import__(name) for name in MODULES}
    finally:
        sys.path[:] = before
        for name in MODULES:
            sys.modules.pop(name, None)


def test_the_history_is_a_formal_one_that_verifies(bench: Any, tmp_path: Path) -> None:
    world = bench["history"].write_history(tmp_path, 300)
    assert verify_log(world.folder).problems == ()
    kinds = [stored.kind for stored in read_log(world.folder)]
    assert len(kinds) >= 300
    assert {"signature", "execution.opened", "case.result", "step.result", "review"} <= set(kinds)
    assert kinds.count("step.result") == 6 * kinds.count("case.result")


def test_the_page_says_what_was_seen_and_whether_a_target_was_held(bench: Any) -> None:
    cost = {"processor_s": 12.0, "quickest_s": 11.0, "peak_mb": 50.0}
    results = {
        "date": "2026-01-01", "machine": {"processor": "P", "cores": 2, "system": "S", "python": "3"}, "valgen": "1",
        "load_before": 3.0, "repetitions": 1, "yardstick_s": [0.5, 0.6], "growth": 1.3, "appends_counted": 10,
        "verify": {"100000": {"records": 100_003, "megabytes": 60, "valgen verify": cost, "valgen_verify.py": cost}},
        "appends": {"ledger": {"rate": 50.0}, "plain file": {"rate": 200.0}},
    }  # fmt: skip
    page = bench["report_verify"].results_page(results)
    assert "| 100,003 records of a formal history | at most 10 s | 12.00 s | no |" in page
    assert "| at most 1.15 | 1.30 | no |" in page
    assert "| ledger | 50 | 0.25 |" in page
    assert "shared with other work" in page


@pytest.mark.attack("C-7")
def test_a_large_log_is_opened_appended_to_and_verified(bench: Any, tmp_path: Path) -> None:
    """C-7: what is measured with a million records, here with some hundred; the page says it."""
    found = bench["run"].large(tmp_path, 400, 5, small=200)
    small, large = found["rows"]
    assert 200 <= small["records"] < 400 <= large["records"]
    for row in (small, large):
        assert row["appended"]["records"] == row["records"]
        assert row["appended"]["append_ms"] > 0 and row["appended"]["peak_mb"] > 1
        assert (
            verify_log(tmp_path / f"history-{200 if row is small else 400}" / ".valgen").records == row["records"] + 5
        )
    page = "\n".join(bench["report_verify"]._large(found))
    assert f"| {large['records']:,} | " in page and "Measured once" in page
