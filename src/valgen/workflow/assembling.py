"""Make the documents of a pack: from their templates, then with their signatures.

Writes nothing. Source: design.md §2, §5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from valgen.documents.blocks import Document
from valgen.documents.catalog import DocumentSpec, item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.issue import Beside, approvals_of, issued, registered_version
from valgen.documents.release import RESTS_ON_APPROVALS
from valgen.documents.shipped import find_template, writable
from valgen.documents.template import assemble
from valgen.errors import Finding, Severity, SourceError
from valgen.model.signature import Approvals
from valgen.workflow.approve_standing import signed_documents
from valgen.workflow.templates import read_templates


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
    specs = written_specs(context)
    documents = signed_documents(root, context, made(root, context, specs))
    if context.ledger is None and not context.signatures:
        return Issued(documents=documents, approvals={})
    approvals = approvals_in(context, documents, {one.key: one.digest for one in documents})
    resting = [spec for spec in specs if spec.entry.type in RESTS_ON_APPROVALS]
    if resting and context.signatures:
        informed = replace(context, approvals=approvals)
        again = {one.key: one for one in signed_documents(root, informed, made(root, informed, resting))}
        documents = tuple(again.get(one.key, one) for one in documents)
        approvals = approvals_in(context, documents, {one.key: one.digest for one in documents})
    return Issued(
        documents=tuple(
            issued(one, approvals[one.key, registered_version(one)], context.ledger, approvals, beside_of(context))
            for one in documents
        ),
        approvals=approvals,
    )


def approvals_in(context: Context, documents: Sequence[Document], contents: Mapping[str, str]) -> Approvals:
    """Return what the signatures of a context make of documents and of frozen versions.

    Args:
        context: with signatures.
        documents: of the pack, as made.
        contents: key to content digest.
    """
    workflow = context.project.settings.workflow
    return approvals_of(documents, contents, workflow, context.signatures, context.versions)


def beside_of(context: Context) -> Beside:
    """Return what stands in places of documents beside approvals."""
    return Beside(judgements=context.judgements, executions=context.executions)


def written_specs(context: Context) -> list[DocumentSpec]:
    """Return the documents that the pack holds; the validation summary report lists those that it lacks."""
    return [spec for spec in plan_documents(context) if writable(spec, context)]


def made(root: Path, context: Context, specs: Sequence[DocumentSpec]) -> tuple[Document, ...]:
    """Make documents from their templates, without regard to signatures.

    Raises:
        SourceError: a template has mistakes.
    """
    own, unreadable = read_templates(root, context.project.settings)
    found: list[Finding] = list(unreadable)
    documents = []
    for spec in specs:
        template = find_template(spec, own, item_type_of(spec.entry.type, context))
        with context.memo.reading(spec.key):
            document, findings = assemble(template, spec, context)
        documents.append(document)
        found.extend(findings)
    errors = list(dict.fromkeys(one for one in found if one.severity is Severity.ERROR))
    if errors:
        raise SourceError("a document template has mistakes", errors)
    return tuple(documents)
