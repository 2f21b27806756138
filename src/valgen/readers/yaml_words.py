"""What the YAML parser complains about, in words for people who know spreadsheets better than YAML.

The parser names the rule that broke; this module looks at the line and says what was probably meant. The texts
matched are those of PyYAML's C parser and of its Python parser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_LINES = re.compile(r"\r\n|\r|\n")


class SyntaxWords(NamedTuple):
    """A syntax error as a finding: code, message, mend, line and column from 1."""

    code: str
    message: str
    fix: str
    line: int
    column: int


class _Rule(NamedTuple):
    """A rule matches when one of its texts stands in the parser's problem or context.

    Attributes:
        problem: texts of the problem; empty matches every problem.
        context: texts of the context; empty matches every context.
        at_begin: whether the place is where the broken thing began, not where it was noticed.
    """

    problem: tuple[str, ...]
    context: tuple[str, ...]
    message: str
    fix: str
    at_begin: bool = False
    code: str = "VG015"


_RULES = (
    _Rule(
        ("invalid Unicode",),
        (),
        "a backslash code that stands for no character",
        "write the character itself",
        code="VG013",
    ),
    _Rule(
        ("escape",),
        ("quoted scalar",),
        "a backslash in double quotes that YAML does not know",
        "put the text into single quotes, or write the backslash twice",
    ),
    _Rule((), ("quoted scalar",), "this quote is never closed", "put the same quote sign at the end of the text", True),
    _Rule(
        ("alphabetic or numeric", "alphabetic or digit"),
        (),
        "text may not begin with the sign * or &",
        "put the whole text into quotes",
    ),
    _Rule(("mapping values are not allowed",), (), "a colon stands where none can be",
          "put the text into quotes if the colon belongs to it; otherwise indent the key like its neighbours"),
    _Rule(
        ("could not find expected ':'",),
        (),
        "a line that is neither a key with a colon nor part of a text",
        "write key: value, or indent the line deeper than the key whose text it continues",
        True,
    ),
    _Rule(
        ("sequence entries are not allowed",),
        (),
        "a list entry (-) stands where none can be",
        "begin the list on a line of its own, indented below its key",
    ),
    _Rule(("tag",), (), "text may not begin with an exclamation mark", "put the whole text into quotes", code="VG019"),
    _Rule(
        (),
        ("block scalar",),
        "after | or > only the text on the next lines may follow",
        "begin the text on the next line, indented below its key",
    ),
    _Rule(
        (),
        ("block collection", "block mapping"),
        "the line does not fit the indentation of the lines above it",
        "indent it exactly like its neighbours; text after a closing quote must go inside the quotes",
    ),
    _Rule(
        ("document start",),
        (),
        "something stands after the end of the content",
        "indent the line like its neighbours, or remove it",
    ),
    _Rule(("node content",), (), "a value is missing here", "write the value, or remove the sign before it"),
)  # fmt: skip


def explain_syntax(error: Exception, text: str) -> SyntaxWords:
    """Translate a parser error.

    Args:
        error: a ``yaml.YAMLError`` with marks where the parser gave any.
        text: the file.
    """
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    context = str(getattr(error, "context", "") or "")
    line, column = _place(mark)
    began = _place(getattr(error, "context_mark", None) or mark)
    lines = _LINES.split(text)
    at = lines[line - 1] if line <= len(lines) else ""

    if _tab_in_indent(at, column) or "tab character" in problem:
        where = at.find("\t") + 1 or column
        fix = "replace the tab by spaces; most editors have a setting for it"
        return SyntaxWords("VG016", "a tab stands where the indentation must be spaces", fix, line, where)
    if "flow sequence" in context or "flow mapping" in context:
        return _bracket("flow sequence" in context, at, line, column, began)
    if "cannot start any token" in problem:
        sign = at[column - 1 : column]
        return SyntaxWords(
            "VG015", f"text may not begin with the sign {sign}", "put the whole text into quotes", line, column
        )
    for rule in _RULES:
        if _any(rule.problem, problem) and _any(rule.context, context):
            place = began if rule.at_begin else (line, column)
            return SyntaxWords(rule.code, rule.message, rule.fix, *place)
    return SyntaxWords("VG015", f"the file is no valid YAML here ({problem})", "", line, column)


def _any(texts: tuple[str, ...], found: str) -> bool:
    return not texts or any(text in found for text in texts)


def _bracket(is_list: bool, at: str, line: int, column: int, began: tuple[int, int]) -> SyntaxWords:
    opened, closed = ("[", "]") if is_list else ("{", "}")
    if line == began[0] and at[column - 1 : column] not in ("", "#"):
        message = (
            f"a comma or {closed} is missing in this list" if is_list else f"a comma, colon or {closed} is missing here"
        )
        fix = "separate the entries by commas; put entries with special signs into quotes"
        return SyntaxWords("VG015", message, fix, line, column)
    return SyntaxWords("VG015", f"the bracket {opened} is never closed", f"put {closed} after the last entry", *began)


def _tab_in_indent(line: str, column: int) -> bool:
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return "\t" in indent and column <= len(indent) + 1


def _place(mark: object) -> tuple[int, int]:
    if mark is None:
        return 1, 1
    return mark.line + 1, mark.column + 1  # type: ignore[attr-defined]
