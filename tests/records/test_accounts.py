"""Accounts: people make their own passwords and keys, ids are never used again, two people agree where they must."""

from __future__ import annotations

import pytest

from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger.verify import verify_log
from valgen.records.accounts import NewAccount
from valgen.records.accounts_rights import Identity
from valgen.workflow import people as acts
from valgen.workflow.people import ChangeCredentials
from valgen.workflow.people_founding import Founding, add_machine, begin, look_after, retire_keys


def refusals(world) -> list[tuple[str, str]]:
    return [(body["act"], body["code"]) for body in world.records("refused")]


# Beginning


def test_a_ledger_begins_with_a_waiting_administrator_and_a_code(world) -> None:
    done = world.begin(password="")
    assert done.account.state == "waiting" and done.account.roles == ("administrator",)
    assert done.code is not None and len(done.code.shown.replace("-", "")) == 32
    assert world.root_file.stat().st_mode & 0o777 == 0o600
    world.activate("mara", code=done.code.shown)
    assert world.account("mara").active
    assert verify_log(world.desk.place.folder).ok


def test_a_second_ledger_is_refused(world) -> None:
    world.begin()
    with pytest.raises(AuthorityError, match="already") as refused:
        world.begin(root_file=world.root_file.with_name("other.json"))
    assert refused.value.code == "VG571"
    assert not world.root_file.with_name("other.json").exists()


@pytest.mark.parametrize("what", ["user", "passphrase", "password"])
def test_nothing_is_made_when_something_typed_cannot_be_used(world, what: str) -> None:
    bad = {"user": "Mara", "passphrase": "short", "password": "mara mara"}[what]
    with pytest.raises(AuthorityError):
        world.begin(**{"user": "mara", what: bad})
    assert not world.desk.place.exists and not world.root_file.exists()


def test_keys_inside_the_project_are_refused(world) -> None:
    with pytest.raises(AuthorityError) as refused:
        world.begin(root_file=world.root / "keys" / "root.json")
    assert refused.value.code == "VG573"
    inside = acts.open_desk(world.root, keystore=world.root / "keys")
    with pytest.raises(AuthorityError) as refused:
        begin(inside, Founding(user="mara", name="Mara", passphrase="violet harbour cactus 17 lamps"))
    assert refused.value.code == "VG573"
    assert not world.desk.place.exists


def test_a_passphrase_is_made_up_when_none_is_given_and_opens_the_root_key(world) -> None:
    done = world.begin(passphrase="", root_file=None)
    assert len(done.passphrase) == 39 and done.root_file.parent == world.keystore
    by = acts.By(root=acts.RootKey(file=done.root_file, passphrase=done.passphrase))
    acts.add_person(world.desk, by, NewAccount(user="paul", name="Paul", roles=("administrator",)))
    assert world.account("paul").roles == ("administrator",)


def test_a_ledger_of_another_project_is_refused(world) -> None:
    world.begin()
    settings = world.root / "valgen.toml"
    settings.write_text(settings.read_text().replace('"T1"', '"T2"'))
    desk = acts.open_desk(world.root, keystore=world.keystore)
    for act in (lambda: acts.list_people(desk), lambda: acts.leave(desk)):
        with pytest.raises(VerificationError, match="belongs to the project T1") as refused:
            act()
        assert refused.value.code == "VG572"


def test_without_a_ledger_the_command_that_makes_one_is_named(world) -> None:
    for act in (lambda: acts.list_people(world.desk), lambda: acts.leave(world.desk), lambda: look_after(world.desk)):
        with pytest.raises(ExecutionError) as refused:
            act()
        assert refused.value.code == "VG570" and "valgen records init" in refused.value.fix
    assert not world.desk.place.exists


# Accounts


def test_the_person_makes_password_and_key_and_the_code_works_once(world) -> None:
    world.begin()
    world.hire("anna", "author")
    account = world.account("anna")
    assert account.active and account.key_cause == "activation"
    with pytest.raises(AuthorityError) as refused:
        world.activate("anna")
    assert refused.value.code == "VG576"
    other = world.account("mara")
    assert account.key != other.key


def test_a_code_expires_after_seven_days(world) -> None:
    world.begin()
    world.add("anna")
    world.wait(7 * 86400 + 1)
    with pytest.raises(AuthorityError, match="expired") as refused:
        world.activate("anna")
    assert refused.value.code == "VG581"
    assert world.account("anna").state == "waiting"


@pytest.mark.parametrize("typed", ["lower", "spaces", "letters"])
def test_a_code_is_read_as_people_type_it(world, typed: str) -> None:
    world.begin()
    world.add("anna")
    code = world.codes["anna"]
    forms = {
        "lower": code.lower(),
        "spaces": code.replace("-", "  "),
        "letters": code.replace("0", "O").replace("1", "l"),
    }
    world.activate("anna", code=forms[typed])
    assert world.account("anna").active


def test_the_identity_check_stands_in_the_record(world) -> None:
    world.begin()
    world.add("anna")
    (body,) = [one for one in world.records("account.created") if one["user"] == "anna"]
    assert body["identity"] == {"by": "Mara Printed", "how": "known", "on": "2026-03-02"}


def test_only_administrators_make_accounts_and_the_attempt_is_a_record(world) -> None:
    world.begin()
    world.hire("anna", "author", "qa")
    for act in (
        lambda: world.add("otto", by="anna"),
        lambda: world.grant("anna", "tester", by="anna"),
        lambda: acts.revoke(world.desk, world.by("anna"), user="mara", role="administrator"),
        lambda: acts.disable(world.desk, world.by("anna"), user="mara"),
        lambda: acts.reset(world.desk, world.by("anna"), user="mara"),
        lambda: acts.unlock(world.desk, world.by("anna"), user="mara"),
        lambda: acts.change(world.desk, world.by("anna"), user="mara", name="Mallory"),
    ):
        with pytest.raises(AuthorityError) as refused:
            act()
        assert refused.value.code == "VG578"
    assert [code for _, code in refusals(world)] == ["VG578"] * 7
    assert {body["account"] for body in world.records("refused")} == {world.account("anna").id}


@pytest.mark.attack("S-11")
@pytest.mark.parametrize(
    "user", ["anna", "anna.", "an-na", "Anna", "аnna", "anna ", "ann\u0430", "paul0", "pau1o", "ann\u202ea", "ánna"]
)
def test_user_ids_that_were_used_or_look_alike_are_refused(world, user: str) -> None:
    world.begin()
    world.hire("anna")
    world.hire("paulo")
    acts.disable(world.desk, world.by("mara"), user="anna")
    before = world.account("anna")
    with pytest.raises(AuthorityError) as refused:
        world.add(user)
    assert refused.value.code == "VG579"
    assert refusals(world)[-1] == ("account.created", "VG579")
    assert world.account("anna") == before
    assert len(acts.list_people(world.desk).rows) == 3


def test_weak_passwords_are_refused_with_every_reason_and_the_code_stays_good(world) -> None:
    world.begin()
    world.add("anna")
    for bad in ("short", "anna printed anna", "passwordpassword", "aaaaaaaaaaaaaaaa"):
        with pytest.raises(AuthorityError) as refused:
            world.activate("anna", password=bad)
        assert refused.value.code == "VG580" and bad not in str(refused.value)
    world.activate("anna")


def test_roles_that_nobody_knows_or_that_are_held_are_refused(world) -> None:
    world.begin()
    world.hire("anna", "author")
    for role in ("sorcerer", "author"):
        with pytest.raises(AuthorityError) as refused:
            world.grant("anna", role)
        assert refused.value.code == "VG585"
    with pytest.raises(AuthorityError) as refused:
        world.grant("anna", "reviewer")
    assert "reviewed in a role such as technical_reviewer" in refused.value.fix
    with pytest.raises(AuthorityError) as refused:
        acts.revoke(world.desk, world.by("mara"), user="anna", role="qa")
    assert refused.value.code == "VG585"
    world.grant("anna", "qa")
    acts.revoke(world.desk, world.by("mara"), user="anna", role="author")
    assert world.account("anna").roles == ("qa",)


def test_a_service_is_never_administrator_and_opens_no_session(world) -> None:
    world.two_administrators()
    world.hire("rig7", "tester", service=True)
    with pytest.raises(AuthorityError) as refused:
        world.grant("rig7", "administrator")
    assert refused.value.code == "VG586"
    with pytest.raises(AuthorityError):
        world.add("otto", by="rig7")
    assert all(body["actor"] != world.account("rig7").id for body in world.records("session.opened"))


def test_printed_name_and_function_change_for_the_future(world) -> None:
    world.begin()
    world.hire("anna", "author")
    done = acts.change(world.desk, world.by("mara"), user="anna", name="Anna Neu", function="Lead", reason="married")
    assert (done.account.name, done.account.function) == ("Anna Neu", "Lead")


def test_the_periodic_check_holds_every_account_and_needs_the_role(world) -> None:
    world.begin()
    world.hire("anna", "qa")
    world.hire("otto", "author")
    number = acts.check_people(world.desk, world.by("anna"), findings="none", conclusion="as it should be")
    (body,) = world.records("accounts.checked")
    assert body["seq"] == number
    assert [one["account"] for one in body["accounts"]] == ["u-0001", "u-0002", "u-0003"]
    with pytest.raises(AuthorityError) as refused:
        acts.check_people(world.desk, world.by("otto"), findings="", conclusion="fine")
    assert refused.value.code == "VG578"


def test_what_is_worth_a_question_is_told(world) -> None:
    world.begin()
    world.hire("anna")
    acts.add_person(world.desk, world.by("mara"), NewAccount(user="otto", name="Otto"))
    world.wait(200 * 86400)
    rows = {row.account.user: " ".join(row.notes) for row in acts.list_people(world.desk).rows}
    assert "not used for 200 days" in rows["anna"] and "holds no role" in rows["anna"]
    assert "identity" in rows["otto"] and "expired" in rows["otto"]
    assert any("Only Mara Printed" in note for note in acts.list_people(world.desk).notes)


# Two people


@pytest.mark.attack("S-5", "S-12")
def test_a_second_administrator_needs_the_root_and_the_third_two_administrators(world) -> None:
    world.begin()
    for user in ("paul", "otto"):
        world.hire(user)
    with pytest.raises(AuthorityError) as refused:
        world.grant("paul", "administrator")
    assert refused.value.code == "VG582" and "--root-key" in refused.value.fix
    world.grant("paul", "administrator", root=True)
    with pytest.raises(AuthorityError) as refused:
        world.grant("otto", "administrator", root=True)
    assert refused.value.code == "VG582"
    first = world.grant("otto", "administrator")
    assert first.proposed and first.others == ("paul",) and not world.account("otto").roles
    again = world.grant("otto", "administrator")
    assert again.proposed and again.again and len(world.records("proposal")) == 1
    done = world.grant("otto", "administrator", by="paul")
    assert not done.proposed and world.account("otto").roles == ("administrator",)
    assert verify_log(world.desk.place.folder).ok


@pytest.mark.attack("S-12")
def test_two_accounts_of_one_person_are_not_two_people(world) -> None:
    world.two_administrators()
    world.hire("mara2", person="mara")
    world.grant("mara2", "administrator")
    world.grant("mara2", "administrator", by="paul")
    world.hire("otto")
    assert world.grant("otto", "administrator", by="mara").proposed
    second = world.grant("otto", "administrator", by="mara2")
    assert second.proposed and second.again and second.others == ("paul",)
    with pytest.raises(AuthorityError) as refused:
        acts.reset(world.desk, world.by("mara2"), user="mara")
    assert refused.value.code == "VG582"
    with pytest.raises(AuthorityError) as refused:
        acts.unlock(world.desk, world.by("mara2"), user="mara")
    assert refused.value.code == "VG582"


@pytest.mark.attack("S-5")
def test_one_administrator_cannot_reset_and_a_reset_makes_another_key(world) -> None:
    world.two_administrators()
    world.hire("anna", "author")
    old = world.account("anna")
    first = acts.reset(world.desk, world.by("mara"), user="anna", reason="forgotten")
    assert first.proposed and first.code is None
    assert world.account("anna") == old, "a proposal changes nothing"
    done = acts.reset(world.desk, world.by("paul"), user="anna", reason="forgotten", identity=Identity(how="known"))
    assert done.code is not None and world.account("anna").state == "waiting"
    with pytest.raises(AuthorityError):
        world.add("otto", by="anna")
    world.activate("anna", code=done.code.shown, password="purple anvil orchard 4 seven")
    new = world.account("anna")
    assert new.key != old.key and new.key_cause == "reset" and new.reset_time
    assert verify_log(world.desk.place.folder).ok


def test_a_proposal_is_used_once_and_for_seven_days(world) -> None:
    world.two_administrators()
    world.hire("anna")
    world.grant("anna", "administrator")
    world.wait(7 * 86400 + 1)
    late = world.grant("anna", "administrator", by="paul")
    assert late.proposed and not late.again, "the old one no longer counts, so this is a new one"
    world.grant("anna", "administrator", by="mara")
    acts.revoke(world.desk, world.by("mara"), user="anna", role="administrator")
    assert world.grant("anna", "administrator", by="paul").proposed


def test_in_single_administrator_mode_one_acts_alone_and_it_is_said(world) -> None:
    world.begin(single_administrator=True)
    world.hire("anna")
    assert not acts.reset(world.desk, world.by("mara"), user="anna").proposed
    people = acts.list_people(world.desk)
    assert people.single_administrator and any("11.200(a)(3)" in note for note in people.notes)


def test_the_last_administrator_stays(world) -> None:
    world.begin()
    for act in (
        lambda: acts.disable(world.desk, world.by("mara"), user="mara"),
        lambda: acts.revoke(world.desk, world.by("mara"), user="mara", role="administrator"),
    ):
        with pytest.raises(AuthorityError) as refused:
            act()
        assert refused.value.code == "VG589"


def test_a_disabled_person_acts_no_more(world) -> None:
    world.two_administrators()
    acts.disable(world.desk, world.by("mara"), user="paul", reason="left")
    with pytest.raises(AuthorityError) as refused:
        world.add("otto", by="paul")
    assert refused.value.code == "VG576"
    assert world.records("login.failed")[-1]["reason"] == "not active"
    with pytest.raises(AuthorityError) as refused:
        acts.disable(world.desk, world.by("mara"), user="paul")
    assert refused.value.code == "VG584"


def test_the_root_helps_when_the_only_administrator_forgot_the_password(world) -> None:
    world.begin()
    added = acts.add_person(world.desk, world.by_root(), NewAccount(user="otto", name="Otto", roles=("administrator",)))
    world.activate("otto", code=added.code.shown)
    acts.disable(world.desk, world.by("otto"), user="mara", reason="password forgotten")
    done = acts.reset(world.desk, world.by("otto", root=True), user="mara", reason="password forgotten")
    assert done.code is not None
    world.activate("mara", code=done.code.shown)
    assert world.account("mara").administrator


def test_a_root_key_with_a_wrong_passphrase_or_of_another_ledger_is_refused(world, tmp_path) -> None:
    world.begin()
    by = acts.By(root=acts.RootKey(file=world.root_file, passphrase="violet harbour cactus 17 lamp"))
    with pytest.raises(AuthorityError) as refused:
        acts.add_person(world.desk, by, NewAccount(user="otto", name="Otto"))
    assert refused.value.code == "VG587"
    assert refusals(world) == [("root", "VG587")]
    other = type(world)(tmp_path / "other")
    other.begin()
    by = acts.By(root=acts.RootKey(file=other.root_file, passphrase="violet harbour cactus 17 lamps"))
    with pytest.raises(AuthorityError, match="another ledger"):
        acts.add_person(world.desk, by, NewAccount(user="otto", name="Otto"))


# Credentials


def test_a_changed_password_opens_the_same_key_and_the_old_one_does_not(world) -> None:
    world.begin()
    world.hire("anna", "qa")
    key = world.account("anna").key
    new = "purple anvil orchard 4 seven"
    acts.change_credentials(world.desk, world.by("anna"), ChangeCredentials(new_password=new))
    assert world.account("anna").key == key
    with pytest.raises(AuthorityError):
        acts.check_people(world.desk, world.by("anna"), findings="", conclusion="x")
    acts.check_people(world.desk, world.by("anna", password=new), findings="", conclusion="x")


def test_the_key_file_is_put_back_when_the_record_cannot_be_written(world, monkeypatch) -> None:
    world.begin()
    files = {path: path.read_bytes() for path in (world.keystore / "people").rglob("*.json")}
    from valgen.records.ledger import Ledger

    real = Ledger.write

    def write(self, drafts, *, actor):
        if drafts[0].kind == "credentials.changed":
            raise ExecutionError("disk full")
        return real(self, drafts, actor=actor)

    monkeypatch.setattr(Ledger, "write", write)
    with pytest.raises(ExecutionError):
        acts.change_credentials(
            world.desk, world.by("mara"), ChangeCredentials(new_password="purple anvil orchard 4 seven")
        )
    assert {path: path.read_bytes() for path in (world.keystore / "people").rglob("*.json")} == files


def test_a_new_key_stays_when_nobody_knows_whether_its_activation_was_kept(world, monkeypatch) -> None:
    """A record that was written and not sealed is taken up later; its account must not be without a key then."""
    world.two_administrators()
    world.add("nina")
    from valgen.records.ledger import Ledger

    real = Ledger.write

    def write(self, drafts, *, actor):
        real(self, drafts, actor=actor)
        raise ExecutionError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "write", write)
        with pytest.raises(ExecutionError):
            world.activate("nina")
    assert world.account("nina").state == "active"
    acts.change_credentials(
        world.desk, world.by("nina"), ChangeCredentials(new_password="purple anvil orchard 4 seven")
    )


# Machines


def test_a_further_machine_writes_only_after_an_administrator_let_it_in(world, tmp_path) -> None:
    import dataclasses
    import shutil

    world.two_administrators()
    other = tmp_path / "other-keys"
    shutil.copytree(world.keystore / "people", other / "people")
    place = dataclasses.replace(world.desk.place, keystore=other)
    there = dataclasses.replace(world.desk, place=place)
    with pytest.raises(AuthorityError, match="may not write"):
        acts.leave(there)
    with pytest.raises(AuthorityError) as refused:
        add_machine(there, world.by("mara", password="wrong but long enough"))
    assert refused.value.code == "VG576"
    keys = add_machine(there, world.by("mara"), reason="test rig")
    assert [key.role for key in keys] == ["log", "recorder"]
    acts.leave(there)
    with pytest.raises(AuthorityError) as refused:
        add_machine(there, world.by("mara"))
    assert refused.value.code == "VG592"
    retire_keys(world.desk, world.by("mara"), keys=[key.id[:10] for key in keys], stolen=True)
    with pytest.raises(AuthorityError, match="may not write"):
        acts.leave(there)
    assert verify_log(world.desk.place.folder).ok
    with pytest.raises(AuthorityError) as refused:
        retire_keys(world.desk, world.by("mara"), keys=["1234"], stolen=False)
    assert refused.value.code == "VG592"


def test_looking_after_a_ledger_says_what_a_crash_left(world) -> None:
    world.begin()
    path = world.desk.place.folder / "log" / "000000000.jsonl"
    with path.open("ab") as file:
        file.write(b'{"body":{"actor"')
    found = look_after(world.desk)
    assert found.problems == () and len(found.recovered.set_aside) == 1
    assert [key.role for key in found.keys] == ["log", "recorder"]
    assert look_after(world.desk).recovered.set_aside == ()
