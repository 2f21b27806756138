"""The files of a project as bytes, before anything but the settings is understood of them.

Whoever asks twice for the same bytes gets the same answer, so a digest of the sources tells whether an earlier answer
still holds: it covers the settings, every file that is read, and the names of all files that are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from valgen.errors import Finding
from valgen.model.project import Settings, SourceFile
from valgen.readers.folders import Listing, list_files
from valgen.readers.settings import read_settings, unusable

# Files directly in requirements that hold no items.
REGISTER = "documents.yaml"
APPLICABILITY = "applicability.yaml"


@dataclass(slots=True)
class Sources:
    """Everything that the readers look at.

    Attributes:
        findings: about the settings.
        listing: None where the settings cannot be used, so that nothing is known about the project.
        contents: bytes by path, relative to the project folder.
        files: digests of the same.
        failures: path to the reason for every file that could not be read.
    """

    root: Path
    settings: Settings
    findings: tuple[Finding, ...]
    listing: Listing | None = None
    contents: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """Return the SHA-256, hex, of all that decides what the readers say; figures of items are left out."""
        digests = sorted((path, file.sha256) for path, file in self.files.items())
        told = (self.settings, self.findings, self.listing, digests, sorted(self.failures.items()))
        return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def read_sources(root: Path) -> Sources:
    """Read the settings and the bytes of every file that belongs to the project in ``root``."""
    settings, findings = read_settings(root)
    sources = Sources(root=root, settings=settings, findings=findings)
    if unusable(findings):
        return sources
    listing = list_files(root, settings.paths, (REGISTER, APPLICABILITY))
    sources.listing = listing
    for path in _paths(settings, listing):
        try:
            data = (root / path).read_bytes()
        except OSError as error:
            sources.failures[path] = str(error.strerror)
            continue
        sources.contents[path] = data
        sources.files[path] = SourceFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
    return sources


def _paths(settings: Settings, listing: Listing) -> Iterable[str]:
    lists = (listing.items, listing.features, listing.code, listing.special.values(), listing.prose)
    return dict.fromkeys([settings.file, *(path for paths in lists for path in paths)])
