"""Broken ways of writing, which the harness must catch; what it does not catch it could not show of the real one."""

from __future__ import annotations

import os
from pathlib import Path

from valgen.ledger.durable import Disk


class CheckpointBeforeLog(Disk):
    """Record lines reach their file only after the checkpoint that covers them."""

    def __init__(self) -> None:
        self._held: list[tuple[Path, bytes]] = []
        self._logs: dict[int, Path] = {}

    def create(self, path: Path, mode: int = 0o666) -> int:
        fd = super().create(path, mode)
        self._note(fd, path)
        return fd

    def open_append(self, path: Path) -> int:
        fd = super().open_append(path)
        self._note(fd, path)
        return fd

    def write(self, fd: int, data: bytes) -> None:
        if fd in self._logs:
            self._held.append((self._logs[fd], data))
        else:
            super().write(fd, data)

    def close(self, fd: int) -> None:
        self._logs.pop(fd, None)
        super().close(fd)

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        if target.name == "checkpoint":
            held, self._held = self._held, []
            for path, data in held:
                with path.open("ab", buffering=0) as file:
                    file.write(data)

    def _note(self, fd: int, path: Path) -> None:
        if path.parent.name == "log":
            self._logs[fd] = path


class CheckpointInPlace(Disk):
    """The checkpoint is written over, not replaced."""

    def replace(self, source: Path, target: Path) -> None:
        if target.name != "checkpoint":
            super().replace(source, target)
            return
        data = source.read_bytes()
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(fd, data[: len(data) // 2])
        os.write(fd, data[len(data) // 2 :])
        os.close(fd)
        source.unlink()


class BlobAfterLog(Disk):
    """Blobs are put in their place only after the record that names them is sealed."""

    def __init__(self) -> None:
        self._held: list[tuple[bytes, Path]] = []

    def replace(self, source: Path, target: Path) -> None:
        if target.parent.parent.name == "blobs":
            self._held.append((source.read_bytes(), target))
            return
        super().replace(source, target)
        if target.name == "checkpoint":
            held, self._held = self._held, []
            for data, path in held:
                path.write_bytes(data)


PROTOCOLS = {
    "": Disk,
    "acknowledge before write": Disk,
    "checkpoint before log": CheckpointBeforeLog,
    "checkpoint in place": CheckpointInPlace,
    "blob after log": BlobAfterLog,
}
"""Name to durable operations; the empty one is the real protocol. Leaving out a sync cannot be seen by killing a
process, because the system keeps what was written: the model of power loss catches that."""
