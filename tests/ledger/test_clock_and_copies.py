"""Clocks that jump and copies made while somebody writes (integrity.md C-8, C-10, C-11, C-12)."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import ledger_people as people
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_people import Draft, World

from valgen.ledger.registry_book import microseconds
from valgen.ledger.store import read_log
from valgen.ledger.verify import verify_log
from valgen.recorder.clock import Moment


def failed(word: str) -> Draft:
    return Draft("login.failed", {"account": "", "source": word, "reason": "credentials"})


# C-8


def test_a_copy_made_while_somebody_writes_is_byte_for_byte_what_was_there(tmp_path: Path) -> None:
    """C-8: hot copies at random moments; each opens, verifies, and is the beginning of the live ledger."""
    world = World(tmp_path, lines_per_file=8)
    stop = threading.Event()
    copies = []

    def copy() -> None:
        for number in itertools.count():
            if stop.is_set() or number == 60:
                return
            target = tmp_path / f"copy-{number}"
            target.mkdir()
            # As programs for backup do: file after file, what changes last is read first.
            for name in (
                "checkpoint",
                "checkpoints.jsonl",
                "root.json",
                ".gitattributes",
                ".gitignore",
                "log",
                "blobs",
            ):
                source = world.folder / name
                if source.is_dir():
                    shutil.copytree(source, target / name)
                elif source.exists():
                    shutil.copy(source, target / name)
            copies.append(target)
            time.sleep(0.001)

    helper = threading.Thread(target=copy)
    helper.start()
    for number in range(60):
        world.write([failed(f"n-{number}")], "valgen", keep=number % 7 == 0)
    stop.set()
    helper.join()
    world.log.close()
    live = [stored.leaf for stored in read_log(world.folder)]
    for target in copies:
        kept = target / "checkpoint"
        sealed = int(kept.read_text("utf-8").splitlines()[1])
        log = people.Log.open_ledger(
            target, project="S3V", now=people.time(900), keystore=world.keystore(1), boot="boot-9", disk=people.QUICK
        )
        log.close()
        report = verify_log(target)
        assert report.problems == (), target.name
        restored = [stored.leaf for stored in read_log(target)]
        assert restored[:sealed] == live[:sealed]
    assert copies


class CopyingDisk(people.QUICK.__class__):  # type: ignore[misc,name-defined]
    """Copies the ledger before every so-many-th operation that changes it."""

    def __init__(self, ledger: Path, copies: Path, every: int) -> None:
        self.ledger, self.copies, self.every = ledger, copies, every
        self.operations = 0
        self.made: list[Path] = []

    def _copy(self) -> None:
        self.operations += 1
        if self.operations % self.every == 0 and (self.ledger / "checkpoint").exists():
            target = self.copies / f"{self.operations:06d}"
            shutil.copytree(self.ledger, target, ignore=shutil.ignore_patterns("lock"))
            self.made.append(target)

    def create(self, path: Path, mode: int = 0o666) -> int:
        self._copy()
        return super().create(path, mode)  # type: ignore[no-any-return]

    def write(self, fd: int, data: bytes) -> None:
        self._copy()
        super().write(fd, data)

    def replace(self, source: Path, target: Path) -> None:
        self._copy()
        super().replace(source, target)

    def sync(self, fd: int) -> None:
        self._copy()

    def sync_folder(self, path: Path) -> None:
        self._copy()


def copied(tmp_path: Path, every: int, acts: int) -> int:
    """Copy a ledger between the operations of writing; open and verify every copy; return how many there were."""
    disk = CopyingDisk(tmp_path / "w/.valgen", tmp_path / "copies", every)
    world = World(tmp_path / "w", lines_per_file=8, disk=disk)
    ada = world.person("ada.admin", "administrator", "author")
    for number in range(acts):
        if number % 10 == 5:
            ada.sign(world.document("URS", f"{number}.0"), role="author")
        world.write([failed(f"n-{number}")], "valgen", keep=number % 7 == 0)
    world.log.close()
    live = [stored.leaf for stored in read_log(world.folder)]
    for target in disk.made:
        sealed = int((target / "checkpoint").read_text("utf-8").splitlines()[1])
        log = people.Log.open_ledger(
            target, project="S3V", now=people.time(900), keystore=world.keystore(1), boot="boot-9", disk=people.QUICK
        )
        log.close()
        assert verify_log(target).problems == (), target.name
        assert [stored.leaf for stored in read_log(target)][:sealed] == live[:sealed]
        shutil.rmtree(target)
    return len(disk.made)


@pytest.mark.usefixtures("quick_signatures")
def test_a_copy_made_between_any_two_operations_is_restored_to_what_was_sealed(tmp_path: Path) -> None:
    """C-8, every so-many-th operation."""
    assert copied(tmp_path, every=17, acts=30) > 10


@pytest.mark.real
@pytest.mark.usefixtures("quick_signatures")
def test_a_thousand_copies_made_while_somebody_writes_are_restored_to_what_was_sealed(tmp_path: Path) -> None:
    """C-8, every operation."""
    assert copied(tmp_path, every=1, acts=100) >= 1000


def test_records_of_a_restored_copy_read_as_those_of_the_live_ledger(tmp_path: Path) -> None:
    """C-8: the audit trail of both is the same, byte for byte, up to the copy."""
    world = World(tmp_path / "live")
    ada = world.person("ada.admin", "administrator")
    world.log.close()
    shutil.copytree(world.folder, tmp_path / "copy")
    world.reopen()
    ada.open_session()
    world.log.close()
    before = b"".join(path.read_bytes() for path in sorted((tmp_path / "copy/log").iterdir()))
    after = b"".join(path.read_bytes() for path in sorted((world.folder / "log").iterdir()))
    assert after.startswith(before) and len(after) > len(before)


# C-10, C-12


@pytest.mark.parametrize("second", [-10 * 365 * 86400, -3600, -1, 0, 1, 3600, 10 * 365 * 86400])
def test_a_clock_that_jumps_changes_no_order_and_refuses_no_record(tmp_path: Path, second: int) -> None:
    """C-10, C-12: records stand in the order in which they were written, whatever the clock says; both times show."""
    world = World(tmp_path)
    world.write([failed("before")], "valgen")
    there = world.second
    world.second = there + second
    world.write([failed("after")], "valgen", mono=1000 * there + 1)
    world.second = there + 2
    world.write([failed("back again")], "valgen", mono=1000 * there + 2)
    world.log.close()
    report = verify_log(world.folder)
    assert report.problems == ()
    stored = list(read_log(world.folder))
    assert [one.body["source"] for one in stored if one.kind == "login.failed"] == ["before", "after", "back again"]
    assert [one.seq for one in stored] == list(range(len(stored)))
    monos = [one.body["mono"] for one in stored]
    assert monos == sorted(monos)  # what the wall clock says against this is to be seen in the records themselves


@given(st.integers(0, 253_402_300_799_999), st.integers(-(10**12), 10**12))
def test_a_movement_of_the_wall_clock_is_told_whatever_its_size(wall: int, jump: int) -> None:
    """C-10: one second to thirty years, forwards and backwards, over the ends of 2038 and 9999."""
    before = Moment(wall, 5_000)
    after = Moment(wall + 700 + jump, 5_700)
    assert after.jump_since(before) == jump


# C-11


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs time zones of the process")
@pytest.mark.parametrize("name", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
def test_time_in_a_record_is_the_same_in_every_zone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-11: the hour that comes twice, the one that never comes, a day left out, 2038 and 9999."""
    moments = [0, 1_761_440_400_000, 1_761_444_000_000, 1_743_296_400_000, 1_325_203_200_000, 2_147_483_648_000]
    moments += [253_402_300_799_999, *range(1_761_436_800_000, 1_761_451_200_000, 900_000)]
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    plain = [Moment(wall, 0).text for wall in moments]
    monkeypatch.setenv("TZ", name)
    time.tzset()
    try:
        assert [Moment(wall, 0).text for wall in moments] == plain
        assert [microseconds(text) for text in plain] == [
            microseconds("1970-01-01T00:00:00Z") + wall * 1000 for wall in moments
        ]
    finally:
        monkeypatch.undo()
        os.environ.setdefault("TZ", "")
        if not os.environ["TZ"]:
            del os.environ["TZ"]
        time.tzset()


def test_order_of_times_holds_over_every_change_of_zone_until_2037() -> None:
    """C-11: two records an hour apart keep their order over every hour that comes twice, in every zone."""
    import datetime

    zones = sorted(available_timezones())[::12]
    assert len(zones) > 20
    for name in zones:
        zone = ZoneInfo(name)
        start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        texts = []
        before = None
        for day in range(0, 68 * 365, 5):
            moment = start + datetime.timedelta(days=day)
            offset = moment.astimezone(zone).utcoffset()
            if offset != before:
                wall = int(moment.timestamp() * 1000)
                texts += [Moment(wall + step, 0).text for step in (-3_600_000, -1, 0, 1, 3_600_000) if wall + step >= 0]
                before = offset
        values = [microseconds(text) for text in texts]
        assert values == sorted(values)
        assert texts == sorted(texts)
