"""Item types and their fields, declared once.

The reader, the published JSON Schema, the reference in docs/ and editor completion all come from
``SHIPPED_TYPES``; a project adds types of its own under ``[types.X]`` of its settings (design.md §3.1, §3.2).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

from valgen.model.subjects import PROCEDURE_SUBJECTS, REVIEW_AREAS, SUPPLIER_DOMAINS


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
        traced: whether items of this type stand in the traceability matrix; records of training, of suppliers and
            of reviews do not, because nothing verifies them.
    """

    key: str
    name: str
    document: str
    fields: tuple[Field, ...]
    links_up: bool = True
    traced: bool = True

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
    _f("figures", FieldKind.FIGURES, "Figures",
       "Images, paths relative to this file; a caption may follow after a vertical bar."),
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


_RECORD_TAIL = ("source", "owner", "comment", "figures", "status", "reason")
_TAIL = ("category", "rationale", *_RECORD_TAIL, "impact", "gxp", "priority", "regulations", "verification")


def _type(key: str, name: str, document: str, own: tuple[Field, ...], *, links_up: bool = True,
          text_required: bool = True) -> ItemType:  # fmt: skip
    required = ("title", "text") if text_required else ("title",)
    taken = {field.name for field in own}
    tail = (one for one in _TAIL if one not in taken)
    return ItemType(key=key, name=name, document=document, links_up=links_up,
                    fields=(*_common("title", "text", required=required), *own,
                            *_common(*tail, required=())))  # fmt: skip


def _record(key: str, name: str, document: str, own: tuple[Field, ...]) -> ItemType:
    """A record that stands in its document alone: no requirement, so nothing that only requirements have."""
    return ItemType(key=key, name=name, document=document, links_up=False, traced=False,
                    fields=(*_common("title", "text", required=("title",)), *own,
                            *_common(*_RECORD_TAIL, required=())))  # fmt: skip


def _date(name: str, label: str, doc: str) -> Field:
    return _f(name, FieldKind.TEXT, label, doc, format="date")


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
            _f("technology", FieldKind.TEXT, "Technology, version, supplier", "What it is built with, and from whom."),
            _f("interfaces", FieldKind.PROSE, "Interfaces", "What it offers and uses."),
            _f("data", FieldKind.PROSE, "Data", "What it stores and how."),
            _f("errors", FieldKind.PROSE, "Error handling", "Messages and behaviour on error."),
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
            _f("subject", FieldKind.CHOICES, "Subject", "Standard subjects that the procedure treats.",
               choices=tuple(PROCEDURE_SUBJECTS)),
        ), text_required=False),
        _type("SUP", "Supplier evidence", "SUP", (
            _satisfies(),
            _f("document", FieldKind.TEXT, "Document", "Supplier document relied on."),
            _f("version", FieldKind.TEXT, "Version", "Version of that document."),
            _f("leverage", FieldKind.CHOICE, "Leverage", "How far it replaces own testing.",
               choices=("full", "partial", "background", "rejected")),
            _f("supplier", FieldKind.TEXT, "Supplier", "Whose evidence it is."),
            _f("version_match", FieldKind.CHOICE, "Version match",
               "Whether it is about the version or service in use.", choices=("yes", "partly", "no")),
            _f("independence", FieldKind.TEXT, "Independence", "Who made it, and how independent of development."),
            _f("scope_relevance", FieldKind.TEXT, "Scope relevance", "How much of the own use it is about."),
            _f("site_evidence", FieldKind.PROSE, "Site evidence still required", "What must be shown on site besides."),
        ), text_required=False),
        _type("CR", "Change request", "CR", (
            _f("affects", FieldKind.LINKS, "Affects", "Items that the change touches."),
            _f("kind", FieldKind.CHOICE, "Kind", "Type of change.",
               choices=("standard", "minor", "major", "emergency")),
            _f("reason", FieldKind.PROSE, "Reason", "Why the change is made; of a retired one, why it was retired."),
            _f("requester", FieldKind.TEXT, "Requested by", "Who asks for the change."),
            _date("date", "Requested on", "YYYY-MM-DD."),
            _f("impact_assessment", FieldKind.PROSE, "Impact assessment", "GxP, validation, security, data, rollback."),
            _f("risk", FieldKind.PROSE, "Risk", "What the change could do wrong, and what keeps that acceptable."),
            _f("validation_scope", FieldKind.PROSE, "Validation scope", "Tests to run and documents to update."),
            _f("not_retested", FieldKind.PROSE, "Not retested", "What is not tested again, and why that is right."),
            _f("implementation", FieldKind.PROSE, "Implementation", "What was done, by whom and when."),
            _f("verified", FieldKind.PROSE, "Verification after implementation", "What was checked, with its result."),
            _f("baseline", FieldKind.TEXT, "Baseline", "Baseline that holds after the change."),
            _date("closed", "Closed on", "YYYY-MM-DD."),
        ), links_up=False, text_required=False),
        _record("TRN", "Training record", "TRAINING", (
            _f("person", FieldKind.TEXT, "Person", "Who is trained.", required=True),
            _f("role", FieldKind.TEXT, "Role", "Role for which the person is trained.", required=True),
            _f("covers", FieldKind.LINKS, "Covers", "Procedures and other items that the training is about."),
            _f("method", FieldKind.TEXT, "Method", "Reading, course, instruction at the workplace."),
            _f("assessment", FieldKind.TEXT, "Assessment", "How learning was assessed, with the pass mark."),
            _f("outcome", FieldKind.CHOICE, "Result", "Result of the assessment.", choices=("passed", "failed")),
            _date("date", "Date", "YYYY-MM-DD; without it the training is planned."),
            _f("trainer", FieldKind.TEXT, "Trainer", "Who trained and confirms it."),
            _f("effectiveness", FieldKind.PROSE, "Effectiveness", "How it was seen at work that the training helped."),
            _date("valid_until", "Valid until", "YYYY-MM-DD."),
        )),
        _record("SA", "Supplier assessment point", "SUP", (
            _f("supplier", FieldKind.TEXT, "Supplier", "Who is assessed.", required=True),
            _f("domain", FieldKind.CHOICE, "Domain", "What was looked at.", choices=tuple(SUPPLIER_DOMAINS),
               required=True),
            _f("evidence", FieldKind.PROSE, "Evidence", "What was seen: document, interview, record."),
            _f("finding", FieldKind.PROSE, "Finding", "What it shows, good or bad."),
            _f("rating", FieldKind.CHOICE, "Rating", "How bad the finding is.",
               choices=("satisfactory", "minor", "major", "critical", "not_assessed"), required=True),
            _f("action", FieldKind.PROSE, "Action", "What the supplier or the own side does about it."),
            _date("due", "Due", "YYYY-MM-DD."),
        )),
        _record("PRV", "Periodic review point", "REVIEW", (
            _f("area", FieldKind.CHOICE, "Area", "What was reviewed.", choices=tuple(REVIEW_AREAS), required=True),
            _f("period", FieldKind.TEXT, "Period", "Time that the review covers."),
            _f("evidence", FieldKind.PROSE, "Evidence", "What was looked at."),
            _f("finding", FieldKind.PROSE, "Finding", "What it shows, good or bad."),
            _f("result", FieldKind.CHOICE, "Status", "What follows from it.",
               choices=("satisfactory", "action_required", "not_reviewed"), required=True),
            _f("action", FieldKind.PROSE, "Action", "What is done about it."),
            _date("due", "Due", "YYYY-MM-DD."),
        )),
    )
}  # fmt: skip


def all_types(project_types: Mapping[str, ItemType]) -> dict[str, ItemType]:
    """Return shipped types with the project's own ones added."""
    return {**SHIPPED_TYPES, **project_types}
