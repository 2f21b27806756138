"""The recorder's clock: wall time in UTC, a monotonic clock beside it, and the name of the boot it belongs to.

Order never depends on the wall clock. Where it moves against the monotonic clock by more than a second, that is
recorded.

Source: integrity.md C-10, A8.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

JUMP_MS = 1000
"""Smallest movement of the wall clock against the monotonic one that is recorded."""

HINT_MS = 100
"""How far a sender's reading may lie before the arrival of its event."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of both clocks.

    Attributes:
        wall_ms: milliseconds since 1970 in UTC.
        mono_ms: of the monotonic clock.
    """

    wall_ms: int
    mono_ms: int

    @property
    def text(self) -> str:
        """RFC 3339 in UTC with milliseconds."""
        moment = _EPOCH + timedelta(milliseconds=self.wall_ms)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{self.wall_ms % 1000:03d}Z"

    def jump_since(self, earlier: Moment) -> int:
        """Return how far the wall clock moved against the monotonic one, in milliseconds; negative for backwards."""
        return (self.wall_ms - earlier.wall_ms) - (self.mono_ms - earlier.mono_ms)

    def refined(self, hint_ms: object) -> Moment:
        """Return the moment at which an event was sent.

        The recorder looks at its sockets every few milliseconds. The sender's reading of the monotonic clock tells when
        within that time it was; it is believed only within ``HINT_MS``, so that test code cannot shift a time further.

        Args:
            hint_ms: of the sender's monotonic clock; anything else than a fitting number is ignored.
        """
        if type(hint_ms) is not int or not 0 <= self.mono_ms - hint_ms <= HINT_MS:
            return self
        return Moment(self.wall_ms - (self.mono_ms - hint_ms), hint_ms)


def read_clock() -> Moment:
    """Read both clocks now."""
    return Moment(time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)


def boot_name() -> str:
    """Return the name of this boot, or an empty text where the system gives none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
