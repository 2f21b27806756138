"""Formal runs in a journal: what shows nothing is an error, and an ended case is on the medium at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from valgen.recorder.clock import Moment
from valgen.recorder.journal import Journal
from valgen.recorder.redact import Redactor

FORMAL = {"execution": "exec-0001", "session": "0" * 32, "tester": "u-0002"}


class Paper:
    """Stands for a log: keeps what is written, and how often it was sealed."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.seals = 0

    def start_run(self, body: dict[str, Any], **stamp: Any) -> Any:
        return self._stored({**body, "kind": "run.started", "run": "run-0001"}, **stamp)

    def append(self, drafts: list[Any], **stamp: Any) -> list[Any]:
        return [self._stored({**draft.body, "kind": draft.kind}, **stamp) for draft in drafts]

    def commit(self, *, keep: bool = False) -> None:
        self.seals += 1

    def put_blob(self, data: bytes) -> Any:
        from valgen.ledger.blobs import BlobRef

        return BlobRef("a" * 64, len(data))

    def _stored(self, body: dict[str, Any], **stamp: Any) -> Any:
        from valgen.ledger.record import Stored

        self.bodies.append({**body, "actor": stamp["actor"]})
        return Stored(seq=len(self.bodies) - 1, leaf=f"{len(self.bodies):064x}", body=self.bodies[-1])


def at(ms: int) -> Moment:
    return Moment(1_772_443_800_000 + ms, 5000 + ms)


def journal_of(paper: Paper, formal: dict[str, str] | None) -> Journal:
    journal = Journal(
        paper,  # type: ignore[arg-type]
        Redactor({}),
        boot="b",
        actor="u-0002",
        tool="valgen test",
        listener=lambda event: None,
        formal=formal,
    )
    steps = [{"number": number, "kind": kind, "keyword": kind, "text": kind} for number, kind in
             enumerate(("When", "Then"), 1)]  # fmt: skip
    case = {"id": "OQ-1", "title": "t", "mode": "Automated", "path": "a", "line": 1, "selected": True,
            "fingerprint": "", "items": {}, "steps": steps}  # fmt: skip
    run = {"stage": "OQ", "environment": "VAL", "argv": [], "settings": "", "plan": [case], "facts": {}}
    journal.start([run], at(0))
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.begin_steps(1, at(2))
    journal.end_step(1, {"n": 1, "o": "Passed"}, at(3))
    return journal


@pytest.mark.parametrize(
    ("event", "attached", "formal", "outcome"),
    [
        ({}, False, FORMAL, "Error"),
        ({"ob": True}, False, FORMAL, "Passed"),
        ({}, True, FORMAL, "Passed"),
        ({}, False, None, "Passed"),
    ],
    ids=["nothing shown", "observed", "attached", "dry run"],
)
def test_an_expected_result_that_shows_nothing_is_an_error_in_a_formal_run(
    event: dict[str, Any], attached: bool, formal: dict[str, str] | None, outcome: str
) -> None:
    paper = Paper()
    journal = journal_of(paper, formal)
    if attached:
        journal.attach(1, "a.txt", "text/plain", b"a", at(4))
    journal.end_step(1, {"n": 2, "o": "Passed", **event}, at(5))
    journal.end_case(1, [], at(6))
    result = paper.bodies[-1]
    assert (result["kind"], result["outcome"]) == ("case.result", outcome)
    assert ("neither checked nor observed" in result["message"]) is (outcome == "Error")


def test_a_formal_case_is_sealed_when_it_ends_and_a_dry_one_later() -> None:
    for formal, seals in ((FORMAL, 1), (None, 0)):
        paper = Paper()
        journal = journal_of(paper, formal)
        journal.end_step(1, {"n": 2, "o": "Passed", "ob": True}, at(5))
        journal.end_case(1, [], at(6))
        assert paper.seals == seals
        assert journal.unsealed is (formal is None)


def test_a_formal_run_names_execution_session_and_tester(tmp_path: Path) -> None:
    paper = Paper()
    journal_of(paper, FORMAL)
    assert {key: paper.bodies[0][key] for key in FORMAL} == FORMAL
    assert (paper.bodies[0]["mode"], paper.bodies[0]["actor"]) == ("formal", "u-0002")
    paper = Paper()
    journal_of(paper, None)
    assert paper.bodies[0]["mode"] == "dry"
    assert not FORMAL.keys() & paper.bodies[0].keys()


def test_a_run_that_somebody_else_lost_is_closed_in_the_name_of_no_person() -> None:
    paper = Paper()
    journal_of(paper, FORMAL).recover(["run-0007"], at(9))
    assert [(one["run"], one["actor"]) for one in paper.bodies if one["kind"] == "run.aborted"] == [
        ("run-0007", "valgen")
    ]
