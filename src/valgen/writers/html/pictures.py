"""Where the pictures of a page lie: files named by their digest beside the pages.

Which bytes are pictures at all, `valgen.writers.pictures` decides; the ending comes from the bytes, never from the
name. SVG and HTML are never among them, since they can carry script.

Source: integrity.md H-16, H-5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from valgen.documents.blocks import Image
from valgen.writers.pictures import Refused, read_picture

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture ready to be shown; sizes in pixels, the address relative to the page's folder."""

    href: str
    width: int
    height: int


class PictureStore:
    """Copies the pictures that pages show, each once.

    Args:
        folder: ``_images`` of the site; made when the first picture comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str], Shown | str] = {}

    def shower(self, media: Mapping[str, str], shown: set[str], prefix: str = "") -> Callable[[Image], Shown | str]:
        """Return the function that finds the pictures of one page, or says why one is not shown.

        Args:
            media: digest to path, of the page's document.
            shown: gets the file names of pictures that the page shows.
            prefix: way from the page to the folder that holds ``_images``, such as ``../``.
        """

        def show(image: Image) -> Shown | str:
            key = image.sha256, media.get(image.sha256, "")
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = self._copied(*key)
            if isinstance(found, str):
                return found
            shown.add(found.href.rpartition("/")[2])
            return Shown(prefix + found.href, found.width, found.height)

        return show

    def _copied(self, sha256: str, path: str) -> Shown | str:
        found = read_picture(path, sha256)
        if isinstance(found, Refused):
            return found.reason
        # The digest was compared, so it is 64 hexadecimal digits and safe in a file name.
        name = f"{sha256.lower()}.{_ENDINGS[found.media_type]}"
        target = self._folder / name
        if not target.is_file() or target.read_bytes() != found.data:
            self._folder.mkdir(parents=True, exist_ok=True)
            target.write_bytes(found.data)
        return Shown(f"{self._folder.name}/{name}", found.width, found.height)
