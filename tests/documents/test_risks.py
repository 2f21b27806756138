"""The risk assessment: nothing of a risk is lost, and a residual score holds only while its tests are accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stage_runs import run_of
from valgen.documents import release, residual, risks
from valgen.documents.blocks import Entry, Facts, Table, plain_text
from valgen.documents.context import Context
from valgen.documents.residual import RiskState
from valgen.model.outcome import Outcome, RunMode

Make = Callable[..., Context]

RISKS = {
    "requirements/risks.yaml": """
items:
  - id: RSK-001
    title: Wrong sum
    assesses: [URS-001]
    failure_mode: A carry is lost.
    cause: Overflow.
    effect: Wrong dose.
    severity: high
    probability: medium
    detectability: low
    mitigated_by: [FS-001]
    residual: {probability: low, detectability: high}
    decision: Accepted.
    comment: See OQ.
  - id: RSK-002
    title: Untrained user
    assesses: [URS-001]
    failure_mode: Types nonsense.
    effect: Delay.
    severity: medium
    probability: medium
    detectability: medium
    mitigated_by: [SOP-001]
    residual: {probability: low}
  - {id: SOP-001, title: Training of users, satisfies: [URS-001]}
""",
    "test_scripts/oq/a.feature": """
Feature: Addition
  @OQ-001 @verifies:FS-001 @risk:RSK-001 @negative
  Scenario: Works
    When 2 is typed
    Then 5 is shown
""",
}


def standing(context: Context, name: str = "RSK-001") -> residual.Standing:
    return residual.standing(context.graph.items[name], context)


def test_without_a_formal_result_the_initial_priority_stays_in_force(context: Make) -> None:
    found = standing(context(RISKS))
    assert (found.state, found.initial.priority, found.in_force) == (RiskState.OPEN, "high", "high")


def test_accepted_tests_of_the_control_bring_the_residual_score_into_force(context: Make) -> None:
    run = run_of(context(RISKS), {"OQ-001": Outcome.PASSED})
    found = standing(context(RISKS, runs=(run,)))
    assert (found.state, found.in_force) == (RiskState.MITIGATED, "low")


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ERROR, Outcome.ABORTED])
def test_a_failed_test_of_the_control_opens_the_risk_again(context: Make, outcome: Outcome) -> None:
    run = run_of(context(RISKS), {"OQ-001": outcome})
    made = context(RISKS, runs=(run,))
    assert (standing(made).state, standing(made).in_force) == (RiskState.REOPENED, "high")
    assert "not accepted: OQ-001 VAL" in plain_text(risks.residual(made, None))


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.BLOCKED, Outcome.NOT_APPLICABLE])
def test_a_test_that_was_not_executed_never_lowers_a_risk(context: Make, outcome: Outcome) -> None:
    run = run_of(context(RISKS), {"OQ-001": outcome})
    assert standing(context(RISKS, runs=(run,))).in_force == "high"


def test_a_dry_run_changes_nothing_in_the_assessment(context: Make) -> None:
    run = run_of(context(RISKS), {"OQ-001": Outcome.PASSED}, mode=RunMode.DRY)
    assert risks.residual(context(RISKS, runs=(run,)), None) == risks.residual(context(RISKS), None)
    assert risks.summary(context(RISKS, runs=(run,)), None) == risks.summary(context(RISKS), None)


def test_a_risk_under_procedures_alone_needs_no_test(context: Make) -> None:
    assert standing(context(RISKS), "RSK-002").state is RiskState.BY_PROCEDURE


@pytest.mark.parametrize(("leverage", "state"), [("rejected", RiskState.OPEN), ("full", RiskState.BY_PROCEDURE)])
def test_supplier_evidence_that_is_not_relied_on_lowers_no_risk(context: Make, leverage: str, state: RiskState) -> None:
    text = RISKS["requirements/risks.yaml"].replace("mitigated_by: [SOP-001]", "mitigated_by: [SUP-001]")
    text += f"  - {{id: SUP-001, title: Report, document: D, leverage: {leverage}, satisfies: [URS-001]}}\n"
    found = standing(context({**RISKS, "requirements/risks.yaml": text}), "RSK-002")
    assert found.state is state


def test_criterion_on_risks_follows_the_priority_in_force_and_not_the_claimed_score(context: Make) -> None:
    made = context(RISKS)
    assert release.judge("residual_risk", made) == (
        False, "1 of 2 risks stay high until the tests of their controls are accepted: RSK-001",
    )  # fmt: skip
    done = context(RISKS, runs=(run_of(made, {"OQ-001": Outcome.PASSED}),))
    assert release.judge("residual_risk", done)[0] is None


def test_record_of_a_risk_has_every_column_of_the_table_of_reviewers(context: Make) -> None:
    record = risks.records(context(RISKS), None)[0]
    assert isinstance(record, Entry)
    facts = next(one for one in record.blocks if isinstance(one, Facts))
    found = {label: plain_text(blocks) for label, blocks in facts.rows}
    assert found == {
        "Requirements, functions": "URS-001",
        "Function, process step": "Adds",
        "GxP-relevant": "No",
        "Failure mode": "A carry is lost.",
        "Cause": "Overflow.",
        "Effect, worst credible": "Wrong dose.",
        "Before controls": "Severity high, probability medium, class 1, detectability low: priority high",
        "Controls": "Technical: function: FS-001",
        "Required verification": risks.DEPTHS["high"],
        "Tests": "OQ-001",
        "With controls (residual)": "Severity high, probability low, class 2, detectability high: priority low",
        "Decision": "Accepted.",
        "Accepted by": "the signatures of this document",
        "Comment": "See OQ.",
    }


def test_control_of_a_training_procedure_is_called_training(context: Make) -> None:
    assert "Procedural, training: SOP-001" in plain_text(risks.records(context(RISKS), None))


def test_counts_of_the_summary_are_those_of_the_list(context: Make) -> None:
    made = context(RISKS)
    table = risks.summary(made, None)[0]
    assert isinstance(table, Table)
    rows = [[plain_text(one.blocks) for one in row.cells] for row in table.rows]
    assert rows[-1] == ["Total", "2", "2", "2"]
    for column in (1, 2, 3):
        assert sum(int(row[column]) for row in rows[:-1]) == 2
    listed = risks.table(made, None)[1]
    assert isinstance(listed, Table)
    assert len(listed.rows) == 2


def test_each_priority_names_the_tests_it_asks_for_and_its_risks(context: Make) -> None:
    table = risks.depth(context(RISKS), None)[0]
    assert isinstance(table, Table)
    rows = {plain_text(row.cells[0].blocks): [plain_text(one.blocks) for one in row.cells[2:]] for row in table.rows}
    assert rows == {"High": ["1", "RSK-001"], "Medium": ["1", "RSK-002"], "Low": ["0", "none"]}
