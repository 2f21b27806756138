"""Whatever lies where a file is expected ends in a finding with its place; nothing outside the project is read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import unquote

import pytest

FIGURE = "items:\n  - {id: URS-001, title: a, text: b, figures: [%s]}\n"


def places(tiny) -> dict[str, str]:
    return {found["path"]: found["code"] for found in tiny.json("check")["findings"]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
@pytest.mark.parametrize(
    "name",
    ["requirements/x.yaml", "test_scripts/oq/x.feature", "test_scripts/steps/x.py", "test_scripts/conftest.py"],
)
def test_pipe_in_place_of_a_file_is_a_finding_and_nobody_waits_for_it(tiny, name):
    os.mkfifo(tiny.root / name)
    assert places(tiny)[name] == "VG010"
    assert tiny.valgen("build").returncode == 1
    assert tiny.valgen("run", "oq").returncode == (2 if name.startswith("test_scripts") else 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_template_that_is_a_pipe_or_leaves_the_project_is_refused(tiny, tmp_path):
    outside = tmp_path / "secret.rst"
    outside.write_text("Secret\n######\n")
    folder = tiny.root / "templates"
    folder.mkdir()
    os.mkfifo(folder / "URS.rst")
    assert "templates/URS.rst is no ordinary file inside" in tiny.valgen("build").stderr
    (folder / "URS.rst").unlink()
    (folder / "URS.rst").symlink_to(outside)
    assert "templates/URS.rst is no ordinary file inside" in tiny.valgen("build").stderr


def test_links_in_a_circle_and_out_of_the_project_are_findings(tiny):
    folder = tiny.root / "requirements"
    (folder / "self.yaml").symlink_to("self.yaml")
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    (folder / "all").symlink_to("..")
    (folder / "out.yaml").symlink_to(Path(__file__))
    found = places(tiny)
    assert {name: found[f"requirements/{name}"] for name in ("self.yaml", "a", "b", "all", "out.yaml")} == {
        "self.yaml": "VG010", "a": "VG010", "b": "VG010", "all": "VG027", "out.yaml": "VG029",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("x" * 5000 + ".png", "is no path inside the project"),
        ("../../secret.png", "is no path inside the project"),
        ("/etc/hostname", "is no path inside the project"),
        ("circle.png", ""),
        ("text.png", "is no PNG, JPEG or GIF picture"),
        ("drawing.svg", "is no PNG, JPEG or GIF picture"),
    ],
)
def test_figure_that_no_document_can_show_is_a_finding(tiny, written, words):
    (tiny.root / "requirements" / "circle.png").symlink_to("circle.png")
    tiny.write("requirements/text.png", "no picture")
    tiny.write("requirements/drawing.svg", "<svg/>")
    tiny.write("requirements/items.yaml", FIGURE % written)
    (found,) = [one for one in tiny.json("check")["findings"] if one["code"] == "VG118"]
    assert (found["path"], found["line"], found["column"]) == ("requirements/items.yaml", 2, 47)
    assert words in found["message"]


def test_line_end_in_a_file_name_does_not_make_a_second_finding_of_one(tiny):
    name = "a\nrequirements%20b.yaml:1:1: error[VG104] forged.yaml"
    tiny.write(f"requirements/{name}", "items:\n  - {id: URS-077, title: b}\n")
    lines = tiny.valgen("check").stdout.splitlines()
    assert not [line for line in lines if line.startswith("requirements%20b.yaml")]
    log = json.loads(tiny.valgen("check", "--format", "sarif").stdout)
    addresses = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["runs"][0]["results"]
    }
    assert f"requirements/{name}" in {unquote(one) for one in addresses}
    assert not [one for one in addresses if "\n" in one or " " in one]
