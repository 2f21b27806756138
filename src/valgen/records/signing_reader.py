"""Signatures, rejections and reviews of a ledger, read back as values for documents and status.

Everything returned was verified: the records under the newest checkpoint give its root, and each signature holds with
the key that its account had at that place. A signature whose key came from a reset says so, for as long as the key is
used. Reading needs no lock and no key, and writes nothing.

No clock here. Source: design.md §5; integrity.md S-2, S-5; 21 CFR 11.50. Format: docs/format-ledger.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger.blobs import Blobs
from valgen.ledger.files import Layout, read_lines
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.opening import check_root
from valgen.ledger.record import check_signatures, read_line
from valgen.ledger.registry import Account, Registry
from valgen.ledger.registry_book import microseconds
from valgen.ledger.state import State
from valgen.model.judgement import is_judgement
from valgen.model.signature import LedgerFacts, Signature
from valgen.records.signing import Manifest, Shown, read_manifest

_ACCOUNTS = ("genesis", "account.created", "account.activated", "account.changed", "account.reset", "account.disabled")
_SIGNED = ("signature", "rejection")
_FURTHER = ("anchor", "audit.reviewed", "document.issued", "refused", "verified")
_WANTED = re.compile(
    rb'"kind":"(?:%s)"' % b"|".join(re.escape(one.encode()) for one in (*_ACCOUNTS, *_SIGNED, *_FURTHER))
)
ANCHOR_ACT = "anchor"
"""``act`` of the record that a time stamp could not be had or accepted."""

_MEDIA = {"rfc3161": "time stamp", "git": "git", "head": "a head kept elsewhere"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReview:
    """One review of the audit trail.

    Attributes:
        record: number of its record.
        time: of the record.
        name: printed name of the reviewer.
        next: date by which the next one is due; may be empty.
    """

    record: int
    time: str
    name: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVerification:
    """One verification of the ledger that became a record.

    Attributes:
        record: number of its record.
        time: of the record.
        data: whether every attachment was read.
        problems: how many were found.
    """

    record: int
    time: str
    data: bool
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedVersion:
    """An approved version that was issued.

    Attributes:
        record: number of its record.
        time: of the record.
        name: printed name of whoever issued it.
        document: key of the document.
        version: of it.
        content: content digest.
        files: as they were issued, in the order of the record; names are those within a pack.
    """

    record: int
    time: str
    name: str
    document: str
    version: str
    content: str
    files: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRecords:
    """What a ledger says of signatures, up to some record.

    Attributes:
        folder: of the ledger.
        signatures: on documents, rejections among them, oldest first.
        judged: the same on amendments and assessments.
        facts: of the ledger.
        registry: people and keys as they are after the last record.
        bodies: record number to the body of each signature and rejection.
        reviews: of the audit trail, oldest first.
        anchors: (record, what is printed of the anchor).
        issued: documents that were issued, oldest first.
        verifications: of the ledger that became records, oldest first.
        unstamped: why the last time stamp could not be had, with the time when it was asked for; empty when none is
            pending.
    """

    folder: Path
    signatures: tuple[Signature, ...]
    facts: LedgerFacts
    registry: Registry
    bodies: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    reviews: tuple[AuditReview, ...] = ()
    anchors: tuple[tuple[int, str], ...] = ()
    issued: tuple[IssuedVersion, ...] = ()
    verifications: tuple[RecordedVerification, ...] = ()
    unstamped: str = ""
    judged: tuple[Signature, ...] = ()

    def until(self, record: int) -> SigningRecords:
        """Return what the ledger said right after a signature or rejection.

        Args:
            record: its number.
        """
        anchors = tuple(one for one in self.anchors if one[0] <= record)
        facts = replace(
            self.facts,
            size=record + 1,
            head=self.facts.heads[record + 1],
            anchored_to=anchors[-1][1] if anchors else "",
        )
        return replace(
            self,
            signatures=tuple(one for one in self.signatures if one.record <= record),
            facts=facts,
            reviews=tuple(one for one in self.reviews if one.record <= record),
            anchors=anchors,
            issued=tuple(one for one in self.issued if one.record <= record),
            verifications=tuple(one for one in self.verifications if one.record <= record),
            judged=tuple(one for one in self.judged if one.record <= record),
        )

    def issue_of(self, document: str, version: str) -> IssuedVersion | None:
        """Return the record of a version that was issued; None when it was not."""
        return next((one for one in self.issued if (one.document, one.version) == (document, version)), None)

    def manifest(self, record: int) -> Manifest:
        """Return the content manifest of a signature or rejection.

        Raises:
            VerificationError: it is missing or altered.
        """
        body = self.bodies[record]
        return read_manifest(self.blob(body["manifest"]["sha256"]), body)

    def blob(self, sha256: str) -> bytes:
        """Return the checked bytes of a blob.

        Raises:
            VerificationError: it is missing or altered.
        """
        layout = Layout(self.folder)
        return Blobs(layout.blobs, layout.tmp).read(sha256)


def read_signatures(folder: Path) -> tuple[Signature, ...]:
    """Return every signature and rejection of a ledger, oldest first; see ``read_signing``."""
    return read_signing(folder).signatures


def read_signing(folder: Path) -> SigningRecords:
    """Return what a ledger says of signatures.

    Args:
        folder: of the ledger, such as ``.valgen``.

    Raises:
        VerificationError: it is no ledger, or was altered.
    """
    layout = Layout(folder)
    state = State(layout=layout)
    state.catch_up()
    registry = state.registry
    if registry is None:
        raise VerificationError(
            f"{folder} holds no ledger",
            why="its first record is not that of a ledger",
            fix="restore the folder from a backup",
            code="VG513",
        )
    check_root(layout, registry)
    reading = _Reading()
    reading.run(layout, state.size)
    anchors = tuple(reading.anchors)
    facts = LedgerFacts(
        origin=state.origin,
        root_fingerprint=registry.root_fingerprint,
        size=state.size,
        head=state.edge.root().hex(),
        single_administrator=registry.single_administrator,
        anchored_to=anchors[-1][1] if anchors else "",
        heads=reading.heads,
    )
    return SigningRecords(
        folder=folder,
        signatures=tuple(one for one in reading.signatures if not is_judgement(one.document)),
        judged=tuple(one for one in reading.signatures if is_judgement(one.document)),
        facts=facts,
        registry=registry,
        bodies=reading.bodies,
        reviews=tuple(reading.reviews),
        anchors=anchors,
        issued=tuple(reading.issued),
        verifications=tuple(reading.verifications),
        unstamped=reading.unstamped,
    )


def key_note(account: Account, time: str) -> str:
    """Return what a reader must know about the key of a signature; empty for nothing.

    Args:
        account: as it was when it signed.
        time: of the signature.
    """
    if account.key_cause != "reset":
        return ""
    since = max(0, microseconds(time) - microseconds(account.reset_time or account.key_time))
    return f"key from a reset {_span(since // 1_000_000)} before this signature"


@dataclass(slots=True)
class _Reading:
    """A second walk over records that were verified already."""

    people: Registry = field(default_factory=Registry)
    signatures: list[Signature] = field(default_factory=list)
    bodies: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)
    reviews: list[AuditReview] = field(default_factory=list)
    anchors: list[tuple[int, str]] = field(default_factory=list)
    issued: list[IssuedVersion] = field(default_factory=list)
    verifications: list[RecordedVerification] = field(default_factory=list)
    unstamped: str = ""

    def run(self, layout: Layout, size: int) -> None:
        edge = Edge()
        for _, path in layout.segments():
            for line in read_lines(path):
                if edge.size >= size or not line.complete:
                    return
                number = edge.size
                edge.append(leaf_hash(line.data))
                if _WANTED.search(line.data):
                    body, sigs = read_line(line.data)
                    self._take(body, number, sigs, edge)

    def _take(self, body: dict[str, Any], number: int, sigs: Mapping[str, str], edge: Edge) -> None:
        kind = body["kind"]
        if kind in _ACCOUNTS:
            self.people.follow(body, number, sigs)
        elif kind in _SIGNED:
            self.signatures.append(_signature(body, number, next(iter(sigs)), self.people.accounts[body["actor"]]))
            self.bodies[number] = body
            self.heads[number + 1] = edge.root().hex()
        elif kind == "anchor":
            said = f"{body['size']} records, by {_MEDIA[body['medium']]}"
            self.anchors.append((number, f"{said}: {body['detail']}" if body["detail"] else said))
            if body["medium"] == "rfc3161":
                self.unstamped = ""
        elif kind == "refused":
            if body["act"] == ANCHOR_ACT:
                reason = body["reason"] if type(body["reason"]) is str else body["code"]
                self.unstamped = f"since {body['time']}: {reason}"
        elif kind == "document.issued":
            check_signatures(body, sigs, self.people.public_keys(body, sigs), ledger=True)
            self.issued.append(_issued(body, number, self.people.accounts[body["actor"]]))
        elif kind == "verified":
            told = {key: body[key] for key in ("time", "data", "problems")}
            self.verifications.append(RecordedVerification(record=number, **told))
        elif kind == "audit.reviewed":
            self.reviews.append(AuditReview(record=number, time=body["time"], name=body["name"], next=body["next"]))


def _signature(body: Mapping[str, Any], number: int, key: str, account: Account) -> Signature:
    return Signature(
        record=number,
        document=body["document"],
        number=body["number"],
        version=body["version"],
        content=body["content"],
        meaning=body.get("meaning", ""),
        role=body["role"],
        reason=body["reason"],
        name=body["name"],
        function=body["function"],
        account=account.id,
        person=account.person,
        time=body["time"],
        zone=body["zone"],
        key=key,
        key_note=key_note(account, body["time"]),
        components=body["components"],
        rejected=body["kind"] == "rejection",
        rendition=body["rendition"]["sha256"],
        rendition_name=body["rendition"]["name"],
    )


def _issued(body: Mapping[str, Any], number: int, account: Account) -> IssuedVersion:
    return IssuedVersion(
        record=number,
        time=body["time"],
        name=account.name,
        document=body["document"],
        version=body["version"],
        content=body["content"],
        files=tuple(Shown(**one) for one in body["files"]),
    )


def _span(seconds: int) -> str:
    """Return a length of time in the unit that a reader would choose."""
    for unit, length in (("day", 86400), ("hour", 3600), ("min", 60)):
        if seconds >= length:
            number = seconds // length
            return f"{number} {unit}{'s' if number != 1 and unit != 'min' else ''}"
    return "less than a minute"
