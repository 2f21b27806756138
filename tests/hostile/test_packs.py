"""A pack is of one state, replaces nothing but a pack, and passes on nothing that somebody altered."""

from __future__ import annotations

import json
import re
import zipfile

import pytest


def word(tiny, key: str) -> str:
    with zipfile.ZipFile(tiny.root / "build/pack/word" / f"{key}.docx") as file:
        return re.sub(r"<[^>]+>", " ", file.read("word/document.xml").decode("utf-8"))


def test_report_of_an_earlier_state_never_stands_beside_a_newer_matrix(tiny):
    assert tiny.valgen("run", "oq").returncode == 0
    assert tiny.valgen("build").returncode == 0
    assert "1 planned: 1 Passed" in word(tiny, "OQ-report")
    tiny.steps('@then("it holds")\ndef _():\n    assert 1 == 2\n')
    assert tiny.valgen("run", "oq").returncode == 1
    assert tiny.valgen("build", "URS").returncode == 0
    assert "1 planned: 1 Failed" in word(tiny, "OQ-report")
    trace = json.loads((tiny.root / "build/pack/data/trace.json").read_text("utf-8"))
    assert {row["dry_status"] for row in trace["rows"]} == {"Covered-Failed"}


def test_altered_file_of_the_pack_before_is_not_sealed_again(tiny):
    assert tiny.valgen("build").returncode == 0
    altered = tiny.root / "build/pack/word/RTM.docx"
    altered.write_bytes(altered.read_bytes() + b"altered")
    assert tiny.valgen("verify").returncode == 1
    assert tiny.valgen("build", "URS").returncode == 0
    assert tiny.valgen("verify").returncode == 0
    assert not altered.exists() or not altered.read_bytes().endswith(b"altered")


@pytest.mark.parametrize("manifest", ["{}", '{"name": "web application", "files": []}', "[" * 10000, "\x00"])
def test_folder_with_the_manifest_of_something_else_is_not_replaced(tiny, manifest):
    tiny.write("app/manifest.json", manifest)
    tiny.write("app/index.html", "my own")
    done = tiny.valgen("build", "--output", "app")
    assert done.returncode == 2
    assert "holds files that are no pack" in done.stderr
    assert (tiny.root / "app/index.html").read_text() == "my own"


def test_file_that_somebody_put_into_a_pack_is_not_deleted(tiny):
    assert tiny.valgen("build").returncode == 0
    tiny.write("build/pack/signed-by-hand.pdf", "scan")
    done = tiny.valgen("build")
    assert done.returncode == 2
    assert "signed-by-hand.pdf" in done.stderr
    assert (tiny.root / "build/pack/signed-by-hand.pdf").read_text() == "scan"


@pytest.mark.parametrize("folder", ["requirements", "requirements/pack", "test_scripts/oq/x", ".valgen", ".valgen/dry"])
def test_pack_cannot_lie_where_sources_or_records_lie(tiny, folder):
    done = tiny.valgen("build", "--output", folder)
    assert done.returncode == 2
    assert "the pack cannot lie in" in done.stderr


def test_place_that_cannot_be_written_is_an_error_with_a_way_out(tiny):
    done = tiny.valgen("build", "--output", "/proc/pack")
    assert done.returncode == 2
    assert "error[VG700] the pack cannot be written" in done.stderr


def test_workbook_and_list_of_a_pack_without_a_matrix_document_are_marked_dry_run(tiny):
    tiny.write(
        "requirements/documents.yaml",
        "documents:\n"
        + "".join(
            f"  - {{type: {kind}, planned: no, rationale: r}}\n" for kind in ("RTM", "OQ", "DEVLOG", "VSR", "CERT")
        ),
    )
    assert tiny.valgen("run", "oq").returncode == 0
    assert tiny.valgen("build", "--format", "xlsx").returncode == 0
    import openpyxl

    book = openpyxl.load_workbook(tiny.root / "build/pack/excel/RTM.xlsx")
    for sheet in book:
        assert any("DRY RUN" in str(cell) for row in sheet.iter_rows(max_row=4, values_only=True) for cell in row), (
            sheet
        )
    assert json.loads((tiny.root / "build/pack/manifest.json").read_text("utf-8"))["dry_run"] is True
    assert "DRY RUN" in (tiny.root / "build/pack/README.html").read_text("utf-8")


@pytest.mark.parametrize("how", ["altered", "missing"])
def test_attachment_that_is_not_what_was_captured_gets_into_no_pack(tiny, how):
    tiny.steps('@then("it holds")\ndef _(evidence):\n    evidence.attach(b"as captured", "log.txt")\n')
    assert tiny.valgen("run", "oq").returncode == 0
    assert tiny.valgen("build", "--format", "docx").returncode == 0
    kept = next(
        one for one in (tiny.root / ".valgen/dry/blobs").rglob("*") if one.is_file() and one.stat().st_size == 11
    )
    kept.chmod(0o600)
    kept.unlink()
    if how == "altered":
        kept.write_bytes(b"as intended")
    done = tiny.valgen("build", "--format", "docx")
    assert done.returncode != 0
    assert "error[VG508] OQ-001-2-1 of dry-0001" in done.stderr
    assert next((tiny.root / "build/pack/evidence").rglob("*log.txt")).read_bytes() == b"as captured"
