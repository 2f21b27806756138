"""What is kept of a pack so that the next build need not make all of it again.

The *key* of a pack covers everything that any document may show except the bodies of items, test cases and prose
(``watched``), and the code that makes it. Of each document it is kept which bodies were read while it was made. It lies
in the user's cache folder, is guarded against damage, belongs to one key, and may be deleted at any time.

``renewal`` says what follows. Source: docs/decisions/0032-packs-renewed.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valgen.documents.blocks import Document, Section, Shows, SignaturePlace
from valgen.documents.context import Context
from valgen.documents.places import asked_for
from valgen.model.signature import Approvals, DocumentStatus
from valgen.readers.packs import pack_file, pack_findings, read_pack, write_pack
from valgen.trace.results import CaseStatus
from valgen.workflow.evidence_copy import EvidenceCopy
from valgen.workflow.load import cache_folder
from valgen.workflow.pack import pages
from valgen.workflow.pack_write import (
    DATA,
    SITE,
    Digest,
    Plan,
    Said,
)
from valgen.workflow.renditions import writers_digest
from valgen.workflow.watched import Watched
from valgen.workflow.writing import Look
from valgen.writers.html.renewed import SiteFacts

if TYPE_CHECKING:  # most projects that are built have no ledger to read
    from valgen.records.signing_reader import SigningRecords

_FORMAT = 1
_VALUES = 6
# Of these, everything that counts is in the key by other means; whatever else a context has or will have is in it.
_OTHERWISE = frozenset({"project", "graph", "matrix", "media", "figures", "templates", "versions", "making", "memo"})
_FACTS = tuple(field.name for field in fields(Context) if field.name not in _OTHERWISE)
_STANDING = tuple(field.name for field in fields(CaseStatus) if field.name not in {"attempt", "planned"})
_LIBRARIES = ("docutils", "jinja2", "markdown-it-py", "openpyxl", "pygments", "sphinx")
_WHOLE = ("sections", "media")
_HEAD = tuple(field.name for field in fields(Document) if field.name not in _WHOLE)

_WRITTEN_ANEW = ("evidence/", "README.html", "verify.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDocument:
    """What is kept of a document.

    Attributes:
        head: its fields but content and media.
        asks: role and meaning of each signature that it asks for.
        digests: content and shown.
        anchors: digest of the ids that the workbook links to; empty without one.
        read: numbers of the bodies that were read for it.
        bodies: digest of those.
        said: format to what its writer had to say, packed.
    """

    head: tuple[Any, ...]
    asks: tuple[tuple[str, str], ...]
    digests: tuple[str, str]
    anchors: str
    read: tuple[int, ...]
    bodies: bytes
    said: dict[str, list[tuple[Any, ...]]]

    def stub(self) -> Document:
        """Return the document without its content."""
        place = SignaturePlace(Shows.APPROVALS, asks=self.asks)
        sections = (Section("", "", (place,)),) if self.asks else ()
        return Document(**dict(zip(_HEAD, self.head, strict=True)), sections=sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a pack.

    Attributes:
        documents: by key, in the order of the pack.
        parts: numbers of the bodies that were read for site and data, with the digest of those.
        site: facts of the site; None without one.
        places: anchor to page, for the workbook; None without one.
        approvals: digest of what the signatures made of documents.
        files: path to SHA-256 and size of every file that can be taken over.
    """

    documents: dict[str, KeptDocument]
    parts: dict[str, tuple[tuple[int, ...], bytes]]
    site: SiteFacts | None
    places: dict[str, str] | None
    approvals: str
    files: dict[str, Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a build rests on.

    Attributes:
        root: folder of the project.
        watched: the project.
        context: of the same.
        records: what its ledger says of signatures; None without one.
        look: of the project.
        evidence: what the pack takes along.
        formats: that are written.
        around: what the folder of templates and frozen versions said before anything was made from them.
    """

    root: Path
    watched: Watched
    context: Context
    records: SigningRecords | None
    look: Look
    evidence: EvidenceCopy
    formats: tuple[str, ...]
    around: tuple[str, ...]


def ground_key(ground: Ground) -> bytes:
    """Return the digest of everything that a document may show, bodies left out, and of the code that makes it."""
    context, look, records = ground.context, ground.look, ground.records
    standings = [
        (key, [getattr(one, name) for name in _STANDING])
        for results in (context.matrix.formal, context.matrix.dry)
        for key, one in results.items()
    ]
    told = (
        sorted(ground.formats), context.project.settings, standings, sorted(context.media),
        sorted(context.figures.items()), sorted(context.templates),
        [(name, getattr(context, name)) for name in _FACTS],
        records.issued if records is not None else (), ground.around, look.logo[0], look.fonts_digest,
    )  # fmt: skip
    digest = hashlib.sha256(repr((_FORMAT, sys.version, writers_digest(), *_around())).encode())
    digest.update(ground.watched.heads)
    digest.update(repr(told).encode("utf-8", "surrogatepass"))
    return digest.digest()


def kept_pack(root: Path, key: bytes) -> Kept | None:
    """Return what is kept of the last pack of a project; None where it rested on something else, or is damaged."""
    folder = cache_folder()
    values = read_pack(pack_file(folder, "pack", root), key) if folder is not None else None
    if not isinstance(values, tuple) or len(values) != _VALUES:
        return None
    documents, parts, site, places, approvals, files = values
    try:
        return Kept(
            documents={name: KeptDocument(**one) for name, one in documents.items()},
            parts=parts,
            site=None if site is None else SiteFacts.of_plain(site),
            places=places,
            approvals=approvals,
            files=files,
        )
    except (TypeError, ValueError, AttributeError):
        return None


def keep_pack(root: Path, key: bytes, kept: Kept) -> None:
    """Keep what the pack of a project rests on."""
    folder = cache_folder()
    if folder is not None:
        documents = {
            name: {field.name: getattr(one, field.name) for field in fields(one)}
            for name, one in kept.documents.items()
        }
        site = kept.site.plain() if kept.site is not None else None
        with contextlib.suppress(ValueError):  # a value that cannot be kept: the next build is a whole one
            write_pack(
                pack_file(folder, "pack", root),
                key,
                (documents, kept.parts, site, kept.places, kept.approvals, kept.files),
            )


def kept_of(
    ground: Ground, plan: Plan, said: Said, site: SiteFacts | None, files: Mapping[str, Digest], approvals: Approvals
) -> Kept:
    """Return what is to be kept of a pack that was built as a whole."""
    reads = ground.context.memo.reads
    workbook = "xlsx" in plan.formats
    return Kept(
        documents={
            one.key: kept_document(ground, one, plan, said, workbook=workbook) for one in plan.documents
        },
        parts={name: read_bodies(ground, reads.get(name, ())) for name in (SITE, DATA)},
        site=site,
        places=pages(plan.documents) if workbook else None,
        approvals=approvals_digest(approvals),
        files=lasting(files),
    )  # fmt: skip


def kept_document(ground: Ground, document: Document, plan: Plan, said: Said, *, workbook: bool) -> KeptDocument:
    """Return what is to be kept of a document that was made.

    Args:
        ground: what it rests on.
        document: with its signatures.
        plan: of the pack.
        said: what writers had to say.
        workbook: whether the pack has one, which links to ids.
    """
    read, bodies = read_bodies(ground, ground.context.memo.reads.get(document.key, ()))
    return KeptDocument(
        head=head_of(document),
        asks=asked_for(document),
        digests=(plan.digests[document.key].content, plan.digests[document.key].shown),
        anchors=anchors_of(document) if workbook else "",
        read=read,
        bodies=bodies,
        said={form: pack_findings(said[form, key]) for form, key in said if key == document.key},
    )


def read_bodies(ground: Ground, numbers: Collection[int]) -> tuple[tuple[int, ...], bytes]:
    """Return numbers of bodies, sorted, with their digest."""
    read = tuple(sorted(numbers))
    return read, ground.watched.digest(read) or b""


def head_of(document: Document) -> tuple[Any, ...]:
    """Return the fields of a document but content and media."""
    return tuple(getattr(document, name) for name in _HEAD)


def anchors_of(document: Document) -> str:
    """Return a digest of the ids in a document that the workbook links to."""
    return hashlib.sha256(repr(sorted(pages((document,)))).encode("utf-8", "surrogatepass")).hexdigest()


def approvals_digest(approvals: Approvals) -> str:
    """Return a digest of approvals; the content of a draft that nobody has signed may change."""
    told = [
        (key, replace(one, content="") if one.status is DocumentStatus.DRAFT and not _signed(one) else one)
        for key, one in sorted(approvals.items())
    ]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _signed(one: Any) -> bool:
    return bool(one.signatures or one.rejections or one.uncounted or one.elsewhere)


def lasting(files: Mapping[str, Digest]) -> dict[str, Digest]:
    """Return the files of a pack that may be taken over: none of the evidence, nor what every build writes anew."""
    return {
        name: one for name, one in files.items() if not name.startswith(("evidence/", "README.html", "verify.html"))
    }


def _around() -> Iterator[str]:
    """Yield what decides what is made beside the project: valgen's own code, libraries, shipped templates."""
    from importlib import metadata

    import valgen
    from valgen.documents.shipped import shipped_folder

    package = Path(valgen.__file__).parent
    for place, folders, names in os.walk(package):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        for name in sorted(names):
            status = (Path(place) / name).stat()
            yield f"{place} {name} {status.st_size} {status.st_mtime_ns}"
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield f"{name} {metadata.version(name)}"
    for path in sorted(shipped_folder().rglob("*")):
        if path.is_file():
            yield f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
