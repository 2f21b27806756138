"""The second factor of a person: enrolled with one right code, and each code taken once.

The secret lies in the sealed key, so that it cannot be read without the password. Which code was taken last is
remembered in the key store of this computer, beside the sessions.

A factor that the same program checks on the same computer protects against somebody who saw the password; it does not
protect against somebody who also controls the files and the program. docs/people.md says so.

Source: design.md §5; RFC 6238. No clock: the time comes in.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from valgen.ledger.durable import DISK, Disk
from valgen.ledger.keys import make_private_folder
from valgen.records import totp
from valgen.records.session_files import FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A second factor that somebody is about to enrol.

    Attributes:
        secret: shared with the app.
        shown: the secret in groups, for typing.
        picture: QR code for a terminal.
    """

    secret: bytes = field(repr=False)
    shown: str = field(repr=False)
    picture: str = field(repr=False)


def new_enrolment(user: str, *, issuer: str) -> Enrolment:
    """Make the secret of a second factor, with what an app takes.

    Args:
        user: user id.
        issuer: what the app shows beside it, such as ``valgen S3V``.
    """
    secret = totp.new_secret()
    picture = totp.picture(totp.address(secret, user=user, issuer=issuer))
    return Enrolment(secret=secret, shown=totp.written(secret), picture=picture)


def take_code(
    secret: bytes, code: str, *, keystore: Path, origin: str, account: str, wall_ms: int, disk: Disk = DISK
) -> bool:
    """Tell whether a code is right now and was not taken before; a right one is taken.

    Args:
        secret: of the person; no code is that of an empty one.
        code: as typed.
        keystore: folder of the keys.
        origin: of the ledger.
        account: whose code it is.
        wall_ms: milliseconds since 1970 in UTC.
        disk: durable operations.
    """
    if not secret:
        return False
    name = hashlib.sha256(f"{origin}\n{account}".encode()).hexdigest()[:32] + ".step"
    path = keystore / FOLDER / name
    step = totp.check(secret, code, now=wall_ms // 1000, last_used=_last(path))
    if step is None:
        return False
    make_private_folder(path.parent, disk)
    disk.write_file(path.parent / f".{secrets.token_hex(8)}.tmp", path, b"%d\n" % step, 0o600)
    return True


def _last(path: Path) -> int:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return -1
