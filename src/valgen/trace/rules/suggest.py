"""The nearest known name, for "did you mean"."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?`` for the nearest of ``known``, or empty text.

    Names of the same type prefix are preferred, since a mistyped number is the commonest slip.
    """
    names = sorted(known)
    prefix = name.partition("-")[0] + "-"
    same = [one for one in names if one.startswith(prefix)]
    for group in (same, names):
        if len(group) <= 20_000:
            near = difflib.get_close_matches(name, group, n=1, cutoff=0.6)
            if near:
                return f"did you mean {near[0]}?"
    return ""
