"""Record packages: README, files, manifest, address. Implements DS-002.

A package is a value in memory. It knows nothing of the bucket and writes no file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vault.canonical import canonical_bytes, sha256_hex, timestamp
from vault.refusals import PackageInvalid

FORMAT = "record-package/1"
README = "README.md"
MANIFEST = "manifest.json"
FILES = "files/"
MAX_FILES = 1000
MAX_REASON = 500

_RECORD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,39}")
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """One file of a record; ``path`` is relative to the record, with forward slashes."""

    path: str
    data: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One revision of a record, complete and checked.

    Attributes:
        record: id of the record.
        revision: from 1.
        readme: text that explains the record to a reader without the vault.
        author: user id of the person who stored it.
        created_at: aware time.
        reason: why this revision exists.
        previous: address of the revision before; empty for the first.

    Raises:
        PackageInvalid: on creation, with the first fault found.
    """

    record: str
    revision: int
    title: str
    readme: str
    files: tuple[RecordFile, ...]
    author: str
    created_at: datetime
    reason: str
    previous: str = ""

    def __post_init__(self) -> None:
        check_record_id(self.record)
        check_reason(self.reason)
        if not self.title.strip():
            raise PackageInvalid("the title is empty")
        if not self.readme.strip():
            raise PackageInvalid("the README is empty")
        if not self.files:
            raise PackageInvalid("the package has no record file")
        if len(self.files) > MAX_FILES:
            raise PackageInvalid(f"the package has {len(self.files)} files, more than {MAX_FILES}")
        seen: set[str] = set()
        for file in self.files:
            _check_path(file.path)
            if file.path.casefold() in seen:
                raise PackageInvalid(f"the path {file.path} occurs twice")
            seen.add(file.path.casefold())

    def contents(self) -> dict[str, bytes]:
        """Return every listed file by its path within the package, the README first."""
        return {README: self.readme.encode(), **{FILES + file.path: file.data for file in self.files}}

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as a mapping."""
        media = {README: "text/markdown; charset=utf-8", **{FILES + file.path: file.media_type for file in self.files}}
        listed = [
            {"path": path, "size_bytes": len(data), "media_type": media[path], "sha256": sha256_hex(data)}
            for path, data in sorted(self.contents().items())
        ]
        return {
            "format": FORMAT,
            "record": self.record,
            "revision": self.revision,
            "title": self.title,
            "author": self.author,
            "created_at": timestamp(self.created_at),
            "reason": self.reason,
            "previous": self.previous,
            "files": listed,
        }

    def manifest_bytes(self) -> bytes:
        """Return the manifest as it is stored."""
        return canonical_bytes(self.manifest())

    @property
    def address(self) -> str:
        """SHA-256 of the manifest: where the package is stored and what is signed."""
        return sha256_hex(self.manifest_bytes())


def check_record_id(record: str) -> None:
    """Refuse what is no record id.

    Raises:
        PackageInvalid: it is not 3 to 40 letters, digits and hyphens, or begins with a hyphen.
    """
    if not _RECORD_ID.fullmatch(record):
        raise PackageInvalid(f"{record!r} is no record id: 3 to 40 letters, digits and hyphens are wanted")


def check_reason(reason: str) -> None:
    """Refuse a blank or overlong reason.

    Raises:
        PackageInvalid: it is blank or has more than 500 characters.
    """
    if not reason.strip():
        raise PackageInvalid("the reason is empty")
    if len(reason) > MAX_REASON:
        raise PackageInvalid(f"the reason has {len(reason)} characters, more than {MAX_REASON}")


def differences(manifest_data: bytes, address: str, stored: Mapping[str, bytes]) -> list[str]:
    """Compare stored files with the manifest and the manifest with the address.

    Args:
        manifest_data: the manifest as stored.
        address: under which the package is stored.
        stored: every stored file by its path within the package, without the manifest.

    Returns:
        One line per difference, in the order of paths; empty when the package is unaltered.
    """
    found = [] if sha256_hex(manifest_data) == address else [f"altered: {MANIFEST}"]
    try:
        listed = {file["path"]: file for file in json.loads(manifest_data)["files"]}
    except (ValueError, KeyError, TypeError):
        return [f"altered: {MANIFEST}"]  # unreadable, so nothing else can be compared
    for path in sorted(listed.keys() | stored.keys()):
        if path not in stored:
            found.append(f"missing: {path}")
        elif path not in listed:
            found.append(f"not listed: {path}")
        elif len(stored[path]) != listed[path]["size_bytes"] or sha256_hex(stored[path]) != listed[path]["sha256"]:
            found.append(f"altered: {path}")
    return found


def _check_path(path: str) -> None:
    parts = path.split("/")
    faulty = not path or path.startswith("/") or "\\" in path or _DRIVE.match(path)
    if faulty or any(part in ("", ".", "..") for part in parts) or any(ord(char) < 32 for char in path):
        raise PackageInvalid(f"the path {path!r} is not a relative path inside the package")
