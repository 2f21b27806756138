"""Places inside an HTML page and the addresses that lead to them.

An anchor is an id of the project, such as ``URS-010`` or ``OQ-014[2]``; its HTML id is the same text, so that
``html/<page>.html#<id>`` stays stable. HTML allows every character in an id but white space, and those that a
reader cannot see are made visible; an address percent-encodes what a URL cannot hold.

Addresses that leave the pack are the subject of `valgen.writers.links`.

Source: design.md §6 (stable addresses).
"""

from __future__ import annotations

import functools
import re
from urllib.parse import quote

from valgen.documents.visible import visible

_SPACE = re.compile(r"\s")


@functools.lru_cache(maxsize=65536)
def html_id(anchor: str) -> str:
    """Return the value of the ``id`` attribute for an anchor; empty for an empty anchor."""
    return _SPACE.sub("_", visible(anchor))


@functools.lru_cache(maxsize=65536)
def fragment(anchor: str) -> str:
    """Return the address of an anchor on its own page, such as ``#URS-010``."""
    return "#" + quote(html_id(anchor), safe="-._~!$&'()*+,;=:@/?", errors="replace")
