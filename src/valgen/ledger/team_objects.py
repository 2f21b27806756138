"""The objects of a team store: attachments and checkpoints in an S3 bucket that nobody can take away from.

    <prefix><uuid>/blobs/<2 hex>/<62 hex>                      attachments, by SHA-256
    <prefix><uuid>/checkpoints/<size, 12 digits>-<root>-<note>     every checkpoint that was committed

Each object is put with ``If-None-Match: *`` under Object Lock in COMPLIANCE mode and read back by its version id. So
the first version of a key is what was stored, whatever lies over it now: a delete marker or a newer version hides it
and does not replace it. A bucket that does not keep this is refused.

The only home of boto3 beside the step library. No clock: the time of the act comes in. Source: integrity.md §3.4, I-17.
Implements: DS-045.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.heads import Head
from valgen.ledger.team_address import ObjectsAddress

COMPLIANCE = "COMPLIANCE"

_SLACK = datetime.timedelta(days=1)  # between the clock of the act and that of the bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an object.

    Attributes:
        id: version id.
        stored: when, by the clock of the bucket.
        latest: whether a read without version id gives it.
        marker: whether it is a delete marker.
    """

    id: str
    stored: datetime.datetime
    latest: bool
    marker: bool


class Objects:
    """The place of one ledger in a bucket.

    Args:
        address: of the bucket.
        origin: of the ledger.
        days: for how long objects are locked.
    """

    def __init__(self, address: ObjectsAddress, origin: str, days: int) -> None:
        self._address = address
        self._days = days
        self._home = f"{address.prefix}{origin.removeprefix('valgen:').partition('/')[0]}/"
        self._client = _client(address)

    # What the bucket promises

    def refuse_open_bucket(self) -> None:
        """Refuse a bucket that does not keep what is stored in it.

        Raises:
            ExecutionError: it does not (VG643), or cannot be asked (VG641).
        """
        wrong = self.wrong_bucket()
        if wrong:
            raise ExecutionError(
                f"the bucket {self._address.bucket} does not protect records: {'; '.join(wrong)}",
                why="evidence that somebody can remove before its time is no evidence",
                fix=f"make a bucket with Object Lock, a default retention in COMPLIANCE mode of at least {self._days} "
                "days and no lifecycle rule that expires objects; docs/team-store.md has the commands",
                code="VG643",
            )

    def wrong_bucket(self) -> list[str]:
        """Return what the bucket lacks: versions, Object Lock, retention; and lifecycle rules that remove objects."""
        wrong = []
        bucket = self._address.bucket
        if self._ask("get_bucket_versioning", Bucket=bucket).get("Status") != "Enabled":
            wrong.append("it keeps no versions")
        lock = self._ask("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError", Bucket=bucket)
        lock = (lock or {}).get("ObjectLockConfiguration", {})
        if lock.get("ObjectLockEnabled") != "Enabled":
            wrong.append("it has no Object Lock")
        else:
            default = lock.get("Rule", {}).get("DefaultRetention", {})
            days = default.get("Days", 0) + 365 * default.get("Years", 0)
            if default.get("Mode") != COMPLIANCE:
                wrong.append(f"its default retention is {default.get('Mode', 'missing')}, not COMPLIANCE")
            elif days < self._days:
                wrong.append(f"its default retention is {days} days, and the settings ask for {self._days}")
        rules = self._ask("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration", Bucket=bucket) or {}
        wrong += [
            f"its lifecycle rule {rule.get('ID', 'without name')} expires objects"
            for rule in rules.get("Rules", ())
            if rule.get("Status") == "Enabled" and self._concerns(rule) and _expires(rule)
        ]
        return wrong

    # Attachments

    def keep_blob(self, sha256: str, content: bytes, now: str) -> None:
        """Store an attachment under lock and read it back.

        Args:
            sha256: of the content, hex.
            content: its bytes.
            now: time of the act, RFC 3339 in UTC.

        Raises:
            ExecutionError: the bucket did not take it (VG641), or not under the lock that is asked for (VG643).
            VerificationError: another content lies there (VG647).
        """
        self._put(self._blob_key(sha256), content, now)

    def blob(self, sha256: str) -> bytes | None:
        """Return the bytes of an attachment from the first version that has its digest; None where none has."""
        for data in self._contents(self._blob_key(sha256)):
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
        return None

    # Checkpoints

    def keep_head(self, head: Head, now: str) -> None:
        """Store a checkpoint that was committed; nothing happens when it is there."""
        name = f"{head.size:012d}-{head.checkpoint.root.hex()[:16]}-{hashlib.sha256(head.note).hexdigest()[:16]}"
        self._put(f"{self._home}checkpoints/{name}", head.note, now)

    def heads(self, at_least: int = 0) -> Iterator[bytes]:
        """Yield every checkpoint of at least so many records, from its first version; nothing of it is checked."""
        place = f"{self._home}checkpoints/"
        for key, versions in self.listed(place, after=f"{place}{at_least - 1:012d}~" if at_least else ""):
            for version in versions:
                if not version.marker:
                    yield self._read(key, version.id)
                    break

    # Looking at everything, for verification

    def listed(self, prefix: str = "", *, after: str = "") -> Iterator[tuple[str, list[Version]]]:
        """Yield every key with all its versions and delete markers, oldest first, in the order of keys.

        Args:
            prefix: of the keys; empty for everything of the ledger.
            after: a key behind which to begin; empty for the beginning.
        """
        found: dict[str, list[Version]] = {}
        wanted: dict[str, Any] = {"Bucket": self._address.bucket, "Prefix": prefix or self._home}
        wanted |= {"KeyMarker": after} if after else {}
        while True:
            page = self._ask("list_object_versions", **wanted)
            for entries, marker in ((page.get("Versions", ()), False), (page.get("DeleteMarkers", ()), True)):
                for entry in entries:
                    version = Version(
                        id=entry["VersionId"],
                        stored=entry["LastModified"],
                        latest=entry["IsLatest"],
                        marker=marker,
                    )
                    found.setdefault(entry["Key"], []).append(version)
            if not page.get("IsTruncated"):
                break
            wanted |= {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
        for key in sorted(found):
            # Within one second the order of the list decides: the newest comes first in it.
            yield key, sorted(reversed(found[key]), key=lambda one: (one.stored, one.latest))

    def name_of(self, key: str) -> str:
        """Return the key without the place of the ledger."""
        return key.removeprefix(self._home)

    def wrong_lock(self, key: str, version: Version) -> str:
        """Return how a version is not protected as it must be, in words; empty when it is."""
        head = self._ask("head_object", Bucket=self._address.bucket, Key=key, VersionId=version.id)
        return self._wrong_lock(head, version.stored)

    def content(self, key: str, version: Version) -> bytes:
        """Return the bytes of a version."""
        return self._read(key, version.id)

    def blob_name(self, sha256: str) -> str:
        """Return the key of an attachment without the place of the ledger."""
        return self.name_of(self._blob_key(sha256))

    # Helpers

    def _blob_key(self, sha256: str) -> str:
        return f"{self._home}blobs/{sha256[:2]}/{sha256[2:]}"

    def _put(self, key: str, content: bytes, now: str) -> None:
        moment = datetime.datetime.fromisoformat(now.replace("Z", "+00:00"))
        until = moment + datetime.timedelta(days=self._days)
        version = self._create(key, content, until)
        if version is None:
            version = self._there(key, content, until, moment)
        answer = self._ask("get_object", Bucket=self._address.bucket, Key=key, VersionId=version)
        if answer["Body"].read() != content:
            self._other(key)
        wrong = self._wrong_lock(answer, moment)
        if wrong:
            raise ExecutionError(
                f"the bucket {self._address.bucket} took an object, and {wrong}",
                why="evidence that somebody can remove before its time is no evidence",
                fix="see that the bucket honours Object Lock in COMPLIANCE mode",
                code="VG643",
            )

    def _create(self, key: str, content: bytes, until: datetime.datetime) -> str | None:
        """Store an object that is not there yet; return its version id, or None when one is there."""
        answer = self._ask(
            "put_object",
            "PreconditionFailed",
            Bucket=self._address.bucket,
            Key=key,
            Body=content,
            IfNoneMatch="*",
            ChecksumAlgorithm="SHA256",
            ObjectLockMode=COMPLIANCE,
            ObjectLockRetainUntilDate=until,
        )
        return None if answer is None else str(answer["VersionId"])

    def _there(self, key: str, content: bytes, until: datetime.datetime, moment: datetime.datetime) -> str:
        """Return the version that holds this content already, its retention made as long as that of a new object."""
        for found, versions in self.listed(key):
            for version in versions if found == key else ():
                if not version.marker and self._read(key, version.id) == content:
                    head = self._ask("head_object", Bucket=self._address.bucket, Key=key, VersionId=version.id)
                    if self._wrong_lock(head, moment):
                        self._ask(
                            "put_object_retention",
                            Bucket=self._address.bucket,
                            Key=key,
                            VersionId=version.id,
                            Retention={"Mode": COMPLIANCE, "RetainUntilDate": until},
                        )
                    return version.id
        self._other(key)

    def _other(self, key: str) -> NoReturn:
        raise VerificationError(
            f"another content than that of its name lies in {key} of the bucket {self._address.bucket}",
            why="objects are named by their content, so somebody put something else there",
            fix="find out who did it; the object cannot be replaced, so choose another prefix for a new beginning",
            code="VG647",
        )

    def _wrong_lock(self, head: Any, since: datetime.datetime) -> str:
        mode, until = head.get("ObjectLockMode"), head.get("ObjectLockRetainUntilDate")
        if mode != COMPLIANCE:
            return f"it is under {mode or 'no'} retention, not COMPLIANCE"
        if until is None or until < since + datetime.timedelta(days=self._days) - _SLACK:
            return f"it is locked until {until:%Y-%m-%d} only" if until else "nothing says until when it is locked"
        return ""

    def _contents(self, key: str) -> Iterator[bytes]:
        for found, versions in self.listed(key):
            for version in versions if found == key else ():
                if not version.marker:
                    yield self._read(key, version.id)

    def _read(self, key: str, version: str) -> bytes:
        answer = self._ask("get_object", Bucket=self._address.bucket, Key=key, VersionId=version)
        return bytes(answer["Body"].read())

    def _concerns(self, rule: Any) -> bool:
        """Tell whether a lifecycle rule reaches objects of this place; a filter that is not understood does."""
        chosen = rule.get("Filter", {})
        prefix = chosen.get("Prefix", chosen.get("And", {}).get("Prefix", rule.get("Prefix", ""))) or ""
        return bool(self._home.startswith(prefix) or prefix.startswith(self._home))

    def _ask(self, act: str, *expected: str, **values: Any) -> Any:
        """Ask the service; return None for an answer with one of the expected error codes."""
        from botocore.exceptions import BotoCoreError, ClientError

        call: Callable[..., Any] = getattr(self._client, act)
        try:
            return call(**values)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in expected:
                return None
            self._unreachable(act, f"{code} {error.response.get('Error', {}).get('Message', '')}".strip(), error)
        except (BotoCoreError, OSError) as error:
            self._unreachable(act, str(error), error)

    def _unreachable(self, act: str, reason: str, cause: BaseException) -> NoReturn:
        raise ExecutionError(
            f"the team store in the bucket {self._address.bucket} cannot be used: {act.replace('_', ' ')}: {reason}",
            why="an act counts only when the team store has it",
            fix="see that the bucket can be reached and that your account may use it, then type the command again",
            code="VG641",
        ) from cause


def _expires(rule: Any) -> bool:
    return bool(rule.get("Expiration") or rule.get("NoncurrentVersionExpiration"))


def _client(address: ObjectsAddress) -> Any:
    try:
        import boto3
    except ImportError as error:
        raise ExecutionError(
            "the library that reaches S3 is not installed",
            why="the settings name a bucket as team store",
            fix='pip install "valgen[aws]"',
            code="VG640",
        ) from error
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.session.Session(profile_name=address.profile or None, region_name=address.region or None)
        return session.client("s3", endpoint_url=address.endpoint or None)
    except (BotoCoreError, ValueError) as error:
        raise ExecutionError(
            f"the team store in the bucket {address.bucket} cannot be used: {error}",
            why="an act counts only when the team store has it",
            fix="see that the region and the profile in the address are right",
            code="VG641",
        ) from error
