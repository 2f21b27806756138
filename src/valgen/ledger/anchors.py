"""Anchors: what shows from outside how far a log reached.

Files beside the log, ``anchors/<size, nine digits>.<kind>``:

    tsr     answer of a time-stamp authority over the bytes of the checkpoint of that size
    git     where that checkpoint was committed: canonical JSON with commit, path, remote (no password) and time
    head    a checkpoint of that size as somebody else kept it

Whoever can rewrite the log can rewrite these files as well, so a file counts only by what stands outside: a time
stamp by the roots of its authority, a git anchor by what the remote holds, a head by the person who brought it. A
head that merely lies beside the log must fit, and counts for nothing.

Leaves to others: two heads without their log (``forks``), and the tokens themselves (``timestamps``). No clock and no
network: times stand in the anchors, and the caller asks the remote.

Source: integrity.md §3.5, I-4, I-6. Format: docs/format-ledger.md, "Anchors".
"""

from __future__ import annotations

import enum
import hashlib
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.files import read_plain
from valgen.ledger.keys import verify_signature
from valgen.ledger.note import Checkpoint, note_text, open_note, read_checkpoint
from valgen.ledger.timestamps import MAX_BYTES, check_token, normal_form, stamped_digest

KINDS = ("tsr", "git", "head")
"""Kinds of anchor files."""

_NAME = re.compile(r"([0-9]{9})\.(tsr|git|head)")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3})?Z")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class State(enum.Enum):
    """What a check of an anchor came to."""

    HOLDS = "holds"  # its outside source confirms the log up to its size
    FITS = "fits"  # nothing contradicts it, and nothing outside confirms it
    BROKEN = "broken"  # it contradicts the log, or is not what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class GitPlace:
    """Where a checkpoint was committed.

    Attributes:
        remote: address of the repository, without password.
        commit: full id, hex.
        path: of the file with the checkpoint in the repository, with ``/``.
        time: of the commit, RFC 3339 in UTC.
    """

    remote: str
    commit: str
    path: str
    time: str

    def content(self) -> bytes:
        """Return the content of the anchor file.

        Raises:
            VerificationError: a part cannot stand there, such as an address with a password (VG542).
        """
        if not shown_openly(self.remote):
            _malformed("the address of the repository is missing or holds a user name with a password or token")
        if not _COMMIT.fullmatch(self.commit):
            _malformed("the commit is not a full id of 40 or 64 hexadecimal digits")
        parts = self.path.split("/")
        if not self.path or "\\" in self.path or any(part in ("", ".", "..") for part in parts):
            _malformed(f"{self.path!r} is not a path in a repository")
        if not _TIME.fullmatch(self.time):
            _malformed(f"{self.time!r} is not a time in UTC")
        return canonical.encode(
            {"commit": self.commit, "path": self.path, "remote": self.remote, "time": self.time}, limit=MAX_BYTES
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One anchor as it was read; whether it holds is not yet said.

    Attributes:
        size: number of records that it covers.
        kind: one of ``KINDS``.
        data: its bytes.
        place: of a git anchor.
        head: of a head.
        brought: a person gave it, from elsewhere; it did not lie beside the log.
    """

    size: int
    kind: str
    data: bytes
    place: GitPlace | None = None
    head: Checkpoint | None = None
    brought: bool = False

    @property
    def name(self) -> str:
        """Name of its file."""
        return anchor_name(self.size, self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the log that anchors are compared with, all of it verified.

    Attributes:
        origin: whose log it is.
        size: number of records.
        keys: raw public log keys that may sign its checkpoints.
        roots: the root over the first n records, at least for each n that an anchor has.
        notes: the checkpoints of each size, as bytes.
    """

    origin: str
    size: int
    keys: Sequence[bytes]
    roots: Mapping[int, bytes]
    notes: Mapping[int, Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the check of one anchor found.

    Attributes:
        anchor: which.
        state: what it came to.
        code: VG543 where it contradicts the log, VG540 where a time stamp does not hold, VG544 where it was not
            checked against its source; empty where it holds.
        reason: why it does not hold or could not be checked; empty where it holds.
        time: when it was made, RFC 3339 in UTC; empty where nothing outside says so.
        witness: the authority, repository or person, for people to read.
    """

    anchor: Anchor
    state: State
    code: str = ""
    reason: str = ""
    time: str = ""
    witness: str = ""


def anchor_name(size: int, kind: str) -> str:
    """Return the name of an anchor file."""
    if kind not in KINDS or not 0 < size < 10**9:
        raise ValueError(f"no anchor of kind {kind!r} and size {size}")
    return f"{size:09d}.{kind}"


def shown_openly(remote: str) -> bool:
    """Tell whether an address of a git repository holds nothing secret and may be written down.

    A user name is allowed for ssh, where it is no secret; over http it may be a token.
    """
    if not remote or len(remote) > 1000 or not remote.isprintable():
        return False
    if "://" not in remote:  # a path, or user@host:path
        return ":" not in remote.rpartition("@")[0]
    try:
        parts = urllib.parse.urlsplit(remote)
        secret = parts.password is not None or (parts.username is not None and parts.scheme != "ssh")
    except ValueError:
        return False
    return not (secret or parts.query or parts.fragment)


def read_anchor(name: str, data: bytes, *, brought: bool = False) -> Anchor:
    """Read one anchor file, strictly.

    Args:
        name: of the file.
        data: its content.
        brought: see ``Anchor``.

    Raises:
        VerificationError: unknown name, or content that is not what the name says (VG542).
    """
    match = _NAME.fullmatch(name)
    if match is None or not int(match[1]):
        _malformed(f"{name!r} is not the name of an anchor: nine digits and .tsr, .git or .head")
    size, kind = int(match[1]), match[2]
    place: GitPlace | None = None
    head: Checkpoint | None = None
    try:
        if kind == "tsr" and normal_form(data) != data:
            _malformed("the time stamp is not written in its one allowed way")
        if kind == "git":
            place = _read_place(data)
        if kind == "head":
            head = read_checkpoint(note_text(data))
            if head.size != size:
                _malformed(f"it is the head of {head.size} records")
    except VerificationError as error:
        if error.code == "VG542":
            raise
        _malformed(error.what, error)
    return Anchor(size=size, kind=kind, data=data, place=place, head=head, brought=brought)


def brought_head(note: bytes) -> Anchor:
    """Return a head that a person kept elsewhere as an anchor.

    Raises:
        VerificationError: it is not a checkpoint, or covers no record (VG506, VG542).
    """
    size = read_checkpoint(note_text(note)).size
    if not 0 < size < 10**9:
        _malformed("a head without records says nothing")
    return read_anchor(anchor_name(size, "head"), note, brought=True)


def read_anchors(folder: Path, problem: Callable[[str, str, str], None] | None = None) -> list[Anchor]:
    """Read every anchor file of a log, by size and kind.

    Args:
        folder: ``anchors`` in the folder of the log; when it is missing there are none.
        problem: is told code, place and message of everything that does not belong there. Without it the first such
            thing is raised.

    Raises:
        VerificationError: VG542 or VG515, when ``problem`` is None.
    """
    found: list[Anchor] = []
    if not folder.is_dir() or folder.is_symlink():
        if folder.is_symlink() or folder.exists():
            _tell(problem, folder.name, VerificationError("it is a link or no folder", code="VG515"))
        return found
    for path in sorted(folder.iterdir()):
        try:
            if not _NAME.fullmatch(path.name):
                read_anchor(path.name, b"")
            found.append(read_anchor(path.name, read_plain(path, MAX_BYTES)))
        except VerificationError as error:
            _tell(problem, f"{folder.name}/{path.name}", error)
        except OSError as error:
            unread = VerificationError(f"it cannot be read: {error.strerror}", code="VG542")
            _tell(problem, f"{folder.name}/{path.name}", unread)
    return found


def check_anchors(
    anchors: Iterable[Anchor],
    log: Facts,
    *,
    roots: Sequence[bytes] = (),
    certificates: Sequence[bytes] = (),
    committed: Callable[[GitPlace], bytes | None] | None = None,
) -> list[Checked]:
    """Compare anchors with the log and with their outside sources.

    Args:
        anchors: in any order.
        log: what was verified of the log.
        roots: of time-stamp authorities; see ``check_token``.
        certificates: of authorities, likewise.
        committed: returns the bytes that the remote holds at a place, None when the remote cannot be asked. A copy of
            the repository within reach of whoever holds the log is no outside source.
    """
    return [_check(anchor, log, roots, certificates, committed) for anchor in anchors]


def anchored_to(checked: Iterable[Checked]) -> int:
    """Return how many records valid anchors cover; 0 when none does. One that only fits does not count."""
    return max((one.anchor.size for one in checked if one.state is State.HOLDS), default=0)


def _check(
    anchor: Anchor,
    log: Facts,
    roots: Sequence[bytes],
    certificates: Sequence[bytes],
    committed: Callable[[GitPlace], bytes | None] | None,
) -> Checked:
    def broken(reason: str, code: str = "VG543") -> Checked:
        return Checked(anchor=anchor, state=State.BROKEN, code=code, reason=reason)

    if anchor.size > log.size:
        return broken(f"it covers {anchor.size} records and only {log.size} are there: the log was put back")
    if anchor.head is not None:
        return _check_head(anchor, anchor.head, log)
    notes = log.notes.get(anchor.size, ())
    if not notes:
        return broken(f"there is no checkpoint of {anchor.size} records that it could be for")
    if anchor.place is not None:
        return _check_place(anchor, anchor.place, notes, committed)
    try:
        digest = stamped_digest(anchor.data)
    except VerificationError as error:
        return broken(error.what, "VG540")
    note = next((one for one in notes if hashlib.sha256(one).digest() == digest), None)
    if note is None:
        return broken(f"it is a time stamp for another checkpoint than those of {anchor.size} records")
    if not roots:
        reason = "no root certificate of its authority is known"
        return Checked(anchor=anchor, state=State.FITS, code="VG544", reason=reason)
    try:
        stamp = check_token(anchor.data, note, roots=roots, certificates=certificates, nonce=None)
    except VerificationError as error:
        return broken(error.what, "VG540")
    return Checked(anchor=anchor, state=State.HOLDS, time=stamp.time, witness=stamp.authority)


def _check_head(anchor: Anchor, head: Checkpoint, log: Facts) -> Checked:
    reason = ""
    if head.origin != log.origin:
        reason = f"it is a head of {head.origin}, not of {log.origin}"
    elif head.root != log.roots.get(anchor.size):
        reason = f"the first {anchor.size} records are not those that it sealed"
    else:
        try:
            open_note(anchor.data, head.origin, log.keys, verify_signature)
        except VerificationError as error:
            reason = error.what
    if reason:
        return Checked(anchor=anchor, state=State.BROKEN, code="VG543", reason=reason)
    if anchor.brought:
        return Checked(anchor=anchor, state=State.HOLDS, witness="head kept elsewhere")
    reason = "it lies beside the log, so that nobody outside vouches for it"
    return Checked(anchor=anchor, state=State.FITS, code="VG544", reason=reason)


def _check_place(
    anchor: Anchor, place: GitPlace, notes: Sequence[bytes], committed: Callable[[GitPlace], bytes | None] | None
) -> Checked:
    held = committed(place) if committed is not None else None
    if held is None:
        reason = f"the repository {place.remote} was not asked"
        return Checked(anchor=anchor, state=State.FITS, code="VG544", reason=reason, witness=place.remote)
    if held not in notes:
        reason = f"commit {place.commit[:12]} of {place.remote} holds another checkpoint at {place.path}"
        return Checked(anchor=anchor, state=State.BROKEN, code="VG543", reason=reason, witness=place.remote)
    return Checked(anchor=anchor, state=State.HOLDS, time=place.time, witness=place.remote)


def _read_place(data: bytes) -> GitPlace:
    value = canonical.decode_line(data)
    if value.keys() != {"commit", "path", "remote", "time"} or any(type(one) is not str for one in value.values()):
        _malformed("it does not hold exactly commit, path, remote and time")
    place = GitPlace(**value)
    place.content()
    return place


def _tell(problem: Callable[[str, str, str], None] | None, where: str, error: VerificationError) -> None:
    if problem is None:
        raise error
    problem(error.code, where, error.what)


def _malformed(reason: str, cause: Exception | None = None) -> NoReturn:
    raise VerificationError(
        f"the anchor cannot be used: {reason}",
        why="what is not understood proves nothing",
        fix="restore the folder anchors from a backup, or remove what does not belong there",
        code="VG542",
    ) from cause
