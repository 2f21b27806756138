"""The vault of the example, without a storage service: a bucket in memory and a signature key in memory."""

from __future__ import annotations

import functools
import pathlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "s3-records-vault"
if str(EXAMPLE) not in sys.path:
    sys.path.append(str(EXAMPLE))

pytest.importorskip("boto3")

PASSWORD = "correct-horse-battery"


class MemoryBucket:
    """An object store that keeps every version, as the record bucket does."""

    def __init__(self) -> None:
        self.versions: dict[str, list[tuple[str, bytes]]] = {}
        self.markers: dict[str, int] = {}
        self.held: set[str] = set()

    def put_new(self, key: str, data: bytes) -> None:
        from vault.objects import AlreadyThere

        if key in self.versions and key not in self.markers:
            raise AlreadyThere(key)
        self.put_past_the_vault(key, data)

    def put_past_the_vault(self, key: str, data: bytes) -> None:
        found = self.versions.setdefault(key, [])
        found.append((f"v{len(found) + 1}", data))

    def get(self, key: str, version: str = "") -> bytes:
        from vault.refusals import NotFound

        if key not in self.versions or (key in self.markers and not version):
            raise NotFound(f"{key} does not exist")
        return dict(self.versions[key])[version] if version else self.versions[key][-1][1]

    def keys(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.versions if key.startswith(prefix) and key not in self.markers))

    def histories(self, prefix: str) -> dict[str, Any]:
        from vault.objects import History

        return {
            key: History(
                first=self.versions[key][0][0],
                versions=len(self.versions[key]),
                delete_markers=self.markers.get(key, 0),
            )
            for key in sorted(self.versions)
            if key.startswith(prefix)
        }

    def hold(self, key: str, on: bool) -> None:
        (self.held.add if on else self.held.discard)(key)


class MemorySigner:
    """A signature key of the kind the vault uses."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self._key = ec.generate_private_key(ec.SECP256R1())

    def sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._key.sign(data, ec.ECDSA(SHA256()))

    def public_key(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@functools.cache
def _accounts() -> dict[str, Any]:
    """Return five accounts; made once, because a password hash is slow on purpose."""
    from vault.accounts import Accounts, Role

    made = Accounts()
    people = {"ann": Role.CONTRIBUTOR, "ben": Role.REVIEWER, "cat": Role.APPROVER, "ida": Role.INSPECTOR,
              "adm": Role.ADMINISTRATOR}  # fmt: skip
    return {user: made.create(user, user.title(), role, PASSWORD) for user, role in people.items()}


class World:
    """A vault with five accounts: ``ann`` stores, ``ben`` reviews, ``cat`` approves, ``ida`` reads, ``adm`` manages."""

    def __init__(self) -> None:
        from vault.accounts import Accounts
        from vault.vault import RecordVault

        self.bucket = MemoryBucket()
        self.signer = MemorySigner()
        self.accounts = Accounts()
        self.time = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
        self.accounts._accounts.update(_accounts())
        self.vault = RecordVault(self.bucket, self.accounts, self.signer, self.now)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def store(self, record: str = "KRAS-001", content: bytes = b"a,b\n1,2\n", **rest: Any) -> Any:
        from vault.packages import RecordFile

        return self.vault.store(
            rest.pop("user", "ann"), record, "A run", "# A run\n",
            [RecordFile(path="run.csv", data=content, media_type="text/csv")], rest.pop("reason", "run completed"),
            **rest,
        )  # fmt: skip

    def sign_all(self, number: int = 1) -> None:
        from vault.signatures import Meaning

        for user, meaning in (("ann", Meaning.AUTHORED), ("ben", Meaning.REVIEWED), ("cat", Meaning.APPROVED)):
            self.vault.sign(user, PASSWORD, "KRAS-001", number, meaning)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def example() -> pathlib.Path:
    return EXAMPLE
