"""A disk that is really full: the act is refused in words and nothing acknowledged is lost (integrity.md C-2, C-3).

The disk is a file system in memory of a few hundred kilobytes, where this account may mount one.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from valgen.errors import ExecutionError
from valgen.ledger.record import Draft
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log

TESTS = Path(__file__).parents[1]


@pytest.fixture
def people() -> Any:
    for name, file in (("ledger_sample", "sample.py"), ("ledger_people", "people.py")):
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, TESTS / "ledger" / file)
            if spec is None or spec.loader is None:
                raise ImportError(file)
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
    return sys.modules["ledger_people"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk with room for 192 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip("needs a file system in memory")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this account may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], capture_output=True, check=True)


def test_a_full_disk_is_answered_in_words_and_loses_nothing_acknowledged(small_disk: Path, people: Any) -> None:
    world = people.World(small_disk, lines_per_file=50)
    world.log.close()
    options = {"project": "S3V", "now": people.time(500), "keystore": world.keystore(1), "boot": "boot-2"}
    told: list[str] = []
    with pytest.raises(ExecutionError) as refusal:
        log = Log.open_ledger(world.folder, **options)
        for number in range(5_000):
            body = {"account": "", "source": f"n-{number}", "reason": "credentials"}
            stamp = {"time": people.time(500), "mono": number, "boot": "boot-2", "actor": "valgen"}
            (stored,) = log.append([Draft("login.failed", body)], **stamp, durable=True)
            told.append(stored.leaf)
            if number % 20 == 0:
                log.put_blob(bytes([number % 251]) * 4096)
    assert refusal.value.code in ("VG521", "VG524")
    log.close()
    there = [stored.leaf for stored in read_log(world.folder)]
    assert len(told) > 10
    assert there[1 : len(told) + 1] == told
    # Room is made, as the message says, and everything goes on.
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], capture_output=True, check=True)
    again = Log.open_ledger(world.folder, **options)
    body = {"account": "", "source": "afterwards", "reason": "credentials"}
    again.append([Draft("login.failed", body)], time=people.time(600), mono=1, boot="boot-3", actor="valgen")
    again.close()
    assert verify_log(world.folder).problems == ()
    assert [stored.leaf for stored in read_log(world.folder)][1 : len(told) + 1] == told
