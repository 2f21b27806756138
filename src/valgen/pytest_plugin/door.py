"""One pytest session that executes test scripts: project, environments, step modules, recorder.

Made when the first feature of a project is collected; a session without one never comes here. In the process that
runs pytest it starts the recorder and opens the runs; in a worker of pytest-xdist it only connects.

Source: design.md §4, §11; integrity.md decision 6, X-3, X-14.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import sysconfig
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest
from _pytest.outcomes import Exit

from valgen.errors import ExecutionError, Finding, SourceError, ValgenError
from valgen.model.outcome import Outcome, Stage
from valgen.model.project import Project
from valgen.model.testcase import TestCase
from valgen.pytest_plugin import bdd
from valgen.pytest_plugin.attempts import Attempt
from valgen.pytest_plugin.formal import ticket_of
from valgen.pytest_plugin.step_modules import PACKAGE, StepModules
from valgen.recorder.client import RecorderClient, RecorderLost
from valgen.recorder.process import RecorderProcess, new_token, private_folder, start_recorder
from valgen.recorder.redact import Redactor
from valgen.source import SourceLocation
from valgen.steps.environment import Environment
from valgen.workflow.facts import code_digests, declared_facts, gather_facts, python_argv, user_name
from valgen.workflow.formal_ticket import IDENTITY, IDENTITY_FACT, NOT_READ, check_identity, other_code
from valgen.workflow.plan import check_scripts, choose_environment, freeze_plan, planned_cases, refused_in
from valgen.workflow.variables import Variables, read_variables

KEY = pytest.StashKey["Door"]()
NOT_RECORDED = "not recorded, so it does not count: "


def door_of(config: pytest.Config) -> Door:
    """Return the door of a session that executes test scripts."""
    return config.stash[KEY]


class Door:
    """What a session knows while it executes test scripts of one project.

    Attributes:
        root: project folder.
        project: as read when the first feature was collected.
        lost: why results are not recorded any more; empty while they are.
        summary: lines for the end of pytest's output.
    """

    def __init__(self, config: pytest.Config, root: Path) -> None:
        from valgen.readers import read_project

        self.config = config
        self.root = root
        self.lost = ""
        self.summary: list[str] = []
        self.project: Project = read_project(root)
        self.scripts = root / self.project.settings.paths.test_scripts
        self._modules = StepModules(self.scripts / "steps", root, config)
        self._loaded: list[ModuleType] = []
        self._cases: dict[str, list[TestCase]] = {}
        for case in self.project.cases:
            self._cases.setdefault(case.path, []).append(case)
        self._variables: dict[Stage, Variables] = {}
        self._redactor = Redactor({})
        self._recorder: RecorderProcess | None = None
        self._client: RecorderClient | None = None
        self._place: tuple[Path, str, str] | None = None
        self._open: dict[str, Attempt] = {}
        self._interrupted: BaseException | None = None
        self._prefixes = _prefixes(root)
        self._formal = config.getoption("valgen_formal") is not None
        self._ticket = ticket_of(config)
        self._code_before = code_digests(self.project) if self._ticket else {}

    # Collection

    def prepare(self) -> None:
        """Check the scripts and load the step modules; once per session.

        Raises:
            ValgenError: with every mistake in the scripts, or the one that stopped a step module.
        """
        if sys.flags.optimize:
            raise _without_assertions()
        check_scripts(self.project)
        try:
            modules = self._loaded = self._modules.load()
        except Exception as error:  # whatever somebody's module raises while it is imported
            raise self._module_error(error) from error
        # So that -m may name a tag where a project has strict markers.
        for tag in sorted({link.target.partition(":")[0] for case in self.project.cases for link in case.tags}):
            self.config.addinivalue_line("markers", f"{tag}: tag of test scripts")
        for module in modules:
            self.config.pluginmanager.register(module, f"valgen-{module.__name__}")
        for step, functions in bdd.twice_defined(PACKAGE):
            raise self._defined_twice(step, functions)

    def cases_of(self, path: Path) -> list[TestCase]:
        """Return the active cases of a feature file."""
        name = path.resolve().relative_to(self.root).as_posix()
        return [case for case in self._cases.get(name, ()) if case.id and not case.retired]

    def choose(self, stages: Iterable[Stage]) -> None:
        """Choose the environment of each stage and read its variables.

        Raises:
            ExecutionError: ambiguous or not planned, or a secret is missing.
        """
        wanted = self.config.getoption("valgen_env")
        for stage in stages:
            if stage not in self._variables:
                name = choose_environment(self.project, stage, wanted)
                self._variables[stage] = read_variables(self.project.settings, name, os.environ)
        secrets = {name: value for found in self._variables.values() for name, value in found.secrets.items()}
        self._redactor = Redactor(secrets)

    def is_planned(self, case: TestCase) -> bool:
        """Tell whether a case is planned in the chosen environment of its stage."""
        return self._variables[case.stage].environment in self.project.settings.planned_environments(case)

    # The run

    def begin(self, selected: Iterable[TestCase], folder: Path | None = None, token: str = "") -> None:
        """Start the recorder and have every plan written.

        Args:
            selected: cases that pytest is going to run.
            folder: private folder that workers were told of; None to make one.
            token: that workers were told of.

        Raises:
            ExecutionError: the recorder cannot start or write.
        """
        chosen = {case.id for case in selected}
        stages = [stage for stage in Stage if stage in self._variables]
        plugins = sorted(
            {f"{dist.project_name} {dist.version}" for _, dist in self.config.pluginmanager.list_plugin_distinfo()}
        )
        facts = gather_facts(self.project, argv=python_argv(self.root), plugins=plugins)
        runs: list[dict[str, Any]] = []
        blobs: list[bytes] = []
        for stage in stages:
            variables = self._variables[stage]
            cases = planned_cases(self.project, stage, variables.environment)
            if self._ticket is not None:
                cases = tuple(case for case in cases if case.id in self._ticket.cases)
            plan = freeze_plan(self.project, cases, lambda case: case.id in chosen, variables)
            runs.append(
                {
                    "stage": stage.value,
                    "environment": variables.environment,
                    "argv": list(python_argv(self.root)),
                    "settings": self.project.settings.digest,
                }
            )
            declared = declared_facts(self.project.settings, variables.environment)
            here = {**facts, "host": {**facts["host"], **declared}}
            if self._ticket is not None:
                prints = {case.id: case.fingerprint for case in plan}
                found = {one["path"]: one["sha256"] for one in facts["code"]}
                identity = self._identity(variables)
                self._ticket.check(stages, prints, chosen, self._code_before, found, loaded=self._modules.digests)
                here = {**here, "host": {**here["host"], IDENTITY_FACT: identity}}
            blobs += [_canonical([_plan_json(case) for case in plan]), _canonical(here)]
        events = self.config.getoption("valgen_events")
        records = self.root / self.project.settings.paths.records
        ticket = self._ticket
        self._recorder = start_recorder(
            folder or private_folder(),
            token or new_token(),
            records=records if ticket else records / "dry",
            origin=self.project.settings.project_id or "project",
            actor=ticket.tester if ticket else user_name() or "unknown",
            formal={**ticket.keys(), "project": str(self.root)} if ticket else None,
            hidden={name: value for found in self._variables.values() for name, value in found.secrets.items()},
            events=Path(events) if events else None,
        )
        self._client = self._recorder.client
        try:
            ids = self._client.start(runs, blobs)
        except RecorderLost as error:
            self._recorder.wait()
            raise ExecutionError(
                f"the plan of the run could not be written: {error}",
                why="a run whose plan is not kept would be no evidence",
                fix="see that the disk has room and the records folder can be written",
                code="VG411",
            ) from error
        for stage in stages:
            kind = f"formal run of {ticket.execution}" if ticket else "dry run"
            self.summary.append(f"{kind} {ids[stage.value]}: {stage} in {self._variables[stage].environment}")

    def _identity(self, variables: Variables) -> str:
        """Ask the system under validation which one it is, where step code knows how.

        Raises:
            ExecutionError: it is not the declared one, or cannot be asked.
        """
        modules = self._loaded or self._modules.load()
        ask = next((found for module in modules if (found := getattr(module, IDENTITY, None)) is not None), None)
        if ask is None:
            return NOT_READ
        try:
            found = ask(Environment(variables.environment, variables.values))
        except Exception as error:  # whatever somebody's function raises when the system does not answer
            what = self.shorten(self._redactor.text(f"{type(error).__name__}: {error}"))[:500]
            raise ExecutionError(
                f"the system cannot be asked which one it is: {what}",
                why="results hold for one system in one version",
                fix=f"see that it answers, and that {IDENTITY} of the step code is right",
                code="VG426",
            ) from error
        return check_identity(found, self.project.settings.system)

    def connect_later(self, folder: str, token: str, worker: str, code: Mapping[str, str] | None = None) -> None:
        """Have a worker of pytest-xdist connect to the session's recorder at its first attempt.

        The recorder starts when the first worker has collected its items, which this one may have done before.
        """
        self._place = (Path(folder), token, worker)
        if code is not None and (said := other_code(self._modules.digests, code)):
            self.lose(said)

    def variables(self, stage: Stage) -> Variables:
        """Return the variables of a stage."""
        return self._variables[stage]

    def single_environment(self) -> Environment:
        """Return the environment of the session for step code."""
        found = {variables.environment: variables for variables in self._variables.values()}
        if len(found) != 1:
            names = ", ".join(found) or "none"
            raise ExecutionError(
                f"the environment fixture cannot tell which environment is meant: {names}",
                why="this session runs stages in several environments",
                fix="run one stage at a time, or name the environment with --valgen-env",
                code="VG401",
            )
        variables = next(iter(found.values()))
        return Environment(variables.environment, variables.values)

    def blocked(self, case: TestCase) -> str:
        """Return why a case must not be executed in its environment; empty when it may."""
        return refused_in(case, self._variables[case.stage].environment)

    def open_attempt(self, nodeid: str, case: TestCase) -> Attempt:
        """Begin an attempt at a case; an attempt at the same case that is still open ends first.

        Raises:
            RecorderLost: nothing is recorded any more.
        """
        for other in list(self._open):
            self.close_attempt(other)
        if self._client is None and self._place is not None and not self.lost:
            try:
                self._client = RecorderClient(*self._place)
            except RecorderLost as error:
                self.lose(str(error))
        if self._client is None or self.lost:
            raise RecorderLost(self.lost or "the recorder was not started")
        try:
            attempt = self._open[nodeid] = Attempt(case, self._client, self.shorten)
        except RecorderLost as error:
            self.lose(str(error))
            raise
        return attempt

    def attempt(self, nodeid: str) -> Attempt | None:
        """Return the open attempt of an item."""
        return self._open.get(nodeid)

    def close_attempt(self, nodeid: str) -> None:
        """Send the end of an item's attempt, if one is open."""
        attempt = self._open.pop(nodeid, None)
        if attempt is not None:
            try:
                attempt.close(self._interrupted)
                if self._formal and self._client is not None:
                    self._client.settle()  # the next case begins when this one is on the medium
            except RecorderLost as error:
                self.lose(str(error))

    def lose(self, why: str) -> None:
        """Note that nothing is recorded any more and stop the session."""
        self.lost = self.lost or why

    def interrupt(self, error: BaseException) -> None:
        """Note what stops the session.

        pytest also comes here when a plugin asks the session to stop, such as after the first failure. That is an
        orderly end, unless a worker asked for it because it cannot record.
        """
        if type(error) is KeyboardInterrupt or isinstance(error, Exit):
            self._interrupted = error
        elif NOT_RECORDED in str(error):
            self.lose(str(error).partition(NOT_RECORDED)[2])

    def finish(self, exit_status: int) -> int:
        """End the attempt in flight and the runs.

        Returns:
            The exit status of pytest: 2 where results were not recorded, 1 where a recorded one is worse than pytest's.
        """
        for nodeid in list(self._open):
            self.close_attempt(nodeid)
        if self._client is None:
            return 2 if self.lost else exit_status
        outcomes: dict[str, int] = {}
        try:
            if self._recorder is None:
                self._client.settle()
            else:
                outcomes = self._client.finish(self._reason(exit_status))
            self._client.close()
        except RecorderLost as error:
            self.lose(str(error))
        if self._recorder is not None:
            self._recorder.wait()
        if self.lost:
            self._event({"event": "lost", "why": self.lost})
            return 2
        if outcomes:
            self.summary.append(", ".join(f"{count} {word}" for word, count in sorted(outcomes.items())))
        worse = (Outcome.FAILED, Outcome.ERROR, Outcome.ABORTED)
        return 1 if exit_status == 0 and any(outcomes.get(word) for word in worse) else exit_status

    def unload(self) -> None:
        """Forget the step modules at the end of the session."""
        self._modules.unload()

    # Words

    def shorten(self, text: str) -> str:
        """Take folders of this computer out of a message or traceback."""
        for prefix, short in self._prefixes:
            text = text.replace(prefix, short)
        return text

    def hide(self, text: str) -> str:
        """Take the values of secrets out of a text that pytest shows."""
        return self._redactor.text(text)

    def refuse(self, error: ValgenError) -> NoReturn:
        """End the session before its first step, with status 2 as for every command that cannot run."""
        text = self.tell(error)
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.ensure_newline()
            terminal.write_line(text, red=True)
        pytest.exit(f"the run cannot begin: {error.what}", returncode=2)

    def tell(self, error: ValgenError) -> str:
        """Return an error as people read it, and hand it to ``valgen run``."""
        self._event({"event": "problem", **_error_json(error)})
        return describe(error)

    def _event(self, event: dict[str, Any]) -> None:
        events = self.config.getoption("valgen_events")
        if events:
            with Path(events).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(event) + "\n")

    def _reason(self, exit_status: int) -> str:
        from valgen.pytest_plugin.attempts import message_of

        if self.lost:
            return NOT_RECORDED + self.lost
        if self._interrupted is not None:
            return message_of(self._interrupted)
        return "pytest ended with an internal error" if exit_status == pytest.ExitCode.INTERNAL_ERROR else ""

    def _defined_twice(self, step: str, functions: Sequence[Any]) -> ExecutionError:
        codes = [inspect.unwrap(function).__code__ for function in functions]
        places = [
            SourceLocation(Path(code.co_filename).relative_to(self.root).as_posix(), code.co_firstlineno)
            for code in codes
        ]
        return ExecutionError(
            f"the step is defined {len(places)} times: {step} ({', '.join(map(str, places))})",
            why="which of the definitions decides the result would depend on the order of loading",
            fix="keep one of them, or word the steps differently",
            code="VG414",
            location=places[-1],
        )

    def _module_error(self, error: Exception) -> ExecutionError:
        place: SourceLocation | None = None
        frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, SyntaxError) and error.filename:
            frames.append((error.filename, error.lineno or 0))
        for filename, line in reversed(frames):
            if Path(filename).is_relative_to(self.scripts):
                place = SourceLocation(Path(filename).relative_to(self.root).as_posix(), line)
                break
        return ExecutionError(
            f"a step module cannot be loaded: {type(error).__name__}: {self.shorten(str(error))}",
            why="the steps it defines would be unknown to every test script",
            fix="mend the module, or install what it imports",
            code="VG406",
            location=place,
        )


def _without_assertions() -> ExecutionError:
    return ExecutionError(
        "Python runs without assertions (python -O, or PYTHONOPTIMIZE is set)",
        why="a check in a module that steps import would do nothing, and its case would pass",
        fix="start Python without -O and unset PYTHONOPTIMIZE",
        code="VG413",
    )


def describe(error: ValgenError) -> str:
    """Return an error with its findings as text."""
    if isinstance(error, SourceError) and error.findings:
        return "\n".join([f"{error.what}:", *(_finding_text(found) for found in error.findings)])
    place = f"{error.location}: " if error.location else ""
    lines = [f"{place}error[{error.code}] {error.what}"]
    lines += [f"  why: {error.why}"] if error.why else []
    lines += [f"  fix: {error.fix}"] if error.fix else []
    return "\n".join(lines)


def _finding_text(found: Finding) -> str:
    place = f"{found.location}: " if found.location else ""
    return f"{place}{found.severity}[{found.code}] {found.message}" + (f"\n  fix: {found.fix}" if found.fix else "")


def _error_json(error: ValgenError) -> dict[str, Any]:
    place = error.location
    return {"code": error.code, "what": error.what, "why": error.why, "fix": error.fix,
            "path": place.path if place else "", "line": place.line if place else 0,
            "source": isinstance(error, SourceError)}  # fmt: skip


def _plan_json(case: Any) -> dict[str, Any]:
    return {
        "id": case.id, "title": case.title, "mode": case.mode.value, "path": case.path, "line": case.line,
        "selected": case.selected, "fingerprint": case.fingerprint, "items": dict(case.items),
        "steps": [
            {"number": step.number, "kind": step.kind.value, "keyword": step.keyword, "text": step.text,
             "table": [list(row) for row in step.table], "doc_string": step.doc_string, "background": step.background}
            for step in case.steps
        ],
    }  # fmt: skip


def _canonical(value: Any) -> bytes:
    from valgen.ledger.canonical import encode

    return encode(value, limit=None)


def _prefixes(root: Path) -> list[tuple[str, str]]:
    found = {str(root) + os.sep: ""}
    for name in ("purelib", "platlib", "stdlib"):
        folder = sysconfig.get_paths().get(name)
        if folder:
            found.setdefault(folder + os.sep, "")
    found.setdefault(str(Path(sys.prefix)) + os.sep, "")
    found.setdefault(str(Path.home()) + os.sep, "~" + os.sep)
    return sorted(found.items(), key=lambda pair: len(pair[0]), reverse=True)
