"""The log as writers and readers use it.

Any number of processes may write to one log. Each takes the lock for one batch, reads what the others added, appends
its lines in one write, and lets go. A line that was appended survives the death of the process. ``commit`` makes
everything durable and signs a new checkpoint; what it returned for survives loss of power. After an error the object
refuses to go on: opening the log again recovers it.

Reading (``read_log``, in ``reading``) needs no lock and no key.

No clock: every time comes in with the call. Source: integrity.md §3.4, C-1 to C-5. Format: docs/format.md.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger import heads, kinds, recovery
from valgen.ledger.blobs import BlobRef, Blobs
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.files import LINES_PER_FILE, Layout, read_lines, read_plain, segment_name
from valgen.ledger.folder import cannot_write, make_folders, writing
from valgen.ledger.keys import ROLES, KeyStore, SigningKey
from valgen.ledger.lock import Lock, is_held
from valgen.ledger.merkle import leaf_hash
from valgen.ledger.note import NAME, Checkpoint
from valgen.ledger.reading import read_log
from valgen.ledger.record import Draft, Stamp, Stored, build_line
from valgen.ledger.run_rules import run_id
from valgen.ledger.state import State


class Log:
    """An open log. Made by ``open``, ``create`` or ``open_or_create``; use it in one thread."""

    def __init__(self, layout: Layout, keys: KeyStore, stamp: Stamp, disk: Disk, salt: Callable[[], str]) -> None:
        self._layout = layout
        self._disk = disk
        self._salt = salt
        self._stamp = stamp
        self._state = State(layout=layout)
        self._keys = {role: keys.machine_key(role) for role in ROLES}
        self._lock = Lock(layout.lock / "append")
        self._alive = Lock(layout.lock / f"writer-{secrets.token_hex(8)}")
        self._blobs = Blobs(layout.blobs, layout.tmp, disk=disk)
        self._fd: int | None = None
        self._fd_first = 0  # number of the first record in the file that is open
        self._usable = True
        self._adopted = 0
        self._unsaid: list[Path] = []  # set aside, and no recovery record written yet
        self._said: list[Path] = []  # its recovery record is written, not sealed yet

    @classmethod
    def open_or_create(
        cls,
        folder: Path,
        *,
        origin: str,
        now: str,
        tool: str,
        mode: Literal["dry"] = "dry",
        keystore: Path | None = None,
        mono: int = 0,
        boot: str = "",
        actor: str = "valgen",
        disk: Disk = DISK,
        salt: Callable[[], str] = lambda: secrets.token_hex(16),
        lines_per_file: int = LINES_PER_FILE,
    ) -> Log:
        """Open the log in a folder for writing; make it first when there is none.

        Opening recovers what a crash left behind and writes a ``recovery`` record about it. When the log was made
        with keys of another machine, this machine's keys are declared in it.

        Args:
            folder: of the log; created with its parents.
            origin: whose log it is, the project id; visible ASCII without space and plus.
            now: time of this act, RFC 3339 in UTC.
            tool: name and version of the writer, such as ``valgen 0.1.0``.
            mode: what kind of log is made.
            keystore: folder of the machine's keys; None for the user's own.
            mono: monotonic clock in milliseconds.
            boot: name of the boot that ``mono`` belongs to.
            actor: who acts.
            disk: durable operations.
            salt: gives 16 random bytes in hex for each record.
            lines_per_file: of a new log.

        Raises:
            VerificationError: what lies there is not a log of this origin, or was altered.
            ExecutionError: it cannot be written.
            AuthorityError: the key store cannot be used.
        """
        layout = Layout(folder)
        if not NAME.fullmatch(origin):
            raise VerificationError(
                f"{origin!r} cannot name a log",
                why="the name stands in every record and checkpoint",
                fix="use letters, digits and . _ : / @ -",
                code="VG526",
            )
        with writing(layout):
            make_folders(layout, disk)
            log = cls(layout, KeyStore(keystore), Stamp(time=now, mono=mono, boot=boot, actor=actor), disk, salt)
            try:
                log._begin(origin, mode, tool, lines_per_file)
            except BaseException:
                log._abandon()
                raise
        return log

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

    def append(
        self, drafts: Sequence[Draft], *, time: str, mono: int, boot: str, actor: str, durable: bool = False
    ) -> list[Stored]:
        """Write records at once, in order and next to each other.

        They are in the file when this returns, and on the medium after the next ``commit``. Long values become blobs.

        Args:
            drafts: what to write.
            time: RFC 3339 in UTC.
            mono: monotonic clock in milliseconds.
            boot: name of the boot that ``mono`` belongs to.
            actor: who did it.
            durable: also ``commit``.

        Raises:
            VerificationError: a draft does not fit its kind, or the log is not what it was.
            ExecutionError: the log cannot be written.
        """
        self._stamp = Stamp(time=time, mono=mono, boot=boot, actor=actor)
        ready = [Draft(draft.kind, self._spill(draft), draft.signer) for draft in drafts]
        with self._turn():
            stored = self._write(ready)
            if durable:
                self._seal(keep=False)
        return stored

    def start_run(self, body: Mapping[str, Any], *, time: str, mono: int, boot: str, actor: str) -> Stored:
        """Write ``run.started`` with the next free run id, durably.

        Args:
            body: as in docs/format.md, without ``run``.
            time: see ``append``, as the others.
            mono: monotonic clock in milliseconds.
            boot: name of the boot.
            actor: who started it.

        Returns:
            The record; its id is ``body["run"]``.
        """
        self._stamp = Stamp(time=time, mono=mono, boot=boot, actor=actor)
        spilled = self._spill(Draft("run.started", body))
        with self._turn():
            draft = Draft("run.started", {**spilled, "run": run_id(self._state.mode, self._state.runs + 1)})
            stored = self._write([draft])
            self._seal(keep=False)
        return stored[0]

    def commit(self, *, keep: bool = False) -> Checkpoint:
        """Make every record so far durable and sign a checkpoint over them.

        Args:
            keep: also enter the checkpoint into the list of kept ones, as at the end of a run.
        """
        with self._turn():
            self._seal(keep=keep)
        return self._head().checkpoint

    def put_blob(self, content: bytes | Path) -> BlobRef:
        """Keep bytes or a copy of a file, durably; see ``Blobs.put``."""
        return self._blobs.put(content)

    def read_blob(self, sha256: str) -> bytes:
        """Return the checked bytes of a blob; see ``Blobs.read``."""
        return self._blobs.read(sha256)

    def close(self) -> None:
        """Seal what is not sealed yet and let go of the log; nothing happens the second time."""
        if self._alive.held:
            try:
                if self._usable and self._state.size:
                    self.commit()
            finally:
                self._abandon()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Opening

    def _begin(self, origin: str, mode: str, tool: str, lines_per_file: int) -> None:
        layout = self._layout
        with self._lock:
            alone = self._join()
            if self._never_sealed():
                self._set_aside_stillborn()
                self._unsaid = recovery.pending(layout)
                self._found(origin, mode, tool, lines_per_file)
            else:
                self._catch_up()
                self._unsaid = recovery.pending(layout)
                if self._state.origin != origin:
                    raise VerificationError(
                        f"the log in {layout.root} belongs to {self._state.origin}, not to {origin}",
                        why="records of one project never count for another",
                        fix="move the folder away if it came here by copying, or set the project id back",
                        code="VG526",
                    )
                if alone:
                    self._adopted = self._state.size - self._head().size
            drafts = self._declaration()
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

    def _found(self, origin: str, mode: str, tool: str, lines_per_file: int) -> None:
        keys = [{"role": role, "key": self._keys[role].public.hex()} for role in ROLES]
        self._state.origin, self._state.mode = origin, mode
        body = {"mode": mode, "format": kinds.FORMAT, "lines_per_file": lines_per_file, "keys": keys, "tool": tool}
        line = build_line(self._body(Draft("genesis", body)), self._keys.values())
        path = self._layout.segment(0)
        self._fd = self._disk.create(path)
        self._append_bytes([line])
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

    def _declaration(self) -> list[Draft]:
        """Return the record that declares this machine's keys, where the log does not know them."""
        known = self._state.keys
        keys = [{"role": key.role, "key": key.public.hex()} for key in self._keys.values() if key.id not in known]
        return [Draft("keys.declared", {"keys": keys, "reason": "opened with another key store"})] if keys else []

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
        with writing(self._layout), self._lock:
            self._catch_up()
            yield

    def _catch_up(self) -> None:
        found = self._state.catch_up()
        if found.torn_kept:
            self._disk.truncate(self._layout.kept, self._state.kept_size)
        if found.finish is not None:
            self._place_checkpoint(found.finish)
        if found.bad is not None:
            recovery.set_aside(self._disk, self._layout, found.bad, found.bad_files)
            self._close_file()
            self._unsaid = [path for path in recovery.pending(self._layout) if path not in self._said]

    def _write(self, drafts: Sequence[Draft]) -> list[Stored]:
        if self._adopted or self._unsaid:
            quarantined = [recovery.describe(path) for path in self._unsaid]
            found = Draft("recovery", {"adopted": self._adopted, "quarantined": quarantined})
            self._append_lines([found])
            self._said, self._unsaid, self._adopted = [*self._said, *self._unsaid], [], 0
        return self._append_lines(drafts)

    def _append_lines(self, drafts: Sequence[Draft]) -> list[Stored]:
        """Write drafts; all lines are made before the first is written, so that a bad draft leaves nothing behind."""
        state = self._state
        stored: list[Stored] = []
        parts: list[list[bytes]] = [[]]  # one for each file that the lines go to
        offset, runs = state.offset, state.runs
        for number, draft in enumerate(drafts, state.size):
            if number % state.lines_per_file == 0:  # the next file begins
                offset = 0
                parts.append([])
            body = self._body(draft, number)
            if draft.kind == "run.started":
                runs += 1
                if body.get("run") != (expected := run_id(state.mode, runs)):
                    raise ExecutionError(f"the next run is {expected}, not {body.get('run')}", code="VG514")
            line = build_line(body, self._signers(draft))
            file = segment_name(number - number % state.lines_per_file)
            stored.append(Stored(seq=number, leaf=leaf_hash(line).hex(), body=body, file=file, offset=offset))
            parts[-1].append(line)
            offset += len(line) + 1
        for part in parts:
            if part:
                self._append_bytes(part)
        return stored

    def _signers(self, draft: Draft) -> list[SigningKey]:
        if draft.kind == "keys.declared":
            return list(self._keys.values())
        if draft.signer is not None or kinds.KINDS[draft.kind].signed:
            return [self._keys["recorder"]]
        return []

    def _append_bytes(self, lines: Sequence[bytes]) -> None:
        """Write lines that fit into the current file, or into a new one when it is full."""
        state = self._state
        state.next_file()
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

    def _body(self, draft: Draft, number: int = 0) -> dict[str, Any]:
        if draft.kind not in kinds.KINDS:
            raise VerificationError(f"{draft.kind!r} is no kind of record", code="VG503")
        stamp = self._stamp
        return {
            **draft.body,
            "seq": number,
            "time": stamp.time,
            "mono": stamp.mono,
            "boot": stamp.boot,
            "actor": stamp.actor,
            "kind": draft.kind,
            "origin": self._state.origin,
            "salt": self._salt(),
        }

    def _spill(self, draft: Draft) -> dict[str, Any]:
        return kinds.spill({**draft.body, "kind": draft.kind}, self.put_blob)

    def _head(self) -> heads.Head:
        if self._state.head is None:
            raise VerificationError(f"{self._layout.root} has no checkpoint", code="VG506")
        return self._state.head

    def _close_file(self) -> None:
        if self._fd is not None:
            fd, self._fd = self._fd, None
            self._disk.close(fd)

    def _abandon(self) -> None:
        self._close_file()
        if self._alive.held:
            self._alive.path.unlink(missing_ok=True)
            self._alive.release()


__all__ = ["BlobRef", "Draft", "Log", "Stored", "read_log"]
