"""Whom an execution waits for: never for a program where only a person can execute."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from valgen.model.outcome import Mode, Outcome
from valgen.workflow import status

MODES = {"OQ-001": Mode.AUTOMATED, "OQ-002": Mode.MANUAL, "OQ-003": Mode.UNSCRIPTED}


def awaited(results: dict[str, Outcome], *, reviewed: bool = True) -> str:
    """Return what an execution with these results waits for."""
    made = SimpleNamespace(
        id="exec-0001", protocol="OQ-protocol", environment="VAL", cases=tuple(results), reviews=(), outcome=""
    )
    context: Any = SimpleNamespace(
        executions=(made,),
        runs=(),
        matrix=SimpleNamespace(
            formal={(case, "VAL"): SimpleNamespace(case=case, outcome=result) for case, result in results.items()}
        ),
        graph=SimpleNamespace(cases={case: SimpleNamespace(mode=MODES[case]) for case in results}),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(status, "unreviewed", lambda *of: [] if reviewed else ["OQ-001 in VAL"])
        (found,) = status._executions(context)
    return found.awaited


def test_a_tester_is_awaited_for_what_a_program_executes_only() -> None:
    open_ones = {"OQ-001": Outcome.NOT_EXECUTED, "OQ-002": Outcome.NOT_EXECUTED}
    assert awaited(open_ones) == "a tester: OQ-001"
    assert awaited({"OQ-001": Outcome.ABORTED}) == "a tester: OQ-001"


def test_manual_cases_hide_neither_the_reviewer_nor_that_a_person_executes_them() -> None:
    done = {"OQ-001": Outcome.PASSED, "OQ-002": Outcome.NOT_EXECUTED, "OQ-003": Outcome.NOT_EXECUTED}
    assert awaited(done, reviewed=False) == "a reviewer who executed none of its tests"
    assert awaited(done) == "execution by hand: OQ-002, OQ-003"
    assert awaited({"OQ-001": Outcome.PASSED}) == ""
