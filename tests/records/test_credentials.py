"""Passwords, user ids, second factor and waiting times (S-9, S-11)."""

from __future__ import annotations

import pytest

from valgen.records import names, passwords, throttle, totp


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234",
        "P@ssw0rd!2026",
        "Welcome-2026!!",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "1234567890123456",
        "qwertyuiopas",
        "Summer2026!!",
        "20260101202601",
        "anna.miller.2026",
        "S3-Vault-S3-Vault",
        "x" * 1025,
        "two lines\nare no password",
    ],
)
def test_password_that_others_guess_first_is_refused(password: str) -> None:
    assert passwords.password_problems(password, ("anna.miller", "Anna Miller", "S3 Vault", "S3V"))


@pytest.mark.parametrize("password", ["orange bicycle over the harbour", "Tz7#kkw!Lp0q", "vier lange Worte am Hafen"])
def test_long_password_without_any_special_rule_is_taken(password: str) -> None:
    assert passwords.password_problems(password, ("anna.miller", "Anna Miller", "S3 Vault")) == []


def test_every_reason_is_told_at_once() -> None:
    assert len(passwords.password_problems("aaa")) >= 2


@pytest.mark.parametrize(
    "user", ["\u0430dmin", "Anna", "a", "1anna", "anna miller", "anna\u200b", "a" * 65, "", "anna@site", "anna\n"]
)
def test_user_id_outside_plain_letters_is_refused(user: str) -> None:
    assert names.user_id_problem(user, ())


def test_letter_of_another_script_is_named() -> None:
    assert "cyrillic small letter a (U+0430)" in names.user_id_problem("\u0430dmin", ())


@pytest.mark.parametrize("user", ["a.miller", "amiller", "a-mi11er", "a.milier", "a.rniller"])
def test_id_that_looks_like_one_used_before_is_refused(user: str) -> None:
    assert names.user_id_problem(user, {"a.miller": "u-0001"})


def test_other_ids_are_free() -> None:
    assert names.user_id_problem("b.miller", {"a.miller": "u-0001"}) == ""


def test_printed_name_that_imitates_another_is_told() -> None:
    assert names.clashes("\u0410nna M\u00fcller", ["Anna Muller", "Bert Kahn"]) == ["Anna Muller"]
    assert names.clashes("Anna Meier", ["Anna Muller"]) == []
    assert names.clashes("...", ["Anna"]) == []


def test_code_counts_once_and_only_near_its_time() -> None:
    secret = totp.new_secret()
    now = 1_790_000_000
    import base64

    from pyotp.totp import TOTP

    made = TOTP(base64.b32encode(secret).decode())
    code = made.at(now)
    step = totp.check(secret, f"{code[:3]} {code[3:]}", now=now, last_used=-1)
    assert step == now // totp.STEP
    assert totp.check(secret, code, now=now, last_used=step) is None
    assert totp.check(secret, code, now=now + totp.STEP, last_used=-1) == step
    assert totp.check(secret, code, now=now + 10 * totp.STEP, last_used=-1) is None
    for wrong in ("", "12345", "abcdef", "\u0661" * 6, code + "0"):
        assert totp.check(secret, wrong, now=now, last_used=-1) is None


def test_app_gets_user_and_project() -> None:
    text = totp.address(bytes(20), user="a.miller", issuer="valgen S3V")
    assert text.startswith("otpauth://totp/valgen%20S3V:a.miller?secret=")
    assert "\u2580" in totp.picture(text) or "\u2584" in totp.picture(text)
    assert totp.written(bytes(20)) == " ".join(["AAAA"] * 8)


def _failures(count: int, start: int = 0) -> list[throttle.Attempt]:
    return [throttle.Attempt(time=start + number, failed=True) for number in range(count)]


def test_wait_grows_and_is_bounded() -> None:
    waits = [throttle.of_account(_failures(count), count).wait_s for count in (0, 1, 2, 3, 6, 20, 99)]
    assert waits[:3] == [0, 0, 0]
    assert waits == sorted(waits)
    assert 0 < waits[3] < waits[4] <= throttle.LONGEST_S
    assert waits[-1] == throttle.LONGEST_S - 1


def test_wait_ends_with_time_and_a_success_begins_anew() -> None:
    attempts = _failures(6)
    assert throttle.of_account(attempts, 10_000).wait_s == 0
    over = [*attempts, throttle.Attempt(time=10_000, failed=False)]
    assert throttle.of_account(over, 10_001) == throttle.Standing(failures=0, wait_s=0, notice=False, locked=False)


def test_account_is_locked_after_a_hundred_failures_and_told_before() -> None:
    assert throttle.of_account(_failures(5), 10_000).notice
    assert not throttle.of_account(_failures(99), 10_000).locked
    assert throttle.of_account(_failures(100), 10**9).locked


def test_clock_that_went_back_shortens_no_wait() -> None:
    attempts = _failures(20, start=5_000)
    assert throttle.of_account(attempts, 0).wait_s == throttle.LONGEST_S


def test_terminal_that_tries_many_accounts_waits_as_well() -> None:
    assert throttle.of_source(_failures(9), 9).wait_s == 0
    assert throttle.of_source(_failures(15), 15).wait_s > 0
    assert not throttle.of_source(_failures(500), 500).locked
