"""The work folder of an HTML site: used again only where every file in it is as the last build left it.

Sphinx takes pages, pickles and sources of the last build as they lie there. So the last act of a build is a list of
all files with their digests, guarded by a digest of its own, and the first act of the next one is to compare: a
folder with a file that is missing, changed, added or a link, or with a list that is damaged, is emptied, and the site
is made from nothing. A build that was cut off leaves no list.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_LIST = "state.json"
_FOLDERS = ("doctrees", "html", "source")

Seen = dict[str, tuple[int, int, str]]
"""File to its size, time of change and digest."""


class WorkFolder:
    """The folder.

    Args:
        folder: made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: Seen = {}

    def open(self) -> dict[str, Any]:
        """Return what the last build noted; empty, as the folder is then, where it cannot be relied on."""
        noted = self._noted()
        if noted is None:
            self._seen = {}
            self._empty()
            noted = {}
        self._folder.mkdir(parents=True, exist_ok=True)
        return noted

    def begin(self) -> None:
        """Forget the list, until the files that are now written are whole."""
        (self._folder / _LIST).unlink(missing_ok=True)

    def close(self, noted: Mapping[str, Any]) -> None:
        """Note something, a JSON value, for the next build, with the list of all files."""
        files = {name: self._digest(name, path) for name, path in self._files()}
        body = json.dumps({"noted": noted, "files": files}, ensure_ascii=True, sort_keys=True)
        beside = self._folder / f"{_LIST}.tmp"
        beside.write_text(f"{_sha256(body.encode())}\n{body}", encoding="ascii", newline="\n")
        beside.replace(self._folder / _LIST)

    def _empty(self) -> None:
        if self._folder.is_symlink():
            self._folder.unlink()
        for name in (*_FOLDERS, _LIST, f"{_LIST}.tmp"):
            path = self._folder / name
            if path.is_symlink() or path.is_file():
                path.unlink()
            elif path.is_dir():
                shutil.rmtree(path)

    def _noted(self) -> dict[str, Any] | None:
        try:
            if self._folder.is_symlink() or (self._folder / _LIST).is_symlink():
                return None
            digest, _, body = (self._folder / _LIST).read_bytes().partition(b"\n")
            if digest.decode("ascii", "replace") != _sha256(body):
                return None
            content = json.loads(body)
            found = {name: self._digest(name, path) for name, path in self._files()}
            if found != content["files"]:
                return None
            return dict(content["noted"])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _files(self) -> Iterator[tuple[str, Path]]:
        for top in _FOLDERS:
            if (self._folder / top).is_symlink():
                yield top, self._folder / top
            for place, folders, files in os.walk(self._folder / top):
                for name in (*files, *(one for one in folders if (Path(place) / one).is_symlink())):
                    path = Path(place) / name
                    yield path.relative_to(self._folder).as_posix(), path

    def _digest(self, name: str, path: Path) -> str:
        """Return the digest of a file; text that is no digest for what is no ordinary file."""
        with contextlib.suppress(OSError):
            if path.is_symlink() or not path.is_file():
                return "no file"
            status = path.stat()
            seen = self._seen.get(name)
            if seen is None or seen[:2] != (status.st_size, status.st_mtime_ns):
                seen = (status.st_size, status.st_mtime_ns, _sha256(path.read_bytes()))
                self._seen[name] = seen
            return seen[2]
        return "unreadable"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
