"""Issue approved versions: write their files once, seal the PDF, and record what was issued by whom.

A version is issued once. Its Word and PDF files are written from the frozen blocks, with the signatures and the ledger
as they were when the last signature was given; a seal goes behind the PDF. The files are kept in the ledger, and one
record per version names them. From then on every build shows these files. Issuing the same version again writes
nothing.

What is not approved is refused as a whole, and the refusal is a record.

Source: design.md §5, §7 (build --issue); integrity.md D-1, D-2, D-7; docs/decisions/0028-issuing-and-anchors.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from valgen.errors import AuthorityError, RenderError
from valgen.ledger.record import Draft
from valgen.records.authority import Acting
from valgen.records.ledger import Ledger, open_ledger
from valgen.records.signing import Shown
from valgen.records.signing_reader import IssuedVersion
from valgen.workflow.approve import Refused
from valgen.workflow.approve_rules import Objection
from valgen.workflow.approve_standing import Standing, standings
from valgen.workflow.approve_subject import State, read_state
from valgen.workflow.issue_seal import Seal, seal_of
from valgen.workflow.issued_files import CERTIFICATE, MEDIA_TYPES, all_forms
from valgen.workflow.load import cache_folder
from valgen.workflow.one_at_a_time import alone
from valgen.workflow.people import By, Desk, authority_of
from valgen.workflow.renditions import Renditions
from valgen.workflow.version_shown import FrozenDocument, frozen_documents
from valgen.workflow.writing import Look, file_names, look_of, rendition

ACT = "issue"
"""``act`` of the record of a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """What was issued.

    Attributes:
        issued: versions that were issued now.
        before: versions that had been issued before; nothing was written for them.
        left_out: document key to why it was passed over.
    """

    issued: tuple[IssuedVersion, ...]
    before: tuple[IssuedVersion, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A version with its files, not sealed yet: name in a pack, format and bytes."""

    shown: FrozenDocument
    files: tuple[tuple[str, str, bytes], ...]


def issue(
    desk: Desk,
    by: By,
    only: Sequence[str] = (),
    *,
    version: str = "",
    fresh: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Issuing:
    """Issue approved versions of documents.

    Args:
        desk: where the person acts.
        by: who issues.
        only: document keys, such as ``URS`` or ``OQ-report``, keys of the register or types; empty for every document
            that is approved.
        version: an approved one; empty for the one that the project has now.
        fresh: write files anew, taking nothing from the user's cache folder.
        progress: told what is being written.

    Raises:
        Refused: a document is not approved; the refusal is recorded, and nothing was issued.
        AuthorityError: the person is not who they say, or the seal cannot be used.
        RenderError: there is no such document or version, or a file cannot be written.
        VerificationError: records or frozen versions were altered.
    """
    with alone(desk):
        root = desk.place.project
        state = read_state(root)
        shown, objections, left_out = _chosen(state, only, version)
        before = [known for one in shown if (known := _known(state, one)) is not None]
        new = [] if objections else [one for one in shown if _known(state, one) is None]
        written = _write(root, state, new, fresh=fresh, progress=progress)
        with open_ledger(desk.place, now=desk.now()) as ledger:
            acting = authority_of(ledger, by, desk.terminal).acting
            if acting is None:
                raise AuthorityError("nobody says who issues", fix="add --as USER", code="VG594")
            if acting.account.service:
                objections.append(
                    Objection(
                        code="VG602",
                        what=f"{acting.account.user} is the account of a service, which issues nothing",
                        fix="let a person issue, with an account of their own",
                    )
                )
            if objections:
                _refuse(ledger, acting, only, version, objections)
            issued = tuple(_record(ledger, acting, state, written))
    return Issuing(issued=issued, before=tuple(before), left_out=tuple(left_out))


def _chosen(
    state: State, only: Sequence[str], version: str
) -> tuple[list[FrozenDocument], list[Objection], list[tuple[str, str]]]:
    """Return what can be issued, what speaks against the act, and what is passed over."""
    if version:
        shown = list(frozen_documents(state.root, only, version))
        return shown, [one for found in shown if (one := _hindrance(state, found)) is not None], []
    found = standings(state.root, state.context, state.records)
    fit: dict[str, Standing] = {}
    objections: list[Objection] = []
    left_out: list[tuple[str, str]] = []
    for name in only or ("",):
        named = [one for one in found if name in ("", one.spec.key, one.spec.entry.key, one.spec.entry.type)]
        if not named:
            raise RenderError(
                f"the project has no document {name}",
                why=f"its documents are {', '.join(one.spec.key for one in found)}",
                fix="name one of them, or leave it out to issue every approved one",
                code="VG391",
            )
        good = {one.spec.key: one for one in named if _ready(one)}
        fit |= good
        reasons = [(one.spec.key, _why_not(one)) for one in named if one.spec.key not in good]
        if good or not name:
            left_out += reasons
        else:
            objections += [_not_approved(why) for _, why in reasons]
    if not only and not fit:
        objections.append(_not_approved("no document is approved in the version that the project has now"))
    shown = []
    for number in dict.fromkeys(one.version for one in fit.values()):
        keys = [key for key, one in fit.items() if one.version == number]
        shown += [one for one in frozen_documents(state.root, keys, number) if one.frozen.key in keys]
    objections += [one for each in shown if (one := _hindrance(state, each)) is not None]
    return shown, objections, left_out


def _ready(one: Standing) -> bool:
    return one.approval.approved and bool(one.version) and not one.changed


def _why_not(one: Standing) -> str:
    name = f"{one.spec.key} {one.version}".strip()
    if one.valid is not None and one.valid.approval.version == one.version:
        return f"{name} was approved, and the project says something else now; --version {one.version} issues it"
    if one.valid is not None:
        older = one.valid.approval.version
        return f"{name} is not approved; version {older} is valid, and --version {older} issues it"
    return f"{name} is not approved" if one.version else f"{name} has no version"


def _hindrance(state: State, one: FrozenDocument) -> Objection | None:
    """Return why a frozen version cannot be issued; None when it can, or was."""
    name = f"{one.frozen.key} {one.frozen.version}"
    if one.now is None or not one.now.approved:
        return _not_approved(f"{name} is not approved")
    before = state.records.issue_of(one.frozen.key, one.frozen.version)
    if before is not None and before.content != one.frozen.content_sha256:
        return Objection(
            code="VG632",
            what=f"{name} was issued with other content in record {before.record}",
            fix="give the document a new version, and issue that",
        )
    if before is None and one.now.superseded_by:
        return Objection(
            code="VG631",
            what=f"{name} is not valid any more: version {one.now.superseded_by} took its place",
            fix=f"issue version {one.now.superseded_by}; valgen build --version {one.frozen.version} shows the old one",
        )
    return None


def _not_approved(what: str) -> Objection:
    return Objection(
        code="VG630", what=what, fix="let everybody sign whom the workflow names; valgen status shows who is awaited"
    )


def _known(state: State, one: FrozenDocument) -> IssuedVersion | None:
    return state.records.issue_of(one.frozen.key, one.frozen.version)


def _write(
    root: Path, state: State, chosen: Sequence[FrozenDocument], *, fresh: bool, progress: Callable[[str], None]
) -> list[_Written]:
    """Return versions with their files as they are before they are sealed."""
    if not chosen:
        return []
    keys = [one.frozen.key for one in chosen]
    look: Look = look_of(
        root, state.context.project.settings, [*keys, *(key.rpartition("-")[0] or key for key in keys)]
    )
    kept = Renditions(None if fresh else cache_folder())
    written = []
    for one in chosen:
        document = look.dress(one.document)
        files = []
        for form in all_forms():
            made = rendition(document, form, document.digests, look, kept)
            for name, data in zip(file_names(form, one.frozen.key, len(made.files)), made.files, strict=True):
                progress(name)
                files.append((name, form, data))
        written.append(_Written(shown=one, files=tuple(files)))
    return written


def _record(ledger: Ledger, acting: Acting, state: State, written: Sequence[_Written]) -> Iterator[IssuedVersion]:
    """Seal and keep the files of each version and write its record; yield what was issued."""
    if not written:
        return
    settings = state.context.project.settings
    now = datetime.datetime.fromisoformat(ledger.now.time)
    seal = seal_of(ledger.keystore, ledger.registry.origin, settings.project_id, now)
    for one in written:
        frozen = one.shown.frozen
        contents = [
            (name, MEDIA_TYPES[form], _sealed(data, seal, settings.project_id, frozen.version, now))
            if form == "pdf"
            else (name, MEDIA_TYPES[form], data)
            for name, form, data in one.files
        ]
        contents.append((seal.name, CERTIFICATE, seal.certificate))
        files = []
        for name, media_type, data in contents:
            kept = ledger.log.put_blob(data)
            files.append(Shown(name=name, media_type=media_type, sha256=kept.sha256, size=kept.size))
        body = {
            "document": frozen.key,
            "version": frozen.version,
            "content": frozen.content_sha256,
            "files": [
                {"name": file.name, "media_type": file.media_type, "sha256": file.sha256, "size": file.size}
                for file in files
            ],
        }
        draft = Draft("document.issued", body, signers=(acting.key,))
        stored = ledger.write([draft], actor=acting.account.id)[0]
        yield IssuedVersion(
            record=stored.seq,
            time=ledger.now.time,
            name=acting.account.name,
            document=frozen.key,
            version=frozen.version,
            content=frozen.content_sha256,
            files=tuple(files),
        )


def _sealed(data: bytes, seal: Seal, project: str, version: str, now: datetime.datetime) -> bytes:
    from valgen.writers.pdf.seal import seal_pdf

    return seal_pdf(
        data,
        key_pem=seal.key,
        certificate_pem=seal.certificate,
        reason=f"Issued as version {version}",
        location=f"project {project}",
        name=f"valgen, for {project}",
        when=now,
    )


def _refuse(ledger: Ledger, acting: Acting, only: Sequence[str], version: str, found: Sequence[Objection]) -> NoReturn:
    """Record that issuing was refused, with every reason, and refuse it."""
    body = {
        "act": ACT,
        "account": acting.account.id,
        "subject": f"{', '.join(only) or 'every approved document'} {version}".strip()[:400],
        "code": found[0].code,
        "reason": "; ".join(f"{one.code} {one.what}" for one in found),
    }
    stored = ledger.write([Draft("refused", body)], actor=acting.account.id)
    raise Refused(found, stored[0].seq)
