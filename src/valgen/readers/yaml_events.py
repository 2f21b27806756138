"""YAML as plain mappings, lists and texts with their places; everything else is refused.

The reader works on parser events, so that a file is judged before anything is built from it:

- every scalar is text; whether ``NO``, ``1.10`` or ``12:30`` may stand somewhere is decided by the field;
- aliases, anchors, tags, merge keys, complex keys, a key written twice and a second document are findings;
- depth and number of values are limited while reading, so that a hostile file ends early;
- an error of syntax ends the file with one finding in plain words.

The events come from PyYAML's C parser where it exists (measured: 4.4 MB in 0.17 s) and from its Python parser
elsewhere. Garbage collection rests while a file is built, because it costs more than the building.

Source: integrity.md H-1. What the texts mean is left to the readers of each kind of file.
"""

from __future__ import annotations

import gc
import re
from typing import Any, NamedTuple

from valgen.codes import finding
from valgen.errors import Finding
from valgen.readers.text import control_character, has_invisible, place_of, shown
from valgen.readers.yaml_words import explain_syntax
from valgen.source import SourceLocation

DEEPEST = 32
MOST_VALUES = 2_000_000
CUT = "#"  # style of a plain text that a comment ends on its line


class Text(NamedTuple):
    """One scalar.

    Attributes:
        value: as text, whatever it looks like.
        line: from 1.
        column: from 1, in characters.
        style: empty for plain, ``#`` for plain text that a comment follows on its line, else the quote or
            block sign.
    """

    value: str
    line: int
    column: int
    style: str

    @property
    def plain(self) -> bool:
        """Whether it stands without quotes."""
        return self.style in ("", CUT)


class Listing(list["Node"]):
    """A list with the place where it begins."""

    __slots__ = ("column", "line")
    line: int
    column: int


class Block(dict[str, "tuple[Node, int, int]"]):
    """A mapping: per key its value and line and column of the key; with the place where it begins."""

    __slots__ = ("column", "line")
    line: int
    column: int


# None stands for a value that was refused with a finding, so that nobody complains about it twice.
Node = Text | Listing | Block | None

_DROPPED = "\x00"  # key under which refused entries are collected until their mapping ends
_AFTER = re.compile(r"[ \t]+#")


def read_yaml(path: str, text: str) -> tuple[Node, list[Finding]]:
    """Read one file.

    Args:
        path: for the findings, relative to the project folder.
        text: decoded, without a byte-order mark.

    Returns:
        The root, or None where the file is empty or cannot be used; and every finding.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        return _Builder(path, text).build()
    finally:
        if was_collecting:
            gc.enable()


def kind_of(node: Node) -> str:
    """Return what a node is, in words for a message."""
    if isinstance(node, Block):
        return "a group of keys"
    if isinstance(node, Listing):
        return "a list"
    return "text"


def place(path: str, node: Node, length: int = 0) -> SourceLocation:
    """Return where a node begins."""
    if node is None:
        return SourceLocation(path)
    return SourceLocation(path, node.line, node.column, length)


def _parser(text: str) -> tuple[Any, type[Exception]]:
    import yaml

    try:
        from yaml.cyaml import CParser  # type: ignore[attr-defined]
    except ImportError:
        return _python_parser(text), yaml.YAMLError
    return CParser(text), yaml.YAMLError


def _python_parser(text: str) -> Any:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        """Reader, scanner and parser in one object, as PyYAML composes them."""

        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PythonParser(text)


class _Builder:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.findings: list[Finding] = []

    def build(self) -> tuple[Node, list[Finding]]:
        break_at = re.search("[\u0085\u2028\u2029]", self.text) if not self.text.isascii() else None
        if break_at:
            # YAML 1.1 counts these as line ends and no editor does, so every later place would be wrong.
            line, column = place_of(self.text, break_at.start())
            name = f"U+{ord(break_at.group()):04X}"
            self._add(
                "VG013", f"invisible line separator {name}", line, column, fix="put an ordinary line end in its place"
            )
            return None, self.findings
        error_type: type[Exception] = Exception
        try:
            parser, error_type = _parser(self.text)
            return self._events(parser), self.findings
        except error_type as error:
            self._syntax(error)
            return None, self.findings

    def _events(self, parser: Any) -> Node:
        from yaml import events as ev

        scalar, mapping_start, sequence_start = ev.ScalarEvent, ev.MappingStartEvent, ev.SequenceStartEvent
        mapping_end, sequence_end, alias = ev.MappingEndEvent, ev.SequenceEndEvent, ev.AliasEvent
        next_event, new_text = parser.get_event, tuple.__new__
        comment_lines = self._comment_lines()
        stack: list[tuple[Any, str | None, int, int]] = []
        current: Any = None
        in_mapping = False
        key: str | None = None
        key_line = key_column = 0
        root: Node = None
        documents = values = 0
        while True:
            event = next_event()
            kind = event.__class__
            node: Node
            if kind is scalar:
                values += 1
                mark = event.start_mark
                line, column = mark.line + 1, mark.column + 1
                value, style = event.value, event.style or ""
                if event.anchor is not None or event.tag is not None:
                    self._anchor_or_tag(event, line, column)
                if style == '"' and (name := self._hidden(value)):
                    self._hidden_escape(name, line, column)
                if in_mapping and key is None:
                    key, key_line, key_column = value, line, column
                    if key in current or key == "<<" or (style and style not in "\"'") or "\x00" in key:
                        key = self._odd_key(key, style, line, column, current)
                    continue
                if not style and comment_lines and event.end_mark.line in comment_lines:
                    end = event.end_mark
                    if _AFTER.match(comment_lines[end.line], end.column):
                        style = CUT
                if values > MOST_VALUES:
                    self._add("VG023", f"the file holds more than {MOST_VALUES:,} values", line, column)
                    return None
                node = new_text(Text, (value, line, column, style))
            elif kind is mapping_start or kind is sequence_start:
                mark = event.start_mark
                line, column = mark.line + 1, mark.column + 1
                if event.anchor is not None or event.tag is not None:
                    self._anchor_or_tag(event, line, column)
                if in_mapping and key is None:
                    self._add("VG021", "a key that is itself a list or a group of keys", line, column)
                    key, key_line, key_column = None, line, column
                if len(stack) >= DEEPEST:
                    self._add("VG023", f"values nested more than {DEEPEST} deep", line, column)
                    return None
                stack.append((current, key, key_line, key_column))
                current = Block() if kind is mapping_start else Listing()
                current.line, current.column = line, column
                in_mapping, key = kind is mapping_start, None
                continue
            elif kind is mapping_end or kind is sequence_end:
                node = current
                if kind is mapping_end:
                    current.pop(_DROPPED, None)
                current, key, key_line, key_column = stack.pop()
                in_mapping = current.__class__ is Block
                if in_mapping and key is None:
                    key = _DROPPED  # the node was a complex key; its value is dropped with it
                    continue
            elif kind is alias:
                mark = event.start_mark
                line, column = mark.line + 1, mark.column + 1
                self._add("VG018", f"*{shown(event.anchor)} points to another place in the file", line, column)
                if in_mapping and key is None:
                    key = _DROPPED
                    continue
                node = None
            elif kind is ev.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    mark = event.start_mark
                    self._add("VG022", "a second document begins in this file", mark.line + 1, mark.column + 1)
                    return root
                continue
            elif kind is ev.StreamEndEvent:
                return root
            else:
                continue
            if in_mapping:
                current[key] = (node, key_line, key_column)
                key = None
            elif current is not None:
                current.append(node)
            else:
                root = node

    def _comment_lines(self) -> dict[int, str]:
        """Return the lines, from 0, on which a comment follows something else."""
        if " #" not in self.text and "\t#" not in self.text:
            return {}
        lines = re.split(r"\r\n|\r|\n", self.text)
        return {number: line for number, line in enumerate(lines) if " #" in line or "\t#" in line}

    @staticmethod
    def _hidden(value: str) -> str:
        return "" if value.isascii() and value.isprintable() else has_invisible(value)

    def _hidden_escape(self, name: str, line: int, column: int) -> None:
        number = int(name[2:], 16)
        if number < 0x20 or 0xD800 <= number <= 0xDFFF:
            self._add("VG013", f"the control character {name} written with a backslash", line, column)
        elif name not in self.text and not has_invisible(self.text):
            self._add("VG025", f"invisible character {name} written with a backslash", line, column)

    def _odd_key(self, key: str, style: str, line: int, column: int, current: Block) -> str:
        if style in ("|", ">"):
            self._add("VG021", "a key of several lines", line, column)
        elif key == "<<" and not style:
            self._add("VG020", "the merge key << takes over entries from another place", line, column)
        elif key in current:
            _, first_line, _ = current[key]
            what = f"the key {shown(key)} stands twice; it was written first in line {first_line}"
            self._add("VG017", what, line, column, length=len(key))
        elif "\x00" not in key:
            return key
        return _DROPPED

    def _anchor_or_tag(self, event: Any, line: int, column: int) -> None:
        if event.anchor is not None:
            self._add("VG018", f"&{shown(event.anchor)} marks a place to be copied elsewhere", line, column)
        if event.tag is not None:
            self._add("VG019", f"the tag {shown(event.tag)}", line, column)

    def _syntax(self, error: Exception) -> None:
        control = control_character(self.text)
        if control and getattr(error, "problem_mark", None) is None:
            offset, name = control
            line, column = place_of(self.text, offset)
            self._add("VG013", f"the control character {name}, which no YAML file may hold", line, column)
            return
        words = explain_syntax(error, self.text)
        self._add(words.code, words.message, words.line, words.column, fix=words.fix)

    def _add(self, code: str, message: str, line: int, column: int, *, fix: str = "", length: int = 0) -> None:
        self.findings.append(finding(code, message, SourceLocation(self.path, line, column, length), fix=fix))
