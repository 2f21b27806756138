"""Starting a project and appending stubs: nothing that exists is changed, every stub is read without mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from valgen.errors import ValgenError
from valgen.readers import read_project
from valgen.workflow.add import add
from valgen.workflow.check import check
from valgen.workflow.new import new_project

STUB_GAPS = {"VG150", "VG153", "VG155", "VG160", "VG161", "VG162"}
"""What a stub that nobody filled in or tested may give: gaps, never mistakes of form."""


def test_a_new_project_has_no_finding(tmp_path: Path) -> None:
    new_project(tmp_path / "new", project_id="LAB", name='A "quoted" name')
    report = check(tmp_path / "new", cached=False)
    assert report.findings == ()
    assert report.items > 0
    assert report.test_cases > 0
    assert read_project(tmp_path / "new").settings.system.name == 'A "quoted" name'


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValgenError, match="not empty"):
        new_project(tmp_path, project_id="LAB", name="x")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "kind", ["URS", "FS", "CS", "DS", "RSK", "SOP", "SUP", "CR", "TRN", "SA", "PRV", "IQ", "OQ", "PQ"]
)
def test_a_stub_of_every_type_is_read_without_a_mistake_of_form(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "new"
    new_project(root, project_id="LAB", name="x")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    added = add(root, kind)
    for path, content in before.items():
        assert path.read_bytes().startswith(content), f"{path} was changed"
    project = read_project(root)
    assert project.findings == ()
    found = [item.line for item in project.items if item.id == added.id]
    found += [
        tag.line for case in project.cases if case.base_id == added.id for tag in case.tags if tag.target == added.id
    ]
    assert found[:1] == [added.line]
    assert {one.code for one in check(root, cached=False).findings if one.severity == "error"} <= STUB_GAPS


def test_stubs_join_a_list_of_any_indent_and_a_file_without_a_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "valgen.toml").write_text('[project]\nid = "T"\n')
    (tmp_path / "test_scripts").mkdir()
    path = tmp_path / "requirements" / "urs.yaml"
    path.parent.mkdir()
    path.write_text("type: URS\nitems:\n- id: URS-9\n  title: Nine\n  text: The system shall do nine.")
    assert [add(tmp_path, "URS").id for _ in range(2)] == ["URS-10", "URS-11"]
    project = read_project(tmp_path)
    assert project.findings == ()
    assert [item.id for item in project.items] == ["URS-9", "URS-10", "URS-11"]


def test_a_file_of_another_form_is_not_appended_to(tmp_path: Path) -> None:
    (tmp_path / "valgen.toml").write_text('[project]\nid = "T"\n')
    (tmp_path / "test_scripts").mkdir()
    path = tmp_path / "requirements" / "one.yaml"
    path.parent.mkdir()
    path.write_text("id: URS-001\ntitle: One\ntext: The system shall do one.\n")
    added = add(tmp_path, "URS")
    assert added.path != "requirements/one.yaml"
    assert path.read_text() == "id: URS-001\ntitle: One\ntext: The system shall do one.\n"
    assert read_project(tmp_path).findings == ()
