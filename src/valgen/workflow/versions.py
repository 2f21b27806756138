"""Freeze versions of documents.

Freezing keeps what a document says under its present version number, so that later versions can be compared with it
and the version itself can be shown again. It is no approval: the status stays Draft until people have signed. What is
refused is refused as a whole: no version is frozen as long as one of those asked for cannot be.

Source: design.md §3.2 (register), §7 (build --version, diff).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.codes import finding
from valgen.documents.blocks import Document
from valgen.documents.catalog import DocumentSpec, is_final_issue, item_type_of, plan_documents
from valgen.documents.context import Context, Making
from valgen.documents.document_control import pinned
from valgen.documents.places import asked_for
from valgen.documents.release import RESTS_ON_APPROVALS
from valgen.documents.shipped import find_template, writable
from valgen.documents.snapshot import read_document, read_version
from valgen.documents.template import assemble
from valgen.documents.version_rules import check_versions
from valgen.documents.versions import Difference, differences, document_parts, making_of
from valgen.errors import Finding, RenderError, Severity, SourceError
from valgen.model.outcome import Stage
from valgen.model.version import FrozenVersion, frozen_version
from valgen.readers.snapshots import (
    MEDIA,
    document_path,
    files_of,
    path_of,
    read_frozen_document,
    versions_folder,
)
from valgen.source import SourceLocation
from valgen.workflow.load import Loaded, frozen_versions, load, load_executed, make_context
from valgen.workflow.templates import own_templates, template_finder


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """What ``freeze`` did.

    Attributes:
        frozen: versions that were written now.
        unchanged: versions that were frozen before and are as they were.
        left_out: document key to why it was passed over.
    """

    frozen: tuple[FrozenVersion, ...]
    unchanged: tuple[FrozenVersion, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document as it would be signed.

    Attributes:
        frozen: with its digests.
        document: its blocks, without any signature.
        known: whether it is frozen already.
        differences: between the frozen version and the project as it is now; empty when it is not frozen yet.
    """

    spec: DocumentSpec
    frozen: FrozenVersion
    document: Document
    known: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A document as it would be frozen."""

    frozen: FrozenVersion
    document: Document
    known: FrozenVersion | None
    location: SourceLocation | None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What differs from the version that is frozen under the same number."""
        return differences(self.known.parts, self.frozen.parts) if self.known else ()


def freeze(root: Path, only: Sequence[str] = ()) -> Freezing:
    """Freeze the present version of documents.

    Args:
        root: folder of the project.
        only: document keys, such as ``URS`` or ``OQ-report``, or keys of the register; empty for every document that
            has a version.

    Raises:
        SourceError: a document cannot be frozen, or its version was frozen with other content; every reason is
            carried, and nothing was written.
    """
    loaded = load(root)
    context = make_context(loaded, load_executed(root, loaded.project))
    _refuse_mistakes(loaded)
    chosen, left_out = _chosen(context, only)
    if context.signatures and any(spec.entry.type in RESTS_ON_APPROVALS for spec in chosen):
        from valgen.workflow.publish import issued_documents  # which the other documents do not need

        context = replace(context, approvals=issued_documents(root, context).approvals)
    pins = {spec.key: spec.entry.version for spec in chosen}
    made = [_make(spec, replace(context, pins=pins), root) for spec in chosen]
    conflicts = [_conflict(one) for one in made if one.differences]
    if conflicts:
        raise SourceError(
            "no version was frozen",
            conflicts,
            why="a version number stands for one content only",
            fix="add a row to the history of each document that is named",
        )
    new = [one for one in made if one.known is None]
    written = tuple(_write(root, context, one) for one in new)
    unchanged = tuple(one.known for one in made if one.known is not None)
    return Freezing(frozen=written, unchanged=unchanged, left_out=tuple(left_out))


def candidate(root: Path, context: Context, spec: DocumentSpec) -> Candidate:
    """Return what a document would be signed as: its frozen version, or what would be frozen now.

    Args:
        root: folder of the project.
        context: of the project as it is now.
        spec: a registered document with a version.

    Raises:
        SourceError: a template has mistakes.
        VerificationError: files of the frozen version are not what was frozen.
    """
    made = _make(spec, replace(context, pins={spec.key: spec.entry.version}), root)
    if made.known is not None:
        document = read_frozen_document(root, context.project.settings.paths, made.known)
        return Candidate(spec=spec, frozen=made.known, document=document, known=True, differences=made.differences)
    # Read back what would be written, so that the document is the same one before and after it is frozen.
    files = files_of(made.frozen, made.document)
    frozen = read_version(files[made.frozen.path], made.frozen.path)
    document = read_document(files[document_path(frozen)], frozen)
    document = replace(document, media=made.document.media)
    return Candidate(spec=spec, frozen=frozen, document=document, known=False, differences=())


def keep(root: Path, context: Context, found: Candidate) -> FrozenVersion:
    """Freeze a candidate unless it is frozen, and return it."""
    if not found.known:
        made = _Made(frozen=found.frozen, document=found.document, known=None, location=None)
        _write(root, context, made)
    return found.frozen


def refuse_mistakes(loaded: Loaded) -> None:
    """Refuse to freeze or sign while files cannot be read completely, or frozen versions cannot be relied on.

    Raises:
        SourceError: every reason is carried.
    """
    _refuse_mistakes(loaded)


def unfit(spec: DocumentSpec, context: Context) -> str:
    """Return why a document cannot be frozen now, such as that it has no version; empty when it can."""
    return _problem(spec, context)


def _refuse_mistakes(loaded: Loaded) -> None:
    """Refuse while files cannot be read completely, versions cannot be relied on, or a history was rewritten."""
    from valgen.workflow.check import blocking

    project = loaded.project
    errors = list(blocking(project, project.findings))
    found = frozen_versions(loaded.root, project)
    if found is not None:
        errors += [one for one in found.findings if one.severity is Severity.ERROR]
        template_of = template_finder(loaded.root, project, loaded.graph)
        rules = check_versions(project, loaded.graph, found.versions, template_of)
        errors += [one for one in rules if one.code in ("VG381", "VG382")]
    if errors:
        raise SourceError(
            "no version was frozen",
            errors,
            why="what is frozen must be complete, and fit what was frozen before",
            fix="mend what is named, then freeze again",
        )


def _chosen(context: Context, only: Sequence[str]) -> tuple[list[DocumentSpec], list[tuple[str, str]]]:
    """Return what shall be frozen, and why other documents are passed over."""
    specs = plan_documents(context)
    mistakes: list[Finding] = []
    left_out: list[tuple[str, str]] = []
    chosen: dict[str, DocumentSpec] = {}
    for name in only or ("",):
        named = [spec for spec in specs if name in ("", spec.key, spec.entry.key, spec.entry.type)]
        if not named:
            keys = ", ".join(spec.key for spec in specs)
            mistakes.append(finding("VG391", f"the project has no document {name}; it has {keys}", ids=(name,)))
        problems = [(spec.key, problem) for spec in named if (problem := _problem(spec, context))]
        chosen |= {spec.key: spec for spec in named if spec.key not in dict(problems)}
        if name and named and len(problems) == len(named):
            text = "; ".join(f"{key}: {problem}" if len(named) > 1 else problem for key, problem in problems)
            mistakes.append(finding("VG391", f"{name} cannot be frozen: {text}", named[0].entry.location, ids=(name,)))
        else:
            left_out += problems
    if not only and not chosen:
        mistakes.append(finding("VG391", "no document has a version that could be frozen"))
    if mistakes:
        raise SourceError("no version was frozen", mistakes)
    return list(chosen.values()), left_out


def _problem(spec: DocumentSpec, context: Context) -> str:
    if not spec.registered:
        return "it is not in the register, so it has no version"
    if not spec.entry.history:
        return "it has no row in its history, so it has no version"
    if spec.entry.type == "RTM" and not spec.variant and not is_final_issue(spec.entry.version):
        return "its versions below 2.0 are the initial issue, without results; give the issue with results version 2.0"
    if not writable(spec, context):
        return "there is no template for documents of its type"
    if spec.variant == "report" and not context.stage_runs(Stage(spec.entry.type), spec.entry.environment):
        return "no test of its stage was executed, so there is nothing to report"
    return ""


def _make(spec: DocumentSpec, context: Context, root: Path) -> _Made:
    own = own_templates(root, context.project)
    template = find_template(spec, own, item_type_of(spec.entry.type, context))
    document, findings = assemble(template, spec, context)
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError("a document template has mistakes", errors)
    settings = context.project.settings
    making = making_of(spec.key, spec.entry, spec.variant, template)
    within = replace(context, making=making)
    frozen = FrozenVersion(
        project=settings.project_id,
        key=spec.key,
        type=spec.entry.type,
        number=spec.number,
        title=spec.title,
        version=spec.entry.version,
        history=spec.entry.history,
        parts=document_parts(within, making),
        references=pinned(within, spec.entry),
        template=making.template,
        template_sha256=making.template_sha256,
        media=tuple(digest for digest, _ in document.media),
        evidence=_evidence(making, context),
        tool=context.tool,
        asks=asked_for(document),
        path=path_of(settings.paths, spec.key, spec.entry.version),
    )
    row = spec.entry.history[-1]
    path = spec.entry.location.path if spec.entry.location else ""
    return _Made(
        frozen=frozen,
        document=document,
        known=frozen_version(context.versions, spec.key, spec.entry.version),
        location=SourceLocation(path, row.line, row.column, len(row.version)),
    )


def _evidence(making: Making, context: Context) -> tuple[str, ...]:
    """Return the digests of all attachments of the runs that a report shows."""
    if making.variant != "report":
        return ()
    found = {
        ref.sha256
        for run in context.stage_runs(Stage(making.entry.type), making.entry.environment)
        for attempt in run.attempts
        for step in attempt.steps
        for ref in step.evidence
    }
    return tuple(sorted(found))


def _conflict(made: _Made) -> Finding:
    ids = [one.id for one in made.differences]
    more = len(ids) - 5
    named = ", ".join(ids[:5]) + (f" and {more} more" if more > 0 else "")
    return finding(
        "VG390",
        f"{made.frozen.key} {made.frozen.version} is frozen already, with other content (differs in {named})",
        made.location,
        ids=(made.frozen.key,),
    )


def _write(root: Path, context: Context, made: _Made) -> FrozenVersion:
    """Write pictures first and the version's own file last, so that half a version is never taken for one."""
    paths = context.project.settings.paths
    for digest, place in made.document.media:
        target = versions_folder(root, paths) / MEDIA / digest
        if not target.is_file():
            _put(target, Path(place).read_bytes())
    for name, data in files_of(made.frozen, made.document).items():
        _put(root / name, data)
    return replace(made.frozen, content_sha256=made.document.digest)


def _put(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".freeze-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(beside).chmod(0o644)
            Path(beside).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
            raise
    except OSError as error:
        raise RenderError(
            f"{path} cannot be written: {error.strerror or error}",
            why="the version is not frozen",
            fix="see that the disk has room and that you may write there",
        ) from error
