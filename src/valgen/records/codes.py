"""One-time codes: what an administrator hands to a person, and what the records keep of it.

A code has 32 characters (160 bits) of an alphabet without letters that are taken for others; typed letters that are
taken for digits are read as those. The records hold a salted digest until the code was used.

No clock: the time comes in. Source: design.md §5. Format: docs/format-ledger.md, "account.created".
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from valgen.ledger.people_kinds import CODE_ALPHABET
from valgen.ledger.registry_book import code_digest

DAYS = 7
"""How long a code counts, in days."""

_LENGTH = 32
_GROUP = 4
_READ_AS = str.maketrans("OILoil", "011011")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCode:
    """A code that was just made.

    Attributes:
        shown: in groups, for the eye; shown once and kept nowhere.
        salt: 16 bytes in hex.
        sha256: of salt and code, hex.
        expires: RFC 3339 in UTC.
    """

    shown: str = field(repr=False)
    salt: str
    sha256: str
    expires: str

    def body(self) -> dict[str, str]:
        """Return what the record keeps."""
        return {"salt": self.salt, "sha256": self.sha256, "expires": self.expires}


def make_code(now_ms: int) -> OneTimeCode:
    """Make a code.

    Args:
        now_ms: milliseconds since 1970 in UTC.
    """
    code = _random()
    salt = secrets.token_hex(16)
    expires = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms, days=DAYS)
    return OneTimeCode(
        shown=_grouped(code),
        salt=salt,
        sha256=code_digest(salt, code),
        expires=f"{expires:%Y-%m-%dT%H:%M:%S}Z",
    )


def read_code(typed: str) -> str:
    """Return a code as it was made from how somebody typed it; an empty text for what can be none."""
    code = "".join(typed.split()).replace("-", "").translate(_READ_AS).upper()
    return code if len(code) == _LENGTH and all(char in CODE_ALPHABET for char in code) else ""


def make_passphrase() -> str:
    """Make up a passphrase that nobody guesses, in groups for the eye."""
    return _grouped(_random())


def _random() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(_LENGTH))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
