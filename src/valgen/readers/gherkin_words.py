"""What gherkin-official complains about, in words for people who write tests, not grammars."""

from __future__ import annotations

import re

_EXPECTED = re.compile(r"expected: (?P<expected>.*?), got '(?P<got>.*)'$", re.DOTALL)
_STEPS = ("Given ", "When ", "Then ", "And ", "But ", "* ")
_WORDS = {
    "FeatureLine": "Feature:",
    "RuleLine": "Rule:",
    "BackgroundLine": "Background:",
    "ScenarioLine": "Scenario:",
    "ExamplesLine": "Examples:",
    "StepLine": "a step (Given, When, Then, And, But)",
    "TableRow": "a table row (| ... |)",
    "DocStringSeparator": 'a text block (""")',
    "TagLine": "a tag (@...)",
    "Other": "text",
}


def explain_gherkin(message: str, written: str) -> tuple[str, str]:
    """Translate one parser error.

    Args:
        message: as gherkin-official wrote it.
        written: the line of the file.

    Returns:
        What is wrong, and how to mend it (or an empty text).
    """
    text = message.partition("): ")[2] or message
    if "inconsistent cell count" in text:
        return (
            "this table row has more or fewer cells than the first row",
            "count the | signs; a | inside a cell is written \\|",
        )
    if "Language not supported" in text:
        return f"Gherkin knows no language {text.rpartition(': ')[2]}", "use a language code such as en, de, fr or ja"
    if "may not contain whitespace" in text:
        return "a tag holds a space", "write each tag without spaces; further tags begin with @"
    if "unexpected end of file" in text:
        if "DocStringSeparator" in text:
            return "a text block is opened and never closed", 'close it with """ on a line of its own'
        if "#TagLine" in text:
            return (
                "the file ends after tags, but a tag belongs to what follows it",
                "write the scenario below the tags, or remove them",
            )
        return "the file ends too early", f"expected here: {_expected(text)}"
    match = _EXPECTED.search(text)
    if match:
        return _unexpected(match["expected"], match["got"].strip() or written.strip())
    return f"the file is no valid Gherkin here ({text})", ""


def _unexpected(expected: str, got: str) -> tuple[str, str]:
    head = got.partition(":")[0].strip()
    if got.startswith("|"):
        return "a table row stands where none belongs", "a table follows a step or Examples: directly"
    if got.startswith(('"""', "```")):
        return "a text block stands where none belongs", "a text block follows a step directly"
    if got.startswith("@"):
        return "tags stand where none belong", "tags stand directly above Feature, Rule, Scenario or Examples"
    if head == "Background":
        return "a Background stands where none belongs", "it stands once, before the first scenario, and has no tags"
    if head in ("Feature", "Rule"):
        return f"a second {head} stands where none belongs", "a file holds one Feature; Rules follow its scenarios"
    if head in ("Examples", "Scenarios"):
        return "Examples stand where none belong", "they follow the steps of a Scenario Outline"
    if got.startswith(_STEPS):
        return (
            "a step stands where none belongs",
            "steps stand below a Scenario or Background; a title like Scenario: comes first",
        )
    if "FeatureLine" in expected and "StepLine" not in expected:
        return (
            f"text stands before the feature: {_short(got)}",
            "begin the file with Feature: and a name; comments begin with #",
        )
    if "StepLine" in expected and "Other" not in expected:
        fix = "begin a step with Given, When, Then, And or But; description lines stand before the first step"
        return f"a line that is neither step nor title: {_short(got)}", fix
    return f"a line that does not belong here: {_short(got)}", f"expected here: {_expected('expected: ' + expected)}"


def _expected(text: str) -> str:
    names = re.findall(r"#(\w+)", text)
    return ", ".join(dict.fromkeys(_WORDS[name] for name in names if name in _WORDS)) or "more lines"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "..."
