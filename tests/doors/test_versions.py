"""Freezing versions and showing them again: nothing that was frozen changes, and nothing changes unnoticed."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from valgen.errors import RenderError, SourceError, VerificationError
from valgen.workflow.check import check
from valgen.workflow.publish import build
from valgen.workflow.version_pack import build_version
from valgen.workflow.versions import freeze

Valgen = Callable[..., CompletedProcess[str]]
REGISTER = """documents:
  - type: URS
    number: T1-URS-001
    history:
      - {version: "0.9", date: "2026-01-01", author: A. Author, summary: First}
  - type: FS
    number: T1-FS-001
    history:
      - {version: "0.9", date: "2026-01-01", author: A. Author, summary: First}
  - type: OQ
    number: T1-OQ-001
    history:
      - {version: "0.9", date: "2026-01-01", author: A. Author, summary: First}
  - type: RTM
    number: T1-RTM-001
    history:
      - {version: "0.9", date: "2026-01-01", author: A. Author, summary: First}
"""
CASE = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5
"""
VERSION_CODES = {f"VG{number}" for number in range(380, 400)}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def root(project: Path) -> Path:
    """The small project with a register and one test case."""
    (project / "requirements/documents.yaml").write_text(REGISTER, encoding="utf-8")
    (project / "test_scripts/oq").mkdir(parents=True, exist_ok=True)
    (project / "test_scripts/oq/a.feature").write_text(CASE, encoding="utf-8")
    return project


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def codes(root: Path) -> list[str]:
    return [one.code for one in check(root, cached=False).findings if one.code in VERSION_CODES]


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_freezing_twice_changes_nothing_and_says_so(root: Path) -> None:
    done = freeze(root, ["URS"])
    assert [(one.key, one.version) for one in done.frozen] == [("URS", "0.9")]
    before = tree(root / "baselines")
    again = freeze(root, ["URS"])
    assert not again.frozen
    assert [one.key for one in again.unchanged] == ["URS"]
    assert tree(root / "baselines") == before


def test_freezing_everything_leaves_out_reports_without_results(root: Path) -> None:
    done = freeze(root)
    assert [one.key for one in done.frozen] == ["URS", "FS", "OQ-protocol", "RTM-initial"]
    assert "nothing to report" in dict(done.left_out)["OQ-report"]
    assert codes(root) == []


def test_documents_frozen_together_refer_to_each_other_as_frozen(root: Path) -> None:
    freeze(root)
    for key in ("URS", "FS"):
        text = (root / f"baselines/documents/{key}/0.9.json").read_text(encoding="utf-8")
        pinned = {one["key"]: one["version"] for one in json.loads(text)["snapshot"]["references"]}
        assert pinned["RTM-initial"] == "0.9"


def test_a_change_without_a_new_row_is_an_error_at_the_row(root: Path) -> None:
    freeze(root, ["URS"])
    edit(root / "requirements/items.yaml", "add two numbers", "add two numbers at once")
    found = [one for one in check(root, cached=False).findings if one.code == "VG380"]
    assert [str(one.location) for one in found] == ["requirements/documents.yaml:5:19"]
    assert "URS-001" in found[0].message
    with pytest.raises(SourceError) as refused:
        freeze(root, ["URS"])
    assert [one.code for one in refused.value.findings] == ["VG390"]


def test_nothing_is_frozen_when_one_of_several_cannot_be(root: Path) -> None:
    freeze(root, ["URS"])
    edit(root / "requirements/items.yaml", "add two numbers", "add two numbers at once")
    before = tree(root / "baselines")
    with pytest.raises(SourceError):
        freeze(root, ["URS", "FS"])
    assert tree(root / "baselines") == before


def test_a_new_row_settles_the_change(root: Path) -> None:
    freeze(root, ["URS"])
    edit(root / "requirements/items.yaml", "add two numbers", "add two numbers at once")
    add_row(root, "0.10")
    assert codes(root) == []
    assert [one.version for one in freeze(root, ["URS"]).frozen] == ["0.10"]
    assert codes(root) == []


def add_row(root: Path, version: str) -> None:
    """Add a row to the history of the first document of the register."""
    row = '      - {version: "0.9", date: "2026-01-01", author: A. Author, summary: First}\n'
    new = f'      - {{version: "{version}", date: "2026-02-01", author: A. Author, summary: Next}}\n'
    edit(root / "requirements/documents.yaml", row, row + new)


def test_another_document_is_not_touched_by_a_change(root: Path) -> None:
    freeze(root, ["URS", "FS", "OQ-protocol"])
    edit(root / "requirements/items.yaml", "add two numbers", "add two numbers at once")
    add_row(root, "0.10")
    freeze(root, ["URS"])
    assert codes(root) == []
    assert [one.key for one in freeze(root, ["FS", "OQ-protocol"]).unchanged] == ["FS", "OQ-protocol"]


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("summary: First}", "summary: Other}", "VG381"),
        ('date: "2026-01-01"', 'date: "2026-01-02"', "VG381"),
        ('version: "0.9"', 'version: "1.0"', "VG382"),
    ],
    ids=["summary", "date", "version"],
)
def test_a_rewritten_row_of_a_frozen_version_is_an_error_at_its_place(
    root: Path, before: str, after: str, code: str
) -> None:
    freeze(root, ["URS"])
    edit(root / "requirements/documents.yaml", before, after)
    found = [one for one in check(root, cached=False).findings if one.code in VERSION_CODES]
    assert [(one.code, str(one.location)) for one in found] == [(code, "requirements/documents.yaml:5:19")]
    with pytest.raises(SourceError):
        freeze(root, ["URS"])


def test_a_removed_row_of_a_frozen_version_is_an_error(root: Path) -> None:
    add_row(root, "0.10")
    freeze(root, ["URS"])
    edit(
        root / "requirements/documents.yaml",
        '      - {version: "0.10", date: "2026-02-01", author: A. Author, summary: Next}\n',
        "",
    )
    found = [one for one in check(root, cached=False).findings if one.code in VERSION_CODES]
    assert [one.code for one in found] == ["VG382"]
    assert '"0.10"' in found[0].fix


def test_what_is_wrong_with_a_shared_history_is_told_once(root: Path) -> None:
    from valgen.readers.settings import read_settings
    from valgen.readers.snapshots import files_of, read_frozen_document, read_versions

    freeze(root, ["OQ-protocol"])
    settings, _ = read_settings(root)
    (one,) = read_versions(root, settings.paths, settings.project_id).versions["OQ-protocol"]
    document = read_frozen_document(root, settings.paths, one)
    from dataclasses import replace

    report = replace(one, key="OQ-report", path=one.path.replace("protocol", "report"))
    for name, data in files_of(report, document).items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)
    row = 'T1-OQ-001\n    history:\n      - {version: "0.9", date: "2026-01-0'
    edit(root / "requirements/documents.yaml", f'{row}1"', f'{row}3"')
    assert codes(root) == ["VG381"]


@pytest.mark.parametrize("name", ["0.9.json", "0.9.document.json"])
def test_an_altered_file_of_a_frozen_version_is_noticed_and_serves_nothing(root: Path, name: str) -> None:
    freeze(root, ["URS"])
    edit(root / "baselines/documents/URS" / name, "two numbers", "two letters")
    assert codes(root) == ["VG384"]
    for act in (lambda: build_version(root, "0.9", only=["URS"]), lambda: freeze(root, ["FS"]), lambda: build(root)):
        with pytest.raises(SourceError):
            act()


def test_files_that_are_no_frozen_versions_are_named(root: Path) -> None:
    freeze(root, ["URS"])
    folder = root / "baselines/documents"
    (folder / "URS/notes.txt").write_text("x", encoding="utf-8")
    (folder / "URS/1.0.json").write_text("{}", encoding="utf-8")
    (folder / "URS/2.0.document.json").write_text("{}", encoding="utf-8")
    (folder / "FS").mkdir()
    (folder / "FS/0.9.json").write_bytes((folder / "URS/0.9.json").read_bytes())
    (folder / "FS/0.9.document.json").write_bytes((folder / "URS/0.9.document.json").read_bytes())
    assert sorted(codes(root)) == ["VG383", "VG385", "VG387", "VG387"]


def test_a_frozen_version_of_another_project_is_foreign(root: Path) -> None:
    freeze(root, ["URS"])
    edit(root / "valgen.toml", 'id = "T1"', 'id = "T2"')
    assert codes(root) == ["VG385"]


def test_a_document_that_left_the_register_is_asked_for(root: Path) -> None:
    freeze(root, ["FS"])
    edit(root / "requirements/documents.yaml", "  - type: FS\n    number: T1-FS-001\n", "  - type: DS\n    number: X\n")
    assert codes(root) == ["VG386"]


def test_a_frozen_version_is_written_byte_for_byte_after_the_project_changed(root: Path, tmp_path: Path) -> None:
    (root / "requirements/plan.png").write_bytes(PICTURE)
    edit(
        root / "requirements/items.yaml",
        "    text: The system shall",
        "    figures: [plan.png]\n    text: The system shall",
    )
    freeze(root)
    build_version(root, "0.9", only=["URS", "OQ"], output=tmp_path / "one", fresh=True)
    edit(root / "requirements/items.yaml", "add two numbers", "=cmd and <b>letters</b>")
    edit(root / "test_scripts/oq/a.feature", "Then the sum is 5", "Then the sum is 6")
    (root / "requirements/plan.png").unlink()
    edit(root / "requirements/items.yaml", "    figures: [plan.png]\n", "")
    edit(root / "valgen.toml", 'version = "1.0"', 'version = "9.0"')
    add_row(root, "0.10")
    build_version(root, "0.9", only=["URS", "OQ"], output=tmp_path / "two", fresh=True)
    one, two = tree(tmp_path / "one"), tree(tmp_path / "two")
    assert {"word/URS-0.9.docx", "word/OQ-protocol-0.9.docx", "html/URS-0.9/URS.html"} <= one.keys()
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name] and name != "manifest.json"] == []


def test_a_missing_picture_of_a_frozen_version_is_told_and_not_passed_over(root: Path) -> None:
    (root / "requirements/plan.png").write_bytes(PICTURE)
    edit(
        root / "requirements/items.yaml",
        "    text: The system shall",
        "    figures: [plan.png]\n    text: The system shall",
    )
    freeze(root, ["URS"])
    (root / "baselines/documents/_media" / hashlib.sha256(PICTURE).hexdigest()).unlink()
    assert codes(root) == ["VG388"]
    with pytest.raises((SourceError, VerificationError)):
        build_version(root, "0.9", only=["URS"])


def test_another_picture_under_the_same_name_needs_a_new_version(root: Path) -> None:
    (root / "requirements/plan.png").write_bytes(PICTURE)
    edit(
        root / "requirements/items.yaml",
        "    text: The system shall",
        "    figures: [plan.png]\n    text: The system shall",
    )
    freeze(root, ["URS"])
    (root / "requirements/plan.png").write_bytes(PICTURE + b"\0")
    with pytest.raises(SourceError):
        freeze(root, ["URS"])


def test_a_version_stands_beside_the_present_documents_in_the_list_of_the_pack(root: Path, tmp_path: Path) -> None:
    freeze(root)
    pack = tmp_path / "pack"
    build(root, formats=("docx",), output=pack)
    build_version(root, "0.9", only=["URS"], formats=("docx",), output=pack)
    assert (pack / "word/URS.docx").is_file()
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    files = {name: hashlib.sha256(data).hexdigest() for name, data in tree(pack).items() if name != "manifest.json"}
    assert listed == files
    assert [(one["key"], one["version"]) for one in manifest["versions"]] == [("URS", "0.9")]


def test_an_unknown_version_lists_those_that_exist(root: Path) -> None:
    freeze(root, ["URS", "OQ-protocol"])
    with pytest.raises(RenderError) as refused:
        build_version(root, "7.0", only=["OQ"])
    assert "OQ-protocol 0.9" in refused.value.why
    with pytest.raises(RenderError, match="FS has no frozen version"):
        build_version(root, "0.9", only=["FS"])


def test_new_results_need_a_new_version_of_the_matrix_and_of_nothing_else(root: Path, valgen: Valgen) -> None:
    row = '      - {version: "0.9", date: "2026-01-01", author: A. Author, summary: First}\n'
    edit(root / "requirements/documents.yaml", f"T1-RTM-001\n    history:\n{row}", f"T1-RTM-001\n    history:\n{row}"
         '      - {version: "2.0", date: "2026-02-01", author: A. Author, summary: Final issue}\n')  # fmt: skip
    freeze(root)
    assert valgen("run", "oq", "-q").returncode == 0
    assert codes(root) == []
    assert [one.key for one in freeze(root, ["RTM-initial"]).unchanged] == ["RTM-initial"]
    assert [one.key for one in freeze(root, ["URS", "FS", "OQ-protocol"]).unchanged] == ["URS", "FS", "OQ-protocol"]
    with pytest.raises(SourceError) as refused:
        freeze(root, ["RTM"])
    assert "OQ-001 in VAL" in refused.value.findings[0].message
    assert [one.key for one in freeze(root, ["OQ-report"]).frozen] == ["OQ-report"]


def test_a_reference_that_leads_nowhere_is_found_at_its_place(root: Path) -> None:
    edit(
        root / "requirements/documents.yaml",
        "    number: T1-FS-001\n",
        "    number: T1-FS-001\n    references: [USR]\n",
    )
    found = [one for one in check(root, cached=False).findings if one.code == "VG389"]
    assert [str(one.location) for one in found] == ["requirements/documents.yaml:8:18"]
    assert "URS" in found[0].fix


def test_what_no_document_of_a_stage_selects_is_named(root: Path) -> None:
    edit(root / "requirements/documents.yaml", "    number: T1-OQ-001\n", "    number: T1-OQ-001\n    select: OQ-9*\n")
    assert sorted(codes(root)) == ["VG393", "VG394"]


def test_the_cache_of_check_notices_what_happened_to_frozen_versions(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALGEN_CACHE", str(tmp_path / "cache"))
    freeze(root, ["URS"])
    assert not [one for one in check(root).findings if one.code in VERSION_CODES]
    edit(root / "baselines/documents/URS/0.9.json", "two numbers", "two letters")
    assert [one.code for one in check(root).findings if one.code in VERSION_CODES] == ["VG384"]


def test_freeze_on_the_command_line_never_speaks_of_approval_as_given(root: Path, valgen: Valgen) -> None:
    done = valgen("freeze", "URS")
    assert done.returncode == 0
    assert "Frozen is not approved" in done.stdout
    edit(root / "requirements/items.yaml", "add two numbers", "add two numbers at once")
    refused = valgen("freeze", "URS")
    assert refused.returncode == 1
    assert "VG390" in refused.stderr
    assert valgen("freeze").returncode == 2
    assert valgen("freeze", "XYZ").returncode == 1
    assert valgen("build", "URS", "--version", "3.0").returncode == 2


def test_diff_shows_before_and_after_of_two_versions(root: Path, valgen: Valgen) -> None:
    freeze(root, ["URS"])
    edit(root / "requirements/items.yaml", "add two numbers", "add =cmd|numbers")
    add_row(root, "0.10")
    freeze(root, ["URS"])
    for arguments in (["URS@0.9", "URS@0.10"], ["URS@0.9"]):
        answer = json.loads(valgen("diff", *arguments, "--json").stdout)
        assert [one["id"] for one in answer["changed"]] == ["URS-001"]
        assert answer["changed"][0]["fields"] == [
            {
                "name": "text",
                "before": "The system shall add two numbers.",
                "after": "The system shall add =cmd|numbers.",
            }
        ]
        assert (answer["added"], answer["retired"], answer["removed"]) == ([], [], [])
    assert "Nothing differs" in valgen("diff", "URS@0.10").stdout
    assert valgen("diff", "URS@7", "URS@0.10").returncode == 2
    assert valgen("diff", "URS@0.9", "HEAD").returncode == 2


@pytest.mark.parametrize("place", [".", ".."], ids=["whole repository", "folder of a repository"])
def test_diff_compares_git_revisions(root: Path, valgen: Valgen, place: str) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=root / place, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    edit(root / "requirements/items.yaml", "add two numbers", "add three numbers")
    git("commit", "-q", "-am", "second")
    edit(root / "test_scripts/oq/a.feature", "Then the sum is 5", "Then the sum is 6")
    answer = json.loads(valgen("diff", "HEAD~1", "HEAD", "--json").stdout)
    assert [one["id"] for one in answer["changed"]] == ["URS-001"]
    answer = json.loads(valgen("diff", "HEAD", "--json").stdout)
    assert [one["id"] for one in answer["changed"]] == ["OQ-001"]
    assert valgen("diff", "nowhere").returncode == 2
    assert valgen("diff", "--output=x").returncode == 2
