"""Kept renditions: taken only where nothing that decides their bytes has changed, and never trusted when damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from valgen.codes import finding
from valgen.workflow.renditions import Rendition, Renditions
from valgen.workflow.writing import file_names, is_file_of, kept_site_folder

WARNING = finding("VG700", "said about it", ids=("URS-001",))


class Writer:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Rendition:
        self.count += 1
        return Rendition(files=(b"first", b"second"), findings=(WARNING,))


def test_the_same_parts_are_written_once_and_give_the_same_files_and_findings(tmp_path: Path) -> None:
    writer = Writer()
    first = Renditions(tmp_path).get(("docx", "digest"), writer)
    again = Renditions(tmp_path).get(("docx", "digest"), writer)
    assert again == first
    assert writer.count == 1


@pytest.mark.parametrize("parts", [("pdf", "digest"), ("docx", "other"), ("docx", "digest", "")])
def test_any_other_part_is_written_anew(tmp_path: Path, parts: tuple[str, ...]) -> None:
    writer = Writer()
    kept = Renditions(tmp_path)
    kept.get(("docx", "digest"), writer)
    kept.get(parts, writer)
    assert writer.count == 2


def test_other_code_of_the_writers_is_another_rendition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer()
    Renditions(tmp_path).get(("docx", "digest"), writer)
    monkeypatch.setattr("valgen.workflow.renditions.writers_digest", lambda: "another release")
    Renditions(tmp_path).get(("docx", "digest"), writer)
    assert writer.count == 2


def test_every_damaged_entry_is_written_anew(tmp_path: Path) -> None:
    writer = Writer()
    Renditions(tmp_path).get(("docx", "digest"), writer)
    (entry,) = (tmp_path / "renditions").iterdir()
    whole = entry.read_bytes()
    for position in range(len(whole)):
        entry.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        before = writer.count
        made = Renditions(tmp_path).get(("docx", "digest"), writer)
        assert made.files == (b"first", b"second")
        assert writer.count == before + 1, position


def test_without_a_folder_nothing_is_kept() -> None:
    writer = Writer()
    kept = Renditions(None)
    kept.get(("docx", "digest"), writer)
    kept.get(("docx", "digest"), writer)
    kept.tidy()
    assert writer.count == 2


def test_entries_that_nobody_used_for_a_month_are_removed_and_others_stay(tmp_path: Path) -> None:
    kept = Renditions(tmp_path)
    kept.get(("docx", "old"), Writer())
    (old,) = (tmp_path / "renditions").iterdir()
    os.utime(old, (0, 0))
    kept.get(("docx", "new"), Writer())
    kept.tidy()
    assert not old.exists()
    assert len(list((tmp_path / "renditions").iterdir())) == 1


def test_using_an_entry_keeps_it(tmp_path: Path) -> None:
    kept = Renditions(tmp_path)
    kept.get(("docx", "old"), Writer())
    (old,) = (tmp_path / "renditions").iterdir()
    os.utime(old, (0, 0))
    kept.get(("docx", "old"), Writer())
    kept.tidy()
    assert old.exists()


def test_volumes_are_numbered_and_belong_to_their_document_alone() -> None:
    assert file_names("pdf", "OQ-report", 3) == ("pdf/OQ-report.pdf", "pdf/OQ-report.2.pdf", "pdf/OQ-report.3.pdf")
    assert is_file_of("pdf/OQ-report.2.pdf", "pdf", "OQ-report")
    assert not is_file_of("pdf/OQ-report.2.pdf", "pdf", "OQ")
    assert not is_file_of("pdf/OQ-report.x.pdf", "pdf", "OQ-report")
    assert not is_file_of("word/OQ-report.pdf", "pdf", "OQ-report")
    assert not is_file_of("pdf/URS.docx", "pdf", "URS")


def test_without_locks_of_the_operating_system_a_site_is_made_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(fd: int) -> bool:
        raise OSError("no locks")

    with kept_site_folder(tmp_path, tmp_path / "cache") as folder:
        assert folder is not None
    monkeypatch.setattr("valgen.ledger.lock._lock", refused)
    with kept_site_folder(tmp_path, tmp_path / "cache") as folder:
        assert folder is None
