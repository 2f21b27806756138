"""Amend a script of an approved protocol: somebody asks for it, the owner and the quality unit sign.

    valgen amend OQ-014 --reason "..." --as olga        the first signature; nothing changes yet
    valgen amend OQ-014 --reason "..." --as quinn       the second one, by another person: it is in force

What is amended is the script as it lies in the files now, compared with the one that was approved or amended last. The
signed text holds case, before, after, reason and the executed cases that have to be executed again. Files that change
once more are another amendment. Recorded results stay what they are; those of the old script no longer count.

Leaves to others: what makes scripts executable (``formal``), what is signed (``records.judgements``).
Source: design.md §4. Format: docs/format-ledger.md, "Amendments and assessments".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.documents.catalog import plan_documents
from valgen.documents.versions import case_part
from valgen.errors import AuthorityError, ExecutionError
from valgen.model.judgement import AMENDMENT, Amendment
from valgen.model.outcome import RunState
from valgen.model.testcase import TestCase
from valgen.model.version import Part, PartKind
from valgen.records.judgements import (
    OWNERS,
    QA,
    Paper,
    amended_draft,
    amendment_statement,
    signing_draft,
    statement_of,
    steps_asked,
    text_of,
    with_signature,
)
from valgen.records.ledger import open_ledger
from valgen.records.signing import Statement
from valgen.trace.fingerprint import script_fingerprint
from valgen.workflow.amend_text import amendment_text
from valgen.workflow.approve_changes import approved_snapshot
from valgen.workflow.approve_reason import reason_problem
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_standing import Approved, approved_versions, steps_of
from valgen.workflow.approve_subject import State, read_state
from valgen.workflow.formal import refuse
from valgen.workflow.judging import JudgeRules, signature_now
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people import By, Desk, authority_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendRequest:
    """What somebody wants to amend.

    Attributes:
        case: id of a test case; of an outline, all its rows that changed.
        reason: in their words.
        affects: further executed cases that have to be executed again.
        role: in which they sign; empty for the one that is missing and that they hold.
        expect: content digests that they saw; empty to take what is made.
        rejects: whether they reject what others asked for.
    """

    case: str
    reason: str
    affects: tuple[str, ...] = ()
    role: str = ""
    expect: tuple[str, ...] = ()
    rejects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An amendment as somebody would sign it now.

    Attributes:
        amendment: with the signatures so far.
        paper: that is signed.
    """

    amendment: Amendment
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What an act of amending did.

    Attributes:
        amendments: that were signed or rejected, as they stand now.
        records: number of the record of each.
        name: printed name of the person.
        role: in which they signed.
        time: RFC 3339, UTC.
    """

    amendments: tuple[Amendment, ...]
    records: tuple[int, ...]
    name: str
    role: str
    time: str


def look_at_amendment(root: Path, request: AmendRequest) -> tuple[Proposal, ...]:
    """Return what would be signed; nothing is recorded.

    Raises:
        AuthorityError: nothing can be amended; the first reason is carried.
        SourceError: files of the project cannot be read completely.
        VerificationError: records were altered.
    """
    found = _Finder(read_state(root), request)
    proposals = found.proposals()
    if not proposals:
        first = found.nothing()
        raise AuthorityError(first.what, fix=first.fix, code=first.code)
    return proposals


def amend(desk: Desk, by: By, request: AmendRequest) -> Amended:
    """Sign an amendment, or reject one.

    Args:
        desk: where the person acts.
        by: who acts.
        request: what they want.

    Raises:
        Refused: a rule does not allow it; the refusal is recorded.
        AuthorityError: the person is not who they say; the attempt is recorded.
        ExecutionError: there is no ledger.
        SourceError: files of the project cannot be read completely.
        VerificationError: records were altered.
    """
    with alone(desk):
        state = read_state(desk.place.project)
        finder = _Finder(state, request)
        with open_ledger(desk.place, now=desk.now()) as ledger:
            acting = authority_of(ledger, by, desk.terminal, signing=True).acting
            if acting is None:
                raise AuthorityError("nobody says who amends", fix="add --as USER", code="VG594")
            account = ledger.registry.accounts[acting.account.id]
            proposals = finder.proposals()
            asked = tuple(dict.fromkeys(role for one in proposals for role in one.amendment.missing))
            asked = (*OWNERS, QA) if request.rejects or not asked else asked
            rules = JudgeRules(state=state, account=account, role=request.role, asked=asked)
            found = [*_of_reason(state, request, account.person), *rules.of_person(finder.testers())]
            found += finder.objections(proposals) if proposals else [finder.nothing()]
            found += [] if request.rejects else _of_signers(proposals, account.person)
            role = rules.role_held()
            if found or role is None:
                refuse(ledger, acting, "amendment", request.case, found)
            statement = Statement(
                account=account,
                role=role,
                reason=request.reason,
                session=acting.session,
                components=acting.components,
                zone=desk.terminal.zone,
                key=acting.key,
            )
            drafts, after = [], []
            for number, one in enumerate(proposals):
                drafts.append(signing_draft(one.paper, ledger.log.put_blob, statement, rejects=request.rejects))
                signature = signature_now(
                    one.paper, statement, record=state.records.facts.size + number, time=ledger.now.time,
                    rejects=request.rejects,
                )  # fmt: skip
                after.append(with_signature(one.amendment, signature, steps_asked(one.paper.statement)))
            changed = [amended_draft(one, one.signatures[0].name) for one in after if one.in_force is not None]
            stored = ledger.write([*drafts, *changed], actor=account.id)
            return Amended(
                amendments=tuple(after),
                records=tuple(one.seq for one in stored[: len(drafts)]),
                name=account.name,
                role=role,
                time=ledger.now.time,
            )


def _of_reason(state: State, request: AmendRequest, person: str) -> Iterator[Objection]:
    earlier = [one.reason for one in (*state.records.signatures, *state.records.judged) if one.person == person]
    problem = reason_problem(request.reason, earlier)
    if problem:
        yield Objection(
            code="VG601", what=problem, fix="say in a few words what is wrong with the script, or what you checked"
        )


def _of_signers(proposals: Sequence[Proposal], person: str) -> Iterator[Objection]:
    for one in proposals:
        own = next((given for given in one.amendment.signatures if given.person == person), None)
        if own is not None:
            yield Objection(
                code="VG431",
                what=f"you signed {one.paper.number} already, as {own.role} in record {own.record}, and a person "
                "counts once",
                fix=f"let another person sign who holds the role {' or '.join(one.amendment.missing)}",
            )


@dataclass(slots=True)
class _Finder:
    """Finds what changed in a case, and what was asked for so far."""

    state: State
    request: AmendRequest

    def cases(self) -> list[TestCase]:
        graph = self.state.context.graph
        names = graph.rows.get(self.request.case) or (self.request.case,)
        return [graph.cases[name] for name in names if name in graph.cases]

    def protocols(self) -> list[Approved]:
        """Return the approved versions in force that hold the case."""
        newest = {one.manifest.key: one for one in approved_versions(self.state.context, self.state.records)}
        planned = {spec.key for spec in plan_documents(self.state.context) if spec.variant == "protocol"}
        names = [case.id for case in self.cases()] or [self.request.case]
        return [
            one for key, one in newest.items() if key in planned and any(name in one.manifest.items for name in names)
        ]

    def testers(self) -> frozenset[str]:
        """Return the persons who executed tests of these protocols."""
        held = {one.manifest.key for one in self.protocols()}
        return frozenset(
            person for one in self.state.context.executions if one.protocol in held for person in one.persons
        )

    def proposals(self) -> tuple[Proposal, ...]:
        found: list[Proposal] = []
        if self.request.rejects:
            return tuple(self._asked_for())
        for protocol in self.protocols():
            for case in self.cases():
                if case.id in protocol.manifest.items and not case.retired:
                    one = self._proposal(protocol, case, len(found))
                    if one is not None:
                        found.append(one)
        return tuple(found)

    def _asked_for(self) -> Iterator[Proposal]:
        """Yield what somebody asked for and nobody has settled, whatever the files say now."""
        names = {self.request.case, *(case.id for case in self.cases())}
        for protocol in self.protocols():
            known = self.state.context.judgements
            for one in known.of_protocol(protocol.manifest.key, protocol.approval.version):
                if known.waiting(one) and one.case in names:
                    yield Proposal(amendment=one, paper=self._signed_paper(one))

    def nothing(self) -> Objection:
        """Return why nothing can be amended."""
        name = self.request.case
        if not self.cases() and not self.protocols():
            raise ExecutionError(
                f"there is no test case {name}",
                why="an amendment is of a script that an approved protocol holds",
                fix="valgen trace lists the tests of each requirement",
                code="VG430",
            )
        if not self.protocols():
            return Objection(
                code="VG430",
                what=f"no approved protocol holds {name}",
                fix="before its protocol is approved a script is simply changed; a new case takes a new version of it",
            )
        if not [case for case in self.cases() if not case.retired]:
            return Objection(
                code="VG430",
                what=f"{name} is not in the files any more, and an amendment takes no case out of a protocol",
                fix="add a row to the history of the protocol, and have the new version approved",
            )
        if self.request.rejects:
            return Objection(
                code="VG430",
                what=f"nobody has asked for an amendment of {name} that is still open, so there is nothing to reject",
                fix="valgen status lists amendments",
            )
        return Objection(
            code="VG430",
            what=f"the script of {name} is the one that was approved, or amended last",
            fix="change the script in its file first; the amendment says what changed and why",
        )

    def objections(self, proposals: Sequence[Proposal]) -> Iterator[Objection]:
        context = self.state.context
        keys = {one.amendment.protocol for one in proposals}
        own = {one.id for one in context.executions if one.protocol in keys}
        running = [run.id for run in context.runs if run.execution in own and run.state is RunState.RUNNING]
        if running:
            yield Objection(
                code="VG430",
                what=f"tests of {', '.join(sorted(keys))} are being executed: {', '.join(running)}",
                fix="amend when the run has ended",
            )
        strange = [name for name in self.request.affects if name not in self._executed(keys)]
        if strange:
            yield Objection(
                code="VG430",
                what=f"--affects names what nobody has executed: {', '.join(strange)}",
                fix="name executed cases of the protocol; what was not executed needs no repetition",
            )
        made = {one.paper.content for one in proposals}
        if self.request.expect and made != set(self.request.expect):
            yield Objection(
                code="VG434",
                what=f"the amendment is not the one with the digest {', '.join(self.request.expect)[:200]}",
                fix="look at what would be signed now, and sign that",
            )

    def _executed(self, keys: set[str]) -> set[str]:
        context = self.state.context
        own = {one.id for one in context.executions if one.protocol in keys}
        return {attempt.case for run in context.runs if run.execution in own for attempt in run.attempts}

    def _proposal(self, protocol: Approved, case: TestCase, offset: int) -> Proposal | None:
        context, approval = self.state.context, protocol.approval
        key = protocol.manifest.key
        last = context.judgements.in_force(key, approval.version, approval.content).get(case.id)
        now = case_part(case, context.project.settings)
        print_now = script_fingerprint(case)
        for one in reversed(context.judgements.of_protocol(key, approval.version)):
            same = (one.case, one.after, dict(one.values)) == (case.id, print_now, dict(now.values))
            if one.open and same and one.protocol_content == approval.content:
                return Proposal(amendment=one, paper=self._signed_paper(one))
        before = dict(last.values) if last else dict(self._approved_part(protocol, case.id).values)
        changes = tuple(
            (name, before.get(name, ""), now.values.get(name, ""))
            for name in (*now.values, *(name for name in before if name not in now.values))
            if before.get(name, "") != now.values.get(name, "")
        )
        fingerprint = last.after if last else protocol.manifest.items[case.id]
        if not changes and fingerprint == print_now:
            return None
        # A change that the protocol does not print, such as a tag, is named by the fingerprints.
        changes = changes or (("fingerprint", fingerprint, print_now),)
        executed = self._executed({key})
        repeat = [name for name in dict.fromkeys((case.id, *self.request.affects)) if name in executed]
        known = {one.document for one in self.state.records.judged if one.document.startswith(AMENDMENT)}
        made = Amendment(
            id=f"{AMENDMENT}{len(known) + 1 + offset:04d}",
            record=self.state.records.facts.size + offset,
            content="",
            protocol=key,
            version=approval.version,
            protocol_content=approval.content,
            case=case.id,
            before=fingerprint,
            after=print_now,
            values=now.values,
            changes=changes,
            repeat=tuple(repeat),
            reason=self.request.reason,
            missing=(self._owner(protocol), QA),
        )
        return self._fresh(made, protocol)

    def _fresh(self, made: Amendment, protocol: Approved) -> Proposal:
        statement = amendment_statement(
            protocol=(made.protocol, self._number(made.protocol), made.version, made.protocol_content),
            case=made.case,
            prints=(made.before, made.after),
            script=made.values,
            changes=made.changes,
            repeat=made.repeat,
            reason=made.reason,
            owner=made.missing[0],
        )
        paper = self._paper(made, statement, amendment_text(self._printed(made), made, self._number(made.protocol)))
        return Proposal(amendment=replace(made, content=paper.content), paper=paper)

    def _signed_paper(self, one: Amendment) -> Paper:
        """Return the paper of an amendment that somebody has signed: the same bytes."""
        first = one.signatures[0]
        statement = statement_of(self.state.records, first)
        return self._paper(one, statement, text_of(self.state.records, first))

    def _paper(self, made: Amendment, statement: bytes, text: bytes) -> Paper:
        number = self._number(made.protocol)
        return Paper(
            id=made.id,
            number=self._printed(made),
            title=f"Amendment of {made.case} in {made.protocol} {made.version}",
            statement=statement,
            text=text,
            references=(
                {"key": made.protocol, "number": number, "version": made.version, "content": made.protocol_content},
            ),
            items={made.case: made.after},
        )

    def _printed(self, made: Amendment) -> str:
        return f"{self._number(made.protocol)}-A{made.id.removeprefix(AMENDMENT)}"

    def _number(self, key: str) -> str:
        return next((spec.number for spec in plan_documents(self.state.context) if spec.key == key), key)

    def _owner(self, protocol: Approved) -> str:
        """Return the role of the owner as the protocol asked for it; the process owner where it asks for none."""
        frozen = approved_snapshot(self.state.records, protocol.manifest)
        asked = [step.role for step in steps_of(frozen, self.state.context)]
        return next((role for role in OWNERS if role in asked), OWNERS[0])

    def _approved_part(self, protocol: Approved, case: str) -> Part:
        frozen = approved_snapshot(self.state.records, protocol.manifest)
        return next(part for part in frozen.parts if part.kind is PartKind.CASE and part.id == case)
