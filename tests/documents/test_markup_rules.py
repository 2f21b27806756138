"""Who writes HTML or a picture into a text is told that it is printed as it was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from valgen.documents.context import Context
from valgen.documents.markup_rules import check_markup

Make = Callable[..., Context]


def said(context: Context) -> list[tuple[str, str]]:
    return [(str(one.location), one.message) for one in check_markup(context.project)]


def item(text: str) -> dict[str, str]:
    body = "\n".join(f"      {line}".rstrip() for line in text.split("\n"))
    return {"requirements/more.yaml": f"items:\n  - id: URS-009\n    title: A\n    text: |\n{body}\n"}


@pytest.mark.parametrize(
    "text",
    ["a <b>bold</b> word", "x<br/>y", "H<sub>2</sub>O", '<img src="x.png">', "![flow](flow.png)", "<TABLE border=1>"],
)
def test_html_and_pictures_in_a_text_are_remarked(context: Make, text: str) -> None:
    (only,) = said(context(item(text)))
    assert only[0] == "requirements/more.yaml:4:11" and "is printed as it was typed" in only[1]


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d", "`<b>` is meant", "```\n<b>\n```", "<https://a.example>", "set <system.version>", "x ![ y",
        "``a ` <i>``", "if x<y then", "<file>",
    ],
)  # fmt: skip
def test_signs_that_are_meant_are_not(context: Make, text: str) -> None:
    assert said(context(item(text))) == []


def test_place_in_prose_is_that_of_the_tag(context: Make) -> None:
    files = {"documents/URS.md": "## Scope\n\n`<b>` and\nthen <br> it\n"}
    assert said(context(files)) == [
        ("documents/URS.md:4:6", "URS.md holds <br>, which is printed as it was typed")
    ]  # fmt: skip


def test_it_is_a_remark_and_no_error(context: Make) -> None:
    (only,) = check_markup(context(item("<b>x</b>")).project)
    assert (only.code, only.severity, only.ids) == ("VG186", "info", ("URS-009",))


@pytest.mark.parametrize("text", ["<" * 40_000, "![" * 20_000, "`" * 40_000 + "<b>", "```\n" * 10_000 + "<b>"])
def test_long_hostile_texts_are_looked_at(context: Make, text: str) -> None:
    made = context(item(text))
    assert said(made) == said(made)
    assert all(place.startswith("requirements/more.yaml:") for place, _ in said(made))
