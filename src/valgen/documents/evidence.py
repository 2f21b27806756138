"""Blocks of a stage report about proof: attachments, environment found, tools, code that carried out the steps.

Everything listed belongs to the runs that decide a result; digests are those of the records.

Source: domain/documents.md b.12 (sections 2 and 12).
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Column, Facts, Row, Table, Tone, cell, paragraph
from valgen.documents.common import moment
from valgen.documents.configuration import baseline_digest, baseline_id
from valgen.documents.context import Context
from valgen.documents.rowing import count
from valgen.documents.step_tables import short_digest
from valgen.model.outcome import RunMode, Stage
from valgen.model.project import DocumentEntry
from valgen.model.run import Run
from valgen.trace.results import SYSTEM, system_name

_TYPES = {
    "image": "Screenshot",
    "video": "Video",
    "text/csv": "Data export",
    "application/json": "Data",
    "application/pdf": "Report",
    "application/zip": "File archive",
    "text": "Text, log",
}


def evidence_index(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every attachment of the results that count: label, test and step, type, file, digest, when and by whom."""
    where = entry.environment if entry else ""
    rows = []
    for status in context.statuses(stage, where):
        for step in status.attempt.steps if status.attempt else ():
            for ref in step.evidence:
                rows.append(
                    Row(
                        (
                            cell(ref.id, bold=True),
                            cell(f"{status.case}, step {step.number}, {status.run}"),
                            cell(evidence_type(ref.media_type)),
                            cell(f"{ref.name}, {ref.size_bytes} bytes"),
                            cell(ref.sha256, code=True),
                            cell(moment(ref.captured_at or step.started_at)),
                            cell(status.attempt.executor if status.attempt and status.attempt.executor else "unknown"),
                        )
                    )
                )
    columns = (
        Column("Evidence ID", 12),
        Column("Test, step, run", 14),
        Column("Type", 9),
        Column("File", 16),
        Column("SHA-256", 28),
        Column("Captured at", 10),
        Column("Captured by", 9),
    )
    table = Table(columns, tuple(rows), role="index", wide=True, empty="No attachment was recorded.")
    return (table, paragraph(f"{count(len(rows), 'attachment')}.")) if rows else (table,)


def evidence_type(media_type: str) -> str:
    """Return the kind of an attachment in a reader's words."""
    return _TYPES.get(media_type) or _TYPES.get(media_type.partition("/")[0]) or "File"


def execution_summary(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Per environment: from when to when, system declared and found, commit, baseline, tool, who executed."""
    where = entry.environment if entry else ""
    declared = system_name(context.project.settings)
    rows = []
    for name in context.environments(stage, where):
        runs = deciding_runs(context, stage, name)
        if not runs:
            never = (cell(text) for text in ("not executed", "not executed", declared, "not executed", "not executed"))
            rows.append(Row((cell(name, bold=True), *never, cell("nobody"))))
            continue
        begun = min(run.started_at for run in runs)
        ended = max((run.finished_at for run in runs if run.finished_at), default="")
        found = sorted({run.host.get(SYSTEM, "") or "not recorded" for run in runs})
        same = found == [declared]
        commits = sorted({run.host.get("git commit", "") or "no commit recorded" for run in runs})
        people = sorted({one.executor or run.actor or "unknown" for run in runs for one in run.attempts})
        rows.append(
            Row(
                (
                    cell(name, bold=True),
                    cell(moment(begun)),
                    cell(moment(ended) if ended else "not finished"),
                    cell(declared or "not declared"),
                    cell(", ".join(found), Tone.NEUTRAL if same else Tone.BAD),
                    cell("\n".join(dict.fromkeys((*commits, *(run.tool for run in runs))))),
                    cell(", ".join(people) or "nobody"),
                )
            )
        )
    columns = (
        Column("Environment", 11),
        Column("From, UTC", 13),
        Column("To, UTC", 13),
        Column("System declared", 16),
        Column("System of the run", 16),
        Column("Commit, tool", 19),
        Column("Executed by", 12),
    )
    mark = f"{baseline_id(context)}, digest {short_digest(baseline_digest(context))}"
    return (
        Table(columns, tuple(rows), role="results", empty=f"No {stage} test case is planned."),
        paragraph(f"Configuration baseline: {mark} (first 16 characters)."),
    )


def environment_found(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Facts of the host on which the deciding runs took place, with the versions of every package."""
    where = entry.environment if entry else ""
    blocks: list[Block] = []
    for run in deciding_runs(context, stage, where):
        facts = [(key, (paragraph(value),)) for key, value in run.host.items() if value]
        if run.packages:
            text = ", ".join(f"{name} {version}" for name, version in run.packages.items())
            facts.append((f"packages ({len(run.packages)})", (paragraph(text),)))
        blocks.append(paragraph(f"Run {run.id} in {run.environment}, {run.tool}", bold=True))
        blocks.append(Facts(tuple(facts)))
    return tuple(blocks) or (paragraph("No run has been started.", Tone.MUTED),)


def script_code(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Every file of script code that the deciding runs executed, with its digest, each content once."""
    where = entry.environment if entry else ""
    found: dict[tuple[str, str], list[str]] = {}
    for run in deciding_runs(context, stage, where):
        for path, digest in sorted(run.code.items()):
            found.setdefault((path, digest), []).append(run.id)
    rows = tuple(
        Row((cell(path), cell(digest, code=True), cell(", ".join(runs)))) for (path, digest), runs in found.items()
    )
    columns = (Column("File", 38), Column("SHA-256", 46), Column("Run", 16))
    return (Table(columns, rows, role="index", empty="No run has been started."),)


def raw_results(context: Context, entry: DocumentEntry | None, stage: Stage) -> tuple[Block, ...]:
    """Where the pack keeps what the report was made from."""
    where = entry.environment if entry else ""
    runs = deciding_runs(context, stage, where)
    listed = ", ".join(run.id for run in runs) or "none"
    rows = (
        Row((cell("Executed scripts"), cell("this report, Executed test cases"), cell(f"runs {listed}"))),
        Row((cell("Raw results of every run"), cell("data/runs.json of the pack"), cell("each step, each attempt"))),
        Row((cell("Attachments"), cell("folder evidence/ of the pack"), cell("file names begin with the label"))),
        Row((cell("Environment fingerprint"), cell("this report, Environment found"), cell("host, packages, commit"))),
        Row((cell("Digests of all files"), cell("manifest.json of the pack"), cell("SHA-256"))),
    )
    return (Table((Column("Attachment", 30), Column("Where", 38), Column("What", 32)), rows),)


def deciding_runs(context: Context, stage: Stage, environment: str) -> list[Run]:
    """Return the runs whose results count for a stage, oldest first."""
    names = {status.run for status in context.statuses(stage, environment) if status.run}
    return [run for run in context.stage_runs(stage, environment) if run.id in names]


def is_dry(context: Context, stage: Stage, environment: str) -> bool:
    """Return whether results of a stage come from dry runs in any environment; nothing executed is no dry run."""
    return any(
        context.mode_of(stage, name) is RunMode.DRY and bool(context.stage_runs(stage, name))
        for name in context.environments(stage, environment)
    )
