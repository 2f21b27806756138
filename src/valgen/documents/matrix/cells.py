"""Cells that several views of the matrix share: tests, results, coverage, risks."""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Paragraph, Run, Tone, cell, paragraph, runs
from valgen.documents.common import linked, tests_linked
from valgen.documents.context import Context
from valgen.documents.items import WORDS
from valgen.model.ids import natural_order
from valgen.model.outcome import Coverage, Outcome, RunMode
from valgen.trace.matrix import MatrixRow, TestEntry
from valgen.trace.risk import initial_score

LEVELS = ("URS", "FS", "CS", "DS")
TONES = {
    Coverage.PASSED: Tone.GOOD,
    Coverage.PASSED_WITH_DEVIATION: Tone.GOOD,
    Coverage.FAILED: Tone.BAD,
    Coverage.GAP: Tone.BAD,
    Coverage.NOT_EXECUTED: Tone.WARN,
}
DRY = "Dry run: "


def ids_cell(ids: tuple[str, ...], otherwise: str = "") -> Cell:
    """Return ids as links separated by commas; without any, what stands instead."""
    return Cell((linked(ids),)) if ids else cell(otherwise)


def status_cell(status: Coverage) -> Cell:
    """Return a coverage status in its tone."""
    return cell(status.value, TONES.get(status, Tone.NEUTRAL))


def initial_status(row: MatrixRow) -> Coverage:
    """Return the status of an item before anything was executed."""
    return Coverage.NOT_EXECUTED if row.tests else row.status


def coverage_cell(row: MatrixRow, context: Context, *, initial: bool = False) -> Cell:
    """Return coverage by formal results with its reference or reason, and below it that of dry runs, if any."""
    status = initial_status(row) if initial else row.status
    blocks: list[Block] = [paragraph(f"{status.value}{_reference(row, status, context)}")]
    if not initial and row.tests and has_dry(context):
        blocks.append(paragraph(f"{DRY}{row.dry_status.value}", TONES.get(row.dry_status, Tone.NEUTRAL)))
    return Cell(tuple(blocks), TONES.get(status, Tone.NEUTRAL))


def result_cell(tests: tuple[TestEntry, ...], context: Context) -> Cell:
    """Return formal results counted, and those of dry runs below where there are any."""
    formal = counted_cell(tests, RunMode.FORMAL, context)
    if not tests or not has_dry(context):
        return formal
    dry = counted_cell(tests, RunMode.DRY, context)
    below = tuple(
        Paragraph((*runs(DRY), *block.runs), dry.tone) for block in dry.blocks if isinstance(block, Paragraph)
    )
    return Cell((*formal.blocks, *below), formal.tone)


def counted_cell(tests: tuple[TestEntry, ...], mode: RunMode, context: Context) -> Cell:
    """Return results counted, each planned test and environment once; what is not accepted among others is named."""
    found: dict[Outcome, list[str]] = {}
    for test in tests:
        outcome = test.result if mode is RunMode.FORMAL else test.dry_result
        found.setdefault(outcome, []).append(f"{context.graph.cases[test.id].base_id} {test.environment}")
    if not found:
        return cell("no test")
    lines = []
    for outcome in (one for one in Outcome if one in found):
        names = ", ".join(dict.fromkeys(found[outcome])) if len(found) > 1 and not outcome.accepted else ""
        lines.append(f"{len(found[outcome])} {outcome.value}" + (f": {names}" if names else ""))
    tone = Tone.GOOD
    if found.keys() & {Outcome.FAILED, Outcome.ERROR, Outcome.ABORTED}:
        tone = Tone.BAD
    elif not all(outcome.accepted for outcome in found):
        tone = Tone.WARN
    return cell("\n".join(lines), tone)


def tests_cell(tests: tuple[TestEntry, ...], context: Context) -> Cell:
    """Return tests as links, the rows of an outline together."""
    names = tuple(sorted({test.id for test in tests}, key=natural_order))
    return Cell((tests_linked(names, context),)) if names else Cell()


def risk_cell(risks: tuple[str, ...], context: Context) -> Cell:
    """Return risks as links with their initial priority, one per line."""
    parts: list[Run] = []
    for number, name in enumerate(risks):
        priority = initial_score(context.graph.items[name], context.project.settings.risk).priority
        parts += [Run("\n")] if number else []
        parts += [Run(name, link=f"#{name}"), Run(f" {WORDS.get(priority, priority or 'not scored')}")]
    return Cell((Paragraph(tuple(parts)),)) if parts else cell("none assessed")


def deviations_cell(tests: tuple[TestEntry, ...], context: Context) -> Cell:
    """Return the deviations of tests as links, in the order in which they were opened."""
    places = {(test.id, test.environment) for test in tests}
    named = {name for test in tests for name in test.deviations}
    found = [one.id for one in context.deviations if (one.case, one.environment) in places or one.id in named]
    return ids_cell(tuple(found), "none")


def needs_of(name: str, context: Context) -> tuple[str, ...]:
    """Return the user requirements that an item serves."""
    found = (one for one in context.graph.above(name) if context.graph.items[one].type == "URS")
    return tuple(sorted(found, key=natural_order))


def has_dry(context: Context) -> bool:
    """Return whether any result shown beside a formal one would be that of a dry run."""
    return any(run.mode is RunMode.DRY for run in context.runs)


def _reference(row: MatrixRow, status: Coverage, context: Context) -> str:
    """The procedure, supplier document or reason that stands behind a status without tests."""
    if status is Coverage.PROCEDURE and row.chain.get("SOP"):
        return f" ({', '.join(row.chain['SOP'])})"
    if status is Coverage.SUPPLIER and row.chain.get("SUP"):
        return f" ({', '.join(row.chain['SUP'])})"
    if status is Coverage.NOT_APPLICABLE:
        reason = row.item.value("reason") or row.item.value("rationale") or row.item.value("comment")
        return f" ({reason.strip()})" if reason.strip() else ""
    return ""
