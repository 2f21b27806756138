"""A run as JSON for scripts, in the shape of design.md §7, and its counts.

Every planned case is in it, selected or not, with the outcome of its latest attempt; counts are over planned cases, so
that nothing left out can look like success.

Source: design.md §7; integrity.md X-3.
"""

from __future__ import annotations

from typing import Any

from valgen.model.outcome import Outcome
from valgen.model.run import CaseAttempt, PlannedCase, Run

_KEYS = {
    Outcome.PASSED: "passed",
    Outcome.PASSED_WITH_DEVIATION: "passed_with_deviation",
    Outcome.FAILED: "failed",
    Outcome.ERROR: "error",
    Outcome.BLOCKED: "blocked",
    Outcome.SKIPPED: "skipped",
    Outcome.NOT_EXECUTED: "not_executed",
    Outcome.ABORTED: "aborted",
    Outcome.NOT_APPLICABLE: "not_applicable",
}


def run_summary(run: Run) -> dict[str, int]:
    """Return the counts over planned cases; the latest attempt decides."""
    summary = {"planned": len(run.plan), "selected": sum(case.selected for case in run.plan), "executed": 0}
    summary.update(dict.fromkeys(_KEYS.values(), 0))
    latest = _latest(run)
    for case in run.plan:
        attempt = latest.get(case.id)
        outcome = attempt.outcome if attempt else Outcome.NOT_EXECUTED
        summary[_KEYS[outcome]] += 1
        summary["executed"] += outcome.executed
    return summary


def run_result_json(run: Run) -> dict[str, Any]:
    """Return a run as scripts read it from ``valgen run --json``."""
    latest = _latest(run)
    formal = {"execution": run.execution, "tester": run.actor} if run.execution else {}
    return {
        "run": run.id,
        **formal,
        "stage": run.stage.value,
        "mode": run.mode.value,
        "environment": run.environment,
        "state": run.state.value,
        "reason": run.reason,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "cases": [_case(case, latest.get(case.id), run) for case in run.plan],
        "summary": run_summary(run),
    }


def _latest(run: Run) -> dict[str, CaseAttempt]:
    return {attempt.case: attempt for attempt in run.attempts}


def _case(case: PlannedCase, attempt: CaseAttempt | None, run: Run) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": case.id,
        "title": case.title,
        "result": (attempt.outcome if attempt else Outcome.NOT_EXECUTED).value,
        "selected": case.selected,
        "attempts": sum(1 for other in run.attempts if other.case == case.id),
        "message": attempt.message if attempt else "",
    }
    if attempt is None:
        value["steps"] = [
            {
                "text": step.text,
                "keyword": step.keyword,
                "result": Outcome.NOT_EXECUTED.value,
                "expected": [],
                "actual": [],
                "tables": [],
                "message": "",
                "observed": False,
                "duration_ms": 0,
                "evidence": [],
            }
            for step in case.steps
        ]
        return value
    value["steps"] = [
        {
            "text": step.text,
            "keyword": step.keyword,
            "result": step.outcome.value,
            "expected": list(step.expected),
            "actual": list(step.actual),
            "tables": [[list(row) for row in table] for table in step.tables],
            "message": step.message,
            "observed": step.observed,
            "duration_ms": step.duration_ms,
            "evidence": [
                {"id": item.id, "name": item.name, "media_type": item.media_type, "size": item.size_bytes,
                 "sha256": item.sha256}
                for item in step.evidence
            ],
        }
        for step in attempt.steps
    ]  # fmt: skip
    return value
