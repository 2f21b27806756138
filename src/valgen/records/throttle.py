"""How long somebody must wait after failed attempts to show who they are.

The answer follows from the records alone: failed attempts, successes between them and unlocking. Of an account, the
wait doubles with each failure from the third on, up to 15 minutes; from the fifth on there is a notice; a hundred
in a row lock it until an administrator who is another person unlocks it. Of a source (terminal and host), whatever
accounts were tried, the wait begins with the tenth failure; a success there takes back the failures of its own account
and of user ids that do not exist, so that nobody clears the way for guesses at others; a day without failure begins
anew.

Attempts that were refused unseen, because they came too soon, count for nothing. They do tell that the clock was put
back: one with a time before the last failure lets the wait run from there. So a clock that went back neither shortens
a wait to nothing nor shuts anybody out until it catches up.

No clock: times come in. Source: integrity.md S-9; NIST SP 800-63B, 5.2.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_S = 15 * 60
NOTICE_AFTER = 5
LOCKED_AFTER = 100
_FREE = 2
_FREE_OF_SOURCE = 9
_FORGOTTEN_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One event.

    Attributes:
        time: seconds since 1970-01-01 in UTC.
        failed: False for a success, or for unlocking.
        unseen: refused because it came too soon or the account is locked; nobody looked at what was typed.
        account: whose user id was given, empty for one that does not exist; matters for a source.
    """

    time: int
    failed: bool
    unseen: bool = False
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What follows for the next attempt.

    Attributes:
        failures: in a row.
        wait_s: seconds to wait, 0 for none.
        notice: whether the person and administrators should be told.
        locked: whether an administrator has to unlock the account.
    """

    failures: int
    wait_s: int
    notice: bool
    locked: bool


def of_account(attempts: Iterable[Attempt], now: int) -> Standing:
    """Return the standing of an account.

    Args:
        attempts: at this account, oldest first, in the order of the records.
        now: seconds since 1970-01-01 in UTC.
    """
    failures = last = 0
    for one in attempts:
        if one.unseen:
            last = min(last, one.time)
        elif one.failed:
            failures, last = failures + 1, one.time
        else:
            failures = last = 0
    return Standing(
        failures=failures,
        wait_s=_left(failures - _FREE, last, now),
        notice=failures >= NOTICE_AFTER,
        locked=failures >= LOCKED_AFTER,
    )


def of_source(attempts: Iterable[Attempt], now: int) -> Standing:
    """Return the standing of a terminal; see ``of_account``. A source is never locked."""
    failures: dict[str, int] = {}
    last = 0
    for one in attempts:
        if one.unseen:
            last = min(last, one.time)
        elif one.failed:
            if one.time - last > _FORGOTTEN_S:
                failures.clear()
            failures[one.account] = failures.get(one.account, 0) + 1
            last = one.time
        else:
            failures.pop(one.account, None)
            failures.pop("", None)
    count = sum(failures.values())
    return Standing(
        failures=count,
        wait_s=_left(count - _FREE_OF_SOURCE, last, now),
        notice=count > _FREE_OF_SOURCE,
        locked=False,
    )


def _left(counted: int, last: int, now: int) -> int:
    if counted <= 0:
        return 0
    wait = min(1 << min(counted, 30), LONGEST_S)
    return max(0, min(wait, last + wait - now))
