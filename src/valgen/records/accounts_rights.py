"""Acts of administrators on accounts that exist: roles, reset, disabling, unlocking.

Each act is one record. Granting the administrator role and a reset take two people: the first one's command writes the
proposal, the second one's the act. What is refused leaves a record of its own.

Source: 21 CFR 11.10(d), 11.10(g), 11.100(b), 11.200(a)(3), 11.300(b), 11.300(c); integrity.md S-5, S-9, S-12.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from valgen.errors import AuthorityError
from valgen.ledger.people_kinds import ADMINISTRATOR
from valgen.ledger.record import Draft
from valgen.ledger.registry import Account
from valgen.records.authority import (
    Authority,
    other_administrators,
    own_proposal,
    require_administrator,
    second_person,
)
from valgen.records.codes import OneTimeCode, make_code
from valgen.records.ledger import Ledger

NO_REASON = "none given"
"""What stands in a record whose author gave no reason."""
_REVIEWING = "; results are reviewed in a role such as technical_reviewer, test_lead or qa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How it was checked who somebody is, as 21 CFR 11.100(b) asks.

    Attributes:
        by: who checked it.
        how: by what, such as ``passport seen``.
        on: when, such as ``2026-03-02``.
    """

    by: str = ""
    how: str = ""
    on: str = ""

    def body(self) -> dict[str, str]:
        """Return it as a record holds it."""
        return {"by": self.by[:400], "how": self.how[:400], "on": self.on[:400]}


UNSAID = Identity()
"""Nobody said how an identity was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that was done, or only proposed.

    Attributes:
        account: whom it concerns, as it is now.
        proposed: whether it waits for a second person.
        again: whether this person had proposed it before, so that nothing new was written.
        others: user ids of those who can agree.
        code: new one-time code of a reset; shown once and kept nowhere.
    """

    account: Account
    proposed: bool = False
    again: bool = False
    others: tuple[str, ...] = ()
    code: OneTimeCode | None = None


def find_account(ledger: Ledger, user: str) -> Account:
    """Return the account with a user id.

    Raises:
        AuthorityError: there is none.
    """
    account = ledger.registry.account_of_user(user)
    if account is None:
        raise AuthorityError(
            f"there is no account {user}",
            why="only an account that exists can be changed",
            fix="valgen user list shows all of them",
            code="VG583",
        )
    return account


def grant(ledger: Ledger, by: Authority, *, user: str, role: str, reason: str, roles: Collection[str]) -> Done:
    """Give a role to an account; ``administrator`` takes two people.

    Args:
        ledger: open.
        by: who acts.
        user: user id of the account.
        role: which one.
        reason: why; empty for none given.
        roles: those that the project knows.

    Raises:
        AuthorityError: not allowed, or the role is not known or held already.
    """
    require_administrator(ledger, by, act="role.granted", subject=f"{user} {role}")
    account = find_account(ledger, user)
    check_roles(ledger, by, (role,), roles=roles, service=account.service, subject=user)
    if account.state == "disabled":
        raise _state(account, "a disabled account gets no role; it has to be reset first")
    if role in account.roles:
        raise AuthorityError(
            f"{user} holds the role {role} already", why="a role is granted once", fix="nothing to do", code="VG585"
        )
    body = {"account": account.id, "role": role, "reason": reason or NO_REASON}
    if role != ADMINISTRATOR:
        ledger.write([Draft("role.granted", body, signers=by.signers())], actor=by.actor)
        return Done(account=ledger.registry.accounts[account.id])
    number = second_person(ledger, by, act="role.granted", account=account)
    if number is None:
        return _propose(ledger, by, act="role.granted", account=account, reason=reason)
    draft = Draft("role.granted", {**body, "proposal": number}, signers=by.signers(both=bool(by.root)))
    ledger.write([draft], actor=by.actor)
    return Done(account=ledger.registry.accounts[account.id])


def revoke(ledger: Ledger, by: Authority, *, user: str, role: str, reason: str) -> Done:
    """Take a role from an account.

    Raises:
        AuthorityError: not allowed, not held, or nobody would be left to manage accounts.
    """
    require_administrator(ledger, by, act="role.revoked", subject=f"{user} {role}")
    account = find_account(ledger, user)
    if role not in account.roles:
        held = ", ".join(account.roles) or "none"
        raise AuthorityError(
            f"{user} does not hold the role {role}",
            why="only a role that is held can be taken",
            fix=f"roles of {user}: {held}",
            code="VG585",
        )
    if role == ADMINISTRATOR:
        _keep_somebody(ledger, by, account, act="role.revoked")
    body = {"account": account.id, "role": role, "reason": reason or NO_REASON}
    ledger.write([Draft("role.revoked", body, signers=by.signers())], actor=by.actor)
    return Done(account=ledger.registry.accounts[account.id])


def disable(ledger: Ledger, by: Authority, *, user: str, reason: str) -> Done:
    """End an account's way to act at once; its records stay, and its user id is never used again.

    Raises:
        AuthorityError: not allowed, disabled already, or nobody would be left to manage accounts.
    """
    require_administrator(ledger, by, act="account.disabled", subject=user)
    account = find_account(ledger, user)
    if account.state == "disabled":
        raise _state(account, f"{user} is disabled already")
    _keep_somebody(ledger, by, account, act="account.disabled")
    body = {"account": account.id, "reason": reason or NO_REASON}
    ledger.write([Draft("account.disabled", body, signers=by.signers())], actor=by.actor)
    return Done(account=ledger.registry.accounts[account.id])


def reset(ledger: Ledger, by: Authority, *, user: str, reason: str, identity: Identity) -> Done:
    """Let a person make a new password and key, with a new one-time code; takes two people.

    Raises:
        AuthorityError: not allowed, or an account of one's own.
    """
    act = "account.reset"
    require_administrator(ledger, by, act=act, subject=user)
    account = find_account(ledger, user)
    _refuse_own(
        ledger,
        by,
        account,
        "resets",
        act=act,
        why="it takes two other people, so that a new key is never the work of one",
        fix="ask two other administrators; with valgen user password you change a password that you know",
    )
    number = second_person(ledger, by, act=act, account=account)
    if number is None:
        return _propose(ledger, by, act=act, account=account, reason=reason)
    code = make_code(ledger.now.wall_ms)
    body = {
        "account": account.id,
        "identity": identity.body(),
        "code": code.body(),
        "reason": reason or NO_REASON,
        "proposal": number,
    }
    ledger.write([Draft(act, body, signers=by.signers(both=bool(by.root)))], actor=by.actor)
    return Done(account=ledger.registry.accounts[account.id], code=code)


def unlock(ledger: Ledger, by: Authority, *, user: str, reason: str) -> Done:
    """Let somebody try again after too many failed attempts; never for an account of one's own.

    Raises:
        AuthorityError: not allowed.
    """
    act = "account.unlocked"
    require_administrator(ledger, by, act=act, subject=user)
    account = find_account(ledger, user)
    _refuse_own(
        ledger,
        by,
        account,
        "unlocks",
        act=act,
        why="whoever guesses a password could go on guessing",
        fix="ask another administrator",
    )
    body = {"account": account.id, "reason": reason or NO_REASON}
    ledger.write([Draft(act, body, signers=by.signers())], actor=by.actor)
    return Done(account=ledger.registry.accounts[account.id])


def _refuse_own(ledger: Ledger, by: Authority, account: Account, does: str, *, act: str, why: str, fix: str) -> None:
    if by.acting is not None and account.person == by.person:
        ledger.refuse(
            f"nobody {does} an account of their own",
            act=act,
            account=by.account,
            subject=account.user,
            code="VG582",
            why=why,
            fix=fix,
        )


def check_roles(
    ledger: Ledger, by: Authority, wanted: Collection[str], *, roles: Collection[str], service: bool, subject: str
) -> None:
    """Refuse roles that the project does not know, and the administrator role for a service.

    Raises:
        AuthorityError: one of them cannot be granted.
    """
    unknown = [role for role in wanted if role not in roles]
    if unknown:
        raise AuthorityError(
            f"there is no role {', '.join(unknown)}",
            why="a role is one of those that signatures and reviews ask for",
            fix=f"roles: {', '.join(roles)}" + (_REVIEWING if "reviewer" in unknown else ""),
            code="VG585",
        )
    if service and ADMINISTRATOR in wanted:
        ledger.refuse(
            "a service cannot be administrator",
            act="role.granted",
            account=by.account,
            subject=f"{subject} {ADMINISTRATOR}",
            code="VG586",
            why="a service is nobody who could answer for what was done",
            fix="give the role to a person, with an account of their own",
        )


def _propose(ledger: Ledger, by: Authority, *, act: str, account: Account, reason: str) -> Done:
    others = other_administrators(ledger, by)
    if own_proposal(ledger, by, act, account.id) is not None:
        return Done(account=account, proposed=True, again=True, others=others)
    body = {"act": act, "account": account.id, "reason": reason or NO_REASON}
    ledger.write([Draft("proposal", body, signers=by.signers())], actor=by.actor)
    return Done(account=account, proposed=True, others=others)


def _keep_somebody(ledger: Ledger, by: Authority, account: Account, *, act: str) -> None:
    """Refuse to take the last administrator away."""
    if account.administrator and len(ledger.registry.administrators()) == 1:
        ledger.refuse(
            f"{account.user} is the only administrator",
            act=act,
            account=by.account,
            subject=account.user,
            code="VG589",
            why="nobody would be left to manage accounts",
            fix=f"let somebody else become administrator first: valgen user grant USER {ADMINISTRATOR}",
        )


def _state(account: Account, what: str) -> AuthorityError:
    return AuthorityError(
        what,
        why=f"its state is {account.state}",
        fix="valgen user list shows the state of every account",
        code="VG584",
    )
