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
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.documents.blocks import Digests, Document
from valgen.documents.catalog import DocumentSpec, item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.issue import Beside, approvals_of, issued, registered_version
from valgen.documents.release import RESTS_ON_APPROVALS
from valgen.documents.shipped import find_template, writable
from valgen.documents.template import assemble
from valgen.errors import Finding, RenderError, Severity, SourceError
from valgen.model.outcome import RunMode
from valgen.model.signature import Approvals
from valgen.workflow.approve_standing import signed_documents
from valgen.workflow.evidence_copy import EvidenceCopy, read_evidence
from valgen.workflow.issued_files import IssuedFiles, issued_files
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
from valgen.workflow.pack import attachments, data_files, is_dry, pack_readme, pages, views, workbook
from valgen.workflow.pack_folder import Before, changed_documents, pack_before, take_over
from valgen.workflow.pack_manifest import write_manifest
from valgen.workflow.pack_place import replacing
from valgen.workflow.renditions import Renditions
from valgen.workflow.templates import read_templates
from valgen.workflow.writing import (
    FILES_PER_DOCUMENT,
    Look,
    file_names,
    is_file_of,
    kept_site_folder,
    look_of,
    rendition,
)

FORMATS = ("docx", "pdf", "html", "xlsx")
_AMBIGUOUS = frozenset({"VG140", "VG230"})
# Frozen versions that cannot be relied on: documents compare with them and refer to them.
_ALTERED = frozenset({"VG383", "VG384", "VG385", "VG388"})

# What a format writes as a whole, whichever documents are chosen.
_MAIN_FILES = {"html": "html/index.html", "xlsx": "excel/RTM.xlsx"}

Progress = Callable[[str], None]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
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
        loaded = load(root)
        _refuse_unreadable(loaded)
        evidence = read_evidence(root, loaded.project)
        executed = load_executed(root, loaded.project)
        runs = executed.runs
        if runs:
            from valgen.records import check_evidence

            check_evidence(dry_folder(root, loaded.project), [run for run in runs if run.mode is RunMode.DRY])
            check_evidence(ledger_folder(root, loaded.project), [run for run in runs if run.mode is RunMode.FORMAL])
        records = load_signing(root, loaded.project)
        context = make_context(loaded, executed, records)
        look = look_of(root, loaded.project.settings, [one.key for one in loaded.project.documents])
        documents = tuple(look.dress(one) for one in assemble_documents(root, context))
        digests = {one.key: one.digests for one in documents}
        plan = _Plan(
            documents=documents,
            digests=digests,
            chosen=tuple(_chosen(documents, only)),
            formats=formats,
            look=look,
            kept=None if fresh else cache_folder(),
            evidence=evidence,
            issued=issued_files(records, documents, digests),
        )
        folder = output or root / loaded.project.settings.paths.output
        try:
            return _replace(folder, root, context, plan, partly=bool(only), progress=progress)
        except OSError as error:
            raise RenderError(
                f"the pack cannot be written to {folder}: {error.strerror or error}",
                why="a half-written pack would be taken for complete; the pack before, if there was one, is as it was",
                fix="see that the disk has room and that you may write there, or name another folder with --output",
            ) from error


def _replace(folder: Path, root: Path, context: Context, plan: _Plan, *, partly: bool, progress: Progress) -> Pack:
    """Write the pack beside its folder and move it into place."""
    pack_before(folder, root, context.project.settings.paths)  # nothing is written beside what is no pack
    with replacing(folder) as work:
        before = pack_before(folder, root, context.project.settings.paths)
        if partly and before is not None:
            plan = _renew(folder, work, before, plan)
        findings = _write(work, context, plan, progress)
        files = _seal(work, context, plan)
    return Pack(
        folder=folder,
        files=files,
        documents=plan.chosen,
        dry_run=is_dry(context),
        findings=findings,
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Every document of the pack with its signatures.

    Attributes:
        documents: in the order of the life cycle.
        approvals: what the signatures make of them and of frozen versions; empty for a project without a ledger.
    """

    documents: tuple[Document, ...]
    approvals: Approvals


def assemble_documents(root: Path, context: Context) -> tuple[Document, ...]:
    """Make every document of the pack, with the signatures of the context.

    Raises:
        SourceError: a template has mistakes.
    """
    return issued_documents(root, context).documents


def issued_documents(root: Path, context: Context) -> Issued:
    """Make every document of the pack, with the signatures of the context and what follows from them.

    Documents are made without regard to signatures first. Those whose content says whether the others are approved are
    then made again, and the places for signatures are filled last, which changes no content.

    Raises:
        SourceError: a template has mistakes.
    """
    specs = [spec for spec in plan_documents(context) if writable(spec, context)]  # the VSR lists the others
    documents = signed_documents(root, context, _made(root, context, specs))
    if context.ledger is None and not context.signatures:
        return Issued(documents=documents, approvals={})
    approvals = _approvals(context, documents)
    resting = [spec for spec in specs if spec.entry.type in RESTS_ON_APPROVALS]
    if resting and context.signatures:
        informed = replace(context, approvals=approvals)
        again = {one.key: one for one in signed_documents(root, informed, _made(root, informed, resting))}
        documents = tuple(again.get(one.key, one) for one in documents)
        approvals = _approvals(context, documents)
    beside = Beside(judgements=context.judgements, executions=context.executions)
    return Issued(
        documents=tuple(
            issued(one, approvals[one.key, registered_version(one)], context.ledger, approvals, beside)
            for one in documents
        ),
        approvals=approvals,
    )


def _approvals(context: Context, documents: Sequence[Document]) -> Approvals:
    contents = {one.key: one.digest for one in documents}
    workflow = context.project.settings.workflow
    return approvals_of(documents, contents, workflow, context.signatures, context.versions)


def _made(root: Path, context: Context, specs: Sequence[DocumentSpec]) -> tuple[Document, ...]:
    own, unreadable = read_templates(root, context.project.settings)
    found: list[Finding] = list(unreadable)
    documents = []
    for spec in specs:
        template = find_template(spec, own, item_type_of(spec.entry.type, context))
        document, findings = assemble(template, spec, context)
        documents.append(document)
        found.extend(findings)
    errors = list(dict.fromkeys(one for one in found if one.severity is Severity.ERROR))
    if errors:
        raise SourceError("a document template has mistakes", errors)
    return tuple(documents)


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


def _renew(folder: Path, work: Path, before: Before, plan: _Plan) -> _Plan:
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


def _write(work: Path, context: Context, plan: _Plan, progress: Progress) -> tuple[Finding, ...]:
    """Write every file of the pack but its list; return what the writers had to say."""
    findings: list[Finding] = list(plan.look.findings) if "docx" in plan.formats else []
    kept = Renditions(plan.kept)
    for form, (place, _) in FILES_PER_DOCUMENT.items():
        if form not in plan.formats:
            continue
        (work / place).mkdir(exist_ok=True)
        for document in plan.chosen:
            progress(file_names(form, document.key, 1)[0])
            made = plan.issued.rendition(document.key, form)
            made = made or rendition(document, form, plan.digests[document.key], plan.look, kept)
            for name, data in zip(file_names(form, document.key, len(made.files)), made.files, strict=True):
                (work / name).write_bytes(data)
            findings.extend(made.findings)
    kept.tidy()
    plan.evidence.write(work)
    for name, data in plan.issued.certificates([one.key for one in plan.documents]):
        (work / name).write_bytes(data)
    names = attachments(work, context)
    if "html" in plan.formats:
        progress(f"html/ ({len(plan.documents)} documents)")
        _write_site(work, context, plan, names)
    tables = views(context)
    if "xlsx" in plan.formats:
        from valgen.writers.xlsx import write_workbook

        progress("excel/RTM.xlsx")
        (work / "excel").mkdir(exist_ok=True)
        book = workbook(context, plan.documents, tables, plan.contents)
        (work / "excel" / "RTM.xlsx").write_bytes(write_workbook(book, pages=pages(plan.documents)))
    progress("data/")
    (work / "data").mkdir(exist_ok=True)
    for name, content in data_files(context, names, tables).items():
        (work / "data" / name).write_bytes(content)
    return tuple(dict.fromkeys(findings))


def _write_site(work: Path, context: Context, plan: _Plan, names: Mapping[tuple[str, str], str]) -> None:
    from valgen.documents.interactive import site_data
    from valgen.writers.html.site import build_site

    settings = context.project.settings
    title = " ".join(part for part in (settings.project_id, settings.project_name) if part) or "Validation pack"
    data = site_data(context, plan.documents, names)
    with kept_site_folder(plan.look.root, plan.kept) as made:
        build_site(plan.documents, work / "html", title=title, doctree_cache=made, fingerprints=plan.shown, data=data)


def _seal(work: Path, context: Context, plan: _Plan) -> tuple[str, ...]:
    documents = plan.documents
    files = [path.relative_to(work).as_posix() for path in sorted(work.rglob("*")) if path.is_file()]
    (work / "README.html").write_text(pack_readme(context, documents, files), encoding="utf-8", newline="\n")
    names = sorted({*(name for name in files if name != "manifest.json"), "README.html"})
    ledger = {"ledger": plan.evidence.head} if plan.evidence.head else {}
    entries = [
        {
            "path": name,
            "sha256": hashlib.sha256((work / name).read_bytes()).hexdigest(),
            "size": (work / name).stat().st_size,
        }
        for name in names
    ]
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
    return tuple(sorted((*names, "manifest.json")))
