"""What a writer knows of a log, and how it catches up with what others wrote.

A writer holds the lock while it catches up and appends. Catching up reads only what is new: the newest checkpoint,
new kept checkpoints, and new lines. Lines under a checkpoint must give its root; lines beyond it are checked one by
one, and from the first one that does not hold they are set aside, because only a crash can have left them.

Leaves to others: writing (``store``), and the check of every stored byte (``verify``).

Source: integrity.md §3.4. Format: docs/format.md, "Writing" and "Recovery".
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from valgen.errors import VerificationError
from valgen.ledger import kinds, record
from valgen.ledger.files import Layout, Line, read_lines, read_plain
from valgen.ledger.heads import Head, read_head, read_kept
from valgen.ledger.kinds import FORMAT
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.registry import NEEDED, UNSEALED_ONLY, Registry

_RUN_STARTED = b'"kind":"run.started"'
_KEYS_DECLARED = b'"kind":"keys.declared"'


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What catching up found that needs an act.

    Attributes:
        unsealed: complete lines beyond the newest checkpoint, new ones and earlier ones.
        finish: a kept checkpoint that never became the newest, because its writer died between the two writes.
        torn_kept: bytes at the end of the list of kept checkpoints that form no line.
        bad: where lines that do not hold begin: file and offset; None when all hold.
        bad_files: later record files that follow the bad place.
    """

    unsealed: int
    finish: Head | None
    torn_kept: int
    bad: tuple[Path, int] | None
    bad_files: tuple[Path, ...]


@dataclass(slots=True)
class State:
    """Everything a writer remembers between two acts.

    Attributes:
        origin: whose log it is; from the genesis record.
        mode: ``dry`` or ``ledger``.
        lines_per_file: from the genesis record.
        edge: the tree over all lines read.
        first: number of the first record in the current file.
        offset: bytes of the current file that were read.
        runs: how many runs were started.
        keys: role and raw public key by key id, with the record that declared it; of a dry log.
        registry: who may do what; of a ledger.
        head: the newest checkpoint.
        kept_count: entries of the list of kept checkpoints.
        kept_size: bytes of that list that were read.
        kept_hash: running SHA-256 over them.
    """

    layout: Layout
    origin: str = ""
    mode: str = ""
    lines_per_file: int = 0
    edge: Edge = field(default_factory=Edge)
    first: int = 0
    offset: int = 0
    runs: int = 0
    keys: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    declared_at: dict[str, int] = field(default_factory=dict)
    registry: Registry | None = None
    head: Head | None = None
    kept_count: int = 0
    kept_size: int = 0
    kept_hash: Any = field(default_factory=hashlib.sha256)
    _seen: tuple[int, int, int] | None = None  # inode, time and size of the checkpoint file last read
    _file_id: tuple[int, int] | None = None  # device and inode of the current record file

    @property
    def size(self) -> int:
        """Number of records."""
        return self.edge.size

    def log_keys(self, size: int) -> list[bytes]:
        """Return the raw public log keys that may seal the first ``size`` records."""
        if self.registry is not None:
            return self.registry.log_keys(size)
        return [public for name, (role, public) in self.keys.items() if role == "log" and self.declared_at[name] < size]

    def catch_up(self, *, sealed_only: bool = False) -> CaughtUp:
        """Read what is new. Call with the lock held.

        Args:
            sealed_only: stop at the newest checkpoint; what lies beyond it is not looked at.

        Raises:
            VerificationError: the log is not what its checkpoint says, or went back.
        """
        newest = self._read_newest()
        last_kept, torn_kept, before_last = self._read_kept()
        finish = self._settle(newest, last_kept, before_last)
        sealed = finish or newest
        bad, bad_files = self._read_records(sealed, sealed_only)
        if sealed is not None and (self.head is None or sealed.note != self.head.note):
            sealed.check_signature(self.log_keys(sealed.size))
            self.head = sealed
        return CaughtUp(
            unsealed=self.size - (self.head.size if self.head else 0),
            finish=finish,
            torn_kept=torn_kept,
            bad=bad,
            bad_files=bad_files,
        )

    def added(self, lines: Sequence[bytes]) -> None:
        """Take note of lines that the writer itself appended to the current file, newlines excluded."""
        for line in lines:
            self._take(line, checked=True)
            self.offset += len(line) + 1

    def joined(self, line: bytes) -> None:
        """Take note of a line that another computer sealed and that is going to be written here.

        Raises:
            VerificationError: it breaks a rule, or a signature of a record that bears on people and keys fails.
        """
        self.next_file()
        if not self.offset:
            self._file_id = None  # the file of this place is written anew
        self._take(line, checked=False)
        self.offset += len(line) + 1

    def next_file(self) -> bool:
        """Move on to the next record file when the current one is full; return whether that happened."""
        if self._full():
            self.first, self.offset, self._file_id = self.size, 0, None
            return True
        return False

    def sealed_by(self, head: Head) -> None:
        """Take note of a checkpoint that the writer itself made."""
        if head.kept:
            line = head.line()
            self.kept_hash.update(line)
            self.kept_size += len(line)
            self.kept_count += 1
        self.head = head

    def _read_newest(self) -> Head | None:
        path = self.layout.checkpoint
        try:
            found = path.lstat()
        except FileNotFoundError:
            if self.head is not None:
                _refuse("the newest checkpoint has vanished", code="VG506")
            return None
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen == self._seen and self.head is not None:
            return self.head
        head = read_head(read_plain(path))
        if self.origin and head.checkpoint.origin != self.origin:
            _refuse("the newest checkpoint belongs to another log", code="VG504")
        if self.head is not None and head.size < self.head.size:
            _refuse(f"the newest checkpoint went back from {self.head.size} to {head.size} records", code="VG507")
        self._seen = seen
        return head

    def _read_kept(self) -> tuple[bytes, int, str]:
        """Return the last line read now, the bytes that form no line, and the digest before the last line."""
        path = self.layout.kept
        try:
            size = path.lstat().st_size
        except FileNotFoundError:
            size = 0
        if size < self.kept_size:
            _refuse("the list of kept checkpoints was cut", code="VG512")
        if size == self.kept_size:
            return b"", 0, ""
        tail = read_plain(path, 1 << 30)[self.kept_size :]
        *lines, rest = tail.split(b"\n")
        before = ""
        for line in lines:
            before = self.kept_hash.hexdigest()
            self.kept_hash.update(line + b"\n")
            self.kept_size += len(line) + 1
            self.kept_count += 1
        return (lines[-1] if lines else b""), len(rest), before

    def _settle(self, newest: Head | None, last_line: bytes, before_last: str) -> Head | None:
        """Compare the list with the newest checkpoint; return the entry that has yet to become the newest, if any."""
        if newest is None and not self.kept_count:
            return None
        if newest is not None:
            expected = newest.count + newest.kept
            if self.kept_count == expected:
                whole = not newest.kept and self.kept_hash.hexdigest() == newest.digest
                ends = newest.kept and (
                    not last_line or (last_line + b"\n" == newest.line() and before_last == newest.digest)
                )
                if whole or ends:
                    return None
                _refuse("the list of kept checkpoints is not the one that the newest checkpoint names", code="VG512")
        else:
            expected = 0
        if self.kept_count != expected + 1 or not last_line:
            _refuse(f"{self.kept_count} checkpoints are kept, {expected} should be", code="VG512")
        last = read_kept(last_line)
        if last.count != expected or last.digest != before_last or (newest is not None and last.size < newest.size):
            _refuse("the last kept checkpoint does not follow the newest one", code="VG512")
        return last

    def _read_records(self, sealed: Head | None, sealed_only: bool) -> tuple[tuple[Path, int] | None, tuple[Path, ...]]:
        size = sealed.size if sealed else 0
        root = sealed.checkpoint.root if sealed else b""
        bad: tuple[Path, int] | None = None
        self._check_root(size, root)
        while bad is None:
            path = self.layout.segment(self.first)
            if not self._same_file(path):
                break
            bad = self._read_file(path, size, root, sealed_only)
            if bad is None and not self.next_file():
                break
        if self.size < size:
            _refuse(f"{size} records were sealed and only {self.size} can be read", code="VG507")
        if sealed_only:
            return bad, ()
        later = (
            tuple(path for first, path in self.layout.segments() if first > self.first)
            if bad or not self._full()
            else ()
        )
        if later and bad is None:
            bad = (self.layout.segment(self.first), self.offset)
        if bad is not None and not bad[1]:
            self._file_id = None  # set aside as a whole: the next record begins a new file
        return bad, later

    def _read_file(self, path: Path, sealed: int, root: bytes, sealed_only: bool) -> tuple[Path, int] | None:
        if path.lstat().st_size == self.offset:
            return None
        for line in read_lines(path, self.offset):
            unsealed = self.size >= sealed
            if unsealed and sealed_only:
                return None
            if self._full() or not line.complete or (unsealed and not self._holds(line)):
                return path, line.offset
            self._take(line.data, checked=unsealed)
            self.offset = line.end
            self._check_root(sealed, root)
        return None

    def _full(self) -> bool:
        return bool(self.lines_per_file) and self.size >= self.first + self.lines_per_file

    def _same_file(self, path: Path) -> bool:
        try:
            found = path.lstat()
        except FileNotFoundError:
            if self.offset:
                _refuse(f"{path.name} has vanished", code="VG507")
            return False
        if self.offset and self._file_id not in (None, (found.st_dev, found.st_ino)):
            _refuse(f"{path.name} was replaced while it was in use", code="VG507")
        if found.st_size < self.offset:
            _refuse(f"{path.name} was cut while it was in use", code="VG507")
        self._file_id = (found.st_dev, found.st_ino)
        return True

    def _check_root(self, size: int, root: bytes) -> None:
        if root and self.size == size and self.edge.root() != root:
            _refuse(f"the first {size} records are not those that were sealed", code="VG507")

    def _holds(self, line: Line) -> bool:
        """Tell whether an unsealed line may be adopted."""
        try:
            body, sigs = record.read_line(line.data)
            if body["seq"] != self.size or (self.size == 0) != (body["kind"] == "genesis"):
                return False
            if self.size and body["origin"] != self.origin:
                return False
            if not kinds.KINDS[body["kind"]].dry and self.mode == "dry":
                return False
            if self.registry is not None:
                record.check_signatures(body, sigs, self.registry.public_keys(body, sigs), ledger=True)
                return not self.registry.check(body, self.size, sigs, leaf_hash(line.data).hex())
            record.check_signatures(body, sigs, {**self.keys, **record.brought_keys(body)})
        except VerificationError:
            return False
        return True

    def _take(self, data: bytes, *, checked: bool) -> None:
        """Take note of a line; ``checked`` when its signatures and its place are known to be right."""
        leaf = leaf_hash(data)
        if self.edge.size == 0:
            self._take_genesis(data)
        elif self.registry is not None:
            if NEEDED.search(data):
                self._follow(data, leaf, checked=checked)
        elif _KEYS_DECLARED in data:
            self._take_keys(*record.read_line(data))
        elif _RUN_STARTED in data:
            self.runs += 1
        self.edge.append(leaf)

    def _take_genesis(self, data: bytes) -> None:
        body, sigs = record.read_line(data)
        if body["kind"] != "genesis":
            _refuse("the first record is no genesis record", code="VG513")
        if body["format"] != FORMAT:
            _refuse(f"the format {body['format']} is not known to this version", code="VG513")
        self.origin, self.mode, self.lines_per_file = body["origin"], body["mode"], body["lines_per_file"]
        if self.mode == "dry":
            self._take_keys(body, sigs)
        else:
            self.registry = Registry()
            self._follow(data, leaf_hash(data), checked=False)

    def _take_keys(self, body: dict[str, Any], sigs: dict[str, str]) -> None:
        """Take note of the keys that a record of a dry log declares."""
        found = record.brought_keys(body)
        record.check_signatures(body, sigs, {**self.keys, **found})
        if not found.keys() <= sigs.keys():
            _refuse("a declared key did not sign its own declaration", code="VG505")
        for name, entry in found.items():
            self.keys.setdefault(name, entry)
            self.declared_at.setdefault(name, self.size)

    def _follow(self, data: bytes, leaf: bytes, *, checked: bool) -> None:
        """Take note of a record of a ledger that changes what its registry knows."""
        registry = self.registry
        if registry is None:
            return
        body, sigs = record.read_line(data)
        if body["kind"] == "run.started":
            self.runs += 1
        if not checked and body["kind"] not in UNSEALED_ONLY:
            record.check_signatures(body, sigs, registry.public_keys(body, sigs), ledger=True)
        breaches = registry.follow(body, self.size, sigs, leaf.hex())
        if breaches:
            _refuse(f"record {self.size} breaks a rule: {breaches[0].text}", code=breaches[0].code)


def _refuse(reason: str, *, code: str) -> NoReturn:
    raise VerificationError(
        f"the log cannot be continued: {reason}",
        why="nothing may be added to records that are no longer what they were",
        fix="run `valgen verify` to see where; restore the folder from a backup, or, for a dry log, move it away",
        code=code,
    )
