"""Renditions: files made from documents, kept so that a document that did not change is not written again.

An entry belongs to everything that decides its bytes: the digest of all that the document shows, the format, the Word
template or the fonts, and the code and libraries of the writers. Equal input gives equal bytes, so an entry is what
writing would give again. Entries lie in the user's cache folder, are guarded against damage by a digest, and may be
deleted at any time; ``valgen build --fresh`` neither reads nor writes them.

Source: design.md §6 (same inputs, same bytes), §9; docs/decisions/0020-kept-renditions.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import valgen
from valgen.errors import Finding
from valgen.readers.packs import pack_findings, read_pack, unpack_findings, write_pack

_LIBRARIES = ("python-docx", "lxml", "typst", "pikepdf")
_KEPT_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """What a writer made of a document.

    Attributes:
        files: the file, or its volumes in order.
        findings: what the writer had to say about it.
    """

    files: tuple[bytes, ...]
    findings: tuple[Finding, ...] = ()


class Renditions:
    """Renditions of a user.

    Args:
        folder: of the user's cache; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / "renditions" if folder is not None else None

    def get(self, parts: Sequence[str], make: Callable[[], Rendition]) -> Rendition:
        """Return the rendition that belongs to ``parts``, made now when it is not kept.

        Args:
            parts: texts that decide every byte, the code of the writers excepted.
            make: writes it.
        """
        if self._folder is None:
            return make()
        world = hashlib.sha256("\0".join((writers_digest(), *parts)).encode("utf-8", "surrogatepass")).digest()
        file = self._folder / f"{world.hex()}.cache"
        kept = read_pack(file, world)
        if isinstance(kept, tuple) and len(kept) == 2:
            with contextlib.suppress(OSError):
                os.utime(file)
            return Rendition(files=tuple(kept[0]), findings=tuple(unpack_findings(kept[1])))
        made = make()
        write_pack(file, world, (list(made.files), pack_findings(made.findings)))
        return made

    def tidy(self) -> None:
        """Remove entries that no build has used for a month."""
        if self._folder is None:
            return
        limit = time.time() - _KEPT_DAYS * 86400
        with contextlib.suppress(OSError):
            for file in self._folder.iterdir():
                if file.stat().st_mtime < limit:
                    file.unlink()


@cache
def writers_digest() -> str:
    """Return a digest of what writes files: valgen's writers and blocks, their libraries, Python."""
    digest = hashlib.sha256(f"{valgen.__version__} {sys.version}".encode())
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            digest.update(f" {name} {metadata.version(name)}".encode())
    package = Path(valgen.__file__).parent
    for room in ("writers", "documents"):
        for path, size, changed in sorted(_files(package / room)):
            digest.update(f"\n{path} {size} {changed}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for name, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one != "__pycache__"]
        for file in files:
            path = Path(name) / file
            status = path.stat()
            yield path.as_posix(), status.st_size, status.st_mtime_ns
