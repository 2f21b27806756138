"""Accounts from their making to the periodic check: create, activate, change, look through.

An administrator makes an account and gets a one-time code; the person types it with a password of their own, which
makes their key. Nobody sets or learns another's password. User ids are never used again, and none may look like
another.

Roles, resets and disabling are in ``accounts_rights``; who may act in ``authority``; who is at the keyboard in
``sessions``.

Source: 21 CFR 11.100(a), 11.100(b), 11.300(a), 11.300(b); integrity.md S-7, S-9, S-11.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from valgen.errors import AuthorityError, VerificationError
from valgen.ledger.people_kinds import ADMINISTRATOR
from valgen.ledger.record import Draft
from valgen.ledger.registry import Account
from valgen.ledger.registry_book import microseconds
from valgen.records import keyring, names, passwords
from valgen.records.accounts_rights import NO_REASON, UNSAID, Done, Identity, check_roles, find_account
from valgen.records.authority import Acting, Authority, require_administrator
from valgen.records.codes import OneTimeCode, make_code, read_code
from valgen.records.ledger import Ledger
from valgen.records.second_factor import Enrolment, take_code
from valgen.records.sessions import Terminal, check_waiting, fail

_CHECKERS = frozenset({ADMINISTRATOR, "qa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be made.

    Attributes:
        user: user id.
        name: printed name.
        function: title or function.
        email: where notices go.
        roles: held from the beginning; ``administrator`` only where the root makes the account.
        service: whether it is a service's.
        person: user id of another account of the same human being; empty for none.
        identity: how it was checked who the person is.
    """

    user: str
    name: str
    function: str = ""
    email: str = ""
    roles: Sequence[str] = ()
    service: bool = False
    person: str = ""
    identity: Identity = UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """An account that waits for activation.

    Attributes:
        account: as it is now.
        code: its one-time code; shown once and kept nowhere.
    """

    account: Account
    code: OneTimeCode = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """An account that its person has activated.

    Attributes:
        account: as it is now.
        key_file: where the sealed key lies.
    """

    account: Account
    key_file: Path


def create(ledger: Ledger, by: Authority, new: NewAccount, *, roles: Collection[str]) -> Added:
    """Make an account that waits for its person.

    Args:
        ledger: open.
        by: an administrator, or the root.
        new: the account.
        roles: those that the project knows.

    Raises:
        AuthorityError: not allowed, or user id or roles cannot be used.
    """
    act = "account.created"
    require_administrator(ledger, by, act=act, subject=new.user, root=True)
    check_user(ledger, by, new.user)
    check_roles(ledger, by, new.roles, roles=roles, service=new.service, subject=new.user)
    if ADMINISTRATOR in new.roles and by.acting is not None:
        ledger.refuse(
            "nobody is made administrator by one person",
            act=act,
            account=by.account,
            subject=new.user,
            code="VG582",
            why="the administrator role takes two people",
            fix=f"make the account without it, then: valgen user grant {new.user} {ADMINISTRATOR}",
        )
    if not new.name.strip() or len(new.name) > 200:
        raise AuthorityError(
            "the printed name is empty or too long",
            why="it stands beside every signature of the person",
            fix="give the full name, at most 200 characters: --name",
            code="VG579",
        )
    account = ledger.registry.next_account()
    person = find_account(ledger, new.person).person if new.person else account
    code = make_code(ledger.now.wall_ms)
    body = {
        "account": account,
        "person": person,
        "user": new.user,
        "name": new.name,
        "function": new.function,
        "email": new.email,
        "service": new.service,
        "roles": sorted(set(new.roles)),
        "identity": new.identity.body(),
        "code": code.body(),
    }
    ledger.write([Draft(act, body, signers=by.signers())], actor=by.actor)
    return Added(account=ledger.registry.accounts[account], code=code)


def check_user(ledger: Ledger, by: Authority, user: str) -> None:
    """Refuse a user id that is malformed, was used before, or looks like one that was.

    Raises:
        AuthorityError: it cannot be used.
    """
    problem = names.user_id_problem(user, ledger.registry.user_ids)
    if problem:
        ledger.refuse(
            problem,
            act="account.created",
            account=by.account,
            subject=ascii(user)[1:-1],
            code="VG579",
            why="a user id names one person for ever, so none is used again and none may look like another",
            fix="choose another one: small Latin letters, digits, dot, hyphen and underscore, a letter first",
        )


def activate(
    ledger: Ledger,
    *,
    user: str,
    code: str,
    password: str,
    terminal: Terminal,
    enrolment: Enrolment | None = None,
    totp: str = "",
    words: Sequence[str] = (),
) -> Activated:
    """Make the key of a person under a password that they chose.

    Args:
        ledger: open.
        user: user id as typed.
        code: one-time code as typed.
        password: chosen by the person.
        terminal: where they act.
        enrolment: of a second factor; None for none.
        totp: a code of it.
        words: that the password must not be made of.

    Raises:
        AuthorityError: the code is not right or expired, the password or the second factor cannot be used.
    """
    registry = ledger.registry
    account = registry.account_of_user(user)
    check_waiting(ledger, account, terminal)
    typed = read_code(code)
    if account is None or account.code is None or not account.code.fits(typed):
        reason = "credentials" if account is None or account.code is not None else "not active"
        fail(ledger, account, terminal, reason)
    if microseconds(account.code.expires) < microseconds(ledger.now.time):
        raise AuthorityError(
            f"the one-time code expired on {account.code.expires[:10]}",
            why="a code that lies about for long may have been seen by others",
            fix=f"ask an administrator for a new one: valgen user reset {user}",
            code="VG581",
        )
    check_password(password, (account.user, account.name, account.email, *words))
    if enrolment is not None:
        _check_enrolment(ledger, account, enrolment, totp)
    secret = enrolment.secret if enrolment else b""
    made = keyring.make_key(ledger.place, registry, account, password, second_factor=secret)
    body = {"account": account.id, "key": made.key.public.hex(), "code": typed, "totp": enrolment is not None}
    try:
        ledger.write([Draft("account.activated", body, signers=(made.key,))], actor=account.id)
    except (AuthorityError, VerificationError):
        # Only a refusal is certain. After a failure of the disk the record may stand in the log; then the account is
        # active, and without this key nobody could act for it. A key that no record names opens nothing.
        keyring.undo(ledger.place, registry, account, made.before)
        raise
    return Activated(account=ledger.registry.accounts[account.id], key_file=made.file)


def change(ledger: Ledger, by: Authority, *, user: str, facts: Mapping[str, str], reason: str) -> Done:
    """Change printed name, function or address of an account.

    Args:
        ledger: open.
        by: an administrator.
        user: user id.
        facts: new values of ``name``, ``function`` and ``email``; those that are absent stay.
        reason: why.

    Raises:
        AuthorityError: not allowed.
    """
    require_administrator(ledger, by, act="account.changed", subject=user)
    account = find_account(ledger, user)
    body = {"account": account.id, "reason": reason or NO_REASON, **facts}
    ledger.write([Draft("account.changed", body, signers=by.signers())], actor=by.actor)
    return Done(account=ledger.registry.accounts[account.id])


def change_credentials(
    ledger: Ledger,
    acting: Acting,
    *,
    password: str,
    new_password: str = "",
    enrolment: Enrolment | None = None,
    totp: str = "",
    drop_second_factor: bool = False,
    words: Sequence[str] = (),
) -> Account:
    """Change one's own password or second factor; the key stays the same, open sessions end.

    Args:
        ledger: open.
        acting: the person, who has just shown who they are.
        password: the present one.
        new_password: empty to keep the present one.
        enrolment: of a second factor; None for none.
        totp: a code of it.
        drop_second_factor: give up the second factor.
        words: that the password must not be made of.

    Raises:
        AuthorityError: password or second factor cannot be used.
    """
    account, place, registry = acting.account, ledger.place, ledger.registry
    if new_password:
        check_password(new_password, (account.user, account.name, account.email, *words))
        if new_password == password:
            raise AuthorityError(
                "the new password is the old one",
                why="changing it would change nothing",
                fix="choose another one",
                code="VG580",
            )
    opened = keyring.open_key(place, registry, account, password)
    if opened is None:
        raise AuthorityError("the password is not the one that opened the key", code="VG576")
    secret = b"" if drop_second_factor else opened.second_factor
    if enrolment is not None:
        _check_enrolment(ledger, account, enrolment, totp)
        secret = enrolment.secret
    body = {"account": account.id, "password": bool(new_password), "totp": bool(secret)}
    with keyring.resealed(place, registry, account, opened, new_password or password, second_factor=secret):
        ledger.write([Draft("credentials.changed", body, signers=(acting.key,))], actor=account.id)
    return ledger.registry.accounts[account.id]


def check(ledger: Ledger, acting: Acting, *, findings: str, conclusion: str) -> int:
    """Sign that all accounts were looked through; the record holds each with state and roles.

    Args:
        ledger: open.
        acting: an administrator, or somebody of the role qa.
        findings: what was found.
        conclusion: what follows.

    Returns:
        Number of the record.

    Raises:
        AuthorityError: neither administrator nor qa.
    """
    account = acting.account
    if account.service or not _CHECKERS & set(account.roles):
        ledger.refuse(
            f"{account.user} is neither administrator nor qa",
            act="accounts.checked",
            account=account.id,
            subject="all accounts",
            code="VG578",
            why="the periodic check is theirs",
            fix="ask one of them",
        )
    body = {"accounts": ledger.registry.accounts_as_checked(), "findings": findings, "conclusion": conclusion}
    (stored,) = ledger.write([Draft("accounts.checked", body, signers=(acting.key,))], actor=account.id)
    return stored.seq


def check_password(password: str, words: Sequence[str]) -> None:
    """Refuse a new password or passphrase that cannot be used, with every reason.

    Args:
        password: as typed.
        words: names that it must not be made of.

    Raises:
        AuthorityError: it cannot be used.
    """
    problems = passwords.password_problems(password, words)
    if problems:
        raise AuthorityError(
            f"the new password cannot be used: {'; '.join(problems)}",
            why="it protects a signature that counts like one on paper",
            fix="choose a longer one; four or five words that have nothing to do with you are good",
            code="VG580",
        )


def _check_enrolment(ledger: Ledger, account: Account, enrolment: Enrolment, totp: str) -> None:
    right = take_code(
        enrolment.secret,
        totp,
        keystore=ledger.keystore,
        origin=ledger.registry.origin,
        account=account.id,
        wall_ms=ledger.now.wall_ms,
    )
    if not right:
        raise AuthorityError(
            "that is not the code which the app should show now",
            why="a second factor counts only after it has shown one right code",
            fix="wait for the next code and try again; see that the clock of the device is right",
            code="VG591",
        )
