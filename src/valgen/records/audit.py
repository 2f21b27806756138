"""The audit trail: the records of the ledger in words, filtered.

It is no second store that could disagree: every entry is a record, in the order of their numbers, with who acted (by
the printed name that the ledger knew at that record), when, what, old and new value, and why. Refusals and failed
logins are entries like any other.

Records are compared with the newest signed checkpoint before any is shown, so that altered ones are never shown as if
nothing had happened. Reading takes no lock, and writes nothing.

No clock here. Source: 21 CFR 11.10(e); EU GMP Annex 11 clause 9. Format: docs/format-ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from valgen.errors import VerificationError
from valgen.ledger import kinds
from valgen.ledger.blobs import Blobs
from valgen.ledger.disclosure import sealed_records
from valgen.ledger.files import Layout
from valgen.ledger.people_kinds import file_refs
from valgen.ledger.state import State
from valgen.records.audit_words import said

_RUN_KINDS = ("step.result",)  # their long values stay as they are: the evidence shows them


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One changed value.

    Attributes:
        item: what was changed: an item, a test case, or an account by its user id.
        field: which of its fields.
        old: value before; empty for none.
        new: value after; empty for none.
    """

    item: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of the audit trail.

    Attributes:
        seq: number of the record.
        time: when, RFC 3339 in UTC.
        zone: time zone of the person, name and offset; empty for what a machine recorded.
        kind: kind of the record, the action.
        account: who acted: an account, ``root``, or the name of a machine.
        user: user id of that account; empty for none.
        name: printed name at that record; else the account.
        text: what happened, one sentence.
        document: key of the document it is about; empty for none.
        version: of that document.
        about: items, test cases, runs and executions it is about.
        accounts: accounts and user ids of the people it is about.
        changes: old and new values.
        reason: why, as given.
        files: SHA-256 of the files that it names as shown or issued.
    """

    seq: int
    time: str
    zone: str
    kind: str
    account: str
    user: str
    name: str
    text: str
    document: str = ""
    version: str = ""
    about: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    reason: str = ""
    files: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the published shape of one entry of ``valgen audit --json``."""
        return {
            "record": self.seq,
            "time": self.time,
            "zone": self.zone or None,
            "action": self.kind,
            "account": self.account,
            "user": self.user or None,
            "name": self.name,
            "text": self.text,
            "document": self.document or None,
            "version": self.version or None,
            "about": list(self.about),
            "changes": [{"item": one.item, "field": one.field, "old": one.old, "new": one.new} for one in self.changes],
            "reason": self.reason or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are wanted; an empty value asks for nothing.

    Attributes:
        user: user id or account: who acted, or whom it is about.
        item: item, test case, run or execution; with its changes only.
        document: key of a document.
        action: kind of record, or the part of it before the dot, such as ``account``.
        field: name of a changed field.
        since: first time, RFC 3339 in UTC or the beginning of it.
        until: last time, likewise; a day counts whole.
        first: number of the first record.
        last: number of the last record; None for the newest.
    """

    user: str = ""
    item: str = ""
    document: str = ""
    action: str = ""
    field: str = ""
    since: str = ""
    until: str = ""
    first: int = 0
    last: int | None = None

    @property
    def said(self) -> str:
        """What was asked for, in words; an extract without it would be taken for the whole."""
        parts = [
            f"{word} {value}"
            for word, value in (
                ("user", self.user), ("item", self.item), ("document", self.document), ("action", self.action),
                ("field", self.field), ("from", self.since), ("to", self.until),
            )
            if value
        ]  # fmt: skip
        if self.first or self.last is not None:
            parts.append(f"records {self.first} to {'the newest' if self.last is None else self.last}")
        return ", ".join(parts) or "all records"

    def of(self, entry: Entry) -> Entry | None:
        """Return the entry as far as it is wanted, or None."""
        if entry.seq < self.first or (self.last is not None and entry.seq > self.last):
            return None
        if self.since and entry.time < self.since:
            return None
        if self.until and entry.time[: len(self.until)] > self.until:
            return None
        if self.document and entry.document != self.document:
            return None
        if self.action and entry.kind != self.action and not entry.kind.startswith(f"{self.action}."):
            return None
        if self.user and self.user not in (entry.user, entry.account, *entry.accounts):
            return None
        changes = tuple(
            one
            for one in entry.changes
            if (not self.item or one.item == self.item) and (not self.field or one.field == self.field)
        )
        if self.field and not changes:
            return None
        if self.item and not changes and self.item not in entry.about:
            return None
        return replace(entry, changes=changes) if self.item or self.field else entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The audit trail of one ledger.

    Attributes:
        entries: as far as they were wanted, in order.
        records: records of the ledger that were read and compared with its checkpoint.
        unsealed: records beyond the newest checkpoint, which are not shown.
        origin: whose ledger it is.
        root_fingerprint: of its root.
        head: root over the records read, hex.
        single_administrator: whether one administrator may act alone.
        asked: which entries were wanted, in words.
    """

    entries: tuple[Entry, ...]
    records: int
    unsealed: int
    origin: str
    root_fingerprint: str
    head: str
    single_administrator: bool
    asked: str = "all records"


def read_trail(folder: Path, wanted: Wanted | None = None) -> Trail:
    """Read the audit trail of a ledger.

    Args:
        folder: of the ledger.
        wanted: which entries; all of them unless given.

    Raises:
        VerificationError: the ledger was altered, or a long text is missing.
    """
    state = State(layout=Layout(folder))
    found = state.catch_up()
    if state.registry is None or state.head is None:
        raise VerificationError(
            f"{folder} holds no ledger",
            why="its first record is not that of a ledger",
            fix="restore the folder from a backup",
            code="VG513",
        )
    return Trail(
        entries=tuple(entries_of(state, wanted)),
        records=state.head.size,
        unsealed=found.unsealed,
        origin=state.origin,
        root_fingerprint=state.registry.root_fingerprint,
        head=state.head.checkpoint.root.hex(),
        single_administrator=state.registry.single_administrator,
        asked=(wanted or Wanted()).said,
    )


def entries_of(state: State, wanted: Wanted | None = None) -> Iterator[Entry]:
    """Yield the entries of a ledger that was caught up just now."""
    if state.head is None:
        return
    layout = state.layout
    blobs = Blobs(layout.blobs, layout.tmp)
    teller = Teller()
    for _, one in sealed_records(layout, state.head.size):
        body = one.body if one.body["kind"] in _RUN_KINDS else kinds.expand(one.body, blobs.read)
        entry = teller.tell(one.seq, body)
        kept = entry if wanted is None else wanted.of(entry)
        if kept is not None:
            yield kept


@dataclass(slots=True)
class Teller:
    """Follows records in order and says each in words, with the names that hold at its place.

    Attributes:
        people: facts of each account: user, name, function, email, roles, state.
        zones: time zone of each account in its last session.
    """

    people: dict[str, dict[str, str]] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)

    def tell(self, seq: int, body: Mapping[str, Any]) -> Entry:
        """Return the entry of the next record."""
        kind, actor = body["kind"], body["actor"]
        account = body.get("account", "")
        if kind == "session.opened":
            self.zones[actor] = body["zone"]
        changes = tuple(self._changes(body))
        who = self.people.get(actor, {})
        entry = Entry(
            seq=seq,
            time=body["time"],
            zone=body.get("zone", self.zones.get(actor, "")),
            kind=kind,
            account=actor,
            user=who.get("user", ""),
            name=who.get("name", "") or ("the root key" if actor == "root" else actor),
            text=said(body, self.name_of),
            document=body["document"] if isinstance(body.get("document"), str) else _protocol(body),
            version=str(body.get("version", "")),
            about=tuple(str(body[key]) for key in ("case", "run", "execution") if body.get(key)),
            accounts=self._known(account, body.get("tester", "")),
            changes=changes,
            reason=_reason(body),
            files=tuple(ref.sha256 for ref in file_refs(body)),
        )
        if body.get("accounts"):
            entry = replace(entry, accounts=self._known(*(one["account"] for one in body["accounts"])))
        return entry

    def name_of(self, account: str) -> str:
        """Return how an account is printed: name and user id."""
        who = self.people.get(account)
        return f"{who['name']} ({who['user']})" if who else account

    def _known(self, *accounts: str) -> tuple[str, ...]:
        """Return accounts and their user ids, so that either finds an entry."""
        users = (self.people.get(account, {}).get("user", "") for account in accounts)
        return tuple(dict.fromkeys(filter(None, (*accounts, *users))))

    def _changes(self, body: Mapping[str, Any]) -> Iterator[Change]:
        """Yield old and new values, and take note of the new ones."""
        kind = body["kind"]
        if kind == "document.changed":
            for item, name, old, new in (row[:4] for row in body["changes"] if len(row) >= 4):
                yield Change(item=item, field=name, old=old, new=new)
        elif kind == "account.created":
            self.people[body["account"]] = {"user": body["user"]}
            roles = ", ".join(sorted(body["roles"]))
            facts = {name: body[name] for name in ("name", "function", "email")}
            yield from self._set(body["account"], {**facts, "roles": roles, "state": "waiting"})
        elif kind == "account.changed":
            facts = {name: body[name] for name in ("name", "function", "email") if name in body}
            yield from self._set(body["account"], facts)
        elif kind in ("role.granted", "role.revoked"):
            held = set(filter(None, self.people.get(body["account"], {}).get("roles", "").split(", ")))
            held = held | {body["role"]} if kind == "role.granted" else held - {body["role"]}
            yield from self._set(body["account"], {"roles": ", ".join(sorted(held))})
        elif kind in ("account.activated", "credentials.changed"):
            factor = {"second factor": "enrolled" if body["totp"] else "none"}
            yield from self._set(
                body["account"], {"state": "active", **factor} if kind == "account.activated" else factor
            )
        elif kind in ("account.reset", "account.disabled"):
            yield from self._set(body["account"], {"state": "waiting" if kind == "account.reset" else "disabled"})

    def _set(self, account: str, facts: Mapping[str, str]) -> Iterator[Change]:
        known = self.people.setdefault(account, {"user": account, "name": account})
        for name, new in facts.items():
            old = known.get(name, "")
            known[name] = new
            if old != new:
                yield Change(item=known["user"], field=name, old=old, new=new)


def _protocol(body: Mapping[str, Any]) -> str:
    protocol = body.get("protocol")
    return str(protocol["document"]) if isinstance(protocol, dict) else ""


def _reason(body: Mapping[str, Any]) -> str:
    if body["kind"] in ("login.failed", "session.closed"):
        return ""  # a word of the machine, which stands in the text
    return str(body.get("reason", body.get("comment", "")))
