"""Loss of power in every modelled state, counted (integrity.md §6.2, C-4).

    python tests/faults/power.py --deep 7

The model is that of ``tests/ledger/test_power_loss.py``; here every subset of the latest unsynced entries is tried.
The last line of the output is JSON: states tried, what was wrong, and for each missing sync in how many states it was
caught.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

LEDGER = Path(__file__).resolve().parents[1] / "ledger"


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


sample: Any = _load("ledger_sample", LEDGER / "sample.py")
_load("ledger_people", LEDGER / "people.py")
ledgers: Any = _load("ledger_power_loss", LEDGER / "test_ledger_power_loss.py")
model: Any = ledgers.power


def _quick_signatures() -> None:
    """Remember which signatures held; it depends on nothing but their bytes."""
    from valgen.ledger import heads, keys, record

    remembered = functools.lru_cache(maxsize=None)(keys.verify_signature)
    record.verify_signature = remembered
    heads.verify_signature = remembered


def explore(deep: int, every: int) -> dict[str, Any]:
    """Try the states of a log of runs and of a ledger, and each missing sync."""
    _quick_signatures()
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    mutants = [
        model.NoSync, model.NoFolderSync, model.NoSyncOfRecords, model.NoSyncOfTemporaries,
        model.NoFolderSyncOfRecords, model.NoFolderSyncOfBlobs,
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(dir=room) as base:
        keystore = sample.make_keys(Path(base) / "keys")

        def run(name: str, how: Any, make: Any, **options: Any) -> tuple[int, list[str]]:
            folder = Path(base) / name
            folder.mkdir()
            given = (folder, keystore, make) if how is model else (folder, make)
            return how.explore(*given, **options)  # type: ignore[no-any-return]

        tried, wrong = run("dry", model, model.JournalDisk, deep=deep, every=every)
        more, others = run("ledger", ledgers, model.JournalDisk, deep=deep, every=every)
        caught = {one.__name__: run(one.__name__, model, one, every=every) for one in mutants}
        caught["NoSyncOfTheRoot"] = run("root", ledgers, ledgers.NoSyncOfTheRoot)
    return {
        "states": tried + more,
        "wrong": [*wrong, *others],
        "mutants": {name: len(found) for name, (_, found) in caught.items()},
        "mutant_states": {name: count for name, (count, _) in caught.items()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deep", type=int, default=7)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(explore(options.deep, options.every)))
