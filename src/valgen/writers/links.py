"""Addresses that a written document may lead to.

Only http, https and mailto addresses become links out of a document, and only in a form that every reader
program takes: characters outside the plain set are percent-encoded. Anything else, such as ``javascript:`` or
``file:``, and any address that carries a user name, which can pass for another host, is refused here; the writer
then prints the address as text.

Source: integrity.md H-8.
"""

from __future__ import annotations

import re
from urllib.parse import quote

MAX_ADDRESS = 2000
"""Characters; Excel refuses more than 2,079."""

_ALLOWED = re.compile(r"(?:https?://[^\s/?#\\@]+(?:[/?#]|$)|mailto:[^\s@]+@[^\s@]+$)", re.IGNORECASE)
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def outside_address(link: str) -> str:
    """Return the address that a file may link to, empty when ``link`` is none that is allowed."""
    link = link.strip(" ")
    if not _ALLOWED.match(link) or any(ord(char) < 0x21 for char in link):
        return ""
    safe = quote(_BROKEN_PERCENT.sub("%25", link), safe="%:/?#@!$&'()*+,;=-._~", errors="replace")
    if len(safe) > MAX_ADDRESS or safe.count("#") > 1:
        return ""
    return safe


def pack_address(page: str, anchor: str) -> str:
    """Return the address of an anchor in the HTML pages of the pack, seen from its other folders."""
    return f"../html/{quote(page, safe='-_.~/', errors='replace')}.html#{quote(anchor, safe='-_.~', errors='replace')}"
