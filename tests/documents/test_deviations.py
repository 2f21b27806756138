"""The deviation log: every status, counts that equal the tables, and no result that did not pass left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from valgen.documents import deviation_records, deviations, evaluation, executed, release, signing
from valgen.documents.blocks import Block, Entry, Notice, Table, plain_text, walk
from valgen.documents.catalog import marks, plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import find_template
from valgen.documents.template import assemble
from valgen.model.deviation import (
    CLASS_DEFINITIONS,
    TYPE_DEFINITIONS,
    Acceptability,
    Deviation,
    DeviationApproval,
    DeviationChange,
    DeviationClass,
    DeviationStatus,
    DeviationType,
)
from valgen.model.outcome import Outcome, RunMode, RunState, Stage, StepKind
from valgen.model.run import CaseAttempt, EvidenceRef, PlannedCase, Run, StepResult
from valgen.trace.fingerprint import planned_steps

Make = Callable[..., Context]
SIGNED = DeviationApproval(role="qa", name="Q. Unit", meaning="closed", at="2026-04-09T10:00:00Z")


def deviation(number: int, **values: object) -> Deviation:
    given: dict[str, object] = {
        "id": f"DEV-{number:03d}",
        "opened_at": f"2026-04-0{number}T08:00:00Z",
        "opened_by": "T. Ester",
        "phase": "OQ",
        "environment": "VAL",
        "case": "OQ-001",
        "step": 5,
        "run": "formal-0001",
        "expected": "5 is shown",
        "observed": "4 is shown",
        **values,
    }
    return Deviation(**given)  # type: ignore[arg-type]


def closed(number: int, **values: object) -> Deviation:
    return deviation(
        number,
        **{
            "status": DeviationStatus.CLOSED,
            "type": DeviationType.SYSTEM_DEFECT,
            "classification": DeviationClass.MAJOR,
            "immediate_action": "Stopped.",
            "root_cause": "Rounding.",
            "impact_assessment": "None beyond OQ-001.",
            "resolution": "Corrected.",
            "retest": "OQ-001 again.",
            "approvals": (SIGNED,),
            "closed_at": "2026-04-09T10:00:00Z",
            **values,
        },
    )


def run(number: int, mode: RunMode, outcome: Outcome) -> Run:
    step = StepResult(
        number=5,
        kind=StepKind.THEN,
        keyword="Then",
        text="5 is shown",
        outcome=outcome,
        expected=("5",),
        actual=("4",),
        message="4 is not 5",
        evidence=(EvidenceRef(id="OQ-001-5-1", name="display.png", media_type="image/png", size_bytes=1, sha256="a"),),
    )
    attempt = CaseAttempt(case="OQ-001", number=1, outcome=outcome, steps=(step,), message="4 is not 5")
    return Run(
        id=f"{mode.value}-{number:04d}",
        stage=Stage.OQ,
        mode=mode,
        environment="VAL",
        state=RunState.FINISHED,
        started_at=f"2026-04-0{number}T08:00:00Z",
        plan=(PlannedCase(id="OQ-001", title="Works", mode="Automated", path="a", line=1),),  # type: ignore[arg-type]
        attempts=(attempt,),
    )


def tables(blocks: tuple[Block, ...]) -> list[Table]:
    return [one for one in walk(blocks) if isinstance(one, Table)]


def texts(table: Table) -> list[list[str]]:
    return [[plain_text(one.blocks) for one in row.cells] for row in table.rows]


def log_of(context: Context) -> str:
    spec = next(one for one in plan_documents(context) if one.key == "DEVLOG")
    document, findings = assemble(find_template(spec, {}), spec, context)
    assert findings == ()
    return plain_text(document.sections) + "\n".join(one.empty for one in tables(document.sections) if not one.rows)


def test_a_project_with_cases_has_a_log_that_says_why_it_is_empty(context: Make) -> None:
    assert "nothing has been executed yet" in log_of(context())
    dry = context(runs=(run(1, RunMode.DRY, Outcome.FAILED),))
    assert "a dry run opens none" in log_of(dry)
    spec = next(one for one in plan_documents(dry) if one.key == "DEVLOG")
    assert "DRY RUN" in marks(spec, dry)


def test_a_project_without_cases_and_category_has_no_log(context: Make) -> None:
    found = context({"test_scripts/oq/a.feature": "Feature: Nothing\n"})
    assert "DEVLOG" not in [one.key for one in plan_documents(found)]


@pytest.mark.parametrize("outcome", deviations.ASKING)
def test_every_result_that_asks_for_a_deviation_is_a_row(context: Make, outcome: Outcome) -> None:
    found = context(runs=(run(1, RunMode.DRY, outcome), run(2, RunMode.DRY, Outcome.PASSED)))
    blocks = deviations.asking(found, None)
    (row,) = texts(tables(blocks)[0])
    assert row[:5] == ["OQ-001", "VAL", "dry-0001, 1", outcome.value, "5"]
    assert row[5:] == [
        "Then 5 is shown\n5", "4\n4 is not 5", "OQ-001-5-1: display.png", "no deviation opened: dry run",
    ]  # fmt: skip
    assert f"1 attempt did not pass: 1 {outcome.value}. 1 of them in dry runs" in plain_text(blocks)


def test_the_failing_step_leads_to_the_report_where_the_attempt_counts(context: Make) -> None:
    found = context()
    planned = planned_steps(found.graph.cases["OQ-001"])
    earlier, newest = run(1, RunMode.DRY, Outcome.FAILED), run(2, RunMode.DRY, Outcome.FAILED)
    newest = replace(newest, plan=(replace(newest.plan[0], steps=planned),))
    links = [
        [one.link for block in row.cells[4].blocks for one in block.runs]  # type: ignore[union-attr]
        for row in tables(deviations.asking(context(runs=(earlier, newest)), None))[0].rows
    ]
    assert links == [[""], ["#OQ-001-step-3"]]


def test_a_formal_result_without_a_deviation_says_that_it_is_missing(context: Make) -> None:
    runs = (run(1, RunMode.FORMAL, Outcome.FAILED), run(2, RunMode.FORMAL, Outcome.ERROR))
    found = replace(context(runs=runs), deviations=(deviation(1),))
    blocks = deviations.asking(found, None)
    assert [row[-1] for row in texts(tables(blocks)[0])] == ["DEV-001", "deviation missing"]
    assert "1 of them in formal executions without a deviation" in plain_text(blocks)


def test_failures_that_nobody_opened_a_deviation_for_count_as_critical(context: Make) -> None:
    """The summary said that no critical or major deviation is open, met, beside two failures without any."""
    runs = (run(1, RunMode.FORMAL, Outcome.FAILED), run(2, RunMode.FORMAL, Outcome.PASSED))
    said = release._deviations(context(runs=runs))
    assert said == (
        False, "1 formal result did not pass and has no deviation; what nobody classified counts as critical",
    )  # fmt: skip
    criteria = {name: (met, where) for name, met, where in evaluation._checked(context(runs=runs), None, Stage.OQ)}
    met, where = criteria["No critical or major deviation is open"]
    assert met is False and "1 result without a deviation, which counts as critical" in where
    told = replace(context(runs=runs), deviations=(deviation(1, status=DeviationStatus.CLOSED),))
    assert release._deviations(told)[0] is True
    assert release._deviations(context(runs=runs[1:]))[0] is True


def test_a_case_without_any_run_is_not_executed_and_no_dry_run(context: Make) -> None:
    (status,) = context().statuses(Stage.OQ, "VAL")
    assert executed.deviation_text(status, context()) == "none: not executed"
    dry = context(runs=(run(1, RunMode.DRY, Outcome.FAILED),))
    (status,) = dry.statuses(Stage.OQ, "VAL")
    assert executed.deviation_text(status, dry) == "none: dry run"


def test_testers_are_listed_with_what_they_executed_as_the_statistics_count_it(context: Make) -> None:
    runs = tuple(run(n, RunMode.FORMAL, one) for n, one in enumerate((Outcome.FAILED, Outcome.SKIPPED), 1))
    (row,) = texts(tables(signing.testers_found(context(runs=runs), None, Stage.OQ))[0])
    assert row[-1] == "1 executed, 1 not executed: formal-0001, formal-0002"
    (row,) = texts(tables(signing.testers_found(context(runs=runs[:1]), None, Stage.OQ))[0])
    assert row[-1] == "1 executed: formal-0001"


@pytest.mark.parametrize("status", list(DeviationStatus))
def test_every_status_is_a_row_of_the_log_a_record_and_counted(context: Make, status: DeviationStatus) -> None:
    found = replace(context(), deviations=(deviation(1, status=status),))
    (row,) = texts(tables(deviations.log(found, None))[0])
    assert row[0] == "DEV-001" and row[8] == status.value
    (entry,) = deviation_records.records(found, None)
    assert isinstance(entry, Entry) and entry.badge == status.value and entry.anchor == "DEV-001"
    by_class, by_type = tables(deviations.counts(found, None))
    for table in (by_class, by_type):
        at = [column.title for column in table.columns].index(status.value)
        assert texts(table)[-1][at] == "1" and texts(table)[-1][-1] == "1"


def test_counts_in_the_text_equal_the_tables_and_the_log(context: Make) -> None:
    values = (
        deviation(1),
        deviation(2, classification=DeviationClass.MINOR, type=DeviationType.SCRIPT_ERROR),
        deviation(3, classification=DeviationClass.MAJOR, status=DeviationStatus.AWAITING_RETEST),
        closed(4),
        closed(5, status=DeviationStatus.REJECTED),
    )
    found = replace(context(), deviations=values)
    blocks = deviations.counts(found, None)
    assert "5 deviations: 1 critical or unclassified, 3 major, 1 minor; 3 open, 2 settled." in plain_text(blocks)
    by_class, by_type = tables(blocks)
    assert [row[-1] for row in texts(by_class)] == ["1", "0", "3", "1", "5"]
    assert sum(int(row[-1]) for row in texts(by_type)[:-1]) == 5
    assert len(tables(deviations.log(found, None))[0].rows) == 5
    (notice,) = [one for one in blocks if isinstance(one, Notice)]
    assert plain_text(notice.blocks).endswith("DEV-001, DEV-003")


def test_a_record_holds_every_section_and_what_was_said(context: Make) -> None:
    full = closed(
        1,
        description="In the *morning*.",
        classification_reason="A wrong sum.",
        protocol="T-OQ-P 1.0",
        affected=("URS-001", "XYZ-9"),
        change_ref="CR-001",
        retest_runs=("formal-0002", "formal-0009"),
        acceptability=Acceptability.B,
        acceptability_reason="With a second calculator.",
        owner="O. Wner",
        due="2026-05-01",
        capa_ref="CAPA-7",
        evidence=(EvidenceRef(id="OQ-001-5-1", name="d.png", media_type="image/png", size_bytes=1, sha256="abc"),),
        history=(
            DeviationChange(at="2026-04-02T08:00:00Z", actor="T. Ester", field="Class", before="", after="Major"),
        ),
    )
    found = replace(context(runs=(run(2, RunMode.FORMAL, Outcome.PASSED),)), deviations=(full,))
    blocks = deviation_records.records(found, None)
    text = plain_text(blocks)
    for said in (
        "In the morning.", "A wrong sum.", "protocol T-OQ-P 1.0", "URS-001", "Affected, not in this pack: XYZ-9",
        "Change reference: CR-001", "formal-0002: Passed", "formal-0009: no result of OQ-001 is known",
        "B: acceptable with measures", "With a second calculator.", "Owner: O. Wner; due: 2026-05-01", "CAPA-7",
        "Q. Unit", "d.png",
    ):  # fmt: skip
        assert said in text, said
    (entry,) = blocks
    assert isinstance(entry, Entry)
    labels = [label for label, _ in entry.blocks[0].rows]  # type: ignore[union-attr]
    assert [label.split()[0] for label in labels if label[0].isdigit()] == [str(number) for number in range(1, 11)]
    assert "Closed without" not in labels


def test_an_open_deviation_that_nobody_classified_counts_as_critical_and_blocks() -> None:
    assert deviation(1).counted_class is DeviationClass.CRITICAL
    assert deviation(1).blocks_protocol
    assert not deviation(1, classification=DeviationClass.MINOR).blocks_protocol
    assert not closed(1).blocks_protocol


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"root_cause": ""}, "root cause"),
        ({"approvals": ()}, "closure by the quality unit"),
        ({"approvals": (replace(SIGNED, name="T. Ester"),)}, "somebody other than the person who opened it"),
        ({"closed_at": ""}, "date of closure"),
        ({"status": DeviationStatus.ACCEPTED, "classification": DeviationClass.CRITICAL}, "never accepted or deferred"),
        ({"status": DeviationStatus.ACCEPTED, "acceptability": Acceptability.C}, "an acceptable risk"),
        ({"status": DeviationStatus.ACCEPTED}, "owner and due date"),
        ({"status": DeviationStatus.REJECTED, "resolution": ""}, "why it is no deviation"),
    ],
)
def test_what_a_closed_deviation_lacks_is_named(context: Make, values: dict[str, object], says: str) -> None:
    one = closed(1, **values)
    assert any(says in missing for missing in one.missing())
    found = replace(context(), deviations=(one,))
    assert says in plain_text(deviation_records.records(found, None))
    assert closed(1).missing() == ()


def test_a_log_of_one_environment_holds_its_deviations_alone(context: Make) -> None:
    register = "documents:\n  - {type: DEVLOG, environment: VAL, history: []}\n"
    found = replace(
        context({"requirements/documents.yaml": register}), deviations=(deviation(1), deviation(2, environment="PROD"))
    )
    (entry,) = found.project.documents
    assert [row[0] for row in texts(tables(deviations.log(found, entry))[0])] == ["DEV-001"]


def test_the_blank_form_asks_for_every_section_and_every_type_and_class(context: Make) -> None:
    text = plain_text(deviations.form(context(), None))
    for number in range(1, 11):
        assert f"\n{number} " in text
    for kind in (*DeviationType, *DeviationClass):
        assert f"\u2610 {kind.value}" in text
    assert set(TYPE_DEFINITIONS) == set(DeviationType)
    assert set(CLASS_DEFINITIONS) == set(DeviationClass)


def test_hostile_text_of_a_deviation_stays_literal(context: Make) -> None:
    found = replace(context(), deviations=(deviation(1, observed="<script>=cmd|' /C calc'!A0</script>"),))
    assert "<script>=cmd|' /C calc'!A0</script>" in plain_text(deviations.log(found, None))
