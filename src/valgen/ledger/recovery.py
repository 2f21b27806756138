"""What a crash leaves behind, and how it is set aside without losing a byte.

Bytes beyond the newest checkpoint that are no valid records are copied to ``torn/`` first, then cut from the log. A
file there is named ``.pending`` until the ``recovery`` record that speaks of it is sealed, so that a second crash
cannot make it go unsaid.

Source: integrity.md §3.4, I-3. Format: docs/format.md, "Recovery".
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from valgen.ledger.durable import Disk
from valgen.ledger.files import Layout, read_plain

_PENDING = ".pending"


def set_aside(disk: Disk, layout: Layout, place: tuple[Path, int], later: Sequence[Path]) -> None:
    """Move everything from one place of the log on into ``torn/``.

    Args:
        disk: durable operations.
        layout: of the log; its lock is held.
        place: record file and offset of the first byte that goes; the file may be missing.
        later: record files that go as a whole.
    """
    path, offset = place
    for number, (source, start) in enumerate([place, *((file, 0) for file in later)]):
        data = read_plain(source, 1 << 40)[start:] if source.exists() else b""
        if data:
            digest = hashlib.sha256(data).hexdigest()
            name = f"{source.stem}-{start}-{number}-{digest[:16]}{_PENDING}"
            disk.write_file(layout.tmp / secrets.token_hex(16), layout.torn / name, data)
    for file in reversed(later):
        disk.remove(file)
    if path.exists():
        if offset:
            disk.truncate(path, offset)
        else:
            disk.remove(path)
    disk.sync_folder(layout.log)


def pending(layout: Layout) -> list[Path]:
    """Return the files in ``torn/`` that no sealed recovery record speaks of yet."""
    return sorted(layout.torn.glob(f"*{_PENDING}"))


def describe(path: Path) -> dict[str, str | int]:
    """Return what a recovery record says of a file that was set aside."""
    data = read_plain(path, 1 << 40)
    return {"file": path.stem, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def settle(disk: Disk, paths: Sequence[Path]) -> None:
    """Give files that were set aside their lasting names, after their recovery record was sealed."""
    for path in paths:
        disk.replace(path, path.with_suffix(""))
    if paths:
        disk.sync_folder(paths[0].parent)
