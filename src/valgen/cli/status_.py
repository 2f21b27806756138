"""``valgen status``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from valgen.cli.options import json_option, project_option, root_of
from valgen.documents.visible import visible
from valgen.model.outcome import RunMode, RunState


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
    if found.stages:
        click.echo("\nStages")
        for one in found.stages:
            mode = "formal" if one.mode is RunMode.FORMAL else "dry run" if one.mode else "no run"
            counts = ", ".join(f"{number} {outcome.value}" for outcome, number in sorted(one.counts.items()))
            stale = f"; {len(one.stale)} stale" if one.stale else ""
            click.echo(f"  {one.stage.value} {one.environment:<8} {mode:<8} {one.planned:>3} planned: {counts}{stale}")
    if found.runs:
        click.echo("\nRuns")
        for run in found.runs[-10:]:
            state = run.state.value + (f": {visible(run.reason)}" if run.reason else "")
            colour = "red" if run.state is RunState.ABORTED else None
            where = f"{run.stage.value} {run.environment}"
            click.echo(f"  {run.id}  {where:<10} {run.started_at}  {click.style(state, fg=colour)}")
        if len(found.runs) > 10:
            click.echo(f"  and {len(found.runs) - 10} earlier ones")
    click.echo("\nNext")
    for step in found.next:
        click.echo(f"  {visible(step)}")
    return 0 if found.validated else 1
