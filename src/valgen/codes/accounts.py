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
    CodeInfo(
        "VG531",
        Severity.ERROR,
        "this computer cannot work with passwords",
        "Keys are sealed in a way that makes every guess at the password costly, which takes 64 MiB of memory and a "
        "library that knows Argon2id.",
        "Close other programs. If that does not help, install the package cryptography as valgen asks for it.",
    ),
)
