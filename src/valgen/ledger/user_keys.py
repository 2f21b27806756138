"""Where sealed keys of people lie: in the key store of the user, outside every project.

    <key store>/people/<first 32 hex digits of SHA-256 of the origin>/<account>.json

Folders are their owner's alone, and so is each file (mode 0600); a file that others may read is refused, although
nothing in it is of use without the password.

Source: integrity.md §3.3, S-6, C-15.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from pathlib import Path

from valgen.errors import AuthorityError
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.keys import make_private_folder, read_private

FOLDER = "people"
"""Folder in the key store."""

_ACCOUNT = re.compile(r"u-[0-9]{4,9}")


def sealed_path(keystore: Path, origin: str, account: str) -> Path:
    """Return where the sealed key of an account lies.

    Args:
        keystore: folder of the keys.
        origin: of the ledger.
        account: id of the account.
    """
    if not _ACCOUNT.fullmatch(account):
        raise ValueError(account)
    return keystore / FOLDER / hashlib.sha256(origin.encode()).hexdigest()[:32] / f"{account}.json"


def read_sealed(keystore: Path, origin: str, account: str) -> bytes | None:
    """Return the sealed key of an account, or None when this key store has none.

    Raises:
        AuthorityError: others may read the file, or it is no ordinary file (VG522).
    """
    path = sealed_path(keystore, origin, account)
    try:
        why = "whoever has a sealed key can guess passwords at leisure"
        return read_private(path, why=why, remedy="ask two administrators for a reset")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error


def write_sealed(keystore: Path, origin: str, account: str, data: bytes, *, disk: Disk = DISK) -> Path:
    """Keep the sealed key of an account, in place of an earlier one, so that it lasts.

    Raises:
        AuthorityError: it cannot be written (VG522).
    """
    path = sealed_path(keystore, origin, account)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        make_private_folder(path.parent, disk)
        disk.write_file(temporary, path, data, 0o600)
    except OSError as error:
        with contextlib.suppress(OSError):  # where even that fails, what is left is sealed as well
            disk.remove(temporary)
        raise _unusable(path, error) from error
    return path


def drop_sealed(keystore: Path, origin: str, account: str, *, disk: Disk = DISK) -> None:
    """Remove the sealed key of an account; nothing happens when there is none.

    Raises:
        AuthorityError: it cannot be removed (VG522).
    """
    path = sealed_path(keystore, origin, account)
    try:
        if path.exists():
            disk.remove(path)
            disk.sync_folder(path.parent)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> AuthorityError:
    return AuthorityError(
        f"{path} cannot be used: {error.strerror or error}",
        why="sealed keys of people are kept there",
        fix="set VALGEN_KEYSTORE to a folder outside the project that only you can read and write",
        code="VG522",
    )
