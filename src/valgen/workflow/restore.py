"""Put back a copy of the ledger: whole, unaltered, and never silently shorter than what is known.

The copy is verified and compared with every head that is known from elsewhere: what this user saw last, what lies in
place now, and heads that somebody brings. It is prepared beside the ledger and changes places with it at the end, so
that a crash leaves the one or the other. What lay there is kept beside, under a name with a number; nothing is deleted.

A copy with less than what is known takes two people. The first one's command writes the proposal into the prepared
copy, the second one's the record of what is missing and why. Until then nothing is put in place.

Source: integrity.md C-8, C-9, I-4; design.md §7. Format: docs/format-ledger.md, "Restore".
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from valgen.errors import AuthorityError, ExecutionError, ValgenError, VerificationError
from valgen.ledger.durable import DISK
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.heads import Head, read_head, read_kept
from valgen.ledger.lock import is_held
from valgen.ledger.reading import root_at
from valgen.ledger.record import Draft, read_line
from valgen.ledger.registry import Registry
from valgen.ledger.seen import read_seen
from valgen.ledger.verify import verify_log
from valgen.records.authority import Authority, other_administrators, own_proposal, require_administrator, second_person
from valgen.records.ledger import Ledger, Place, open_ledger, read_registry
from valgen.workflow.pack_place import exchange
from valgen.workflow.people import By, Desk, authority_of
from valgen.workflow.people_founding import add_machine
from valgen.workflow.restore_copy import copy_ledger

ACT = "restored"

_RESTORING = frozenset(
    {"keys.declared", "login.failed", "proposal", "recovery", "refused", "restored", "session.closed", "session.opened"}
)
_PREPARED = "-restoring"
_REPLACED = "-replaced-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The newest head that is known from elsewhere.

    Attributes:
        size: number of records.
        root: over them, hex.
        where: who knows it, in words.
    """

    size: int
    root: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came of putting back a copy.

    Attributes:
        records: that the copy holds.
        known: newest head known from elsewhere; None when nothing is.
        proposed: whether it waits for a second person; nothing was put in place then.
        others: user ids of those who can agree.
        record: number of the record about what is missing; None where nothing is.
        kept: folder with what lay there before; None where nothing did.
    """

    records: int
    known: Known | None
    proposed: bool = False
    others: tuple[str, ...] = ()
    record: int | None = None
    kept: Path | None = None

    @property
    def missing(self) -> int:
        """How many records are known that the copy does not hold."""
        return max(0, self.known.size - self.records) if self.known else 0


def restore(desk: Desk, by: By, *, source: Path, reason: str, heads: Sequence[bytes] = ()) -> Restored:
    """Put a copy of the ledger in place.

    Args:
        desk: where the person acts.
        by: an administrator, or the root where there is none.
        source: folder with the copy.
        reason: why a copy has to be used.
        heads: checkpoints that somebody kept elsewhere.

    Raises:
        VerificationError: the copy is not whole, was altered, or is of another ledger or history (VG635).
        AuthorityError: not allowed, or the person is not who they say.
        ExecutionError: somebody is writing, or something cannot be read or put in place.
    """
    if not reason.strip():
        raise AuthorityError("a reason is needed", why="it stands in the record", fix="--reason TEXT", code="VG601")
    try:
        return _restore(desk, by, source, reason, heads)
    except OSError as error:
        raise ExecutionError(
            f"the copy cannot be put in place: {error.strerror or error}",
            why="the disk refused to read or to write; what lay in place is kept, and what was prepared is used again",
            fix="see that the disk works and has room, then type the command again",
            code="VG521",
        ) from error


def _restore(desk: Desk, by: By, source: Path, reason: str, heads: Sequence[bytes]) -> Restored:
    place = desk.place
    place.check()
    if place.team is not None:
        raise ExecutionError(
            "the ledger is kept in a team store, so that no copy is put in place on one computer",
            why="the others would go on with the records that this computer no longer has",
            fix="move the folder of records away and fetch the ledger again: valgen records store. When the database "
            "itself was lost, restore it from its backup, then type valgen records store --complete on the computer "
            "that has most records",
            code="VG635",
        )
    _refuse_writers(place)
    prepared = place.folder.with_name(place.folder.name + _PREPARED)
    size = _prepare(place, source, prepared)
    within = replace(desk, place=replace(place, folder=prepared))
    registry = read_registry(within.place)
    known = _newest(place, registry, prepared, size, heads)
    record = _recorded(prepared, size)
    if record is not None:  # everything was done but the exchange
        return Restored(records=size, known=known, record=record, kept=_exchange(desk, prepared))
    with _opened(within, by, reason) as ledger:
        authority = authority_of(ledger, by, desk.terminal, anew=True)
        gap = known is not None and known.size > size
        require_administrator(ledger, authority, act=ACT, subject="the ledger", root=not gap)
        if known is not None and gap:
            number = second_person(ledger, authority, act=ACT, account=None)
            if number is None:
                return _propose(ledger, authority, reason, size, known)
            body = {"known": {"size": known.size, "root": known.root}, "kept": size, "reason": reason[:1000]}
            draft = Draft(ACT, {**body, "proposal": number}, signers=authority.signers(both=bool(authority.root)))
            record = ledger.write([draft], actor=authority.actor)[0].seq
    kept = _exchange(desk, prepared)
    return Restored(records=size, known=known, record=record, kept=kept)


def _opened(desk: Desk, by: By, reason: str) -> Ledger:
    """Open the prepared copy; a computer that it does not know is let in by whoever restores, as on a new one."""
    try:
        return open_ledger(desk.place, now=desk.now(), shorter=True)
    except AuthorityError as error:
        if error.code != "VG559":
            raise
    add_machine(desk, by, reason=f"to put back a copy: {reason}"[:1000])
    return open_ledger(desk.place, now=desk.now(), shorter=True)


def who_can(desk: Desk, source: Path) -> Desk:
    """Return a desk at the copy, to ask which secrets somebody will have to show.

    Args:
        desk: of the project.
        source: folder with the copy.

    Raises:
        VerificationError: what the copy says of people cannot be verified, so that nobody can be asked (VG635).
    """
    prepared = desk.place.folder.with_name(desk.place.folder.name + _PREPARED)
    found = replace(desk, place=replace(desk.place, folder=prepared if prepared.exists() else source))
    if Layout(found.place.folder).root_file.exists():
        try:
            read_registry(found.place)
        except VerificationError as error:
            raise _unfit(error.what) from error
    return found


def _propose(ledger: Ledger, authority: Authority, reason: str, size: int, known: Known) -> Restored:
    if own_proposal(ledger, authority, ACT, "") is None:
        body = {"act": ACT, "account": "", "reason": reason[:1000]}
        ledger.write([Draft("proposal", body, signers=authority.signers())], actor=authority.actor)
    return Restored(records=size, known=known, proposed=True, others=other_administrators(ledger, authority))


def _prepare(place: Place, source: Path, prepared: Path) -> int:
    """Copy a ledger beside the one in place and verify it; return how many records the copy holds."""
    if prepared.exists():
        size = _same_copy(source, prepared)
        if size:
            return size
        _aside(prepared)
    begun = prepared.with_name(prepared.name + ".tmp")
    if begun.exists():
        shutil.rmtree(begun)  # a copy of a copy that was never finished
    head = copy_ledger(source, begun)
    found = verify_log(begun)
    owner = found.origin.rpartition("/")[2]
    if found.mode != "ledger" or owner != place.project_id:
        shutil.rmtree(begun)
        raise _unfit(f"it is of {found.origin or 'no ledger'}, and this project is {place.project_id}")
    if not found.ok:
        shutil.rmtree(begun)
        first = found.problems[0]
        raise _unfit(f"{len(found.problems)} things are wrong with it, first {first.where}: {first.message}")
    begun.rename(prepared)
    DISK.sync_folder(prepared.parent)
    return head.size


def _same_copy(source: Path, prepared: Path) -> int:
    """Return the size of a copy if what was prepared is that copy with acts of restoring behind it; otherwise 0."""
    try:
        head = read_head(read_plain(Layout(source).checkpoint))
    except (OSError, ValgenError):
        return 0
    if root_at(prepared, head.size) != head.checkpoint.root:
        return 0
    behind = {body["kind"] for body in _behind(prepared, head.size)}
    return head.size if behind <= _RESTORING else 0


def _recorded(prepared: Path, size: int) -> int | None:
    """Return the number of the record of the gap where a command was cut off before the exchange."""
    return next((body["seq"] for body in _behind(prepared, size) if body["kind"] == ACT), None)


def _behind(folder: Path, size: int) -> Iterator[dict[str, Any]]:
    """Yield the body of every record from ``size`` on."""
    for first, path in Layout(folder).segments():
        for number, line in enumerate(read_lines(path), first):
            if number >= size and line.complete:
                yield read_line(line.data)[0]


def _newest(place: Place, registry: Registry, copy: Path, size: int, brought: Sequence[bytes]) -> Known | None:
    """Return the newest head that is known of this ledger; each one that the copy reaches must be its own."""
    found: list[Known] = []
    in_place = Layout(place.folder).root_file
    if in_place.exists() and read_plain(in_place) != registry.root_line + b"\n":
        raise _unfit("it is of another ledger than the one in place; move that away first if it is the wrong one")
    seen = read_seen(place.keystore, registry.origin)
    if seen is not None:
        if seen.root != registry.root_fingerprint:
            raise _unfit(f"its root is {registry.root_fingerprint}, and you saw {seen.root} before")
        found.append(_known(read_head(seen.note), "what you saw last"))
    found += [_known(head, "what lies in place") for head in _heads_in_place(place, registry)]
    for note in brought:
        head = read_head(note)
        if head.checkpoint.origin != registry.origin:
            raise _unfit(f"a head that was given is of {head.checkpoint.origin}")
        found.append(_known(head, "a head that was given"))
    for one in found:
        if one.size <= size and root_at(copy, one.size).hex() != one.root:
            raise _unfit(f"its first {one.size} records are not those of {one.where}: there are two histories")
    newest = max(found, key=lambda one: one.size, default=None)
    anchored = [path for path in Layout(place.folder).anchors.glob("*.*") if re.fullmatch(r"[0-9]{9}", path.stem)]
    beyond = [path.name for path in anchored if int(path.stem) > max(size, newest.size if newest else 0)]
    if beyond:
        raise _unfit(
            f"{beyond[-1]} in place proves that there were more records, and no checkpoint of them is known; "
            "give it with --head"
        )
    return newest


def _heads_in_place(place: Place, registry: Registry) -> list[Head]:
    """Return the heads of the ledger in place that a log key signed; what is damaged there is passed over."""
    layout = Layout(place.folder)
    found = []
    lines: list[bytes] = []
    with contextlib.suppress(OSError, ValgenError):  # that it is damaged may be the reason for all this
        found.append(read_head(read_plain(layout.checkpoint)))
    with contextlib.suppress(OSError, ValgenError):
        lines = read_plain(layout.kept, 1 << 30).splitlines()
    for line in lines:
        try:
            found.append(read_kept(line))
        except ValgenError:
            continue
    keys = [key.public for key in registry.keys.values() if key.role == "log"]
    return [head for head in found if head.checkpoint.origin == registry.origin and _signed(head, keys)]


def _signed(head: Head, keys: Sequence[bytes]) -> bool:
    try:
        head.check_signature(keys)
    except VerificationError:
        return False
    return True


def _known(head: Head, where: str) -> Known:
    return Known(size=head.size, root=head.checkpoint.root.hex(), where=where)


def _exchange(desk: Desk, prepared: Path) -> Path | None:
    """Let the prepared copy and the ledger change places; return where the ledger that lay there is kept."""
    folder = desk.place.folder
    _refuse_writers(desk.place)
    try:
        if not folder.exists():
            prepared.rename(folder)
            kept = None
        else:
            if not exchange(prepared, folder):
                kept = _aside(folder)
                prepared.rename(folder)
            else:
                kept = _aside(prepared, name=folder.name)
            dry = kept / "dry"
            if dry.is_dir() and not (folder / "dry").exists():  # dry runs are no part of the ledger; they stay
                dry.rename(folder / "dry")
        DISK.sync_folder(folder.parent)
    except OSError as error:
        raise ExecutionError(
            f"the copy cannot be put in place: {error.strerror or error}",
            why=f"it lies whole in {prepared}, and what lay in {folder} is kept",
            fix="see that you may write there, then type the command again",
        ) from error
    return kept


def _aside(folder: Path, *, name: str = "") -> Path:
    """Rename a folder to a name of its own beside it, and return that."""
    number = 1
    base = name or folder.name
    while (target := folder.with_name(f"{base}{_REPLACED}{number}")).exists():
        number += 1
    folder.rename(target)
    return target


def _refuse_writers(place: Place) -> None:
    for path in Layout(place.folder).lock.glob("writer-*"):
        if is_held(path):
            raise ExecutionError(
                "somebody is writing to the ledger now",
                why="what they record would be lost when a copy takes its place",
                fix="wait until every other valgen of this project has ended",
                code="VG520",
            )


def _unfit(reason: str) -> VerificationError:
    return VerificationError(
        f"the copy cannot be put in place: {reason}",
        why="records are put back only from a whole and unaltered copy of the same ledger",
        fix="take another copy; valgen verify FOLDER shows what is wrong with one",
        code="VG635",
    )
