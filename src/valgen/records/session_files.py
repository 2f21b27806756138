"""What a session of the command line keeps between two commands: which one it is, and when it was last used.

One small file for each ledger and terminal, in the folder ``sessions/`` of the key store, readable by its owner alone.
It holds no secret: whoever steals it still needs the password for every signature. The records say whether the
session it names is open; the file only adds when it was used last and from which terminal.

A file that cannot be read, that others may read or that says something else than it should counts as none, so that
the person shows everything again.

Source: integrity.md S-10.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger import canonical
from valgen.ledger.durable import DISK, Disk

FOLDER = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """One session as its terminal remembers it.

    Attributes:
        origin: of the ledger.
        terminal: id of the terminal.
        account: whose it is, such as ``u-0002``.
        session: its id, 32 hex digits.
        wall_ms: when it was last used, milliseconds since 1970.
        mono_ms: the same on the monotonic clock.
        boot: that the monotonic clock belongs to; may be empty.
    """

    origin: str
    terminal: str
    account: str
    session: str
    wall_ms: int
    mono_ms: int
    boot: str

    def idle_ms(self, wall_ms: int, mono_ms: int, boot: str) -> int | None:
        """Return for how long it was not used, or None when that cannot be told: another boot, or a clock set back.

        The larger of both clocks counts, so that a computer that slept, or a clock set back, makes no session younger.
        """
        wall, mono = wall_ms - self.wall_ms, mono_ms - self.mono_ms
        if boot != self.boot or wall < 0 or mono < 0:
            return None
        return max(wall, mono)


def read_session(keystore: Path, origin: str, terminal: str) -> KeptSession | None:
    """Return what is kept for a ledger and a terminal; None for nothing that can be used."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(_path(keystore, origin, terminal), flags)
    except OSError:
        return None
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            return None
        if os.name == "posix" and (found.st_mode & 0o077 or found.st_uid != os.geteuid()):
            return None
        data = file.read(1 << 14)
    kept = _parse(data)
    if kept is None or kept.origin != origin or kept.terminal != terminal:
        return None
    return kept


def write_session(keystore: Path, kept: KeptSession, *, disk: Disk = DISK) -> None:
    """Keep a session; an earlier one of this ledger and terminal is replaced.

    Raises:
        ExecutionError: the key store cannot be written.
    """
    folder = keystore / FOLDER
    path = _path(keystore, kept.origin, kept.terminal)
    try:
        disk.make_folder(folder, 0o700)
        temporary = folder / f".{secrets.token_hex(8)}.tmp"
        disk.write_file(temporary, path, canonical.encode(asdict(kept)) + b"\n", 0o600)
    except OSError as error:
        raise ExecutionError(
            f"the session cannot be kept in {folder}: {error.strerror or error}",
            why="the next command would not know that you showed who you are",
            fix="see that you may write in the key store; VALGEN_KEYSTORE names it",
            code="VG522",
        ) from error


def forget_session(keystore: Path, origin: str, terminal: str) -> None:
    """Remove what is kept for a ledger and a terminal; nothing happens when there is nothing."""
    with contextlib.suppress(OSError):
        _path(keystore, origin, terminal).unlink()


def _path(keystore: Path, origin: str, terminal: str) -> Path:
    return keystore / FOLDER / (hashlib.sha256(f"{origin}\n{terminal}".encode()).hexdigest()[:32] + ".json")


def _parse(data: bytes) -> KeptSession | None:
    texts = ("origin", "terminal", "account", "session", "boot")
    numbers = ("wall_ms", "mono_ms")
    try:
        value = canonical.decode_line(data.removesuffix(b"\n"))
    except VerificationError:
        return None
    if value.keys() != {*texts, *numbers}:
        return None
    if not all(type(value[key]) is str for key in texts) or not all(type(value[key]) is int for key in numbers):
        return None
    return KeptSession(**value)
