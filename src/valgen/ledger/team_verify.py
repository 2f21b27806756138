"""Check a team store: every row and every object, against checkpoints that are kept outside of the database.

The rows are hashed again and compared with the working copy, with what this user saw last, with checkpoints that
somebody brought, and with those in the bucket. Whoever owns the database can rewrite rows, head and triggers, and
none of these. Of the bucket every version of every object is looked at, because what a plain read gives is not always
what was stored.

Nothing is written, neither here nor there. Source: integrity.md I-17, I-18. Implements: DS-046.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from valgen.errors import ValgenError, VerificationError
from valgen.ledger import heads
from valgen.ledger.blobs import Blobs
from valgen.ledger.canonical import decode_line
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.heads import Head
from valgen.ledger.kinds import blob_refs
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.report import Problem
from valgen.ledger.state import State
from valgen.ledger.team import Team
from valgen.ledger.team_database import Row
from valgen.ledger.team_objects import Objects, Version

_MOST_NAMED = 20
_MANIFEST = re.compile(rb'"manifest":\{"sha256":"([0-9a-f]{64})"')
_DIGEST = re.compile(rb'"sha256":"([0-9a-f]{64})"')
_BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{62})")
_CHECKPOINT = re.compile(r"checkpoints/([0-9]{12})-([0-9a-f]{16})-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A head that is known outside of the database.

    Attributes:
        size: number of records.
        root: over them, hex; perhaps only its beginning.
        where: who knows it, in words.
    """

    size: int
    root: str
    where: str


@dataclass(slots=True)
class TeamFindings:
    """What a check of a team store came to.

    Attributes:
        problems: what is wrong.
        notes: what is worth knowing, one sentence each.
        records: that the database holds.
        objects: versions in the bucket that were looked at.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    records: int = 0
    objects: int = 0
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, code: str, where: str, message: str) -> None:
        """Take note of a problem; of one kind at one place only so many are listed."""
        place = f"{code} {where.partition(' ')[0]}"
        self._counts[place] = self._counts.get(place, 0) + 1
        if self._counts[place] <= _MOST_NAMED:
            self.problems.append(Problem(code=code, where=where, message=message))
        elif self._counts[place] == _MOST_NAMED + 1:
            self.notes.append(f"More problems of the kind {code} are not listed.")


def verify_team(team: Team, folder: Path, origin: str, known: Sequence[Outside], *, read_data: bool) -> TeamFindings:
    """Check the team store of a ledger.

    Args:
        team: the store; closed afterwards.
        folder: working copy, verified before.
        origin: whose ledger it is.
        known: heads from outside: what was seen last, what was brought.
        read_data: read every attachment and the lock of every object.

    Raises:
        ExecutionError: it cannot be reached, or a library is missing.
    """
    found = TeamFindings()
    check = _Check(team, Layout(folder), origin, found, read_data)
    try:
        check.run(known)
    finally:
        team.close()
    return found


@dataclass(slots=True)
class _Check:
    team: Team
    layout: Layout
    origin: str
    found: TeamFindings
    read_data: bool
    needed: dict[str, int] = field(default_factory=dict)  # attachments, with the first record that names them

    def run(self, known: Sequence[Outside]) -> None:
        database, found = self.team.database, self.found
        for wrong in database.look():
            found.add("VG642", "database", wrong)
        if any("has no table" in one.message for one in found.problems):
            return
        objects = self.team.objects(self.origin)
        listed: list[tuple[str, list[Version]]] = []
        if objects is not None:  # before the rows: what is in the bucket was committed before
            for wrong in objects.wrong_bucket():
                found.add("VG643", "bucket", wrong)
            listed = list(objects.listed())
        database.begin(snapshot=True)
        try:
            row = database.row(self.origin, lock=False)
            if row is None:
                found.add("VG644", "database", f"it does not hold the ledger {self.origin}")
            else:
                self._rows(row, [*known, *self._here(), *_checkpoints(objects, listed)])
                if objects is None:
                    self._blobs()
        finally:
            database.rollback()
        if objects is not None:
            self._objects(objects, listed)

    # Rows

    def _here(self) -> Iterator[Outside]:
        where = "the working copy"
        head = heads.read_head(read_plain(self.layout.checkpoint))
        yield Outside(size=head.size, root=head.checkpoint.root.hex(), where=where)
        for line in self._kept_here():
            kept = heads.read_kept(line)
            yield Outside(size=kept.size, root=kept.checkpoint.root.hex(), where=where)

    def _kept_here(self) -> list[bytes]:
        try:
            return read_plain(self.layout.kept, 1 << 30).splitlines()
        except FileNotFoundError:
            return []

    def _lines_here(self) -> Iterator[bytes]:
        for _, path in self.layout.segments():
            for line in read_lines(path):
                if line.complete:
                    yield line.data

    def _rows(self, row: Row, outside: Sequence[Outside]) -> None:
        found, where = self.found, "database"
        wanted: dict[int, list[Outside]] = {}
        for one in outside:
            wanted.setdefault(one.size, []).append(one)
        state = State(layout=self.layout)
        try:
            state.catch_up(sealed_only=True)
        except VerificationError:  # which was said; who may sign is taken from the rows then
            state = State(layout=self.layout)
        edge, joins, sealed = Edge(), True, state.size
        here = self._lines_here()
        for number, line in self.team.database.lines(self.origin, 0):
            if number != edge.size:
                found.add("VG646", f"{where} record {edge.size}", "the row is missing")
                break
            if next(here, line) != line and edge.size < sealed:
                found.add("VG646", f"{where} record {edge.size}", "the row is not the record of the working copy")
            self._name(line, edge.size)
            if joins and edge.size == state.size:
                joins = self._join(state, line, edge.size)
            edge.append(leaf_hash(line))
            for one in wanted.pop(edge.size, ()):
                if not edge.root().hex().startswith(one.root):
                    text = f"its first {edge.size} records are not those of {one.where}"
                    found.add("VG646", where, text)
        found.records = edge.size
        if edge.size != row.size:
            found.add("VG646", where, f"its head counts {row.size} records, and {edge.size} rows follow each other")
        beyond = max(wanted.values(), key=lambda ones: ones[0].size, default=None)
        if beyond is not None and beyond[0].size > edge.size:
            text = f"it holds {edge.size} records, and {beyond[0].where} has {beyond[0].size}: it was put back"
            found.add("VG645", where, text)
        self._head(row, edge, state)
        if edge.size > sealed and not found.problems:
            found.notes.append(
                f"The team store holds {edge.size - sealed} records more than the working copy: valgen records store "
                "brings them here."
            )

    def _join(self, state: State, line: bytes, number: int) -> bool:
        """Follow a record beyond the working copy, so that the keys that it declares are known."""
        try:
            state.joined(line)
        except VerificationError as error:
            self.found.add("VG646", f"database record {number}", error.what)
            return False
        return True

    def _head(self, row: Row, edge: Edge, state: State) -> None:
        found, where = self.found, "database head"
        if row.root != read_plain(self.layout.root_file):
            found.add("VG646", where, "its root.json is another one")
        try:
            head = heads.read_head(row.note)
            if head.checkpoint.origin != self.origin:
                found.add("VG646", where, "its checkpoint is of another ledger")
            if head.size != row.size or (head.size == edge.size and head.checkpoint.root != edge.root()):
                found.add("VG646", where, "its checkpoint does not cover its rows")
            head.check_signature(state.log_keys(head.size))
            self._kept(row, head)
        except VerificationError as error:
            found.add("VG646", where, error.what)

    def _kept(self, row: Row, head: Head) -> None:
        lines = list(self.team.database.kept(self.origin, 0))
        here = self._kept_here()
        digest = hashlib.sha256()
        for place, (number, line) in enumerate(lines):
            if number != place:
                self.found.add("VG646", f"database kept checkpoint {place}", "the row is missing")
                return
            if place < len(here) and line != here[place]:
                text = "the row is not that of the working copy"
                self.found.add("VG646", f"database kept checkpoint {place}", text)
            if place < head.count:
                digest.update(line + b"\n")
        if len(lines) != row.kept or row.kept != head.count + head.kept or digest.hexdigest() != head.digest:
            text = "its kept checkpoints are not those that its newest checkpoint names"
            self.found.add("VG646", "database head", text)

    # Attachments

    def _name(self, line: bytes, number: int) -> None:
        if b'"sha256":"' not in line:
            return
        try:
            body = decode_line(line)["body"]
            needed = [ref.sha256 for ref in blob_refs(body)]
        except (ValgenError, KeyError, TypeError):
            return  # it is not the record that was sealed, which the roots say
        for match in _MANIFEST.finditer(line):
            content = self._content(match[1].decode())
            needed += [digest.decode() for digest in _DIGEST.findall(content)]
        for digest in needed:
            self.needed.setdefault(digest, number)

    def _content(self, digest: str) -> bytes:
        """Return the bytes of an attachment from the working copy, or from the store where it is not here."""
        try:
            return Blobs(self.layout.blobs, self.layout.tmp).read(digest)
        except VerificationError:
            return self.team.blob(self.origin, digest) or b""

    def _blobs(self) -> None:
        held = self.team.database.blobs(self.origin)
        for digest, number in self.needed.items():
            where = f"database attachment {digest} (record {number})"
            if digest not in held:
                self.found.add("VG647", where, "the row is missing")
        for digest in sorted(held) if self.read_data else ():
            content = self.team.database.blob(self.origin, digest)
            if content is None or hashlib.sha256(content).hexdigest() != digest:
                self.found.add("VG647", f"database attachment {digest}", "its content does not have this digest")

    def _objects(self, objects: Objects, listed: Sequence[tuple[str, list[Version]]]) -> None:
        found = self.found
        there = set()
        for key, versions in listed:
            name = objects.name_of(key)
            where = f"bucket {name}"
            stored = [one for one in versions if not one.marker]
            found.objects += len(versions)
            there.add(name)
            if any(one.marker for one in versions):
                text = "a delete marker lies over it; what was stored is still there under its version id"
                found.add("VG647", where, text if stored else "only a delete marker is left of it")
            if len(stored) > 1:
                text = f"{len(stored) - 1} newer version{'s lie' if len(stored) > 2 else ' lies'} over what was stored"
                found.add("VG647", where, text)
            if self.read_data:
                for version in stored:
                    wrong = objects.wrong_lock(key, version)
                    if wrong:
                        found.add("VG648", where, f"version {version.id}: {wrong}")
            blob = _BLOB.fullmatch(name)
            if blob is None and _CHECKPOINT.fullmatch(name) is None:
                found.notes.append(f"valgen did not put {name} into the bucket.")
            elif blob is not None and stored and self.read_data:
                content = objects.content(key, stored[0])
                if hashlib.sha256(content).hexdigest() != blob[1] + blob[2]:
                    found.add("VG647", where, "its first version does not have the content of its name")
        for digest, number in self.needed.items():
            if objects.blob_name(digest) not in there:
                where = f"bucket {objects.blob_name(digest)} (record {number})"
                found.add("VG647", where, "the object was deleted, with all its versions")


def _checkpoints(objects: Objects | None, listed: Sequence[tuple[str, list[Version]]]) -> Iterator[Outside]:
    """Yield what the names of the checkpoints in the bucket say; each name was given under lock."""
    for key, _ in listed if objects is not None else ():
        match = _CHECKPOINT.fullmatch(objects.name_of(key)) if objects is not None else None
        if match is not None:
            yield Outside(size=int(match[1]), root=match[2], where="a checkpoint in the bucket")
