"""Build the validation pack: documents in every format, matrix, data, attachments, manifest.

``build`` appends nothing to any record; equal inputs give equal bytes. Everything is written beside the pack first
and moved into place at the end, so a failed build leaves the last pack as it was. A project whose files cannot be
read completely gets no pack, because a document made from it would leave something out without saying so; gaps in
coverage and failing tests do get one, in which they are rows.

Source: design.md §6, §7 (build).
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.documents.blocks import Document
from valgen.documents.context import Context
from valgen.errors import Finding, RenderError, SourceError
from valgen.model.outcome import RunMode
from valgen.readers.snapshots import frozen_digest
from valgen.workflow.assembling import Issued, assemble_documents, issued_documents
from valgen.workflow.evidence_copy import read_evidence
from valgen.workflow.issued_files import issued_files
from valgen.workflow.kept_pack import Ground, ground_key, keep_pack, kept_of, kept_pack
from valgen.workflow.load import (
    Loaded,
    cache_folder,
    dry_folder,
    ledger_folder,
    load,
    load_executed,
    load_signing,
    make_context,
)
from valgen.workflow.pack import is_dry, pages, views
from valgen.workflow.pack_folder import Before, changed_documents, pack_before, take_over
from valgen.workflow.pack_place import replacing
from valgen.workflow.pack_write import (
    DATA,
    Plan,
    Progress,
    Said,
    seal,
    write_data,
    write_documents,
    write_evidence,
    write_site,
    write_workbook,
)
from valgen.workflow.renewal import NotRenewed, Renewal, findings_in_order
from valgen.workflow.templates import templates_state
from valgen.workflow.watched import watched
from valgen.workflow.writing import FILES_PER_DOCUMENT, is_file_of, look_of

if TYPE_CHECKING:
    from valgen.writers.html.renewed import SiteFacts

__all__ = ["FORMATS", "Issued", "Pack", "assemble_documents", "build", "issued_documents"]

FORMATS = ("docx", "pdf", "html", "xlsx")
_AMBIGUOUS = frozenset({"VG140", "VG230"})
# Frozen versions that cannot be relied on: documents compare with them and refer to them.
_ALTERED = frozenset({"VG383", "VG384", "VG385", "VG388"})

# What a format writes as a whole, whichever documents are chosen.
_MAIN_FILES = {"html": "html/index.html", "xlsx": "excel/RTM.xlsx"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A finished build.

    Attributes:
        folder: of the pack.
        files: every file of the pack, relative, sorted.
        documents: what was written.
        dry_run: whether results in it are those of dry runs.
        findings: what writers had to say, such as characters that no font shows.
    """

    folder: Path
    files: tuple[str, ...]
    documents: tuple[Document, ...]
    dry_run: bool
    findings: tuple[Finding, ...] = ()


def build(
    root: Path,
    *,
    only: Sequence[str] = (),
    formats: Collection[str] = FORMATS,
    output: Path | None = None,
    fresh: bool = False,
    progress: Progress = lambda text: None,
) -> Pack:
    """Build the pack of a project.

    Args:
        root: folder of the project.
        only: document keys, such as ``URS`` or ``OQ-report``; empty for all. Others already in the pack stay, or
            are renewed where their content has changed since.
        formats: of ``FORMATS``.
        output: folder of the pack; as the settings say when None.
        fresh: write every file anew, taking nothing from the user's cache folder.
        progress: told what is being written.

    Raises:
        SourceError: files or templates have mistakes; every one is carried.
        RenderError: a key is unknown, or a file cannot be written.
        VerificationError: records or attachments were altered.
    """
    with _without_collecting():
        ground = _ground(root, formats, fresh=fresh)
        folder = output or root / ground.context.project.settings.paths.output
        try:
            key = b"" if fresh or only or cache_folder() is None else ground_key(ground)
            pack = _renewed(folder, ground, key, progress) if key else None
            return pack or _built(folder, ground, key, only, fresh, progress)
        except OSError as error:
            raise RenderError(
                f"the pack cannot be written to {folder}: {error.strerror or error}",
                why="a half-written pack would be taken for complete; the pack before, if there was one, is as it was",
                fix="see that the disk has room and that you may write there, or name another folder with --output",
            ) from error


def _ground(root: Path, formats: Collection[str], *, fresh: bool) -> Ground:
    """Read and check everything that the pack rests on."""
    loaded = load(root, cached=not fresh)
    _refuse_unreadable(loaded)
    evidence = read_evidence(root, loaded.project)
    executed = load_executed(root, loaded.project)
    runs = executed.runs
    if runs:
        from valgen.records import check_evidence

        check_evidence(dry_folder(root, loaded.project), [run for run in runs if run.mode is RunMode.DRY])
        check_evidence(ledger_folder(root, loaded.project), [run for run in runs if run.mode is RunMode.FORMAL])
    records = load_signing(root, loaded.project)
    paths = loaded.project.settings.paths
    around = (frozen_digest(root, paths), templates_state(root, loaded.project.settings))
    noticing = watched(loaded)
    return Ground(
        root=root,
        watched=noticing,
        context=make_context(noticing.loaded, executed, records, memo=noticing.memo),
        records=records,
        look=look_of(root, loaded.project.settings, [one.key for one in loaded.project.documents]),
        evidence=evidence,
        formats=tuple(form for form in FORMATS if form in formats),
        around=around,
    )


def _renewed(folder: Path, ground: Ground, key: bytes, progress: Progress) -> Pack | None:
    """Renew the pack that lies in its folder; None where it must be built as a whole."""
    kept = kept_pack(ground.root, key)
    if kept is None or not (folder / "manifest.json").is_file():
        return None
    paths = ground.context.project.settings.paths
    pack_before(folder, ground.root, paths)  # nothing is written beside what is no pack
    try:
        with replacing(folder) as work:
            before = pack_before(folder, ground.root, paths)
            if before is None:
                raise NotRenewed
            plan, said, now, files = Renewal(ground, kept, folder, before).write(work, progress)
    except NotRenewed:
        return None
    keep_pack(ground.root, key, now)
    return _pack(folder, ground, plan, files, findings_in_order(plan, said))


def _built(folder: Path, ground: Ground, key: bytes, only: Sequence[str], fresh: bool, progress: Progress) -> Pack:
    """Build the pack beside its folder and move it into place; keep what it rests on where a key is given."""
    root, context = ground.root, ground.context
    made = issued_documents(root, context)
    documents = tuple(ground.look.dress(one) for one in made.documents)
    digests = {one.key: one.digests for one in documents}
    plan = Plan(
        documents=documents,
        digests=digests,
        chosen=tuple(_chosen(documents, only)),
        formats=ground.formats,
        look=ground.look,
        kept=None if fresh else cache_folder(),
        evidence=ground.evidence,
        issued=issued_files(ground.records, documents, digests),
    )
    pack_before(folder, root, context.project.settings.paths)  # nothing is written beside what is no pack
    with replacing(folder) as work:
        before = pack_before(folder, root, context.project.settings.paths)
        if only and before is not None:
            plan = _renew(folder, work, before, plan)
        said, site = _write(work, context, plan, progress)
        files = seal(work, context, plan, {})
    if key:
        keep_pack(root, key, kept_of(ground, plan, said, site, files, made.approvals))
    return _pack(folder, ground, plan, files, findings_in_order(plan, said))


def _pack(folder: Path, ground: Ground, plan: Plan, files: Collection[str], findings: tuple[Finding, ...]) -> Pack:
    return Pack(
        folder=folder,
        files=tuple(sorted((*files, "manifest.json"))),
        documents=plan.chosen,
        dry_run=is_dry(ground.context),
        findings=findings,
    )


def _write(work: Path, context: Context, plan: Plan, progress: Progress) -> tuple[Said, SiteFacts | None]:
    """Write every file of the pack but its list; return what the writers had to say, and facts of the site."""
    said = write_documents(work, plan, plan.chosen, progress)
    names = write_evidence(work, context, plan)
    site = None
    if "html" in plan.formats:
        progress(f"html/ ({len(plan.documents)} documents)")
        site = write_site(work, context, plan, names)
    with context.memo.reading(DATA):
        tables = views(context)
        if "xlsx" in plan.formats:
            progress("excel/RTM.xlsx")
            write_workbook(work, context, plan, tables, pages(plan.documents))
        progress("data/")
        write_data(work, context, names, tables)
    return said, site


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector from walking hundreds of thousands of blocks, none of which is garbage."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.freeze()
            gc.unfreeze()  # both: what was made counts as old, or the next allocation would have all of it walked
            gc.enable()


def _refuse_unreadable(loaded: Loaded) -> None:
    from valgen.workflow.check import blocking, check_loaded

    errors = list(blocking(loaded.project, loaded.project.findings))
    errors += [one for one in check_loaded(loaded).findings if one.code in _AMBIGUOUS | _ALTERED and one not in errors]
    if errors:
        raise SourceError(
            f"{len(errors)} mistake{'s keep' if len(errors) != 1 else ' keeps'} the files from being read completely",
            errors,
            why="a document made now would leave something out without saying so",
            fix="mend them, then build again",
        )


def _chosen(documents: Sequence[Document], only: Sequence[str]) -> list[Document]:
    if not only:
        return list(documents)
    chosen = []
    for name in only:
        found = [one for one in documents if name in (one.key, one.type) or one.key.startswith(f"{name}-")]
        if not found:
            keys = ", ".join(one.key for one in documents)
            raise RenderError(
                f"the pack has no document {name}",
                why=f"its documents are {keys}",
                code="VG901",
                fix="name one of them, or leave it out to build all",
            )
        chosen += [one for one in found if one not in chosen]
    return chosen


def _renew(folder: Path, work: Path, before: Before, plan: Plan) -> Plan:
    """Take over the pack before; return what must be written so that the pack is of one state."""
    known = [
        (name, form, one)
        for form in FILES_PER_DOCUMENT
        for one in plan.documents
        for name in before.files
        if is_file_of(name, form, one.key)
    ]
    changed = changed_documents(before, plan.shown)
    written = {one.key for one in plan.chosen}
    folders = tuple(f"{place}/" for place, _ in FILES_PER_DOCUMENT.values())
    owned = {name for name, _, _ in known}
    gone = [name for name in before.files if name.startswith(folders) and name not in owned]
    formats = set(plan.formats)
    chosen = plan.chosen
    if changed or gone:
        formats |= {form for form, name in _MAIN_FILES.items() if name in before.files}
        outdated = {one.key for name, form, one in known if one.key in changed}
        formats |= {form for name, form, one in known if one.key in outdated}
        chosen += tuple(one for one in plan.documents if one.key in outdated and one.key not in written)
        written |= outdated
    replaced = [name for name, form, one in known if form in formats and one.key in written]
    whole = [f"{name.split('/')[0]}/" for form, name in _MAIN_FILES.items() if form in formats]
    take_over(folder, work, before, [*replaced, *gone, *whole])
    return replace(plan, chosen=chosen, formats=formats)
