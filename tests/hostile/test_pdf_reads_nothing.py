"""Typst reads the files that valgen puts into its folder, and no others."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from valgen.documents.blocks import Document, Image, Section, paragraph
from valgen.model.project import Settings
from valgen.workflow.writing import look_of
from valgen.writers.pdf import typeset, write_pdf
from valgen.writers.pdf.faces import SHIPPED

sys.path.insert(0, str(Path(__file__).parents[1] / "writers"))

from office import document

OWN = {"main.typ", "data.json", "attached-0"}  # template, content, the machine-readable record


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Every file that Typst could reach, one set for each run: relative to its folder, with those of its fonts."""
    import typst

    compiled, seen = typst.compile_with_warnings, []

    def watch(source, target, *, root, font_paths, ignore_system_fonts, **rest):
        assert ignore_system_fonts
        places = [Path(root), *(Path(one) for one in font_paths if one != str(SHIPPED))]
        assert all(place.is_relative_to(root) for place in places)
        found = {path for place in places for path in place.rglob("*") if not path.is_dir()}
        assert not [path for path in found if path.is_symlink()]
        seen.append({path.relative_to(root).as_posix() for path in found})
        return compiled(
            source, target, root=root, font_paths=font_paths, ignore_system_fonts=ignore_system_fonts, **rest
        )

    monkeypatch.setattr(typst, "compile_with_warnings", watch)
    return seen


def test_fonts_that_lie_deeper_or_outside_of_the_project_are_not_given_to_typst(tmp_path, given):
    root, fonts = tmp_path / "project", tmp_path / "project/templates/fonts"
    (fonts / "deeper").mkdir(parents=True)
    font = SHIPPED / "NotoSansThai-Regular.ttf"
    shutil.copyfile(font, fonts / "b.ttf")
    shutil.copyfile(font, fonts / "deeper/c.ttf")
    shutil.copyfile(font, tmp_path / "outside.ttf")
    (fonts / "a.ttf").symlink_to(tmp_path / "outside.ttf")
    (fonts / "folder").symlink_to(tmp_path)
    look = look_of(root, Settings())
    made = write_pdf(document(paragraph("a")), fonts=look.fonts)
    assert given == [{*OWN, "fonts/0000.ttf"}]
    assert [one.message for one in made.findings] == ["font file a.ttf is not used: it is a link"]
    (fonts / "b.ttf").unlink()
    assert look_of(root, Settings()).fonts is None


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../etc/passwd", "main.typ", "data.json", "https://x.example/a"])
def test_names_of_figures_lead_to_no_file(tmp_path, given, name):
    made = write_pdf(_with_picture(name))
    assert made.volumes
    assert given == [OWN]


def _with_picture(name: str) -> Document:
    return document(sections=(Section("a", "a", (Image("f" * 64, name, "image/png", name, name),)),))


def test_template_reads_its_data_and_pictures_alone():
    text = re.sub(r"//[^\n]*", "", Path(typeset.__file__).with_name("document.typ").read_text("utf-8"))
    assert re.findall(r"\bjson\(([^)]*)\)", text) == ['"data.json"']
    assert re.findall(r"\bread\(([^)]*)\)", text) == ["file, encoding: none"]  # of attachments, named by the writer
    assert not re.findall(r"\b(?:csv|yaml|toml|xml|cbor|plugin|eval|bibliography)\(|#(?:import|include)\b", text)


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../../../etc/passwd", "../secret.txt"])
def test_typst_cannot_leave_its_folder(tmp_path, path):
    import typst

    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    source = tmp_path / "work/main.typ"
    source.parent.mkdir()
    source.write_text(f'#read("{path}")', "utf-8")
    with pytest.raises(typst.TypstError):
        typst.compile(str(source), root=str(source.parent), ignore_system_fonts=True)


@pytest.mark.parametrize("source", ['#import "@preview/example:0.1.0": *', '#image("https://example.org/a.png")'])
def test_markup_that_would_fetch_something_is_text(given, source):
    assert write_pdf(document(paragraph(source))).volumes
    assert given == [OWN]
