"""Templates: reST files with valgen directives, read into a document.

Only what stands in ``SPECS`` and the plain inline and body markup of reST may be used: file insertion and raw
content are off, so a template cannot reach outside itself. ``|system.name|`` and its like are replaced by literal
text. Every mistake becomes a finding with file and line.

Source: design.md §2, integrity.md H-3, H-4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from docutils import frontend, nodes
from docutils.parsers.rst import Directive, Parser, directives
from docutils.utils import Reporter, new_document

from valgen.codes import finding
from valgen.documents.blocks import (
    Block,
    Document,
    Section,
    walk,
)
from valgen.documents.catalog import DocumentSpec, marks
from valgen.documents.common import prose_sections
from valgen.documents.context import Context
from valgen.documents.directives import SPECS, DirectiveError, DirectiveSpec, prose_keys
from valgen.documents.doctree import DoctreeReader, Places, Said
from valgen.documents.nodes import valgen_block
from valgen.documents.shipped import Template
from valgen.documents.versions import making_of
from valgen.errors import Finding
from valgen.source import SourceLocation

_FORBIDDEN = (
    "include",
    "raw",
    "csv-table",
    "image",
    "figure",
    "literalinclude",
    "role",
    "default-role",
    "date",
    "replace",
    "unicode",
    "meta",
    "header",
    "footer",
    "class",
    "container",
    "parsed-literal",
    "math",
    "sectnum",
    "contents",
    "target-notes",
    "title",
    "restructuredtext-test-directive",
)


def assemble(template: Template, spec: DocumentSpec, context: Context) -> tuple[Document, tuple[Finding, ...]]:
    """Make one document from its template.

    Returns:
        the document, and findings about the template. With an error among them the document is incomplete and must
        not be published.
    """
    found: list[Finding] = []
    context = replace(context, making=making_of(spec.key, spec.entry, spec.variant, template))
    tree = _parse(template, spec, context, found)
    sections = tuple(_sections(tree, spec.key, template, found))
    sections += _further_prose(tree, spec, context, used=_used_prose(tree))
    system = context.project.settings.system
    name = " ".join(part for part in (system.name or context.project.settings.project_name, system.version) if part)
    document = Document(
        key=spec.key,
        type=spec.entry.type,
        number=spec.number,
        title=spec.title,
        version=spec.version,
        status="Draft",
        system=name,
        marks=marks(spec, context),
        control=_control(spec, context, name),
        sections=sections,
        language=context.project.settings.language,
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
            "document.version": spec.version,
            "document.key": spec.key,
            "stage": spec.entry.type,
            "environment": spec.entry.environment or "every planned environment",
        }
    return {name: text or "not stated" for name, text in found.items()}


class _BlockDirective(Directive):
    """Places the blocks of one spec; bound to a document while a template is read."""

    has_content = False
    final_argument_whitespace = True
    spec: DirectiveSpec
    context: Context
    document_spec: DocumentSpec

    def run(self) -> list[nodes.Node]:
        argument = self.arguments[0].strip() if self.arguments else ""
        try:
            blocks = self.spec.render(self.context, _entry(self.document_spec), argument, self.options)
        except DirectiveError as error:
            raise self.error(f"{self.spec.name}: {error}") from error
        placed = [valgen_block(block=block) for block in blocks]
        for node in placed:
            node["prose"] = argument.casefold() if self.spec.name == "prose" else None
        if self.spec.name == "prose" and not placed:
            return [nodes.comment("", "", prose=argument.casefold())]
        return list(placed)


class _Collector(Reporter):
    """Keeps docutils' messages as findings instead of printing them."""

    def __init__(self, template: Template, found: list[Finding]) -> None:
        super().__init__(template.path, report_level=Reporter.WARNING_LEVEL, halt_level=5, stream=False)
        self._template = template
        self._found = found

    def system_message(self, level: int, message: Any, *children: Any, **kwargs: Any) -> nodes.system_message:
        node = super().system_message(level, message, *children, **kwargs)
        if level >= Reporter.WARNING_LEVEL:
            line = int(node.get("line") or 0)
            text = " ".join(str(message).split()).rstrip(".")
            self._found.append(finding("VG340", f"template: {text}", SourceLocation(self._template.path, line, 1)))
        return node


def _parse(template: Template, spec: DocumentSpec, context: Context, found: list[Finding]) -> nodes.document:
    settings = frontend.get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.report_level = Reporter.WARNING_LEVEL
    settings.halt_level = 5
    settings.smart_quotes = False
    tree = new_document(template.path, settings)
    tree.reporter = _Collector(template, found)
    for name, text in substitutions(spec, context).items():
        node = nodes.substitution_definition("", text, names=[name])
        tree.substitution_defs[name] = node
        tree.substitution_names[name.lower()] = name
    with _registered(spec, context):
        Parser().parse(template.text, tree)
    tree.transformer.add_transforms(_transforms())
    tree.transformer.apply_transforms()
    return tree


def _transforms() -> list[Any]:
    """The docutils transforms that a template needs; contents, includes and the like are none of them."""
    from docutils.transforms import references

    return [
        references.Substitutions,
        references.InternalTargets,
        references.ExternalTargets,
        references.Footnotes,
        references.DanglingReferences,
    ]


class _registered:
    """Registers the directives for the time of one parse and takes away what a template must not use."""

    def __init__(self, spec: DocumentSpec, context: Context) -> None:
        self._spec = spec
        self._context = context

    def __enter__(self) -> None:
        registry = directives._directives  # type: ignore[attr-defined]
        self._before = dict(registry)
        for name, spec in SPECS.items():
            kind = type(
                f"_{name}",
                (_BlockDirective,),
                {
                    "spec": spec,
                    "context": self._context,
                    "document_spec": self._spec,
                    "required_arguments": 1 if spec.required else 0,
                    "optional_arguments": 1 if spec.argument and not spec.required else 0,
                    "option_spec": dict(spec.options),
                },
            )
            registry[f"valgen:{name}"] = kind
        for name in _FORBIDDEN:
            registry[name] = _Forbidden

    def __exit__(self, *reason: object) -> None:
        registry = directives._directives  # type: ignore[attr-defined]
        registry.clear()
        registry.update(self._before)


class _Forbidden(Directive):
    """Stands for every directive that could read a file or pass markup through."""

    has_content = True
    optional_arguments = 100
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        raise self.error(f"the directive {self.name} may not be used in a template")


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


def _entry(spec: DocumentSpec) -> Any:
    return spec.entry


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
        "Version": spec.version,
        "Status": "Draft",
        "System": system,
        "System owner": settings.system.owner,
        "Supplier": settings.system.supplier,
        "Project": settings.project_name,
        "GAMP category": settings.gamp_category,
        "GxP impact": settings.gxp_impact,
        "Environment": spec.entry.environment,
        "Document owner": spec.entry.owner,
        "Change reference": last.change_ref if last else "",
        "Effective date": "not effective: not approved",
        "Retention": settings.retention,
        "Written by": context.tool,
    }
    return tuple((label, value) for label, value in rows.items() if value)


def _media(document: Document, context: Context) -> tuple[tuple[str, str], ...]:
    from valgen.documents.blocks import Image

    wanted = {block.sha256 for block in walk(document.sections) if isinstance(block, Image)}
    return tuple(sorted((digest, context.media[digest]) for digest in wanted if digest in context.media))
