"""Copy a ledger, also one that is being written to, so that the copy is whole.

The newest checkpoint is read first and says where the copy ends; then come the records up to there, and the
attachments last: whatever a record names was kept before the record was written. Every file of the copy is on the
medium before the function returns. Records behind the checkpoint are not sealed yet and are left out.

Left out as well are the log of dry runs, locks and caches.

Source: integrity.md C-8, C-9.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.files import Layout, read_lines, read_plain, segment_name
from valgen.ledger.heads import Head, read_head

_SMALL = ("root.json", ".gitattributes", ".gitignore")
_TRIES = 50


def copy_ledger(source: Path, target: Path, *, disk: Disk = DISK) -> Head:
    """Copy a ledger up to its newest checkpoint.

    Args:
        source: folder of the ledger.
        target: folder that does not exist yet; the one that it lies in does.
        disk: durable operations.

    Returns:
        The checkpoint at which the copy ends.

    Raises:
        VerificationError: the source is not whole up to its checkpoint.
        ExecutionError: the copy cannot be written.
    """
    layout = Layout(source)
    try:
        head, kept = _heads(layout)
    except OSError as error:
        raise VerificationError(
            f"{source} holds no ledger that could be copied: {error.strerror or error}",
            why="a copy begins with the newest checkpoint, which says how far it reaches",
            fix="name the folder that holds the file checkpoint, such as .valgen, or evidence/ledger of a pack",
            code="VG635",
        ) from error
    try:
        disk.make_folder(target)
        _put(target / "checkpoint", head.note, disk)
        _put(target / "checkpoints.jsonl", kept, disk)
        for name, data in _records(layout, head.size):
            _put(target / "log" / name, data, disk)
        for name in _SMALL:
            if (source / name).exists():
                _put(target / name, read_plain(source / name), disk)
        for folder in ("anchors", "blobs", "torn"):
            for path in _files(source / folder):
                if folder != "anchors" or _within(path.name, head.size):
                    _copy(path, target / path.relative_to(source), disk)
        for folder in ("lock", "tmp"):
            disk.make_folder(target / folder)
        for path in sorted(target.rglob("*")):
            if path.is_dir():
                disk.sync_folder(path)
        disk.sync_folder(target)
        disk.sync_folder(target.parent)
    except OSError as error:
        raise ExecutionError(
            f"the ledger cannot be copied to {target}: {error.strerror or error}",
            why="a copy is whole or it is none",
            fix="see that the disk has room and that you may write there; remove what was begun, and try again",
        ) from error
    return head


def _heads(layout: Layout) -> tuple[Head, bytes]:
    """Return the newest checkpoint and the list of kept ones that it names."""
    for _ in range(_TRIES):  # a writer may be between its two writes
        head = read_head(read_plain(layout.checkpoint))
        lines = read_plain(layout.kept, 1 << 30).splitlines(keepends=True)
        if len(lines) >= head.count + head.kept:
            return head, b"".join(lines[: head.count + head.kept])
    raise _not_whole(f"its checkpoint names {head.count + head.kept} kept checkpoints, and {len(lines)} are there")


def _records(layout: Layout, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the record files up to a size."""
    number = 0
    for first, path in layout.segments():
        if number >= size:
            return
        lines = []
        for line in read_lines(path):
            if number >= size or not line.complete:
                break
            lines.append(line.data + b"\n")
            number += 1
        yield segment_name(first), b"".join(lines)
    if number < size:
        raise _not_whole(f"{size} records were sealed, and {number} are there")


def _files(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(name) / file for file in sorted(files) if not file.endswith(".tmp"))


def _within(name: str, size: int) -> bool:
    return not name[:9].isdecimal() or int(name[:9]) <= size


def _copy(source: Path, target: Path, disk: Disk) -> None:
    if source.is_symlink():
        raise _not_whole(f"{source.name} is a link")
    _put(target, read_plain(source, 1 << 40), disk)


def _put(target: Path, data: bytes, disk: Disk) -> None:
    missing = [one for one in (target.parent, *target.parent.parents) if not one.exists()]
    for one in reversed(missing):
        disk.make_folder(one)
    fd = disk.create(target)
    try:
        disk.write(fd, data)
        disk.sync(fd)
    finally:
        disk.close(fd)


def _not_whole(reason: str) -> VerificationError:
    return VerificationError(
        f"the copy is not whole: {reason}",
        why="what is put in place must be a ledger without any gap up to its newest checkpoint",
        fix="take another copy, such as evidence/ledger of a pack",
        code="VG635",
    )
