"""Canonical JSON of frozen values: the bytes that content digests are taken over.

A dataclass is an object with its fields and ``kind``, the name of its class unless a field of that name says
otherwise; a tuple is a list; an enumeration is its value. Keys are sorted, nothing is indented, text stands as it is.
Equal to ``json.dumps(..., ensure_ascii=False, sort_keys=True, separators=(",", ":"))`` of the same objects, but
written in one pass: matrices of ten thousand rows are digested for every document that holds them.

This form must not change: signatures rest on it.

Source: design.md §2, §5 (content manifest).
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any


def canonical_json(value: object, *, without: str = "") -> str:
    """Return the canonical JSON of a frozen value.

    Args:
        value: a dataclass of text, numbers, truth values, enumerations, tuples and dataclasses.
        without: a field of ``value`` itself that is left out, empty for none.

    Raises:
        TypeError: a part is of another type.
    """
    return _made(type(value), without)(value)


def _write(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is tuple:
        return f"[{','.join(map(_write, value))}]"
    if kind is bool:
        return "true" if value else "false"
    writer = _WRITERS.get(kind)
    if writer is None:
        writer = _WRITERS[kind] = _made(kind, "")
    return writer(value)


def _made(kind: type[Any], without: str) -> Callable[[Any], str]:
    """Return the function that writes values of one class, made once from its fields."""
    if issubclass(kind, enum.Enum):
        return {member: encode_basestring(str(member)) for member in kind}.__getitem__
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no canonical form")
    names = sorted(field.name for field in dataclasses.fields(kind) if field.name != without)
    keys = sorted({*names, "kind"})
    values = {name: "%s" for name in names}
    pattern = ",".join(f'"{key}":{values.get(key, encode_basestring(kind.__name__))}' for key in keys)
    pattern = f"{{{pattern}}}"
    if len(names) == 1:
        only = names[0]
        return lambda value: pattern % _write(getattr(value, only))
    fields = attrgetter(*names)
    return lambda value: pattern % tuple(map(_write, fields(value)))


_WRITERS: dict[type[Any], Callable[[Any], str]] = {int: int.__repr__, type(None): lambda value: "null"}
