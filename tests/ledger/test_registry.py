"""The rules of docs/format-ledger.md, each broken once and refused."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_people import Person, World

from valgen.errors import ValgenError
from valgen.ledger.canonical import encode
from valgen.ledger.record import Draft
from valgen.ledger.registry_book import look, microseconds
from valgen.ledger.verify import verify_log


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.ada = made.person("ada.admin", "administrator")  # type: ignore[attr-defined]
    made.bob = made.person("bob.admin", by=made.ada)  # type: ignore[attr-defined]
    made.grant(made.ada, made.bob.id, "administrator", -1, root=True)  # type: ignore[attr-defined]
    made.eve = made.person("eve.author", "author", by=made.ada)  # type: ignore[attr-defined]
    made.quinn = made.person("quinn.quality", "qa", by=made.ada)  # type: ignore[attr-defined]
    made.tom = made.person("tom.tester", "tester", by=made.ada)  # type: ignore[attr-defined]
    yield made
    made.log.close()
    assert verify_log(made.folder).problems == ()


def refused(world: Any, code: str, act: Any, words: str = "") -> None:
    size = world.log.size
    with pytest.raises(ValgenError) as error:
        act()
    assert error.value.code == code, str(error.value)
    assert words in error.value.what
    assert world.log.size == size


# Accounts


def test_a_one_time_code_counts_once_for_a_while_and_only_the_latest(world: Any) -> None:
    account = world.create("new.person", by=world.ada)
    refused(world, "VG552", lambda: world.activate(account, code="0" * 32), "one-time code")
    late = world.log.registry.accounts[account].code.expires
    world.second += 3599
    refused(world, "VG552", lambda: world.activate(account), "counted until")
    assert late < world.now()
    number = world.propose(world.bob, "account.reset", account)
    world.ada.act("account.reset", world.reset_body(account, number))
    person = world.activate(account)
    refused(world, "VG552", lambda: world.activate(account), "does not wait")
    assert world.log.registry.accounts[account].key_id == person.key.id


def test_facts_of_an_account_change_and_signatures_follow(world: Any) -> None:
    body = {"account": world.eve.id, "name": "Eve Writer", "function": "Author", "reason": "married"}
    world.ada.act("account.changed", body)
    signed = world.eve.sign(world.document())
    assert (signed.body["name"], signed.body["function"]) == ("Eve Writer", "Author")
    refused(world, "VG552", lambda: world.ada.act("account.changed", {"account": "u-0099", "reason": "x"}))


def test_roles_are_granted_once_and_revoked_when_held(world: Any) -> None:
    refused(world, "VG552", lambda: world.grant(world.ada, world.eve.id, "author"))
    body = {"account": world.eve.id, "role": "qa", "reason": "x"}
    refused(world, "VG552", lambda: world.ada.act("role.revoked", body))
    world.grant(world.ada, world.eve.id, "qa")
    assert world.log.registry.accounts[world.eve.id].roles == ("author", "qa")
    world.ada.act("role.revoked", body)
    refused(world, "VG553", lambda: world.grant(world.ada, world.eve.id, "qa", 3))
    refused(world, "VG550", lambda: world.grant(world.eve, world.eve.id, "qa"))


def test_an_administrator_is_made_by_two_people(world: Any) -> None:
    refused(world, "VG553", lambda: world.create("new.admin", "administrator", by=world.ada))
    refused(world, "VG553", lambda: world.grant(world.ada, world.eve.id, "administrator"))
    refused(world, "VG553", lambda: world.grant(world.ada, world.eve.id, "administrator", -1, root=True))
    other = world.propose(world.bob, "role.granted", world.quinn.id)
    refused(world, "VG553", lambda: world.grant(world.ada, world.eve.id, "administrator", other), "another act")
    number = world.propose(world.bob, "role.granted", world.eve.id)
    world.grant(world.ada, world.eve.id, "administrator", number)
    assert len(world.log.registry.administrator_persons()) == 3


def test_a_proposal_lapses_after_seven_days_and_with_its_proposer(world: Any) -> None:
    number = world.propose(world.bob, "role.granted", world.eve.id)
    world.second += 7 * 24 * 3600
    refused(world, "VG553", lambda: world.grant(world.ada, world.eve.id, "administrator", number), "older than 7 days")
    number = world.propose(world.bob, "role.granted", world.eve.id)
    world.ada.act("role.revoked", {"account": world.bob.id, "role": "administrator", "reason": "x"})
    refused(world, "VG553", lambda: world.grant(world.ada, world.eve.id, "administrator", number), "proposer")


def test_proposals_name_whom_they_concern(world: Any) -> None:
    for act, account in (("role.granted", ""), ("restored", world.eve.id)):
        refused(world, "VG553", lambda act=act, account=account: world.propose(world.ada, act, account))
    refused(world, "VG552", lambda: world.propose(world.ada, "role.granted", "u-0099"))


def test_while_nobody_administers_the_root_acts_and_afterwards_only_where_it_may(world: Any) -> None:
    body = {"account": world.eve.id, "reason": "left"}
    refused(world, "VG550", lambda: world.write([Draft("account.disabled", body, signers=(*world.roots,))], "root"))
    for account in (world.bob.id, world.ada.id):
        world.ada.act("account.disabled", {"account": account, "reason": "left"})
    reset = Draft("account.reset", world.reset_body(world.ada.id, -1), signers=(*world.roots,))
    wrong = Draft("account.reset", world.reset_body(world.ada.id, -2), signers=(*world.roots,))
    refused(world, "VG553", lambda: world.write([wrong], "root"))
    world.write([reset], "root")
    ada = world.activate(world.ada.id)
    assert world.log.registry.administrators()[0].id == ada.id


def test_a_disabled_account_acts_again_after_a_reset_only(world: Any) -> None:
    world.ada.act("account.disabled", {"account": world.eve.id, "reason": "leave"})
    refused(world, "VG552", lambda: world.ada.act("account.disabled", {"account": world.eve.id, "reason": "x"}))
    refused(world, "VG552", lambda: world.activate(world.eve.id))
    number = world.propose(world.bob, "account.reset", world.eve.id)
    world.ada.act("account.reset", world.reset_body(world.eve.id, number))
    assert world.activate(world.eve.id).account.active


def test_a_person_and_a_service_are_told_apart(world: Any) -> None:
    robot = world.person("ci-runner", "tester", "qa", by=world.ada, service=True)
    refused(world, "VG554", robot.open_session)
    refused(world, "VG552", lambda: world.grant(world.ada, robot.id, "administrator", -2), "service")
    refused(world, "VG552", lambda: world.create("twin.runner", by=world.ada, person=robot.id), "share a person")
    refused(world, "VG552", lambda: world.create("other.person", by=world.ada, person="u-0099"))
    checked = {"accounts": world.log.registry.accounts_as_checked(), "findings": "", "conclusion": "x"}
    refused(world, "VG552", lambda: robot.act("accounts.checked", checked))
    document = world.document()
    files = [document["rendition"]]
    issued = {"document": "URS", "version": "1.0", "content": document["content"], "files": files}
    refused(world, "VG555", lambda: robot.act("document.issued", issued))


def test_the_check_of_accounts_lists_them_as_they_are(world: Any) -> None:
    listed = world.log.registry.accounts_as_checked()
    checked = {"accounts": listed, "findings": "", "conclusion": "all needed"}
    refused(world, "VG552", lambda: world.eve.act("accounts.checked", checked))
    refused(world, "VG552", lambda: world.quinn.act("accounts.checked", {**checked, "accounts": listed[1:]}))
    changed = [{**listed[0], "roles": []}, *listed[1:]]
    refused(world, "VG552", lambda: world.quinn.act("accounts.checked", {**checked, "accounts": changed}))
    world.quinn.act("accounts.checked", {**checked, "accounts": listed[::-1]})


# Sessions


def test_a_session_is_opened_once_by_its_person_and_ends(world: Any) -> None:
    session = world.eve.open_session()
    opened = {"session": session, "method": "password", "source": "", "zone": ""}
    refused(world, "VG554", lambda: world.quinn.act("session.opened", opened))
    close = {"session": session, "reason": "left"}
    world.record("session.closed", close)
    refused(world, "VG554", lambda: world.record("session.closed", close))
    document = world.document()
    statement = {**world.eve.statement(), "session": session}
    refused(world, "VG554", lambda: world.eve.sign(document, **statement), "had ended")


@pytest.mark.parametrize("how", ["account.reset", "account.disabled", "credentials.changed"])
def test_a_session_ends_with_the_key_or_password_of_its_account(world: Any, how: str) -> None:
    world.eve.open_session()
    if how == "credentials.changed":
        world.eve.act(how, {"account": world.eve.id, "password": True, "totp": False})
    elif how == "account.disabled":
        world.ada.act(how, {"account": world.eve.id, "reason": "left"})
    else:
        world.ada.act(how, world.reset_body(world.eve.id, world.propose(world.bob, how, world.eve.id)))
    assert world.log.registry.open_sessions(world.eve.id) == []


def test_credentials_are_changed_by_their_owner(world: Any) -> None:
    body = {"account": world.eve.id, "password": True, "totp": True}
    refused(world, "VG552", lambda: world.ada.act("credentials.changed", body))
    world.eve.act("credentials.changed", body)
    opened = {"session": "ab" * 16, "method": "password", "source": "", "zone": ""}
    refused(world, "VG554", lambda: world.eve.act("session.opened", opened), "one-time code")
    world.eve.act("session.opened", {**opened, "method": "password and one-time code"})


def test_the_first_signing_of_a_session_takes_all_components(world: Any) -> None:
    document = world.document()
    world.eve.open_session()
    refused(world, "VG554", lambda: world.eve.sign(document, components="password"), "lacks components")
    world.eve.sign(document)
    assert world.eve.sign(document, "reviewed").body["components"] == "password"
    world.quinn.open_session()
    refused(world, "VG554", lambda: world.quinn.sign(document, session=world.eve.session), "belongs to")


# Documents


def test_a_signature_names_a_manifest_that_is_kept_and_fits(world: Any) -> None:
    document = world.document()
    world.eve.open_session()

    def sign(**changes: Any) -> Any:
        return lambda: world.eve.sign({**document, **changes})

    absent = hashlib.sha256(b"absent").hexdigest()
    refused(world, "VG557", sign(manifest={"sha256": absent, "size": 6}))
    refused(world, "VG557", sign(version="2.0"), "version")
    refused(world, "VG557", sign(content=absent), "content")
    for number, snapshot in enumerate(
        (
            [{"path": "a", "sha256": absent, "size": 6}],
            [{"path": "b", "sha256": absent, "size": 6}, {"path": "a", "sha256": absent, "size": 6}],
            [{"path": "a"}],
        )
    ):
        changed = world.document(snapshot=snapshot)
        refused(world, "VG557", sign(manifest=changed["manifest"]), ("not kept", "order", "missing")[number])
    junk = world.log.put_blob(b"{}\n").as_dict()
    refused(world, "VG557", sign(manifest=junk))


@pytest.mark.parametrize("what", ["manifest", "snapshot"])
def test_a_lost_blob_that_a_signature_covers_is_noticed(world: Any, what: str) -> None:
    """I-9: the manifest, and what only the manifest names."""
    document = world.document()
    world.eve.sign(document)
    source = hashlib.sha256(b"items of URS 1.0\n").hexdigest()
    sha256 = document["manifest"]["sha256"] if what == "manifest" else source
    path = world.folder / f"blobs/{sha256[:2]}/{sha256[2:]}"
    data = path.read_bytes()
    path.unlink()
    for full in (True, False):
        problems = verify_log(world.folder, read_blobs=full).problems
        assert [problem.code for problem in problems] == ["VG508"]
        assert sha256[2:] in problems[0].where
    path.write_bytes(data)


# Executions


def test_executions_are_numbered_and_opened_in_an_own_session(world: Any) -> None:
    document = world.document("OQ")
    assert world.open_execution(world.tom, document) == "exec-0001"
    assert world.open_execution(world.tom, document) == "exec-0002"
    registry = world.log.registry
    assert registry.next_execution() == "exec-0003"
    assert registry.executions["exec-0001"].environment == "VAL"


def test_a_formal_run_belongs_to_its_execution_and_an_active_tester(world: Any) -> None:
    execution = world.open_execution(world.tom, world.document("OQ"))
    session = world.tom.session
    for changes, words in (
        ({"execution": "exec-0009"}, "not opened"),
        ({"stage": "PQ"}, "it is a run of PQ"),
        ({"environment": "PROD"}, "in PROD"),
        ({"tester": "u-0099"}, "no active account"),
        ({"session": ""}, "never opened"),
        ({"session": "ab" * 16}, "never opened"),
        ({"tester": world.eve.id}, "belongs to"),
    ):
        tester = Person(world, changes.pop("tester", world.tom.id), world.tom.key)
        name = changes.pop("execution", execution)
        with pytest.raises(ValgenError) as error:
            world.run(name, tester, **{"session": session, **changes})
        assert error.value.code in ("VG554", "VG558")
        assert words in error.value.what
    robot = world.person("ci-runner", "tester", by=world.ada, service=True)
    world.run(execution, robot, session="")
    with pytest.raises(ValgenError, match="never opened"):
        world.run(execution, robot, session="ab" * 16)
    assert world.log.registry.executions[execution].testers == {robot.id}


def test_a_dry_run_never_stands_in_a_ledger(tmp_path: Path) -> None:
    from ledger_sample import run_body

    world = World(tmp_path)
    refused(world, "VG562", lambda: world.log.start_run(run_body(world.log), **world.stamp("tester")))
    world.log.close()


def test_a_review_is_by_somebody_else_and_names_results_of_its_execution(world: Any) -> None:
    execution = world.open_execution(world.tom, world.document("OQ"))
    other = world.open_execution(world.tom, world.document("OQ"))
    result = world.run(execution, world.tom)
    theirs = world.run(other, world.tom)
    for changes, words in (
        ({"results": [theirs.leaf]}, "no case result"),
        ({"results": [result.leaf, result.leaf]}, "twice"),
        ({"results": [result.leaf], "upto": result.seq - 1}, "no case result"),
        ({"results": [], "upto": 10_000}, "takes record 10000"),
        ({"results": [], "execution": "exec-0009"}, "not opened"),
    ):
        changes = dict(changes)
        name, results = changes.pop("execution", execution), changes.pop("results")
        world.quinn.open_session()
        act = functools.partial(world.quinn.review, name, results, **changes)
        refused(world, "VG558", act, words)
    world.grant(world.ada, world.tom.id, "qa")
    world.tom.open_session()
    refused(world, "VG558", lambda: world.tom.review(execution, [result.leaf], role="qa"), "same person")
    twin = world.person("tom.second", "qa", by=world.ada, person=world.tom.id)
    twin.open_session()
    refused(world, "VG558", lambda: twin.review(execution, [result.leaf]), "same person")
    world.quinn.review(execution, [result.leaf])
    assert world.log.registry.results_of(execution) == {result.leaf: result.seq}


def test_an_audit_trail_review_covers_records_that_were_there(world: Any) -> None:
    def audit(first: int, last: int) -> Any:
        body = {"first": first, "last": last, "scope": "all", "findings": "", "conclusion": "none", "next": ""}
        body |= world.quinn.statement()
        draft = Draft("audit.reviewed", body, signers=(world.quinn.key,), with_head=True)
        return lambda: world.write([draft], world.quinn.id)

    world.quinn.open_session()
    refused(world, "VG555", audit(5, 4))
    refused(world, "VG555", audit(0, 10_000))
    audit(0, 5)()


# Restores and anchors


def test_a_restore_is_recorded_by_two_people(world: Any) -> None:
    head = {"size": 50, "root": "ab" * 32}
    body = {"known": head, "kept": 5, "reason": "disk lost", "proposal": -2}
    refused(world, "VG553", lambda: world.ada.act("restored", body))
    number = world.propose(world.bob, "restored")
    refused(world, "VG553", lambda: world.ada.act("restored", {**body, "kept": 10_000, "proposal": number}))
    world.ada.act("restored", {**body, "proposal": number})


def test_an_anchor_record_names_the_log_as_it_was_and_its_file(world: Any) -> None:
    note = (world.folder / "checkpoint").read_bytes()
    size, root = world.log.size, world.log._state.edge.root().hex()
    path = world.folder / f"anchors/{size:09d}.head"
    path.parent.mkdir()
    path.write_bytes(note)
    file = world.log.put_blob(note).as_dict()
    body = {"size": size, "root": root, "medium": "head", "file": file, "detail": ""}
    world.record("anchor", body)
    report = verify_log(world.folder)
    assert report.problems == ()
    assert any("fits and does not count" in one for one in report.notes)
    assert report.anchored_to == ""
    path.rename(path.with_name(f"{size - 1:09d}.head"))
    codes = {problem.code for problem in verify_log(world.folder).problems}
    assert "VG560" in codes
    path.with_name(f"{size - 1:09d}.head").rename(path)
    path.write_bytes(note.replace(b"valgen:0", b"valgen:1"))
    assert not verify_log(world.folder).ok
    path.write_bytes(note)


@pytest.mark.parametrize("wrong", ["root", "size"])
def test_an_anchor_record_of_another_log_is_noticed(tmp_path: Path, wrong: str) -> None:
    world = World(tmp_path)
    world.create("ada.admin", "administrator")
    note = (world.folder / "checkpoint").read_bytes()
    size, root = world.log.size, world.log._state.edge.root().hex()
    (world.folder / "anchors").mkdir()
    (world.folder / f"anchors/{size:09d}.head").write_bytes(note)
    body = {"size": size, "root": root, "medium": "head", "file": world.log.put_blob(note).as_dict(), "detail": ""}
    body |= {"root": "ab" * 32} if wrong == "root" else {"size": 99}
    world.record("anchor", body)
    world.log.close()
    places = [p.where for p in verify_log(world.folder).problems if p.code == "VG560"]
    assert places
    assert all(where.endswith("record 2") for where in places)


# Facts


def test_times_are_compared_over_every_boundary() -> None:
    assert microseconds("1970-01-01T00:00:00Z") == 0
    assert microseconds("2024-03-01T00:00:00Z") - microseconds("2024-02-28T00:00:00Z") == 2 * 86400 * 10**6
    assert microseconds("2026-12-31T23:59:60Z") == microseconds("2027-01-01T00:00:00Z")
    assert microseconds("2026-01-01T00:00:00.5Z") - microseconds("2026-01-01T00:00:00Z") == 500_000


def test_look_alike_spellings_are_those_of_the_document() -> None:
    assert look("j.srnith-1") == look("jsm1thl") == "jsmlthl"
    assert look("vvalter5") == look("walters")
    assert look("anna") != look("hanna")


def test_a_copy_of_a_registry_is_independent(world: Any) -> None:
    registry = world.log.registry
    twin = registry.copy()
    world.create("new.person", by=world.ada)
    assert twin.account_of_user("new.person") is None
    assert registry.account_of_user("new.person").state == "waiting"
    assert isinstance(encode(registry.accounts_as_checked()), bytes)
