"""The quick Gherkin parser says exactly what the official one says, mistakes included."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.token_scanner import TokenScanner

from valgen.readers.gherkin_parser import _step_keywords, quick_parse

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


def parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except CompositeParserException as error:
        return [(str(one), one.location) for one in error.errors]
    except ParserException as error:
        return str(error), error.location


def official(text: str) -> Any:
    scanner = TokenScanner("")
    scanner.io = io.StringIO(text)
    return Parser().parse(scanner)


@pytest.mark.parametrize("seed", range(10))
def test_quick_parser_agrees_with_the_official_one(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        lines = [chance.choice(LINES) for _ in range(chance.randrange(14))]
        text = "\n".join(["Feature: F", *lines] if chance.random() < 0.8 else lines) + chance.choice(["", "\n"])
        assert parsed(quick_parse, text) == parsed(official, text), text


LANGUAGES = sorted(json.loads(resources.files("gherkin").joinpath("gherkin-languages.json").read_text("utf-8")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_step_keywords_of_every_language_are_read_as_by_the_official_parser(language: str) -> None:
    dialect = Dialect.for_name(language)
    assert dialect is not None
    words = [word for group in _step_keywords(language).values() for word, _ in group]
    official_words = {*dialect.given_keywords, *dialect.when_keywords, *dialect.then_keywords, *dialect.and_keywords}
    assert set(words) == official_words | set(dialect.but_keywords)
    steps = "".join(f"    {word}a {word}\n  {word.strip()}\n" for word in words)
    feature, scenario = dialect.feature_keywords[0], dialect.scenario_keywords[0]
    text = f"# language: {language}\n{feature}: F\n  {scenario}: S\n{steps}"
    assert parsed(quick_parse, text) == parsed(official, text)
