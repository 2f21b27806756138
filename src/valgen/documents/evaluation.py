"""What a stage report concludes: the protocol that was executed, coverage, criteria, the statement.

Every count is made from the same standings as the rows beside it. Nothing but Passed, and Passed with deviation
counted for itself, is ever called accepted, and results of dry runs never lead to an acceptance.

Source: domain/documents.md b.12 (sections 1, 6, 9, 10, 11).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from valgen.documents.amendments import stage_amendments
from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Facts,
    ListBlock,
    Notice,
    Row,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
)
from valgen.documents.catalog import plan_documents
from valgen.documents.checklists import criteria_texts
from valgen.documents.common import prose_sections, tests_linked
from valgen.documents.context import Context
from valgen.documents.deviations import without_deviation
from valgen.documents.evidence import deciding_runs, is_dry
from valgen.documents.executed import executed_steps, same_script
from valgen.documents.places import approval_words, version_of
from valgen.documents.results import COUNTED
from valgen.documents.rowing import count
from valgen.documents.step_tables import changed_steps, is_unproven
from valgen.model.outcome import Coverage, Outcome, Stage
from valgen.model.project import DocumentEntry
from valgen.model.run import Run
from valgen.trace.coverage import coverage_from_outcomes
from valgen.trace.fingerprint import planned_steps
from valgen.trace.results import SYSTEM, CaseStatus, system_name

_CRITERIA = "Acceptance criteria"


def protocol_executed(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """The protocol whose tests were executed: number, version, approval, and whether its scripts are the same today."""
    spec = next(
        (one for one in plan_documents(context) if one.variant == "protocol" and (not entry or one.entry == entry)),
        None,
    )
    statuses = [status for status in context.statuses(stage, entry.environment if entry else "") if status.attempt]
    changed = [status for status in statuses if not same_script(context.graph.cases[status.case], status)]
    words = f"{len(statuses) - len(changed)} of {len(statuses)} executed scripts are those of this protocol"
    rows: list[tuple[str, tuple[Block, ...]]] = [
        ("Protocol", (paragraph(f"{spec.number}, {spec.title}" if spec else "none planned"),)),
        ("Version", (version_of(spec.key, spec.bare_version) if spec else paragraph("none"),)),
        ("Approval", (approval_words(spec.key, spec.bare_version) if spec else paragraph("none", Tone.WARN),)),
        ("Scripts", (paragraph(words, Tone.BAD if changed else Tone.NEUTRAL),)),
    ]
    return (Facts(tuple(rows)),)


def amendments(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Amendments of the protocol, then scripts whose steps are not those that were executed, step by step."""
    rows = []
    for status in context.statuses(stage, entry.environment if entry else ""):
        if not status.attempt:
            continue
        case = context.graph.cases[status.case]
        if same_script(case, status):
            continue
        for number, old, new in changed_steps(executed_steps(case, status), planned_steps(case)) or ((0, "", ""),):
            rows.append(
                Row(
                    (
                        link_cell((status.case,)),
                        cell(status.environment),
                        cell(str(number) if number else "tags only"),
                        cell(old or ("none" if number else "N/A: the steps are the same")),
                        cell(new or ("none" if number else "N/A: the steps are the same")),
                    )
                )
            )
    columns = (
        Column("Test ID", 14),
        Column("Env.", 8),
        Column("Step", 6),
        Column("As executed", 36),
        Column("In the protocol now", 36),
    )
    any_done = _any_attempt(context, entry, stage)
    empty = "The executed steps are those of the protocol." if any_done else "Nothing has been executed."
    table = Table(columns, tuple(rows), role="gaps", empty=empty)
    if context.ledger is None:  # nothing could have been amended
        return (table,)
    return (stage_amendments(context, entry, stage), table)


def phase_coverage(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Items that cases of the stage verify, with the result of these cases alone."""
    where = entry.environment if entry else ""
    results: dict[str, dict[str, list[Outcome]]] = {}
    for status in context.statuses(stage, where):
        case = context.graph.cases[status.case]
        for name in context.graph.verified_items(case):
            results.setdefault(name, {}).setdefault(status.case, []).append(status.outcome)
    order = [name for name in context.graph.items if name in results]
    rows = []
    counts: Counter[Coverage] = Counter()
    for name in order:
        found = coverage_from_outcomes(one for outcomes in results[name].values() for one in outcomes)
        counts[found] += 1
        tone = Tone.GOOD if found is Coverage.PASSED else Tone.BAD if found is Coverage.FAILED else Tone.WARN
        rows.append(
            Row(
                (
                    link_cell((name,)),
                    cell(context.graph.items[name].title),
                    Cell((tests_linked(tuple(results[name]), context),)),
                    cell(found.value, tone),
                )
            )
        )
    columns = (Column("ID", 12), Column("Title", 36), Column("Tests of this stage", 34), Column("Result", 18))
    table = Table(columns, tuple(rows), role="results", empty=f"No {stage} test verifies an item.")
    if not rows:
        return (table,)
    words = ", ".join(f"{number} {status.value}" for status, number in sorted(counts.items()))
    note = " These results are those of dry runs." if is_dry(context, stage, where) else ""
    return (table, paragraph(f"{count(len(rows), 'item is', 'items are')} verified by this stage: {words}.{note}"))


def criteria(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Each acceptance criterion with whether it is met and where that is shown."""
    rows = [
        Row(
            (
                cell(text),
                cell({True: "Yes", False: "No", None: "to be judged by a person"}[met], _TONES[met]),
                cell(reference),
            )
        )
        for text, met, reference in (*_checked(context, entry, stage), *_stated(context, entry, stage))
    ]
    columns = (Column("Criterion", 46), Column("Met", 14), Column("Reference", 40))
    return (Table(columns, tuple(rows), role="results"),)


def conclusion(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """What the results allow to say, made from the same counts as the tables."""
    where = entry.environment if entry else ""
    statuses = context.statuses(stage, where)
    counts = Counter(status.outcome for status in statuses)
    accepted = counts[Outcome.PASSED] + counts[Outcome.PASSED_WITH_DEVIATION]
    planned = len(statuses)
    parts = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in COUNTED if counts[outcome])
    lead = paragraph(f"{planned} planned: {parts or 'none'}. Accepted: {accepted} of {planned}.")
    if is_dry(context, stage, where):
        text = (
            f"No conclusion: the results are those of a dry run. The {stage} stage is not accepted, "
            "and the next stage may not begin."
        )
        return (lead, Notice("Not accepted", (paragraph(text),), Tone.WARN))
    unmet = [text for text, met, _ in _checked(context, entry, stage) if met is False]
    if not unmet:
        text = f"Every planned {stage} test is accepted. Acceptance needs the signatures of this report."
        return (lead, Notice("Acceptance criteria met", (paragraph(text),), Tone.GOOD))
    text = f"{planned - accepted} of {planned} planned {stage} tests are not accepted."
    reasons = ListBlock(tuple((paragraph(one),) for one in unmet))
    return (lead, Notice("Not accepted", (paragraph(f"{text} Criteria that are not met:"), reasons), Tone.BAD))


_TONES = {True: Tone.GOOD, False: Tone.BAD, None: Tone.WARN}
_Criterion = tuple[str, bool | None, str]


def _checked(context: Context, entry: DocumentEntry | None, stage: Stage) -> Iterator[_Criterion]:
    """Criteria that hold for every report and follow from records."""
    where = entry.environment if entry else ""
    statuses = context.statuses(stage, where)
    runs = deciding_runs(context, stage, where)
    total = len(statuses)
    dry = is_dry(context, stage, where)
    source = "results are those of dry runs" if dry else "formal executions only" if runs else "nothing was executed"
    yield "The results come from formal executions", bool(runs) and not dry, source
    done = sum(1 for status in statuses if status.outcome.executed)
    yield "Every planned test was executed", 0 < total == done, f"{done} of {total}, Statistics"
    accepted = sum(1 for status in statuses if status.outcome.accepted)
    words = (
        f"{accepted} of {total} passed in dry runs, which accept nothing"
        if dry and accepted
        else f"{accepted} of {total}"
    )
    yield "Every planned test is accepted", 0 < total == accepted and not dry, f"{words}, Statistics"
    attempts = [status for status in statuses if status.attempt]
    for criterion, met, reference in _of_attempts(context, attempts, runs):
        nothing = not attempts and met is True
        yield criterion, met and not nothing, "nothing was executed" if nothing else reference
    open_ones = [one.id for one in context.deviations if one.phase == stage.value and one.blocks_protocol]
    untold = [
        one for one in without_deviation(context) if one.run.stage is stage and where in ("", one.run.environment)
    ]
    where_open = ", ".join(open_ones) or "none open, Deviations"
    if untold:
        where_open += f"; {count(len(untold), 'result')} without a deviation, which counts as critical"
    met = not open_ones and not untold
    yield "No critical or major deviation is open", met if not dry else None, where_open
    yield "Executor and reviewer are different persons", None, "signatures of this report"


def _of_attempts(context: Context, statuses: Sequence[CaseStatus], runs: Sequence[Run]) -> Iterator[_Criterion]:
    """Criteria about what was executed; where nothing was, none of them is met."""
    stale = sum(1 for status in statuses if status.stale)
    yield "No result is stale", not stale, f"{stale} stale, Results"
    steps = [step for status in statuses for step in (status.attempt.steps if status.attempt else ())]
    bare = sum(1 for step in steps if is_unproven(step))
    yield "Every expected result was checked or observed", not bare, f"{bare} without, Expected results without a check"
    changed = sum(1 for one in statuses if not same_script(context.graph.cases[one.case], one))
    yield "The executed steps are those of the protocol", not changed, f"{changed} differ, Amendments"
    declared = system_name(context.project.settings)
    other = [run.id for run in runs if run.host.get(SYSTEM, declared) != declared]
    yield "The system found is the declared one", bool(runs) and not other, ", ".join(other) or count(len(runs), "run")
    refs = [(ref, run) for run in runs for one in run.attempts for step in one.steps for ref in step.evidence]
    early = sum(1 for ref, run in refs if ref.captured_at and ref.captured_at < run.started_at)
    yield (
        "No attachment is older than its run",
        not early,
        f"{count(len(refs), 'attachment')} of the runs, {early} older",
    )
    order = [one.case for run in runs for one in run.attempts if one.finished_at and one.finished_at < one.started_at]
    yield "Times are in order", not order, ", ".join(order) or "Executed test cases"


def _stated(context: Context, entry: DocumentEntry | None, stage: Stage) -> Iterator[_Criterion]:
    """Criteria that the project wrote in the protocol, one per list item; people judge them."""
    for key in dict.fromkeys((entry.key, entry.type) if entry else (stage.value,)):
        found = prose_sections(context, key).get(_CRITERIA.casefold())
        if not found or not found[1]:
            continue
        for text in criteria_texts(found[1]):
            yield text, None, "protocol, Acceptance criteria"
        return


def _any_attempt(context: Context, entry: DocumentEntry | None, stage: Stage) -> bool:
    return any(status.attempt for status in context.statuses(stage, entry.environment if entry else ""))
