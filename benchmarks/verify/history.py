"""A formal history of any size: people, an approved protocol, an execution with runs, cases and steps, and reviews.

    python history.py FOLDER RECORDS       writes the ledger FOLDER/.valgen, without waiting for the medium

Every record is as valgen writes it: the keys are those of the tests, the words are made up. Cases have six steps; runs
hold 200 cases; a person of quality reviews the results after every run.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CASES_A_RUN = 200
STEPS = 6


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


sample: Any = _load("ledger_sample", ROOT / "tests/ledger/sample.py")
people: Any = _load("ledger_people", ROOT / "tests/ledger/people.py")


def write_history(base: Path, records: int) -> Any:
    """Write a ledger of about so many records and return its world; the log is closed."""
    world = people.World(base, lines_per_file=10_000)
    ada = world.person("ada.admin", "administrator")
    eve = world.person("eve.author", "author", by=ada)
    quinn = world.person("quinn.quality", "qa", by=ada)
    tom = world.person("tom.tester", "tester", by=ada)
    protocol = world.document("OQ", "1.0")
    eve.sign(protocol, "authored")
    quinn.sign(protocol)
    execution = world.open_execution(tom, protocol)
    while world.log.size < records:
        results = _run(world, execution, tom, records)
        quinn.review(execution, results)
    world.log.close()
    return world


def _run(world: Any, execution: str, tester: Any, records: int) -> list[str]:
    """Write one run and return the hashes of its results."""
    log = world.log
    names = tuple(f"OQ-{number:03d}" for number in range(1, CASES_A_RUN + 1))
    session = tester.statement()["session"]
    formal = {"mode": "formal", "execution": execution, "session": session, "tester": tester.id}
    started = log.start_run(sample.run_body(log, names, **formal), **world.stamp(tester.id))
    run = started.body["run"]
    results = []
    for name in names:
        if log.size >= records:
            break
        case = {"run": run, "case": name, "attempt": 1}
        log.append([people.Draft("case.started", {**case, "worker": "main"})], **world.stamp(tester.id))
        steps = [
            sample.step(number, run=run, case=name, expected=[f"value {number}"], actual=[f"value {number}"])
            for number in range(1, STEPS + 1)
        ]
        stored = log.append(steps, **world.stamp(tester.id))
        time = people.time(world.second)
        result = {
            **case, "outcome": "Passed", "message": "", "started": time, "finished": time, "executor": tester.id,
            "steps": [one.leaf for one in stored],
        }  # fmt: skip
        (kept,) = log.append([people.Draft("case.result", result)], **world.stamp(tester.id), durable=True)
        results.append(kept.leaf)
    summary = {"Passed": len(results)}
    finished = {"run": run, "summary": summary, "planned": len(names), "selected": len(names), "executed": len(results)}
    world.record("run.finished", finished, tester.id)
    return results


if __name__ == "__main__":
    print(write_history(Path(sys.argv[1]), int(sys.argv[2])).folder)
