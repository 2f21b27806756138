"""One attempt at one case: run its steps, catch the outcome at the exception, compare it with pytest's reports.

The outcome is decided here, where the exception passes, and sent to the recorder at once. What pytest reports later
is only compared with it: when other code changed a report, swallowed an exception or added a verdict of its own,
the case becomes Error and the message names both. Only the recorder adds up the outcome of the case.

Source: design.md §4; integrity.md decision 7, X-3, X-4, X-16.
"""

from __future__ import annotations

import bdb
import traceback
import types
import unittest
from typing import Any, Protocol

import pytest
from _pytest.fixtures import pytest_fixture_setup
from _pytest.outcomes import Exit, XFailed

from valgen.model.outcome import Mode, Outcome, StepKind
from valgen.model.testcase import TestCase
from valgen.pytest_plugin import bdd
from valgen.pytest_plugin.intact import replaced
from valgen.pytest_plugin.step_modules import CHECKS, is_marked, may_check
from valgen.recorder.client import RecorderLost
from valgen.steps.evidence import Evidence

MESSAGE_CHARACTERS = 4_000
TRACE_CHARACTERS = 12_000

_PASSED = Outcome.PASSED
_XPASS = "marked as expected to fail (xfail), but every step passed; remove the mark"
_NO_EVIDENCE = "the case is tagged @evidence, but no step attached anything"
_SWALLOWED = "the steps did not run to their end, and no exception reached pytest: the report was changed by other code"


class Recording(Protocol):
    """Where an attempt's events go; ``RecorderClient`` in a run."""

    def case(self, stage: str, case: str) -> None: ...  # noqa: D102
    def begin_steps(self) -> None: ...  # noqa: D102
    def step_passed(self, number: int) -> None: ...  # noqa: D102
    def step(self, event: dict[str, Any]) -> None: ...  # noqa: D102
    def attach(self, name: str, media_type: str, data: bytes) -> None: ...  # noqa: D102
    def end(self, event: dict[str, Any]) -> None: ...  # noqa: D102


class Attempt:
    """One attempt at a case, from pytest's setup to the end of its teardown.

    Args:
        case: the case.
        recorder: receives the events.
        shorten: makes paths in tracebacks independent of this computer.
    """

    __slots__ = (
        "_ended",
        "_phases",
        "_recorder",
        "_reports",
        "_shorten",
        "case",
        "evidence",
        "steps_error",
        "steps_ran",
    )

    def __init__(self, case: TestCase, recorder: Recording, shorten: Any) -> None:
        self.case = case
        self.evidence = Evidence(recorder)
        self.steps_error: BaseException | None = None
        self.steps_ran = False
        self._recorder = recorder
        self._shorten = shorten
        self._phases: dict[str, tuple[BaseException | None, bool]] = {}
        self._reports: dict[str, Any] = {}
        self._ended = False
        recorder.case(case.stage.value, case.id)

    def run_steps(self, request: Any, case: bdd.BddCase) -> None:
        """Run the steps in order; the first one that does not pass ends the attempt.

        Raises:
            BaseException: whatever the step raised, after it was sent to the recorder.
        """
        __tracebackhide__ = True
        evidence = self.evidence
        recorder = self._recorder
        bdd.before_scenario(request, case)
        recorder.begin_steps()
        try:
            for planned, step in zip(self.case.steps, case.steps, strict=True):
                checks = CHECKS.count
                context = None
                try:
                    context = bdd.find_step(request, case, step)
                    bdd.call_step(request, case, step, context)
                except RecorderLost:
                    raise
                except BaseException as error:
                    self.steps_error = error
                    self._send_failed(planned.number, error)
                    raise
                observed = evidence.observed or CHECKS.count > checks
                if not observed and planned.kind is StepKind.THEN and not is_marked(context.step_func):
                    observed = may_check(context.step_func)
                if evidence.expected_values or evidence.observed:
                    recorder.step(self._event(planned.number, _PASSED, observed=observed))
                    evidence.begin()
                elif observed:
                    recorder.step({"n": planned.number, "o": "Passed", "ob": True})
                else:
                    recorder.step_passed(planned.number)
            self.steps_ran = True
        finally:
            evidence.close()
            bdd.after_scenario(request, case)

    def phase_done(self, when: str, error: BaseException | None, report: Any, *, xfail: bool) -> None:
        """Note how a phase (setup, call, teardown) ended and which report pytest made of it."""
        self._phases[when] = (error, xfail)
        self._reports[when] = report

    def report_seen(self, report: Any) -> None:
        """Note the report that pytest finally logged for a phase; other code may have exchanged it."""
        self._reports[report.when] = report

    def close(self, interrupted: BaseException | None = None) -> None:
        """Send the end of the attempt; a second call does nothing.

        Args:
            interrupted: what cut the session off while the attempt went on.
        """
        if self._ended:
            return
        self._ended = True
        self.evidence.close()
        failed = self.steps_error is not None or any(
            getattr(report, "outcome", "") == "failed" for report in self._reports.values()
        )
        self._recorder.end({"x": self._extras(interrupted), "f": failed})

    def _extras(self, interrupted: BaseException | None) -> list[dict[str, str]]:
        """Return every verdict that did not come from a step, each with outcome, message and trace."""
        extras: list[dict[str, str]] = []
        for when, (error, xfail) in self._phases.items():
            if error is not None and error is not self.steps_error:
                extras.append(self._extra(when, error))
            if xfail:
                if when == "call" and error is None:
                    extras.append(_plain(Outcome.FAILED, _XPASS))
                continue
            changed = self._changed(when, error)
            if changed:
                extras.append(_plain(Outcome.ERROR, changed))
        if not self._is_complete():
            extras.append(_plain(Outcome.ABORTED, _why_cut_off(interrupted)))
        if "call" in self._phases and self._phases["call"][0] is None and not self.steps_ran:
            extras.append(_plain(Outcome.ERROR, _SWALLOWED))
        if self.steps_ran and "evidence" in self.case.flags and not self.evidence.attached:
            extras.append(_plain(Outcome.ERROR, _NO_EVIDENCE))
        names = replaced()
        if names:
            extras.append(_plain(Outcome.ERROR, f"the code that executes and records was replaced: {names}"))
        return extras

    def _is_complete(self) -> bool:
        """Tell whether pytest came through every phase that the attempt needs."""
        phases = self._phases
        return "teardown" in phases and "setup" in phases and ("call" in phases or phases["setup"][0] is not None)

    def _changed(self, when: str, error: BaseException | None) -> str:
        report = self._reports.get(when)
        caught = self.steps_error if when == "call" and error is None else error
        expected = "passed" if caught is None else "skipped" if _is_skip(caught) else "failed"
        reported = getattr(report, "outcome", "missing")
        if isinstance(caught, XFailed):
            return ""
        if reported == "rerun" and expected == "failed":
            return ""  # pytest-rerunfailures announces another attempt this way; this one is kept as it is
        if reported == expected and not hasattr(report, "wasxfail"):
            return ""
        said = f"{reported}, expected failure" if hasattr(report, "wasxfail") else reported
        return f"the report was changed by other code: the {when} of the case {expected}, but its report says {said}"

    def _extra(self, when: str, error: BaseException) -> dict[str, str]:
        outcome = outcome_of(error, in_step=False)
        where = {"setup": "while setting up: ", "teardown": "while cleaning up: "}.get(when, "outside of the steps: ")
        lead = "" if outcome in (Outcome.SKIPPED, Outcome.ABORTED) or isinstance(error, Refused) else where
        refused = getattr(error, "outcome", None)
        if isinstance(refused, Outcome):
            return _plain(refused, message_of(error))
        return {"o": outcome.value, "m": lead + message_of(error), "tr": self._trace(error, outcome)}

    def _send_failed(self, number: int, error: BaseException) -> None:
        outcome = outcome_of(error, in_step=True)
        event = self._event(number, outcome, observed=True)
        event["m"] = message_of(error)
        event["tr"] = self._trace(error, outcome)
        self._recorder.step(event)

    def _event(self, number: int, outcome: Outcome, *, observed: bool) -> dict[str, Any]:
        evidence = self.evidence
        event: dict[str, Any] = {"n": number, "o": outcome.value, "ob": observed}
        if evidence.expected_values:
            event["e"] = evidence.expected_values
        if evidence.actual_values:
            event["a"] = evidence.actual_values
        if evidence.tables:
            event["tb"] = evidence.tables
        return event

    def _trace(self, error: BaseException, outcome: Outcome) -> str:
        if outcome in (Outcome.SKIPPED, Outcome.ABORTED):
            return ""
        return str(self._shorten(trace_of(error)))


class Refused(pytest.skip.Exception):  # type: ignore[name-defined,misc]  # pytest declares it dynamically
    """The case is not executed for a reason of valgen's own; pytest shows it as skipped.

    Attributes:
        outcome: Blocked or Not executed.
    """

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


def refusal(case: TestCase, blocked: str) -> Refused | None:
    """Return why a case is not executed in this run; None when it is."""
    if blocked:
        return Refused(blocked, Outcome.BLOCKED)
    if case.mode is Mode.MANUAL:
        return Refused("manual case: not executed in an automated run", Outcome.NOT_EXECUTED)
    if case.mode is Mode.UNSCRIPTED:
        return Refused("unscripted case: not executed in an automated run", Outcome.NOT_EXECUTED)
    return None


def outcome_of(error: BaseException, *, in_step: bool) -> Outcome:
    """Return what an exception means (design.md §4).

    Args:
        error: as it was raised.
        in_step: True when it came out of a step; an assertion of a fixture is Error wherever it failed.
    """
    if _is_skip(error):
        return Outcome.SKIPPED
    if isinstance(error, (KeyboardInterrupt, Exit, bdb.BdbQuit)):
        return Outcome.ABORTED
    if isinstance(error, XFailed):
        return Outcome.FAILED
    if in_step and isinstance(error, (AssertionError, pytest.fail.Exception)) and not _from_fixture(error):
        return Outcome.FAILED
    return Outcome.ERROR


def message_of(error: BaseException) -> str:
    """Return an exception in words, at most ``MESSAGE_CHARACTERS`` of them."""
    try:
        said = str(getattr(error, "msg", None) or error).strip()
    except Exception as inner:  # code under test may define an exception that cannot be printed
        said = f"(its message cannot be shown: {type(inner).__name__})"
    name = type(error).__name__
    if isinstance(error, KeyboardInterrupt):
        text = "stopped by the tester (keyboard interrupt)"
    elif _is_skip(error):
        text = said or "skipped without a reason"
    elif isinstance(error, XFailed):
        text = f"expected to fail (xfail): {said}" if said else "expected to fail (xfail)"
    elif isinstance(error, AssertionError):
        text = said or "the assertion does not hold"
    elif isinstance(error, (pytest.fail.Exception, Exit)):
        text = said or name
    else:
        text = f"{name}: {said}" if said else name
    return text if len(text) <= MESSAGE_CHARACTERS else text[: MESSAGE_CHARACTERS - 4] + " ..."


def trace_of(error: BaseException) -> str:
    """Return the end of the traceback, from the first line outside pytest, pytest-bdd and this plugin."""
    trace = error.__traceback__
    while trace is not None and _is_machinery(trace.tb_frame):
        trace = trace.tb_next
    try:
        lines = traceback.format_exception(type(error), error, trace or error.__traceback__, limit=-20)
    except Exception as inner:  # as above: an exception that cannot be printed must not hide the failure
        return f"{type(error).__name__} (its traceback cannot be shown: {type(inner).__name__})"
    text = "".join(lines).rstrip()
    return text if len(text) <= TRACE_CHARACTERS else "... " + text[4 - TRACE_CHARACTERS :]


def _is_machinery(frame: types.FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module.split(".")[0] in ("_pytest", "pluggy", "pytest_bdd") or module.startswith("valgen.pytest_plugin")


def _is_skip(error: BaseException) -> bool:
    return isinstance(error, (pytest.skip.Exception, unittest.SkipTest))


def _from_fixture(error: BaseException) -> bool:
    # A step runs through call_fixture_func as well, but only a fixture passes through this function of pytest.
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is pytest_fixture_setup.__code__:
            return True
        trace = trace.tb_next
    return False


def _plain(outcome: Outcome, message: str) -> dict[str, str]:
    return {"o": outcome.value, "m": message, "tr": ""}


def _why_cut_off(interrupted: BaseException | None) -> str:
    if interrupted is None:
        return "the session ended while this case was running"
    return message_of(interrupted)
