"""One ledger on several computers: nothing lost, nothing twice, one history."""

from __future__ import annotations

import shutil
from pathlib import Path

import ledger_people as people
import pytest
from ledger_sample import QUICK
from team_world import Office, append, now, tried

from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger.anchors import anchor_name
from valgen.ledger.files import Layout
from valgen.ledger.heads import read_head
from valgen.ledger.store import read_log
from valgen.ledger.team import Team
from valgen.ledger.team_copy import working_copy
from valgen.ledger.team_database import Database
from valgen.ledger.verify import verify_log
from valgen.records.ledger import bring_up_to_date
from valgen.workflow.team_store import Done, connect

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("team")]


def kinds(folder: Path) -> list[str]:
    return [str(one.body["kind"]) for one in read_log(folder)]


def test_a_ledger_is_put_fetched_and_continued_on_both_computers(office: Office) -> None:
    office.with_bucket()
    made = office.begin(records=3)
    assert (made.done, made.moved) == (Done.PUT, made.records)
    assert office.rows() == office.lines(1)
    assert office.join().done is Done.FETCHED
    office.write("from two", 2, long=True)
    office.write("from one", 1)
    office.write("from two again", 2)
    assert office.words(2)[-3:] == ["from two", "from one", "from two again"]
    assert office.rows() == office.lines(2)
    assert bring_up_to_date(office.place(1)) == 1
    assert office.lines(1) == office.lines(2)
    for machine in (1, 2):
        assert verify_log(office.place(machine).folder, strict=True).problems == ()
        found = office.verify(machine)
        assert found.ok, found.problems
        assert "unaltered and complete" in found.parts[0]


def test_without_a_bucket_attachments_are_rows(office: Office) -> None:
    office.begin(records=1)
    office.join()
    office.write("long", 2, long=True)
    bring_up_to_date(office.place(1))
    assert verify_log(office.place(1).folder, strict=True).problems == ()
    found = office.verify(1)
    assert found.ok, found.problems


def test_two_computers_that_write_at_once_make_one_history(office: Office) -> None:
    """Two processes with 50 acts each: every acknowledged record once, numbers without gap, both copies the same."""
    office.begin()
    office.join()
    wanted = {machine: [f"{machine}-{number}" for number in range(50)] for machine in (1, 2)}
    processes = {machine: office.process(machine, words) for machine, words in wanted.items()}
    told = {machine: process.communicate(timeout=300)[0].split() for machine, process in processes.items()}
    assert told == wanted
    for machine in (1, 2):
        bring_up_to_date(office.place(machine))
        assert verify_log(office.place(machine).folder).problems == ()
    assert office.lines(1) == office.lines(2) == office.rows()
    words = office.words(1)
    assert len(words) == 100
    for machine in (1, 2):
        assert [word for word in words if word.startswith(f"{machine}-")] == wanted[machine]
    assert [one.body["seq"] for one in read_log(office.place(1).folder)] == list(range(len(office.rows())))


def test_a_writer_killed_before_the_commit_is_continued_where_nobody_overtook_it(office: Office) -> None:
    office.begin()
    process = office.process(1, ["kept", "cut off"], die="before commit")
    assert process.communicate(timeout=60)[0].split() == ["kept"]
    assert process.returncode == -9
    assert len(office.lines(1)) == len(office.rows()) + 1
    office.write("later", 1)
    assert office.words(1) == ["kept", "cut off", "later"]  # complete lines are adopted, which a record says
    assert "recovery" in kinds(office.place(1).folder)
    assert office.rows() == office.lines(1)
    assert office.verify(1).ok


def test_a_writer_killed_before_the_commit_is_set_aside_where_another_computer_went_on(office: Office) -> None:
    office.begin()
    office.join()
    process = office.process(1, ["kept", "cut off"], die="before commit")
    assert process.communicate(timeout=60)[0].split() == ["kept"]
    left = office.lines(1)[-1]
    office.write("meanwhile", 2)
    office.write("later", 1)
    assert office.words(1) == ["kept", "meanwhile", "later"]
    folder = office.place(1).folder
    said = [one.body["quarantined"] for one in read_log(folder) if one.body["kind"] == "recovery"]
    torn = list((folder / "torn").iterdir())
    assert [entry["file"] for entry in said[-1]] == [path.name for path in torn]
    assert torn[0].read_bytes() == left + b"\n"
    assert office.rows() == office.lines(1)
    assert office.verify(1).ok


def test_a_writer_killed_after_the_commit_loses_nothing(office: Office) -> None:
    office.begin()
    office.join()
    process = office.process(1, ["kept", "committed"], die="after commit")
    process.communicate(timeout=60)
    assert read_head((office.place(1).folder / "checkpoint").read_bytes()).size == len(office.rows()) - 1
    office.write("from two", 2)
    office.write("later", 1)
    assert office.words(1) == ["kept", "committed", "from two", "later"]
    assert "recovery" not in kinds(office.place(1).folder)
    assert list((office.place(1).folder / "torn").iterdir()) == []
    assert office.rows() == office.lines(1)
    assert office.verify(1).ok


def test_an_answer_lost_after_the_commit_leaves_the_record_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.begin()
    log = office.open(1)
    commit = Database.commit

    def lost(self: Database) -> None:
        commit(self)
        raise ExecutionError("the connection broke", code="VG641")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "commit", lost)
        with pytest.raises(ExecutionError):
            append(log, "once")
        with pytest.raises(ExecutionError):  # nobody knows what holds until the ledger is opened again
            append(log, "never")
        log.close()
    office.write("later", 1)
    assert office.words(1) == ["once", "later"]
    assert office.rows() == office.lines(1)


def test_an_act_that_the_database_refuses_leaves_nothing_behind(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.begin()
    before = office.lines(1)
    log = office.open(1)

    def broken(self: Database, *args: object) -> None:
        raise ExecutionError("the connection broke", code="VG641")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "add_lines", broken)
        with pytest.raises(ExecutionError):
            append(log, "not recorded")
    log.close()
    assert office.lines(1) == before
    office.write("later", 1)
    assert office.words(1) == ["later"]
    assert "recovery" not in kinds(office.place(1).folder)


def test_a_server_that_cannot_be_reached_stops_the_act_before_anything_is_written(office: Office) -> None:
    office.begin()
    before = office.lines(1)
    office.address = type(office.address)(database="postgresql://writer@127.0.0.1:1/records")
    with pytest.raises(ExecutionError) as error:
        office.write("not recorded", 1)
    assert error.value.code == "VG641"
    assert office.lines(1) == before


def test_an_act_that_a_rule_refuses_lets_the_log_go_on(office: Office) -> None:
    office.begin()

    def refuse(registry: object) -> None:
        raise AuthorityError("not you")

    with office.open(1) as log:
        with pytest.raises(AuthorityError):
            log.append([tried("no")], time=now(), mono=0, boot="b", actor="valgen", expect=refuse)
        append(log, "yes")
    assert office.words(1) == ["yes"]
    assert office.rows() == office.lines(1)


def test_records_that_wait_for_a_commit_are_with_the_others_at_once(office: Office) -> None:
    """A formal run appends without sealing; with a team store nothing stays that others cannot see."""
    office.begin()
    office.join()
    with office.open(1) as log:
        log.append([tried("step")], time=now(), mono=0, boot="b", actor="valgen")
        assert office.rows() == office.lines(1)
        office.write("from two", 2)
        log.append([tried("next step")], time=now(), mono=0, boot="b", actor="valgen")
        log.commit(keep=True)
    assert office.words(1) == ["step", "from two", "next step"]
    bring_up_to_date(office.place(2))
    assert (office.place(2).folder / "checkpoints.jsonl").read_bytes() == (
        office.place(1).folder / "checkpoints.jsonl"
    ).read_bytes()


def test_files_of_anchors_come_along(office: Office) -> None:
    office.begin()
    office.join()
    with office.open(1) as log:
        log.commit(keep=True)
        head = read_head((office.place(1).folder / "checkpoint").read_bytes())
        data = people.encode({"commit": "a" * 40, "path": "p", "remote": "https://git", "time": "2026-03-02T09:30:00Z"})
        anchors = Layout(office.place(1).folder).anchors
        anchors.mkdir()
        (anchors / anchor_name(head.size, "git")).write_bytes(data)
        kept = log.put_blob(data)
        body = {
            "size": head.size,
            "root": head.checkpoint.root.hex(),
            "medium": "git",
            "file": kept.as_dict(),
            "detail": "in commit a",
        }
        log.append([people.Draft("anchor", body)], time=now(), mono=0, boot="b", actor="valgen", durable=True)
    bring_up_to_date(office.place(2))
    brought = Layout(office.place(2).folder).anchors / anchor_name(head.size, "git")
    assert brought.read_bytes() == data
    assert verify_log(office.place(2).folder).problems == ()


def test_a_computer_that_nobody_vouched_for_fetches_and_writes_nothing(office: Office) -> None:
    office.begin()
    connect(office.place(2), now=now())
    with pytest.raises(AuthorityError) as error:
        office.write("no", 2)
    assert error.value.code == "VG559"
    assert office.words(2) == []


def test_settings_that_lost_the_team_store_make_no_second_history(office: Office) -> None:
    office.begin()
    place = office.place(1)
    alone = type(place)(
        project=place.project, project_id=place.project_id, folder=place.folder, keystore=place.keystore
    )
    with pytest.raises(ExecutionError) as error:
        alone.check()
    assert error.value.code == "VG644"


def test_a_working_copy_that_was_thrown_away_is_fetched_again(office: Office) -> None:
    office.begin(records=2)
    office.write("one", 1)
    lines = office.lines(1)
    shutil.rmtree(office.place(1).folder)
    assert connect(office.place(1), now=now()).done is Done.FETCHED
    assert office.lines(1) == lines
    office.write("two", 1)
    assert office.words(1)[-2:] == ["one", "two"]


def test_the_wrong_root_fetches_nothing(office: Office) -> None:
    office.begin()
    with pytest.raises(ExecutionError) as error:
        connect(office.place(2), now=now(), root="0" * 64)
    assert error.value.code == "VG644"
    assert not office.place(2).exists


def test_two_ledgers_of_one_project_are_not_put_into_one_store(office: Office) -> None:
    office.begin()
    other = people.World(
        office.base / "other",
        folder=office.place(2).folder,
        identity="11111111-4b5a-4678-89ab-cdef01234567",
        machine=2,
    )
    other.log.close()
    with pytest.raises(VerificationError) as error:
        connect(office.place(2), now=now())
    assert error.value.code == "VG646"
    assert len(office.sql.run(f"SELECT 1 FROM {office.schema}.ledger")) == 1


class FailingDisk(type(QUICK)):  # type: ignore[misc]
    """Fails at one operation and at all later ones, as for a process that was killed there."""

    def __init__(self, last: int) -> None:
        self.left = last

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(5, "killed here")

    def create(self, path: Path, mode: int = 0o666) -> int:
        self._count()
        return super().create(path, mode)  # type: ignore[no-any-return]

    def open_append(self, path: Path) -> int:
        self._count()
        return super().open_append(path)  # type: ignore[no-any-return]

    def write(self, fd: int, data: bytes) -> None:
        self._count()
        if self.left == 0:  # the last one is torn
            super().write(fd, data[: len(data) // 2])
            raise OSError(5, "killed here")
        super().write(fd, data)

    def truncate(self, path: Path, size: int) -> None:
        self._count()
        super().truncate(path, size)

    def replace(self, source: Path, target: Path) -> None:
        self._count()
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)


def test_taking_over_records_can_be_cut_off_anywhere(office: Office) -> None:
    """At each operation of the disk: the next attempt comes to the same copy, and nothing is set aside."""
    office.begin()
    connect(office.place(2), now=now())
    with office.open(1) as log:
        for number in range(20):  # beyond one file, with kept checkpoints between
            append(log, f"word {number}", long=number == 3)
            if number % 8 == 0:
                log.commit(keep=True)
    folder = office.place(2).folder
    before = office.base / "before"
    shutil.copytree(folder, before)
    for last in range(1, 200):
        shutil.rmtree(folder)
        shutil.copytree(before, folder)
        team = Team(office.address)
        try:
            with (
                working_copy(Layout(folder), team, disk=FailingDisk(last)) as copy,
                team.turn(copy.state.origin) as row,
            ):
                copy.bring_in(row)
        except ExecutionError:
            assert bring_up_to_date(office.place(2)) > 0
        else:
            break
        finally:
            team.close()
        assert office.lines(2) == office.lines(1), last
        assert verify_log(folder).problems == (), last
        assert list((folder / "torn").iterdir()) == [], last
    assert 30 < last < 199
    assert office.lines(2) == office.lines(1)
