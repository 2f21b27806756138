"""How a ledger begins, and which machines write to it.

Beginning: the root key is made and sealed under its own passphrase, outside the project; the ledger declares it with
the keys of this machine; the root makes the account of the first administrator, who activates it like everybody else.
The root key then belongs into a safe, in other hands than those of the administrator.

Machines: an administrator, or the root, vouches for the keys of a further machine while sitting at it, and takes keys
back that are no longer used or that somebody else may have had.

Source: integrity.md §3.3, S-3, S-13, C-6; design.md §5, §11. Format: docs/format-ledger.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from valgen.errors import AuthorityError
from valgen.ledger.files import Layout, read_plain
from valgen.ledger.heads import read_head
from valgen.ledger.keys import ROLES as MACHINE_ROLES
from valgen.ledger.keys import KeyStore
from valgen.ledger.people_kinds import ADMINISTRATOR
from valgen.ledger.record import Stored
from valgen.ledger.registry import Key, Registry
from valgen.ledger.store import Log
from valgen.records import accounts, keyring, names
from valgen.records.accounts import Added, NewAccount
from valgen.records.accounts_rights import NO_REASON
from valgen.records.authority import Authority, require_administrator
from valgen.records.ledger import Ledger, Now, Place, open_team, read_bodies
from valgen.records.place import check_outside, probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What opening a ledger after a crash found and did.

    Attributes:
        records: how many there are now.
        adopted: complete records beyond the last seal that were kept.
        set_aside: files in ``torn/`` with what was no complete record.
    """

    records: int
    adopted: int
    set_aside: tuple[str, ...]


def found(
    place: Place,
    *,
    now: Now,
    tool: str,
    root_file: Path | None,
    passphrase: str,
    first: NewAccount,
    roles: Collection[str],
    single_administrator: bool = False,
) -> tuple[Ledger, Added, Path]:
    """Make the ledger of a project with its root key and the account of the first administrator.

    Args:
        place: see ``find_place``.
        now: when.
        tool: name and version of the writer.
        root_file: where the sealed root key is written; None for the key store.
        passphrase: of the root key.
        first: the first administrator; the role is added.
        roles: those that the project knows.
        single_administrator: whether one administrator may do alone what takes two people, for ever.

    Returns:
        The open ledger, the first account with its code, and the file of the root key.

    Raises:
        AuthorityError: there is a ledger, a key would lie in the project, or user id or passphrase cannot be used.
        ExecutionError: records cannot be kept safely here.
    """
    place.check()
    if place.exists:
        raise AuthorityError(
            f"there is a ledger in {place.folder} already",
            why="a second one would be a second history of the same project",
            fix="use the one that is there; valgen records fsck looks after it",
            code="VG571",
        )
    _check_first(first, passphrase)
    identity = str(uuid.uuid4())
    path = root_file or place.keystore / f"root-{place.project_id}-{identity[:8]}.json"
    if root_file is not None:
        check_outside(place.project, path, "the root key")
    probe(place.folder)
    root = keyring.make_root(path, passphrase, cost=place.cost)
    try:
        log = Log.create_ledger(
            place.folder,
            project=place.project_id,
            root_keys=(root,),
            threshold=1,
            single_administrator=single_administrator,
            now=now.time,
            tool=tool,
            keystore=place.keystore,
            mono=now.mono_ms,
            boot=now.boot,
            identity=identity,
        )
    except BaseException:
        if not place.exists:
            path.unlink(missing_ok=True)
        raise
    ledger = Ledger(place, log, now)
    try:
        administrator = NewAccount(
            user=first.user,
            name=first.name,
            function=first.function,
            email=first.email,
            roles=sorted({*first.roles, ADMINISTRATOR}),
            identity=first.identity,
        )
        added = accounts.create(ledger, Authority(root=(root,)), administrator, roles=roles)
    except BaseException:
        ledger.close()
        raise
    return ledger, added, path


def recover(ledger: Ledger, before: int) -> Recovered:
    """Say what opening the ledger has recovered.

    Args:
        ledger: just opened.
        before: how many records were under the newest checkpoint beforehand.
    """
    adopted, files = 0, []
    for body in read_bodies(ledger.place, "recovery"):
        if body["seq"] >= before:
            adopted += body["adopted"]
            files += [entry["file"] for entry in body["quarantined"]]
    return Recovered(records=ledger.log.size, adopted=adopted, set_aside=tuple(files))


def machine_keys(registry: Registry) -> list[Key]:
    """Return the keys of machines that count now, in the order of their declaration."""
    return [key for key in registry.active_keys().values() if key.role in MACHINE_ROLES]


def add_machine(place: Place, registry: Registry, by: Authority, *, now: Now, reason: str) -> list[Key]:
    """Declare the keys of this machine and return them.

    Args:
        place: see ``find_place``.
        registry: of the ledger.
        by: an administrator, or the root.
        now: when.
        reason: why.

    Raises:
        AuthorityError: not allowed, or the machine is known already.
    """
    place.check()
    if by.acting is not None and not by.acting.account.administrator:
        raise AuthorityError(
            f"{by.acting.account.user} is no administrator",
            why="whoever lets a computer in answers for what it writes",
            fix="ask an administrator to work at this computer once",
            code="VG578",
        )
    store = KeyStore(place.keystore)
    own = [store.machine_key(role).id for role in MACHINE_ROLES]
    if all(name in registry.keys and registry.keys[name].until is None for name in own):
        raise AuthorityError(
            "this computer writes to the ledger already",
            why="its keys are known",
            fix="nothing to do; valgen records fsck lists the keys of computers",
            code="VG592",
        )
    with Log.declare_machine(
        place.folder,
        project=place.project_id,
        signers=by.signers(),
        actor=by.actor,
        reason=reason or NO_REASON,
        now=now.time,
        keystore=place.keystore,
        mono=now.mono_ms,
        boot=now.boot,
        team=open_team(place),
    ) as log:
        return [log.registry.keys[name] for name in own]


def retire_keys(ledger: Ledger, authority: Authority, *, wanted: Sequence[str], stolen: bool, reason: str) -> Stored:
    """Take back keys of machines.

    Args:
        ledger: open.
        authority: an administrator, or the root.
        wanted: ids of keys, or their beginnings of at least 8 characters.
        stolen: whether somebody else may have had them.
        reason: why.

    Raises:
        AuthorityError: not allowed, or no such key.
    """
    require_administrator(ledger, authority, act="keys.retired", subject=", ".join(wanted), root=True)
    known = machine_keys(ledger.registry)
    names_: list[str] = []
    for text in wanted:
        fitting = [key.id for key in known if len(text) >= 8 and key.id.startswith(text)]
        if len(fitting) != 1:
            raise AuthorityError(
                f"no key of a machine is called {text}",
                why="a key is named by its id, or by the first 8 or more characters of it",
                fix="valgen records fsck lists the keys of machines",
                code="VG592",
            )
        names_ += fitting
    now = ledger.now
    return ledger.log.retire_keys(
        names_,
        stolen=stolen,
        reason=reason or NO_REASON,
        signers=authority.signers(),
        time=now.time,
        mono=now.mono_ms,
        boot=now.boot,
        actor=authority.actor,
    )


def sealed_size(place: Place) -> int:
    """Return how many records the newest checkpoint covers; 0 when there is none."""
    try:
        return read_head(read_plain(Layout(place.folder).checkpoint)).size
    except FileNotFoundError:
        return 0


def _check_first(first: NewAccount, passphrase: str) -> None:
    """Refuse what would be refused later, before anything is made."""
    problem = names.user_id_problem(first.user, {})
    if problem:
        raise AuthorityError(
            problem,
            why="a user id names one person for ever",
            fix="choose small Latin letters, digits, dot, hyphen and underscore, a letter first",
            code="VG579",
        )
    accounts.check_password(passphrase, (first.user, first.name, first.email))
