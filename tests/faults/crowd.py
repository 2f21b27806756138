"""Many processes append to one ledger at once (integrity.md C-5).

    python tests/faults/crowd.py 16 500

Every process writes its records one by one, each durable before the next, and notes the hash of each that was
acknowledged. Afterwards every record is there once, the numbers have no gap, and the ledger verifies. The last line of
the output is JSON with the figures.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from valgen.ledger.record import Draft
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log

HERE = Path(__file__).resolve()
_SECOND = 600


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_load("ledger_sample", HERE.parents[1] / "ledger/sample.py")
people: Any = _load("ledger_people", HERE.parents[1] / "ledger/people.py")


def write(base: Path, number: int, count: int) -> None:
    """Append ``count`` records, as writer ``number``, and note what was acknowledged."""
    while not (base / "go").exists():
        time.sleep(0.001)
    now = people.time(_SECOND)
    log = Log.open_ledger(base / ".valgen", project="S3V", now=now, keystore=base / "keys-1", boot=f"boot-{number}")
    with (base / f"told-{number}").open("w", encoding="ascii") as told:
        for k in range(count):
            draft = Draft("login.failed", {"account": "", "source": f"{number}-{k}", "reason": "credentials"})
            stamp = {"time": now, "mono": k, "boot": f"boot-{number}", "actor": "valgen"}
            (stored,) = log.append([draft], **stamp, durable=True)  # type: ignore[arg-type]
            told.write(f"{stored.seq} {stored.leaf}\n")
            told.flush()
    log.close()


def crowd(base: Path, processes: int, count: int) -> dict[str, Any]:
    """Let processes append at once; return figures and what is wrong.

    Args:
        base: empty folder for the ledger.
        processes: how many.
        count: records of each.
    """
    world = people.World(base, lines_per_file=1000)
    world.log.close()
    before = world.log.size
    path = os.pathsep.join(entry for entry in sys.path if entry)
    started = [
        subprocess.Popen(
            [sys.executable, str(HERE), "--write", str(base), str(number), str(count)],
            env={**os.environ, "PYTHONPATH": path},
        )
        for number in range(processes)
    ]
    (base / "go").touch()
    codes = [process.wait() for process in started]
    told = [line.split() for number in range(processes) for line in (base / f"told-{number}").read_text().splitlines()]
    records = list(read_log(base / ".valgen"))
    there = {(str(one.seq), one.leaf) for one in records}
    words = [one.body["source"] for one in records[before:]]
    report = verify_log(base / ".valgen", strict=True)
    return {
        "processes": processes,
        "appends": processes * count,
        "acknowledged": len(told),
        "failed_processes": sum(code != 0 for code in codes),
        "lost": sum((seq, leaf) not in there for seq, leaf in told),
        "repeated": len(words) - len(set(words)),
        "gaps": sum(one.seq != at for at, one in enumerate(records)),
        "not_acknowledged": len(words) - len(told),
        "problems": [f"{one.code} {one.message}" for one in report.problems],
        "records": report.records,
    }


def main() -> int:
    """Run the crowd, or be one of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("processes", type=int, nargs="?", default=16)
    parser.add_argument("count", type=int, nargs="?", default=500)
    parser.add_argument("--write", nargs=3, metavar=("FOLDER", "NUMBER", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        folder, number, count = options.write
        write(Path(folder), int(number), int(count))
        return 0
    with tempfile.TemporaryDirectory() as base:
        found = crowd(Path(base), options.processes, options.count)
    print(json.dumps(found))
    wrong = ("failed_processes", "lost", "repeated", "gaps", "not_acknowledged", "problems")
    return 1 if any(found[name] for name in wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
