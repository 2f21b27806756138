"""Comparisons that leave expected and observed value in the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def equal(evidence: Any, what: str, expected: object, observed: object) -> None:
    """Record both values and check that they are equal."""
    evidence.expected(f"{what}: {expected}")
    evidence.actual(f"{what}: {observed}")
    assert observed == expected, f"{what}: {observed!r} instead of {expected!r}"


def holds(evidence: Any, what: str, observed: object, condition: bool) -> None:
    """Record what is expected in words and the value seen, and check the condition."""
    evidence.expected(what)
    evidence.actual(str(observed) if str(observed) else "(nothing)")
    assert condition, f"{what}; observed: {observed}"


def same_members(evidence: Any, what: str, expected: Iterable[object], observed: Iterable[object]) -> None:
    """Record both collections, sorted, and check that they have the same members, each as often."""
    wanted, seen = sorted(map(str, expected)), sorted(map(str, observed))
    evidence.expected(f"{what}: {', '.join(wanted) or 'none'}")
    evidence.actual(f"{what}: {', '.join(seen) or 'none'}")
    missing = [one for one in wanted if one not in seen]
    surplus = [one for one in seen if one not in wanted]
    assert wanted == seen, f"{what}: missing {missing or 'none'}, surplus {surplus or 'none'}"


def excerpt(text: str, longest: int = 3000) -> str:
    """Return the beginning of a long output, saying what is left out."""
    text = text.strip("\n")
    return text if len(text) <= longest else f"{text[:longest]}\n... ({len(text)} characters in all)"
