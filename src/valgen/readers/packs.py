"""Files of the user's cache folder: plain values of one world, guarded against damage.

A pack is marshalled plain values behind a digest, and belongs to a *world*: everything besides the values that decides
what they are, the code that made them included. What is damaged, cut short, foreign or of another world is no pack.
It is written beside itself and then renamed, so that nobody meets half of it, and a folder that cannot be
written is done without. Packs hold nothing that the project's files do not say; they may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import marshal
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import valgen
from valgen.errors import Finding, Severity
from valgen.source import SourceLocation

_MAGIC = b"valgen-cache\n"
_DIGEST_BYTES = 32
_LIBRARIES = ("yaml", "gherkin")


def pack_file(folder: Path, kind: str, root: Path) -> Path:
    """Return where the pack of a project lies, named after the project's resolved folder."""
    name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
    return folder / f"{kind}-{name}.cache"


def world_of(rooms: tuple[str, ...], *values: object) -> bytes:
    """Return the digest of a world: values with a faithful ``repr``, Python, and the code of some rooms of valgen.

    Code is told apart by size and time of its files, as Python itself does for compiled modules; so are the libraries
    that read YAML and Gherkin.
    """
    return hashlib.sha256(repr((sys.version, valgen.__version__, tuple(_code(rooms)), values)).encode()).digest()


def read_pack(file: Path, world: bytes) -> Any:
    """Return the values of a pack, or None where there is none of this world."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST_BYTES
    if not data.startswith(_MAGIC) or hashlib.sha256(data[start:]).digest() != data[len(_MAGIC) : start]:
        return None
    try:
        found, values = marshal.loads(memoryview(data)[start:])
    except (ValueError, TypeError, EOFError):
        return None
    return values if found == world else None


def write_pack(file: Path, world: bytes, values: Any) -> None:
    """Write plain values (texts, numbers, bytes, tuples, lists, mappings, None) as a pack."""
    body = marshal.dumps((world, values))
    # Named by hand, because importing tempfile costs a check 1 % of its time.
    beside = file.with_name(f"{file.stem}-{os.getpid()}-{threading.get_ident()}.tmp")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)
            beside.replace(file)
        except OSError:
            beside.unlink(missing_ok=True)


def pack_findings(findings: Sequence[Finding]) -> list[tuple[Any, ...]]:
    """Return findings as plain values."""
    return [
        (f.code, f.message, f.ids, f.fix, f.severity.value,
         (f.location.path, f.location.line, f.location.column, f.location.length) if f.location else None)
        for f in findings
    ]  # fmt: skip


def unpack_findings(packed: Sequence[tuple[Any, ...]]) -> list[Finding]:
    """Return the findings that ``pack_findings`` made plain."""
    return [
        Finding(
            code=code, message=message, ids=tuple(ids), fix=fix, severity=Severity(severity),
            location=SourceLocation(*place) if place else None,
        )
        for code, message, ids, fix, severity, place in packed
    ]  # fmt: skip


def _code(rooms: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    package = str(Path(__file__).parent.parent)
    for room in rooms:
        yield from sorted(_files(f"{package}/{room}"))
    for library in _LIBRARIES:
        found = importlib.util.find_spec(library)
        if found is not None and found.origin:
            with contextlib.suppress(OSError):
                status = Path(found.origin).stat()
                yield found.origin, status.st_size, status.st_mtime_ns


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if entry.name.endswith((".py", ".json")):
                status = entry.stat()
                yield entry.path, status.st_size, status.st_mtime_ns
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _files(entry.path)
