"""Who may do what in a ledger, at every place of its log.

A ``Registry`` follows the records in order. It says which rules a record breaks and answers questions about keys,
accounts, sessions and executions as they are after the last record followed. Writers use it before they write,
verification while it reads; both with the same rules.

It is pure: whoever calls it has checked shape and signatures, reads blobs, and compares heads with the tree.

Source: integrity.md §3.3, S-1 to S-5, S-11 to S-13. Format: docs/format-ledger.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from valgen.ledger import registry_accounts, registry_executions, registry_sessions
from valgen.ledger.record import brought_keys
from valgen.ledger.registry_book import (
    Account,
    Act,
    Book,
    Breach,
    Execution,
    Key,
    Proposal,
    Session,
    fingerprint,
    look,
)
from valgen.ledger.registry_signers import apply_keys, check_keys, check_signers

_CHECKS = {
    **registry_accounts.CHECKS,
    **registry_sessions.CHECKS,
    **registry_executions.CHECKS,
    "genesis": check_keys,
    "keys.declared": check_keys,
    "keys.retired": check_keys,
}
EFFECTS = {
    **registry_accounts.EFFECTS,
    **registry_sessions.EFFECTS,
    **registry_executions.EFFECTS,
    "genesis": apply_keys,
    "keys.declared": apply_keys,
    "keys.retired": apply_keys,
}
"""What becomes of the book, by kind of record; kinds that are not here change nothing."""

NEEDED = re.compile(rb'"kind":"(?:%s)"' % b"|".join(re.escape(kind.encode()) for kind in sorted(EFFECTS)))
"""Found in every line that changes what a registry knows. Text cannot hide it, because quotes in text are escaped."""

UNSEALED_ONLY = frozenset({"case.result"})
"""Kinds whose signatures a writer checks only beyond the newest checkpoint; they give nobody any authority."""


class Registry:
    """What the records followed so far say of people and keys."""

    def __init__(self) -> None:
        self._book = Book()

    def check(self, body: Mapping[str, Any], seq: int, signers: Iterable[str], leaf: str = "") -> list[Breach]:
        """Return the rules that a record would break; nothing is noted.

        Args:
            body: well-formed.
            seq: its place in the log.
            signers: ids of the keys whose signatures on it hold.
            leaf: its leaf hash, hex; needed for case results.
        """
        return self._check(Act(body=body, seq=seq, signers=frozenset(signers), leaf=leaf))

    def follow(self, body: Mapping[str, Any], seq: int, signers: Iterable[str], leaf: str = "") -> list[Breach]:
        """Take note of the next record and return the rules that it breaks; see ``check``."""
        act = Act(body=body, seq=seq, signers=frozenset(signers), leaf=leaf)
        breaches = self._check(act)
        effect = EFFECTS.get(act.kind)
        if effect is not None:
            effect(self._book, act)
        return breaches

    def copy(self) -> Registry:
        """Return an independent copy, on which acts can be tried."""
        twin, book = Registry(), self._book
        twin._book = Book(
            origin=book.origin,
            threshold=book.threshold,
            single_administrator=book.single_administrator,
            root_line=book.root_line,
            keys=dict(book.keys),
            accounts=dict(book.accounts),
            users=dict(book.users),
            looks=dict(book.looks),
            sessions=dict(book.sessions),
            proposals=dict(book.proposals),
            executions=dict(book.executions),
            run_executions=dict(book.run_executions),
            results=dict(book.results),
        )
        return twin

    # Root and keys

    @property
    def origin(self) -> str:
        """Whose ledger it is: ``valgen:<uuid>/<project>``."""
        return self._book.origin

    @property
    def threshold(self) -> int:
        """How many root keys must sign where the root signs."""
        return self._book.threshold

    @property
    def single_administrator(self) -> bool:
        """Whether one administrator may do alone what takes two people."""
        return self._book.single_administrator

    @property
    def root_line(self) -> bytes:
        """The line of ``root.json`` that the genesis record asks for, without newline; empty before it."""
        return self._book.root_line

    @property
    def root_fingerprint(self) -> str:
        """SHA-256 of the line of ``root.json``, hex; empty before the genesis record."""
        return fingerprint(self._book.root_line) if self._book.root_line else ""

    @property
    def keys(self) -> Mapping[str, Key]:
        """Every key that was ever declared or activated, by id."""
        return self._book.keys

    def active_keys(self) -> dict[str, Key]:
        """Return the keys that count now, by id, each with role and holder."""
        return {name: key for name, key in self._book.keys.items() if key.until is None}

    def public_keys(self, body: Mapping[str, Any], names: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Return role and raw public key of those keys that may stand on a record: known, or brought by it.

        Args:
            body: of the record.
            names: ids of the keys that signed it.

        Raises:
            VerificationError: a key that it brings is not acceptable.
        """
        found = brought_keys(body)
        for name in names:
            key = self._book.keys.get(name)
            if key is not None:
                found[name] = (key.role, key.public)
        return found

    def log_keys(self, size: int) -> list[bytes]:
        """Return the raw public log keys that are active after the first ``size`` records."""
        return [
            key.public
            for key in self._book.keys.values()
            if key.role == "log" and key.since < size and (key.until is None or key.until >= size)
        ]

    # People

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Every account by id, in the order of creation."""
        return self._book.accounts

    def account_of_user(self, user: str) -> Account | None:
        """Return the account with a user id, whatever its state."""
        return self._book.accounts.get(self._book.users.get(user, ""))

    def administrators(self) -> list[Account]:
        """Return the active accounts that hold the administrator role."""
        return self._book.administrators()

    def administrator_persons(self) -> set[str]:
        """Return the persons that hold the administrator role actively."""
        return {account.person for account in self._book.administrators()}

    @property
    def user_ids(self) -> Mapping[str, str]:
        """Account by every user id that was ever used."""
        return self._book.users

    def taken_by(self, user: str) -> str:
        """Return the user id that was used before and is equal to, or looks like, this one; empty when it is free."""
        return self._book.looks.get(look(user), "")

    def next_account(self) -> str:
        """Return the id that the next account gets."""
        return registry_accounts.next_account(self._book)

    def accounts_as_checked(self) -> list[dict[str, object]]:
        """Return the value of ``accounts`` that an ``accounts.checked`` record must have now."""
        return registry_accounts.accounts_as_checked(self._book)

    @property
    def sessions(self) -> Mapping[str, Session]:
        """Every session by id."""
        return self._book.sessions

    def open_sessions(self, account: str) -> list[Session]:
        """Return the open sessions of an account, oldest first."""
        return [session for session in self._book.sessions.values() if session.open and session.account == account]

    @property
    def proposals(self) -> Mapping[int, Proposal]:
        """Every proposal by the number of its record."""
        return self._book.proposals

    # Executions

    @property
    def executions(self) -> Mapping[str, Execution]:
        """Every formal execution by id."""
        return self._book.executions

    def next_execution(self) -> str:
        """Return the id that the next execution gets."""
        return registry_executions.next_execution(self._book)

    def results_of(self, execution: str) -> dict[str, int]:
        """Return the record number of every case result of an execution, by leaf hash."""
        return {leaf: seq for leaf, (owner, seq) in self._book.results.items() if owner == execution}

    def _check(self, act: Act) -> list[Breach]:
        found = list(check_signers(self._book, act))
        rule = _CHECKS.get(act.kind)
        if rule is not None:
            found += rule(self._book, act)
        return found


__all__ = ["EFFECTS", "NEEDED", "UNSEALED_ONLY", "Registry"]
__all__ += ["Account", "Breach", "Execution", "Key", "Proposal", "Session"]
