"""Formal executions: who may execute which approved protocol now, and the execution that it belongs to.

An act takes these steps, alone at a time: read the project and its ledger, check who acts, check every rule, open the
execution the first time or find the one that goes on. What comes of it is a ticket for the process that executes the
tests. A refusal is a record of its own, with every reason; it changes nothing else.

An execution is of one approved version of one protocol in one environment, with the amendments of single scripts that
owner and quality unit signed (``amend``). A new approved version has an execution of its own; results of scripts that
it did not touch go on counting.

Leaves to others: running (``execute``), what was approved (``approve_standing``).
Source: design.md §4, §5; integrity.md X-3, X-8, X-11.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.context import Context
from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger.record import Draft
from valgen.ledger.registry_executions import execution_id
from valgen.model.execution import Execution
from valgen.model.outcome import Outcome, Stage
from valgen.model.testcase import TestCase
from valgen.records.authority import Acting
from valgen.records.executions import Protocol, opened_draft
from valgen.records.ledger import Ledger, open_ledger
from valgen.trace.fingerprint import script_fingerprint
from valgen.workflow.approve import Refused
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_standing import Approved, approved_versions, fingerprint_now
from valgen.workflow.approve_subject import State, read_state
from valgen.workflow.facts import code_digests
from valgen.workflow.formal_ticket import Ticket, changed_code
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people import By, Desk, authority_of
from valgen.workflow.plan import planned_cases
from valgen.workflow.sequence import tool_objections, training_objections, unapproved_before, unreported_before

TESTER = "tester"
"""Role in which people execute tests."""

_NAMED = 10
_NOT_HANDED_ON = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_UNDONE = (Outcome.NOT_EXECUTED, Outcome.ABORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormalRequest:
    """What a tester wants to execute.

    Attributes:
        stage: of the protocol.
        environment: a planned one.
        cases: ids to execute now; empty for those that are left.
        pytest_arguments: none are allowed; a rule says so.
    """

    stage: Stage
    environment: str
    cases: tuple[str, ...] = ()
    pytest_arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormalSession:
    """What a tester does now.

    Attributes:
        ticket: for the process that executes the tests.
        protocol: key and version, such as ``OQ-protocol 1.0``.
        opened: whether the execution was opened by this act.
        again: whether every planned case had a result, so that those that were not accepted are executed again.
    """

    ticket: Ticket
    protocol: str
    opened: bool
    again: bool


def begin_formal(desk: Desk, by: By, request: FormalRequest) -> tuple[FormalSession, ...]:
    """Check that somebody may execute a stage now, and open its executions where they are not open yet.

    Args:
        desk: where the tester acts.
        by: who acts.
        request: what they want to execute.

    Returns:
        One session for each protocol that has something to execute.

    Raises:
        Refused: a rule does not allow it; the refusal is recorded.
        AuthorityError: the tester is not who they say; the attempt is recorded.
        ExecutionError: there is no ledger.
        SourceError: files of the project cannot be read completely.
        VerificationError: records or frozen versions were altered.
    """
    with alone(desk):
        state = read_state(desk.place.project)
        with open_ledger(desk.place, now=desk.now()) as ledger:
            acting = authority_of(ledger, by, desk.terminal).acting
            if acting is None:
                raise AuthorityError("nobody says who executes", fix="add --as USER", code="VG594")
            return _Act(
                state=state, ledger=ledger, acting=acting, request=request, keystore=str(desk.place.keystore)
            ).do()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one protocol plans in the environment."""

    spec: DocumentSpec
    cases: tuple[TestCase, ...]
    approved: Approved | None
    execution: Execution | None

    @property
    def prints(self) -> dict[str, str]:
        return {case.id: script_fingerprint(case) for case in self.cases}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """One act, everything read and nothing written yet."""

    state: State
    ledger: Ledger
    acting: Acting
    request: FormalRequest
    keystore: str

    @property
    def context(self) -> Context:
        return self.state.context

    def do(self) -> tuple[FormalSession, ...]:
        code = code_digests(self.context.project)
        parts = self._parts()
        found = [*self._of_pytest(), *self._of_tester(parts), *self._of_system(parts), *self._of_stages()]
        found += self._of_specifications(parts)
        found += self._of_protocols(parts, code)
        if found:
            self._refuse(found)
        chosen = [(part, *self._chosen(part)) for part in parts]
        chosen = [one for one in chosen if one[1]]
        if not chosen:
            where = f"{self.request.stage} in {self.request.environment}"
            self._refuse(
                [
                    Objection(
                        code="VG427",
                        what=f"every planned case of {where} has an accepted result",
                        fix="name the case that you want to execute again with --case",
                    )
                ]
            )
        return tuple(self._session(part, cases, again, code) for part, cases, again in chosen)

    def _parts(self) -> tuple[_Part, ...]:
        stage, where = self.request.stage, self.request.environment
        planned = planned_cases(self.context.project, stage, where)
        approved = {one.manifest.key: one for one in approved_versions(self.context, self.state.records)}
        parts = []
        for spec in protocols(self.context, stage, where):
            last = approved.get(spec.key)
            parts.append(
                _Part(
                    spec=spec,
                    cases=tuple(case for case in planned if spec.entry.selects_case(case)),
                    approved=last,
                    execution=self._execution(spec.key, last) if last else None,
                )
            )
        return tuple(part for part in parts if part.cases)

    def _execution(self, key: str, approved: Approved) -> Execution | None:
        """Return the execution of an approved version that goes on."""
        wanted = (
            self.request.stage,
            self.request.environment,
            key,
            approved.approval.version,
            approved.approval.content,
        )
        found = [
            one
            for one in self.context.executions
            if (one.stage, one.environment, one.protocol, one.version, one.content) == wanted
        ]
        return found[-1] if found else None

    def _of_pytest(self) -> Iterator[Objection]:
        given = [*self.request.pytest_arguments, *(name for name in _NOT_HANDED_ON if os.environ.get(name))]
        if given:
            yield Objection(
                code="VG421",
                what=f"options of pytest are not handed on in a formal execution: {' '.join(given)[:200]}",
                fix="leave them out and unset PYTEST_ADDOPTS and PYTEST_PLUGINS; --case chooses what to execute now",
            )

    def _of_tester(self, parts: Sequence[_Part]) -> Iterator[Objection]:
        account = self.ledger.registry.accounts[self.acting.account.id]
        if not account.service and TESTER not in account.roles:
            yield Objection(
                code="VG425",
                what=f"{account.user} does not hold the role {TESTER}",
                fix=f"ask an administrator for: valgen user grant {account.user} {TESTER}",
            )
        yield from tool_objections(self.context)
        chosen = (
            case for part in parts for case in part.cases if not self.request.cases or case.id in self.request.cases
        )
        yield from training_objections(self.context, account, chosen, self.ledger.now.time[:10])
        if account.service and any(part.approved and part.execution is None for part in parts):
            yield Objection(
                code="VG425",
                what=f"{account.user} is a service, and no execution of the approved protocol is open",
                fix="let a tester begin it; a service then executes what is left",
            )

    def _of_system(self, parts: Sequence[_Part]) -> Iterator[Objection]:
        system = self.context.project.settings.system
        if not system.name or not system.version:
            yield Objection(
                code="VG426",
                what="the settings do not say which system, in which version, is under validation",
                fix="give name and version under [system] of the settings",
            )
        for part in parts:
            one = part.execution
            if one is not None and one.system != (system.name, system.version):
                yield Objection(
                    code="VG426",
                    what=f"{one.id} was opened for {' '.join(one.system)}, and the settings declare {system.name} "
                    f"{system.version} now",
                    fix=f"have a version of {part.spec.key} approved for this version of the system",
                )

    def _of_stages(self) -> Iterator[Objection]:
        asked = self.request
        for key, stage, where in unreported_before(self.context, self.state.records, asked.stage, asked.environment):
            yield Objection(
                code="VG424",
                what=f"{key} on {stage} in {where} is not approved, and {asked.stage} in {asked.environment} comes "
                "after it",
                fix=f"execute and review {stage} in {where}, and have {key} approved",
            )

    def _of_specifications(self, parts: Sequence[_Part]) -> Iterator[Objection]:
        waiting = {key for part in parts for key in unapproved_before(self.context, self.state.records, part.spec)}
        if waiting:
            yield Objection(
                code="VG424",
                what=f"not approved, and tests of {self.request.stage} come after: {', '.join(sorted(waiting))}",
                fix="have these documents approved; valgen status shows who is awaited",
            )

    def _of_protocols(self, parts: Sequence[_Part], code: Mapping[str, str]) -> Iterator[Objection]:
        stage, where = self.request.stage, self.request.environment
        covered = {case.id for part in parts for case in part.cases}
        planned = [case.id for case in planned_cases(self.context.project, stage, where)]
        nowhere = [name for name in planned if name not in covered]
        if nowhere:
            yield Objection(
                code="VG423",
                what=f"no protocol holds {_some(nowhere)}",
                fix="plan a protocol of the stage in requirements/documents.yaml that selects these cases",
            )
        for part in parts:
            if part.approved is None:
                yield Objection(
                    code="VG423",
                    what=f"no version of {part.spec.key} is approved",
                    fix=f"have it signed by everybody whom the workflow asks for: valgen sign {part.spec.key}",
                )
                continue
            name = f"{part.spec.key} {part.approved.approval.version}"
            changed = self._changed(part, part.approved)
            if changed:
                yield Objection(
                    code="VG422",
                    what=f"{name} was approved, and since then changed: {_some(changed)}",
                    fix=f"bring the files back, or add a row to the history of {part.spec.entry.key} and have the new "
                    "version approved",
                )
            said = changed_code(part.execution.code, code) if part.execution else ""
            if said:
                yield Objection(
                    code="VG422",
                    what=f"{name}: {said}",
                    fix="bring the code back, or have a new version of the protocol approved that says what changed; "
                    "it is executed on its own",
                )

    def _changed(self, part: _Part, approved: Approved) -> list[str]:
        amended = self.context.judgements.in_force(part.spec.key, approved.approval.version, approved.approval.content)
        items = {**approved.manifest.items, **{name: one.after for name, one in amended.items()}}
        graph = self.context.graph
        changed = [name for name, seen in items.items() if fingerprint_now(name, graph) != seen]
        return [*changed, *(name for name in part.prints if name not in items)]

    def _chosen(self, part: _Part) -> tuple[tuple[str, ...], bool]:
        """Return the cases to execute now, and whether they all have a result already."""
        names = [case.id for case in part.cases]
        if self.request.cases:
            return tuple(name for name in names if name in self.request.cases), False
        formal = self.context.matrix.formal
        standing = {name: formal[name, self.request.environment] for name in names}
        left = tuple(name for name in names if standing[name].outcome in _UNDONE)
        if left:
            return left, False
        return tuple(name for name in names if not standing[name].outcome.accepted), True

    def _session(self, part: _Part, cases: tuple[str, ...], again: bool, code: Mapping[str, str]) -> FormalSession:
        execution, opened = part.execution, False
        if part.approved is None:
            raise AuthorityError(f"{part.spec.key} is not approved", code="VG423")  # refused before
        if execution is None:
            name, opened, bound = self._open(part, part.approved, code), True, dict(code)
        else:
            name, bound = execution.id, dict(execution.code)
        return FormalSession(
            ticket=Ticket(
                execution=name,
                session=self.acting.session,
                tester=self.acting.account.id,
                keystore=self.keystore,
                team=team.keys() if (team := self.ledger.place.team) is not None else {},
                stage=self.request.stage.value,
                cases=part.prints,
                chosen=cases,
                code=bound,
            ),
            protocol=f"{part.spec.key} {part.approved.approval.version}",
            opened=opened,
            again=again,
        )

    def _open(self, part: _Part, approved: Approved, code: Mapping[str, str]) -> str:
        settings = self.context.project.settings
        name = execution_id(len(self.ledger.log.refresh().executions) + 1)
        draft = opened_draft(
            name,
            stage=self.request.stage,
            environment=self.request.environment,
            protocol=Protocol(
                document=part.spec.key,
                number=part.spec.number,
                version=approved.approval.version,
                content=approved.approval.content,
                manifest=self.state.records.bodies[approved.record]["manifest"]["sha256"],
            ),
            system=(settings.system.name, settings.system.version),
            cases=part.prints,
            code=code,
            session=self.acting.session,
            key=self.acting.key,
        )
        self.ledger.write([draft], actor=self.acting.account.id)
        return name

    def _refuse(self, found: Sequence[Objection]) -> NoReturn:
        subject = f"{self.request.stage} in {self.request.environment}"
        refuse(self.ledger, self.acting, "execution", subject, found)


def protocols(context: Context, stage: Stage, environment: str) -> tuple[DocumentSpec, ...]:
    """Return the protocols of a stage that hold in an environment."""
    return tuple(
        spec
        for spec in plan_documents(context)
        if spec.variant == "protocol" and spec.entry.type == stage.value and spec.entry.environment in ("", environment)
    )


def refuse(ledger: Ledger, acting: Acting, act: str, subject: str, found: Sequence[Objection]) -> NoReturn:
    """Record that an act was refused, with every reason, and refuse it.

    Raises:
        Refused: always.
    """
    body = {
        "act": act,
        "account": acting.account.id,
        "subject": subject[:400],
        "code": found[0].code,
        "reason": "; ".join(f"{one.code} {one.what}" for one in found),
    }
    stored = ledger.write([Draft("refused", body)], actor=acting.account.id)
    raise Refused(found, stored[0].seq)


def record_failure(desk: Desk, ticket: Ticket, subject: str, error: ExecutionError) -> None:
    """Record why a formal run that was allowed did not begin, or could not go on.

    Args:
        desk: where the tester acts.
        ticket: of the session.
        subject: stage and environment in words.
        error: what happened.
    """
    body = {
        "act": "execution",
        "account": ticket.tester,
        "subject": f"{ticket.execution}, {subject}"[:400],
        "code": error.code,
        "reason": error.what,
    }
    with open_ledger(desk.place, now=desk.now()) as ledger:
        ledger.write([Draft("refused", body)], actor=ticket.tester)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
