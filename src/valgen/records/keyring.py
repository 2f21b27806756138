"""Keys of people and of the root at the moment they are needed: made, opened, sealed again.

Between the act (``sessions``, ``accounts``) and the files (``ledger.user_keys``): which key an account has now, whether
a password opens it, and whether a code is that of its second factor. Opening fails in one way only, after the same
work, whatever the reason.

A code of a second factor is taken once: the last one taken is remembered beside the sessions, so that whoever looks
over a shoulder cannot use it again.

Source: integrity.md S-6, S-9; design.md §5.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger import sealed
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.keys import PrivateKey, SigningKey, read_private
from valgen.ledger.registry import Account, Registry
from valgen.ledger.sealed import COST, Cost, Unsealed
from valgen.ledger.user_keys import drop_sealed, read_sealed, sealed_path, write_sealed
from valgen.records.ledger import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was made and lies sealed in the key store.

    Attributes:
        key: able to sign.
        file: where it lies.
        before: content of that file beforehand; None for none.
    """

    key: SigningKey
    file: Path
    before: bytes | None = field(repr=False)


def open_key(place: Place, registry: Registry, account: Account, password: str) -> Unsealed | None:
    """Return the opened key of an account, or None: wrong password, or no such key in this key store.

    Args:
        place: of the ledger and the keys.
        registry: of the ledger.
        account: an active one.
        password: as typed.
    """
    data = read_sealed(place.keystore, registry.origin, account.id)
    if data is not None:
        with contextlib.suppress(AuthorityError):
            found = sealed.unseal(data, password, role="person", origin=registry.origin, account=account.id)
            return found if found.key.public == account.key else None
        return None
    same_work(place, password)
    return None


def same_work(place: Place, password: str) -> None:
    """Do the work of opening a key without one."""
    sealed.same_work(password, place.cost or COST)


def make_key(
    place: Place, registry: Registry, account: Account, password: str, *, second_factor: bytes = b""
) -> NewKey:
    """Make a key for an account, sealed under a password; an earlier one of this account is replaced."""
    private = PrivateKey.generate()
    before = read_sealed(place.keystore, registry.origin, account.id)
    file = _write(place, registry, account, private, password, second_factor)
    return NewKey(key=private.signing_key("person"), file=file, before=before)


def undo(place: Place, registry: Registry, account: Account, before: bytes | None) -> None:
    """Put back what lay in the key store, because the act that changed it was not recorded."""
    if before is None:
        drop_sealed(place.keystore, registry.origin, account.id)
    else:
        write_sealed(place.keystore, registry.origin, account.id, before)


@contextlib.contextmanager
def resealed(
    place: Place, registry: Registry, account: Account, opened: Unsealed, password: str, *, second_factor: bytes
) -> Iterator[Path]:
    """Seal a key again under a password; put back as it was when what follows fails.

    Args:
        place: of the ledger and the keys.
        registry: of the ledger.
        account: whose it is.
        opened: the key.
        password: the one that opens it from now on.
        second_factor: secret of one-time codes; empty for none.
    """
    before = read_sealed(place.keystore, registry.origin, account.id)
    yield_path = _write(place, registry, account, opened.private, password, second_factor)
    try:
        yield yield_path
    except BaseException:
        undo(place, registry, account, before)
        raise


def make_root(path: Path, passphrase: str, *, cost: Cost | None = None, disk: Disk = DISK) -> SigningKey:
    """Make a root key and write it, sealed, into a file that must not exist.

    Args:
        path: of the file; its folder is made when it lies in the key store.
        passphrase: of the root key.
        cost: of sealing; None for the full one.
        disk: durable operations.

    Raises:
        ExecutionError: the file exists or cannot be written.
    """
    private = PrivateKey.generate()
    data = sealed.seal(private, passphrase, role="root", origin="", account="", cost=cost or COST)
    try:
        disk.make_folder(path.parent, 0o700)
        fd = disk.create(path, 0o600)
        try:
            disk.write(fd, data)
            disk.sync(fd)
        finally:
            disk.close(fd)
        disk.sync_folder(path.parent)
    except OSError as error:
        raise ExecutionError(
            f"the root key cannot be written to {path}: {error.strerror or error}",
            why="without it there is no ledger",
            fix="name a new file in a folder that exists: --root-key FILE",
            code="VG587",
        ) from error
    return private.signing_key("root")


def open_root(registry: Registry, path: Path, passphrase: str) -> SigningKey:
    """Return the root key of a ledger.

    Raises:
        AuthorityError: the file cannot be read, the passphrase is wrong, or it is the root of another ledger.
    """
    try:
        data = read_private(path, why="a sealed key can be attacked by guessing passphrases", remedy="make it yours")
    except OSError as error:
        raise _root(f"the root key {path} cannot be read: {error.strerror or error}") from error
    try:
        key = sealed.unseal(data, passphrase, role="root", origin="", account="").key
    except AuthorityError as error:
        raise _root("the root key does not open: the passphrase is not right, or the file was damaged") from error
    known = registry.keys.get(key.id)
    if known is None or known.role != "root":
        raise _root(f"{path} holds the root key of another ledger")
    return key


def key_file(place: Place, registry: Registry, account: Account) -> Path:
    """Return where the key of an account lies, or would lie."""
    return sealed_path(place.keystore, registry.origin, account.id)


def _write(
    place: Place, registry: Registry, account: Account, private: PrivateKey, password: str, second_factor: bytes
) -> Path:
    data = sealed.seal(
        private,
        password,
        role="person",
        origin=registry.origin,
        account=account.id,
        second_factor=second_factor,
        cost=place.cost or COST,
    )
    return write_sealed(place.keystore, registry.origin, account.id, data)


def _root(what: str) -> AuthorityError:
    return AuthorityError(
        what,
        why="the root key takes the place of a missing administrator",
        fix="name the file that valgen records init wrote, and type its own passphrase",
        code="VG587",
    )
