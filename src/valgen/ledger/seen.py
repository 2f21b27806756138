"""What this user last saw of each ledger: the memory outside the ledger that shows a rollback or a fork.

One file for each ledger in the folder ``seen`` of the key store, named by the SHA-256 of its origin: the newest signed
head that a clean verification met, and the root fingerprint. It moves forward only, unless two
people recorded that an older copy was put in place.

Whether a ledger fits what was seen is the matter of ``verify``. No clock. Source: integrity.md §3.5, I-4, I-7, S-3.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger.canonical import decode_line, encode
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.files import read_plain
from valgen.ledger.keys import make_private_folder
from valgen.ledger.lock import Lock
from valgen.ledger.note import note_text, read_checkpoint

FOLDER = "seen"
"""Folder in the key store."""

_MOST = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one ledger.

    Attributes:
        origin: whose ledger it is.
        size: records of the newest head.
        note: that head, as signed.
        root: root fingerprint, hex.
        restores: how many restores the ledger had recorded by then.
    """

    origin: str
    size: int
    note: bytes
    root: str
    restores: int = 0

    def gives_way(self, gaps: Sequence[int]) -> bool:
        """Tell whether a restore was recorded since, of a ledger that reached at least as far.

        Args:
            gaps: of each restore that the ledger records, oldest first, how many records were known then.
        """
        return any(size >= self.size for size in gaps[self.restores :])


def read_seen(keystore: Path, origin: str) -> Seen | None:
    """Return what was seen of a ledger, or None when it was never seen.

    Args:
        keystore: folder of the keys.
        origin: whose ledger it is.

    Raises:
        VerificationError: the file is damaged (VG624).
        OSError: it cannot be read.
    """
    path = _path(keystore, origin)
    try:
        data = read_plain(path, _MOST)
    except FileNotFoundError:
        return None
    try:
        value = decode_line(data.removesuffix(b"\n"), limit=_MOST)
        restores = value.pop("restores", 0)
        if value.keys() != {"checkpoint", "origin", "root"} or not all(type(one) is str for one in value.values()):
            raise VerificationError("it has other keys than checkpoint, origin and root")
        note = value["checkpoint"].encode("utf-8")
        head = read_checkpoint(note_text(note))
        if value["origin"] != origin or head.origin != origin:
            raise VerificationError("it is about another ledger")
        if type(restores) is not int or restores < 0:
            raise VerificationError("it does not say how many restores there were")
    except VerificationError as error:
        raise VerificationError(
            f"the memory of what you last saw cannot be read: {path}: {error.what}",
            why="without it a ledger that was put back to an older state cannot be told from a new one",
            fix="compare the head of the ledger with a printed document, then delete this file",
            code="VG624",
        ) from error
    return Seen(origin=origin, size=head.size, note=note, root=value["root"], restores=restores)


def remember_seen(
    keystore: Path, *, origin: str, note: bytes, root: str, gaps: Sequence[int] = (), disk: Disk = DISK
) -> bool:
    """Remember a head that a clean verification met; an older one than the one remembered changes nothing.

    Args:
        keystore: folder of the keys; made when missing.
        origin: whose ledger it is.
        note: its newest checkpoint, verified and found to continue what was seen before.
        root: root fingerprint.
        gaps: see ``Seen.gives_way``.
        disk: durable operations.

    Returns:
        Whether the memory moved.

    Raises:
        VerificationError: the memory is damaged.
        OSError: it cannot be written.
    """
    path = _path(keystore, origin)
    make_private_folder(path.parent, disk)
    with Lock(path.parent / "lock"):
        before = read_seen(keystore, origin)
        lost = before is not None and before.gives_way(gaps)
        if before is not None and before.size >= read_checkpoint(note_text(note)).size and not lost:
            return False
        value: dict[str, Any] = {"checkpoint": note.decode("utf-8"), "origin": origin, "root": root}
        content = encode(value | ({"restores": len(gaps)} if gaps else {}), limit=_MOST) + b"\n"
        disk.write_file(path.with_name(f".{secrets.token_hex(8)}.tmp"), path, content, 0o600)
    return True


def _path(keystore: Path, origin: str) -> Path:
    return keystore / FOLDER / f"{hashlib.sha256(origin.encode('utf-8')).hexdigest()}.json"
