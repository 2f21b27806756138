"""Objects in the record bucket: written once, read back, never changed. Implements DS-003.

Retention, encryption and versioning are settings of the bucket (``installation``); nothing here sets them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from vault.refusals import DigestMismatch, NotFound, StorageRefused

CONTENT_TYPES = {".json": "application/json", ".md": "text/markdown; charset=utf-8"}


class AlreadyThere(Exception):
    """An object of this name exists; raised by ``put_new`` only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What happened to one object name.

    Attributes:
        first: id of the version that was written first; it is the one that counts for entries written once.
        versions: how many versions exist.
        delete_markers: how often the name was marked as deleted.
    """

    first: str
    versions: int
    delete_markers: int

    @property
    def untouched(self) -> bool:
        """Whether nothing happened after the first writing."""
        return self.versions == 1 and not self.delete_markers


class ObjectStore(Protocol):
    """What the vault needs of a bucket."""

    def put_new(self, key: str, data: bytes) -> None:
        """Write an object that must not exist yet."""

    def get(self, key: str, version: str = "") -> bytes:
        """Read one version of an object, the current one unless said otherwise."""

    def keys(self, prefix: str) -> Iterator[str]:
        """List the names of current objects in order."""

    def histories(self, prefix: str) -> Mapping[str, History]:
        """Return every name that was ever written, in order, also when it is marked as deleted."""

    def hold(self, key: str, on: bool) -> None:
        """Set or lift the legal hold of an object."""


class BucketStore:
    """Objects of one S3 bucket.

    Args:
        s3: boto3 client with the credentials of the role ``s3v-service``.
        bucket: name of the record bucket.
    """

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3 = s3
        self.bucket = bucket

    def put_new(self, key: str, data: bytes) -> None:
        """Write an object that must not exist yet, and compare the digest that S3 reports.

        Raises:
            AlreadyThere: an object of this name exists.
            DigestMismatch: S3 computed another digest than we did.
            StorageRefused: S3 refused for another reason.
        """
        wanted = base64.b64encode(hashlib.sha256(data).digest()).decode()
        suffix = key[key.rfind(".") :] if "." in key else ""
        try:
            answer = self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=data,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=wanted,
                ContentType=CONTENT_TYPES.get(suffix, "application/octet-stream"),
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise AlreadyThere(key) from error
            if code in ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"):
                raise DigestMismatch(f"{key}: the storage service refused the digest ({code})") from error
            raise _refused(error, key) from error
        except BotoCoreError as error:
            raise StorageRefused(f"{key}: {error}") from error
        if answer.get("ChecksumSHA256") != wanted:
            raise DigestMismatch(f"{key}: sent {wanted}, the storage service reports {answer.get('ChecksumSHA256')}")

    def get(self, key: str, version: str = "") -> bytes:
        """Read one version of an object, the current one unless said otherwise.

        Raises:
            NotFound: there is none.
            StorageRefused: S3 refused for another reason.
        """
        try:
            which = {"VersionId": version} if version else {}
            data: bytes = self.s3.get_object(Bucket=self.bucket, Key=key, **which)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion", "404"):
                raise NotFound(f"{key} does not exist") from error
            raise _refused(error, key) from error
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """List the names of current objects in order.

        Raises:
            StorageRefused: S3 refused.
        """
        try:
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"]
        except ClientError as error:
            raise _refused(error, prefix) from error

    def histories(self, prefix: str) -> dict[str, History]:
        """Return every name that was ever written, in order, also when it is marked as deleted.

        Raises:
            StorageRefused: S3 refused.
        """
        versions: dict[str, list[str]] = {}
        markers: dict[str, int] = {}
        try:
            for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
                for found in page.get("Versions", ()):  # newest first
                    versions.setdefault(found["Key"], []).append(found["VersionId"])
                for found in page.get("DeleteMarkers", ()):
                    markers[found["Key"]] = markers.get(found["Key"], 0) + 1
        except ClientError as error:
            raise _refused(error, prefix) from error
        return {
            key: History(first=versions[key][-1], versions=len(versions[key]), delete_markers=markers.get(key, 0))
            for key in sorted(versions)
        }

    def hold(self, key: str, on: bool) -> None:
        """Set or lift the legal hold of an object.

        Raises:
            StorageRefused: S3 refused.
        """
        try:
            self.s3.put_object_legal_hold(
                Bucket=self.bucket, Key=key, LegalHold={"Status": "ON" if on else "OFF"}, ChecksumAlgorithm="SHA256"
            )
        except ClientError as error:
            raise _refused(error, key) from error


def _refused(error: ClientError, key: str) -> StorageRefused:
    code = error.response["Error"]["Code"]
    return StorageRefused(f"{code}: {error.operation_name} of {key}")
