"""Measure ``valgen verify`` on formal histories and the rate of durable appends, and write RESULTS.md and results.json.

    python benchmarks/verify/run.py                    everything, some minutes
    python benchmarks/verify/run.py --sizes 5000       another history; prints the page, writes nothing
    python benchmarks/verify/run.py --large 1000000    one very large history, once; an hour. Changes only its own table

Histories are written once without waiting for the medium and then verified as a user does, in a new process. Appends
are measured beside plain appends of lines as long to a file, each made to last, in turns on the same disk. Nothing here
passes or fails by a time: figures are for people to read.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# The measuring of one command is that of benchmarks/check.
sys.path[:0] = [str(HERE), str(HERE.parent / "check")]

from history import people, write_history  # noqa: E402
from measure import Cost, RunFailed, compile_packages, cost_of, growth_exponent, machine, median  # noqa: E402
from report_verify import results_page  # noqa: E402

from valgen import __version__  # noqa: E402
from valgen.ledger.durable import DISK  # noqa: E402
from valgen.verifier import verifier_path  # noqa: E402

SIZES = (25_000, 50_000, 100_000)
REPETITIONS = 3
APPENDS = 300

_YARDSTICK = "d = {}\nfor i in range(3_000_000): d[i % 1000] = str(i)"


def verification(work: Path, sizes: tuple[int, ...], repetitions: int) -> dict[str, Any]:
    """Return the cost of verifying histories of each size, by valgen and by the file that stands alone."""
    found: dict[str, Any] = {}
    for size in sizes:
        folder = work / f"history-{size}"
        if not (folder / "written").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            write_history(folder, size)
            (folder / "written").touch()
        ledger = folder / ".valgen"
        records = sum(path.read_bytes().count(b"\n") for path in (ledger / "log").iterdir())
        commands = {
            "valgen verify": [sys.executable, "-m", "valgen", "verify", str(ledger), "--no-memory"],
            "valgen_verify.py": [sys.executable, str(verifier_path()), str(ledger)],
        }
        row: dict[str, Any] = {
            "records": records,
            "megabytes": sum(path.stat().st_size for path in (ledger / "log").iterdir()) / 1e6,
        }
        for name, command in commands.items():
            costs = [_run(command, work) for _ in range(repetitions)]
            middle = median(costs)
            quickest = min(one.processor_s for one in costs)
            row[name] = {"processor_s": middle.processor_s, "quickest_s": quickest, "peak_mb": middle.peak_mb}
            print(f"{records:8} {name:18} {middle.processor_s:7.2f} s {middle.peak_mb:6.0f} MB", file=sys.stderr)
        found[str(size)] = row
    return found


def large(work: Path, size: int, count: int, *, small: int = 10_000) -> dict[str, Any]:
    """Return what opening, appending to and verifying a very large history takes, beside a small one."""
    rows = []
    for records in (small, size):
        found = verification(work, (records,), 1)[str(records)]
        command = [sys.executable, str(HERE / "appending.py"), str(work / f"history-{records}"), str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RunFailed(f"appending.py ended with {done.returncode}: {done.stderr[-500:]}")
        rows.append({**found, "appended": json.loads(done.stdout)})
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    return {"date": date, "appends": count, "load": round(os.getloadavg()[0], 2), "rows": rows}


def appends(work: Path, repetitions: int, count: int) -> dict[str, Any]:
    """Return the rates of durable appends to a ledger and to a plain file, measured in turns."""
    rates: dict[str, list[float]] = {"ledger": [], "plain file": [], "ledger, a case of eight records": []}
    for _ in range(repetitions):
        base = work / "appends"
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        world = people.World(base, disk=DISK, lines_per_file=10_000)
        failed = {"account": "", "source": "vault-val", "reason": "credentials"}
        start = time.perf_counter()
        for _ in range(count):
            world.log.append([people.Draft("login.failed", failed)], **world.stamp("valgen"), durable=True)
        rates["ledger"].append(count / (time.perf_counter() - start))
        line = len(next((world.folder / "log").iterdir()).read_bytes().splitlines()[-1]) + 1
        start = time.perf_counter()
        for _ in range(count // 8):
            drafts = [people.Draft("login.failed", failed)] * 8
            world.log.append(drafts, **world.stamp("valgen"), durable=True)
        rates["ledger, a case of eight records"].append(count // 8 * 8 / (time.perf_counter() - start))
        world.log.close()
        rates["plain file"].append(_plain(base / "plain", b"x" * (line - 1) + b"\n", count))
    return {name: {"rate": statistics.median(found), "all": sorted(found)} for name, found in rates.items()}


def _plain(path: Path, line: bytes, count: int) -> float:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        start = time.perf_counter()
        for _ in range(count):
            os.write(fd, line)
            os.fsync(fd)
        return count / (time.perf_counter() - start)
    finally:
        os.close(fd)


def _run(command: list[str], work: Path) -> Cost:
    return cost_of(command, folder=work, environment={"VALGEN_CACHE": str(work / "cache")}, output=work / "output.txt")


def measure(work: Path, sizes: tuple[int, ...], repetitions: int, count: int) -> dict[str, Any]:
    """Measure everything and return the content of results.json."""
    compile_packages()
    load_before = os.getloadavg()[0]
    yardstick = [_run([sys.executable, "-c", _YARDSTICK], work)]
    verified = verification(work, sizes, repetitions)
    yardstick.append(_run([sys.executable, "-c", _YARDSTICK], work))
    rates = appends(work, repetitions, count)
    yardstick.append(_run([sys.executable, "-c", _YARDSTICK], work))
    seconds = {row["records"]: row["valgen verify"]["processor_s"] for row in verified.values()}
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "load_before": round(load_before, 2),
        "repetitions": repetitions,
        "valgen": __version__,
        "verify": verified,
        "growth": growth_exponent(seconds) if len(seconds) > 1 else None,
        "appends": rates,
        "appends_counted": count,
        "yardstick_s": sorted(round(one.processor_s, 3) for one in yardstick),
    }


def main() -> int:
    """Run the benchmark and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", help="records of the histories, with commas between; writes no RESULTS.md")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="runs per figure; the median counts")
    parser.add_argument("--appends", type=int, default=APPENDS, help="appends per round")
    parser.add_argument("--large", type=int, help="records of one very large history; changes only its own table")
    parser.add_argument("--work", type=Path, default=HERE.parents[1] / "build" / "bench-verify", help="working folder")
    options = parser.parse_args()
    sizes = tuple(int(size) for size in options.sizes.split(",")) if options.sizes else SIZES
    options.work.mkdir(parents=True, exist_ok=True)
    kept = json.loads((HERE / "results.json").read_text("utf-8")) if (HERE / "results.json").exists() else {}
    try:
        if options.large:
            results = {**kept, "large": large(options.work.resolve(), options.large, options.appends)}
        else:
            results = measure(options.work.resolve(), sizes, options.repetitions, options.appends)
            results |= {"large": kept["large"]} if "large" in kept else {}
    except RunFailed as error:
        print(error, file=sys.stderr)
        return 1
    if options.sizes:
        print(results_page(results))
        return 0
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "RESULTS.md").write_text(results_page(results), encoding="utf-8")
    print(f"written: {HERE / 'RESULTS.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
