"""Amendments and no-impact assessments in the ledger: what is signed, and everything that was signed read back.

What somebody signs is a *statement*, a canonical JSON file that the content manifest of the signature names and that
lies among the blobs, and a text of it that the person was shown. Records, signatures, manifests and their verification
are those of documents. What counts follows from the signatures, as for documents: an amendment is in force when the
owner and the quality unit, two persons, have signed it.

No clock here; who may sign is the matter of ``workflow.amend`` and ``workflow.assess``.

Source: design.md §4, §5. Format: docs/format-ledger.md, "Amendments and assessments".
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import shapes
from valgen.ledger.blobs import BlobRef
from valgen.ledger.canonical import decode, encode, storable
from valgen.ledger.kind import ANY_TEXT, ROWS, SHA256, WORD
from valgen.ledger.record import Draft
from valgen.model.judgement import (
    AMENDMENT,
    ASSESSMENT,
    JUDGEMENT_VERSION,
    Amendment,
    Assessment,
    ChangeSeen,
    Judgements,
)
from valgen.model.project import SignatureStep
from valgen.model.signature import Signature
from valgen.records.signing import Shown, SignedPaper, Statement, rejection_draft, signature_draft
from valgen.records.signing_reader import SigningRecords
from valgen.trace.approval import approval_of

QA = "qa"
"""Role of the quality unit, without whom nothing here counts."""
OWNERS = ("process_owner", "system_owner")
"""Roles of those who own what a protocol tests."""

_NO_TEMPLATE = {"name": "", "sha256": hashlib.sha256(b"").hexdigest()}
_FORMAT = shapes.number(1)
_FINGERPRINT = shapes.text(200)
_ASKS = shapes.items(shapes.fields({"role": WORD, "meaning": WORD}))
_AMENDED = shapes.fields(
    {
        "kind": shapes.one_of("amendment"),
        "format": _FORMAT,
        "protocol": shapes.fields({"document": WORD, "number": ANY_TEXT, "version": WORD, "content": SHA256}),
        "case": WORD,
        "before": _FINGERPRINT,
        "after": _FINGERPRINT,
        "script": ROWS,
        "changes": ROWS,
        "repeat": shapes.items(WORD),
        "reason": ANY_TEXT,
        "asks": _ASKS,
    }
)
_ASSESSED = shapes.fields(
    {
        "kind": shapes.one_of("assessment"),
        "format": _FORMAT,
        "subject": WORD,
        "changes": shapes.items(shapes.fields({"name": WORD, "before": _FINGERPRINT, "after": _FINGERPRINT})),
        "results": shapes.items(shapes.fields({"case": WORD, "environment": ANY_TEXT, "run": WORD, "leaf": SHA256})),
        "reason": ANY_TEXT,
        "asks": _ASKS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An amendment or assessment, ready to be signed.

    Attributes:
        id: such as ``amendment/0001``.
        number: as printed on it.
        title: what it is about.
        statement: canonical JSON of what it says.
        text: the same for people, UTF-8.
        references: manifest entries of the documents that it is about.
        items: test case or item to fingerprint.
    """

    id: str
    number: str
    title: str
    statement: bytes
    text: bytes
    references: tuple[Mapping[str, str], ...]
    items: Mapping[str, str]

    @property
    def content(self) -> str:
        """Content digest, hex."""
        return hashlib.sha256(self.statement).hexdigest()

    @property
    def shown(self) -> Shown:
        """What a signature says of the text."""
        name = f"{self.id.replace('/', '-')}.txt"
        digest = hashlib.sha256(self.text).hexdigest()
        return Shown(name=name, media_type="text/plain", sha256=digest, size=len(self.text))


def amendment_statement(
    *,
    protocol: tuple[str, str, str, str],
    case: str,
    prints: tuple[str, str],
    script: Mapping[str, str],
    changes: Iterable[tuple[str, str, str]],
    repeat: Iterable[str],
    reason: str,
    owner: str,
) -> bytes:
    """Return the statement of an amendment.

    Args:
        protocol: key, number, approved version and its content digest.
        case: that changes.
        prints: fingerprint of the script before and after.
        script: every field of the case as amended.
        changes: field, old value, new value.
        repeat: executed cases that have to be executed again.
        reason: of whoever asks for it.
        owner: role that signs beside the quality unit.
    """
    document, number, version, content = protocol
    value = {
        "kind": "amendment",
        "format": 1,
        "protocol": {"document": document, "number": storable(number), "version": version, "content": content},
        "case": case,
        "before": prints[0],
        "after": prints[1],
        "script": [[name, storable(text)] for name, text in sorted(script.items())],
        "changes": [[storable(text) for text in one] for one in changes],
        "repeat": list(repeat),
        "reason": storable(reason),
        "asks": [{"role": owner, "meaning": "approved"}, {"role": QA, "meaning": "approved"}],
    }
    return encode(value, limit=None)


def assessment_statement(
    *, subject: str, changes: Iterable[ChangeSeen], results: Iterable[tuple[str, str, str, str]], reason: str
) -> bytes:
    """Return the statement of a no-impact assessment.

    Args:
        subject: what was named.
        changes: that have no impact.
        results: case, environment, run and leaf hash of each result that goes on counting.
        reason: in the words of the person.
    """
    ordered = sorted(changes, key=lambda one: (one.name, one.before, one.after))
    value = {
        "kind": "assessment",
        "format": 1,
        "subject": subject,
        "changes": [{"name": one.name, "before": one.before, "after": one.after} for one in ordered],
        "results": [
            {"case": case, "environment": environment, "run": run, "leaf": leaf}
            for case, environment, run, leaf in results
        ],
        "reason": storable(reason),
        "asks": [{"role": QA, "meaning": "approved"}],
    }
    return encode(value, limit=None)


def signing_draft(paper: Paper, put: Callable[[bytes], BlobRef], statement: Statement, *, rejects: bool) -> Draft:
    """Return the record that signs or rejects a paper; its files are kept before.

    Args:
        paper: that is signed.
        put: keeps bytes durably.
        statement: who signs.
        rejects: True to reject it.
    """
    kept = put(paper.statement)
    put(paper.text)
    manifest = {
        "document": {
            "key": paper.id,
            "type": paper.id.partition("/")[0].upper(),
            "number": storable(paper.number),
            "version": JUDGEMENT_VERSION,
            "title": storable(paper.title),
        },
        "content": paper.content,
        "template": _NO_TEMPLATE,
        "references": list(paper.references),
        "items": dict(paper.items),
        "snapshot": [{"path": _place(paper.id), **kept.as_dict()}],
    }
    ref = put(encode(manifest, limit=None))
    named = SignedPaper(
        key=paper.id,
        number=paper.number,
        version=JUDGEMENT_VERSION,
        title=paper.title,
        content_sha256=paper.content,
    )
    if rejects:
        return rejection_draft(named, ref, paper.shown, statement)
    return signature_draft(named, ref, paper.shown, statement, "approved")


def amended_draft(amendment: Amendment, author: str) -> Draft:
    """Return the record of what an amendment changes, written next to the signature that puts it in force.

    Args:
        amendment: that was completed.
        author: printed name of whoever signed it first.
    """
    body = {
        "document": amendment.id,
        "version": JUDGEMENT_VERSION,
        "previous": "",
        "reason": storable(amendment.reason),
        "change_ref": storable(f"{amendment.protocol} {amendment.version}")[:400],
        "author": storable(author)[:400],
        "changes": [[amendment.case, *map(storable, one)] for one in amendment.changes],
    }
    return Draft("document.changed", body)


def read_judgements(records: SigningRecords) -> Judgements:
    """Return every amendment and assessment of a ledger.

    Args:
        records: what it says of signatures.

    Raises:
        VerificationError: what was signed is missing, altered, or not understood by this release.
    """
    held: dict[tuple[str, str], list[Signature]] = defaultdict(list)
    for one in records.judged:
        held[one.document, one.content].append(one)
    amendments: list[Amendment] = []
    assessments: list[Assessment] = []
    for (name, _), signatures in held.items():
        data = statement_of(records, signatures[0])
        if name.startswith(AMENDMENT):
            amendments.append(_amendment(name, signatures, _read(data, _AMENDED, signatures[0])))
        elif name.startswith(ASSESSMENT):
            value = _read(data, _ASSESSED, signatures[0])
            approval = approval_of(name, JUDGEMENT_VERSION, signatures[0].content, _steps(value), signatures)
            if approval.approved:
                assessments.append(_assessment(name, approval.signatures[0], value))
    return Judgements(amendments=tuple(amendments), assessments=tuple(assessments))


def statement_of(records: SigningRecords, signature: Signature) -> bytes:
    """Return the statement that a signature covers.

    Raises:
        VerificationError: it is missing or altered.
    """
    manifest = records.manifest(signature.record)
    place = _place(signature.document)
    if set(manifest.snapshot) != {place} or manifest.snapshot[place].sha256 != signature.content:
        raise _not_understood(signature, f"its content is not the file {place}")
    return records.blob(signature.content)


def text_of(records: SigningRecords, signature: Signature) -> bytes:
    """Return the text that somebody was shown who signed an amendment or assessment."""
    return records.blob(signature.rendition)


def with_signature(amendment: Amendment, signature: Signature, steps: Iterable[SignatureStep]) -> Amendment:
    """Return an amendment as it stands with one more signature or rejection."""
    given = [*amendment.signatures, signature]
    return _standing(amendment, given, tuple(steps))


def steps_asked(statement: bytes) -> tuple[SignatureStep, ...]:
    """Return the signatures that a statement asks for."""
    return _steps(decode(statement))


def _amendment(name: str, signatures: list[Signature], value: Mapping[str, Any]) -> Amendment:
    protocol = value["protocol"]
    made = Amendment(
        id=name,
        record=signatures[0].record,
        content=signatures[0].content,
        protocol=protocol["document"],
        version=protocol["version"],
        protocol_content=protocol["content"],
        case=value["case"],
        before=value["before"],
        after=value["after"],
        values={row[0]: row[1] for row in value["script"] if len(row) == 2},
        changes=tuple((row[0], row[1], row[2]) for row in value["changes"] if len(row) == 3),
        repeat=tuple(value["repeat"]),
        reason=value["reason"],
    )
    return _standing(made, signatures, _steps(value))


def _standing(made: Amendment, signatures: list[Signature], steps: tuple[SignatureStep, ...]) -> Amendment:
    approval = approval_of(made.id, JUDGEMENT_VERSION, made.content, steps, signatures)
    counted = tuple(sorted(approval.signatures, key=lambda one: one.record))
    ended = approval.rejections[-1] if approval.rejections else None
    complete = approval.approved and ended is None
    return replace(
        made,
        signatures=counted,
        missing=tuple(one.role for one in approval.missing),
        rejected=ended,
        in_force=counted[-1].record if complete else None,
        since=counted[-1].time if complete else "",
    )


def _assessment(name: str, signature: Signature, value: Mapping[str, Any]) -> Assessment:
    return Assessment(
        id=name,
        subject=value["subject"],
        changes=frozenset(ChangeSeen(**one) for one in value["changes"]),
        results=frozenset(one["leaf"] for one in value["results"]),
        cases=tuple(f"{one['case']} in {one['environment']} ({one['run']})" for one in value["results"]),
        reason=value["reason"],
        signature=signature,
    )


def _steps(value: Mapping[str, Any]) -> tuple[SignatureStep, ...]:
    return tuple(SignatureStep(role=one["role"], meaning=one["meaning"]) for one in value["asks"])


def _place(name: str) -> str:
    return f"{name.replace('/', '-')}.json"


def _read(data: bytes, shape: shapes.Check, signature: Signature) -> Mapping[str, Any]:
    value: Any = decode(data)
    problem = shape(value)
    if not problem and value["format"] != 1:
        problem = f"is of format {value['format']}"
    # Who must have signed is not left to the file: whoever wrote it could ask for less.
    if not problem and not _asks_enough(value):
        problem = "does not ask for the signatures that it needs"
    if problem:
        raise _not_understood(signature, f"it {problem}")
    checked: Mapping[str, Any] = value
    return checked


def _asks_enough(value: Mapping[str, Any]) -> bool:
    asked = [(one["role"], one["meaning"]) for one in value["asks"]]
    if value["kind"] == "assessment":
        return asked == [(QA, "approved")]
    return len(asked) == 2 and asked[0] in [(one, "approved") for one in OWNERS] and asked[1] == (QA, "approved")


def _not_understood(signature: Signature, why: str) -> VerificationError:
    return VerificationError(
        f"{signature.document}, signed in record {signature.record}, cannot be used: {why}",
        why="what a signature covers decides which scripts and results count",
        fix="run `valgen verify`, and look whether a later version of valgen wrote it",
        code="VG557",
    )
