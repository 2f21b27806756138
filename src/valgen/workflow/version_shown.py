"""Frozen versions shown again: their blocks, with the signatures that were given on them.

A version that was signed is shown as its signatures cover it: from the files of the project, or from the ledger where
the project lacks them or holds something else under its number.

Source: design.md §3.2, §7 (build --version, diff).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from valgen.documents.blocks import Document
from valgen.errors import RenderError, Severity, SourceError
from valgen.model.signature import Approval
from valgen.model.version import FrozenVersion, frozen_version
from valgen.readers.snapshots import read_frozen_document
from valgen.workflow.approve_restore import issued_version, signed_document, signed_versions, with_signed
from valgen.workflow.issued_files import IssuedFiles, issued_files
from valgen.workflow.load import Loaded, frozen_versions, load, load_signing


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenDocument:
    """A frozen version and its blocks.

    Attributes:
        document: with its signatures; an approved one as it was when the last of them was given.
        now: what its signatures make of it today; None for a project without a ledger.
        issued: its files as they were issued, where it was.
    """

    frozen: FrozenVersion
    document: Document
    now: Approval | None = None
    issued: IssuedFiles = field(default_factory=IssuedFiles)


def frozen_version_of(root: Path, key: str, version: str) -> FrozenVersion:
    """Return one frozen version.

    Raises:
        RenderError: the document has no such version; the message lists those it has.
        SourceError: some frozen version cannot be relied on.
    """
    loaded = load(root)
    versions = _versions(loaded)
    found = frozen_version(versions, key, version)
    if found is None:
        raise _no_version(key, version, versions)
    return found


def frozen_documents(root: Path, only: Sequence[str], version: str) -> tuple[FrozenDocument, ...]:
    """Return the documents of one frozen version, with the signatures that were given on them.

    Args:
        root: folder of the project.
        only: document keys or keys of the register; empty for every document that has this version.
        version: such as ``1.0``.

    Raises:
        RenderError: a document has no such version, or none has.
        VerificationError: files are not what was frozen, or the ledger was altered.
        SourceError: some frozen version cannot be relied on.
    """
    loaded = load(root)
    settings = loaded.project.settings
    records = load_signing(root, loaded.project)
    held = _versions(loaded)
    signed = signed_versions(settings, records, held) if records is not None else {}
    versions = with_signed(held, signed)
    found = []
    for key in _keys(only, version, versions):
        frozen = frozen_version(versions, key, version)
        if frozen is None:
            continue
        kept = signed.get((key, version))
        if kept is not None and records is not None:
            document = signed_document(records, kept)
        else:
            document = read_frozen_document(root, settings.paths, frozen)
        document, now = issued_version(document, frozen, settings, records, versions)
        files = issued_files(records, (document,), {document.key: document.digests})
        found.append(FrozenDocument(frozen=frozen, document=document, now=now, issued=files))
    return tuple(found)


def _keys(only: Sequence[str], version: str, versions: dict[str, tuple[FrozenVersion, ...]]) -> list[str]:
    """Return the keys of the documents that have a version, each once."""
    keys: list[str] = []
    for name in only:
        having = [key for key in _keys_of(name, versions) if frozen_version(versions, key, version)]
        if not having:
            raise _no_version(name, version, versions)
        keys += having
    if not only:
        keys = [key for key in versions if frozen_version(versions, key, version)]
        if not keys:
            raise _no_version("", version, versions)
    return list(dict.fromkeys(keys))


def _keys_of(name: str, versions: Mapping[str, object]) -> list[str]:
    return [key for key in versions if key in (name, f"{name}-protocol", f"{name}-report")]


def _versions(loaded: Loaded) -> dict[str, tuple[FrozenVersion, ...]]:
    found = frozen_versions(loaded.root, loaded.project)
    if found is None:
        return {}
    errors = [one for one in found.findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError(
            "frozen versions cannot be relied on",
            errors,
            why="only what was frozen can be shown as that version",
            fix="bring the files back from version control or a backup",
        )
    return found.versions


def _no_version(key: str, version: str, versions: dict[str, tuple[FrozenVersion, ...]]) -> RenderError:
    known = [
        f"{name} {', '.join(one.version for one in ones)}"
        for name, ones in versions.items()
        if not key or name in _keys_of(key, versions)
    ]
    have = f"frozen versions are: {'; '.join(known)}" if known else "no version of it was frozen"
    if not key and not known:
        have = "no version of any document was frozen"
    what = f"{key} has no frozen version {version}" if key else f"no document has a frozen version {version}"
    return RenderError(what, why=have, fix="valgen freeze keeps the present version of a document", code="VG392")
