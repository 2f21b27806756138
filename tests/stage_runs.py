"""Runs of a project in one line: every case of a stage with one outcome for all steps, formal or dry."""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.context import Context
from valgen.model.outcome import Outcome, RunMode, RunState, Stage, StepKind
from valgen.model.run import CaseAttempt, EvidenceRef, PlannedCase, Run, StepResult
from valgen.trace.fingerprint import item_fingerprint, planned_steps, script_fingerprint

TIME = "2026-01-02T03:04:05.000Z"


def run_of(
    context: Context,
    outcomes: Mapping[str, Outcome],
    *,
    stage: Stage = Stage.OQ,
    environment: str = "VAL",
    mode: RunMode = RunMode.FORMAL,
    name: str = "oq-0001",
    time: str = TIME,
) -> Run:
    """Make a finished run of the named cases; each attachment is of the case's first step."""
    planned, attempts = [], []
    for case_id, outcome in outcomes.items():
        case = context.graph.cases[case_id]
        planned.append(
            PlannedCase(
                id=case_id,
                title=case.title,
                mode=case.mode,
                path=case.path,
                line=case.line,
                fingerprint=script_fingerprint(case),
                items={
                    link.target: item_fingerprint(context.graph.items[link.target])
                    for link in case.verifies
                    if link.target in context.graph.items
                },
                steps=planned_steps(case),
            )
        )
        steps = tuple(
            StepResult(
                number=step.number,
                kind=step.kind,
                keyword=step.keyword,
                text=step.text,
                outcome=outcome if step.kind is StepKind.THEN else Outcome.PASSED,
                actual=(f"observed {case_id} {step.number}",),
                observed=True,
                started_at=time,
                evidence=(
                    EvidenceRef(
                        id=f"{case_id}-{step.number}-1",
                        name="proof.txt",
                        media_type="text/plain",
                        size_bytes=5,
                        sha256="a" * 64,
                        captured_at=time,
                    ),
                )
                if step.number == 1
                else (),
            )
            for step in case.steps
        )
        attempts.append(
            CaseAttempt(
                case=case_id,
                number=1,
                outcome=outcome,
                steps=steps,
                message="" if outcome.accepted else "it did not hold",
                started_at=time,
                finished_at=time,
                executor="t.tester",
            )
        )
    return Run(
        id=name,
        stage=stage,
        mode=mode,
        environment=environment,
        state=RunState.FINISHED,
        started_at=time,
        finished_at=time,
        actor="t.tester",
        tool="valgen 0",
        plan=tuple(planned),
        attempts=tuple(attempts),
    )
