"""Content-addressed files: attachments, plans, facts, long texts.

A blob lies at ``blobs/<first two hex digits>/<other 62>`` of its SHA-256 and is never changed. A file is copied first
and the copy is hashed, so that what is named is what was kept, whatever happens to the original meanwhile. Links,
devices and pipes are refused. A blob is on the medium before any record can name it. Reading checks the digest every
time.

Source: integrity.md §3.2, H-10, H-11, I-8, I-9.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.durable import DISK, Disk

MAX_BLOB_BYTES = 1 << 30
"""Largest attachment, 1 GiB."""

_CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BlobRef:
    """The name of a blob.

    Attributes:
        sha256: of its bytes, lower-case hex.
        size: in bytes.
    """

    sha256: str
    size: int

    def as_dict(self) -> dict[str, str | int]:
        """Return the form that stands in records."""
        return {"sha256": self.sha256, "size": self.size}


class Blobs:
    """The blobs of one log.

    Args:
        folder: ``blobs`` of the log.
        temporary: a folder in the same file system for files being written.
        disk: durable operations.
        limit: most bytes of one blob.
    """

    def __init__(self, folder: Path, temporary: Path, *, disk: Disk = DISK, limit: int = MAX_BLOB_BYTES) -> None:
        self.folder = folder
        self._temporary = temporary
        self._disk = disk
        self._limit = limit

    def path(self, sha256: str) -> Path:
        """Return where a blob lies.

        Raises:
            VerificationError: not a SHA-256 in lower-case hex.
        """
        if not _SHA256.fullmatch(sha256):
            raise VerificationError(f"{sha256[:80]!r} is not a SHA-256 digest", code="VG508")
        return self.folder / sha256[:2] / sha256[2:]

    def put(self, content: bytes | Path) -> BlobRef:
        """Keep bytes or a copy of a file; return only when it is on the medium.

        Raises:
            ExecutionError: not an ordinary file, larger than the limit, or it cannot be read or kept.
        """
        name = self._temporary / secrets.token_hex(16)
        try:
            source = iter([content]) if isinstance(content, bytes) else _chunks(content)
            digest, size = hashlib.sha256(), 0
            fd = self._disk.create(name, 0o600)
            try:
                for chunk in source:
                    size += len(chunk)
                    if size > self._limit:
                        raise _unusable(content, f"it is larger than {self._limit} bytes")
                    digest.update(chunk)
                    self._disk.write(fd, chunk)
                self._disk.sync(fd)
            finally:
                self._disk.close(fd)
            ref = BlobRef(digest.hexdigest(), size)
            self._place(name, ref)
        except OSError as error:
            raise _unusable(content, error.strerror or str(error)) from error
        finally:
            if name.exists():
                self._disk.remove(name)
        return ref

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a blob after checking its digest.

        Raises:
            VerificationError: missing, not an ordinary file, or not what its name says.
        """
        digest, parts = hashlib.sha256(), []
        for chunk in self.chunks(sha256):
            digest.update(chunk)
            parts.append(chunk)
        if digest.hexdigest() != sha256:
            raise _altered(sha256, "its content does not have this digest")
        return b"".join(parts)

    def check(self, ref: BlobRef) -> str:
        """Return what is wrong with a stored blob, or an empty text. Memory stays bounded."""
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in self.chunks(ref.sha256):
                digest.update(chunk)
                size += len(chunk)
        except VerificationError as error:
            return error.what
        if size != ref.size:
            return f"the attachment {ref.sha256} has {size} bytes, not {ref.size}"
        if digest.hexdigest() != ref.sha256:
            return f"the attachment {ref.sha256} was altered: its content does not have this digest"
        return ""

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Yield the stored bytes without checking them.

        Raises:
            VerificationError: missing or not an ordinary file.
        """
        path = self.path(sha256)
        try:
            yield from _chunks(path)
        except ExecutionError as error:
            raise _altered(sha256, error.what) from error
        except OSError as error:
            raise _altered(sha256, error.strerror or str(error)) from error

    def _place(self, name: Path, ref: BlobRef) -> None:
        target = self.path(ref.sha256)
        self._disk.make_folder(target.parent)
        if self.check(ref):
            if target.exists():
                # A damaged file under this name is replaced by what the name promises; until now verify reported it.
                self._disk.protect(target, 0o644)
            self._disk.protect(name, 0o444)
            self._disk.replace(name, target)
        # Also when it was there: whoever put it may not have come this far.
        self._disk.sync_folder(target.parent)
        self._disk.sync_folder(self.folder)


def _chunks(path: Path) -> Iterator[bytes]:
    # O_NONBLOCK: opening a pipe that nobody writes to must not wait; it is refused below.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if path.is_symlink():  # where the system has no O_NOFOLLOW
        raise _unusable(path, "it is a link")
    fd = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise _unusable(path, "it is not an ordinary file")
        while chunk := os.read(fd, _CHUNK):
            yield chunk
    finally:
        os.close(fd)


def _unusable(content: bytes | Path, reason: str) -> ExecutionError:
    name = "the attachment" if isinstance(content, bytes) else f"the attachment {content}"
    return ExecutionError(
        f"{name} cannot be kept: {reason}",
        why="evidence is kept as a copy, byte for byte",
        fix="attach an ordinary file within the size limit, and see that the disk has room",
        code="VG524",
    )


def _altered(sha256: str, reason: str) -> VerificationError:
    return VerificationError(
        f"the attachment {sha256} cannot be used: {reason}",
        why="evidence is what was captured, byte for byte",
        fix="restore the file from a backup; its name is its digest",
        code="VG508",
    )
