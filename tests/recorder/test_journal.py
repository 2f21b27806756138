"""Events become records; what is missing never counts as passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from valgen.ledger.store import Log, read_log
from valgen.model.outcome import Outcome, RunState
from valgen.recorder.__main__ import _listener
from valgen.recorder.clock import Moment
from valgen.recorder.journal import Journal, JournalError
from valgen.recorder.redact import Redactor
from valgen.records import read_runs

START = 1_772_443_800_000
FACTS = {"host": {"host": "h"}, "packages": {}, "plugins": [], "code": [], "git": None}


def at(ms: int) -> Moment:
    return Moment(START + ms, 5000 + ms)


def planned(name: str, steps: int = 2) -> dict[str, object]:
    return {
        "id": name, "title": name, "mode": "Automated", "path": "a.feature", "line": 1, "selected": True,
        "fingerprint": "", "items": {},
        "steps": [{"number": number, "kind": "Then", "keyword": "Then", "text": f"step {number}"}
                  for number in range(1, steps + 1)],
    }  # fmt: skip


class Desk:
    def __init__(self, folder: Path, keys: Path, secrets: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.events: list[dict[str, object]] = []
        self.log = Log.open_or_create(folder, origin="X", now=at(0).text, tool="valgen test", keystore=keys)
        self.journal = Journal(
            self.log, Redactor(secrets or {}), boot="b", actor="me", tool="valgen test", listener=self.events.append
        )

    def start(self, *names: str) -> Journal:
        run = {
            "stage": "OQ",
            "environment": "VAL",
            "argv": [],
            "settings": "",
            "plan": list(map(planned, names)),
            "facts": FACTS,
        }
        self.journal.start([run], at(0))
        return self.journal

    def run(self, *, alive: bool = False):
        self.journal.flush()
        (run,) = read_runs(self.folder, alive=lambda folder, pid: alive)
        return run

    def kinds(self) -> list[str]:
        self.journal.flush()
        return [stored.kind for stored in read_log(self.folder)]


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path / "dry", tmp_path / "keys")
    yield found
    found.log.close()


def passed(number: int) -> dict[str, object]:
    return {"n": number, "o": "Passed"}


def test_case_record_binds_the_hashes_of_its_steps(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.begin_steps(1, at(2))
    journal.end_step(1, passed(1), at(10))
    journal.end_step(1, passed(2), at(30))
    journal.end_case(1, [], at(31))
    journal.finish(at(32))
    stored = list(read_log(desk.folder))
    leaves = [one.leaf for one in stored if one.kind == "step.result"]
    (result,) = [one.body for one in stored if one.kind == "case.result"]
    assert result["steps"] == leaves
    run = desk.run()
    assert run.state is RunState.FINISHED
    assert [step.duration_ms for step in run.attempts[0].steps] == [8, 20]


def test_case_that_ends_before_its_last_step_is_error_not_passed(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.begin_steps(1, at(2))
    journal.end_step(1, passed(1), at(3))
    journal.end_case(1, [], at(4))
    assert desk.run().attempts[0].outcome is Outcome.ERROR
    assert "not every planned step" in desk.run().attempts[0].message


@pytest.mark.parametrize("number", [2, 7, 0], ids=["skips one", "unknown", "zero"])
def test_step_out_of_order_is_refused(desk, number):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    with pytest.raises(JournalError):
        journal.end_step(1, passed(number), at(2))


def test_step_cannot_end_twice(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.end_step(1, {"n": 1, "o": "Failed", "m": "no"}, at(2))
    with pytest.raises(JournalError):
        journal.end_step(1, passed(1), at(3))


def test_case_outside_the_plan_is_refused(desk):
    with pytest.raises(JournalError):
        desk.start("OQ-1").begin_case(1, "OQ", "OQ-9", "controller", at(1))


def test_lost_connection_aborts_the_attempt_and_a_second_one_is_kept_beside_it(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "gw0", at(1))
    journal.begin_steps(1, at(2))
    journal.end_step(1, passed(1), at(3))
    journal.lose(1, "gone", at(4))
    journal.begin_case(2, "OQ", "OQ-1", "gw1", at(5))
    journal.begin_steps(2, at(5))
    journal.end_step(2, passed(1), at(6))
    journal.end_step(2, passed(2), at(7))
    journal.end_case(2, [], at(8))
    journal.finish(at(9))
    first, second = desk.run().attempts
    assert (first.outcome, [step.outcome for step in first.steps]) == (
        Outcome.ABORTED,
        [Outcome.PASSED, Outcome.ABORTED],
    )
    assert (second.number, second.outcome) == (2, Outcome.PASSED)


def test_attempt_that_is_lost_in_its_set_up_has_no_step_in_flight(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "gw0", at(1))
    journal.lose(1, "gone", at(4))
    assert [step.outcome for step in desk.run().attempts[0].steps] == [Outcome.NOT_EXECUTED] * 2


def test_run_without_end_is_running_while_its_recorder_lives_and_aborted_after(desk):
    journal = desk.start("OQ-1", "OQ-2")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.end_step(1, passed(1), at(2))
    running = desk.run(alive=True)
    assert (running.state, running.attempts[0].outcome) == (RunState.RUNNING, Outcome.NOT_EXECUTED)
    dead = desk.run(alive=False)
    assert (dead.state, dead.attempts[0].outcome) == (RunState.ABORTED, Outcome.ABORTED)
    assert dead.last_attempt("OQ-2") is None


def test_movement_of_the_wall_clock_is_recorded(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.end_step(1, passed(1), at(5))
    journal.flush()
    journal.end_step(1, passed(2), Moment(at(10).wall_ms - 3_600_000, at(10).mono_ms))
    assert "clock.anomaly" in desk.kinds()
    journal.end_case(1, [], Moment(at(12).wall_ms - 3_600_000, at(12).mono_ms))
    assert desk.run().attempts[0].outcome is Outcome.PASSED


def test_senders_clock_is_believed_only_within_the_pause_of_the_recorder():
    assert at(100).refined(at(95).mono_ms) == at(95)
    for hint in (at(101).mono_ms, at(-5000).mono_ms, "1", None, True):
        assert at(100).refined(hint) == at(100)


def test_cases_of_a_dry_run_are_sealed_within_a_quarter_of_a_second(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.end_step(1, passed(1), at(2))
    journal.end_step(1, passed(2), at(3))
    journal.end_case(1, [], at(4))
    journal.seal(at(100))
    assert journal.unsealed
    journal.seal(at(300))
    assert not journal.unsealed


def test_attachments_are_labelled_by_case_and_step(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.end_step(1, passed(1), at(2))
    journal.attach(1, "a.txt", "text/plain", b"one", at(3))
    journal.attach(1, "a.txt", "text/plain", b"two", at(4))
    journal.end_step(1, passed(2), at(5))
    journal.end_case(1, [], at(6))
    evidence = desk.run().attempts[0].steps[1].evidence
    assert [(ref.id, ref.size_bytes) for ref in evidence] == [("OQ-1-2-1", 3), ("OQ-1-2-2", 3)]
    assert desk.log.read_blob(evidence[1].sha256) == b"two"


def test_listener_hears_of_runs_and_ended_attempts(desk):
    journal = desk.start("OQ-1")
    journal.begin_case(1, "OQ", "OQ-1", "controller", at(1))
    journal.end_step(1, {"n": 1, "o": "Failed", "m": "no\nmore"}, at(2))
    journal.end_case(1, [], at(3))
    assert [event["event"] for event in desk.events] == ["run", "case"]
    assert desk.events[1]["message"] == "step 1: no"


def test_run_ends_once_although_nobody_is_there_to_be_told(desk):
    journal = desk.start("OQ-001")

    def gone(event):
        raise FileNotFoundError(2, "No such file or directory", "events.jsonl")

    journal._listener = gone
    with pytest.raises(FileNotFoundError):
        journal.abort("the tests were killed", at(1))
    assert journal.run_ids == ()
    assert desk.kinds().count("run.aborted") == 1


def test_progress_that_nobody_reads_any_more_stops_no_recorder(tmp_path):
    tell = _listener(str(tmp_path / "gone" / "events.jsonl"))
    tell({"event": "end", "run": "dry-0001"})
    assert not (tmp_path / "gone").exists()
    (tmp_path / "gone").mkdir()
    tell({"event": "end", "run": "dry-0001"})
    assert (tmp_path / "gone/events.jsonl").read_text("utf-8") == '{"event": "end", "run": "dry-0001"}\n'
