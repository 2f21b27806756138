"""Canonical JSON of frozen values: the bytes that content digests are taken over.

A dataclass is an object with ``kind``, the name of its class unless a field of that name says otherwise, and those of
its fields that differ from their default; a tuple is a list; an enumeration is its value. Keys are sorted, nothing is
indented, text stands as it is. Equal to ``json.dumps(..., ensure_ascii=False, sort_keys=True, separators=(",", ":"))``
of the same objects, but written in one pass: matrices of ten thousand rows are digested for every document that
holds them. Because defaults are left out, a field that a later release adds changes no digest of what does not use it.

What is *set apart* is no part of it: what depends on signatures stands in a document and cannot be what they sign.
``whole_json`` has it too, between two control characters, which occur nowhere else in JSON; so one pass over a large
document serves both forms. It is for digests that decide whether something shown has changed, and no JSON.

This form must not change: signatures rest on it.

Source: design.md §2, §5 (content manifest).
"""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

_APART = re.compile("\x01[^\x01\x02]*\x02")


def canonical_json(value: object, *, without: str = "") -> str:
    """Return the canonical JSON of a frozen value, what is set apart left out.

    Args:
        value: a dataclass of text, numbers, truth values, enumerations, tuples and dataclasses.
        without: a field of ``value`` itself that is left out, empty for none.

    Raises:
        TypeError: a part is of another type.
    """
    return without_apart(whole_json(value, without=without))


def whole_json(value: object, *, without: str = "") -> str:
    """Return a text that differs whenever two values differ in anything, what is set apart included.

    Args:
        value: as for ``canonical_json``.
        without: as there.

    Raises:
        TypeError: a part is of another type.
    """
    return _made(type(value), without)(value)


def without_apart(text: str) -> str:
    """Return the canonical JSON within a text of ``whole_json``."""
    while "\x01" in text:  # one within another needs a second pass
        text = _APART.sub("", text)
    return text


def set_apart(kind: type[Any], field: str) -> None:
    """Leave a field of a class, which has a default, out of the canonical form."""
    _SET_APART[kind] = field
    _WRITERS[kind] = _made(kind, "")


def share(kind: type[Any]) -> None:
    """Write values of a class once per object: many places of a document, and many documents, hold the same ones."""
    write = _made(kind, "")
    known: dict[int, tuple[Any, str]] = {}

    def written(value: Any) -> str:
        found = known.get(id(value))
        if found is not None and found[0] is value:
            return found[1]
        if len(known) >= _KEPT:
            known.clear()
        text = write(value)
        known[id(value)] = (value, text)  # keeps the value, so that its identity is not given to another
        return text

    _WRITERS[kind] = written


class _Writers(dict[type[Any], Callable[[Any], str]]):
    """How values are written, by their exact class; that of a new class is made when its first value is met."""

    def __missing__(self, kind: type[Any]) -> Callable[[Any], str]:
        self[kind] = made = _made(kind, "")
        return made


def _write_tuple(values: tuple[Any, ...]) -> str:
    return f"[{','.join([_WRITERS[type(one)](one) for one in values])}]"


def _made(kind: type[Any], without: str) -> Callable[[Any], str]:
    """Return the function that writes values of one class.

    It is written out for the fields of the class, as ``dataclasses`` writes ``__init__``: matrices have millions of
    values, and asking each for its fields anew takes twice as long.
    """
    if issubclass(kind, enum.Enum):
        return {member: encode_basestring(str(member)) for member in kind}.__getitem__
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no canonical form")
    declared = {field.name: field for field in dataclasses.fields(kind) if field.name != without}
    names = sorted({*declared, "kind"})
    known: dict[str, Any] = {"writers": _WRITERS}
    lines = ["def made(value):", "    found = []"]
    apart = _SET_APART.get(kind, "")
    for name in names:
        if name == apart:
            continue
        if name not in declared:
            own = f'"kind":{encode_basestring(kind.__name__)}'
            lines.append(f"    found.append({own!r})")
            continue
        default = declared[name].default
        lines.append(f"    one = value.{name}")
        indent = "    "
        if default is not dataclasses.MISSING:
            known[f"default_{name}"] = default
            lines.append(f"    if one is not default_{name} and one != default_{name}:")
            indent = "        "
        lines.append(f"{indent}found.append('\"{name}\":' + writers[type(one)](one))")
    if apart:
        lines.append(f"    one = value.{apart}")
        lines.append(f"    end = '\\x01,\"{apart}\":' + writers[type(one)](one) + '\\x02' if one else ''")
        lines.append("    return '{' + ','.join(found) + end + '}'")
    else:
        lines.append("    return '{' + ','.join(found) + '}'")
    exec("\n".join(lines), known)  # of the names of fields alone
    made: Callable[[Any], str] = known["made"]
    return made


_KEPT = 1 << 18
_SET_APART: dict[type[Any], str] = {}

_WRITERS = _Writers(
    {
        str: encode_basestring,
        tuple: _write_tuple,
        bool: lambda value: "true" if value else "false",
        int: int.__repr__,
        type(None): lambda value: "null",
    }
)
