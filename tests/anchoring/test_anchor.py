"""Anchors at the door of an act: time stamps and commits (integrity.md I-4, C-12, C-13)."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger_tsa import Authority, Holder, holder, lying_answer, openssl, served
from people_world import World
from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.anchors import GitPlace
from valgen.ledger.files import Layout
from valgen.ledger.heads import read_head, read_kept
from valgen.ledger.timestamps import TimeStampUnavailable
from valgen.recorder.clock import Moment
from valgen.workflow.anchor import Anchored, note_commit, pending_stamp, stamp
from valgen.workflow.verify import Given, verify_folder

ROOT = holder("Root of time stamps", ca=True, with_rsa=True)
SIGNER = holder("Time-stamp authority", ROOT, with_rsa=True)


@pytest.fixture
def tsa(tmp_path: Path) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Authority(tmp_path / "tsa", SIGNER, [ROOT])


def stamped(world: World, answer: Any, root: Holder = ROOT) -> Anchored:
    """Ask an authority that is served on this machine."""
    with served(answer) as url:
        return stamp(world.desk, url=url, roots=[root.pem])


def verified(world: World, *roots: Holder) -> Any:
    return verify_folder(
        world.desk.place.folder,
        Given(remember=False, strict=True, authorities=tuple(one.pem for one in roots)),
        what="Ledger",
    )


def down(url: str, question: bytes, timeout: float) -> bytes:
    raise TimeStampUnavailable("the time-stamp authority cannot be reached: no answer")


@pytest.mark.verifies("URS-117", "FS-090")
def test_a_time_stamp_covers_every_record_before_it_and_is_recorded(world: World, tsa: Authority) -> None:
    before = len(world.records())
    done = stamped(world, tsa.answer)
    assert (done.size, done.new, done.file.name) == (before, True, f"{before:09d}.tsr")
    (body,) = world.records("anchor")
    assert (body["size"], body["medium"], body["actor"]) == (before, "rfc3161", "valgen")
    assert "Time-stamp authority" in body["detail"]
    found = verified(world, ROOT)
    assert found.ok, found.problems
    assert found.anchored_to.startswith(f"{before} records, by anchors/{done.file.name}")
    assert found.unanchored == 1  # the record of the anchor itself
    # Nobody who does not name the authority is told that the time stamp counts.
    assert any("fits and does not count" in note for note in verified(world).notes)


def test_openssl_accepts_the_time_stamp_over_the_kept_checkpoint(world: World, tsa: Authority, tmp_path: Path) -> None:
    done = stamped(world, tsa.answer)
    kept = [read_kept(line) for line in Layout(world.desk.place.folder).kept.read_bytes().splitlines()]
    (tmp_path / "note").write_bytes(next(one.note for one in kept if one.size == done.size))
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    words = ("ts", "-verify", "-data", "note", "-in", str(done.file), "-CAfile", "root.pem")
    assert "OK" in openssl(tmp_path, *words)


def test_nothing_is_asked_while_nothing_new_was_recorded(world: World, tsa: Authority) -> None:
    first = stamped(world, tsa.answer)
    before = world.records()
    again = stamp(world.desk, url="http://nobody.invalid", roots=[ROOT.pem], ask=down)
    assert (again.size, again.new) == (first.size, False)
    assert world.records() == before
    world.hire("anna", "author")
    assert stamped(world, tsa.answer).size > first.size


@pytest.mark.attack("C-13")
def test_while_the_authority_is_down_the_ledger_goes_on_and_says_what_is_pending(world: World, tsa: Authority) -> None:
    """C-13"""
    with pytest.raises(TimeStampUnavailable):
        stamp(world.desk, url="http://127.0.0.1:9/tsa", roots=[ROOT.pem])
    (body,) = [one for one in world.records("refused") if one["act"] == "anchor"]
    assert body["code"] == "VG541" and body["account"] == ""
    world.hire("anna", "author")
    found = verified(world)
    assert found.ok and found.unanchored == len(world.records())
    assert any(note.startswith("A time stamp is pending since ") for note in found.notes)
    # Asking again while it is still down adds no record; the answer ends it.
    with pytest.raises(TimeStampUnavailable):
        stamp(world.desk, url="http://nobody.invalid", roots=[ROOT.pem], ask=down)
    assert len([one for one in world.records("refused") if one["act"] == "anchor"]) == 1
    stamped(world, tsa.answer)
    assert pending_stamp(world.records()) == ""
    assert verified(world, ROOT).ok


OTHER = holder("Another root", ca=True, with_rsa=True)


@pytest.mark.attack("C-13")
def test_nobody_waits_while_the_authority_is_asked(world: World, tsa: Authority) -> None:
    """C-13: the ledger goes on, and the time stamp covers what was there when it was asked for."""
    before = len(world.records())

    def slow(url: str, question: bytes, timeout: float) -> bytes:
        world.hire("anna", "author")
        return tsa.answer(question)

    assert stamp(world.desk, url="http://nobody.invalid", roots=[ROOT.pem], ask=slow).size == before
    found = verified(world, ROOT)
    assert found.ok and found.anchored_to.startswith(f"{before} records")


LIES: dict[str, Any] = {
    "other root": lambda tsa: lambda query: lying_answer(query, holder("Stranger", OTHER, with_rsa=True)),
    "expired": lambda tsa: lambda query: lying_answer(query, holder("Old", ROOT, with_rsa=True, days=(-30, -1))),
    "injected certificate": lambda tsa: lambda query: lying_answer(query, SIGNER, [OTHER]),
    "nothing": lambda tsa: lambda query: b"",
    "html": lambda tsa: lambda query: b"<html>not found</html>",
}


@pytest.mark.attack("C-13")
@pytest.mark.parametrize("lie", sorted(LIES))
@pytest.mark.verifies("URS-117", "FS-090")
def test_a_bad_time_stamp_is_refused_and_stays_pending(world: World, tsa: Authority, lie: str) -> None:
    """C-13"""
    with pytest.raises(VerificationError) as refusal:
        stamped(world, LIES[lie](tsa))
    assert refusal.value.code == "VG540"
    assert [one["code"] for one in world.records("refused") if one["act"] == "anchor"] == ["VG540"]
    assert not world.records("anchor")
    assert not list(Layout(world.desk.place.folder).anchors.glob("*"))
    assert "pending" in pending_stamp(world.records())
    assert stamped(world, tsa.answer).new


@pytest.mark.attack("C-13")
def test_an_old_answer_is_refused(world: World, tsa: Authority) -> None:
    """C-13: the nonce and the imprint are those of an earlier question."""
    answers: list[bytes] = []

    def first(query: bytes) -> bytes:
        answers.append(tsa.answer(query))
        return answers[0]

    stamped(world, first)
    world.hire("anna", "author")
    with pytest.raises(VerificationError):
        stamped(world, first)


@pytest.mark.verifies("DS-034")
def test_a_crash_between_file_and_record_leaves_a_ledger_that_verifies(world: World, tsa: Authority) -> None:
    class Cut(Exception):
        pass

    def crash(*_: object, **__: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("valgen.records.ledger.Ledger.write", crash)
        with pytest.raises(Cut):
            stamped(world, tsa.answer)
    assert verify_folder(world.desk.place.folder, Given(remember=False), what="Ledger").ok
    assert stamped(world, tsa.answer).new
    assert verified(world, ROOT).ok


@pytest.mark.attack("I-4")
@pytest.mark.parametrize("back", range(1, 6))
def test_a_ledger_put_back_behind_its_anchor_is_found(world: World, tsa: Authority, tmp_path: Path, back: int) -> None:
    """I-4: every earlier state, with the anchor of the newest one."""
    states = []
    for number in range(back):
        shutil.copytree(world.desk.place.folder, tmp_path / f"state-{number}")
        states.append(tmp_path / f"state-{number}")
        world.add(f"user{number}", "author")
    done = stamped(world, tsa.answer)
    for state in states:
        (state / "anchors").mkdir(exist_ok=True)
        shutil.copy(done.file, state / "anchors")
        found = verify_folder(state, Given(remember=False, authorities=(ROOT.pem,)), what="Ledger")
        assert [one.code for one in found.problems] == ["VG543"]
        (state / "anchors" / done.file.name).unlink()
        assert found.anchored_to == ""


# Commits


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def repository(world: World, tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git(tmp_path, "init", "--bare", "-q", "remote.git")
    git(world.root, "init", "-q", "-b", "main")
    git(world.root, "remote", "add", "origin", "https://bert:secret@git.example.org/tiny.git")
    git(world.root, "config", "url." + str(tmp_path / "remote.git") + ".insteadOf",
        "https://bert:secret@git.example.org/tiny.git")  # fmt: skip
    return world.root


def commit(root: Path, *, push: bool = True) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "records")
    if push:
        git(root, "push", "-q", "origin", "main")
    return git(root, "rev-parse", "HEAD")


@pytest.mark.verifies("URS-117", "FS-090", "DS-034")
def test_a_pushed_commit_with_a_kept_checkpoint_becomes_an_anchor(world: World, repository: Path) -> None:
    with pytest.raises(ExecutionError) as refusal:
        note_commit(world.desk)
    assert refusal.value.code == "VG633"
    size = read_head(Layout(world.desk.place.folder).checkpoint.read_bytes()).size
    made = commit(repository)
    world.hire("anna", "author")
    done = note_commit(world.desk)
    assert (done.size, done.new) == (size, True)
    data = done.file.read_bytes()
    assert made.encode() in data and b'"path":".valgen/checkpoint"' in data
    assert b"secret" not in data and b"bert" not in data
    assert b'"remote":"https://git.example.org/tiny.git"' in data
    # A copy of the repository here is no witness: the anchor fits and is not counted.
    found = verified(world)
    assert found.ok, found.problems
    assert any(f"{size:09d}.git fits and does not count" in note for note in found.notes)
    assert not note_commit(world.desk).new


def test_a_commit_that_nobody_else_has_is_no_anchor(world: World, repository: Path) -> None:
    with pytest.raises(ExecutionError):
        note_commit(world.desk)
    commit(repository, push=False)
    with pytest.raises(ExecutionError) as refusal:
        note_commit(world.desk)
    assert "no remote has it" in refusal.value.what
    assert not world.records("anchor")


@pytest.mark.attack("I-4")
def test_an_anchor_whose_commit_holds_another_checkpoint_is_found(world: World, repository: Path) -> None:
    """I-4: the copy of the repository here contradicts the ledger, or is of another size than the anchor says."""
    with pytest.raises(ExecutionError):
        note_commit(world.desk)
    first = commit(repository)
    folder = world.desk.place.folder
    size = note_commit(world.desk).size
    world.hire("anna", "author")
    other = commit(repository)
    place = GitPlace(
        remote="https://git.example.org/tiny.git", commit=other, path=".valgen/checkpoint", time="2026-03-02T09:30:00Z"
    )
    (folder / "anchors" / f"{size:09d}.git").unlink()
    (folder / "anchors" / f"{size:09d}.git").write_bytes(place.content())
    codes = [one.code for one in verified(world).problems]
    assert "VG543" in codes and first != other


def test_without_a_repository_the_message_says_what_to_do(world: World) -> None:
    with pytest.raises(ExecutionError) as refusal:
        note_commit(world.desk)
    assert refusal.value.code == "VG633" and not world.records("anchor")


# Clocks


def alone(world: World) -> list[str]:
    """Verify with the file that stands alone, as whoever has no valgen; return the codes of its problems."""
    from valgen.verifier import verifier_path

    command = [sys.executable, str(verifier_path()), str(world.desk.place.folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return sorted({str(one["code"]) for one in json.loads(done.stdout)["problems"]})


def clock_set(world: World, days: float) -> None:
    """The administrator of the computer sets its wall clock; the monotonic one goes on."""
    step = int(days * 86_400_000)
    world.moment = Moment(world.moment.wall_ms + step, world.moment.mono_ms + 60_000)


@pytest.mark.attack("C-12")
@pytest.mark.parametrize("days", [-0.01, -3.0, -400.0])
def test_records_dated_back_behind_a_time_stamp_are_found_by_both_verifiers(
    world: World, tsa: Authority, days: float
) -> None:
    """C-12: set back, act, set forward again; the time stamp was there before."""
    stamped(world, tsa.answer)
    assert verified(world, ROOT).ok and alone(world) == []
    first = len(world.records())
    clock_set(world, days)
    world.hire("anna", "author")
    behind = len(world.records())
    clock_set(world, -days)
    world.hire("otto", "author")
    for roots in ((), (ROOT,)):
        found = verified(world, *roots)
        assert {one.code for one in found.problems} == {"VG564"}
        assert [one.where.rpartition(" ")[2] for one in found.problems] == [str(n) for n in range(first, behind)]
    assert alone(world) == ["L10"]


@pytest.mark.attack("C-12", "C-10")
def test_a_clock_that_was_set_back_and_forward_again_is_told_without_any_time_stamp(world: World) -> None:
    """C-12: nothing outside confirms a time, and both clocks of the computer contradict each other."""
    clock_set(world, -3)
    world.hire("anna", "author")
    clock_set(world, 3)
    world.hire("otto", "author")
    found = verified(world)
    assert found.ok  # a clock can be wrong without anybody having done anything
    told = [note for note in found.notes if "clock of the computer was set" in note]
    assert len(told) == 2
    assert "(session.closed by valgen)" in told[0] and "set back by 3 days 1 min" in told[0]
    assert "set forward by 2 days 23 h, or the computer slept" in told[1]


@pytest.mark.attack("C-12")
def test_a_clock_that_was_set_back_before_a_restart_is_told_by_the_order_of_records(world: World) -> None:
    """C-12: another boot, so that nothing compares its monotonic clock."""
    world.desk = dataclasses.replace(world.desk, boot="boot-2")
    world.moment = Moment(world.moment.wall_ms - 86_400_000, 1000)
    world.hire("anna", "author")
    told = [note for note in verified(world).notes if "1 day before the time of record" in note]
    assert len(told) == 1 and "(session.closed by valgen)" in told[0]  # told once, for all that follows on that boot


@pytest.mark.attack("C-12", "C-13")
@pytest.mark.parametrize("days", [-2.0, 2.0])
def test_a_time_stamp_is_refused_while_the_clock_is_wrong_and_stays_pending(
    world: World, tsa: Authority, days: float
) -> None:
    right = world.moment
    clock_set(world, days)
    with pytest.raises(VerificationError) as refusal:
        stamped(world, tsa.answer)
    assert refusal.value.code == "VG549"
    assert not world.records("anchor") and "VG549" in {one["code"] for one in world.records("refused")}
    assert "pending" in pending_stamp(world.records())
    world.moment = Moment(right.wall_ms, world.moment.mono_ms + 60_000)
    assert stamped(world, tsa.answer).new
    assert verified(world, ROOT).ok and alone(world) == []


@pytest.mark.attack("C-9", "I-4")
def test_nobody_writes_to_a_ledger_that_was_put_back_behind_an_anchor(
    world: World, tsa: Authority, tmp_path: Path
) -> None:
    """C-9: this user saw nothing of it, and the anchor beside the ledger says how far it reached."""
    folder = world.desk.place.folder
    shutil.copytree(folder, tmp_path / "state")
    world.hire("anna", "author")
    done = stamped(world, tsa.answer)
    kept = done.file.read_bytes()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "state", folder)
    (folder / "anchors").mkdir(exist_ok=True)
    done.file.write_bytes(kept)
    before = len(world.records())
    with pytest.raises(VerificationError) as refusal:
        world.hire("otto", "author")
    assert refusal.value.code == "VG624" and f"covers {done.size}" in refusal.value.what
    assert len(world.records()) == before
