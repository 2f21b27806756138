"""Putting back an older copy by two people, as an act for the faults of ``harness``, and what must hold afterwards.

Whatever strikes, and wherever: what lies in place is the whole ledger as it was, or the copy with the record of what is
missing; what was there before is kept beside; and typing the command again finishes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from valgen.errors import ValgenError
from valgen.ledger.store import read_log
from valgen.ledger.verify import verify_log
from valgen.recorder.clock import Moment
from valgen.records.authority import Acting, Authority
from valgen.records.ledger import Ledger
from valgen.records.sessions import Terminal
from valgen.workflow import restore
from valgen.workflow.people import By, Credentials, Desk

_SECOND = 400
_TERMINAL = Terminal(id="0" * 64, source="test", zone="CET +01:00")


def seed(world: Any, folder: Path) -> dict[str, Any]:
    """Write a ledger with two administrators, a copy of it, and further records behind the copy."""
    ada = world.person("ada.admin", "administrator")
    bea = world.person("bea.admin", "qa", by=ada)
    world.grant(ada, bea.id, "administrator", -1, root=True)
    sample = world.document("URS", "1.0")
    assert sample["manifest"]  # its blobs are in the copy
    world.log.close()
    restore.copy_ledger(world.folder, folder / "copy")
    world.reopen()
    world.create("late.comer", by=ada)
    world.log.close()
    return {"ada.admin": ada.key, "bea.admin": bea.key}


def act(scene: Any) -> None:
    """One person proposes, the other one agrees; each is acknowledged."""
    done = _command(scene, "ada.admin")
    if done.proposed:
        scene.told.say("proposed")
        done = _command(scene, "bea.admin")
    if not done.proposed:
        scene.told.say("restored")


def wrong_after(scene: Any, before: list[str]) -> Iterator[str]:
    """Yield what is wrong after the act and its fault.

    Args:
        scene: afterwards.
        before: leaf hashes of the seed's records, all acknowledged.
    """
    told = scene.told.all()
    copy = [one.leaf for one in read_log(scene.folder / "copy")]
    yield from _in_place(scene, before, copy, "after the fault")
    there = _kinds(scene)
    if "restored" in told and "restored" not in there:
        yield "an acknowledged restore is not in place"
    if "restored" not in there:
        try:
            for user in ("ada.admin", "bea.admin"):
                if "restored" not in _kinds(scene):
                    _command(scene, user)
        except ValgenError as error:
            yield f"typing the command again: {error.code} {error.what}"
            return
    yield from _in_place(scene, before, copy, "after typing it again")
    if _kinds(scene).count("restored") != 1:
        yield "the gap is not recorded once"
    log = scene.open(_SECOND + 60)
    log.close()
    yield from (f"after going on: {one.code} {one.message}" for one in verify_log(scene.ledger).problems)


def _in_place(scene: Any, before: list[str], copy: list[str], when: str) -> Iterator[str]:
    if not scene.ledger.is_dir():
        yield f"{when}: no ledger is in place"
        return
    yield from (f"{when}: {one.code} {one.message}" for one in verify_log(scene.ledger).problems if one.code != "VG509")
    leaves = [one.leaf for one in read_log(scene.ledger)]
    if "restored" not in _kinds(scene):
        if leaves[: len(before)] != before:
            yield f"{when}: records of the ledger in place are lost"
        return
    if leaves[: len(copy)] != copy:
        yield f"{when}: what is in place does not begin with the copy"
    kept = [
        one for one in sorted(scene.folder.glob(".valgen*")) if one != scene.ledger and (one / "checkpoint").exists()
    ]
    if not any([one.leaf for one in read_log(folder)][: len(before)] == before for folder in kept):
        yield f"{when}: what lay there before is not kept beside"


def _kinds(scene: Any) -> list[str]:
    return [one.kind for one in read_log(scene.ledger)]


def _command(scene: Any, user: str) -> Any:
    """Do what ``valgen records restore`` does for a person whose key is at hand."""

    def authority_of(ledger: Ledger, by: By, terminal: Terminal, **_: Any) -> Authority:
        account = ledger.registry.account_of_user(user)
        if account is None:
            raise AssertionError(user)
        acting = Acting(account=account, key=scene.people[user], session="", components="all")
        return Authority(acting=acting)

    restore.authority_of = authority_of  # type: ignore[assignment]
    desk = Desk(place=scene.place(), terminal=_TERMINAL, clock=lambda: Moment(1_772_444_200_000, 1), boot="boot-2")
    by = By(credentials=Credentials(user=user, password=""))
    return restore.restore(desk, by, source=scene.folder / "copy", reason="the disk of the server failed")
