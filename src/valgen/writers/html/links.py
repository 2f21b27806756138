"""Places inside an HTML page and the addresses that lead to them.

An anchor is an id of the project, such as ``URS-010`` or ``OQ-014[2]``; its HTML id is the same text, so that
``html/<page>.html#<id>`` stays stable. HTML allows every character in an id but white space, and those that a
reader cannot see are made visible; an address percent-encodes what a URL cannot hold.

Source: design.md §6 (stable addresses). Safety of addresses: integrity.md H-4.
"""

from __future__ import annotations

import functools
import re
from urllib.parse import quote

from valgen.documents.visible import visible

_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20\x7f-\x9f\\\"'<>`]+", re.IGNORECASE)
_SPACE = re.compile(r"\s")


@functools.lru_cache(maxsize=65536)
def html_id(anchor: str) -> str:
    """Return the value of the ``id`` attribute for an anchor; empty for an empty anchor."""
    return _SPACE.sub("_", visible(anchor))


@functools.lru_cache(maxsize=65536)
def fragment(anchor: str) -> str:
    """Return the address of an anchor on its own page, such as ``#URS-010``."""
    return "#" + quote(html_id(anchor), safe="-._~!$&'()*+,;=:@/?", errors="replace")


def outside_address(link: str) -> str | None:
    """Return a link that may leave the pack, or None when its scheme is not http, https or mailto.

    Control characters, white space and quotes are refused as well: browsers strip some of them before they read the
    scheme, so an address that holds one does not lead where it seems to.
    """
    return link if _SAFE_ADDRESS.fullmatch(link) and visible(link) == link else None
