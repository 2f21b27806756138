"""The company's Word template from the command line: copy, check, choose."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest

from valgen.documents.catalog import DocumentSpec
from valgen.errors import SourceError
from valgen.model.project import DocumentEntry, Paths, Settings, SystemInfo
from valgen.readers.settings import read_settings
from valgen.workflow.word_template import (
    placeholder_values,
    word_template_findings,
    word_template_for,
    word_templates,
)

Run = Callable[..., subprocess.CompletedProcess[str]]


def _spec(key: str, kind: str = "", variant: str = "") -> DocumentSpec:
    return DocumentSpec(key=key, entry=DocumentEntry(key=key, type=kind or key), variant=variant)


def _word(root: Path, *names: str, folder: str = "templates") -> None:
    for name in names:
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        docx.Document().save(path)


def _chosen(root: Path, spec: DocumentSpec, settings: Settings | None = None) -> str:
    found = word_template_for(root, settings or Settings(), spec)
    return found.relative_to(root).as_posix() if found else ""


def test_copied_template_passes_its_check_and_is_the_one_in_use(valgen: Run, project: Path) -> None:
    done = valgen("template", "eject", "word")
    assert done.returncode == 0 and (project / "templates/word.docx").is_file()
    assert valgen("template", "eject", "valgen.docx").returncode == 2  # the project has its own now
    done = valgen("template", "check")
    assert done.returncode == 0, done.stderr
    assert "templates/word.docx" in done.stdout and "kept around {{content}}" in done.stdout
    assert "0 errors, 0 warnings" in done.stdout
    assert _chosen(project, _spec("URS")) == "templates/word.docx"


def test_check_prints_findings_and_a_table_and_exits_with_1_on_an_error(valgen: Run, project: Path) -> None:
    made = docx.Document()
    made.add_paragraph("{{document.tilte}}")
    made.add_paragraph("{{content}}")
    made.save(project / "company.docx")
    done = valgen("template", "check", "company.docx")
    assert done.returncode == 1
    assert "error[VG711] unknown placeholder {{document.tilte}}" in done.stdout
    assert "did you mean {{document.title}}?" in done.stdout
    assert "Styles" in done.stdout and "Traceback" not in done.stderr
    done = valgen("template", "check", "company.docx", "--format", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 1 and set(report) == {"findings", "summary", "templates"}
    assert report["summary"]["errors"] == 1 and report["templates"][0]["ok"] is False
    assert report["templates"][0]["found"]["Text"] == "kept around {{content}}"
    assert report["findings"][0]["path"] == "company.docx"


def test_check_without_a_template_or_with_a_file_that_is_none_says_so(valgen: Run, project: Path) -> None:
    done = valgen("template", "check")
    assert done.returncode == 2 and "has no Word template" in done.stderr
    (project / "x.docx").write_bytes(b"no zip")
    done = valgen("template", "check", "x.docx")
    assert done.returncode == 1 and "VG701" in done.stdout
    assert valgen("template", "check", "none.docx").returncode == 2


def test_check_works_outside_of_a_project(valgen: Run, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    docx.Document().save(tmp_path / "project/company.docx")
    assert valgen("template", "check", "company.docx").returncode == 0


def test_list_names_every_placeholder(valgen: Run, project: Path) -> None:
    done = valgen("template", "list", "--word")
    assert done.returncode == 0
    for name in ("{{document.number}}", "{{control.Effective date}}", "{{content}}", "{{approvals}}"):
        assert name in done.stdout


def test_only_word_file_of_the_folder_serves_every_document(tmp_path: Path) -> None:
    _word(tmp_path, "Acme 2025.dotx")
    assert _chosen(tmp_path, _spec("URS")) == _chosen(tmp_path, _spec("RTM")) == "templates/Acme 2025.dotx"


def test_file_named_like_a_document_serves_it_before_the_general_one(tmp_path: Path) -> None:
    _word(tmp_path, "company.docx", "URS.docx", "report.docx", "IQ-PROD.docx", "OQ-report.dotx")
    assert _chosen(tmp_path, _spec("URS")) == "templates/URS.docx"
    assert _chosen(tmp_path, _spec("PQ-report", "PQ", "report")) == "templates/report.docx"
    assert _chosen(tmp_path, _spec("OQ-report", "OQ", "report")) == "templates/OQ-report.dotx"
    assert _chosen(tmp_path, _spec("OQ-protocol", "OQ", "protocol")) == "templates/company.docx"
    assert _chosen(tmp_path, _spec("IQ-PROD", "IQ")) == "templates/IQ-PROD.docx"
    assert word_templates(tmp_path, Settings()).findings == ()


def test_several_general_templates_are_a_finding_and_no_guess(tmp_path: Path) -> None:
    _word(tmp_path, "new.docx", "old.docx")
    with pytest.raises(SourceError) as caught:
        word_template_for(tmp_path, Settings(), _spec("URS"))
    assert [one.code for one in caught.value.findings] == ["VG724"]
    assert "new.docx and templates/old.docx" in caught.value.findings[0].message


def test_settings_name_the_template_and_other_files_are_reported(project: Path) -> None:
    _word(project, "brand.docx", folder="brand")
    _word(project, "old.docx", "~$old.docx")
    path = project / "valgen.toml"
    path.write_text(path.read_text().replace("[project]", '[project]\nword_template = "brand/brand.docx"'))
    settings, found = read_settings(project)
    assert found == () and _chosen(project, _spec("URS"), settings) == "brand/brand.docx"
    assert "VG723" in [one.code for one in word_templates(project, settings).findings]
    (project / "brand/brand.docx").unlink()
    assert [one.code for one in word_template_findings(project, settings)] == ["VG727", "VG723"]


@pytest.mark.parametrize("value", ["../x.docx", "/x.docx", "x.doc", "a\\\\x.docx", "C:/x.docx"])
def test_template_outside_of_the_project_or_of_another_kind_is_refused(project: Path, value: str) -> None:
    path = project / "valgen.toml"
    path.write_text(path.read_text().replace("[project]", f'[project]\nword_template = "{value}"'))
    settings, found = read_settings(project)
    assert [one.code for one in found] == ["VG009"] and settings.word_template == ""


def test_link_that_leaves_the_project_is_not_used(tmp_path: Path) -> None:
    outside = tmp_path / "outside.docx"
    docx.Document().save(outside)
    root = tmp_path / "root"
    (root / "templates").mkdir(parents=True)
    (root / "templates/company.docx").symlink_to(outside)
    found = word_templates(root, Settings(paths=Paths()))
    assert found.general is None and [one.code for one in found.findings] == ["VG727"]


def test_values_of_the_project_and_system_stand_for_placeholders() -> None:
    values = placeholder_values(Settings(project_name="P", system=SystemInfo(name="S", version="1", id="INV-7")))
    assert (values["project.name"], values["system.name"], values["system.id"]) == ("P", "S", "INV-7")


def test_copied_template_is_the_shipped_one(valgen: Run, project: Path, repository: Path) -> None:
    valgen("template", "eject", "word")
    with ZipFile(project / "templates/word.docx") as copied, ZipFile(repository / "templates/word/valgen.docx") as own:
        assert copied.namelist() == own.namelist()
