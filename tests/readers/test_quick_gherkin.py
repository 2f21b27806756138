"""The quick Gherkin parsers say exactly what the official one says, mistakes included."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.token_scanner import TokenScanner

from valgen.readers import gherkin_plain as plain
from valgen.readers.gherkin_parser import _step_keywords, parse_gherkin, quick_parse
from valgen.readers.gherkin_plain import plain_feature

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


# Plain features

OFTEN = (
    "  Given a", "  When b  ", "  Then c", "  And d", "  * e", "Scenario: S", "  Scenario:  S x ",
    "Scenario Outline: O",
    "Examples: named", "| a | b |", "  |  1 |2|", "@a @b", "# comment", "", "   ", "text", "  more text ",
    "Background: b",
)  # fmt: skip
SELDOM = (
    *LINES, "||", "| |", "|\u00a0a|", "| a", "| \\| |", "@a@b", "@x\t@y  ", "Given ", "*x", "Ability: x", "Feature:",
    "Scenario Template: q", "\tThen z\t", "\x0bThen v", "Examples:x", "Rule:", "Example :",
)  # fmt: skip


def without_ids(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: without_ids(value) for key, value in node.items() if key != "id"}
    return [without_ids(one) for one in node] if isinstance(node, list) else node


def assert_plain_is_official(text: str) -> bool:
    feature = plain_feature(text)
    if feature is not None:
        assert feature == without_ids(official(text)["feature"]), text
    return feature is not None


def test_plain_feature_gives_the_official_tree_or_gives_up() -> None:
    chance = random.Random(7)
    plain_ones = 0
    for _ in range(4_000):
        lines = [chance.choice(OFTEN if chance.random() < 0.93 else SELDOM) for _ in range(chance.randrange(14))]
        text = "\n".join(["Feature: F", *lines] if chance.random() < 0.9 else lines) + chance.choice(["", "\n"])
        plain_ones += assert_plain_is_official(text)
    assert plain_ones > 400


def test_features_of_this_repository_have_the_official_tree(repository: Path) -> None:
    files = [
        path for folder in ("examples", "test_scripts", "src") for path in (repository / folder).rglob("*.feature")
    ]
    found = [assert_plain_is_official(path.read_text(encoding="utf-8")) for path in files]
    assert any(found)


@pytest.mark.parametrize(
    "text",
    [
        "", "text", "Feature: F\nFeature: G", "# language: de\nFunktionalität: F", "Feature: F\n  Rule: R\n",
        "Feature: F\nScenario: S\n  Given a\n  text", 'Feature: F\nScenario: S\n  Given a\n  """\n  x\n  """',
        "Feature: F\n@tag", "Feature: F\nScenario: S\nGiven a\n| a \\| b |", "Feature: F\nGiven a", "@a b\nFeature: F",
        "Feature: F\nScenario: S\nGiven a\n| a | b |\n| c |", "Feature: F\nScenario: S\nGiven a\nExamples:\n",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_official_parser(text: str) -> None:
    assert plain_feature(text) is None


def test_plain_words_are_those_of_the_official_parser() -> None:
    dialect = Dialect.for_name("en")
    assert dialect is not None
    steps = {word for group in _step_keywords("en").values() for word, _ in group}
    assert set(plain.STEP_KINDS) == steps
    for group in _step_keywords("en").values():
        for word, kind in group:
            assert plain.STEP_KINDS[word] == kind
    assert set(plain.SCENARIO_WORDS) == {*dialect.scenario_keywords, *dialect.scenario_outline_keywords}
    assert set(plain.OUTLINE_WORDS) == set(dialect.scenario_outline_keywords)
    assert set(plain.EXAMPLES_WORDS) == set(dialect.examples_keywords)
    assert {"Background"} == set(dialect.background_keywords)
    assert {"Rule"} == set(dialect.rule_keywords)
    assert "Feature" in dialect.feature_keywords


def test_windows_line_ends_change_nothing() -> None:
    text = "Feature: F\n  some words\n  Scenario: S\n    Given a\n      | b |\n"
    assert parse_gherkin("a", text.replace("\n", "\r\n")) == parse_gherkin("a", text)
