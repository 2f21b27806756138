"""Sessions, and what a signature says of who signed.

Signatures, rejections, reviews and audit-trail reviews are *statements*: the person signs with a name, a function and a
role that the ledger knows, in a session of their own, with both components the first time.

Whether ``head`` is that of the log is checked by whoever has the tree.

Source: integrity.md S-1, S-2, S-10; 21 CFR 11.50(a), 11.200(a)(1). Format: docs/format-ledger.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from valgen.ledger.people_kinds import METHODS
from valgen.ledger.registry_book import Act, Book, Breach, Session
from valgen.ledger.registry_signers import Rule

STATEMENTS = frozenset({"signature", "rejection", "review", "audit.reviewed"})
"""Kinds in which a person signs with name, function, role, session and head."""


def check_session(book: Book, session: str, account: str) -> Iterator[Breach]:
    """Yield what is wrong with a session that an account acts in."""
    found = book.sessions.get(session)
    if found is None:
        yield Breach("VG554", f"its session {session} was never opened")
    elif found.account != account:
        yield Breach("VG554", f"its session {session} belongs to {found.account}, not to {account}")
    elif not found.open:
        yield Breach("VG554", f"its session {session} had ended")


def check_statement(book: Book, act: Act) -> Iterator[Breach]:
    """Yield how a statement differs from what the ledger knows of the signer."""
    body = act.body
    account = book.accounts.get(act.actor)
    if account is None:
        return  # the rule about signers has said so
    if account.service:
        yield Breach("VG555", f"{account.id} is a service, which signs nothing of the kind")
    for key, known in (("name", account.name), ("function", account.function)):
        if body[key] != known:
            yield Breach("VG555", f"its {key} is {body[key]!r}, and {account.id} has {known!r}")
    if body["role"] not in account.roles:
        yield Breach("VG555", f"{account.id} does not hold the role {body['role']}")
    yield from check_session(book, body["session"], account.id)
    session = book.sessions.get(body["session"])
    if session is not None and not session.signed and body["components"] != "all":
        yield Breach("VG554", f"it is the first signature in the session {session.id} and lacks components")
    if body["head"]["size"] > act.seq:
        yield Breach("VG556", f"its head covers {body['head']['size']} records, and {act.seq} stand before it")


def apply_statement(book: Book, act: Act) -> None:
    """Take note that a statement was made in a session."""
    session = book.sessions.get(act.body["session"])
    if session is not None:
        book.sessions[session.id] = dataclasses.replace(session, signed=True)


def _check_opened(book: Book, act: Act) -> Iterator[Breach]:
    if act.body["session"] in book.sessions:
        yield Breach("VG554", f"the session {act.body['session']} was opened before")
    account = book.accounts.get(act.actor)
    if account is None:
        return
    if account.service:
        yield Breach("VG554", f"{account.id} is a service, which opens no session")
    if act.body["method"] != METHODS[account.totp]:
        yield Breach("VG554", f"{account.id} shows who they are by {METHODS[account.totp]}, not {act.body['method']}")


def _apply_opened(book: Book, act: Act) -> None:
    body = act.body
    book.sessions.setdefault(
        body["session"], Session(id=body["session"], account=act.actor, opened=act.seq, time=body["time"])
    )


def _check_closed(book: Book, act: Act) -> Iterator[Breach]:
    found = book.sessions.get(act.body["session"])
    if found is None or not found.open:
        yield Breach("VG554", f"it ends the session {act.body['session']}, which is not open")


def _apply_closed(book: Book, act: Act) -> None:
    found = book.sessions.get(act.body["session"])
    if found is not None:
        book.sessions[found.id] = dataclasses.replace(found, open=False)


def _check_issued(book: Book, act: Act) -> Iterator[Breach]:
    account = book.accounts.get(act.actor)
    if account is not None and account.service:
        yield Breach("VG555", f"{account.id} is a service, which signs nothing of the kind")


def _check_audit(book: Book, act: Act) -> Iterator[Breach]:
    yield from check_statement(book, act)
    first, last = act.body["first"], act.body["last"]
    if not first <= last < act.seq:
        yield Breach("VG555", f"it reviews records {first} to {last}, and {act.seq} stand before it")


CHECKS: dict[str, Rule] = {
    "session.opened": _check_opened,
    "session.closed": _check_closed,
    "signature": check_statement,
    "rejection": check_statement,
    "document.issued": _check_issued,
    "audit.reviewed": _check_audit,
}
"""Rules by kind of record."""

EFFECTS: dict[str, Callable[[Book, Act], None]] = {
    "session.opened": _apply_opened,
    "session.closed": _apply_closed,
    "signature": apply_statement,
    "rejection": apply_statement,
    "audit.reviewed": apply_statement,
}
"""What becomes of the book, by kind of record."""
