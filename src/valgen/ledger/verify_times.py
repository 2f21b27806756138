"""What the times of records say against each other, against the monotonic clock, and against time stamps.

Order never depends on a time. Each record carries the wall clock, and the monotonic clock of its computer with the name
of the boot; within one boot both advance alike, so that a clock that was set shows, whoever set it and however briefly.

A record that stands behind a time stamp was written after it: the record of the time stamp holds bytes that nobody
could know before. If it states an earlier time all the same, by more than clocks differ, its time is false. That is a
problem and no note, whoever the authority is: either the time stamp is false or the record is.

No clock. Source: integrity.md C-10, C-12. Format: docs/format-ledger.md, "Anchors", "Verification of a ledger".
Implements: DS-044.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from valgen.ledger.registry_book import microseconds
from valgen.ledger.report import Findings

CLOCKS_DIFFER_S = 600
"""How far the clock of a computer may be behind a time stamp without being false."""

_MOVED_US = 1_000_000  # as for the anomalies that the recorder notes
_EARLIER_US = 60_000_000  # two computers with honest clocks may differ by some seconds
_LISTED = 20


@dataclass(slots=True)
class Times:
    """Follows the times of the records of a ledger.

    Attributes:
        findings: gets what is wrong, and at the end what a reader must see.
    """

    findings: Findings
    _boots: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # number, wall and monotonic microseconds
    _latest: tuple[int, int] = (0, 0)  # wall microseconds and number of the record that states the latest time
    _stamp: tuple[int, str, int] = (0, "", 0)  # the latest time stamp, in both forms, and the number of its record
    _told: list[str] = field(default_factory=list)
    _more: int = 0
    _text: str = ""  # of the time read last; records that were written together have the same
    _wall: int = 0

    def follow(self, body: Mapping[str, Any], seq: int, where: str) -> None:
        """Compare the time of the next record with those before it.

        Args:
            body: well-formed.
            seq: its place.
            where: for messages.
        """
        if body["time"] != self._text:
            self._text, self._wall = body["time"], microseconds(body["time"])
        wall, mono, boot = self._wall, body["mono"] * 1000, body["boot"]
        last = self._boots.get(boot) if boot else None
        moved = (wall - last[1]) - (mono - last[2]) if last else 0
        if last and abs(moved) > _MOVED_US:
            way = "back" if moved < 0 else "forward"
            slept = "" if moved < 0 else ", or the computer slept"
            self._see(
                f"Record {seq} ({body['kind']} by {body['actor']}): since record {last[0]} the clock of the computer "
                f"was set {way} by {_words(moved)}{slept}; this record states {body['time']}."
            )
        elif wall < self._latest[0] - _EARLIER_US and (last is None or last[0] < self._latest[1]):
            self._see(
                f"Record {seq} ({body['kind']} by {body['actor']}) states {body['time']}, "
                f"{_words(self._latest[0] - wall)} before the time of record {self._latest[1]}, which stands before it."
            )
        self._boots[boot] = (seq, wall, mono)
        self._latest = max(self._latest, (wall, seq))
        if wall < self._stamp[0] - CLOCKS_DIFFER_S * 1_000_000:
            text = (
                f"it states {body['time']}, and stands behind record {self._stamp[2]} with a time stamp of "
                f"{self._stamp[1]}: one of both times is false"
            )
            self.findings.problem("VG564", where, text)

    def stamped(self, time: str, seq: int) -> None:
        """Take note of a time stamp.

        Args:
            time: that it states.
            seq: of its ``anchor`` record.
        """
        self._stamp = max(self._stamp, (microseconds(time), time, seq))

    def finish(self) -> None:
        """Say what a reader must see."""
        for text in self._told:
            self.findings.note(text)
        if self._more:
            self.findings.note(f"{self._more} more movements of clocks are not listed.")

    def _see(self, text: str) -> None:
        if len(self._told) < _LISTED:
            self._told.append(text)
        else:
            self._more += 1


def _words(microseconds_: int) -> str:
    """Return a length of time in words, of its two largest units."""
    rest = abs(microseconds_) // 1_000_000
    parts = []
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        number, rest = divmod(rest, length)
        if number:
            parts.append(f"{number} {unit if number > 1 or unit != 'days' else 'day'}")
    return " ".join(parts[:2]) or "1 s"
