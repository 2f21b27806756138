"""The pages that a Word file should have are computed from its content, and the checks of a pack can fail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest


@pytest.fixture(autouse=True)
def _tools(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the modules of the folder tools importable."""
    monkeypatch.syspath_prepend(str(repository / "tools"))
    yield
    for name in ("rendering", "rendering_pdf", "word_pages"):
        sys.modules.pop(name, None)


def _saved(made: object, folder: Path) -> Path:
    path = folder / "made.docx"
    made.save(str(path))  # type: ignore[attr-defined]
    return path


def test_empty_file_has_one_page(tmp_path: Path) -> None:
    from word_pages import expected_pages

    assert expected_pages(_saved(docx.Document(), tmp_path)) == 1


def test_each_page_break_asks_for_a_page(tmp_path: Path) -> None:
    from word_pages import expected_pages

    made = docx.Document()
    for _ in range(3):
        made.add_paragraph("Text.")
        made.add_page_break()
    assert expected_pages(_saved(made, tmp_path)) == 4


def test_twice_the_rows_ask_for_about_twice_the_pages(tmp_path: Path) -> None:
    from word_pages import expected_pages

    counts = []
    for rows in (200, 400):
        made = docx.Document()
        table = made.add_table(rows=rows, cols=2)
        for row in table.rows:
            row.cells[0].text = "A step of a test with an instruction that needs more than one line of its column. " * 2
        counts.append(expected_pages(_saved(made, tmp_path)))
    assert counts[0] > 10
    assert abs(counts[1] - 2 * counts[0]) <= 1


def test_check_that_looked_at_nothing_does_not_hold() -> None:
    from rendering import Check

    assert not Check("files", 0).ok
    assert not Check("files", 2, ("one is wrong",)).ok
    assert Check("files", 2).ok


def test_headings_of_the_outline_carry_the_ids_under_them(tmp_path: Path) -> None:
    from rendering import outline

    made = docx.Document()
    made.add_heading("First", 1)
    made.add_paragraph("URS-001 and FS-002.")
    made.add_heading("Second", 2)
    assert [tuple(one) for one in outline(_saved(made, tmp_path))] == [("First", ("URS-001", "FS-002")), ("Second", ())]


@pytest.mark.parametrize(
    ("bookmarks", "texts", "wrong"),
    [
        ([("First", 1, 1), ("Second", 2, 1)], ["FirstURS-001", "Second"], ""),
        ([("First", 1, 1)], ["FirstURS-001", "Second"], "bookmarks"),
        ([("Second", 2, 1), ("First", 1, 1)], ["FirstURS-001", "Second"], "bookmarks"),
        ([("First", 1, 1), ("Second", 2, 1)], ["Second", "FirstURS-001"], "order"),
        ([("First", 1, 1), ("Second", 2, 1)], ["First", "SecondURS-001"], "ids"),
    ],
)
def test_text_out_of_reading_order_is_found(
    bookmarks: list[tuple[str, int, int]], texts: list[str], wrong: str
) -> None:
    import rendering_pdf
    from rendering import Heading

    found = rendering_pdf._Found()
    rendering_pdf._order(found, "URS", [Heading("First", ("URS-001",)), Heading("Second", ())], bookmarks, texts)
    first = next((name for name, bad in found.bad.items() if bad), "")
    assert first == wrong
