"""Which pictures a page may show.

The type comes from the first bytes, never from the name or the declared media type: a file called ``screen.png``
that holds SVG or HTML could carry script. Only PNG, JPEG and GIF are shown. Nothing is decoded here; width and
height are read from the header alone and left out where they are not plain to see.

Source: integrity.md H-16, H-5.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from valgen.documents.blocks import Image

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be shown.

    Attributes:
        href: address relative to the page.
        width: in pixels, 0 for unknown.
        height: in pixels, 0 for unknown.
    """

    href: str
    width: int = 0
    height: int = 0


def picture_ending(data: bytes) -> str | None:
    """Return ``png``, ``jpg`` or ``gif`` for bytes that begin like such a file, else None."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return None


def picture_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels, (0, 0) where the header does not tell."""
    if data.startswith(b"\x89PNG") and len(data) >= 24 and data[12:16] == b"IHDR":
        width, height = struct.unpack(">II", data[16:24])
    elif data.startswith(b"GIF8") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
    elif data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    else:
        return 0, 0
    return (width, height) if 0 < width < 100_000 and 0 < height < 100_000 else (0, 0)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Walk the segments of a JPEG file to its frame header."""
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return 0, 0


class PictureStore:
    """Copies the pictures that pages show into the site, named by their digest.

    Args:
        folder: ``_images`` of the site; made when the first picture comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Picture | str] = {}

    def shower(self, media: Mapping[str, str], shown: set[str]) -> Callable[[Image], Picture | str]:
        """Return the function that finds the pictures of one page.

        Args:
            media: digest to path, of the page's document.
            shown: gets the file names of pictures that the page shows.
        """

        def show(image: Image) -> Picture | str:
            if image.sha256 not in self._known:
                self._known[image.sha256] = self._copied(image.sha256, media.get(image.sha256))
            found = self._known[image.sha256]
            if isinstance(found, Picture):
                shown.add(found.href.rpartition("/")[2])
            return found

        return show

    def _copied(self, sha256: str, path: str | None) -> Picture | str:
        """Return the place of a picture, or why it is not shown."""
        if not SHA256.fullmatch(sha256) or path is None:
            return "not part of this site"
        try:
            data = Path(path).read_bytes()
        except OSError:
            return "its file cannot be read"
        if hashlib.sha256(data).hexdigest() != sha256:
            return "its file was altered, the digest does not match"
        ending = picture_ending(data)
        if ending is None:
            return "not shown in the page, only PNG, JPEG and GIF are"
        name = f"{sha256}.{ending}"
        target = self._folder / name
        if not target.is_file() or target.stat().st_size != len(data):
            self._folder.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return Picture(f"{self._folder.name}/{name}", *picture_size(data))
