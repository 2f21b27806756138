"""The traceability matrix: one row per thing in each view, two issues, gaps as rows, counts that agree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stage_runs import run_of
from valgen.documents import clause_assessment, matrix
from valgen.documents.blocks import Block, Document, Table, plain_text, walk
from valgen.documents.catalog import DocumentSpec, marks, plan_documents
from valgen.documents.context import Context
from valgen.documents.release import obstacles
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.model.outcome import Coverage, Outcome, RunMode

Make = Callable[..., Context]

FILES = {
    "requirements/items.yaml": """
items:
  - {id: URS-001, title: Adds, text: The system shall add., priority: must, regulations: ["21CFR11.10(a)"]}
  - {id: URS-002, title: Taught, text: Users shall be taught., verification: procedure}
  - {id: URS-003, title: Bare, text: The system shall be bare.}
  - {id: URS-004, title: Later, text: It shall print., priority: wont, reason: Next release.}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001]}
  - {id: SOP-001, title: Teaching, satisfies: [URS-002]}
  - {id: RSK-001, title: Wrong, assesses: [URS-001], failure_mode: x, effect: y, severity: high, probability: high,
     detectability: low, mitigated_by: [FS-001]}
""",
    "test_scripts/oq/a.feature": """
Feature: Addition
  @OQ-001 @verifies:FS-001 @risk:RSK-001
  Scenario: Works
    When 2 is typed
    Then 5 is shown

  @OQ-002 @verifies:FS-001
  Scenario Outline: Adds <a>
    When <a> is added
    Then <a> is shown

    Examples:
      | a |
      | 1 |
      | 2 |
""",
    "requirements/documents.yaml": """
documents:
  - type: RTM
    number: T-RTM
    history:
      - {version: "1.0", date: "2026-01-01", author: A, change_ref: "", summary: Initial issue}
      - {version: "2.0", date: "2026-02-01", author: A, change_ref: "", summary: Final issue}
""",
}
OUTCOMES = {"OQ-001": Outcome.FAILED, "OQ-002[1]": Outcome.PASSED, "OQ-002[2]": Outcome.PASSED}


def spec_of(context: Context, key: str) -> DocumentSpec:
    return next(one for one in plan_documents(context) if one.key == key)


def document(context: Context, key: str) -> Document:
    made, findings = assemble(find_template(spec_of(context, key), {}), spec_of(context, key), context)
    assert findings == ()
    return made


def texts(table: Block) -> list[list[str]]:
    assert isinstance(table, Table)
    return [[plain_text(one.blocks) for one in row.cells] for row in table.rows]


def anchors(found: Document) -> list[str]:
    return [row.anchor for one in walk(found.sections) if isinstance(one, Table) for row in one.rows if row.anchor]


# Two issues of one document


def test_initial_and_final_issue_share_the_number_and_have_versions_of_their_own(context: Make) -> None:
    made = context(FILES)
    initial, final = spec_of(made, "RTM-initial"), spec_of(made, "RTM")
    assert (initial.number, final.number) == ("T-RTM", "T-RTM")
    assert (initial.version, final.version) == ("1.0 DRAFT", "2.0 DRAFT")
    assert initial.title.endswith("initial issue")


def test_initial_issue_holds_no_result_and_no_mark_of_a_dry_run(context: Make) -> None:
    run = run_of(context(FILES), OUTCOMES, mode=RunMode.DRY)
    made = context(FILES, runs=(run,))
    assert marks(spec_of(made, "RTM-initial"), made) == ("DRAFT",)
    assert marks(spec_of(made, "RTM"), made) == ("DRAFT", "DRY RUN")
    text = plain_text(document(made, "RTM-initial").sections)
    assert run.id not in text
    assert document(made, "RTM-initial").sections == document(context(FILES), "RTM-initial").sections


def test_places_of_the_two_issues_differ_so_that_links_lead_to_the_results(context: Make) -> None:
    made = context(FILES)
    assert not set(anchors(document(made, "RTM"))) & set(anchors(document(made, "RTM-initial")))
    assert "row-URS-001" in anchors(document(made, "RTM"))


def test_initial_coverage_sentence_is_made_from_its_table(context: Make) -> None:
    table, words = matrix.initial_counts(context(FILES), None)
    assert texts(table)[0] == ["URS", "4", "0", "0", "0", "1", "1", "0", "1", "1"]
    assert plain_text((words,)) == (
        "3 of 4 user requirements are covered: 1 by planned tests, 1 by procedures, 0 by supplier evidence; "
        "1 do not apply, and 1 have no coverage."
    )


# Views


@pytest.mark.parametrize("initial", [False, True])
def test_every_requirement_test_specification_and_risk_has_one_row(context: Make, initial: bool) -> None:
    made = context(FILES)
    (forward,) = matrix.forward(made, None, "URS", compact=True, initial=initial)
    tests, items = matrix.backward(made, None, initial=initial)
    (risks,) = matrix.risk_view(made, None, initial=initial)
    assert [row[0] for row in texts(forward)] == ["URS-001", "URS-002", "URS-003", "URS-004"]
    assert [row[0] for row in texts(tests)] == ["OQ-001", "OQ-002[1]", "OQ-002[2]"]
    assert [row[0] for row in texts(items)] == ["FS-001", "SOP-001"]
    assert [row[0] for row in texts(risks)] == ["RSK-001"]


def test_columns_of_the_forward_matrix_are_those_of_the_outline(context: Make) -> None:
    (table,) = matrix.forward(context(FILES), None, "URS", compact=True)
    assert [one.title for one in table.columns] == [  # type: ignore[union-attr]
        "URS ID", "Requirement", "Priority, GxP", "Risks, priority", "FS", "CS", "DS", "SOP, SUP", "Tests",
        "Result (latest)", "Deviations", "Coverage status",
    ]  # fmt: skip


def test_no_view_has_a_blank_cell(context: Make) -> None:
    made = context(FILES, runs=(run_of(context(FILES), OUTCOMES),))
    for key in ("RTM", "RTM-initial"):
        for table in walk(document(made, key).sections):
            if isinstance(table, Table):
                assert all(text.strip() for row in texts(table) for text in row), table.caption


def test_formal_and_dry_result_stand_apart_in_one_cell(context: Make) -> None:
    base = context(FILES)
    made = context(FILES, runs=(run_of(base, OUTCOMES, mode=RunMode.DRY, name="dry-0001"),))
    row = texts(matrix.forward(made, None, "URS", compact=True)[0])[0]
    assert row[9] == "3 Not executed\nDry run: 2 Passed\n1 Failed: OQ-001 VAL"
    assert row[11] == "Covered-Not executed\nDry run: Covered-Failed"
    formal = context(FILES, runs=(run_of(base, OUTCOMES),))
    row = texts(matrix.forward(formal, None, "URS", compact=True)[0])[0]
    assert (row[9], row[11]) == ("2 Passed\n1 Failed: OQ-001 VAL", "Covered-Failed")


def test_coverage_names_the_procedure_and_the_reason_behind_it(context: Make) -> None:
    rows = texts(matrix.forward(context(FILES), None, "URS", compact=True)[0])
    assert [row[-1] for row in rows] == [
        "Covered-Not executed",
        "Covered by SOP/Procedure (SOP-001)",
        "Not covered (GAP)",
        "Not applicable (Next release.)",
    ]


def test_legend_explains_every_status(context: Make) -> None:
    assert [row[0] for row in texts(matrix.legend(context(FILES), None)[0])] == [status.value for status in Coverage]


# Gaps


def test_gaps_of_one_outline_share_a_row_and_the_sentence_counts_all_of_them(context: Make) -> None:
    made = context(FILES, runs=(run_of(context(FILES), OUTCOMES, mode=RunMode.DRY, name="dry-0001"),))
    table, words = matrix.gaps(made, None, compact=True)
    shown = [row for row in texts(table) if not row[2].startswith("Clause")]
    assert [(row[0], row[2], row[4]) for row in shown] == [
        ("URS-003", "Not covered", "open"),
        ("OQ-001", "Failed", "open"),
        ("OQ-002 (2 rows)", "Not executed formally", "formal execution"),
    ]
    clauses = len(texts(table)) - len(shown)
    assert plain_text((words,)).startswith(f"{4 + clauses} gaps: 1 not covered, 1 failed, 2 not executed formally, ")
    assert len(texts(matrix.gaps(made, None)[0])) == 4 + clauses


def test_clauses_that_nothing_answers_are_gaps_as_the_view_by_regulation_says(context: Make) -> None:
    files = {
        **FILES,
        "requirements/items.yaml": FILES["requirements/items.yaml"].replace(
            "priority: wont, reason", 'regulations: ["21CFR11.10(e)", "21CFR11.10(h)"], priority: wont, reason'
        ),
        "requirements/applicability.yaml": """
- {clause: "21CFR11.10(h)", applicable: yes, rationale: Instruments send data.}
- {clause: "21CFR11.30", applicable: no, rationale: The system is closed.}
""",
    }
    made = context(files)
    (table,) = (block for block in matrix.regulations(made, None) if isinstance(block, Table))
    status = {row[0]: row[6] for row in texts(table)}
    found = {row[0]: row[2] for row in texts(matrix.gaps(made, None)[0])}
    assert {name for name, word in status.items() if word == Coverage.GAP} == {
        name for name, kind in found.items() if kind == "Clause not covered"
    }
    # A requirement that is not of this release leaves the clause open.
    assert status["21CFR11.10(e)"] == status["21CFR11.10(h)"] == Coverage.GAP
    assert status["21CFR11.30"] == Coverage.NOT_APPLICABLE and "21CFR11.30" not in found
    assert found["21CFR11.70"] == "Clause not decided"
    assert "21CFR11.10(a)" not in found
    open_ones = {row[0]: row[2] for row in texts(clause_assessment.gaps(made, None)[0])}
    assert open_ones.keys() - found.keys() == {"21CFR11.10(a)"}  # answered and not executed: its tests are the gaps


def test_test_that_no_environment_is_planned_for_is_a_gap_and_keeps_its_dry_results_marked(context: Make) -> None:
    run = run_of(context(FILES), OUTCOMES, mode=RunMode.DRY)
    settings = '[project]\nid = "T"\nname = "T"\n[environments.VAL]\ntitle = "V"\n[stages]\nOQ = []\n'
    made = context({**FILES, "valgen.toml": settings}, runs=(run,))
    found = [row[0] for row in texts(matrix.gaps(made, None)[0]) if row[2] == "Planned nowhere"]
    assert found == ["OQ-001", "OQ-002[1]", "OQ-002[2]"]
    assert any("planned in no environment: OQ-001" in one for one in obstacles(made))
    report = next(one for one in plan_documents(made) if one.key == "OQ-report")
    assert marks(report, made) == ("DRAFT", "DRY RUN")


def test_gap_says_what_happens_with_it(context: Make) -> None:
    run = run_of(context(FILES), OUTCOMES)
    changed = {
        **FILES,
        "test_scripts/oq/a.feature": FILES["test_scripts/oq/a.feature"].replace("5 is shown", "6 is shown"),
    }
    rows = {row[0]: row[2:] for row in texts(matrix.gaps(context(changed, runs=(run,)), None)[0])}
    assert rows["OQ-001"][0] == "Not executed"
    assert rows["OQ-001"][2] == "execute again"
    rows = {row[0]: row[2:] for row in texts(matrix.gaps(context(FILES), None)[0])}
    assert (rows["OQ-001"][0], rows["OQ-001"][2]) == ("Not executed", "formal execution")


def test_initial_issue_lists_missing_coverage_and_no_missing_execution(context: Make) -> None:
    table = matrix.gaps(context(FILES), None, compact=True, initial=True)[0]
    assert [row[0] for row in texts(table) if not row[2].startswith("Clause")] == ["URS-003"]


def test_counts_sentence_is_made_from_the_table_beside_it(context: Make) -> None:
    made = context(FILES, runs=(run_of(context(FILES), OUTCOMES),))
    table, words = matrix.counts(made, None)
    assert texts(table)[0] == ["URS", "4", "0", "0", "1", "0", "1", "0", "1", "1"]
    assert plain_text((words,)) == (
        "By formal results, procedures and supplier evidence, 1 of 4 user requirements are covered and accepted; "
        "1 failed, 0 are not executed, 1 without any coverage. 1 does not apply."
    )


def test_clause_status_of_initial_issue_knows_no_result(context: Make) -> None:
    made = context(FILES, runs=(run_of(context(FILES), OUTCOMES),))
    final = {row[0]: row[-1] for row in texts(matrix.regulations(made, None, compact=True)[0])}
    initial = {row[0]: row[-1] for row in texts(matrix.regulations(made, None, initial=True)[0])}
    assert (initial["21CFR11.10(a)"], final["21CFR11.10(a)"]) == ("Covered-Not executed", "Covered-Failed")
