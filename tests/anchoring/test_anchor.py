"""Anchors at the door of an act: time stamps and commits (integrity.md I-4, C-12, C-13)."""

from __future__ import annotations

import shutil
import subprocess
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
