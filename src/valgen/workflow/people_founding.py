"""How a project gets its ledger, and what keeps it going: beginning, recovery, further machines, keys taken back.

Source: design.md §7, §11; integrity.md C-6, S-13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from valgen import __version__
from valgen.ledger.registry import Account, Key
from valgen.ledger.verify import Problem, verify_log
from valgen.readers.settings_declared import ROLES
from valgen.records import accounts, codes, founding, place
from valgen.records.accounts import NewAccount
from valgen.records.accounts_rights import UNSAID, Identity
from valgen.records.authority import Authority
from valgen.records.codes import OneTimeCode
from valgen.records.founding import Recovered
from valgen.records.keyring import open_root
from valgen.records.ledger import no_ledger, open_ledger, read_registry
from valgen.records.sessions import vouch
from valgen.workflow.people import By, Desk, authority_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a new ledger begins with.

    Attributes:
        user: user id of the first administrator.
        name: their printed name.
        function: title or function.
        email: where notices go.
        identity: how it was checked who they are.
        password: chosen by them, to activate the account at once; empty to print a one-time code.
        root_file: where the sealed root key is written; None for the key store.
        passphrase: of the root key; empty to make one up, which is shown once.
        single_administrator: whether one administrator may do alone what takes two people, for ever.
    """

    user: str
    name: str
    function: str = ""
    email: str = ""
    identity: Identity = UNSAID
    password: str = field(default="", repr=False)
    root_file: Path | None = None
    passphrase: str = field(default="", repr=False)
    single_administrator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A ledger that has begun.

    Attributes:
        origin: of the ledger.
        root_fingerprint: to be written down and compared later.
        root_file: where the sealed root key lies.
        passphrase: of the root key, where it was made up; shown once and kept nowhere.
        account: the first administrator.
        code: their one-time code; None when the account is active already.
    """

    origin: str
    root_fingerprint: str
    root_file: Path
    passphrase: str = field(repr=False)
    account: Account
    code: OneTimeCode | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found when the ledger was looked after.

    Attributes:
        folder: of the ledger.
        recovered: what opening it has put right.
        problems: of its verification.
        notes: what is worth knowing, one sentence each.
        keys: of machines that count now.
        root_fingerprint: of its root.
    """

    folder: Path
    recovered: Recovered
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    keys: tuple[Key, ...]
    root_fingerprint: str


def begin(desk: Desk, wanted: Founding) -> Founded:
    """Make the ledger of a project.

    Raises:
        AuthorityError: there is one, a key would lie in the project, or something typed cannot be used.
        ExecutionError: records cannot be kept safely here.
    """
    passphrase = wanted.passphrase or codes.make_passphrase()
    now = desk.now()
    identity = wanted.identity
    if identity.how and not identity.on:
        identity = replace(identity, on=now.time[:10])
    first = NewAccount(
        user=wanted.user, name=wanted.name, function=wanted.function, email=wanted.email, identity=identity
    )
    if wanted.password:
        accounts.check_password(wanted.password, (wanted.user, wanted.name, wanted.email, *desk.names))
    if desk.place.team is not None:
        from valgen.workflow.team_store import connect, refuse_second

        refuse_second(desk.place)
    ledger, added, root_file = founding.found(
        desk.place,
        now=now,
        tool=f"valgen {__version__}",
        root_file=wanted.root_file.absolute() if wanted.root_file else None,
        passphrase=passphrase,
        first=first,
        roles=ROLES,
        single_administrator=wanted.single_administrator,
    )
    with ledger:
        account, code = added.account, added.code
        if wanted.password:
            account = accounts.activate(
                ledger,
                user=wanted.user,
                code=code.shown,
                password=wanted.password,
                terminal=desk.terminal,
                words=desk.names,
            ).account
        founded = Founded(
            origin=ledger.registry.origin,
            root_fingerprint=ledger.registry.root_fingerprint,
            root_file=root_file,
            passphrase="" if wanted.passphrase else passphrase,
            account=account,
            code=None if wanted.password else code,
        )
    if desk.place.team is not None:
        connect(desk.place, now=now.time)
    return founded


def look_after(desk: Desk) -> Checked:
    """Open the ledger, which recovers it after a crash, try the folder, and verify what is there.

    Raises:
        ExecutionError: there is no ledger, or records cannot be kept safely here.
        AuthorityError: this machine is not known to the ledger.
        VerificationError: the ledger cannot be continued.
    """
    if not desk.place.exists:
        raise no_ledger()
    place.probe(desk.place.folder)
    before = founding.sealed_size(desk.place)
    with open_ledger(desk.place, now=desk.now()) as ledger:
        recovered = founding.recover(ledger, before)
        keys = tuple(founding.machine_keys(ledger.registry))
        fingerprint = ledger.registry.root_fingerprint
    found = verify_log(desk.place.folder)
    return Checked(
        folder=desk.place.folder,
        recovered=recovered,
        problems=found.problems,
        notes=tuple(f"{one.where}: {one.message}" for one in found.visible),
        keys=keys,
        root_fingerprint=fingerprint,
    )


def add_machine(desk: Desk, by: By, *, reason: str = "") -> tuple[Key, ...]:
    """Declare the keys of this machine and return them.

    Whoever vouches is checked against the records alone: the machine may not write yet, so a failed attempt leaves
    no record here.

    Raises:
        AuthorityError: not allowed.
    """
    place_, now = desk.place, desk.now()
    registry = read_registry(place_)
    acting = None
    if by.credentials is not None:
        given = by.credentials
        acting = vouch(place_, registry, now, user=given.user, password=given.password, totp=given.totp)
    root = (open_root(registry, by.root.file, by.root.passphrase),) if by.root is not None else ()
    authority = Authority(acting=acting, root=root)
    return tuple(founding.add_machine(place_, registry, authority, now=now, reason=reason))


def retire_keys(desk: Desk, by: By, *, keys: Sequence[str], stolen: bool, reason: str = "") -> int:
    """Take back keys of machines; return the number of the record.

    Raises:
        AuthorityError: not allowed, or no such key.
    """
    with open_ledger(desk.place, now=desk.now()) as ledger:
        authority = authority_of(ledger, by, desk.terminal)
        return founding.retire_keys(ledger, authority, wanted=keys, stolen=stolen, reason=reason).seq
