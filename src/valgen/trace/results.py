"""Which result counts for each planned case in each environment.

The newest run that selected a case decides. When that run never reached the case, or was cut off, an older
Passed does not count: the case is Not executed or Aborted. A result whose script, step code, verified requirement,
system version or environment variables have changed since is stale and counts as Not executed, with the reason.

Source: design.md §4 (results), §5 (freshness), §7 (dry_status).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from valgen.model.outcome import Outcome, RunMode, Stage
from valgen.model.project import Project, Settings
from valgen.model.run import CaseAttempt, PlannedCase, Run
from valgen.model.testcase import TestCase
from valgen.trace.fingerprint import environment_fingerprint, item_fingerprint, script_fingerprint
from valgen.trace.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStatus:
    """Standing of one case in one environment.

    Attributes:
        outcome: what counts now.
        run: id of the deciding run; empty when the case was never in one.
        attempt: the deciding attempt; None when the run never reached the case.
        stale: why an earlier result no longer counts; empty when it does.
        earlier: result that the deciding run gave; differs from ``outcome`` only when stale.
        note: one line for readers, such as why it was not executed.
    """

    case: str
    stage: Stage
    environment: str
    outcome: Outcome
    run: str = ""
    attempt: CaseAttempt | None = None
    planned: PlannedCase | None = None
    stale: tuple[str, ...] = ()
    earlier: Outcome = Outcome.NOT_EXECUTED
    note: str = ""


Results = Mapping[tuple[str, str], CaseStatus]

# Facts of a run under which it keeps what the settings declared.
SYSTEM = "system under validation"
DECLARED = "declared environment"


def case_statuses(project: Project, graph: Graph, runs: Iterable[Run], mode: RunMode) -> Results:
    """Return the standing of every planned case per environment, for runs of one mode.

    Args:
        project: as read now.
        graph: of the same project.
        runs: oldest first.
        mode: only runs of this mode are looked at.

    Returns:
        (case id, environment) to status, for every active case and environment it is planned in.
    """
    deciding: dict[tuple[str, str], tuple[Run, PlannedCase]] = {}
    for run in runs:
        if run.mode is mode:
            for planned in run.plan:
                if planned.selected:
                    deciding[planned.id, run.environment] = (run, planned)
    code = _step_code(project)
    fingerprints: dict[str, str] = {}
    result: dict[tuple[str, str], CaseStatus] = {}
    for case in graph.cases.values():
        if case.retired:
            continue
        for environment in project.settings.planned_environments(case):
            found = deciding.get((case.id, environment))
            if found is None:
                result[case.id, environment] = CaseStatus(
                    case=case.id,
                    stage=case.stage,
                    environment=environment,
                    outcome=Outcome.NOT_EXECUTED,
                    note="never run in this environment",
                )
            else:
                result[case.id, environment] = _status(
                    case, environment, *found, graph, code, fingerprints, project.settings
                )
    return result


def _status(
    case: TestCase,
    environment: str,
    run: Run,
    planned: PlannedCase,
    graph: Graph,
    code: Mapping[str, str],
    fingerprints: dict[str, str],
    settings: Settings,
) -> CaseStatus:
    attempt = run.last_attempt(case.id)
    earlier = attempt.outcome if attempt else Outcome.NOT_EXECUTED
    stale: tuple[str, ...] = ()
    if attempt:
        stale = (
            *_stale_reasons(case, run, planned, graph, code, fingerprints),
            *_declared_otherwise(run, settings),
        )
    if stale:
        note = f"{earlier} in {run.id} no longer counts: {'; '.join(stale)}"
    elif attempt is None:
        note = f"planned in {run.id}, not reached" + (f" (run {run.state.value})" if run.state != "finished" else "")
    else:
        note = attempt.message
    return CaseStatus(
        case=case.id,
        stage=case.stage,
        environment=environment,
        outcome=Outcome.NOT_EXECUTED if stale else earlier,
        run=run.id,
        attempt=attempt,
        planned=planned,
        stale=stale,
        earlier=earlier,
        note=note,
    )


def _stale_reasons(
    case: TestCase, run: Run, planned: PlannedCase, graph: Graph, code: Mapping[str, str], fingerprints: dict[str, str]
) -> Iterable[str]:
    if planned.fingerprint and planned.fingerprint != script_fingerprint(case):
        yield "the test script changed"
    for name, seen in planned.items.items():
        if name not in graph.items:
            yield f"{name} is gone"
            continue
        if name not in fingerprints:
            fingerprints[name] = item_fingerprint(graph.items[name])
        if seen != fingerprints[name]:
            yield f"{name} changed"
    if run.code:
        then = {path: digest for path, digest in run.code.items() if path.endswith(".py")}
        changed = sorted(path for path in then.keys() | code.keys() if then.get(path) != code.get(path))
        if changed:
            yield f"step code changed ({', '.join(changed[:3])}{', ...' if len(changed) > 3 else ''})"


def _declared_otherwise(run: Run, settings: Settings) -> Iterable[str]:
    seen = run.host.get(DECLARED)
    if not seen or seen == environment_fingerprint(settings, run.environment):
        return
    then, now = run.host.get(SYSTEM, ""), system_name(settings)
    if then != now:
        yield f"the system under validation is declared as {now or 'nothing'}, the run saw {then or 'nothing'}"
    else:
        yield f"the declaration of the system or the variables of {run.environment} changed"


def system_name(settings: Settings) -> str:
    """Return name and version of the system under validation as runs keep them."""
    return " ".join(filter(None, (settings.system.name, settings.system.version)))


def _step_code(project: Project) -> dict[str, str]:
    """Return path to SHA-256 of every Python file that can decide what a step does."""
    return {file.path: file.sha256 for file in project.files if file.path.endswith(".py")}
