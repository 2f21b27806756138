"""Writing and reading the log (integrity.md §3.4, C-1, C-2, C-5, I-3, I-15, X-2, X-6)."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import ledger_sample as sample
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger import kinds
from valgen.ledger.store import Draft, Log, read_log
from valgen.ledger.verify import verify_log


@pytest.fixture
def log(tmp_path: Path, keystore: Path) -> Any:
    with sample.open_log(tmp_path / "p/.valgen/dry", keystore, lines_per_file=5) as opened:
        yield opened


def test_records_are_read_back_as_they_were_written(log: Log) -> None:
    run = log.start_run(sample.run_body(log), **sample.stamp(1))
    stored = log.append([sample.step(n) for n in range(1, 12)], **sample.stamp(2))
    assert run.body["run"] == "dry-0001"
    assert [s.seq for s in stored] == list(range(2, 13))
    read = list(read_log(log.folder))
    assert read[1] == run
    assert read[2:] == stored
    assert read[0].kind == "genesis"
    assert [path.name for path in sorted((log.folder / "log").iterdir())] == [
        "000000000.jsonl",
        "000000005.jsonl",
        "000000010.jsonl",
    ]
    for record in read:
        line = (log.folder / "log" / record.file).read_bytes()[record.offset :].split(b"\n")[0]
        assert f'"seq":{record.seq},'.encode() in line


def test_a_record_says_when_by_whom_and_whose_it_is(log: Log) -> None:
    (stored,) = log.append([sample.step()], **sample.stamp(7))
    common = {key: stored.body[key] for key in ("seq", "time", "mono", "boot", "actor", "kind", "origin")}
    assert common == {"seq": 1, "kind": "step.result", "origin": "S3V", **sample.stamp(7)}
    assert len(stored.body["salt"]) == 32
    (other,) = log.append([sample.step()], **sample.stamp(7))
    assert other.body["salt"] != stored.body["salt"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TEXTS,
    actual=st.lists(TEXTS, max_size=3),
    tables=st.lists(st.lists(st.lists(TEXTS, max_size=2), max_size=2), max_size=2),
)
def test_any_text_survives(log: Log, text: str, actual: list[str], tables: list[list[list[str]]]) -> None:
    (stored,) = log.append([sample.step(text=text, actual=actual, tables=tables, doc_string=text)], **sample.stamp(1))
    read = list(read_log(log.folder))[stored.seq]
    assert read == stored
    assert (read.body["text"], read.body["actual"], read.body["tables"]) == (text, actual, tables)


def test_runs_are_numbered_and_no_number_is_given_twice(log: Log) -> None:
    body = sample.run_body(log)
    assert [log.start_run(body, **sample.stamp(n)).body["run"] for n in (1, 2)] == ["dry-0001", "dry-0002"]
    with pytest.raises(ExecutionError, match="the next run is dry-0003"):
        log.append([Draft("run.started", {**body, "run": "dry-0002"})], **sample.stamp(3))
    log.append([Draft("run.started", {**body, "run": f"dry-000{n}"}) for n in (3, 4)], **sample.stamp(3))
    log.commit()
    assert verify_log(log.folder).ok


def test_long_values_move_into_blobs_and_come_back(log: Log) -> None:
    text = "ä\n" * 30_000
    table = [["a", "b"], *([f"{n}", "x" * 20] for n in range(2000))]
    (stored,) = log.append(
        [sample.step(text=text, trace="short", tables=[table], actual=[text, "1"])], **sample.stamp(1)
    )
    assert stored.body["trace"] == "short"
    assert stored.body["text"]["head"] == text[: kinds.HEAD_CHARS]
    log.commit()
    read = list(read_log(log.folder))[1]
    whole = kinds.expand(read.body, log.read_blob)
    assert (whole["text"], whole["tables"], whole["actual"]) == (text, [table], [text, "1"])
    assert {p.code for p in verify_log(log.folder).problems} == {"VG514"}  # the step belongs to no run


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft("step.results", {}), "no kind of record"),
        (Draft("case.started", {"run": "dry-0001", "case": "OQ-001", "attempt": 1}), "worker is missing"),
        (sample.step(colour="red"), "'colour' is not known"),
        (sample.step(outcome="passed"), "outcome is none of"),
        (sample.step(duration_ms=1.5), "duration_ms is not a whole number"),
        (sample.step(duration_ms=True), "duration_ms is not a whole number"),
        (sample.step(started="2026-03-02 09:30"), "started is not a time"),
        (sample.step(text="\ud800"), "surrogate"),
        (sample.step(run="oq-1"), "run is not a run id"),
        (sample.step(attempt=0), "attempt is below 1"),
        (sample.step(attachments=[{"id": "x"}]), "name is missing"),
    ],
)
def test_a_record_that_does_not_fit_its_kind_is_refused_and_nothing_is_written(
    log: Log, draft: Draft, reason: str
) -> None:
    with pytest.raises(VerificationError, match=reason):  # the first ones would go to another file
        log.append([*[sample.step()] * 7, draft], **sample.stamp(1))
    assert len(list(read_log(log.folder))) == 1
    log.append([sample.step()], **sample.stamp(1))


def test_a_time_that_is_not_utc_is_refused(log: Log) -> None:
    for wrong in ("2026-03-02T09:30:00+01:00", "2026-03-02T24:00:00Z", "2026-13-02T09:30:00Z", "now", ""):
        with pytest.raises(VerificationError, match="time is not a time"):
            log.append([sample.step()], **{**sample.stamp(1), "time": wrong})


def test_a_record_larger_than_a_line_is_refused_with_advice(log: Log) -> None:
    one = {"id": "OQ-001-1-1", "name": "n" * 4000, "media_type": "text/plain", "size": 0, "sha256": "0" * 64}
    with pytest.raises(VerificationError, match="more than 1048576") as caught:
        log.append([sample.step(attachments=[one] * 300)], **sample.stamp(1))
    assert caught.value.code == "VG525"


def test_what_follows_from_signing_by_kind_and_on_demand(log: Log) -> None:
    log.append([sample.step(), Draft("step.result", sample.step().body, "recorder")], **sample.stamp(1))
    lines = (log.folder / "log/000000000.jsonl").read_bytes().splitlines()
    assert [line.count(b'"sig":') for line in lines] == [2, 0, 1]


def test_lines_are_in_the_file_before_they_are_sealed_and_sealed_by_commit(log: Log) -> None:
    log.append([sample.step()], **sample.stamp(1))
    assert len(list(read_log(log.folder))) == 2
    assert verify_log(log.folder).sealed == 1
    assert log.commit().size == 2
    assert log.commit().size == 2
    assert verify_log(log.folder).sealed == 2
    log.append([sample.step()], **sample.stamp(2), durable=True)
    assert verify_log(log.folder).sealed == 3


def test_kept_checkpoints_are_listed(log: Log) -> None:
    for n in range(3):
        log.append([sample.step()], **sample.stamp(n))
        log.commit()
        log.commit(keep=True)
        log.commit(keep=True)
    lines = (log.folder / "checkpoints.jsonl").read_bytes().splitlines()
    assert [line.split(b"\\n")[1] for line in lines] == [b"1", b"2", b"3", b"4"]
    assert {p.code for p in verify_log(log.folder).problems} == {"VG514"}


def test_a_running_log_verifies_and_says_that_a_run_is_going_on(log: Log) -> None:
    log.append([sample.step()], **sample.stamp(1))
    report = verify_log(log.folder)
    assert [p.code for p in report.problems] == ["VG514"]  # the step belongs to no run
    assert any("A run is going on: 1 records" in note for note in report.notes)


def test_a_second_log_in_the_folder_of_another_project_is_refused(log: Log, keystore: Path) -> None:
    with pytest.raises(VerificationError, match="belongs to S3V, not to OTHER"):
        sample.open_log(log.folder, keystore, origin="OTHER")
    with pytest.raises(VerificationError, match="cannot name a log"):
        sample.open_log(log.folder, keystore, origin="a b")


def test_a_log_from_another_machine_goes_on_with_this_machines_keys_declared(
    log: Log, keystore: Path, tmp_path: Path
) -> None:
    log.append([sample.step()], **sample.stamp(1))
    log.close()
    for _ in range(2):
        with sample.open_log(log.folder, tmp_path / "elsewhere") as other:
            other.start_run(sample.run_body(other), **sample.stamp(2))
    with sample.open_log(log.folder, keystore) as back:
        back.start_run(sample.run_body(back), **sample.stamp(3))
    kinds_read = [record.kind for record in read_log(log.folder)]
    assert kinds_read == ["genesis", "step.result", "keys.declared", *["run.started"] * 3]
    assert [p.code for p in verify_log(log.folder).problems] == ["VG514"]


def test_a_closed_log_refuses_and_closing_seals(log: Log) -> None:
    log.append([sample.step()], **sample.stamp(1))
    log.close()
    log.close()
    assert verify_log(log.folder).sealed == 2
    with pytest.raises(ExecutionError, match="closed"):
        log.append([sample.step()], **sample.stamp(2))
    assert not list((log.folder / "lock").glob("writer-*"))


def test_several_writers_in_turn_see_each_other(log: Log, keystore: Path) -> None:
    with sample.open_log(log.folder, keystore) as second:
        for n in range(6):
            (a,) = log.append([sample.step()], **sample.stamp(n))
            (b,) = second.append([sample.step()], **sample.stamp(n))
            assert b.seq == a.seq + 1
            (log if n % 2 else second).commit(keep=n % 3 == 0)
        assert log.start_run(sample.run_body(log), **sample.stamp(9)).body["run"] == "dry-0001"
        assert second.start_run(sample.run_body(log), **sample.stamp(9)).body["run"] == "dry-0002"
    assert [record.seq for record in read_log(log.folder)] == list(range(15))
    assert {p.code for p in verify_log(log.folder).problems} == {"VG514"}


WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
import sample
from pathlib import Path
log = sample.open_log(Path(sys.argv[2]), Path(sys.argv[3]))
for n in range(int(sys.argv[4])):
    print(log.append([sample.step(n + 1)], **sample.stamp(n))[0].leaf, flush=True)
    if n % 10 == 9:
        log.commit(keep=n % 20 == 9)
print("end", flush=True)
if sys.argv[5] == "wait":
    sys.stdin.read()
log.close()
"""


def writer(folder: Path, keystore: Path, count: int, then: str) -> subprocess.Popen[str]:
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", WRITER, here, str(folder), str(keystore), str(count), then]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_processes_that_append_at_once_lose_and_repeat_nothing(tmp_path: Path, keystore: Path) -> None:
    folder = tmp_path / "dry"
    processes = [writer(folder, keystore, 100, "close") for _ in range(3)]
    outputs = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    read = list(read_log(folder))
    assert [record.seq for record in read] == list(range(301))
    acknowledged = {leaf for output in outputs for leaf in output if leaf != "end"}
    assert acknowledged == {record.leaf for record in read[1:]}
    report = verify_log(folder)
    assert {p.code for p in report.problems} == {"VG514"}
    assert report.sealed == 301


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_what_a_killed_writer_appended_is_there_and_its_adoption_is_said(tmp_path: Path, keystore: Path) -> None:
    folder = tmp_path / "dry"
    process = writer(folder, keystore, 14, "wait")
    if process.stdout is None:
        raise OSError("no output")
    leaves = [line.strip() for line in iter(process.stdout.readline, "end\n")]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [record.leaf for record in read_log(folder)][1:] == leaves
    assert "VG509" in [p.code for p in verify_log(folder).problems]
    sample.open_log(folder, keystore, now=sample.time(99)).close()
    *_, last = read_log(folder)
    assert (last.kind, last.body["adopted"], last.body["quarantined"]) == ("recovery", 4, [])
    assert last.body["time"] == sample.time(99)
    assert {p.code for p in verify_log(folder).problems} == {"VG514"}


@pytest.mark.parametrize("tail", [b'{"body":{', b"\x00" * 50, b"garbage\n", b'{"body":{}}\nmore', b"\n", b"\n\n\n"])
def test_a_torn_tail_is_set_aside_byte_for_byte_and_said(log: Log, keystore: Path, tail: bytes) -> None:
    log.append([sample.step()], **sample.stamp(1))
    log.close()
    path = log.folder / "log/000000000.jsonl"
    path.write_bytes(path.read_bytes() + tail)
    before = len(list(read_log(log.folder)))
    assert before == 2
    assert not verify_log(log.folder).ok
    sample.open_log(log.folder, keystore).close()
    *_, last = read_log(log.folder)
    (entry,) = last.body["quarantined"]
    assert (log.folder / "torn" / entry["file"]).read_bytes() == tail
    assert entry["size"] == len(tail)
    assert len(list(read_log(log.folder))) == 3
    assert {p.code for p in verify_log(log.folder).problems} == {"VG514"}
    sample.open_log(log.folder, keystore).close()
    assert len(list(read_log(log.folder))) == 3


def test_a_record_file_of_nothing_but_garbage_is_set_aside_and_begun_anew(
    log: Log, keystore: Path, tmp_path: Path
) -> None:
    log.append([sample.step(n) for n in range(1, 5)], **sample.stamp(1))
    log.close()
    garbage = log.folder / "log/000000005.jsonl"
    garbage.write_bytes(bytes(68))
    os.link(garbage, tmp_path / "held")  # so that the new file cannot get the same number from the file system
    with sample.open_log(log.folder, keystore, lines_per_file=5) as again:
        again.append([sample.step(6)], **sample.stamp(2))
    assert [record.kind for record in read_log(log.folder)][-2:] == ["recovery", "step.result"]
    assert {problem.code for problem in verify_log(log.folder).problems} == {"VG514"}


def test_a_tail_over_several_files_is_set_aside_from_the_first_line_that_does_not_hold(
    log: Log, keystore: Path, tmp_path: Path
) -> None:
    log.append([sample.step(n) for n in range(1, 4)], **sample.stamp(1))
    log.commit()
    log.append([sample.step(n) for n in range(4, 14)], **sample.stamp(1))
    shutil.copytree(log.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("lock"))
    path = tmp_path / "copy/log/000000005.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:40] + bytes(len(lines[1]) - 40) + b"".join(lines[2:]))
    sample.open_log(tmp_path / "copy", keystore).close()
    records = list(read_log(tmp_path / "copy"))
    assert [record.kind for record in records] == ["genesis", *["step.result"] * 5, "recovery"]
    assert records[-1].body["adopted"] == 2
    assert len(records[-1].body["quarantined"]) == 2


def test_a_forged_line_beyond_the_checkpoint_is_not_adopted(log: Log, keystore: Path) -> None:
    log.start_run(sample.run_body(log), **sample.stamp(1))
    log.append([Draft("run.aborted", {"run": "dry-0001", "reason": "", "detected_by": "recorder"})], **sample.stamp(1))
    log.close()
    path = log.folder / "log/000000000.jsonl"
    *_, last = path.read_bytes().splitlines()
    path.write_bytes(path.read_bytes() + last.replace(b'"seq":2', b'"seq":3') + b"\n")
    sample.open_log(log.folder, keystore).close()
    assert [record.kind for record in read_log(log.folder)] == ["genesis", "run.started", "run.aborted", "recovery"]


def test_nothing_is_added_to_an_altered_log(sealed: Path, keystore: Path, tmp_path: Path) -> None:
    for name in ("log/000000000.jsonl", "log/000000008.jsonl", "checkpoint", "checkpoints.jsonl"):
        folder = tmp_path / name.replace("/", "-")
        shutil.copytree(sealed, folder)
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"3", b"4", 1))
        before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and "lock" not in p.parts}
        with pytest.raises(VerificationError):
            sample.open_log(folder, keystore)
        assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and "lock" not in p.parts} == before


def test_a_log_that_went_back_while_it_was_open_is_refused(log: Log, tmp_path: Path) -> None:
    log.append([sample.step()], **sample.stamp(1), durable=True)
    shutil.copytree(log.folder, tmp_path / "older")
    log.append([sample.step()], **sample.stamp(2), durable=True)
    for name in ("log/000000000.jsonl", "checkpoint"):
        newest = (log.folder / name).read_bytes()
        shutil.copy(tmp_path / "older" / name, log.folder / name)
        with pytest.raises(VerificationError, match="the log cannot be continued"):
            log.append([sample.step()], **sample.stamp(3))
        (log.folder / name).write_bytes(newest)


def test_reading_stops_at_an_alteration_of_what_was_sealed(sealed: Path, tmp_path: Path) -> None:
    for name, old, new in (
        ("log/000000000.jsonl", b"Passed", b"Failed"),
        ("log/000000004.jsonl", b'{"body"', b'{"bodY"'),
        ("log/000000008.jsonl", b"{", b""),
    ):
        folder = tmp_path / name.replace("/", "-")
        shutil.copytree(sealed, folder)
        path = folder / name
        path.write_bytes(path.read_bytes().replace(old, new, 1))
        with pytest.raises(VerificationError, match="were altered"):
            list(read_log(folder))
    (folder / "log/000000008.jsonl").unlink()
    with pytest.raises(VerificationError, match="only 8 can be read"):
        list(read_log(folder))


def test_reading_where_there_is_no_log_yields_nothing(tmp_path: Path) -> None:
    assert list(read_log(tmp_path / "nothing")) == []
    assert not verify_log(tmp_path / "nothing").ok


class FullDisk(sample.QuickDisk):  # type: ignore[misc,name-defined]
    """Fails at one operation, as a full or broken disk does."""

    def __init__(self, operation: str, at: int) -> None:
        self.operation, self.left = operation, at

    def _count(self, operation: str) -> None:
        if operation == self.operation:
            self.left -= 1
            if self.left == 0:
                raise OSError(errno.ENOSPC, "No space left on device")

    def write(self, fd: int, data: bytes) -> None:
        try:
            self._count("write")
        except OSError:
            os.write(fd, data[: len(data) // 2])
            raise
        super().write(fd, data)

    def sync(self, fd: int) -> None:
        self._count("sync")

    def create(self, path: Path, mode: int = 0o666) -> int:
        self._count("create")
        return super().create(path, mode)

    def replace(self, source: Path, target: Path) -> None:
        self._count("replace")
        super().replace(source, target)


@pytest.mark.parametrize("operation", ["write", "sync", "create", "replace"])
def test_a_failing_disk_is_reported_and_loses_nothing_acknowledged(
    tmp_path: Path, keystore: Path, operation: str
) -> None:
    failures = 0
    for at in range(1, 40):
        folder = tmp_path / f"{at}"
        disk = FullDisk(operation, at)
        acknowledged: list[str] = []
        try:
            log = sample.open_log(folder, keystore, disk=disk, lines_per_file=3)
            acknowledged.append(next(read_log(folder)).leaf)
            acknowledged.append(log.start_run(sample.run_body(log), **sample.stamp(1)).leaf)
            for n in range(1, 5):
                acknowledged += [s.leaf for s in log.append([sample.step(n)], **sample.stamp(n))]
            log.commit(keep=True)
        except ExecutionError as error:
            failures += 1
            assert error.fix
        else:
            break
        finally:
            disk.left = -1
        with sample.open_log(folder, keystore, lines_per_file=3) as again:
            again.append(
                [Draft("clock.anomaly", {"previous_time": sample.time(1), "previous_mono": 0, "jump_ms": 5})],
                **sample.stamp(9),
            )
        assert [record.leaf for record in read_log(folder)][: len(acknowledged)] == acknowledged
        assert verify_log(folder).ok
    assert failures > 5


def test_after_a_failed_write_the_log_refuses_to_go_on(tmp_path: Path, keystore: Path) -> None:
    disk = FullDisk("write", -1)
    log = sample.open_log(tmp_path / "dry", keystore, disk=disk)
    disk.left = 1
    with pytest.raises(ExecutionError, match="No space left"):
        log.append([sample.step()], **sample.stamp(1))
    with pytest.raises(ExecutionError, match="an earlier write to it failed"):
        log.append([sample.step()], **sample.stamp(2))
    log.close()
    assert verify_log(tmp_path / "dry").ok


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_record_file_that_is_a_link_is_refused(log: Log, keystore: Path) -> None:
    log.close()
    path = log.folder / "log/000000000.jsonl"
    path.rename(log.folder / "tmp/elsewhere.jsonl")
    path.symlink_to(os.devnull)
    with pytest.raises((VerificationError, ExecutionError)):
        sample.open_log(log.folder, keystore)


def test_git_neither_commits_a_dry_log_nor_changes_its_line_ends(log: Log) -> None:
    assert (log.folder / ".gitignore").read_text() == "*\n"
    assert (log.folder / ".gitattributes").read_text() == "* -text\n"
