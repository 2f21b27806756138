"""Documents as they are issued: what stands in their places follows from signatures, everything else stays as it is.

``issued`` is a function of blocks, signatures and facts of the ledger. The blocks may be those of the present project
or those of a frozen version; the content digest is the same before and after.

Source: design.md §5 (issued files are a function of manifest and signatures).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from valgen.documents.amendments import amendment_table
from valgen.documents.blocks import (
    DRAFT,
    SUPERSEDED,
    Block,
    Column,
    Document,
    Row,
    Shows,
    SignaturePlace,
    Table,
    Tone,
    cell,
    paragraph,
)
from valgen.documents.common import moment
from valgen.documents.places import (
    NO_VERSION,
    NOT_EFFECTIVE,
    asked_for,
    changed,
    drafted,
    printed_version,
    standing_head,
)
from valgen.documents.signatures import after_rows, signature_page, signature_table
from valgen.model.execution import Execution, LogEntry
from valgen.model.judgement import NO_JUDGEMENTS, Judgements
from valgen.model.project import SignatureStep
from valgen.model.signature import Approval, Approvals, DocumentStatus, LedgerFacts, Signature
from valgen.model.version import Versions
from valgen.trace.approval import approval_of

BLANK = "\u2026"
"""A dotted line to write on."""
LOGGED = (
    "Those who executed tests of this version, from the ledger. Initials on results are the user id; who signs in with "
    "it does so with a key of their own."
)
TESTER_COLUMNS = (
    Column("Printed name", 24),
    Column("Function", 20),
    Column("Signature", 20),
    Column("Initials", 12),
    Column("Date", 16),
)
_LOG = "Tester identification log"
_LOG_ROWS = 6
AFTER_NOTE = "Signed after the execution only. The signatures before execution say nothing about results."
_NOTHING: Approvals = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a signed content and is no part of it.

    Attributes:
        judgements: amendments of protocols.
        executions: formal ones, with those who executed.
    """

    judgements: Judgements = NO_JUDGEMENTS
    executions: tuple[Execution, ...] = ()


_ALONE = Beside()


def issued(
    document: Document,
    approval: Approval,
    ledger: LedgerFacts | None,
    others: Approvals = _NOTHING,
    beside: Beside = _ALONE,
) -> Document:
    """Return a document as it is issued: with its signatures, its status, and no DRAFT once it is approved.

    Args:
        document: as made, or as frozen; one that was issued before may be issued again.
        approval: of this document and content.
        ledger: that holds the signatures; None where the project has none.
        others: approvals of the documents that this one names.
        beside: amendments and executions of a protocol, which are no part of its content.
    """
    known = {**others, (document.key, approval.version): approval}

    def fill(place: SignaturePlace) -> tuple[Block, ...]:
        match place.shows:
            case Shows.APPROVALS:
                blocks = signature_page(approval, ledger, compact=document.compact)
                blocks += _amendments(approval, beside)
            case Shows.TESTERS:
                blocks = testers_of(approval, beside.executions)
            case Shows.CHANGE:
                blocks = change_approvals(place, [known.get((place.of, one)) for one in place.version.split(",")])
            case Shows.AFTER:
                blocks = after_execution(place, known.get((place.of, place.version)))
            case Shows.KEPT:
                return (place,)
            case _:
                blocks = _in_text(place, known.get((place.of, place.version)))
        return (place if blocks == place.blocks else replace(place, blocks=blocks),)

    return _headed(changed(document, fill), approval)


def testers_of(approval: Approval | None, executions: Iterable[Execution]) -> tuple[Block, ...]:
    """Return the log of those who executed a version of a protocol; a form to be filled in while nobody has.

    Args:
        approval: of the protocol; None while it is made.
        executions: of every protocol.
    """
    own = (approval.document, approval.version, approval.content) if approval else None
    found = [one for one in executions if (one.protocol, one.version, one.content) == own]
    log = tester_rows(one for execution in found for one in execution.log)
    if log:
        return (paragraph(LOGGED), Table(TESTER_COLUMNS, log, caption=_LOG, role="approvals"))
    note = "Everybody who executes, witnesses or reviews signs here before the first entry."
    rows = tuple(Row(tuple(cell(BLANK, Tone.MUTED) for _ in TESTER_COLUMNS)) for _ in range(_LOG_ROWS))
    return (paragraph(note), Table(TESTER_COLUMNS, rows, caption=_LOG, role="approvals"))


def tester_rows(entries: Iterable[LogEntry]) -> tuple[Row, ...]:
    """Return a row for each account that executed, as it was when it began."""
    first: dict[str, LogEntry] = {}
    for one in entries:
        first.setdefault(one.user, one)
    return tuple(
        Row(
            (
                cell(one.name, bold=True),
                cell(one.function or "not stated"),
                cell(
                    f"signed in electronically, record {one.session}"
                    if one.session >= 0
                    else "a service: started by its own key"
                ),
                cell(one.user),
                cell(f"{moment(one.time)}\nrecord {one.record}"),
            )
        )
        for one in first.values()
    )


def change_approvals(place: SignaturePlace, approvals: Iterable[Approval | None]) -> tuple[Block, ...]:
    """Return the signature that approves a change, or that nobody has signed.

    Args:
        place: asks for one role.
        approvals: of the versions of the change records that hold the change in the state in question.
    """
    role = place.asks[0][0] if place.asks else ""
    given = (one for approval in approvals if approval is not None for one in approval.signatures)
    one = next((one for one in given if (one.role, one.meaning) == (role, "approved")), None)
    if one is None:
        missing = "not signed" if place.version else "N/A: no version of this document holds the change in this state"
        return (paragraph(missing, Tone.MUTED),)
    text = f"{one.name}, signed electronically, {moment(one.time).replace(chr(10), ' ')}, record {one.record}"
    return (paragraph(text), paragraph(f"version {one.version} of {one.document}", Tone.MUTED))


def _amendments(approval: Approval, beside: Beside) -> tuple[Block, ...]:
    found = [
        one
        for one in beside.judgements.of_protocol(approval.document, approval.version)
        if one.protocol_content == approval.content
    ]
    if not found:
        return ()
    text = "Scripts of this version are executed as these amendments say once owner and quality unit have signed them."
    # No caption: what is signed later must not shift the numbers of tables.
    return (paragraph("Amendments", bold=True), paragraph(text), amendment_table(found))


def drafted_document(document: Document) -> Document:
    """Return a document as it is issued without any signature."""
    return issued(document, approval_for(document, document.digest, ()), None)


def after_execution(place: SignaturePlace, report: Approval | None) -> tuple[Block, ...]:
    """Return the signatures after execution of a protocol, with room for those that are missing."""
    return (paragraph(AFTER_NOTE), signature_table(after_rows(place.asks, report, BLANK), empty=""))


def approvals_of(
    documents: Sequence[Document],
    digests: Mapping[str, str],
    workflow: Mapping[str, tuple[SignatureStep, ...]],
    signatures: Iterable[Signature],
    versions: Versions,
) -> dict[tuple[str, str], Approval]:
    """Derive the approval of every document of the pack and of every frozen version.

    Args:
        documents: of the pack, as made.
        digests: key to content digest.
        workflow: of the settings, for frozen versions that do not say what they ask for.
        signatures: on all of them.
        versions: frozen ones; a document of the pack goes before the frozen version of its number.
    """
    by_key: dict[str, list[Signature]] = defaultdict(list)
    for signature in signatures:
        by_key[signature.document].append(signature)
    asked: dict[str, dict[tuple[str, str], tuple[SignatureStep, ...]]] = defaultdict(dict)
    for key, ones in versions.items():
        for one in ones:
            steps = _steps(one.asks) if one.asks else workflow.get(one.type, ())
            asked[key][one.version, one.content_sha256] = steps
    for document in documents:
        asked[document.key][registered_version(document), digests[document.key]] = _steps(asked_for(document))
    # Of one number, the document of the pack comes last and stands.
    return {
        (key, version): approval_of(key, version, content, steps, by_key[key], known)
        for key, known in asked.items()
        for (version, content), steps in known.items()
    }


def approval_for(document: Document, digest: str, signatures: Iterable[Signature]) -> Approval:
    """Derive the approval of one document, present or frozen."""
    return approval_of(document.key, registered_version(document), digest, _steps(asked_for(document)), signatures)


def registered_version(document: Document) -> str:
    """Return the version of a document in the register, without DRAFT; empty where it has none."""
    version = document.bare_version
    return "" if version == NO_VERSION else version


def _steps(asks: Iterable[tuple[str, str]]) -> tuple[SignatureStep, ...]:
    return tuple(SignatureStep(role=role, meaning=meaning) for role, meaning in asks)


def _headed(document: Document, approval: Approval) -> Document:
    bare = document.bare_version
    match approval.status:
        case DocumentStatus.APPROVED:
            effective = _when(approval.effective)
            return standing_head(document, bare, str(approval.status), effective, ())
        case DocumentStatus.SUPERSEDED:
            status = f"{approval.status} by version {approval.superseded_by}"
            effective = f"{_when(approval.effective)}; not valid any more"
            return standing_head(document, bare, status, effective, (SUPERSEDED,))
        case _:
            version = printed_version("" if bare == NO_VERSION else bare)
            return standing_head(document, version, str(approval.status), NOT_EFFECTIVE, (DRAFT,))


def _in_text(place: SignaturePlace, approval: Approval | None) -> tuple[Block, ...]:
    """Return what a document says of another one, or of itself within a table."""
    if approval is None or approval.status is DocumentStatus.DRAFT:
        return drafted(place)
    version, superseded = place.version, approval.status is DocumentStatus.SUPERSEDED
    tone = Tone.GOOD if approval.status is DocumentStatus.APPROVED else Tone.WARN
    match place.shows:
        case Shows.VERSION if approval.approved:
            return (paragraph(version),)
        case Shows.REFERENCE if approval.approved:
            return (paragraph(f"{version} (superseded)" if superseded else version),)
        case Shows.STATUS:
            return (paragraph(str(approval.status), tone),)
        case Shows.EFFECTIVE if approval.approved:
            return (paragraph(approval.effective.partition("T")[0]),)
        case Shows.APPROVAL if approval.approved:
            later = f", superseded by version {approval.superseded_by}" if superseded else ""
            return (paragraph(f"version {version}, approved {_when(approval.effective)}{later}", tone),)
        case Shows.APPROVAL:
            return (paragraph(f"version {version}, {str(approval.status).lower()}, not approved", Tone.WARN),)
        case _:
            return drafted(place)


def _when(time: str) -> str:
    return moment(time).replace("\n", ", ")
