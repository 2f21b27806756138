"""Formal executions in the ledger: what opens one, what reviews one, and all of them read back with their runs.

Reading compares the records with the root of the newest checkpoint; signatures are checked by whoever reads what the
ledger says of people (``signing_reader``) and by ``verify``. Nothing is written, and neither lock nor key is needed.

No clock here. Source: design.md §4. Format: docs/format-ledger.md, "Formal executions" and "Reviews".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from valgen.ledger.blobs import Blobs
from valgen.ledger.files import Layout
from valgen.ledger.keys import SigningKey
from valgen.ledger.kinds import expand
from valgen.ledger.record import Draft, Stored
from valgen.model.execution import Execution, LogEntry, Review
from valgen.model.outcome import Stage
from valgen.model.run import Run
from valgen.records.run_reader import Alive, read_runs
from valgen.records.signing import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The approved protocol of an execution.

    Attributes:
        document: key, such as ``OQ-protocol``.
        content: content digest of the approved version, hex.
        manifest: SHA-256 of its content manifest, hex.
    """

    document: str
    number: str
    version: str
    content: str
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormalRecords:
    """What a ledger says of formal executions.

    Attributes:
        runs: oldest first, executors by printed name and user id.
        executions: oldest first.
        size: records that were read.
    """

    runs: tuple[Run, ...] = ()
    executions: tuple[Execution, ...] = ()
    size: int = 0


def read_formal(folder: Path, *, alive: Alive | None = None, only: str | None = None) -> FormalRecords:
    """Return every formal execution of a ledger with its runs.

    Args:
        folder: of the ledger, such as ``.valgen``.
        alive: see ``read_runs``.
        only: id of the only run wanted; None for all.

    Raises:
        VerificationError: sealed records or a blob that they name are missing or altered.
    """
    layout = Layout(folder)
    reading = _Reading(Blobs(layout.blobs, layout.tmp).read)
    runs = read_runs(folder, alive=alive, only=only, watch=reading.take)
    named = tuple(_named(run, reading.testers.get(run.id, "")) for run in runs)
    return FormalRecords(runs=named, executions=tuple(reading.executions.values()), size=reading.size)


def opened_draft(
    execution: str,
    *,
    stage: Stage,
    environment: str,
    protocol: Protocol,
    system: tuple[str, str],
    cases: Mapping[str, str],
    code: Mapping[str, str],
    session: str,
    key: SigningKey,
) -> Draft:
    """Return the record that opens an execution.

    Args:
        execution: the next id.
        stage: of the protocol.
        environment: in which it is executed.
        protocol: approved version.
        system: name and version as declared.
        cases: planned case to the fingerprint of its approved script.
        code: path to SHA-256 of the step code.
        session: open session of the person.
        key: of the person.
    """
    body = {
        "execution": execution,
        "stage": stage.value,
        "environment": environment,
        "protocol": {
            "document": protocol.document,
            "number": protocol.number[:400],
            "version": protocol.version,
            "content": protocol.content,
            "manifest": protocol.manifest,
        },
        "system": {"name": system[0][:400], "version": system[1][:400]},
        "cases": dict(cases),
        "code": [{"path": path, "sha256": digest} for path, digest in sorted(code.items())],
        "session": session,
    }
    return Draft("execution.opened", body, signers=(key,))


def review_draft(execution: str, *, upto: int, results: Sequence[str], conclusion: str, statement: Statement) -> Draft:
    """Return the record of a review; ``statement.reason`` is the comment.

    Args:
        execution: that was reviewed.
        upto: number of the last record that was taken into account.
        results: leaf hashes of case results.
        conclusion: ``accepted`` or ``returned``.
        statement: who reviews.
    """
    account = statement.account
    body = {
        "execution": execution,
        "upto": upto,
        "results": list(results),
        "conclusion": conclusion,
        "comment": statement.reason,
        "role": statement.role,
        "name": account.name,
        "function": account.function,
        "session": statement.session,
        "components": statement.components,
        "zone": statement.zone,
    }
    return Draft("review", body, signers=(statement.key,), with_head=True)


@dataclass(slots=True)
class _Person:
    user: str
    name: str
    person: str
    function: str = ""

    @property
    def shown(self) -> str:
        return f"{self.name} ({self.user})"


@dataclass(slots=True)
class _Reading:
    """One walk over the records of a ledger."""

    read: Callable[[str], bytes]
    people: dict[str, _Person] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    testers: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def take(self, stored: Stored) -> None:
        """Take the next record."""
        self.size = stored.seq + 1
        body, kind = stored.body, stored.kind
        if kind == "account.created":
            self.people[body["account"]] = _Person(body["user"], body["name"], body["person"], body["function"])
        elif kind == "account.changed" and body["account"] in self.people:
            person = self.people[body["account"]]
            person.name = body.get("name", person.name)
            person.function = body.get("function", person.function)
        elif kind == "session.opened":
            self.sessions[body["session"]] = stored.seq
        elif kind == "execution.opened":
            self.executions[body["execution"]] = _execution(body, stored.seq, self._shown(body["actor"]))
        elif kind == "run.started" and body.get("execution") in self.executions:
            self._started(body, stored.seq)
        elif kind == "review" and body["execution"] in self.executions:
            one = self.executions[body["execution"]]
            found = _review(expand(body, self.read), stored.seq, self._person(body["actor"]))
            self.executions[one.id] = replace(one, reviews=(*one.reviews, found))

    def _started(self, body: Mapping[str, Any], number: int) -> None:
        one = self.executions[body["execution"]]
        shown = self.testers[body["run"]] = self._shown(body["tester"])
        self.executions[one.id] = replace(
            one,
            runs=(*one.runs, body["run"]),
            testers=tuple(dict.fromkeys((*one.testers, shown))),
            persons=one.persons | {self._person(body["tester"])},
            log=(*one.log, self._entry(body, number)),
        )

    def _entry(self, body: Mapping[str, Any], number: int) -> LogEntry:
        account = body["tester"]
        person = self.people.get(account) or _Person(account, account, account)
        return LogEntry(
            name=person.name,
            user=person.user,
            function=person.function,
            time=body["time"],
            record=number,
            session=self.sessions.get(body["session"], -1),
        )

    def _shown(self, account: str) -> str:
        return self.people[account].shown if account in self.people else account

    def _person(self, account: str) -> str:
        return self.people[account].person if account in self.people else account


def _execution(body: Mapping[str, Any], number: int, opener: str) -> Execution:
    protocol, system = body["protocol"], body["system"]
    return Execution(
        id=body["execution"],
        record=number,
        stage=Stage(body["stage"]),
        environment=body["environment"],
        protocol=protocol["document"],
        number=protocol["number"],
        version=protocol["version"],
        content=protocol["content"],
        system=(system["name"], system["version"]),
        cases=body["cases"],
        code={one["path"]: one["sha256"] for one in body["code"]},
        opened_by=opener,
        opened_at=body["time"],
    )


def _review(body: Mapping[str, Any], number: int, person: str) -> Review:
    return Review(
        record=number,
        upto=body["upto"],
        results=frozenset(body["results"]),
        conclusion=body["conclusion"],
        comment=body["comment"],
        role=body["role"],
        name=body["name"],
        function=body["function"],
        person=person,
        time=body["time"],
        zone=body["zone"],
    )


def _named(run: Run, shown: str) -> Run:
    """Return a run with the printed name in place of the account of its tester."""
    if not shown:
        return run
    attempts = tuple(replace(one, executor=shown) if one.executor == run.tester else one for one in run.attempts)
    return replace(run, actor=shown if run.actor == run.tester else run.actor, attempts=attempts)
