"""What the records of a ledger say about keys, accounts, sessions and executions at one place of the log.

A ``Book`` holds frozen values in dictionaries; the rules (``registry_signers``, ``registry_accounts``,
``registry_sessions``, ``registry_executions``) look things up in it and put new values in their place, and ``Registry``
follows the records.

No files and no clock here. Format: docs/format-ledger.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from valgen.ledger.canonical import encode
from valgen.ledger.people_kinds import ADMINISTRATOR

ROOT = "root"
"""``actor`` of a record that the root signs."""

_SEPARATORS = re.compile(r"[._-]")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})
_PAIRS = re.compile("rn|vv")
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z")


class Breach(NamedTuple):
    """One rule that a record breaks.

    Attributes:
        code: a key of ``valgen.codes.CODES``.
        text: what is wrong with the record, beginning with "it".
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of the ledger, active or not.

    Attributes:
        id: SHA-256 of the raw public bytes, hex.
        public: 32 raw bytes.
        role: ``root``, ``log``, ``recorder`` or ``person``.
        holder: account of a person's key; empty for others.
        since: number of the record that brought it.
        until: number of the record that ended it; None while it is active.
        stolen: whether it was retired because somebody else may have had it.
    """

    id: str
    public: bytes
    role: str
    holder: str = ""
    since: int = 0
    until: int | None = None
    stolen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeCode:
    """What is known of the one-time code that an account waits for.

    Attributes:
        salt: 16 bytes in hex.
        sha256: of the salt and the code, hex.
        expires: time after which it no longer counts.
        cause: ``activation`` for a new account, ``reset`` after one.
    """

    salt: str
    sha256: str
    expires: str
    cause: Literal["activation", "reset"]

    def fits(self, code: str) -> bool:
        """Tell whether this is the code."""
        return code_digest(self.salt, code) == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's, or one service's, way to act.

    Attributes:
        id: such as ``u-0001``.
        person: id of the person's first account.
        user: user id.
        name: printed name.
        function: title or function.
        email: where notices go; may be empty.
        service: whether it is a service's.
        roles: roles held, in ascending order.
        state: ``waiting``, ``active`` or ``disabled``.
        created: number of the record that made it.
        totp: whether a second factor is enrolled.
        key: 32 raw bytes of the active public key; empty unless active.
        key_id: its id; empty unless active.
        key_since: number of the record that brought the key.
        key_time: time of that record.
        key_cause: ``activation`` or ``reset``: what the key's one-time code was given for.
        reset_time: when the reset was done that led to this key; empty for a first key.
        code: what the account waits for; None unless waiting.
    """

    id: str
    person: str
    user: str
    name: str
    function: str
    email: str
    service: bool
    roles: tuple[str, ...]
    state: Literal["waiting", "active", "disabled"] = "waiting"
    created: int = 0
    totp: bool = False
    key: bytes = b""
    key_id: str = ""
    key_since: int = 0
    key_time: str = ""
    key_cause: Literal["", "activation", "reset"] = ""
    reset_time: str = ""
    code: OneTimeCode | None = None

    @property
    def active(self) -> bool:
        """Whether the account may act."""
        return self.state == "active"

    @property
    def administrator(self) -> bool:
        """Whether the account manages accounts now."""
        return self.active and ADMINISTRATOR in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One time that a person was at work.

    Attributes:
        id: 32 hex digits.
        account: whose it is.
        opened: number of the record that opened it.
        time: of that record.
        open: whether it has not ended.
        signed: whether a signature or review was made in it.
    """

    id: str
    account: str
    opened: int
    time: str
    open: bool = True
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal of an act that takes two people.

    Attributes:
        seq: number of its record.
        act: kind of the act.
        account: whom it concerns; empty for ``restored``.
        by: account of the proposer.
        time: of the record.
        reason: why.
        used: whether an act has used it.
    """

    seq: int
    act: str
    account: str
    by: str
    time: str
    reason: str
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One formal execution.

    Attributes:
        id: such as ``exec-0001``.
        seq: number of the record that opened it.
        stage: IQ, OQ or PQ.
        environment: name of the environment.
        runs: ids of its runs.
        testers: accounts that executed.
    """

    id: str
    seq: int
    stage: str
    environment: str
    runs: tuple[str, ...] = ()
    testers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One record, as the rules see it.

    Attributes:
        body: well-formed.
        seq: its place in the log.
        signers: ids of the keys whose signatures on it hold.
        leaf: its leaf hash, hex.
    """

    body: Mapping[str, Any]
    seq: int
    signers: frozenset[str]
    leaf: str = ""

    @property
    def kind(self) -> str:
        """Kind of the record."""
        return str(self.body["kind"])

    @property
    def actor(self) -> str:
        """Who acted."""
        return str(self.body["actor"])


@dataclass(slots=True)
class Book:
    """Everything the rules know at one place of the log.

    Attributes:
        origin: of the ledger.
        threshold: root keys that must sign where the root signs.
        single_administrator: whether one administrator may act alone.
        root_line: the line of ``root.json``, without newline.
        keys: every key that was ever declared or activated, by id.
        accounts: by id, in the order of their creation.
        users: account by user id.
        looks: user id by look-alike spelling.
        sessions: by id.
        proposals: by number of their record.
        executions: by id.
        run_executions: execution by run id.
        results: execution and record number of formal case results, by leaf hash.
    """

    origin: str = ""
    threshold: int = 0
    single_administrator: bool = False
    root_line: bytes = b""
    keys: dict[str, Key] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    looks: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    run_executions: dict[str, str] = field(default_factory=dict)
    results: dict[str, tuple[str, int]] = field(default_factory=dict)

    def root_keys(self) -> set[str]:
        """Return the ids of the root keys."""
        return {key.id for key in self.keys.values() if key.role == "root"}

    def active_account(self, account: str) -> Account | None:
        """Return an account if it may act."""
        found = self.accounts.get(account)
        return found if found is not None and found.active else None

    def administrators(self) -> list[Account]:
        """Return the accounts that hold the administrator role actively."""
        return [account for account in self.accounts.values() if account.administrator]

    def person_of(self, account: str) -> str:
        """Return the person of an account; the account id itself when there is none."""
        found = self.accounts.get(account)
        return found.person if found else account

    def end_sessions(self, account: str) -> None:
        """End every open session of an account."""
        for session in [one for one in self.sessions.values() if one.open and one.account == account]:
            self.sessions[session.id] = replace(session, open=False)


def code_digest(salt: str, code: str) -> str:
    """Return the digest under which a ledger keeps a one-time code.

    Args:
        salt: 16 bytes in hex.
        code: without hyphens.
    """
    return hashlib.sha256(bytes.fromhex(salt) + code.encode("utf-8")).hexdigest()


def look(user: str) -> str:
    """Return the spelling that user ids that look alike have in common."""
    return _PAIRS.sub(lambda pair: "m" if pair[0] == "rn" else "w", _SEPARATORS.sub("", user).translate(_ALIKE))


def microseconds(time: str) -> int:
    """Return a well-formed time as microseconds since 1970-01-01, to compare and subtract; a leap second is :60."""
    match = _TIME.fullmatch(time)
    if match is None:
        raise ValueError(time)
    year, month, day, hour, minute, second = (int(text) for text in match.groups()[:6])
    since_march = (month + 9) % 12  # months, counted from March, so that a leap day ends the year
    years = year - (month <= 2)
    days = 365 * years + years // 4 - years // 100 + years // 400 + (153 * since_march + 2) // 5 + day - 719469
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + int((match[7] or "").ljust(6, "0"))


def root_line(keys: list[str], origin: str, threshold: int) -> bytes:
    """Return the line of ``root.json``, without its newline.

    Args:
        keys: raw public root keys in hex.
        origin: of the ledger.
        threshold: root keys that must sign where the root signs.
    """
    return encode({"keys": sorted(keys), "origin": origin, "threshold": threshold})


def fingerprint(line: bytes) -> str:
    """Return the root fingerprint: SHA-256 of the line of ``root.json``, hex."""
    return hashlib.sha256(line).hexdigest()
