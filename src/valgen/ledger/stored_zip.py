"""A ZIP file with exactly one spelling: stored, in order of names, without times, comments or extra fields.

Equal content gives equal bytes, and a reader accepts nothing else. So there is no second directory, no entry that two
programs read differently, nothing hidden between or behind the entries, nothing that grows when it is unpacked, and
no name that leads out of a folder. Nothing is ever unpacked to disk.

Which names may stand in a file is the matter of the caller.

Source: integrity.md D-8. Format: docs/format-disclosure.md.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from valgen.errors import VerificationError
from valgen.ledger.files import open_plain

MAX_ENTRIES = 65_000
"""Most files in one ZIP file; ZIP64 is not used."""

MAX_BYTES = (1 << 32) - 2
"""Longest ZIP file, so that every offset fits into four bytes."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _MADE_BY, _DATE, _ATTRIBUTES = 20, 0x0314, 0x0021, 0o100644 << 16  # 1 January 1980, an ordinary file
_CHUNK = 1 << 20

Source = bytes | Path
"""Content of one file: its bytes, or where they lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file in a ZIP file.

    Attributes:
        name: with ``/``.
        size: in bytes.
        start: offset of its content.
        crc: CRC-32 that its header states.
    """

    name: str
    size: int
    start: int
    crc: int


class StoredZip:
    """An open ZIP file of the one spelling; its structure was checked, its contents were not read.

    Args:
        file: open for reading in binary, seekable.
        accepts: tells whether a name may stand in it.

    Raises:
        VerificationError: any byte outside the contents is not what it must be.
    """

    def __init__(self, file: BinaryIO, accepts: Callable[[str], bool]) -> None:
        self._file = file
        self.entries: dict[str, Entry] = {}
        self._read(accepts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file in parts and check its CRC-32 at the end.

        Raises:
            VerificationError: it does not have the CRC-32 of its header.
        """
        entry = self.entries[name]
        self._file.seek(entry.start)
        left, crc = entry.size, 0
        while left:
            part = self._file.read(min(left, _CHUNK))
            if not part:
                _refuse(f"{name} is cut off")
            left -= len(part)
            crc = zlib.crc32(part, crc)
            place = self._file.tell()
            yield part
            self._file.seek(place)
        if crc != entry.crc:
            _refuse(f"{name} was altered: its content does not have the checksum of its header")

    def read(self, name: str, limit: int) -> bytes:
        """Return the content of a file.

        Raises:
            VerificationError: it is longer than ``limit``, or altered.
        """
        if self.entries[name].size > limit:
            _refuse(f"{name} is longer than {limit} bytes")
        return b"".join(self.chunks(name))

    def _read(self, accepts: Callable[[str], bool]) -> None:
        file = self._file
        length = file.seek(0, os.SEEK_END)
        if length > MAX_BYTES:
            _refuse(f"it is longer than {MAX_BYTES} bytes")
        place = 0
        directory = bytearray()
        while True:
            file.seek(place)
            head = file.read(_LOCAL.size)
            if head[:4] != b"PK\x03\x04":
                break
            if len(head) < _LOCAL.size:
                _refuse("it is cut off")
            crc, size, length_of_name = struct.unpack("<I4xIH", head[14:28])
            raw = file.read(length_of_name)
            name = raw.decode("ascii", "replace")
            if not accepts(name):
                _refuse(f"it holds a file with the name {name[:200]!r}, which does not belong there")
            if head != _local(raw, crc, size):
                _refuse(f"the header of {name} is not in its one spelling: compressed, dated or with further fields")
            if self.entries and name <= next(reversed(self.entries)):
                _refuse(f"{name} stands twice or out of order")
            start = place + _LOCAL.size + len(raw)
            if start + size > length or len(self.entries) >= MAX_ENTRIES:
                _refuse(f"{name} is cut off, or there are too many files")
            self.entries[name] = Entry(name=name, size=size, start=start, crc=crc)
            directory += _central(raw, crc, size, place)
            place = start + size
        due = bytes(directory) + _end(len(self.entries), len(directory), place)
        file.seek(place)
        if length - place != len(due) or file.read(len(due)) != due:
            _refuse("its directory does not say what its files say, or something stands behind it")


def write_stored_zip(file: BinaryIO, sources: Mapping[str, Source]) -> None:
    """Write a ZIP file of the one spelling.

    Args:
        file: open for writing in binary.
        sources: content by name; names are ASCII with ``/``.

    Raises:
        VerificationError: too many or too large files, or one changed while it was read.
    """
    if len(sources) > MAX_ENTRIES:
        _refuse(f"it would hold {len(sources)} files, more than {MAX_ENTRIES}")
    place = 0
    directory = bytearray()
    for name in sorted(sources):
        raw = name.encode("ascii")
        crc = size = 0
        for part in _parts(sources[name]):
            crc, size = zlib.crc32(part, crc), size + len(part)
        if place + size + len(directory) + 1024 > MAX_BYTES:
            _refuse(f"it would be longer than {MAX_BYTES} bytes")
        file.write(_local(raw, crc, size) + raw)
        again = written = 0
        for part in _parts(sources[name]):
            file.write(part)
            again, written = zlib.crc32(part, again), written + len(part)
        if (again, written) != (crc, size):
            _refuse(f"{name} changed while it was read")
        directory += _central(raw, crc, size, place)
        place += _LOCAL.size + len(raw) + size
    file.write(bytes(directory) + _end(len(sources), len(directory), place))


def _local(name: bytes, crc: int, size: int) -> bytes:
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, crc, size, size, len(name), 0)


def _central(name: bytes, crc: int, size: int, place: int) -> bytes:
    head = _CENTRAL.pack(
        b"PK\x01\x02", _MADE_BY, _VERSION, 0, 0, 0, _DATE, crc, size, size, len(name), 0, 0, 0, 0, _ATTRIBUTES, place
    )
    return head + name


def _end(count: int, length: int, place: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, length, place, 0)


def _parts(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with os.fdopen(open_plain(source), "rb") as file:
        while part := file.read(_CHUNK):
            yield part


def _refuse(reason: str) -> NoReturn:
    raise VerificationError(
        f"the ZIP file cannot be accepted: {reason}",
        why="it has exactly one spelling, so that no two programs can see different things in it",
        fix="ask for the file again; do not unpack and pack it anew",
        code="VG621",
    )
