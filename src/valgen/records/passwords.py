"""What a new password must be.

Length counts, and that nobody guesses it first: no rules about kinds of characters (NIST SP 800-63B, 5.1.1.2). Refused
are short passwords, those that everybody tries, repetitions, rows of the keyboard, and those made of the person's own
names or the project's. Every reason is told at once.

Source: integrity.md §1 (periodic checks by default); 21 CFR 11.300.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from valgen.ledger.sealed import normalised

SHORTEST = 12
LONGEST = 1024

# What people choose first, as stems: with digits, signs and years around them they are guessed as fast.
_STEMS = """
password passwort passwd passphrase kennwort geheim secret motdepasse contrasena senha parola salasana wachtwoord
welcome willkommen bienvenue hello hallo letmein login logon admin administrator root superuser user guest test
tester testing demo sample example changeme change default initial temp temporary access system computer internet
qwerty qwertz azerty qwertyuiop qwertzuiop asdfghjkl yxcvbnm zxcvbnm abcdef abcdefgh abcdefghijkl iloveyou loveme
sunshine princess dragon monkey football baseball basketball master shadow superman batman trustno starwars
whatever freedom michael jennifer jordan hunter killer charlie summer winter spring autumn fall sommer fruehling
herbst january february march april june july august september october november december januar februar maerz
juni juli oktober dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch
donnerstag freitag samstag sonntag company business office quality validation validierung approval approved
signature valgen gxp gamp pharma laboratory labor lims correcthorsebatterystaple
"""
_ROWS = (
    "01234567890123456789", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm",
    "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "!@#$%^&*()", "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
)  # fmt: skip
_LOOKS = str.maketrans("@4310$5!7+", "aaeiossitt")
_RUN = 3
_SEPARATORS = re.compile(r"[\W_]+")
_OWN_SHORTEST = 3


def password_problems(password: str, own: Iterable[str] = ()) -> list[str]:
    """Return everything that speaks against a new password, in words; empty when nothing does.

    Args:
        password: as typed.
        own: user id, names, address of the person, name and id of the project.
    """
    text = normalised(password)
    problems = []
    if len(text) < SHORTEST:
        problems.append(f"it has {len(text)} characters, at least {SHORTEST} are needed")
    if len(text) > LONGEST:
        problems.append(f"it has more than {LONGEST} characters")
    if any(char in text for char in "\r\n\0"):
        problems.append("it holds a line end or a character that nobody can type")
    folded = text.casefold()
    if not _varied(folded):
        problems.append("it repeats few characters, or runs along the keyboard or the alphabet")
    if _common(folded):
        problems.append("it is among those that everybody tries")
    words = _own_words(own)
    used = sorted(word for word in words if word in folded)
    rest = folded
    for word in sorted(used, key=len, reverse=True):
        rest = rest.replace(word, "")
    if used and len(_SEPARATORS.sub("", rest)) < SHORTEST - 4:
        problems.append("it is made of your own name, your user id or the name of the project")
    return problems


def _varied(text: str) -> bool:
    """Return whether a text is more than a repetition or a row of keys."""
    if len(set(text)) < 5:
        return False
    if any(len(text) >= 2 * size and text == (text[:size] * len(text))[: len(text)] for size in range(1, 7)):
        return False
    return _surprising(text) >= SHORTEST - 4


def _surprising(text: str) -> int:
    """Return how many characters are left of a text without its runs along a row and its doubled characters."""
    single = "".join(char for at, char in enumerate(text) if char != text[at - 1 : at])
    runs: set[int] = set()
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for start in range(len(single) - _RUN + 1):
            if single[start : start + _RUN] in row:
                runs.update(range(start, start + _RUN))
    return len(single) - len(runs)


def _common(text: str) -> bool:
    """Return whether a text is one stem, or several, with little around them."""
    for form in {text, text.translate(_LOOKS)}:
        letters = re.sub(r"[^a-z]+", "", form)
        rest = letters
        for stem in sorted(_STEMS.split(), key=len, reverse=True):
            rest = rest.replace(stem, "")
        if letters != rest and len(rest) < 4:
            return True
    return not re.search(r"[^\W\d_]{3}", text) and len(set(text)) < 8


def _own_words(own: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in own:
        folded = normalised(text).casefold()
        found.update(part for part in _SEPARATORS.split(folded) if len(part) >= _OWN_SHORTEST)
        found.add(_SEPARATORS.sub("", folded))
    return {word for word in found if len(word) >= _OWN_SHORTEST}
