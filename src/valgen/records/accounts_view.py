"""All accounts at a glance, and what somebody who looks through them should notice.

Read without lock and keys. What stands here follows from the records alone.

Source: 21 CFR 11.10(g), 11.100(b), 11.300(b); docs/format-ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from valgen.ledger.people_kinds import ADMINISTRATOR
from valgen.ledger.registry import Account, Registry
from valgen.ledger.registry_book import microseconds
from valgen.records.throttle import NOTICE_AFTER

UNUSED_DAYS = 180
"""After how many days without use an account is worth a question."""

KINDS = ("account.created", "account.reset", "account.activated", "session.opened", "login.failed", "account.unlocked")
"""Kinds of records that ``overview`` reads."""

_DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account as people see it.

    Attributes:
        account: its facts.
        person: user id of the first account of the same human being; empty when it is the only one.
        identity: how the identity was checked last, as recorded.
        last_used: when the person was last at work; empty for never.
        failed: failed attempts since the person was last at work or unlocked.
        created: when the account was made.
        notes: what is worth a question, one sentence each.
    """

    account: Account
    person: str
    identity: Mapping[str, str]
    last_used: str
    failed: int
    created: str
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the published shape of one entry of ``valgen user list --json``."""
        one = self.account
        return {
            "account": one.id,
            "user": one.user,
            "name": one.name,
            "function": one.function,
            "email": one.email,
            "person": one.person,
            "service": one.service,
            "state": one.state,
            "roles": list(one.roles),
            "second_factor": one.totp,
            "created": self.created,
            "key_since": one.key_time or None,
            "key_from_reset": one.key_cause == "reset",
            "last_used": self.last_used or None,
            "failed_attempts": self.failed,
            "identity": dict(self.identity),
            "code_expires": one.code.expires if one.code else None,
            "notes": list(self.notes),
        }


def overview(registry: Registry, bodies: Iterable[Mapping[str, Any]], *, now: str) -> tuple[AccountRow, ...]:
    """Return every account in the order of creation.

    Args:
        registry: of the ledger.
        bodies: records of ``KINDS``, oldest first.
        now: RFC 3339 in UTC, to say what expired and what is not used.
    """
    identity: dict[str, Mapping[str, str]] = {}
    created: dict[str, str] = {}
    used: dict[str, str] = {}
    failed: dict[str, int] = {}
    for body in bodies:
        kind, account = body["kind"], str(body.get("account", body["actor"]))
        if kind in ("account.created", "account.reset"):
            identity[account] = body["identity"]
            if kind == "account.created":
                created[account] = body["time"]
        elif kind == "login.failed":
            failed[account] = failed.get(account, 0) + (body["reason"] not in ("too soon", "locked"))
        else:
            failed[account] = 0
            if kind == "session.opened":
                used[account] = body["time"]
    rows = []
    for one in registry.accounts.values():
        known = identity.get(one.id, {})
        count = failed.get(one.id, 0)
        rows.append(
            AccountRow(
                account=one,
                person="" if one.person == one.id else registry.accounts[one.person].user,
                identity=known,
                last_used=used.get(one.id, ""),
                failed=count,
                created=created.get(one.id, ""),
                notes=tuple(_notes(registry, one, known, used.get(one.id, ""), count, now)),
            )
        )
    return tuple(rows)


def ledger_notes(registry: Registry) -> tuple[str, ...]:
    """Return what is worth a question about the accounts as a whole."""
    persons = registry.administrator_persons()
    if registry.single_administrator:
        return ("Single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3).",)
    if len(persons) == 1:
        (one,) = persons
        return (f"Only {registry.accounts[one].name} is {ADMINISTRATOR}; a reset or a second one needs the root key.",)
    return () if persons else ("Nobody is administrator; only the root key can act.",)


def _notes(
    registry: Registry, one: Account, identity: Mapping[str, str], used: str, failed: int, now: str
) -> Iterable[str]:
    if one.state != "disabled" and not one.service and not identity.get("how"):
        yield "how the identity was checked is not recorded"
    if one.code is not None and microseconds(now) > microseconds(one.code.expires):
        yield f"the one-time code expired on {one.code.expires[:10]} and was not used"
    last = max((time for time in (used, one.key_time) if time), default="")
    if one.active and not one.service and last:
        days = (microseconds(now) - microseconds(last)) // _DAY
        if days > UNUSED_DAYS:
            yield f"not used for {days} days"
    if failed >= NOTICE_AFTER:
        yield f"{failed} failed attempts since the last use"
    if one.active and not one.roles:
        yield "holds no role"
    if one.state == "disabled" and one.roles:
        yield f"is disabled and still named with the roles {', '.join(one.roles)}"
    if one.key_cause == "reset":
        yield f"has its key from a reset, since {one.key_time[:10]}"
    if one.person != one.id:
        yield f"belongs to the same person as {registry.accounts[one.person].user}"
