# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Whatever a file holds, a reader answers with values and findings, never with an exception."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valgen.codes import CODES
from valgen.model.item_types import SHIPPED_TYPES
from valgen.model.outcome import Stage
from valgen.readers import read_settings
from valgen.readers.applicability import read_applicability
from valgen.readers.features import read_feature
from valgen.readers.items import read_items
from valgen.readers.prose import read_prose
from valgen.readers.register import read_register
from valgen.readers.suggest import closest
from valgen.readers.text import decode
from valgen.readers.yaml_events import Block, Listing, read_yaml

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SIGNS = st.sampled_from(
    [*"abz019 -:,#[]{}'\"|>*&!%@`?~\t\\", "\n", "\n  ", "\n- ", ": ", " #", "---\n", "...\n", "<<", "id", "URS-1", "items",
     "title", "\r\n", "\u202e", "ä", "\U0001f600", "!!str ", "&a ", "*a", "null", "NO", "\x07", "\u2028", "\ufeff"]
)  # fmt: skip
YAMLISH = st.lists(SIGNS, max_size=40).map("".join)
GHERKINISH = st.lists(
    st.sampled_from(
        ["Feature: F", "Rule: R", "Background:", "Scenario: S", "Scenario Outline: O <a>", "Examples:", "  | a | case |",
         "  | 1 | x |", "  | [ |", "@OQ-1", "@OQ-1 @verifies:FS-1", "@critcal @env:X", "Given <a> x", "When y", "Then z", "And q",
         "* star", '"""json', '"""', "```", "# language: de", "# comment", "Objective: o", "text", "", "@a b", "\ufeff", "\x00", "|"]
    ),
    max_size=25,
).map("\n".join)  # fmt: skip
TOMLISH = st.lists(
    st.sampled_from(
        ["[project]", "[paths]", "[[waivers]]", "[types.IF]", "[risk]", "[environments.VAL]", "[stages]", "[workflow]", "id = 'x'",
         "name = 5", "OQ = ['VAL', 1]", "code = 'VG102'", "severity = 'info'", "reason = ''", "method = 'rpn'", "bands = 3",
         "class = {a = {b = 1}}", "variables = {a = 1, b = {secret = 'c'}}", "URS = [{role = 'qa'}, 3]", "fields = {a = {}}",
         "requirements = '../x'", "a.b.'c d' = [1, [2], {x = 1}]", "x = \"\"\"\na\"\"\"", "[", "=", "project = 1", "types = []",
         "links = [1]", "severity = ['a']", "[severity]", "VG102 = 3", "components = {}", "acceptance = 1", "fields = 3"]
    ),
    max_size=14,
).map("\n".join)  # fmt: skip


def assert_sound(findings, text=None):
    for found in findings:
        assert found.code in CODES
        assert found.message
        assert "\n" not in found.message
        assert found.location is not None
        if text is not None and found.location.line:
            assert found.location.line <= text.count("\n") + text.count("\r") + 2


def plain(node):
    if isinstance(node, Block):
        return {key: plain(value) for key, (value, _, _) in node.items()}
    if isinstance(node, Listing):
        return [plain(entry) for entry in node]
    return None if node is None else node.value


@quick
@given(st.binary(max_size=200))
def test_any_bytes_become_text_or_findings(data):
    text, findings = decode("a", data)
    assert_sound(findings)
    assert (text is None) <= bool(findings)


@quick
@given(YAMLISH)
def test_any_yaml_becomes_items_or_findings(text):
    _, findings = read_items("a.yaml", text, SHIPPED_TYPES)
    assert_sound(findings, text)


@quick
@given(YAMLISH)
def test_any_yaml_becomes_registers_or_findings(text):
    assert_sound(read_register("d.yaml", text, ("VAL",))[1], text)
    assert_sound(read_applicability("a.yaml", text)[1], text)
    assert_sound(read_prose("documents/URS.md", text, ("URS",))[1])


@quick
@given(YAMLISH)
def test_accepted_yaml_means_what_it_means_to_everybody(text):
    text = text.lstrip("\ufeff")  # decoding drops a byte-order mark, and parsers differ about how many more
    root, findings = read_yaml("a.yaml", text)
    if findings or root is None:
        return
    try:
        wanted = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:  # PyYAML's own two parsers differ about tabs after a text
        return
    assert plain(root) == wanted


@quick
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_in_quotes_is_read_back(written):
    root, findings = read_yaml("a.yaml", json.dumps({"a": written}, ensure_ascii=True).replace("\\u007f", "\x7f"))
    if not findings:
        assert plain(root) == {"a": written}


@quick
@given(GHERKINISH)
def test_any_gherkin_becomes_cases_or_findings(text):
    cases, findings = read_feature("test_scripts/oq/a.feature", text, ("VAL",), Stage.OQ)
    assert_sound(findings, text)
    assert cases or findings
    for case in cases:
        assert [step.number for step in case.steps] == list(range(1, len(case.steps) + 1))


@settings(quick, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(TOMLISH)
def test_any_settings_become_settings_or_findings(tmp_path, text):
    (tmp_path / "valgen.toml").write_text(text, encoding="utf-8")
    made, findings = read_settings(tmp_path)
    assert_sound(findings, text)
    assert made.stages or findings


@quick
@given(st.permutations(["id: URS-1", "title: A", "text: B", "source: C", "impact: [data_integrity]", "gxp: yes"]))
def test_order_of_keys_changes_no_item(lines):
    (item,), findings = read_items("a.yaml", "\n".join(lines), SHIPPED_TYPES)
    assert not findings
    assert (item.id, item.title, item.text, list(item.fields)) == ("URS-1", "A", "B", ["source", "impact", "gxp"])


@pytest.mark.parametrize("word", ["", "x" * 10_000, "priorty"])
def test_advice_is_bounded(word):
    assert closest(word, ["priority"] + ["y" * 500] * 3) in ("", "priority")
