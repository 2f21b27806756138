"""Failing, skipped, never executed and killed cases are what they are in every document and every count."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import docx
import openpyxl
import pytest

from command_line import typed

Valgen = Callable[..., CompletedProcess[str]]

CASES = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5

  @OQ-002 @verifies:FS-001
  Scenario: Fails
    Given a calculator
    When 2 and 3 are added
    Then the sum is 6

  @OQ-003 @verifies:FS-001
  Scenario: Is skipped
    When the step is skipped
    Then the sum is 5
"""
LATER = """
Feature: Later
  @OQ-004 @verifies:FS-001
  Scenario: Was never run
    When 1 and 1 are added
    Then the sum is 2
"""


def word_text(path: Path) -> str:
    """Return all text of a Word file's body, table cells separated by tabs, rows by line ends."""
    document = docx.Document(str(path))
    parts = []
    for element in document.element.body.iter():
        if element.tag.endswith("}t"):
            parts.append(element.text or "")
        elif element.tag.endswith(("}p", "}tc")):
            parts.append("\t")
        elif element.tag.endswith("}tr"):
            parts.append("\n")
    return "".join(parts)


def word_tables(path: Path) -> list[list[list[str]]]:
    """Return every table of a Word file as rows of cell texts."""
    document = docx.Document(str(path))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def html_text(path: Path) -> str:
    """Return the text of a page."""
    parser = _Text()
    parser.feed(path.read_text(encoding="utf-8"))
    return " ".join(" ".join(parser.parts).split())


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory, small: Callable[[Path], Path]) -> Path:
    """The pack of a project with a passing, a failing, a skipped and a never executed case; nobody changes it."""
    root = small(tmp_path_factory.mktemp("honest") / "project")
    (root / "test_scripts/oq/cases.feature").write_text(CASES.lstrip("\n"), encoding="utf-8")
    done = typed("run", "oq", folder=root)
    assert done.returncode == 1, done.stderr
    (root / "test_scripts/oq/later.feature").write_text(LATER.lstrip("\n"), encoding="utf-8")
    done = typed("build", folder=root)
    assert done.returncode == 0, done.stderr
    return root / "build" / "pack"


@pytest.mark.verifies("URS-022", "URS-024")
def test_word_report_states_every_result_and_counts_one_passed(pack: Path) -> None:
    report = word_text(pack / "word" / "OQ-report.docx")
    assert "DRY RUN" in report
    for value in ("calculator ready, model C-7", "pressed 2 + 3", "display shows 5", "no instrument today"):
        assert value in report, f"{value} is missing"
    assert "4 planned: 1 Passed, 1 Failed, 1 Skipped, 1 Not executed. Accepted: 1 of 4." in report
    statistics = next(table for table in word_tables(pack / "word" / "OQ-report.docx") if "Planned" in table[0])
    counts = dict(zip(statistics[0], statistics[1], strict=True))
    assert (counts["Planned"], counts["Passed"], counts["Failed"], counts["Skipped"], counts["Not executed"]) == (
        "4", "1", "1", "1", "1",
    )  # fmt: skip
    results = next(
        table for table in word_tables(pack / "word" / "OQ-report.docx") if table[0][:2] == ["Test ID", "Title"]
    )
    at = results[0].index("Result")
    assert {row[0]: row[at] for row in results[1:]} == {
        "OQ-001": "Passed", "OQ-002": "Failed", "OQ-003": "Skipped", "OQ-004": "Not executed",
    }  # fmt: skip


@pytest.mark.verifies("URS-041")
def test_html_and_excel_and_data_agree_with_word(pack: Path) -> None:
    page = html_text(pack / "html" / "OQ-report.html")
    assert "4 planned: 1 Passed, 1 Failed, 1 Skipped, 1 Not executed. Accepted: 1 of 4." in page
    book = openpyxl.load_workbook(pack / "excel" / "RTM.xlsx")
    rows = [[str(cell or "") for cell in row] for row in book["Results"].iter_rows(values_only=True)]
    head = next(number for number, row in enumerate(rows) if row[0] == "Test")
    at = rows[head].index("Dry run result")
    found = {row[0]: row[at] for row in rows[head + 1 :] if row[0].startswith("OQ-")}
    assert found == {"OQ-001": "Passed", "OQ-002": "Failed", "OQ-003": "Skipped", "OQ-004": "Not executed"}
    with (pack / "data" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = {row["Test"]: row["Dry run result"] for row in csv.DictReader(file)}
    assert lines == found
    trace = json.loads((pack / "data" / "trace.json").read_text(encoding="utf-8"))
    assert {row["id"]: (row["status"], row["dry_status"]) for row in trace["rows"]} == {
        "URS-001": ("Covered-Not executed", "Covered-Failed"),
        "FS-001": ("Covered-Not executed", "Covered-Failed"),
    }


@pytest.mark.verifies("URS-028")
def test_no_document_calls_the_system_validated_or_released(pack: Path) -> None:
    summary = word_text(pack / "word" / "VSR.docx")
    assert "Not released" in summary
    assert "not released for regulated use by this report" in summary
    assert not re.search(r"Acceptance criteria met|Ready for signature", summary)


@pytest.mark.verifies("URS-023")
def test_a_run_killed_in_the_middle_keeps_its_steps_and_is_shown_as_aborted(
    project: Path, write_feature: Callable[..., None], valgen: Valgen
) -> None:
    write_feature(
        """
Feature: Killed
  @OQ-001 @verifies:FS-001
  Scenario: Before
    When 2 and 3 are added
    Then the sum is 5

  @OQ-002 @verifies:FS-001
  Scenario: In flight
    Given a calculator
    When the tester is killed
    Then the sum is 5

  @OQ-003 @verifies:FS-001
  Scenario: After
    When 2 and 3 are added
    Then the sum is 5
"""
    )
    done = valgen("run", "oq")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    status = json.loads(valgen("status", "--json").stdout)
    assert [(run["run"], run["state"]) for run in status["runs"]] == [("dry-0001", "aborted")]
    assert valgen("build").returncode == 0
    report = word_text(project / "build" / "pack" / "word" / "OQ-report.docx")
    assert "calculator ready, model C-7" in report
    results = next(
        table
        for table in word_tables(project / "build" / "pack" / "word" / "OQ-report.docx")
        if table[0][:2] == ["Test ID", "Title"]
    )
    at = results[0].index("Result")
    assert {row[0]: row[at] for row in results[1:]} == {
        "OQ-001": "Passed", "OQ-002": "Aborted", "OQ-003": "Not executed",
    }  # fmt: skip
    assert "3 planned: 1 Passed, 1 Aborted, 1 Not executed. Accepted: 1 of 3." in report
