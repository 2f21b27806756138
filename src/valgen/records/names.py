"""User ids and printed names that could be taken for those of somebody else.

User ids are plain ASCII, so that no letter of another script can imitate them; within ASCII, ids that look alike
(``l``, ``1`` and ``i``, ``0`` and ``o``, ``rn`` and ``m``, ``vv`` and ``w``, with or without dots) count as one.
The ledger refuses them as well: what counts as alike is decided there.

Printed names may be in any script; names that would be read as one that exists are told, not refused, because two
people may bear one name.

Source: integrity.md S-11, H-13.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from valgen.ledger.registry_book import look

_USER = re.compile(r"[a-z][a-z0-9._-]{1,63}")
# Letters that fonts draw as Latin ones: Cyrillic, Greek, Armenian, and Latin ones with a stroke. Unicode's list of
# confusables is longer; these are those with which names of people can be imitated letter by letter.
_DRAWN_AS = str.maketrans(
    "аеорсухіјѕкмнтвԁԛԝһɡαοντρυικεχωβγ" + "ıƖǀ" + "ϳєӏгѵ" + "օոսհցզ" + "øłđħŧɑǃ",
    "aeopcyxijskmhtbdqwhgaovtpuikexwby" + "iil" + "jelrv" + "onuhgq" + "oldhtai",
)
# Capitals that look like another Latin letter than their small form does, and those of Cherokee, which have none.
_CAPITALS_AS = str.maketrans(
    "ΗΝΜΥΖΡΧͿ" + "ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃ",
    "HNMYZPXJ" + "ABCDEGHJKLMPRSTVWZ",
)


def user_id_problem(user: str, existing: Iterable[str]) -> str:
    """Return why a user id cannot be used, in words, or an empty text.

    Args:
        user: as proposed.
        existing: every user id that was ever used, also of those who left.
    """
    strange = next((char for char in user if not char.isascii()), "")
    if strange:
        name = unicodedata.name(strange, f"U+{ord(strange):04X}").lower()
        return f"a user id is written in a to z, and this one holds {name} (U+{ord(strange):04X})"
    if not _USER.fullmatch(user):
        return (
            f"{user[:80]!r} is no user id: 2 to 64 characters a to z, 0 to 9, dot, hyphen and underscore, "
            "beginning with a letter"
        )
    same = look(user)
    for other in existing:
        if other == user:
            return f"the user id {user} was used before, and ids are never used again"
        if look(other) == same:
            return f"the user id {user} looks like {other}, which was used before"
    return ""


def skeleton(name: str) -> str:
    """Return what the eye makes of a printed name: without marks, case, space and differences of script."""
    capitals = unicodedata.normalize("NFKC", name).translate(_CAPITALS_AS)
    parts = unicodedata.normalize("NFKD", capitals.casefold())
    plain = "".join(char for char in parts if unicodedata.category(char)[0] in "LN")
    return look(plain.translate(_DRAWN_AS))


def clashes(name: str, existing: Iterable[str]) -> list[str]:
    """Return the printed names that a reader would take for this one, this one itself included when it exists."""
    same = skeleton(name)
    return [other for other in existing if skeleton(other) == same] if same else []
