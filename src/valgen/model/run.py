"""Runs and their evidence, as values read back from records.

The record bodies that carry these values are specified in docs/format.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.model.outcome import Mode, Outcome, RunMode, RunState, Stage, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRef:
    """One attachment; its bytes lie in the blob store under ``sha256``.

    Attributes:
        id: ``<case>-<step>-<n>``, such as ``OQ-014-3-1``: the label printed on it.
        name: original file name, data only.
        captured_at: RFC 3339 UTC.
    """

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    captured_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What happened in one step.

    Attributes:
        number: of the step in the script.
        text: the sentence as executed, placeholders filled in, secrets redacted.
        expected: what step code said it expected, one per line.
        actual: observed values, one per entry, in order.
        tables: observed tables, header first.
        message: of the exception, or why it was skipped; empty when passed.
        trace: end of the traceback; empty when passed.
        observed: whether the step asserted or observed anything at all.
        started_at: RFC 3339 UTC; empty when never begun.
        duration_ms: wall time; 0 when never begun.
    """

    number: int
    kind: StepKind
    keyword: str
    text: str
    outcome: Outcome
    expected: tuple[str, ...] = ()
    actual: tuple[str, ...] = ()
    tables: tuple[tuple[tuple[str, ...], ...], ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    message: str = ""
    trace: str = ""
    observed: bool = False
    started_at: str = ""
    duration_ms: int = 0
    data_table: tuple[tuple[str, ...], ...] = ()
    doc_string: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step as planned at the start of a run."""

    number: int
    kind: StepKind
    keyword: str
    text: str
    table: tuple[tuple[str, ...], ...] = ()
    doc_string: str | None = None
    background: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A case as planned at the start of a run; the script is frozen here.

    Attributes:
        selected: False when the tester's choice left it out of this run.
        fingerprint: ``v1:`` digest of the script (steps, tables, tags, background).
        items: fingerprints of the items it verifies, by id.
    """

    id: str
    title: str
    mode: Mode
    path: str
    line: int
    selected: bool = True
    fingerprint: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[PlannedStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAttempt:
    """One attempt at one case; every attempt is kept.

    Attributes:
        number: from 1 within the run.
        message: why it is not Passed, in one line; empty when it is.
        record: sequence number of the closing record, None when it never closed.
        leaf: leaf hash of that record, hex; empty when it never closed.
    """

    case: str
    number: int
    outcome: Outcome
    steps: tuple[StepResult, ...] = ()
    message: str = ""
    started_at: str = ""
    finished_at: str = ""
    executor: str = ""
    record: int | None = None
    leaf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of one stage in one environment.

    Attributes:
        id: such as ``dry-0003``.
        host: facts of the environment found: host, os, python, packages, git commit and dirtiness.
        code: path to SHA-256 of every file of script code.
        plan: every case planned for the stage and environment, selected or not.
        attempts: in the order in which they began.
        reason: why it was aborted; empty otherwise.
        execution: formal execution that it belongs to; empty for a dry run.
        session: of the tester, as the ledger names it; empty for a dry run and for a service.
        tester: account that executed it; empty for a dry run.
        record: number of the record that started it.
    """

    id: str
    stage: Stage
    mode: RunMode
    environment: str
    state: RunState
    started_at: str
    finished_at: str = ""
    actor: str = ""
    tool: str = ""
    host: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    plan: tuple[PlannedCase, ...] = ()
    attempts: tuple[CaseAttempt, ...] = ()
    reason: str = ""
    execution: str = ""
    session: str = ""
    tester: str = ""
    record: int | None = None

    def last_attempt(self, case: str) -> CaseAttempt | None:
        """Return the newest attempt at a case, or None."""
        return next((attempt for attempt in reversed(self.attempts) if attempt.case == case), None)
