"""Locks between processes that the operating system releases when their holder dies.

``flock`` on POSIX, ``msvcrt.locking`` on Windows. A lock file's content and existence mean nothing; only whether
somebody holds it. Lock files are never deleted while they may be held, because a second file of the same name would
be a second lock.

No clock here: waiting is a bounded number of short sleeps. Source: integrity.md C-5.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from valgen.errors import ExecutionError

_PAUSE_S = 0.002
_TRIES = 30_000  # about a minute


class Lock:
    """An exclusive lock on one file; re-entered never, shared never.

    Two objects on one path exclude each other even within one process.

    Args:
        path: the lock file; its folder must exist. Created when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        """True while this object holds the lock."""
        return self._fd is not None

    def acquire(self, *, tries: int = _TRIES) -> None:
        """Wait for the lock.

        Raises:
            ExecutionError: somebody else held it all the time, or the file cannot be opened.
        """
        for attempt in range(tries):
            if self.try_acquire():
                return
            if attempt + 1 < tries:
                time.sleep(_PAUSE_S)
        raise ExecutionError(
            f"{self.path} is held by another process",
            why="two writers at once would break the order of records",
            fix="wait until the other valgen has ended; if none runs, look for a suspended process",
            code="VG520",
        )

    def try_acquire(self) -> bool:
        """Take the lock if nobody holds it; return whether it was taken."""
        if self._fd is not None:
            return False
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        taken = False
        try:
            taken = _lock(fd)
        finally:
            if not taken:
                os.close(fd)
        if not taken:
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            _unlock(fd)
            os.close(fd)

    def __enter__(self) -> Lock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Tell whether some process holds the lock on ``path``; False when the file does not exist."""
    if not path.is_file():
        return False
    probe = Lock(path)
    try:
        free = probe.try_acquire()
    except OSError:  # not ours to open: treat as held, the careful answer
        return path.exists()
    probe.release()
    return not free


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> bool:
        os.lseek(fd, 0, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    try:
        import fcntl
    except ImportError:  # a Python without locks: what needs one is refused, what can do without goes on
        import errno

        def _lock(fd: int) -> bool:
            raise OSError(errno.ENOLCK, "this Python offers no file locks")

        def _unlock(fd: int) -> None:
            return None

    else:

        def _lock(fd: int) -> bool:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        def _unlock(fd: int) -> None:
            fcntl.flock(fd, fcntl.LOCK_UN)
