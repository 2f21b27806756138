"""The folder of a ledger as working copy of a team store: what others added comes in, what is new goes out.

What comes in is believed only as continuation of what is here: record after record, each kept checkpoint and the newest
one signed by a log key that the records before it declare, each attachment by its digest. It is written like an act of
this computer: lines, then the checkpoint over them, one checkpoint after the other, so that a crash leaves a valid
beginning. Lines here beyond the newest checkpoint that others overtook were never acknowledged; they are set aside
in ``torn/``.

The local checkpoint follows the commit of the database and never goes before it. The lock of the folder is held.

Source: integrity.md §3.4; docs/decisions/0031-team-stores.md. Implements: DS-045.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from valgen.errors import VerificationError
from valgen.ledger import heads, recovery
from valgen.ledger.blobs import Blobs
from valgen.ledger.canonical import decode_line
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.folder import writing
from valgen.ledger.heads import Head
from valgen.ledger.kinds import blob_refs
from valgen.ledger.lock import Lock
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.people_kinds import MEDIA
from valgen.ledger.state import State
from valgen.ledger.team import Addition, Team
from valgen.ledger.team_database import Row

_DIGEST = re.compile(rb'"sha256":"([0-9a-f]{64})"')
_MANIFEST = re.compile(rb'"manifest":\{"sha256":"([0-9a-f]{64})"')
_ANCHOR = b'"kind":"anchor"'


@dataclass(slots=True)
class TeamCopy:
    """The working copy of one ledger.

    Attributes:
        layout: of the folder.
        state: what is known of it; read up to its newest checkpoint before each use.
        disk: durable operations.
        blobs: of the folder.
        team: the store.
        first: of the record file in which the sealed records end.
        offset: where they end in it.
        edge: tree over the sealed records.
    """

    layout: Layout
    state: State
    disk: Disk
    blobs: Blobs
    team: Team
    first: int = 0
    offset: int = 0
    edge: Edge | None = None

    def bring_in(self, row: Row | None) -> bool:
        """Take over what others added; return whether there was something.

        Args:
            row: how far the store reaches, locked.

        Raises:
            VerificationError: the store does not hold this ledger (VG644), holds less than this copy (VG645), or
                something that does not continue it (VG646); an attachment is missing in it (VG647).
        """
        if row is None:
            _unknown(self.state.origin)
        if row.root != read_plain(self.layout.root_file):
            _other_history("it holds a ledger with another root")
        newest = _head(row, self.state.origin)
        brought = False
        if newest.note != (self.state.head.note if self.state.head else b""):
            self._compare(newest, row)
            self._follow(newest, row)
            brought = True
        self._mark()
        return brought

    def publish(self, head: Head, *, now: str, more: Iterator[str]) -> None:
        """Put everything beyond what the store holds into it; see ``Team.publish``.

        Args:
            head: the new checkpoint, not in place yet.
            now: time of the act.
            more: digests of attachments that this process kept, named by the lines or not.
        """
        edge = self.edge.copy() if self.edge is not None else Edge()
        size = edge.size
        lines = list(self._unsealed())
        for line in lines:
            edge.append(leaf_hash(line))
        if edge.size != head.size or edge.root() != head.checkpoint.root:
            raise VerificationError(
                f"the lines in {self.layout.log} are not those that were just written",
                why="the team store gets what was recorded and nothing else",
                fix="see that the disk works, then type the command again",
                code="VG507",
            )
        addition = Addition(
            size=size,
            lines=lines,
            kept=head.count,
            kept_lines=[head.line().removesuffix(b"\n")] if head.kept else [],
            head=head,
            now=now,
        )
        self.team.publish(self.state.origin, None, addition, self._present(lines, more))

    def put(self, row: Row | None, *, now: str) -> int:
        """Put into the store what it lacks of the sealed records here; return how many it lacked.

        Args:
            row: how far the store reaches, locked; None where it does not hold this ledger.
            now: time of the act.

        Raises:
            VerificationError: what the store holds is no beginning of what is here (VG646).
        """
        head, size, count = self.state.head, row.size if row else 0, row.kept if row else 0
        if head is None:
            raise VerificationError(f"{self.layout.root} has no checkpoint", code="VG506")
        lines = [
            line.data for _, path in self.layout.segments() for line in read_lines(path) if line.complete
        ][: head.size]  # fmt: skip
        kept = read_plain(self.layout.kept, 1 << 30).splitlines() if self.layout.kept.exists() else []
        if row is not None:
            before = Edge()
            for line in lines[:size]:
                before.append(leaf_hash(line))
            held = _head(row, self.state.origin)
            stored = [line for _, line in self.team.database.kept(self.state.origin, 0)]
            if (held.size, held.checkpoint.root) != (before.size, before.root()) or stored != kept[:count]:
                _other_history("what it holds is no beginning of the records here")
            if row.note == head.note:
                return 0
        addition = Addition(size=size, lines=lines[size:], kept=count, kept_lines=kept[count:], head=head, now=now)
        everything = (path.parent.name + path.name for path in sorted(self.blobs.folder.glob("??/*")))
        root = read_plain(self.layout.root_file) if row is None else None
        self.team.publish(self.state.origin, root, addition, self._present([], everything))
        return len(addition.lines)

    def cut_back(self) -> None:
        """Take back lines that were written beyond the sealed records and did not reach the store."""
        later = [path for first, path in self.layout.segments() if first > self.first]
        for path in reversed(later):
            self.disk.remove(path)
        current = self.layout.segment(self.first)
        if current.exists():
            if self.offset:
                self.disk.truncate(current, self.offset)
            else:
                self.disk.remove(current)
        self.disk.sync_folder(self.layout.log)

    # Coming in

    def _compare(self, newest: Head, row: Row) -> None:
        local = self.state.head
        if row.size != newest.size or row.kept != newest.count + newest.kept:
            _other_history("its newest checkpoint does not cover the rows that it counts")
        if local is None:
            return
        if (newest.size, row.kept) < (local.size, local.count + local.kept):
            raise VerificationError(
                f"the team store holds {newest.size} records, and this computer has {local.size} under a checkpoint",
                why="it was put back to an older state, or somebody worked here without it; whoever continues it makes "
                "a second history",
                fix="restore the newest backup of the database; or valgen records store --complete on the computer "
                "that has most records puts back what it has",
                code="VG645",
            )

    def _follow(self, newest: Head, row: Row) -> None:
        state, database = self.state, self.team.database
        stored = database.lines(state.origin or newest.checkpoint.origin, state.size)
        origin = newest.checkpoint.origin
        steps: Iterator[tuple[bytes, Head]] = (
            (line, heads.read_kept(line)) for _, line in self._numbered(database.kept(origin, state.kept_count), row)
        )
        if not newest.kept:
            steps = itertools.chain(steps, [(b"", newest)])
        last: Head | None = None
        for line, head in steps:
            self._step(stored, head, line)
            last = head
        if last is None or last.note != newest.note:
            _other_history("its list of kept checkpoints does not end with the newest checkpoint")

    def _numbered(self, found: Iterator[tuple[int, bytes]], row: Row) -> Iterator[tuple[int, bytes]]:
        for due, (number, line) in enumerate(found, self.state.kept_count):
            if number != due or number >= row.kept:
                _other_history(f"kept checkpoint {due} is missing, or there are more than it counts")
            yield number, line

    def _step(self, stored: Iterator[tuple[int, bytes]], head: Head, kept_line: bytes) -> None:
        """Check the records up to one checkpoint, then put them and the checkpoint in place."""
        state = self.state
        before = (state.first, state.offset)
        if head.size < state.size:
            _other_history(f"a checkpoint of {head.size} records stands behind one of {state.size}")
        parts: dict[int, bytearray] = {}
        lines: list[bytes] = []
        try:
            for number, line in itertools.islice(stored, head.size - state.size):
                if number != state.size:
                    _other_history(f"record {state.size} is missing")
                state.joined(line)
                parts.setdefault(state.first, bytearray()).extend(line + b"\n")
                lines.append(line)
            if state.size != head.size:
                _other_history(f"record {state.size} is missing")
            if state.edge.root() != head.checkpoint.root or head.checkpoint.origin != state.origin:
                _other_history(f"its first {head.size} records are not those of their checkpoint")
            if (head.count, head.digest) != (state.kept_count, state.kept_hash.hexdigest()):
                _other_history(f"the checkpoint of {head.size} records names other kept checkpoints before it")
            head.check_signature(state.log_keys(head.size))
        except VerificationError as error:
            if error.code == "VG646":
                raise
            _other_history(f"record {state.size}: {error.what}", error)
        self._fetch(lines)
        self._place(before, parts)
        if kept_line:
            self._append(self.layout.kept, kept_line + b"\n")
            self.disk.sync_folder(self.layout.root)
        self.disk.write_file(self.layout.tmp / secrets.token_hex(16), self.layout.checkpoint, head.note)
        state.sealed_by(head)

    def _place(self, before: tuple[int, int], parts: dict[int, bytearray]) -> None:
        """Write lines behind the sealed ones; what lies there and is something else is set aside."""
        first, offset = before
        if not parts:
            return
        tail = b"".join(
            read_plain(path, 1 << 40)[offset if number == first else 0 :]
            for number, path in self.layout.segments()
            if number >= first
        )
        whole = b"".join(bytes(part) for part in parts.values())
        later = [path for number, path in self.layout.segments() if number > first]
        if tail and not whole.startswith(tail):
            recovery.set_aside(self.disk, self.layout, (self.layout.segment(first), offset), later)
        elif tail:  # the same bytes, of which a crash left the checkpoint out: they are written anew
            self.first, self.offset = first, offset
            self.cut_back()
        for number, data in parts.items():
            self._append(self.layout.segment(number), bytes(data))
        self.disk.sync_folder(self.layout.log)

    def _append(self, target: Path, data: bytes) -> None:
        fd = self.disk.open_append(target) if target.exists() else self.disk.create(target)
        try:
            self.disk.write(fd, data)
            self.disk.sync(fd)
        finally:
            self.disk.close(fd)

    def _fetch(self, lines: list[bytes]) -> None:
        """Fetch the attachments that lines name, and the files of their anchors."""
        for line in lines:
            wanted = dict.fromkeys(digest.decode() for digest in _DIGEST.findall(line))
            if not wanted:
                continue
            body = decode_line(line)["body"]
            needed = {ref.sha256 for ref in blob_refs(body)}
            for digest in wanted:
                self._fetch_one(digest, needed=digest in needed)
            for match in _MANIFEST.finditer(line):
                for digest in _DIGEST.findall(self.blobs.read(match[1].decode())):
                    self._fetch_one(digest.decode(), needed=True)
            if _ANCHOR in line and body["kind"] == "anchor":
                target = self.layout.anchors / f"{body['size']:09d}.{MEDIA[body['medium']]}"
                if not target.exists():
                    self.disk.make_folder(target.parent)
                    self.disk.sync_folder(self.layout.root)
                    data = self.blobs.read(body["file"]["sha256"])
                    self.disk.write_file(self.layout.tmp / secrets.token_hex(16), target, data)

    def _fetch_one(self, digest: str, *, needed: bool) -> None:
        if self.blobs.path(digest).exists():
            return
        content = self.team.blob(self.state.origin, digest)
        if content is None:
            if needed:
                _no_blob(digest, "is missing in it")
            return  # digests stand in records for other reasons too
        if self.blobs.put(content).sha256 != digest:
            _no_blob(digest, "has another content there")

    # Going out

    def _mark(self) -> None:
        self.first, self.offset, self.edge = self.state.first, self.state.offset, self.state.edge.copy()

    def _unsealed(self) -> Iterator[bytes]:
        for first, path in self.layout.segments():
            if first >= self.first:
                for line in read_lines(path, self.offset if first == self.first else 0):
                    if line.complete:
                        yield line.data

    def _present(self, lines: list[bytes], more: Iterator[str]) -> Iterator[tuple[str, bytes]]:
        wanted: dict[str, None] = {}
        for line in lines:
            wanted |= dict.fromkeys(digest.decode() for digest in _DIGEST.findall(line))
            for match in _MANIFEST.finditer(line):
                if self.blobs.path(match[1].decode()).is_file():
                    found = _DIGEST.findall(self.blobs.read(match[1].decode()))
                    wanted |= dict.fromkeys(digest.decode() for digest in found)
        wanted |= dict.fromkeys(more)
        for digest in wanted:
            if self.blobs.path(digest).is_file():
                yield digest, self.blobs.read(digest)


@contextlib.contextmanager
def working_copy(layout: Layout, team: Team, *, disk: Disk = DISK) -> Iterator[TeamCopy]:
    """Hold the lock of a folder and yield it as working copy, read up to its newest checkpoint.

    Args:
        layout: of the folder; its subfolders exist.
        team: the store.
        disk: durable operations.

    Raises:
        VerificationError: what is in the folder was altered.
    """
    with writing(layout), Lock(layout.lock / "append"):
        copy = TeamCopy(layout, State(layout=layout), disk, Blobs(layout.blobs, layout.tmp, disk=disk), team)
        found = copy.state.catch_up(sealed_only=True)
        if found.torn_kept:
            disk.truncate(layout.kept, copy.state.kept_size)
        if found.finish is not None:
            disk.write_file(layout.tmp / secrets.token_hex(16), layout.checkpoint, found.finish.note)
        yield copy


def _head(row: Row, origin: str) -> Head:
    try:
        head = heads.read_head(row.note)
    except VerificationError as error:
        _other_history("its newest checkpoint cannot be read", error)
    if origin and head.checkpoint.origin != origin:
        _other_history("its newest checkpoint is of another ledger")
    return head


def _unknown(origin: str) -> NoReturn:
    raise VerificationError(
        f"the team store does not hold the ledger {origin}",
        why="the settings say that the records of the team are there",
        fix="valgen records store puts the ledger of this computer there; see first that the address is right",
        code="VG644",
    )


def _other_history(reason: str, cause: BaseException | None = None) -> NoReturn:
    raise VerificationError(
        f"the team store does not continue the records of this computer: {reason}",
        why="nothing is taken over that is not signed and does not follow from what is known",
        fix="keep everything as it is; valgen verify shows what differs; restore the database from a backup that fits",
        code="VG646",
    ) from cause


def _no_blob(digest: str, reason: str) -> NoReturn:
    raise VerificationError(
        f"the team store cannot be taken over: the attachment {digest} {reason}",
        why="evidence is what was captured, byte for byte",
        fix="put it back from the computer that captured it: valgen records store --complete there",
        code="VG647",
    )
