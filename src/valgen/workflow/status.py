"""Where the project stands: validated or not and why, what is open, what to do next.

Only formal, accepted results of approved protocols can make a project validated. This version keeps no approvals, so
the answer is always no, with every reason.

Source: design.md §7 (status).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.errors import Severity
from valgen.model.outcome import Coverage, Outcome, RunMode, RunState, Stage
from valgen.model.run import Run
from valgen.workflow.check import CheckReport, check_loaded
from valgen.workflow.load import load, load_runs, make_context


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """One stage in one environment.

    Attributes:
        mode: of the results that count, or None without any run.
        counts: planned cases by result.
        stale: cases whose result no longer counts.
    """

    stage: Stage
    environment: str
    mode: RunMode | None
    counts: Counter[Outcome]
    stale: tuple[str, ...]

    @property
    def planned(self) -> int:
        """Number of planned cases."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything that ``valgen status`` shows."""

    validated: bool
    why: tuple[str, ...]
    documents: tuple[tuple[str, str, str], ...]
    stages: tuple[StageStatus, ...]
    runs: tuple[Run, ...]
    next: tuple[str, ...]
    report: CheckReport


def status(root: Path, *, cached: bool = True) -> Status:
    """Find out where the project at ``root`` stands."""
    loaded = load(root, cached=cached)
    report = check_loaded(loaded)
    runs = load_runs(root, loaded.project)
    context = make_context(loaded, runs)
    stages = tuple(_stage(context, stage, where) for stage in Stage for where in context.environments(stage))
    documents = tuple((spec.key, spec.version, "Draft") for spec in plan_documents(context))
    why = tuple(_reasons(context, report, stages))
    return Status(
        validated=not why,
        why=why,
        documents=documents,
        stages=stages,
        runs=runs,
        next=tuple(_next_steps(context, report, stages)),
        report=report,
    )


def status_json(found: Status) -> dict[str, Any]:
    """Return the published shape of ``valgen status --json``."""
    return {
        "validated": found.validated,
        "why": list(found.why),
        "documents": [{"key": key, "version": version, "status": state} for key, version, state in found.documents],
        "stages": [
            {
                "stage": one.stage.value,
                "environment": one.environment,
                "mode": one.mode.value if one.mode else None,
                "planned": one.planned,
                "results": {outcome.value: number for outcome, number in sorted(one.counts.items())},
                "stale": list(one.stale),
            }
            for one in found.stages
        ],
        "runs": [
            {
                "run": run.id,
                "mode": run.mode.value,
                "state": run.state.value,
                "stage": run.stage.value,
                "environment": run.environment,
                "started": run.started_at,
                "reason": run.reason,
            }
            for run in found.runs
        ],
        "next": list(found.next),
    }


def _stage(context: Context, stage: Stage, where: str) -> StageStatus:
    statuses = context.statuses(stage, where)
    return StageStatus(
        stage=stage,
        environment=where,
        mode=context.mode_of(stage, where) if context.stage_runs(stage, where) else None,
        counts=Counter(one.outcome for one in statuses),
        stale=tuple(one.case for one in statuses if one.stale),
    )


def _reasons(context: Context, report: CheckReport, stages: tuple[StageStatus, ...]) -> list[str]:
    why = []
    errors = report.count(Severity.ERROR)
    if errors:
        why.append(f"{errors} errors in the files (valgen check)")
    gaps = context.matrix.counts("URS", mode=RunMode.FORMAL)[Coverage.GAP]
    if gaps:
        why.append(f"{gaps} user requirements are not covered")
    if not stages:
        why.append("no test is planned")
    nowhere = context.unplanned_cases()
    if nowhere:
        why.append(f"{len(nowhere)} tests are planned in no environment: {', '.join(nowhere)}")
    for one in stages:
        where = f"{one.stage} in {one.environment}"
        if one.mode is not RunMode.FORMAL:
            why.append(f"{where}: no formal execution" + (" (dry runs only)" if one.mode else ""))
            continue
        accepted = sum(number for outcome, number in one.counts.items() if outcome.accepted)
        if accepted < one.planned:
            why.append(f"{where}: {one.planned - accepted} of {one.planned} tests not accepted")
    why.append("no document is approved")
    return why


def _next_steps(context: Context, report: CheckReport, stages: tuple[StageStatus, ...]) -> list[str]:
    steps = []
    if report.count(Severity.ERROR):
        steps.append("Mend what valgen check shows.")
    for one in stages:
        command = f"valgen run {one.stage.value.lower()} --env {one.environment}"
        if one.mode is None:
            steps.append(f"Rehearse {one.stage} in {one.environment}: {command}")
        elif one.stale:
            steps.append(f"Repeat {one.stage} in {one.environment}, {len(one.stale)} results are stale: {command}")
        else:
            bad = one.counts[Outcome.FAILED] + one.counts[Outcome.ERROR] + one.counts[Outcome.ABORTED]
            if bad:
                steps.append(
                    f"Look at {bad} failed, broken or aborted {one.stage} tests in {one.environment}: valgen build"
                )
    aborted = [run.id for run in context.runs if run.state is RunState.ABORTED]
    if aborted:
        steps.append(f"Aborted runs stay on record: {', '.join(aborted[-5:])}")
    steps.append("Build the pack and review it: valgen build")
    return steps
