"""The table of documents: what is expected and why, what the project plans, and how far it has come.

The validation plan and the summary report print the same table, made from the same register and the same facts.

Source: domain/documents.md b.0 (core set), b.2 section 7, b.15 sections 2 and 3.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, paragraph
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.context import Context
from valgen.documents.places import effective_of, status_of, version_of
from valgen.documents.rowing import row
from valgen.documents.shipped import writable
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.outcome import Stage
from valgen.model.project import DocumentEntry, SignatureStep
from valgen.trace.document_set import CATEGORIES, CORE_SET, DocumentSet, Expected, Need, document_set

ROLE_WORDS = {"qa": "QA"}
_PLANNED = {"yes": "planned", "combined": "combined", "no": "N/A"}


def found_set(context: Context) -> DocumentSet:
    """Return what is expected of the project."""
    sources = (context.project, context.graph)
    return context.memo.get(("set",), sources, lambda: document_set(*sources))


def classification(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """One paragraph: the category and the impact that decide which documents are expected."""
    found = found_set(context)
    if found.category:
        first = f"The set of documents is chosen for GAMP category {found.category} ({CATEGORIES[found.category]})"
    else:
        first = "The GAMP category is not stated, so the content of the project decides which documents there are"
    if found.impact == "none":
        second = "; the system has no GxP impact, so only the assessment that says so is expected."
    elif found.impact:
        second = f" and {found.impact} GxP impact."
    else:
        second = "; the GxP impact is not stated."
    raised = ""
    if found.raised_by and found.impact != "none":
        raised = f" Risk-based documents are expected, because {found.raised_by}."
    return (paragraph(first + second + raised),)


def table(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every document type: expected or not and why, planned or not and why, with owner and who approves it."""
    found = found_set(context)
    rows: list[Row] = []
    for one in found.rows:
        entries = [entry for entry in context.project.documents if entry.type == one.type]
        rows += [_row(one, entry, context) for entry in entries or (None,)]
    shipped = {one.type for one in found.rows}
    for entry in context.project.documents:
        if entry.type not in shipped:
            rows.append(_row(found.of(entry.type), entry, context))
    columns = (
        Column("Document", 20),
        Column("Number", 13),
        Column("Expected", 11),
        Column("Because", 22),
        Column("Planned", 10),
        Column("Rationale", 22),
        Column("Owner", 12),
        Column("Approved by", 16),
    )
    return (*classification(context, entry), Table(columns, tuple(rows), role="index", wide=True))


def expected(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every document type: expected or not and why, and what the project decided; details stand in the plan."""
    rows = []
    for one in found_set(context).rows:
        entries = [entry for entry in context.project.documents if entry.type == one.type]
        decided = [_decision(one, entry)[0] for entry in entries or (None,)]
        rows.append(
            row(DOCUMENT_TYPES[one.type], cell(one.need.value, _need_tone(one.need, True)), one.because, decided[0])
        )
    columns = (Column("Document", 36), Column("Expected", 14), Column("Because", 36), Column("Planned", 14))
    return (*classification(context, entry), Table(columns, tuple(rows), role="index"))


def core_set(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The table that decides: need of each document type per GAMP category, the project's category marked."""
    category = found_set(context).category
    rows = [
        row(DOCUMENT_TYPES[kind], *(cell(need.value, _need_tone(need, own == category)) for own, need in needs.items()))
        for kind, needs in CORE_SET.items()
    ]
    columns = (Column("Document", 32), *(Column(f"Category {own}, {name}", 17) for own, name in CATEGORIES.items()))
    return (Table(columns, tuple(rows), caption="Core set by GAMP category", role="plain"),)


def _left_out(entry: DocumentEntry, found: DocumentSet) -> Cell:
    """What the report says of a document that the plan leaves out; content that has no other place contradicts it."""
    if not entry.rationale:
        return cell("no rationale given", Tone.BAD)
    expected = found.of(entry.type)
    if entry.planned == "no" and expected is not None and expected.content:
        text = f"the project has content for it, which no document of the pack holds; planned as: {entry.rationale}"
        return cell(text, Tone.BAD)
    return cell(f"none; as planned: {entry.rationale}")


def deliverables(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every deliverable of the plan with number, version, status, approval and where it deviates from the plan."""
    found = found_set(context)
    rows = [
        row(
            spec.number,
            spec.title,
            Cell((version_of(spec.key, spec.bare_version),)),
            Cell((status_of(spec.key, spec.bare_version),)),
            Cell((effective_of(spec.key, spec.bare_version),)),
            _from_plan(spec, found.of(spec.entry.type), context),
        )
        for spec in plan_documents(context)
    ]
    later = [one for one in found.rows if one.need is Need.IN_OPERATION]
    registered = {one.type for one in context.project.documents} | {spec.entry.type for spec in plan_documents(context)}
    rows += [
        row("none", DOCUMENT_TYPES[one.type], "N/A", "Not yet due", "N/A", f"none; in operation: {one.because}")
        for one in later
        if one.type not in registered
    ]
    for one in context.project.documents:
        if one.planned != "yes":
            rows.append(
                row(
                    one.number or "none",
                    one.title or DOCUMENT_TYPES.get(one.type, one.type),
                    "N/A",
                    "Combined" if one.planned == "combined" else "Not planned",
                    "N/A",
                    _left_out(one, found),
                )
            )
    columns = (
        Column("Number", 16),
        Column("Document", 22),
        Column("Version", 24),
        Column("Status", 10),
        Column("Approval date", 12),
        Column("Deviation from the plan", 16),
    )
    return (Table(columns, tuple(rows), role="index"),)


def missing_documents(context: Context) -> tuple[str, ...]:
    """Return the titles of documents that are planned or expected and cannot be written."""
    return tuple(spec.title for spec in plan_documents(context) if not writable(spec, context))


def role_word(role: str) -> str:
    """Return a role as printed."""
    return ROLE_WORDS.get(role, role.replace("_", " ").capitalize())


def _row(one: Expected, entry: DocumentEntry | None, context: Context) -> Row:
    title = DOCUMENT_TYPES.get(one.type, one.type)
    if entry and (entry.title or entry.environment):
        title = " ".join(part for part in (entry.title or title, entry.environment) if part)
    if one.type in Stage.__members__ and "protocol" not in title.lower():
        title += ", protocol and report"
    number = _number(one, entry, context)
    planned, rationale = _decision(one, entry)
    written = planned.blocks and planned.tone is not Tone.MUTED
    steps = context.project.settings.workflow.get(one.type, ())
    return row(
        title,
        number,
        cell(one.need.value, _need_tone(one.need, True)),
        one.because,
        planned,
        rationale,
        (entry.owner if entry and entry.owner else "not named") if written else "N/A",
        _approvers(steps) if written else "N/A",
    )


def _number(one: Expected, entry: DocumentEntry | None, context: Context) -> str:
    if entry is not None:
        default = f"{context.project.settings.project_id or 'DOC'}-{entry.key}"
        return (entry.number or default) if entry.planned == "yes" else entry.number or "none"
    written = one.need is Need.EXPECTED or one.content
    return f"{context.project.settings.project_id or 'DOC'}-{one.type}" if written else "none"


def _decision(one: Expected, entry: DocumentEntry | None) -> tuple[Cell, Cell | str]:
    """Return what the project plans for a document, and why."""
    if entry is not None:
        word = cell(_PLANNED[entry.planned], Tone.MUTED if entry.planned == "no" else Tone.NEUTRAL)
        if entry.planned == "yes":
            as_expected = one.need in (Need.EXPECTED, Need.RISK_BASED)
            return word, entry.rationale or ("as expected" if as_expected else "chosen by the project")
        return word, entry.rationale or cell("no rationale given", Tone.BAD)
    if one.need is Need.EXPECTED:
        return cell("planned"), "as expected; not in the register, so number and owner are defaults"
    if one.content:
        return cell("planned"), "the project has content for it; not in the register"
    if one.need is Need.RISK_BASED:
        return cell("N/A", Tone.MUTED), cell("not chosen by the project; no rationale given", Tone.WARN)
    if one.need is Need.IN_OPERATION:
        return cell("N/A", Tone.MUTED), "not yet due"
    return cell("N/A", Tone.MUTED), "as expected: none"


def _approvers(steps: tuple[SignatureStep, ...]) -> str:
    names = [role_word(step.role) for step in steps if step.meaning != "authored"]
    return ", ".join(names) or "nobody: the workflow asks for no approval"


def _from_plan(spec: DocumentSpec, expected: Expected, context: Context) -> Cell:
    if not writable(spec, context):
        return cell("not written: there is no template for documents of this type", Tone.BAD)
    if spec.registered:
        if not spec.entry.version:
            return cell("no version is registered", Tone.WARN)
        return cell("none")
    if expected.need is Need.EXPECTED:
        return cell("expected, but not in the register; written with a default number", Tone.WARN)
    return cell("not in the register; written from its content", Tone.WARN)


def _need_tone(need: Need, own: bool) -> Tone:
    if not own:
        return Tone.MUTED
    return Tone.GOOD if need is Need.EXPECTED else Tone.NEUTRAL
