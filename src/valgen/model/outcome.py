"""Closed sets of answers: stages, results, coverage, modes.

Source: design.md §4 (results), domain/documents.md b.13 (coverage).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Stage(enum.StrEnum):
    """Qualification stage of a test case."""

    IQ = "IQ"  # installed as specified
    OQ = "OQ"  # operates as specified
    PQ = "PQ"  # performs in the real process


class Outcome(enum.StrEnum):
    """Result of a test case or of one step. The value is the printed word."""

    PASSED = "Passed"  # every check held
    PASSED_WITH_DEVIATION = "Passed with deviation"  # assigned by a person after QA closed every deviation
    FAILED = "Failed"  # a check did not hold (AssertionError, xfail)
    ERROR = "Error"  # the test itself broke: any other exception, undefined step, failing fixture
    BLOCKED = "Blocked"  # could not be executed because something before it failed
    SKIPPED = "Skipped"  # left out on purpose while executing
    NOT_EXECUTED = "Not executed"  # planned, without a result
    ABORTED = "Aborted"  # begun and cut off
    NOT_APPLICABLE = "N/A"  # excluded with a reason

    @property
    def accepted(self) -> bool:
        """True for the two results that count as success; nothing else ever does."""
        return self in (Outcome.PASSED, Outcome.PASSED_WITH_DEVIATION)

    @property
    def executed(self) -> bool:
        """True when steps ran to a verdict; Skipped, Not executed, Blocked and N/A did not."""
        return self in (
            Outcome.PASSED,
            Outcome.PASSED_WITH_DEVIATION,
            Outcome.FAILED,
            Outcome.ERROR,
            Outcome.ABORTED,
        )


_WORST_FIRST = (
    Outcome.ERROR,
    Outcome.FAILED,
    Outcome.ABORTED,
    Outcome.BLOCKED,
    Outcome.SKIPPED,
    Outcome.NOT_EXECUTED,
    Outcome.NOT_APPLICABLE,
    Outcome.PASSED_WITH_DEVIATION,
    Outcome.PASSED,
)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that decides: the worst one; Not executed for none at all."""
    found = set(outcomes)
    return next((outcome for outcome in _WORST_FIRST if outcome in found), Outcome.NOT_EXECUTED)


class Coverage(enum.StrEnum):
    """Coverage status of a requirement. Source: domain/documents.md b.13."""

    PASSED = "Covered-Passed"
    PASSED_WITH_DEVIATION = "Covered-Passed with deviation"
    FAILED = "Covered-Failed"
    NOT_EXECUTED = "Covered-Not executed"
    PROCEDURE = "Covered by SOP/Procedure"
    SUPPLIER = "Covered by supplier evidence"
    NOT_APPLICABLE = "Not applicable"
    GAP = "Not covered (GAP)"


class Mode(enum.StrEnum):
    """How a test case is executed."""

    AUTOMATED = "Automated"
    MANUAL = "Manual"
    UNSCRIPTED = "Unscripted"


class RunMode(enum.StrEnum):
    """Whether a run may become evidence."""

    DRY = "dry"  # rehearsal; never evidence, labelled everywhere
    FORMAL = "formal"  # execution of an approved protocol


class RunState(enum.StrEnum):
    """Where a run stands."""

    RUNNING = "running"  # its recorder is alive
    FINISHED = "finished"  # a finishing record exists
    ABORTED = "aborted"  # it ended without one, or an aborting record exists


class StepKind(enum.StrEnum):
    """Part of a Gherkin step in a protocol row."""

    GIVEN = "Given"  # set-up check
    WHEN = "When"  # instruction
    THEN = "Then"  # expected result
