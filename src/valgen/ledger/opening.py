"""How a log is made and opened: whose it is, with which keys, and which machines may write to it.

A dry log is made at first use and takes any machine. A ledger is made on purpose, once, with root keys; a machine
writes to it when an administrator or the root has vouched for its keys.

No writing here; ``store`` does it. Source: integrity.md §3.3, S-3, S-13, I-15. Format: docs/format.md,
docs/format-ledger.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from valgen.errors import AuthorityError, VerificationError
from valgen.ledger import kinds
from valgen.ledger.files import Layout, read_plain
from valgen.ledger.keys import ROLES, SigningKey
from valgen.ledger.note import NAME
from valgen.ledger.record import Draft
from valgen.ledger.registry import Registry
from valgen.ledger.registry_book import fingerprint, root_line
from valgen.ledger.state import State

_ORIGIN = re.compile(r"valgen:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a writer wants with a folder.

    Attributes:
        mode: of the log.
        make: whether a log is made when there is none, or, for a ledger, must be made.
        origin: whose log it is; empty when an existing ledger is opened.
        project: project id that the origin of a ledger ends with.
        tool: name and version of the writer, for a new log.
        lines_per_file: of a new log.
        root_keys: of a new ledger.
        threshold: root keys that must sign where the root signs.
        single_administrator: whether one administrator may do alone what takes two people.
        declare: who vouches for the keys of this machine; None when they must be known already.
        reason: why they are declared.
        root: root fingerprint known from elsewhere; empty for none.
    """

    mode: Literal["dry", "ledger"]
    make: bool
    origin: str = ""
    project: str = ""
    tool: str = ""
    lines_per_file: int = 0
    root_keys: tuple[SigningKey, ...] = ()
    threshold: int = 1
    single_administrator: bool = False
    declare: tuple[SigningKey, ...] | None = None
    reason: str = ""
    root: str = ""

    def __post_init__(self) -> None:
        name = self.origin or self.project
        if not NAME.fullmatch(name):
            raise VerificationError(
                f"{name!r} cannot name a log",
                why="the name stands in every record and checkpoint",
                fix="use letters, digits and . _ : / @ -",
                code="VG526",
            )

    def genesis(self, keys: Mapping[str, SigningKey]) -> Draft:
        """Return the first record of a new log.

        Args:
            keys: of this machine, by role.
        """
        machine = [keys[role] for role in ROLES]
        roots = sorted(self.root_keys, key=lambda key: key.public)
        body = {
            "mode": self.mode,
            "format": kinds.FORMAT,
            "lines_per_file": self.lines_per_file,
            "keys": [{"role": key.role, "key": key.public.hex()} for key in [*roots, *machine]],
            "tool": self.tool,
        }
        if self.mode == "ledger":
            body |= {"threshold": self.threshold, "single_administrator": self.single_administrator}
        return Draft("genesis", body, signers=(*roots, *machine))

    def root_file(self) -> bytes:
        """Return the content of ``root.json`` of a new ledger."""
        return root_line([key.public.hex() for key in self.root_keys], self.origin, self.threshold) + b"\n"

    def declaration(self, state: State, keys: Collection[SigningKey]) -> list[Draft]:
        """Return the record that declares this machine's keys, where the log does not know them."""
        known = state.registry.keys if state.registry is not None else state.keys
        body = {
            "keys": [{"role": key.role, "key": key.public.hex()} for key in keys if key.id not in known],
            "reason": self.reason or "opened with another key store",
        }
        return [Draft("keys.declared", body, signers=self.declare or ())] if body["keys"] else []

    def check(self, layout: Layout, state: State) -> None:
        """Check that what was read is what was to be opened.

        Raises:
            VerificationError: it is another log, or its root is not the one known.
        """
        registry = state.registry
        match = _ORIGIN.fullmatch(state.origin) if registry is not None else None
        found = (match[1] if match else "") if self.mode == "ledger" else state.origin
        if state.mode != self.mode or found != (self.project if self.mode == "ledger" else self.origin):
            raise VerificationError(
                f"the log in {layout.root} belongs to {state.origin}, not to {self.project or self.origin}",
                why="records of one project never count for another, and dry runs never for formal ones",
                fix="move the folder away if it came here by copying, or set the project id back",
                code="VG526",
            )
        if registry is not None:
            check_root(layout, registry, self.root)


def admit(layout: Layout, registry: Registry, keys: Collection[SigningKey]) -> None:
    """Check that this machine may write to a ledger.

    Raises:
        AuthorityError: the ledger does not know its keys, or they were retired.
    """
    for key in keys:
        known = registry.keys.get(key.id)
        if known is not None and known.role == key.role and known.until is None:
            continue
        retired = known is not None and known.until is not None
        state = "were retired" if retired else "are not known to it"
        fix = "`valgen records add-machine --as ADMINISTRATOR` declares the keys of this machine"
        if retired:
            fix = f"set VALGEN_KEYSTORE to a new folder for new keys; then {fix}"
        raise AuthorityError(
            f"this machine may not write to the ledger in {layout.root}: its keys {state}",
            why="every key of a ledger follows from its root, so that nobody can add records by copying the folder",
            fix=f"ask an administrator of the project to work here once: {fix}",
            code="VG559",
        )


def nothing_there(layout: Layout) -> VerificationError:
    """Return the error for a folder without a ledger."""
    return VerificationError(
        f"there is no ledger in {layout.root}",
        why="people, approvals and formal runs are recorded in the ledger of the project",
        fix="`valgen records init` makes one",
        code="VG563",
    )


def already_there(layout: Layout) -> AuthorityError:
    """Return the error for a folder where a ledger was made before."""
    return AuthorityError(
        f"there are records in {layout.root} already",
        why="a ledger is made once and never again, or its history could be exchanged",
        fix="use the ledger that is there; if it came here by copying another project, move it away",
        code="VG563",
    )


def check_root(layout: Layout, registry: Registry, root: str = "") -> None:
    """Compare ``root.json`` with the first record, and the root with one that is known.

    Args:
        layout: of the ledger.
        registry: of its records.
        root: fingerprint that the ledger must have; empty where none is known.

    Raises:
        VerificationError: they differ (VG551).
    """
    try:
        line = read_plain(layout.root_file)
    except FileNotFoundError:
        line = b""
    if line != registry.root_line + b"\n":
        raise VerificationError(
            f"{layout.root_file} does not say what the first record says",
            why="the root is where every authority in the ledger comes from",
            fix="restore root.json from a backup",
            code="VG551",
        )
    if root and root != fingerprint(registry.root_line):
        raise VerificationError(
            f"the ledger in {layout.root} has the root {registry.root_fingerprint}, not {root}",
            why="a ledger with another root is another ledger, whatever its records say",
            fix="find out who exchanged it, and restore the folder from a backup",
            code="VG551",
        )
