"""Where things lie in the folder of a log, and how its lines are read.

    log/000000000.jsonl    records, one per line; the name is the number of the first record in the file
    checkpoint             the newest signed checkpoint
    checkpoints.jsonl      the checkpoints that are kept, oldest first
    blobs/ab/cdef...       attachments and other content, by SHA-256
    root.json  anchors/    in a ledger: its root, and proofs from outside
    torn/                  what was set aside after a crash
    lock/  tmp/  cache/    nothing that matters later

Reading takes no lock: lines are only ever added, and a line counts when its newline is there.

Format: docs/format.md, "Files".
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from valgen.errors import VerificationError
from valgen.ledger.canonical import MAX_LINE_BYTES

LINES_PER_FILE = 10_000
"""Records in one file of a new log."""

OUTSIDE = frozenset({"cache", "dry", "lock", "tmp", "torn"})
"""Names that verification leaves out, beside ``index.*``; deleting them changes nothing that was recorded."""

FIXED = {".gitattributes": b"* -text\n", ".gitignore": b"*\n"}
"""Files with fixed content of a dry log: git must not touch line ends, and a dry log is not committed."""

FIXED_LEDGER = {**FIXED, ".gitignore": b"/cache/\n/dry/\n/index.*\n/lock/\n/tmp/\n"}
"""Files with fixed content of a ledger, which may be committed."""

_SEGMENT = re.compile(r"[0-9]{9}\.jsonl")


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of one log.

    Attributes:
        root: its folder.
    """

    root: Path

    @property
    def root_file(self) -> Path:
        """The root of a ledger."""
        return self.root / "root.json"

    @property
    def anchors(self) -> Path:
        """Folder of proofs from outside, in a ledger."""
        return self.root / "anchors"

    @property
    def log(self) -> Path:
        """Folder of the record files."""
        return self.root / "log"

    @property
    def blobs(self) -> Path:
        """Folder of the blobs."""
        return self.root / "blobs"

    @property
    def torn(self) -> Path:
        """Folder of what was set aside."""
        return self.root / "torn"

    @property
    def tmp(self) -> Path:
        """Folder of files being written."""
        return self.root / "tmp"

    @property
    def lock(self) -> Path:
        """Folder of lock files."""
        return self.root / "lock"

    @property
    def checkpoint(self) -> Path:
        """The newest checkpoint."""
        return self.root / "checkpoint"

    @property
    def kept(self) -> Path:
        """The kept checkpoints."""
        return self.root / "checkpoints.jsonl"

    def segment(self, first: int) -> Path:
        """Return the record file whose first record has number ``first``."""
        return self.log / segment_name(first)

    def segments(self) -> list[tuple[int, Path]]:
        """Return first number and path of every record file, in order."""
        if not self.log.is_dir():
            return []
        return sorted((int(path.stem), path) for path in self.log.iterdir() if _SEGMENT.fullmatch(path.name))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a record file.

    Attributes:
        data: without the newline.
        file: name of the file.
        offset: of the line in its file, in bytes.
        complete: False when the newline is missing, or when no newline came within the longest line allowed.
    """

    data: bytes
    file: str
    offset: int
    complete: bool

    @property
    def end(self) -> int:
        """Offset just behind the line and its newline."""
        return self.offset + len(self.data) + self.complete


def is_outside(name: str) -> bool:
    """Tell whether a file or folder of this name, directly in the log's folder, lies outside verification."""
    return name in OUTSIDE or name.startswith("index.")


def segment_name(first: int) -> str:
    """Return the name of the record file that begins with record ``first``."""
    return f"{first:09d}.jsonl"


def read_lines(path: Path, offset: int = 0) -> Iterator[Line]:
    """Yield the lines of one record file from ``offset`` on, in bounded memory.

    The last one may be incomplete. After a line that is too long nothing more is yielded.

    Raises:
        VerificationError: the path is not an ordinary file.
    """
    with os.fdopen(open_plain(path), "rb", buffering=1 << 18) as file:
        if offset:
            file.seek(offset)
        while data := file.readline(MAX_LINE_BYTES + 2):
            if data[-1:] != b"\n":
                yield Line(data, path.name, offset, False)
                return
            line = Line(data[:-1], path.name, offset, True)
            yield line
            offset = line.end


def open_plain(path: Path) -> int:
    """Open an ordinary file for reading and return its descriptor; links, pipes and devices are refused.

    Raises:
        VerificationError: it is not an ordinary file.
        OSError: it cannot be opened.
    """
    if path.is_symlink():
        raise not_plain(path)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    fd = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise not_plain(path)
    return fd


def read_plain(path: Path, limit: int = 1 << 26) -> bytes:
    """Return the bytes of an ordinary file.

    Raises:
        VerificationError: not an ordinary file, or larger than ``limit``.
        OSError: it cannot be read.
    """
    with os.fdopen(open_plain(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise VerificationError(f"{path.name} is larger than {limit} bytes", code="VG515")
        return file.read()


def not_plain(path: Path) -> VerificationError:
    """Return the error for something that stands where an ordinary file must stand."""
    return VerificationError(
        f"{path} is a link or no ordinary file",
        why="records are kept in ordinary files, so that nothing else can take their place",
        fix="put the original file back",
        code="VG515",
    )
