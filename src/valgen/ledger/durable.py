"""The only module that makes bytes last: open, write, fsync, rename, fsync of a folder.

Everything the log writes goes through one ``Disk``, so that tests can put a model of power loss in its place and try
every crash. Reading needs no such care and is done elsewhere.

A failed fsync is never tried again on the same descriptor: the system may have dropped the data and then report
success. macOS needs ``F_FULLFSYNC`` to reach the medium. Windows has no fsync of folders; there a rename is as
durable as the file system makes it.

Source: integrity.md §3.4, §6.2, C-1 to C-4.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


class Disk:
    """Durable operations on the local file system. Every method raises ``OSError`` as the system does."""

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        """Create one folder; nothing happens when it exists."""
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=mode)

    def create(self, path: Path, mode: int = 0o666) -> int:
        """Create a file that must not exist and return a descriptor for appending."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | _BINARY | _NOFOLLOW, mode)

    def open_append(self, path: Path) -> int:
        """Open an existing file for appending; a symbolic link is refused."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY | _NOFOLLOW)

    def write(self, fd: int, data: bytes) -> None:
        """Write all bytes, in one system call where the system takes them."""
        done = os.write(fd, data)
        while done < len(data):
            done += os.write(fd, memoryview(data)[done:])

    def sync(self, fd: int) -> None:
        """Return only when the bytes of this file are on the medium."""
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        else:
            os.fsync(fd)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file to ``size`` bytes and make that last."""
        fd = os.open(path, os.O_RDWR | _BINARY | _NOFOLLOW)
        try:
            os.ftruncate(fd, size)
            self.sync(fd)
        finally:
            os.close(fd)

    def replace(self, source: Path, target: Path) -> None:
        """Move ``source`` over ``target`` in one step."""
        for _ in range(50):
            try:
                source.replace(target)
                return
            except PermissionError:
                # Windows refuses while a reader has the target open; readers close it within milliseconds.
                if sys.platform != "win32":
                    raise
                time.sleep(0.01)
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Delete a file."""
        path.unlink()

    def protect(self, path: Path, mode: int) -> None:
        """Set the permission bits."""
        path.chmod(mode)

    def sync_folder(self, path: Path) -> None:
        """Return only when names created, renamed or removed in this folder are on the medium."""
        if sys.platform == "win32":
            return
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def write_file(self, temporary: Path, target: Path, data: bytes, mode: int = 0o666) -> None:
        """Put a whole file in place so that after a crash it is there complete or not at all.

        Args:
            temporary: a name in the same file system that does not exist.
            target: the final name; replaced when it exists.
            data: its content.
            mode: permission bits of a new file.
        """
        fd = self.create(temporary, mode)
        try:
            self.write(fd, data)
            self.sync(fd)
        finally:
            self.close(fd)
        self.replace(temporary, target)
        self.sync_folder(target.parent)


DISK = Disk()
"""The real one."""
