"""The template language: whole, with an example for each directive, and every mistake named with its place."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from valgen.documents.blocks import Document, plain_text
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.directives import FAMILIES, SPECS, DirectiveSpec
from valgen.documents.shipped import Template, find_template, shipped_folder, shipped_templates
from valgen.documents.template import PLACEHOLDERS, assemble, substitutions
from valgen.documents.template_parse import PLAIN_DIRECTIVES, REFUSED
from valgen.documents.template_rules import check_templates
from valgen.errors import Finding

Make = Callable[..., Context]


def made(context: Context, text: str, key: str = "URS") -> tuple[Document, tuple[Finding, ...]]:
    spec = next(one for one in plan_documents(context) if one.key == key)
    return assemble(Template(path="templates/URS.rst", text=text), spec, context)


def place(found: Finding) -> tuple[int, int]:
    assert found.location is not None
    return found.location.line, found.location.column


# --- the language ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_example_of_a_directive_renders_without_a_finding(context: Make, spec: DirectiveSpec) -> None:
    assert f".. valgen:{spec.name}::" in spec.example
    document, findings = made(context(), f"A\n=\n\n{spec.example}\n\nEnd.\n")
    assert findings == ()
    assert "End." in plain_text(document.sections)


def test_no_name_is_declared_twice() -> None:
    names = Counter(spec.name for _, family in FAMILIES for spec in family)
    assert [name for name, number in names.items() if number > 1] == []


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_directive_and_option_is_explained(spec: DirectiveSpec) -> None:
    assert spec.summary.endswith(".")
    assert set(spec.says) == set(spec.options)
    assert not spec.required or spec.argument


def test_every_placeholder_is_explained(context: Make) -> None:
    found = context()
    spec = plan_documents(found)[0]
    assert set(substitutions(spec, found)) == set(PLACEHOLDERS)


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_placeholder_gives_way_to_its_text(context: Make, name: str) -> None:
    document, findings = made(context(), f"A\n=\n\nx |{name}| y\n")
    assert findings == ()
    shown = plain_text(document.sections)
    assert "|" not in shown and "x " in shown and " y" in shown


def test_every_directive_of_the_parser_is_either_part_of_the_language_or_refused(context: Make) -> None:
    from docutils.parsers.rst import directives

    found = context()
    for name in directives._directive_registry:
        _, findings = made(found, f"A\n=\n\n.. {name}:: x\n\n   y\n")
        refused = [one for one in findings if "may not be used" in one.message]
        assert bool(refused) is (name not in PLAIN_DIRECTIVES), name


@pytest.mark.parametrize("name", REFUSED)
def test_refused_directive_is_one_finding_with_a_reason(context: Make, name: str) -> None:
    _, findings = made(context(), f"A\n=\n\n.. {name}:: /etc/hostname\n   :file: /etc/hostname\n   :colour: red\n")
    assert [one.fix for one in findings] == [REFUSED[name]]


def test_language_is_forgotten_after_reading(context: Make) -> None:
    from docutils.parsers.rst import directives, roles

    before = dict(directives._directives), dict(roles._roles)
    made(context(), "A\n=\n\n.. include:: x\n\n:foo:`x`\n")
    assert (directives._directives, roles._roles) == before


def test_words_that_another_program_registered_are_no_part_of_it(context: Make) -> None:
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives, roles

    class Foreign(Directive):
        def run(self) -> list[nodes.Node]:
            raise AssertionError("a template reached it")

    def word(*rest: object, **more: object) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        raise AssertionError("a template reached it")

    directives.register_directive("foreign", Foreign)
    roles.register_local_role("foreign", word)
    try:
        _, findings = made(context(), "A\n=\n\n.. foreign::\n\n:foreign:`x`\n")
    finally:
        directives._directives.pop("foreign")
        roles._roles.pop("foreign")
    assert [one.message for one in findings] == [
        "template: unknown directive foreign",
        "template: unknown word :foreign: before text",
    ]


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "says", "fix"),
    [
        (".. valgen:itmes:: URS", 4, "unknown directive valgen:itmes", "did you mean valgen:items?"),
        (".. items:: URS", 4, "unknown directive items", "did you mean valgen:items?"),
        (".. valgen:items:: USR", 19, "USR is no item type; known: URS, FS", "did you mean URS?"),
        (".. valgen:items:: URS\n   :ungruped:", 4, "valgen:items has no option", "did you mean :ungrouped:?"),
        (".. valgen:system::\n   :x: y", 4, "valgen:system takes no argument and no option", "leave a blank"),
        (".. valgen:matrix:: URS\n   :initial: x", 4, "option :initial: of valgen:matrix takes no value", ":initial:"),
        (".. valgen:coverage::", 4, "valgen:coverage needs an argument", ".. valgen:coverage:: URS FS CS DS"),
        (".. valgen:coverage:: URS XS", 26, "XS: no item type; known: URS", "did you mean"),
        (".. valgen:coverage:: URS", 22, "one or more lower types", "for example: .. valgen:coverage:: URS FS CS DS"),
        (".. valgen:prose::", 4, "valgen:prose needs an argument", ""),
        (".. valgen:history:: x", 4, "valgen:history takes no argument", "leave a blank line"),
        (".. valgen:history::\n   text", 4, "valgen:history takes no", "leave a blank line"),
        (".. valgen:items:: URS\n\n   text", 4, "valgen:items takes no text below it", "leave a blank line"),
        (".. valgen:runs:: OK", 18, "OK is no stage; known: IQ, OQ, PQ", "did you mean OQ?"),
        (".. valgen:runs::", 4, "URS is no stage", "for example: .. valgen:runs:: OQ"),
        ("It is |system.nmae|.", 7, "unknown placeholder |system.nmae|", "did you mean |system.name|?"),
        ("It is |colour|.", 7, "unknown placeholder |colour|", "known: |document.key|, |document.number|"),
        ("See :ref:`x`.", 5, "unknown word :ref: before text", "*emphasis*"),
        ("See **this.", 1, "inline strong", "close it with **"),
        ("See this_.", 1, "unknown target name", "no heading or place has this name"),
        ("- a\nb", 1, "bullet list ends", "leave a blank line"),
        ("Titles\n====", 1, "underline too short", "draw the line"),
        ("Title\n===", 1, "possible title underline", "draw the line"),
        ("====  ===\na     b", 1, "malformed table", "list-table"),
        (".. raw:: html\n\n   <b>", 4, "the directive raw may not be used", "must read the same"),
    ],
)
def test_mistake_says_where_it_is_and_how_to_mend_it(
    context: Make, line: str, column: int, says: str, fix: str
) -> None:
    _, findings = made(context(), f"A heading\n=========\n\nText.\n\n{line}\n")
    first = next(one for one in findings if says in one.message)
    assert (first.code, first.severity) == ("VG340", "error")
    assert first.location is not None and first.location.path == "templates/URS.rst"
    assert first.location.line in (6, 7) and first.location.column == column
    assert fix in first.fix


def test_every_mistake_is_named_at_once_and_each_at_its_own_place(context: Make) -> None:
    text = "A\n=\n\n|no| and |no|\nthen |no|\n\n.. valgen:no::\n\n.. valgen:no::\n\n.. valgen:items:: XX\n"
    _, findings = made(context(), text)
    assert sorted(place(one) for one in findings) == [(4, 1), (4, 10), (5, 6), (7, 4), (9, 4), (11, 19)]


def test_prose_that_is_placed_twice_is_a_finding(context: Make) -> None:
    text = "A\n=\n\n.. valgen:prose:: Scope\n\nB\n=\n\n.. valgen:prose:: SCOPE\n"
    _, findings = made(context({"documents/URS.md": "## Scope\n\nSums.\n"}), text)
    assert [(one.code, place(one)) for one in findings] == [("VG347", (9, 19))]
    assert "line 4" in findings[0].message


def test_two_sections_of_one_title_are_a_finding(context: Make) -> None:
    _, findings = made(context(), "Scope\n=====\n\nx\n\nB\n=\n\nScope\n-----\n\nx\n")
    assert [(one.code, place(one)) for one in findings] == [("VG348", (9, 1))]
    assert "line 1" in findings[0].message


def test_text_before_the_first_heading_is_a_finding(context: Make) -> None:
    _, findings = made(context(), ".. a remark\n\nText.\n\nA\n=\n\nx\n")
    assert [(one.code, place(one)) for one in findings] == [("VG349", (3, 1))]


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_empty_template_is_a_mistake(context: Make, text: str) -> None:
    _, findings = made(context(), text)
    assert [(one.code, one.message) for one in findings] == [("VG340", "template: it is empty")]


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x02",
        "=",
        "..",
        ".. valgen:",
        ".. valgen:::",
        ".. valgen:items::\n   :",
        ".. |x| valgen:items:: URS",
        "|system.name|_",
        "|",
        "A\n=\n\nB\n-\n\nC\n~\n\nD\n=\n\nE\n~\n",
        ".. list-table::\n   :widths: a\n\n   * - x\n",
        ".. table::\n\n   x\n",
        ".. _a:\n.. _a:\n\na_\n",
        ".. [#] note\n\n[#]_ [#]_ [1]_ [*]_\n",
        ".. topic::\n",
        "A\n=\n\n" + "\n".join("  " * depth + "- x\n" for depth in range(400)),
        "A\n=\n\n" + "> " * 900,
        "`" * 5000,
        "*" * 5000,
        "\u202e\ufeff\u2028 x",
        "x" * 40_000,
    ],
)
def test_no_text_ends_in_anything_but_findings(context: Make, text: str) -> None:
    _, findings = made(context(), text)
    assert all(one.code.startswith("VG34") for one in findings)


# --- which template serves ------------------------------------------------------------------------------------------


def checked(context: Context, **texts: str) -> list[tuple[str, str, str]]:
    own = {name.replace("_", "-"): text for name, text in texts.items()}
    templates = {name: Template(path=f"templates/{name}.rst", text=text) for name, text in own.items()}
    found = check_templates(templates, context.project, context.graph)
    return [(one.code, one.location.path if one.location else "", one.message + " / " + one.fix) for one in found]


def test_project_without_templates_has_nothing_to_say(context: Make) -> None:
    assert checked(context()) == []


@pytest.mark.parametrize("name", sorted(shipped_templates()))
def test_shipped_template_as_a_template_of_the_project_has_no_mistake(context: Make, name: str) -> None:
    text = (shipped_folder() / f"{name}.rst").read_text(encoding="utf-8")
    found = checked(context(), **{name: text})
    assert {code for code, _, _ in found} <= {"VG346"}, found  # such as an ATR, which this project has not


def test_template_whose_name_matches_nothing_is_a_finding(context: Make) -> None:
    (only,) = checked(context(), URSS="A\n=\n\nx\n")
    assert only == ("VG346", "templates/URSS.rst", "template: no document is called URSS / did you mean URS?")


def test_template_of_a_document_that_the_project_has_not_is_a_finding_and_read(context: Make) -> None:
    found = checked(context(), DELTA="A\n=\n\n|no|\n")
    assert [code for code, _, _ in found] == ["VG346", "VG340"]
    assert "the project has no document DELTA" in found[0][2]


def test_template_that_others_hide_is_a_finding(context: Make) -> None:
    text = "A\n=\n\nx\n"
    stages = {"test_scripts/iq/a.feature": "Feature: F\n  @IQ-001\n  Scenario: S\n    Then it is\n"}
    found = checked(context(stages), **{"OQ-report": text, "IQ-report": text, "PQ-report": text, "report": text})
    assert any(path == "templates/report.rst" and "goes before" in text for _, path, text in found)


def test_template_for_several_documents_names_a_mistake_once(context: Make) -> None:
    found = checked(context(), report="A\n=\n\n|no|\n")
    assert len(set(found)) == 1


def test_general_template_of_the_project_serves_its_own_types(context: Make) -> None:
    settings = """
[project]
id = "T"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[types.IF]
name = "Interface"
document = "IF"
"""
    found = context({"valgen.toml": settings, "requirements/if.yaml": "- {id: IF-1, title: A, text: B, type: IF}\n"})
    spec = next(one for one in plan_documents(found) if one.key == "IF")
    own = {"items": Template(path="templates/items.rst", text="Own\n===\n\nx\n")}
    assert find_template(spec, own, "IF") is own["items"]
    assert checked(found, items="Own\n===\n\nx\n") == []


def test_modules_of_the_language_say_what_they_are_for() -> None:
    for name in ("template", "template_parse", "template_messages", "template_rules"):
        module = importlib.import_module(f"valgen.documents.{name}")
        assert module.__doc__ and Path(str(module.__file__)).stat().st_size < 20_000
