"""Feature files as pytest files, test cases as pytest items named by their id.

Two scenarios of one name are two items; no Python file beside a feature is needed. Tags can be chosen with ``-m``
and ``-k``. A tag called like one of pytest's own marks (``skip``, ``xfail``, ...) has no effect on the result.

Source: design.md §3.3, §4.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from valgen.errors import ValgenError
from valgen.model.testcase import TestCase
from valgen.pytest_plugin import bdd
from valgen.pytest_plugin.attempts import Attempt, refusal
from valgen.pytest_plugin.door import Door
from valgen.recorder.client import RecorderLost

_MARKS_OF_PYTEST = frozenset(
    (
        "skip",
        "skipif",
        "xfail",
        "parametrize",
        "usefixtures",
        "filterwarnings",
        "tryfirst",
        "trylast",
        "flaky",
        "timeout",
    )
)


class FeatureFile(pytest.File):
    """One feature file of the project."""

    door: Door
    problem: ValgenError | None

    def collect(self) -> Iterator[CaseItem]:
        """Yield an item per case."""
        if self.problem is not None:
            raise self.CollectError(self.door.tell(self.problem))
        for case in self.door.cases_of(self.path):
            yield CaseItem.from_parent(self, name=case.id, callobj=_case, case=case)


class CaseItem(pytest.Function):
    """One test case.

    Attributes:
        case: what is executed.
        attempt: the attempt that goes on, for the ``evidence`` fixture.
    """

    def __init__(self, *, case: TestCase, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.attempt: Attempt | None = None
        self.add_marker(pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"))
        for link in case.tags:
            tag = link.target
            if tag not in _MARKS_OF_PYTEST:
                # Made directly, because strict marks would refuse a tag such as verifies:FS-012.
                mark = pytest.Mark(tag, (), {}, _ispytest=True)
                self.own_markers.append(mark)
                self.keywords[tag] = mark

    @property
    def door(self) -> Door:
        """The session's door."""
        from valgen.pytest_plugin.door import door_of

        return door_of(self.config)

    def setup(self) -> None:
        """Refuse what must not be executed now, then set up fixtures."""
        refused = refusal(self.case, self.door.blocked(self.case))
        if refused is not None:
            refused._use_item_location = True
            raise refused
        super().setup()

    def runtest(self) -> None:
        """Run the steps."""
        __tracebackhide__ = True
        if self.attempt is None:
            raise RecorderLost("the attempt was never begun")
        self.attempt.run_steps(
            self._request, bdd.BddCase(self.case, self.door.variables(self.case.stage), str(self.path))
        )

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return file, line and words for pytest's output."""
        return self.path, max(self.case.line - 1, 0), f"{self.case.id} {self.case.title}"


def _case(request: pytest.FixtureRequest) -> None:
    """Stand for the function that pytest expects an item to have; the steps run in its place."""
