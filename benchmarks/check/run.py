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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import peers
from content import make_content
from generate import change_one_file, write_doorstop, write_needs, write_valgen
from measure import Cost, RunFailed, compile_packages, cost_of, growth_exponent, machine, median
from report import results_page

from valgen import __version__

HERE = Path(__file__).resolve().parent
SIZES = (1_000, 10_000, 50_000)
PEER_SIZES = (1_000, 10_000)
REPETITIONS = 3
STARTS_PER_ROUND = 5
Samples = dict[int, dict[str, list[Cost]]]

# A fixed piece of work of no interest: how much its time differs between rounds tells how evenly the machine ran.
_YARDSTICK = "d = {}\nfor i in range(3_000_000): d[i % 1000] = str(i)"
_SUMMARY = re.compile(r"([\d,]+) items, ([\d,]+) test cases: 0 errors, 0 warnings")


class Bench:
    """One run of the benchmark.

    Every round measures everything once, so that a busy minute of the machine spoils one sample of each figure and not
    all samples of one.

    Args:
        work: folder for everything that is written on the way.
        sizes: items and test cases together.
        programs: programs of the other tools; None leaves them out.
    """

    def __init__(self, work: Path, sizes: Sequence[int], programs: Path | None) -> None:
        self.work = work
        self.programs = programs
        self.cache = work / "cache"
        self.output = work / "output.txt"
        self.contents = {size: make_content(size) for size in sizes}
        self.check: Samples = {}
        self.peers: dict[str, Samples] = {"sphinx-needs": {}, "Doorstop": {}} if programs else {}
        self.start: dict[str, list[Cost]] = {}
        self.yardstick: list[Cost] = []
        shutil.rmtree(work / "projects", ignore_errors=True)
        for size, content in self.contents.items():
            write_valgen(content, self._folder("valgen", size))
            if programs and size in PEER_SIZES:
                write_needs(content, self._folder("sphinx-needs", size))
                write_doorstop(content, self._folder("Doorstop", size))
                self._run(peers.doorstop(programs), self._folder("Doorstop", size))

    def round(self, number: int) -> None:
        """Measure everything once.

        Args:
            number: from 1; each round changes another statement of the file that is changed.
        """
        self.measure_start()
        for size in self.contents:
            self.yardstick.append(self._run([sys.executable, "-c", _YARDSTICK], self.work))
            self.measure_check(size, number)
        for size in self.contents if self.programs else ():
            if size in PEER_SIZES:
                self.measure_sphinx_needs(size)
                self.measure_doorstop(size)

    def measure_check(self, size: int, number: int) -> None:
        """Measure valgen cold, unchanged, and with one file changed."""
        folder, samples = self._folder("valgen", size), self.check.setdefault(size, {})
        shutil.rmtree(self.cache, ignore_errors=True)
        for mode in ("cold", "unchanged", "one file changed"):
            if mode == "one file changed":
                change_one_file(folder, number)
            cost = self._run([sys.executable, "-m", "valgen", "check"], folder)
            told = _SUMMARY.search(self.output.read_text(encoding="utf-8"))
            counted = tuple(int(figure.replace(",", "")) for figure in told.groups()) if told else ()
            if counted != (len(self.contents[size].things), len(self.contents[size].scripts)):
                raise RunFailed(f"valgen check did not look at everything, or found mistakes: {counted}")
            self._keep(samples, mode, cost, f"valgen {size:,}")

    def measure_sphinx_needs(self, size: int) -> None:
        """Measure the JSON builder of sphinx-needs, cold and with nothing changed."""
        folder, build = self._folder("sphinx-needs", size), self.work / "needs-build"
        samples = self.peers["sphinx-needs"].setdefault(size, {})
        shutil.rmtree(build, ignore_errors=True)
        for mode in ("cold", "unchanged"):
            cost = self._run(peers.sphinx_needs(self._programs(), build), folder)
            self._keep(samples, mode, cost, f"sphinx-needs {size:,}")
        (version,) = json.loads((build / "needs.json").read_text(encoding="utf-8"))["versions"].values()
        if len(version["needs"]) != size:
            raise RunFailed("needs.json does not hold every need")

    def measure_doorstop(self, size: int) -> None:
        """Measure the validation by Doorstop, as documented and without rewriting files."""
        folder, samples = self._folder("Doorstop", size), self.peers["Doorstop"].setdefault(size, {})
        if peers.doorstop_count(folder) != size:
            raise RunFailed("Doorstop's folder does not hold every item")
        commands = {"cold": peers.doorstop, "cold, --no-reformat": peers.doorstop_without_rewriting}
        for mode, command in commands.items():
            self._keep(samples, mode, self._run(command(self._programs()), folder), f"Doorstop {size:,}")

    def measure_start(self) -> None:
        """Measure ``valgen --help`` and the import of click alone, in turns."""
        for _ in range(STARTS_PER_ROUND):
            own = self._run([sys.executable, "-m", "valgen", "--help"], self.work)
            click = self._run([sys.executable, "-c", "import click"], self.work)
            self.start.setdefault("valgen --help", []).append(own)
            self.start.setdefault("python -c 'import click'", []).append(click)

    def _run(self, command: list[str], folder: Path) -> Cost:
        environment = {"VALGEN_CACHE": str(self.cache)}
        return cost_of(command, folder=folder, environment=environment, output=self.output)

    def _programs(self) -> Path:
        if self.programs is None:
            raise RunFailed("the other tools were left out")
        return self.programs

    def _folder(self, name: str, size: int) -> Path:
        folder = self.work / "projects" / f"{name}-{size}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @staticmethod
    def _keep(samples: dict[str, list[Cost]], mode: str, cost: Cost, what: str) -> None:
        samples.setdefault(mode, []).append(cost)
        print(f"{what:22} {mode:22} {cost.processor_s:8.3f} s {cost.peak_mb:7.0f} MB", file=sys.stderr)


def measure(work: Path, repetitions: int, sizes: Sequence[int], with_peers: bool) -> dict[str, Any]:
    """Measure everything and return the content of results.json."""
    programs = peers.prepare_environment(work / "peers") if with_peers else None
    compile_packages()
    load_before = os.getloadavg()[0]
    bench = Bench(work, sizes, programs)
    for number in range(1, repetitions + 1):
        print(f"round {number} of {repetitions}", file=sys.stderr)
        bench.round(number)
    cold = {size: median(samples["cold"]).processor_s for size, samples in bench.check.items()}
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "load_before": round(load_before, 2),
        "repetitions": repetitions,
        "versions": {"valgen": __version__, **(peers.versions(programs) if programs else {})},
        "check": {str(size): _plain(samples) for size, samples in bench.check.items()},
        "peers": {
            name: {str(size): _plain(samples) for size, samples in found.items()} for name, found in bench.peers.items()
        },
        "start": _plain(bench.start),
        "yardstick_s": sorted(round(cost.processor_s, 3) for cost in bench.yardstick),
        "growth_exponent": _exponents(cold),
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


def _plain(samples: dict[str, list[Cost]]) -> dict[str, dict[str, float]]:
    """Return the median of each figure, and the quickest sample beside it."""
    found = {}
    for mode, costs in samples.items():
        middle = median(costs)
        found[mode] = {
            "processor_s": round(middle.processor_s, 4),
            "quickest_s": round(min(cost.processor_s for cost in costs), 4),
            "peak_mb": round(middle.peak_mb, 1),
        }
    return found


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
