"""Step tables: every step stands in exactly one row, paired as testers execute them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from valgen.documents import cases, evaluation, executed, results
from valgen.documents.blocks import Entry, Table, plain_text
from valgen.documents.context import Context
from valgen.model.outcome import Outcome, RunMode, RunState, Stage, StepKind
from valgen.model.run import CaseAttempt, PlannedCase, PlannedStep, Run, StepResult
from valgen.trace.fingerprint import item_fingerprint, planned_steps, script_fingerprint

Make = Callable[..., Context]


def steps(kinds: list[StepKind]) -> tuple[PlannedStep, ...]:
    return tuple(
        PlannedStep(number=number, kind=kind, keyword=kind.value, text=f"step {number}")
        for number, kind in enumerate(kinds, 1)
    )


def labels(*kinds: StepKind) -> list[str]:
    return [row.label for row in cases.printed_rows(steps(list(kinds)))]


G, W, T = StepKind.GIVEN, StepKind.WHEN, StepKind.THEN


def test_each_when_stands_with_its_thens() -> None:
    assert labels(G, G, W, W, T, T, W, T) == ["1", "2", "3–6", "7–8"]


def test_a_then_without_a_when_is_a_verification_of_its_own() -> None:
    assert labels(G, T, T, W, T) == ["1", "2–3", "4–5"]


@given(st.lists(st.sampled_from(list(StepKind)), max_size=12))
def test_every_step_stands_in_exactly_one_row_in_order(kinds: list[StepKind]) -> None:
    rows = cases.printed_rows(steps(kinds))
    assert [step.number for row in rows for step in row.steps] == list(range(1, len(kinds) + 1))


def a_run(context: Context, outcomes: dict[int, Outcome], *, state: RunState = RunState.FINISHED) -> Run:
    case = context.graph.cases["OQ-001"]
    worst = Outcome.FAILED if Outcome.FAILED in outcomes.values() else Outcome.PASSED
    done = tuple(
        StepResult(
            number=step.number,
            kind=step.kind,
            keyword=step.keyword,
            text=step.text,
            outcome=outcomes.get(step.number, Outcome.PASSED),
            actual=(f"observed {step.number}",),
            started_at="2026-01-01T00:00:00.000Z",
        )
        for step in case.steps
    )
    planned = PlannedCase(
        id="OQ-001",
        title=case.title,
        mode=case.mode,
        path=case.path,
        line=case.line,
        fingerprint=script_fingerprint(case),
        items={"FS-001": item_fingerprint(context.graph.items["FS-001"])},
        steps=planned_steps(case),
    )
    attempt = CaseAttempt(case="OQ-001", number=1, outcome=worst, steps=done, started_at="2026-01-01T00:00:00.000Z")
    return Run(
        id="dry-0001",
        stage=Stage.OQ,
        mode=RunMode.DRY,
        environment="VAL",
        state=state,
        started_at="2026-01-01T00:00:00.000Z",
        plan=(planned,),
        attempts=(attempt,),
    )


def report(context: Context) -> Entry:
    entry = executed.executed(context, None, Stage.OQ)[0]
    assert isinstance(entry, Entry)
    return entry


def test_every_observed_value_stands_beside_its_step(context: Make) -> None:
    found = context(runs=(a_run(context(), {}),))
    text = plain_text((report(found),))
    assert all(f"Step {number}: observed {number}" in text or f"observed {number}" in text for number in range(1, 9))
    assert report(found).badge == "Passed"


def test_a_changed_script_makes_the_result_stale_and_not_executed(context: Make) -> None:
    run = a_run(context(), {})
    changed = {
        "test_scripts/oq/a.feature": "Feature: A\n  @OQ-001 @verifies:FS-001\n  Scenario: W\n    When x\n    Then y\n"
    }
    found = context(changed, runs=(run,))
    entry = report(found)
    assert entry.badge == "Not executed"
    assert "Passed in dry-0001 no longer counts: the test script changed" in plain_text((entry,))
    conclusion = plain_text(evaluation.conclusion(found, None, Stage.OQ))
    assert "1 planned: 1 Not executed. Accepted: 0 of 1." in conclusion


def test_a_changed_requirement_makes_the_result_stale(context: Make) -> None:
    run = a_run(context(), {})
    items = (
        "items:\n  - {id: URS-001, title: Adds, text: The system shall add two numbers.}\n"
        "  - {id: FS-001, title: Addition, text: Adds otherwise., satisfies: [URS-001]}\n"
    )
    found = context({"requirements/items.yaml": items}, runs=(run,))
    assert report(found).badge == "Not executed"
    assert "FS-001 changed" in plain_text((report(found),))


def test_a_dry_run_never_concludes_acceptance(context: Make) -> None:
    found = context(runs=(a_run(context(), {}),))
    text = plain_text(evaluation.conclusion(found, None, Stage.OQ))
    assert "Not accepted" in text
    assert "Acceptance criteria met" not in text


def test_a_planned_case_without_a_run_is_a_row_of_statistics_and_results(context: Make) -> None:
    found = context()
    statistics = results.statistics(found, None, Stage.OQ)[0]
    assert isinstance(statistics, Table)
    titles = [one.title for one in statistics.columns]
    row = dict(zip(titles, [plain_text(one.blocks) for one in statistics.rows[0].cells], strict=True))
    assert (row["Planned"], row["Executed"], row["Passed"], row["Not executed"]) == ("1", "0", "0", "1")
    assert row["Mode"] == "no run"
