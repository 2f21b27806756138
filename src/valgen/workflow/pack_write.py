"""Write the parts of a pack into a folder: documents, site, workbook, data, evidence, list of files.

What is written, a plan says; whether all of it or parts of an earlier pack are kept, ``publish`` and ``renewal``
decide.

Source: design.md §6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.documents.blocks import Document
from valgen.documents.context import Context
from valgen.documents.digests import Digests
from valgen.errors import Finding
from valgen.workflow.evidence_copy import EvidenceCopy
from valgen.workflow.issued_files import IssuedFiles
from valgen.workflow.pack import Views, attachments, data_files, is_dry, pack_readme, workbook
from valgen.workflow.pack_manifest import write_manifest
from valgen.workflow.renditions import Renditions
from valgen.workflow.writing import FILES_PER_DOCUMENT, Look, file_names, kept_site_folder, rendition

if TYPE_CHECKING:
    from valgen.writers.html.renewed import SiteFacts

Progress = Callable[[str], None]
Attachments = Mapping[tuple[str, str], str]
"""(run id, evidence id) to the path of an attachment within the pack."""

Digest = tuple[str, int]
"""SHA-256, hex, and size in bytes of a file."""

Said = dict[tuple[str, str], tuple[Finding, ...]]
"""(format, key of a document) to what its writer had to say."""


SITE, DATA = " site", " data"
"""Purposes for which parts of a project are read, beside the keys of documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one build writes.

    Attributes:
        documents: every document of the pack.
        digests: key to its digests.
        chosen: documents that get files of their own now.
        formats: of ``FORMATS``.
        look: of the project.
        kept: folder of what earlier builds made; None to make everything anew.
        evidence: what the pack takes along so that it proves itself.
        issued: files of documents that were issued, which the pack shows as they are.
    """

    documents: tuple[Document, ...]
    digests: Mapping[str, Digests]
    chosen: tuple[Document, ...]
    formats: Collection[str]
    look: Look
    kept: Path | None
    evidence: EvidenceCopy
    issued: IssuedFiles

    @property
    def contents(self) -> dict[str, str]:
        """Key of each document to the digest of its content, which signatures cover."""
        return {key: digests.content for key, digests in self.digests.items()}

    @property
    def shown(self) -> dict[str, str]:
        """Key of each document to the digest of everything that it shows, which decides what is written anew."""
        return {key: self.issued.shown(key, digests.shown) for key, digests in self.digests.items()}


def write_documents(work: Path, plan: Plan, documents: Iterable[Document], progress: Progress) -> Said:
    """Write the files of documents in every format that gives each its own; return what the writers had to say."""
    said: Said = {}
    kept = Renditions(plan.kept)
    documents = tuple(documents)
    for form, (place, _) in FILES_PER_DOCUMENT.items():
        if form not in plan.formats:
            continue
        (work / place).mkdir(exist_ok=True)
        for document in documents:
            progress(file_names(form, document.key, 1)[0])
            made = plan.issued.rendition(document.key, form)
            made = made or rendition(document, form, plan.digests[document.key], plan.look, kept)
            for name, data in zip(file_names(form, document.key, len(made.files)), made.files, strict=True):
                (work / name).write_bytes(data)
            said[form, document.key] = made.findings
    kept.tidy()
    return said


def write_evidence(work: Path, context: Context, plan: Plan) -> Attachments:
    """Write what a pack takes along so that it proves itself, and the attachments of all runs."""
    plan.evidence.write(work)
    for name, data in plan.issued.certificates([one.key for one in plan.documents]):
        (work / name).write_bytes(data)
    return attachments(work, context)


def site_title(context: Context) -> str:
    """Return the title of the HTML site."""
    settings = context.project.settings
    return " ".join(part for part in (settings.project_id, settings.project_name) if part) or "Validation pack"


def write_site(work: Path, context: Context, plan: Plan, names: Attachments) -> SiteFacts | None:
    """Write the HTML site; return what is needed to renew pages of it, None where nothing is kept."""
    from valgen.documents.interactive import site_data
    from valgen.writers.html.site import build_site

    with context.memo.reading(SITE):
        data = site_data(context, plan.documents, names)
    with kept_site_folder(plan.look.root, plan.kept) as made:
        return build_site(
            plan.documents,
            work / "html",
            title=site_title(context),
            doctree_cache=made,
            fingerprints=plan.shown,
            data=data,
        )


def write_workbook(work: Path, context: Context, plan: Plan, tables: Views, places: Mapping[str, str]) -> None:
    """Write the RTM workbook.

    Args:
        work: folder of the pack.
        context: of the project.
        plan: what is written.
        tables: of ``pack.views``.
        places: anchor to HTML page, of ``pack.pages``.
    """
    from valgen.writers.xlsx import write_workbook as workbook_bytes

    (work / "excel").mkdir(exist_ok=True)
    book = workbook(context, plan.documents, tables, plan.contents)
    (work / "excel" / "RTM.xlsx").write_bytes(workbook_bytes(book, pages=places))


def write_data(work: Path, context: Context, names: Attachments, tables: Views) -> None:
    """Write the rows of the matrix for programs."""
    (work / "data").mkdir(exist_ok=True)
    for name, content in data_files(context, names, tables).items():
        (work / "data" / name).write_bytes(content)


def file_digest(path: Path) -> Digest:
    """Return SHA-256 and size of a file."""
    data = path.read_bytes()
    return hashlib.sha256(data).hexdigest(), len(data)


def seal(work: Path, context: Context, plan: Plan, known: Mapping[str, Digest]) -> dict[str, Digest]:
    """Write the page that tells where to start and the list of all files; return the digest of each file.

    Args:
        work: folder of the pack, everything else written.
        context: of the project.
        plan: what was written.
        known: SHA-256 and size of files that were taken over and checked.
    """
    documents = plan.documents
    files = [path.relative_to(work).as_posix() for path in sorted(work.rglob("*")) if path.is_file()]
    (work / "README.html").write_text(pack_readme(context, documents, files), encoding="utf-8", newline="\n")
    names = sorted({*(name for name in files if name != "manifest.json"), "README.html"})
    ledger = {"ledger": plan.evidence.head} if plan.evidence.head else {}
    digests = {name: known.get(name) or file_digest(work / name) for name in names}
    entries = [{"path": name, "sha256": one[0], "size": one[1]} for name, one in digests.items()]
    settings = context.project.settings
    manifest = {
        "project": settings.project_id,
        "system": {"name": settings.system.name, "version": settings.system.version},
        "tool": context.tool,
        "dry_run": is_dry(context),
        **ledger,
        "documents": [
            {
                "key": one.key,
                "number": one.number,
                "version": one.version,
                "status": one.status,
                "content_sha256": plan.digests[one.key].content,
                "shown_sha256": plan.shown[one.key],
            }
            for one in documents
        ],
        "files": entries,
    }
    write_manifest(work, manifest)
    return digests
