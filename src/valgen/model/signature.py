"""Electronic signatures on documents, and what they make of a document, as plain facts.

A signature covers one content of one version of one document, named by its content digest. What counts as approved is
derived from signatures alone (``trace.approval``); nothing keeps a status that could be edited.

Source: design.md §5; 21 CFR 11.50, 11.70; integrity.md S-1, S-5, S-12.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.model.project import SignatureStep

SINGLE_ADMINISTRATOR = "single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"
"""What every document of such a ledger says, word for word."""


class DocumentStatus(enum.StrEnum):
    """How far a version of a document has come. The value is the printed word."""

    DRAFT = "Draft"  # nobody has signed this content
    IN_REVIEW = "In review"  # some of the signatures that the workflow asks for have been given
    APPROVED = "Approved"  # all of them
    SUPERSEDED = "Superseded"  # it was approved, and a later version is approved now
    REJECTED = "Rejected"  # somebody rejected this content, and nobody has signed it since


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature, or one rejection, as its record states it.

    Attributes:
        record: number of the record in the ledger.
        document: key, such as ``URS`` or ``OQ-report``.
        number: document number.
        version: without DRAFT, such as ``1.0``.
        content: content digest of what was signed, hex.
        meaning: such as ``authored`` or ``approved``; empty for a rejection.
        role: in which the person signed, such as ``process_owner``.
        reason: as the person gave it.
        name: printed name at that record.
        function: title or function at that record.
        account: that signed, such as ``u-0003``.
        person: id of the human being behind the account; rules that ask for two people compare it.
        time: RFC 3339, UTC.
        zone: time zone of the signer, name and offset.
        key: id of the key, hex.
        key_note: what a reader must know about the key, such as ``key from a reset 3 min before this signature``.
        components: ``all`` or ``password``.
        rejected: True for a rejection.
        rendition: SHA-256 of the file that was shown, hex; empty where it is not known.
        rendition_name: of that file, such as ``pdf/URS.pdf``.
    """

    record: int
    document: str
    number: str
    version: str
    content: str
    meaning: str
    role: str
    reason: str
    name: str
    function: str
    account: str
    person: str
    time: str
    zone: str
    key: str
    key_note: str = ""
    components: str = "all"
    rejected: bool = False
    rendition: str = ""
    rendition_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStep:
    """A signature that the workflow asks for; ``signature`` is None until it is given."""

    step: SignatureStep
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """A signature that does not count, and why, as printed."""

    signature: Signature
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What the signatures make of one content of one version.

    Attributes:
        document: key.
        version: without DRAFT; empty for none.
        content: digest of the content that this is about, hex.
        status: that follows.
        steps: what the workflow asks for, in its order, with the signature that counts for each.
        further: signatures of other meanings on this content, such as ``executed``.
        rejections: of this content, oldest first.
        uncounted: signatures on this content that do not count.
        elsewhere: signatures and rejections of this version with another content.
        hindrance: why the version is not approved although every step is signed; empty for none.
        superseded_by: the later version that is approved; empty for none.
        in_force: the approved version that stays valid until this one is; empty for none.
    """

    document: str
    version: str
    content: str
    status: DocumentStatus = DocumentStatus.DRAFT
    steps: tuple[GivenStep, ...] = ()
    further: tuple[Signature, ...] = ()
    rejections: tuple[Signature, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()
    elsewhere: tuple[Signature, ...] = ()
    hindrance: str = ""
    superseded_by: str = ""
    in_force: str = ""

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """Signatures that count, those of the workflow first."""
        return (*(one.signature for one in self.steps if one.signature is not None), *self.further)

    @property
    def missing(self) -> tuple[SignatureStep, ...]:
        """Steps of the workflow that nobody has signed yet."""
        return tuple(one.step for one in self.steps if one.signature is None)

    @property
    def approved(self) -> bool:
        """Whether every signature was given that makes it an approved version, also where a later one is."""
        return self.status in (DocumentStatus.APPROVED, DocumentStatus.SUPERSEDED)

    @property
    def effective(self) -> str:
        """Time of the last signature that the workflow asked for, RFC 3339 UTC; empty until approved."""
        if not self.approved:
            return ""
        given = [one.signature for one in self.steps if one.signature is not None]
        return max(given, key=lambda one: one.record).time if given else ""

    @property
    def renditions(self) -> tuple[str, ...]:
        """Digests of the files that were shown to the signers, in the order of their signatures."""
        ordered = sorted(self.signatures, key=lambda one: one.record)
        return tuple(dict.fromkeys(one.rendition for one in ordered if one.rendition))

    @property
    def last_record(self) -> int:
        """Number of the last record that this rests on; -1 for none."""
        uncounted = (one.signature for one in self.uncounted)
        held = (*self.signatures, *self.rejections, *uncounted, *self.elsewhere)
        return max((one.record for one in held), default=-1)


Approvals = Mapping[tuple[str, str], Approval]
"""(document key, version without DRAFT) to what its signatures make of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """What documents say about the ledger that holds the signatures.

    Attributes:
        origin: ``valgen:<uuid>/<project id>``.
        root_fingerprint: SHA-256 of the root, hex.
        size: records in the ledger.
        head: root hash over them, hex.
        single_administrator: whether one administrator may act alone.
        anchored_to: what outside the ledger proves its head, as printed; empty for nothing.
        heads: size of the log to its root hash, where a document shall name the head of the last record that it
            rests on rather than the newest one.
    """

    origin: str
    root_fingerprint: str
    size: int = 0
    head: str = ""
    single_administrator: bool = False
    anchored_to: str = ""
    heads: Mapping[int, str] = field(default_factory=dict)

    def head_after(self, record: int) -> tuple[int, str]:
        """Return size and root hash of the log up to a record, or of the whole log where that is not known."""
        known = self.heads.get(record + 1)
        return (record + 1, known) if known else (self.size, self.head)
