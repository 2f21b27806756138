"""Sessions, second factor and failed attempts: who is at the keyboard, and what somebody who guesses gets."""

from __future__ import annotations

import dataclasses

import pytest
from pyotp.totp import TOTP

from valgen.errors import AuthorityError
from valgen.ledger.verify import verify_log
from valgen.recorder.clock import Moment
from valgen.records.accounts import NewAccount
from valgen.records.ledger import open_ledger
from valgen.records.second_factor import Enrolment
from valgen.records.sessions import NOT_RIGHT, authenticate, expected
from valgen.workflow import people as acts
from valgen.workflow.people import ChangeCredentials

WRONG = "quite another sentence 99"


def sign_in(world, user: str, *, desk=None, password: str = "", totp: str = "", signing: bool = True):
    desk = desk or world.desk
    with open_ledger(desk.place, now=desk.now()) as ledger:
        return authenticate(
            ledger,
            user=user,
            password=password or world.password(user),
            totp=totp,
            terminal=desk.terminal,
            signing=signing,
        )


def code(world, enrolment: Enrolment, steps: int = 0) -> str:
    import base64

    totp = TOTP(base64.b32encode(enrolment.secret).decode())
    return totp.at(world.moment.wall_ms // 1000, steps)


def enrol(world, user: str) -> Enrolment:
    world.add(user, "author")
    enrolment = acts.new_second_factor(world.desk, user)
    world.activate(user, enrolment=enrolment, totp=code(world, enrolment))
    world.wait(60)
    return enrolment


def refusal(world, *arguments, **options) -> AuthorityError:
    with pytest.raises(AuthorityError) as refused:
        sign_in(world, *arguments, **options)
    return refused.value


# Sessions


@pytest.mark.attack("S-10")
def test_a_session_continues_at_its_terminal_and_nowhere_else(world) -> None:
    world.begin()
    first = sign_in(world, "mara")
    world.wait(14 * 60)
    again = sign_in(world, "mara")
    elsewhere = sign_in(world, "mara", desk=world.at("tty2"))
    assert again.session == first.session != elsewhere.session
    assert sign_in(world, "mara").session == first.session
    assert first.components == "all"


@pytest.mark.attack("S-10")
def test_after_fifteen_minutes_without_use_everything_is_shown_again(world) -> None:
    world.begin()
    enrolment = enrol(world, "anna")
    first = sign_in(world, "anna", totp=code(world, enrolment), signing=False)
    world.wait(15 * 60 + 1)
    assert refusal(world, "anna", signing=False).code == "VG576"
    world.wait(60)
    second = sign_in(world, "anna", totp=code(world, enrolment), signing=False)
    assert second.session != first.session
    assert [body["reason"] for body in world.records("session.closed")] == ["taken over", "idle"]


@pytest.mark.attack("S-10")
def test_the_first_signing_shows_everything_although_a_session_is_open(world) -> None:
    world.begin()
    enrolment = enrol(world, "anna")
    sign_in(world, "anna", totp=code(world, enrolment), signing=False)
    assert sign_in(world, "anna", signing=False).components == "password"
    assert refusal(world, "anna", signing=True).code == "VG576"
    world.wait(60)
    assert sign_in(world, "anna", totp=code(world, enrolment), signing=True).components == "all"


@pytest.mark.attack("S-10")
def test_a_colleague_at_an_open_desk_takes_over_nothing(world) -> None:
    world.begin()
    world.hire("anna", "author")
    mine = sign_in(world, "mara")
    assert refusal(world, "mara", password=world.password("anna")).code == "VG576"
    theirs = sign_in(world, "anna")
    assert theirs.session != mine.session
    closed = world.records("session.closed")[-1]
    assert (closed["session"], closed["reason"]) == (mine.session, "taken over")
    assert sign_in(world, "mara").session != mine.session


def test_a_failed_attempt_ends_the_session_at_the_next_success(world) -> None:
    world.begin()
    first = sign_in(world, "mara")
    refusal(world, "mara", password=WRONG)
    second = sign_in(world, "mara")
    assert second.session != first.session
    assert world.records("session.closed")[-1]["reason"] == "credentials"


def test_changed_credentials_end_every_session(world) -> None:
    world.begin()
    first = sign_in(world, "mara")
    new = "purple anvil orchard 4 seven"
    acts.change_credentials(world.desk, world.by("mara"), ChangeCredentials(new_password=new))
    assert sign_in(world, "mara", password=new).session != first.session
    assert verify_log(world.desk.place.folder).ok


def test_another_boot_or_a_clock_set_back_ends_a_session(world) -> None:
    world.begin()
    first = sign_in(world, "mara")
    rebooted = dataclasses.replace(world.desk, boot="boot-2")
    second = sign_in(world, "mara", desk=rebooted)
    assert second.session != first.session
    world.moment = Moment(world.moment.wall_ms - 3_600_000, world.moment.mono_ms)
    assert sign_in(world, "mara", desk=rebooted).session != second.session


@pytest.mark.parametrize("harm", ["0644", "altered", "gone", "link"])
def test_a_session_file_that_cannot_be_trusted_counts_as_none(world, harm: str) -> None:
    world.begin()
    first = sign_in(world, "mara")
    (path,) = (world.keystore / "sessions").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    if harm == "0644":
        path.chmod(0o644)
    elif harm == "altered":
        path.write_bytes(path.read_bytes().replace(b'"wall_ms":', b'"wall_ms": '))
    elif harm == "gone":
        path.unlink()
    else:
        target = path.with_name("elsewhere")
        path.rename(target)
        path.symlink_to(target)
    assert sign_in(world, "mara").session != first.session


def test_leaving_ends_the_session(world) -> None:
    world.begin()
    first = sign_in(world, "mara")
    assert acts.leave(world.desk) == "mara"
    assert acts.leave(world.desk) == ""
    assert sign_in(world, "mara").session != first.session


def test_a_door_knows_beforehand_what_to_ask_for(world) -> None:
    world.begin()
    enrolment = enrol(world, "anna")
    assert acts.expected(world.desk, "anna").second_factor
    assert not acts.expected(world.desk, "nobody").second_factor
    acts.leave(world.desk)
    with pytest.raises(AuthorityError) as refused:
        acts.expected(world.desk)
    assert refused.value.code == "VG594"
    opened = sign_in(world, "anna", totp=code(world, enrolment), signing=False)
    found = acts.expected(world.desk)
    assert (found.user, found.session, found.second_factor) == ("anna", opened.session, False)
    assert acts.expected(world.desk, signing=True).second_factor
    assert acts.expected(world.desk, anew=True).second_factor


# Second factor


def test_a_second_factor_counts_only_after_one_right_code(world) -> None:
    world.begin()
    world.add("anna")
    enrolment = acts.new_second_factor(world.desk, "anna")
    wrong = f"{(int(code(world, enrolment)) + 1) % 1_000_000:06d}"
    for bad in (wrong, "", "12345"):
        with pytest.raises(AuthorityError) as refused:
            world.activate("anna", enrolment=enrolment, totp=bad)
        assert refused.value.code == "VG591"
    assert world.account("anna").state == "waiting"
    world.activate("anna", enrolment=enrolment, totp=code(world, enrolment))
    assert world.account("anna").totp


def test_a_code_is_taken_once(world) -> None:
    world.begin()
    enrolment = enrol(world, "anna")
    now = code(world, enrolment)
    sign_in(world, "anna", totp=now)
    assert refusal(world, "anna", totp=now, desk=world.at("tty2")).what == NOT_RIGHT
    assert world.records("login.failed")[-1]["reason"] == "second factor"


def test_no_code_is_right_for_a_key_without_the_secret_that_the_records_name(world) -> None:
    from valgen.records.second_factor import take_code

    where = {"keystore": world.keystore, "origin": "o", "account": "u-0001", "wall_ms": world.moment.wall_ms}
    now = TOTP("").at(world.moment.wall_ms // 1000)
    assert not take_code(b"", now, **where)


def test_the_second_factor_can_be_given_up_and_enrolled_later(world) -> None:
    world.begin()
    enrolment = enrol(world, "anna")
    by = world.by("anna", totp=code(world, enrolment))
    assert not acts.change_credentials(world.desk, by, ChangeCredentials(drop_second_factor=True)).totp
    sign_in(world, "anna")
    new = acts.new_second_factor(world.desk, "anna")
    world.wait(60)
    changed = acts.change_credentials(
        world.desk, world.by("anna"), ChangeCredentials(enrolment=new, totp=code(world, new))
    )
    assert changed.totp
    world.wait(60)
    assert refusal(world, "anna", totp=code(world, enrolment)).code == "VG576"
    assert sign_in(world, "anna", totp=code(world, new)).components == "all"


# Failed attempts


@pytest.mark.attack("S-9")
def test_the_answer_is_the_same_whatever_was_wrong(world) -> None:
    world.two_administrators()
    enrolment = enrol(world, "anna")
    world.add("otto")
    acts.disable(world.desk, world.by("mara"), user="paul")
    answers = [
        refusal(world, "nobody"),
        refusal(world, "mara", password=WRONG),
        refusal(world, "anna", totp="000000" if code(world, enrolment) != "000000" else "111111"),
        refusal(world, "otto"),
        refusal(world, "paul"),
    ]
    assert len({(one.what, one.why, one.fix, one.code) for one in answers}) == 1
    assert WRONG not in "".join(map(str, answers))
    reasons = [body["reason"] for body in world.records("login.failed")]
    assert reasons == ["credentials", "credentials", "second factor", "not active", "not active"]
    assert world.records("login.failed")[0]["account"] == ""
    assert "nobody" not in str(world.records("login.failed"))


@pytest.mark.attack("S-9")
def test_the_same_work_is_done_for_a_user_id_that_does_not_exist(world, monkeypatch) -> None:
    world.begin()
    world.add("otto")
    from cryptography.hazmat.primitives.kdf import argon2

    done = []
    real = argon2.Argon2id

    def counted(**parameters):
        done.append((parameters["memory_cost"], parameters["iterations"], parameters["lanes"]))
        return real(**parameters)

    monkeypatch.setattr(argon2, "Argon2id", counted)
    work = []
    for user in ("nobody", "otto", "mara"):
        done.clear()
        refusal(world, user, password=WRONG)
        work.append(list(done))
    assert work[0] == work[1] == work[2] and len(work[0]) == 1


@pytest.mark.attack("S-9")
def test_guessing_takes_longer_each_time_and_the_right_password_waits_too(world) -> None:
    world.begin()
    world.hire("anna", "author")
    waits = 0
    for _ in range(8):
        refused = refusal(world, "anna", password=WRONG)
        while refused.code == "VG577":
            waits += 1
            assert refusal(world, "anna").code == "VG577", "also the right password has to wait"
            world.wait(1200)
            refused = refusal(world, "anna", password=WRONG)
    assert waits > 3
    reasons = [body["reason"] for body in world.records("login.failed")]
    assert reasons.count("credentials") == 8 and "too soon" in reasons
    world.wait(1200)
    assert sign_in(world, "anna").session


@pytest.mark.attack("S-9")
def test_unknown_user_ids_wait_like_others(world) -> None:
    world.begin()
    codes = [refusal(world, f"nobody{number}", password=WRONG).code for number in range(4)]
    assert codes[0] == "VG576" and "VG577" in codes


@pytest.mark.attack("S-9")
def test_a_hundred_failures_lock_until_another_administrator_unlocks(world) -> None:
    world.two_administrators()
    tries = 0
    while tries < 1000:
        tries += 1
        refused = refusal(world, "paul", password=WRONG)
        if refused.code == "VG577" and "unlock" in refused.fix and "in a row" in refused.what:
            break
        world.wait(1000)
    assert tries == 101
    assert refusal(world, "paul").code == "VG577"
    assert world.records("login.failed")[-1]["reason"] == "locked"
    acts.unlock(world.desk, world.by("mara"), user="paul", reason="typed on the wrong keyboard")
    assert sign_in(world, "paul").session


@pytest.mark.attack("S-9")
def test_somebody_who_fails_on_purpose_does_not_keep_others_out_for_long(world) -> None:
    world.begin()
    world.hire("anna", "author")
    for _ in range(5):
        refusal(world, "anna", password=WRONG, desk=world.at("tty9"))
    world.wait(15 * 60)
    assert sign_in(world, "anna").session


def test_what_a_door_may_print_of_secrets_is_nothing(world) -> None:
    world.begin()
    enrolment = acts.new_second_factor(world.desk, "anna")
    values = [
        world.by("mara", root=True, totp="123456"),
        acts.Activation(user="anna", code="CODE-CODE", password="my password 31", enrolment=enrolment, totp="654321"),
        ChangeCredentials(new_password="my password 31", totp="654321"),
        acts.add_person(world.desk, world.by("mara"), NewAccount(user="anna", name="Anna")),
    ]
    text = repr(values)
    for secret in (world.password("mara"), "violet", "123456", "CODE-CODE", "my password", "654321", enrolment.shown):
        assert secret not in text
    assert values[3].code.shown not in text


def test_expected_of_records_needs_no_ledger_open(world) -> None:
    world.begin()
    from valgen.records.ledger import read_registry

    registry = read_registry(world.desk.place)
    found = expected(registry, world.keystore, world.desk.terminal, world.desk.now(), "mara")
    assert (found.user, found.session) == ("mara", "")
