"""Which known word a mistyped one may stand for.

Bounded: long words and long lists are not compared, so that a hostile file cannot make the search slow.
"""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST_WORD = 80
_MOST_WORDS = 400


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to ``word``, or an empty text where none is near."""
    if not word or len(word) > _LONGEST_WORD:
        return ""
    choices = [choice for choice in known if len(choice) <= _LONGEST_WORD][:_MOST_WORDS]
    by_lower = {choice.lower(): choice for choice in choices}
    folded = word.lower().replace("-", "_").replace(" ", "_")
    if found := by_lower.get(word.lower()) or by_lower.get(folded):
        return found
    letters = sorted(folded)
    if swapped := next((choice for lower, choice in by_lower.items() if sorted(lower) == letters), ""):
        return swapped  # two letters changed places: the most common slip, and not the nearest for difflib
    import difflib

    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?``, or an empty text."""
    found = closest(word, known)
    return f"did you mean {found}?" if found else ""


def one_of(words: Iterable[str]) -> str:
    """Return words as a readable choice: ``must, should or could``."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} or {listed[-1]}"
