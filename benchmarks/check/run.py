"""Measure ``valgen check`` at several sizes, beside Doorstop and sphinx-needs, and write RESULTS.md and results.json.

    python benchmarks/check/run.py                 everything; the tools beside take a quarter of an hour
    python benchmarks/check/run.py --no-peers      valgen alone, two minutes

Everything is measured in one run on one machine; projects, caches and the environment of the other tools lie under
build/bench-check. Nothing here passes or fails by a time: figures are for people to read.
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
import os
import re
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import peers
from content import Content, make_content
from generate import change_one_file, write_doorstop, write_needs, write_valgen
from measure import Cost, RunFailed, cost_of, growth_exponent, machine, median
from report import results_page

HERE = Path(__file__).resolve().parent
SIZES = (1_000, 10_000, 50_000)
PEER_SIZES = (1_000, 10_000)
REPETITIONS = 3
START_REPETITIONS = 15
_SUMMARY = re.compile(r"([\d,]+) items, ([\d,]+) test cases: 0 errors, 0 warnings")


class Bench:
    """One run of the benchmark.

    Args:
        work: folder for everything that is written on the way.
        repetitions: runs per figure.
    """

    def __init__(self, work: Path, repetitions: int) -> None:
        self.work = work
        self.repetitions = repetitions
        self.cache = work / "cache"
        self.output = work / "output.txt"
        self.valgen = [sys.executable, "-m", "valgen", "check"]

    def check(self, size: int, content: Content) -> dict[str, Cost]:
        """Measure cold, unchanged and one file changed."""
        folder = self._fresh("valgen")
        write_valgen(content, folder)
        costs: dict[str, list[Cost]] = {"cold": [], "unchanged": [], "one file changed": []}
        for number in range(1, self.repetitions + 1):
            shutil.rmtree(self.cache, ignore_errors=True)
            costs["cold"].append(self._check(folder, content))
            costs["unchanged"].append(self._check(folder, content))
            change_one_file(folder, number)
            costs["one file changed"].append(self._check(folder, content))
        return self._told(f"valgen {size:,}", costs)

    def doorstop(self, size: int, content: Content, programs: Path) -> dict[str, Cost]:
        """Measure the validation by Doorstop."""
        folder = self._fresh("doorstop")
        write_doorstop(content, folder)
        self._run(peers.doorstop(programs), folder)
        commands = {"cold": peers.doorstop, "cold, --no-reformat": peers.doorstop_without_rewriting}
        costs = {
            name: [self._run(command(programs), folder) for _ in range(self.repetitions)]
            for name, command in commands.items()
        }
        if peers.doorstop_count(folder) != size:
            raise RunFailed("Doorstop's folder does not hold every item")
        return self._told(f"Doorstop {size:,}", costs)

    def sphinx_needs(self, size: int, content: Content, programs: Path) -> dict[str, Cost]:
        """Measure the JSON builder of sphinx-needs, cold and with nothing changed."""
        folder, build = self._fresh("sphinx-needs"), self.work / "needs-build"
        write_needs(content, folder)
        costs: dict[str, list[Cost]] = {"cold": [], "unchanged": []}
        for _ in range(self.repetitions):
            shutil.rmtree(build, ignore_errors=True)
            costs["cold"].append(self._run(peers.sphinx_needs(programs, build), folder))
            costs["unchanged"].append(self._run(peers.sphinx_needs(programs, build), folder))
        (version,) = json.loads((build / "needs.json").read_text(encoding="utf-8"))["versions"].values()
        if len(version["needs"]) != size:
            raise RunFailed("needs.json does not hold every need")
        return self._told(f"sphinx-needs {size:,}", costs)

    def start(self) -> dict[str, Cost]:
        """Measure ``valgen --help`` and the import of click alone, in turns."""
        commands = {
            "valgen --help": [sys.executable, "-m", "valgen", "--help"],
            "python -c 'import click'": [sys.executable, "-c", "import click"],
        }
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(START_REPETITIONS):
            for name, command in commands.items():
                costs[name].append(self._run(command, self.work))
        return self._told("start", costs)

    def _check(self, folder: Path, content: Content) -> Cost:
        cost = self._run(self.valgen, folder)
        told = _SUMMARY.search(self.output.read_text(encoding="utf-8"))
        counted = tuple(int(number.replace(",", "")) for number in told.groups()) if told else ()
        if counted != (len(content.things), len(content.scripts)):
            raise RunFailed(f"valgen check did not look at everything, or found mistakes: {counted}")
        return cost

    def _run(self, command: list[str], folder: Path) -> Cost:
        environment = {"VALGEN_CACHE": str(self.cache)}
        return cost_of(command, folder=folder, environment=environment, output=self.output)

    def _fresh(self, name: str) -> Path:
        folder = self.work / "projects" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _told(self, what: str, costs: dict[str, list[Cost]]) -> dict[str, Cost]:
        medians = {name: median(some) for name, some in costs.items()}
        for name, cost in medians.items():
            print(f"{what:22} {name:26} {cost.processor_s:8.3f} s {cost.peak_mb:7.0f} MB", file=sys.stderr)
        return medians


def measure(work: Path, repetitions: int, sizes: tuple[int, ...], with_peers: bool) -> dict[str, Any]:
    """Measure everything and return the content of results.json."""
    load_before = os.getloadavg()[0]
    bench = Bench(work, repetitions)
    programs = peers.prepare_environment(work / "peers") if with_peers else None
    check: dict[int, dict[str, Cost]] = {}
    others: dict[str, dict[int, dict[str, Cost]]] = {"Doorstop": {}, "sphinx-needs": {}} if programs else {}
    start = bench.start()
    for size in sizes:
        content = make_content(size)
        check[size] = bench.check(size, content)
        if programs and size in PEER_SIZES:
            others["sphinx-needs"][size] = bench.sphinx_needs(size, content, programs)
            others["Doorstop"][size] = bench.doorstop(size, content, programs)
    growth = _exponents({size: costs["cold"].processor_s for size, costs in check.items()})
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "load_before": round(load_before, 2),
        "repetitions": repetitions,
        "versions": {"valgen": _version(), **(peers.versions(programs) if programs else {})},
        "check": {str(size): _plain(costs) for size, costs in check.items()},
        "peers": {name: {str(size): _plain(costs) for size, costs in found.items()} for name, found in others.items()},
        "start": _plain(start),
        "growth_exponent": growth,
    }


def _exponents(cold: dict[int, float]) -> dict[str, float]:
    """Return the exponent over all sizes, and from each size to the next."""
    if len(cold) < 2:
        return {}
    sizes = sorted(cold)
    found = {"all sizes": round(growth_exponent(cold), 3)}
    for size, larger in itertools.pairwise(sizes):
        pair = {size: cold[size], larger: cold[larger]}
        found[f"{size:,} to {larger:,}"] = round(growth_exponent(pair), 3)
    return found


def _plain(costs: dict[str, Cost]) -> dict[str, dict[str, float]]:
    return {name: {key: round(value, 4) for key, value in asdict(cost).items()} for name, cost in costs.items()}


def _version() -> str:
    from valgen import __version__

    return __version__


def main() -> int:
    """Run the benchmark and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="items and test cases together")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="runs per figure; the median counts")
    parser.add_argument("--no-peers", action="store_true", help="measure valgen alone; writes no RESULTS.md")
    parser.add_argument("--work", type=Path, default=HERE.parents[1] / "build" / "bench-check", help="working folder")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    try:
        results = measure(
            options.work.resolve(), options.repetitions, tuple(sorted(options.sizes)), not options.no_peers
        )
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 1
    if options.no_peers:
        print(results_page(results))
        return 0
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "RESULTS.md").write_text(results_page(results), encoding="utf-8")
    print(f"written: {HERE / 'RESULTS.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
