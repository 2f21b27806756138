"""Templates: reST files with valgen directives, made into a document.

What a template may hold says ``template_parse``. ``|system.name|`` and its like are replaced by literal text.

Source: design.md §2, integrity.md H-3, H-4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from docutils import nodes

from valgen.codes import finding
from valgen.documents import signing
from valgen.documents.blocks import EFFECTIVE, STATUS, VERSION, Block, Document, Section, walk
from valgen.documents.catalog import COMPACT, DocumentSpec, marks
from valgen.documents.common import prose_sections
from valgen.documents.context import Context
from valgen.documents.directives import prose_keys
from valgen.documents.doctree import DoctreeReader, Places, Said
from valgen.documents.nodes import valgen_block
from valgen.documents.places import NO_VERSION, NOT_EFFECTIVE, has_approvals
from valgen.documents.shipped import Template
from valgen.documents.template_parse import check_sections, parse_template
from valgen.documents.versions import making_of
from valgen.errors import Finding
from valgen.model.signature import DocumentStatus
from valgen.source import SourceLocation

_STATED_ELSEWHERE = ("Title", "System", "System id", "Supplier", "Project", "Retention")
"""Lines of the control block that a document of one page leaves to its head or to the validation summary report."""


PLACEHOLDERS: Mapping[str, str] = {
    "project.id": "id of the project",
    "project.name": "name of the project",
    "system.name": "name of the system under validation",
    "system.version": "version of the system",
    "system.owner": "owner of the system",
    "system.supplier": "supplier of the system",
    "gamp_category": "GAMP category of the project",
    "gxp_impact": "GxP impact of the project",
    "retention": "how long records are kept",
    "tool": "valgen with its version",
    "document.number": "number of this document",
    "document.title": "title of this document",
    "document.version": "version of this document, such as 1.1; its status stands in the head of every page",
    "document.key": "short name of this document, such as OQ-report",
    "stage": "type of this document, such as OQ",
    "environment": "environment of this document",
}
"""Every name that may stand between bars, with what stands for it."""


def assemble(template: Template, spec: DocumentSpec, context: Context) -> tuple[Document, tuple[Finding, ...]]:
    """Make one document from its template.

    Returns:
        the document, and findings about the template. With an error among them the document is incomplete and must
        not be published.
    """
    found: list[Finding] = []
    context = replace(context, making=making_of(spec.key, spec.entry, spec.variant, template))
    tree = parse_template(template, spec, context, substitutions(spec, context), found)
    check_sections(tree, template, found)
    sections = tuple(_sections(tree, spec.key, template, found))
    sections += _further_prose(tree, spec, context, used=_used_prose(tree))
    if not has_approvals(sections):
        # Signatures stand in every document, whether or not a template of the project has thought of them.
        sections += (Section("Approval", f"{spec.key}-approval", signing.approvals(context, spec.entry)),)
    system = context.project.settings.system
    name = " ".join(part for part in (system.name or context.project.settings.project_name, system.version) if part)
    document = Document(
        key=spec.key,
        type=spec.entry.type,
        number=spec.number,
        title=spec.title,
        version=spec.version,
        status=DocumentStatus.DRAFT.value,
        system=name,
        marks=marks(spec, context),
        control=_control(spec, context, name),
        sections=sections,
        language=context.project.settings.language,
        controlled=context.project.settings.controlled_rendering,
        compact=spec.entry.type in COMPACT,
    )
    return replace(document, media=_media(document, context)), tuple(found)


def substitutions(spec: DocumentSpec | None, context: Context) -> dict[str, str]:
    """Return every ``|name|`` that a template may use, with its text."""
    settings = context.project.settings
    found = {
        "project.id": settings.project_id,
        "project.name": settings.project_name,
        "system.name": settings.system.name,
        "system.version": settings.system.version,
        "system.owner": settings.system.owner,
        "system.supplier": settings.system.supplier,
        "gamp_category": settings.gamp_category,
        "gxp_impact": settings.gxp_impact,
        "retention": settings.retention,
        "tool": context.tool,
    }
    if spec is not None:
        found |= {
            "document.number": spec.number,
            "document.title": spec.title,
            "document.version": spec.bare_version or NO_VERSION,
            "document.key": spec.key,
            "stage": spec.entry.type,
            "environment": spec.entry.environment or "every planned environment",
        }
    return {name: text or "not stated" for name, text in found.items()}


def _sections(tree: nodes.document, key: str, template: Template, found: list[Finding]) -> Iterator[Section]:
    def report(said: Said, node: nodes.Element) -> None:
        place = SourceLocation(template.path, int(node.line or 0), 1)
        found.append(finding("VG340", f"template: {said}: {type(node).__name__}", place))

    places = Places(
        tree,
        scope_of=lambda node: None,
        target_of=lambda node, scope: ("", str(node["refid"])) if node.get("refid") else None,
        name=lambda scope, name, unique: f"{key}-{name}",
    )
    reader = DoctreeReader(places, report)
    loose: list[Block] = []
    for block in reader.all(tree.children):
        if isinstance(block, Section):
            yield block
        else:
            loose.append(block)
    if loose:
        yield Section("Note", f"{key}-note", tuple(loose))


def _used_prose(tree: nodes.document) -> set[str]:
    used = {node["prose"] for node in tree.findall(valgen_block) if node.get("prose")}
    return used | {node["prose"] for node in tree.findall(nodes.comment) if node.get("prose")}


def _further_prose(
    tree: nodes.document, spec: DocumentSpec, context: Context, used: Iterable[str]
) -> tuple[Section, ...]:
    """Prose under headings that the template does not place stands at the end, so that nothing written is lost.

    A report takes only what its template names: the rest of the stage's prose is in the protocol.
    """
    if spec.variant == "report":
        return ()
    taken = set(used)
    found: list[Section] = []
    for key in prose_keys(spec.entry):
        for name, (title, blocks) in prose_sections(context, key).items():
            if name not in taken and blocks:
                taken.add(name)
                found.append(Section(title or "Introduction", f"{spec.key}-further-{len(found) + 1}", blocks))
    return tuple(found)


def _control(spec: DocumentSpec, context: Context, system: str) -> tuple[tuple[str, str], ...]:
    settings = context.project.settings
    last = spec.entry.history[-1] if spec.entry.history else None
    rows: Mapping[str, str] = {
        "Document number": spec.number,
        "Title": spec.title,
        VERSION: spec.version,
        STATUS: DocumentStatus.DRAFT.value,
        "System": system,
        "System id": settings.system.id,
        "System owner": settings.system.owner,
        "Supplier": settings.system.supplier,
        "Project": settings.project_name,
        "GAMP category": settings.gamp_category,
        "GxP impact": settings.gxp_impact,
        "Environment": spec.entry.environment,
        "Document owner": spec.entry.owner,
        "Change reference": last.change_ref if last else "",
        EFFECTIVE: NOT_EFFECTIVE,
        "Retention": settings.retention,
        "Written by": context.tool,
    }
    left_out = _STATED_ELSEWHERE if spec.entry.type in COMPACT else ()
    return tuple((label, value) for label, value in rows.items() if value and label not in left_out)


def _media(document: Document, context: Context) -> tuple[tuple[str, str], ...]:
    from valgen.documents.blocks import Image

    if not context.media:
        return ()
    wanted = {block.sha256 for block in walk(document.sections) if isinstance(block, Image)}
    return tuple(sorted((digest, context.media[digest]) for digest in wanted if digest in context.media))
