"""Deviations: what happened otherwise than planned, and what people decided about it.

A deviation that nobody classified counts as critical. One may be closed only when everything that a reviewer asks
for is stated; ``missing`` names what is not. The original result of a test is never part of a deviation and never
changed by one.

Values only: the records that carry them, and who may add to them, are the business of ``records``.

Source: domain/documents.md b.14, domain/data-model.md (Deviation), design.md §4.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from valgen.model.run import EvidenceRef


class DeviationType(enum.StrEnum):
    """What kind of thing was wrong. The value is the printed word."""

    SYSTEM_DEFECT = "System defect"
    ENVIRONMENT = "Environment or configuration"
    SCRIPT_ERROR = "Test script error"
    DATA_ERROR = "Test data error"
    TESTER_ERROR = "Tester error"
    SPECIFICATION_ERROR = "Specification error"
    EXTERNAL = "External"


class DeviationClass(enum.StrEnum):
    """How grave it is. The value is the printed word."""

    CRITICAL = "Critical"
    MAJOR = "Major"
    MINOR = "Minor"


class DeviationStatus(enum.StrEnum):
    """Where a deviation stands. The value is the printed word."""

    OPEN = "Open"
    INVESTIGATING = "Under investigation"
    AWAITING_RETEST = "Resolved, awaiting retest"
    CLOSED = "Closed"
    ACCEPTED = "Closed, accepted or deferred"
    REJECTED = "Rejected, not a deviation"


class Acceptability(enum.StrEnum):
    """Whether the risk of an open deviation can be borne. The value is the printed letter."""

    A = "A"
    B = "B"
    C = "C"


TYPE_DEFINITIONS: Mapping[DeviationType, str] = {
    DeviationType.SYSTEM_DEFECT: "The system does not do what its approved specification says.",
    DeviationType.ENVIRONMENT: "The environment or its configuration differs from what the protocol asks for.",
    DeviationType.SCRIPT_ERROR: "The script is wrong: a step, an expected result or its code. It is a deviation, too.",
    DeviationType.DATA_ERROR: "Test data were missing, wrong or changed.",
    DeviationType.TESTER_ERROR: "The test was not carried out as the protocol says.",
    DeviationType.SPECIFICATION_ERROR: "The system is right and the specification wrong, incomplete or ambiguous.",
    DeviationType.EXTERNAL: "The cause lies outside system, script and environment, such as a loss of power.",
}
CLASS_DEFINITIONS: Mapping[DeviationClass, str] = {
    DeviationClass.CRITICAL: "Patient safety, product quality or data integrity may be harmed, or a regulatory "
    "requirement is not met. It is never deferred.",
    DeviationClass.MAJOR: "A function needed for the intended use fails, without direct harm, or only with a "
    "workaround. The protocol cannot be closed while it is open.",
    DeviationClass.MINOR: "The intended use is not impaired. It may stay open at a conditional release, with owner "
    "and date.",
}
ACCEPTABILITY_DEFINITIONS: Mapping[Acceptability, str] = {
    Acceptability.A: "acceptable without follow-up",
    Acceptability.B: "acceptable with measures",
    Acceptability.C: "unacceptable",
}
_SETTLED = (DeviationStatus.CLOSED, DeviationStatus.ACCEPTED, DeviationStatus.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationApproval:
    """One decision of a person about a deviation.

    Attributes:
        role: in which the person acts: tester, test lead, system or process owner, qa.
        name: printed name.
        meaning: what the signature says, such as ``approved`` or ``closed``.
        at: RFC 3339 UTC.
    """

    role: str
    name: str
    meaning: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationChange:
    """One change of a deviation; nothing that was said is taken away.

    Attributes:
        at: RFC 3339 UTC.
        actor: who changed it.
        field: what was changed, in words.
        before: value before; empty when there was none.
    """

    at: str
    actor: str
    field: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One deviation with everything that was said about it so far; empty text means not said.

    Attributes:
        id: such as ``DEV-003``.
        opened_at: RFC 3339 UTC.
        opened_by: who noticed it.
        phase: IQ, OQ or PQ, or a phase without tests such as Migration.
        protocol: number and version of the protocol; empty outside tests.
        environment: where it happened.
        case: run id of the test case, such as ``OQ-014[2]``; empty outside tests.
        step: number of the step, 0 for none.
        run: id of the run that gave the result.
        expected: what should have been seen.
        observed: what was seen.
        description: circumstances beyond expected and observed.
        type: None while undecided.
        classification: None while unclassified, which counts as critical.
        classification_reason: why this class.
        immediate_action: what was done at once.
        root_cause: why it happened.
        impact_assessment: GxP, product and data; other tests, environments, documents, training, release.
        affected: ids of requirements, risks and tests that it touches.
        resolution: fix, correction, acceptance, workaround or deferral.
        change_ref: change request or commit.
        retest: what is tested again with which regression scope, or why nothing is.
        retest_runs: ids of runs that tested again.
        acceptability: of the risk while it is open; None where not judged.
        acceptability_reason: measures and why.
        owner: who carries it while it is open.
        due: date until which it is to be closed, YYYY-MM-DD.
        capa_ref: corrective and preventive action for one that recurs.
        approvals: in the order of time.
        closed_at: RFC 3339 UTC; empty while open.
        evidence: original evidence, linked and never replaced.
        history: every change, oldest first.
    """

    id: str
    opened_at: str
    opened_by: str
    phase: str
    environment: str
    expected: str
    observed: str
    protocol: str = ""
    case: str = ""
    step: int = 0
    run: str = ""
    description: str = ""
    type: DeviationType | None = None
    classification: DeviationClass | None = None
    classification_reason: str = ""
    status: DeviationStatus = DeviationStatus.OPEN
    immediate_action: str = ""
    root_cause: str = ""
    impact_assessment: str = ""
    affected: tuple[str, ...] = ()
    resolution: str = ""
    change_ref: str = ""
    retest: str = ""
    retest_runs: tuple[str, ...] = ()
    acceptability: Acceptability | None = None
    acceptability_reason: str = ""
    owner: str = ""
    due: str = ""
    capa_ref: str = ""
    approvals: tuple[DeviationApproval, ...] = ()
    closed_at: str = ""
    evidence: tuple[EvidenceRef, ...] = ()
    history: tuple[DeviationChange, ...] = ()

    @property
    def settled(self) -> bool:
        """True when no work is left: closed, closed as accepted, or rejected as no deviation."""
        return self.status in _SETTLED

    @property
    def counted_class(self) -> DeviationClass:
        """The class that counts: critical while nobody classified it."""
        return self.classification or DeviationClass.CRITICAL

    @property
    def blocks_protocol(self) -> bool:
        """True for an open one that is critical or major: its protocol cannot be closed."""
        return not self.settled and self.counted_class is not DeviationClass.MINOR

    def missing(self) -> tuple[str, ...]:
        """Return what a reviewer still asks for before it may be closed, or what a closed one lacks, in words."""
        return tuple(self._missing())

    def _missing(self) -> Iterable[str]:
        if self.status is DeviationStatus.REJECTED:
            if not self.resolution:
                yield "why it is no deviation"
        else:
            wanted = {
                "type": self.type,
                "classification": self.classification,
                "immediate action": self.immediate_action,
                "root cause": self.root_cause,
                "impact assessment": self.impact_assessment,
                "resolution": self.resolution,
                "retest decision": self.retest or self.retest_runs,
            }
            yield from (words for words, value in wanted.items() if not value)
        if self.status is DeviationStatus.ACCEPTED:
            if self.counted_class is DeviationClass.CRITICAL:
                yield "another resolution: a critical deviation is never accepted or deferred"
            if self.acceptability in (None, Acceptability.C):
                yield "an acceptable risk (A or B)"
            if not self.owner or not self.due:
                yield "owner and due date of the follow-up"
        closing = [one for one in self.approvals if one.role == "qa"]
        if not closing:
            yield "closure by the quality unit"
        elif any(one.name == self.opened_by for one in closing):
            yield "closure by somebody other than the person who opened it"
        if self.settled and not self.closed_at:
            yield "date of closure"
