"""What the YAML parser complains about, in words for people who know spreadsheets better than YAML.

The parser names the rule that broke; this module looks at the line and says what was probably meant.
"""

from __future__ import annotations

import re

_LINES = re.compile(r"\r\n|\r|\n")


def explain_syntax(error: Exception, text: str) -> tuple[str, str, str, int, int]:
    """Translate a parser error.

    Args:
        error: a ``yaml.YAMLError`` with marks where the parser gave any.
        text: the file.

    Returns:
        Code, message, mend, line and column (from 1).
    """
    mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None) or mark
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    context = str(getattr(error, "context", "") or "")
    lines = _LINES.split(text)
    line, column = _place(mark)
    at, from_line, from_column = _line(lines, line), *_place(context_mark)

    if _tab_in_indent(at, column) or "tab" in problem:
        tab_column = at.find("\t") + 1 or column
        return ("VG016", "a tab stands where the indentation must be spaces",
                "replace the tab by spaces; most editors have a setting for it", line, tab_column)  # fmt: skip
    if "quoted scalar" in context and "escape" in problem:
        return ("VG015", "a backslash in double quotes that YAML does not know",
                "put the text into single quotes, or write the backslash twice", line, column)  # fmt: skip
    if "quoted scalar" in context:
        return ("VG015", "this quote is never closed", "put the same quote sign at the end of the text",
                from_line, from_column)  # fmt: skip
    if "flow sequence" in context or "flow mapping" in context:
        return _bracket("flow sequence" in context, at, line, column, from_line, from_column)
    if "cannot start any token" in problem:
        char = at[column - 1 : column]
        return ("VG015", f"text may not begin with the sign {char}", "put the whole text into quotes", line, column)
    if "anchor" in context or "alias" in context or "alphabetic or numeric" in problem:
        return ("VG015", "text may not begin with the signs * or &", "put the whole text into quotes", line, column)
    if "mapping values are not allowed" in problem:
        return ("VG015", "a colon stands where none can be",
                "put the text into quotes if the colon belongs to it, otherwise check that the key is indented like its neighbours",
                line, column)  # fmt: skip
    if "could not find expected ':'" in problem or "simple key" in context:
        return ("VG015", "a line that is neither a key with a colon nor part of a text",
                "write key: value, or indent the line deeper than the key whose text it continues", from_line, from_column)  # fmt: skip
    if "block sequence entries are not allowed" in problem:
        return ("VG015", "a list entry (-) stands where none can be", "begin the list on a line of its own, indented below its key",
                line, column)  # fmt: skip
    if "block collection" in context or "block mapping" in context or "block end" in problem:
        return ("VG015", "the line does not fit the indentation of the lines above it",
                "indent it exactly like its neighbours; text after a closing quote must go inside the quotes", line, column)  # fmt: skip
    if "document start" in problem:
        return ("VG015", "something stands after the end of the content", "indent the line like its neighbours, or remove it",
                line, column)  # fmt: skip
    if "tag" in context or "tag" in problem:
        return ("VG019", "text may not begin with an exclamation mark", "put the whole text into quotes", line, column)
    if "block scalar" in context:
        return ("VG015", "after | or > only the text on the next lines may follow",
                "begin the text on the next line, indented below its key", line, column)  # fmt: skip
    if "node content" in problem:
        return ("VG015", "a value is missing here", "write the value, or remove the sign before it", line, column)
    return ("VG015", f"the file is no valid YAML here ({problem})", "", line, column)


def _bracket(
    is_list: bool, at: str, line: int, column: int, from_line: int, from_column: int
) -> tuple[str, str, str, int, int]:
    opened, closed = ("[", "]") if is_list else ("{", "}")
    if line == from_line and at[column - 1 : column] not in ("", "#"):
        message = (
            f"a comma or {closed} is missing in this list"
            if is_list
            else f"a comma, a colon or {closed} is missing here"
        )
        return (
            "VG015",
            message,
            "separate the entries by commas; put entries with special signs into quotes",
            line,
            column,
        )
    return (
        "VG015",
        f"the bracket {opened} is never closed",
        f"put {closed} after the last entry",
        from_line,
        from_column,
    )


def _tab_in_indent(line: str, column: int) -> bool:
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return "\t" in indent and column <= len(indent) + 1


def _place(mark: object) -> tuple[int, int]:
    if mark is None:
        return 1, 1
    return mark.line + 1, mark.column + 1  # type: ignore[attr-defined]


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""
