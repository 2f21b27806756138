"""Copies of the ledger: made while somebody writes, put back whole, and never silently shorter (C-8, C-9, S-13)."""

from __future__ import annotations

import dataclasses
import random
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from people_world import World
from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger.files import Layout
from valgen.ledger.record import Draft
from valgen.ledger.verify import verify_log
from valgen.records import founding
from valgen.records.ledger import open_ledger, read_registry
from valgen.workflow import people, people_founding
from valgen.workflow.restore import Restored, restore, who_can
from valgen.workflow.restore_copy import copy_ledger
from valgen.workflow.verify import Given, verify_folder

REASON = "the disk of the server failed"


def seen(world: World) -> Any:
    """Verify as this user does, which remembers the head."""
    found = verify_folder(world.desk.place.folder, Given(keystore=world.keystore), what="Ledger")
    return found


def put_back(world: World, source: Path, user: str = "mara", **more: Any) -> Restored:
    return restore(world.desk, world.by(user), source=source, reason=REASON, **more)


def lines(folder: Path) -> list[bytes]:
    return [line for _, path in Layout(folder).segments() for line in path.read_bytes().splitlines(keepends=True)]


def state(world: World) -> dict[str, bytes]:
    """Return every file of the ledger but locks."""
    base = world.desk.place.folder
    return {
        path.relative_to(base).as_posix(): path.read_bytes()
        for path in base.rglob("*")
        if path.is_file() and path.relative_to(base).parts[0] not in ("lock", "tmp")
    }


def copied(world: World, target: Path) -> Path:
    copy_ledger(world.desk.place.folder, target)
    return target


@pytest.mark.attack("C-9", "I-4")
def test_every_earlier_state_is_refused_until_it_is_put_back_properly(world: World, tmp_path: Path) -> None:
    """C-9 and I-4, all i < j: what was seen is j, what lies there is i."""
    states = [copied(world, tmp_path / "state-0")]
    for number in range(1, 5):
        world.add(f"user{number}", "author")
        states.append(copied(world, tmp_path / f"state-{number}"))
    keys = tmp_path / "keys-before"
    shutil.copytree(world.keystore, keys)
    folder = world.desk.place.folder
    for newer in range(1, 5):
        for older in range(newer):
            shutil.rmtree(world.keystore)
            shutil.copytree(keys, world.keystore)
            for source in (states[newer], states[older]):
                shutil.rmtree(folder)
                shutil.copytree(source, folder)
                if source == states[newer]:
                    assert seen(world).ok
            before = state(world)
            with pytest.raises(VerificationError) as refusal:
                people.grant(world.desk, world.by("mara"), user="paul", role="qa", reason="needed")
            assert refusal.value.code == "VG624" and "valgen records restore" in refusal.value.fix
            assert state(world) == before
            assert [one.code for one in seen(world).problems] == ["VG624"]


@pytest.mark.verifies("URS-118", "FS-091")
def test_a_copy_with_everything_that_is_known_is_put_in_place_byte_for_byte(world: World, tmp_path: Path) -> None:
    world.hire("anna", "author")
    copy = copied(world, tmp_path / "copy")
    assert seen(world).ok
    folder = world.desk.place.folder
    whole = state(world)
    damaged = folder / "log" / "000000000.jsonl"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    done = put_back(world, copy)
    assert done.record is None and not done.missing
    now = state(world)
    before = lines(copy)
    assert lines(folder)[: len(before)] == before
    assert {name: data for name, data in now.items() if name.startswith("blobs")} == {
        name: data for name, data in whole.items() if name.startswith("blobs")
    }
    assert seen(world).ok
    # What lay there is kept, as damaged as it was.
    assert done.kept is not None
    assert (done.kept / "log" / "000000000.jsonl").stat().st_size == len(whole["log/000000000.jsonl"]) - 100


@pytest.mark.attack("C-9")
@pytest.mark.verifies("URS-118", "FS-091")
def test_a_shorter_copy_takes_two_people_and_the_gap_is_a_record(world: World, tmp_path: Path) -> None:
    """C-9"""
    copy = copied(world, tmp_path / "copy")
    size = len(lines(copy))
    world.hire("anna", "author")
    world.grant("anna", "qa")
    assert seen(world).ok
    folder, known = world.desk.place.folder, len(world.records())
    before = state(world)
    done = put_back(world, copy)
    assert done.proposed and done.others == ("paul",) and done.missing == known - size
    assert state(world) == before  # nothing was put in place
    assert put_back(world, copy).proposed  # the same person again changes nothing
    done = put_back(world, copy, user="paul")
    assert not done.proposed and done.kept is not None
    (gap,) = world.records("restored")
    assert gap["known"]["size"] == known and gap["kept"] == size and gap["reason"] == REASON
    (proposal,) = world.records("proposal")
    assert gap["proposal"] == proposal["seq"] and proposal["act"] == "restored" and proposal["account"] == ""
    assert lines(folder)[:size] == lines(copy)
    assert {name: (done.kept / name).read_bytes() for name in before} == before
    # The ledger goes on, the gap stays visible, and the next rollback is found.
    world.hire("otto", "author")
    found = seen(world)
    assert found.ok and any("put an older copy in place" in note for note in found.notes)
    newest = copied(world, tmp_path / "newest")
    world.hire("ines", "author")
    assert seen(world).ok
    shutil.rmtree(folder)
    shutil.copytree(newest, folder)
    assert [one.code for one in seen(world).problems] == ["VG624"]


def test_a_command_cut_off_before_the_exchange_is_finished_by_the_next_one(world: World, tmp_path: Path) -> None:
    class Cut(Exception):
        pass

    def cut(*_: object) -> None:
        raise Cut

    copy = copied(world, tmp_path / "copy")
    world.hire("anna", "author")
    assert seen(world).ok
    before = state(world)
    assert put_back(world, copy).proposed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("valgen.workflow.restore._exchange", cut)
        with pytest.raises(Cut):
            put_back(world, copy, user="paul")
    assert state(world) == before
    done = put_back(world, copy, user="paul")
    assert done.record is not None and len(world.records("restored")) == 1
    assert seen(world).ok


def test_nothing_is_put_back_while_somebody_writes(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    with open_ledger(world.desk.place, now=world.desk.now()), pytest.raises(ExecutionError):
        put_back(world, copy)


def test_one_person_with_two_accounts_does_not_restore_a_shorter_copy(world: World, tmp_path: Path) -> None:
    world.hire("mara2", person="mara")
    people.grant(world.desk, world.by("mara"), user="mara2", role="administrator", reason="second account")
    people.grant(world.desk, world.by("paul"), user="mara2", role="administrator", reason="second account")
    copy = copied(world, tmp_path / "copy")
    world.hire("anna", "author")
    assert seen(world).ok
    assert put_back(world, copy).proposed
    assert put_back(world, copy, user="mara2").proposed
    assert not world.records("restored")


def test_who_is_no_administrator_restores_nothing(world: World, tmp_path: Path) -> None:
    world.hire("anna", "author")
    copy = copied(world, tmp_path / "copy")
    before = state(world)
    with pytest.raises(AuthorityError):
        put_back(world, copy, user="anna")
    with pytest.raises(AuthorityError):
        restore(world.desk, world.by("mara"), source=copy, reason=" ")
    assert state(world) == before


@pytest.mark.verifies("URS-118", "FS-091")
def test_a_copy_that_was_altered_is_refused(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    path = copy / "log" / "000000000.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Mara Printed", b"Mora Printed", 1))
    before = state(world)
    with pytest.raises(VerificationError) as refusal:
        put_back(world, copy)
    assert refusal.value.code == "VG635"
    # The command asks the copy who may decide; what is altered there is refused in the same words.
    with pytest.raises(VerificationError) as refusal:
        who_can(world.desk, copy)
    assert refusal.value.code == "VG635" and "valgen verify FOLDER" in (refusal.value.fix or "")
    assert state(world) == before


@pytest.mark.verifies("URS-118", "DS-034")
def test_a_copy_of_another_ledger_or_history_is_refused(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    other.two_administrators()
    with pytest.raises(VerificationError) as refusal:
        put_back(world, copied(other, tmp_path / "foreign"))
    assert "another ledger" in refusal.value.what
    # Two histories: the copy went on in another way than what was seen.
    copy = tmp_path / "fork"
    shutil.copytree(world.desk.place.folder, copy)
    world.hire("anna", "author")
    assert seen(world).ok
    keep = tmp_path / "kept"
    shutil.copytree(world.desk.place.folder, keep)
    shutil.rmtree(world.desk.place.folder)
    shutil.copytree(copy, world.desk.place.folder)
    with open_ledger(world.desk.place, now=world.desk.now(), shorter=True) as ledger:
        for number in range(9):
            body = {"act": "x", "account": "", "subject": str(number), "code": "VG600", "reason": "fork"}
            ledger.write([Draft("refused", body)], actor="valgen")
    fork = copied(world, tmp_path / "forked")
    shutil.rmtree(world.desk.place.folder)
    shutil.copytree(keep, world.desk.place.folder)
    with pytest.raises(VerificationError) as refusal:
        put_back(world, fork)
    assert "two histories" in refusal.value.what


def test_a_head_that_somebody_kept_shows_that_a_copy_is_shorter(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    world.hire("anna", "author")
    head = Layout(world.desk.place.folder).checkpoint.read_bytes()
    shutil.rmtree(world.desk.place.folder)  # everything is lost, and nobody verified before
    done = put_back(world, copy, heads=[head])
    assert done.proposed and done.missing and done.known is not None and done.known.where == "a head that was given"
    assert not world.desk.place.folder.exists()
    assert put_back(world, copy, user="paul", heads=[head]).record is not None


def test_a_lost_folder_comes_back_from_a_pack(world: World, tmp_path: Path) -> None:
    from valgen.readers.project import read_project
    from valgen.workflow.evidence_copy import read_evidence

    read_evidence(world.root, read_project(world.root)).write(tmp_path / "pack")
    before = lines(world.desk.place.folder)
    shutil.rmtree(world.desk.place.folder)
    put_back(world, tmp_path / "pack" / "evidence" / "ledger")
    assert lines(world.desk.place.folder)[: len(before)] == before
    world.hire("anna", "author")
    assert seen(world).ok


@pytest.mark.attack("S-13")
def test_a_lost_computer_is_replaced_by_a_new_one_with_a_copy(world: World, tmp_path: Path) -> None:
    """S-13: the keys of the only computer are gone; the key file of one person was kept."""
    copy = copied(world, tmp_path / "copy")
    shutil.rmtree(world.desk.place.folder)
    for path in world.keystore.glob("*.pem"):
        path.unlink()
    shutil.rmtree(world.keystore / "seen", ignore_errors=True)
    put_back(world, copy)
    (declared,) = world.records("keys.declared")
    assert declared["actor"] == "u-0001" and declared["reason"].startswith("to put back a copy")
    world.hire("anna", "author")
    assert seen(world).ok


@pytest.mark.attack("S-13")
def test_a_stolen_key_is_taken_back_and_what_it_seals_afterwards_does_not_count(world: World, tmp_path: Path) -> None:
    """S-13: the key store was copied by somebody; the computer gets new keys and the old ones are retired."""
    stolen = tmp_path / "stolen"
    shutil.copytree(world.keystore, stolen)
    old = [key.id for key in founding.machine_keys(read_registry(world.desk.place))]
    for path in world.keystore.glob("*.pem"):
        path.unlink()
    people_founding.add_machine(world.desk, world.by("mara"), reason="new keys after a theft")
    people_founding.retire_keys(world.desk, world.by("mara"), keys=old, stolen=True, reason="laptop stolen")
    assert seen(world).ok
    place = dataclasses.replace(world.desk.place, keystore=stolen)
    with pytest.raises(AuthorityError) as refusal:
        open_ledger(place, now=world.desk.now())
    assert refusal.value.code == "VG559"


def test_dry_runs_stay_where_they_are(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    dry = world.desk.place.folder / "dry" / "log"
    dry.mkdir(parents=True)
    (dry / "000000000.jsonl").write_bytes(b"x\n")
    put_back(world, copy)
    assert (dry / "000000000.jsonl").read_bytes() == b"x\n"


@pytest.mark.attack("C-8")
@pytest.mark.verifies("URS-118", "DS-034")
def test_copies_made_while_somebody_writes_are_whole_and_come_back_the_same(world: World, tmp_path: Path) -> None:
    """C-8: 80 copies at random moments; each is the beginning of what the ledger says in the end."""
    stop = threading.Event()
    moments = random.Random(8)

    def work() -> None:
        with open_ledger(world.desk.place, now=world.desk.now()) as ledger:
            number = 0
            while not stop.is_set():
                reason = f"attempt {number} " * moments.choice((1, 1, 1, 900))  # long ones become attachments
                body = {"act": "x", "account": "", "subject": str(number), "code": "VG600", "reason": reason}
                ledger.write([Draft("refused", body)], actor="valgen")
                if not number % 7:
                    ledger.log.commit(keep=True)
                number += 1

    writer = threading.Thread(target=work)
    writer.start()
    sizes = []
    try:
        for number in range(80):
            head = copy_ledger(world.desk.place.folder, tmp_path / f"copy-{number}")
            sizes.append(head.size)
            if number % 20:
                continue
            found = verify_log(tmp_path / f"copy-{number}")
            assert found.ok, found.problems
    finally:
        stop.set()
        writer.join()
    live = lines(world.desk.place.folder)
    for number, size in enumerate(sizes):
        copy = tmp_path / f"copy-{number}"
        assert lines(copy) == live[:size]
        found = verify_log(copy, read_blobs=not number % 20)
        assert found.ok, (number, found.problems)
    assert len(set(sizes)) > 20
