"""``valgen status``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.documents.visible import visible
from valgen.model.outcome import RunMode, RunState
from valgen.model.signature import DocumentStatus

if TYPE_CHECKING:
    from valgen.workflow.status import DocumentState, ExecutionState, StageStatus


@click.command("status")
@project_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@json_option
def command(project: Path, form: str, as_json: bool) -> int:
    """Show whether the system is validated, why not, and what to do next.

    Exit status: 0 when validated, 1 when not.
    """
    from valgen.workflow.status import status, status_json

    found = status(root_of(project))
    if as_json or form == "json":
        click.echo(json.dumps(status_json(found), ensure_ascii=False, indent=1))
        return 0 if found.validated else 1
    answer = click.style("yes", fg="green", bold=True) if found.validated else click.style("no", fg="red", bold=True)
    click.echo(f"Validated: {answer}")
    for reason in found.why:
        click.echo(f"  because: {visible(reason)}")
    if any(one.status != DocumentStatus.DRAFT or one.valid for one in found.documents):
        click.echo("\nDocuments")
        for document in found.documents:
            _show_document(document)
    if found.stages:
        click.echo("\nStages")
        for stage in found.stages:
            _show_stage(stage)
    if found.executions:
        click.echo("\nFormal executions")
        for execution in found.executions:
            _show_execution(execution)
    told = list(found.judged.lines())
    if told:
        click.echo("\nAmendments and assessments")
        for text in told:
            click.echo(f"  {visible(text)}")
    if found.runs:
        click.echo("\nRuns")
        for run in found.runs[-10:]:
            state = run.state.value + (f": {visible(run.reason)}" if run.reason else "")
            colour = "red" if run.state is RunState.ABORTED else None
            where = f"{run.stage.value} {run.environment}"
            click.echo(f"  {run.id}  {where:<10} {run.started_at}  {click.style(state, fg=colour)}")
        if len(found.runs) > 10:
            click.echo(f"  and {len(found.runs) - 10} earlier ones")
    if found.pending:
        click.echo("\nAnchors")
        for text in found.pending:
            click.echo(click.style(visible(f"  {text}"), fg="yellow"))
    click.echo("\nNext")
    for step in found.next:
        click.echo(f"  {visible(step)}")
    return 0 if found.validated else 1


def _show_stage(one: StageStatus) -> None:
    mode = "formal" if one.mode is RunMode.FORMAL else "dry run" if one.mode else "no run"
    counts = ", ".join(f"{number} {outcome.value}" for outcome, number in sorted(one.counts.items()))
    stale = f"; {len(one.stale)} stale" if one.stale else ""
    click.echo(f"  {one.stage.value} {one.environment:<8} {mode:<8} {one.planned:>3} planned: {counts}{stale}")


def _show_execution(one: ExecutionState) -> None:
    made = one.execution
    done = one.planned - len(one.open)
    parts = [f"{done} of {one.planned} accepted", f"review: {one.review or 'none yet'}"]
    if not one.current:
        parts.append("a later version of its protocol is executed")
    if one.awaited:
        parts.append(f"waits for {one.awaited}")
    where = f"{made.stage.value} {made.environment:<8}"
    click.echo(visible(f"  {made.id}  {where} {made.protocol} {made.version}: {'; '.join(parts)}"))
    if made.testers:
        click.echo(visible(f"    executed by {', '.join(made.testers)}"))


def _show_document(one: DocumentState) -> None:
    from valgen.documents.signatures import step_name

    colours = {DocumentStatus.APPROVED: "green", DocumentStatus.REJECTED: "red"}
    waits = f"waits for {', '.join(map(step_name, one.awaited))}" if one.awaited else ""
    in_force = f"version {one.valid} is valid" if one.valid and one.status != DocumentStatus.APPROVED else ""
    said = "; ".join(part for part in (in_force, waits) if part)
    word = f"{one.status:<10}" if said else one.status
    status = click.style(word, fg=colours.get(DocumentStatus(one.status)))
    click.echo(visible(f"  {one.key:<14} {one.version:<12} ") + status + visible(f" {said}" if said else ""))
    if one.changed:
        click.echo(visible(f"    changed since it was approved: {', '.join(' '.join(pair) for pair in one.changed)}"))
    for name, target in one.suspect:
        click.echo(visible(f"    suspect: {name} links to {target}, which changed since"))
