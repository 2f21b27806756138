"""Anchors: let something outside the ledger confirm how far it reached.

A *time stamp* is asked for over a kept checkpoint: of an authority whose root certificate somebody chose. It is
accepted in every part or refused. While it is asked for, nobody else waits; when no answer can be had, the ledger goes
on, and the missing time stamp stays visible until one is there: a record says since when and why.

A *git anchor* names the commit in which a kept checkpoint already stands. Nothing is committed here.

The file of an anchor lies in ``anchors/`` before its record is written, so that a crash between the two leaves a proof
too many and never a record without one.

Source: design.md §7; integrity.md §3.5, C-12, C-13, I-4; docs/decisions/0028-issuing-and-anchors.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.errors import ExecutionError, ValgenError, VerificationError
from valgen.ledger.anchors import anchor_name, read_anchor
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.heads import Head, read_kept
from valgen.ledger.record import Draft, read_line
from valgen.ledger.timestamps import (
    MAX_BYTES,
    TimeStampUnavailable,
    check_token,
    fetch,
    normal_form,
    request,
    seconds_between,
)
from valgen.ledger.verify_times import CLOCKS_DIFFER_S
from valgen.readers.settings import read_settings
from valgen.records.ledger import Ledger, open_ledger
from valgen.records.signing_reader import ANCHOR_ACT
from valgen.workflow.anchor_git import find_commit
from valgen.workflow.people import Desk

TIMEOUT_S = 20.0
"""How long an authority may take."""

_KINDS = {"rfc3161": "tsr", "git": "git"}
_NOT_NEW = frozenset({"anchor", "recovery"})  # records that give no reason to anchor again


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """An anchor.

    Attributes:
        medium: ``rfc3161`` or ``git``.
        size: number of records that it covers.
        file: where it lies.
        detail: what the record says of it, such as time and authority.
        new: whether it was made now; otherwise nothing was added since.
    """

    medium: str
    size: int
    file: Path
    detail: str
    new: bool


def stamp(
    desk: Desk,
    *,
    url: str,
    roots: Sequence[bytes],
    ask: Callable[[str, bytes, float], bytes] = fetch,
    disk: Disk = DISK,
) -> Anchored:
    """Have the newest state of the ledger stamped by a time-stamp authority.

    Args:
        desk: where this happens.
        url: of the authority.
        roots: certificates that it must lead to, PEM or DER.
        ask: asks the authority.
        disk: durable operations.

    Raises:
        TimeStampUnavailable: no answer; that the time stamp is pending was recorded, unless it is known already.
        VerificationError: the answer cannot be accepted, or contradicts the clock of this computer, which was
            recorded; or the ledger was altered.
    """
    with open_ledger(desk.place, now=desk.now()) as ledger:
        last, pending = _standing(ledger, "rfc3161")
        if last is not None and not _something_new(ledger, last[0]):
            return _again(ledger, "rfc3161", last)
        head = _kept_head(ledger)
        left = Layout(ledger.place.folder).anchors / anchor_name(head.size, _KINDS["rfc3161"])
        if left.exists():  # a crash came between the file and its record
            data = read_plain(left, MAX_BYTES)
            found = check_token(data, head.note, roots=roots, nonce=None)
            return _anchored(ledger, "rfc3161", head, data, f"{found.time} by {found.authority}", disk)
        nonce = secrets.randbits(63) + 1
        try:
            answer = ask(url, request(head.note, nonce, certificate=True), TIMEOUT_S)
            found = check_token(answer, head.note, roots=roots, nonce=nonce)
            _check_clock(desk.now().time, found.time)
            data = normal_form(answer)
        except (TimeStampUnavailable, VerificationError) as error:
            _say_pending(ledger, error, pending)
            raise
        return _anchored(ledger, "rfc3161", head, data, f"{found.time} by {found.authority}", disk)


def _check_clock(now: str, stamped: str) -> None:
    """Refuse a time stamp that the clock of this computer contradicts: one of both is false (VG549)."""
    apart = seconds_between(now, stamped)
    if abs(apart) > CLOCKS_DIFFER_S:
        raise VerificationError(
            f"the clock of this computer says {now}, and the time stamp {stamped}",
            why="one of both times is false, and records behind the time stamp would contradict it",
            fix="set the clock of this computer, then ask again",
            code="VG549",
        )


def note_commit(desk: Desk, *, disk: Disk = DISK) -> Anchored:
    """Record the newest commit that holds a kept checkpoint of the ledger and that a remote has.

    Raises:
        ExecutionError: there is none; the message says what to commit and push (VG633).
    """
    with open_ledger(desk.place, now=desk.now()) as ledger:
        last, _ = _standing(ledger, "git")
        kept = {head.note: head for head in _kept_heads(ledger)}
        try:
            note, place = find_commit(desk.place.folder, kept.keys())
        except ExecutionError:
            if ledger.log.size and not _checkpoint_is_kept(ledger):
                _kept_head(ledger)  # so that what is committed next can be anchored
            raise
        head = kept[note]
        if last is not None and last[0] >= head.size:
            return _again(ledger, "git", last)
        detail = f"{place.time} in commit {place.commit[:12]} of {place.remote}"
        return _anchored(ledger, "git", head, place.content(), detail, disk)


def authority_of_settings(root: Path, url: str | None, roots: Sequence[bytes]) -> tuple[str, list[bytes]]:
    """Return address and root certificates of the authority to ask, from the settings where they are not given.

    Args:
        root: folder of the project.
        url: given address; None for that of the settings.
        roots: given certificates; none for that of the settings.

    Raises:
        ExecutionError: one of them is not named, or the file cannot be read (VG634).
    """
    settings, _ = read_settings(root)
    address = url or settings.tsa
    found = list(roots)
    if not found and settings.tsa_root:
        try:
            found = [(root / settings.tsa_root).read_bytes()]
        except OSError as error:
            raise _no_authority(f"its root certificate {settings.tsa_root} cannot be read: {error.strerror}") from error
    if not address or not found:
        raise _no_authority("its address and its root certificate are both needed")
    return address, found


def _no_authority(reason: str) -> ExecutionError:
    return ExecutionError(
        f"no time-stamp authority can be asked: {reason}",
        why="a time stamp counts only by the root certificate of its authority, which somebody must have chosen",
        fix="give --tsa URL and --tsa-root FILE, or name tsa and tsa_root under [records] in the settings",
        code="VG634",
    )


def pending_stamp(bodies: Iterable[Mapping[str, Any]]) -> str:
    """Return since when and why a time stamp is pending, in words; empty when none is.

    Args:
        bodies: of the records of kind ``anchor`` and ``refused``, oldest first; others are passed over.
    """
    found = ""
    for body in bodies:
        if body["kind"] == "anchor" and body["medium"] == "rfc3161":
            found = ""
        elif body["kind"] == "refused" and body["act"] == ANCHOR_ACT:
            found = f"since {body['time']}: {body['reason'] if type(body['reason']) is str else body['code']}"
    return f"A time stamp is pending {found}." if found else ""


def _standing(ledger: Ledger, medium: str) -> tuple[tuple[int, str] | None, str]:
    """Return size and detail of the newest anchor of a medium, and the code of a failed attempt since then."""
    last: tuple[int, str] | None = None
    pending = ""
    for body in ledger.bodies("anchor", "refused"):
        if body["kind"] == "anchor" and body["medium"] == medium:
            if last is None or body["size"] >= last[0]:
                last = (body["size"], body["detail"])
            pending = ""
        elif body["kind"] == "refused" and body["act"] == ANCHOR_ACT:
            pending = body["code"]
    return last, pending


def _something_new(ledger: Ledger, size: int) -> bool:
    """Tell whether anything but anchors was recorded since a size."""
    for first, path in Layout(ledger.place.folder).segments():
        number = first
        for line in read_lines(path):
            if number >= size and line.complete:
                body, _ = read_line(line.data)
                if body["kind"] not in _NOT_NEW and body.get("act") != ANCHOR_ACT:
                    return True
            number += 1
    return False


def _kept_heads(ledger: Ledger) -> list[Head]:
    path = Layout(ledger.place.folder).kept
    try:
        lines = read_plain(path, 1 << 30).splitlines()
    except FileNotFoundError:
        return []
    return [read_kept(line) for line in lines]


def _checkpoint_is_kept(ledger: Ledger) -> bool:
    note = read_plain(Layout(ledger.place.folder).checkpoint)
    return any(head.note == note for head in _kept_heads(ledger))


def _kept_head(ledger: Ledger) -> Head:
    """Keep a checkpoint over everything so far and return it."""
    size = ledger.log.commit(keep=True).size
    return next(head for head in reversed(_kept_heads(ledger)) if head.size == size)


def _say_pending(ledger: Ledger, error: ValgenError, pending: str) -> None:
    """Record once that a time stamp is pending; the same reason again adds nothing."""
    if pending != error.code:
        body = {"act": ANCHOR_ACT, "account": "", "subject": "time stamp", "code": error.code, "reason": error.what}
        ledger.write([Draft("refused", body)], actor="valgen")


def _again(ledger: Ledger, medium: str, last: tuple[int, str]) -> Anchored:
    size, detail = last
    file = Layout(ledger.place.folder).anchors / anchor_name(size, _KINDS[medium])
    return Anchored(medium=medium, size=size, file=file, detail=detail, new=False)


def _anchored(ledger: Ledger, medium: str, head: Head, data: bytes, detail: str, disk: Disk) -> Anchored:
    """Put the file of an anchor in place and write its record."""
    layout = Layout(ledger.place.folder)
    file = layout.anchors / anchor_name(head.size, _KINDS[medium])
    read_anchor(file.name, data)
    try:
        disk.make_folder(layout.anchors)
        disk.sync_folder(layout.root)
        disk.write_file(layout.tmp / secrets.token_hex(16), file, data)
    except OSError as error:
        raise ExecutionError(
            f"the anchor cannot be written to {file}: {error.strerror or error}",
            why="an anchor that is not kept proves nothing",
            fix="see that the disk has room and that you may write there, then type the command again",
        ) from error
    kept = ledger.log.put_blob(data)
    body = {
        "size": head.size,
        "root": head.checkpoint.root.hex(),
        "medium": medium,
        "file": kept.as_dict(),
        "detail": detail[:1000],
    }
    ledger.write([Draft("anchor", body)], actor="valgen")
    return Anchored(medium=medium, size=head.size, file=file, detail=detail, new=True)
