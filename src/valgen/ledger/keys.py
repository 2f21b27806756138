"""Ed25519 keys: of the machine and of people, how they are named, and which are acceptable.

A key is named by the SHA-256 of its 32 raw public bytes, in hex. Private keys lie in the *key store*, a folder of the
user outside every project: the log key (signs checkpoints) and the recorder key (signs what a machine observed).
Neither can approve anything. A public key of low order, off the curve or in a second spelling is refused, because one
signature could then hold for many messages.

Leaves to others: whose key it is (a dry log only declares its keys; see docs/format.md), and how keys of people and
the root key are kept under a password (``sealed.py``, ``user_keys.py``).

Source: integrity.md §3.3, S-7, C-15; RFC 8032.
"""

from __future__ import annotations

import functools
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from valgen.errors import AuthorityError, VerificationError
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.lock import Lock

ROLES = ("log", "recorder")
"""Keys that a machine has. ``log`` signs checkpoints, ``recorder`` signs records."""

SEALED_ROLES = ("person", "root")
"""Keys that lie under a password. ``person`` signs what a person does, ``root`` says whose keys count."""

_P = 2**255 - 19
_D = -121665 * pow(121666, _P - 2, _P) % _P
# y of the two pairs of points of order 8; the other low orders have y = 0, 1 and -1.
_Y8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_LOW_ORDER_Y = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One private key, able to sign and nothing else.

    Attributes:
        role: one of ``ROLES`` or ``SEALED_ROLES``.
        public: 32 raw bytes.
    """

    role: str
    public: bytes
    _sign: Callable[[bytes], bytes] = field(repr=False)

    @property
    def id(self) -> str:
        """Name of the key in records: SHA-256 of the raw public key, hex."""
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over ``message``."""
        return self._sign(message)


class PrivateKey:
    """The 32 secret bytes of an Ed25519 key, for those who seal them.

    Neither shown when printed nor copied by ``pickle``. That memory is wiped afterwards is not promised.

    Args:
        seed: 32 bytes, as RFC 8032 calls the private key.
    """

    __slots__ = ("_seed", "public")

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._seed = seed
        self.public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        """32 raw bytes."""

    @classmethod
    def generate(cls) -> PrivateKey:
        """Make a new key from the randomness of the operating system."""
        return cls(secrets.token_bytes(32))

    def seed(self) -> bytes:
        """Return the secret bytes; only ``sealed.py`` has a use for them."""
        return self._seed

    def signing_key(self, role: str) -> SigningKey:
        """Return the same key, able to sign and nothing else.

        Args:
            role: one of ``ROLES`` or ``SEALED_ROLES``.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if role not in ROLES and role not in SEALED_ROLES:
            raise ValueError(role)
        return SigningKey(role=role, public=self.public, _sign=Ed25519PrivateKey.from_private_bytes(self._seed).sign)

    def __repr__(self) -> str:
        return f"PrivateKey(of {key_id(self.public)[:16]})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is written nowhere but into a sealed file")


@functools.lru_cache(maxsize=1024)
def key_id(public: bytes) -> str:
    """Return the name of a public key: SHA-256 of its 32 raw bytes, hex."""
    return hashlib.sha256(public).hexdigest()


@functools.lru_cache(maxsize=1024)
def check_public_key(public: bytes) -> None:
    """Accept a public key or say why not.

    Raises:
        VerificationError: not 32 bytes, not the one spelling of a point, not on the curve, or of low order.
    """
    if len(public) != 32:
        _refuse_key("it is not 32 bytes long")
    number = int.from_bytes(public, "little")
    y = number & ((1 << 255) - 1)
    if y >= _P:
        _refuse_key("it is not in its one correct spelling")
    if y in _LOW_ORDER_Y:
        _refuse_key("it is a point of low order, so that one signature could hold for many messages")
    x2 = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    if pow(x2, (_P - 1) // 2, _P) != 1:  # x = 0 belongs to y = 1 and y = -1, refused above, so the sign is free
        _refuse_key("it is not a point on the curve")


def verify_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether ``public`` made ``signature`` over ``message``; False for anything malformed."""
    from cryptography.exceptions import InvalidSignature

    if len(signature) != 64:
        return False
    try:
        _public_object(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def default_key_store() -> Path:
    """Return the key store folder: ``VALGEN_KEYSTORE``, else the user's data folder of the platform.

    The only place that reads the environment variable.

    Raises:
        AuthorityError: the user has no home folder.
    """
    chosen = os.environ.get("VALGEN_KEYSTORE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    try:
        if sys.platform == "win32":
            base = os.environ.get("LOCALAPPDATA")
            return (Path(base) if base else Path.home() / "AppData" / "Local") / "valgen" / "keys"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Application Support" / "valgen" / "keys"
        base = os.environ.get("XDG_DATA_HOME")
        if base and Path(base).is_absolute():
            return Path(base) / "valgen" / "keys"
        return Path.home() / ".local" / "share" / "valgen" / "keys"
    except RuntimeError as error:
        raise _store_error("no folder for the keys of this machine is known", str(error)) from error


class KeyStore:
    """The keys of this machine, one file for each role, readable by their owner alone.

    Args:
        folder: the key store; None for ``default_key_store()``. Created when missing.
        disk: durable operations.
    """

    def __init__(self, folder: Path | None = None, *, disk: Disk = DISK) -> None:
        self.folder = default_key_store() if folder is None else folder
        self._disk = disk

    def machine_key(self, role: str) -> SigningKey:
        """Return the key of a role, made at first use.

        Args:
            role: one of ``ROLES``.

        Raises:
            AuthorityError: the folder or file cannot be used, or others may read the file.
        """
        if role not in ROLES:
            raise ValueError(role)
        path = self.folder / f"{role}.pem"
        try:
            if not path.exists():
                self._make(path)
            data = read_private(path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise _store_error(
                f"the key store {self.folder} cannot be used: {reason}", "keys are kept there"
            ) from error
        return load_key(role, data, path)

    def _make(self, path: Path) -> None:
        """Write a new key; of two processes that try at once, one makes it and the other finds it."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        make_private_folder(self.folder, self._disk)
        with Lock(self.folder / "lock"):
            if path.exists():
                return
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
            self._disk.write_file(temporary, path, pem, 0o600)


def load_key(role: str, pem: bytes, path: Path) -> SigningKey:
    """Read a private key in PKCS#8 PEM.

    Args:
        role: what it is used for.
        pem: the content of its file.
        path: of that file, for messages.

    Raises:
        AuthorityError: not an Ed25519 private key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _store_error(f"{path} holds no usable key", str(error)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _store_error(f"{path} holds a key of another kind than Ed25519", "records are signed with Ed25519 only")
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return SigningKey(role=role, public=public, _sign=key.sign)


def make_private_folder(folder: Path, disk: Disk) -> None:
    """Create a folder and those above it that are missing, for their owner alone, so that they last."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        disk.make_folder(one, 0o700)
        disk.sync_folder(one.parent)


def read_private(
    path: Path, *, why: str = "whoever reads it can sign records in the name of this machine", remedy: str = ""
) -> bytes:
    """Return the content, at most 64 KiB, of a file that only its owner may read.

    Args:
        path: the file; a link is refused.
        why: why others must not read it, for the message.
        remedy: what to do when others may have read it; empty for: make new keys.

    Raises:
        AuthorityError: not an ordinary file, or others may read it.
        OSError: it cannot be read.
    """
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            raise _store_error(f"{path} is not an ordinary file", "a key is read from nowhere else")
        if os.name == "posix" and mode & 0o077:
            raise AuthorityError(
                f"other users may read {path}",
                why=why,
                fix=f"chmod 600 '{path}', and {remedy or 'make new keys'} if somebody else may have read it",
                code="VG522",
            )
        return os.read(fd, 1 << 16)
    finally:
        os.close(fd)


@functools.lru_cache(maxsize=256)
def _public_object(public: bytes):  # type: ignore[no-untyped-def]  # keeps cryptography out of start-up
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(public)


def _store_error(what: str, why: str) -> AuthorityError:
    return AuthorityError(
        what,
        why=why,
        fix="set VALGEN_KEYSTORE to a folder outside the project that only you can read and write",
        code="VG522",
    )


def _refuse_key(reason: str) -> NoReturn:
    raise VerificationError(
        f"the public key cannot be accepted: {reason}",
        why="a signature must stand for one message of one key",
        fix="make a new key",
        code="VG523",
    )
