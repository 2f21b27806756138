"""A pack in a ZIP file, as a folder that can be verified.

Everything about the file that could do harm is looked at before a byte is written: names that lead out of the folder
or differ in case only, members that overlap, links, encryption, sizes that no honest file has. Only then the members
are copied, each under its own name, into a folder that is new, private to this user and deleted afterwards. Nothing
of the copy is ever opened by another program.

Format: docs/format.md, "Packs". Source: integrity.md D-8.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from valgen.errors import VerificationError
from valgen.ledger.files import open_plain
from valgen.workflow.pack_manifest import NAME

MOST_GROWTH = 1100
"""How much larger than the ZIP file its members may be together; deflate shortens to no less than 1 in 1,032."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HEADER = 30  # bytes of a local header before the name
_CHUNK = 1 << 20
_FORBIDDEN = re.compile(r"[\\:\x00-\x1f]")
_ENCRYPTED = 1


def is_zip(path: Path) -> bool:
    """Tell whether a file goes by its name for a ZIP file."""
    return path.suffix.lower() == ".zip"


def members(path: Path) -> list[str]:
    """Return the names in a ZIP file; none when it is no ZIP file. Nothing of it is checked."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return []


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Give the folder of the pack in a ZIP file, and the names of members that lie outside the pack.

    Args:
        path: of the ZIP file.

    Raises:
        VerificationError: VG637 when the file cannot be accepted; VG515 when it is a link or no ordinary file.
    """
    import os

    with os.fdopen(open_plain(path), "rb") as file, tempfile.TemporaryDirectory(prefix="valgen-pack-") as base:
        folder = Path(base).resolve()
        try:
            with zipfile.ZipFile(file) as archive:
                found = _checked(archive, os.fstat(file.fileno()).st_size)
                top = _top(found)
                _check_room(folder, sum(one.file_size for one in found))
                for one in found:
                    if one.filename.startswith(top) and not one.is_dir():
                        _copy(archive, one, folder / one.filename.removeprefix(top))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            _refuse(str(error) or type(error).__name__)
        yield folder, [one.filename for one in found if not one.filename.startswith(top) and not one.is_dir()]


def _checked(archive: zipfile.ZipFile, length: int) -> list[zipfile.ZipInfo]:
    """Return the members in the order of the file, all of which may be copied."""
    found = sorted(archive.infolist(), key=lambda one: one.header_offset)
    if sum(one.file_size for one in found) > MOST_GROWTH * length:
        _refuse("its files are larger than can be packed into so little")
    taken: set[str] = set()
    end = 0
    for one in found:
        name = one.orig_filename
        plain = name.rstrip("/")
        if _FORBIDDEN.search(name) or any(part in ("", ".", "..") for part in plain.split("/")):
            _refuse(f"the name {name[:200]!r} leads out of it, or cannot be used everywhere")
        if plain.casefold() in taken:
            _refuse(f"{name[:200]} stands twice in it, or differs from another name in case only")
        kind = stat.S_IFMT(one.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            _refuse(f"{name[:200]} is a link, or neither file nor folder")
        if one.flag_bits & _ENCRYPTED or one.compress_type not in _METHODS:
            _refuse(f"{name[:200]} is encrypted, or compressed in an unusual way")
        if one.header_offset < end:
            _refuse(f"{name[:200]} overlaps another file")
        taken.add(plain.casefold())
        end = one.header_offset + _HEADER + one.compress_size
    return found


def _top(found: list[zipfile.ZipInfo]) -> str:
    """Return the folder of the pack within the ZIP file, with a slash at its end; empty for none."""
    tops = [
        one.filename.removesuffix(NAME)
        for one in found
        if one.filename.rpartition("/")[2] == NAME and one.filename.count("/") <= 1
    ]
    if not tops:
        _refuse(f"it holds no {NAME}, so it is no pack")
    return min(tops, key=len)


def _check_room(folder: Path, size: int) -> None:
    if size > shutil.disk_usage(folder).free:
        _refuse(f"there is no room for {size} bytes in {folder.parent}; unpack it elsewhere and verify the folder")


def _copy(archive: zipfile.ZipFile, one: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(one) as source, target.open("xb") as copy:
        _pour(source, copy, one.file_size)  # type: ignore[arg-type]


def _pour(source: BinaryIO, copy: BinaryIO, size: int) -> None:
    written = 0
    while part := source.read(_CHUNK):
        written += len(part)
        if written > size:
            _refuse("a file is longer than its header says")
        copy.write(part)
    if written != size:
        _refuse("a file is shorter than its header says")


def _refuse(reason: str) -> NoReturn:
    raise VerificationError(
        f"the ZIP file cannot be accepted: {reason}",
        why="a file that two programs could read in two ways, or that does harm when it is unpacked, proves nothing",
        fix="ask for the pack again, and pack the folder as it is",
        code="VG637",
    )
