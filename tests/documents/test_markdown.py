"""Requirement text is CommonMark without raw HTML; what was typed is shown or formatted, never executed or lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valgen.documents.blocks import CodeBlock, ListBlock, Paragraph, Table, plain_text, walk
from valgen.documents.markdown import blocks_from_markdown


def links(text: str) -> list[str]:
    found = blocks_from_markdown(text, lambda name: name if name == "URS-010" else "")
    return [run.link for block in walk(found) if isinstance(block, Paragraph) for run in block.runs if run.link]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "{{7*7}} {% include 'x' %}",
        ".. include:: /etc/passwd",
        "|system.name| :download:x",
        "=cmd|' /C calc'!A0",
        "[x]: http://a.example\n\nuse",
        "a & b < c > d",
    ],
)
def test_foreign_markup_stays_literal(text: str) -> None:
    shown = " ".join(plain_text(blocks_from_markdown(text)).split())
    assert shown == " ".join(text.split())


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "../x", "//host/x"]
)
def test_only_web_and_mail_addresses_become_links(target: str) -> None:
    assert links(f"see [here]({target})") == []


def test_ids_of_the_project_become_links_and_others_do_not() -> None:
    assert links("URS-010, URS-0100, xURS-010 and URS-011; `URS-010`.") == ["#URS-010"]


def test_lists_tables_and_code_become_blocks() -> None:
    found = blocks_from_markdown("- a\n- b\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```\nx = 1\n```\n")
    assert [type(one) for one in found] == [ListBlock, Table, CodeBlock]


@given(st.text(max_size=200))
def test_any_text_gives_the_same_blocks_each_time_and_no_error(text: str) -> None:
    assert blocks_from_markdown(text) == blocks_from_markdown(text)


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=1, max_size=80))
def test_words_are_never_lost(text: str) -> None:
    assert text in plain_text(blocks_from_markdown(text))


@pytest.mark.parametrize(
    "text",
    ["[x](sop/7.docx) y", "![x](../a.png) y", '[x](a.pdf "Title") y', "[x]() y", "[x](#part)"],
)
def test_link_that_is_none_keeps_every_character(text: str) -> None:
    assert plain_text(blocks_from_markdown(text)) == text


def test_title_of_a_link_is_shown() -> None:
    assert plain_text(blocks_from_markdown('[SOP](https://intranet/7 "version 3")')) == "SOP (version 3)"


@pytest.mark.parametrize("before", ["", "> ", "- "])
def test_cell_beyond_the_last_column_of_a_table_is_kept(before: str) -> None:
    indent = before.replace("-", " ")
    text = f"{before}| limit | value |\n{indent}|---|---|\n{indent}| low | 1 |\n{indent}| high | 2 | never 3 |\n"
    for ends in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        table = next(block for block in walk(blocks_from_markdown(ends)) if isinstance(block, Table))
        assert [[plain_text(cell.blocks) for cell in row.cells] for row in table.rows] == [
            ["low", "1"], ["high", "2 | never 3"],
        ]  # fmt: skip
