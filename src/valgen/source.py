"""Places in the files that people write.

A place is a path relative to the project folder, a line and a column, both counted from 1;
the column counts characters, not bytes. This module holds values only and opens no file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SourceLocation:
    """One place in one file.

    Attributes:
        path: relative to the project folder, with forward slashes.
        line: from 1; 0 when the place is the file as a whole.
        column: from 1, counted in characters; 0 when the place is the whole line.
        length: how many characters the marker underlines; 0 when unknown.
    """

    path: str
    line: int = 0
    column: int = 0
    length: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column or 1}"


def caret_line(source_line: str, column: int, length: int) -> str:
    """Return the marker that stands under ``source_line`` at ``column``.

    Tabs before the column are kept, so that the caret lines up in a terminal.

    Args:
        source_line: the line as it stands in the file, without its end.
        column: from 1.
        length: characters to underline; at least one marker is drawn.
    """
    lead = "".join("\t" if char == "\t" else " " for char in source_line[: max(column - 1, 0)])
    room = max(len(source_line) - max(column - 1, 0), 1)
    return lead + "^" + "~" * (min(max(length, 1), room) - 1)
