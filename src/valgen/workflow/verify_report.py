"""What a verification tells: for people in words of an inspector, for scripts in the published shape.

Every report about a ledger says the root fingerprint and whether it was compared, how far something outside the
ledger confirms it and how many records lie beyond, and whether one administrator may act alone.

Source: design.md §7 (verify); integrity.md §3.5, §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from valgen.ledger.report import SINGLE_ADMINISTRATOR, Problem, VerifyReport

COMPARED = {
    "given": "It was compared with the one you gave: they are the same.",
    "remembered": "It was compared with the one that you saw before: they are the same.",
    "": "It was NOT compared: the root was taken from what is verified here. Compare it with a printed document.",
}
"""What is said of the root fingerprint, by what it was compared with."""

_SAID_ELSEWHERE = ("The root was taken from the ledger itself", "Single-administrator mode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification found, for people and for scripts.

    Attributes:
        ok: nothing is wrong.
        summary: one line.
        records: records of a ledger or log, or files of a pack.
        problems: what is wrong.
        facts: what every reader must know, one sentence each.
        notes: what the verification could not show.
        visible: allowed, but to be seen: files that no record names.
        anchored_to: the newest proof of an earlier state; empty for none.
        unanchored: records that no such proof covers.
        origin: whose ledger it is; empty without one.
        mode: ``ledger`` or ``dry``; empty without records.
        head: size and root of the newest checkpoint.
        root_fingerprint: of a ledger.
        root_compared: ``given`` or ``remembered``, what it was compared with; empty for nothing.
        single_administrator: whether the ledger is in that mode.
        parts: further things that were verified, one summary each.
        disclosed: the records of a disclosure or those about a document, in words.
    """

    ok: bool
    summary: str
    records: int
    problems: tuple[Problem, ...]
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    visible: tuple[Problem, ...] = ()
    anchored_to: str = ""
    unanchored: int = 0
    origin: str = ""
    mode: str = ""
    head: tuple[int, str] = (0, "")
    root_fingerprint: str = ""
    root_compared: str = ""
    single_administrator: bool = False
    parts: tuple[str, ...] = ()
    disclosed: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the published shape of ``valgen verify --json``."""
        size, root = self.head
        return {
            "ok": self.ok,
            "records": self.records,
            "problems": [{"code": one.code, "where": one.where, "message": one.message} for one in self.problems],
            "anchored_to": self.anchored_to or None,
            "unanchored": self.unanchored,
            "notes": list(self.notes),
            "facts": list(self.facts),
            "parts": [self.summary, *self.parts],
            "unreferenced": [one.where for one in self.visible],
            "origin": self.origin or None,
            "mode": self.mode or None,
            "head": {"size": size, "root": root} if root else None,
            "root_fingerprint": self.root_fingerprint or None,
            "root_compared": bool(self.root_compared),
            "root_compared_with": self.root_compared or None,
            "single_administrator": self.single_administrator,
            "entries": list(self.disclosed),
        }

    def with_problem(self, code: str, where: str, message: str) -> Verified:
        """Return the same with one more problem."""
        return replace(self, ok=False, problems=(*self.problems, Problem(code=code, where=where, message=message)))

    def beside(self, other: Verified) -> Verified:
        """Return this with what another verification found; facts about records stay those of this one."""
        return replace(
            self,
            ok=self.ok and other.ok,
            problems=(*self.problems, *other.problems),
            facts=(*self.facts, *(one for one in other.facts if one not in self.facts)),
            notes=(*self.notes, *(one for one in other.notes if one not in self.notes)),
            visible=(*self.visible, *other.visible),
            parts=(*self.parts, other.summary, *other.parts),
        )

    def with_ledger(self, ledger: Verified, problems: Sequence[Problem] = ()) -> Verified:
        """Return what was found of a pack, with the ledger in it as the records of the report."""
        found = replace(ledger, summary=self.summary, parts=(ledger.summary, *ledger.parts))
        return replace(
            found,
            ok=self.ok and ledger.ok and not problems,
            problems=(*self.problems, *problems, *ledger.problems),
            facts=(*self.facts, *ledger.facts),
            notes=(*self.notes, *ledger.notes),
        )


def ledger_facts(report: VerifyReport, compared: str) -> tuple[str, ...]:
    """Return what every reader of a report about a ledger must know.

    Args:
        report: about the ledger.
        compared: where the root fingerprint came from that it was compared with: ``given``, ``remembered`` or empty.
    """
    if not report.root_fingerprint:
        return ()
    root = COMPARED[compared if report.root_compared else ""]
    if compared and not report.root_compared:
        root = "It is another one than the one known: this is another ledger."
    return facts(
        fingerprint=report.root_fingerprint,
        root=root,
        head=(report.sealed, report.root),
        anchored_to=report.anchored_to,
        unanchored=report.unanchored,
        single_administrator=report.single_administrator,
    )


def facts(
    *,
    fingerprint: str,
    root: str,
    head: tuple[int, str],
    anchored_to: str,
    unanchored: int,
    single_administrator: bool,
) -> tuple[str, ...]:
    """Return the sentences about root, head, anchors and administrators.

    Args:
        fingerprint: root fingerprint.
        root: what it was compared with, in words.
        head: size and root of the newest checkpoint.
        anchored_to: the newest proof from outside; empty for none.
        unanchored: records beyond it.
        single_administrator: whether one administrator may act alone.
    """
    size, digest = head
    anchored = f"Confirmed up to {anchored_to}." if anchored_to else "Nothing outside confirms these records."
    tail = (
        f"Unanchored tail: {unanchored} record{'s' if unanchored != 1 else ''}, which somebody with all files and the "
        "key of this machine could have rewritten."
        if unanchored
        else "Unanchored tail: none."
    )
    people = (
        f"{SINGLE_ADMINISTRATOR[0].upper()}{SINGLE_ADMINISTRATOR[1:]}."
        if single_administrator
        else "Single-administrator mode: no; a reset of an account takes two people."
    )
    return (
        f"Root fingerprint: {fingerprint}. {root}",
        f"Head: {size} records, {digest}",
        f"{anchored} {tail}",
        people,
    )


def ledger_notes(report: VerifyReport) -> tuple[str, ...]:
    """Return the notes of a report but those that the facts say."""
    seen = tuple(f"{one.where}: {one.message}" for one in report.visible)
    return (*(one for one in report.notes if not one.startswith(_SAID_ELSEWHERE)), *seen)
