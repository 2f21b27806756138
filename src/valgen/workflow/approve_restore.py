"""Signed versions out of the ledger: what a version said when it was signed, whatever became of the files since.

Every signature keeps the files of its version in the ledger. Where the frozen version is missing from the project, or
another one stands in its place, an approved version is taken from there.

Source: design.md §3.2 (an approved version can be written again), §5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from valgen.documents.blocks import Document
from valgen.documents.issue import approvals_of, issued
from valgen.documents.snapshot import SnapshotError, read_document
from valgen.errors import VerificationError
from valgen.ledger.blobs import Blobs
from valgen.ledger.files import Layout
from valgen.model.project import Settings, SignatureStep
from valgen.model.signature import Approval
from valgen.model.version import FrozenVersion, Versions, frozen_version, version_order
from valgen.readers.snapshots import document_path
from valgen.records.signing import Manifest
from valgen.records.signing_reader import SigningRecords
from valgen.trace.approval import approval_of
from valgen.workflow.approve_changes import approved_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedVersion:
    """An approved version as the ledger keeps it."""

    frozen: FrozenVersion
    manifest: Manifest


def signed_versions(
    settings: Settings, records: SigningRecords, versions: Versions
) -> dict[tuple[str, str], SignedVersion]:
    """Return the approved versions that the project lacks, or holds with other content than was approved.

    Args:
        settings: of the project.
        records: of its ledger.
        versions: frozen ones of the project.

    Raises:
        VerificationError: what the ledger keeps is missing, altered, or not understood by this release.
    """
    found: dict[tuple[str, str], SignedVersion] = {}
    for one in records.signatures:
        held = frozen_version(versions, one.document, one.version)
        if one.rejected or (one.document, one.version) in found or (held and held.content_sha256 == one.content):
            continue
        manifest = records.manifest(one.record)
        try:
            frozen = approved_snapshot(records, manifest)
        except SnapshotError as error:
            raise _not_understood(manifest, str(error)) from error
        if approval_of(frozen.key, frozen.version, one.content, _steps(frozen, settings), records.signatures).approved:
            found[one.document, one.version] = SignedVersion(frozen=frozen, manifest=manifest)
    return found


def with_signed(
    versions: Versions, signed: dict[tuple[str, str], SignedVersion]
) -> dict[str, tuple[FrozenVersion, ...]]:
    """Return frozen versions with those of the ledger in the place of missing and other ones."""
    found = {key: {one.version: one for one in ones} for key, ones in versions.items()}
    for (key, version), one in signed.items():
        found.setdefault(key, {})[version] = one.frozen
    return {
        key: tuple(sorted(ones.values(), key=lambda one: version_order(one.version)))
        for key, ones in sorted(found.items())
    }


def signed_document(records: SigningRecords, one: SignedVersion) -> Document:
    """Return the blocks of a version that the ledger keeps.

    Raises:
        VerificationError: they are missing, altered, or not understood by this release.
    """
    try:
        data = records.blob(one.manifest.snapshot[document_path(one.frozen)].sha256)
        document = read_document(data, one.frozen)
    except (KeyError, SnapshotError) as error:
        raise _not_understood(one.manifest, str(error)) from error
    layout = Layout(records.folder)
    blobs = Blobs(layout.blobs, layout.tmp)
    for digest in one.frozen.media:
        blobs.read(digest)
    return replace(document, media=tuple((digest, str(blobs.path(digest).resolve())) for digest in one.frozen.media))


def issued_version(
    document: Document, frozen: FrozenVersion, settings: Settings, records: SigningRecords | None, versions: Versions
) -> tuple[Document, Approval | None]:
    """Return a frozen version with its signatures, and what became of it since.

    An approved version says what it said when its last signature was given, so that it is the same file for ever; that
    a later version superseded it stands in the second value only.

    Args:
        document: its blocks.
        frozen: the version.
        settings: of the project.
        records: of the ledger; None where there is none.
        versions: frozen ones of the project.
    """
    if records is None:
        return document, None
    steps = _steps(frozen, settings)
    now = approval_of(frozen.key, frozen.version, frozen.content_sha256, steps, records.signatures)
    then = records
    if now.approved:
        then = records.until(max(one.signature.record for one in now.steps if one.signature is not None))
    approvals = approvals_of((), {}, settings.workflow, then.signatures, versions)
    return issued(document, approvals[frozen.key, frozen.version], then.facts, approvals), now


def _steps(frozen: FrozenVersion, settings: Settings) -> tuple[SignatureStep, ...]:
    if frozen.asks:
        return tuple(SignatureStep(role=role, meaning=meaning) for role, meaning in frozen.asks)
    return settings.workflow.get(frozen.type, ())


def _not_understood(manifest: Manifest, reason: str) -> VerificationError:
    return VerificationError(
        f"{manifest.key} {manifest.version} cannot be taken from the ledger: {reason}",
        why="an approved version is shown as it was signed, or not at all",
        fix="run `valgen verify`; a release of valgen that wrote it can read it",
        code="VG557",
    )
