"""The benchmark of the check measures what it says: the same right content for every tool, and honest arithmetic."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from valgen.workflow.check import check

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "check"
MODULES = ("content", "generate", "measure", "report", "peers", "run")


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    """Import the benchmark's modules as its own scripts do."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield {name: __import__(name) for name in MODULES}
    finally:
        sys.path.remove(str(FOLDER))
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def content(bench: Any) -> Any:
    return bench["content"].make_content(200)


def test_content_has_the_shares_of_the_design(content: Any) -> None:
    assert (len(content.things), len(content.scripts)) == (130, 70)
    assert {len(script.steps) for script in content.scripts} == {6}


def test_content_is_the_same_each_time(bench: Any, content: Any) -> None:
    assert bench["content"].make_content(200) == content
    assert bench["content"].make_content(200, seed=21) != content


@pytest.mark.parametrize("size", [0, 19, 30])
def test_size_that_cannot_be_shared_out_is_refused(bench: Any, size: int) -> None:
    with pytest.raises(ValueError, match="multiple of 20"):
        bench["content"].make_content(size)


@pytest.mark.parametrize("size", [20, 200, 1000])
def test_generated_project_has_nothing_to_report(bench: Any, tmp_path: Path, size: int) -> None:
    bench["generate"].write_valgen(bench["content"].make_content(size), tmp_path)
    report = check(tmp_path, cached=False)
    assert [one.message for one in report.findings] == []
    assert (report.items, report.test_cases) == (size * 65 // 100, size * 35 // 100)


def test_each_change_of_one_file_is_another(bench: Any, content: Any, tmp_path: Path) -> None:
    bench["generate"].write_valgen(content, tmp_path)
    path = tmp_path / "requirements" / "urs" / "part-001.yaml"
    seen = {path.read_text()}
    for number in (1, 2, 3):
        bench["generate"].change_one_file(tmp_path, number)
        assert check(tmp_path, cached=False).findings == ()
        seen.add(path.read_text())
    assert len(seen) == 4


def test_other_tools_get_every_item_and_every_text(bench: Any, content: Any, tmp_path: Path) -> None:
    bench["generate"].write_doorstop(content, tmp_path / "doorstop")
    bench["generate"].write_needs(content, tmp_path / "needs")
    assert bench["peers"].doorstop_count(tmp_path / "doorstop") == 200
    pages = "".join(path.read_text() for path in (tmp_path / "needs").glob("*.rst"))
    assert pages.count("   :id: ") == 200
    for thing in content.things:
        written = yaml.safe_load((tmp_path / "doorstop" / thing.type.lower() / f"{thing.id}.yml").read_text())
        assert tuple(next(iter(link)) for link in written["links"]) == thing.parents
        for text in (*thing.text.splitlines(), *thing.details.values()):
            assert text in written["text"] and text in pages
    for script in content.scripts:
        written = yaml.safe_load((tmp_path / "doorstop" / script.stage.lower() / f"{script.id}.yml").read_text())
        for _, sentence in script.steps:
            assert sentence in written["text"] and sentence in pages


@pytest.mark.parametrize("power", [0.5, 1.0, 1.15, 2.0])
def test_growth_exponent_is_the_power_of_the_size(bench: Any, power: float) -> None:
    seconds = {size: 0.001 * size**power for size in (1_000, 10_000, 50_000)}
    assert math.isclose(bench["measure"].growth_exponent(seconds), power)


def test_cost_is_that_of_the_command_and_its_children(bench: Any, tmp_path: Path) -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(60_000_000)'], check=True)"
    cost = bench["measure"].cost_of(
        [sys.executable, "-c", child], folder=tmp_path, environment={}, output=tmp_path / "output.txt"
    )
    assert cost.processor_s > 0
    assert 60 < cost.peak_mb < 600


def test_command_that_fails_is_no_measurement(bench: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('not today')"]
    with pytest.raises(bench["measure"].RunFailed, match="not today"):
        bench["measure"].cost_of(command, folder=tmp_path, environment={}, output=tmp_path / "output.txt")


def test_report_says_what_was_missed_and_what_was_not_run(bench: Any) -> None:
    def costs(**seconds: float) -> dict[str, dict[str, float]]:
        return {
            name.replace("_", " "): {"processor_s": value, "quickest_s": value, "peak_mb": 50}
            for name, value in seconds.items()
        }

    results = {
        "date": "2026-03-01", "machine": {"processor": "P", "cores": 2, "system": "S", "python": "3.11"},
        "load_before": 1.5, "repetitions": 3, "versions": {"valgen": "1"},
        "check": {"10000": costs(cold=1.3, unchanged=0.4, one_file_changed=0.5)},
        "peers": {"Doorstop": {"10000": costs(cold=130)}}, "start": costs(valgen=0.3, click=0.1),
        "yardstick_s": [0.4, 0.5], "growth_exponent": {"all sizes": 0.9, "1,000 to 10,000": 1.2},
    }  # fmt: skip
    page = bench["report"].results_page(results)
    assert "| 10,000 items, cold | at most 1.2 s | 1.30 s | no |" in page
    assert "| 10,000 items, unchanged | at most 0.5 s | 0.40 s | yes |" in page
    assert "| 10,000 items, cold, beside Doorstop | 100 times faster | 100 times | yes |" in page
    assert "| growth exponent, worst of all spans | at most 1.15 | 1.20 | no |" in page
    assert "| 3.00 times | no |" in page
    assert "shared with other work" in page
    assert "OpenFastTrace: not run" in page
