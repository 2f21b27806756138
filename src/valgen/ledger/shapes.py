"""Small checks of JSON values, and how they are put together.

A check takes a value and returns what is wrong with it, or an empty text. Checks of containers say where.

No files here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], str]
"""Returns what is wrong with a value, or an empty text."""


def check_keys(value: Mapping[str, Any], required: Mapping[str, Check], optional: Mapping[str, Check]) -> list[str]:
    """Return everything that is wrong with the keys and values of an object."""

    problems = [f"{key} is missing" for key in required if key not in value]
    for key, item in value.items():
        check = required.get(key) or optional.get(key)
        if check is None:
            problems.append(f"the key {key!r} is not known")
        elif problem := check(item):
            problems.append(f"{key} {problem}")
    return problems


def text(longest: int = 4096, *, empty: bool = True) -> Check:
    """Check for text of at most ``longest`` characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            return "is not text"
        if len(value) > longest:
            return f"is longer than {longest} characters"
        return "" if value or empty else "is empty"

    return check


def number(low: int = 0) -> Check:
    """Check for a whole number of at least ``low``."""

    def check(value: Any) -> str:
        if type(value) is not int:
            return "is not a whole number"
        return f"is below {low}" if value < low else ""

    return check


def flag(value: Any) -> str:
    """Check for true or false."""

    return "" if type(value) is bool else "is neither true nor false"


def matches(pattern: str, name: str) -> Check:
    """Check for text that a pattern matches as a whole; ``name`` says what it is."""

    matcher = re.compile(pattern)

    def check(value: Any) -> str:
        return "" if isinstance(value, str) and matcher.fullmatch(value) else f"is not {name}"

    return check


def one_of(*words: str) -> Check:
    """Check for one of some words."""

    known = frozenset(str(word) for word in words)

    def check(value: Any) -> str:
        return "" if isinstance(value, str) and value in known else f"is none of {', '.join(sorted(known))}"

    return check


def items(item_check: Check) -> Check:
    """Check for a list whose entries pass a check."""

    def check(value: Any) -> str:
        if not isinstance(value, (list, tuple)):
            return "is not a list"
        for index, item in enumerate(value):
            if problem := item_check(item):
                return f"entry {index} {problem}"
        return ""

    return check


def mapping(item_check: Check, key_check: Check | None = None) -> Check:
    """Check for an object with free keys."""

    def check(value: Any) -> str:
        if not isinstance(value, Mapping):
            return "is not an object"
        for key, item in value.items():
            if key_check is not None and (problem := key_check(key)):
                return f"key {key!r} {problem}"
            if problem := item_check(item):
                return f"value of {key!r} {problem}"
        return ""

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Check for an object with exactly these keys."""

    def check(value: Any) -> str:
        if not isinstance(value, Mapping):
            return "is not an object"
        return "; ".join(check_keys(value, required, optional or {}))

    return check


def or_null(item_check: Check) -> Check:
    """Check for null or what passes a check."""

    return lambda value: "" if value is None else item_check(value)
