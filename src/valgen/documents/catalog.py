"""Which documents a pack holds: every registered one, every expected one, and every one that the content calls for.

What is expected says ``trace.document_set``. A project without a register still gets its documents; a stage yields
two, protocol and report, as two renderings of one model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from valgen.documents.blocks import DRAFT
from valgen.documents.context import Context
from valgen.documents.places import printed_version
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry
from valgen.trace.document_set import Need, document_set, types_with_content

STAGES = tuple(stage.value for stage in Stage)
INITIAL = "initial"
_FINAL_FROM = 2  # first major version of a traceability matrix that holds results
COMPACT = frozenset({"CERT"})
"""Types of documents that are to stay on one page."""
_LIFE_CYCLE = frozenset({"URS", "FS", "CS", "DS", "RA", *STAGES, "RTM", "VSR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSpec:
    """One file to write.

    Attributes:
        key: file and page name, such as ``URS`` or ``OQ-report``.
        variant: empty, ``protocol`` or ``report``; ``initial`` for the traceability matrix before execution.
        registered: False when the register does not name it and defaults stand in.
    """

    key: str
    entry: DocumentEntry
    variant: str = ""
    registered: bool = True

    @property
    def title(self) -> str:
        """Full title, with protocol or report for a stage."""
        base = self.entry.title or DOCUMENT_TYPES.get(self.entry.type, self.entry.type)
        if self.variant == INITIAL:
            return f"{base}, initial issue"
        if self.variant and self.variant not in base.lower():
            base = f"{base} {self.variant.capitalize()}"
        return base

    @property
    def number(self) -> str:
        """Document number; a protocol and its report share the registered one with a suffix."""
        suffix = {"protocol": "-P", "report": "-R"}.get(self.variant, "")
        return f"{self.entry.number}{suffix}"

    @property
    def version(self) -> str:
        """Version as printed until it is approved, such as ``1.0 DRAFT``."""
        return printed_version(self.bare_version)

    @property
    def bare_version(self) -> str:
        """Version of the last history row; empty where there is none.

        The matrix with results has none until a row from 2.0 on: a row below is the version of its initial issue, and
        one number and version must not stand for two contents.
        """
        version = self.entry.version
        if self.entry.type == "RTM" and not self.variant and version and not is_final_issue(version):
            return ""
        return version


def plan_documents(context: Context) -> tuple[DocumentSpec, ...]:
    """Return every document of the pack in the order of the life cycle."""
    return context.memo.get(("documents",), (context.project, context.graph), lambda: _plan(context))


def _plan(context: Context) -> tuple[DocumentSpec, ...]:
    entries = list(context.project.documents)
    registered = {entry.type for entry in entries}
    settings = context.project.settings
    expected = document_set(context.project, context.graph)
    held = types_with_content(context.graph)
    own = (name for name in context.graph.types if name not in DOCUMENT_TYPES)
    for kind in (*DOCUMENT_TYPES, *own):
        if registered & _document_types(kind, context):
            continue
        if kind in held or expected.of(kind).need is Need.EXPECTED:
            entries.append(DocumentEntry(key=kind, type=kind, number=f"{settings.project_id or 'DOC'}-{kind}"))
    order = {kind: number for number, kind in enumerate(DOCUMENT_TYPES)}
    entries.sort(key=lambda entry: order.get(entry.type, len(order)))
    specs: list[DocumentSpec] = []
    for entry in entries:
        if entry.planned != "yes":
            continue
        if not entry.number:
            entry = replace(entry, number=f"{settings.project_id or 'DOC'}-{entry.key}")
        specs += entry_specs(entry, registered=entry.type in registered)
    return tuple(specs)


def entry_specs(entry: DocumentEntry, *, registered: bool = True) -> tuple[DocumentSpec, ...]:
    """Return the documents that one entry of the register yields."""
    if entry.type in STAGES:
        return tuple(
            DocumentSpec(key=f"{entry.key}-{variant}", entry=entry, variant=variant, registered=registered)
            for variant in ("protocol", "report")
        )
    whole = DocumentSpec(key=entry.key, entry=entry, registered=registered)
    if entry.type != "RTM":
        return (whole,)
    # One document, issued twice: its versions below 2.0 are the issue before execution.
    before = tuple(row for row in entry.history if not is_final_issue(row.version))
    first = replace(entry, history=before)
    return (
        whole,
        DocumentSpec(key=f"{entry.key}-{INITIAL}", entry=first, variant=INITIAL, registered=registered),
    )


def is_final_issue(version: str) -> bool:
    """Return whether a version of the traceability matrix is of its issue after execution."""
    return _major(version) >= _FINAL_FROM


def marks(spec: DocumentSpec, context: Context) -> tuple[str, ...]:
    """Return the words that stand on every page: DRAFT until approved, DRY RUN where results are rehearsals."""
    found = [DRAFT]
    if spec.variant == "report":
        stages: tuple[Stage, ...] = (Stage(spec.entry.type),)
    elif spec.variant == INITIAL:
        stages = ()
    elif spec.entry.type in ("RTM", "DEVLOG", "VSR", "CERT", "ERES", "REVIEW", "DELTA"):
        stages = tuple(Stage)
    else:
        stages = ()
    if any(context.shows_dry_runs(stage, spec.entry.environment) for stage in stages):
        found.append("DRY RUN")
    return tuple(found)


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() else 0


def item_type_of(entry_type: str, context: Context) -> str:
    """Return the item type that a document of some type lists; empty when it lists none."""
    if entry_type in context.graph.types:
        return entry_type
    return next((key for key, kind in context.graph.types.items() if kind.document == entry_type), "")


def _document_types(kind: str, context: Context) -> set[str]:
    """Types of documents in which items of a type may stand; only a document of their own counts for shipped ones."""
    own = context.graph.types.get(kind)
    return {kind, own.document} if own and own.document not in _LIFE_CYCLE else {kind}
