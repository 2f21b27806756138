"""Execute test scripts: the act behind ``valgen run``.

    outcome = execute(RunRequest(root=root, stage=Stage.OQ, environment="VAL"), progress=print_case)
    sys.exit(outcome.exit_status)

Each stage is executed by pytest in a process of its own, with valgen's plugin, and read back from the log: what is
returned is what was recorded. pytest's own default options (``addopts``, ``PYTEST_ADDOPTS``) are left out, so that
a run depends on what the project says and the tester asked for; its other settings hold. Without a stage, every
stage that has planned cases is executed, IQ first.

``execute`` makes dry runs, ``execute_formal`` runs of formal executions: there a tester shows who they are, and
``formal`` decides whether they may. Source: design.md §4, §7.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valgen.errors import ExecutionError, SourceError
from valgen.model.outcome import Outcome, RunMode, RunState, Stage
from valgen.model.project import Project
from valgen.model.run import Run
from valgen.source import SourceLocation
from valgen.workflow.formal_ticket import Ticket
from valgen.workflow.load import dry_folder, load, load_formal, load_judgements, wait_until_settled
from valgen.workflow.plan import check_scripts, choose_environment, planned_cases, planned_environments
from valgen.workflow.variables import read_variables

if TYPE_CHECKING:  # a dry run needs neither people nor approvals
    from valgen.workflow.formal import FormalSession
    from valgen.workflow.people import By, Desk

_POLL_SECONDS = 0.05
_PATIENCE_SECONDS = 30.0
_TAIL_LINES = 25
# Own default options of pytest, and a switch of Python under which the assertions of helper modules do nothing.
_NOT_HANDED_ON = ("PYTEST_ADDOPTS", "PYTHONOPTIMIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What to execute.

    Attributes:
        root: project folder.
        stage: None for every stage with planned cases.
        environment: name; None to take the only planned one.
        cases: ids of the cases to execute now; empty for all. The others stay rows of the run.
        workers: processes of pytest-xdist; 0 for none.
        verbose: show pytest's output on standard error while it runs.
        pytest_arguments: handed to pytest as they are, such as ``("-k", "retention")``.
    """

    root: Path
    stage: Stage | None = None
    environment: str | None = None
    cases: tuple[str, ...] = ()
    workers: int = 0
    verbose: bool = False
    pytest_arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBegun:
    """A run began: its plan is written."""

    run: str
    stage: Stage
    environment: str
    planned: int
    selected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEnded:
    """An attempt at a case ended and is recorded.

    Attributes:
        message: first line of why it is not Passed; empty when it is.
    """

    run: str
    case: str
    title: str
    attempt: int
    outcome: Outcome
    message: str


Progress = Callable[[RunBegun | CaseEnded], None]
Told = Callable[["FormalSession"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResponse:
    """What was recorded.

    Attributes:
        runs: one per stage or protocol, in the order in which they were executed.
        left: of formal runs, planned cases without an accepted result over all sessions; None for dry runs.
    """

    runs: tuple[Run, ...]
    left: tuple[str, ...] | None = None

    @property
    def exit_status(self) -> int:
        """0 when every planned case was accepted, else 1."""
        if self.left is not None:
            return 0 if self.runs and not self.left else 1
        return 0 if self.runs and all(_accepted(run) for run in self.runs) else 1


def execute(request: RunRequest, progress: Progress | None = None) -> RunResponse:
    """Execute the test scripts of a project as dry runs.

    Args:
        request: what to execute.
        progress: told of each run that begins and each attempt that ends, while it happens.

    Raises:
        ExecutionError: the run cannot start, or its evidence could not be kept (exit status 2).
        SourceError: the test scripts have mistakes (exit status 2); carries every finding.
    """
    from valgen.readers import read_project

    project = read_project(request.root)
    check_scripts(project)
    steps = [(stage, _environment(project, stage, request)) for stage in _stages(project, request)]
    _check_cases(project, steps, request.cases)
    for _, environment in steps:
        read_variables(project.settings, environment, os.environ)
    runs: list[Run] = []
    for stage, environment in steps:
        if request.cases and not any(case.id in request.cases for case in planned_cases(project, stage, environment)):
            continue
        runs += _run_stage(project, stage, environment, request, progress)
        if runs[-1].state is RunState.ABORTED:
            break
    return RunResponse(runs=tuple(runs))


def execute_formal(
    desk: Desk, by: By, request: RunRequest, progress: Progress | None = None, told: Told = lambda session: None
) -> RunResponse:
    """Execute approved protocols of a stage as evidence.

    Args:
        desk: where the tester acts.
        by: who acts.
        request: what to execute; its stage is named.
        progress: see ``execute``.
        told: told of each execution that is opened or goes on, before its tests begin.

    Raises:
        Refused: a rule does not allow it; the refusal is recorded.
        AuthorityError: the tester is not who they say; the attempt is recorded.
        ExecutionError: the run cannot start, or its evidence could not be kept.
        SourceError: the test scripts have mistakes; carries every finding.
    """
    from valgen.readers import read_project
    from valgen.workflow.formal import FormalRequest, begin_formal, record_failure

    if request.stage is None:
        raise ExecutionError(
            "a formal execution is of one stage",
            why="each stage has a protocol of its own, and begins when the one before is reported",
            fix="name it, such as: valgen run oq --formal",
            code="VG402",
        )
    project = read_project(request.root)
    check_scripts(project)
    environment = _environment(project, request.stage, request)
    _check_cases(project, [(request.stage, environment)], request.cases)
    read_variables(project.settings, environment, os.environ)
    wanted = FormalRequest(
        stage=request.stage,
        environment=environment,
        cases=request.cases,
        pytest_arguments=request.pytest_arguments,
    )
    runs: list[Run] = []
    for session in begin_formal(desk, by, wanted):
        told(session)
        now = replace(request, cases=tuple(session.ticket.chosen))
        try:
            runs += _run_stage(project, request.stage, environment, now, progress, session.ticket)
        except ExecutionError as error:
            record_failure(desk, session.ticket, f"{request.stage} in {environment}", error)
            raise
        if runs[-1].state is RunState.ABORTED:
            break
    return RunResponse(runs=tuple(runs), left=_left(request.root, request.stage, environment))


def _left(root: Path, stage: Stage, environment: str) -> tuple[str, ...]:
    """Return the planned cases of a stage that have no accepted formal result."""
    from valgen.trace.results import case_statuses

    loaded = load(root)
    statuses = case_statuses(
        loaded.project,
        loaded.graph,
        load_formal(root, loaded.project).runs,
        RunMode.FORMAL,
        load_judgements(root, loaded.project),
    )
    return tuple(
        one.case
        for one in statuses.values()
        if (one.stage, one.environment) == (stage, environment) and not one.outcome.accepted
    )


def _stages(project: Project, request: RunRequest) -> list[Stage]:
    if request.stage is not None:
        return [request.stage]
    found = [
        stage
        for stage in Stage
        if (planned := planned_environments(project, stage))
        and (request.environment is None or request.environment in planned)
    ]
    if not found:
        where = f" in the environment {request.environment}" if request.environment else ""
        raise ExecutionError(
            f"no test case is planned{where}",
            why="a run executes the cases that the test scripts plan",
            fix="write test cases under test_scripts/iq, oq or pq, or see [stages] in the settings",
            code="VG402",
        )
    return found


def _environment(project: Project, stage: Stage, request: RunRequest) -> str:
    return choose_environment(project, stage, request.environment)


def _check_cases(project: Project, steps: Sequence[tuple[Stage, str]], wanted: Sequence[str]) -> None:
    planned = {case.id for stage, environment in steps for case in planned_cases(project, stage, environment)}
    unknown = [case for case in wanted if case not in planned]
    if unknown:
        where = ", ".join(f"{stage} in {environment}" for stage, environment in steps)
        raise ExecutionError(
            f"{', '.join(unknown)} is not planned for {where}",
            why="only a planned case can be executed",
            fix="see the ids with valgen trace; an outline row has its number or name in brackets, such as OQ-014[2]",
            code="VG402",
        )


def _run_stage(
    project: Project,
    stage: Stage,
    environment: str,
    request: RunRequest,
    progress: Progress | None,
    ticket: Ticket | None = None,
) -> list[Run]:
    from valgen.records import read_runs

    root = Path(project.root)
    with tempfile.TemporaryDirectory(prefix="valgen-run-") as name:
        events_file, output_file = Path(name) / "events.jsonl", Path(name) / "output.txt"
        events_file.touch()
        command = _command(project, stage, environment, request, events_file)
        lifeline = os.pipe() if hasattr(os, "fork") else None  # closed by the system when this process dies
        if lifeline:
            command += ["--valgen-lifeline", str(lifeline[0])]
        if ticket is not None:
            given = Path(name) / "ticket"
            given.write_bytes(ticket.data())
            command += ["--valgen-formal", str(given)]
        clean = {key: value for key, value in os.environ.items() if key not in _NOT_HANDED_ON}
        with output_file.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=root,
                env=clean,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno() if request.verbose else output,
                stderr=subprocess.STDOUT,
                pass_fds=lifeline[:1] if lifeline else (),
            )
            if lifeline:
                os.close(lifeline[0])
            events = list(_follow(process, events_file, progress))
        if lifeline:
            os.close(lifeline[1])
        ids = [event["run"] for event in events if event["event"] == "run"]
        problems = [event for event in events if event["event"] == "problem"]
        lost = next((event for event in events if event["event"] == "lost"), None)
        if lost is not None:
            raise ExecutionError(
                f"the evidence of the run could not be kept: {lost['why']}",
                why="a result whose evidence is not kept does not count",
                fix="see that the disk has room and the records folder can be written, then run again",
                code="VG411",
            )
        if not ids:
            raise _no_run(problems, "" if request.verbose else _tail(output_file))
        if ticket is not None:
            return [run for run_id in ids for run in load_formal(root, project, only=run_id).runs]
        folder = dry_folder(root, project)
        wait_until_settled(folder)
        return [run for run_id in ids for run in read_runs(folder, only=run_id)]


def _command(project: Project, stage: Stage, environment: str, request: RunRequest, events: Path) -> list[str]:
    from importlib.metadata import entry_points

    root = Path(project.root)
    installed = any(entry.name == "valgen" for entry in entry_points(group="pytest11"))
    return [
        *(sys.executable, "-P", "-m", "pytest", str(root / project.settings.paths.test_scripts)),
        *(f"--rootdir={root}", "-o", "addopts=", "-p", "no:cacheprovider", "-q"),
        *(() if installed else ("-p", "valgen.pytest_plugin")),
        *("--valgen-stage", stage.value, "--valgen-env", environment, "--valgen-events", str(events)),
        *(word for case in request.cases for word in ("--valgen-case", case)),
        *(("-n", str(request.workers)) if request.workers else ()),
        *request.pytest_arguments,
    ]


def _follow(process: subprocess.Popen[bytes], events_file: Path, progress: Progress | None) -> Iterator[dict[str, Any]]:
    """Yield the events of a run while it goes on, and tell the caller of them."""
    with events_file.open(encoding="utf-8") as stream:
        rest = ""
        over = False
        while True:
            try:
                if not over:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(_POLL_SECONDS)
                        over = True
            except KeyboardInterrupt:
                # A Ctrl-C in the terminal reached pytest as well; it closes the run, which is worth waiting for.
                _let_it_end(process)
                over = True
            rest += stream.read()
            *lines, rest = rest.split("\n")
            for line in lines:
                event = json.loads(line)
                _tell(event, progress)
                yield event
            if over:
                return


def _let_it_end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(2)
        return
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(_PATIENCE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()


def _tell(event: dict[str, Any], progress: Progress | None) -> None:
    if progress is None:
        return
    if event["event"] == "run":
        progress(
            RunBegun(
                run=event["run"],
                stage=Stage(event["stage"]),
                environment=event["environment"],
                planned=event["planned"],
                selected=event["selected"],
            )
        )
    elif event["event"] == "case":
        progress(
            CaseEnded(
                run=event["run"],
                case=event["case"],
                title=event["title"],
                attempt=event["attempt"],
                outcome=Outcome(event["outcome"]),
                message=event["message"],
            )
        )


def _no_run(problems: Sequence[dict[str, Any]], output: str) -> ExecutionError | SourceError:
    if problems:
        first = problems[0]
        place = SourceLocation(first["path"], first["line"]) if first["path"] else None
        return ExecutionError(first["what"], why=first["why"], fix=first["fix"], code=first["code"], location=place)
    return ExecutionError(
        "pytest ended before any case was executed" + (f":\n{output}" if output else ""),
        why="nothing was executed, so every planned case stays Not executed",
        fix="read pytest's words; valgen run -v shows all of them",
        code="VG412",
    )


def _tail(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").strip().splitlines()
    return "\n".join(f"    {line}" for line in lines[-_TAIL_LINES:])


def _accepted(run: Run) -> bool:
    if run.state is not RunState.FINISHED:
        return False
    attempts = (run.last_attempt(case.id) for case in run.plan)
    return all(attempt is not None and attempt.outcome.accepted for attempt in attempts)
