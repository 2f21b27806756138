"""The quick Gherkin parser says exactly what the official one says, mistakes included."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.token_scanner import TokenScanner

from valgen.readers.gherkin_parser import _parser_class, _scanner_class

LINES = (
    "Feature: F",
    "Background:",
    "Rule: R",
    "Scenario: S",
    "Scenario Outline: O",
    "Examples:",
    "  Given a",
    "  When b",
    "  Then c",
    "  And d",
    "  * e",
    "| a | b |",
    "| 1 | 2 |",
    "| 1 |",
    '  """',
    "  ```",
    '""" json',
    "@a @b",
    "  @c # x",
    "@a b",
    "# comment",
    "# language: de",
    "# language: xx",
    "",
    "   ",
    "text",
    "Funktionalität: F",
    "Szenario: S",
    "Angenommen x",
    "\\n",
    '  """x',
    "|",
    "@",
    "*",
    "*x",
    "Given",
    "Example: E",
    "Scenarios:",
    "\u00a0Given y",
)


def parsed(parser: Any, scanner: Any) -> Any:
    try:
        return parser.parse(scanner)
    except CompositeParserException as error:
        return [(str(one), one.location) for one in error.errors]
    except ParserException as error:
        return str(error), error.location


def official(text: str) -> Any:
    scanner = TokenScanner("")
    scanner.io = io.StringIO(text)
    return parsed(Parser(), scanner)


@pytest.mark.parametrize("seed", range(10))
def test_quick_parser_agrees_with_the_official_one(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        lines = [chance.choice(LINES) for _ in range(chance.randrange(14))]
        text = "\n".join(["Feature: F", *lines] if chance.random() < 0.8 else lines) + chance.choice(["", "\n"])
        assert parsed(_parser_class()(), _scanner_class()(text)) == official(text), text
