"""The benchmark of the build measures what it says: whole content, every id on the pages, honest arithmetic."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDERS = [Path(__file__).resolve().parents[2] / "benchmarks" / name for name in ("build", "check")]
MODULES = ("peers", "tables", "run", "report_build", "content", "generate", "measure")


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


def test_strictdoc_gets_every_item_and_every_relation(bench: Any, tmp_path: Path) -> None:
    content = bench["content"].make_content(200)
    bench["peers"].write_strictdoc(content, tmp_path)
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("*.sdoc")))
    for one in (*content.things, *content.scripts):
        assert f"UID: {one.id}\n" in text
    relations = sum(len({*thing.parents, *thing.controls}) for thing in content.things)
    relations += sum(len({*script.verifies, *([script.risk] if script.risk else [])}) for script in content.scripts)
    assert text.count("- TYPE: Parent") == relations


def test_a_page_without_an_id_is_noticed(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>URS-001</p>", encoding="utf-8")
    assert bench["peers"].count_on_pages(tmp_path, {"URS-001", "URS-002"}) == 1


def test_measured_document_has_the_rows_that_are_counted(bench: Any) -> None:
    made = bench["tables"].document(1_200)
    rows = [row for section in made.sections for table in section.blocks for row in table.rows]
    assert len(rows) == 1_200
    assert {len(row.cells) for row in rows} == {5}


@pytest.mark.parametrize(("seen", "held"), [(9.9, "yes"), (10.1, "no")])
def test_page_says_whether_a_target_was_held(bench: Any, seen: float, held: str) -> None:
    cost = {"processor_s": seen, "quickest_s": seen, "peak_mb": 1.0}
    modes = {name: cost for name in ("cold", "unchanged", "one file changed")}
    results = {
        "date": "2026-01-01", "machine": {"processor": "x", "cores": 2, "system": "x", "python": "3"},
        "load_before": 0.0, "repetitions": 1, "versions": {"valgen": "0"},
        "sizes": {"site": 10_000, "items": 1_001, "cases": 539}, "site": modes, "pack": modes, "peers": {},
        "tables": {form: {"each_s": 1e-5, "units": 1, "peak_mb": 1.0} for form in ("docx", "xlsx", "pdf")},
        "yardstick_s": [1.0],
    }  # fmt: skip
    assert f"| HTML, cold | at most 10 s | {seen:.2f} s | {held} |" in bench["report_build"].results_page(results)
