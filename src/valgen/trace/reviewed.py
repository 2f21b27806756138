"""Which results somebody accepted in a review.

A report may be signed once every planned case is covered: its result stands in an accepted review, or it has none and
an accepted review of its execution names it and so says what becomes of it.

Pure. Source: design.md §5; integrity.md X-1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from valgen.model.execution import Execution, Review, review_of
from valgen.model.run import Run
from valgen.trace.results import CaseStatus


def unreviewed(executions: Sequence[Execution], runs: Iterable[Run], statuses: Iterable[CaseStatus]) -> tuple[str, ...]:
    """Return the planned cases, with their environment, that no accepted review covers.

    Args:
        executions: of the project.
        runs: of the project.
        statuses: formal standing of the planned cases.
    """
    by_id = {run.id: run for run in runs}
    found = []
    for one in statuses:
        if one.attempt is None:
            newest = next((given for given in _accepted(executions, one) if names(given.comment, one.case)), None)
        else:
            newest = review_of(executions, by_id.get(one.run), one.attempt)
        if newest is None or not newest.accepted:
            found.append(f"{one.case} in {one.environment}")
    return tuple(found)


def names(comment: str, case: str) -> bool:
    """Return whether a comment names a case."""
    return re.search(rf"(?<![\w.-]){re.escape(case)}(?![\w-])", comment) is not None


def _accepted(executions: Sequence[Execution], status: CaseStatus) -> Iterator[Review]:
    for one in executions:
        if one.environment == status.environment and status.case in one.cases:
            yield from (given for given in one.reviews if given.accepted)
