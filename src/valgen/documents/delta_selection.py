"""Which tests a release repeats: every document beside its baseline, and what follows for each test.

Every document is compared with a baseline: the version that the section *Baseline* of the report's prose names, else
the one that the newest frozen validation summary report refers to, else the frozen version before the present one. A
document whose baseline was not frozen is not compared.

A test is repeated when its script changed, when it verifies a changed item or anything that depends on one, when it
verifies what a changed item satisfies, or when its earlier result no longer counts. Every other test stays, with the
reason why it is not repeated.

What the report prints of this is in ``delta``.

Source: domain/documents.md b.16 (regression and delta validation report), design.md §7 (impact).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.context import Context, Making
from valgen.documents.versions import Change, Difference, differences, document_parts, text_sections
from valgen.model.ids import natural_order
from valgen.model.outcome import Outcome, RunMode, Stage
from valgen.model.version import FrozenVersion, PartKind, frozen_before, frozen_version
from valgen.trace.dependents import dependents
from valgen.trace.results import CaseStatus

_SECTION = "baseline"
_VERSION = r"(?:version[ \t]+)?(\d+(?:\.\d+)*)"
_LISTED = (PartKind.ITEM, PartKind.CASE)
_COMPARED = frozenset(PartKind) - {PartKind.TEMPLATE, PartKind.RESULT}
_EXCLUDED = Outcome.NOT_APPLICABLE


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
    named = named_baseline(context)
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
    compared = any_compared(context)
    standings: dict[str, list[CaseStatus]] = {}
    for status in planned_statuses(context):
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


def named_baseline(context: Context) -> dict[str, str]:
    """Return the versions that the prose of the report names as baselines, key of a document to version."""
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


def newest_summary(context: Context) -> FrozenVersion | None:
    """Return the validation summary report that was frozen last; None where none was."""
    known = [versions[-1] for versions in context.versions.values() if versions and versions[-1].type == "VSR"]
    return max(known, key=lambda one: (one.date, one.key), default=None)


def _released(context: Context) -> dict[str, str]:
    summary = newest_summary(context)
    if summary is None:
        return {}
    found = {one.key: one.version.split(" ")[0] for one in summary.references if one.version[:1].isdigit()}
    # A draft that was never frozen is no baseline; the version before it may be.
    return {
        key: version for key, version in found.items() if frozen_version(context.versions, key, version) is not None
    } | {summary.key: summary.version}


def planned_statuses(context: Context) -> Iterator[CaseStatus]:
    """Yield how every planned execution stands, stage after stage."""
    for stage in Stage:
        yield from context.statuses(stage)


def any_compared(context: Context) -> bool:
    """Return whether any document has a frozen version to compare with."""
    return any(context.versions.get(spec.key) for spec in plan_documents(context) if spec.entry.type != "DELTA")


def _why_kept(name: str, standing: list[CaseStatus], context: Context) -> str:
    case = context.graph.cases[name]
    verified = context.graph.verified_items(case)
    said = ", ".join(
        f"{status.outcome.value} in {status.environment} ({status.run}"
        f"{'' if mode_of(status, context) == 'Formal' else ', DRY RUN: no evidence'})"
        for status in standing
    )
    what = f"neither {', '.join(verified)} nor anything that it relies on changed" if verified else "it did not change"
    return f"its script did not change and {what}; its result stands: {said or 'none planned'}"


def mode_of(status: CaseStatus, context: Context) -> str:
    """Return whether a result is of a formal run, as printed."""
    run = next((one for one in context.runs if one.id == status.run), None)
    if run is None:
        return "none"
    return "Formal" if run.mode is RunMode.FORMAL else "DRY RUN"


def _past(change: Change) -> str:
    return {Change.REMOVED: "taken out"}.get(change, change.value)
