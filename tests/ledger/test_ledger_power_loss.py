"""What a ledger acknowledged survives loss of power: its making, an enrolment, a signature (integrity.md C-1, C-4)."""

from __future__ import annotations

import importlib.util
import itertools
import shutil
import sys
from pathlib import Path
from types import ModuleType

import ledger_people as people
import pytest
from ledger_people import World

from valgen.errors import ValgenError
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log


def _model() -> ModuleType:
    """Return the model of power loss, which stands beside its tests for logs of dry runs."""
    spec = importlib.util.spec_from_file_location("ledger_power", Path(__file__).parent / "test_power_loss.py")
    if spec is None or spec.loader is None:
        raise ImportError("test_power_loss")
    module = importlib.util.module_from_spec(spec)
    sys.modules["ledger_power"] = module
    spec.loader.exec_module(module)
    return module


power = _model()


@pytest.mark.usefixtures("quick_signatures")
def test_a_ledger_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    tried, wrong = explore(tmp_path, power.JournalDisk)
    assert wrong == []
    assert tried > 300


class NoSyncOfTheRoot(power.JournalDisk):  # type: ignore[misc,name-defined]
    """Forgets to sync what becomes root.json."""

    def write_file(self, temporary: Path, target: Path, data: bytes, mode: int = 0o666) -> None:
        if target.name == "root.json":
            fd = self.create(temporary, mode)
            self.write(fd, data)
            self.close(fd)
            self.replace(temporary, target)
        else:
            super().write_file(temporary, target, data, mode)


@pytest.mark.usefixtures("quick_signatures")
def test_a_missing_sync_of_the_root_is_caught_by_the_model(tmp_path: Path) -> None:
    _, wrong = explore(tmp_path, NoSyncOfTheRoot)
    assert wrong != []


def explore(tmp_path: Path, make: type, *, stop: bool = False, every: int = 2, deep: int = 0) -> tuple[int, list[str]]:
    """Try crashes of an enrolment and a signature; return how many and what went wrong."""
    root = tmp_path / "real"
    root.mkdir()
    disk = make(root)
    world = World(tmp_path / "keys", disk=disk, lines_per_file=4, folder=root / ".valgen")
    acknowledged = [(0, 0), (len(disk.journal), world.log.size)]
    write = world.write

    def noted(*given, **options):  # type: ignore[no-untyped-def]
        stored = write(*given, **options)
        disk.journal.append(("done",))
        acknowledged.append((len(disk.journal), world.log.size))
        return stored

    world.write = noted  # type: ignore[method-assign]
    ada = world.person("ada.admin", "administrator", "author")
    ada.sign(world.document(), role="author")
    world.log.close()
    leaves = [stored.leaf for stored in read_log(root / ".valgen")]
    wrong = []
    tried = 0
    for number, (end, name, medium) in enumerate(power.crashes(disk.journal, deep=deep)):
        if number % every:
            continue
        tried += 1
        folder = tmp_path / "crash"
        medium.put(folder)
        size = max(size for place, size in acknowledged if place <= end)
        lost = survived(world, folder / ".valgen", leaves[:size])
        if lost:
            wrong.append(f"crash before {end} ({name}): {lost}")
            if stop:
                break
        shutil.rmtree(folder)
    return tried, wrong


def survived(world: World, folder: Path, leaves: list[str]) -> str:
    """Recover after a crash; return what was lost or is wrong, or an empty text."""
    options = {"project": "S3V", "now": people.time(900), "keystore": world.keystore(1), "disk": people.QUICK}
    try:
        try:
            log = Log.open_ledger(folder, **options)  # type: ignore[arg-type]
        except ValgenError as error:
            if error.code != "VG563" or leaves:
                return error.what
            log = Log.create_ledger(
                folder,
                root_keys=world.roots,
                threshold=1,
                single_administrator=False,
                tool="valgen",
                **options,  # type: ignore[arg-type]
            )
        kept = [stored.leaf for stored in itertools.islice(read_log(folder), len(leaves))]
        failed = {"account": "", "source": "", "reason": "credentials"}
        log.append([people.Draft("login.failed", failed)], time=people.time(901), mono=1, boot="boot-2", actor="valgen")
        log.close()
    except ValgenError as error:
        return error.what
    report = verify_log(folder)
    if kept != leaves:
        return f"acknowledged records are lost: {len(kept)} of {len(leaves)}"
    return "" if report.ok else str(report.problems[0])
