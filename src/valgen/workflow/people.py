"""What people do with accounts, as a door asks for it: one function for each act.

    desk = open_desk(root)
    by = By(credentials=Credentials(user="admin", password=...))
    added = add_person(desk, by, NewAccount(user="anna", name="Anna Berg", roles=("author",)))

A door reads secrets and shows answers; here the project is found, the clock is read, the ledger is opened, whoever
acts is checked, and the act of ``records`` is done. Secrets are in values that do not show them when printed.

Source: design.md §5, §7, §11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger.keys import SigningKey
from valgen.ledger.registry import Account
from valgen.ledger.sealed import Cost
from valgen.readers.settings import read_settings
from valgen.readers.settings_declared import ROLES
from valgen.recorder.clock import Moment, boot_name, read_clock
from valgen.records import accounts, accounts_rights, sessions
from valgen.records.accounts import Activated, Added, NewAccount
from valgen.records.accounts_rights import UNSAID, Done, Identity
from valgen.records.accounts_view import KINDS, AccountRow, ledger_notes, overview
from valgen.records.authority import Acting, Authority, usable_proposals
from valgen.records.keyring import open_root
from valgen.records.ledger import Ledger, Now, Place, find_place, open_ledger, read_bodies, read_registry, team_of
from valgen.records.second_factor import Enrolment, new_enrolment
from valgen.records.sessions import Expected, Terminal
from valgen.workflow.people_terminal import read_terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where and how somebody acts.

    Attributes:
        place: of the ledger and the keys.
        terminal: where they sit.
        names: words that a password of this project must not be made of.
        clock: reads both clocks.
        boot: name of this boot.
    """

    place: Place
    terminal: Terminal
    names: tuple[str, ...] = ()
    clock: Callable[[], Moment] = read_clock
    boot: str = ""

    def now(self) -> Now:
        """Read the clock."""
        moment = self.clock()
        return Now(time=moment.text, wall_ms=moment.wall_ms, mono_ms=moment.mono_ms, boot=self.boot)

    def warnings(self) -> list[str]:
        """Return what somebody should know about the place, one sentence each."""
        return self.place.warnings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody shows to act.

    Attributes:
        user: user id.
        password: as typed.
        totp: code of the second factor; empty for none.
    """

    user: str
    password: str = field(repr=False)
    totp: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootKey:
    """The root key as it lies in its file, and its passphrase."""

    file: Path
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who acts: a person, the root in the place of a missing administrator, or both."""

    credentials: Credentials | None = None
    root: RootKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a person types to activate their account.

    Attributes:
        user: user id.
        code: one-time code.
        password: chosen by the person.
        enrolment: of a second factor; None for none.
        totp: a code of that second factor.
    """

    user: str
    code: str = field(repr=False)
    password: str = field(repr=False)
    enrolment: Enrolment | None = None
    totp: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCredentials:
    """New credentials of whoever acts.

    Attributes:
        new_password: empty to keep the old one.
        enrolment: of a second factor, a first or another one; None for none.
        totp: a code of it.
        drop_second_factor: give up the second factor.
    """

    new_password: str = field(default="", repr=False)
    enrolment: Enrolment | None = None
    totp: str = field(default="", repr=False)
    drop_second_factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody, at a glance.

    Attributes:
        rows: one for each account.
        notes: about the accounts as a whole.
        proposals: what waits for a second person, one sentence each.
        origin: of the ledger.
        root_fingerprint: of its root.
        single_administrator: whether one administrator may act alone.
    """

    rows: tuple[AccountRow, ...]
    notes: tuple[str, ...]
    proposals: tuple[str, ...]
    origin: str
    root_fingerprint: str
    single_administrator: bool

    @property
    def questions(self) -> int:
        """How many things are worth a question."""
        return sum(len(row.notes) for row in self.rows) + len(self.notes)

    def as_json(self) -> dict[str, Any]:
        """Return the published shape of ``valgen user list --json``."""
        return {
            "origin": self.origin,
            "root_fingerprint": self.root_fingerprint,
            "single_administrator": self.single_administrator,
            "accounts": [row.as_json() for row in self.rows],
            "notes": list(self.notes),
            "proposals": list(self.proposals),
        }


def open_desk(root: Path, *, keystore: Path | None = None, cost: Cost | None = None) -> Desk:
    """Return the desk of a project at this terminal.

    Args:
        root: folder of the project.
        keystore: folder of the keys; None for the user's own.
        cost: of sealing keys; None for the full one. Tests give a lower one; nothing else can.
    """
    settings, _ = read_settings(root)
    place = find_place(
        root,
        project_id=settings.project_id,
        records=settings.paths.records,
        keystore=keystore,
        cost=cost,
        team=team_of(settings),
    )
    names = (settings.project_id, settings.project_name, settings.system.name)
    return Desk(place=place, terminal=read_terminal(), names=names, boot=boot_name())


def expected(desk: Desk, user: str | None = None, *, signing: bool = False, anew: bool = False) -> Expected:
    """Say what somebody will have to show; see ``sessions.expected``."""
    registry = read_registry(desk.place)
    return sessions.expected(registry, desk.place.keystore, desk.terminal, desk.now(), user, signing=signing, anew=anew)


def list_people(desk: Desk) -> People:
    """Return every account; nothing is written.

    Raises:
        ExecutionError: there is no ledger.
        VerificationError: it was altered, or belongs to another project.
    """
    registry = read_registry(desk.place)
    now = desk.now().time
    waiting = []
    for one in usable_proposals(registry, now):
        what = "administrator for" if one.act == "role.granted" else "a reset of"
        user = registry.accounts[one.account].user if one.account else "the ledger"
        waiting.append(
            f"Proposed by {registry.accounts[one.by].user} on {one.time[:10]}: {what} {user}. "
            "It waits for a second administrator."
        )
    return People(
        rows=overview(registry, read_bodies(desk.place, *KINDS), now=now),
        notes=ledger_notes(registry),
        proposals=tuple(waiting),
        origin=registry.origin,
        root_fingerprint=registry.root_fingerprint,
        single_administrator=registry.single_administrator,
    )


def add_person(desk: Desk, by: By, person: NewAccount) -> Added:
    """Make an account and its one-time code.

    Raises:
        AuthorityError: not allowed, or the user id cannot be used.
    """
    with _acting(desk, by) as (ledger, authority):
        new = replace(person, identity=_complete(ledger, authority, person.identity))
        return accounts.create(ledger, authority, new, roles=ROLES)


def new_second_factor(desk: Desk, user: str) -> Enrolment:
    """Make the secret of a second factor; it counts once a code of it was shown."""
    return new_enrolment(user, issuer=f"valgen {desk.place.project_id}")


def activate(desk: Desk, activation: Activation) -> Activated:
    """Activate an account: the person's own password, and a new key under it.

    Raises:
        AuthorityError: the code is not right, or the password cannot be used.
    """
    with open_ledger(desk.place, now=desk.now()) as ledger:
        return accounts.activate(
            ledger,
            user=activation.user,
            code=activation.code,
            password=activation.password,
            enrolment=activation.enrolment,
            totp=activation.totp,
            terminal=desk.terminal,
            words=desk.names,
        )


def grant(desk: Desk, by: By, *, user: str, role: str, reason: str = "") -> Done:
    """Give a role; administrator takes two people. See ``accounts_rights.grant``."""
    with _acting(desk, by) as (ledger, authority):
        return accounts_rights.grant(ledger, authority, user=user, role=role, reason=reason, roles=ROLES)


def revoke(desk: Desk, by: By, *, user: str, role: str, reason: str = "") -> Done:
    """Take a role; see ``accounts_rights.revoke``."""
    with _acting(desk, by) as (ledger, authority):
        return accounts_rights.revoke(ledger, authority, user=user, role=role, reason=reason)


def disable(desk: Desk, by: By, *, user: str, reason: str = "") -> Done:
    """End an account's way to act; see ``accounts_rights.disable``."""
    with _acting(desk, by) as (ledger, authority):
        return accounts_rights.disable(ledger, authority, user=user, reason=reason)


def reset(desk: Desk, by: By, *, user: str, reason: str = "", identity: Identity = UNSAID) -> Done:
    """Give a new one-time code; takes two people. See ``accounts_rights.reset``."""
    with _acting(desk, by) as (ledger, authority):
        full = _complete(ledger, authority, identity)
        return accounts_rights.reset(ledger, authority, user=user, reason=reason, identity=full)


def unlock(desk: Desk, by: By, *, user: str, reason: str = "") -> Done:
    """Let somebody try again; see ``accounts_rights.unlock``."""
    with _acting(desk, by) as (ledger, authority):
        return accounts_rights.unlock(ledger, authority, user=user, reason=reason)


def change(
    desk: Desk,
    by: By,
    *,
    user: str,
    name: str | None = None,
    function: str | None = None,
    email: str | None = None,
    reason: str = "",
) -> Done:
    """Change printed name, function or address; None keeps one. See ``accounts.change``."""
    with _acting(desk, by) as (ledger, authority):
        facts = {"name": name, "function": function, "email": email}
        new = {key: text for key, text in facts.items() if text is not None}
        return accounts.change(ledger, authority, user=user, facts=new, reason=reason)


def change_credentials(desk: Desk, by: By, new: ChangeCredentials) -> Account:
    """Change password or second factor of whoever acts.

    Raises:
        AuthorityError: not who they say, or the new password cannot be used.
    """
    credentials = _credentials(by)
    with _acting(desk, by, anew=True) as (ledger, authority):
        return accounts.change_credentials(
            ledger,
            _person(authority),
            password=credentials.password,
            new_password=new.new_password,
            enrolment=new.enrolment,
            totp=new.totp,
            drop_second_factor=new.drop_second_factor,
            words=desk.names,
        )


def check_people(desk: Desk, by: By, *, findings: str, conclusion: str) -> int:
    """Sign the periodic check of all accounts; return the number of its record.

    Raises:
        AuthorityError: neither administrator nor qa.
    """
    with _acting(desk, by) as (ledger, authority):
        return accounts.check(ledger, _person(authority), findings=findings, conclusion=conclusion)


def leave(desk: Desk) -> str:
    """End the session of this terminal; return the user id, or an empty text when there was none."""
    with open_ledger(desk.place, now=desk.now()) as ledger:
        account = sessions.leave(ledger, desk.terminal)
    return account.user if account else ""


@contextmanager
def _acting(desk: Desk, by: By, *, anew: bool = False) -> Iterator[tuple[Ledger, Authority]]:
    """Open the ledger with whoever acts."""
    with open_ledger(desk.place, now=desk.now()) as ledger:
        yield ledger, authority_of(ledger, by, desk.terminal, anew=anew)


def authority_of(ledger: Ledger, by: By, terminal: Terminal, *, signing: bool = False, anew: bool = False) -> Authority:
    """Check who acts and unseal their keys.

    Raises:
        AuthorityError: not who they say, or the root key cannot be used.
    """
    acting = None
    if by.credentials is not None:
        given = by.credentials
        acting = sessions.authenticate(
            ledger,
            user=given.user,
            password=given.password,
            totp=given.totp,
            terminal=terminal,
            signing=signing,
            anew=anew,
        )
    root = (_root_key(ledger, by.root, acting),) if by.root is not None else ()
    return Authority(acting=acting, root=root)


def _root_key(ledger: Ledger, given: RootKey, acting: Acting | None) -> SigningKey:
    """Unseal the root key; that it did not open is a record."""
    try:
        return open_root(ledger.registry, given.file, given.passphrase)
    except AuthorityError as error:
        ledger.refuse(
            error.what,
            act="root",
            account=acting.account.id if acting else "",
            subject="root key",
            code=error.code,
            why=error.why,
            fix=error.fix,
        )


def _complete(ledger: Ledger, by: Authority, identity: Identity) -> Identity:
    """Fill in who checked an identity and when, where it was checked and that was not said."""
    if not identity.how:
        return identity
    name = ledger.registry.accounts[by.account].name if by.account else ""
    return replace(identity, by=identity.by or name, on=identity.on or ledger.now.time[:10])


def _credentials(by: By) -> Credentials:
    if by.credentials is None:
        raise _nobody()
    return by.credentials


def _person(authority: Authority) -> Acting:
    if authority.acting is None:
        raise _nobody()
    return authority.acting


def _nobody() -> ExecutionError:
    return ExecutionError(
        "nobody says who acts",
        why="this is an act of a person with an account",
        fix="add --as USER",
        code="VG594",
    )
