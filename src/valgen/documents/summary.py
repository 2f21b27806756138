"""Blocks of the validation summary report: stages, deviations, criteria, baseline, release statement.

Every conclusion follows from data. The release statement says what speaks against a release as long as anything
does; a person's words cannot turn it.

Source: domain/documents.md b.15.
"""

from __future__ import annotations

from collections import Counter

from valgen.codes import CODES
from valgen.documents.blocks import Block, Column, ListBlock, Notice, Row, Table, Tone, cell, paragraph
from valgen.documents.catalog import plan_documents
from valgen.documents.clause_assessment import open_clauses
from valgen.documents.configuration import baseline_digest, baseline_id
from valgen.documents.context import Context
from valgen.documents.document_set import missing_documents
from valgen.documents.results import COUNTED
from valgen.documents.rowing import count, row
from valgen.model.deviation import Acceptability, Deviation, DeviationClass
from valgen.model.item import Item
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.trace.results import SYSTEM
from valgen.trace.risk import residual_score
from valgen.trace.screening import screen

_ACCEPTED = frozenset(
    {
        Coverage.PASSED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PROCEDURE,
        Coverage.SUPPLIER,
        Coverage.NOT_APPLICABLE,
    }
)
_SPECIFICATIONS = ("URS", "FS", "CS", "DS", "RSK", "SOP", "SUP")


def specifications(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Items per type with the version of the document that holds them: active, retired, and covered formally."""
    versions = {spec.entry.type: f"{spec.number}, {spec.version}" for spec in plan_documents(context)}
    rows = []
    for kind in dict.fromkeys((*_SPECIFICATIONS, *context.project.settings.types)):
        active, retired = context.items(kind), context.items(kind, retired=True)
        if not active and not retired:
            continue
        info = context.graph.types[kind]
        counts = context.matrix.counts(kind, mode=RunMode.FORMAL)
        accepted = sum(counts[one] for one in _ACCEPTED)
        rows.append(
            row(
                info.name,
                versions.get(kind) or versions.get(info.document, "in no document of the pack"),
                str(len(active)),
                str(len(retired)),
                cell(f"{accepted} of {len(active)}", Tone.GOOD if accepted == len(active) else Tone.WARN),
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
        passed = sum(_trained(one) for one in ones)
        persons = len({one.value("person") for one in ones})
        left = cell(str(len(ones) - passed), Tone.GOOD if passed == len(ones) else Tone.BAD)
        rows.append(row(role, str(persons), str(len(ones)), str(passed), left))
    columns = (
        Column("Role", 40), Column("Persons", 15), Column("Records", 15), Column("Passed", 15), Column("Open", 15),
    )  # fmt: skip
    empty = "The project keeps no training records; a person judges the criterion on training."
    return (Table(columns, tuple(rows), role="results", empty=empty),)


def acceptance(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Release criteria with what was found; a criterion that valgen keeps no records about says so."""
    rows = []
    for number, (name, text) in enumerate(context.project.settings.acceptance.items(), 1):
        met, found = judge(name, context)
        if met is None:
            word, tone = "to be judged by a person", Tone.WARN
        else:
            word, tone = ("met", Tone.GOOD) if met else ("not met", Tone.BAD)
        rows.append(row(f"AC-{number}", text or name.replace("_", " "), found, cell(word, tone)))
    columns = (Column("No.", 8), Column("Criterion", 40), Column("Found", 34), Column("Met", 18))
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
        Column("Environment", 14), Column("Purpose", 28), Column("Host", 22), Column("System seen by the last run", 20),
        Column("Run", 16),
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


def release(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The release statement that the results allow."""
    name = released_name(context)
    reasons = obstacles(context)
    if reasons:
        text = f"{name} is not released for regulated use by this report. What speaks against it:"
        return (Notice("Not released", (paragraph(text), _listed(reasons)), Tone.BAD),)
    held = conditions(context)
    if held:
        text = (
            f"The results support the release of {name} with the conditions below. "
            "It takes effect with the signatures of this report and of the release certificate."
        )
        return (Notice("Ready for signature, with conditions", (paragraph(text), _listed(held)), Tone.WARN),)
    text = (
        f"The results support the release of {name} for its intended use. "
        "It takes effect with the signatures of this report and of the release certificate."
    )
    return (Notice("Ready for signature", (paragraph(text),), Tone.GOOD),)


def released_name(context: Context) -> str:
    """Return name and version of the system, as release statement and certificate name it."""
    system = context.project.settings.system
    return f"{system.name or context.project.settings.project_name} {system.version}".strip()


def conditions(context: Context) -> tuple[str, ...]:
    """Return the conditions of a release: open minor deviations whose risk was judged acceptable, with owner and due
    date, and criteria that a person has to judge by signing."""
    found = [
        f"{one.id}: {one.resolution or one.description or one.observed} (owner {one.owner}, due {one.due})"
        for one in context.deviations
        if not one.settled and not _blocks(one)
    ]
    for name, text in context.project.settings.acceptance.items():
        met, seen = judge(name, context)
        if met is None:
            found.append(f"to be confirmed by signature: {text or name.replace('_', ' ')} ({seen})")
    return tuple(found)


def obstacles(context: Context) -> tuple[str, ...]:
    """Return everything that speaks against a release, in words; none only when nothing does."""
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
    if not any(context.environments(stage) for stage in Stage):
        reasons.append("no test is planned")
    gaps = context.matrix.counts("URS", mode=RunMode.FORMAL)[Coverage.GAP]
    if gaps:
        reasons.append(f"{count(gaps, 'user requirement is', 'user requirements are')} not covered")
    blocking = tuple(one.id for one in context.deviations if _blocks(one))
    if blocking:
        reasons.append(f"{count(len(blocking), 'deviation')} open: {', '.join(blocking)}")
    for title, number in open_clauses(context).items():
        if number:
            reasons.append(f"{count(number, 'clause')} of {title} without accepted evidence")
    for name, text in context.project.settings.acceptance.items():
        met, seen = judge(name, context)
        if met is False:
            reasons.append(f"criterion not met: {(text or name.replace('_', ' ')).rstrip('.')} ({seen})")
    screened, stated = screen(context.project).impact, context.project.settings.gxp_impact
    if screened and stated and screened != stated:
        reasons.append(f"the GxP impact is stated as {stated} and screened as {screened}")
    missing = missing_documents(context)
    if missing:
        reasons.append(f"{count(len(missing), 'planned document')} not written: {', '.join(missing)}")
    reasons.append("no document of the pack is approved")
    return tuple(dict.fromkeys(reasons))


def judge(name: str, context: Context) -> tuple[bool | None, str]:
    """Return whether a criterion is met and what was found; None where a person has to judge."""
    if name in _JUDGES:
        return _JUDGES[name](context)
    return None, "no record of it is kept by this version of the program"


def _requirements(context: Context) -> tuple[bool | None, str]:
    mandatory = [one for one in context.matrix.rows if one.item.type == "URS" and _mandatory(one.item)]
    covered = sum(1 for one in mandatory if one.status in _ACCEPTED)
    text = f"{covered} of {len(mandatory)} mandatory user requirements"
    return bool(mandatory) and covered == len(mandatory), text


def _residual_risk(context: Context) -> tuple[bool | None, str]:
    risks = context.items("RSK")
    scores = [residual_score(item, context.project.settings.risk) for item in risks]
    high = sum(1 for score in scores if score is not None and score.priority == "high")
    unscored = sum(1 for score in scores if score is None or not score.complete)
    if high or unscored:
        return False, f"{high} of {len(risks)} risks stay high, {unscored} are not scored"
    return None, f"no residual risk of {len(risks)} is high by its scores; acceptance is a signature"


def _deviations(context: Context) -> tuple[bool | None, str]:
    blocking = [one for one in context.deviations if one.blocks_protocol]
    if blocking:
        return False, f"{len(blocking)} of {len(context.deviations)} deviations are open and critical or major"
    if not any(run.mode is RunMode.FORMAL for run in context.runs):
        return False, "no formal execution yet; dry runs open no deviation"
    return True, f"none of {count(len(context.deviations), 'deviation')} is open and critical or major"


def _procedures(context: Context) -> tuple[bool | None, str]:
    found = context.items("SOP")
    undated = [one.id for one in found if not one.value("effective_date")]
    if undated:
        return False, f"{len(undated)} of {len(found)} procedures state no effective date: {', '.join(undated)}"
    if not found:
        return None, "no requirement relies on a procedure"
    latest = max(one.value("effective_date") for one in found)
    return None, f"all {len(found)} procedures state an effective date, the latest {latest}"


def _training(context: Context) -> tuple[bool | None, str]:
    found = context.items("TRN")
    if not found:
        return None, "the project keeps no training records"
    done = sum(_trained(one) for one in found)
    if done < len(found):
        return False, f"{done} of {len(found)} training records show a passed assessment with its date"
    return None, f"all {len(found)} training records show a passed assessment; completeness is judged by a person"


_JUDGES = {
    "requirements": _requirements,
    "residual_risk": _residual_risk,
    "deviations": _deviations,
    "procedures": _procedures,
    "training": _training,
}


def _blocks(one: Deviation) -> bool:
    """Whether an open deviation keeps the system from release: critical, major, unacceptable, or without owner."""
    if one.settled:
        return False
    acceptable = one.acceptability in (Acceptability.A, Acceptability.B)
    return one.blocks_protocol or not acceptable or not one.owner or not one.due


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


def _listed(texts: tuple[str, ...]) -> Block:
    return ListBlock(tuple((paragraph(text),) for text in texts))


def _trained(record: Item) -> bool:
    return record.value("outcome") == "passed" and bool(record.value("date"))


def _mandatory(item: Item) -> bool:
    return item.value("priority", "must") == "must"
