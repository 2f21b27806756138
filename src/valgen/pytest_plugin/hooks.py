"""Hooks of a session that executes test scripts; registered when its first feature is collected.

Source: design.md §4; integrity.md X-3, X-4, X-14.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.skipping import xfailed_key

from valgen.errors import ExecutionError, ValgenError
from valgen.model.outcome import Stage
from valgen.pytest_plugin.bdd import bound_features
from valgen.pytest_plugin.collect import CaseItem, FeatureFile
from valgen.pytest_plugin.door import KEY, NOT_RECORDED, Door
from valgen.recorder.client import RecorderLost


def open_door(config: pytest.Config, root: Path) -> tuple[Door, ValgenError | None]:
    """Return the session's door, made at the first call, and what stops its scripts from being executed."""
    door = config.stash.get(KEY, None)
    if door is None:
        door = config.stash[KEY] = Door(config, root)
        from valgen.pytest_plugin import fixtures

        problem: ValgenError | None = None
        try:
            door.prepare()
        except ValgenError as error:
            problem = error
        config.stash[PROBLEM] = problem
        config.pluginmanager.register(fixtures, "valgen-fixtures")
        config.pluginmanager.register(Hooks(door), "valgen-hooks")
    if door.root != root:
        raise pytest.UsageError(
            f"this session would execute test scripts of two projects: {door.root} and {root}; run one at a time"
        )
    return door, config.stash[PROBLEM]


PROBLEM = pytest.StashKey["ValgenError | None"]()


def collect_feature(path: Path, parent: pytest.Collector, root: Path) -> FeatureFile:
    """Return the collector of a feature file."""
    door, problem = open_door(parent.config, root)
    found: FeatureFile = FeatureFile.from_parent(parent, path=path)
    found.door = door
    found.problem = problem
    return found


class Hooks:
    """pytest's hooks for one session with test scripts."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._worker: dict[str, Any] | None = getattr(door.config, "workerinput", None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave only cases that are planned in the chosen environment."""
        self._refuse_bound(items)
        wanted = config.getoption("valgen_stage")
        only = set(config.getoption("valgen_case"))
        # A stage is named by valgen run: then Python tests beside the features are none of its business.
        cases = [item for item in items if isinstance(item, CaseItem)]
        kept = [item for item in cases if not wanted or item.case.stage.value == wanted]
        try:
            self.door.choose(stage for stage in Stage if any(item.case.stage is stage for item in kept))
        except ExecutionError as error:
            if self._worker is None:
                self.door.refuse(error)
            return  # the process that started the workers meets the same and says it
        stay = {id(item) for item in kept if self.door.is_planned(item.case) and (not only or item.case.id in only)}
        left_out = [item for item in (items if wanted else cases) if id(item) not in stay]
        if left_out:
            gone = {id(item) for item in left_out}
            items[:] = [item for item in items if id(item) not in gone]
            config.hook.pytest_deselected(items=left_out)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Write the plan before the first step."""
        config = session.config
        cases = [item.case for item in session.items if isinstance(item, CaseItem)]
        stopped = session.testsfailed and not config.option.continue_on_collection_errors
        if config.option.collectonly or not cases or stopped:
            return
        if self._worker is not None:
            given = self._worker.get("valgen")
            if given:
                worker = str(self._worker.get("workerid", "worker"))
                self.door.connect_later(given["folder"], given["token"], worker, given.get("code"))
            return
        try:
            self.door.begin(cases)
        except ValgenError as error:
            self.door.refuse(error)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin an attempt."""
        if isinstance(item, CaseItem):
            item.attempt = None
            try:
                item.attempt = self.door.open_attempt(item.nodeid, item.case)
            except RecorderLost as error:
                item.session.shouldstop = f"valgen: {NOT_RECORDED}{error}"
                pytest.fail(NOT_RECORDED + str(error), pytrace=False)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what really happened in a phase, beside the report that pytest makes of it."""
        report = yield
        if not isinstance(item, CaseItem):
            return report
        error = call.excinfo.value if call.excinfo is not None else None
        if isinstance(error, RecorderLost):
            self.door.lose(str(error))
        if self.door.lost:
            item.session.shouldstop = f"valgen: {NOT_RECORDED}{self.door.lost}"
            report.outcome = "failed"
            report.longrepr = NOT_RECORDED + self.door.lost
            return report
        if report.outcome != "passed" or report.sections:
            self._hide_secrets(report)
        if item.attempt is not None:
            item.attempt.phase_done(call.when, error, report, xfail=item.stash.get(xfailed_key, None) is not None)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the report that is logged in the end."""
        attempt = self.door.attempt(report.nodeid)
        if attempt is not None:
            attempt.report_seen(report)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """End the attempt."""
        self.door.close_attempt(nodeid)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note who stopped the session."""
        self.door.interrupt(excinfo.value)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """End the runs."""
        session.exitstatus = self.door.finish(int(exitstatus))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say which runs were recorded, and what was not."""
        if self.door.lost:
            terminalreporter.section("valgen", red=True)
            terminalreporter.write_line(f"{NOT_RECORDED}{self.door.lost}", red=True)
            terminalreporter.write_line("No result of this session counts beyond what the log of the run shows.")
        elif self.door.summary:
            terminalreporter.section("valgen")
            for line in self.door.summary:
                terminalreporter.write_line(line)

    def pytest_unconfigure(self) -> None:
        """Forget the step modules."""
        self.door.unload()

    def _hide_secrets(self, report: pytest.TestReport) -> None:
        hide = self.door.hide
        if isinstance(report.longrepr, tuple):
            path, line, reason = report.longrepr
            report.longrepr = (path, line, hide(reason))
        elif report.longrepr is not None:
            text = str(report.longrepr)
            if hide(text) != text:
                report.longrepr = hide(text)
        report.sections = [(name, hide(text)) for name, text in report.sections]

    def _refuse_bound(self, items: list[pytest.Item]) -> None:
        """Refuse a feature that a Python module binds as well: its cases would run twice, once without a record."""
        collected = {str(item.path.resolve()) for item in items if isinstance(item, CaseItem)}
        found = set()
        for item in items:
            feature = "" if isinstance(item, CaseItem) else bound_features(item)
            if feature and str(Path(feature).resolve()) in collected:
                found.add((feature, str(item.path)))
        if found:
            pairs = "; ".join(f"{feature} is also bound by {module}" for feature, module in sorted(found))
            error = ExecutionError(
                self.door.shorten(pairs),
                why="valgen executes feature files itself, and each case must run once and be recorded",
                fix="remove scenarios() or @scenario from the module and keep its steps in test_scripts/steps",
                code="VG407",
            )
            self.door.refuse(error)
