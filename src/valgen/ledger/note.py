"""Signed notes and checkpoints, as C2SP specifies them.

A *note* is text ending in a newline, an empty line, and signature lines ``— <name> <base64>``, where the bytes are a
4-byte key hint and a signature over the text. A *checkpoint* is a note whose text says: origin, number of records,
root of the tree, and extension lines. Lines by unknown keys are passed over; one key counts once however often it is
listed.

No files here. Source: C2SP signed-note and tlog-checkpoint; integrity.md I-12.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from valgen.errors import VerificationError
from valgen.ledger.canonical import strict_base64

ED25519 = 0x01
"""Signature type of C2SP signed-note."""

_MARK = "— "
_MAX_SIGNATURES = 100
_MAX_NOTE_BYTES = 1 << 16
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
NAME = re.compile(r"[A-Za-z0-9._:/@-]{1,200}")
"""Names that may stand in an origin or key name: visible ASCII without space and plus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log promises to contain.

    Attributes:
        origin: whose log it is.
        size: number of records.
        root: 32-byte root over them.
        extensions: further lines, each not empty.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the signed text, ending in a newline."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode("ascii"), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def key_hint(name: str, public_key: bytes) -> bytes:
    """Return the 4 bytes that say which key made a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([ED25519]) + public_key).digest()[:4]


def sign_note(text: str, name: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the note with one Ed25519 signature line.

    Args:
        text: ends in a newline.
        name: of the key, matching ``NAME``.
        public_key: 32 raw bytes.
        sign: returns the 64-byte signature over its argument.
    """
    if not NAME.fullmatch(name):
        _refuse(f"{name!r} cannot be the name of a key")
    blob = key_hint(name, public_key) + sign(text.encode())
    return f"{text}\n{_MARK}{name} {base64.b64encode(blob).decode('ascii')}\n".encode()


def open_note(
    note: bytes, name: str, keys: Iterable[bytes], verify: Callable[[bytes, bytes, bytes], bool]
) -> tuple[str, frozenset[bytes]]:
    """Check a note against known keys.

    Args:
        note: the bytes as stored.
        name: the key name that the known keys go by.
        keys: raw public keys that may sign.
        verify: tells whether a key made a signature: ``verify(public_key, signature, message)``.

    Returns:
        The text and the keys that signed it, at least one.

    Raises:
        VerificationError: malformed, a line by a known key does not hold, or no known key signed.
    """
    text, lines = _parse(note)
    known: Mapping[bytes, bytes] = {key_hint(name, key): key for key in keys}
    signers: set[bytes] = set()
    for line_name, hint, signature in lines:
        key = known.get(hint) if line_name == name else None
        if key is None:
            continue
        if not verify(key, signature, text.encode()):
            _refuse(f"the signature by key {hint.hex()} of {name} does not hold")
        signers.add(key)
    if not signers:
        _refuse("no key that this log declares has signed it")
    return text, frozenset(signers)


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint, strictly.

    Raises:
        VerificationError: not the text of a checkpoint; names the line.
    """
    if not text.endswith("\n"):
        _refuse("the last line has no end")
    lines = text[:-1].split("\n")
    if len(lines) < 3:
        _refuse("it has fewer than three lines")
    origin, size, root, *extensions = lines
    if not NAME.fullmatch(origin):
        _refuse(f"the origin {origin!r} is not acceptable")
    if not _SIZE.fullmatch(size):
        _refuse(f"the number of records {size!r} is not a whole number")
    if any(not line for line in extensions):
        _refuse("an extension line is empty")
    return Checkpoint(origin=origin, size=int(size), root=strict_base64(root, 32), extensions=tuple(extensions))


def note_text(note: bytes) -> str:
    """Return the text of a note without checking any signature."""
    return _parse(note)[0]


def _parse(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if len(note) > _MAX_NOTE_BYTES:
        _refuse("it is too long")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("it is not UTF-8")
    if _CONTROL.search(whole):
        _refuse("it holds a control character")
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n"):
        _refuse("it has no signature")
    text, tail = whole[: cut + 1], whole[cut + 2 : -1]
    lines = tail.split("\n")
    if not tail or len(lines) > _MAX_SIGNATURES:
        _refuse("it has no signature, or too many")
    return text, [_signature_line(line) for line in lines]


def _signature_line(line: str) -> tuple[str, bytes, bytes]:
    if not line.startswith(_MARK):
        _refuse(f"{line[:60]!r} is not a signature line")
    name, _, data = line.removeprefix(_MARK).partition(" ")
    if not name or "+" in name or any(char.isspace() for char in name):
        _refuse("a signature line names no key")
    blob = strict_base64(data)
    if len(blob) < 5:
        _refuse("a signature is too short")
    return name, blob[:4], blob[4:]


def _refuse(reason: str) -> NoReturn:
    raise VerificationError(
        f"the checkpoint cannot be accepted: {reason}",
        why="only a signed checkpoint says what the log must contain",
        code="VG506",
    )
