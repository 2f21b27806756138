# ruff: noqa: E501  (tables of cases read better with one case per line)
"""Settings: defaults, every table, every mistake with its place."""

import textwrap
from pathlib import Path

import pytest

from valgen.errors import Severity, SourceError
from valgen.model.outcome import Stage
from valgen.model.project import Secret, SignatureStep
from valgen.readers import find_project, has_settings, read_settings
from valgen.readers.toml_places import TomlPlaces

DESIGN = """
"$schema" = "valgen-project.schema.json"

[project]
id = "S3V"
name = "S3 records vault"
gamp_category = 5
gxp_impact = "direct"
regulations = ["21-cfr-part-11", "eu-annex-11"]
retention = "product life + 1 year"
controlled_rendering = "pdf"

[system]
name = "S3 records vault"
version = "2.1.0"
supplier = "in-house"
owner = "Data Platform"

[paths]
requirements = "specs"

[environments.VAL]
title = "Validation"
purpose = "OQ and PQ"
host = "vault-val"
equivalent_to = "PROD"
variables = { endpoint = "http://127.0.0.1:5555", key = { secret = "S3V_KEY" } }

[environments.PROD]

[stages]
IQ = ["VAL", "PROD"]
OQ = ["VAL"]

[workflow]
URS = [{ role = "author", meaning = "authored" }, { role = "qa", meaning = "approved" }]

[acceptance]
training = "Operators are trained."
own = "Something of our own."

[severity]
VG025 = "error"

[[waivers]]
code = "VG205"
severity = "info"
reason = "Tags of our own sort tests."

[types.IF]
name = "Interface"
document = "FS"
links = ["URS"]
fields = { direction = { kind = "choice", choices = ["in", "out"], required = true }, protocol = { label = "Protocol" } }
"""


def read(tmp_path, text, name="valgen.toml"):
    (tmp_path / name).write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return read_settings(tmp_path)


def codes(tmp_path, text):
    return [(found.code, found.location.line, found.location.column) for found in read(tmp_path, text)[1]]


def test_settings_of_the_design_are_read(tmp_path):
    settings, findings = read(tmp_path, DESIGN)
    assert not findings
    assert (settings.project_id, settings.gamp_category, settings.system.version) == ("S3V", "5", "2.1.0")
    assert (settings.paths.requirements, settings.paths.output) == ("specs", "build/pack")
    assert settings.environments["VAL"].variables == {
        "endpoint": "http://127.0.0.1:5555",
        "key": Secret(name="S3V_KEY"),
    }
    assert settings.environments["PROD"].title == "PROD"
    assert settings.stages == {Stage.IQ: ("VAL", "PROD"), Stage.OQ: ("VAL",), Stage.PQ: ("VAL",)}
    assert settings.workflow["URS"] == (
        SignatureStep(role="author", meaning="authored"),
        SignatureStep(role="qa", meaning="approved"),
    )
    assert settings.acceptance["training"] == "Operators are trained."
    assert settings.acceptance["own"] == "Something of our own."
    assert settings.severities == {"VG025": Severity.ERROR}
    assert (settings.waivers[0].code, settings.waivers[0].severity) == ("VG205", Severity.INFO)
    assert len(settings.digest) == 64


def test_own_item_type_has_its_fields_and_the_common_ones(tmp_path):
    own = read(tmp_path, DESIGN)[0].item_types["IF"]
    assert (own.name, own.document, own.links_up) == ("Interface", "FS", True)
    assert own.field("satisfies").targets == ("URS",)
    assert (own.field("direction").choices, own.field("direction").required) == (("in", "out"), True)
    assert own.field("protocol").label == "Protocol"
    assert own.field("title").required
    assert own.field("regulations")


def test_empty_settings_have_every_default(tmp_path):
    settings, findings = read(tmp_path, "")
    assert not findings
    assert {name: env.title for name, env in settings.environments.items()} == {"VAL": "Validation"}
    assert settings.stages == dict.fromkeys(Stage, ("VAL",))
    assert settings.risk.risk_class["high", "low"] == "2"
    assert settings.risk.priority["1", "high"] == "medium"
    assert settings.workflow["VSR"][0] == SignatureStep(role="author", meaning="authored")
    assert settings.acceptance


def test_every_document_type_has_author_and_qa_by_default(tmp_path):
    for steps in read(tmp_path, "")[0].workflow.values():
        assert steps[0].meaning == "authored"
        assert steps[-1] == SignatureStep(role="qa", meaning="approved")
        assert len({step.role for step in steps}) == len(steps) > 1


def test_stage_without_environment_is_planned_nowhere(tmp_path):
    assert read(tmp_path, "[stages]\nPQ = []\n")[0].stages[Stage.PQ] == ()


def test_settings_in_pyproject_are_read_with_their_places(tmp_path):
    settings, findings = read(tmp_path, '[tool.valgen.project]\nid = "X"\nidd = 1\n', "pyproject.toml")
    assert (settings.project_id, settings.file) == ("X", "pyproject.toml")
    assert [str(found.location) for found in findings] == ["pyproject.toml:3:1"]


def test_both_settings_files_are_an_error(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.valgen]\n')
    assert codes(tmp_path, "") == [("VG003", 4, 1)]


def test_pyproject_of_another_tool_is_no_settings_file(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["valgen"]\n')
    assert not has_settings(tmp_path)
    assert codes(tmp_path, "") == []


def test_nearest_settings_file_upwards_makes_the_project(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "valgen.toml").write_text("")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.valgen]\n")
    assert find_project(inner) == tmp_path / "a"
    assert find_project(tmp_path) == tmp_path
    with pytest.raises(SourceError) as caught:
        find_project(tmp_path.parent)
    assert caught.value.code == "VG002"


def test_missing_settings_are_a_finding(tmp_path):
    assert [found.code for found in read_settings(tmp_path)[1]] == ["VG002"]


WRONG = {
    "unknown table": ("[projct]\n", [("VG005", 1, 2)]),
    "unknown key": ("[project]\nidd = 'X'\n", [("VG005", 2, 1)]),
    "unknown key of an environment": ("[environments.VAL]\nhots = 'x'\n", [("VG005", 2, 1)]),
    "unknown key in an inline table": ("environments = { VAL = { hots = 'x' } }\n", [("VG005", 1, 26)]),
    "unknown key in a row": ("[[components]]\nname = 'a'\n[[components]]\nnane = 'b'\n", [("VG005", 4, 1), ("VG008", 3, 3)]),
    "dotted unknown key": ("project.idd = 'X'\n", [("VG005", 1, 9)]),
    "number where text is wanted": ("[project]\nname = 5\n", [("VG006", 2, 8)]),
    "text where a list is wanted": ("[project]\nregulations = '21-cfr-part-11'\n", [("VG006", 2, 15)]),
    "number in a list": ("[project]\nregulations = [\n  5,\n]\n", [("VG006", 3, 3)]),
    "table where text is wanted": ("[project.name]\n", [("VG006", 1, 10)]),
    "text where a table is wanted": ("project = 'x'\n", [("VG006", 1, 11)]),
    "table where rows are wanted": ("[components]\n", [("VG006", 1, 2)]),
    "wrong word": ("[project]\ngxp_impact = 'high'\n", [("VG007", 2, 14)]),
    "no GAMP category 2": ("[project]\ngamp_category = 2\n", [("VG007", 2, 17)]),
    "true as a category": ("[project]\ngamp_category = true\n", [("VG006", 2, 17)]),
    "unknown clause library": ("[project]\nregulations = ['21-cfr-part-12']\n", [("VG007", 2, 16)]),
    "absolute path": ("[paths]\nrequirements = '/specs'\n", [("VG009", 2, 16)]),
    "path upwards": ("[paths]\nrequirements = 'a/../../specs'\n", [("VG009", 2, 16)]),
    "drive letter": ("[paths]\nrequirements = 'C:/specs'\n", [("VG009", 2, 16)]),
    "backslash": ("[paths]\nrequirements = 'a\\b'\n", [("VG009", 2, 16)]),
    "network path": ("[paths]\nrequirements = '//srv/x'\n", [("VG009", 2, 16)]),
    "empty path": ("[paths]\nrequirements = ''\n", [("VG009", 2, 16)]),
    "two names for one folder": ("[paths]\nrequirements = 'documents'\n", [("VG007", 2, 16)]),
    "stage in an unknown environment": ("[environments.VAL]\n[stages]\nOQ = ['VAL', 'VLA']\n", [("VG031", 3, 14)]),
    "unknown stage": ("[stages]\nUAT = ['VAL']\n", [("VG005", 2, 1)]),
    "variable that is a number": ("[environments.VAL]\nvariables = { port = 5555 }\n", [("VG006", 2, 22)]),
    "secret without a name": ("[environments.VAL]\nvariables = { key = { secrt = 'X' } }\n", [("VG006", 2, 21)]),
    "name of an environment": ("[environments.'my env']\n", [("VG007", 1, 15)]),
    "unknown document type": ("[workflow]\nURSS = []\n", [("VG005", 2, 1)]),
    "team store with a password": ("[records]\ndatabase = 'postgresql://me:secret@db/records'\n", [("VG007", 2, 12)]),
    "team store that is no database": ("[records]\ndatabase = 'mysql://db/records'\n", [("VG007", 2, 12)]),
    "bucket without database": ("[records]\nobjects = 's3://records'\nlocked_for = '1 year'\n", [("VG007", 2, 1)]),
    "bucket without time": ("[records]\ndatabase = 'postgresql://db/r'\nobjects = 's3://records'\n", [("VG007", 3, 1)]),
    "time that is none": ("[records]\ndatabase = 'postgresql://db/r'\nobjects = 's3://records'\nlocked_for = 'long'\n", [("VG007", 4, 14)]),
    "unknown role": ("[workflow]\nURS = [{ role = 'autor', meaning = 'authored' }]\n", [("VG007", 2, 17)]),
    "signature without a meaning": ("[workflow]\nURS = [{ role = 'author' }]\n", [("VG008", 2, 1)]),
    "document without signatures": ("[workflow]\nURS = []\n", [("VG008", 2, 7)]),
    "severity lowered": ("[severity]\nVG102 = 'info'\n", [("VG032", 2, 9)]),
    "severity of an unknown code": ("[severity]\nVG1 = 'error'\n", [("VG032", 2, 1)]),
    "severity that is none": ("[severity]\nVG102 = 'fatal'\n", [("VG007", 2, 9)]),
    "waiver without a reason": ("[[waivers]]\ncode = 'VG102'\nseverity = 'info'\n", [("VG008", 1, 3)]),
    "waiver with an empty reason": ("[[waivers]]\ncode = 'VG102'\nseverity = 'info'\nreason = ' '\n", [("VG008", 4, 10)]),
    "waiver that raises": ("[[waivers]]\ncode = 'VG028'\nseverity = 'warning'\nreason = 'x'\n", [("VG032", 2, 8)]),
    "shipped type": ("[types.URS]\nname = 'x'\n", [("VG033", 1, 8)]),
    "test case as a type": ("[types.OQ]\nname = 'x'\n", [("VG033", 1, 8)]),
    "type in small letters": ("[types.if]\nname = 'x'\n", [("VG033", 1, 8)]),
    "unknown kind of field": ("[types.IF]\nname = 'x'\nfields = { a = { kind = 'txt' } }\n", [("VG007", 3, 25)]),
    "choice without choices": ("[types.IF]\nname = 'x'\nfields = { a = { kind = 'choice' } }\n", [("VG008", 3, 12)]),
    "field that every type has": ("[types.IF]\nname = 'x'\nfields = { title = {} }\n", [("VG033", 3, 12)]),
    "unknown type in links": ("[types.IF]\nname = 'x'\nlinks = ['USR']\n", [("VG007", 3, 10)]),
    "unknown risk method": ("[risk]\nmethod = 'fmea'\n", [("VG007", 2, 10)]),
    "own scale without a matrix": ("[risk]\nseverity = ['minor', 'major']\n", [("VG008", 1, 2)]),
    "matrix with a hole": ("[risk.class]\nhigh = { low = 1, medium = 1 }\n", [("VG008", 1, 7)]),
    "bands that fall": ("[risk]\nmethod = 'rpn'\nbands = { low = 20, medium = 16, high = 40 }\n", [("VG007", 3, 1)]),
    "bands with a hole": ("[risk]\nmethod = 'rpn'\nbands = { low = 1, high = 40 }\n", [("VG008", 3, 1)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_mistake_has_a_code_and_a_place(tmp_path, text, expected):
    assert codes(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[project]\nname = Records vault\n", (2, 8)),
        ("[project\n", (1, 9)),
        ("[project]\nname\n", (2, 5)),
        ("a = 1\na = 2\n", (2, 6)),
        ('[project]\nname = "C:\\temp\\q"\n', (2, 17)),
        ('name = "x\n', (1, 10)),
        ("x = " + "[" * 5000, (1, 1)),
    ],
)
def test_broken_toml_is_one_finding_with_its_place(tmp_path, text, expected):
    (code, line, _), *rest = codes(tmp_path, text)
    assert (code, line) == ("VG004", expected[0])
    assert not rest


def test_settings_in_another_encoding_are_a_finding(tmp_path):
    (tmp_path / "valgen.toml").write_bytes("[project]\nname = 'ä'\n".encode("latin-1"))
    assert [(found.code, found.location.line, found.location.column) for found in read_settings(tmp_path)[1]] == [
        ("VG011", 2, 9)
    ]


def test_byte_order_mark_of_settings_is_a_warning(tmp_path):
    (tmp_path / "valgen.toml").write_bytes(b"\xef\xbb\xbf[project]\nid = 'X'\n")
    settings, findings = read_settings(tmp_path)
    assert settings.project_id == "X"
    assert [found.code for found in findings] == ["VG012"]


def test_unusable_values_keep_their_defaults(tmp_path):
    settings, findings = read(tmp_path, "[paths]\nrequirements = '../x'\n[project]\ncontrolled_rendering = 'odt'\n")
    assert len(findings) == 2
    assert (settings.paths.requirements, settings.controlled_rendering) == ("requirements", "pdf")


def test_rpn_turns_the_scores_into_numbers(tmp_path):
    settings, findings = read(
        tmp_path, "[risk]\nmethod = 'rpn'\nscale = 3\nbands = { low = 1, medium = 6, high = 17 }\n"
    )
    assert not findings
    assert settings.risk.bands == {"low": 1, "medium": 6, "high": 17}
    assert settings.item_types["RSK"].field("severity").choices == ("1", "2", "3")
    assert settings.item_types["RSK"].field("residual").choices == ("1", "2", "3")


def test_own_scales_with_matrices_are_read(tmp_path):
    settings, findings = read(
        tmp_path,
        """
        [risk]
        severity = ["minor", "major"]
        [risk.class]
        minor = { low = 2, medium = 2, high = 1 }
        major = { low = 2, medium = 1, high = 1 }
        [risk.priority]
        1 = { low = "high", medium = "high", high = "medium" }
        2 = { low = "medium", medium = "low", high = "low" }
        """,
    )
    assert not findings
    assert settings.risk.risk_class["minor", "high"] == "1"
    assert settings.item_types["RSK"].field("severity").choices == ("minor", "major")
    assert settings.item_types["RSK"].field("probability").choices == ("low", "medium", "high")


def test_mend_for_an_unknown_setting_is_named(tmp_path):
    assert read(tmp_path, "[project]\ngamp_categorie = 5\n")[1][0].fix == "did you mean gamp_category?"


def test_places_of_keys_and_values_in_every_form_of_toml():
    places = TomlPlaces(
        'a = 1 # x = 2\n"b c".d = [ # note\n  "]", { e = \'\'\'x\n]\'\'\', f.g = 2 },\n]\n[t."u.v"]\nw = """q\n\\""" [no]\n"""\n[[r]]\n[[r]]\nx = 1\n[r.s]\ny = 2\n'
    )
    assert places.value(("a",)) == (1, 5, 0)
    assert places.value(("b c", "d", 1, "f", "g")) == (4, 13, 0)
    assert places.key(("t", "u.v", "w")) == (7, 1, 1)
    assert places.key(("r", 1, "x")) == (12, 1, 1)
    assert places.key(("r", 1, "s", "y")) == (14, 1, 1)
    assert places.key(("r", 1, "nothing", "here"))[:2] == (11, 3)
    assert places.key(("nothing",)) == (1, 1, 0)


def test_an_empty_type_of_ones_own_is_named_by_its_key_and_needs_no_link(tmp_path: Path) -> None:
    (tmp_path / "valgen.toml").write_text("[types.IF]\n")
    settings, findings = read_settings(tmp_path)
    assert findings == ()
    assert (settings.types["IF"].name, settings.types["IF"].links_up) == ("IF", False)
