"""Runs are read back whole, and a torn or missing log does no harm."""

from __future__ import annotations

import json

import pytest

from valgen.errors import VerificationError
from valgen.ledger.record import Draft
from valgen.ledger.store import Log
from valgen.model.outcome import RunState
from valgen.records import evidence_path, read_runs
from valgen.records.liveness import lock_path, recorder_alive
from valgen.records.run_reader import unfinished_runs

NOW = {"time": "2026-03-02T09:30:00.000Z", "mono": 1, "boot": "b", "actor": "me"}
FACTS = {
    "host": {"host": "h"}, "packages": {"p": "1"}, "plugins": ["x 1"], "code": [{"path": "a.py", "sha256": "0" * 64}],
    "git": {"commit": "abc", "dirty": True, "branch": "main"},
}  # fmt: skip


@pytest.fixture
def log(tmp_path):
    with Log.open_or_create(tmp_path / "dry", origin="X", now=NOW["time"], tool="t", keystore=tmp_path / "keys") as log:
        yield log


def start(log: Log) -> str:
    plan, facts = (
        log.put_blob(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()) for value in ([], FACTS)
    )
    body = {
        "stage": "OQ", "mode": "dry", "environment": "VAL", "tool": "t", "pid": 12345, "argv": ["pytest", "x"],
        "settings": "", "plan": plan.as_dict(), "facts": facts.as_dict(),
    }  # fmt: skip
    return str(log.start_run(body, **NOW).body["run"])


def abort(log: Log, run: str) -> None:
    log.append([Draft("run.aborted", {"run": run, "reason": "x", "detected_by": "recovery"})], **NOW, durable=True)


def test_no_log_means_no_runs(tmp_path):
    assert read_runs(tmp_path / "nothing") == ()
    assert unfinished_runs(tmp_path / "nothing") == ()


def test_facts_of_a_run_are_read_back(log):
    start(log)
    (run,) = read_runs(log.folder)
    assert run.host == {
        "host": "h",
        "command": "pytest x",
        "pytest_plugins": "x 1",
        "git_commit": "abc",
        "git_branch": "main",
        "git_dirty": "yes",
    }
    assert run.code == {"a.py": "0" * 64}
    assert run.packages == {"p": "1"}


def test_only_the_wanted_run_is_read(log):
    start(log), start(log)
    assert [run.id for run in read_runs(log.folder, only="dry-0002")] == ["dry-0002"]


def test_runs_without_end_are_unfinished_unless_their_recorder_lives(log):
    first, second = start(log), start(log)
    abort(log, first)
    assert unfinished_runs(log.folder) == (second,)
    assert unfinished_runs(log.folder, alive=lambda folder, pid: pid == 12345) == ()
    assert [run.state for run in read_runs(log.folder)] == [RunState.ABORTED, RunState.ABORTED]


def test_torn_last_line_is_not_looked_at(log):
    start(log)
    log.commit()
    with (log.folder / "log" / "000000000.jsonl").open("ab") as stream:
        stream.write(b'{"body":{"kind":"run.started","run":"dry-00')
    assert [run.id for run in read_runs(log.folder)] == ["dry-0001"]
    assert unfinished_runs(log.folder) == ("dry-0001",)


def test_altered_plan_is_an_error_and_never_an_empty_plan(log):
    start(log)
    for path in (log.folder / "blobs").glob("*/*"):
        path.chmod(0o644)
        path.write_bytes(b"[]x")
    with pytest.raises(VerificationError):
        read_runs(log.folder)


def test_a_lock_that_nobody_holds_is_no_living_recorder(log):
    path = lock_path(log.folder, 12345)
    assert not recorder_alive(log.folder, 12345)
    path.touch()
    assert not recorder_alive(log.folder, 12345)


def test_evidence_lies_under_its_digest(log):
    ref = log.put_blob(b"picture")
    assert evidence_path(log.folder, ref.sha256).read_bytes() == b"picture"
