"""The files of documents that were issued, as the ledger keeps them.

A version is written once, when it is issued; from then on every pack shows these files, byte for byte. What a pack
holds of an issued version is therefore what the record of its issue names.

Reads only. Source: design.md §6, §7 (build --issue); integrity.md D-2, D-4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from valgen.documents.blocks import Document
from valgen.documents.digests import Digests
from valgen.documents.issue import registered_version
from valgen.model.signature import DocumentStatus
from valgen.workflow.renditions import Rendition
from valgen.workflow.writing import FILES_PER_DOCUMENT, is_file_of

if TYPE_CHECKING:  # most projects that are built have no ledger to read
    from valgen.records.signing_reader import IssuedVersion, SigningRecords

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
"""Formats in which documents are issued, each with the media type of its files."""

CERTIFICATE = "application/x-pem-file"
"""Media type of the certificate that the seal of a PDF file is checked by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedFiles:
    """What was issued of the documents of one pack.

    Attributes:
        records: of the ledger; None without one.
        versions: key of a document to the record of its issue.
    """

    records: SigningRecords | None = None
    versions: Mapping[str, IssuedVersion] = field(default_factory=dict)

    def rendition(self, key: str, form: str) -> Rendition | None:
        """Return the files of a document in a format as they were issued; None when it was not issued.

        Raises:
            VerificationError: the ledger does not hold them any more, or they were altered.
        """
        one = self.versions.get(key)
        if one is None or self.records is None:
            return None
        names = [file for file in one.files if is_file_of(file.name, form, key)]
        return Rendition(files=tuple(self.records.blob(file.sha256) for file in names)) if names else None

    def certificates(self, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of the certificates that the seals of documents are checked by."""
        for key in keys:
            one = self.versions.get(key)
            if one is not None and self.records is not None:
                for file in one.files:
                    if file.media_type == CERTIFICATE:
                        yield file.name, self.records.blob(file.sha256)

    def shown(self, key: str, digest: str) -> str:
        """Return the digest of everything that a document shows, which is another one once it was issued."""
        one = self.versions.get(key)
        if one is None:
            return digest
        return hashlib.sha256(" ".join((digest, *(file.sha256 for file in one.files))).encode()).hexdigest()


def issued_files(
    records: SigningRecords | None, documents: Sequence[Document], digests: Mapping[str, Digests]
) -> IssuedFiles:
    """Return what was issued of documents as they are now.

    Args:
        records: of the ledger; None without one.
        documents: with their signatures; drafts and other content than was issued have no issued files.
        digests: key to its digests.
    """
    if records is None or not records.issued:
        return IssuedFiles(records=records)
    found = {}
    for document in documents:
        one = records.issue_of(document.key, registered_version(document))
        approved = document.status == DocumentStatus.APPROVED
        if one is not None and approved and one.content == digests[document.key].content:
            found[document.key] = one
    return IssuedFiles(records=records, versions=found)


def all_forms() -> tuple[str, ...]:
    """Return the formats in which every document is issued."""
    return tuple(form for form in FILES_PER_DOCUMENT if form in MEDIA_TYPES)
