"""Who may sign what, in which order: the rules that are checked at the act.

Each rule gives an objection in words for the person who wants to sign: what stands in the way, and what to do. All are
checked at once. ``trace.approval`` decides from the records alone whether a signature counts; these rules see to it
that none is written that would not, and look at what records do not hold: the project as it is now.

Pure: everything comes in with the call. Source: design.md §5 (authority, separation of duties, sequence); integrity.md
X-7, X-11, S-12; domain/documents.md b.0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from valgen.documents.signatures import role_name, step_name
from valgen.ledger.registry import Account, Registry
from valgen.model.project import HistoryRow, SignatureStep
from valgen.model.signature import Approval, Signature
from valgen.model.version import version_order
from valgen.trace.approval import WORKFLOW_MEANINGS, approval_of

BESIDE: Mapping[str, tuple[str, ...]] = {"executed": ("tester", "test_lead"), "witnessed": ("witness",)}
"""Meanings that stand beside the workflow of a report, with the roles in which they are signed."""
_JUDGING = ("reviewed", "approved")
_APART = re.compile(r"\s*(?:[,;/&+]|\band\b|\bund\b|\bet\b)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why an act is refused.

    Attributes:
        code: a key of ``valgen.codes.CODES``.
        what: one sentence without full stop.
        fix: what the person can do.
    """

    code: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What somebody wants to sign or reject.

    Attributes:
        key: of the document.
        version: that would be signed.
        content: its content digest, hex.
        steps: signatures that it asks for, in their order.
        row: last row of its history.
        variant: empty, ``protocol`` or ``report``.
        protocol: key of the protocol of a report; empty for others.
        asked: version that the person named; empty for the newest.
        changed: ids of what differs between the frozen version and the present project.
        dry: whether results of dry runs stand in it.
        executed: whether a report has formal executions.
        stale: test cases of a report whose results are out of date.
        executors: persons who executed tests of the report.
        unreviewed: planned cases of a report that no accepted review covers.
        before: documents that are approved before this one is, and are not yet.
        obstacles: what speaks against a release, for a release certificate.
    """

    key: str
    version: str
    content: str
    steps: tuple[SignatureStep, ...]
    row: HistoryRow
    variant: str = ""
    protocol: str = ""
    asked: str = ""
    changed: tuple[str, ...] = ()
    dry: bool = False
    executed: bool = False
    stale: tuple[str, ...] = ()
    executors: frozenset[str] = frozenset()
    unreviewed: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Document and version, such as ``URS 1.0``."""
        return f"{self.key} {self.version}"

    def approval(self, signatures: Iterable[Signature]) -> Approval:
        """Return what signatures make of it."""
        return approval_of(self.key, self.version, self.content, self.steps, signatures)


def step_for(subject: Subject, approval: Approval, account: Account, meaning: str, role: str = "") -> SignatureStep:
    """Return the step of the workflow that somebody would sign with a meaning: an open one where there is one.

    Args:
        subject: what would be signed.
        approval: of it.
        account: of the person.
        meaning: of the signature; empty for any.
        role: in which they want to sign; empty for any that they hold.

    Raises:
        LookupError: there is none; the text says why.
    """
    held = [one for one in account.roles if role in ("", one)]
    steps = [
        (given.signature is not None, number, given.step)
        for number, given in enumerate(approval.steps)
        if given.step.role in held and meaning in ("", given.step.meaning)
    ]
    if steps:
        return min(steps, key=lambda one: one[:2])[2]
    for beside in held if subject.variant == "report" else ():
        if beside in BESIDE.get(meaning, ()):
            return SignatureStep(role=beside, meaning=meaning)
    raise LookupError(_not_asked(subject, account, meaning, role))


def objections(
    subject: Subject,
    signatures: Sequence[Signature],
    registry: Registry,
    account: Account,
    step: SignatureStep,
    others: Mapping[str, tuple[SignatureStep, ...]],
) -> list[Objection]:
    """Return everything that stands in the way of a signature; empty for nothing.

    Args:
        subject: what would be signed.
        signatures: of the ledger.
        registry: people of the ledger.
        account: who would sign.
        step: that they would fill.
        others: what other documents ask for, by key.
    """
    approval = subject.approval(signatures)
    found = list(_of_version(subject, approval))
    found += _of_results(subject, signatures, others)
    found += _of_sequence(subject, step)
    if step.meaning in WORKFLOW_MEANINGS:
        found += _of_order(subject, approval, account, step)
        found += _of_authors(subject, approval, registry, account, step)
    if subject.variant == "report":
        found += _of_executors(subject, account, step)
    return found


def rejection_objections(subject: Subject, signatures: Sequence[Signature]) -> list[Objection]:
    """Return everything that stands in the way of a rejection."""
    return list(_of_version(subject, subject.approval(signatures)))


def authors_named(row: HistoryRow, registry: Registry) -> frozenset[str]:
    """Return the persons whom a row of a history names as its authors, as far as the ledger knows them."""
    names = {_plain(one) for one in _APART.split(row.author)} | {_plain(row.author)}
    return frozenset(
        account.person for account in registry.accounts.values() if {_plain(account.name), account.user} & names
    )


def _of_version(subject: Subject, approval: Approval) -> Iterator[Objection]:
    if subject.asked and subject.asked != subject.version:
        yield Objection(
            code="VG611",
            what=f"{subject.key} {subject.asked} is not the newest version of the register, which is {subject.version}",
            fix=f"sign {subject.name}; an older version is signed no more",
        )
    if approval.approved:
        yield Objection(
            code="VG611",
            what=f"{subject.name} is {str(approval.status).lower()} already, since {approval.effective}",
            fix="a change takes a new row in its history, with a higher version",
        )
    if approval.in_force and version_order(approval.in_force) > version_order(subject.version):
        yield Objection(
            code="VG611",
            what=f"{subject.key} {approval.in_force} is approved, which is newer than {subject.version}",
            fix="bring the history back to what it was and add a row with a higher version",
        )
    signed = [one for one in approval.elsewhere if not one.rejected]
    if signed:
        yield Objection(
            code="VG609",
            what=f"{subject.name} was signed with other content by {signed[-1].name} in record {signed[-1].record}",
            fix="bring the frozen version back from version control, or add a row with a higher version",
        )
    if subject.changed:
        more = len(subject.changed) - 5
        named = ", ".join(subject.changed[:5]) + (f" and {more} more" if more > 0 else "")
        yield Objection(
            code="VG609",
            what=f"{subject.name} was frozen with other content than the project has now; it differs in {named}",
            fix=f"add a row to the history of {subject.key}, with a higher version and what changed and why, and sign "
            "that one; or bring the files back to what they were",
        )


def _of_results(
    subject: Subject, signatures: Sequence[Signature], others: Mapping[str, tuple[SignatureStep, ...]]
) -> Iterator[Objection]:
    if subject.variant == "report" and not _approved_once(subject.protocol, signatures, others):
        yield Objection(
            code="VG607",
            what=f"no version of {subject.protocol} is approved, so there is nothing to report on in {subject.key}",
            fix=f"have {subject.protocol} approved, execute it formally, then sign the report",
        )
    if subject.dry:
        yield Objection(
            code="VG608",
            what=f"{subject.name} shows results of dry runs, which are rehearsals and never evidence",
            fix="execute the approved protocol formally, then sign",
        )
    elif subject.variant == "report" and not subject.executed:
        yield Objection(
            code="VG608",
            what=f"{subject.name} reports on tests that were not formally executed",
            fix="execute the approved protocol formally, then sign",
        )
    elif subject.unreviewed:
        more = len(subject.unreviewed) - 10
        named = ", ".join(subject.unreviewed[:10]) + (f" and {more} more" if more > 0 else "")
        yield Objection(
            code="VG619",
            what=f"results in {subject.name} were not accepted in a review: {named}",
            fix="have the execution reviewed: valgen review EXECUTION --conclusion accepted; valgen status names it",
        )
    if subject.obstacles:
        yield Objection(
            code="VG650",
            what=f"{subject.name} would release nothing, because: {'; '.join(subject.obstacles)}",
            fix="settle what the validation summary report names; until then the certificate stays a form",
        )
    if subject.stale:
        yield Objection(
            code="VG616",
            what=f"results in {subject.name} are out of date: {', '.join(subject.stale[:10])}",
            fix="execute these tests again, or have somebody assess that the change has no impact",
        )


def _of_sequence(subject: Subject, step: SignatureStep) -> Iterator[Objection]:
    """Yield what has to be approved first; writing and reviewing may go before that, approving may not."""
    if step.meaning == "approved" and subject.before:
        yield Objection(
            code="VG649",
            what=f"{subject.name} rests on {_listed(subject.before)}, and "
            f"{'these are' if len(subject.before) > 1 else 'that is'} not approved",
            fix="have them approved first; valgen status shows who is awaited",
        )


def _of_order(subject: Subject, approval: Approval, account: Account, step: SignatureStep) -> Iterator[Objection]:
    own = next((one for one in approval.signatures if one.person == account.person), None)
    if own is not None:
        yield Objection(
            code="VG604",
            what=f"you signed {subject.name} already, as {role_name(own.role)} ({own.meaning}) in record {own.record}, "
            "and a person counts once",
            fix=f"let another person sign who holds the role {step.role}",
        )
    places = [at for at, given in enumerate(approval.steps) if given.step == step]
    open_places = [at for at in places if approval.steps[at].signature is None]
    if places and not open_places:
        given = approval.steps[places[0]].signature
        if given is not None and given is not own:
            yield Objection(
                code="VG611",
                what=f"the signature of {step_name(step)} on {subject.name} was given by {given.name} in record "
                f"{given.record}",
            )
        return
    waiting = _waiting_before(approval, open_places[0]) if open_places else ()
    if waiting:
        yield Objection(
            code="VG603",
            what=f"{subject.name} is not ready for {step_name(step)}: first {_listed(map(step_name, waiting))} "
            f"{'signs' if len(waiting) == 1 else 'sign'}",
            fix="wait until they have signed; valgen status shows who is awaited",
        )


def _of_authors(
    subject: Subject, approval: Approval, registry: Registry, account: Account, step: SignatureStep
) -> Iterator[Objection]:
    if step.meaning != "approved":
        return
    authors = authors_named(subject.row, registry)
    authors |= {one.person for one in approval.signatures if one.meaning == "authored"}
    approvers = {account.person} | {one.person for one in approval.signatures if one.meaning == "approved"}
    left = sum(1 for one in approval.missing if one.meaning == "approved") - 1
    if left <= 0 and approvers <= authors:
        yield Objection(
            code="VG605",
            what=f"nobody but the author would have approved {subject.name}: its history names "
            f"{subject.row.author or 'nobody'} as author",
            fix=f"let another person approve it who holds the role {step.role}",
        )


def _of_executors(subject: Subject, account: Account, step: SignatureStep) -> Iterator[Objection]:
    executed = account.person in subject.executors
    if step.meaning in _JUDGING and executed:
        yield Objection(
            code="VG606",
            what=f"you executed tests whose results stand in {subject.name}, so you neither review nor approve them",
            fix=f"let another person sign who holds the role {step.role} and executed none of them",
        )
    if step.meaning == "executed" and subject.executed and not executed:
        yield Objection(
            code="VG606",
            what=f"you executed no test whose result stands in {subject.name}",
            fix="let those sign who executed them",
        )


def _approved_once(key: str, signatures: Sequence[Signature], others: Mapping[str, tuple[SignatureStep, ...]]) -> bool:
    contents = dict.fromkeys((one.version, one.content) for one in signatures if one.document == key)
    steps = others.get(key, ())
    return any(approval_of(key, version, content, steps, signatures).approved for version, content in contents)


def _waiting_before(approval: Approval, place: int) -> tuple[SignatureStep, ...]:
    """Return the open steps that come before one; steps of one meaning that follow each other may swap."""
    first = place
    while first > 0 and approval.steps[first - 1].step.meaning == approval.steps[place].step.meaning:
        first -= 1
    return tuple(given.step for given in approval.steps[:first] if given.signature is None)


def awaited(approval: Approval) -> tuple[SignatureStep, ...]:
    """Return the steps that can be signed now; empty for an approved version."""
    return tuple(
        given.step
        for at, given in enumerate(approval.steps)
        if given.signature is None and not _waiting_before(approval, at)
    )


def _not_asked(subject: Subject, account: Account, meaning: str, role: str) -> str:
    asked = _listed(map(step_name, subject.steps)) or "nobody"
    held = _listed(map(role_name, account.roles)) or "none"
    if role and role not in account.roles:
        return f"you do not hold the role {role}; your roles are: {held}"
    what = f"with the meaning {meaning}" if meaning else "from you"
    return (
        f"the workflow asks for no signature {what} on {subject.key} in a role that you hold. It asks for {asked}; "
        f"your roles are: {held}"
    )


def _listed(words: Iterable[str]) -> str:
    *before, last = [*words] or [""]
    return f"{', '.join(before)} and {last}" if before else last


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
