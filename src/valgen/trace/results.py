"""Which result counts for each planned case in each environment.

The newest run that selected a case decides. When that run never reached the case, or was cut off, an older
Passed does not count: the case is Not executed or Aborted. A result whose script, step code, verified requirement,
system version or environment variables have changed since is stale and counts as Not executed, with the reason.
An assessment that somebody signed keeps the very results that it names current against the very changes that it names;
an amendment asks for results before it to be made again.

Source: design.md §4 (results), §5 (freshness), §7 (dry_status).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from valgen.model.judgement import NO_JUDGEMENTS, Assessment, ChangeSeen, Judgements
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
        changes: what changed since the result was made, assessed or not.
        assessed: assessments that keep the result current.
        repeat: amendments that ask for the case to be executed again, as printed.
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
    changes: tuple[ChangeSeen, ...] = ()
    assessed: tuple[Assessment, ...] = ()
    repeat: tuple[str, ...] = ()


Results = Mapping[tuple[str, str], CaseStatus]

# Facts of a run under which it keeps what the settings declared.
SYSTEM = "system under validation"
DECLARED = "declared environment"
ENVIRONMENT = "environment "
"""Begins the name of a change of what is declared for an environment and the system in it."""


def case_statuses(
    project: Project, graph: Graph, runs: Iterable[Run], mode: RunMode, judgements: Judgements = NO_JUDGEMENTS
) -> Results:
    """Return the standing of every planned case per environment, for runs of one mode.

    Args:
        project: as read now.
        graph: of the same project.
        runs: oldest first.
        mode: only runs of this mode are looked at.
        judgements: amendments and assessments; they are about formal results only.

    Returns:
        (case id, environment) to status, for every active case and environment it is planned in.
    """
    deciding: dict[tuple[str, str], tuple[Run, PlannedCase]] = {}
    for run in runs:
        if run.mode is mode:
            for planned in run.plan:
                if planned.selected:
                    deciding[planned.id, run.environment] = (run, planned)
    now = _Now(
        graph=graph,
        settings=project.settings,
        code=_step_code(project),
        fingerprints={},
        judgements=judgements if mode is RunMode.FORMAL else NO_JUDGEMENTS,
    )
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
                result[case.id, environment] = _status(case, environment, *found, now)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What results are compared with.

    Attributes:
        code: path to SHA-256 of every file that can decide what a step does.
        fingerprints: of items, filled while they are asked for.
    """

    graph: Graph
    settings: Settings
    code: Mapping[str, str]
    fingerprints: dict[str, str]
    judgements: Judgements

    def item(self, name: str) -> str:
        """Return the fingerprint of an item; empty when it is gone."""
        if name not in self.graph.items:
            return ""
        if name not in self.fingerprints:
            self.fingerprints[name] = item_fingerprint(self.graph.items[name])
        return self.fingerprints[name]


def _status(case: TestCase, environment: str, run: Run, planned: PlannedCase, now: _Now) -> CaseStatus:
    attempt = run.last_attempt(case.id)
    earlier = attempt.outcome if attempt else Outcome.NOT_EXECUTED
    changes: tuple[ChangeSeen, ...] = ()
    stale: tuple[str, ...] = ()
    assessed: tuple[Assessment, ...] = ()
    repeat: tuple[str, ...] = ()
    if attempt:
        changes = (*_changes(case, run, planned, now), *_declared_otherwise(run, now.settings))
        left, assessed = _assessed(attempt, changes, now.judgements)
        repeat = tuple(_asked_again(case.id, run, now.judgements))
        asked = (f"{one.lower()} asks for it to be executed again" for one in repeat)
        stale = (*_reasons(case.id, run, left, now.settings), *asked)
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
        changes=changes,
        assessed=assessed,
        repeat=repeat,
    )


def _assessed(
    attempt: CaseAttempt, changes: Sequence[ChangeSeen], judgements: Judgements
) -> tuple[list[ChangeSeen], tuple[Assessment, ...]]:
    """Return the changes that nobody has assessed, and the assessments that cover the others."""
    if not changes or not judgements.assessments:
        return list(changes), ()
    left: list[ChangeSeen] = []
    used: dict[str, Assessment] = {}
    for change in changes:
        covering = [one for one in judgements.assessments if one.covers(attempt.leaf, change)]
        if covering:
            used[covering[-1].id] = covering[-1]
        else:
            left.append(change)
    return left, tuple(used.values())


def _changes(case: TestCase, run: Run, planned: PlannedCase, now: _Now) -> Iterator[ChangeSeen]:
    """Yield what changed of script, items and step code since a case was executed."""
    if planned.fingerprint and planned.fingerprint != script_fingerprint(case):
        yield ChangeSeen(name=case.id, before=planned.fingerprint, after=script_fingerprint(case))
    for name, seen in planned.items.items():
        present = now.item(name)
        if seen != present:
            yield ChangeSeen(name=name, before=seen, after=present)
    if run.code:
        then = {path: digest for path, digest in run.code.items() if path.endswith(".py")}
        for path in sorted(then.keys() | now.code.keys()):
            if then.get(path) != now.code.get(path):
                yield ChangeSeen(name=path, before=then.get(path, ""), after=now.code.get(path, ""))


def _reasons(case: str, run: Run, changes: Sequence[ChangeSeen], settings: Settings) -> Iterator[str]:
    """Yield why a result no longer counts, in words."""
    code = [one.name for one in changes if one.name.endswith(".py")]
    for one in changes:
        if one.name == case:
            yield "the test script changed"
        elif one.name.startswith(ENVIRONMENT):
            then, now = run.host.get(SYSTEM, ""), system_name(settings)
            if then != now:
                yield f"the system under validation is declared as {now or 'nothing'}, the run saw {then or 'nothing'}"
            else:
                yield f"the declaration of the system or the variables of {run.environment} changed"
        elif one.name not in code:
            yield f"{one.name} changed" if one.after else f"{one.name} is gone"
        elif one.name == code[0]:
            yield f"step code changed ({', '.join(code[:3])}{', ...' if len(code) > 3 else ''})"


def _asked_again(case: str, run: Run, judgements: Judgements) -> Iterator[str]:
    """Yield the amendments that came into force after a run began and ask for the case to be executed again."""
    for one in judgements.asking(case):
        if run.record is not None and one.in_force is not None and run.record < one.in_force:
            yield one.number


def _declared_otherwise(run: Run, settings: Settings) -> Iterator[ChangeSeen]:
    seen, present = run.host.get(DECLARED), environment_fingerprint(settings, run.environment)
    if seen and seen != present:
        yield ChangeSeen(name=f"{ENVIRONMENT}{run.environment}", before=seen, after=present)


def system_name(settings: Settings) -> str:
    """Return name and version of the system under validation as runs keep them."""
    return " ".join(filter(None, (settings.system.name, settings.system.version)))


def _step_code(project: Project) -> dict[str, str]:
    """Return path to SHA-256 of every Python file that can decide what a step does."""
    return {file.path: file.sha256 for file in project.files if file.path.endswith(".py")}
