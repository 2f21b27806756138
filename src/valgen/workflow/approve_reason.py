"""Whether a reason says something.

Refused are an empty one, one of dots and other signs, words that stand for none such as ``n/a``, text that only looks
like text (zero-width characters), fewer than a few letters, one letter over and over, and what the same person wrote
many times before. Whether a reason is a good one, people judge: it stands on the document.

Source: integrity.md X-12.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MOST_CHARS = 1000
"""Longest reason that a record holds."""
FEWEST_LETTERS = 4
"""A sign that stands for a whole word, as in Chinese, counts as two letters."""
MANY = 20
"""So many times one person may not give the same reason."""

_NOTHING_SAID = """
na none nil null nothing no noreason reason thereason ok okay okey fine yes done same sameasabove asabove seeabove
asbefore ditto idem tbd tba tbc todo test testing asdf asdfg qwerty qwertz blah blahblah bla blabla foo foobar lorem
loremipsum keine kein ohne nichts siehe sieheoben entfällt trifftnichtzu aucun aucune néant ninguno ninguna nada nessuno
notapplicable unknown whatever because dontknow idontknow
"""
_NOTHING = frozenset(_NOTHING_SAID.split())
_WIDE = re.compile(r"CJK |HIRAGANA|KATAKANA|HANGUL")


def reason_problem(reason: str, earlier: Iterable[str] = ()) -> str:
    """Return what is wrong with a reason, in words for the person who gave it; empty when it says something.

    Args:
        reason: as typed.
        earlier: reasons that the same person gave in earlier records.
    """
    text = _visible(reason)
    if not text:
        return "the reason is empty"
    if len(reason) > MOST_CHARS:
        return f"the reason has {len(reason)} characters, and at most {MOST_CHARS} are kept"
    letters = [one for one in text.casefold() if one.isalpha()]
    said = "".join(letters)
    if not letters:
        return f"the reason {text!r} has no letter in it"
    if said in _NOTHING:
        return f"the reason {text!r} says nothing"
    if sum(2 if _WIDE.match(unicodedata.name(one, "")) else 1 for one in letters) < FEWEST_LETTERS:
        return f"the reason {text!r} is too short to say anything"
    if len(set(letters)) < 2 or (len(set(letters)) < 3 and len(letters) > FEWEST_LETTERS):
        return f"the reason {text!r} only repeats the same letters"
    count = Counter(map(_compared, earlier))[_compared(reason)]
    if count >= MANY - 1:
        return f"you gave this reason {count} times before; say what it is this time"
    return ""


def _visible(text: str) -> str:
    """Return what can be seen of a text, compatibility forms and spaces made plain."""
    shown = "".join(" " if one.isspace() else one for one in unicodedata.normalize("NFKC", text))
    kept = "".join(one for one in shown if unicodedata.category(one) not in ("Cc", "Cf", "Cn", "Co", "Cs"))
    # Marks with nothing to stand on, and blank signs that count as letters, show nothing either.
    kept = "".join(one for one in kept if not _blank(one))
    return " ".join(kept.split())


def _blank(one: str) -> bool:
    return one in "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f"


def _compared(text: str) -> str:
    return "".join(one for one in _visible(text).casefold() if one.isalnum())
