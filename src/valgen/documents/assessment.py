"""Blocks of the GxP assessment: screening, records and signatures, criticality, conclusion.

The conclusion follows from the answers and the settings; where they contradict each other or leave something open,
it says so and concludes nothing.

Source: domain/documents.md b.1.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Column, Notice, Table, Tone, cell, paragraph
from valgen.documents.context import Context
from valgen.documents.document_set import found_set
from valgen.documents.plan import DEPTHS
from valgen.documents.rowing import count, ids_cell, row
from valgen.model.item_types import IMPACTS
from valgen.model.project import DocumentEntry
from valgen.model.screening import DIRECT, INDIRECT, NONE
from valgen.trace.document_set import CATEGORIES, ELECTRONIC_RULES
from valgen.trace.risk import initial_score
from valgen.trace.screening import screen

IMPACT_WORDS = {DIRECT: "Direct (high)", INDIRECT: "Indirect", NONE: "None"}
_HARMS = {
    "patient_safety": "Patient safety",
    "product_quality": "Product quality",
    "data_integrity": "Data integrity",
}
_SIGNATURES = ("21CFR11.50", "21CFR11.70", "21CFR11.100", "21CFR11.200", "21CFR11.300", "Annex11.14")


def screening(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every screening question with answer and rationale, and the impact that follows."""
    found = screen(context.project)
    rows = []
    for question, answer in found.rows:
        if answer is None:
            rows.append(row(question.text, cell("not answered", Tone.WARN), "not answered", "open"))
            continue
        weight = IMPACT_WORDS[question.impact] if answer.yes else "None"
        reason = answer.rationale or cell("no rationale given", Tone.BAD)
        rows.append(row(question.text, "Yes" if answer.yes else "No", reason, weight))
    columns = (Column("Question", 36), Column("Answer", 10), Column("Rationale", 42), Column("Impact", 12))
    return (Table(columns, tuple(rows), role="plain"), _impact(context))


def records(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Which rules on electronic records and signatures apply, as far as settings, answers and items say."""
    settings = context.project.settings
    answers = {one.question: one for one in context.project.screening}
    rows = []
    for name, title in zip(ELECTRONIC_RULES, ("21 CFR Part 11", "EU GMP Annex 11"), strict=True):
        named = name in settings.regulations
        text = (
            "Named as a regulation of the project; assessed clause by clause."
            if named
            else "Not among the regulations of the project."
        )
        rows.append(row(title, "Yes" if named else "No", text))
    for key, title in (("stores_records", "Electronic records"), ("signatures", "Electronic signatures")):
        answer = answers.get(key)
        if answer is None:
            rows.append(row(title, cell("not answered", Tone.WARN), "The screening question is not answered."))
        else:
            rows.append(row(title, "Yes" if answer.yes else "No", answer.rationale or "no rationale given"))
    stated = {one.clause: one for one in context.project.applicability}
    opened = stated.get("21CFR11.30")
    if opened is not None:
        words = "controls for open systems applied" if opened.applicable else "closed"
        rows.append(row("Open or closed system (21CFR11.30)", words.capitalize(), opened.rationale))
    elif ELECTRONIC_RULES[0] in settings.regulations:
        rows.append(
            row(
                "Open or closed system (21CFR11.30)",
                cell("not stated", Tone.WARN),
                "Not stated in requirements/applicability.yaml.",
            )
        )
    signing = tuple(
        item.id
        for item in context.items("URS")
        if any(clause.startswith(_SIGNATURES) for clause in item.values("regulations"))
    )
    if signing:
        rows.append(row("Requirements for signatures", str(len(signing)), ids_cell(signing)))
    columns = (Column("Subject", 28), Column("Applies", 16), Column("Because", 56))
    return (Table(columns, tuple(rows), role="plain"),)


def criticality(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """User requirements and risks by what a fault could harm, and the rating that follows."""
    items = context.items("URS")
    method = context.project.settings.risk
    rows = []
    high_of: dict[str, int] = {}
    for name in IMPACTS:
        concerned = tuple(item.id for item in items if name in item.values("impact"))
        risks = dict.fromkeys(risk for one in concerned for risk in context.graph.related_risks(one))
        high = tuple(one for one in risks if initial_score(context.graph.items[one], method).priority == "high")
        high_of[name] = len(high)
        rows.append(
            row(_HARMS[name], str(len(concerned)), ids_cell(concerned), ids_cell(high, "none of high priority"))
        )
    columns = (
        Column("A fault could harm", 18), Column("User requirements", 12), Column("Which", 40),
        Column("Risks of high priority", 30),
    )  # fmt: skip
    rating, reason = _rating(context, high_of)
    tone = {"High": Tone.WARN}.get(rating, Tone.NEUTRAL)
    return (Table(columns, tuple(rows), role="plain"), paragraph(f"Criticality: {rating}. {reason}", tone, bold=True))


def conclusion(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Whether validation is required, and how deep; nothing is concluded from open or contradicting statements."""
    found = found_set(context)
    screened = screen(context.project)
    stated = context.project.settings.gxp_impact
    if stated and screened.impact and stated != screened.impact:
        text = (
            f"The settings state the GxP impact {stated}, the screening gives {screened.impact}. "
            "One of the two must be corrected before anything is concluded."
        )
        return (Notice("No conclusion: contradicting statements", (paragraph(text),), Tone.BAD),)
    if not found.impact:
        open_ones = count(len(screened.unanswered), "screening question is", "screening questions are")
        text = f"{open_ones} not answered, and the settings state no GxP impact."
        return (Notice("No conclusion yet", (paragraph(text),), Tone.WARN),)
    if found.impact == NONE:
        text = "The system has no GxP impact. Validation is not required. This assessment is kept, and repeated when "
        return (Notice("Validation required: No", (paragraph(f"{text}the intended use changes."),), Tone.NEUTRAL),)
    category = f"category {found.category} ({CATEGORIES[found.category]})" if found.category else "category not stated"
    depth = DEPTHS.get(found.category, "The depth cannot be stated without a GAMP category.")
    depth = depth[:1].lower() + depth[1:]
    lines = [paragraph(f"GxP impact: {IMPACT_WORDS[found.impact].lower()}. GAMP {category}. Depth: {depth}")]
    if screened.unanswered:
        names = ", ".join(screened.unanswered)
        lines.append(
            paragraph(f"The impact is taken from the settings; these questions are not answered: {names}.", Tone.WARN)
        )
    if found.raised_by:
        lines.append(paragraph(f"Risk-based documents are expected, because {found.raised_by}."))
    return (Notice("Validation required: Yes", tuple(lines), Tone.NEUTRAL),)


def _impact(context: Context) -> Block:
    found = screen(context.project)
    stated = context.project.settings.gxp_impact
    if not found.impact:
        text = f"The GxP impact cannot be concluded: {count(len(found.unanswered), 'question')} not answered."
        return paragraph(text, Tone.WARN, bold=True)
    text = f"GxP impact by these answers: {IMPACT_WORDS[found.impact]}."
    if not stated:
        return paragraph(f"{text} The settings state none.", bold=True)
    if stated != found.impact:
        return paragraph(
            f"{text} The settings state {IMPACT_WORDS[stated]}, which contradicts it.", Tone.BAD, bold=True
        )
    return paragraph(f"{text} The settings state the same.", bold=True)


def _rating(context: Context, high_of: dict[str, int]) -> tuple[str, str]:
    harmed = {name for item in context.items("URS") for name in item.values("impact")}
    if "patient_safety" in harmed:
        return "High", "At least one requirement concerns patient safety."
    if any(high_of.values()):
        return "High", "At least one risk of high priority concerns product quality or data integrity."
    if harmed:
        return "Medium", "Requirements concern product quality or data integrity; no risk is of high priority."
    if not context.items("URS"):
        return "not rated", "The project has no user requirement yet."
    return "Low", "No requirement states an impact on patient safety, product quality or data integrity."
