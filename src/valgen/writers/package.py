"""Zip packages of fixed bytes, for Word and Excel files.

Equal parts give an equal file: parts in a fixed order, one fixed time, no traces of the machine. Compression is
deflate at a fixed level, so two machines agree as long as their Python is built on the same zlib.

Source: integrity.md D-5.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

LEVEL = 4  # rows of a table compress almost as well as at 9, in a third of the time

_FIRST = ("[Content_Types].xml", "_rels/.rels")
_PACKED = (".png", ".jpeg", ".jpg", ".gif")


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return the parts, by name, as one zip file; the content types come first, as readers expect."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for name in sorted(parts, key=lambda name: (name not in _FIRST, name)):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            info.create_system = 0
            info.external_attr = 0x20  # an ordinary file, whatever the machine
            archive.writestr(info, parts[name])
    return target.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip file that valgen's own libraries wrote, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}
