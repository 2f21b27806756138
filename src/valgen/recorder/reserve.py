"""Room on the disk for a run: asked for before its first step, and a little of it kept back until its end.

A run for which there is no room does not begin. When the disk fills up while it goes on, nothing further counts as
recorded; the room that was kept back is given free, and the record that the run was aborted goes there.

The room is kept by a file of random bytes, because a file system may store zeros nowhere. It lies in ``tmp/`` of the
records: what a crash leaves of it is cleared away by the next writer.

Source: integrity.md C-3, promise 6. Implements: DS-044.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from valgen.errors import ExecutionError
from valgen.ledger.durable import DISK, Disk

LEAST_FREE_BYTES = 32 * 1024 * 1024
"""Room that a disk must have before a run begins; attachments of one case can take as much."""

KEPT_BYTES = 1024 * 1024
"""Room that is kept back: many times what the records about an aborted run take, with files and folders for them."""


class Reserve:
    """Room that is kept back on the disk of a log, until ``release``.

    Args:
        folder: of the log; it must have been opened for writing, so that nobody clears its ``tmp/`` away.
        disk: durable operations.

    Raises:
        ExecutionError: there is not enough room (VG419).
    """

    def __init__(self, folder: Path, *, disk: Disk = DISK) -> None:
        require_room(folder)
        self._path = folder / "tmp" / f"reserve-{secrets.token_hex(8)}"
        try:
            fd = disk.create(self._path, 0o600)
            try:
                disk.write(fd, os.urandom(KEPT_BYTES))
                disk.sync(fd)
            finally:
                disk.close(fd)
        except OSError as error:
            self.release()
            raise _no_room(folder, error.strerror or str(error)) from error

    def release(self) -> None:
        """Give the room free; nothing happens the second time."""
        with contextlib.suppress(OSError):  # a disk that refuses even that leaves the run without an end, which shows
            self._path.unlink(missing_ok=True)


def require_room(folder: Path) -> None:
    """Refuse a disk with less room than a run needs to begin.

    Args:
        folder: on that disk; it exists.

    Raises:
        ExecutionError: there is less (VG419).
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return  # whether there is room shows when it is taken
    if free < LEAST_FREE_BYTES:
        raise _no_room(folder, f"{free / 1e6:.1f} MB are free, {LEAST_FREE_BYTES / 1e6:.1f} MB are asked for")


def _no_room(folder: Path, reason: str) -> ExecutionError:
    return ExecutionError(
        f"the disk of {folder} has no room for a run: {reason}",
        why="a run whose evidence cannot be kept must not begin",
        fix="make room on that disk, then start the run again",
        code="VG419",
    )
