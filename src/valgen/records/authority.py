"""Who stands behind an act on accounts: an administrator, the root, or two people.

What takes two people is decided here and nowhere else: one administrator proposes, another one acts on the proposal.
The root takes the place of administrators while there is none, and of the proposer while there is one. Rules compare
the person behind an account, so that two accounts of one human being never make two people.

The ledger itself refuses what breaks these rules, whoever wrote it; this module says so beforehand, in plain words, and
leaves a record of the attempt.

Source: 21 CFR 11.200(a)(3); integrity.md S-5, S-12. Format: docs/format-ledger.md, "Two people".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valgen.ledger.keys import SigningKey
from valgen.ledger.people_kinds import ADMINISTRATOR
from valgen.ledger.registry import Account, Proposal, Registry
from valgen.ledger.registry_accounts import PROPOSAL_DAYS
from valgen.ledger.registry_book import ROOT, microseconds
from valgen.ledger.registry_signers import ALONE, BY_ROOT
from valgen.records.ledger import Ledger

_DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Somebody who showed who they are.

    Attributes:
        account: theirs.
        key: able to sign as them.
        session: id of their open session; empty for a service.
        components: what they showed for this act: ``all`` or ``password``.
    """

    account: Account
    key: SigningKey
    session: str
    components: Literal["all", "password"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who stands behind an act on accounts; at least one of both is given.

    Attributes:
        acting: the person who acts; None for the root alone.
        root: root keys, unsealed.
    """

    acting: Acting | None = None
    root: tuple[SigningKey, ...] = ()

    @property
    def actor(self) -> str:
        """``actor`` of the records."""
        return self.acting.account.id if self.acting else ROOT

    @property
    def account(self) -> str:
        """Account of the person who acts; empty for the root."""
        return self.acting.account.id if self.acting else ""

    @property
    def person(self) -> str:
        """The human being who acts; empty for the root."""
        return self.acting.account.person if self.acting else ""

    def signers(self, *, both: bool = False) -> tuple[SigningKey, ...]:
        """Return the keys that sign: that of the person, else the root keys; with ``both``, all of them."""
        if self.acting is None:
            return self.root
        return (self.acting.key, *self.root) if both else (self.acting.key,)


def require_administrator(ledger: Ledger, by: Authority, *, act: str, subject: str, root: bool = False) -> None:
    """Refuse an act to whoever is no administrator.

    Args:
        ledger: open.
        by: who acts.
        act: kind of the act.
        subject: what it is about, for the record of the refusal.
        root: whether the root may do it although there are administrators.

    Raises:
        AuthorityError: neither administrator nor, where it may act, the root.
    """
    if by.acting is None:
        if root or not ledger.registry.administrators():
            return
        ledger.refuse(
            "the root key does not act while there are administrators",
            act=act,
            account="",
            subject=subject,
            code="VG578",
            why="it is kept for the case that nobody else can act",
            fix="act as an administrator: --as USER",
        )
    account = ledger.registry.accounts[by.acting.account.id]
    if not account.administrator:
        ledger.refuse(
            f"{account.user} is no administrator",
            act=act,
            account=account.id,
            subject=subject,
            code="VG578",
            why="acts on accounts belong to administrators, so that people do not give rights to themselves",
            fix=f"ask an administrator: {_names(ledger.registry.administrators())}",
        )


def second_person(ledger: Ledger, by: Authority, *, act: str, account: Account | None) -> int | None:
    """Return what makes an act one of two people, or None when it has to be proposed first.

    Args:
        ledger: open.
        by: an administrator, or the root.
        act: ``role.granted``, ``account.reset`` or ``restored``.
        account: whom it concerns; None for a restore, which concerns nobody.

    Returns:
        ``proposal`` of the act; None when there is no proposal that this person can use.

    Raises:
        AuthorityError: nobody can be the second person.
    """
    registry = ledger.registry
    subject = account.user if account else "the ledger"
    if by.acting is None:
        return BY_ROOT
    if registry.single_administrator:
        return ALONE
    others = registry.administrator_persons() - {by.person}
    if by.root:
        if not others:
            return BY_ROOT
        ledger.refuse(
            "the root key does not take the place of an administrator while there is another one",
            act=act,
            account=by.account,
            subject=subject,
            code="VG582",
            why="it stands in only where nobody else can",
            fix=f"leave out --root-key; then ask {_names(_of_others(ledger, by.person))} to type the same command",
        )
    usable = [
        one for one in open_proposals(ledger, act, account.id if account else "") if _person(ledger, one) != by.person
    ]
    if usable:
        return usable[-1].seq
    if not others:
        ledger.refuse(
            "there is no second administrator who could agree",
            act=act,
            account=by.account,
            subject=subject,
            code="VG582",
            why="with one person only, nobody could tell a rightful act from one of that person alone",
            fix="let the holder of the root key agree: add --root-key FILE to the command",
        )
    return None


def usable_proposals(registry: Registry, now: str) -> list[Proposal]:
    """Return the proposals that can still be used, oldest first.

    Args:
        registry: of the ledger.
        now: RFC 3339 in UTC.
    """
    found = []
    for one in registry.proposals.values():
        proposer = registry.accounts.get(one.by)
        fresh = microseconds(now) - microseconds(one.time) <= PROPOSAL_DAYS * _DAY
        if not one.used and fresh and proposer is not None and proposer.administrator:
            found.append(one)
    return found


def open_proposals(ledger: Ledger, act: str, account: str) -> list[Proposal]:
    """Return the proposals of an act that can still be used, oldest first."""
    usable = usable_proposals(ledger.registry, ledger.now.time)
    return [one for one in usable if (one.act, one.account) == (act, account)]


def own_proposal(ledger: Ledger, by: Authority, act: str, account: str) -> Proposal | None:
    """Return the newest usable proposal that this person made."""
    own = [one for one in open_proposals(ledger, act, account) if _person(ledger, one) == by.person]
    return own[-1] if own else None


def other_administrators(ledger: Ledger, by: Authority) -> tuple[str, ...]:
    """Return the user ids of administrators who are another person."""
    return tuple(account.user for account in _of_others(ledger, by.person))


def _of_others(ledger: Ledger, person: str) -> list[Account]:
    return [account for account in ledger.registry.administrators() if account.person != person]


def _person(ledger: Ledger, proposal: Proposal) -> str:
    return ledger.registry.accounts[proposal.by].person


def _names(accounts: list[Account]) -> str:
    return ", ".join(f"{account.user} ({account.name})" for account in accounts) or f"nobody holds {ADMINISTRATOR} now"
