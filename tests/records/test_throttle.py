"""Waiting after failed attempts, with a clock that behaves badly and people who mean harm (S-9)."""

from __future__ import annotations

import random

from valgen.records.throttle import LOCKED_AFTER, LONGEST_S, Attempt, of_account, of_source

_DAY = 24 * 60 * 60


def _failures(count: int, at: int, account: str = "u-0001") -> list[Attempt]:
    return [Attempt(time=at, failed=True, account=account) for _ in range(count)]


def test_s9_of_ten_thousand_guesses_a_hundred_are_looked_at() -> None:
    now, seen, events = 1_000, 0, []
    for _ in range(10_000):
        standing = of_account(events, now)
        if standing.locked:
            break
        assert standing.wait_s <= LONGEST_S
        now += standing.wait_s
        events.append(Attempt(time=now, failed=True))
        seen += 1
    assert seen == LOCKED_AFTER
    assert now > 20 * 60 * 60
    assert of_account(events, now + 365 * _DAY).locked
    assert not of_account([*events, Attempt(time=now, failed=False)], now).locked


def test_s9_guesses_that_came_too_soon_neither_count_nor_lengthen_the_wait() -> None:
    row = _failures(8, 1_000)
    pressed = [*row, *(Attempt(time=1_000 + n, failed=True, unseen=True) for n in range(500))]
    assert of_account(pressed, 1_030) == of_account(row, 1_030)


def test_s9_clock_that_was_once_far_ahead_shuts_nobody_out() -> None:
    row = _failures(5, 4_000_000_000)
    now = 1_790_000_000
    wait = of_account(row, now).wait_s
    assert 0 < wait <= LONGEST_S
    refused = [*row, Attempt(time=now, failed=True, unseen=True)]
    assert of_account(refused, now).wait_s == wait
    assert of_account(refused, now + wait).wait_s == 0


def test_s9_clock_that_was_put_back_gives_no_free_guess() -> None:
    for back in (1, 60, 10_000, 10**9):
        assert of_account(_failures(20, 2 * 10**9), 2 * 10**9 - back).wait_s == LONGEST_S
        assert of_source(_failures(30, 2 * 10**9), 2 * 10**9 - back).wait_s == LONGEST_S


def test_s9_own_success_does_not_clear_the_way_for_guesses_at_others() -> None:
    events: list[Attempt] = []
    for number in range(20):
        events += _failures(1, 1_000 + number, f"u-{number + 10:04}")
        events.append(Attempt(time=1_000 + number, failed=False, account="u-0001"))
    assert of_source(events, 1_020).wait_s > 0


def test_success_takes_back_own_failures_and_unknown_ids_at_the_terminal() -> None:
    events = [*_failures(6, 1_000), *_failures(6, 1_000, "")]
    assert of_source(events, 1_000).wait_s > 0
    after = of_source([*events, Attempt(time=1_001, failed=False, account="u-0001")], 1_001)
    assert (after.failures, after.wait_s) == (0, 0)


def test_terminal_begins_anew_after_a_day_without_failure() -> None:
    events = [*_failures(12, 1_000, "u-0009"), *_failures(1, 1_001 + 2 * _DAY)]
    assert of_source(events, 1_001 + 2 * _DAY).wait_s == 0
    assert of_account(events, 1_001 + 2 * _DAY).failures == 13


def test_standing_follows_from_the_events_alone_whatever_their_times() -> None:
    chance = random.Random(9)
    for _ in range(200):
        events = [
            Attempt(
                time=chance.randrange(0, 10_000),
                failed=(failed := chance.random() < 0.8),
                unseen=failed and chance.random() < 0.3,
                account=f"u-{chance.randrange(3)}",
            )
            for _ in range(chance.randrange(150))
        ]
        now = chance.randrange(0, 10_000)
        for standing in (of_account(events, now), of_source(events, now)):
            assert 0 <= standing.wait_s <= LONGEST_S
        assert of_account(events, now) == of_account(list(events), now)
        assert of_account(events, 10_000 + LONGEST_S).wait_s == 0
