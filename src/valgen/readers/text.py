"""Bytes of a file into text, or findings that say why not.

Every file is UTF-8. A byte-order mark at the beginning is dropped with a warning, since Windows editors write
it; UTF-16, other encodings and NUL bytes are refused with their place. Invisible and bidirectional control
characters are read, but warned about, because a reader cannot see what they hide (integrity.md H-13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.source import SourceLocation

LARGEST_FILE_BYTES = 64 * 1024 * 1024

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
# Bidirectional controls, zero-width characters, line separators, fillers, variation selectors, tag characters.
_INVISIBLE = re.compile(
    "[\u0085\u00ad\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LONE_RETURN = re.compile("\r(?!\n)")
_MOST_INVISIBLE = 20


def decode(path: str, data: bytes) -> tuple[str | None, list[Finding]]:
    """Decode the bytes of one file.

    Returns:
        The text without a byte-order mark, line ends as written, or None where it cannot be used; and
        the findings.
    """
    if len(data) > LARGEST_FILE_BYTES:
        size, most = len(data) // 1024 // 1024, LARGEST_FILE_BYTES // 1024 // 1024
        return None, [
            finding("VG014", f"the file has {size} MB, more than the {most} MB that are read", SourceLocation(path))
        ]
    if data.startswith(_UTF16):
        return None, [finding("VG011", "the file is stored as UTF-16, not as UTF-8", SourceLocation(path, 1, 1))]
    findings: list[Finding] = []
    if data.startswith(_BOM):
        findings.append(finding("VG012", "the file begins with a byte-order mark", SourceLocation(path, 1, 1)))
        data = data[len(_BOM) :]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = place_of(before, len(before))
        byte = data[error.start]
        message = f"byte 0x{byte:02X} is no UTF-8"
        return None, [*findings, finding("VG011", message, SourceLocation(path, line, column, 1))]
    if "\x00" in text:
        line, column = place_of(text, text.index("\x00"))
        message = "the file holds a NUL character, which no text file may hold"
        return None, [*findings, finding("VG013", message, SourceLocation(path, line, column, 1))]
    findings.extend(invisible_characters(path, text))
    return text, findings


def invisible_characters(path: str, text: str) -> Iterator[Finding]:
    """Yield a warning for the first invisible character of each line, at most twenty."""
    if text.isascii():
        return
    seen: set[int] = set()
    for match in _INVISIBLE.finditer(text):
        line, column = place_of(text, match.start())
        if line in seen:
            continue
        seen.add(line)
        name = visible(match.group())
        yield finding("VG025", f"invisible character {name} in the text", SourceLocation(path, line, column, 1))
        if len(seen) == _MOST_INVISIBLE:
            return


def has_invisible(text: str) -> str:
    """Return the first invisible or control character of a text as ``U+202E``, or an empty text."""
    match = _INVISIBLE.search(text) or _CONTROL.search(text)
    return visible(match.group()) if match else ""


def control_character(text: str) -> tuple[int, str] | None:
    """Return offset and ``U+0007`` of the first control character that no text file may hold, or None."""
    match = _CONTROL.search(text)
    return (match.start(), visible(match.group())) if match else None


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of an offset; CRLF, LF and a lone CR end a line."""
    before = text[:offset]
    line = before.count("\n") + 1
    start = before.rfind("\n") + 1
    if "\r" in before:
        ends = [match.end() for match in _LONE_RETURN.finditer(text, 0, offset + 1) if match.end() <= offset]
        line += len(ends)
        start = max(start, *ends, 0)
    return line, offset - start + 1


def visible(char: str) -> str:
    """Return a character as ``U+202E``."""
    return f"U+{ord(char):04X}"


def shown(text: str, longest: int = 60) -> str:
    """Return a text for a message: one line, control characters visible, cut when long."""
    flat = "".join(
        visible(c) if _INVISIBLE.match(c) or (not c.isprintable() and c != " ") else c for c in text[: longest + 1]
    )
    return flat if len(text) <= longest else flat[:longest] + "..."
