"""Blocks of the validation summary report: specifications, stages, deviations, suppliers, training, baseline.

What they allow to conclude, and the criteria, stand in ``release``.

Source: domain/documents.md b.15.
"""

from __future__ import annotations

from collections import Counter

from valgen.codes import CODES
from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, paragraph
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.configuration import baseline_digest, baseline_id
from valgen.documents.context import Context
from valgen.documents.document_set import missing_documents
from valgen.documents.places import version_of
from valgen.documents.release import ACCEPTED, supplier_conclusions, trained
from valgen.documents.results import COUNTED
from valgen.documents.rowing import count, ids_cell, row
from valgen.model.deviation import Deviation, DeviationClass
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.trace.results import SYSTEM

_SPECIFICATIONS = ("URS", "FS", "CS", "DS", "RSK", "SOP", "SUP")


def specifications(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Items per type with the version of the document that holds them: active, retired, and covered formally."""
    versions = {spec.entry.type: _named(spec) for spec in plan_documents(context)}
    rows = []
    for kind in dict.fromkeys((*_SPECIFICATIONS, *context.project.settings.types)):
        active, retired = context.items(kind), context.items(kind, retired=True)
        if not active and not retired:
            continue
        info = context.graph.types[kind]
        counts = context.matrix.counts(kind, mode=RunMode.FORMAL)
        excluded = counts[Coverage.NOT_APPLICABLE]
        accepted = sum(counts[one] for one in ACCEPTED) - excluded
        share = f"{accepted} of {len(active)}" + (f", {excluded} not applicable" if excluded else "")
        rows.append(
            row(
                info.name,
                versions.get(kind) or versions.get(info.document) or cell("in no document of the pack"),
                str(len(active)),
                str(len(retired)),
                cell(share, Tone.GOOD if accepted + excluded == len(active) else Tone.WARN),
            )
        )
    columns = (
        Column("Items", 24), Column("Document and version", 36), Column("Active", 10), Column("Retired", 10),
        Column("Accepted coverage (formal)", 20),
    )  # fmt: skip
    return (Table(columns, tuple(rows), role="results", empty="The project has no items."),)


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


def plan_deviations(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Where the project differs from its plan: stages without formal execution, tests without result, documents."""
    rows = []
    for stage in Stage:
        for where in context.environments(stage):
            statuses = context.statuses(stage, where)
            planned = f"{count(len(statuses), 'test')} of the {stage} in {where}"
            if context.mode_of(stage, where) is RunMode.DRY:
                seen = "rehearsed in dry runs only" if context.stage_runs(stage, where) else "never run"
                rows.append(row(planned, cell(f"no formal execution; {seen}", Tone.BAD), "open: execute formally"))
                continue
            left = sum(1 for one in statuses if not one.outcome.executed)
            if left:
                rows.append(
                    row(
                        planned,
                        cell(f"{left} not executed, skipped, blocked or not applicable", Tone.WARN),
                        "open: execute, or justify each in the report of the stage",
                    )
                )
    for title in missing_documents(context):
        rows.append(row(title, cell("not written: there is no template", Tone.BAD), "open: write the document"))
    for spec in plan_documents(context):
        if not spec.registered:
            rows.append(
                row(spec.title, cell("not in the register", Tone.WARN), "open: register it, or plan it as not needed")
            )
    columns = (Column("Planned", 40), Column("Found", 32), Column("Disposition", 28))
    empty = "The work was done as planned: every planned test was executed, every planned document written."
    return (Table(columns, tuple(rows), role="gaps", empty=empty),)


def deviation_counts(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Deviations by class and state, and every open one with justification, owner, due date and workaround."""
    found = context.deviations
    if not found:
        return (paragraph(_no_deviation(context)),)
    rows = []
    for kind in DeviationClass:
        ones = [one for one in found if one.counted_class is kind]
        open_ones = sum(1 for one in ones if not one.settled)
        unclassified = sum(1 for one in ones if one.classification is None)
        name = f"{kind.value}, {unclassified} of them unclassified" if unclassified else kind.value
        rows.append(
            row(
                name,
                str(len(ones)),
                str(len(ones) - open_ones),
                cell(str(open_ones), Tone.BAD if open_ones else Tone.GOOD),
            )
        )
    total = sum(1 for one in found if not one.settled)
    rows.append(row("Total", str(len(found)), str(len(found) - total), str(total)))
    columns = (Column("Class", 40), Column("Recorded", 20), Column("Closed", 20), Column("Open", 20))
    table = Table(columns, tuple(rows), role="results", caption="Deviations by class")
    return (table, _open_deviations(found))


def training_status(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Training records by role: persons, passed assessments, and what is open."""
    found = context.items("TRN")
    rows = []
    for role in dict.fromkeys(one.value("role") or "not stated" for one in found):
        ones = [one for one in found if (one.value("role") or "not stated") == role]
        passed = sum(trained(one) for one in ones)
        persons = len({one.value("person") for one in ones})
        left = cell(str(len(ones) - passed), Tone.GOOD if passed == len(ones) else Tone.BAD)
        rows.append(row(role, str(persons), str(len(ones)), str(passed), left))
    columns = (
        Column("Role", 40), Column("Persons", 15), Column("Records", 15), Column("Passed", 15), Column("Open", 15),
    )  # fmt: skip
    empty = "The project keeps no training records; a person judges the criterion on training."
    return (Table(columns, tuple(rows), role="results", empty=empty),)


def supplier_outcome(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Each supplier assessment with the conclusion that it states and its findings that are open."""
    rows = []
    points = context.items("SA")
    bad = tuple(one.id for one in points if one.value("rating") in ("major", "critical"))
    for spec, terms in supplier_conclusions(context):
        stated = " and ".join(term.capitalize() for term in terms) or "no conclusion stated"
        tone = Tone.GOOD if terms == ("approved",) else Tone.WARN if terms == ("conditional",) else Tone.BAD
        rows.append(
            row(
                _named(spec),
                spec.title,
                cell(stated, tone),
                str(len(points)),
                ids_cell(bad, "none"),
            )
        )
    columns = (
        Column("Number, version", 24), Column("Assessment", 30), Column("Conclusion", 16), Column("Points", 10),
        Column("Major and critical findings", 20),
    )  # fmt: skip
    return (Table(columns, tuple(rows), role="results", empty="No supplier assessment belongs to the pack."),)


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


def environment_baseline(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Configuration baseline with its digest, and each environment with the version that its last run saw."""
    rows = []
    for where in context.project.settings.environments.values():
        seen = [run for run in context.runs if run.environment == where.name]
        last = seen[-1] if seen else None
        mode = "DRY RUN" if last and last.mode is RunMode.DRY else "formal"
        rows.append(
            row(
                where.name,
                where.purpose or "not stated",
                where.host or "not stated",
                (last.host.get(SYSTEM) or "not recorded") if last else cell("nothing recorded: no run", Tone.WARN),
                cell(f"{last.id} ({mode}), {last.started_at[:10]}", Tone.WARN if mode == "DRY RUN" else Tone.NEUTRAL)
                if last
                else cell("none", Tone.WARN),
            )
        )
    columns = (
        Column("Environment", 14), Column("Purpose", 28), Column("Host", 22), Column("System seen by the last run", 18),
        Column("Run", 18),
    )  # fmt: skip
    items = context.items("CS")
    text = (
        f"Configuration baseline {baseline_id(context)}: {count(len(items), 'configuration item')}, "
        f"SHA-256 {baseline_digest(context)}."
        if items
        else "The project has no configuration items, so there is no configuration baseline to freeze."
    )
    return (
        paragraph(text),
        Table(columns, tuple(rows), role="plain", caption="Environments", empty="No environment is declared."),
    )


def _no_deviation(context: Context) -> str:
    if any(run.mode is RunMode.FORMAL for run in context.runs):
        bad = sum(1 for one in context.matrix.formal.values() if one.outcome in (Outcome.FAILED, Outcome.ERROR))
        return f"No deviation is recorded; {count(bad, 'formal result')} failed."
    return "No deviation is recorded. Dry runs open none; results that were not accepted stand under Open points."


def _open_deviations(found: tuple[Deviation, ...]) -> Table:
    rows = [
        row(
            one.id,
            one.classification.value if one.classification else cell("unclassified: counts as critical", Tone.BAD),
            one.description or one.observed or "not described",
            one.acceptability_reason or one.resolution or cell("no justification", Tone.BAD),
            one.owner or cell("no owner", Tone.BAD),
            one.due or cell("no date", Tone.BAD),
        )
        for one in found
        if not one.settled
    ]
    columns = (
        Column("ID", 11), Column("Class", 14), Column("Description", 29), Column("Justification, workaround", 24),
        Column("Owner", 12), Column("Due", 10),
    )  # fmt: skip
    return Table(columns, tuple(rows), role="gaps", caption="Open deviations", empty="No deviation is open.")


def _named(spec: DocumentSpec) -> Cell:
    return Cell((paragraph(spec.number, bold=True), version_of(spec.key, spec.bare_version)))
