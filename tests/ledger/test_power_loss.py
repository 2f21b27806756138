"""What was acknowledged survives loss of power at every moment (integrity.md C-1, C-4, §6.2).

The model does everything for real and keeps a journal. From it, the state of the disk after a crash is made again:
what was synced is there; of what was not synced, each part may be there or not, torn, or replaced by zeros; a rename
may be there without the data."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ledger_sample as sample
import pytest

from valgen.errors import ValgenError, VerificationError
from valgen.ledger.durable import Disk
from valgen.ledger.store import Draft, read_log
from valgen.ledger.verify import verify_log


class JournalDisk(sample.QuickDisk):  # type: ignore[misc,name-defined]
    """Does everything on the real disk, without syncing, and writes down what a real disk was told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.journal: list[tuple[Any, ...]] = []
        self._nodes = itertools.count(1)
        self._names: dict[str, int] = {}
        self._open: dict[int, int] = {}

    def _rel(self, path: Path) -> str:
        return os.path.relpath(path, self.root)

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        new = not path.exists()
        super().make_folder(path, mode)
        if new:
            self.journal.append(("name", self._rel(path), None, "folder"))

    def create(self, path: Path, mode: int = 0o666) -> int:
        fd = super().create(path, mode)
        node = next(self._nodes)
        self._names[self._rel(path)] = node
        self._open[fd] = node
        self.journal.append(("name", self._rel(path), None, node))
        return fd

    def open_append(self, path: Path) -> int:
        fd = super().open_append(path)
        self._open[fd] = self._names[self._rel(path)]
        return fd

    def write(self, fd: int, data: bytes) -> None:
        at = os.fstat(fd).st_size
        super().write(fd, data)
        self.journal.append(("write", self._open[fd], at, data))

    def sync(self, fd: int) -> None:
        self.journal.append(("sync", self._open[fd]))

    def close(self, fd: int) -> None:
        self._open.pop(fd)
        super().close(fd)

    def truncate(self, path: Path, size: int) -> None:
        os.truncate(path, size)
        self.journal.append(("cut", self._names[self._rel(path)], size))
        self.journal.append(("sync", self._names[self._rel(path)]))

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        node = self._names.pop(self._rel(source))
        self._names[self._rel(target)] = node
        self.journal.append(("name", self._rel(target), self._rel(source), node))

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._names.pop(self._rel(path))
        self.journal.append(("name", self._rel(path), None, 0))

    def sync_folder(self, path: Path) -> None:
        self.journal.append(("sync names", self._rel(path)))

    def load(self) -> None:
        """Take note of what lies under the root already, as durable."""
        for path in sorted(self.root.rglob("*")):
            if path.is_dir():
                self.journal.append(("name", self._rel(path), None, "folder"))
            else:
                node = next(self._nodes)
                self._names[self._rel(path)] = node
                self.journal += [("name", self._rel(path), None, node), ("write", node, 0, path.read_bytes())]
                self.journal.append(("sync", node))
        folders = {Path(entry[1]).parent.as_posix() for entry in self.journal if entry[0] == "name"}
        self.journal += [("sync names", folder) for folder in folders]


@dataclass
class Medium:
    """Contents and names that a crash left."""

    content: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)

    def do(self, entry: tuple[Any, ...], form: str = "whole") -> None:
        match entry:
            case ("write", node, at, data):
                file = self.content.setdefault(node, bytearray())
                if form == "torn":
                    data = data[: len(data) // 2]
                elif form == "first byte":
                    data = data[:1]
                elif form == "all but the last byte":
                    data = data[:-1]
                elif form == "zeros":
                    data = bytes(len(data))
                file.extend(bytes(max(0, at - len(file))))
                file[at : at + len(data)] = data
            case ("cut", node, size):
                del self.content.setdefault(node, bytearray())[size:]
            case ("name", target, source, what):
                if source is not None and self.names.get(source) == what:
                    del self.names[source]
                if what == 0:
                    self.names.pop(target, None)
                else:
                    self.names[target] = what

    def put(self, folder: Path) -> None:
        """Write the state below a folder; what hangs on a missing folder is lost."""
        folder.mkdir()
        for name, what in sorted(self.names.items()):
            path = folder / name
            if not path.parent.is_dir():
                continue
            if what == "folder":
                path.mkdir()
            else:
                path.write_bytes(bytes(self.content.get(what, b"")))


def crashes(journal: list[tuple[Any, ...]], first: int = 0, deep: int = 0) -> Iterator[tuple[int, str, Medium]]:
    """Yield states of the disk after a crash before each entry of the journal, bounded.

    Args:
        journal: what the disk was told.
        first: entry to begin with.
        deep: of how many of the latest unsynced entries every subset is tried, and writes are torn at more places.
    """
    for end in range(first, len(journal) + 1):
        if end and journal[end - 1][0] in ("sync", "sync names", "done") and end != len(journal):
            continue  # no new state: the crash before the next change shows it
        past = journal[:end]
        open_entries = []
        for k, entry in enumerate(past):
            later = past[k + 1 :]
            if entry[0] in ("write", "cut"):
                safe = ("sync", entry[1]) in later
            elif entry[0] == "name":
                safe = ("sync names", Path(entry[1]).parent.as_posix()) in later
            else:
                continue
            if not safe:
                open_entries.append(k)
        choices: dict[str, dict[int, str]] = {
            "none of the unsynced": {},
            "all": dict.fromkeys(open_entries, "whole"),
        }
        for k in open_entries[-12:]:
            choices[f"all but {k}"] = {other: "whole" for other in open_entries if other != k}
            choices[f"only {k}"] = {k: "whole"}
            if past[k][0] == "write":
                choices[f"{k} torn"] = {**dict.fromkeys(open_entries, "whole"), k: "torn"}
                choices[f"{k} zeros"] = {**dict.fromkeys(open_entries, "whole"), k: "zeros"}
        if deep:
            choices |= _more_choices(past, open_entries, deep)
        seen = []
        for name, chosen in choices.items():
            if chosen in seen:
                continue
            seen.append(chosen)
            medium = Medium()
            for k, entry in enumerate(past):
                if k in chosen:
                    medium.do(entry, chosen[k])
                elif k not in open_entries:
                    medium.do(entry)
            yield end, name, medium


def _more_choices(past: list[tuple[Any, ...]], open_entries: list[int], deep: int) -> dict[str, dict[int, str]]:
    """Return every subset of the latest unsynced entries, and each of their writes torn where other parts are lost."""
    recent = open_entries[-deep:]
    older = dict.fromkeys(open_entries[:-deep], "whole")
    choices = {}
    for kept in itertools.product((False, True), repeat=len(recent)):
        subset = [k for k, there in zip(recent, kept, strict=True) if there]
        whole = {**older, **dict.fromkeys(subset, "whole")}
        choices[f"subset {subset}"] = whole
        for k in subset:
            if past[k][0] == "write":
                for form in ("torn", "zeros", "first byte", "all but the last byte"):
                    choices[f"subset {subset}, {k} {form}"] = {**whole, k: form}
    return choices


def acts(folder: Path, keystore: Path, disk: Disk, done: Callable[[int, list[str]], None]) -> None:
    """Make a log, run, append, commit; ``done`` is called with what was acknowledged."""
    log = sample.open_log(folder, keystore, disk=disk, lines_per_file=3)
    done(log.size, [])
    body = sample.run_body(log)
    log.start_run(body, **sample.stamp(1))
    blobs = [body["plan"]["sha256"], body["facts"]["sha256"]]
    done(log.size, blobs)
    log.append([sample.step(1)], **sample.stamp(2))
    shot = log.put_blob(b"shot")
    attachment = {"id": "OQ-001-2-1", "name": "shot.png", "media_type": "image/png", **shot.as_dict()}
    log.append([sample.step(2, attachments=[attachment]), sample.step(3)], **sample.stamp(3))
    log.commit()
    blobs = [*blobs, shot.sha256]
    done(log.size, blobs)
    aborted = {"run": "dry-0001", "reason": "x" * 20_000, "detected_by": "recorder"}
    stored = log.append([Draft("run.aborted", aborted)], **sample.stamp(4))
    log.commit(keep=True)
    done(log.size, [*blobs, stored[0].body["reason"]["sha256"]])
    log.close()


def survived(folder: Path, keystore: Path, size: int, blobs: list[str], leaves: list[str]) -> str:
    """Recover after a crash; return what was lost or is wrong, or an empty text."""
    try:
        with sample.open_log(folder, keystore, now=sample.time(60), lines_per_file=3) as log:
            report = verify_log(folder)
            if report.problems and not all(p.code == "VG509" for p in report.problems):
                return f"after opening: {report.problems[0]}"
            kept = [stored.leaf for stored in itertools.islice(read_log(folder), size)]
            if kept != leaves[:size]:
                return f"acknowledged records are lost: {len(kept)} of {size}"
            for blob in blobs:
                log.read_blob(blob)
            log.append(
                [Draft("clock.anomaly", {"previous_time": sample.time(1), "previous_mono": 0, "jump_ms": 5})],
                **sample.stamp(61),
            )
    except ValgenError as error:
        return error.what
    report = verify_log(folder)
    return "" if report.ok else f"after continuing: {report.problems[0]}"


def explore(
    tmp_path: Path,
    keystore: Path,
    make: Callable[[Path], JournalDisk] = JournalDisk,
    *,
    stop: bool = False,
    every: int = 1,
    deep: int = 0,
) -> tuple[int, list[str]]:
    """Try the crashes of ``acts``; return how many and what went wrong."""
    root = tmp_path / "real"
    root.mkdir()
    disk = make(root)
    acknowledged: list[tuple[int, int, list[str]]] = [(0, 0, [])]

    def done(size: int, blobs: list[str]) -> None:
        disk.journal.append(("done",))
        acknowledged.append((len(disk.journal), size, blobs))

    acts(root / "dry", keystore, disk, done)
    leaves = [stored.leaf for stored in read_log(root / "dry")]
    wrong: list[str] = []
    tried = 0
    for number, (end, name, medium) in enumerate(crashes(disk.journal, deep=deep)):
        if number % every:
            continue
        tried += 1
        folder = tmp_path / "crash"
        medium.put(folder)
        _, size, blobs = max(entry for entry in acknowledged if entry[0] <= end)
        if lost := survived(folder / "dry", keystore, size, blobs, leaves):
            wrong.append(f"crash before {end} ({name}): {lost}")
            if stop:
                break
        shutil.rmtree(folder)
    return tried, wrong


@pytest.mark.usefixtures("quick_signatures")
def test_what_was_acknowledged_survives_loss_of_power(tmp_path: Path, keystore: Path) -> None:
    tried, wrong = explore(tmp_path, keystore, every=3)
    assert wrong == []
    assert tried > 200


@pytest.mark.real
@pytest.mark.usefixtures("quick_signatures")
def test_what_was_acknowledged_survives_loss_of_power_in_every_modelled_state(tmp_path: Path, keystore: Path) -> None:
    tried, wrong = explore(tmp_path, keystore)
    assert wrong == []
    assert tried > 600


class NoSync(JournalDisk):
    def sync(self, fd: int) -> None:
        pass


class NoFolderSync(JournalDisk):
    def sync_folder(self, path: Path) -> None:
        pass


class NoSyncOfRecords(JournalDisk):
    """As if the checkpoint were written before the records are on the medium."""

    def sync(self, fd: int) -> None:
        if not any(
            name.startswith(str(Path("dry/log"))) and node == self._open[fd] for name, node in self._names.items()
        ):
            super().sync(fd)


class NoSyncOfTemporaries(JournalDisk):
    """As if blobs and checkpoints were renamed before their content is on the medium."""

    def sync(self, fd: int) -> None:
        if not any(
            name.startswith(str(Path("dry/tmp"))) and node == self._open[fd] for name, node in self._names.items()
        ):
            super().sync(fd)


class NoFolderSyncOfRecords(JournalDisk):
    def sync_folder(self, path: Path) -> None:
        if path.name != "log":
            super().sync_folder(path)


class NoFolderSyncOfBlobs(JournalDisk):
    def sync_folder(self, path: Path) -> None:
        if path.parent.name != "blobs":
            super().sync_folder(path)


@pytest.mark.usefixtures("quick_signatures")
@pytest.mark.parametrize(
    "mutant", [NoSync, NoFolderSync, NoSyncOfRecords, NoSyncOfTemporaries, NoFolderSyncOfRecords, NoFolderSyncOfBlobs]
)
def test_a_missing_sync_is_caught_by_the_model(tmp_path: Path, keystore: Path, mutant: type[JournalDisk]) -> None:
    _, wrong = explore(tmp_path, keystore, mutant, stop=True)
    assert wrong != []


@pytest.mark.usefixtures("quick_signatures")
def test_a_crash_during_recovery_loses_nothing_and_leaves_nothing_unsaid(tmp_path: Path, keystore: Path) -> None:
    root = tmp_path / "real"
    root.mkdir()
    acts(root / "dry", keystore, sample.QUICK, lambda size, blobs: None)
    leaves = [stored.leaf for stored in read_log(root / "dry")]
    path = sorted((root / "dry/log").iterdir())[-1]
    torn = b'{"body":{"actor":"tester'
    path.write_bytes(path.read_bytes() + torn)
    shutil.rmtree(root / "dry/lock")
    (root / "dry/lock").mkdir()
    disk = JournalDisk(root)
    disk.load()
    start = len(disk.journal)
    sample.open_log(root / "dry", keystore, now=sample.time(30), disk=disk).close()
    for end, name, medium in crashes(disk.journal, start):
        folder = tmp_path / "crash"
        medium.put(folder)
        lost = survived(folder / "dry", keystore, len(leaves), [], leaves)
        assert lost == "", f"crash before {end} ({name})"
        said = [
            q for stored in read_log(folder / "dry") if stored.kind == "recovery" for q in stored.body["quarantined"]
        ]
        assert [q["size"] for q in said][:1] == [len(torn)]
        assert (folder / "dry/torn" / said[0]["file"]).read_bytes() == torn
        shutil.rmtree(folder)


def test_records_without_any_checkpoint_are_not_taken_for_an_unfinished_beginning(
    tmp_path: Path, keystore: Path
) -> None:
    acts(tmp_path / "dry", keystore, sample.QUICK, lambda size, blobs: None)
    (tmp_path / "dry/checkpoint").unlink()
    (tmp_path / "dry/checkpoints.jsonl").unlink()
    with pytest.raises(VerificationError, match="no checkpoint"):
        sample.open_log(tmp_path / "dry", keystore)
