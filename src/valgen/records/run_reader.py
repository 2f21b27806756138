"""Runs read back from the log.

A run without a closing record is running while its recorder lives, and aborted otherwise: its case in flight is
Aborted with the steps that were recorded, its later cases have no attempt. Steps that were planned and never begun
are rows as well, as Not executed. Bytes beyond the last complete record are not looked at.

Source: design.md §4, §11; integrity.md X-2, X-3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.blobs import BlobRef, Blobs
from valgen.ledger.files import Layout, read_lines
from valgen.ledger.kinds import expand
from valgen.ledger.record import Stored
from valgen.ledger.store import read_log
from valgen.model.outcome import Mode, Outcome, RunMode, RunState, Stage, StepKind
from valgen.model.run import CaseAttempt, EvidenceRef, PlannedCase, PlannedStep, Run, StepResult
from valgen.records.liveness import recorder_alive, recorder_closing

Alive = Callable[[Path, int], bool]

_CUT_OFF = "the run was cut off together with its recorder"
_IN_FLIGHT = "the run was cut off while this case was running"


def read_runs(
    folder: Path,
    *,
    alive: Alive | None = None,
    only: str | None = None,
    watch: Callable[[Stored], None] = lambda stored: None,
) -> tuple[Run, ...]:
    """Read every run of a log.

    Args:
        folder: of the log, such as ``.valgen/dry``; nothing is read where there is none.
        alive: tells whether the recorder with a process id lives; by default its lock is looked at.
        only: id of the only run wanted; None for all.
        watch: told of every record, also of those that belong to no run.

    Returns:
        Oldest first.

    Raises:
        VerificationError: sealed records or a blob that they name are missing or altered.
    """
    layout = Layout(folder)
    read_blob = Blobs(layout.blobs, layout.tmp).read
    builders: dict[str, _Builder] = {}
    for stored in read_log(folder):
        watch(stored)
        body = stored.body
        run_id = body.get("run")
        if not isinstance(run_id, str) or (only is not None and run_id != only):
            continue
        if stored.kind == "run.started":
            builders[run_id] = _Builder(expand(body, read_blob), read_blob, stored.seq)
        elif run_id in builders:
            builders[run_id].take(stored)
    is_alive = alive or recorder_alive
    return tuple(builder.build(lambda pid: is_alive(folder, pid)) for builder in builders.values())


def unfinished_runs(folder: Path, *, alive: Alive | None = None) -> tuple[str, ...]:
    """Return the runs without a closing record whose recorder is gone, oldest first.

    Reads only the lines that speak of whole runs.
    """
    is_alive = alive or recorder_alive
    return tuple(run_id for run_id, pid in _open_runs(folder).items() if not is_alive(folder, pid))


def closing_runs(folder: Path) -> tuple[str, ...]:
    """Return the runs whose tests have ended or died while their recorder still writes the end, oldest first."""
    return tuple(run_id for run_id, pid in _open_runs(folder).items() if recorder_closing(folder, pid))


def _open_runs(folder: Path) -> dict[str, int]:
    """Map each run without a closing record to the process id of its recorder."""
    found: dict[str, int] = {}
    for _, path in Layout(folder).segments():
        for line in read_lines(path):
            if b'"kind":"run.' not in line.data or not line.complete:
                continue
            try:
                body = canonical.decode_line(line.data)["body"]
            except (VerificationError, KeyError):
                return {}  # an altered log is for verification to report; nothing is added to it here
            if body["kind"] == "run.started":
                found[body["run"]] = body["pid"]
            elif body["kind"] in ("run.finished", "run.aborted"):
                found.pop(body["run"], None)
    return found


def evidence_path(folder: Path, sha256: str) -> Path:
    """Return the file that holds the bytes of an attachment.

    Args:
        folder: of the log.
        sha256: from ``EvidenceRef``, lower-case hex.
    """
    layout = Layout(folder)
    return Blobs(layout.blobs, layout.tmp).path(sha256)


def check_evidence(folder: Path, runs: Iterable[Run]) -> None:
    """Read the bytes of every attachment that runs name.

    Args:
        folder: of the log.
        runs: from ``read_runs``.

    Raises:
        VerificationError: one is missing or was altered; every one is named.
    """
    layout = Layout(folder)
    blobs = Blobs(layout.blobs, layout.tmp)
    wrong: dict[str, str] = {}
    checked: set[str] = set()
    for run in runs:
        refs = (ref for attempt in run.attempts for step in attempt.steps for ref in step.evidence)
        for ref in refs:
            if ref.sha256 not in checked:
                checked.add(ref.sha256)
                problem = blobs.check(BlobRef(ref.sha256, ref.size_bytes))
                if problem:
                    wrong[f"{ref.id} of {run.id}"] = problem
    if wrong:
        raise VerificationError(
            "; ".join(f"{name}: {problem}" for name, problem in wrong.items()),
            why="what was not captured is not shown as evidence",
            fix="restore the file from a backup; its name is its digest. A dry log may be moved away as a whole",
            code="VG508",
        )


@dataclass(slots=True)
class _Case:
    body: Mapping[str, Any]
    steps: dict[int, StepResult] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None
    record: int | None = None
    leaf: str = ""


class _Builder:
    """Collects the records of one run."""

    def __init__(self, started: Mapping[str, Any], read_blob: Callable[[str], bytes], record: int) -> None:
        self._started = started
        self._record = record
        self._read = read_blob
        self._cases: dict[tuple[str, int], _Case] = {}
        self._end: Mapping[str, Any] | None = None

    def take(self, stored: Stored) -> None:
        """Take the next record of the run."""
        body = stored.body
        kind = stored.kind
        if kind == "case.started":
            self._cases[body["case"], body["attempt"]] = _Case(body)
        elif kind == "step.result":
            case = self._cases.get((body["case"], body["attempt"]))
            if case is not None:
                case.steps[body["step"]] = _step(expand(body, self._read))
        elif kind == "case.result":
            case = self._cases.get((body["case"], body["attempt"]))
            if case is not None:
                case.result, case.record, case.leaf = expand(body, self._read), stored.seq, stored.leaf
        elif kind in ("run.finished", "run.aborted"):
            self._end = expand(body, self._read)

    def build(self, alive: Callable[[int], bool]) -> Run:
        """Return the run as it stands."""
        started = self._started
        state, reason, finished = RunState.FINISHED, "", ""
        if self._end is not None:
            finished = str(self._end["time"])
            if self._end["kind"] == "run.aborted":
                state, reason = RunState.ABORTED, str(self._end["reason"])
        elif alive(started["pid"]):
            state = RunState.RUNNING
        else:
            state, reason = RunState.ABORTED, _CUT_OFF
        plan = tuple(_planned(case) for case in canonical.decode(self._read(started["plan"]["sha256"])))
        steps = {case.id: case.steps for case in plan}
        facts = canonical.decode(self._read(started["facts"]["sha256"]))
        return Run(
            id=started["run"],
            stage=Stage(started["stage"]),
            mode=RunMode(started["mode"]),
            environment=started["environment"],
            state=state,
            started_at=started["time"],
            finished_at=finished,
            actor=started["actor"],
            tool=started["tool"],
            host=_host(facts, started["argv"]),
            packages=facts["packages"],
            code={entry["path"]: entry["sha256"] for entry in facts["code"]},
            plan=plan,
            attempts=tuple(_attempt(case, steps.get(name, ()), state) for (name, _), case in self._cases.items()),
            reason=reason,
            execution=started.get("execution", ""),
            session=started.get("session", ""),
            tester=started.get("tester", ""),
            record=self._record,
        )


def _host(facts: Mapping[str, Any], argv: list[str]) -> dict[str, str]:
    host = dict(facts["host"])
    host["command"] = " ".join(argv)
    host["pytest_plugins"] = ", ".join(facts["plugins"])
    git = facts["git"]
    if git is not None:
        host.update(git_commit=git["commit"], git_branch=git["branch"], git_dirty="yes" if git["dirty"] else "no")
    return {name: value for name, value in host.items() if value}


def _planned(case: Mapping[str, Any]) -> PlannedCase:
    return PlannedCase(
        id=case["id"],
        title=case["title"],
        mode=Mode(case["mode"]),
        path=case["path"],
        line=case["line"],
        selected=case["selected"],
        fingerprint=case["fingerprint"],
        items=case["items"],
        steps=tuple(
            PlannedStep(
                number=step["number"],
                kind=StepKind(step["kind"]),
                keyword=step["keyword"],
                text=step["text"],
                table=_rows(step.get("table", ())),
                doc_string=step.get("doc_string"),
                background=step.get("background", False),
            )
            for step in case["steps"]
        ),
    )


def _attempt(case: _Case, planned: tuple[PlannedStep, ...], state: RunState) -> CaseAttempt:
    body = case.result
    in_flight = body is None
    if body is not None:
        outcome, message = Outcome(body["outcome"]), body["message"]
    elif state is RunState.RUNNING:
        outcome, message = Outcome.NOT_EXECUTED, "still running"
    else:
        outcome, message = Outcome.ABORTED, _IN_FLIGHT
    return CaseAttempt(
        case=case.body["case"],
        number=case.body["attempt"],
        outcome=outcome,
        steps=tuple(_all_steps(case.steps, planned, message if in_flight and state is not RunState.RUNNING else "")),
        message=message,
        started_at=body["started"] if body else case.body["time"],
        finished_at=body["finished"] if body else "",
        executor=body["executor"] if body else case.body["actor"],
        record=case.record,
        leaf=case.leaf,
    )


def _all_steps(done: Mapping[int, StepResult], planned: tuple[PlannedStep, ...], cut_off: str) -> Iterator[StepResult]:
    """Yield every planned step, with its result where it has one."""
    all_passed = all(step.outcome is Outcome.PASSED for step in done.values())
    for step in planned:
        result = done.get(step.number)
        if result is not None:
            yield result
            continue
        # The first step without a result may have begun when everything was cut off; nobody can say that it had not.
        begun = bool(cut_off) and all_passed and step.number == len(done) + 1
        yield StepResult(
            number=step.number,
            kind=step.kind,
            keyword=step.keyword,
            text=step.text,
            outcome=Outcome.ABORTED if begun else Outcome.NOT_EXECUTED,
            message=cut_off if begun else "",
            data_table=step.table,
            doc_string=step.doc_string,
        )


def _step(body: Mapping[str, Any]) -> StepResult:
    return StepResult(
        number=body["step"],
        kind=StepKind(body["kind_of_step"]),
        keyword=body["keyword"],
        text=body["text"],
        outcome=Outcome(body["outcome"]),
        expected=tuple(body.get("expected", ())),
        actual=tuple(body.get("actual", ())),
        tables=tuple(_rows(table) for table in body.get("tables", ())),
        evidence=tuple(
            EvidenceRef(
                id=item["id"],
                name=item["name"],
                media_type=item["media_type"],
                size_bytes=item["size"],
                sha256=item["sha256"],
                captured_at=item.get("captured_at", ""),
            )
            for item in body.get("attachments", ())
        ),
        message=body.get("message", ""),
        trace=body.get("trace", ""),
        observed=body["observed"],
        started_at=body["started"],
        duration_ms=body["duration_ms"],
        data_table=_rows(body.get("data_table", ())),
        doc_string=body.get("doc_string"),
    )


def _rows(rows: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)
