"""Blocks of the delta validation report: what a release changed, what is tested again, and what is not and why.

Every document is compared with a baseline: the version that the section *Baseline* of the report's prose names, else
the one that the newest frozen validation summary report refers to, else the frozen version before the present one. A
document whose baseline was not frozen is not compared, and the report says so.

A test is repeated when its script changed, when it verifies a changed item or anything that depends on one, when it
verifies what a changed item satisfies, or when its earlier result no longer counts. Every other test stays a row, with
the reason why it is not repeated.

Source: domain/documents.md b.16 (regression and delta validation report), design.md §7 (impact).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from valgen.documents.blocks import Block, Cell, Column, Notice, Paragraph, Row, Run, Table, Tone, cell, paragraph
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.common import tests_linked
from valgen.documents.context import Context, Making
from valgen.documents.messages import said
from valgen.documents.places import version_of
from valgen.documents.version_changes import difference_blocks
from valgen.documents.versions import Change, Difference, differences, document_parts, text_sections
from valgen.model.ids import natural_order
from valgen.model.outcome import Coverage, Outcome, RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.model.version import FrozenVersion, PartKind, frozen_before, frozen_version
from valgen.trace.dependents import dependents
from valgen.trace.results import CaseStatus

_SECTION = "baseline"
_VERSION = r"(?:version[ \t]+)?(\d+(?:\.\d+)*)"
_LISTED = (PartKind.ITEM, PartKind.CASE)
_COMPARED = frozenset(PartKind) - {PartKind.TEMPLATE, PartKind.RESULT}
_EXCLUDED = Outcome.NOT_APPLICABLE
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One document beside its baseline.

    Attributes:
        base: None where no frozen version can serve.
        wanted: version that was named as the baseline; empty where none was named.
        differences: between baseline and present content.
    """

    spec: DocumentSpec
    base: FrozenVersion | None
    wanted: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which tests are repeated, and why each other one is not.

    Attributes:
        repeat: run id of a test case to the reason.
        keep: run id of a test case to the reason why its result stands.
    """

    repeat: Mapping[str, str]
    keep: Mapping[str, str]


def compared_documents(context: Context) -> tuple[Compared, ...]:
    """Return every document of the pack but delta reports, each beside its baseline."""
    named = _named_baseline(context)
    released = _released(context)
    found = []
    for spec in plan_documents(context):
        if spec.entry.type == "DELTA":
            continue
        wanted = named.get(spec.key) or released.get(spec.key, "")
        base = frozen_version(context.versions, spec.key, wanted) if wanted else None
        if base is None and not wanted:
            base = frozen_before(context.versions, spec.key, spec.entry.version) if spec.entry.version else None
            base = base or frozen_version(context.versions, spec.key, spec.entry.version)
        changed: tuple[Difference, ...] = ()
        if base is not None:
            making = Making(key=spec.key, entry=spec.entry, variant=spec.variant)
            parts = document_parts(context, making)
            kinds = _COMPARED - {PartKind.TEXT} if spec.variant == "report" else _COMPARED
            changed = differences(base.parts, parts, kinds)
        found.append(Compared(spec=spec, base=base, wanted=wanted, differences=changed))
    return tuple(found)


def changed_ids(context: Context) -> dict[str, Change]:
    """Return every item and test case that differs from the baseline, in id order."""
    found: dict[str, Change] = {}
    for one in compared_documents(context):
        if one.spec.entry.type == "RTM":
            continue  # it repeats what stands in the documents of the items
        for part in one.differences:
            if part.kind in _LISTED:
                found.setdefault(part.id, part.change)
    return dict(sorted(found.items(), key=lambda pair: natural_order(pair[0])))


def selection(context: Context, changed: Mapping[str, Change]) -> Selection:
    """Choose the tests to repeat.

    Args:
        context: of the project.
        changed: ids that differ from the baseline.
    """
    graph = context.graph
    below = dependents(graph, changed)
    repeat: dict[str, str] = {}
    for run_id, through in below.cases.items():
        root = through
        while root in below.items:
            root = below.items[root]
        how = f"which was {_past(changed[root])}" if root == through else f"which depends on {root} ({changed[root]})"
        repeat[run_id] = f"verifies or challenges {through}, {how}"
    for name in changed:
        for upper in graph.above(name)[1:] if name in graph.items else ():
            for run_id in graph.tests.get(upper, ()):
                repeat.setdefault(run_id, f"verifies {upper}, which {name} ({changed[name]}) satisfies")
    for name, change in changed.items():
        if name in graph.cases:
            repeat[name] = f"its script was {_past(change)}"
    keep: dict[str, str] = {}
    compared = _compared_any(context)
    standings: dict[str, list[CaseStatus]] = {}
    for status in _statuses(context):
        standings.setdefault(status.case, []).append(status)
    for case in graph.cases.values():
        if case.retired:
            repeat.pop(case.id, None)
            continue
        if case.id in repeat:
            continue
        standing = standings.get(case.id, [])
        stale = next((status for status in standing if status.stale), None)
        missing = next((status for status in standing if not status.run), None)
        bad = next((one for one in standing if not (one.outcome.accepted or one.outcome is _EXCLUDED)), None)
        if stale is not None:
            repeat[case.id] = f"in {stale.environment}: {stale.note}"
        elif missing is not None:
            repeat[case.id] = "it has no result yet"
        elif bad is not None:
            repeat[case.id] = f"its result in {bad.environment} is not accepted: {bad.outcome.value} ({bad.run})"
        elif not compared:
            repeat[case.id] = "no version was frozen, so nothing shows that it did not change"
        else:
            keep[case.id] = _why_kept(case.id, standing, context)
    return Selection(
        repeat={name: repeat[name] for name in sorted(repeat, key=natural_order) if name in graph.cases},
        keep={name: keep[name] for name in sorted(keep, key=natural_order)},
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
                cell(_mode(status, context)),
                cell(status.run or "none"),
                cell(said(status.note)),
            )
        )
        for status in _statuses(context)
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
    standing = [status for status in _statuses(context) if status.case in chosen]
    open_points = [
        f"{one.spec.key} has no frozen version {one.wanted}".rstrip() + ", so it was not compared"
        for one in compared_documents(context)
        if one.base is None
    ]
    failed = [status for status in standing if not status.outcome.accepted]
    dry = [status for status in standing if _mode(status, context) != "Formal"]
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
    if _named_baseline(context):
        return (paragraph("The versions that are compared with are those named in this section."),)
    summary = _newest_summary(context)
    if summary is not None:
        text = (
            f"The versions that are compared with are those to which {summary.number} version {summary.version} of "
            f"{summary.date} refers."
        )
        return (paragraph(text),)
    return (paragraph("Each document is compared with the frozen version before its present one."),)


def _named_baseline(context: Context) -> dict[str, str]:
    text = "\n".join(
        body
        for key in dict.fromkeys(
            (context.making.entry.key, context.making.entry.type) if context.making else ("DELTA",)
        )
        if key in context.project.prose
        for title, body in text_sections(context.project.prose[key].text)
        if title.casefold() == _SECTION
    )
    found: dict[str, str] = {}
    for spec in plan_documents(context):
        for name in (spec.key, spec.entry.key):
            match = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])[ \t:@|*`]+{_VERSION}", text)
            if match:
                found.setdefault(spec.key, match.group(1))
    return found


def _newest_summary(context: Context) -> FrozenVersion | None:
    known = [versions[-1] for versions in context.versions.values() if versions and versions[-1].type == "VSR"]
    return max(known, key=lambda one: (one.date, one.key), default=None)


def _released(context: Context) -> dict[str, str]:
    summary = _newest_summary(context)
    if summary is None:
        return {}
    found = {one.key: one.version.split(" ")[0] for one in summary.references if one.version[:1].isdigit()}
    # A draft that was never frozen is no baseline; the version before it may be.
    return {
        key: version for key, version in found.items() if frozen_version(context.versions, key, version) is not None
    } | {summary.key: summary.version}


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


def _statuses(context: Context) -> Iterator[CaseStatus]:
    for stage in Stage:
        yield from context.statuses(stage)


def _unchanged(text: str, context: Context) -> str:
    """Return a sentence that says that nothing changed; where nothing was compared, one that says that."""
    return text if _compared_any(context) else "Not known: no version was frozen, so nothing was compared."


def _compared_any(context: Context) -> bool:
    """Return whether any document has a frozen version to compare with."""
    return any(context.versions.get(spec.key) for spec in plan_documents(context) if spec.entry.type != "DELTA")


def _why_kept(name: str, standing: list[CaseStatus], context: Context) -> str:
    case = context.graph.cases[name]
    verified = context.graph.verified_items(case)
    said = ", ".join(
        f"{status.outcome.value} in {status.environment} ({status.run}"
        f"{'' if _mode(status, context) == 'Formal' else ', DRY RUN: no evidence'})"
        for status in standing
    )
    what = f"neither {', '.join(verified)} nor anything that it relies on changed" if verified else "it did not change"
    return f"its script did not change and {what}; its result stands: {said or 'none planned'}"


def _mode(status: CaseStatus, context: Context) -> str:
    run = next((one for one in context.runs if one.id == status.run), None)
    if run is None:
        return "none"
    return "Formal" if run.mode is RunMode.FORMAL else "DRY RUN"


def _past(change: Change) -> str:
    return {Change.REMOVED: "taken out"}.get(change, change.value)


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
