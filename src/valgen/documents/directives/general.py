"""Directives that any document may use: prose, system, history, approvals, references."""

from __future__ import annotations

from collections.abc import Mapping

from docutils.parsers.rst import directives

from valgen.documents import checklists, common, document_control, glossary, signing, topics
from valgen.documents.blocks import Block
from valgen.documents.context import Context
from valgen.documents.directives.spec import DirectiveSpec, plain
from valgen.model.project import DocumentEntry


def prose_keys(entry: DocumentEntry | None) -> tuple[str, ...]:
    """Return the prose files that a document may draw from, the most particular first."""
    if entry is None:
        return ()
    return tuple(dict.fromkeys((entry.key, entry.type)))


def _prose(
    context: Context, entry: DocumentEntry | None, argument: str, options: Mapping[str, str]
) -> tuple[Block, ...]:
    keys = prose_keys(entry)
    written: tuple[Block, ...] = ()
    for key in keys:
        found = common.prose_sections(context, key).get(argument.casefold())
        if found and found[1]:
            written = found[1]
            break
    if "subjects" in options:
        return topics.subjects(entry.type if entry else "", written)
    if options.get("columns"):
        titles = [title.strip() for title in options["columns"].split(",")]
        return checklists.with_columns(written or context.markdown(options.get("default", "")), titles)
    if written:
        return checklists.as_checklist(written, argument) if "checklist" in options else written
    if options.get("default"):
        return context.markdown(options["default"])
    if "required" in options and keys:
        return (common.missing_prose(argument, keys[-1]),)
    return ()


GENERAL: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="prose",
        summary="Text that the project wrote under this heading in documents/<KEY>.md.",
        argument="heading",
        required=True,
        render=_prose,
        options={
            "required": directives.flag,
            "default": directives.unchanged,
            "checklist": directives.flag,
            "columns": directives.unchanged,
            "subjects": directives.flag,
        },
        says={
            "required": "a note stands in its place while nobody has written it",
            "default": "what is printed while nobody has written it",
            "checklist": "a list in the text becomes a table with room for initials and date",
            "columns": "columns that a table in the text must have, separated by commas",
            "subjects": "the table of subjects that reviewers expect of an IQ, OQ or PQ",
        },
        example=".. valgen:prose:: Process description\n   :required:",
    ),
    DirectiveSpec(
        name="system",
        summary="The system, its classification and its components.",
        render=plain(common.system_facts),
        example=".. valgen:system::",
    ),
    DirectiveSpec(
        name="environments",
        summary="Environments of the project or of the document.",
        render=plain(common.environments),
        example=".. valgen:environments::",
    ),
    DirectiveSpec(
        name="definitions",
        summary="Terms and abbreviations that valgen prints, and where those of the project are defined.",
        render=plain(glossary.definitions),
        example=".. valgen:definitions::\n\n.. valgen:prose:: Definitions",
    ),
    DirectiveSpec(
        name="document-roles",
        summary="Roles of this document: who signs it, and who tests.",
        render=plain(signing.roles),
        example=".. valgen:document-roles::",
    ),
    DirectiveSpec(
        name="history",
        summary="Revision history of the document.",
        render=plain(document_control.history),
        example=".. valgen:history::",
    ),
    DirectiveSpec(
        name="approvals",
        summary="Signatures that the workflow asks for.",
        render=plain(signing.approvals),
        example=".. valgen:approvals::",
    ),
    DirectiveSpec(
        name="references",
        summary="Other documents of the pack and regulations, with versions.",
        render=plain(document_control.references),
        example=".. valgen:references::",
    ),
)
