"""Item types and their fields, declared once.

The reader, the published JSON Schema, the reference in docs/ and editor completion all come from
``SHIPPED_TYPES``; a project adds types of its own under ``[types.X]`` of its settings (design.md §3.1, §3.2).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace


class FieldKind(enum.StrEnum):
    """What a field may hold. Every scalar is text; nothing is guessed from its looks."""

    TEXT = "text"  # one line
    PROSE = "prose"  # CommonMark, any length
    CHOICE = "choice"  # one of ``choices``
    CHOICES = "choices"  # list of ``choices``
    TEXTS = "texts"  # list of one-line texts
    LINKS = "links"  # list of ids, each a link upward
    CLAUSES = "clauses"  # list of clause ids of the regulations library
    SCORES = "scores"  # mapping of severity, probability, detectability to choices
    YESNO = "yesno"  # the words yes or no
    FIGURES = "figures"  # list of image paths relative to the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an item type.

    Attributes:
        name: key in YAML.
        kind: what it may hold.
        label: column or row title in documents.
        doc: one sentence for editors and the reference.
        required: whether an active item must have it.
        choices: allowed words, for CHOICE, CHOICES and SCORES.
        targets: item types that a LINKS field may name; empty allows every type.
        default: value when absent; empty for none.
        format: ``date`` where TEXT must be YYYY-MM-DD; empty for any text.
    """

    name: str
    kind: FieldKind
    label: str
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    default: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemType:
    """One type of item.

    Attributes:
        key: prefix of its ids.
        name: singular name in documents.
        document: key of the document that lists it.
        fields: own and common fields, in the order in which documents print them.
        links_up: whether an active item of this type must link upward to be no orphan.
    """

    key: str
    name: str
    document: str
    fields: tuple[Field, ...]
    links_up: bool = True

    def field(self, name: str) -> Field | None:
        """Return the field called ``name``, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def link_fields(self) -> tuple[Field, ...]:
        """Fields that hold links to other items."""
        return tuple(field for field in self.fields if field.kind is FieldKind.LINKS)


PRIORITIES = ("must", "should", "could", "wont")
VERIFICATIONS = ("test", "inspection", "analysis", "demonstration", "procedure", "supplier")
IMPACTS = ("patient_safety", "product_quality", "data_integrity")
SCALE = ("low", "medium", "high")
SCORE_KEYS = ("severity", "probability", "detectability")


def _f(name: str, kind: FieldKind, label: str, doc: str, **rest: object) -> Field:
    return replace(Field(name=name, kind=kind, label=label, doc=doc), **rest)  # type: ignore[arg-type]


COMMON_FIELDS: tuple[Field, ...] = (
    _f("title", FieldKind.TEXT, "Title", "Short name, a few words.", required=True),
    _f("text", FieldKind.PROSE, "Statement", "What is required or specified, as CommonMark.", required=True),
    _f("category", FieldKind.TEXT, "Category", "Heading under which documents group it."),
    _f("rationale", FieldKind.PROSE, "Rationale", "Why it is there."),
    _f("source", FieldKind.TEXT, "Source", "Where it comes from: process, workshop, SOP, person."),
    _f("owner", FieldKind.TEXT, "Owner", "Who answers for it."),
    _f("comment", FieldKind.PROSE, "Comment", "Anything else a reader should know."),
    _f("figures", FieldKind.FIGURES, "Figures", "Images, paths relative to this file."),
    _f("status", FieldKind.CHOICE, "Status", "Retired items stay, with a reason; their id is never used again.",
       choices=("active", "retired"), default="active"),
    _f("reason", FieldKind.PROSE, "Reason", "Why it was retired or is not applicable."),
    _f("impact", FieldKind.CHOICES, "Impact", "What a fault could harm; GxP relevance follows from it.",
       choices=IMPACTS),
    _f("gxp", FieldKind.YESNO, "GxP-critical", "Says it outright; without it, any impact means yes."),
    _f("priority", FieldKind.CHOICE, "Priority", "must, should, could or wont.", choices=PRIORITIES),
    _f("regulations", FieldKind.CLAUSES, "Regulations", "Clauses it answers, such as 21CFR11.10(e)."),
    _f("verification", FieldKind.CHOICE, "Verification", "How it is shown to be met.", choices=VERIFICATIONS,
       default="test"),
)  # fmt: skip


def _common(*names: str, required: tuple[str, ...] = ("title", "text")) -> tuple[Field, ...]:
    by_name = {field.name: field for field in COMMON_FIELDS}
    return tuple(replace(by_name[name], required=name in required) for name in names)


_TAIL = ("category", "rationale", "source", "owner", "comment", "figures", "status", "reason", "impact", "gxp",
         "priority", "regulations", "verification")  # fmt: skip


def _type(key: str, name: str, document: str, own: tuple[Field, ...], *, links_up: bool = True,
          text_required: bool = True) -> ItemType:  # fmt: skip
    required = ("title", "text") if text_required else ("title",)
    return ItemType(key=key, name=name, document=document, links_up=links_up,
                    fields=(*_common("title", "text", required=required), *own,
                            *_common(*_TAIL, required=())))  # fmt: skip


def _satisfies(*targets: str) -> Field:
    return _f("satisfies", FieldKind.LINKS, "Satisfies", "Ids it fulfils, one level up.", targets=targets)


SHIPPED_TYPES: dict[str, ItemType] = {
    kind.key: kind
    for kind in (
        _type("URS", "User requirement", "URS", (
            _f("acceptance", FieldKind.PROSE, "Acceptance criterion", "What must be seen for it to be met."),
        ), links_up=False),
        _type("FS", "Function", "FS", (
            _satisfies("URS"),
            _f("inputs", FieldKind.PROSE, "Inputs", "Type, range and validation of what goes in."),
            _f("processing", FieldKind.PROSE, "Processing", "Calculation or rule, with rounding."),
            _f("outputs", FieldKind.PROSE, "Outputs", "What comes out."),
            _f("errors", FieldKind.PROSE, "Error handling", "Messages and behaviour on error."),
            _f("access", FieldKind.PROSE, "Access rights", "Who may use it."),
            _f("audit", FieldKind.PROSE, "Audit trail and signature", "What it records."),
            _f("acceptance", FieldKind.PROSE, "Acceptance criterion", "What must be seen for it to be met."),
        )),
        _type("CS", "Configuration item", "CS", (
            _satisfies("URS", "FS"),
            _f("parameter", FieldKind.TEXT, "Parameter", "Name or path of the setting."),
            _f("value", FieldKind.TEXT, "Approved value", "The value it must have."),
            _f("default", FieldKind.TEXT, "Default", "The value as delivered."),
            _f("differences", FieldKind.PROSE, "Environment differences", "Where another environment differs."),
        ), text_required=False),
        _type("DS", "Design element", "DS", (
            _satisfies("URS", "FS", "CS"),
            _f("module", FieldKind.TEXT, "Module", "Component that realises it."),
            _f("interfaces", FieldKind.PROSE, "Interfaces", "What it offers and uses."),
            _f("data", FieldKind.PROSE, "Data", "What it stores and how."),
            _f("security", FieldKind.PROSE, "Security", "How it is protected."),
        )),
        _type("RSK", "Risk", "RA", (
            _f("assesses", FieldKind.LINKS, "Assesses", "Requirements or functions whose failure is considered.",
               targets=("URS", "FS", "CS", "DS"), required=True),
            _f("failure_mode", FieldKind.PROSE, "Failure mode", "What goes wrong.", required=True),
            _f("cause", FieldKind.PROSE, "Cause", "Why it could happen."),
            _f("effect", FieldKind.PROSE, "Effect", "Worst credible harm.", required=True),
            _f("severity", FieldKind.CHOICE, "Severity", "Of the effect.", choices=SCALE, required=True),
            _f("probability", FieldKind.CHOICE, "Probability", "Likelihood of the fault.", choices=SCALE,
               required=True),
            _f("detectability", FieldKind.CHOICE, "Detectability", "Low means hard to notice before harm.",
               choices=SCALE, required=True),
            _f("mitigated_by", FieldKind.LINKS, "Mitigated by", "Controls: functions, settings, procedures, tests."),
            _f("residual", FieldKind.SCORES, "Residual", "Scores once the controls work.", choices=SCALE),
            _f("decision", FieldKind.PROSE, "Decision", "Why the residual risk is accepted, or what is done."),
        ), links_up=False, text_required=False),
        _type("SOP", "Procedure", "SOP", (
            _satisfies(),
            _f("number", FieldKind.TEXT, "Number", "Document number of the procedure."),
            _f("version", FieldKind.TEXT, "Version", "Version in force."),
            _f("effective_date", FieldKind.TEXT, "Effective date", "YYYY-MM-DD.", format="date"),
        ), text_required=False),
        _type("SUP", "Supplier evidence", "SUP", (
            _satisfies(),
            _f("document", FieldKind.TEXT, "Document", "Supplier document relied on."),
            _f("version", FieldKind.TEXT, "Version", "Version of that document."),
            _f("leverage", FieldKind.CHOICE, "Leverage", "How far it replaces own testing.",
               choices=("full", "partial", "background", "rejected")),
        ), text_required=False),
        _type("CR", "Change request", "CR", (
            _f("affects", FieldKind.LINKS, "Affects", "Items that the change touches."),
            _f("kind", FieldKind.CHOICE, "Kind", "Type of change.",
               choices=("standard", "minor", "major", "emergency")),
            _f("impact_assessment", FieldKind.PROSE, "Impact assessment", "GxP, validation, security, data, rollback."),
        ), links_up=False, text_required=False),
    )
}  # fmt: skip


def all_types(project_types: Mapping[str, ItemType]) -> dict[str, ItemType]:
    """Return shipped types with the project's own ones added."""
    return {**SHIPPED_TYPES, **project_types}
