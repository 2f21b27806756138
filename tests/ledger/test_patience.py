"""A disk that hangs, and a log that grows large (integrity.md C-7)."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from valgen.errors import ExecutionError
from valgen.ledger import merkle
from valgen.ledger.durable import Disk
from valgen.ledger.patience import Patience
from valgen.ledger.record import Draft
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log

NOW = "2026-03-02T09:30:00.000Z"
STAMP = {"time": NOW, "mono": 1, "boot": "boot-1", "actor": "tester"}


class Hanging(Disk):
    """A disk whose syncs do not come back before they are let go."""

    def __init__(self) -> None:
        self.hangs = False
        self.reached, self.go_on = threading.Event(), threading.Event()

    def sync(self, fd: int) -> None:
        if self.hangs:
            self.reached.set()
            assert self.go_on.wait(60)
        super().sync(fd)


def anomaly(number: int) -> Draft:
    return Draft("clock.anomaly", {"previous_time": NOW, "previous_mono": number, "jump_ms": 2000})


def opened(folder: Path, **more: Any) -> Log:
    return Log.open_or_create(
        folder / "dry", origin="T1", now=NOW, tool="valgen test", keystore=folder / "keys", **more
    )


@pytest.mark.attack("C-7")
def test_a_disk_that_hangs_is_waited_for_with_notice_and_nothing_is_acknowledged_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C-7: one notice, no acknowledgement, and everything is there once the disk answers."""
    patience, told = Patience(0.01), threading.Event()
    words: list[str] = []
    patience.tell_with(lambda text: (words.append(text), told.set())[0])
    disk, acknowledged = Hanging(), threading.Event()
    with opened(tmp_path, disk=disk) as log:
        monkeypatch.setattr("valgen.ledger.folder.PATIENCE", patience)  # from here on, so that only the hang is told
        disk.hangs = True

        def work() -> None:
            log.append([anomaly(1)], **STAMP, durable=True)  # type: ignore[arg-type]
            acknowledged.set()

        writer = threading.Thread(target=work)
        writer.start()
        assert disk.reached.wait(60) and told.wait(60)
        time.sleep(0.05)  # several looks of the watching thread: it tells once
        assert len(words) == 1 and str(tmp_path / "dry") in words[0] and "still waiting" in words[0]
        assert not acknowledged.is_set()
        assert len(list(read_log(tmp_path / "dry"))) <= 2  # readers do not wait
        disk.hangs = False
        disk.go_on.set()
        writer.join()
        assert acknowledged.is_set()
    assert verify_log(tmp_path / "dry").ok
    assert [one.kind for one in read_log(tmp_path / "dry")] == ["genesis", "clock.anomaly"]


@pytest.mark.attack("C-7", "C-5")
def test_who_waits_for_somebody_that_does_not_let_go_gets_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C-7: another process hangs with the lock in its hands; the wait is bounded and ends in words."""
    monkeypatch.setattr("valgen.ledger.lock.Lock.acquire.__kwdefaults__", {"tries": 3})
    with opened(tmp_path) as log, opened(tmp_path) as other:
        other._lock.try_acquire()
        with pytest.raises(ExecutionError) as refusal:
            log.append([anomaly(1)], **STAMP)  # type: ignore[arg-type]
        assert refusal.value.code == "VG520" and "suspended process" in refusal.value.fix
        other._lock.release()
        log.append([anomaly(1)], **STAMP)  # type: ignore[arg-type]
    assert verify_log(tmp_path / "dry").ok


def test_quick_waits_are_not_told() -> None:
    patience = Patience(0.02)
    words: list[str] = []
    patience.tell_with(words.append)
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        with patience.waiting("the disk"):
            pass
    assert words == []


@pytest.mark.attack("C-7")
def test_appending_costs_hashes_by_the_logarithm_of_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """C-7: counted, at sizes up to a million, those with the most peaks among them."""
    real = merkle.hashlib.sha256
    counted = 0

    def sha256(data: bytes) -> Any:
        nonlocal counted
        counted += 1
        return real(data)

    edge, size, total = merkle.Edge(), 1_000_000, 0
    for number in range(size):
        if number & (number + 1) == 0 or number & (number - 1) == 0 or number == size - 1:
            monkeypatch.setattr(merkle.hashlib, "sha256", sha256)
            edge.append(bytes(32))
            edge.root()
            monkeypatch.undo()
            assert counted <= 2 * math.log2(number + 1) + 1, number
            total, counted = total + counted, 0
        else:
            edge.append(bytes(32))
    assert total > 100
    assert len(edge._peaks) == size.bit_count()
