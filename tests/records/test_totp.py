"""The second factor at the edges of time, and its picture."""

from __future__ import annotations

import base64

from pyotp.totp import TOTP

from valgen.records import totp

_RFC = b"12345678901234567890"


def test_known_answers_of_rfc_6238() -> None:
    for now, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert totp.check(_RFC, code, now=now, last_used=-1) == now // totp.STEP


def test_s9_code_is_refused_after_it_or_a_later_one_was_used() -> None:
    now = 1_790_000_000
    step = now // totp.STEP
    made = TOTP(base64.b32encode(_RFC).decode())
    codes = {near: made.generate_otp(step + near) for near in (-2, -1, 0, 1, 2)}
    assert [totp.check(_RFC, codes[near], now=now, last_used=-1) for near in (-1, 0, 1)] == [step - 1, step, step + 1]
    assert [totp.check(_RFC, codes[near], now=now, last_used=step) for near in (-1, 0)] == [None, None]
    assert totp.check(_RFC, codes[1], now=now, last_used=step) == step + 1
    assert [totp.check(_RFC, codes[near], now=now, last_used=-1) for near in (-2, 2)] == [None, None]
    assert totp.check(_RFC, codes[0], now=now - 3600, last_used=step) is None


def test_clock_at_the_beginning_of_time_ends_in_an_answer() -> None:
    assert totp.check(_RFC, "287082", now=5, last_used=-1) is not None
    assert totp.check(_RFC, "000000", now=5, last_used=-1) is None


def test_picture_is_dark_on_light_in_every_terminal() -> None:
    lines = totp.picture("otpauth://totp/x?secret=A").splitlines()
    assert all(line.startswith("\x1b[38;5;231;48;5;16m") and line.endswith("\x1b[0m") for line in lines)
    bare = [line[len("\x1b[38;5;231;48;5;16m") : -len("\x1b[0m")] for line in lines]
    assert len({len(line) for line in bare}) == 1
    assert set("".join(bare)) <= set(" \u2580\u2584\u2588")
    assert set(bare[0]) == {"\u2588"}, "a quiet zone of light surrounds it"


def test_secrets_differ_and_are_of_full_length() -> None:
    made = {totp.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {20}
