"""Flip every bit of every file of a sealed ledger, or of a sealed pack, and ask both verifiers each time.

    python tools/flips.py                  the small ledger of tools/write_fail_packs.py
    python tools/flips.py --pack           the pack with this ledger: its documents, evidence and manifest
    python tools/flips.py --every 50       a sample, spread evenly

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
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = "evidence/ledger/"


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _kind(name: str) -> str:
    place = name.removeprefix(EVIDENCE)
    first = place.partition("/")[0]
    found = {"log": "records", "blobs": "attachments", "pdf": "documents"}.get(first, place)
    return f"evidence: {found}" if name.startswith(EVIDENCE) else found


def _verifiers(pack: bool) -> tuple[Callable[[Path], bool], Callable[[Path], bool]]:
    """Return valgen and the verifier that stands alone: each tells whether a folder verifies."""
    from valgen.ledger import heads, keys, record
    from valgen.ledger.verify import verify_log
    from valgen.verifier import verifier_path
    from valgen.workflow.verify import Given, verify

    alone: Any = _load("verifier_of_flips", verifier_path())
    # Remember which signatures held, on both sides: it depends on nothing but their bytes.
    remembered = functools.lru_cache(maxsize=100_000)(keys.verify_signature)
    record.verify_signature = remembered  # type: ignore[attr-defined]
    heads.verify_signature = remembered  # type: ignore[attr-defined]
    alone.signature_holds = functools.lru_cache(maxsize=100_000)(alone.signature_holds)
    given = Given(remember=False)
    if pack:
        return (
            lambda folder: verify(folder, folder, given).ok,
            lambda folder: not alone.look(folder, "", False).problems,
        )
    return lambda folder: verify_log(folder).ok, lambda folder: not alone.look(folder, "", False).problems


def flip(share: int, shares: int, every: int, pack: bool) -> dict[str, list[int]]:
    """Flip one share of the bits.

    Returns:
        For each kind of file: tried, noticed by valgen, noticed by the verifier that stands alone, disagreements.
    """
    maker: Any = _load("write_fail_packs", ROOT / "tools/write_fail_packs.py")
    own_verifier, other_verifier = _verifiers(pack)
    files = dict(maker.small().files())
    files = maker.pack(files) if pack else files
    found: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=room) as base:
        folder = Path(base)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        if not own_verifier(folder) or not other_verifier(folder):
            raise RuntimeError("what is to be altered does not verify as it is")
        number = 0
        for name, data in sorted(files.items()):
            for at in range(len(data)):
                for bit in range(8):
                    number += 1
                    if number % every or number // every % shares != share:
                        continue
                    (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
                    own, other = not own_verifier(folder), not other_verifier(folder)
                    row = found[_kind(name)]
                    for place, fact in enumerate((True, own, other, own != other)):
                        row[place] += fact
            (folder / name).write_bytes(data)
    return dict(found)


def main() -> int:
    """Flip, in several processes, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pack", action="store_true", help="flip the bits of a pack, not of a ledger alone")
    parser.add_argument("--every", type=int, default=1, help="flip every so-many-th bit")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    total: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    jobs = options.jobs
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        shares = pool.map(flip, range(jobs), [jobs] * jobs, [options.every] * jobs, [options.pack] * jobs)
        for part in shares:
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
