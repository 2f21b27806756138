"""The team store of one open ledger: rows in PostgreSQL, attachments and checkpoints there or in S3.

    with team.turn(origin) as turn:     # the row of the ledger is locked; other computers wait
        turn.lines(first) ...           # what others added
        turn.publish(...)               # everything or nothing; returns when the database has committed

Attachments come before the rows that name them, checkpoints in the bucket after the commit, so that the bucket never
holds a checkpoint that was not acknowledged. What comes from the store is not believed here; ``team_copy`` checks it.

No clock. Source: integrity.md §3.4, I-17, I-18; docs/decisions/0031-team-stores.md. Implements: DS-045.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.heads import Head, read_head
from valgen.ledger.team_address import TeamAddress, read_database, read_days, read_objects
from valgen.ledger.team_database import Database, Row
from valgen.ledger.team_objects import Objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What one act adds to the store.

    Attributes:
        size: records that the store holds before.
        lines: that are added.
        kept: kept checkpoints that the store holds before.
        kept_lines: that are added, newlines excluded.
        head: checkpoint over everything.
        now: time of the act, RFC 3339 in UTC.
    """

    size: int
    lines: Sequence[bytes]
    kept: int
    kept_lines: Sequence[bytes]
    head: Head
    now: str


class Team:
    """The team store, for one process and one ledger at a time.

    Args:
        address: as the settings name it.
    """

    def __init__(self, address: TeamAddress) -> None:
        self.address = address
        self.database = Database(read_database(address.database))
        if address.objects:
            read_objects(address.objects)
            if not address.retention_days:
                read_days("")  # refuses it: a bucket without a time would protect nothing
        self._acting = False
        self._objects: Objects | None = None
        self._origin = ""
        self.published = False
        """Whether the turn that is under way, or the last one, was or may have been committed."""

    def objects(self, origin: str) -> Objects | None:
        """Return the place of a ledger in the bucket; None where there is no bucket.

        Raises:
            ExecutionError: its library is missing, or the address does not fit.
        """
        if not self.address.objects:
            return None
        if self._objects is None or self._origin != origin:
            self._objects = Objects(read_objects(self.address.objects), origin, self.address.retention_days)
            self._origin = origin
        return self._objects

    @contextlib.contextmanager
    def turn(self, origin: str) -> Iterator[Row | None]:
        """Hold the ledger of this origin for one act and yield how far it reaches; None where the store lacks it.

        Raises:
            ExecutionError: the store cannot be reached, or does not protect records.
            VerificationError: the bucket shows that the database was put back to an older state (VG645).
        """
        self.published = False
        first = self._objects is None or self._origin != origin
        objects = self.objects(origin)
        if objects is not None and first:
            objects.refuse_open_bucket()
        self.database.begin()
        try:
            row = self.database.row(origin, lock=True)
            if objects is not None and first and row is not None:
                refuse_older(objects, row)
            self._acting = True
            yield row
        finally:
            self._acting = False
            self.database.rollback()

    def publish(self, origin: str, root: bytes | None, addition: Addition, blobs: Iterator[tuple[str, bytes]]) -> None:
        """Add to the ledger of a turn; return when everything is stored and committed.

        Args:
            origin: of the turn.
            root: content of ``root.json`` of a ledger that the store does not hold yet; None of one that it holds.
            addition: what is added.
            blobs: SHA-256 and bytes of the attachments that may be new.

        Raises:
            ExecutionError: something was refused; ``published`` says whether it may have been committed all the same.
        """
        if not self._acting:
            raise ExecutionError("a turn of the team store adds once", code="VG641")
        database, objects = self.database, self.objects(origin)
        for sha256, content in blobs:
            if objects is not None:
                objects.keep_blob(sha256, content, addition.now)
            else:
                database.add_blob(origin, sha256, content)
        database.add_lines(origin, addition.size, addition.lines)
        database.add_kept(origin, addition.kept, addition.kept_lines)
        row = Row(
            root=root or b"",
            size=addition.size + len(addition.lines),
            kept=addition.kept + len(addition.kept_lines),
            note=addition.head.note,
        )
        if root is not None:
            database.add_ledger(origin, row)
        else:
            database.move(origin, row)
        self._acting = False
        self.published = True  # from here on the answer may be lost on its way
        database.commit()
        if objects is not None:
            objects.keep_head(addition.head, addition.now)

    def blob(self, origin: str, sha256: str) -> bytes | None:
        """Return the bytes of an attachment, not checked; None where the store does not hold it."""
        objects = self.objects(origin)
        return self.database.blob(origin, sha256) if objects is None else objects.blob(sha256)

    def close(self) -> None:
        """Let go of the store."""
        self.database.close()


def refuse_older(objects: Objects, row: Row) -> None:
    """Refuse rows that hold less than the bucket shows, or something else.

    Raises:
        VerificationError: the database was put back (VG645), or holds another history (VG646).
    """
    head = read_head(row.note)
    for note in objects.heads(at_least=head.size):
        other = read_head(note)
        if other.size > head.size:
            raise VerificationError(
                f"the database holds {head.size} records, and the bucket has a checkpoint of {other.size}: the "
                "database was put back to an older state",
                why="whoever continues it makes a second history, and the records that are missing would vanish",
                fix="restore the newest backup of the database; or valgen records store --complete on the computer "
                "that has most records puts back what it has",
                code="VG645",
            )
        if other.size == head.size and other.checkpoint.root != head.checkpoint.root:
            raise VerificationError(
                f"the {head.size} records of the database are not those of a checkpoint in the bucket",
                why="both are signed, so there are two histories of this ledger",
                fix="keep everything as it is, and let the quality unit find out which one is true",
                code="VG646",
            )
