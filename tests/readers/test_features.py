# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Feature files: every form and language of Gherkin, tags, header lines, rows, and every mistake with its place."""

import textwrap

import pytest
from gherkin.dialect import DIALECTS
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from valgen.model.item import Link
from valgen.model.outcome import Mode, Stage, StepKind
from valgen.readers.features import read_feature
from valgen.readers.gherkin_parser import parse_gherkin, quick_parse

PATH = "test_scripts/oq/a.feature"


def read(text, stage=Stage.OQ, environments=("VAL", "PROD")):
    return read_feature(PATH, textwrap.dedent(text).lstrip("\n"), environments, stage)


def codes(text, stage=Stage.OQ):
    return [(found.code, found.location.line, found.location.column) for found in read(text, stage)[1]]


WHOLE = '''
@verifies:FS-001 @positive
Feature: Deletion
  Free text of the feature.

  Background:
    Given a record "KRAS-001"
    And nothing else

  @OQ-014 @risk:RSK-004 @critical
  Scenario: A locked record cannot be deleted
    Objective: show that retention binds
      every role.
    Prerequisites: training TR-07; bucket of IQ-003.
    Test data: record KRAS-001

    More about it.
      Indented.
    * the clock is right
    When the role "operator" deletes it
      | version | 3 |
      | mode    | a\\|b |
    Then it is refused
      """json
      {"code": "AccessDenied"}
      """
    But it can be read

  Rule: Only after the end
    Background:
      Given an expired record

    @OQ-015 @verifies:FS-002 @env:PROD @manual @witness
    Example: It can be deleted
      When it is deleted
      Then it is gone
'''


def test_case_carries_everything_a_protocol_prints():
    cases, findings = read(WHOLE)
    assert not findings
    case = cases[0]
    assert (case.id, case.base_id, case.stage, case.title) == (
        "OQ-014",
        "OQ-014",
        Stage.OQ,
        "A locked record cannot be deleted",
    )
    assert (case.feature, case.rule) == ("Deletion", "")
    assert case.objective == "show that retention binds every role."
    assert case.prerequisites == "training TR-07; bucket of IQ-003."
    assert case.test_data == "record KRAS-001"
    assert case.description == "More about it.\n  Indented."
    assert case.verifies == (Link("FS-001", 1, 11),)
    assert case.risks == (Link("RSK-004", 9, 17),)
    assert case.flags == {"positive", "critical"}
    assert [tag.target for tag in case.tags] == ["verifies:FS-001", "positive", "OQ-014", "risk:RSK-004", "critical"]
    assert (case.line, case.column, case.scenario_line, case.mode) == (10, 3, 10, Mode.AUTOMATED)


def test_steps_have_kind_keyword_tables_and_texts():
    steps = read(WHOLE)[0][0].steps
    assert [(step.number, step.kind.value, step.keyword, step.text, step.background) for step in steps] == [
        (1, "Given", "Given", 'a record "KRAS-001"', True),
        (2, "Given", "And", "nothing else", True),
        (3, "Given", "*", "the clock is right", False),
        (4, "When", "When", 'the role "operator" deletes it', False),
        (5, "Then", "Then", "it is refused", False),
        (6, "Then", "But", "it can be read", False),
    ]
    assert steps[3].table == (("version", "3"), ("mode", "a|b"))
    assert (steps[4].doc_string, steps[4].media_type) == ('{"code": "AccessDenied"}', "json")
    assert (steps[4].line, steps[4].column) == (22, 5)


def test_rule_inherits_tags_and_background():
    case = read(WHOLE)[0][1]
    assert (case.rule, case.environments, case.mode) == ("Only after the end", ("PROD",), Mode.MANUAL)
    assert [link.target for link in case.verifies] == ["FS-001", "FS-002"]
    assert [step.text for step in case.steps if step.background] == [
        'a record "KRAS-001"',
        "nothing else",
        "an expired record",
    ]


OUTLINE = """
Feature: Temperature
  @OQ-014
  Scenario Outline: alarm at <temp>
    Given a sensor <endpoint>
    When it reads <temp>
      | value  |
      | <temp> |
    Then <alarm> is shown
      '''<temp>
      '''

    @negative
    Examples: hot
      | case | temp | alarm  |
      | hot  | 50   | <temp> |

    @boundary @env:PROD
    Examples:
      | temp | alarm | case |
      | 40   | none  | edge |
      | 41   | a\\1  | over |
""".replace("'''<temp>\n      '''", '"""<temp>\n      x <temp>\n      """')


def test_rows_are_numbered_over_all_tables_and_named_by_their_case_column():
    cases, findings = read(OUTLINE)
    assert not findings
    assert [(case.id, case.base_id, case.row, case.title) for case in cases] == [
        ("OQ-014[hot]", "OQ-014", 1, "alarm at 50"),
        ("OQ-014[edge]", "OQ-014", 2, "alarm at 40"),
        ("OQ-014[over]", "OQ-014", 3, "alarm at 41"),
    ]
    assert [case.flags for case in cases] == [{"negative"}, {"boundary"}, {"boundary"}]
    assert [case.environments for case in cases] == [(), ("PROD",), ("PROD",)]
    assert [case.scenario_line for case in cases] == [3, 3, 3]
    assert cases[0].line == 16


def test_row_values_fill_steps_once_and_leave_other_placeholders():
    hot, _, over = read(OUTLINE)[0]
    assert [step.text for step in hot.steps] == ["a sensor <endpoint>", "it reads 50", "<temp> is shown"]
    assert hot.steps[1].table == (("value",), ("50",))
    assert (hot.steps[2].doc_string, hot.steps[2].media_type) == ("x 50", "50")
    assert over.steps[2].text == "a\\1 is shown"
    assert hot.example == {"case": "hot", "temp": "50", "alarm": "<temp>"}


def test_column_with_signs_of_a_pattern_is_taken_literally():
    cases, findings = read("""
        Feature: F
          @OQ-1
          Scenario Outline: S
            When a <x (°C)> and <y[> and <z.>
            Examples:
              | case | x (°C) | y[ | z. |
              | a    | 1      | 2  | 3  |
        """)
    assert not findings
    assert cases[0].steps[0].text == "a 1 and 2 and 3"


def test_rows_without_a_case_column_are_numbered_with_advice():
    cases, findings = read(
        "Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When <a>\n    Examples:\n      | a |\n      | 1 |\n      | 2 |\n"
    )
    assert [case.id for case in cases] == ["OQ-1[1]", "OQ-1[2]"]
    assert [(found.code, found.location.line) for found in findings] == [("VG211", 3)]


def test_scenario_with_examples_is_an_outline_too():
    cases, _ = read(
        "Feature: F\n  @OQ-1\n  Scenario: S\n    When <a>\n    Scenarios:\n      | case | a |\n      | x | 1 |\n"
    )
    assert [case.id for case in cases] == ["OQ-1[x]"]


@pytest.mark.parametrize("tag", ["IQ-1.2", "OQ-014", "PQ-A.b-3"])
def test_identity_is_the_tag_that_is_an_id(tag):
    cases, findings = read(f"@{tag}\nFeature: F\n  Scenario: S\n    When x\n", stage=None)
    assert not findings
    assert (cases[0].id, cases[0].stage) == (tag, Stage(tag[:2]))


def test_two_scenarios_of_one_name_are_two_cases():
    cases, _ = read("Feature: F\n  @OQ-1\n  Scenario: S\n    When x\n  @OQ-2\n  Scenario: S\n    When y\n")
    assert [(case.id, case.steps[0].text) for case in cases] == [("OQ-1", "x"), ("OQ-2", "y")]


def test_unscripted_and_retired_cases_need_no_steps():
    cases, findings = read(
        "Feature: F\n  @OQ-1 @unscripted\n  Scenario: A\n    Objective: explore\n  @OQ-2 @retired\n  Scenario: B\n"
    )
    assert not findings
    assert [(case.mode, case.retired) for case in cases] == [(Mode.UNSCRIPTED, False), (Mode.AUTOMATED, True)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_change_nothing(end):
    wanted = read(WHOLE)[0]
    assert read_feature(PATH, WHOLE.lstrip("\n").replace("\n", end), ("PROD",), Stage.OQ)[0] == wanted


WRONG = {
    "no id": ("Feature: F\n  Scenario: S\n    When x\n", [("VG201", 2, 3)]),
    "several ids": ("Feature: F\n  @OQ-1 @OQ-2\n  Scenario: S\n    When x\n", [("VG202", 2, 10)]),
    "id of another stage": ("Feature: F\n  @IQ-1\n  Scenario: S\n    When x\n", [("VG203", 3, 3)]),
    "mistyped tag": ("Feature: F\n  @OQ-1 @critcal\n  Scenario: S\n    When x\n", [("VG204", 2, 10)]),
    "mistyped prefix": ("Feature: F\n  @OQ-1 @verify:FS-1\n  Scenario: S\n    When x\n", [("VG204", 2, 10)]),
    "tag in capitals": ("Feature: F\n  @OQ-1 @MANUAL\n  Scenario: S\n    When x\n", [("VG204", 2, 10)]),
    "id in small letters": ("Feature: F\n  @oq-1\n  Scenario: S\n    When x\n", [("VG204", 2, 4), ("VG201", 3, 3)]),
    "unknown tag": ("Feature: F\n  @OQ-1 @sprint7\n  Scenario: S\n    When x\n", [("VG205", 2, 10)]),
    "tag without a value": ("Feature: F\n  @OQ-1 @verifies:\n  Scenario: S\n    When x\n", [("VG206", 2, 10)]),
    "several values in a tag": ("Feature: F\n  @OQ-1 @verifies:FS-1,FS-2\n  Scenario: S\n    When x\n", [("VG206", 2, 10)]),
    "unknown environment": ("Feature: F\n  @OQ-1 @env:PRD\n  Scenario: S\n    When x\n", [("VG213", 2, 10)]),
    "manual and unscripted": ("Feature: F\n  @OQ-1 @manual @unscripted\n  Scenario: S\n    When x\n", [("VG215", 3, 3)]),
    "case name twice": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When x\n    Examples:\n    | case |\n    | a |\n    | a |\n", [("VG207", 8, 5)]),
    "case name twice in two tables": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When x\n    Examples:\n    | case |\n    | a |\n    Examples:\n    | case |\n    | a |\n", [("VG207", 10, 5)]),
    "case name with a space": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When x\n    Examples:\n    | case |\n    | a b |\n", [("VG212", 7, 5)]),
    "empty case name": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When x\n    Examples:\n    | case |\n    |  |\n", [("VG212", 7, 5)]),
    "outline without examples": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When <x>\n", [("VG208", 3, 3)]),
    "outline without rows": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When <x>\n    Examples:\n    | x |\n", [("VG208", 3, 3)]),
    "column twice": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When x\n    Examples:\n    | case | x | x |\n    | a | b | c |\n", [("VG216", 6, 18)]),
    "column without a name": ("Feature: F\n  @OQ-1\n  Scenario Outline: S\n    When x\n    Examples:\n    | case |  |\n    | a | b |\n", [("VG216", 6, 15)]),
    "scenario without steps": ("Feature: F\n  @OQ-1\n  Scenario: S\n", [("VG210", 3, 3)]),
    "background alone is no test": ("Feature: F\n  Background:\n    Given x\n  @OQ-1\n  Scenario: S\n", [("VG210", 5, 3)]),
    "feature without scenarios": ("Feature: F\n  text\n", [("VG209", 1, 1)]),
    "empty file": ("", [("VG209", 0, 0)]),
    "comment only": ("# nothing\n", [("VG209", 0, 0)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_mistake_has_a_code_and_a_place(text, expected):
    assert codes(text) == expected


def test_inherited_mistake_is_reported_once():
    text = "@critcal\nFeature: F\n" + "".join(f"  @OQ-{n}\n  Scenario: S\n    When x\n" for n in range(5))
    assert codes(text) == [("VG204", 1, 2)]


def test_values_of_a_tag_with_commas_are_still_links():
    case = read("Feature: F\n  @OQ-1 @verifies:FS-1,FS-22\n  Scenario: S\n    When x\n")[0][0]
    assert case.verifies == (Link("FS-1", 2, 19), Link("FS-22", 2, 24))


def test_advice_for_a_mistyped_tag():
    assert read("Feature: F\n  @OQ-1 @critcal\n  Scenario: S\n    When x\n")[1][0].fix == "did you mean @critical?"


BROKEN = {
    "text before the feature": ("hello\nFeature: F\n", (1, 1), "text stands before the feature"),
    "no keyword": ("Feature: F\n  Scenario: S\n    When x\n    delete it\n", (4, 5), "neither step nor title"),
    "uneven table": ("Feature: F\n  Scenario: S\n    When x\n      | a | b |\n      | c |\n", (5, 7), "more or fewer cells"),
    "space in a tag": ("@OQ 1\nFeature: F\n", (1, 1), "a tag holds a space"),
    "unknown language": ("# language: xx\nFeature: F\n", (1, 1), "no language xx"),
    "unclosed text": ('Feature: F\n  Scenario: S\n    When x\n      """\n      text\n', (6, 1), "opened and never closed"),
    "tags at the end": ("Feature: F\n  Scenario: S\n    When x\n  @OQ-1\n", (5, 1), "the file ends after tags"),
    "second feature": ("Feature: F\n  Scenario: S\n    When x\nFeature: G\n", (4, 1), "second Feature"),
    "second background": ("Feature: F\n  Scenario: S\n    When x\n  Background:\n    Given y\n", (4, 3), "Background"),
    "stray table": ("Feature: F\n  Scenario: S\n    When x\n    Examples:\n      | a |\n    Then y\n", (6, 5), "a step stands"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "place", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_file_is_explained_with_its_place(text, place, words):
    cases, findings = read(text)
    assert not cases
    assert findings[0].code == "VG200"
    assert (findings[0].location.line, findings[0].location.column) == place
    assert words in findings[0].message
    assert findings[0].fix


def test_every_syntax_error_of_a_file_is_found_at_once():
    found = codes("Feature: F\n  Scenario: A\n    When x\n    oops\n  Scenario: B\n    When y\n    ouch\n")
    assert found == [("VG200", 4, 5), ("VG200", 7, 5)]


def gherkin_in(language):
    """A feature in a language that uses each of its keywords once."""
    words = DIALECTS[language]
    step = [
        f"    {word}x{n} <a>"
        for n, word in enumerate(words["given"] + words["when"] + words["then"] + words["and"] + words["but"])
    ]
    return "\n".join(
        [f"# language: {language}", f"{words['feature'][-1]}: F", f"  {words['background'][-1]}:", *step[:2],
         "  @OQ-1", f"  {words['scenario'][-1]}: S", *step,
         f"  {words['rule'][-1]}: R", "  @OQ-2", f"  {words['scenarioOutline'][-1]}: O", *step,
         f"    {words['examples'][-1]}:", "      | case | a |", "      | x    | 1 |", ""]
    )  # fmt: skip


def official(text):
    document = Parser().parse(text)
    document["uri"] = PATH
    return Compiler().compile(document)


def assert_like_official(text, cases):
    kinds = {"Context": StepKind.GIVEN, "Action": StepKind.WHEN, "Outcome": StepKind.THEN}
    pickles = official(text)
    assert [case.title for case in cases] == [pickle["name"] for pickle in pickles]
    for case, pickle in zip(cases, pickles, strict=True):
        assert case.line == pickle["location"]["line"]
        assert [step.text for step in case.steps] == [step["text"] for step in pickle["steps"]]
        assert {tag.target for tag in case.tags} == {tag["name"][1:] for tag in pickle["tags"]}
        for step, other in zip(case.steps, pickle["steps"], strict=True):
            if other["type"] in kinds:
                assert step.kind is kinds[other["type"]]
            argument = other.get("argument", {})
            rows = argument.get("dataTable", {}).get("rows", [])
            assert step.table == tuple(tuple(cell["value"] for cell in row["cells"]) for row in rows)
            assert step.doc_string == argument.get("docString", {}).get("content")


@pytest.mark.parametrize("language", sorted(DIALECTS))
def test_every_language_gives_the_official_pickles(language):
    text = gherkin_in(language)
    cases, findings = read_feature(PATH, text, (), Stage.OQ)
    assert not [found for found in findings if found.code == "VG200"]
    assert_like_official(text, cases)
    assert cases[0].language == language


@pytest.mark.parametrize("text", [WHOLE, OUTLINE.replace("| <temp> |\n\n    @boundary", "| x |\n\n    @boundary")])
def test_cases_are_the_official_pickles(text):
    assert_like_official(text, read_feature(PATH, text, (), Stage.OQ)[0])


@pytest.mark.parametrize(
    "text",
    [WHOLE, OUTLINE, *(text for text, _ in WRONG.values()), *(gherkin_in(name) for name in ("en", "de", "ja", "em"))],
)
def test_quick_parser_builds_the_official_tree(text):
    assert quick_parse(text) == Parser().parse(text)
    document, findings = parse_gherkin(PATH, text)
    assert not findings
    assert without_ids(document.get("feature")) == without_ids(Parser().parse(text).get("feature"))


def without_ids(node):
    """Plain features come without the ids that the official parser numbers its nodes with."""
    if isinstance(node, dict):
        return {key: without_ids(value) for key, value in node.items() if key != "id"}
    return [without_ids(one) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize("text", [text for text, _, _ in BROKEN.values()])
def test_quick_parser_finds_the_official_errors(text):
    with pytest.raises(Exception) as caught:
        Parser().parse(text)
    errors = getattr(caught.value, "errors", [caught.value])
    assert len(parse_gherkin(PATH, text)[1]) == len(errors)


def test_text_that_names_an_existing_file_is_not_that_file(tmp_path, monkeypatch):
    (tmp_path / "x").write_text("Feature: other\n")
    monkeypatch.chdir(tmp_path)
    assert [found.code for found in read_feature(PATH, "x", (), None)[1]] == ["VG200"]


def test_word_that_a_language_uses_for_several_kinds_takes_the_kind_by_position():
    words = DIALECTS["en"]
    assert "* " in words["given"]
    cases, _ = read("Feature: F\n  @OQ-1\n  Scenario: S\n    * a\n    When b\n    * c\n    Then d\n    * e\n")
    assert [step.kind.value for step in cases[0].steps] == ["Given", "When", "When", "Then", "Then"]
