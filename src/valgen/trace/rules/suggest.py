"""The nearest known name, for "did you mean".

A project knows thousands of ids and may have thousands of broken links, so the names are not compared one by
one: likely slips are made from the wrong name and looked up. Only among few names is every one compared.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterable, Iterator

from valgen.model.ids import natural_order

_FEW = 500
_SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase + ".-()"
_LAST_NUMBER = re.compile(r"0*([0-9]+)\Z")
_WIDEST = 6
_LONGEST = 60


class Suggestions:
    """Hints about one set of known names; a name that is asked for twice is looked for once."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known: Collection[str] = known if isinstance(known, Collection) else frozenset(known)
        self._hints: dict[str, str] = {}

    def hint(self, name: str) -> str:
        """Return ``did you mean X?`` for the nearest known name, or empty text."""
        if name not in self._hints:
            near = _nearest(name, self._known)
            self._hints[name] = f"did you mean {near}?" if near else ""
        return self._hints[name]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?`` for the nearest of ``known``, or empty text."""
    return Suggestions(known).hint(name)


def _nearest(name: str, known: Collection[str]) -> str:
    if len(name) > _LONGEST:
        return ""
    lookup = known if not isinstance(known, list | tuple) else frozenset(known)
    for slips in (_respelled, _swapped, _shortened, _lengthened, _replaced):
        found = {one for one in slips(name) if one in lookup and one != name}
        if found:
            prefix = name.partition("-")[0]
            return min(found, key=lambda one: (one.partition("-")[0] != prefix, natural_order(one)))
    if len(known) > _FEW:
        return ""
    import difflib

    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return near[0] if near else ""


def _respelled(name: str) -> Iterator[str]:
    """Yield the name in capitals, with a hyphen, without spaces, and its number with other leading zeros."""
    for one in dict.fromkeys((name, name.upper(), name.replace("_", "-"), name.replace("_", "-").upper())):
        yield one
        yield "".join(one.split())
        number = _LAST_NUMBER.search(one)
        if number:
            head, digits = one[: number.start()], number[1]
            yield from (head + digits.zfill(width) for width in range(1, _WIDEST + 1))


def _swapped(name: str) -> Iterator[str]:
    return (f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}" for at in range(len(name) - 1))


def _shortened(name: str) -> Iterator[str]:
    return (name[:at] + name[at + 1 :] for at in range(len(name)))


def _lengthened(name: str) -> Iterator[str]:
    return (name[:at] + sign + name[at:] for at in range(len(name) + 1) for sign in _SIGNS)


def _replaced(name: str) -> Iterator[str]:
    return (name[:at] + sign + name[at + 1 :] for at in range(len(name)) for sign in _SIGNS)
