"""Who is at the keyboard: showing user id, password and second factor, and the session that follows.

    acting = authenticate(ledger, user="anna", password=..., totp="123456", terminal=terminal, signing=True)
    acting.key signs; acting.session and acting.components stand in the signature

A session belongs to one account, one ledger and one terminal. It ends after 15 minutes without use, when its person
leaves, when somebody else shows who they are at that terminal, and when the credentials change. The first signing of
a session shows all components, later ones at least the password: no act passes without it, because it unseals the key.

A failed attempt is a record. The answer to it says nothing about which part was wrong, and costs the same work for a
user id that does not exist. How long somebody must wait follows from those records (``throttle``).

No clock here: the ledger knows when the act happens. Source: 21 CFR 11.200(a)(1), 11.300(d); integrity.md S-9, S-10.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from valgen.errors import AuthorityError
from valgen.ledger.keys import SigningKey
from valgen.ledger.record import Draft
from valgen.ledger.registry import Account, Registry, Session
from valgen.ledger.registry_book import microseconds
from valgen.records import keyring, throttle
from valgen.records.authority import Acting
from valgen.records.ledger import Ledger, Now, Place
from valgen.records.second_factor import take_code
from valgen.records.session_files import KeptSession, forget_session, read_session, write_session

IDLE_MINUTES = 15
"""After how many minutes without use a session ends."""

_IDLE_MS = IDLE_MINUTES * 60 * 1000
_RECORDER = "valgen"

NOT_RIGHT = "user id, password or code is not right"
"""What every failed attempt is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where somebody acts.

    Attributes:
        id: the same for all commands of one terminal, another one elsewhere; 64 hex digits.
        source: terminal and host in words, at most 400 characters.
        zone: time zone of the person, name and offset, such as ``CET +01:00``; at most 100 characters.
    """

    id: str
    source: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What somebody will have to show, so that a door knows what to ask for.

    Attributes:
        user: user id; empty when nobody is named and no session is open.
        second_factor: whether a code is needed.
        session: id of the open session at this terminal; empty for none.
    """

    user: str
    second_factor: bool
    session: str


def expected(
    registry: Registry,
    keystore: Path,
    terminal: Terminal,
    now: Now,
    user: str | None = None,
    *,
    signing: bool = False,
    anew: bool = False,
) -> Expected:
    """Say what somebody will have to show. Nothing is written, and nothing is checked.

    Args:
        registry: of the ledger.
        keystore: folder of the keys.
        terminal: where they act.
        now: when.
        user: their user id; None for whoever has the open session of this terminal.
        signing: see ``authenticate``.
        anew: see ``authenticate``.

    Raises:
        AuthorityError: nobody is named and no session is open.
    """
    session, _ = _at_terminal(registry, keystore, terminal, now)
    owner = registry.accounts[session.account] if session else None
    if user is None and owner is None:
        raise AuthorityError(
            "nobody is named, and no session is open at this terminal",
            why="a session ends after some minutes without use, and everything has to be shown again",
            fix="say who acts: --as USER",
            code="VG594",
        )
    account = owner if user is None else registry.account_of_user(user)
    mine = session if session and account and session.account == account.id else None
    everything = anew or mine is None or (signing and not mine.signed)
    return Expected(
        user=user if user is not None else (owner.user if owner else ""),
        second_factor=bool(account and account.totp and everything),
        session=mine.id if mine else "",
    )


def authenticate(
    ledger: Ledger,
    *,
    user: str,
    password: str,
    totp: str = "",
    terminal: Terminal,
    signing: bool = False,
    anew: bool = False,
) -> Acting:
    """Check who somebody is, open or continue their session, and unseal their key.

    Args:
        ledger: open.
        user: user id as typed.
        password: as typed.
        totp: code of the second factor; empty for none.
        terminal: where they act.
        signing: whether a signature or review follows; the first one of a session needs all components.
        anew: whether all components are needed even so, as for a change of credentials.

    Raises:
        AuthorityError: not right (VG576), too soon or locked (VG577); the attempt is in the records.
    """
    account = ledger.registry.account_of_user(user)
    failures = check_waiting(ledger, account, terminal)
    place, registry = ledger.place, ledger.registry
    if account is None or not account.active:
        keyring.same_work(place, password)
        fail(ledger, account, terminal, "credentials" if account is None else "not active")
    opened = keyring.open_key(place, registry, account, password)
    if opened is None:
        fail(ledger, account, terminal, "credentials")
    session, idle = _at_terminal(registry, place.keystore, terminal, ledger.now)
    mine = session if session is not None and session.account == account.id and not failures else None
    all_wanted = anew or mine is None or (signing and not mine.signed)
    if account.totp and (totp or all_wanted) and not _second_factor(ledger, account, opened.second_factor, totp):
        fail(ledger, account, terminal, "second factor")
    components: Literal["all", "password"] = "all" if totp or not account.totp else "password"
    if account.service:
        return Acting(account=account, key=opened.key, session="", components="all")
    if idle is not None:
        _close(ledger, idle, "idle")
    if session is not None and mine is None:
        _close(ledger, session, "credentials" if session.account == account.id else "taken over")
    if mine is None:
        mine = _open(ledger, account, opened.key, terminal)
    _keep(ledger, mine, terminal)
    return Acting(account=account, key=opened.key, session=mine.id, components=components)


def vouch(place: Place, registry: Registry, now: Now, *, user: str, password: str, totp: str = "") -> Acting:
    """Check who somebody is at a computer that may not write to the ledger yet.

    Nothing can be recorded there, so the password alone protects the key; whoever has the file could try it elsewhere
    as well.

    Raises:
        AuthorityError: not right.
    """
    account = registry.account_of_user(user)
    opened = None
    if account is None or not account.active:
        keyring.same_work(place, password)
    else:
        opened = keyring.open_key(place, registry, account, password)
    if account is None or opened is None:
        raise _not_right()
    if account.totp and not take_code(
        opened.second_factor,
        totp,
        keystore=place.keystore,
        origin=registry.origin,
        account=account.id,
        wall_ms=now.wall_ms,
    ):
        raise _not_right()
    return Acting(account=account, key=opened.key, session="", components="all")


def leave(ledger: Ledger, terminal: Terminal) -> Account | None:
    """End the session of a terminal; return whose it was, or None when there was none."""
    session, _ = _at_terminal(ledger.registry, ledger.keystore, terminal, ledger.now)
    if session is not None:
        _close(ledger, session, "left")
    forget_session(ledger.keystore, ledger.registry.origin, terminal.id)
    return ledger.registry.accounts[session.account] if session else None


def check_waiting(ledger: Ledger, account: Account | None, terminal: Terminal) -> int:
    """Refuse an attempt that comes too soon after failed ones, or at a locked account.

    User ids that do not exist count together as one, so that waiting does not tell them from others.

    Args:
        ledger: open.
        account: whose user id was given; None when there is none.
        terminal: where.

    Returns:
        Failed attempts in a row at the account.

    Raises:
        AuthorityError: it comes too soon, or the account is locked (VG577).
    """
    now = ledger.now.wall_ms // 1000
    here, there = _attempts(ledger, account, terminal)
    standing, source = throttle.of_account(there, now), throttle.of_source(here, now)
    if standing.locked and account is not None:
        record_failure(ledger, account, terminal, "locked")
        raise AuthorityError(
            f"after {throttle.LOCKED_AFTER} failed attempts in a row nobody can act as {account.user}",
            why="somebody may be guessing the password",
            fix=f"ask an administrator for: valgen user unlock {account.user}",
            code="VG577",
        )
    wait = max(standing.wait_s, source.wait_s)
    if wait:
        record_failure(ledger, account, terminal, "too soon")
        raise AuthorityError(
            f"too many failed attempts: wait {_duration(wait)}",
            why="guessing a password must take longer than anybody has; every attempt is recorded",
            fix="try again afterwards; whoever forgot their password asks an administrator for: valgen user reset",
            code="VG577",
        )
    return standing.failures


def fail(ledger: Ledger, account: Account | None, terminal: Terminal, reason: str) -> NoReturn:
    """Record a failed attempt and refuse it, in the same words whatever was wrong.

    Args:
        ledger: open.
        account: whose user id was given; None when there is none. What was typed is not kept.
        terminal: where.
        reason: as in docs/format-ledger.md, login.failed.

    Raises:
        AuthorityError: always.
    """
    record_failure(ledger, account, terminal, reason)
    raise _not_right()


def record_failure(ledger: Ledger, account: Account | None, terminal: Terminal, reason: str) -> None:
    """Write a ``login.failed`` record."""
    body = {"account": account.id if account else "", "source": terminal.source[:400], "reason": reason}
    ledger.write([Draft("login.failed", body)], actor=_RECORDER)


def _at_terminal(
    registry: Registry, keystore: Path, terminal: Terminal, now: Now
) -> tuple[Session | None, Session | None]:
    """Return the open session of a terminal, and one that was open and was not used for too long."""
    kept = read_session(keystore, registry.origin, terminal.id)
    session = registry.sessions.get(kept.session) if kept else None
    if kept is None or session is None or not session.open or session.account != kept.account:
        return None, None
    idle = kept.idle_ms(now.wall_ms, now.mono_ms, now.boot)
    if idle is None or idle > _IDLE_MS:
        return None, session
    return session, None


def _attempts(
    ledger: Ledger, account: Account | None, terminal: Terminal
) -> tuple[list[throttle.Attempt], list[throttle.Attempt]]:
    """Return what happened at this terminal, and at this account."""
    here: list[throttle.Attempt] = []
    there: list[throttle.Attempt] = []
    name = account.id if account else ""
    for body in ledger.bodies("login.failed", "session.opened", "account.activated", "account.unlocked"):
        failed = body["kind"] == "login.failed"
        same_source = body.get("source") == terminal.source
        whose = body["account"] if body["kind"] != "session.opened" else body["actor"]
        one = throttle.Attempt(
            time=microseconds(body["time"]) // 1_000_000,
            failed=failed,
            unseen=failed and body["reason"] in ("too soon", "locked"),
            account=whose,
        )
        if same_source:
            here.append(one)
        if whose == name and (name or same_source):
            there.append(one)
        elif not name and same_source and not failed:
            there.append(one)  # somebody showed who they are here, which ends the row of unknown user ids
    return here, there


def _second_factor(ledger: Ledger, account: Account, secret: bytes, totp: str) -> bool:
    return take_code(
        secret,
        totp,
        keystore=ledger.keystore,
        origin=ledger.registry.origin,
        account=account.id,
        wall_ms=ledger.now.wall_ms,
    )


def _not_right() -> AuthorityError:
    return AuthorityError(
        NOT_RIGHT,
        why="nobody acts without showing who they are; the attempt is recorded",
        fix="try again; whoever forgot their password asks an administrator for: valgen user reset. The key of an "
        "account lies on the computer where it was activated",
        code="VG576",
    )


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    return f"{-(-seconds // 60)} minutes"


def _open(ledger: Ledger, account: Account, key: SigningKey, terminal: Terminal) -> Session:
    body = {
        "session": secrets.token_hex(16),
        "method": "password and one-time code" if account.totp else "password",
        "source": terminal.source[:400],
        "zone": terminal.zone[:100],
    }
    ledger.write([Draft("session.opened", body, signers=(key,))], actor=account.id)
    return ledger.registry.sessions[body["session"]]


def _close(ledger: Ledger, session: Session, reason: str) -> None:
    if not ledger.log.refresh().sessions[session.id].open:
        return  # another command of this terminal has ended it meanwhile
    ledger.write([Draft("session.closed", {"session": session.id, "reason": reason})], actor=_RECORDER)


def _keep(ledger: Ledger, session: Session, terminal: Terminal) -> None:
    now = ledger.now
    write_session(
        ledger.keystore,
        KeptSession(
            origin=ledger.registry.origin,
            terminal=terminal.id,
            account=session.account,
            session=session.id,
            wall_ms=now.wall_ms,
            mono_ms=now.mono_ms,
            boot=now.boot,
        ),
    )
