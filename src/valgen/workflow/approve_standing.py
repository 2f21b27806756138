"""How far every document has come, which approved version is valid, and what changed since it was approved.

The answer follows from signatures, frozen versions and the project as it is now; nothing keeps a status. A document
whose text changed after it was signed is a draft again, and the approved version before it stays valid.

*Suspect* is what an approval may no longer stand for: items of an approved document whose fingerprint is not the one
of its manifest, and links of its items to something that reads otherwise today than it did when the document was
approved. What the linked item read then says the manifest of the version that the document refers to; where it refers
to none that was signed, the newest version that was approved before.

Source: design.md §3.2 (an approved version stays valid), §5 (freshness); integrity.md X-7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from valgen.documents.amendments import amended
from valgen.documents.blocks import Document
from valgen.documents.catalog import DocumentSpec, item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import Template, find_template, writable
from valgen.documents.versions import differs, document_parts, making_of, written_parts
from valgen.model.project import SignatureStep
from valgen.model.signature import Approval, Signature
from valgen.model.version import FrozenVersion, PartKind, frozen_version, version_order
from valgen.readers.snapshots import read_frozen_document
from valgen.source import SourceLocation
from valgen.trace.approval import approval_of
from valgen.trace.fingerprint import item_fingerprint, script_fingerprint
from valgen.trace.graph import Graph
from valgen.workflow.templates import own_templates

if TYPE_CHECKING:  # most projects that are built have no ledger to read
    from valgen.records.signing import Manifest
    from valgen.records.signing_reader import SigningRecords

_KINDS = frozenset(PartKind)
_LISTED = (PartKind.ITEM, PartKind.CASE)
_MATRIX = "RTM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one document of the project has come.

    Attributes:
        version: of the register, without DRAFT; empty for none.
        frozen: the frozen version of that number; None where there is none.
        changed: whether the project says something else now than that frozen version.
        approval: of the content that the project has now.
        valid: the approved version that is in force; None for none.
    """

    spec: DocumentSpec
    version: str
    frozen: FrozenVersion | None
    changed: bool
    approval: Approval
    valid: Valid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Valid:
    """An approved version that is in force, and what changed since.

    Attributes:
        approval: of it.
        changed: item or test case to what became of it: ``changed``, ``added`` or ``removed``.
        links: links that are suspect.
    """

    approval: Approval
    changed: Mapping[str, str] = field(default_factory=dict)
    links: tuple[SuspectLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An approved version, in force or superseded.

    Attributes:
        manifest: of the signature that completed it.
        record: number of that signature.
    """

    approval: Approval
    manifest: Manifest
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectLink:
    """A link from an approved item to something that reads otherwise today."""

    source: str
    target: str
    location: SourceLocation | None = None


def standings(root: Path, context: Context, records: SigningRecords | None) -> tuple[Standing, ...]:
    """Return how far every document has come.

    Args:
        root: folder of the project.
        context: of the project, with frozen versions and signatures.
        records: of the ledger; None where the project has none.

    Raises:
        VerificationError: a content manifest of an approved version is missing or altered.
    """
    approved = approved_versions(context, records) if records is not None else ()
    valid = {one.manifest.key: one for one in approved}
    own = own_templates(root, context.project)
    present = {
        spec.key: _parts_ids(spec, context, find_template(spec, own, item_type_of(spec.entry.type, context)))
        for spec in plan_documents(context)
        if spec.key in valid and writable(spec, context)
    }
    suspects = {key: _valid(one, approved, present.get(key, ()), context) for key, one in valid.items()}
    return tuple(_standing(root, spec, context, suspects) for spec in plan_documents(context))


def asked(key: str, context: Context) -> tuple[SignatureStep, ...]:
    """Return the signatures that the workflow asks for on a document."""
    spec = next((one for one in plan_documents(context) if one.key == key), None)
    kind = spec.entry.type if spec else key.partition("-")[0]
    return context.project.settings.workflow.get(kind, ())


def steps_of(frozen: FrozenVersion, context: Context) -> tuple[SignatureStep, ...]:
    """Return the signatures that a frozen version asks for."""
    if frozen.asks:
        return tuple(SignatureStep(role=role, meaning=meaning) for role, meaning in frozen.asks)
    return context.project.settings.workflow.get(frozen.type, ())


def unchanged(root: Path, spec: DocumentSpec, frozen: FrozenVersion, context: Context) -> bool:
    """Return whether the project says what a frozen version of one of its documents says."""
    if not writable(spec, context):
        return False
    template = find_template(spec, own_templates(root, context.project), item_type_of(spec.entry.type, context))
    making = making_of(spec.key, spec.entry, spec.variant, template)
    return not differs(
        amended(frozen, context.judgements).parts, document_parts(replace(context, making=making), making), _KINDS
    )


def signed_documents(root: Path, context: Context, documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return documents with the frozen blocks in place of those that were signed and have not changed since.

    What a document merely derives from others may have moved on since it was frozen; its signatures cover the words
    that were frozen, so these are the ones that are issued.

    Args:
        root: folder of the project.
        context: with signatures.
        documents: as made now.

    Raises:
        VerificationError: files of a frozen version are not what was frozen.
    """
    signed = {(one.document, one.content) for one in context.signatures}
    if not signed:
        return tuple(documents)
    specs = {spec.key: spec for spec in plan_documents(context)}
    found = []
    for document in documents:
        spec = specs.get(document.key)
        frozen = frozen_version(context.versions, document.key, spec.bare_version) if spec else None
        covered = frozen is not None and (frozen.key, frozen.content_sha256) in signed
        moved_on = covered and frozen is not None and document.digest != frozen.content_sha256
        if spec and frozen and moved_on:
            with context.memo.reading(document.key):
                as_frozen = unchanged(root, spec, frozen, context)
            if as_frozen:
                document = read_frozen_document(root, context.project.settings.paths, frozen)
        found.append(document)
    return tuple(found)


def approved_versions(context: Context, records: SigningRecords) -> tuple[Approved, ...]:
    """Return every approved version, for each document the lowest first, so that the last one is in force."""
    found = []
    for key in dict.fromkeys(one.document for one in records.signatures):
        for approval in sorted(
            approvals_on(key, context, records.signatures), key=lambda one: version_order(one.version)
        ):
            record = max(one.signature.record for one in approval.steps if one.signature is not None)
            found.append(Approved(approval=approval, manifest=records.manifest(record), record=record))
    return tuple(found)


def approvals_on(key: str, context: Context, signatures: Sequence[Signature]) -> Iterator[Approval]:
    """Yield every approved version of a document, superseded ones too."""
    own = [one for one in signatures if one.document == key]
    for version, content in dict.fromkeys((one.version, one.content) for one in own):
        frozen = frozen_version(context.versions, key, version)
        same = frozen is not None and frozen.content_sha256 == content
        steps = steps_of(frozen, context) if frozen is not None and same else asked(key, context)
        approval = approval_of(key, version, content, steps, own)
        if approval.approved:
            yield approval


def _standing(root: Path, spec: DocumentSpec, context: Context, valid: Mapping[str, Valid]) -> Standing:
    version = spec.bare_version
    frozen = frozen_version(context.versions, spec.key, version) if version else None
    changed = frozen is not None and not unchanged(root, spec, frozen, context)
    content = frozen.content_sha256 if frozen is not None and not changed else ""
    steps = steps_of(frozen, context) if frozen is not None else asked(spec.key, context)
    return Standing(
        spec=spec,
        version=version,
        frozen=frozen,
        changed=changed,
        approval=approval_of(spec.key, version, content, steps, context.signatures),
        valid=valid.get(spec.key),
    )


def _parts_ids(spec: DocumentSpec, context: Context, template: Template) -> tuple[str, ...]:
    making = making_of(spec.key, spec.entry, spec.variant, template)
    parts = written_parts(context.project, context.graph, making)
    return tuple(part.id for part in parts if part.kind in _LISTED)


def _valid(one: Approved, approved: Sequence[Approved], present: Sequence[str], context: Context) -> Valid:
    items, graph = one.manifest.items, context.graph
    changed = {}
    for name, fingerprint in items.items():
        now = fingerprint_now(name, graph)
        if now != context.judgements.followed(name, fingerprint):
            changed[name] = "changed" if now else "removed"
    changed |= {name: "added" for name in present if name not in items}
    return Valid(approval=one.approval, changed=changed, links=tuple(_suspect_links(one, approved, graph)))


def fingerprint_now(name: str, graph: Graph) -> str:
    """Return the fingerprint of an item or test case as it is now; empty when it is gone."""
    if name in graph.items:
        return item_fingerprint(graph.items[name])
    return script_fingerprint(graph.cases[name]) if name in graph.cases else ""


def _suspect_links(one: Approved, approved: Sequence[Approved], graph: Graph) -> Iterator[SuspectLink]:
    if one.manifest.type == _MATRIX:
        return  # it lists every item of the project, and names each that changed already
    for name in one.manifest.items:
        for target, location in _links(name, graph):
            if target in one.manifest.items:
                continue  # named as changed itself
            before = _approved_fingerprint(target, one, approved)
            if before and before != fingerprint_now(target, graph):
                yield SuspectLink(source=name, target=target, location=location)


def _links(name: str, graph: Graph) -> Iterator[tuple[str, SourceLocation | None]]:
    """Yield what an item or test case links to, with the place of the link."""
    item, case = graph.items.get(name), graph.cases.get(name)
    if item is not None:
        for links in item.links.values():
            for link in links:
                if link.target in graph.items or link.target in graph.cases:
                    yield link.target, SourceLocation(item.path, link.line, link.column, len(link.target))
    if case is not None:
        for link in (*case.verifies, *case.risks):
            if link.target in graph.items:
                yield link.target, SourceLocation(case.path, link.line, link.column, len(link.target))


def _approved_fingerprint(target: str, one: Approved, approved: Sequence[Approved]) -> str:
    """Return the fingerprint that a linked item had when a document was approved; empty where nobody knows."""
    best, found = -1, ""
    for other in approved:
        if other.manifest.type == _MATRIX or target not in other.manifest.items:
            continue
        referred = one.manifest.references.get(other.manifest.key, ("", ""))[1] == other.manifest.content
        order = one.record if referred else other.record
        if best < order <= one.record:
            best, found = order, other.manifest.items[target]
    return found
