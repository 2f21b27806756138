"""Sign and reject documents.

An act takes these steps, alone at a time: read the project and its ledger, make the file that shows the document, check
who acts, check every rule, freeze the version, keep its files and the file shown, write the signature. What was read is
what is signed: a change of the project meanwhile has no part in it. What the person confirmed before is compared with
what would be signed; when they differ, nothing is signed.

A refusal is a record of its own, with every reason; it changes nothing else. The signature that completes an approval
is followed by a record of what the version changed.

Source: design.md §5; integrity.md S-1, W-1, X-11, X-12; 21 CFR 11.50, 11.70, 11.200(a). Rules: ``approve_rules``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from valgen.documents.catalog import DocumentSpec
from valgen.errors import AuthorityError
from valgen.ledger.blobs import BlobRef
from valgen.ledger.record import Draft
from valgen.ledger.registry import Account
from valgen.model.project import SignatureStep
from valgen.model.signature import Approval, Signature
from valgen.model.version import FrozenVersion
from valgen.readers.snapshots import kept_files
from valgen.records.authority import Acting
from valgen.records.ledger import Ledger, open_ledger
from valgen.records.signing import Statement, changed_draft, content_manifest, rejection_draft, signature_draft
from valgen.records.signing_reader import key_note
from valgen.workflow.approve_changes import approved_snapshot, change_rows
from valgen.workflow.approve_file import ShownFile
from valgen.workflow.approve_reason import reason_problem
from valgen.workflow.approve_rules import Objection, Subject, objections, rejection_objections, step_for
from valgen.workflow.approve_standing import approved_versions
from valgen.workflow.approve_subject import Prepared, State, find_document, hindrance, prepare, read_state
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people import By, Desk, authority_of
from valgen.workflow.versions import keep

_FEWEST_DIGITS = 12
_FIX_REASON = "say in a few words what you did or checked"


class Refused(AuthorityError):
    """An act of signing that was refused, and recorded as such; carries every reason.

    Attributes:
        objections: at least one.
        record: number of the record of the refusal.
    """

    def __init__(self, objections: Sequence[Objection], record: int) -> None:
        first = objections[0]
        super().__init__(first.what, fix=first.fix, code=first.code)
        self.objections = tuple(objections)
        self.record = record


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants to sign.

    Attributes:
        document: key, such as ``URS``.
        meaning: such as ``approved``; empty for a rejection.
        reason: in their words.
        role: in which they sign; empty for the one that fits.
        version: that they name; empty for the newest.
        expect: digest of the file that they saw, or its beginning of at least 12 digits; empty to take what is made.
    """

    document: str
    meaning: str
    reason: str
    role: str = ""
    version: str = ""
    expect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An act that was done.

    Attributes:
        signature: as recorded; a rejection says so.
        approval: of the document after it.
        file: that was shown.
        frozen: version that was signed.
        previous: version that was approved before, where this act completed an approval; empty otherwise.
    """

    signature: Signature
    approval: Approval
    file: ShownFile
    frozen: FrozenVersion
    previous: str = ""


def look_at(root: Path, document: str, *, version: str = "") -> Prepared:
    """Write the file that shows what would be signed, and return it; nothing is recorded or frozen.

    Raises:
        AuthorityError: the document cannot be signed by anybody.
        RenderError: there is no such document.
        SourceError: files cannot be read completely.
    """
    state = read_state(root)
    spec = _document(state, document)
    if isinstance(spec, Objection):
        raise AuthorityError(spec.what, fix=spec.fix, code=spec.code)
    return prepare(state, spec, version=version)


def sign(desk: Desk, by: By, request: Request) -> Signed:
    """Sign the newest version of a document.

    Args:
        desk: where the person acts.
        by: who acts.
        request: what they want to sign.

    Raises:
        Refused: a rule does not allow it; the refusal is recorded.
        AuthorityError: the person is not who they say; the attempt is recorded.
        SourceError: files of the project cannot be read completely.
        RenderError: there is no such document, or a file cannot be written.
        VerificationError: records or frozen versions were altered.
    """
    return _act(desk, by, request, rejects=False)


def reject(desk: Desk, by: By, request: Request) -> Signed:
    """Reject the newest version of a document: the signatures on it so far no longer count. See ``sign``."""
    return _act(desk, by, request, rejects=True)


def _act(desk: Desk, by: By, request: Request, *, rejects: bool) -> Signed:
    with alone(desk):
        state = read_state(desk.place.project)
        spec = _document(state, request.document)
        prepared = None if isinstance(spec, Objection) else prepare(state, spec, version=request.version)
        with open_ledger(desk.place, now=desk.now()) as ledger:
            acting = authority_of(ledger, by, desk.terminal, signing=True).acting
            if acting is None:
                raise AuthorityError("nobody says who signs", fix="add --as USER", code="VG594")
            if prepared is None:
                _refuse(ledger, acting, request, [spec] if isinstance(spec, Objection) else [])
            act = _Act(
                state=state,
                ledger=ledger,
                acting=acting,
                zone=desk.terminal.zone,
                request=request,
                prepared=prepared,
            )
            return act.reject() if rejects else act.sign()


def _document(state: State, name: str) -> DocumentSpec | Objection:
    """Return a document that somebody could sign, or why nobody can."""
    spec = find_document(state, name)
    return spec if isinstance(spec, Objection) else hindrance(state, spec) or spec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """One act of signing or rejecting, everything read and nothing written yet."""

    state: State
    ledger: Ledger
    acting: Acting
    zone: str
    request: Request
    prepared: Prepared

    @property
    def subject(self) -> Subject:
        return self.prepared.subject

    @property
    def account(self) -> Account:
        return self.ledger.registry.accounts[self.acting.account.id]

    def sign(self) -> Signed:
        signatures = self.state.records.signatures
        before = self.subject.approval(signatures)
        found = self._reasons()
        step = None
        try:
            step = step_for(self.subject, before, self.account, self.request.meaning, self.request.role)
        except LookupError as error:
            found.append(Objection(code="VG602", what=str(error), fix="valgen status shows who is awaited"))
        if step is not None:
            others = self.state.others()
            found += objections(self.subject, signatures, self.ledger.registry, self.account, step, others)
        if step is None or found:
            _refuse(self.ledger, self.acting, self.request, found)
        attempt = self._signature(step, self.request.meaning, record=self.state.records.facts.size)
        after = self.subject.approval((*signatures, attempt))
        spoiled = next((one.why for one in after.uncounted if one.signature is attempt), "")
        if spoiled:
            _refuse(
                self.ledger, self.acting, self.request, [Objection(code="VG602", what=f"it would not count: {spoiled}")]
            )
        completes = after.approved and not before.approved
        frozen, manifest = self._keep()
        drafts = [signature_draft(frozen, manifest, self.prepared.file.shown, self._statement(step), attempt.meaning)]
        previous = ""
        if completes:
            previous, changed = self._changes(frozen)
            drafts.append(changed)
        return self._done(frozen, step, attempt.meaning, drafts, previous=previous)

    def reject(self) -> Signed:
        signatures = self.state.records.signatures
        found = self._reasons()
        step = None
        before = self.subject.approval(signatures)
        try:
            step = step_for(self.subject, before, self.account, "", self.request.role)
        except LookupError as error:
            found.append(Objection(code="VG602", what=str(error), fix="let somebody reject it whom the workflow names"))
        found += rejection_objections(self.subject, signatures)
        if step is None or found:
            _refuse(self.ledger, self.acting, self.request, found)
        frozen, manifest = self._keep()
        draft = rejection_draft(frozen, manifest, self.prepared.file.shown, self._statement(step))
        return self._done(frozen, step, "", [draft])

    def _reasons(self) -> list[Objection]:
        """Return what speaks against the act whatever the workflow says: who acts, why, and what they saw."""
        found = []
        if self.account.service:
            found.append(
                Objection(
                    code="VG602",
                    what=f"{self.account.user} is the account of a service, which executes tests and signs nothing",
                    fix="let a person sign, with an account of their own",
                )
            )
        own = [one.reason for one in self.state.records.signatures if one.person == self.account.person]
        problem = reason_problem(self.request.reason, own)
        if problem:
            found.append(Objection(code="VG601", what=problem, fix=_FIX_REASON))
        digest, expected = self.prepared.file.shown.sha256, self.request.expect.strip().lower()
        if expected and not (len(expected) >= _FEWEST_DIGITS and digest.startswith(expected)):
            found.append(
                Objection(
                    code="VG610",
                    what=f"{self.subject.name} is not the file with the digest {expected[:64]}; its digest is {digest}",
                    fix=f"look at {self.prepared.file.path} and sign with --expect {digest}",
                )
            )
        return found

    def _keep(self) -> tuple[FrozenVersion, BlobRef]:
        """Freeze the version and keep its files, its manifest and the file that was shown."""
        frozen = keep(self.state.root, self.state.context, self.prepared.candidate)
        files = kept_files(self.state.root, self.state.context.project.settings.paths, frozen)
        log = self.ledger.log
        snapshot = {path: log.put_blob(data) for path, data in files.items()}
        log.put_blob(self.prepared.file.data)
        return frozen, log.put_blob(content_manifest(frozen, snapshot))

    def _statement(self, step: SignatureStep) -> Statement:
        return Statement(
            account=self.account,
            role=step.role,
            reason=self.request.reason,
            session=self.acting.session,
            components=self.acting.components,
            zone=self.zone,
            key=self.acting.key,
        )

    def _changes(self, frozen: FrozenVersion) -> tuple[str, Draft]:
        approved = approved_versions(self.state.context, self.state.records)
        last = next((one for one in reversed(approved) if one.manifest.key == frozen.key), None)
        before = approved_snapshot(self.state.records, last.manifest) if last else None
        previous = before.version if before else ""
        return previous, changed_draft(frozen, previous, frozen.history[-1], list(change_rows(before, frozen)))

    def _done(
        self, frozen: FrozenVersion, step: SignatureStep, meaning: str, drafts: Sequence[Draft], *, previous: str = ""
    ) -> Signed:
        stored = self.ledger.write(drafts, actor=self.account.id)[0]
        signature = self._signature(step, meaning, record=stored.seq)
        return Signed(
            signature=signature,
            approval=self.subject.approval((*self.state.records.signatures, signature)),
            file=self.prepared.file,
            frozen=frozen,
            previous=previous,
        )

    def _signature(self, step: SignatureStep, meaning: str, *, record: int) -> Signature:
        frozen, shown = self.prepared.candidate.frozen, self.prepared.file.shown
        return Signature(
            record=record,
            document=frozen.key,
            number=frozen.number,
            version=frozen.version,
            content=frozen.content_sha256,
            meaning=meaning,
            role=step.role,
            reason=self.request.reason,
            name=self.account.name,
            function=self.account.function,
            account=self.account.id,
            person=self.account.person,
            time=self.ledger.now.time,
            zone=self.zone,
            key=self.account.key_id,
            key_note=key_note(self.account, self.ledger.now.time),
            components=self.acting.components,
            rejected=not meaning,
            rendition=shown.sha256,
            rendition_name=shown.name,
        )


def _refuse(ledger: Ledger, acting: Acting, request: Request, found: Sequence[Objection]) -> NoReturn:
    """Record that an act was refused, with every reason, and refuse it."""
    body = {
        "act": "signature" if request.meaning else "rejection",
        "account": acting.account.id,
        "subject": f"{request.document} {request.version}".strip()[:400],
        "code": found[0].code,
        "reason": "; ".join(f"{one.code} {one.what}" for one in found),
    }
    stored = ledger.write([Draft("refused", body)], actor=acting.account.id)
    raise Refused(found, stored[0].seq)
