"""Review a formal execution: somebody who executed nothing looks at every result and accepts or returns them.

A review names the case results that it is about, up to a record, and is signed like a document. Who accepts results
says in the comment what became of every one that was not accepted, also where a later attempt passed. Returned results
go on being listed; they are executed again or reviewed again.

Whether the report of the stage may be signed follows from reviews: every planned case is covered by an accepted one.
A refusal is a record of its own.

Source: design.md §4, §5; integrity.md X-1, X-11; domain/documents.md b.8, b.12.
Format: docs/format-ledger.md, "Reviews".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valgen.documents.signatures import role_name
from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger.registry import Account
from valgen.model.execution import ACCEPTED, Execution, review_of
from valgen.model.outcome import Outcome, RunState
from valgen.model.run import CaseAttempt, Run
from valgen.records.authority import Acting
from valgen.records.executions import review_draft
from valgen.records.ledger import Ledger, open_ledger
from valgen.records.signing import Statement
from valgen.trace.reviewed import names
from valgen.workflow.approve_reason import reason_problem
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_subject import State, read_state
from valgen.workflow.formal import refuse
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people import By, Desk, authority_of

REVIEWERS = ("technical_reviewer", "test_lead", "qa", "validation_lead", "system_owner", "process_owner")
"""Roles in which people review, the first one held is taken."""
REVIEWER = "reviewer"
"""Stands for any of these roles where a person names it."""
_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """What somebody wants to say of an execution.

    Attributes:
        execution: id, such as ``exec-0001``.
        conclusion: ``accepted`` or ``returned``.
        comment: in their words.
        role: in which they review; empty or ``reviewer`` for the one that fits.
    """

    execution: str
    conclusion: str
    comment: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A review that was written.

    Attributes:
        record: number of its record.
        execution: that was reviewed.
        results: how many case results it names.
        name: printed name of the reviewer.
        role: in which they reviewed.
        time: RFC 3339, UTC.
        conclusion: ``accepted`` or ``returned``.
        open: planned cases without any result.
    """

    record: int
    execution: str
    results: int
    name: str
    role: str
    time: str
    conclusion: str
    open: tuple[str, ...]


def review(desk: Desk, by: By, request: ReviewRequest) -> Reviewed:
    """Review the results of an execution so far.

    Raises:
        Refused: a rule does not allow it; the refusal is recorded.
        AuthorityError: the person is not who they say; the attempt is recorded.
        ExecutionError: there is no such execution, or no ledger.
        SourceError: files of the project cannot be read completely.
        VerificationError: records were altered.
    """
    with alone(desk):
        state = read_state(desk.place.project)
        execution = find_execution(state.context.executions, request.execution)
        with open_ledger(desk.place, now=desk.now()) as ledger:
            acting = authority_of(ledger, by, desk.terminal, signing=True).acting
            if acting is None:
                raise AuthorityError("nobody says who reviews", fix="add --as USER", code="VG594")
            act = _Act(state, ledger, acting, execution, request)
            return act.do(desk.terminal.zone)


def find_execution(executions: Sequence[Execution], name: str) -> Execution:
    """Return an execution by its id.

    Raises:
        ExecutionError: there is none.
    """
    for one in executions:
        if one.id == name:
            return one
    known = ", ".join(one.id for one in executions) or "none"
    raise ExecutionError(
        f"there is no execution {name}",
        why=f"executions of this project are: {known}",
        fix="valgen status lists them with what is open",
        code="VG428",
    )


@dataclass(frozen=True, slots=True)
class _Act:
    """One act, everything read and nothing written yet."""

    state: State
    ledger: Ledger
    acting: Acting
    execution: Execution
    request: ReviewRequest

    @property
    def account(self) -> Account:
        return self.ledger.registry.accounts[self.acting.account.id]

    def do(self, zone: str) -> Reviewed:
        runs = [run for run in self.state.context.runs if run.execution == self.execution.id]
        attempts = [(run, attempt) for run in runs for attempt in run.attempts]
        role = self._role()
        found = [*self._of_person(role), *self._of_runs(runs, attempts), *self._of_comment(attempts)]
        if found or role is None:
            refuse(self.ledger, self.acting, "review", self.execution.id, found)
        account = self.account
        statement = Statement(
            account=account,
            role=role,
            reason=self.request.comment,
            session=self.acting.session,
            components=self.acting.components,
            zone=zone,
            key=self.acting.key,
        )
        draft = review_draft(
            self.execution.id,
            upto=self.state.records.facts.size - 1,
            results=[attempt.leaf for _, attempt in attempts if attempt.leaf],
            conclusion=self.request.conclusion,
            statement=statement,
        )
        (stored,) = self.ledger.write([draft], actor=account.id)
        return Reviewed(
            record=stored.seq,
            execution=self.execution.id,
            results=len(draft.body["results"]),
            name=account.name,
            role=role,
            time=self.ledger.now.time,
            conclusion=self.request.conclusion,
            open=self._undone(attempts),
        )

    def _role(self) -> str | None:
        wanted = self.request.role
        held = self.account.roles
        if wanted and wanted != REVIEWER:
            return wanted if wanted in held and wanted in REVIEWERS else None
        return next((role for role in REVIEWERS if role in held), None)

    def _of_person(self, role: str | None) -> Iterator[Objection]:
        account = self.account
        if account.service:
            yield Objection(
                code="VG602", what=f"{account.user} is a service, which reviews nothing", fix="let a person review"
            )
        elif role is None:
            yield Objection(
                code="VG602",
                what="you hold no role in which results are reviewed"
                + (f", or not {self.request.role}" if self.request.role not in ("", REVIEWER) else ""),
                fix=f"such roles are: {', '.join(REVIEWERS)}; yours are: "
                f"{', '.join(map(role_name, account.roles)) or 'none'}",
            )
        if account.person in self.execution.persons:
            yield Objection(
                code="VG606",
                what=f"you executed tests of {self.execution.id}, so you do not review them",
                fix="let somebody review who executed none of them",
            )

    def _of_runs(self, runs: Sequence[Run], attempts: Sequence[tuple[Run, CaseAttempt]]) -> Iterator[Objection]:
        running = [run.id for run in runs if run.state is RunState.RUNNING]
        if running:
            yield Objection(
                code="VG428",
                what=f"{self.execution.id} is being executed: {', '.join(running)}",
                fix="review when the run has ended",
            )
        if not attempts:
            yield Objection(
                code="VG428", what=f"{self.execution.id} has no result yet", fix="review when tests were executed"
            )

    def _of_comment(self, attempts: Sequence[tuple[Run, CaseAttempt]]) -> Iterator[Objection]:
        earlier = [one.comment for one in self.execution.reviews if one.person == self.account.person]
        problem = reason_problem(self.request.comment, earlier)
        if problem:
            yield Objection(
                code="VG601",
                what=problem.replace("reason", "comment"),
                fix="say in a few words what you compared and what you found",
            )
        if self.request.conclusion != ACCEPTED:
            return
        untold = list(self._untold(attempts))
        if untold:
            more = f" and {len(untold) - _NAMED} more" if len(untold) > _NAMED else ""
            yield Objection(
                code="VG429",
                what=f"the comment says nothing on {', '.join(untold[:_NAMED])}{more}",
                fix="name each of these cases in the comment and say what was decided",
            )

    def _untold(self, attempts: Sequence[tuple[Run, CaseAttempt]]) -> Iterator[str]:
        """Yield what was not accepted, was not in an accepted review before, and is not named in the comment."""
        told = set()
        for run, attempt in attempts:
            if attempt.outcome.accepted or attempt.case in told or names(self.request.comment, attempt.case):
                continue
            before = review_of((self.execution,), run, attempt)
            if before is None or not before.accepted:
                told.add(attempt.case)
                yield f"{attempt.case} ({attempt.outcome.value} in {run.id})"
        for case in self._undone(attempts):
            if not names(self.request.comment, case):
                yield f"{case} ({Outcome.NOT_EXECUTED.value})"

    def _undone(self, attempts: Sequence[tuple[Run, CaseAttempt]]) -> tuple[str, ...]:
        done = {attempt.case for _, attempt in attempts}
        return tuple(case for case in self.execution.cases if case not in done)
