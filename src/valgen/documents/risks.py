"""Blocks of the risk assessment: method, table, summary, residual risk.

Source: domain/documents.md b.7.
"""

from __future__ import annotations

from collections import Counter

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Paragraph,
    Row,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    runs,
)
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.items import WORDS
from valgen.model.item import Item
from valgen.model.item_types import SCALE
from valgen.model.project import DocumentEntry
from valgen.trace.risk import PRIORITIES, Score, initial_score, residual_score

_TONE = {"high": Tone.BAD, "medium": Tone.WARN, "low": Tone.GOOD}


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
                    *(_priority_cell(risk.priority.get((name, d), "")) for d in detectabilities),
                )
            )
            for name in classes
        ),
        caption="Risk priority from class and detectability",
    )
    note = "Detectability is the likelihood that a fault is noticed before harm; low means hard to notice."
    return (paragraph(note), first, second)


def table(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every active risk with its scores, controls, tests and residual priority."""
    rows = []
    for item in context.items("RSK", entry):
        initial = initial_score(item, context.project.settings.risk)
        residual = residual_score(item, context.project.settings.risk)
        controls = tuple(name for name in context.graph.controls.get(item.id, ()) if name in context.graph.items)
        rows.append(
            Row(
                (
                    cell(item.id, bold=True),
                    Cell((linked(item.values("assesses")),)),
                    _prose(context, item, "failure_mode"),
                    _prose(context, item, "cause"),
                    _prose(context, item, "effect"),
                    cell(_scores(initial)),
                    _priority_cell(initial.priority),
                    Cell((linked(controls),)) if controls else cell("none", Tone.WARN),
                    link_cell(context.graph.risk_tests.get(item.id, ())),
                    _residual_cell(residual),
                    _prose(context, item, "decision"),
                ),
                anchor=item.id,
            )
        )
    columns = (
        Column("Risk", 8),
        Column("Assesses", 9),
        Column("Failure mode", 15),
        Column("Cause", 11),
        Column("Effect", 13),
        Column("S / P / class / D", 8),
        Column("Priority", 7),
        Column("Controls", 8),
        Column("Tests", 8),
        Column("Residual", 9),
        Column("Decision", 12),
    )
    return (Table(columns, tuple(rows), role="risks", wide=True, empty="The project defines no risk."),)


def summary(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Counts of risks by priority before and after their controls."""
    found = context.items("RSK", entry)
    before = Counter(initial_score(item, context.project.settings.risk).priority for item in found)
    scores = [residual_score(item, context.project.settings.risk) for item in found]
    after = Counter(score.priority if score else "" for score in scores)
    rows = [
        Row((_priority_cell(name), cell(str(before[name])), cell(str(after[name])))) for name in reversed(PRIORITIES)
    ]
    rows.append(Row((cell("not scored"), cell(str(before[""])), cell(str(after[""])))))
    rows.append(Row((cell("Total", bold=True), cell(str(len(found)), bold=True), cell(str(len(found)), bold=True))))
    columns = (Column("Priority", 40), Column("Before controls", 30), Column("With controls (residual)", 30))
    open_ones = tuple(item.id for item, score in zip(found, scores, strict=True) if score and score.priority == "high")
    if open_ones:
        end: Block = Paragraph((*runs("Residual priority is still high for "), *linked(open_ones).runs), Tone.BAD)
    elif any(score is None for score in scores):
        unscored = tuple(item.id for item, score in zip(found, scores, strict=True) if score is None)
        end = Paragraph((*runs("Residual risk has not been scored for "), *linked(unscored).runs), Tone.WARN)
    else:
        end = paragraph("No risk keeps a high residual priority by the author's scores.")
    note = paragraph(
        "A lower residual score holds only while the tests of the control pass; the results stand in the OQ report.",
        Tone.MUTED,
    )
    return (Table(columns, tuple(rows)), end, note)


def _prose(context: Context, item: Item, name: str) -> Cell:
    return Cell(context.markdown(item.value(name)))


def _scores(score: Score) -> str:
    severity, probability, detectability = map(_word, (score.severity, score.probability, score.detectability))
    return f"{severity} / {probability} / {score.risk_class or '?'} / {detectability}"


def _residual_cell(score: Score | None) -> Cell:
    if score is None:
        return cell("not scored", Tone.WARN)
    text = f"{_word(score.priority) or '?'}\n{_scores(score)}"
    return cell(text, _TONE.get(score.priority, Tone.NEUTRAL))


def _priority_cell(priority: str) -> Cell:
    return cell(_word(priority) or "?", _TONE.get(priority, Tone.NEUTRAL))


def _word(name: str) -> str:
    return WORDS.get(name, name)


def _scale_order(name: str) -> tuple[int, str]:
    return (SCALE.index(name) if name in SCALE else len(SCALE), name)
