"""Pictures are told by their bytes, within limits."""

from __future__ import annotations

import struct

import office_samples
import pytest

from valgen.writers.pictures import Picture, Refused, picture


def _jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 1)
    return b"\xff\xd8\xff\xe0\x00\x04ab" + before + frame + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (office_samples.png(7, 5), "image/png"),
        (b"GIF89a" + struct.pack("<HH", 7, 5) + b"\0\0\0;", "image/gif"),
        (_jpeg(7, 5), "image/jpeg"),
        (_jpeg(7, 5, b"\xff\xff\xc4\x00\x03x"), "image/jpeg"),
    ],
    ids=["png", "gif", "jpeg", "jpeg-with-fill"],
)
def test_kind_and_size_come_from_the_bytes(data: bytes, media_type: str) -> None:
    found = picture(data)
    assert isinstance(found, Picture)
    assert (found.media_type, found.width, found.height) == (media_type, 7, 5)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x00", b"\xff\xd8\xff\xd9", b"GIF89a",
        b"<svg/>", b"RIFF0000WEBP", b"MM\x00\x2a", _jpeg(0, 5), office_samples.png(3, 3)[:20],
    ],
)  # fmt: skip
def test_damaged_and_foreign_files_are_refused(data: bytes) -> None:
    assert isinstance(picture(data), Refused)


def test_cut_jpeg_is_refused_at_every_length() -> None:
    whole = _jpeg(7, 5)
    for length in range(len(whole) - 6):
        assert isinstance(picture(whole[:length]), Refused)
