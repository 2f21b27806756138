"""Flip every bit of every file of a sealed ledger and ask both verifiers each time.

    python tools/flips.py                  the small ledger of tools/write_fail_packs.py
    python tools/flips.py --every 50       a sample

Prints how many flips were tried, by kind of file, how many each verifier noticed, and how often the two disagreed.
Ends with 1 when a flip was not noticed or they disagreed. A flip in a file that decides about git alone counts as well.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import functools
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _kind(name: str) -> str:
    first = name.partition("/")[0]
    return {"log": "records", "blobs": "attachments"}.get(first, name)


def flip(share: int, shares: int, every: int) -> dict[str, list[int]]:
    """Flip one share of the bits.

    Returns:
        For each kind of file: tried, noticed by valgen, noticed by the verifier that stands alone, disagreements.
    """
    from valgen.ledger import heads, keys, record
    from valgen.ledger.verify import verify_log
    from valgen.verifier import verifier_path

    maker: Any = _load("write_fail_packs", ROOT / "tools/write_fail_packs.py")
    alone: Any = _load("verifier_of_flips", verifier_path())
    # Remember which signatures held, on both sides: it depends on nothing but their bytes.
    remembered = functools.lru_cache(maxsize=100_000)(keys.verify_signature)
    record.verify_signature = remembered  # type: ignore[attr-defined]
    heads.verify_signature = remembered  # type: ignore[attr-defined]
    alone.signature_holds = functools.lru_cache(maxsize=100_000)(alone.signature_holds)
    files = dict(maker.small().files())
    found: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=room) as base:
        folder = Path(base)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        if not verify_log(folder).ok or alone.look(base, "", False).problems:
            raise RuntimeError("the ledger does not verify as it is")
        number = 0
        for name, data in sorted(files.items()):
            for at in range(len(data)):
                for bit in range(8):
                    number += 1
                    if number % every or number // every % shares != share:
                        continue
                    (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
                    own, other = not verify_log(folder).ok, bool(alone.look(base, "", False).problems)
                    row = found[_kind(name)]
                    for place, fact in enumerate((True, own, other, own != other)):
                        row[place] += fact
            (folder / name).write_bytes(data)
    return dict(found)


def main() -> int:
    """Flip, in several processes, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="flip every so-many-th bit")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    total: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for part in pool.map(flip, range(options.jobs), [options.jobs] * options.jobs, [options.every] * options.jobs):
            for name, row in part.items():
                total[name] = [before + more for before, more in zip(total[name], row, strict=True)]
    whole = [sum(column) for column in zip(*total.values(), strict=True)]
    if options.json:
        print(json.dumps({"kinds": total, "all": whole}))
    else:
        for name, (tried, own, other, apart) in [*sorted(total.items()), ("all", whole)]:
            print(f"{name}: {tried} bits flipped, noticed by valgen {own}, by valgen_verify.py {other}, apart {apart}")
    return 0 if whole[0] == whole[1] == whole[2] and not whole[3] else 1


if __name__ == "__main__":
    sys.exit(main())
