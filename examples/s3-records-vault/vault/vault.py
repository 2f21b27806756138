"""The functions of the vault: authority first, then the act, then its audit entry. Implements DS-004.

Every refusal is recorded and raised. The clock is handed in by the server; no function takes a time from its user.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from vault.accounts import Account, Accounts, Function, Role
from vault.audit import Act, AuditEntry, AuditTrail, within
from vault.canonical import canonical_bytes, sha256_hex, timestamp
from vault.copies import Copy, write_copy
from vault.objects import AlreadyThere, ObjectStore
from vault.packages import MANIFEST, Package, RecordFile, check_reason, check_record_id, differences
from vault.refusals import (
    Altered,
    AuthorMayNotApprove,
    NotFound,
    NotSigned,
    PackageInvalid,
    RevisionExists,
    VaultRefusal,
)
from vault.signatures import Meaning, Signature, Signer, check_signature, parse_signature

ACCOUNTS_TRAIL = "ACCOUNTS"

_SIGN = {
    Meaning.AUTHORED: Function.SIGN_AUTHORED,
    Meaning.REVIEWED: Function.SIGN_REVIEWED,
    Meaning.APPROVED: Function.SIGN_APPROVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Where one revision of a record lies."""

    record: str
    number: int
    address: str
    stored_at: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """One revision as read: files by path within the package, the README among them."""

    revision: Revision
    manifest: bytes
    files: dict[str, bytes]


class RecordVault:
    """Store of electronic records.

    Args:
        store: the record bucket.
        accounts: of the server.
        signer: holder of the signature key.
        now: clock of the server, aware times.
    """

    def __init__(self, store: ObjectStore, accounts: Accounts, signer: Signer, now: Callable[[], datetime]) -> None:
        self._store = store
        self._accounts = accounts
        self._signer = signer
        self._now = now
        self.trail = AuditTrail(store)

    # Records

    def store(
        self,
        user: str,
        record: str,
        title: str,
        readme: str,
        files: Sequence[RecordFile],
        reason: str,
        *,
        expected_number: int = 0,
    ) -> Revision:
        """Store the next revision of a record (FS-001 to FS-003).

        Args:
            expected_number: refuse unless the revision gets this number; 0 for any.

        Raises:
            VaultRefusal: the package is incomplete, the number is taken, the role may not, or the storage refuses.
        """
        with self._recorded(user, Function.STORE, record, expected_number) as act:
            check_record_id(record)
            last = self._last(record)
            number = last.number + 1 if last else 1
            if expected_number and expected_number != number:
                raise RevisionExists(f"revision {expected_number} of {record} is not the next one, {number} is")
            now = self._now()
            package = Package(
                record=record,
                revision=number,
                title=title,
                readme=readme,
                files=tuple(files),
                author=user,
                created_at=now,
                reason=reason,
                previous=last.address if last else "",
            )
            prefix = f"packages/{package.address}/"
            for path, data in package.contents().items():
                self._store.put_new(prefix + path, data)
            self._store.put_new(prefix + MANIFEST, package.manifest_bytes())
            revision = Revision(
                record=record, number=number, address=package.address, stored_at=timestamp(now), author=user
            )
            try:
                self._store.put_new(_revision_key(record, number), _revision_bytes(revision))
            except AlreadyThere as error:
                raise RevisionExists(f"revision {number} of {record} was stored by somebody else") from error
            act.done("stored", revision, reason, before=last)
            return revision

    def read(self, user: str, record: str, number: int = 0) -> Contents:
        """Read one revision, the last one unless said otherwise (FS-004).

        Raises:
            Altered: a stored file differs from the manifest.
            VaultRefusal: record or revision does not exist, or the role may not.
        """
        with self._recorded(user, Function.READ, record, number) as act:
            revision = self.revision(record, number)
            contents = self._contents(revision)
            self._refuse_altered(contents)
            act.done("read", revision, "")
            return contents

    def verify(self, user: str, record: str, number: int = 0) -> list[str]:
        """Compare a stored package with its manifest (FS-005); an empty list means unaltered.

        Raises:
            VaultRefusal: record or revision does not exist, or the role may not.
        """
        with self._recorded(user, Function.VERIFY, record, number) as act:
            revision = self.revision(record, number)
            contents = self._contents(revision)
            found = differences(contents.manifest, revision.address, contents.files)
            act.done("verified", revision, "; ".join(found)[:500] or "unaltered")
            return found

    def revisions(self, record: str) -> list[Revision]:
        """Return every revision of a record, the first one first."""
        prefix = f"records/{record}/r"
        return [
            Revision(**json.loads(self._store.get(key, found.first)))
            for key, found in self._store.histories(prefix).items()
            if key[len(prefix) :].removesuffix(".json").isdecimal()
        ]

    def revision(self, record: str, number: int = 0) -> Revision:
        """Return one revision, the last one for 0.

        Raises:
            NotFound: record or revision does not exist.
        """
        found = [revision for revision in self.revisions(record) if number in (0, revision.number)]
        if not found:
            raise NotFound(f"revision {number} of {record} does not exist" if number else f"{record} does not exist")
        return found[-1]

    def hold(self, user: str, record: str, number: int, on: bool, reason: str) -> int:
        """Set or lift the legal hold of a package and return the number of objects (FS-007).

        Raises:
            VaultRefusal: the revision does not exist, the reason is blank, or the role may not.
        """
        with self._recorded(user, Function.HOLD, record, number) as act:
            check_reason(reason)
            revision = self.revision(record, number)
            keys = list(self._store.keys(f"packages/{revision.address}/"))
            for key in keys:
                self._store.hold(key, on)
            act.done("hold set" if on else "hold lifted", revision, reason)
            return len(keys)

    # Signatures

    def sign(self, user: str, password: str, record: str, number: int, meaning: Meaning, reason: str = "") -> Signature:
        """Sign one revision (FS-017).

        Raises:
            VaultRefusal: the two components do not fit, the role may not, or the author approves.
        """
        with self._recorded(user, None, record, number) as act:
            account = self._accounts.authenticate(user, password)
            self._accounts.permit(user, _SIGN[meaning])
            revision = self.revision(record, number)
            earlier = self._signatures(revision)
            if meaning is Meaning.APPROVED and any(
                one.user == user and one.meaning == Meaning.AUTHORED for one in earlier
            ):
                raise AuthorMayNotApprove(f"{account.printed_name} signed revision {number} as its author")
            unsigned = Signature(
                address=revision.address,
                record=record,
                revision=revision.number,
                user=user,
                printed_name=account.printed_name,
                role=account.role,
                meaning=meaning,
                signed_at=timestamp(self._now()),
                reason=reason,
            )
            value = base64.b64encode(self._signer.sign(unsigned.covered())).decode()
            signature = replace(unsigned, value=value)
            self._store.put_new(f"signatures/{revision.address}/{len(earlier) + 1:03d}.json", signature.data())
            act.done("signed", revision, f"meaning: {meaning}")
            return signature

    def signatures(self, record: str, number: int = 0) -> list[tuple[Signature, str]]:
        """Return every signature under a revision with the result of its check (FS-018).

        Raises:
            NotFound: record or revision does not exist.
        """
        revision = self.revision(record, number)
        key = self._signer.public_key()
        return [(found, check_signature(found, revision.address, key)) for found in self._signatures(revision)]

    def release(self, user: str, record: str, number: int) -> None:
        """Mark a revision as released when all three meanings are signed (FS-019).

        Raises:
            NotSigned: a meaning is missing.
            VaultRefusal: the revision does not exist, or the role may not.
        """
        with self._recorded(user, Function.RELEASE, record, number) as act:
            revision = self.revision(record, number)
            valid = {one.meaning for one, result in self.signatures(record, number) if result == "valid"}
            missing = [meaning.value for meaning in Meaning if meaning not in valid]
            if missing:
                raise NotSigned(f"revision {number} of {record} lacks: {', '.join(missing)}")
            entry = {
                "record": record,
                "number": number,
                "address": revision.address,
                "user": user,
                "released_at": timestamp(self._now()),
            }
            try:
                self._store.put_new(f"records/{record}/released-r{number:04d}.json", canonical_bytes(entry))
            except AlreadyThere as error:
                raise RevisionExists(f"revision {number} of {record} is released already") from error
            act.done("released", revision, "")

    def released(self, record: str) -> list[int]:
        """Return the numbers of the released revisions."""
        prefix = f"records/{record}/released-r"
        return [int(key[len(prefix) :].removesuffix(".json")) for key in self._store.histories(prefix)]

    # Audit trail and copies

    def audit_trail(self, user: str, record: str, days: int = 90, by: str = "") -> list[AuditEntry]:
        """List the audit trail of a record for the last days (FS-015).

        Raises:
            PackageInvalid: the period is not 1 to 36500 days.
            VaultRefusal: the record has no audit trail, or the role may not.
        """
        with self._recorded(user, Function.AUDIT, record, 0) as act:
            if not 1 <= days <= 36500:
                raise PackageInvalid(f"a period of {days} days is not between 1 and 36500")
            found = within(self.trail.entries(record), self._now(), days, by)
            act.done("audit trail listed", None, f"last {days} days")
            return found

    def check_audit_trail(self, record: str) -> str:
        """Check the chain of a record's audit trail where it is stored (FS-014).

        Raises:
            NotFound: the record has no audit trail.
        """
        return self.trail.check(record)

    def export(self, user: str, record: str, number: int = 0) -> Copy:
        """Write a complete copy of one revision (FS-020).

        Raises:
            Altered: a stored file differs from the manifest.
            VaultRefusal: record or revision does not exist, or the role may not.
        """
        with self._recorded(user, Function.EXPORT, record, number) as act:
            revision = self.revision(record, number)
            contents = self._contents(revision)
            self._refuse_altered(contents)
            copy = write_copy(
                manifest=contents.manifest,
                address=revision.address,
                files=contents.files,
                signatures=self._signatures(revision),
                trail=self.trail.stored(record),
                signer=self._signer,
                exported_at=self._now(),
                exported_by=self._accounts.get(user).printed_name,
                released=revision.number in self.released(record),
            )
            act.done("exported", revision, f"SHA-256 of the copy: {sha256_hex(copy.data)}")
            return copy

    # Accounts

    def create_account(self, by: str, user: str, printed_name: str, role: Role, password: str) -> Account:
        """Create an account (FS-008).

        Raises:
            VaultRefusal: the id is taken or wrong, or the role may not.
        """
        with self._recorded(by, Function.MANAGE, ACCOUNTS_TRAIL, 0) as act:
            account = self._accounts.create(user, printed_name, role, password)
            act.done("account created", None, f"{user}, {printed_name}, {role}")
            return account

    def deactivate_account(self, by: str, user: str) -> None:
        """Close an account (FS-008).

        Raises:
            VaultRefusal: there is no such account, or the role may not.
        """
        with self._recorded(by, Function.MANAGE, ACCOUNTS_TRAIL, 0) as act:
            self._accounts.deactivate(user)
            act.done("account deactivated", None, user)

    def unlock_account(self, by: str, user: str) -> None:
        """Unlock an account (FS-008).

        Raises:
            VaultRefusal: there is no such account, or the role may not.
        """
        with self._recorded(by, Function.MANAGE, ACCOUNTS_TRAIL, 0) as act:
            self._accounts.unlock(user)
            act.done("account unlocked", None, user)

    def change_role(self, by: str, user: str, role: Role) -> None:
        """Give an account another role (FS-008).

        Raises:
            VaultRefusal: there is no such account, or the role may not.
        """
        with self._recorded(by, Function.MANAGE, ACCOUNTS_TRAIL, 0) as act:
            self._accounts.change_role(user, role)
            act.done("role changed", None, f"{user}: {role}")

    # Helpers

    @contextmanager
    def _recorded(self, user: str, function: Function | None, record: str, number: int) -> Iterator[_Recorder]:
        """Check the authority, run the act and record how it ended; ``None`` leaves the authority to the act."""
        try:
            account = self._accounts.get(user)
            name, role = account.printed_name, str(account.role)
        except VaultRefusal:
            name, role = "", ""
        recorder = _Recorder(user, name, role, record, number)
        try:
            if function is not None:
                self._accounts.permit(user, function)
            yield recorder
        except VaultRefusal as refusal:
            recorder.refused(refusal, self._last_or_none(record))
            self.trail.append(recorder.act, self._now())
            raise
        self.trail.append(recorder.act, self._now())

    def _last(self, record: str) -> Revision | None:
        found = self.revisions(record)
        return found[-1] if found else None

    def _last_or_none(self, record: str) -> Revision | None:
        try:
            return self._last(record)
        except VaultRefusal:
            return None  # the storage refuses; the entry is written with what is known

    def _contents(self, revision: Revision) -> Contents:
        prefix = f"packages/{revision.address}/"
        stored = {key[len(prefix) :]: self._store.get(key) for key in self._store.keys(prefix)}
        manifest = stored.pop(MANIFEST, b"")
        return Contents(revision=revision, manifest=manifest, files=stored)

    def _refuse_altered(self, contents: Contents) -> None:
        found = differences(contents.manifest, contents.revision.address, contents.files)
        if found:
            raise Altered(f"revision {contents.revision.number} of {contents.revision.record}: {'; '.join(found)}")

    def _signatures(self, revision: Revision) -> list[Signature]:
        prefix = f"signatures/{revision.address}/"
        return [
            parse_signature(self._store.get(key, found.first)) for key, found in self._store.histories(prefix).items()
        ]


class _Recorder:
    """Collects what the audit entry of one act says."""

    def __init__(self, user: str, printed_name: str, role: str, record: str, number: int) -> None:
        self.act = Act(
            user=user, printed_name=printed_name, role=role, act="", record=_trail_of(record), revision=number
        )

    def done(self, what: str, revision: Revision | None, reason: str, before: Revision | None = None) -> None:
        """State that the act was done; ``before`` only where it changed the record."""
        after = revision.address if revision else ""
        changed = what == "stored"
        self.act = replace(
            self.act,
            act=what,
            revision=revision.number if revision else self.act.revision,
            reason=reason,
            address_before=(before.address if before else "") if changed else after,
            address_after=after,
        )

    def refused(self, refusal: VaultRefusal, last: Revision | None) -> None:
        """State that the act was refused, and that the record is as before."""
        address = last.address if last else ""
        self.act = replace(
            self.act,
            act="refused",
            reason=f"{refusal.code}: {refusal.detail}"[:500],
            address_before=address,
            address_after=address,
        )


def _trail_of(record: str) -> str:
    """Return under which name an act is recorded: a wrong record id must not become an object name."""
    try:
        check_record_id(record)
    except PackageInvalid:
        return "UNKNOWN"
    return record


def _revision_key(record: str, number: int) -> str:
    return f"records/{record}/r{number:04d}.json"


def _revision_bytes(revision: Revision) -> bytes:
    return canonical_bytes(
        {
            "record": revision.record,
            "number": revision.number,
            "address": revision.address,
            "stored_at": revision.stored_at,
            "author": revision.author,
        }
    )
