"""How accounts, people, roles and one-time codes fit together.

Rules that ask for two people compare the *person* of accounts, so that two accounts of one human being count once.

Source: integrity.md S-4, S-5, S-11, S-12; 21 CFR 11.100(a), 11.200(a)(3), 11.300(a). Format: docs/format-ledger.md,
"Accounts".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from valgen.ledger.people_kinds import ADMINISTRATOR
from valgen.ledger.record import brought_keys
from valgen.ledger.registry_book import (
    ROOT,
    Account,
    Act,
    Book,
    Breach,
    Key,
    OneTimeCode,
    Proposal,
    look,
    microseconds,
)
from valgen.ledger.registry_signers import ALONE, BY_ROOT, Rule

PROPOSAL_DAYS = 7
"""How long a proposal can be used, in days."""

_DAY = 24 * 3600 * 1_000_000


def account_id(number: int) -> str:
    """Return the id of account ``number``, from 1."""
    return f"u-{number:04d}"


def next_account(book: Book) -> str:
    """Return the id that the next account gets."""
    return account_id(len(book.accounts) + 1)


def accounts_as_checked(book: Book) -> list[dict[str, object]]:
    """Return every account as an ``accounts.checked`` record lists it."""
    return [
        {"account": account.id, "state": account.state, "roles": list(account.roles)}
        for account in book.accounts.values()
    ]


def _check_created(book: Book, act: Act) -> Iterator[Breach]:
    body = act.body
    name, person = body["account"], body["person"]
    if name != next_account(book):
        yield Breach("VG552", f"the account is called {name} where {next_account(book)} is next")
    first = book.accounts.get(person)
    if person != name and (first is None or first.person != person):
        yield Breach("VG552", f"its person {person} is not the first account of somebody")
    if person != name and first is not None and first.service != body["service"]:
        yield Breach("VG552", "a service and a human being share a person")
    taken = book.looks.get(look(body["user"]))
    if taken is not None:
        alike = "was used before" if taken == body["user"] else f"looks like {taken}, which was used before"
        yield Breach("VG552", f"the user id {body['user']} {alike}")
    if len(set(body["roles"])) != len(body["roles"]):
        yield Breach("VG552", "it names a role twice")
    if ADMINISTRATOR in body["roles"] and act.actor != ROOT:
        yield Breach("VG553", "it makes an administrator, which takes two people")
    if ADMINISTRATOR in body["roles"] and body["service"]:
        yield Breach("VG552", "it makes a service an administrator")


def _apply_created(book: Book, act: Act) -> None:
    body = act.body
    account = Account(
        id=body["account"],
        person=body["person"],
        user=body["user"],
        name=body["name"],
        function=body["function"],
        email=body["email"],
        service=body["service"],
        roles=tuple(sorted(set(body["roles"]))),
        created=act.seq,
        code=OneTimeCode(**body["code"], cause="activation"),
    )
    if account.id not in book.accounts:
        book.accounts[account.id] = account
        book.users.setdefault(account.user, account.id)
        book.looks.setdefault(look(account.user), account.user)


def _check_activated(book: Book, act: Act) -> Iterator[Breach]:
    body = act.body
    account = book.accounts.get(body["account"])
    for name in brought_keys(body):
        if name in book.keys:
            yield Breach("VG561", f"it activates the key {name}, which was declared or activated before")
    if account is None or account.code is None or account.state != "waiting":
        yield Breach("VG552", f"the account {body['account']} does not wait for activation")
    elif not account.code.fits(body["code"]):
        yield Breach("VG552", "its one-time code is not the latest one of the account")
    elif microseconds(body["time"]) > microseconds(account.code.expires):
        yield Breach("VG552", f"its one-time code counted until {account.code.expires} only")


def _apply_activated(book: Book, act: Act) -> None:
    account = book.accounts.get(act.body["account"])
    ((name, (_, public)),) = brought_keys(act.body).items()
    if account is None or name in book.keys:
        return
    book.keys[name] = Key(id=name, public=public, role="person", holder=account.id, since=act.seq)
    book.accounts[account.id] = dataclasses.replace(
        account,
        state="active",
        totp=act.body["totp"],
        key=public,
        key_id=name,
        key_since=act.seq,
        key_time=act.body["time"],
        key_cause=account.code.cause if account.code else "activation",
        code=None,
    )


def _check_changed(book: Book, act: Act) -> Iterator[Breach]:
    yield from _check_known(book, act)


def _apply_changed(book: Book, act: Act) -> None:
    new = {key: act.body[key] for key in ("name", "function", "email") if key in act.body}
    _replace(book, act.body["account"], **new)


def _check_granted(book: Book, act: Act) -> Iterator[Breach]:
    body = act.body
    yield from _check_known(book, act)
    account = book.accounts.get(body["account"])
    if account is not None and body["role"] in account.roles:
        yield Breach("VG552", f"{account.id} holds the role {body['role']} already")
    if body["role"] == ADMINISTRATOR:
        if account is not None and account.service:
            yield Breach("VG552", "it makes a service an administrator")
        yield from _check_two_people(book, act)
    elif "proposal" in body:
        yield Breach("VG553", f"it names a proposal, and granting {body['role']} takes none")


def _apply_granted(book: Book, act: Act) -> None:
    account = book.accounts.get(act.body["account"])
    if account is not None:
        _replace(book, account.id, roles=tuple(sorted({*account.roles, act.body["role"]})))
    _use_proposal(book, act)


def _check_revoked(book: Book, act: Act) -> Iterator[Breach]:
    yield from _check_known(book, act)
    account = book.accounts.get(act.body["account"])
    if account is not None and act.body["role"] not in account.roles:
        yield Breach("VG552", f"{account.id} does not hold the role {act.body['role']}")


def _apply_revoked(book: Book, act: Act) -> None:
    account = book.accounts.get(act.body["account"])
    if account is not None:
        _replace(book, account.id, roles=tuple(role for role in account.roles if role != act.body["role"]))


def _check_proposal(book: Book, act: Act) -> Iterator[Breach]:
    body = act.body
    if (body["act"] == "restored") == bool(body["account"]):
        yield Breach("VG553", "a proposal names the account that it concerns, unless it proposes a restore")
    elif body["account"]:
        yield from _check_known(book, act)


def _apply_proposal(book: Book, act: Act) -> None:
    body = act.body
    book.proposals[act.seq] = Proposal(
        seq=act.seq,
        act=body["act"],
        account=body["account"],
        by=act.actor,
        time=body["time"],
        reason=body["reason"],
    )


def _check_reset(book: Book, act: Act) -> Iterator[Breach]:
    yield from _check_known(book, act)
    yield from _check_not_own(book, act)
    yield from _check_two_people(book, act)


def _apply_reset(book: Book, act: Act) -> None:
    account = act.body["account"]
    _end_key(book, act)
    _replace(
        book,
        account,
        state="waiting",
        reset_time=act.body["time"],
        code=OneTimeCode(**act.body["code"], cause="reset"),
    )
    _use_proposal(book, act)


def _check_disabled(book: Book, act: Act) -> Iterator[Breach]:
    yield from _check_known(book, act)
    account = book.accounts.get(act.body["account"])
    if account is not None and account.state == "disabled":
        yield Breach("VG552", f"{account.id} is disabled already")


def _apply_disabled(book: Book, act: Act) -> None:
    _end_key(book, act)
    _replace(book, act.body["account"], state="disabled", code=None)


def _check_unlocked(book: Book, act: Act) -> Iterator[Breach]:
    yield from _check_known(book, act)
    yield from _check_not_own(book, act)


def _check_credentials(book: Book, act: Act) -> Iterator[Breach]:
    if act.body["account"] != act.actor:
        yield Breach("VG552", f"{act.actor} changes the credentials of {act.body['account']}")


def _apply_credentials(book: Book, act: Act) -> None:
    _replace(book, act.body["account"], totp=act.body["totp"])
    book.end_sessions(act.body["account"])


def _check_checked(book: Book, act: Act) -> Iterator[Breach]:
    account = book.accounts.get(act.actor)
    if account is not None and (account.service or not {ADMINISTRATOR, "qa"} & set(account.roles)):
        yield Breach("VG552", f"{account.id} is neither administrator nor qa")
    listed = [{**entry, "roles": sorted(entry["roles"])} for entry in act.body["accounts"]]
    if sorted(listed, key=lambda entry: str(entry["account"])) != sorted(
        accounts_as_checked(book), key=lambda entry: str(entry["account"])
    ):
        yield Breach("VG552", "it does not list the accounts as they were")


def _check_named(book: Book, act: Act) -> Iterator[Breach]:
    if act.body["account"]:
        yield from _check_known(book, act)


def _check_restored(book: Book, act: Act) -> Iterator[Breach]:
    if act.body["kept"] > act.seq:
        yield Breach("VG553", f"it says that {act.body['kept']} records were kept, and {act.seq} stand before it")
    yield from _check_two_people(book, act)


def _use_proposal(book: Book, act: Act) -> None:
    proposal = book.proposals.get(act.body.get("proposal", BY_ROOT))
    if proposal is not None:
        book.proposals[proposal.seq] = dataclasses.replace(proposal, used=True)


def _check_known(book: Book, act: Act) -> Iterator[Breach]:
    if act.body["account"] not in book.accounts:
        yield Breach("VG552", f"there is no account {act.body['account']}")


def _check_not_own(book: Book, act: Act) -> Iterator[Breach]:
    if act.actor != ROOT and book.person_of(act.actor) == book.person_of(act.body["account"]):
        yield Breach("VG553", f"{act.actor} does this to an account of their own")


def _check_two_people(book: Book, act: Act) -> Iterator[Breach]:
    """Check that an act was done by two people, or by whom the ledger allows in their place."""
    number = act.body.get("proposal")
    if number is None:
        yield Breach("VG553", "it takes two people and names no proposal")
    elif act.actor == ROOT:
        if number != BY_ROOT:
            yield Breach("VG553", f"the root signs it, and its proposal is {number}, not {BY_ROOT}")
    elif number == BY_ROOT:
        if len({account.person for account in book.administrators()}) != 1:
            yield Breach("VG553", "the root stands in for a second administrator, and there is one")
    elif number == ALONE:
        if not book.single_administrator:
            yield Breach("VG553", "one administrator did alone what takes two people")
    else:
        yield from _check_proposed(book, act, book.proposals.get(number))


def _check_proposed(book: Book, act: Act, proposal: Proposal | None) -> Iterator[Breach]:
    if proposal is None:
        yield Breach("VG553", f"record {act.body['proposal']} is no proposal before it")
        return
    if proposal.act != act.kind or proposal.account != act.body.get("account", ""):
        yield Breach("VG553", f"the proposal in record {proposal.seq} is of another act or account")
    if proposal.used:
        yield Breach("VG553", f"the proposal in record {proposal.seq} was used before")
    proposer = book.accounts.get(proposal.by)
    if proposer is None or not proposer.administrator:
        yield Breach("VG553", f"the proposer {proposal.by} is no active administrator")
    elif proposer.person == book.person_of(act.actor):
        yield Breach("VG553", f"{proposal.by} proposed it and {act.actor} did it, who are one person")
    if microseconds(act.body["time"]) - microseconds(proposal.time) > PROPOSAL_DAYS * _DAY:
        yield Breach("VG553", f"the proposal in record {proposal.seq} is older than {PROPOSAL_DAYS} days")


def _end_key(book: Book, act: Act) -> None:
    """End the active key and the sessions of the account that a record concerns."""
    account = book.accounts.get(act.body["account"])
    if account is None:
        return
    key = book.keys.get(account.key_id)
    if key is not None:
        book.keys[key.id] = dataclasses.replace(key, until=act.seq)
    _replace(book, account.id, key=b"", key_id="", key_since=0, key_time="", key_cause="")
    book.end_sessions(account.id)


def _replace(book: Book, account: str, **new: object) -> None:
    found = book.accounts.get(account)
    if found is not None:
        book.accounts[account] = dataclasses.replace(found, **new)  # type: ignore[arg-type]


CHECKS: dict[str, Rule] = {
    "account.created": _check_created,
    "account.activated": _check_activated,
    "account.changed": _check_changed,
    "role.granted": _check_granted,
    "role.revoked": _check_revoked,
    "proposal": _check_proposal,
    "account.reset": _check_reset,
    "account.disabled": _check_disabled,
    "account.unlocked": _check_unlocked,
    "credentials.changed": _check_credentials,
    "accounts.checked": _check_checked,
    "login.failed": _check_named,
    "refused": _check_named,
    "restored": _check_restored,
}
"""Rules by kind of record."""

EFFECTS: dict[str, Callable[[Book, Act], None]] = {
    "account.created": _apply_created,
    "account.activated": _apply_activated,
    "account.changed": _apply_changed,
    "role.granted": _apply_granted,
    "role.revoked": _apply_revoked,
    "proposal": _apply_proposal,
    "account.reset": _apply_reset,
    "account.disabled": _apply_disabled,
    "credentials.changed": _apply_credentials,
    "restored": _use_proposal,
}
"""What becomes of the book, by kind of record."""
