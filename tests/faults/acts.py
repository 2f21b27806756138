"""Acts on records during which the faults of ``harness`` strike, and how it is told that each was acknowledged.

An act runs in a process of its own on a copy of a seed. What it acknowledges goes into memory that it shares with the
harness, so that no system call is needed to tell it: a process that is killed has told all that it ever acknowledged.
Acknowledged are records, by a word that stands in them, blobs by their digest, and sealed keys by their account.
"""

from __future__ import annotations

import dataclasses
import hashlib
import mmap
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from valgen.errors import ValgenError
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.record import Draft
from valgen.ledger.sealed import Cost
from valgen.ledger.store import Log, read_log
from valgen.ledger.user_keys import read_sealed
from valgen.ledger.verify import verify_log
from valgen.records import accounts, keyring
from valgen.records.ledger import Ledger, Now, Place
from valgen.records.sessions import Terminal

people: Any = sys.modules["ledger_people"]

QUICK = people.QUICK
CHEAP = Cost(memory_kib=8 * 1024, passes=1, lanes=1)
PASSWORD = "orange stapler meadow 31"
LATER = 400  # second at which the act happens; the seed is older
ROOM = 1 << 16


class Told:
    """What an act acknowledged, in memory shared between processes."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, ROOM)

    def say(self, what: str) -> None:
        """Acknowledge; makes no system call."""
        at = int.from_bytes(self._memory[:4], "little")
        data = what.encode() + b"\n"
        self._memory[4 + at : 4 + at + len(data)] = data
        self._memory[:4] = (at + len(data)).to_bytes(4, "little")

    def all(self) -> list[str]:
        """Return everything that was acknowledged, in order."""
        at = int.from_bytes(self._memory[:4], "little")
        return bytes(self._memory[4 : 4 + at]).decode().splitlines()

    def clear(self) -> None:
        """Forget everything."""
        self._memory[:4] = bytes(4)


@dataclasses.dataclass
class Scene:
    """A ledger and what an act needs.

    Attributes:
        folder: that holds the ledger ``.valgen`` and the key store ``keys-1``.
        people: key of each person by account.
        told: what was acknowledged.
        disk: durable operations.
    """

    folder: Path
    people: dict[str, Any]
    told: Told
    disk: Disk = DISK
    early: bool = False  # a broken protocol: acknowledge before writing

    @property
    def ledger(self) -> Path:
        return self.folder / ".valgen"

    @property
    def keystore(self) -> Path:
        return self.folder / "keys-1"

    def open(self, second: int = LATER) -> Log:
        """Open the ledger."""
        return Log.open_ledger(
            self.ledger, project="S3V", now=people.time(second), keystore=self.keystore, boot="boot-2", disk=self.disk
        )

    def write(self, log: Log, word: str, drafts: list[Draft], actor: str, second: int = LATER, **options: Any) -> None:
        """Write records durably and acknowledge the word that stands in them."""
        if self.early:
            self.told.say(f"record {word}")
        stamp = {"time": people.time(second), "mono": 1, "boot": "boot-2", "actor": actor}
        log.append(drafts, **stamp, durable=True, **options)  # type: ignore[arg-type]
        if not self.early:
            self.told.say(f"record {word}")

    def place(self) -> Place:
        return Place(
            project=self.folder / "project", project_id="S3V", folder=self.ledger, keystore=self.keystore, cost=CHEAP
        )


def _failed(word: str) -> Draft:
    return Draft("login.failed", {"account": "", "source": word, "reason": "credentials"})


def _now(second: int) -> Now:
    return Now(time=people.time(second), wall_ms=1_772_443_800_000 + second * 1000, mono_ms=1, boot="boot-2")


# The acts


def append(scene: Scene) -> None:
    """Write three batches, over the end of a file, and a kept checkpoint."""
    log = scene.open()
    for number in range(3):
        scene.write(log, f"append-{number}", [_failed(f"append-{number}")], "valgen", LATER + number)
    log.commit(keep=True)
    log.close()


def attach(scene: Scene) -> None:
    """Keep bytes and a file, and a record whose long text becomes a blob."""
    log = scene.open()
    source = scene.folder / "evidence.bin"
    for content in (b"small\n", source):
        blob = log.put_blob(content)
        scene.told.say(f"blob {blob.sha256}")
    word = "attach-" + "x" * 20_000
    refused = {"act": "attach", "account": "", "subject": "evidence", "code": "VG524", "reason": word}
    scene.write(log, "attach-xxxx", [Draft("refused", refused)], "valgen")
    log.close()


def sign(scene: Scene) -> None:
    """Open a session and sign a document: its source, rendition and manifest become blobs."""
    log = scene.open()
    key = scene.people["u-0002"]
    session = hashlib.sha256(b"session of the act").hexdigest()[:32]
    opened = {"session": session, "method": "password", "source": "vault-val", "zone": "Europe/Berlin +01:00"}
    scene.write(log, session, [Draft("session.opened", opened, signers=(key,))], "u-0002")
    world = people.World.__new__(people.World)
    world.log, world.project = log, "S3V"
    document = world.document("URS", "1.0")
    for blob in (document["manifest"]["sha256"], document["rendition"]["sha256"]):
        scene.told.say(f"blob {blob}")
    account = log.registry.accounts["u-0002"]
    body = {
        **document, "meaning": "authored", "reason": "complete and correct", "role": "author", "name": account.name,
        "function": account.function, "session": session, "components": "all", "zone": "Europe/Berlin +01:00",
    }  # fmt: skip
    scene.write(
        log, "complete and correct", [Draft("signature", body, signers=(key,), with_head=True)], "u-0002", LATER + 1
    )
    log.close()


def enrol(scene: Scene) -> None:
    """Activate an account: a key is sealed in the key store, the record names it."""
    log = scene.open(60)
    ledger = Ledger(scene.place(), log, _now(60))
    terminal = Terminal(id="0" * 64, source="test", zone="CET +01:00")
    if scene.early:
        scene.told.say("key u-0003")
    accounts.activate(ledger, user="nina.new", code=people.CODE, password=PASSWORD, terminal=terminal)
    if not scene.early:
        scene.told.say("key u-0003")
    ledger.close()


def execute(scene: Scene) -> None:
    """Start a formal run, record a case with its steps, end the case and the run; each is acknowledged."""
    log = scene.open()
    world = people.World.__new__(people.World)
    world.log, world.project, world.second, world.runs = log, "S3V", LATER, 0
    sample: Any = sys.modules["ledger_sample"]
    tester = "u-0002"
    session = next(iter(log.registry.sessions))
    keys = {"mode": "formal", "execution": "exec-0001", "session": session, "tester": tester}
    stamp = {"time": people.time(LATER), "mono": 1, "boot": "boot-2", "actor": tester}
    started = log.start_run(sample.run_body(log, **keys), **stamp)
    scene.told.say('record "run.started"')
    case = {"run": started.body["run"], "case": "OQ-001", "attempt": 1}
    scene.write(log, '"case.started"', [Draft("case.started", {**case, "worker": "main"})], tester)
    blob = log.put_blob(b"evidence of the step")
    scene.told.say(f"blob {blob.sha256}")
    (step,) = log.append([sample.step(1, run=case["run"])], **stamp)
    result = {
        **case, "outcome": "Passed", "message": "", "started": people.time(LATER), "finished": people.time(LATER),
        "executor": tester, "steps": [step.leaf],
    }  # fmt: skip
    scene.write(log, '"case.result"', [Draft("case.result", result)], tester)
    finished = {"run": case["run"], "summary": {"Passed": 1}, "planned": 1, "selected": 1, "executed": 1}
    scene.write(log, '"run.finished"', [Draft("run.finished", finished)], tester)
    log.commit(keep=True)
    log.close()


def recover(scene: Scene) -> None:
    """Open a ledger whose last line was cut off: it is set aside and said, and writing goes on."""
    log = scene.open()
    scene.write(log, "recover", [_failed("recover")], "valgen", LATER + 1)
    log.close()


def found(scene: Scene) -> None:
    """Make a new ledger."""
    log = Log.create_ledger(
        scene.ledger, project="S3V", root_keys=[people.make_key("root", 0)], threshold=1, single_administrator=False,
        now=people.time(1), tool="valgen test", keystore=scene.keystore, boot="boot-2", disk=scene.disk,
    )  # fmt: skip
    scene.told.say("record single_administrator")
    log.close()


restoring: Any = sys.modules["fault_acts_restore"]

ACTS: dict[str, Callable[[Scene], None]] = {
    "append": append, "attach": attach, "sign": sign, "enrol": enrol, "recover": recover, "found": found,
    "restore": restoring.act, "execute": execute,
}  # fmt: skip


def make_seed(folder: Path, act: str) -> dict[str, Any]:
    """Write the ledger that an act begins with, and return the keys of its people by account."""
    folder.mkdir()
    (folder / "project").mkdir()
    if act == "found":
        people.make_keys(folder / "keys-1", people.seeds(1))
        return {}
    world = people.World(folder, lines_per_file=4)
    if act == "restore":
        return dict(restoring.seed(world, folder))
    ada = world.person("ada.admin", "administrator")
    eve = world.person("eve.author", "author", by=ada)
    if act == "enrol":
        world.create("nina.new", by=ada)
    if act == "execute":
        world.grant(ada, eve.id, "tester")
        protocol = world.document("OQ", "1.0")
        eve.sign(protocol, "authored")
        world.open_execution(eve, protocol)
    world.log.close()
    if act == "attach":
        (folder / "evidence.bin").write_bytes(bytes(range(256)) * 5000)  # more than one piece
    if act == "recover":
        last = sorted((folder / ".valgen/log").iterdir())[-1]
        last.write_bytes(last.read_bytes() + b'{"body":{"actor":"valgen"')
    return {ada.id: ada.key, eve.id: eve.key}


# What must hold afterwards


def wrong_after(scene: Scene, act: str, before: list[str]) -> Iterator[str]:
    """Yield what is wrong after an act and its fault: the ledger is opened, verified, written to and verified again.

    Args:
        scene: afterwards.
        act: that was tried.
        before: leaf hashes of the seed's records, all acknowledged.
    """
    told = scene.told.all()
    scene = dataclasses.replace(scene, disk=QUICK, early=False)
    if act == "restore":
        yield from restoring.wrong_after(scene, before)
        return
    if act == "found" and not told and not (scene.ledger / "checkpoint").exists():
        scene.told.clear()
        try:
            found(scene)  # its making is tried again
        except ValgenError as error:
            if error.code != "VG563":  # its making had come so far that opening completes it
                yield f"making it again: {error.code} {error.what}"
                return
        told = scene.told.all()
    try:
        log = scene.open(LATER + 50)
    except ValgenError as error:
        yield f"opening: {error.what}"
        return
    report = verify_log(scene.ledger)
    yield from (f"after opening: {one.code} {one.message}" for one in report.problems if one.code != "VG509")
    stored = list(read_log(scene.ledger))
    if [one.leaf for one in stored[: len(before)]] != before:
        yield "records of the seed are lost"
    lines = b"".join(path.read_bytes() for path in sorted((scene.ledger / "log").iterdir()))
    registry = log.registry
    for one in told:
        kind, _, word = one.partition(" ")
        if kind == "record" and word != "attach-xxxx" and word.encode() not in lines:
            yield f"acknowledged record lost: {word}"
        if kind == "record" and word == "attach-xxxx" and b'"act":"attach"' not in lines:
            yield f"acknowledged record lost: {word}"
        if kind == "blob":
            try:
                log.read_blob(word)
            except ValgenError as error:
                yield f"acknowledged blob lost: {error.what}"
        if kind == "key" and registry.accounts[word].state != "active":
            yield f"acknowledged enrolment lost: {word}"
    if act == "enrol" and registry.accounts["u-0003"].state == "active":
        account = registry.accounts["u-0003"]
        if read_sealed(scene.keystore, registry.origin, account.id) is None:
            yield "an account is active without a key"
        elif keyring.open_key(scene.place(), registry, account, PASSWORD) is None:
            yield "the key of an active account does not open"
    try:
        stamp = {"time": people.time(LATER + 60), "mono": 2, "boot": "boot-2", "actor": "valgen"}
        log.append([_failed("afterwards")], **stamp, durable=True)  # type: ignore[arg-type]
        log.close()
    except ValgenError as error:
        yield f"going on: {error.what}"
        return
    report = verify_log(scene.ledger)
    yield from (f"after going on: {one.code} {one.message}" for one in report.problems)
