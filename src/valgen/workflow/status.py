"""Where the project stands: validated or not and why, what is open, what to do next.

Only formal, accepted results of approved protocols, with every document approved and nothing changed since, can make a
project validated; otherwise the answer is no, with every reason. An approved version stays valid while a later one is
being written.

Source: design.md §7 (status).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valgen.documents.context import Context
from valgen.documents.shipped import writable
from valgen.documents.signatures import step_name
from valgen.errors import Severity
from valgen.model.execution import Execution
from valgen.model.outcome import Coverage, Mode, Outcome, RunMode, RunState, Stage
from valgen.model.project import SignatureStep
from valgen.model.run import Run
from valgen.model.signature import DocumentStatus
from valgen.recorder.clock import read_clock
from valgen.trace.document_set import IN_OPERATION
from valgen.trace.reviewed import unreviewed
from valgen.workflow.approve_rules import awaited
from valgen.workflow.approve_standing import Standing, standings
from valgen.workflow.check import CheckReport, check_loaded
from valgen.workflow.load import load, load_executed, load_signing, make_context
from valgen.workflow.sequence import unreported_before
from valgen.workflow.status_judged import Judged, judged
from valgen.workflow.verify_record import overdue_verification

if TYPE_CHECKING:
    from valgen.records.signing_reader import SigningRecords

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMED = 8
BY_HAND = "execution by hand"
"""What an execution waits for when only manual and unscripted cases are open."""


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
class DocumentState:
    """One document, as ``valgen status`` shows it.

    Attributes:
        version: as printed, with DRAFT until it is approved.
        status: printed word.
        awaited: signatures that can be given now; empty where there is no ledger.
        valid: approved version that is in force; empty for none.
        since: when that one was approved, RFC 3339 UTC.
        changed: items and test cases that are not as they were approved, each with what became of it.
        suspect: (item, what it links to that changed since).
    """

    key: str
    number: str
    title: str
    version: str
    status: str
    awaited: tuple[SignatureStep, ...] = ()
    valid: str = ""
    since: str = ""
    changed: tuple[tuple[str, str], ...] = ()
    suspect: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionState:
    """One formal execution, as ``valgen status`` shows it.

    Attributes:
        planned: number of planned cases.
        open: planned cases without an accepted result.
        unreviewed: planned cases that no accepted review covers.
        current: False once a later version of its protocol is executed.
        review: conclusion of the newest review; empty for none.
        awaited: who has to act, in words; empty for nobody.
    """

    execution: Execution
    planned: int
    open: tuple[str, ...]
    unreviewed: tuple[str, ...]
    current: bool
    review: str
    awaited: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything that ``valgen status`` shows.

    Attributes:
        executions: formal ones, oldest first.
        overdue: reviews that are overdue, one sentence each.
        pending: time stamps that could not be had, one sentence each.
        judged: amendments and no-impact assessments.
    """

    validated: bool
    why: tuple[str, ...]
    documents: tuple[DocumentState, ...]
    stages: tuple[StageStatus, ...]
    runs: tuple[Run, ...]
    next: tuple[str, ...]
    report: CheckReport
    overdue: tuple[str, ...] = ()
    executions: tuple[ExecutionState, ...] = ()
    pending: tuple[str, ...] = ()
    judged: Judged = field(default_factory=Judged)


def status(root: Path, *, cached: bool = True) -> Status:
    """Find out where the project at ``root`` stands."""
    loaded = load(root, cached=cached)
    report = check_loaded(loaded)
    executed = load_executed(root, loaded.project)
    records = load_signing(root, loaded.project)
    context = make_context(loaded, executed, records)
    stages = tuple(_stage(context, stage, where) for stage in Stage for where in context.environments(stage))
    found = standings(root, context, records)
    overdue = tuple(_overdue(records, context.project.settings.verify_every)) if records is not None else ()
    executions = tuple(_executions(context))
    late = records.unstamped if records is not None else ""
    decided = judged(context)
    open_ones = (*_waiting(executions), *decided.why())
    why = tuple((*_reasons(context, report, stages), *open_ones, *_unapproved(context, found), *overdue))
    return Status(
        validated=not why,
        why=why,
        documents=tuple(_document(one, context) for one in found),
        stages=stages,
        runs=executed.runs,
        next=(
            *decided.next(),
            *_next_steps(context, report, stages, found, executions, records),
            *(("Ask again: valgen records anchor",) if late else ()),
        ),
        report=report,
        overdue=overdue,
        executions=executions,
        judged=decided,
        pending=(f"a time stamp is pending {late}",) if late else (),
    )


def status_json(found: Status) -> dict[str, Any]:
    """Return the published shape of ``valgen status --json``."""
    return {
        "validated": found.validated,
        "why": list(found.why),
        "documents": [_document_json(one) for one in found.documents],
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
                **({"execution": run.execution, "tester": run.actor} if run.execution else {}),
            }
            for run in found.runs
        ],
        "executions": [_execution_json(one) for one in found.executions],
        "next": list(found.next),
        "overdue": list(found.overdue),
        "pending": list(found.pending),
        **found.judged.as_json(),
    }


def _document_json(one: DocumentState) -> dict[str, Any]:
    return {
        "key": one.key,
        "number": one.number,
        "title": one.title,
        "version": one.version,
        "status": one.status,
        "awaited": [{"role": step.role, "meaning": step.meaning} for step in one.awaited],
        "valid": one.valid,
        "since": one.since,
        "changed": [{"id": name, "change": change} for name, change in one.changed],
        "suspect": [{"id": name, "to": target} for name, target in one.suspect],
    }


def _execution_json(one: ExecutionState) -> dict[str, Any]:
    made = one.execution
    return {
        "execution": made.id,
        "stage": made.stage.value,
        "environment": made.environment,
        "protocol": made.protocol,
        "version": made.version,
        "opened": made.opened_at,
        "opened_by": made.opened_by,
        "testers": list(made.testers),
        "runs": list(made.runs),
        "planned": one.planned,
        "open": list(one.open),
        "unreviewed": list(one.unreviewed),
        "current": one.current,
        "review": one.review,
        "awaited": one.awaited,
    }


def _executions(context: Context) -> Iterator[ExecutionState]:
    newest = {(one.protocol, one.environment): one.id for one in context.executions}
    for one in context.executions:
        formal = context.matrix.formal
        statuses = [formal[case, one.environment] for case in one.cases if (case, one.environment) in formal]
        left = tuple(status.case for status in statuses if not status.outcome.accepted)
        without = tuple(name.partition(" in ")[0] for name in unreviewed(context.executions, context.runs, statuses))
        current = newest[one.protocol, one.environment] == one.id
        undone = [status.case for status in statuses if status.outcome in (Outcome.NOT_EXECUTED, Outcome.ABORTED)]
        by_hand = [case for case in undone if _by_hand(context, case)]
        by_program = tuple(case for case in undone if case not in by_hand)
        awaited = ""
        if current and by_program:
            awaited = f"a tester: {_some(by_program)}"
        elif current and without:
            awaited = "a reviewer who executed none of its tests"
        elif current and by_hand:
            awaited = f"{BY_HAND}: {_some(tuple(by_hand))}"
        yield ExecutionState(
            execution=one,
            planned=len(one.cases),
            open=left,
            unreviewed=without,
            current=current,
            review=one.reviews[-1].conclusion if one.reviews else "",
            awaited=awaited,
        )


def _by_hand(context: Context, case: str) -> bool:
    found = context.graph.cases.get(case)
    return found is not None and found.mode is not Mode.AUTOMATED


def _waiting(executions: tuple[ExecutionState, ...]) -> Iterator[str]:
    """Yield the executions whose results nobody has accepted yet."""
    for one in executions:
        if one.current and one.unreviewed:
            where = f"{one.execution.stage} in {one.execution.environment}"
            yield f"{one.execution.id} ({where}): {len(one.unreviewed)} of {one.planned} tests not reviewed"


def _document(one: Standing, context: Context) -> DocumentState:
    approval, valid = one.approval, one.valid
    return DocumentState(
        key=one.spec.key,
        number=one.spec.number,
        title=one.spec.title,
        version=one.version if approval.approved else one.spec.version,
        status=str(approval.status),
        awaited=awaited(approval) if _can_be_signed(one, context) else (),
        valid=valid.approval.version if valid else "",
        since=valid.approval.effective if valid else "",
        changed=tuple(valid.changed.items()) if valid else (),
        suspect=tuple((link.source, link.target) for link in valid.links) if valid else (),
    )


def _can_be_signed(one: Standing, context: Context) -> bool:
    """Return whether anybody is awaited: nothing is signed that rests on rehearsals, or changed under its number."""
    if context.ledger is None or not one.version or one.changed or not writable(one.spec, context):
        return False
    entry = one.spec.entry
    return one.spec.variant != "report" or bool(
        context.stage_runs(Stage(entry.type), entry.environment, RunMode.FORMAL)
    )


def _unapproved(context: Context, found: tuple[Standing, ...]) -> Iterator[str]:
    """Yield what is not approved, or was approved in other words than the project has now."""
    needed = [one for one in found if one.spec.entry.type not in IN_OPERATION]
    if needed and not any(one.valid for one in needed):
        yield "no document is approved"
        return
    for one in needed:
        if not writable(one.spec, context):
            yield f"{one.spec.key} cannot be written: there is no template for it"
        elif one.valid is None:
            missing = ", ".join(map(step_name, awaited(one.approval)))
            waits = f", waiting for {missing}" if one.approval.status is DocumentStatus.IN_REVIEW and missing else ""
            yield f"{one.spec.key} {one.version or 'without version'} is not approved{waits}"
        else:
            name = f"{one.spec.key} {one.valid.approval.version}"
            if one.valid.changed:
                yield f"{name} was approved, and changed since: {_some(tuple(one.valid.changed))}"
            if one.valid.links:
                pairs = tuple(f"{link.source} to {link.target}" for link in one.valid.links)
                yield f"{name} was approved before what it links to changed: {_some(pairs)}"
            if one.changed and not one.valid.changed:
                yield f"{name} was approved, and its text or settings changed since"


def _overdue(records: SigningRecords, verify_every: str) -> Iterator[str]:
    today = read_clock().text[:10]
    yield from overdue_verification(verify_every, records.verifications, today)
    if not records.reviews:
        return
    last = records.reviews[-1]
    if _DATE.fullmatch(last.next) and last.next < today:
        by = f"{last.name} on {last.time[:10]}"
        yield f"the review of the audit trail was due on {last.next}; the last one was by {by}"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


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
    return why


def _next_steps(
    context: Context,
    report: CheckReport,
    stages: tuple[StageStatus, ...],
    found: tuple[Standing, ...],
    executions: tuple[ExecutionState, ...],
    records: SigningRecords | None,
) -> list[str]:
    steps = []
    if report.count(Severity.ERROR):
        steps.append("Mend what valgen check shows.")
    for document in found:
        missing = ", ".join(map(step_name, awaited(document.approval)))
        if document.approval.status is DocumentStatus.IN_REVIEW and missing and not document.changed:
            steps.append(f"{document.spec.key} {document.version} waits for {missing}: valgen sign {document.spec.key}")
        elif document.approval.status is DocumentStatus.REJECTED:
            steps.append(f"{document.spec.key} {document.version} was rejected: change it and add a row to its history")
    for made in executions:
        what = made.execution
        if made.awaited.startswith("a reviewer"):
            steps.append(f"{what.id} waits for {made.awaited}: valgen review {what.id} --conclusion accepted")
        elif made.awaited.startswith(BY_HAND):
            steps.append(f"{what.id} waits for {made.awaited}, which this version does not record")
        elif made.awaited:
            run = f"valgen run {what.stage.value.lower()} --env {what.environment} --formal"
            steps.append(f"{what.id} waits for {made.awaited}: {run}")
    approved = {one.spec.entry.type for one in found if one.spec.variant == "protocol" and one.valid is not None}
    for one in stages:
        command = f"valgen run {one.stage.value.lower()} --env {one.environment}"
        if one.mode is not RunMode.FORMAL and one.stage.value in approved:
            if records is not None and (first := unreported_before(context, records, one.stage, one.environment)):
                reports = ", ".join(f"{key} on {stage} in {where}" for key, stage, where in first)
                steps.append(f"{one.stage} in {one.environment} comes after the approval of {reports}")
                continue
            steps.append(f"Execute {one.stage} in {one.environment} formally: {command} --formal")
        elif one.mode is None:
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
