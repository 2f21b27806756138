"""Takes the values of secrets out of everything that is kept or shown.

A value is found as it stands and in the forms that text takes on its way into files: JSON, Python, HTML, URL and
Base64. Bytes that are text are redacted; bytes that are not text (a picture, a zip) cannot be mended without damage,
so the caller is told when they hold a secret as it stands.

Source: design.md §3.1, §11; integrity.md canaries.
"""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Mapping
from typing import Any

SHORTEST_SECRET = 4

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def mark(name: str) -> str:
    """Return what stands in place of a secret's value."""
    return f"[secret {name}]"


class Redactor:
    """Replaces the values of secrets by their names.

    Args:
        secrets: name to value; values shorter than ``SHORTEST_SECRET`` characters are the caller's to refuse.
    """

    __slots__ = ("_marks", "_pattern", "_values")

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._values = tuple(value for value in secrets.values() if value)
        self._marks: dict[str, str] = {}
        for name, value in secrets.items():
            if value:
                for form in _forms(value):
                    self._marks.setdefault(form, mark(name))
        # The longest form first, so that a value which begins with another is replaced as a whole.
        forms = sorted(self._marks, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, forms))) if forms else None

    def text(self, value: str) -> str:
        """Return a text without secrets."""
        if self._pattern is None:
            return value
        return self._pattern.sub(lambda found: self._marks[found.group()], value)

    def value(self, value: Any) -> Any:
        """Return a JSON value with every text in it redacted, keys included."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(inner) for inner in value]
        return value

    def data(self, data: bytes) -> bytes | None:
        """Return the bytes of an attachment without secrets, or None where they cannot be taken out.

        Text in UTF-8 and UTF-16 (with its byte-order mark) is redacted.
        """
        if self._pattern is None:
            return data
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                text = data.decode("utf-16")
            except UnicodeDecodeError:
                text = None
            if text is not None:
                redacted = self.text(text)
                return data if redacted == text else redacted.encode("utf-16")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            found = any(value.encode(encoding, "replace") in data for value in self._values for encoding in _ENCODINGS)
            return None if found else data
        redacted = self.text(text)
        return data if redacted == text else redacted.encode("utf-8")


def _forms(value: str) -> set[str]:
    raw = value.encode("utf-8", "surrogatepass")
    forms = {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        html.escape(value),
        html.escape(value, quote=False),
        urllib.parse.quote(raw),
        urllib.parse.quote(raw, safe=""),
        urllib.parse.quote_plus(raw),
        base64.b64encode(raw).decode("ascii"),
        base64.urlsafe_b64encode(raw).decode("ascii"),
    }
    # A value that stands inside a longer Base64 text, such as user:password, shows at one of three offsets.
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + raw).decode("ascii").rstrip("=")
        start = (lead * 8 + 5) // 6
        end = (lead + len(raw)) * 8 // 6
        part = encoded[start:end]
        if len(part) >= 8:
            forms.add(part)
    return {form for form in forms if len(form) >= SHORTEST_SECRET}
