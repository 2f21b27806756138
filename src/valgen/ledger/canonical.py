"""One value, one sequence of bytes: the subset of RFC 8785 that records are written in.

A record must have exactly one spelling, or a change could hide in the choice between two. Allowed are objects with
ASCII keys, arrays, strings, true, false, null and whole numbers below 2^53 in size. Within that subset the output of
Python's ``json`` with sorted keys and no spaces *is* RFC 8785, so the whole format can be read and written with the
standard library alone.

Not allowed: floating-point numbers (a measurement is text with its unit), lone surrogates, nesting deeper than 16,
repeated keys. Reading accepts a line only when writing its value again gives the same bytes.

No files in this module. Source: RFC 8785; integrity.md I-11. Format: docs/format.md, "Canonical JSON".
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn

from valgen.errors import VerificationError

MAX_DEPTH = 16
"""Deepest nesting; the outermost object is level 1."""

MAX_LINE_BYTES = 1 << 20
"""Longest record, without its newline."""

MAX_INT = (1 << 53) - 1
"""Largest whole number that every JSON reader keeps exactly."""

_write = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def encode(value: Any, *, limit: int | None = MAX_LINE_BYTES) -> bytes:
    """Return the canonical bytes of ``value``, without a newline.

    Args:
        value: dicts, lists, tuples, strings, booleans, None and ints; tuples are written as arrays.
        limit: most bytes allowed; None for documents that become blobs.

    Raises:
        VerificationError: the value cannot be written in the subset; says which part and why.
    """
    _check(value, 1)
    try:
        data = _write(value).encode("utf-8")
    except UnicodeEncodeError as error:
        _refuse(f"a text holds half of a surrogate pair (U+{ord(error.object[error.start]):04X})")
    if limit is not None and len(data) > limit:
        _refuse(f"it takes {len(data)} bytes, more than {limit}", code="VG525")
    return data


def decode_line(line: bytes, *, limit: int | None = MAX_LINE_BYTES) -> dict[str, Any]:
    """Read one canonical object.

    Args:
        line: the bytes without the newline.
        limit: most bytes allowed.

    Returns:
        The object; writing it again gives ``line``.

    Raises:
        VerificationError: the bytes are not the canonical form of an object; names why.
    """
    value = decode(line, limit=limit)
    if type(value) is not dict:
        _refuse("it is not an object")
    return value


def decode(data: bytes, *, limit: int | None = None) -> Any:
    """Read one canonical value of any type; as ``decode_line`` otherwise."""
    if limit is not None and len(data) > limit:
        _refuse(f"it takes {len(data)} bytes, more than {limit}", code="VG525")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"byte {error.start} is not UTF-8")
    try:
        value = json.loads(text)
    except RecursionError:
        _refuse(f"it is nested deeper than {MAX_DEPTH} levels")
    except json.JSONDecodeError as error:
        _refuse(f"it is not JSON: {error.msg} at character {error.pos}")
    except ValueError:  # a number of thousands of digits
        _refuse("a number is too large")
    _check(value, 1)
    try:
        again = _write(value).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("a text holds half of a surrogate pair")
    if again != data:
        _refuse(_difference(text, data, again))
    return value


def strict_base64(text: str, length: int | None = None) -> bytes:
    """Decode standard base64 in its one correct spelling.

    Args:
        text: with padding, without line breaks.
        length: how many bytes must come out; None for any number.

    Raises:
        VerificationError: another alphabet, missing or wrong padding, stray bits, or another length.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        _refuse(f"{text[:60]!r} is not base64")
    if base64.b64encode(data).decode("ascii") != text:
        _refuse(f"{text[:60]!r} is not base64 in its one correct spelling")
    if length is not None and len(data) != length:
        _refuse(f"{text[:60]!r} holds {len(data)} bytes, not {length}")
    return data


def storable(text: str) -> str:
    """Return ``text`` with every lone surrogate made visible as ``\\udc80`` and the like.

    Such halves come from file names and process output that are not UTF-8; no file can hold them. Text without them is
    returned unchanged.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is dict:
        if depth > MAX_DEPTH:
            _refuse(f"it is nested deeper than {MAX_DEPTH} levels")
        for key, item in value.items():
            if not isinstance(key, str):
                _refuse(f"the key {key!r} is not text")
            if not key.isascii():
                _refuse(f"the key {key!r} is not ASCII")
            if type(item) is not str:
                _check(item, depth + 1)
    elif kind is list or kind is tuple:
        if depth > MAX_DEPTH:
            _refuse(f"it is nested deeper than {MAX_DEPTH} levels")
        for item in value:
            if type(item) is not str:
                _check(item, depth + 1)
    elif isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            _refuse("a number is 2^53 or larger")
    elif isinstance(value, float):
        _refuse(f"{value!r} is a floating-point number; write measurements as text with their unit")
    elif isinstance(value, (dict, list, tuple)):
        _check(dict(value) if isinstance(value, dict) else list(value), depth)
    elif not isinstance(value, str):
        _refuse(f"a value is of type {kind.__name__}")


def _difference(text: str, data: bytes, again: bytes) -> str:
    """Say how bytes that are JSON differ from their canonical form."""
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            repeated.extend(key for key in found if keys.count(key) > 1)
        return found

    json.loads(text, object_pairs_hook=collect)
    if repeated:
        return f"the key {repeated[0]!r} is repeated"
    at = next((i for i, (a, b) in enumerate(zip(data, again, strict=False)) if a != b), min(len(data), len(again)))
    return f"it differs at byte {at} (spaces, escapes, order of keys or spelling of a number)"


def _refuse(reason: str, *, code: str = "VG501") -> NoReturn:
    raise VerificationError(
        f"not in canonical form: {reason}",
        why="a record has exactly one spelling, so that no change can hide in another one",
        code=code,
    )
