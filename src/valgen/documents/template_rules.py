"""Rules about a project's own document templates: each serves a document, and nothing in it is a mistake.

A template is read once for every document that it serves, as the build reads it, but over a project without items
and tests: what may stand in a template does not depend on them, and thousands of them would have to be printed only
to be thrown away. Whether a template serves a document is asked of the whole project.

Source: design.md §2, §7 (check).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from valgen.codes import finding
from valgen.documents.catalog import DocumentSpec, entry_specs, item_type_of, plan_documents
from valgen.documents.context import Context
from valgen.documents.shipped import GENERAL, Template, shipped_folder, shipped_templates, template_names
from valgen.documents.template import assemble
from valgen.errors import Finding
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.project import DocumentEntry, Project
from valgen.source import SourceLocation
from valgen.trace.graph import Graph, build_graph
from valgen.trace.matrix import build_matrix
from valgen.trace.rules.suggest import did_you_mean


def check_templates(own: Mapping[str, Template], project: Project, graph: Graph) -> Iterator[Finding]:
    """Yield every mistake in a project's templates, and templates that serve no document.

    Args:
        own: templates by name, without ending.
        project: as read.
        graph: of the same.
    """
    if not own:
        return
    bare = replace(project, items=(), cases=(), findings=())
    empty = build_graph(bare)
    context = Context(project=bare, graph=empty, matrix=build_matrix(bare, empty, ()), templates=frozenset(own))
    planned = plan_documents(replace(context, project=project, graph=graph))
    every = planned + _unplanned(planned, context)
    for name in sorted(own):
        served = tuple(spec for spec in planned if _serving(spec, own, context) == name)
        if not served:
            yield _idle(name, own[name], planned, every, context)
        for spec in served or tuple(spec for spec in every if name in _names(spec, context))[:1]:
            yield from assemble(own[name], spec, context)[1]


def _serving(spec: DocumentSpec, own: Mapping[str, Template], context: Context) -> str:
    """Return the name of the project's template that serves a document, empty when a shipped one does."""
    for name in _names(spec, context):
        if name in own:
            return name
        if name != GENERAL and (shipped_folder() / f"{name}.rst").is_file():
            return ""
    return ""


def _names(spec: DocumentSpec, context: Context) -> tuple[str, ...]:
    names = template_names(spec)
    return (*names, GENERAL) if item_type_of(spec.entry.type, context) else names


def _unplanned(planned: tuple[DocumentSpec, ...], context: Context) -> tuple[DocumentSpec, ...]:
    """Return the documents that the project could have and has not."""
    kinds = (*DOCUMENT_TYPES, *context.graph.types)
    had = {spec.entry.type for spec in planned}
    return tuple(
        spec
        for kind in dict.fromkeys(kinds)
        if kind not in had
        for spec in entry_specs(DocumentEntry(key=kind, type=kind, number=kind), registered=False)
    )


def _idle(
    name: str,
    template: Template,
    planned: tuple[DocumentSpec, ...],
    every: tuple[DocumentSpec, ...],
    context: Context,
) -> Finding:
    """Say why a template serves no document."""
    could = [spec for spec in every if name in _names(spec, context)]
    hidden = [spec.key for spec in could if spec in planned]
    known = dict.fromkeys((*(one for spec in every for one in _names(spec, context)), *shipped_templates()))
    if hidden:
        what, fix = f"another template goes before this one for {', '.join(hidden)}", "remove one of them"
    elif could:
        what = f"the project has no document {could[0].key}"
        fix = f"plan {could[0].entry.type} in requirements/documents.yaml, or remove the template"
    elif name in known:
        what, fix = "the project has no such document", "remove the template"
    else:
        what = f"no document is called {name}"
        fix = did_you_mean(name, known) or f"names that serve a document: {', '.join(known)}"
    return finding("VG346", f"template: {what}", SourceLocation(template.path), fix=fix)
