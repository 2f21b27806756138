"""Line and column of every key and value of a TOML text.

The standard library reads TOML without places. This scanner runs over a text that ``tomllib`` has accepted, so
it only has to find where things stand: tables, arrays of tables, dotted keys, inline tables, arrays, all four
kinds of strings. Where it meets something it does not understand it stops, and later places fall back to the
nearest table it knows.
"""

from __future__ import annotations

Path = tuple[str | int, ...]
_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}


class TomlPlaces:
    """Places in one TOML text.

    Args:
        text: accepted by ``tomllib``.
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[Path, int] = {}
        self._values: dict[Path, int] = {}
        self._text = text
        _Scanner(text, self._keys, self._values).run()

    def key(self, path: Path) -> tuple[int, int, int]:
        """Return line, column and length of a key, or of the nearest thing around it."""
        while path:
            if path in self._keys:
                length = len(str(path[-1])) if not isinstance(path[-1], int) else 0
                return (*self._place(self._keys[path]), length)
            path = path[:-1]
        return 1, 1, 0

    def value(self, path: Path) -> tuple[int, int, int]:
        """Return line, column and length 0 of a value, or the place of its key."""
        if path in self._values:
            return (*self._place(self._values[path]), 0)
        return self.key(path)

    def _place(self, offset: int) -> tuple[int, int]:
        return self._text.count("\n", 0, offset) + 1, offset - self._text.rfind("\n", 0, offset)


class _Stopped(Exception):
    """The scanner met something it does not understand."""


class _Scanner:
    def __init__(self, text: str, keys: dict[Path, int], values: dict[Path, int]) -> None:
        self.text = text
        self.at = 0
        self.keys = keys
        self.values = values
        self.counts: dict[Path, int] = {}

    def run(self) -> None:
        try:
            self._document()
        except (_Stopped, RecursionError):
            return

    def _document(self) -> None:
        table: Path = ()
        while self._blank():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start = self.at
        double = self.text.startswith("[[", start)
        self.at += 2 if double else 1
        self._spaces()
        parts = self._dotted()
        path: Path = ()
        for number, (name, offset) in enumerate(parts, start=1):
            path = (*path, name)
            last = number == len(parts)
            if last and double:
                index = self.counts.get(path, -1) + 1
                self.counts[path] = index
                self.keys.setdefault(path, offset)
                path = (*path, index)
                self.keys[path] = offset
            else:
                self.keys.setdefault(path, offset)
                if path in self.counts:
                    path = (*path, self.counts[path])
        self._spaces()
        self._expect("]]" if double else "]")
        return path

    def _pair(self, table: Path) -> None:
        path = table
        for name, offset in self._dotted():
            path = (*path, name)
            self.keys.setdefault(path, offset)
        self._spaces()
        self._expect("=")
        self._spaces()
        self._value(path)

    def _dotted(self) -> list[tuple[str, int]]:
        parts = []
        while True:
            self._spaces()
            start = self.at
            char = self._peek()
            if char in ('"', "'"):
                name = self._string()
            else:
                while self._peek() in _BARE and self._peek():
                    self.at += 1
                name = self.text[start : self.at]
                if not name:
                    raise _Stopped
            parts.append((name, start))
            self._spaces()
            if self._peek() != ".":
                return parts
            self.at += 1

    def _value(self, path: Path) -> None:
        self.values[path] = self.at
        char = self._peek()
        if char in ('"', "'"):
            self._string()
        elif char == "[":
            self.at += 1
            index = 0
            while self._blank() and self._peek() != "]":
                self._value((*path, index))
                index += 1
                self._blank()
                if self._peek() == ",":
                    self.at += 1
            self._expect("]")
        elif char == "{":
            self.at += 1
            while self._blank() and self._peek() != "}":
                self._pair(path)
                self._blank()
                if self._peek() == ",":
                    self.at += 1
            self._expect("}")
        else:
            start = self.at
            while self._peek() and self._peek() not in ",]}#\r\n":
                self.at += 1
            if self.at == start:
                raise _Stopped

    def _string(self) -> str:
        quote = self.text[self.at]
        many = self.text.startswith(quote * 3, self.at)
        self.at += 3 if many else 1
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "\\" and quote == '"':
                parts.append(_ESCAPES.get(self.text[self.at + 1 : self.at + 2], ""))
                self.at += 2
            elif char == quote and not many:
                self.at += 1
                return "".join(parts)
            elif many and self.text.startswith(quote * 3, self.at):
                self.at += 3
                while self._peek() == quote:  # up to two quotes may stand directly before the closing three
                    self.at += 1
                return "".join(parts)
            else:
                parts.append(char)
                self.at += 1
        raise _Stopped

    def _blank(self) -> bool:
        """Skip spaces, line ends and comments; return whether anything is left."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r\n":
                self.at += 1
            elif char == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return True
        return False

    def _spaces(self) -> None:
        while self._peek() in (" ", "\t"):
            self.at += 1

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _expect(self, sign: str) -> None:
        if not self.text.startswith(sign, self.at):
            raise _Stopped
        self.at += len(sign)
