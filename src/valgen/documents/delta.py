"""Blocks of the delta validation report: what a release changed, what is tested again, and what is not and why.

A document whose baseline was not frozen is not compared, and the report says so. Every test that is not repeated stays
a row, with the reason. What is compared with what, and which tests follow from it, is in ``delta_selection``.

Source: domain/documents.md b.16 (regression and delta validation report), design.md §7 (impact).
"""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.blocks import Block, Cell, Column, Notice, Paragraph, Row, Run, Table, Tone, cell, paragraph
from valgen.documents.catalog import plan_documents
from valgen.documents.common import tests_linked
from valgen.documents.context import Context
from valgen.documents.delta_selection import (
    Compared,
    any_compared,
    changed_ids,
    compared_documents,
    mode_of,
    named_baseline,
    newest_summary,
    planned_statuses,
    selection,
)
from valgen.documents.messages import said
from valgen.documents.places import version_of
from valgen.documents.version_changes import difference_blocks
from valgen.documents.versions import Change
from valgen.model.ids import natural_order
from valgen.model.outcome import Coverage, Outcome, Stage
from valgen.model.project import DocumentEntry
from valgen.trace.dependents import dependents

_TONES = {Change.ADDED: Tone.GOOD, Change.CHANGED: Tone.WARN, Change.RETIRED: Tone.MUTED, Change.REMOVED: Tone.BAD}
_COVERED = frozenset(
    {
        Coverage.PASSED,
        Coverage.PASSED_WITH_DEVIATION,
        Coverage.PROCEDURE,
        Coverage.SUPPLIER,
        Coverage.NOT_APPLICABLE,
    }
)


def documents(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every document from its baseline to its present version, with the number of changes."""
    rows = []
    for one in compared_documents(context):
        spec = one.spec
        counts = {change: sum(1 for part in one.differences if part.change is change) for change in Change}
        said = ", ".join(f"{number} {change.value}" for change, number in counts.items() if number) or "none"
        base = one.base
        rows.append(
            Row(
                (
                    cell(spec.number),
                    cell(spec.title),
                    cell(f"{base.version}\n{base.date}" if base else one.wanted or "none"),
                    Cell((version_of(spec.key, spec.bare_version),)),
                    cell(said if base else "N/A"),
                    _remark(one),
                )
            )
        )
    columns = (
        Column("Number", 17),
        Column("Document", 22),
        Column("Baseline", 13),
        Column("Present", 22),
        Column("Changes", 12),
        Column("Remark", 17),
    )
    return (Table(columns, tuple(rows), role="index", empty="The pack has no other document."),)


def release(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What the release changed: every difference of every document, field by field."""
    blocks: list[Block] = []
    for one in compared_documents(context):
        if one.base is None or not one.differences or one.spec.entry.type == "RTM":
            continue
        blocks.append(paragraph(f"{one.spec.number} {one.spec.title}", bold=True))
        before, after = f"version {one.base.version}", f"version {one.spec.entry.version}"
        blocks.extend(difference_blocks(one.differences, before, after, context, f"Changes of {one.spec.number}"))
    return tuple(blocks) or (paragraph(_unchanged("No document changed against its baseline.", context)),)


def impact(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The impact matrix: what depends on each changed item or test case."""
    rows = []
    places = _documents_of(context)
    for name, change in changed_ids(context).items():
        reached = dependents(context.graph, (name,))
        uppers = context.graph.above(name)[1:] if name in context.graph.items else ()
        where = dict.fromkeys(key for one in (name, *reached.items) for key in places.get(one, ()))
        rows.append(
            Row(
                (
                    _links((name,), context),
                    cell(_title(name, context)),
                    cell(change.value.capitalize(), _TONES[change]),
                    _links(tuple(reached.items), context),
                    _links(uppers, context),
                    Cell((tests_linked(tuple(reached.cases), context),)) if reached.cases else cell("none"),
                    cell(", ".join(where)),
                )
            )
        )
    columns = (
        Column("Changed", 11),
        Column("Title", 22),
        Column("Change", 10),
        Column("Depends on it", 16),
        Column("It satisfies", 12),
        Column("Tests", 16),
        Column("Documents", 13),
    )
    empty = _unchanged("No item and no test case changed.", context)
    return (Table(columns, tuple(rows), role="matrix", wide=True, empty=empty),)


def tests(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The tests that are repeated with the reason, and those that are not with the rationale."""
    chosen = selection(context, changed_ids(context))
    settings = context.project.settings

    def rows(table: Mapping[str, str]) -> tuple[Row, ...]:
        return tuple(
            Row(
                (
                    _links((name,), context),
                    cell(context.graph.cases[name].title),
                    cell(", ".join(settings.planned_environments(context.graph.cases[name])) or "none"),
                    cell(reason[:1].upper() + reason[1:]),
                )
            )
            for name, reason in table.items()
        )

    def columns(last: str) -> tuple[Column, ...]:
        return (Column("Test ID", 14), Column("Title", 32), Column("Environment", 12), Column(last, 42))

    return (
        Table(
            columns("Repeated because"),
            rows(chosen.repeat),
            caption="Tests to be repeated",
            role="index",
            empty="No test needs to be repeated.",
        ),
        Table(
            columns("Not repeated because"),
            rows(chosen.keep),
            caption="Tests that are not repeated",
            role="index",
            empty="Every test is repeated.",
        ),
    )


def results(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The results of the tests that are repeated, per environment."""
    chosen = selection(context, changed_ids(context)).repeat
    rows = [
        Row(
            (
                _links((status.case,), context),
                cell(status.environment),
                cell(status.outcome.value, _outcome_tone(status.outcome)),
                cell(mode_of(status, context)),
                cell(status.run or "none"),
                cell(said(status.note)),
            )
        )
        for status in planned_statuses(context)
        if status.case in chosen
    ]
    columns = (
        Column("Test ID", 14),
        Column("Environment", 12),
        Column("Result", 14),
        Column("Mode", 10),
        Column("Run", 14),
        Column("Note", 36),
    )
    return (Table(columns, tuple(rows), role="results", empty="No test needs to be repeated."),)


def deviations(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Deviations of the tests that are repeated."""
    chosen = selection(context, changed_ids(context)).repeat
    rows = [
        Row(
            (
                cell(one.id),
                _links((one.case,), context),
                cell(one.counted_class.value + ("" if one.classification else " (unclassified)")),
                cell(one.status.value, Tone.GOOD if one.settled else Tone.BAD),
                cell(one.description or one.observed),
            )
        )
        for one in context.deviations
        if one.case in chosen
    ]
    columns = (
        Column("Deviation", 12),
        Column("Test ID", 14),
        Column("Classification", 16),
        Column("Status", 16),
        Column("Description", 42),
    )
    return (Table(columns, tuple(rows), empty="No deviation was opened for these tests."),)


def matrix(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The delta matrix: changed items and what depends on them, with tests and coverage."""
    changed = changed_ids(context)
    reached = dependents(context.graph, changed)
    names = sorted({*changed, *reached.items}, key=natural_order)
    rows = []
    for name in names:
        row = context.matrix.by_id.get(name)
        if row is None:
            continue
        tested = tuple(dict.fromkeys(one.id for one in row.tests))
        rows.append(
            Row(
                (
                    _links((name,), context),
                    cell(row.item.title),
                    cell(changed[name].value.capitalize() if name in changed else f"depends on {reached.items[name]}"),
                    _links(row.upstream, context),
                    Cell((tests_linked(tested, context),)) if tested else cell("none"),
                    cell(row.status.value, _coverage_tone(row.status)),
                    cell(row.dry_status.value, Tone.MUTED),
                )
            )
        )
    columns = (
        Column("ID", 12),
        Column("Title", 26),
        Column("Change", 13),
        Column("Upward", 12),
        Column("Tests", 15),
        Column("Coverage", 12),
        Column("Dry run", 12),
    )
    empty = _unchanged("No traced item changed.", context)
    return (Table(columns, tuple(rows), role="matrix", wide=True, empty=empty),)


def conclusion(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What the results of the repeated tests allow to say."""
    chosen = selection(context, changed_ids(context)).repeat
    standing = [status for status in planned_statuses(context) if status.case in chosen]
    open_points = [
        f"{one.spec.key} has no frozen version {one.wanted}".rstrip() + ", so it was not compared"
        for one in compared_documents(context)
        if one.base is None
    ]
    failed = [status for status in standing if not status.outcome.accepted]
    dry = [status for status in standing if mode_of(status, context) != "Formal"]
    blocking = [one for one in context.deviations if one.case in chosen and one.blocks_protocol]
    if failed:
        open_points.append(f"{len(failed)} of {len(standing)} repeated tests have no accepted result")
    if dry:
        open_points.append(f"{len(dry)} of {len(standing)} repeated tests were not executed formally")
    if blocking:
        open_points.append(f"{len(blocking)} critical or major deviation{'s are' if len(blocking) > 1 else ' is'} open")
    if open_points:
        points = tuple(paragraph(f"{text[:1].upper()}{text[1:]}.") for text in open_points)
        return (Notice("The release is not shown to be validated", points, Tone.BAD),)
    if not standing:
        return (paragraph("No test needed to be repeated: what changed touches none. The validated state is kept."),)
    return (
        paragraph(
            f"All {len(standing)} repeated tests were executed formally, each with an accepted result. Together with "
            "the results that stand, the release meets its requirements. This report supplements the validation "
            "summary report and takes effect when it is approved."
        ),
    )


def baseline(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Where the baseline comes from."""
    if named_baseline(context):
        return (paragraph("The versions that are compared with are those named in this section."),)
    summary = newest_summary(context)
    if summary is not None:
        text = (
            f"The versions that are compared with are those to which {summary.number} version {summary.version} of "
            f"{summary.date} refers."
        )
        return (paragraph(text),)
    return (paragraph("Each document is compared with the frozen version before its present one."),)


def _remark(one: Compared) -> Cell:
    if one.base is None:
        named = f"version {one.wanted} was not frozen" if one.wanted else "no version was frozen"
        return cell(f"not compared: {named}", Tone.WARN)
    if not one.differences:
        if one.base.version == one.spec.entry.version:
            return cell("unchanged, keeps its version")
        return cell("new version without a change of content")
    if one.base.version == one.spec.entry.version:
        return cell("changed without a new version", Tone.BAD)
    return cell("changed")


def _documents_of(context: Context) -> dict[str, list[str]]:
    """Return which documents list an item or a test case."""
    found: dict[str, list[str]] = {}
    for spec in plan_documents(context):
        kind = spec.entry.type
        if kind in Stage.__members__:
            for case in context.graph.cases.values():
                if case.stage.value == kind and spec.entry.selects_case(case):
                    found.setdefault(case.id, []).append(spec.key)
            continue
        kinds = {key for key, one in context.graph.types.items() if kind in (key, one.document)}
        for item in context.graph.items.values():
            if item.type in kinds and spec.entry.selects_item(item):
                found.setdefault(item.id, []).append(spec.key)
    return found


def _unchanged(text: str, context: Context) -> str:
    """Return a sentence that says that nothing changed; where nothing was compared, one that says that."""
    return text if any_compared(context) else "Not known: no version was frozen, so nothing was compared."


def _title(name: str, context: Context) -> str:
    if name in context.graph.items:
        return context.graph.items[name].title
    return context.graph.cases[name].title if name in context.graph.cases else "no longer in the project"


def _links(names: tuple[str, ...], context: Context) -> Cell:
    parts: list[Run] = []
    for number, name in enumerate(names):
        if number:
            parts.append(Run(", "))
        parts.append(Run(name, link=f"#{name}" if context.anchor(name) else ""))
    return Cell((Paragraph(tuple(parts)),)) if parts else cell("none")


def _outcome_tone(outcome: Outcome) -> Tone:
    if outcome.accepted:
        return Tone.GOOD
    return Tone.BAD if outcome in (Outcome.FAILED, Outcome.ERROR, Outcome.ABORTED) else Tone.WARN


def _coverage_tone(status: Coverage) -> Tone:
    if status in _COVERED:
        return Tone.GOOD
    return Tone.WARN if status is Coverage.NOT_EXECUTED else Tone.BAD
