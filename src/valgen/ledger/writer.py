"""How lines reach the medium: opening, catching up, appending, sealing, recovering.

``store.Log`` adds what others call. Everything here happens under the lock of the log. After an error the object
refuses to go on: opening the log again recovers it.

No clock. Source: integrity.md §3.4, C-1 to C-5. Format: docs/format.md, "Writing" and "Recovery".
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger import heads, recovery
from valgen.ledger.blobs import Blobs
from valgen.ledger.drafting import Drafting
from valgen.ledger.durable import Disk
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.folder import cannot_write, writing
from valgen.ledger.keys import ROLES, KeyStore
from valgen.ledger.lock import Lock, is_held
from valgen.ledger.opening import Opening, admit, already_there, nothing_there
from valgen.ledger.record import Draft, Stamp, Stored
from valgen.ledger.registry import Registry
from valgen.ledger.state import State

if TYPE_CHECKING:  # most writers have no team store
    from valgen.ledger.team import Team
    from valgen.ledger.team_copy import TeamCopy


class Writer:
    """One process that writes to a log."""

    def __init__(
        self,
        layout: Layout,
        keys: KeyStore,
        stamp: Stamp,
        disk: Disk,
        salt: Callable[[], str],
        team: Team | None = None,
    ) -> None:
        self._layout = layout
        self._disk = disk
        self._stamp = stamp
        self._state = State(layout=layout)
        self._keys = {role: keys.machine_key(role) for role in ROLES}
        self._lock = Lock(layout.lock / "append")
        self._alive = Lock(layout.lock / f"writer-{secrets.token_hex(8)}")
        self._blobs = Blobs(layout.blobs, layout.tmp, disk=disk)
        self._drafting = Drafting(self._state, self._keys, self._blobs, salt)
        self._copy: TeamCopy | None = None
        if team is not None:
            from valgen.ledger.team_copy import TeamCopy

            self._copy = TeamCopy(layout, self._state, disk, self._blobs, team)
        self._fresh: dict[str, None] = {}  # attachments kept by this process that the team store may lack
        self._written = False  # whether lines were written in the turn that is under way
        self._admitted = False  # whether the keys of this machine must be known to the ledger
        self._fd: int | None = None
        self._fd_first = 0  # number of the first record in the file that is open
        self._usable = True
        self._adopted = 0
        self._unsaid: list[Path] = []  # set aside, and no recovery record written yet
        self._said: list[Path] = []  # its recovery record is written, not sealed yet

    @property
    def folder(self) -> Path:
        """Folder of the log."""
        return self._layout.root

    @property
    def origin(self) -> str:
        """Whose log it is."""
        return self._state.origin

    @property
    def size(self) -> int:
        """Number of records known to this object."""
        return self._state.size

    @property
    def registry(self) -> Registry:
        """Who may do what, as of the last record that this object read or wrote; of a ledger.

        Raises:
            VerificationError: this is a log of dry runs.
        """
        if self._state.registry is None:
            raise nothing_there(self._layout)
        return self._state.registry

    # Opening

    def _begin(self, opening: Opening) -> None:
        layout = self._layout
        with self._lock:
            alone = self._join()
            if self._never_sealed():
                if not opening.make:
                    raise nothing_there(layout)
                self._set_aside_stillborn()
                self._unsaid = recovery.pending(layout)
                self._found(opening)
                self._declare(opening)
                return
            if opening.make and opening.mode == "ledger":
                raise already_there(layout)
            self._admitted = opening.mode == "ledger" and opening.declare is None
            with self._together(opening):
                self._admitted = opening.mode == "ledger"
                self._unsaid = recovery.pending(layout)
                if alone:
                    self._adopted = self._state.size - self._head().size
                self._declare(opening)

    def _declare(self, opening: Opening) -> None:
        """Declare the keys of this machine where they are new, and say what was recovered."""
        drafts = opening.declaration(self._state, self._keys.values())
        if self._admitted:  # what is not declared now must count already
            brought = {entry["key"] for draft in drafts for entry in draft.body["keys"]}
            rest = [key for key in self._keys.values() if key.public.hex() not in brought]
            admit(self._layout, self.registry, rest)
        if drafts or self._adopted or self._unsaid:
            self._write(drafts)
            self._seal(keep=False)

    def _join(self) -> bool:
        """Make this writer known; return whether no other one is alive."""
        alone = True
        for path in self._layout.lock.glob("writer-*"):
            if is_held(path):
                alone = False
            else:
                path.unlink(missing_ok=True)  # safe: writers make and take their file under the lock that is held here
        self._alive.acquire(tries=1)
        if alone:
            for path in self._layout.tmp.iterdir():
                if not path.is_dir():
                    self._disk.remove(path)
        return alone

    def _found(self, opening: Opening) -> None:
        self._state.origin, self._state.mode = opening.origin, opening.mode
        self._state.lines_per_file = opening.lines_per_file
        draft = opening.genesis(self._keys)
        if opening.mode == "ledger":
            self._state.registry = Registry()  # the record is tried on it before anything is written
        _, ((), (line,)) = self._drafting.lines([draft], self._stamp)
        if opening.mode == "ledger":
            temporary = self._layout.tmp / secrets.token_hex(16)
            self._disk.write_file(temporary, self._layout.root_file, opening.root_file())
        self._fd = self._disk.create(self._layout.segment(0))
        self._append_bytes([line])
        self._admitted = opening.mode == "ledger"
        self._seal(keep=True)

    def _never_sealed(self) -> bool:
        """Tell whether no checkpoint was ever finished here."""
        if self._layout.checkpoint.exists():
            return False
        return not self._layout.kept.exists() or b"\n" not in read_plain(self._layout.kept)

    def _set_aside_stillborn(self) -> None:
        """Set aside what a crash left of a log whose making was never finished."""
        segments = self._layout.segments()
        if len(segments) > 1 or (segments and sum(1 for _ in read_lines(segments[0][1])) > 1):
            raise VerificationError(
                f"{self._layout.root} holds records but no checkpoint",
                why="without a checkpoint nobody can say what the log must contain",
                fix="restore the folder from a backup, or, for a dry log, move it away",
                code="VG506",
            )
        if segments:
            recovery.set_aside(self._disk, self._layout, (segments[0][1], 0), ())
        if self._layout.kept.exists():  # part of a checkpoint that was never acknowledged
            self._disk.remove(self._layout.kept)
            self._disk.sync_folder(self._layout.root)

    # Writing; the lock is held

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._usable or not self._alive.held:
            raise ExecutionError(
                "this log is closed, or an earlier write to it failed",
                why="after a failed write nobody knows what the disk holds until the log is opened again",
                fix="start the command again",
                code="VG521",
            )
        with writing(self._layout), self._lock, self._together():
            yield

    @contextlib.contextmanager
    def _together(self, opening: Opening | None = None) -> Iterator[None]:
        """Catch up with everybody; with a team store, hold the ledger there until what was written is there too."""
        copy = self._copy
        if copy is None:
            self._catch_up(opening)
            yield
            return
        self._written, acting, tail = False, False, False
        try:
            self._catch_up(opening, sealed_only=True)
            with copy.team.turn(self._state.origin) as row:
                if copy.bring_in(row):
                    self._close_file()
                    self._unsaid = [path for path in recovery.pending(self._layout) if path not in self._said]
                self._catch_up(opening)
                acting, tail = True, self._state.size > self._head().size
                yield
                if self._state.size > self._head().size:
                    self._seal(keep=False)  # nothing stays here that the others cannot see
        except BaseException:
            # An act that was refused before it wrote anything leaves everything as it was.
            self._usable = self._usable and acting and not self._written
            if self._written and not tail and not copy.team.published:
                self._close_file()
                with contextlib.suppress(OSError):  # otherwise the next writer sets it aside
                    copy.cut_back()
            raise

    def _catch_up(self, opening: Opening | None = None, *, sealed_only: bool = False) -> None:
        found = self._state.catch_up(sealed_only=sealed_only)
        if opening is not None:
            opening.check(self._layout, self._state)
        if self._admitted and not sealed_only:  # before anything is changed
            admit(self._layout, self.registry, self._keys.values())
        if found.torn_kept:
            self._disk.truncate(self._layout.kept, self._state.kept_size)
        if found.finish is not None:
            self._place_checkpoint(found.finish)
        if found.bad is not None:
            recovery.set_aside(self._disk, self._layout, found.bad, found.bad_files)
            self._close_file()
            self._unsaid = [path for path in recovery.pending(self._layout) if path not in self._said]

    def _write(self, drafts: Sequence[Draft]) -> list[Stored]:
        if not self._adopted and not self._unsaid:
            return self._append_lines(drafts)
        if drafts and drafts[0].kind == "keys.declared":  # the key that signs what follows
            return [*self._append_lines(drafts[:1]), *self._write(drafts[1:])]
        quarantined = [recovery.describe(path) for path in self._unsaid]
        self._append_lines([Draft("recovery", {"adopted": self._adopted, "quarantined": quarantined})])
        self._said, self._unsaid, self._adopted = [*self._said, *self._unsaid], [], 0
        return self._append_lines(drafts)

    def _append_lines(self, drafts: Sequence[Draft]) -> list[Stored]:
        stored, parts = self._drafting.lines(drafts, self._stamp)
        for part in parts:
            if part:
                self._append_bytes(part)
        return stored

    def _append_bytes(self, lines: Sequence[bytes]) -> None:
        """Write lines that fit into the current file, or into a new one when it is full."""
        state = self._state
        state.next_file()
        self._written = True
        target = self._layout.segment(state.first)
        try:
            if self._fd_first != state.first:
                self._close_file()
            if self._fd is None:
                self._fd_first = state.first
                self._fd = self._disk.open_append(target) if target.exists() else self._disk.create(target)
            self._disk.write(self._fd, b"".join(line + b"\n" for line in lines))
        except OSError as error:
            self._usable = False
            # What was written of it was never acknowledged; if it cannot be cut off now, the next writer sets it aside.
            with contextlib.suppress(OSError):
                self._disk.truncate(target, state.offset)
            raise cannot_write(self._layout, error) from error
        state.added(lines)

    def _seal(self, *, keep: bool) -> None:
        state, disk, layout = self._state, self._disk, self._layout
        if self._adopted or self._unsaid:
            self._write(())
        old = state.head
        if old is not None and old.size == state.size and (old.kept or not keep):
            return
        sealed = old.size if old else 0
        try:
            first = sealed - sealed % (state.lines_per_file or 1)
            while first < state.size and sealed < state.size:
                fd = disk.open_append(layout.segment(first))
                try:
                    disk.sync(fd)
                finally:
                    disk.close(fd)
                first += state.lines_per_file
            disk.sync_folder(layout.log)
            head = heads.make_head(
                origin=state.origin,
                size=state.size,
                root=state.edge.root(),
                kept=keep,
                count=state.kept_count,
                digest=state.kept_hash.hexdigest(),
                key=self._keys["log"],
            )
            if self._copy is not None:  # the others have it before it counts here
                self._copy.publish(head, now=self._stamp.time, more=iter(tuple(self._fresh)))
                self._fresh.clear()
            if keep:
                self._keep(head)
            self._place_checkpoint(head)
        except OSError as error:
            self._usable = False
            raise cannot_write(layout, error) from error
        state.sealed_by(head)
        recovery.settle(disk, self._said)
        self._said = []

    def _keep(self, head: heads.Head) -> None:
        path = self._layout.kept
        fd = self._disk.open_append(path) if path.exists() else self._disk.create(path)
        try:
            self._disk.write(fd, head.line())
            self._disk.sync(fd)
        finally:
            self._disk.close(fd)
        self._disk.sync_folder(self._layout.root)

    def _place_checkpoint(self, head: heads.Head) -> None:
        self._disk.write_file(self._layout.tmp / secrets.token_hex(16), self._layout.checkpoint, head.note)

    def _head(self) -> heads.Head:
        if self._state.head is None:
            raise VerificationError(f"{self._layout.root} has no checkpoint", code="VG506")
        return self._state.head

    def _close_file(self) -> None:
        if self._fd is not None:
            fd, self._fd = self._fd, None
            self._disk.close(fd)

    def _abandon(self) -> None:
        # Whatever was acknowledged is on the medium already, and the next writer tidies up what is left lying here.
        with contextlib.suppress(OSError):
            self._close_file()
        if self._alive.held:
            with contextlib.suppress(OSError):
                self._alive.path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._alive.release()
        if self._copy is not None:
            self._copy.team.close()
