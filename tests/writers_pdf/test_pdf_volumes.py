"""Large documents come in volumes, nothing lost between them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from office import document
from pdf_files import links, opened, outline, result, text

from valgen.documents.blocks import Column, Document, Entry, Facts, Row, Section, Table, cell, link_cell, paragraph
from valgen.writers.docx.widths import Widths
from valgen.writers.pdf.heights import Heights
from valgen.writers.pdf.layout import HEIGHT, units, volumes
from valgen.writers.pdf.writer import VOLUME_PAGES


def _next(link: str) -> Facts:
    return Facts((("Next", (paragraph("next", link=link),)),))


def _large(entries: int = 60, rows: int = 300) -> Document:
    held = tuple(
        Entry(
            f"OQ-{number:03d}", f"OQ-{number:03d}", "Title", "OQ",
            (paragraph("A sentence of a case. " * 12), _next(f"#OQ-{number + 30:03d}")),
        )
        for number in range(entries)
    )  # fmt: skip
    table = Table(
        (Column("Id"), Column("Text", 30)),
        tuple(
            Row((link_cell((f"OQ-{number % entries:03d}",)), cell(f"row {number}")), anchor=f"R-{number}")
            for number in range(rows)
        ),
        caption="All rows", anchor="all",
    )  # fmt: skip
    small = Table((Column("A"),), (Row((cell("x"),)),), caption="After")
    return document(
        sections=(
            Section("Cases", "cases", (Section("Group", "group", held),)),
            Section("Rows", "rows", (paragraph("before"), table, small)),
        )
    )


def test_ordinary_documents_are_one_volume() -> None:
    made = result(_large(10, 20))
    assert len(made.volumes) == 1 and VOLUME_PAGES == 400


def test_every_place_is_in_exactly_one_volume() -> None:
    made = _large()
    widths = Widths(made.sections)
    parts = volumes(units(made), widths, Heights(widths, HEIGHT), 4)
    assert len(parts) > 3
    entries = [unit.entry.anchor for volume in parts for unit in volume if unit.entry]
    assert entries == [f"OQ-{number:03d}" for number in range(60)]
    blocks = [block for volume in parts for unit in volume for block in unit.blocks]
    rows = [row.anchor for block in blocks if isinstance(block, Table) for row in block.rows]
    assert rows == [*(f"R-{number}" for number in range(300)), ""]


def test_volumes_are_whole_files_with_bookmarks_and_links_of_their_own() -> None:
    made = result(_large(), volume_pages=4)
    assert len(made.volumes) > 3
    assert made.pages == sum(len(opened(data).pages) for data in made.volumes)
    for data in made.volumes:
        file = opened(data)
        assert len(file.pages) <= 12
        assert outline(file)[0][0] == 1
        assert links(file)
    assert "1 Cases (continued)" in [title for _, title in outline(opened(made.volumes[1]))]
    assert [sorted(opened(data).attachments) for data in made.volumes[:2]] == [["URS.json"], []]


@pytest.mark.real
def test_volumes_name_each_other_and_lose_nothing(tmp_path: Path) -> None:
    made = result(_large(), volume_pages=4)
    shown = [text(data, tmp_path) for data in made.volumes]
    count = len(shown)
    together = "\n".join(shown)
    assert all(f"row {number}\n" in together for number in range(300))
    assert all(f"OQ-{number:03d} Title" in together for number in range(60))
    for number, one in enumerate(shown, 1):
        assert f"Volume {number} of {count}" in one
    assert re.search(r"next \(volume [2-9]\)", shown[0])
    assert "Table 1 (continued)" in together and "Table 2" in shown[-1]
    assert "1.1 Group, OQ-000 to 1.1 Group, OQ-0" in shown[0]
