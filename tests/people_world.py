"""A project with people, as the doors let them act, with a clock that stands still and keys that are cheap to open.

    world.begin()
    world.hire("anna", "author")
    world.grant("anna", "qa")

Passwords, codes and keys are real; only the work of opening a key is less.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from valgen.ledger.reading import read_log
from valgen.ledger.sealed import Cost
from valgen.recorder.clock import Moment
from valgen.records.accounts import NewAccount
from valgen.records.accounts_rights import Done, Identity
from valgen.records.sessions import Terminal
from valgen.workflow import people as acts
from valgen.workflow.people import Activation, By, Credentials, Desk, RootKey, open_desk
from valgen.workflow.people_founding import Founded, Founding, begin

CHEAP = Cost(memory_kib=8192, passes=1, lanes=1)
PASSPHRASE = "violet harbour cactus 17 lamps"
SETTINGS = '[project]\nid = "T1"\nname = "Tiny"\n[system]\nname = "Tiny"\nversion = "1.0"\n'
START = Moment(1_772_443_800_000, 5_000_000)  # 2026-03-02T09:30:00Z


class World:
    """Somebody's project, key store and clock."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir(parents=True)
        (self.root / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
        self.keystore = folder / "keys"
        self.root_file = folder / "root.json"
        self.moment = START
        self.desk: Desk = dataclasses.replace(
            open_desk(self.root, keystore=self.keystore, cost=CHEAP),
            terminal=self.terminal("tty1"),
            clock=lambda: self.moment,
            boot="boot-1",
        )
        self.codes: dict[str, str] = {}

    @staticmethod
    def terminal(name: str) -> Terminal:
        return Terminal(id=name.encode().hex().ljust(64, "0"), source=f"{name} on host", zone="CET +01:00")

    def at(self, name: str) -> Desk:
        """Return the desk at another terminal."""
        return dataclasses.replace(self.desk, terminal=self.terminal(name))

    def wait(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        step = int(seconds * 1000)
        self.moment = Moment(self.moment.wall_ms + step, self.moment.mono_ms + step)

    def begin(self, user: str = "mara", **more: Any) -> Founded:
        """Begin the ledger; the administrator is active."""
        wanted = {
            "name": f"{user.title()} Printed",
            "password": self.password(user),
            "root_file": self.root_file,
            "passphrase": PASSPHRASE,
            "identity": Identity(how="passport seen", by="HR"),
        }
        return begin(self.desk, Founding(**{"user": user, **wanted, **more}))

    @staticmethod
    def password(user: str) -> str:
        return f"orange stapler meadow {user[::-1]} 31"

    def by(self, user: str, *, root: bool = False, password: str = "", totp: str = "") -> By:
        """Return somebody who shows who they are."""
        key = RootKey(file=self.root_file, passphrase=PASSPHRASE) if root else None
        return By(credentials=Credentials(user=user, password=password or self.password(user), totp=totp), root=key)

    def by_root(self) -> By:
        return By(root=RootKey(file=self.root_file, passphrase=PASSPHRASE))

    def add(self, user: str, *roles: str, by: str = "mara", **more: Any) -> None:
        """Make an account."""
        person = NewAccount(
            user=user, name=f"{user.title()} Printed", roles=roles, identity=Identity(how="known"), **more
        )
        self.codes[user] = acts.add_person(self.desk, self.by(by), person).code.shown

    def activate(self, user: str, **more: Any) -> None:
        wanted = {"code": self.codes.get(user, ""), "password": self.password(user)}
        acts.activate(self.desk, Activation(**{"user": user, **wanted, **more}))

    def hire(self, user: str, *roles: str, by: str = "mara", **more: Any) -> None:
        """Make an account and let the person activate it."""
        self.add(user, *roles, by=by, **more)
        self.activate(user)

    def grant(self, user: str, role: str, *, by: str = "mara", root: bool = False) -> Done:
        return acts.grant(self.desk, self.by(by, root=root), user=user, role=role, reason="needed")

    def two_administrators(self) -> None:
        """Begin with mara and paul as administrators."""
        self.begin()
        self.hire("paul")
        self.grant("paul", "administrator", root=True)

    def records(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the bodies of all records, or of some kinds."""
        bodies = [stored.body for stored in read_log(self.desk.place.folder)]
        return [body for body in bodies if not kinds or body["kind"] in kinds]

    def account(self, user: str) -> Any:
        found = [row.account for row in acts.list_people(self.desk).rows if row.account.user == user]
        return found[0]
