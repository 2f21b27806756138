"""Making, opening and writing a ledger (integrity.md C-5, S-3, S-13, I-3, I-15)."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import ledger_people as people
import ledger_sample as sample
import pytest
from ledger_people import World

from valgen.errors import AuthorityError, ValgenError, VerificationError
from valgen.ledger.record import Draft
from valgen.ledger.registry import Registry
from valgen.ledger.store import Log, read_log
from valgen.ledger.verify import verify_log


@pytest.fixture
def world(tmp_path: Path) -> Any:
    made = World(tmp_path)
    yield made
    made.log.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name not in ("lock", "tmp")
    }


def refused(world: World, code: str, act: Any) -> None:
    """Check that an act is refused with a code and leaves every byte as it was."""
    before, size = bytes_of(world.folder), world.log.size
    with pytest.raises(ValgenError) as error:
        act()
    assert error.value.code == code, str(error.value)
    assert bytes_of(world.folder) == before
    assert world.log.size == size


def test_a_new_ledger_has_its_root_beside_it_and_verifies(world: World) -> None:
    line = (world.folder / "root.json").read_bytes()
    key = world.roots[0].public.hex()
    assert json.loads(line) == {"keys": [key], "origin": world.log.origin, "threshold": 1}
    report = verify_log(world.folder, root=world.log.registry.root_fingerprint)
    assert (report.ok, report.records, report.root_compared) == (True, 1, True)


def test_a_ledger_is_made_once(world: World, tmp_path: Path) -> None:
    before = bytes_of(world.folder)
    with pytest.raises(AuthorityError, match="records in") as error:
        World(tmp_path)
    assert error.value.code == "VG563"
    assert bytes_of(world.folder) == before


@pytest.mark.parametrize(("threshold", "roots"), [(0, 1), (2, 1), (1, 0)])
def test_a_ledger_needs_as_many_root_keys_as_must_sign(tmp_path: Path, threshold: int, roots: int) -> None:
    with pytest.raises(ValgenError):
        World(tmp_path, threshold=threshold, roots=roots)
    assert not (tmp_path / ".valgen/root.json").exists()
    World(tmp_path).log.close()  # nothing was left behind that stands in the way


def test_a_ledger_whose_making_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    World(tmp_path).log.close()
    (tmp_path / ".valgen/checkpoint").unlink()
    (tmp_path / ".valgen/checkpoints.jsonl").unlink()
    second = World(tmp_path, identity="11111111-2222-4333-8444-555555555555")
    second.log.close()
    assert verify_log(second.folder).ok
    assert json.loads((second.folder / "root.json").read_bytes())["origin"] == second.log.origin


def test_a_folder_without_a_ledger_is_not_opened_as_one(tmp_path: Path) -> None:
    with pytest.raises(VerificationError) as error:
        Log.open_ledger(tmp_path / ".valgen", project="S3V", now=sample.time(0))
    assert error.value.code == "VG563"
    assert not (tmp_path / ".valgen").exists()


def test_a_ledger_is_opened_by_its_own_project_and_root_only(world: World) -> None:
    root = world.log.registry.root_fingerprint
    world.reopen(root=root)
    for options, code in (({"project": "OTHER"}, "VG526"), ({"root": "0" * 64}, "VG551")):
        with pytest.raises(VerificationError) as error:
            Log.open_ledger(
                world.folder, **{"project": "S3V", "now": world.now(), "keystore": world.keystore(1), **options}
            )
        assert error.value.code == code


def test_dry_runs_are_never_written_into_a_ledger_nor_people_into_a_log_of_dry_runs(
    world: World, tmp_path: Path, keystore: Path
) -> None:
    with pytest.raises(VerificationError) as error:
        sample.open_log(world.folder, keystore, origin=world.log.origin)
    assert error.value.code == "VG526"
    with sample.open_log(tmp_path / "dry", keystore) as log:
        with pytest.raises(VerificationError) as error:
            log.append(
                [Draft("login.failed", {"account": "", "source": "", "reason": "credentials"})], **sample.stamp(1)
            )
        assert error.value.code == "VG562"
        with pytest.raises(VerificationError):
            _ = log.registry


def test_an_altered_root_file_stops_the_writer(world: World) -> None:
    path = world.folder / "root.json"
    path.write_bytes(path.read_bytes().replace(b'"threshold":1', b'"threshold":2'))
    with pytest.raises(VerificationError) as error:
        world.reopen()
    assert error.value.code == "VG551"


def test_an_unknown_machine_is_told_what_an_administrator_must_do(world: World) -> None:
    world.log.close()
    before = bytes_of(world.folder)
    with pytest.raises(AuthorityError, match="not known") as error:
        world.reopen(2)
    assert error.value.code == "VG559"
    assert "valgen records add-machine" in error.value.fix
    assert bytes_of(world.folder) == before


def test_a_second_machine_is_declared_by_an_administrator_and_the_first_one_retired(world: World) -> None:
    """S-13: a key of a machine was lost."""
    ada = world.person("ada.admin", "administrator")
    first = [key.id for key in world.log.registry.keys.values() if key.role in ("log", "recorder")]
    world.add_machine(2, ada)
    world.log.retire_keys(first, stolen=True, reason="stolen", signers=[ada.key], **world.stamp(ada.id))
    world.person("bob.brown", "author", by=ada)
    assert verify_log(world.folder).problems == ()
    before = bytes_of(world.folder)
    with pytest.raises(AuthorityError, match="were retired"):
        world.reopen(1)
    with pytest.raises(AuthorityError, match="were retired"):
        world.add_machine(1, ada)
    (world.keystore(1) / "recorder.pem").unlink()  # one new key, and one that was retired
    with pytest.raises(AuthorityError, match="were retired"):
        world.add_machine(1, ada)
    assert {name: data for name, data in bytes_of(world.folder).items() if name != "checkpoint"} == {
        name: data for name, data in before.items() if name != "checkpoint"
    }
    world.reopen(2)
    assert verify_log(world.folder).problems == ()


def test_a_machine_does_not_retire_its_own_keys(world: World) -> None:
    own = [key.id for key in world.log.registry.keys.values() if key.role == "log"]
    refused(
        world,
        "VG559",
        lambda: world.log.retire_keys(own, stolen=False, reason="", signers=world.roots, **world.stamp("root")),
    )


def test_nobody_but_an_administrator_or_the_root_declares_a_machine(world: World) -> None:
    ada = world.person("ada.admin", "administrator")
    tom = world.person("tom.tester", "tester", by=ada)
    with pytest.raises(AuthorityError, match="no administrator"):
        world.add_machine(2, tom)
    with pytest.raises(AuthorityError, match="not signed by the active key"):
        world.add_machine(2, people.Person(world, ada.id, tom.key))
    assert verify_log(world.folder).problems == ()


def test_a_crash_is_recovered_by_a_machine_that_is_declared_at_that_moment(world: World) -> None:
    world.log.append(
        [Draft("login.failed", {"account": "", "source": "", "reason": "credentials"})], **world.stamp("valgen")
    )
    world.log._abandon()  # the process dies: the line is there and not sealed
    path = world.folder / "log/000000000.jsonl"
    path.write_bytes(path.read_bytes() + b'{"body":')
    world.log = world.log  # nothing more is written by it
    log = Log.declare_machine(
        world.folder,
        project="S3V",
        signers=world.roots,
        actor="root",
        reason="new host",
        now=world.now(),
        keystore=world.keystore(2),
    )
    assert [stored.kind for stored in read_log(world.folder)][1:] == ["login.failed", "keys.declared", "recovery"]
    log.close()
    assert verify_log(world.folder).problems == ()


def test_a_dry_log_recovered_with_other_keys_verifies(tmp_path: Path, keystore: Path) -> None:
    log = sample.open_log(tmp_path / "dry", keystore)
    log.append([sample.step()], **sample.stamp(1))
    log._abandon()
    other = sample.make_keys(tmp_path / "other", people.seeds(7))
    sample.open_log(tmp_path / "dry", other).close()
    problems = verify_log(tmp_path / "dry").problems
    assert [problem.code for problem in problems] == ["VG514"]  # the step belongs to no run; every signature holds


def test_an_unsealed_record_that_breaks_a_rule_is_set_aside(world: World) -> None:
    """I-3: the recorder key alone cannot bring a person's record in by a crash."""
    forger = people.admin_with_log_key(world.folder)
    forger.add({"kind": "role.granted", "account": "u-0001", "role": "qa", "reason": "x"}, [*forger.keys.values()])
    path = world.folder / "log/000000000.jsonl"
    world.log.close()
    path.write_bytes(path.read_bytes() + forger.lines[-1] + b"\n")
    world.reopen()
    assert [stored.kind for stored in read_log(world.folder)] == ["genesis", "recovery"]
    assert verify_log(world.folder).ok


def test_a_sealed_record_that_breaks_a_rule_stops_the_writer(world: World) -> None:
    ada = world.person("ada.admin", "administrator")
    world.log.close()
    forger = people.admin_with_log_key(world.folder)
    body = {"kind": "role.granted", "account": ada.id, "role": "qa", "reason": "x", "actor": ada.id}
    forger.add(body, [forger.keys[key] for key in forger.keys])
    forger.seal()
    with pytest.raises(VerificationError, match="record 3 breaks a rule"):
        world.reopen()


def test_the_head_of_a_signature_is_that_of_the_log_under_the_lock(world: World) -> None:
    ada = world.person("ada.admin", "administrator")
    eve = world.person("eve.author", "author", by=ada)
    document = world.document()
    eve.open_session()
    size, root = world.log.size, world.log._state.edge.root().hex()
    signed = eve.sign(document)
    assert signed.body["head"] == {"size": size, "root": root}
    old = {"size": size, "root": root}
    refused(world, "VG556", lambda: eve.sign(document, head=old))
    assert verify_log(world.folder).ok


def test_a_key_that_does_not_belong_to_its_public_part_signs_nothing(world: World) -> None:
    account = world.create("ada.admin", "administrator")
    right, wrong = people.make_key("person", 1), people.make_key("person", 2)
    mixed = type(right)(role="person", public=right.public, _sign=wrong.sign)
    refused(world, "VG505", lambda: world.activate(account, mixed))


def test_a_batch_is_written_whole_or_not_at_all(world: World) -> None:
    ada = world.person("ada.admin", "administrator")
    first = Draft("account.created", world.account_body("bob.brown"), signers=(ada.key,))
    second = Draft("account.created", world.account_body("bob.brown"), signers=(ada.key,))
    refused(world, "VG552", lambda: world.write([first, second], ada.id))
    world.write([first], ada.id)
    assert world.log.registry.account_of_user("bob.brown") is not None


def test_an_act_decides_on_the_state_that_it_really_meets(world: World) -> None:
    """C-5: two writers at once; what one wrote is seen by the other's decision."""
    ada = world.person("ada.admin", "administrator")
    other = Log.open_ledger(
        world.folder, project="S3V", now=world.now(), keystore=world.keystore(1), disk=people.QUICK, salt=world.salt
    )
    eve = world.person("eve.author", "author", by=ada)
    assert eve.id not in other.registry.accounts
    seen: list[bool] = []

    def expect(registry: Registry) -> None:
        seen.append(eve.id in registry.accounts)
        raise AuthorityError("changed meanwhile", code="VG552")

    with pytest.raises(AuthorityError, match="meanwhile"):
        other.append([], **world.stamp("valgen"), expect=expect)
    assert seen == [True]
    assert eve.id in other.refresh().accounts
    grant = Draft("role.granted", {"account": eve.id, "role": "qa", "reason": "x"}, signers=(ada.key,))
    other.append([grant], **world.stamp(ada.id), durable=True)
    with pytest.raises(AuthorityError, match="holds the role qa already"):
        world.log.append([grant], **world.stamp(ada.id))
    other.close()
    assert verify_log(world.folder).problems == ()


def test_one_of_two_who_approve_at_once_wins_and_the_other_gets_a_clear_answer(world: World) -> None:
    """C-5: the same activation, tried by several writers at the same time, happens once."""
    account = world.create("ada.admin", "administrator")
    stamp = world.stamp(account)
    logs = [
        Log.open_ledger(world.folder, project="S3V", now=stamp["time"], keystore=world.keystore(1), disk=people.QUICK)
        for _ in range(4)
    ]
    outcomes: list[str] = []

    def activate(log: Log, number: int) -> None:
        key = people.make_key("person", number)
        body = {"account": account, "key": key.public.hex(), "code": people.CODE, "totp": False}
        try:
            log.append([Draft("account.activated", body, signers=(key,))], **stamp, durable=True)
            outcomes.append("won")
        except AuthorityError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=activate, args=(log, number)) for number, log in enumerate(logs, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        log.close()
    assert sorted(outcomes) == ["VG552", "VG552", "VG552", "won"]
    assert verify_log(world.folder).problems == ()


def test_a_ledger_is_read_like_every_log(world: World) -> None:
    ada = world.person("ada.admin", "administrator")
    assert [stored.kind for stored in read_log(world.folder)] == ["genesis", "account.created", "account.activated"]
    assert list(read_log(world.folder))[2].body["actor"] == ada.id


def test_steps_of_a_formal_run_are_never_parsed_when_a_writer_opens_the_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from valgen.ledger import record
    from valgen.ledger.registry import NEEDED

    world.log.append([sample.step(n, run="run-0001") for n in range(1, 40)], **world.stamp("valgen"))
    world.log.commit()
    read: list[bytes] = []
    original = record.read_line
    monkeypatch.setattr(record, "read_line", lambda line: read.append(line) or original(line))  # type: ignore[func-returns-value]
    world.reopen()
    assert read
    assert not [line for line in read if b"step.result" in line]
    text = sample.step(1, text='a text that says "kind":"genesis" to somebody')
    assert not NEEDED.search(people.encode(dict(text.body, kind="step.result")))


def test_a_log_is_made_although_another_writer_tidies_up_at_that_moment(tmp_path: Path, keystore: Path) -> None:
    """C-5: whoever believes to be alone removes temporary files, also that of somebody who just begins."""

    class Tidied(sample.QuickDisk):  # type: ignore[misc,name-defined]
        times = 0

        def replace(self, source: Path, target: Path) -> None:
            if target.name == ".gitattributes" and not self.times:
                self.times += 1
                source.unlink()
            super().replace(source, target)

    sample.open_log(tmp_path / "dry", keystore, disk=Tidied()).close()
    assert verify_log(tmp_path / "dry").ok
    assert (tmp_path / "dry/.gitattributes").exists()
