"""Blocks of the validation summary report: deliverables, stages, acceptance criteria, release statement.

Source: domain/documents.md b.15.
"""

from __future__ import annotations

from collections import Counter

from valgen.codes import CODES
from valgen.documents.blocks import Block, Cell, Column, Notice, Row, Table, Tone, cell, paragraph
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.context import Context
from valgen.documents.results import COUNTED
from valgen.documents.shipped import writable
from valgen.model.item import Item
from valgen.model.outcome import Coverage, RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.trace.risk import residual_score

_ACCEPTED = frozenset(
    {
        Coverage.PASSED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PROCEDURE,
        Coverage.SUPPLIER,
        Coverage.NOT_APPLICABLE,
    }
)


def deliverables(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every document of the pack with version and status, and registered ones that are left out, with the reason."""
    rows = [
        Row(
            (
                cell(spec.number),
                cell(spec.title),
                cell(spec.version),
                cell("Draft", Tone.WARN),
                cell("not approved", Tone.WARN),
                _remark(spec, context),
            )
        )
        for spec in plan_documents(context)
    ]
    for one in context.project.documents:
        if one.planned != "yes":
            rows.append(
                Row(
                    (
                        cell(one.number or "none"),
                        cell(one.title or one.type),
                        cell("N/A"),
                        cell(one.planned.capitalize()),
                        cell("N/A"),
                        cell(one.rationale or "no rationale given", Tone.NEUTRAL if one.rationale else Tone.BAD),
                    )
                )
            )
    columns = (
        Column("Number", 16),
        Column("Document", 30),
        Column("Version", 12),
        Column("Status", 10),
        Column("Approval", 12),
        Column("Remark", 20),
    )
    return (Table(columns, tuple(rows), role="index"),)


def _remark(spec: DocumentSpec, context: Context) -> Cell:
    if not writable(spec, context):
        return cell("not written: there is no template for documents of this type", Tone.BAD)
    return cell("planned" if spec.registered else "not in the register; written from its content")


def stages(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Planned tests and their results per stage and environment."""
    rows = []
    for stage in Stage:
        for where in context.environments(stage):
            counts = Counter(status.outcome for status in context.statuses(stage, where))
            executed = sum(number for outcome, number in counts.items() if outcome.executed)
            dry = context.mode_of(stage, where) is RunMode.DRY
            mode = ("DRY RUN" if context.stage_runs(stage, where) else "no run") if dry else "Formal"
            rows.append(
                Row(
                    (
                        cell(f"{stage} {where}", bold=True),
                        cell(mode, Tone.WARN if dry else Tone.NEUTRAL),
                        cell(str(sum(counts.values()))),
                        cell(str(executed)),
                        *(cell(str(counts[one])) for one in COUNTED),
                    )
                )
            )
    columns = (
        Column("Stage", 10),
        Column("Mode", 9),
        Column("Planned", 8),
        Column("Executed", 9),
        *(Column(one.value, 9) for one in COUNTED),
    )
    return (Table(columns, tuple(rows), role="results", wide=True, empty="No test is planned."),)


def acceptance(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Release criteria with what was found; a criterion that valgen keeps no records about says so."""
    rows = []
    for name, text in context.project.settings.acceptance.items():
        met, found = _judge(name, context)
        if met is None:
            word, tone = "to be judged by a person", Tone.WARN
        else:
            word, tone = ("met", Tone.GOOD) if met else ("not met", Tone.BAD)
        rows.append(Row((cell(text or name.replace("_", " ")), cell(found), cell(word, tone))))
    columns = (Column("Criterion", 45), Column("Found", 35), Column("Met", 20))
    return (Table(columns, tuple(rows), role="results", empty="The project states no acceptance criterion."),)


def waivers(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Checks whose severity the project lowered, with the reason."""
    rows = [
        Row(
            (
                cell(one.code, bold=True),
                cell(CODES[one.code].title if one.code in CODES else "unknown"),
                cell(one.severity.value),
                cell(one.reason),
            )
        )
        for one in context.project.settings.waivers
    ]
    columns = (Column("Code", 10), Column("Finding", 30), Column("Lowered to", 12), Column("Reason", 48))
    return (Table(columns, tuple(rows), role="plain", empty="No check was waived."),)


def release(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The release statement that the results allow."""
    system = context.project.settings.system
    name = f"{system.name or context.project.settings.project_name} {system.version}".strip()
    reasons = _obstacles(context)
    if reasons:
        text = f"{name} is not released for regulated use by this report: {'; '.join(reasons)}."
        return (Notice("Not released", (paragraph(text),), Tone.BAD),)
    text = f"The results support the release of {name}. It takes effect with the signatures of this report."
    return (Notice("Ready for signature", (paragraph(text),), Tone.GOOD),)


def _obstacles(context: Context) -> list[str]:
    reasons = []
    for stage in Stage:
        for where in context.environments(stage):
            statuses = context.statuses(stage, where)
            if context.mode_of(stage, where) is RunMode.DRY:
                reasons.append(f"{stage} in {where} has no formal execution")
                continue
            open_ones = sum(1 for status in statuses if not status.outcome.accepted)
            if open_ones:
                reasons.append(f"{open_ones} of {len(statuses)} {stage} tests in {where} are not accepted")
    gaps = context.matrix.counts("URS", mode=RunMode.FORMAL)[Coverage.GAP]
    if gaps:
        reasons.append(f"{gaps} user requirements are not covered")
    if not any(context.environments(stage) for stage in Stage):
        reasons.append("no test is planned")
    reasons.append("no document of the pack is approved")
    return reasons


def _judge(name: str, context: Context) -> tuple[bool | None, str]:
    if name == "requirements":
        mandatory = [row for row in context.matrix.rows if row.item.type == "URS" and _mandatory(row.item)]
        covered = sum(1 for row in mandatory if row.status in _ACCEPTED)
        return bool(mandatory) and covered == len(
            mandatory
        ), f"{covered} of {len(mandatory)} mandatory user requirements"
    if name == "residual_risk":
        risks = context.items("RSK")
        scores = [residual_score(item, context.project.settings.risk) for item in risks]
        high = sum(1 for score in scores if score is not None and score.priority == "high")
        unscored = sum(1 for score in scores if score is None or not score.complete)
        if high or unscored:
            return False, f"{high} of {len(risks)} risks stay high, {unscored} are not scored"
        return None, f"no residual risk of {len(risks)} is high by its scores; acceptance is a signature"
    return None, "no record of it is kept by this version of the program"


def _mandatory(item: Item) -> bool:
    return item.value("priority", "must") == "must"
