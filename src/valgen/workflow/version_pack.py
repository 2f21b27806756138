"""Write frozen versions into the pack: ``valgen build URS --version 1.0``.

The blocks are those that were frozen, so the files say what the version said whatever the project says today. An
approved version shows the signatures and the ledger as they were when the last of them was given, so it is the same
file for ever; one that was issued is the file that was issued; one that is not approved shows the signatures that it
has now. The look (Word template, logo, fonts) is the present one. Files stand beside those of the present documents,
under names with the version: ``word/URS-1.0.docx``, ``pdf/URS-1.0.pdf``, ``html/URS-1.0/URS.html``. The rest of the
pack stays as it is.

Source: design.md §3.2, §7 (build --version).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from valgen import __version__
from valgen.documents.blocks import Document
from valgen.errors import Finding, RenderError
from valgen.model.project import Settings
from valgen.readers.settings import read_settings
from valgen.workflow.load import cache_folder
from valgen.workflow.pack_folder import pack_before
from valgen.workflow.pack_manifest import write_manifest
from valgen.workflow.pack_place import replacing
from valgen.workflow.renditions import Renditions
from valgen.workflow.version_shown import FrozenDocument, frozen_documents
from valgen.workflow.writing import FILES_PER_DOCUMENT, Look, file_names, look_of, rendition

VERSION_FORMATS = ("docx", "pdf", "html")
"""Formats that a frozen version has; the workbook is made from the present matrix only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPack:
    """Frozen versions as files.

    Attributes:
        folder: of the pack.
        files: that were written, relative, sorted.
        documents: the frozen documents.
        superseded: document key to the version that took its place since.
        findings: what writers had to say.
    """

    folder: Path
    files: tuple[str, ...]
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    superseded: Mapping[str, str] = field(default_factory=dict)


def build_version(
    root: Path,
    version: str,
    *,
    only: Sequence[str] = (),
    formats: Collection[str] = VERSION_FORMATS,
    output: Path | None = None,
    fresh: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> VersionPack:
    """Write frozen versions of documents into the pack.

    Args:
        root: folder of the project.
        version: such as ``1.0``.
        only: document keys or keys of the register; empty for every document that has this version.
        formats: of ``VERSION_FORMATS``; others are passed over.
        output: folder of the pack; as the settings say when None.
        fresh: write every file anew, taking nothing from the user's cache folder.
        progress: told what is being written.

    Raises:
        RenderError: a document has no such version, or a file cannot be written.
        VerificationError: what was frozen is no longer as it was.
    """
    chosen = frozen_documents(root, only, version)
    settings, _ = read_settings(root)
    keys = [one.frozen.key for one in chosen]
    look = look_of(root, settings, [*keys, *(key.rpartition("-")[0] or key for key in keys)])
    shown = tuple(replace(one, document=look.dress(one.document)) for one in chosen)
    folder = output or root / settings.paths.output
    try:
        pack_before(folder, root, settings.paths)  # nothing is written beside what is no pack
        with replacing(folder) as work:
            if pack_before(folder, root, settings.paths) is not None:
                shutil.copytree(folder, work, dirs_exist_ok=True)
            kept = Renditions(None if fresh else cache_folder())
            names: list[str] = []
            findings: list[Finding] = []
            for one in shown:
                made, said = _write(one, version, work, formats, look, kept, progress)
                names += made
                findings += said
            _seal(work, shown, version, settings)
    except OSError as error:
        raise RenderError(
            f"the pack cannot be written to {folder}: {error.strerror or error}",
            why="the pack before, if there was one, is as it was",
            fix="see that the disk has room and that you may write there, or name another folder with --output",
        ) from error
    return VersionPack(
        folder=folder,
        files=tuple(sorted(names)),
        documents=tuple(one.document for one in shown),
        findings=tuple(dict.fromkeys(findings)),
        superseded={one.frozen.key: one.now.superseded_by for one in shown if one.now and one.now.superseded_by},
    )


def _write(
    one: FrozenDocument,
    version: str,
    work: Path,
    formats: Collection[str],
    look: Look,
    kept: Renditions,
    progress: Callable[[str], None],
) -> tuple[list[str], list[Finding]]:
    digests = one.document.digests
    key = f"{one.frozen.key}-{version}"
    names: list[str] = []
    findings: list[Finding] = []
    for form, (place, _) in FILES_PER_DOCUMENT.items():
        if form not in formats:
            continue
        made = one.issued.rendition(one.frozen.key, form) or rendition(one.document, form, digests, look, kept)
        (work / place).mkdir(exist_ok=True)
        for name, data in zip(file_names(form, key, len(made.files)), made.files, strict=True):
            progress(name)
            (work / name).write_bytes(data)
            names.append(name)
        findings += made.findings
    for name, data in one.issued.certificates([one.frozen.key]):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_bytes(data)
        names.append(name)
    if "html" in formats:
        from valgen.writers.html.site import build_site

        site = work / "html" / key
        progress(f"html/{key}/")
        if site.exists():
            shutil.rmtree(site)
        title = f"{one.document.number} {one.document.title}, version {version}"
        build_site((one.document,), site, title=title, fingerprints={one.document.key: digests.shown})
        names += [path.relative_to(work).as_posix() for path in site.rglob("*") if path.is_file()]
    return names, findings


def _seal(work: Path, chosen: Sequence[FrozenDocument], version: str, settings: Settings) -> None:
    """Name the new files in the list of the pack, or begin one."""
    place = work / "manifest.json"
    manifest: dict[str, Any] = (
        json.loads(place.read_text(encoding="utf-8"))
        if place.is_file()
        else {
            "project": settings.project_id,
            "system": {"name": settings.system.name, "version": settings.system.version},
            "tool": f"valgen {__version__}",
            "dry_run": False,
            "documents": [],
        }
    )
    new = [
        {
            "key": one.frozen.key,
            "number": one.frozen.number,
            "version": one.frozen.version,
            "status": one.document.status,
            "content_sha256": digests.content,
            "shown_sha256": digests.shown,
        }
        for one, digests in ((one, one.document.digests) for one in chosen)
    ]
    held = {(entry["key"], entry["version"]): entry for entry in (*manifest.get("versions", []), *new)}
    manifest["versions"] = [held[name] for name in sorted(held)]
    if any("DRY RUN" in one.document.marks for one in chosen):
        manifest["dry_run"] = True
    manifest["files"] = [
        {
            "path": path.relative_to(work).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in sorted(work.rglob("*"))
        if path.is_file() and path != place
    ]
    write_manifest(work, manifest)
