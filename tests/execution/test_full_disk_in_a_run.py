"""A disk that is full, or fills up while a run goes on (integrity.md C-3, promise 6)."""

from __future__ import annotations

import collections
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from valgen.errors import ExecutionError
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log
from valgen.model.outcome import Outcome, RunState
from valgen.recorder import reserve
from valgen.recorder.reserve import KEPT_BYTES, LEAST_FREE_BYTES, Reserve
from valgen.records import run_summary

FEATURE = """
Feature: large
  @OQ-001
  Scenario: done
    Given a number
    Then the number is 3

  @OQ-002
  Scenario: fills the disk
    Given a number
    When it attaches more than there is room for
    Then the number is 3

  @OQ-003
  Scenario: later
    Given a number
    Then the number is 3
"""
FILL = """
import os
from pytest_bdd import when

@when("it attaches more than there is room for")
def _(evidence):
    fd = os.open("fills.bin", os.O_WRONLY | os.O_CREAT)
    size = 1 << 20
    while size:
        try:
            os.write(fd, bytes(size))
        except OSError:
            size //= 2  # down to the last byte
    os.close(fd)
    evidence.attach(os.urandom(5000), "evidence.bin")
    evidence.actual("everything was attached")
"""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Folder of a log that is open for writing."""
    folder = tmp_path / "dry"
    with Log.open_or_create(
        folder, origin="T1", now="2026-03-02T09:30:00.000Z", tool="valgen test", keystore=tmp_path / "keys"
    ):
        yield folder


@pytest.fixture
def small_box(box: object, request: pytest.FixtureRequest) -> Iterator[object]:
    """A project on a disk of its own, of so many megabytes as the test says."""
    if sys.platform != "linux":
        pytest.skip("needs a file system in memory")
    root = box.root  # type: ignore[attr-defined]
    size = f"size={request.param}m"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(root)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this account may not mount a file system")
    try:
        box.__init__(root, root.parent / "keys")  # type: ignore[misc]
        box.write("test_scripts/oq/large.feature", FEATURE)  # type: ignore[attr-defined]
        box.write("test_scripts/steps/fill.py", FILL)  # type: ignore[attr-defined]
        yield box
    finally:
        subprocess.run(["umount", "-l", str(root)], capture_output=True, check=True)


@pytest.mark.attack("C-3")
def test_a_disk_with_less_room_than_a_run_needs_refuses_it(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve.shutil, "disk_usage", lambda _: SimpleNamespace(free=LEAST_FREE_BYTES - 1))
    with pytest.raises(ExecutionError) as refusal:
        Reserve(log)
    assert refusal.value.code == "VG419" and "MB are free" in refusal.value.what
    assert not list((log / "tmp").iterdir())


@pytest.mark.attack("C-3")
def test_room_is_really_taken_and_given_free(log: Path) -> None:
    kept = Reserve(log)
    (file,) = (log / "tmp").iterdir()
    assert file.stat().st_size == KEPT_BYTES
    assert len(set(collections.Counter(file.read_bytes()).values())) > 10  # no zeros that a disk would not store
    if hasattr(file.stat(), "st_blocks"):
        assert file.stat().st_blocks * 512 >= KEPT_BYTES
    kept.release()
    kept.release()
    assert not list((log / "tmp").iterdir())


@pytest.mark.attack("C-3")
def test_a_quota_that_leaves_no_room_refuses_the_run_in_words(log: Path) -> None:
    class Full(reserve.Disk):
        def write(self, fd: int, data: bytes) -> None:
            super().write(fd, data[:100])
            raise OSError(122, "Disk quota exceeded")

    with pytest.raises(ExecutionError) as refusal:
        Reserve(log, disk=Full())
    assert refusal.value.code == "VG419" and "quota" in refusal.value.what
    assert not list((log / "tmp").iterdir())


@pytest.mark.attack("C-3")
def test_what_a_crash_left_of_the_room_is_cleared_away(log: Path, tmp_path: Path) -> None:
    left = tmp_path / "left"
    shutil.copytree(log, left, ignore=shutil.ignore_patterns("writer-*"))
    (left / "tmp/reserve-0123456789abcdef").write_bytes(bytes(100))
    with Log.open_or_create(
        left, origin="T1", now="2026-03-02T09:31:00.000Z", tool="valgen test", keystore=tmp_path / "keys"
    ):
        assert not list((left / "tmp").iterdir())
    assert verify_log(left, strict=True).ok


@pytest.mark.real
@pytest.mark.attack("C-3")
@pytest.mark.parametrize("small_box", [16], indirect=True)
def test_a_run_on_a_disk_with_little_room_is_refused_before_its_first_step(small_box) -> None:
    done = small_box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "VG419" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "run.started" not in [stored.kind for stored in read_log(small_box.dry)]


@pytest.mark.real
@pytest.mark.attack("C-3")
@pytest.mark.parametrize("small_box", [48], indirect=True)
def test_a_disk_that_fills_up_aborts_the_run_and_its_record_says_so(small_box) -> None:
    done = small_box.pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    run = small_box.run()
    assert run.state is RunState.ABORTED
    assert "records could not be written" in run.reason and "No space left" in run.reason
    # What was acknowledged before is kept; the case that found no room, and the one behind it, never pass.
    first = run.last_attempt("OQ-001")
    assert first is not None and first.outcome is Outcome.PASSED
    second = run.last_attempt("OQ-002")
    assert second is not None and second.outcome is Outcome.ABORTED
    counts = run_summary(run)
    assert (counts["planned"], counts["passed"], counts["aborted"], counts["not_executed"]) == (3, 1, 1, 1)
    # The abort is a record, signed by the recorder, on a disk that was full to its last page.
    ends = [stored.body for stored in read_log(small_box.dry) if stored.kind == "run.aborted"]
    assert [(end["run"], end["detected_by"]) for end in ends] == [("dry-0001", "recorder")]
    assert verify_log(small_box.dry).ok
    assert shutil.disk_usage(small_box.root).free <= KEPT_BYTES
