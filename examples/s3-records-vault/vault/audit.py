"""Audit trail of a record: numbered entries, each holding the digest of the one before. Implements DS-007.

Object Lock keeps the first version of every entry, and that version is the one that counts here: a later version or a
delete marker does not change what is read, and is reported. The chain shows an entry that was altered, left out or put
in, also in a copy that left the bucket; the end of a copied trail is sealed by ``copies``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from vault.canonical import canonical_bytes, moment_of, sha256_hex, timestamp
from vault.objects import AlreadyThere, ObjectStore
from vault.refusals import NotFound, StorageRefused

FIRST = "0" * 64
ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act.

    Attributes:
        number: from 1 within the record, without gaps.
        at: UTC, text as ``canonical.timestamp`` writes it.
        role: of the account at that moment; empty for an unknown user.
        revision: 0 where the act concerns the record as a whole.
        address_before: of the last revision before the act; empty for none.
        address_after: of the last revision after the act.
        previous: SHA-256 of the entry before, 64 zeros for the first.
    """

    number: int
    at: str
    user: str
    printed_name: str
    role: str
    act: str
    record: str
    revision: int
    address_before: str
    address_after: str
    reason: str
    previous: str

    def data(self) -> bytes:
        """Return the entry as it is stored."""
        return canonical_bytes(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is to be recorded; number, time and chain are added by the trail."""

    user: str
    printed_name: str
    role: str
    act: str
    record: str
    revision: int = 0
    address_before: str = ""
    address_after: str = ""
    reason: str = ""


class AuditTrail:
    """Audit trails of every record in one store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def append(self, act: Act, at: datetime) -> AuditEntry:
        """Write the next entry of a record.

        Raises:
            StorageRefused: the entry cannot be written; the act must then be reported as failed.
        """
        for _ in range(ATTEMPTS):  # another writer may take the number first
            written = self.stored(act.record)
            entry = AuditEntry(
                **asdict(act),
                number=len(written) + 1,
                at=timestamp(at),
                previous=sha256_hex(written[-1]) if written else FIRST,
            )
            try:
                self._store.put_new(_key(act.record, entry.number), entry.data())
            except AlreadyThere:
                continue
            return entry
        raise StorageRefused(f"audit/{act.record}: no number free after {ATTEMPTS} attempts")

    def stored(self, record: str) -> list[bytes]:
        """Return the bytes of every entry as first written, in the order of their numbers."""
        return [self._store.get(key, found.first) for key, found in self._store.histories(_prefix(record)).items()]

    def check(self, record: str) -> str:
        """Check the trail of a record where it is stored.

        Returns:
            ``intact``, or the first entry that does not fit and why.

        Raises:
            NotFound: the record has no audit trail.
        """
        histories = self._store.histories(_prefix(record))
        if not histories:
            raise NotFound(f"no audit trail of {record}")
        for key, found in histories.items():
            if not found.untouched:
                number = int(key.rpartition("/")[2].removesuffix(".json"))
                what = "marked as deleted" if found.delete_markers else f"written {found.versions} times"
                return f"entry {number} was {what} after it had been recorded"
        return check_chain(self.stored(record))

    def entries(self, record: str) -> list[AuditEntry]:
        """Return every entry.

        Raises:
            NotFound: the record has no audit trail.
        """
        found = parse_entries(self.stored(record))
        if not found:
            raise NotFound(f"no audit trail of {record}")
        return found


def parse_entries(stored: Iterable[bytes]) -> list[AuditEntry]:
    """Return entries from their stored bytes."""
    return [AuditEntry(**json.loads(data)) for data in stored]


def within(entries: Iterable[AuditEntry], now: datetime, days: int, user: str = "") -> list[AuditEntry]:
    """Return the entries of the last ``days`` days up to ``now``, both ends included, optionally of one user."""
    earliest = now - timedelta(days=days)
    return [entry for entry in entries if earliest <= moment_of(entry.at) <= now and (not user or entry.user == user)]


def check_chain(stored: Sequence[bytes]) -> str:
    """Check the chain of one audit trail.

    Args:
        stored: bytes of every entry, in order.

    Returns:
        ``intact``, or the first entry that does not fit and why.
    """
    before = FIRST
    for position, data in enumerate(stored, 1):
        try:
            entry = AuditEntry(**json.loads(data))
        except (ValueError, TypeError):
            return f"entry {position} cannot be read"
        if entry.number != position:
            return f"entry {position} is missing or out of order: found number {entry.number}"
        if entry.previous != before:
            changed = f"entry {position - 1} was altered, or " if position > 1 else ""
            return f"{changed}entry {position} was inserted: the two do not fit together"
        before = sha256_hex(data)
    return "intact"


def _prefix(record: str) -> str:
    return f"audit/{record}/"


def _key(record: str, number: int) -> str:
    return f"{_prefix(record)}{number:06d}.json"
