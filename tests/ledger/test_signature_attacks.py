"""Attacks on signatures, keys and accounts (integrity.md S-1 to S-5, S-11 to S-13)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ledger_people as people
import pytest
from ledger_people import Forger, Person, World

from valgen.errors import AuthorityError, ValgenError, VerificationError
from valgen.ledger import record
from valgen.ledger.kinds import KINDS
from valgen.ledger.record import Draft
from valgen.ledger.verify import verify_log


class Cast:
    """A ledger with two administrators, an author, somebody of QA and a tester."""

    def __init__(self, base: Path, **options: Any) -> None:
        self.world = World(base, **options)
        self.ada = self.world.person("ada.admin", "administrator")
        self.bob = self.world.person("bob.admin", by=self.ada)
        self.world.grant(self.ada, self.bob.id, "administrator", -1, root=True)
        self.eve = self.world.person("eve.author", "author", "qa", by=self.ada)
        self.quinn = self.world.person("quinn.quality", "qa", by=self.ada)
        self.tom = self.world.person("tom.tester", "tester", by=self.ada)

    def forger(self, *people_: Person, root: bool = False) -> Forger:
        """Return somebody with the files, the keys of the machine, and the keys of some people or of the root."""
        self.world.log.close()
        forger = people.admin_with_log_key(self.world.folder)
        forger.keys |= {person.key.id: person.key for person in people_}
        forger.keys |= {key.id: key for key in self.world.roots} if root else {}
        return forger


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "one")
    yield made
    made.world.log.close()


def refused(cast: Cast, code: str, act: Any) -> None:
    size = cast.world.log.size
    with pytest.raises(ValgenError) as error:
        act()
    assert error.value.code == code, str(error.value)
    assert cast.world.log.size == size


def found(folder: Path, number: int = -1, **options: Any) -> list[str]:
    """Return the codes of the problems that verification names at a record; -1 for the last one."""
    report = verify_log(folder, **options)
    number = report.records - 1 if number < 0 else number
    return [problem.code for problem in report.problems if problem.where.endswith(f"record {number}")]


# S-1


def test_a_signature_moved_to_another_document_version_meaning_or_project_does_not_hold(
    cast: Cast, tmp_path: Path
) -> None:
    """S-1: all pairs over two documents, three versions, three meanings and two projects."""
    bodies = []
    other = Cast(tmp_path / "two", project="OTHER", identity="11111111-2222-4333-8444-555555555555")
    for one in (cast, other):
        for document in ("URS", "FS"):
            for version in ("1.0", "1.1", "2.0"):
                for meaning in ("authored", "reviewed", "approved"):
                    signed = one.eve.sign(one.world.document(document, version), meaning, role="author")
                    bodies.append(signed.body)
    other.world.log.close()
    key = {cast.eve.key.id: ("person", cast.eve.key.public)}
    sigs = [
        record.read_line(line)[1]
        for one in (cast, other)
        for line in people.lines_of(one.world.folder)
        if b'"kind":"signature"' in line
    ]
    assert len(sigs) == len(bodies) == 36
    facts = ("document", "number", "version", "title", "content", "manifest", "rendition", "meaning", "origin")
    for i, body in enumerate(bodies):
        for j, signature in enumerate(sigs):
            moved = {**bodies[j], **{fact: body[fact] for fact in facts}}
            if i == j:
                record.check_signatures(moved, signature, key, ledger=True)
            else:
                with pytest.raises(VerificationError):
                    record.check_signatures(moved, signature, key, ledger=True)


def test_a_signature_is_of_one_kind_of_record(cast: Cast) -> None:
    """S-1: the type is signed as well, so that the same bytes are nothing under another kind."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    body = cast.eve.sign(cast.world.document(), role="author").body
    (text,) = record.read_line(people.lines_of(cast.world.folder)[-1])[1].values()
    public = Ed25519PublicKey.from_public_bytes(cast.eve.key.public)
    for kind in KINDS.values():
        message = record.pae(kind.type, people.encode(body))
        if kind.name == "signature":
            public.verify(people.base64.b64decode(text), message)
        else:
            with pytest.raises(InvalidSignature):
                public.verify(people.base64.b64decode(text), message)


def test_a_moved_signature_is_noticed_in_a_ledger_that_was_sealed_again(cast: Cast) -> None:
    """S-1, by an insider with the keys of the machine."""
    cast.eve.sign(cast.world.document(), "reviewed", role="author")
    number = cast.world.log.size - 1
    forger = cast.forger()
    line = forger.lines[number]
    changes: list[dict[str, Any]] = [
        {"meaning": "approved"},
        {"version": "2.0"},
        {"document": "FS"},
        {"reason": "n"},
        {"name": "Somebody Else"},
        {"time": "2026-03-01T09:30:00.000Z"},
    ]
    for change in changes:
        forger.lines[number] = line
        forger.change(number, **change)
        forger.seal()
        assert "VG505" in found(cast.world.folder, number), change
    copied = {**forger.value(number)["body"], "kind": "rejection"}
    del copied["meaning"]
    forger.lines[number] = forger.line(copied, old=forger.value(number))
    forger.seal()
    assert "VG505" in found(cast.world.folder, number)


# S-2


def test_a_signature_by_another_user_under_the_old_name_is_noticed(cast: Cast) -> None:
    """S-2: the name comes from the account of the key, at that place of the log."""
    cast.eve.sign(cast.world.document(), role="author")
    number = cast.world.log.size - 1
    forger = cast.forger(cast.quinn)
    body = forger.value(number)["body"]
    forger.lines[number] = forger.line(body, [cast.quinn.key])
    forger.seal()
    assert "VG550" in found(cast.world.folder, number)
    forger.lines[number] = forger.line({**body, "actor": cast.quinn.id}, [cast.quinn.key])
    forger.seal()
    assert {"VG555", "VG554"} <= set(found(cast.world.folder, number))


def test_nobody_signs_under_another_name_function_or_role(cast: Cast) -> None:
    """S-2, refused before anything is written."""
    document = cast.world.document()
    cast.eve.open_session()
    for change in ({"name": "Quinn Quality"}, {"function": "Head of QA"}, {"role": "process_owner"}):
        refused(cast, "VG555", lambda change=change: cast.eve.sign(document, **{"role": "author", **change}))


# S-3


def test_a_ledger_with_other_keys_throughout_is_noticed_by_whoever_knows_the_root(tmp_path: Path) -> None:
    """S-3: every key exchanged, every record signed again; valid in itself, and of another root."""
    true = people.build_ledger_of(tmp_path / "true", disk=people.QUICK)
    false = people.build_ledger_of(tmp_path / "false", disk=people.QUICK, offset=100)
    root = true.log.registry.root_fingerprint
    assert verify_log(true.folder, root=root).root_compared
    assert verify_log(false.folder).ok
    assert any("root was taken from the ledger itself" in note for note in verify_log(false.folder).notes)
    report = verify_log(false.folder, root=root)
    assert not report.ok
    assert not report.root_compared
    assert [problem.code for problem in report.problems] == ["VG551"]
    shutil.copy(true.folder / "root.json", false.folder / "root.json")
    assert {"VG551"} == {problem.code for problem in verify_log(false.folder).problems}


def test_a_log_of_dry_runs_never_passes_for_a_ledger_whose_root_is_known(tmp_path: Path, sealed: Path) -> None:
    """S-3: the whole ledger replaced by a dry log."""
    assert not verify_log(sealed, root="0" * 64).ok


# S-4


def test_keys_before_enrolment_after_a_reset_and_of_the_disabled_sign_nothing(cast: Cast) -> None:
    """S-4: positions and states, written by an insider who also has the person's key."""
    world = cast.world
    ghost = Person(world, world.create("new.person", "qa", by=cast.ada), people.make_key("person", 77))
    cast.ada.act("account.reset", world.reset_body(cast.eve.id, world.propose(cast.bob, "account.reset", cast.eve.id)))
    old_eve = cast.eve
    cast.ada.act("account.disabled", {"account": cast.tom.id, "reason": "left"})
    for person, code in ((ghost, "VG505"), (old_eve, "VG550"), (cast.tom, "VG550")):
        forger = cast.forger(person)
        opened = {"session": "ab" * 16, "method": "password", "source": "x", "zone": "UTC"}
        forger.add({"kind": "session.opened", **opened}, [person.key], actor=person.id)
        forger.seal()
        codes = found(world.folder)
        assert code in codes, person.id
        assert "VG550" in codes
        del forger.lines[-1]
        forger.seal()
    assert verify_log(world.folder).ok


def test_the_programs_refuse_keys_that_do_not_count(cast: Cast) -> None:
    """S-4: refused, nothing written."""
    world = cast.world
    waiting = Person(world, world.create("new.person", "qa", by=cast.ada), people.make_key("person", 77))
    refused(cast, "VG550", waiting.open_session)
    cast.ada.act("account.disabled", {"account": cast.tom.id, "reason": "left"})
    refused(cast, "VG550", cast.tom.open_session)
    refused(cast, "VG550", Person(world, cast.eve.id, cast.quinn.key).open_session)
    body = {"session": "ab" * 16, "method": "password", "source": "", "zone": ""}
    refused(cast, "VG550", lambda: Person(world, "u-0099", cast.quinn.key).act("session.opened", body))


def test_one_key_never_serves_two_accounts(cast: Cast) -> None:
    """S-4: also not the key of a machine, of the root, or one that was replaced."""
    world = cast.world
    machine = people.machine_keys(1)
    for key in (cast.eve.key, world.roots[0], machine["log"], machine["recorder"]):
        account = world.create(f"user{key.id[:6]}x", "qa", by=cast.ada)
        refused(cast, "VG561", lambda account=account, key=key: world.activate(account, key))
    cast.ada.act("account.reset", world.reset_body(cast.eve.id, world.propose(cast.bob, "account.reset", cast.eve.id)))
    refused(cast, "VG561", lambda: world.activate(cast.eve.id, cast.eve.key))


def test_a_person_cannot_vouch_for_machine_records_nor_a_machine_for_a_person(cast: Cast) -> None:
    """S-4: each kind has its signer, and no further signature stands beside it."""
    number = cast.world.log.size
    forger = cast.forger(cast.eve, root=True)
    recorder = people.machine_keys(1)["recorder"]
    failed = {"kind": "login.failed", "account": "", "source": "", "reason": "credentials"}
    opened = {"kind": "session.opened", "session": "ab" * 16, "method": "password", "source": "x", "zone": "UTC"}
    for body, signers, actor in (
        (failed, [cast.eve.key], cast.eve.id),
        (failed, [recorder, cast.eve.key], cast.eve.id),
        (failed, [], "valgen"),
        (failed, [people.machine_keys(1)["log"]], "valgen"),
        (opened, [recorder], cast.eve.id),
        (opened, [], cast.eve.id),
        (opened, [cast.eve.key, cast.world.roots[0]], cast.eve.id),
        (opened, [cast.world.roots[0]], "root"),
    ):
        forger.add(dict(body), signers, actor=actor)
        forger.seal()
        assert "VG550" in found(cast.world.folder, number), (body["kind"], actor)
        del forger.lines[-1]


# S-5


def test_a_reset_takes_two_people_and_shows_on_later_signatures(cast: Cast) -> None:
    """S-5: refused for one; visible afterwards with the time between reset and signature."""
    world = cast.world
    for proposal, code in ((-1, "VG550"), (-2, "VG553"), (0, "VG553"), (5, "VG553")):
        body = world.reset_body(cast.eve.id, proposal)
        refused(cast, code, lambda body=body: cast.ada.act("account.reset", body))
    own = world.propose(cast.ada, "account.reset", cast.eve.id)
    refused(cast, "VG553", lambda: cast.ada.act("account.reset", world.reset_body(cast.eve.id, own)))
    cast.bob.act("account.reset", world.reset_body(cast.eve.id, own))
    again = world.reset_body(cast.eve.id, own)
    refused(cast, "VG553", lambda: cast.bob.act("account.reset", again))
    eve = world.activate(cast.eve.id)
    eve.sign(world.document(), role="author")
    account = world.log.registry.accounts[eve.id]
    assert (account.key_cause, account.key_id) == ("reset", eve.key.id)
    (seen,) = verify_log(world.folder).resets
    assert (seen.account, seen.name, seen.kind) == (eve.id, "Eve Author", "signature")
    assert 0 < seen.seconds < 60


def test_a_reset_by_one_administrator_with_every_key_of_the_machine_is_noticed(cast: Cast) -> None:
    """S-5: written past the programs."""
    for proposal in (-2, -1):
        forger = cast.forger(cast.ada)
        body = {"kind": "account.reset", **cast.world.reset_body(cast.eve.id, proposal)}
        forger.add(body, [cast.ada.key], actor=cast.ada.id)
        forger.seal()
        assert "VG553" in found(cast.world.folder)
        del forger.lines[-1]
        forger.seal()


def test_nobody_resets_or_unlocks_an_account_of_their_own(cast: Cast) -> None:
    """S-5, S-9: a second account of the same person counts as own."""
    world = cast.world
    twin = world.person("ada.second", "qa", by=cast.bob, person=cast.ada.id)
    number = world.propose(cast.bob, "account.reset", twin.id)
    refused(cast, "VG553", lambda: cast.ada.act("account.reset", world.reset_body(twin.id, number)))
    for account in (twin.id, cast.ada.id):
        body = {"account": account, "reason": "locked"}
        refused(cast, "VG553", lambda body=body: cast.ada.act("account.unlocked", body))
    cast.bob.act("account.unlocked", {"account": twin.id, "reason": "locked"})


def test_in_single_administrator_mode_one_acts_alone_and_every_report_says_so(tmp_path: Path) -> None:
    """S-5: 21 CFR 11.200(a)(3) is not met, and that is printed."""
    world = World(tmp_path, single=True)
    ada = world.person("ada.admin", "administrator")
    eve = world.person("eve.author", "author", by=ada)
    ada.act("account.reset", world.reset_body(eve.id, -2))
    world.log.close()
    report = verify_log(world.folder)
    assert report.ok
    assert report.single_administrator
    assert any("signatures do not meet 21 CFR 11.200(a)(3)" in note for note in report.notes)


# S-11


@pytest.mark.parametrize(
    "user", ["eve.author", "eve-author", "eveauthor", "eve.author.", "eve.auth0r", "eve_author", "e.ve.author"]
)
def test_a_user_id_is_never_used_again_also_not_in_a_look_alike_spelling(cast: Cast, user: str) -> None:
    """S-11: also after its owner left."""
    cast.ada.act("account.disabled", {"account": cast.eve.id, "reason": "left"})
    refused(cast, "VG552", lambda: cast.world.create(user, by=cast.ada))
    assert cast.world.log.registry.taken_by(user) == "eve.author"


@pytest.mark.parametrize(
    "user", ["Eve.author", "\u0435ve.author", "eve author", "eve.author ", "e", "1eve", "e\u0301ve"]
)
def test_a_user_id_of_other_characters_is_refused(cast: Cast, user: str) -> None:
    """S-11: capital letters, letters of other scripts, spaces."""
    refused(cast, "VG503", lambda: cast.world.create(user, by=cast.ada))


def test_an_account_id_is_never_used_again_and_none_is_left_out(cast: Cast) -> None:
    """S-11."""
    for account in (cast.eve.id, "u-0099"):
        refused(
            cast,
            "VG552",
            lambda account=account: cast.world.create("somebody.new", by=cast.ada, account=account, person=account),
        )


# S-12


def test_two_accounts_of_one_person_are_one_person(cast: Cast) -> None:
    """S-12: an administrator with two accounts proposes with one and acts with the other."""
    world = cast.world
    twin = world.person("ada.second", by=cast.bob, person=cast.ada.id)
    world.grant(cast.bob, twin.id, "administrator", world.propose(cast.ada, "role.granted", twin.id))
    for proposer, actor in ((cast.ada, twin), (twin, cast.ada)):
        number = world.propose(proposer, "role.granted", cast.quinn.id)
        refused(cast, "VG553", lambda a=actor, n=number: world.grant(a, cast.quinn.id, "administrator", n))
    world.grant(cast.bob, cast.quinn.id, "administrator", number)


def test_one_key_listed_twice_counts_once(tmp_path: Path) -> None:
    """S-12: two of three root keys must sign, and one of them twice is one."""
    world = World(tmp_path, roots=3, threshold=2)
    one = world.roots[0]
    world.roots = [one, one]
    with pytest.raises(AuthorityError, match="1 root keys"):
        world.create("ada.admin", "administrator")
    world.log.close()
    forger = people.admin_with_log_key(world.folder)
    value = forger.value(0)
    value["sigs"].insert(0, value["sigs"][0])
    forger.lines[0] = people.encode(value)
    forger.seal()
    assert "VG503" in found(world.folder, 0)


def test_root_keys_sign_by_threshold(tmp_path: Path) -> None:
    """S-12, S-13: two of three."""
    world = World(tmp_path, roots=3, threshold=2)
    ada = world.person("ada.admin", "administrator")
    assert world.log.registry.administrator_persons() == {ada.id}
    world.threshold = 1
    with pytest.raises(AuthorityError, match="2 must sign"):
        world.create("bob.admin", "administrator")
    world.threshold = 2
    world.create("bob.admin", "administrator")
    world.log.close()
    assert verify_log(world.folder).ok


# S-13


def test_a_stolen_log_key_cannot_hide_that_it_was_retired(cast: Cast) -> None:
    """S-13: the thief cuts the retirement off and goes on; a signature after it gives that away."""
    world = cast.world
    first = [key.id for key in world.log.registry.active_keys().values() if key.role in ("log", "recorder")]
    world.add_machine(2, cast.ada)
    world.log.retire_keys(first, stolen=True, reason="stolen", signers=[cast.ada.key], **world.stamp(cast.ada.id))
    retired = world.log.size - 1
    cast.eve.sign(world.document(), role="author")
    forger = cast.forger()  # has the keys of the first machine
    failed = {"kind": "login.failed", "account": "", "source": "", "reason": "credentials"}
    forger.add(failed, [people.machine_keys(1)["recorder"]])
    forger.seal()
    report = verify_log(world.folder)
    assert {"VG506", "VG550"} <= {problem.code for problem in report.problems}
    forger.remove(retired)
    forger.seal()
    assert "VG505" in {problem.code for problem in verify_log(world.folder).problems}


def test_a_lost_log_key_is_replaced_with_the_root_alone(tmp_path: Path) -> None:
    """S-13: drill without any administrator: new machine by the root, old keys retired by the root."""
    world = World(tmp_path)
    first = [key.id for key in world.log.registry.active_keys().values() if key.role in ("log", "recorder")]
    world.add_machine(2)
    world.log.retire_keys(first, stolen=False, reason="lost", signers=world.roots, **world.stamp("root"))
    world.person("ada.admin", "administrator")
    world.log.close()
    assert verify_log(world.folder).problems == ()


def test_a_draft_signed_by_nobody_is_refused(cast: Cast) -> None:
    body = {"session": "ab" * 16, "method": "password", "source": "", "zone": ""}
    refused(cast, "VG550", lambda: cast.world.write([Draft("session.opened", body)], cast.eve.id))
