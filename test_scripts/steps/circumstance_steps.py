"""What a computer says of itself, set otherwise for one scenario: its clock, the room on its disk; bits that rot.

Every Python of the bench reads a module first that changes what the system answers; the program knows nothing of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then

from .disturbing_steps import records
from .judge import equal, holds
from .people_steps import ledger
from .workbench import Workbench

_CLOCK = """
import time

real, real_ns = time.time, time.time_ns
time.time = lambda: real() - {seconds}
time.time_ns = lambda: real_ns() - {seconds} * 10**9
"""
_ROOM = """
import shutil

real = shutil.disk_usage
shutil.disk_usage = lambda path: real(path)._replace(free={free})
"""


@given(parsers.parse("the computer says that it is {days:d} days earlier"))
def _(bench: Workbench, days: int, evidence: Any) -> None:
    pretend(bench, _CLOCK.format(seconds=days * 86_400))
    evidence.actual(f"every process of the program gets a wall clock {days} days earlier, and the true monotonic one")


@given(parsers.parse("the computer says that {megabytes:d} MB are free on its disk"))
def _(bench: Workbench, megabytes: int, evidence: Any) -> None:
    pretend(bench, _ROOM.format(free=megabytes * 1_000_000))
    evidence.actual(f"every process of the program is told that {megabytes} MB are free")


@given("the computer says the truth again")
def _(bench: Workbench, evidence: Any) -> None:
    (bench.home / "circumstances" / "sitecustomize.py").unlink()
    evidence.actual("clock and disk are those of the computer")


@given("one bit of an attachment of the ledger flips")
def _(bench: Workbench, evidence: Any) -> None:
    files = sorted(path for path in (ledger(bench) / "blobs").rglob("*") if path.is_file())
    holds(evidence, "the ledger has attachments", len(files), bool(files))
    path = files[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    evidence.actual(f"{path.relative_to(ledger(bench))}, one bit in byte {len(data) // 2}")


@then(parsers.parse('the log of dry runs holds {count:d} records of the kind "{kind}"'))
def _(bench: Workbench, count: int, kind: str, evidence: Any) -> None:
    folder = bench.root / ".valgen" / "dry"
    found = [one for one in records(folder) if one["kind"] == kind] if folder.is_dir() else []
    equal(evidence, f"records of the kind {kind}", count, len(found))


def pretend(bench: Workbench, module: str) -> None:
    """Let every Python of the bench read a module before anything else."""
    folder: Path = bench.home / "circumstances"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(module, "utf-8")
    bench.prefer(folder)
