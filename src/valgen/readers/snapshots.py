"""Frozen versions of documents: the files below ``baselines/documents``.

    baselines/documents/URS/1.0.json             what the version rests on
    baselines/documents/URS/1.0.document.json    its blocks
    baselines/documents/_media/<sha256>          pictures of any version

Every file is checked against its digest; one that cannot be relied on is a finding and serves nothing. A project
without that folder pays one look for it.

Source: design.md §3.2, integrity.md D-1.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from valgen.codes import finding
from valgen.documents.blocks import Document
from valgen.documents.snapshot import (
    Altered,
    SnapshotError,
    document_bytes,
    file_digest,
    read_document,
    read_version,
    version_bytes,
)
from valgen.errors import Finding, VerificationError
from valgen.model.project import Paths
from valgen.model.version import FrozenVersion, version_order
from valgen.source import SourceLocation

FOLDER = "documents"
MEDIA = "_media"
_VERSION_ENDING = ".json"
_DOCUMENT_ENDING = ".document.json"
_PASSED_OVER = (".", "~$", "#")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenVersions:
    """Every frozen version of a project that can be relied on, and what is wrong with the others.

    Attributes:
        versions: document key to its versions, lowest first.
        findings: by place.
    """

    versions: dict[str, tuple[FrozenVersion, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def versions_folder(root: Path, paths: Paths) -> Path:
    """Return where the frozen versions of a project lie."""
    return root / paths.baselines / FOLDER


def frozen_digest(root: Path, paths: Paths) -> str:
    """Return the SHA-256, hex, of names and bytes of every file of frozen versions; empty where there is none."""
    folder = versions_folder(root, paths)
    if not folder.is_dir():
        return ""
    digest = hashlib.sha256()
    for name, path in _files(folder):
        try:
            data = path.read_bytes()
        except OSError as error:
            data = repr(error.errno).encode()
        digest.update(name.encode("utf-8", "surrogatepass") + b"\0" + hashlib.sha256(data).digest())
    return digest.hexdigest()


def read_versions(root: Path, paths: Paths, project_id: str) -> FrozenVersions:
    """Read every frozen version of a project.

    Args:
        root: folder of the project.
        paths: its folders.
        project_id: that a version must belong to.
    """
    folder = versions_folder(root, paths)
    if not folder.is_dir():
        return FrozenVersions()
    return _Reading(root=root, folder=folder, project_id=project_id).run()


def read_frozen_document(root: Path, paths: Paths, frozen: FrozenVersion) -> Document:
    """Read the blocks of a frozen version, with the places of its pictures.

    Raises:
        VerificationError: a file is missing or not what was frozen.
    """
    from dataclasses import replace

    place = document_path(frozen)
    try:
        document = read_document((root / place).read_bytes(), frozen)
    except (OSError, SnapshotError) as error:
        raise VerificationError(
            f"{place} cannot be used: {error}",
            why="only what was frozen can be shown as that version",
            fix="bring the file back from version control or a backup",
            code="VG384" if isinstance(error, Altered) else "VG383",
        ) from error
    folder = versions_folder(root, paths) / MEDIA
    for digest in frozen.media:
        path = folder / digest
        if not _is_media(path):
            raise VerificationError(
                f"picture {digest[:12]} of {frozen.key} {frozen.version} is missing or altered",
                why="the frozen version cannot be shown as it was",
                fix="bring the file back from version control or a backup",
                code="VG388",
            )
    return replace(document, media=tuple((digest, str((folder / digest).resolve())) for digest in frozen.media))


def files_of(frozen: FrozenVersion, document: Document) -> dict[str, bytes]:
    """Return the two files of a version, path relative to the project folder to bytes.

    Args:
        frozen: with its path; digests of the document need not be set.
        document: its blocks.
    """
    from dataclasses import replace

    data = document_bytes(document)
    whole = replace(frozen, document_sha256=file_digest(data), content_sha256=document.digest)
    return {document_path(frozen): data, frozen.path: version_bytes(whole)}


def kept_files(root: Path, paths: Paths, frozen: FrozenVersion) -> dict[str, bytes]:
    """Return every file that a frozen version is written again from, path relative to the project folder to bytes.

    The bytes are those that were written, whatever a system did to their last line end since.

    Raises:
        VerificationError: a file is missing or not what was frozen.
    """
    read_frozen_document(root, paths, frozen)
    found = {}
    try:
        for place in (frozen.path, document_path(frozen)):
            found[place] = (root / place).read_bytes().removesuffix(b"\n").removesuffix(b"\r") + b"\n"
        for digest in frozen.media:
            path = versions_folder(root, paths) / MEDIA / digest
            found[path.relative_to(root).as_posix()] = path.read_bytes()
        same = read_version(found[frozen.path], frozen.path) == frozen
    except (OSError, SnapshotError):
        same = False
    held = all(hashlib.sha256(found[name]).hexdigest() == Path(name).name for name in found if f"/{MEDIA}/" in name)
    if not same or not held or file_digest(found[document_path(frozen)]) != frozen.document_sha256:
        raise VerificationError(
            f"files of {frozen.key} {frozen.version} changed while they were read",
            why="what is signed must be exactly what was frozen",
            fix="see that nobody writes to the frozen versions, then try again",
            code="VG384",
        )
    return found


def document_path(frozen: FrozenVersion) -> str:
    """Return the path of the file with a version's blocks, relative to the project folder."""
    return frozen.path.removesuffix(_VERSION_ENDING) + _DOCUMENT_ENDING


def path_of(paths: Paths, key: str, version: str) -> str:
    """Return the path of a version's first file, relative to the project folder."""
    return f"{paths.baselines.rstrip('/')}/{FOLDER}/{key}/{version}{_VERSION_ENDING}"


@dataclass(slots=True)
class _Reading:
    root: Path
    folder: Path
    project_id: str
    found: dict[str, list[FrozenVersion]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def run(self) -> FrozenVersions:
        files = dict(_files(self.folder))
        for name, path in files.items():
            if name.startswith(f"{MEDIA}/"):
                self._medium(name, path)
            elif name.endswith(_DOCUMENT_ENDING) and name.count("/") == 1:
                owner = name.removesuffix(_DOCUMENT_ENDING) + _VERSION_ENDING
                if owner not in files:
                    self._add("VG387", f"the file of blocks has no {owner} beside it", path)
            elif name.endswith(_VERSION_ENDING) and name.count("/") == 1:
                self._version(name, path, files)
            else:
                self._add("VG387", "no file of a frozen version", path)
        versions = {
            key: tuple(sorted(ones, key=lambda one: version_order(one.version)))
            for key, ones in sorted(self.found.items())
        }
        return FrozenVersions(versions=versions, findings=tuple(self.findings))

    def _version(self, name: str, path: Path, files: dict[str, Path]) -> None:
        key, _, file = name.partition("/")
        data = self._bytes(path)
        if data is None:
            return
        try:
            frozen = read_version(data, self._place(path))
        except SnapshotError as error:
            self._add("VG384" if isinstance(error, Altered) else "VG383", str(error), path)
            return
        if frozen.project != self.project_id:
            self._add("VG385", f"it was frozen in the project {frozen.project or 'without id'}", path)
            return
        if (frozen.key, frozen.version) != (key, file.removesuffix(_VERSION_ENDING)):
            self._add("VG385", f"it holds {frozen.key} {frozen.version}", path)
            return
        blocks = name.removesuffix(_VERSION_ENDING) + _DOCUMENT_ENDING
        content = self._bytes(files[blocks]) if blocks in files else None
        if content is None:
            self._add("VG383", f"{blocks} is missing beside it", path)
            return
        if file_digest(content) != frozen.document_sha256:
            self._add("VG384", "the digest of the file is not the one that was frozen", files[blocks])
            return
        for digest in frozen.media:
            if not (self.folder / MEDIA / digest).is_file():
                self._add("VG388", f"picture {digest[:12]} of {key} {frozen.version} is missing", path)
        self.found.setdefault(key, []).append(frozen)

    def _medium(self, name: str, path: Path) -> None:
        if not _is_media(path):
            self._add("VG388", "the bytes of the picture are not those that its name states", path)

    def _bytes(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except OSError as error:
            self._add("VG383", f"it cannot be read: {error.strerror}", path)
            return None

    def _place(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _add(self, code: str, message: str, path: Path) -> None:
        self.findings.append(finding(code, message, SourceLocation(self._place(path))))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield every ordinary file with its path inside, in order; links are followed by nobody."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(_PASSED_OVER))
        for name in sorted(names):
            path = Path(place) / name
            if not name.startswith(_PASSED_OVER) and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def _is_media(path: Path) -> bool:
    try:
        return not path.is_symlink() and hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    except OSError:
        return False
