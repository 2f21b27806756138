"""What an act of signing writes: the content manifest, the signature or rejection, and what an approval changed.

The content manifest binds a signature to one frozen version: its content digest, its template, the documents that it
refers to, a fingerprint for each item, and the files from which the version is written again. It is a function of the
frozen version alone, so everybody who signs a version signs the same manifest.

No files and no clock here; who may sign is the matter of ``workflow.approve``. Reading back: ``signing_reader``.

Source: design.md §5; integrity.md S-1; 21 CFR 11.50, 11.70. Format: docs/format-ledger.md, "Documents".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger.blobs import BlobRef
from valgen.ledger.canonical import decode, encode, storable
from valgen.ledger.keys import SigningKey
from valgen.ledger.people_kinds import check_manifest
from valgen.ledger.record import Draft
from valgen.ledger.registry_book import Account
from valgen.model.project import HistoryRow
from valgen.model.version import FrozenVersion

_MOST_TITLE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The file that was shown to the person who signs.

    Attributes:
        name: of the file, such as ``URS-1.0.pdf``.
        media_type: such as ``application/pdf``.
        sha256: of its bytes, hex.
        size: in bytes.
    """

    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who signs, as what, why and how they showed who they are.

    Attributes:
        account: of the person, as the ledger knows it now.
        role: in which they sign; the account holds it.
        reason: in their words.
        session: open session of the account.
        components: ``all`` or ``password``.
        zone: time zone of the person, name and offset.
        key: of the account.
    """

    account: Account
    role: str
    reason: str
    session: str
    components: str
    zone: str
    key: SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPaper:
    """What a signature names of something that is no frozen version, such as an amendment; fields as there."""

    key: str
    number: str
    version: str
    title: str
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A content manifest as it was read back.

    Attributes:
        key: of the document.
        type: document type.
        version: without DRAFT.
        content: content digest, hex.
        references: key of another document to (version, content digest or empty).
        items: item or test case id to its fingerprint.
        snapshot: path relative to the project folder to the blob with its bytes.
    """

    key: str
    type: str
    version: str
    content: str
    references: Mapping[str, tuple[str, str]]
    items: Mapping[str, str]
    snapshot: Mapping[str, BlobRef]


def content_manifest(frozen: FrozenVersion, snapshot: Mapping[str, BlobRef]) -> bytes:
    """Return the bytes of the content manifest of a frozen version.

    Args:
        frozen: as read from its files, digests included.
        snapshot: path of each of its files, relative to the project folder, to the blob that holds it.
    """
    value = {
        "document": {
            "key": frozen.key,
            "type": frozen.type,
            "number": storable(frozen.number),
            "version": frozen.version,
            "title": storable(frozen.title),
        },
        "content": frozen.content_sha256,
        "template": {"name": storable(frozen.template), "sha256": frozen.template_sha256},
        "references": [
            {
                "key": one.key,
                "number": storable(one.number),
                "version": storable(one.version),
                "content": one.content_sha256,
            }
            for one in frozen.references
        ],
        "items": {part.id: part.fingerprint for part in frozen.parts if part.fingerprint},
        "snapshot": [{"path": path, **snapshot[path].as_dict()} for path in sorted(snapshot)],
    }
    return encode(value, limit=None)


def read_manifest(data: bytes, body: Mapping[str, Any]) -> Manifest:
    """Read a content manifest.

    Args:
        data: the bytes of its blob.
        body: of the signature or rejection that names it.

    Raises:
        VerificationError: it is none, or is of another document than the record.
    """
    value = decode(data)
    problems = check_manifest(body, value)
    if problems:
        raise VerificationError(
            f"the content manifest of record {body.get('seq')} cannot be used: {problems[0]}",
            why="a signature stands for what its manifest names",
            fix="run `valgen verify` to see what was altered",
            code="VG557",
        )
    return Manifest(
        key=value["document"]["key"],
        type=value["document"]["type"],
        version=value["document"]["version"],
        content=value["content"],
        references={one["key"]: (one["version"], one["content"]) for one in value["references"]},
        items=value["items"],
        snapshot={one["path"]: BlobRef(one["sha256"], one["size"]) for one in value["snapshot"]},
    )


def signature_draft(
    frozen: FrozenVersion | SignedPaper, manifest: BlobRef, shown: Shown, statement: Statement, meaning: str
) -> Draft:
    """Return the record of a signature.

    Args:
        frozen: version that is signed.
        manifest: blob with its content manifest.
        shown: file that the person saw.
        statement: who signs.
        meaning: such as ``approved``.
    """
    body = {**_signed(frozen, manifest, shown, statement), "meaning": meaning}
    return Draft("signature", body, signers=(statement.key,), with_head=True)


def rejection_draft(
    frozen: FrozenVersion | SignedPaper, manifest: BlobRef, shown: Shown, statement: Statement
) -> Draft:
    """Return the record of a rejection; see ``signature_draft``."""
    body = _signed(frozen, manifest, shown, statement)
    return Draft("rejection", body, signers=(statement.key,), with_head=True)


def changed_draft(
    frozen: FrozenVersion, previous: str, row: HistoryRow, changes: Sequence[tuple[str, str, str, str]]
) -> Draft:
    """Return the record of what an approval changed.

    Args:
        frozen: version that is approved now.
        previous: version that was approved before; empty for none.
        row: of the history, which gives reason, change reference and author.
        changes: item, field, old value and new value.
    """
    return Draft(
        "document.changed",
        {
            "document": frozen.key,
            "version": frozen.version,
            "previous": previous,
            "reason": storable(row.summary),
            "change_ref": storable(row.change_ref)[:_MOST_TITLE],
            "author": storable(row.author)[:_MOST_TITLE],
            "changes": [[storable(text) for text in one] for one in changes],
        },
    )


def _signed(
    frozen: FrozenVersion | SignedPaper, manifest: BlobRef, shown: Shown, statement: Statement
) -> dict[str, Any]:
    account = statement.account
    return {
        "document": frozen.key,
        "number": storable(frozen.number),
        "version": frozen.version,
        "title": storable(frozen.title),
        "content": frozen.content_sha256,
        "manifest": manifest.as_dict(),
        "rendition": {
            "name": shown.name,
            "media_type": shown.media_type,
            "sha256": shown.sha256,
            "size": shown.size,
        },
        "reason": storable(statement.reason),
        "role": statement.role,
        "name": account.name,
        "function": account.function,
        "session": statement.session,
        "components": statement.components,
        "zone": statement.zone,
    }
