"""A program of its own counts a project again, and nothing is left out of the matrix unnoticed (integrity.md D-6)."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.filters import FilterColumn, Filters

TOOL = Path(__file__).resolve().parents[2] / "tools" / "count_again.py"
Valgen = Callable[..., CompletedProcess[str]]

ITEMS = """
items:
  - {id: URS-001, title: Adds, text: The system shall add two numbers.}
  - {id: URS-002, title: Forgets, text: The system shall forget., priority: must}
  - {id: URS-003, title: Skips, text: The system shall skip.}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001]}
  - {id: FS-003, title: Skipping, text: Skips., satisfies: [URS-003]}
"""
CASES = '''
@verifies:FS-001
Feature: Addition
  @OQ-001
  Scenario Outline: Works
    Given a calculator
    When <a> and 3 are added
    Then the sum is <sum>

    Examples:
      | case  | a | sum |
      | small | 2 | 5   |
      | large | 9 | 12  |

  @OQ-002 @verifies:FS-003
  Scenario: Fails
    When 2 and 3 are added
      """
      @OQ-099
      Scenario: not one
      """
    Then the sum is 6

  @OQ-003 @retired
  Scenario: Is over
    Then the sum is 5
'''


@pytest.fixture
def pack(project: Path, write_feature: Callable[..., None], valgen: Valgen) -> Path:
    (project / "requirements" / "items.yaml").write_text(ITEMS, "utf-8")
    write_feature(CASES)
    valgen("run", "oq")
    done = valgen("build", "RTM", "--format", "xlsx")
    assert (project / "build/pack/excel/RTM.xlsx").is_file(), done.stderr + done.stdout
    return project / "build" / "pack"


def load() -> Any:
    spec = importlib.util.spec_from_file_location("count_again", TOOL)
    if spec is None or spec.loader is None:
        raise ImportError(TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tool = load()


def row_of(sheet: Any, text: str) -> int:
    return next(cells[0].row for cells in sheet.iter_rows() if cells[0].value == text)


def drop(book: Any) -> None:
    for name in ("Every item", "Forward"):
        book[name].delete_rows(row_of(book[name], "URS-002"))


def improve(book: Any) -> None:
    for cells in book["Results"].iter_rows():
        for cell in cells:
            if cell.value == "Failed":
                cell.value = "Passed"


def round_up(book: Any) -> None:
    """The gap is counted as passed, in the sums alone."""
    sheet = book["Coverage formal"]
    head = [cell.value for cell in sheet[4]]
    row = row_of(sheet, "URS")
    sheet.cell(row, head.index("Not covered (GAP)") + 1).value = "0"
    sheet.cell(row, head.index("Covered-Not executed") + 1).value = "3"


def colour(book: Any) -> None:
    book["Gaps"].cell(row_of(book["Gaps"], "URS-002"), 1).font = Font(color="FFFFFFFF")


def leave_out(book: Any) -> None:
    book["Gaps"].auto_filter.filterColumn.append(FilterColumn(colId=0, filters=Filters(filter=["OQ-001"])))


HIDDEN: dict[str, Callable[[Any], Any]] = {
    "row": lambda book: setattr(book["Gaps"].row_dimensions[row_of(book["Gaps"], "URS-002")], "hidden", True),
    "low row": lambda book: setattr(book["Forward"].row_dimensions[row_of(book["Forward"], "URS-002")], "height", 0.5),
    "column": lambda book: setattr(book["Forward"].column_dimensions["M"], "hidden", True),
    "narrow column": lambda book: setattr(book["Results"].column_dimensions["E"], "width", 0.3),
    "sheet": lambda book: setattr(book["Gaps"], "sheet_state", "veryHidden"),
    "filter": leave_out,
    "colour": colour,
    "number format": lambda book: setattr(
        book["Gaps"].cell(row_of(book["Gaps"], "URS-002"), 1), "number_format", ";;;"
    ),
    "item that is left out": drop,
    "result": improve,
    "sum": round_up,
}


@pytest.mark.attack("D-6")
def test_a_program_of_its_own_counts_the_same_and_notices_what_is_hidden(
    project: Path, pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """D-6: every way of hiding an item from the matrix, one after the other."""
    assert tool.main(project, pack) == 0
    said = capsys.readouterr().out
    for what in ("items of the files, each one row: 5 of 5", "planned tests, each one row: 3 of 3"):
        assert f"ok   {what}" in said
    assert "FAIL" not in said
    for number, (what, change) in enumerate(HIDDEN.items()):
        other = tmp_path / f"altered-{number}"
        shutil.copytree(pack, other)
        book = openpyxl.load_workbook(other / "excel/RTM.xlsx")
        change(book)
        book.save(other / "excel/RTM.xlsx")
        assert (tool.main(project, other), "FAIL" in capsys.readouterr().out) == (1, True), what
    # An item that came later stands in the files and not in the workbook.
    (project / "requirements/later.yaml").write_text("items:\n  - {id: URS-004, title: Late, text: Late.}\n", "utf-8")
    assert tool.main(project, pack) == 1
    assert "URS-004: counted 1, shown 0" in capsys.readouterr().out
