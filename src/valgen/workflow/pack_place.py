"""A new pack takes the place of the old one at once, or not at all.

The new pack is written into a folder beside the old one; then the two change places in one step, where the system
can do that (Linux, macOS), else in two steps that are taken back when the second fails. So whoever looks finds a
whole pack, also when the build is killed or the disk is full. What a killed build left behind is removed by the next
one, which first puts a pack back that was taken away and not replaced. Builds of one pack wait for each other.

Source: design.md §6; integrity.md C-3.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from valgen.errors import ExecutionError, RenderError
from valgen.ledger.lock import Lock

_WAIT_TRIES = 300_000  # about ten minutes
_HERE = -100  # AT_FDCWD: names are those of the process
_EXCHANGE = 2  # RENAME_EXCHANGE and RENAME_SWAP


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``folder`` when the block ends without an exception.

    Args:
        folder: of the pack; need not exist.

    Raises:
        RenderError: another build wrote the same pack all the time.
        OSError: nothing can be written there; the old pack is as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    mark = f".pack-{hashlib.sha256(os.fsencode(folder.name)).hexdigest()[:8]}"
    lock = Lock(folder.parent / f"{mark}.lock")
    try:
        if _locked(lock):
            _clear(folder, f"{mark}-")
        with tempfile.TemporaryDirectory(prefix=f"{mark}-", dir=folder.parent) as scratch:
            work = Path(scratch) / "pack"
            work.mkdir()
            yield work
            _put(work, folder, Path(scratch) / "before")
    finally:
        lock.release()


def _locked(lock: Lock) -> bool:
    """Wait for the lock; return False where the file system has none, or the file is another user's."""
    try:
        lock.acquire(tries=_WAIT_TRIES)
    except OSError:
        return False
    except ExecutionError as error:
        raise RenderError(
            "another build is writing the same pack",
            why="two builds at once would mix two states in one pack",
            fix="wait until the other valgen has ended, or name another folder with --output",
        ) from error
    return True


def _clear(folder: Path, prefix: str) -> None:
    """Remove what killed builds left; a pack that one of them took away and did not replace is put back."""
    for left in sorted(folder.parent.iterdir()):
        if left.name.startswith(prefix) and left.is_dir() and not left.is_symlink():
            if not folder.exists() and (left / "before").is_dir():
                (left / "before").rename(folder)
            shutil.rmtree(left, ignore_errors=True)


def _put(work: Path, folder: Path, aside: Path) -> None:
    if not folder.exists():
        work.rename(folder)
    elif not exchange(work, folder):
        folder.rename(aside)
        try:
            work.rename(folder)
        except OSError:
            aside.rename(folder)
            raise


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; return False where the system cannot do that."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            done = library.renamex_np(os.fsencode(one), os.fsencode(other), ctypes.c_uint(_EXCHANGE))
        else:
            here = ctypes.c_int(_HERE)
            done = library.renameat2(here, os.fsencode(one), here, os.fsencode(other), ctypes.c_uint(_EXCHANGE))
    except (OSError, AttributeError, TypeError):  # no such function, or Windows
        return False
    return bool(done == 0)
