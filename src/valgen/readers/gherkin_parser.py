"""gherkin-official, started so that it wastes no time.

The official parser builds a table of its fifty states for every line, asks each kind of line in turn, tries every
keyword of the language on every step, and wraps each call in a handling of errors that few calls need. The
subclasses here do the same work once, and look at the first sign of a line before they ask. States, languages,
tables, doc strings, tags and the tree stay the official code's (measured: less than half its time). A test compares
both, mistakes included. Errors become findings in plain words.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

from valgen.codes import finding
from valgen.errors import Finding
from valgen.readers.gherkin_plain import plain_feature
from valgen.readers.gherkin_words import explain_gherkin
from valgen.source import SourceLocation

_QUOTES = ('"', "`")
_NO_WORDS = ("", "@", "#", "|", *_QUOTES)  # no keyword of any language begins with one of these


def parse_gherkin(path: str, text: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """Return the syntax tree of gherkin-official, or None and a finding for each error."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    plain = plain_feature(normal)
    if plain is not None:
        return {"feature": plain}, []
    from gherkin.errors import CompositeParserException, ParserException

    try:
        return dict(quick_parse(normal)), []
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


def quick_parse(text: str) -> Any:
    """Return the syntax tree of a text whose lines end with line feeds.

    Raises:
        gherkin.errors.ParserException: as the official parser does.
    """
    parser, builder, matcher, scanner = _classes()
    return parser(builder()).parse(scanner(text), matcher())


@functools.cache
def _classes() -> tuple[Any, Any, Any, Any]:
    return _parser_class(), _builder_class(), _matcher_class(), _scanner_class()


def _parser_class() -> Any:
    from gherkin.ast_node import AstNode
    from gherkin.errors import AstBuilderException
    from gherkin.parser import Parser

    class QuickParser(Parser):
        """The official parser without its repeated work.

        Only what may raise an error of its own (tags, a language, the end of a table) goes through the official
        handling of errors; everything else asks matcher and builder directly.
        """

        def __init__(self, builder: Any) -> None:
            super().__init__(builder)
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
            self.ast_builder.stack.append(AstNode(rule_type))

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


def _builder_class() -> Any:
    from gherkin.ast_builder import AstBuilder

    class QuickBuilder(AstBuilder):
        """The official builder; a step, which is most of every tree, is built without asking for its kind."""

        def end_rule(self, rule_type: str) -> None:
            node = self.stack.pop()
            self.stack[-1].add(node.rule_type, self.transform_node(node))

        def transform_node(self, node: Any) -> Any:
            if node.rule_type != "Step":
                return super().transform_node(node)
            line = node.get_token("StepLine")
            step = {
                "id": self.id_generator.get_next_id(),
                "location": line.location,
                "keyword": line.matched_keyword,
                "keywordType": line.matched_keyword_type,
                "text": line.matched_text,
            }
            table, doc_string = node.get_single("DataTable"), node.get_single("DocString")
            if table is not None:
                step["dataTable"] = table
            if doc_string is not None:
                step["docString"] = doc_string
            return step

    return QuickBuilder


def _matcher_class() -> Any:
    from gherkin.token_matcher import TokenMatcher

    class QuickMatcher(TokenMatcher):
        """The official matcher; the keywords of steps are looked up by their first sign, longest first."""

        def match_StepLine(self, token: Any) -> bool:
            line = token.line
            text = line.get_line_text()
            for keyword, kind in _step_keywords(self.dialect_name).get(token.sign, ()):
                if text.startswith(keyword):
                    token.matched_type = "StepLine"
                    token.matched_text = text[len(keyword) :].strip()
                    token.matched_keyword = keyword
                    token.matched_keyword_type = kind
                    token.matched_indent = line.indent
                    token.matched_items = []
                    token.location["column"] = line.indent + 1
                    token.matched_gherkin_dialect = self.dialect_name
                    return True
            return False

    return QuickMatcher


@functools.cache
def _step_keywords(language: str) -> dict[str, list[tuple[str, str]]]:
    """Return the step keywords of a language by first sign, longest first, with the kind that the parser gives them."""
    from gherkin.dialect import Dialect

    dialect: Any = Dialect.for_name(language)
    kinds: dict[str, list[str]] = {}
    for kind, words in (
        ("Context", dialect.given_keywords),
        ("Action", dialect.when_keywords),
        ("Outcome", dialect.then_keywords),
        ("Conjunction", [*dialect.and_keywords, *dialect.but_keywords]),
    ):
        for word in words:
            kinds.setdefault(word, []).append(kind)
    found: dict[str, list[tuple[str, str]]] = {}
    for word in sorted(kinds, key=len, reverse=True):
        found.setdefault(word[0], []).append((word, kinds[word][0] if len(kinds[word]) == 1 else "Unknown"))
    return found


def _scanner_class() -> Any:
    from gherkin.gherkin_line import GherkinLine
    from gherkin.token import Token
    from gherkin.token_scanner import TokenScanner

    class SignScanner(TokenScanner):
        """The official scanner, which also notes the first sign of each line; empty for an empty line and the end."""

        def __init__(self, text: str) -> None:
            # Some releases take a text that names an existing file for that file; an empty one never does.
            super().__init__("")
            self.io.close()
            self.io = io.StringIO(text)

        def read(self) -> Any:
            self.line_number += 1
            text = self.io.readline()
            line: Any = GherkinLine(text, self.line_number) if text else text
            token: Any = Token(line, {"line": self.line_number})
            token.sign = line.get_line_text()[:1] if line else ""
            token.matched_type = None
            return token

    return SignScanner
