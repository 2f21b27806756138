"""The log as writers and readers use it.

Any number of processes may write to one log. Each takes the lock for one batch, reads what the others added, appends
its lines in one write, and lets go. A line that was appended survives the death of the process. ``commit`` makes
everything durable and signs a new checkpoint; what it returned for survives loss of power. After an error the object
refuses to go on: opening the log again recovers it.

Reading (``read_log``, in ``reading``) needs no lock and no key.

No clock: every time comes in with the call. Source: integrity.md §3.4, C-1 to C-5. Format: docs/format.md.
"""

from __future__ import annotations

import dataclasses
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from valgen.ledger import kinds
from valgen.ledger.blobs import BlobRef
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.files import LINES_PER_FILE, Layout
from valgen.ledger.folder import make_folders, writing
from valgen.ledger.keys import KeyStore, SigningKey
from valgen.ledger.note import Checkpoint
from valgen.ledger.opening import Opening, nothing_there
from valgen.ledger.reading import read_log
from valgen.ledger.record import Draft, Stamp, Stored
from valgen.ledger.registry import Registry
from valgen.ledger.registry_book import ROOT
from valgen.ledger.run_rules import run_id
from valgen.ledger.writer import Writer

if TYPE_CHECKING:
    from valgen.ledger.team import Team


def _salt() -> str:
    return secrets.token_hex(16)


class Log(Writer):
    """An open log; use it in one thread.

    Made by ``open_or_create`` for dry runs; by ``create_ledger``, ``open_ledger`` or ``declare_machine`` for a ledger.
    """

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
        salt: Callable[[], str] = _salt,
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
        opening = Opening(mode=mode, make=True, origin=origin, tool=tool, lines_per_file=lines_per_file)
        return cls._open(folder, opening, Stamp(time=now, mono=mono, boot=boot, actor=actor), keystore, disk, salt)

    @classmethod
    def create_ledger(
        cls,
        folder: Path,
        *,
        project: str,
        root_keys: Sequence[SigningKey],
        threshold: int,
        single_administrator: bool,
        now: str,
        tool: str,
        keystore: Path | None = None,
        mono: int = 0,
        boot: str = "",
        disk: Disk = DISK,
        salt: Callable[[], str] = _salt,
        lines_per_file: int = LINES_PER_FILE,
        identity: str = "",
    ) -> Log:
        """Make the ledger of a project and open it; see ``open_or_create`` for the other arguments.

        Its first record declares the root keys and the keys of this machine, and all of them sign it.

        Args:
            folder: of the ledger, such as ``.valgen``; created with its parents.
            project: project id; the origin becomes ``valgen:<uuid>/<project>``.
            root_keys: keys of role ``root``.
            threshold: how many of them must sign where the root signs.
            single_administrator: whether one administrator may do alone what takes two people, for ever.
            now: time of this act.
            tool: name and version of the writer.
            keystore: folder of the machine's keys.
            mono: monotonic clock in milliseconds.
            boot: name of the boot.
            disk: durable operations.
            salt: gives 16 random bytes in hex for each record.
            lines_per_file: records in a file.
            identity: the UUID; drawn when empty.

        Raises:
            AuthorityError: there are records in the folder already, or the root keys break a rule.
        """
        opening = Opening(
            mode="ledger",
            make=True,
            origin=f"valgen:{identity or uuid.uuid4()}/{project}",
            project=project,
            tool=tool,
            lines_per_file=lines_per_file,
            root_keys=tuple(root_keys),
            threshold=threshold,
            single_administrator=single_administrator,
        )
        return cls._open(folder, opening, Stamp(time=now, mono=mono, boot=boot, actor=ROOT), keystore, disk, salt)

    @classmethod
    def open_ledger(
        cls,
        folder: Path,
        *,
        project: str,
        now: str,
        root: str = "",
        keystore: Path | None = None,
        mono: int = 0,
        boot: str = "",
        actor: str = "valgen",
        team: Team | None = None,
        disk: Disk = DISK,
        salt: Callable[[], str] = _salt,
    ) -> Log:
        """Open the ledger of a project for writing; see ``open_or_create`` for the other arguments.

        Args:
            folder: of the ledger.
            project: project id that it must belong to.
            now: time of this act.
            root: root fingerprint known from elsewhere; empty for none.
            keystore: folder of the machine's keys.
            mono: monotonic clock in milliseconds.
            boot: name of the boot.
            actor: who acts.
            team: store that others write to as well; closed with this log. None for none.
            disk: durable operations.
            salt: gives 16 random bytes in hex for each record.

        Raises:
            VerificationError: there is no ledger, it belongs to another project, has another root or was altered.
            AuthorityError: the ledger does not know the keys of this machine.
            ExecutionError: it cannot be written.
        """
        opening = Opening(mode="ledger", make=False, project=project, root=root)
        return cls._open(
            folder, opening, Stamp(time=now, mono=mono, boot=boot, actor=actor), keystore, disk, salt, team
        )

    @classmethod
    def declare_machine(
        cls,
        folder: Path,
        *,
        project: str,
        signers: Sequence[SigningKey],
        actor: str,
        reason: str,
        now: str,
        root: str = "",
        keystore: Path | None = None,
        mono: int = 0,
        boot: str = "",
        team: Team | None = None,
        disk: Disk = DISK,
        salt: Callable[[], str] = _salt,
    ) -> Log:
        """Declare the keys of this machine in a ledger and open it; as ``open_ledger`` when they are known.

        Args:
            folder: of the ledger.
            project: project id that it must belong to.
            signers: the key of an administrator, or root keys.
            actor: account of that administrator, or ``root``.
            reason: why this machine is added.
            now: time of this act.
            root: root fingerprint known from elsewhere; empty for none.
            keystore: folder of the machine's keys.
            mono: monotonic clock in milliseconds.
            boot: name of the boot.
            team: store that others write to as well; closed with this log. None for none.
            disk: durable operations.
            salt: gives 16 random bytes in hex for each record.

        Raises:
            AuthorityError: who signs may not vouch for a machine, or a key was declared before.
        """
        opening = Opening(mode="ledger", make=False, project=project, root=root, declare=tuple(signers), reason=reason)
        return cls._open(
            folder, opening, Stamp(time=now, mono=mono, boot=boot, actor=actor), keystore, disk, salt, team
        )

    @classmethod
    def _open(
        cls,
        folder: Path,
        opening: Opening,
        stamp: Stamp,
        keystore: Path | None,
        disk: Disk,
        salt: Callable[[], str],
        team: Team | None = None,
    ) -> Log:
        layout = Layout(folder)
        if not opening.make and not layout.log.is_dir():
            raise nothing_there(layout)
        with writing(layout):
            make_folders(layout, disk, opening.mode)
            log = cls(layout, KeyStore(keystore), stamp, disk, salt, team)
            try:
                log._begin(opening)
            except BaseException:
                log._abandon()
                raise
        return log

    def refresh(self) -> Registry:
        """Read what other writers added and return the registry of a ledger."""
        with self._turn():
            return self.registry

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        time: str,
        mono: int,
        boot: str,
        actor: str,
        durable: bool = False,
        expect: Callable[[Registry], None] | None = None,
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
            expect: of a ledger: gets the registry as it really is, under the lock, and raises to stop the act.

        Raises:
            VerificationError: a draft does not fit its kind, or the log is not what it was.
            AuthorityError: a record would break a rule of the ledger.
            ExecutionError: the log cannot be written.
        """
        self._stamp = Stamp(time=time, mono=mono, boot=boot, actor=actor)
        ready = [dataclasses.replace(draft, body=self._spill(draft)) for draft in drafts]
        with self._turn():
            if expect is not None:
                expect(self.registry)
            stored = self._write(ready)
            if durable:
                self._seal(keep=False)
        return stored

    def retire_keys(
        self,
        keys: Sequence[str],
        *,
        stolen: bool,
        reason: str,
        signers: Sequence[SigningKey],
        time: str,
        mono: int,
        boot: str,
        actor: str,
    ) -> Stored:
        """Retire keys of other machines in a ledger, durably.

        Args:
            keys: ids of log and recorder keys.
            stolen: whether somebody else may have had them.
            reason: why.
            signers: the key of an administrator, or root keys.
            time: see ``append``, as the others.
            mono: monotonic clock in milliseconds.
            boot: name of the boot.
            actor: account of that administrator, or ``root``.

        Raises:
            AuthorityError: who signs may not do it, or a key is not an active one of another machine.
        """
        body = {"keys": list(keys), "stolen": stolen, "reason": reason}
        draft = Draft("keys.retired", body, signers=tuple(signers))
        return self.append([draft], time=time, mono=mono, boot=boot, actor=actor, durable=True)[0]

    def start_run(
        self,
        body: Mapping[str, Any],
        *,
        time: str,
        mono: int,
        boot: str,
        actor: str,
        expect: Callable[[Registry], None] | None = None,
    ) -> Stored:
        """Write ``run.started`` with the next free run id, durably.

        Args:
            body: as in docs/format.md, without ``run``.
            time: see ``append``, as the others.
            mono: monotonic clock in milliseconds.
            boot: name of the boot.
            actor: who started it.
            expect: see ``append``.

        Returns:
            The record; its id is ``body["run"]``.
        """
        self._stamp = Stamp(time=time, mono=mono, boot=boot, actor=actor)
        spilled = self._spill(Draft("run.started", body))
        with self._turn():
            if expect is not None:
                expect(self.registry)
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
        ref = self._blobs.put(content)
        if self._copy is not None:
            self._fresh[ref.sha256] = None
        return ref

    def read_blob(self, sha256: str) -> bytes:
        """Return the checked bytes of a blob; see ``Blobs.read``."""
        return self._blobs.read(sha256)

    def close(self) -> None:
        """Seal what is not sealed yet and let go of the log; nothing happens the second time."""
        if self._alive.held:
            try:
                sealed = self._state.head.size if self._state.head is not None else 0
                if self._usable and self._state.size > (sealed if self._copy is not None else 0):
                    self.commit()
            finally:
                self._abandon()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _spill(self, draft: Draft) -> dict[str, Any]:
        return kinds.spill({**draft.body, "kind": draft.kind}, self.put_blob)


__all__ = ["BlobRef", "Draft", "Log", "Stored", "read_log"]
