"""Digests of blocks and documents.

What is digested, and in which form, ``canonical`` says; a document says of itself what of it is content.

Source: design.md §2.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from valgen.documents.canonical import whole_json


class Digests(NamedTuple):
    """Digests of a document, hex.

    Attributes:
        content: of what signatures cover.
        shown: of everything that a reader sees; what was made from a document is kept under this one.
    """

    content: str
    shown: str


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, hex; characters that UTF-8 does not have count as well."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def block_digest(block: object) -> str:
    """Return the SHA-256 of everything that a block shows, hex; that of its canonical JSON where nothing is apart."""
    return text_digest(whole_json(block))
