"""Pictures: kind and size from the bytes themselves, within limits, without decoding them.

PNG, JPEG and GIF are placed in documents. Anything else, anything larger than the limits and anything whose bytes
do not fit its digest is not placed; ``Refused`` says why in words that documents print. The name and the declared
media type of a file are not believed.

Source: integrity.md H-16.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 30 * 1024 * 1024
MAX_PIXELS = 60_000_000
"""About 8,000 by 7,500: any screen, and less than 256 MB when a reader's program unpacks it."""

MAX_SIDE = 30_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be placed; sizes in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A picture that is not placed, and why."""

    reason: str


def read_picture(path: str, sha256: str) -> Picture | Refused:
    """Read a picture and check it against its digest.

    Args:
        path: where the bytes are; empty when the document brings none.
        sha256: digest that the document names, hex.
    """
    if not path:
        return Refused("the file was not handed over")
    try:
        file = Path(path)
        if file.stat().st_size > MAX_BYTES:
            return Refused("the file is larger than 30 MB")
        data = file.read_bytes()
    except (OSError, ValueError):
        return Refused("the file cannot be read")
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        return Refused("the bytes of the file do not match its digest")
    return picture(data)


def picture(data: bytes) -> Picture | Refused:
    """Tell kind and size of a picture from its bytes."""
    try:
        media_type, width, height = _facts(data)
    except (struct.error, IndexError):
        return Refused("the picture is damaged")
    if not media_type:
        return Refused("pictures of this kind are not printed")
    if width < 1 or height < 1:
        return Refused("the picture is damaged")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        return Refused(f"the picture has {width} by {height} pixels, more than is printed")
    return Picture(data, media_type, width, height)


def _facts(data: bytes) -> tuple[str, int, int]:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return "image/png", *struct.unpack(">II", data[16:24])
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif", *struct.unpack("<HH", data[6:10])
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", *_jpeg_size(data)
    return "", 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return 0, 0
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
            continue
        if marker in (0xD9, 0xDA):
            return 0, 0
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if length < 2:
            return 0, 0
        at += 2 + length
    return 0, 0
