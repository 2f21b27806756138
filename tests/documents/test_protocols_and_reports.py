"""Protocol and report are two renderings of one model; counts in their texts are those of their tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from stage_runs import run_of
from valgen.documents import cases, checklists, evaluation, evidence, executed, installation, results, scope
from valgen.documents.blocks import Block, Document, Entry, Facts, Notice, Section, Table, plain_text, walk
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import find_template
from valgen.documents.step_tables import changed_steps
from valgen.documents.template import assemble
from valgen.model.deviation import Deviation
from valgen.model.outcome import Outcome, RunMode, Stage, StepKind
from valgen.model.run import PlannedStep

Make = Callable[..., Context]

SCRIPT = """
Feature: Addition
  @OQ-001 @verifies:FS-001 @risk:RSK-001 @negative
  Scenario: Works
    Objective: show that it adds.
    Given a calculator at "<endpoint>"
    When 2 is typed
    And 3 is added
    Then 5 is shown
    When it is switched off
    Then it is dark

  @OQ-002 @verifies:FS-001
  Scenario Outline: Adds <a>
    When <a> is added
    Then <a> is shown

    Examples:
      | a |
      | 1 |
      | 2 |

  @OQ-003 @verifies:FS-001 @env:PROD
  Scenario: Elsewhere
    When it is looked at
    Then it is there
"""
FILES = {
    "valgen.toml": """
[project]
id = "T"
name = "Tiny"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
variables = { endpoint = "http://val" }
[environments.PROD]
title = "Production"
[stages]
IQ = ["VAL"]
OQ = ["VAL"]
PQ = ["VAL"]
""",
    "requirements/items.yaml": """
items:
  - {id: URS-001, title: Adds, text: The system shall add., priority: must}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001]}
  - {id: FS-002, title: Teaching, text: Teaches., satisfies: [URS-001], verification: procedure}
  - {id: CS-001, title: Limit, parameter: limit, value: "9", satisfies: [FS-001]}
  - {id: SOP-001, title: How to add, satisfies: [FS-002, URS-001]}
  - {id: RSK-001, title: Wrong, assesses: [URS-001], failure_mode: x, effect: y, severity: high, probability: high,
     detectability: low}
""",
    "test_scripts/oq/a.feature": SCRIPT,
    "test_scripts/iq/a.feature": """
Feature: Setting
  @IQ-001 @verifies:CS-001
  Scenario: The limit
    When the limit is read
    Then it is 9
""",
    "test_scripts/pq/a.feature": """
Feature: Work
  @PQ-001 @verifies:URS-001
  Scenario: A day
    Objective: show a day.
    Process: SOP-001, step 2
    Roles: analyst, reviewer
    Test data: week 7
    When a day is worked
    Then it is done
""",
    "documents/OQ.md": """
# Scope

All.

# Entry criteria

- Ready.
- Steady.

# Acceptance criteria

- All pass.
""",
}
ALL = {"OQ-001": Outcome.PASSED, "OQ-002[1]": Outcome.PASSED, "OQ-002[2]": Outcome.PASSED}


def document(context: Context, key: str) -> Document:
    spec = next(one for one in plan_documents(context) if one.key == key)
    made, findings = assemble(find_template(spec, {}), spec, context)
    assert findings == ()
    return made


def texts(table: Block) -> list[list[str]]:
    assert isinstance(table, Table)
    return [[plain_text(one.blocks) for one in row.cells] for row in table.rows]


def entries(blocks: tuple[Block, ...]) -> dict[str, Entry]:
    return {one.label.partition(" in ")[0]: one for one in walk(blocks) if isinstance(one, Entry)}


def step_rows(entry: Entry) -> list[list[str]]:
    return next(texts(one) for one in entry.blocks if isinstance(one, Table) and one.role == "steps")


def fact(entry: Entry, label: str) -> str:
    facts = [row for one in entry.blocks if isinstance(one, Facts) for row in one.rows]
    return next(plain_text(blocks) for name, blocks in facts if name == label)


# One model


def test_executed_steps_of_the_report_are_the_steps_of_the_protocol(context: Make) -> None:
    made = context(FILES, runs=(run_of(context(FILES), ALL),))
    protocol = entries(cases.protocol(made, None, Stage.OQ))
    report = entries(executed.executed(made, None, Stage.OQ))
    assert protocol.keys() == report.keys() == {"OQ-001", "OQ-002[1]", "OQ-002[2]", "OQ-003"}
    for name in protocol:
        assert [row[:3] for row in step_rows(protocol[name])] == [row[:3] for row in step_rows(report[name])]
    for name in ALL:
        digest = fact(protocol[name], "Digest of the script")
        assert re.fullmatch("[0-9a-f]{16}", digest)
        assert fact(report[name], "Digest of the script") == f"{digest}: the script of the protocol"


def test_report_says_which_steps_changed_after_the_execution(context: Make) -> None:
    run = run_of(context(FILES), ALL)
    changed = {**FILES, "test_scripts/oq/a.feature": SCRIPT.replace("Then 5 is shown", "Then 6 is shown")}
    made = context(changed, runs=(run,))
    entry = entries(executed.executed(made, None, Stage.OQ))["OQ-001"]
    assert "Then 5 is shown" in plain_text((entry,))
    assert fact(entry, "Digest of the script").endswith("not the script of the protocol")
    notice = next(one for one in entry.blocks if isinstance(one, Notice))
    (table,) = (one for one in notice.blocks if isinstance(one, Table))
    assert texts(table) == [["4", "Then 5 is shown", "Then 6 is shown"]]
    assert texts(evaluation.amendments(made, None, Stage.OQ)[0]) == [
        ["OQ-001", "VAL", "4", "Then 5 is shown", "Then 6 is shown"]
    ]
    assert "2 of 3 executed scripts" in plain_text(evaluation.protocol_executed(made, None, Stage.OQ))


def step(text: str) -> PlannedStep:
    return PlannedStep(number=1, kind=StepKind.GIVEN, keyword="Given", text=text)


@pytest.mark.parametrize(
    ("executed_text", "written", "differs"),
    [
        ("a calculator at http://val", "a calculator at <endpoint>", False),
        ("a calculator at http://val", "a computer at <endpoint>", True),
        ("a (b) [c]", "a (b) [c]", False),
        ("a", "b", True),
    ],
)
def test_value_of_a_placeholder_is_no_change_of_the_script(executed_text: str, written: str, differs: bool) -> None:
    assert bool(changed_steps((step(executed_text),), (step(written),))) is differs


def test_step_that_was_added_or_removed_is_a_change() -> None:
    assert changed_steps((), (step("new"),)) == ((1, "", "Given new"),)
    assert changed_steps((step("old"),), ()) == ((1, "Given old", ""),)


# Protocol


def test_index_has_risk_priority_type_and_mode_of_every_case(context: Make) -> None:
    table, words = cases.index(context(FILES), None, Stage.OQ)
    assert texts(table)[0] == ["OQ-001", "Works", "FS-001", "RSK-001", "High", "negative", "Automated", "VAL"]
    assert len(texts(table)) == 4
    assert plain_text((words,)).startswith("4 test cases of 3 scripts; 4 executions are planned")


def test_protocol_leaves_room_for_results_and_signatures(context: Make) -> None:
    entry = entries(cases.protocol(context(FILES), None, Stage.OQ))["OQ-001"]
    assert all(row[3:] == ["…"] * 4 for row in step_rows(entry))
    assert "reviewed, by another person" in fact(entry, "Executed, reviewed by")


def test_item_that_the_stage_does_not_test_has_a_row_with_the_reason(context: Make) -> None:
    assert texts(scope.not_tested(context(FILES), None, Stage.OQ)[0]) == [["FS-002", "Teaching", "procedural"]]
    more = FILES["requirements/items.yaml"] + "  - {id: FS-003, title: Bare, text: B., satisfies: [URS-001]}\n"
    found = texts(scope.not_tested(context({**FILES, "requirements/items.yaml": more}), None, Stage.OQ)[0])
    assert found[1] == ["FS-003", "Bare", "GAP: nothing verifies it"]


def test_entry_criteria_name_documents_and_leave_confirmation_to_people(context: Make) -> None:
    rows = texts(checklists.entry_criteria(context(FILES), None, Stage.OQ)[0])
    assert any(row[0].startswith("T-URS") and "not approved" in row[1] for row in rows)
    assert any(row[0].startswith("IQ is complete") for row in rows)
    assert {row[2] for row in rows} == {"…"}
    own = [one for one in walk(document(context(FILES), "OQ-protocol").sections) if isinstance(one, Table)]
    assert [row[0] for row in next(texts(one) for one in own if one.caption == "Entry criteria")] == [
        "Ready.",
        "Steady.",
    ]


def test_pq_lists_process_roles_and_data_of_each_scenario(context: Make) -> None:
    assert texts(cases.processes(context(FILES), None, Stage.PQ)[0]) == [
        ["PQ-001\nA day", "SOP-001, step 2", "URS-001", "analyst, reviewer", "week 7"]
    ]
    assert cases.processes(context(FILES), None, Stage.OQ) == ()


def test_iq_sets_the_specified_value_beside_the_found_one(context: Make) -> None:
    run = run_of(context(FILES), {"IQ-001": Outcome.PASSED}, stage=Stage.IQ)
    made = context(FILES, runs=(run,))
    (row,) = texts(installation.found(made, None, Stage.IQ)[0])
    assert row[3:6] == ["CS-001: 9", "observed IQ-001 1\nobserved IQ-001 2", "Passed"]
    (blank,) = texts(installation.specified(made, None, Stage.IQ)[0])
    assert blank[3:] == ["CS-001: 9", "…", "…", "…"]
    assert installation.found(made, None, Stage.OQ) == ()


SECTIONS = {
    "OQ-protocol": (
        "Purpose and objective", "Scope", "Tested", "Not tested", "System under test", "Configuration baseline",
        "Environments", "Instruments", "Roles", "Entry criteria", "References", "Execution", "Acceptance criteria",
        "Index", "Test scripts", "Deviation form", "Index of attachments", "Approval before execution",
        "Review and approval after execution",
    ),
    "OQ-report": (
        "Purpose", "Protocol executed", "System and environment", "Testers", "Statistics", "Results by test",
        "Every run", "Deviations", "Amendments to the protocol", "Exclusions", "Executed, not in the protocol",
        "Coverage by this stage", "Acceptance criteria", "Conclusion", "Executed test cases", "Index of attachments",
        "Environment found", "Script code", "Training records", "Review and approval after execution",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", SECTIONS)
def test_every_section_that_a_reviewer_expects_is_there_and_none_is_empty(context: Make, key: str) -> None:
    found = document(context(FILES, runs=(run_of(context(FILES), ALL),)), key)
    sections = [one for one in walk(found.sections) if isinstance(one, Section)]
    titles = [one.title for one in sections]
    assert not [title for title in SECTIONS[key] if title not in titles]
    assert not [one.title for one in sections if not one.blocks]


# Report


def test_counts_of_statistics_results_conclusion_and_gaps_agree(context: Make) -> None:
    outcomes = {"OQ-001": Outcome.FAILED, "OQ-002[1]": Outcome.PASSED, "OQ-002[2]": Outcome.SKIPPED}
    made = context(FILES, runs=(run_of(context(FILES), outcomes),))
    (table,) = results.statistics(made, None, Stage.OQ)
    titles = [one.title for one in table.columns]  # type: ignore[union-attr]
    counts = {title: [row[at] for row in texts(table)] for at, title in enumerate(titles)}
    assert counts["Environment"] == ["VAL", "PROD", "All"]
    assert counts["Planned"] == ["3", "1", "4"]
    assert counts["Executed"] == ["2", "0", "2"]
    rows = texts(results.results(made, None, Stage.OQ)[0])
    for outcome in ("Passed", "Failed", "Skipped", "Not executed"):
        assert int(counts[outcome][-1]) == sum(row[7] == outcome for row in rows)
    words = plain_text(evaluation.conclusion(made, None, Stage.OQ))
    assert "4 planned: 1 Passed, 1 Failed, 1 Skipped, 1 Not executed. Accepted: 1 of 4." in words
    table, sentence = results.not_accepted(made, None, Stage.OQ)
    assert plain_text((sentence,)) == f"{len(texts(table))} of 4 executions have no accepted result."


def test_failed_run_stays_beside_the_passing_one_and_the_run_is_numbered(context: Make) -> None:
    base = context(FILES)
    first = run_of(base, {"OQ-001": Outcome.FAILED}, name="oq-0001")
    second = run_of(base, {"OQ-001": Outcome.PASSED}, name="oq-0002", time="2026-01-03T00:00:00.000Z")
    made = context(FILES, runs=(first, second))
    assert texts(results.results(made, None, Stage.OQ)[0])[0][4] == "2 (oq-0002)"
    assert [row[0] for row in texts(results.runs(made, None, Stage.OQ)[0])] == ["oq-0001", "oq-0002"]
    assert [row[0] for row in texts(results.unsuccessful(made, None, Stage.OQ)[0])] == ["oq-0001"]


def test_test_outside_the_protocol_is_listed_and_counts_for_nothing(context: Make) -> None:
    base = context(FILES)
    run = run_of(base, {**ALL, "OQ-003": Outcome.FAILED})
    made = context(FILES, runs=(run,))
    assert [row[0] for row in texts(scope.unplanned(made, None, Stage.OQ)[0])] == ["OQ-003"]
    assert "4 planned: 3 Passed, 1 Not executed." in plain_text(evaluation.conclusion(made, None, Stage.OQ))


def test_acceptance_is_said_only_when_every_planned_test_is_accepted_formally(context: Make) -> None:
    base = context(FILES)
    val = run_of(base, ALL)
    prod = run_of(base, {"OQ-003": Outcome.PASSED}, environment="PROD", name="oq-0002")
    assert "Acceptance criteria met" in plain_text(
        evaluation.conclusion(context(FILES, runs=(val, prod)), None, Stage.OQ)
    )
    for runs in ((val,), (run_of(base, ALL, mode=RunMode.DRY), prod)):
        words = plain_text(evaluation.conclusion(context(FILES, runs=runs), None, Stage.OQ))
        assert "Not accepted" in words
        assert "criteria met" not in words


def test_criteria_are_judged_from_records_and_those_of_people_are_left_open(context: Make) -> None:
    entry = next(one.entry for one in plan_documents(context(FILES)) if one.key == "OQ-report")
    run = run_of(context(FILES), {"OQ-001": Outcome.FAILED}, mode=RunMode.DRY)
    rows = {row[0]: row[1:] for row in texts(evaluation.criteria(context(FILES, runs=(run,)), entry, Stage.OQ)[0])}
    assert rows["The results come from formal executions"][0] == "No"
    assert rows["Every planned test is accepted"] == ["No", "0 of 4, Statistics"]
    assert rows["The executed steps are those of the protocol"][0] == "Yes"
    assert rows["All pass."] == ["to be judged by a person", "protocol, Acceptance criteria"]
    assert rows["Executor and reviewer are different persons"][0] == "to be judged by a person"


def test_no_criterion_is_met_by_nothing(context: Make) -> None:
    made = context(FILES)
    rows = {row[0]: row[1:] for row in texts(evaluation.criteria(made, None, Stage.OQ)[0])}
    assert "Yes" not in {met for text, (met, _) in rows.items() if not text.startswith("No critical")}
    assert rows["Every expected result was checked or observed"] == ["No", "nothing was executed"]
    assert plain_text(results.unproven(made, None, Stage.OQ)) == "Nothing has been executed."


def test_dry_run_in_which_everything_passed_accepts_no_test(context: Make) -> None:
    base = context(FILES)
    other = run_of(base, {"OQ-003": Outcome.PASSED}, environment="PROD", name="dry-0002", mode=RunMode.DRY)
    made = context(FILES, runs=(run_of(base, ALL, mode=RunMode.DRY), other))
    rows = {row[0]: row[1:] for row in texts(evaluation.criteria(made, None, Stage.OQ)[0])}
    assert rows["Every planned test is accepted"] == [
        "No",
        "4 of 4 passed in dry runs, which accept nothing, Statistics",
    ]
    (table,) = results.not_accepted(made, None, Stage.OQ)
    assert isinstance(table, Table) and table.empty == "Every planned test passed; results of dry runs accept nothing."


def test_stale_result_counts_as_not_executed_in_the_criteria_as_in_the_statistics(context: Make) -> None:
    run = run_of(context(FILES), ALL)
    changed = {name: text.replace("5 is shown", "6 is shown") for name, text in FILES.items()}
    made = context(changed, runs=(run,))
    rows = {row[0]: row[1:] for row in texts(evaluation.criteria(made, None, Stage.OQ)[0])}
    executed = sum(int(row[3]) for row in texts(results.statistics(made, None, Stage.OQ)[0]) if row[0] != "All")
    assert rows["Every planned test was executed"] == ["No", f"{executed} of 4, Statistics"]


def test_conclusion_names_each_criterion_that_the_table_calls_not_met(context: Make) -> None:
    base = context(FILES)
    runs = (run_of(base, ALL), run_of(base, {"OQ-003": Outcome.PASSED}, environment="PROD", name="oq-0002"))
    opened = Deviation(
        id="DEV-001", opened_at="2026-01-02", opened_by="t", phase="OQ", environment="VAL", expected="5", observed="6"
    )
    made = replace(context(FILES, runs=runs), deviations=(opened,))
    unmet = [row[0] for row in texts(evaluation.criteria(made, None, Stage.OQ)[0]) if row[1] == "No"]
    assert unmet == ["No critical or major deviation is open"]
    words = plain_text(evaluation.conclusion(made, None, Stage.OQ))
    assert "Not accepted" in words and unmet[0] in words and "criteria met" not in words


def test_coverage_of_the_stage_counts_what_its_table_lists(context: Make) -> None:
    table, words = evaluation.phase_coverage(context(FILES, runs=(run_of(context(FILES), ALL),)), None, Stage.OQ)
    assert texts(table) == [["FS-001", "Addition", "OQ-001, OQ-002 (2 rows), OQ-003", "Covered-Not executed"]]
    assert plain_text((words,)) == "1 item is verified by this stage: 1 Covered-Not executed."


def test_every_attachment_is_in_the_index_with_digest_time_and_person(context: Make) -> None:
    table, words = evidence.evidence_index(context(FILES, runs=(run_of(context(FILES), ALL),)), None, Stage.OQ)
    assert [one.title for one in table.columns] == [  # type: ignore[union-attr]
        "Evidence ID", "Test, step, run", "Type", "File", "SHA-256", "Captured at", "Captured by",
    ]  # fmt: skip
    assert texts(table)[0] == [
        "OQ-001-1-1",
        "OQ-001, step 1, oq-0001",
        "Text, log",
        "proof.txt, 5 bytes",
        "a" * 64,
        "2026-01-02\n03:04:05 UTC",
        "t.tester",
    ]
    assert plain_text((words,)) == f"{len(texts(table))} attachments."
