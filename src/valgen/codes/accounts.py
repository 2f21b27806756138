"""Codes about sealed keys."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

ACCOUNTS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG530",
        Severity.ERROR,
        "a sealed key cannot be opened",
        "The password is wrong, or the file was damaged or belongs to another account; nobody can tell which.",
        "Try again. Whoever lost the password or the file gets a new key: two administrators run valgen user reset.",
    ),
)
