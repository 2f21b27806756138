"""``valgen run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.options import json_option, project_option, root_of, verbose_option
from valgen.documents.visible import visible
from valgen.errors import SourceError
from valgen.model.outcome import Outcome, RunState, Stage

if TYPE_CHECKING:
    from valgen.model.run import Run
    from valgen.workflow.execute import CaseEnded, RunBegun

_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.ERROR: "red", Outcome.ABORTED: "red"}


@click.command("run")
@click.argument("stage", type=click.Choice(["iq", "oq", "pq"], case_sensitive=False), required=False)
@project_option
@click.option("--env", "environment", metavar="NAME", help="Environment; needed where several are planned.")
@click.option("--formal", is_flag=True, help="Execute an approved protocol as evidence.")
@click.option("--case", "cases", metavar="ID", multiple=True, help="Execute this case now; may be given several times.")
@click.option("--workers", "-n", type=click.IntRange(0, 64), default=0, help="Execute cases in this many processes.")
@click.option("--pytest", "pytest_arguments", metavar="ARGUMENT", multiple=True, help="Hand an argument to pytest.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@json_option
@verbose_option
def command(
    stage: str | None,
    project: Path,
    environment: str | None,
    formal: bool,
    cases: tuple[str, ...],
    workers: int,
    pytest_arguments: tuple[str, ...],
    form: str,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Execute the test scripts of a stage, or of all stages, and record every step as it happens.

    Runs are dry runs: rehearsals that are marked so everywhere and are no evidence. Exit status: 0 when every
    planned case passed, 1 when one did not, 2 when the run could not start or be recorded.
    """
    from valgen.cli.failure import report
    from valgen.workflow.execute import RunBegun, RunRequest, execute

    json_wanted = as_json or form == "json"

    def progress(event: RunBegun | CaseEnded) -> None:
        if quiet:
            return
        text = _begun(event) if isinstance(event, RunBegun) else _ended(event)
        click.echo(text, err=json_wanted)

    request = RunRequest(
        root=root_of(project),
        stage=Stage(stage.upper()) if stage else None,
        environment=environment,
        cases=cases,
        workers=workers,
        verbose=verbose,
        formal=formal,
        pytest_arguments=pytest_arguments,
    )
    try:
        response = execute(request, progress)
    except SourceError as error:
        report(error)
        return 2
    if json_wanted:
        from valgen.records import run_result_json

        shown = [run_result_json(run) for run in response.runs]
        click.echo(json.dumps(shown[0] if len(shown) == 1 else {"runs": shown}, ensure_ascii=False, indent=1))
    else:
        for run in response.runs:
            click.echo(_summary(run))
    return response.exit_status


def _begun(event: RunBegun) -> str:
    cases = f"{event.planned} case{'s' if event.planned != 1 else ''} planned"
    chosen = f", {event.selected} chosen" if event.selected != event.planned else ""
    title = f"{event.run}: {event.stage.value} in {event.environment}, {cases}{chosen}, DRY RUN"
    return click.style(title, bold=True)


def _ended(event: CaseEnded) -> str:
    word = click.style(f"{event.outcome.value:<12}", fg=_COLOURS.get(event.outcome, "yellow"))
    again = f" (attempt {event.attempt})" if event.attempt > 1 else ""
    message = f"\n               {visible(event.message)}" if event.message else ""
    return f"  {word} {event.case:<12} {visible(event.title)}{again}{message}"


def _summary(run: Run) -> str:
    from valgen.records import run_summary

    counts = run_summary(run)
    names = (
        "passed",
        "passed_with_deviation",
        "failed",
        "error",
        "blocked",
        "skipped",
        "aborted",
        "not_executed",
        "not_applicable",
    )
    parts = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in names if counts[name])
    accepted = counts["passed"] + counts["passed_with_deviation"]
    good = run.plan and accepted == counts["planned"]
    text = f"{run.id} {run.stage.value} {run.environment}: {counts['planned']} planned: {parts or 'none'}"
    if run.state is RunState.ABORTED:
        text += f"; ABORTED: {visible(run.reason)}"
    note = "" if good else f" ({counts['planned'] - accepted} not accepted)"
    return (
        click.style(text + note, fg="green" if good else "red", bold=True) + "\nDry run: no evidence, releases nothing."
    )
