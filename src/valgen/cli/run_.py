"""``valgen run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from valgen.cli.acting import Who, acting_options, desk_at, who_acts
from valgen.cli.options import json_option, project_option, root_of, verbose_option
from valgen.cli.refusals import show_refusal
from valgen.documents.visible import visible
from valgen.errors import SourceError
from valgen.model.outcome import Outcome, RunMode, RunState, Stage

if TYPE_CHECKING:
    from valgen.model.run import Run
    from valgen.workflow.execute import CaseEnded, Progress, RunBegun, RunRequest, RunResponse
    from valgen.workflow.formal import FormalSession

_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.ERROR: "red", Outcome.ABORTED: "red"}


@click.command("run")
@click.argument("stage", type=click.Choice(["iq", "oq", "pq"], case_sensitive=False), required=False)
@project_option
@click.option("--env", "environment", metavar="NAME", help="Environment; needed where several are planned.")
@click.option("--formal", is_flag=True, help="Execute an approved protocol as evidence.")
@click.option("--case", "cases", metavar="ID", multiple=True, help="Execute this case now; may be given several times.")
@click.option("--workers", "-n", type=click.IntRange(0, 64), default=0, help="Execute cases in this many processes.")
@click.option("--pytest", "pytest_arguments", metavar="ARGUMENT", multiple=True, help="Hand an argument to pytest.")
@acting_options
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
    who: Who,
    form: str,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Execute the test scripts of a stage, or of all stages, and record every step as it happens.

    Runs are dry runs: rehearsals that are marked so everywhere and are no evidence.

    With --formal, a tester executes an approved protocol as evidence: what is left of it, or the cases named. The
    execution is opened the first time and goes on with every later run, over days and with several testers.

    Exit status: 0 when every planned case passed, 1 when one did not, 2 when the run could not start or be recorded.
    """
    from valgen.cli.failure import report
    from valgen.workflow.execute import RunBegun, RunRequest, execute

    json_wanted = as_json or form == "json"
    if who.said and not formal:
        raise click.UsageError("--as belongs to formal executions; add --formal, or leave it out for a dry run")

    def progress(event: RunBegun | CaseEnded) -> None:
        if quiet:
            return
        text = _begun(event, formal) if isinstance(event, RunBegun) else _ended(event)
        click.echo(text, err=json_wanted)

    request = RunRequest(
        root=root_of(project),
        stage=Stage(stage.upper()) if stage else None,
        environment=environment,
        cases=cases,
        workers=workers,
        verbose=verbose,
        pytest_arguments=pytest_arguments,
    )
    try:
        if formal:
            response = _formally(project, request, progress, who, silent=quiet)
        else:
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
        if response.left is not None:
            click.echo(_left(response.left))
    return response.exit_status


def _formally(project: Path, request: RunRequest, progress: Progress, who: Who, *, silent: bool) -> RunResponse:
    from valgen.workflow.approve import Refused
    from valgen.workflow.execute import execute_formal

    def told(session: FormalSession) -> None:
        if not silent:
            click.echo(_session(session), err=True)

    desk = desk_at(project)
    by = who_acts(desk, who, signing=False)
    try:
        return execute_formal(desk, by, request, progress, told)
    except Refused as refused:
        show_refusal(refused, "Nothing was executed.")
        raise click.exceptions.Exit(2) from refused


def _session(session: FormalSession) -> str:
    ticket = session.ticket
    what = "opened for" if session.opened else "goes on with"
    again = (
        "; every planned case has a result, those that were not accepted are executed again" if session.again else ""
    )
    return visible(f"{ticket.execution} {what} {session.protocol}{again}")


def _left(left: tuple[str, ...]) -> str:
    if not left:
        return "Every planned case has an accepted result. Next, somebody who executed none of them: valgen review"
    more = f" and {len(left) - 10} more" if len(left) > 10 else ""
    return f"Without an accepted result: {', '.join(left[:10])}{more}"


def _begun(event: RunBegun, formal: bool) -> str:
    cases = f"{event.planned} case{'s' if event.planned != 1 else ''} planned"
    chosen = f", {event.selected} chosen" if event.selected != event.planned else ""
    title = (
        f"{event.run}: {event.stage.value} in {event.environment}, {cases}{chosen}, {'FORMAL' if formal else 'DRY RUN'}"
    )
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
    line = click.style(text + note, fg="green" if good else "red", bold=True)
    if run.mode is RunMode.FORMAL:
        return f"{line}\nFormal run of {run.execution} by {visible(run.actor)}."
    return f"{line}\nDry run: no evidence, releases nothing."
