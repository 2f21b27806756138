"""Workbooks: everything is text, nothing is lost, links lead somewhere."""

from __future__ import annotations

import io
import re

import office_samples
import openpyxl
import pytest
from hostile_texts import HOSTILE
from office import REL, R, S, outside, parts, xml

from valgen.documents.blocks import (
    Cell,
    Column,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.documents.visible import visible
from valgen.documents.workbook import Sheet, Workbook
from valgen.errors import RenderError
from valgen.writers import xlsx
from valgen.writers.xlsx import tab_names, write_workbook


def _book(*rows: Row, columns: int = 2, **fields: object) -> Workbook:
    table = Table(
        tuple(Column(f"C{number}") for number in range(1, columns + 1)), rows, caption="Things", anchor="things"
    )
    values: dict[str, object] = {"title": "Matrix", "number": "T-RTM-001", "version": "1.0", "control": (("Site", ""),)}
    return Workbook(sheets=(Sheet(name="Forward", table=table),), **(values | fields))  # type: ignore[arg-type]


def _sheet(data: bytes, name: str = "Forward") -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def _as_excel_reads(value: str | None) -> str:
    """Excel and LibreOffice decode these escapes; openpyxl leaves them."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found.group(1), 16)), value or "")


def _below_header(data: bytes, name: str = "Forward") -> list[list[str | None]]:
    sheet = _sheet(data, name)
    start = int("".join(filter(str.isdigit, sheet.freeze_panes)))
    return [[one.value for one in row] for row in sheet.iter_rows(min_row=start)]


def test_control_sheet_comes_first_and_digests_last() -> None:
    book = office_samples.matrix()
    opened = openpyxl.load_workbook(io.BytesIO(write_workbook(book)))
    assert opened.sheetnames == ["Document control", "Forward", "Backward", "Gaps", "Digests"]
    control = [[one.value for one in row] for row in opened["Document control"].iter_rows()]
    assert ["Change control", "–"] in control
    assert ["Sheet Forward", "40 rows: From requirement to test"] in control
    digests = [one.value for row in opened["Digests"].iter_rows() for one in row]
    assert book.digest in digests
    assert {name.value for name in opened.custom_doc_props.props} >= {book.number, book.digest, "DRAFT, DRY RUN"}


def test_header_is_frozen_filtered_and_repeated_in_print() -> None:
    sheet = _sheet(write_workbook(office_samples.matrix()))
    top = int(sheet.freeze_panes[1:])
    assert [one.value for one in sheet[top - 1]][:2] == ["URS ID", "Requirement"]
    assert sheet.auto_filter.ref == f"A{top - 1}:G{top + 39}"
    assert sheet.print_title_rows == f"${top - 1}:${top - 1}"
    assert sheet.page_setup.orientation == "landscape"


def test_marks_stand_on_every_sheet() -> None:
    opened = openpyxl.load_workbook(io.BytesIO(write_workbook(office_samples.matrix())))
    for sheet in opened:
        assert "DRAFT · DRY RUN" in [one.value for row in sheet.iter_rows(max_row=4) for one in row]
        assert "DRY RUN" in sheet.oddHeader.right.text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "＝1"])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    data = write_workbook(_book(Row((cell(text), cell("x"))), marks=(text,), control=((text, text),)))
    for name, part in parts(data).items():
        if name.startswith("xl/worksheets/sheet"):
            assert b"<f>" not in part and b"<f " not in part
    sheet = _sheet(data)
    found = [one for row in sheet.iter_rows() for one in row if one.value == visible(text)]
    assert found
    for one in found:
        assert one.data_type == "s"
        if text[0] != "\r":
            assert one.quotePrefix


def test_ordinary_text_is_not_marked_as_quoted() -> None:
    sheet = _sheet(write_workbook(_book(Row((cell("plain"), cell("1.10"))))))
    found = [one for row in sheet.iter_rows() for one in row if one.value in ("plain", "1.10")]
    assert [one.quotePrefix for one in found] == [False, False]
    assert [one.data_type for one in found] == ["s", "s"]


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_is_shown_and_the_file_opens(name: str) -> None:
    bad = HOSTILE[name]
    book = _book(
        Row((cell(bad[:30_000]), link_cell((bad[:100],))), anchor=bad[:100]),
        title=bad[:300], marks=(bad[:60],), control=((bad[:300], bad[:300]),), number=bad[:200], system=bad[:200],
    )  # fmt: skip
    data = write_workbook(book, pages={bad[:100]: "URS"})
    for part in parts(data):
        if part.endswith((".xml", ".rels")):
            xml(data, part)
    values = [_as_excel_reads(one.value) for row in _sheet(data).iter_rows() for one in row]
    shown = visible(bad[:30_000])
    assert shown in values or not shown.strip()


def test_text_longer_than_a_cell_goes_on_below_and_says_so() -> None:
    text = "".join(chr(0x4E00 + number % 5000) for number in range(70_000)) + "🙂" * 5_000
    rows = _below_header(write_workbook(_book(Row((cell("URS-001"), cell(text))), Row((cell("URS-002"), cell("x"))))))
    pieces = [row[1] for row in rows if row[0] and row[0].startswith("URS-001")]
    assert len(pieces) == 3
    for piece in pieces:
        assert piece and len(piece.encode("utf-16-le")) // 2 <= 32_767
    assert all(piece and piece.endswith(" [continued in the next row]") for piece in pieces[:-1])
    whole = "".join(
        piece.removeprefix("[continued] ").removesuffix(" [continued in the next row]") for piece in pieces if piece
    )
    assert whole == text
    assert [row[0] for row in rows] == ["URS-001", "URS-001 (continued)", "URS-001 (continued)", "URS-002"]


def test_table_longer_than_a_sheet_goes_on_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 10)
    data = write_workbook(_book(*(Row((cell(f"URS-{number}"), cell("x"))) for number in range(25))))
    opened = openpyxl.load_workbook(io.BytesIO(data))
    assert opened.sheetnames == ["Document control", "Forward", "Forward (2)", "Forward (3)", "Digests"]
    values = [one.value for sheet in opened for row in sheet.iter_rows() for one in row]
    assert all(f"URS-{number}" in values for number in range(25))
    assert "Rows 11 to 20 of 25; the others are on the neighbouring sheets." in values


def test_id_links_to_its_page_of_the_pack() -> None:
    row = Row((link_cell(("URS-001",)), link_cell(("OQ-001", "OQ-002"))))
    data = write_workbook(_book(row), pages={"URS-001": "URS", "OQ-001": "OQ-report"})
    assert outside(data) == [
        ("hyperlink", "../html/URS.html#URS-001"),
        ("hyperlink", "../html/OQ-report.html#OQ-001"),
    ]
    links = {one.get("ref"): one for one in xml(data, "xl/worksheets/sheet2.xml").iter(f"{S}hyperlink")}
    assert len(links) == 2
    tips = [one.get("tooltip") for one in links.values()]
    assert tips == [None, "Opens OQ-001; this cell also names OQ-002"]


def test_id_without_a_page_links_within_the_workbook_or_is_plain() -> None:
    first = Row((cell("URS-001"), link_cell(("URS-002",))), anchor="URS-001")
    second = Row((cell("URS-002"), link_cell(("FS-9",))), anchor="URS-002")
    data = write_workbook(_book(first, second))
    links = list(xml(data, "xl/worksheets/sheet2.xml").iter(f"{S}hyperlink"))
    assert [one.get("location") for one in links] == ["'Forward'!A5"]
    assert outside(data) == []
    sheet = _sheet(data)
    plain = next(one for row in sheet.iter_rows() for one in row if one.value == "FS-9")
    assert plain.font.underline is None


def test_control_sheet_links_to_the_sheets() -> None:
    links = list(xml(write_workbook(_book(Row((cell("x"),)))), "xl/worksheets/sheet1.xml").iter(f"{S}hyperlink"))
    assert [one.get("location") for one in links] == ["'Forward'!A1"]


def test_every_link_relation_exists() -> None:
    data = write_workbook(office_samples.matrix(), pages={f"URS-{number:03d}": "URS" for number in range(99)})
    for number in range(1, 6):
        ids = {one.get(f"{R}id") for one in xml(data, f"xl/worksheets/sheet{number}.xml").iter(f"{S}hyperlink")} - {
            None
        }
        name = f"xl/worksheets/_rels/sheet{number}.xml.rels"
        known = {one.get("Id") for one in xml(data, name).iter(f"{REL}Relationship")} if name in parts(data) else set()
        assert ids == known


def test_refused_address_is_no_link() -> None:
    data = write_workbook(_book(Row((Cell((Paragraph((Run("x", link="javascript:alert(1)"),)),)), cell("y")))))
    assert outside(data) == []


def test_tone_is_a_fill_and_empty_cells_print_a_dash() -> None:
    sheet = _sheet(write_workbook(_book(Row((cell("Failed", Tone.BAD), cell(""))))))
    cells = {one.value: one for row in sheet.iter_rows() for one in row}
    assert cells["Failed"].fill.fgColor.rgb.endswith("FBE4E2") and cells["Failed"].font.bold
    assert "–" in cells


def test_lists_in_cells_keep_their_bullets() -> None:
    blocks = Cell((ListBlock(((paragraph("a"),), (paragraph("b"),)), ordered=True),))
    assert ["1. a\n2. b", "x"] in _below_header(write_workbook(_book(Row((blocks, cell("x"))))))


def test_table_without_rows_says_so() -> None:
    assert _below_header(write_workbook(office_samples.matrix()), "Gaps")[0][0] == "There is no gap."


def test_cell_too_many_is_an_error() -> None:
    with pytest.raises(RenderError, match="3 cells for 2 columns"):
        write_workbook(_book(Row((cell("1"), cell("2"), cell("3")))))


def test_tab_names_are_legal_and_different() -> None:
    names = tab_names(["a/b", "A b", "History", "x" * 40, "x" * 41, "'quoted'", "", "\ud800"])
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
    assert "history" not in [name.casefold() for name in names]


def test_times_of_writing_leave_no_trace() -> None:
    found = parts(write_workbook(office_samples.matrix()))
    assert b"dcterms" not in found["docProps/core.xml"].replace(b"xmlns:dcterms", b"")
    assert b"openpyxl" not in b"".join(found.values())
