"""`valgen check` judges the project's templates, at no cost where there are none, and copies of them change nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from valgen.documents.blocks import Document, plain_text
from valgen.documents.shipped import shipped_templates
from valgen.errors import Finding, RenderError, SourceError
from valgen.workflow.check import check
from valgen.workflow.load import Executed, load, make_context
from valgen.workflow.publish import assemble_documents
from valgen.workflow.templates import WORD_NAMES, eject_template, own_templates, template_uses, templates_state

FILES = {
    "valgen.toml": '[project]\nid = "P"\nname = "P"\n[system]\nname = "S"\nversion = "1"\n',
    "requirements/urs.yaml": "- {id: URS-1, title: A, text: It shall be found within 2 s.}\n",
    "requirements/fs.yaml": "- {id: FS-1, title: A, text: B, satisfies: [URS-1]}\n",
    "test_scripts/oq/a.feature": "Feature: F\n  @OQ-1 @verifies:FS-1\n  Scenario: S\n    When x\n    Then y\n",
    "documents/URS.md": "# Scope\n\nText.\n",
}
Make = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Make:
    """Write a project; given files join it."""

    def make(files: dict[str, str | bytes] | None = None) -> Path:
        root = tmp_path / "project"
        for name, content in {**FILES, **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make


def about_templates(root: Path) -> list[Finding]:
    found = [one for one in check(root, cached=False).findings if one.location]
    return [one for one in found if one.location and one.location.path.startswith("templates")]


def documents(root: Path) -> tuple[Document, ...]:
    return assemble_documents(root, make_context(load(root), Executed()))


def test_mistakes_of_every_template_are_named_at_once(project: Make) -> None:
    root = project(
        {
            "templates/URS.rst": "A\n=\n\n.. valgen:itmes:: URS\n\n|no|\n",
            "templates/report.rst": "A\n=\n\n.. include:: x\n",
            "templates/URSS.rst": "A\n=\n\nx\n",
            "templates/FS.rst": b"A\n=\n\n\xff\n",
            "templates/company.docx": b"no zip",
        }
    )
    found = about_templates(root)
    places = [(str(one.location), one.code) for one in found]
    assert places == [
        ("templates/FS.rst:4:1", "VG011"),
        ("templates/URS.rst:4:4", "VG340"),
        ("templates/URS.rst:6:1", "VG340"),
        ("templates/URSS.rst", "VG346"),
        ("templates/company.docx", "VG701"),
        ("templates/report.rst:4:4", "VG340"),
    ]
    with pytest.raises(SourceError) as stopped:
        documents(root)
    assert [one.code for one in stopped.value.findings] == ["VG011", "VG340", "VG340", "VG340"]


def test_findings_of_a_word_template_are_those_of_its_own_check(project: Make, tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("{{document.tilte}}")
    made.add_paragraph("{{content}}")
    made.save(tmp_path / "x.docx")
    root = project({"templates/company.docx": (tmp_path / "x.docx").read_bytes()})
    assert "VG711" in [one.code for one in about_templates(root)]


def test_project_without_templates_pays_nothing(project: Make) -> None:
    root = project()
    code = (
        "import sys, pathlib; from valgen.workflow.check import check; check(pathlib.Path(sys.argv[1]), cached=False);"
        "print([one for one in ('docutils', 'docx', 'markdown_it', 'valgen.documents.template') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert templates_state(root, load(root).project.settings) == ""


@pytest.mark.parametrize("name", ["templates/inner/URS.rst", "templates/URS.RST"])
def test_template_that_nobody_would_find_is_a_finding(project: Make, name: str) -> None:
    (only,) = about_templates(project({name: "A\n=\n\nx\n"}))
    assert (only.code, only.fix) == ("VG346", "move it to templates/URS.rst")


@pytest.mark.parametrize("target", ["../../outside.rst", "nowhere.rst", "URS.rst"])
def test_template_that_leads_elsewhere_is_refused(project: Make, tmp_path: Path, target: str) -> None:
    root = project()
    (tmp_path / "outside.rst").write_text("A\n=\n\nsecret\n")
    (root / "templates").mkdir()
    (root / "templates/URS.rst").symlink_to(target)
    (only,) = about_templates(root)
    assert only.code == "VG340" and "no ordinary file inside the project" in only.message
    with pytest.raises(SourceError):
        own_templates(root, load(root).project)


def test_template_saved_by_another_editor_reads_the_same(project: Make) -> None:
    text = "Own part\n========\n\nSaid here.\n"
    root = project({"templates/URS.rst": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()})
    assert about_templates(root) == []
    (document,) = [one for one in documents(root) if one.key == "URS"]
    assert document.sections[0].title == "Own part"


def test_folder_named_like_a_template_is_no_template(project: Make) -> None:
    root = project()
    (root / "templates/URS.rst").mkdir(parents=True)
    assert about_templates(root) == []
    assert documents(root)


def test_settings_that_are_not_understood_do_not_make_templates_wrong(project: Make) -> None:
    settings = FILES["valgen.toml"] + '[types.IF]\nname = "Interface"\nlinks_up = "perhaps"\n'
    assert (
        about_templates(project({"valgen.toml": settings, "templates/IF.rst": "A\n=\n\n.. valgen:items:: IF\n"})) == []
    )


def test_copies_of_all_shipped_templates_give_the_same_documents(project: Make) -> None:
    root = project()
    before = documents(root)
    for name in (*shipped_templates(), WORD_NAMES[0]):
        assert eject_template(root, name).is_file()
    assert documents(root) == before
    assert {one.code for one in about_templates(root)} <= {"VG346"}  # documents that this project has not


def test_list_names_every_template_that_can_be_copied() -> None:
    assert set(template_uses()) == {*shipped_templates(), WORD_NAMES[0]}


def test_copy_of_an_unknown_template_names_the_nearest(project: Make) -> None:
    with pytest.raises(RenderError) as stopped:
        eject_template(project(), "USR")
    assert stopped.value.fix == "did you mean URS?"


def test_template_of_the_project_goes_before_the_shipped_one(project: Make) -> None:
    root = project({"templates/URS.rst": "Own part\n========\n\nSaid here.\n"})
    found = {one.key: plain_text(one.sections) for one in documents(root)}
    assert "Said here." in found["URS"] and "Said here." not in found["FS"]


@pytest.mark.parametrize(
    ("name", "data", "fix"),
    [
        ("company.doc", b"x", "save it as .docx"),
        ("company.docm", b"x", "save it as .docx"),
        ("logo.svg", b"<svg/>", "save the picture as logo.png"),
        ("Logo.PNG", b"\x89PNG\r\n\x1a\n", "save the picture as logo.png"),
        ("logo.png", b"\xff\xd8\xff", "save the picture as logo.png again"),
        ("Company.ttf", b"x", "move it to templates/fonts/Company.ttf"),
        ("fonts/Company.woff2", b"x", "take the font as .ttf or .otf"),
    ],
)
def test_file_that_decides_nothing_is_a_finding(project: Make, name: str, data: bytes, fix: str) -> None:
    (only,) = about_templates(project({f"templates/{name}": data}))
    assert (only.code, str(only.location)) == ("VG733", f"templates/{name}")
    assert fix in only.fix


@pytest.mark.parametrize("name", ["logo.png", "notes.txt", "~$company.docm", "inner/picture.svg"])
def test_other_files_are_left_alone(project: Make, name: str) -> None:
    assert about_templates(project({f"templates/{name}": b"\x89PNG\r\n\x1a\n"})) == []
