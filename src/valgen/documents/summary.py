"""Blocks of the validation summary report: deliverables, stages, acceptance criteria, release statement.

Source: domain/documents.md b.15.
"""

from __future__ import annotations

from collections import Counter

from valgen.documents.blocks import Block, Column, Notice, Row, Table, Tone, cell, paragraph
from valgen.documents.catalog import plan_documents
from valgen.documents.context import Context
from valgen.documents.matrix import stage_title
from valgen.documents.results import COUNTED
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.model.project import DocumentEntry


def deliverables(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every document of the pack with its version and status, and registered ones that are left out, with the reason."""
    rows = [
        Row(
            (
                cell(spec.number),
                cell(spec.title),
                cell(spec.version),
                cell("Draft", Tone.WARN),
                cell("not approved", Tone.WARN),
                cell("planned" if spec.registered else "not in the register; written from its content"),
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
    """Release criteria with what was found; a criterion that valgen cannot judge says so."""
    rows = []
    for name, text in context.project.settings.acceptance.items():
        met, found = _judge(name, context)
        tone = {True: Tone.GOOD, False: Tone.BAD}.get(met, Tone.WARN) if met is not None else Tone.WARN
        word = (
            {True: "met", False: "not met"}.get(met, "to be judged by a person")
            if met is not None
            else "to be judged by a person"
        )
        rows.append(Row((cell(text or name.replace("_", " ")), cell(found), cell(word, tone))))
    columns = (Column("Criterion", 45), Column("Found", 35), Column("Met", 20))
    return (Table(columns, tuple(rows), role="results", empty="The project states no acceptance criterion."),)


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
    found = context.matrix.counts("URS", mode=RunMode.FORMAL)
    total = sum(found.values())
    mandatory = [
        row for row in context.matrix.rows if row.item.type == "URS" and row.item.value("priority", "must") == "must"
    ]
    good = (
        Coverage.PASSED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PROCEDURE,
        Coverage.SUPPLIER,
        Coverage.NOT_APPLICABLE,
    )
    if name in ("mandatory_coverage", "coverage"):
        covered = sum(1 for row in mandatory if row.status in good)
        return bool(mandatory) and covered == len(
            mandatory
        ), f"{covered} of {len(mandatory)} mandatory user requirements"
    if name in ("no_gaps", "requirements_covered"):
        return total > 0 and found[Coverage.GAP] == 0, f"{found[Coverage.GAP]} of {total} user requirements not covered"
    if name in ("all_tests_passed", "tests_passed"):
        statuses = list(context.matrix.formal.values())
        accepted = sum(1 for status in statuses if status.outcome.accepted)
        failed = sum(1 for status in statuses if status.outcome in (Outcome.FAILED, Outcome.ERROR))
        return bool(statuses) and accepted == len(statuses), f"{accepted} of {len(statuses)} accepted, {failed} failed"
    return None, "not recorded by this program"


def stage_words() -> str:
    """Return the stages in words, for prose of the report."""
    return ", ".join(stage_title(stage) for stage in Stage)
