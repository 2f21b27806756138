"""Blocks of the risk assessment: method, list, one record per risk, summary, test depth, residual risk.

The table lists what is compared between risks, the records hold the rest: together they have every column that
reviewers expect. Test results come from formal runs only, so that rehearsals never change an assessment.

Source: domain/documents.md b.7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    Facts,
    Paragraph,
    Row,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    runs,
)
from valgen.documents.common import linked, tests_linked
from valgen.documents.context import Context
from valgen.documents.fields import figures_of, value_blocks
from valgen.documents.items import WORDS
from valgen.documents.residual import RiskState, Standing, lowered, standing
from valgen.documents.rowing import count
from valgen.model.item import Item
from valgen.model.item_types import SCALE, Field
from valgen.model.project import DocumentEntry
from valgen.trace.risk import PRIORITIES, Score

_TONE = {"high": Tone.BAD, "medium": Tone.WARN, "low": Tone.GOOD}
STATE_TONES = {RiskState.REOPENED: Tone.BAD, RiskState.OPEN: Tone.WARN, RiskState.MITIGATED: Tone.GOOD}
CONTROL_KINDS: Mapping[str, str] = {
    "URS": "technical: demanded",
    "FS": "technical: function",
    "CS": "technical: setting",
    "DS": "design",
    "SOP": "procedural",
    "SUP": "supplier evidence",
}
DEPTHS: Mapping[str, str] = {
    "high": "Scripted tests: normal case, boundary or negative cases, challenge of the control; evidence at each "
    "critical step; independent review",
    "medium": "Scripted or structured unscripted tests: positive and main negative case",
    "low": "Unscripted test, supplier evidence or installation check; or no further test, with a reason",
}
"""Required verification by initial priority."""


def method(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Scales and matrices that scored the risks, as the project set them."""
    risk = context.project.settings.risk
    if risk.method == "rpn":
        bands = ", ".join(f"{name} from {lowest}" for name, lowest in sorted(risk.bands.items(), key=lambda b: -b[1]))
        return (paragraph(f"Risk priority number: severity x probability x detectability. Priority: {bands}."),)
    severities = sorted({key[0] for key in risk.risk_class}, key=_scale_order, reverse=True)
    probabilities = sorted({key[1] for key in risk.risk_class}, key=_scale_order)
    classes = sorted({key[0] for key in risk.priority})
    detectabilities = sorted({key[1] for key in risk.priority}, key=_scale_order, reverse=True)
    first = Table(
        (Column("Severity", 25), *(Column(f"Probability {_word(name).lower()}", 25) for name in probabilities)),
        tuple(
            Row(
                (
                    cell(_word(name), bold=True),
                    *(cell(f"Class {risk.risk_class.get((name, p), '?')}") for p in probabilities),
                )
            )
            for name in severities
        ),
        caption="Risk class from severity and probability",
    )
    second = Table(
        (Column("Risk class", 25), *(Column(f"Detectability {_word(name).lower()}", 25) for name in detectabilities)),
        tuple(
            Row(
                (
                    cell(f"Class {name}", bold=True),
                    *(priority_cell(risk.priority.get((name, d), "")) for d in detectabilities),
                )
            )
            for name in classes
        ),
        caption="Risk priority from class and detectability",
    )
    note = "Detectability is the likelihood that a fault is noticed before harm; low means hard to notice."
    return (paragraph(note), first, second)


def table(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every active risk on one line or two: scores before and with controls, controls, tests, decision."""
    rows = []
    for one in _standings(context, entry):
        item = one.item
        controls = tuple(name for name in context.graph.controls.get(item.id, ()) if name in context.graph.items)
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    Cell((linked(item.values("assesses")),)),
                    cell(item.title),
                    *_score_cells(one.initial),
                    priority_cell(one.initial.priority),
                    Cell((linked(controls),)) if controls else cell("none", Tone.WARN),
                    Cell((tests_linked(one.tests, context),)) if one.tests else cell("none"),
                    cell(_scores(one.residual)) if one.residual else cell("not scored", Tone.WARN),
                    priority_cell(one.residual.priority) if one.residual else cell("not scored", Tone.WARN),
                )
            )
        )
    columns = (
        Column("Risk ID", 7),
        Column("Assesses", 10),
        Column("Risk", 19),
        Column("S", 5),
        Column("P", 5),
        Column("Class", 4),
        Column("D", 5),
        Column("Initial priority", 6),
        Column("Controls", 13),
        Column("Tests", 13),
        Column("Residual S / P / class / D", 8),
        Column("Residual priority", 6),
    )
    legend = paragraph("S severity, P probability, D detectability. Each risk is described in full below.", Tone.MUTED)
    return (
        legend,
        Table(columns, tuple(rows), role="risks", wide=True, empty="The project defines no risk."),
    )


def records(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """One record per active risk with everything that was written and follows from it."""
    found = tuple(_record(one, context) for one in _standings(context, entry))
    return found or (paragraph("The project defines no risk.", Tone.MUTED),)


def summary(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Counts of risks by priority: before controls, as claimed with them, and in force by formal results."""
    found = _standings(context, entry)
    before = Counter(one.initial.priority for one in found)
    after = Counter(one.residual.priority if one.residual else "" for one in found)
    force = Counter(one.in_force for one in found)
    names = [*reversed(PRIORITIES), *([""] if before[""] or after[""] or force[""] else [])]
    rows = [
        Row((priority_cell(name), cell(str(before[name])), cell(str(after[name])), cell(str(force[name]))))
        for name in names
    ]
    total = cell(str(len(found)), bold=True)
    rows.append(Row((cell("Total", bold=True), total, total, total)))
    columns = (
        Column("Priority", 28),
        Column("Before controls", 24),
        Column("Residual, as scored", 24),
        Column("In force, by formal results", 24),
    )
    open_ones = tuple(one.item.id for one in found if one.residual and one.residual.priority == "high")
    unscored = tuple(one.item.id for one in found if one.residual is None)
    if open_ones:
        end: Block = Paragraph((*runs("Residual priority is still high for "), *linked(open_ones).runs), Tone.BAD)
    elif unscored:
        end = Paragraph((*runs("Residual risk has not been scored for "), *linked(unscored).runs), Tone.WARN)
    else:
        end = paragraph("No risk keeps a high residual priority by the author's scores.")
    note = paragraph(
        "A residual score is in force once every test of the control has been accepted in a formal execution.",
        Tone.MUTED,
    )
    return (Table(columns, tuple(rows)), end, note)


def depth(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What each priority asks of the tests, with the risks that have it."""
    found = _standings(context, entry)
    rows = []
    for name in reversed(PRIORITIES):
        ids = tuple(one.item.id for one in found if one.initial.priority == name)
        rows.append(
            Row(
                (
                    priority_cell(name),
                    cell(DEPTHS[name]),
                    cell(str(len(ids))),
                    Cell((linked(ids),)) if ids else cell("none"),
                )
            )
        )
    columns = (
        Column("Initial priority", 12),
        Column("Required verification", 46),
        Column("Risks", 8),
        Column("Which", 34),
    )
    return (Table(columns, tuple(rows)),)


def residual(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Per risk, whether its residual score holds by the results of the control's tests; a count in words below."""
    found = _standings(context, entry)
    rows = [
        Row(
            (
                link_cell((one.item.id,)),
                priority_cell(one.initial.priority),
                priority_cell(one.residual.priority) if one.residual else cell("not scored", Tone.WARN),
                cell(results_text(one, context)),
                cell(one.state.value, STATE_TONES.get(one.state, Tone.NEUTRAL), bold=True),
                priority_cell(one.in_force),
            )
        )
        for one in found
    ]
    columns = (
        Column("Risk ID", 10),
        Column("Initial", 9),
        Column("Residual, as scored", 11),
        Column("Tests of the control, formal results", 44),
        Column("Standing", 14),
        Column("In force", 12),
    )
    counts = Counter(one.state for one in found)
    words = ", ".join(f"{counts[state]} {state.value.lower()}" for state in RiskState if counts[state])
    end = paragraph(f"{count(len(found), 'risk')}: {words}." if found else "No risk is defined.")
    return (Table(columns, tuple(rows), role="risks", empty="The project defines no risk."), end)


def results_text(one: Standing, context: Context) -> str:
    """Return what formal results say about the control of a risk, as one phrase."""
    if not one.tests:
        return "no test challenges the control"
    if one.failed:
        return f"not accepted: {_named(one.failed, context)}"
    if one.waiting:
        total = len(one.waiting)
        return f"{total} of {_planned(one, context)} without a formal result: {_named(one.waiting, context)}"
    return f"all {_planned(one, context)} accepted"


def priority_cell(priority: str) -> Cell:
    """Return a priority as a cell in its tone; a risk without one is not scored."""
    return cell(_word(priority) or "not scored", _TONE.get(priority, Tone.NEUTRAL))


def _record(one: Standing, context: Context) -> Entry:
    item = one.item
    assessed = item.values("assesses")
    titles = "; ".join(context.graph.items[name].title for name in assessed if name in context.graph.items)
    critical = tuple(name for name in assessed if name in context.graph.items and context.graph.items[name].gxp)
    relevance = Paragraph((*runs("Yes: assesses "), *linked(critical).runs)) if critical else paragraph("No")
    if item.fields.get("impact") or item.fields.get("gxp"):
        from valgen.documents.items import critical as phrase

        relevance = paragraph(phrase(item))
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("Requirements, functions", (linked(assessed),)),
        ("Function, process step", (paragraph(titles or "not stated"),)),
        ("GxP-relevant", (relevance,)),
    ]
    for name, label in (("failure_mode", "Failure mode"), ("cause", "Cause"), ("effect", "Effect, worst credible")):
        rows.append((label, context.markdown(item.value(name)) or (paragraph("not stated", Tone.MUTED),)))
    rows.append(("Before controls", (paragraph(_spelled(one.initial)),)))
    rows.append(("Controls", _controls(item, context)))
    needed = DEPTHS.get(one.initial.priority, "not scored")
    rows.append(("Required verification", (paragraph(needed),)))
    tests = tests_linked(one.tests, context) if one.tests else paragraph("none")
    rows.append(("Tests", (tests,)))
    spelled = _spelled(one.residual) if one.residual else "not scored"
    if one.residual and not lowered(one.initial, one.residual):
        spelled += "; no lower priority is claimed"
    rows.append(("With controls (residual)", (paragraph(spelled),)))
    decision = context.markdown(item.value("decision")) or (paragraph("no decision is stated", Tone.WARN),)
    rows.append(("Decision", decision))
    rows.append(("Accepted by", (paragraph(item.value("owner") or "the signatures of this document"),)))
    rows.append(("Comment", context.markdown(item.value("comment")) or (paragraph("none"),)))
    rows += [(field.label, value_blocks(item, field.name, context)) for field in _further(item, context)]
    text = (*context.markdown(item.text), *figures_of((item,), context))
    return Entry(
        item.id,
        item.id,
        item.title,
        item.type,
        (*text, Facts(tuple(rows))),
        badge=f"{_word(one.initial.priority) or 'not scored'}",
        tone=_TONE.get(one.initial.priority, Tone.NEUTRAL),
    )


def _further(item: Item, context: Context) -> tuple[Field, ...]:
    """Written fields that every item may have and the record of a risk has no line of its own for."""
    found = (context.graph.types[item.type].field(name) for name in ("category", "source", "rationale", "regulations"))
    return tuple(field for field in found if field is not None and field.name in item.fields)


def _controls(item: Item, context: Context) -> tuple[Block, ...]:
    kinds: dict[str, list[str]] = {}
    for name in context.graph.active_controls(item.id):
        found = context.graph.items.get(name)
        kind = CONTROL_KINDS.get(found.type, found.type) if found else "test"
        if found and found.type == "SOP" and "train" in found.title.casefold():
            kind = "procedural, training"
        kinds.setdefault(kind, []).append(name)
    if not kinds:
        return (paragraph("none", Tone.WARN),)
    return tuple(
        Paragraph((*runs(f"{kind[:1].upper()}{kind[1:]}: "), *linked(tuple(names)).runs))
        for kind, names in kinds.items()
    )


def _standings(context: Context, entry: DocumentEntry | None) -> tuple[Standing, ...]:
    return tuple(standing(item, context) for item in context.items("RSK", entry))


def _planned(one: Standing, context: Context) -> int:
    return sum(len(context.project.settings.planned_environments(context.graph.cases[name])) or 1 for name in one.tests)


def _named(found: tuple[tuple[str, str], ...], context: Context, most: int = 8) -> str:
    words = list(dict.fromkeys(f"{context.graph.cases[name].base_id} {where}".strip() for name, where in found))
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def _spelled(score: Score) -> str:
    return (
        f"Severity {_word(score.severity).lower()}, probability {_word(score.probability).lower()}, "
        f"class {score.risk_class or '?'}, detectability {_word(score.detectability).lower()}: "
        f"priority {_word(score.priority).lower() or 'not scored'}"
    )


def _score_cells(score: Score) -> tuple[Cell, ...]:
    return (
        cell(_word(score.severity)),
        cell(_word(score.probability)),
        cell(score.risk_class or "?"),
        cell(_word(score.detectability)),
    )


def _scores(score: Score) -> str:
    severity, probability, detectability = map(_word, (score.severity, score.probability, score.detectability))
    return f"{severity} / {probability} / {score.risk_class or '?'} / {detectability}"


def _word(name: str) -> str:
    return WORDS.get(name, name)


def _scale_order(name: str) -> tuple[int, str]:
    return (SCALE.index(name) if name in SCALE else len(SCALE), name)
