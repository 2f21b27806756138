"""Try every fault of the disk and every modelled loss of power, and print the figures.

    python tools/faults.py                 all of them, some minutes
    python tools/faults.py --every 10      a sample
    python tools/faults.py --json          the figures as JSON

Ends with 1 when anything acknowledged was lost, a ledger could not be verified afterwards, or a broken protocol was
not caught. Needs Linux and strace.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HARNESS = ROOT / "tests/faults/harness.py"
POWER = ROOT / "tests/faults/power.py"
ACTS = ("append", "attach", "sign", "enrol", "recover", "found", "restore", "execute")
KINDS = ("KILL", "EIO", "ENOSPC", "EDQUOT", "EMFILE", "EROFS", "EINTR", "short", "short-ENOSPC", "short-KILL")
BROKEN = (
    ("append", "acknowledge before write"),
    ("append", "checkpoint before log"),
    ("append", "checkpoint in place"),
    ("attach", "blob after log"),
)


def _program(path: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, str(path), *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measure(every: int, jobs: int, power: bool) -> dict[str, Any]:
    """Try everything and return the figures."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        real = {
            (act, kind): pool.submit(_program, HARNESS, act, kind, f"--every={every}") for act in ACTS for kind in KINDS
        }
        broken = {
            (act, name): pool.submit(_program, HARNESS, act, "KILL", f"--protocol={name}") for act, name in BROKEN
        }
        modelled = pool.submit(_program, POWER, f"--every={every}") if power else None
        wrong = [one for task in real.values() for one in task.result()["wrong"]]
        by_kind: collections.Counter[str] = collections.Counter()
        for task in real.values():
            by_kind.update(task.result()["faults"])
        return {
            "acts": list(ACTS),
            "calls": sum(real[act, "KILL"].result()["calls"] for act in ACTS),
            "faults": dict(by_kind),
            "faults_total": sum(by_kind.values()),
            "wrong": wrong,
            "acknowledged_lost": sum("acknowledged" in one for one in wrong),
            "broken_protocols": {name: len(task.result()["wrong"]) for (_, name), task in broken.items()},
            "power": modelled.result() if modelled else None,
        }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="try every so-many-th fault and state")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-power", action="store_true", help="leave out the model of power loss")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.every, options.jobs, not options.no_power)
    power = found["power"]
    caught = all(found["broken_protocols"].values())
    if power:
        caught = caught and all(power["mutants"].values())
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        kinds = ", ".join(f"{kind} {count}" for kind, count in found["faults"].items())
        print(f"System calls of {', '.join(found['acts'])}: {found['calls']}")
        print(f"Faults tried: {found['faults_total']} ({kinds})")
        print(f"Wrong afterwards: {len(found['wrong'])}; acknowledged and lost: {found['acknowledged_lost']}")
        print(*(f"  {one}" for one in found["wrong"]), sep="\n", end="")
        for name, count in found["broken_protocols"].items():
            print(f"Broken protocol, {name}: caught at {count} calls")
        if power:
            print(f"States after loss of power: {power['states']}; inconsistent: {len(power['wrong'])}")
            print(*(f"  {one}" for one in power["wrong"]), sep="\n", end="")
            for name, count in power["mutants"].items():
                print(f"Missing sync, {name}: caught in {count} of {power['mutant_states'][name]} states")
    return 1 if found["wrong"] or (power and power["wrong"]) or not caught else 0


if __name__ == "__main__":
    sys.exit(main())
