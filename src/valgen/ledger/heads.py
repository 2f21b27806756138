"""The checkpoints of a log: the newest one, and the list of those that are kept.

A kept checkpoint stands as a line in ``checkpoints.jsonl`` before it becomes the newest. Its extension line ``kept
<n> <digest>`` says that it is entry ``n`` and gives the SHA-256 of the n lines before it; a checkpoint that is not
kept says ``after <n> <digest>`` over all n lines. So no entry can be cut off, and a crash between the two writes is
recognised and finished.

No files here. Format: docs/format.md, "Checkpoints".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.keys import SigningKey, verify_signature
from valgen.ledger.note import Checkpoint, note_text, open_note, read_checkpoint, sign_note

_EXTENSION = re.compile(r"(kept|after) (0|[1-9][0-9]{0,8}) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One checkpoint with what its extension line says.

    Attributes:
        note: the signed bytes.
        checkpoint: origin, size and root.
        kept: whether it is an entry of the list itself.
        count: entries before it.
        digest: SHA-256 of their lines, hex.
    """

    note: bytes
    checkpoint: Checkpoint
    kept: bool
    count: int
    digest: str

    @property
    def size(self) -> int:
        """Number of records it covers."""
        return self.checkpoint.size

    def line(self) -> bytes:
        """Return its line in the list of kept checkpoints, newline included."""
        return canonical.encode({"checkpoint": self.note.decode("utf-8")}) + b"\n"

    def check_signature(self, keys: Iterable[bytes]) -> None:
        """Check that a log key signed it.

        Args:
            keys: raw public log keys that the log declares within the records covered.

        Raises:
            VerificationError: none did, or a signature does not hold.
        """
        open_note(self.note, self.checkpoint.origin, keys, verify_signature)


def make_head(*, origin: str, size: int, root: bytes, kept: bool, count: int, digest: str, key: SigningKey) -> Head:
    """Sign a new checkpoint; see ``Head`` for the arguments."""
    word = "kept" if kept else "after"
    checkpoint = Checkpoint(origin=origin, size=size, root=root, extensions=(f"{word} {count} {digest}",))
    data = sign_note(checkpoint.text(), origin, key.public, key.sign)
    return Head(note=data, checkpoint=checkpoint, kept=kept, count=count, digest=digest)


def read_head(data: bytes) -> Head:
    """Read a checkpoint; its signature is not checked yet.

    Raises:
        VerificationError: malformed.
    """
    checkpoint = read_checkpoint(note_text(data))
    match = _EXTENSION.fullmatch(checkpoint.extensions[0]) if len(checkpoint.extensions) == 1 else None
    if match is None:
        _refuse("it does not say which kept checkpoints came before it")
    return Head(note=data, checkpoint=checkpoint, kept=match[1] == "kept", count=int(match[2]), digest=match[3])


def read_kept(line: bytes) -> Head:
    """Read one line of the list, without its newline.

    Raises:
        VerificationError: malformed, or not a kept checkpoint.
    """
    value = canonical.decode_line(line)
    if value.keys() != {"checkpoint"} or type(value["checkpoint"]) is not str:
        _refuse("the line does not hold a checkpoint")
    head = read_head(value["checkpoint"].encode("utf-8"))
    if not head.kept:
        _refuse("it does not belong into the list of kept checkpoints")
    return head


def _refuse(reason: str) -> NoReturn:
    raise VerificationError(
        f"the checkpoint cannot be accepted: {reason}",
        why="only a signed checkpoint says what the log must contain",
        code="VG506",
    )
