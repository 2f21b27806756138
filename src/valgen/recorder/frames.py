"""Frames on the socket between test code and recorder.

A frame is four bytes of length (big-endian, of what follows), one byte of kind and the payload: ``J`` a JSON object,
``B`` raw bytes that belong to the JSON frame before them. Nothing is ever unpickled. Values only; no socket here.

Source: integrity.md decision 7.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any

JSON = 0x4A
BYTES = 0x42
LARGEST_FRAME = 4 * 1024 * 1024
CHUNK = 1024 * 1024

_HEAD = struct.Struct(">IB")


class FrameError(Exception):
    """The other side sent something that is no frame."""


def pack_json(value: dict[str, Any]) -> bytes:
    """Return one JSON frame.

    Raises:
        FrameError: the value is larger than a frame may be.
    """
    return pack_payload(json.dumps(value, separators=(",", ":")).encode("ascii"))


def pack_payload(payload: bytes) -> bytes:
    """Return one JSON frame from bytes that already are JSON."""
    if len(payload) >= LARGEST_FRAME:
        raise FrameError(f"an event has {len(payload)} bytes, more than the {LARGEST_FRAME} that are taken")
    return _HEAD.pack(len(payload) + 1, JSON) + payload


def pack_bytes(data: bytes) -> Iterator[bytes]:
    """Return raw bytes as frames of at most ``CHUNK`` bytes each; none for no bytes."""
    for start in range(0, len(data), CHUNK):
        part = data[start : start + CHUNK]
        yield _HEAD.pack(len(part) + 1, BYTES) + part


class FrameReader:
    """Cuts a stream of bytes into frames."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Take bytes as they arrive and yield every complete frame as (kind, payload).

        Raises:
            FrameError: wrong kind or length.
        """
        self._buffer += data
        start = 0
        while len(self._buffer) - start >= _HEAD.size:
            length, kind = _HEAD.unpack_from(self._buffer, start)
            if not 1 <= length <= LARGEST_FRAME or kind not in (JSON, BYTES):
                raise FrameError("a frame has a wrong length or kind")
            end = start + 4 + length
            if len(self._buffer) < end:
                break
            yield kind, bytes(self._buffer[start + _HEAD.size : end])
            start = end
        del self._buffer[:start]


def unpack_json(payload: bytes) -> dict[str, Any]:
    """Return the object of a JSON frame.

    Raises:
        FrameError: no JSON object.
    """
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame holds no JSON") from error
    if not isinstance(value, dict):
        raise FrameError("a frame holds no JSON object")
    return value
