"""Measure ``valgen build`` beside sphinx-needs and StrictDoc, and write RESULTS.md and results.json.

    python benchmarks/build/run.py                 everything; the tools beside take half an hour
    python benchmarks/build/run.py --no-peers      valgen alone; prints the page, writes nothing

Everything is measured in one run on one machine; projects, caches and the environment of the other tools lie under
build/bench-build. Nothing here passes or fails by a time: figures are for people to read.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# Content, project files and the measuring of one command are those of benchmarks/check.
sys.path[:0] = [str(HERE), str(HERE.parent / "check")]

import peers  # noqa: E402
from content import Content, make_content  # noqa: E402
from generate import change_one_file, write_needs, write_valgen  # noqa: E402
from measure import Cost, RunFailed, compile_packages, cost_of, machine, median  # noqa: E402
from report_build import results_page  # noqa: E402

from valgen import __version__  # noqa: E402

SITE_SIZE = 10_000
PACK_SIZE = 1_540  # 1,001 items and 539 test cases
REPETITIONS = 3
TABLE_SIZES = {"docx": (2_000, 20_000), "xlsx": (2_000, 20_000), "pdf": (3_000, 15_000)}

_YARDSTICK = "d = {}\nfor i in range(3_000_000): d[i % 1000] = str(i)"
_STEPS = '''"""Steps of every sentence: each records what it expected and saw."""

from pytest_bdd import given, parsers, then, when


@given(parsers.re(r"(?P<text>.+)"))
def prepared(text):
    pass


@when(parsers.re(r"(?P<text>.+)"))
def done(text, evidence):
    evidence.actual(f"done: {text}")


@then(parsers.re(r"(?P<text>.+)"))
def seen(text, evidence):
    evidence.expected(text)
    evidence.actual(f"seen: {text}")
    assert text
'''
Samples = dict[str, list[Cost]]


class Bench:
    """One run of the benchmark; every round measures everything once.

    Args:
        work: folder for everything that is written on the way.
        programs: programs of the other tools; None leaves them out.
        sizes: items and test cases together, of the site and of the pack.
    """

    def __init__(self, work: Path, programs: Path | None, sizes: tuple[int, int]) -> None:
        self.work = work
        self.programs = programs
        self.cache = work / "cache"
        self.output = work / "output.txt"
        self.site: Samples = {}
        self.pack: Samples = {}
        self.peers: dict[str, Samples] = {"sphinx-needs": {}, "StrictDoc": {}} if programs else {}
        self.tables: dict[str, list[dict[str, float]]] = {}
        self.yardstick: list[Cost] = []
        shutil.rmtree(work / "projects", ignore_errors=True)
        self.contents = {"site": make_content(sizes[0]), "pack": make_content(sizes[1])}
        for name, content in self.contents.items():
            write_valgen(content, self._folder(name))
        self._execute()
        if programs:
            write_needs(self.contents["site"], self._folder("sphinx-needs"))
            peers.write_strictdoc(self.contents["site"], self._folder("StrictDoc"))

    def round(self, number: int) -> None:
        """Measure everything once.

        Args:
            number: from 1; each round changes another statement of the file that is changed.
        """
        self.yardstick.append(self._run([sys.executable, "-c", _YARDSTICK], self.work))
        self._build("site", ("--format", "html"), self.site, number)
        self._build("pack", (), self.pack, number)
        for form, sizes in TABLE_SIZES.items():
            self.tables.setdefault(form, []).append(self._table(form, sizes))
        self.yardstick.append(self._run([sys.executable, "-c", _YARDSTICK], self.work))
        if self.programs:
            self._peer("sphinx-needs", peers.sphinx_needs(self.programs, self.work / "needs"), self.work / "needs")
            self._peer("StrictDoc", peers.strictdoc(self.programs, self.work / "strictdoc"), self.work / "strictdoc")

    def _execute(self) -> None:
        """Execute every test case of the pack once."""
        folder = self._folder("pack")
        steps = folder / "test_scripts" / "steps" / "any_steps.py"
        steps.parent.mkdir(parents=True, exist_ok=True)
        steps.write_text(_STEPS, encoding="utf-8")
        for stage in ("iq", "oq", "pq"):
            self._run([sys.executable, "-m", "valgen", "run", stage], folder)

    def _build(self, name: str, options: Sequence[str], samples: Samples, number: int) -> None:
        folder, out = self._folder(name), self.work / f"out-{name}"
        shutil.rmtree(self.cache, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
        for mode in ("cold", "unchanged", "one file changed"):
            if mode == "one file changed":
                change_one_file(folder, number)
            cost = self._run([sys.executable, "-m", "valgen", "build", *options, "--output", str(out)], folder)
            self._hold(out, self.contents[name])
            self._keep(samples, mode, cost, f"valgen {name}")

    def _hold(self, out: Path, content: Content) -> None:
        names = {one.id for one in (*content.things, *content.scripts)}
        found = peers.count_on_pages(out / "html", names)
        if found != len(names):
            raise RunFailed(f"the site holds {found} of {len(names)} ids")

    def _peer(self, name: str, command: list[str], build: Path) -> None:
        folder, samples = self._folder(name), self.peers[name]
        shutil.rmtree(build, ignore_errors=True)
        for mode in ("cold", "unchanged", "one file changed"):
            if mode == "one file changed":
                _change_peer_file(folder)
            cost = self._run(command, folder)
            self._keep(samples, mode, cost, name)
        names = {one.id for one in (*self.contents["site"].things, *self.contents["site"].scripts)}
        found = peers.count_on_pages(build, names)
        if found != len(names):
            raise RunFailed(f"{name}'s site holds {found} of {len(names)} ids")

    def _table(self, form: str, sizes: tuple[int, int]) -> dict[str, float]:
        """Return what one more row or page costs, and the memory of the larger file."""
        found = []
        for size in sizes:
            self._run([sys.executable, str(HERE / "tables.py"), form, str(size)], HERE)
            found.append(json.loads(self.output.read_text(encoding="utf-8")))
        small, large = found
        each = (large["seconds"] - small["seconds"]) / (large["units"] - small["units"])
        print(f"{form:22} {each * 1e6:12.1f} us a unit", file=sys.stderr)
        return {"each_s": each, "units": large["units"], "peak_mb": large["peak_bytes"] / 1e6}

    def _run(self, command: list[str], folder: Path) -> Cost:
        environment = {"VALGEN_CACHE": str(self.cache)}
        return cost_of(command, folder=folder, environment=environment, output=self.output)

    def _folder(self, name: str) -> Path:
        folder = self.work / "projects" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @staticmethod
    def _keep(samples: Samples, mode: str, cost: Cost, what: str) -> None:
        samples.setdefault(mode, []).append(cost)
        print(f"{what:22} {mode:22} {cost.processor_s:8.3f} s {cost.peak_mb:7.0f} MB", file=sys.stderr)


def _change_peer_file(folder: Path) -> None:
    """Change one statement of one file of user requirements."""
    path = next(path for path in sorted(folder.glob("urs-001.*")))
    text = path.read_text(encoding="utf-8")
    number = 1 + int((re.search(r"shall ([0-9]+) times let", text) or [0, 0])[1])
    path.write_text(
        re.sub(r"shall (?:[0-9]+ times )?let", f"shall {number} times let", text, count=1), encoding="utf-8"
    )


def measure(work: Path, repetitions: int, with_peers: bool, sizes: tuple[int, int]) -> dict[str, Any]:
    """Measure everything and return the content of results.json."""
    programs = peers.prepare_environment(work / "peers") if with_peers else None
    compile_packages()
    load_before = os.getloadavg()[0]
    bench = Bench(work, programs, sizes)
    for number in range(1, repetitions + 1):
        print(f"round {number} of {repetitions}", file=sys.stderr)
        bench.round(number)
    pack = bench.contents["pack"]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "load_before": round(load_before, 2),
        "repetitions": repetitions,
        "versions": {"valgen": __version__, **(peers.versions(programs) if programs else {})},
        "sizes": {"site": sizes[0], "items": len(pack.things), "cases": len(pack.scripts)},
        "site": _plain(bench.site),
        "pack": _plain(bench.pack),
        "peers": {name: _plain(samples) for name, samples in bench.peers.items()},
        "tables": {form: _middle(found) for form, found in bench.tables.items()},
        "yardstick_s": sorted(round(cost.processor_s, 3) for cost in bench.yardstick),
    }


def _plain(samples: Samples) -> dict[str, dict[str, float]]:
    """Return the median of each figure, and the quickest sample beside it."""
    found = {}
    for mode, costs in samples.items():
        middle = median(costs)
        found[mode] = {
            "processor_s": round(middle.processor_s, 3),
            "quickest_s": round(min(cost.processor_s for cost in costs), 3),
            "peak_mb": round(middle.peak_mb, 1),
        }
    return found


def _middle(found: list[dict[str, float]]) -> dict[str, float]:
    ordered = sorted(found, key=lambda one: one["each_s"])
    return {name: round(value, 9) for name, value in ordered[len(ordered) // 2].items()}


def main() -> int:
    """Run the benchmark and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="runs per figure; the median counts")
    parser.add_argument("--no-peers", action="store_true", help="measure valgen alone; writes no RESULTS.md")
    parser.add_argument("--site", type=int, default=SITE_SIZE, help="items and test cases of the site")
    parser.add_argument("--pack", type=int, default=PACK_SIZE, help="items and test cases of the pack")
    parser.add_argument("--work", type=Path, default=HERE.parents[1] / "build" / "bench-build", help="working folder")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    try:
        results = measure(
            options.work.resolve(), options.repetitions, not options.no_peers, (options.site, options.pack)
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
