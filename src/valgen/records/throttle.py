"""How long somebody must wait after failed attempts to show who they are.

The answer follows from the records alone: failed attempts, successes between them and unlocking. Of an account, the
wait doubles with each failure from the third on, up to 15 minutes; from the fifth on there is a notice; a hundred
in a row lock it until an administrator who is another person unlocks it. Of a source (terminal and host), whatever
accounts were tried, the wait begins with the tenth failure in a row.

No clock: times come in. A clock that went back never shortens a wait to nothing: a failure in the future counts as
one made now. Source: integrity.md S-9; NIST SP 800-63B, 5.2.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_S = 15 * 60
NOTICE_AFTER = 5
LOCKED_AFTER = 100
_FREE = 2
_FREE_OF_SOURCE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One event.

    Attributes:
        time: seconds since 1970-01-01 in UTC.
        failed: False for a success, or for unlocking.
    """

    time: int
    failed: bool


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
        attempts: at this account, oldest first.
        now: seconds since 1970-01-01 in UTC.
    """
    failures, last = _row(attempts)
    locked = failures >= LOCKED_AFTER
    return Standing(
        failures=failures,
        wait_s=_left(failures - _FREE, last, now),
        notice=failures >= NOTICE_AFTER,
        locked=locked,
    )


def of_source(attempts: Iterable[Attempt], now: int) -> Standing:
    """Return the standing of a terminal; see ``of_account``. A source is never locked."""
    failures, last = _row(attempts)
    return Standing(
        failures=failures,
        wait_s=_left(failures - _FREE_OF_SOURCE, last, now),
        notice=failures > _FREE_OF_SOURCE,
        locked=False,
    )


def _row(attempts: Iterable[Attempt]) -> tuple[int, int]:
    """Return the failures in a row at the end, and the time of the last of them."""
    failures = last = 0
    for one in attempts:
        if one.failed:
            failures, last = failures + 1, one.time
        else:
            failures = last = 0
    return failures, last


def _left(counted: int, last: int, now: int) -> int:
    if counted <= 0:
        return 0
    wait = min(1 << min(counted, 30), LONGEST_S)
    return max(0, min(wait, last + wait - now))
