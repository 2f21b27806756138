"""Examples that are marked as complete are read without a finding."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

Examples = Callable[[str], list[str]]


@pytest.fixture
def marked(all_examples: list) -> Examples:  # type: ignore[type-arg]
    def find(name: str) -> list[str]:
        found = [one.text for one in all_examples if one.mark == "test" and one.name == name]
        assert found, f"no example is marked as {name}"
        return found

    return find


def test_every_mark_is_known(all_examples: list) -> None:  # type: ignore[type-arg]
    names = {one.name for one in all_examples if one.mark == "test"}
    assert names == {"settings", "items", "register", "applicability", "feature", "python"}


def test_settings_load_without_a_finding(marked: Examples, tmp_path: Path) -> None:
    from valgen.readers import read_settings

    for text in marked("settings"):
        (tmp_path / "valgen.toml").write_text(text, encoding="utf-8")
        assert read_settings(tmp_path)[1] == ()


def test_the_complete_example_uses_every_table_of_the_settings(marked: Examples) -> None:
    import tomllib

    from valgen.readers.settings_declared import TOP_LEVEL

    used = {key for text in marked("settings") for key in tomllib.loads(text)}
    assert used == {*TOP_LEVEL, "$schema"}


def test_items_are_read_without_a_finding(marked: Examples) -> None:
    from valgen.model.item_types import SHIPPED_TYPES
    from valgen.readers.items import read_items

    for text in marked("items"):
        items, findings = read_items("example.yaml", text, SHIPPED_TYPES)
        assert items and findings == []


def test_register_is_read_without_a_finding(marked: Examples) -> None:
    from valgen.readers.register import read_register

    for text in marked("register"):
        entries, findings = read_register("documents.yaml", text, ("VAL", "PROD"))
        assert entries and findings == []


def test_applicability_is_read_without_a_finding_and_names_real_clauses(marked: Examples) -> None:
    from valgen.readers.applicability import read_applicability
    from valgen.regulations.library import known_ids

    for text in marked("applicability"):
        decisions, findings = read_applicability("applicability.yaml", text)
        assert findings == []
        assert {one.clause for one in decisions} <= set(known_ids())


def test_features_are_read_without_a_finding(marked: Examples) -> None:
    from valgen.model.outcome import Stage
    from valgen.readers.features import read_feature

    for text in marked("feature"):
        cases, findings = read_feature("oq/example.feature", text, ("VAL", "PROD"), Stage.OQ)
        assert cases and findings == []


def test_step_code_is_python(marked: Examples) -> None:
    modules = [ast.parse(text) for text in marked("python")]
    assert modules and all(one.body for one in modules)
