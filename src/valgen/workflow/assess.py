"""Assess that a change has no impact on results: somebody of the quality unit says so, says why, and signs.

    valgen assess FS-012 --no-impact --reason "only the title was corrected" --as quinn

Named is what changed: an item, a test case, a file of step code or an environment (``environment VAL``). A test case
stands for everything that changed since its own results. What is kept current are the very results that rest on it now
and no later ones, against the very changes that are there now and no further ones.

Source: design.md §5 (freshness). Format: docs/format-ledger.md, "Amendments and assessments".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from valgen.errors import AuthorityError
from valgen.model.judgement import ASSESSMENT, ChangeSeen
from valgen.records.judgements import QA, Paper, assessment_statement, signing_draft
from valgen.records.ledger import open_ledger
from valgen.records.signing import Statement
from valgen.trace.results import CaseStatus
from valgen.workflow.amend_text import assessment_text
from valgen.workflow.approve_reason import reason_problem
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_subject import State, read_state
from valgen.workflow.formal import refuse
from valgen.workflow.judging import JudgeRules
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people import By, Desk, authority_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessRequest:
    """What somebody has assessed.

    Attributes:
        subject: an item, a test case, the path of a file of step code, or ``environment NAME``.
        reason: why it has no impact, in their words.
        expect: content digest that they saw; empty to take what is made.
    """

    subject: str
    reason: str
    expect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An assessment, signed or as it would be signed now.

    Attributes:
        paper: that is signed.
        changes: that have no impact.
        results: case, environment and run of each result.
        current: results that count again by it.
        still: results that stay out of date, because something else changed as well.
        record: number of the record; -1 while nothing is signed.
        name: printed name of the person; empty while nothing is signed.
        time: RFC 3339, UTC; empty while nothing is signed.
    """

    paper: Paper
    changes: tuple[ChangeSeen, ...]
    results: tuple[str, ...]
    current: tuple[str, ...]
    still: tuple[str, ...]
    record: int = -1
    name: str = ""
    time: str = ""


def look_at_assessment(root: Path, request: AssessRequest) -> Assessed:
    """Return what would be signed; nothing is recorded.

    Raises:
        AuthorityError: no result rests on a change of the subject.
        SourceError: files of the project cannot be read completely.
        VerificationError: records were altered.
    """
    state = read_state(root)
    found = _prepare(state, request)
    if found is None:
        nothing = _nothing(state, request)
        raise AuthorityError(nothing.what, fix=nothing.fix, code=nothing.code)
    return found


def assess(desk: Desk, by: By, request: AssessRequest) -> Assessed:
    """Sign that a change has no impact on the results that rest on what it changed.

    Args:
        desk: where the person acts.
        by: who acts.
        request: what they assessed.

    Raises:
        Refused: a rule does not allow it; the refusal is recorded.
        AuthorityError: the person is not who they say; the attempt is recorded.
        ExecutionError: there is no ledger.
        SourceError: files of the project cannot be read completely.
        VerificationError: records were altered.
    """
    with alone(desk):
        state = read_state(desk.place.project)
        found = _prepare(state, request)
        with open_ledger(desk.place, now=desk.now()) as ledger:
            acting = authority_of(ledger, by, desk.terminal, signing=True).acting
            if acting is None:
                raise AuthorityError("nobody says who assesses", fix="add --as USER", code="VG594")
            account = ledger.registry.accounts[acting.account.id]
            rules = JudgeRules(state=state, account=account, role="", asked=(QA,))
            against = [*_of_reason(state, request, account.person), *rules.of_person(_testers(state, request))]
            if found is None:
                against.append(_nothing(state, request))
            elif request.expect and request.expect != found.paper.content:
                against.append(
                    Objection(
                        code="VG434",
                        what=f"the assessment is not the one with the digest {request.expect[:64]}",
                        fix="look at what would be signed now, and sign that",
                    )
                )
            if found is None or against:
                refuse(ledger, acting, "assessment", request.subject, against)
            statement = Statement(
                account=account,
                role=QA,
                reason=request.reason,
                session=acting.session,
                components=acting.components,
                zone=desk.terminal.zone,
                key=acting.key,
            )
            draft = signing_draft(found.paper, ledger.log.put_blob, statement, rejects=False)
            (stored,) = ledger.write([draft], actor=account.id)
            return Assessed(
                paper=found.paper,
                changes=found.changes,
                results=found.results,
                current=found.current,
                still=found.still,
                record=stored.seq,
                name=account.name,
                time=ledger.now.time,
            )


def _concerned(state: State, subject: str) -> list[tuple[CaseStatus, tuple[ChangeSeen, ...]]]:
    """Return the formal results that rest on a change of the subject, each with the changes that nobody assessed."""
    graph = state.context.graph
    rows = set(graph.rows.get(subject, (subject,)))
    found = []
    for status in state.context.matrix.formal.values():
        if status.attempt is None or not status.attempt.leaf:
            continue
        leaf = status.attempt.leaf
        known = state.context.judgements.assessments
        left = tuple(one for one in status.changes if not any(by.covers(leaf, one) for by in known))
        own = left if status.case in rows else tuple(one for one in left if one.name == subject)
        if own:
            found.append((status, own))
    return found


def _prepare(state: State, request: AssessRequest) -> Assessed | None:
    concerned = _concerned(state, request.subject)
    if not concerned:
        return None
    changes = tuple(dict.fromkeys(change for _, own in concerned for change in own))
    results = tuple(_words(status) for status, _ in concerned)
    known = {one.document for one in state.records.judged if one.document.startswith(ASSESSMENT)}
    name = f"{ASSESSMENT}{len(known) + 1:04d}"
    number = f"{state.context.project.settings.project_id or 'DOC'}-NI-{len(known) + 1:04d}"
    statement = assessment_statement(
        subject=request.subject,
        changes=changes,
        results=[
            (status.case, status.environment, status.run, status.attempt.leaf)
            for status, _ in concerned
            if status.attempt is not None
        ],
        reason=request.reason,
    )
    paper = Paper(
        id=name,
        number=number,
        title=f"No-impact assessment of changes of {request.subject}"[:400],
        statement=statement,
        text=assessment_text(number, request.subject, changes, results, request.reason),
        references=(),
        items={one.name: one.after for one in changes if one.name in state.context.graph.items},
    )
    clear = [status for status, own in concerned if _clears(state, status, own)]
    return Assessed(
        paper=paper,
        changes=changes,
        results=results,
        current=tuple(_words(status) for status in clear),
        still=tuple(_words(status) for status, _ in concerned if status not in clear),
    )


def _clears(state: State, status: CaseStatus, own: tuple[ChangeSeen, ...]) -> bool:
    """Return whether a result counts once these changes are assessed."""
    leaf = status.attempt.leaf if status.attempt else ""
    known = state.context.judgements.assessments
    left = [one for one in status.changes if one not in own and not any(by.covers(leaf, one) for by in known)]
    return not left and not status.repeat


def _nothing(state: State, request: AssessRequest) -> Objection:
    subject, graph = request.subject, state.context.graph
    known = subject in graph.items or subject in graph.rows or subject in graph.cases
    fix = "valgen status names the stages with results that are out of date; valgen build shows why for each"
    if known or subject.endswith(".py") or subject.startswith("environment "):
        return Objection(
            code="VG433",
            what=f"no formal result is out of date because of {subject}, so there is nothing to assess",
            fix=fix,
        )
    return Objection(
        code="VG433", what=f"nothing defines {subject}", fix="name an item, a test case or a file of step code"
    )


def _testers(state: State, request: AssessRequest) -> frozenset[str]:
    """Return the persons who executed the results in question."""
    runs = {status.run for status, _ in _concerned(state, request.subject)}
    registry = state.records.registry
    testers = {run.tester for run in state.context.runs if run.id in runs and run.tester}
    return frozenset(registry.accounts[name].person for name in testers if name in registry.accounts)


def _of_reason(state: State, request: AssessRequest, person: str) -> Iterator[Objection]:
    earlier = [one.reason for one in (*state.records.signatures, *state.records.judged) if one.person == person]
    problem = reason_problem(request.reason, earlier)
    if problem:
        yield Objection(code="VG601", what=problem, fix="say in a few words why the results are not affected")


def _words(status: CaseStatus) -> str:
    return f"{status.case} in {status.environment} ({status.run})"
