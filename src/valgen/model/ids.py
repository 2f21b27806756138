"""Ids of items and test cases: their shape and their order.

An id is a type, a hyphen, then letters, digits, dots and hyphens, of any length (design.md §11), all ASCII,
so that two ids that look alike are alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_PATTERN = r"[A-Z][A-Z0-9]*"
ID_PATTERN = TYPE_PATTERN + r"-[A-Za-z0-9.-]+"
CASE_ID_PATTERN = r"(?:IQ|OQ|PQ)-[A-Za-z0-9.-]+"

_ID = re.compile(ID_PATTERN)
_CASE_ID = re.compile(CASE_ID_PATTERN)
_TYPE = re.compile(TYPE_PATTERN)
_PARTS = re.compile(r"[0-9]+|[^0-9]+")


def is_id(text: str) -> bool:
    """Return whether ``text`` has the shape of an id."""
    return _ID.fullmatch(text) is not None


def is_case_id(text: str) -> bool:
    """Return whether ``text`` has the shape of the id of an IQ, OQ or PQ test case."""
    return _CASE_ID.fullmatch(text) is not None


def is_type(text: str) -> bool:
    """Return whether ``text`` has the shape of an item type, such as ``URS``."""
    return _TYPE.fullmatch(text) is not None


def type_of(text: str) -> str:
    """Return the part of an id before its first hyphen."""
    return text.partition("-")[0]


@lru_cache(1 << 16)  # a matrix sorts the same ids many times
def natural_order(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key under which URS-2 stands before URS-10.

    Numbers are compared by length and then by digits, so that a number of any length works.
    """
    key = []
    for part in _PARTS.findall(text):
        if part[0] in "0123456789":
            digits = part.lstrip("0")
            key.append((0, len(digits), digits))
        else:
            key.append((1, 0, part))
    return (*key, (2, 0, text))
