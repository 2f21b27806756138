# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Published schemas: valid themselves, accepting what the readers accept, refusing what they refuse."""

import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

from valgen.model.item_types import SHIPPED_TYPES
from valgen.readers.items import read_items
from valgen.readers.schemas import FILE_KINDS, KINDS, schema, schema_file_name
from valgen.readers.settings import read_settings

EXAMPLES = Path(__file__).parents[2] / "examples"


def errors(kind, value):
    validator = jsonschema.Draft202012Validator(schema(kind))
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_valid_and_named(kind):
    made = schema(kind)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"].endswith("2020-12/schema")
    assert made["$id"] == schema_file_name(kind) == f"{kind}.schema.json"
    assert made["title"]


def test_every_file_and_result_has_a_schema():
    assert FILE_KINDS == ("valgen-project", "valgen-items", "valgen-documents", "valgen-applicability")
    assert {kind.removeprefix("result-") for kind in KINDS[4:]} == {
        "check",
        "trace",
        "run",
        "status",
        "verify",
        "impact",
        "steps",
    }


def test_every_field_is_described_for_editors():
    for key, kind in SHIPPED_TYPES.items():
        properties = schema("valgen-items")["$defs"][key]["properties"]
        for field in kind.fields:
            assert properties[field.name]["description"] == field.doc


GOOD_ITEMS = [
    "- {id: URS-1, title: A, text: B, priority: must, impact: [data_integrity]}",
    "type: URS\ndefaults: {priority: must}\nitems: [{id: URS-1, title: A, text: B}]",
    "{id: FS-1, title: A, text: B, satisfies: [URS-1]}",
    "{id: CS-1, title: A, value: 1.5, default: true}",
    "{id: URS-1, status: retired, reason: gone}",
    "{id: SOP-1, title: A, effective_date: '2026-03-02'}",
    "type: RSK\ndefaults: {severity: low, probability: low, detectability: low}\n"
    "items: [{id: RSK-1, title: A, assesses: [URS-1], failure_mode: x, effect: y, residual: {severity: low}}]",
]
BAD_ITEMS = [
    "- {id: URS-1, title: A, text: B, titel: C}",
    "- {id: URS-1, title: A}",
    "- {title: A, text: B}",
    "- {id: URS 1, title: A, text: B}",
    "- {id: URS-1, title: A, text: B, priority: high}",
    "- {id: FS-1, title: A, text: B, satisfies: URS-1}",
    "- {id: URS-1, title: [A], text: B}",
    "- {id: URS-1, status: retired}",
    "- {id: URS-1, title: '', text: B}",
    "{item: []}",
    "type: XYZ\nitems: []",
    "defaults: {titel: A}\nitems: [{id: URS-1, title: A, text: B}]",
    "{id: SOP-1, title: A, effective_date: 2.3.26}",
    "{id: RSK-1, title: A, assesses: [], failure_mode: x, effect: y, severity: low, probability: low, detectability: low}",
]


@pytest.mark.parametrize("text", GOOD_ITEMS)
def test_items_that_the_reader_accepts_are_valid(text):
    assert not read_items("a.yaml", text, SHIPPED_TYPES)[1]
    assert not errors("valgen-items", yaml.safe_load(text))


@pytest.mark.parametrize("text", BAD_ITEMS)
def test_items_that_the_reader_refuses_are_invalid(text):
    assert [found for found in read_items("a.yaml", text, SHIPPED_TYPES)[1] if found.severity == "error"]
    assert errors("valgen-items", yaml.safe_load(text))


def test_own_types_of_a_project_are_in_its_schema(tmp_path):
    (tmp_path / "valgen.toml").write_text(
        '[types.IF]\nname = "Interface"\nfields = { direction = { kind = "choice", choices = ["in"], required = true } }\n'
    )
    types = read_settings(tmp_path)[0].item_types
    validator = jsonschema.Draft202012Validator(schema("valgen-items", types))
    assert validator.is_valid([{"id": "IF-1", "title": "A", "text": "B", "direction": "in"}])
    assert not validator.is_valid([{"id": "IF-1", "title": "A", "text": "B", "direction": "out"}])
    assert not validator.is_valid([{"id": "IF-1", "title": "A", "text": "B"}])


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('[project]\nid = "X"\ngamp_category = 5\n', True),
        ('[project]\ngamp_category = "4"\n', True),
        ("[environments.VAL]\nvariables = { a = 'b', c = { secret = 'D' } }\n", True),
        ("[[components]]\nname = 'x'\n", True),
        ("[types.IF]\nname = 'Interface'\nlinks = ['URS']\n", True),
        ("[project]\nidd = 'X'\n", False),
        ("[project]\ngamp_category = 2\n", False),
        ("[paths]\nrequirements = '../x'\n", False),
        ("[paths]\nrequirements = '/x'\n", False),
        ("[paths]\nrequirements = 'a\\b'\n", False),
        ("[stages]\nUAT = []\n", False),
        ("[[waivers]]\ncode = 'VG102'\nseverity = 'info'\n", False),
        ("[environments.VAL]\nvariables = { a = 5 }\n", False),
    ],
)
def test_schema_and_reader_agree_on_settings(tmp_path, text, good):
    (tmp_path / "valgen.toml").write_text(text)
    assert (not read_settings(tmp_path)[1]) is good
    assert (not errors("valgen-project", tomllib.loads(text))) is good


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("valgen-documents", {"documents": [{"type": "URS", "history": [
            {"version": "1.0", "date": "2026-01-01", "author": "A", "summary": "B"}]}]}, True),
        ("valgen-documents", [{"type": "URS"}], True),
        ("valgen-documents", {"document": []}, False),
        ("valgen-documents", [{"type": "URSS"}], False),
        ("valgen-documents", [{"type": "URS", "key": "../x"}], False),
        ("valgen-documents", [{"type": "URS", "history": [{"version": "1.0"}]}], False),
        ("valgen-applicability", [{"clause": "A", "applicable": "no", "rationale": "x"}], True),
        ("valgen-applicability", {"applicability": [{"clause": "A", "applicable": "yes"}]}, True),
        ("valgen-applicability", [{"clause": "A", "applicable": "NO"}], False),
        ("valgen-applicability", [{"applicable": "no"}], False),
    ],
)  # fmt: skip
def test_registers_are_checked(kind, value, good):
    assert (not errors(kind, value)) is good


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/requirements/**/*.yaml")), ids=lambda path: path.name)
def test_files_of_the_examples_are_valid(path):
    kinds = {"documents.yaml": "valgen-documents", "applicability.yaml": "valgen-applicability"}
    # BaseLoader reads every scalar as text, as an editor with the core schema reads the words of the examples.
    assert not errors(kinds.get(path.name, "valgen-items"), yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/valgen.toml")), ids=lambda path: path.parent.name)
def test_settings_of_the_examples_are_valid(path):
    assert not errors("valgen-project", tomllib.loads(path.read_text("utf-8")))


def test_result_of_check_has_the_promised_keys():
    good = {
        "findings": [{"code": "VG101", "severity": "error", "message": "m", "path": "p", "line": 1, "column": 1, "ids": []}],
        "summary": {"items": 1, "test_cases": 0, "errors": 1, "warnings": 0},
    }  # fmt: skip
    assert not errors("result-check", good)
    assert errors("result-check", {"findings": []})
    assert errors("result-check", {**good, "findings": [{"code": "x"}]})


def test_results_may_grow_keys():
    assert not errors("result-steps", [{"family": "f", "pattern": "p", "example": "e", "doc": "d", "since": "1.1"}])
