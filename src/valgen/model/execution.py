"""Formal executions and their reviews, as plain facts.

An execution is what testers do with one approved version of a protocol in one environment: many sessions, over days.
Its runs are values of ``run``; every case that it plans stays a row until it was executed.

Source: design.md §4; domain/documents.md b.12. Format: docs/format-ledger.md, "Formal executions" and "Reviews".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from valgen.model.outcome import Stage
from valgen.model.run import CaseAttempt, Run

ACCEPTED = "accepted"
RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody who executed nothing said about the results of an execution.

    Attributes:
        record: number of its record.
        upto: number of the last record that it takes into account.
        results: leaf hashes of the case results that were looked at.
        conclusion: ``accepted`` or ``returned``.
        comment: in the reviewer's words.
        role: in which the person reviewed.
        name: printed name at that record.
        function: title or function at that record.
        person: id of the human being behind the account.
        time: RFC 3339, UTC.
        key: id of the key, hex.
    """

    record: int
    upto: int
    results: frozenset[str]
    conclusion: str
    comment: str
    role: str
    name: str
    function: str = ""
    person: str = ""
    time: str = ""
    zone: str = ""
    key: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the results were accepted as recorded."""
        return self.conclusion == ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """Somebody who began a run, as the ledger knew them then.

    Attributes:
        name: printed name.
        user: user id.
        function: title or function.
        time: of the record that began the run, RFC 3339 UTC.
        record: number of that record.
        session: number of the record that opened their session; -1 for a service, which opens none.
    """

    name: str
    user: str
    function: str
    time: str
    record: int
    session: int = -1

    @property
    def shown(self) -> str:
        """Printed name and user id, as results name who executed."""
        return f"{self.name} ({self.user})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One formal execution.

    Attributes:
        id: such as ``exec-0001``.
        record: number of the record that opened it.
        protocol: key of the document that was executed, such as ``OQ-protocol``.
        number: its document number.
        version: its approved version.
        content: content digest of that version, hex.
        system: name and version of the system under validation as declared.
        cases: planned case to the fingerprint of its approved script.
        code: path to SHA-256 of the step code at opening.
        opened_by: printed name and user id.
        opened_at: RFC 3339, UTC.
        testers: printed name and user id of everybody who executed.
        persons: human beings behind their accounts.
        runs: ids, oldest first.
        reviews: oldest first.
        log: who began runs, one entry for each run, oldest first.
    """

    id: str
    record: int
    stage: Stage
    environment: str
    protocol: str
    number: str
    version: str
    content: str
    system: tuple[str, str]
    cases: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    opened_by: str = ""
    opened_at: str = ""
    testers: tuple[str, ...] = ()
    persons: frozenset[str] = frozenset()
    runs: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()
    log: tuple[LogEntry, ...] = ()


def review_of(executions: Iterable[Execution], run: Run | None, attempt: CaseAttempt | None) -> Review | None:
    """Return the newest review that took an attempt into account; None where nobody has reviewed it.

    An attempt that was cut off together with its recorder has no result of its own to be named: a review that was made
    after its run began covers it.

    Args:
        executions: of the project.
        run: of the attempt.
        attempt: None for a case without one.
    """
    if run is None or attempt is None:
        return None
    for one in executions:
        if one.id == run.execution:
            for review in reversed(one.reviews):
                if attempt.leaf in review.results or (not attempt.leaf and (run.record or 0) <= review.upto):
                    return review
    return None
