"""Text for print: characters that nobody can see are shown, never dropped.

A reviewer signs what they can read, so a character without a shape of its own must not change a text
unnoticed, and no file format may refuse a document because of it. ``visible`` shows

- NUL as ``␀``, other control characters as ``\\x0b`` (line feed and tab stay),
- halves of broken surrogate pairs and noncharacters as ``U+D800``, ``U+FFFE``,
- bidirectional controls, zero-width and other invisible characters, variation selectors, tag characters
  and the Unicode line separators as ``U+202E``.

A line break written as carriage return and line feed is one line feed. What is left is legal in XML 1.0.
Every writer prints through this one function, so that all formats show the same text. Findings about such
characters are made elsewhere.

Source: integrity.md H-7, H-13, H-14.
"""

from __future__ import annotations

import re

# Arabic number signs and the like (category Cf too) have a shape and are left alone.
_RANGES = (
    (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160),
    (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
    (0xFFFE, 0xFFFF), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000)),
)  # fmt: skip

UNSEEN = "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in _RANGES)
"""Inside of a regular expression's character class: every character that ``visible`` replaces."""

_UNSEEN = re.compile(f"[{UNSEEN}]")


def visible(text: str) -> str:
    """Return ``text`` with every character that has no shape of its own spelled out.

    Text without such characters is returned as it is.
    """
    if (text.isascii() and text.isprintable()) or _UNSEEN.search(text) is None:
        return text
    return _UNSEEN.sub(_spell, text.replace("\r\n", "\n"))


def _spell(match: re.Match[str]) -> str:
    code = ord(match.group())
    if not code:
        return "␀"
    return f"\\x{code:02x}" if code < 0xA0 else f"U+{code:04X}"
