"""Residual risk by results: a residual score holds only while the tests of the control are accepted.

Only formal results count. A risk whose residual priority is below the initial one stays at its initial priority until
every test that challenges its control has been accepted in every environment in which it is planned; a test that was
not accepted afterwards opens the risk again.

Source: domain/documents.md b.7.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from valgen.documents.context import Context
from valgen.model.item import Item
from valgen.model.outcome import Outcome, RunMode
from valgen.trace.results import CaseStatus
from valgen.trace.risk import PRIORITIES, Score, initial_score, residual_score


class RiskState(enum.StrEnum):
    """Standing of a risk by formal results; the value is the printed word."""

    ACCEPTED = "Accepted"  # no lower score is claimed, and there is a decision
    MITIGATED = "Mitigated"  # a lower score is claimed and every test of the control was accepted
    BY_PROCEDURE = "Mitigated by procedure"  # a lower score is claimed, and no control is tested
    OPEN = "Open"  # tests of the control are planned and not all executed, or nothing was decided
    REOPENED = "Reopened"  # a test of the control was executed and not accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One risk with its scores and what results allow to say.

    Attributes:
        residual: scores claimed by the author, None when there are none.
        tests: run ids of the tests that challenge the control.
        failed: (run id, environment) executed and not accepted.
        waiting: (run id, environment) without an accepted result otherwise.
        in_force: priority that counts today; empty when the risk is not scored.
    """

    item: Item
    initial: Score
    residual: Score | None
    state: RiskState
    tests: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    waiting: tuple[tuple[str, str], ...]
    in_force: str


def standing(item: Item, context: Context) -> Standing:
    """Return how a risk stands by formal results."""
    method = context.project.settings.risk
    initial, residual = initial_score(item, method), residual_score(item, method)
    tests = control_tests(item, context)
    failed, waiting = [], []
    for name in tests:
        planned = context.project.settings.planned_environments(context.graph.cases[name])
        for where in planned or ("",):
            outcome = _outcome(context.matrix.formal.get((name, where)))
            if outcome.executed and not outcome.accepted:
                failed.append((name, where))
            elif not outcome.accepted:
                waiting.append((name, where))
    state = _state(item, initial, residual, tests, bool(failed), bool(waiting), context)
    holds = state in (RiskState.MITIGATED, RiskState.BY_PROCEDURE, RiskState.ACCEPTED)
    in_force = residual.priority if residual and residual.priority and holds else initial.priority
    return Standing(
        item=item,
        initial=initial,
        residual=residual,
        state=state,
        tests=tests,
        failed=tuple(failed),
        waiting=tuple(waiting),
        in_force=in_force,
    )


def control_tests(item: Item, context: Context) -> tuple[str, ...]:
    """Return run ids of the tests of a risk's control: those that name the risk, or the risk names."""
    return context.graph.risk_tests.get(item.id, ())


def lowered(initial: Score, residual: Score | None) -> bool:
    """Return whether the author claims a lower priority than before the controls."""
    if residual is None or not residual.complete or not initial.complete:
        return False
    return PRIORITIES.index(residual.priority) < PRIORITIES.index(initial.priority)


def _state(
    item: Item,
    initial: Score,
    residual: Score | None,
    tests: tuple[str, ...],
    failed: bool,
    waiting: bool,
    context: Context,
) -> RiskState:
    if failed:
        return RiskState.REOPENED
    if lowered(initial, residual):
        if waiting:
            return RiskState.OPEN
        if tests:
            return RiskState.MITIGATED
        controls = [context.graph.items.get(one) for one in context.graph.active_controls(item.id)]
        return RiskState.BY_PROCEDURE if controls and all(map(_outside, controls)) else RiskState.OPEN
    return RiskState.ACCEPTED if item.value("decision") and not waiting else RiskState.OPEN


def _outside(control: Item | None) -> bool:
    """Whether a control is exerted by people, or shown by a supplier in evidence that the project relies on."""
    if control is None:
        return False
    return control.type == "SOP" or (control.type == "SUP" and control.value("leverage") in ("full", "partial"))


def _outcome(status: CaseStatus | None) -> Outcome:
    return status.outcome if status else Outcome.NOT_EXECUTED


def formal_results(context: Context) -> bool:
    """Return whether any formal run exists, so that results can count at all."""
    return any(run.mode is RunMode.FORMAL for run in context.runs)
