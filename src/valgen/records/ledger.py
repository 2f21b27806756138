"""The ledger of a project, as acts of people use it: where it lies, whether there is one, and open for one act.

    with open_ledger(place, now=now) as ledger:
        acting = authenticate(ledger, ...)
        ledger.write([Draft(...)], actor=acting.account.id)

Opening refuses a ledger of another project, a key store inside the project and a network drive, each in plain words.
What an act refuses becomes a record too (``refuse``): an attempt that leaves no trace cannot be looked into.

No clock here: ``Now`` comes with the call. Source: design.md §5; integrity.md C-6, I-15. Format: docs/format-ledger.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger.canonical import decode_line
from valgen.ledger.durable import DISK
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.folder import make_folders
from valgen.ledger.heads import read_head
from valgen.ledger.keys import default_key_store
from valgen.ledger.record import Draft, Stored, read_line
from valgen.ledger.registry import Registry
from valgen.ledger.sealed import Cost
from valgen.ledger.seen import Seen, read_seen
from valgen.ledger.state import State
from valgen.ledger.store import Log
from valgen.ledger.team_address import TeamAddress
from valgen.model.project import Settings
from valgen.records.place import check_drive, check_outside, synchronised_by

if TYPE_CHECKING:
    from valgen.ledger.team import Team

TEAM_MARK = "index.team"
"""File in the folder that says that it is the working copy of a team store."""

_ANCHORED = re.compile(r"[0-9]{9}")  # names of anchor files say how many records they cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """When an act happens, on both clocks.

    Attributes:
        time: RFC 3339 in UTC.
        wall_ms: the same in milliseconds since 1970.
        mono_ms: of the monotonic clock, in milliseconds.
        boot: name of the boot that ``mono_ms`` belongs to; may be empty.
    """

    time: str
    wall_ms: int
    mono_ms: int
    boot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the ledger of a project and the keys lie.

    Attributes:
        project: folder of the project.
        project_id: from its settings.
        folder: of the ledger.
        keystore: folder of the keys.
        cost: of sealing keys; None for the full one. Tests give a lower one; nothing else can.
        team: store in which a team keeps the ledger, with the folder as working copy; None for none.
    """

    project: Path
    project_id: str
    folder: Path
    keystore: Path
    cost: Cost | None = None
    team: TeamAddress | None = None

    @property
    def exists(self) -> bool:
        """Whether a ledger was made here, or its making was begun."""
        layout = Layout(self.folder)
        return layout.root_file.exists() or layout.checkpoint.exists() or layout.log.exists()

    def check(self) -> None:
        """Refuse a key store inside the project, a ledger on a network drive, and one that a team keeps elsewhere.

        Raises:
            AuthorityError: the key store lies inside the project.
            ExecutionError: the ledger would lie on a network drive, or the settings no longer name its team store.
        """
        check_outside(self.project, self.keystore, "the key store")
        check_drive(self.folder)
        if self.team is None and (self.folder / TEAM_MARK).exists():
            raise ExecutionError(
                f"the ledger in {self.folder} is the working copy of a team, and the settings name no team store",
                why="what is recorded here alone makes a second history, which the team store refuses later",
                fix=f"put database back under [records] in the settings; {self.folder / TEAM_MARK} says which it was. "
                "To leave the team store for good, delete that file on every computer",
                code="VG644",
            )

    def mark_team(self) -> None:
        """Remember in the folder that a team store has the ledger; outside of what verification covers."""
        if self.team is not None:
            (self.folder / TEAM_MARK).write_text(f"{self.team.database}\n", encoding="utf-8")

    def warnings(self) -> list[str]:
        """Return what somebody should know about the place, one sentence each."""
        name = synchronised_by(self.folder)
        if not name:
            return []
        return [
            f"The project seems to lie in a folder that a program synchronises ({name}). It can put an older copy in "
            "place of the records, or a second copy beside them; both break the ledger."
        ]


class Ledger:
    """An open ledger. Made by ``open_ledger``; use it in one ``with`` statement."""

    def __init__(self, place: Place, log: Log, now: Now) -> None:
        self.place = place
        self.now = now
        self._log = log

    @property
    def log(self) -> Log:
        """The log itself."""
        return self._log

    @property
    def registry(self) -> Registry:
        """What the records say of people and keys."""
        return self._log.registry

    @property
    def keystore(self) -> Path:
        """Folder of the keys."""
        return self.place.keystore

    def write(self, drafts: Sequence[Draft], *, actor: str) -> list[Stored]:
        """Write records durably; what breaks a rule of the ledger is refused.

        Args:
            drafts: in order.
            actor: account that acts, or ``root``.

        Raises:
            AuthorityError: a record would break a rule.
        """
        now = self.now
        return self._log.append(drafts, time=now.time, mono=now.mono_ms, boot=now.boot, actor=actor, durable=True)

    def bodies(self, *kinds: str) -> Iterator[dict[str, Any]]:
        """Yield the body of every record of some kinds, oldest first."""
        return _bodies(self.place.folder, kinds)

    def refuse(
        self, what: str, *, act: str, account: str, subject: str, code: str, why: str = "", fix: str = ""
    ) -> NoReturn:
        """Write that an act was refused, and refuse it.

        Args:
            what: what is refused, one sentence for the person.
            act: what was tried, such as ``role.granted``.
            account: who tried; empty when nobody is known.
            subject: what it was about, such as a user id.
            code: of the refusal.
            why: see ``ValgenError``.
            fix: see ``ValgenError``.

        Raises:
            AuthorityError: always.
        """
        body = {"act": act, "account": account, "subject": subject[:400], "code": code, "reason": what}
        self.write([Draft("refused", body)], actor=account or "valgen")
        raise AuthorityError(what, why=why, fix=fix, code=code)

    def close(self) -> None:
        """Let go of the ledger."""
        self._log.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def find_place(
    project: Path,
    *,
    project_id: str,
    records: str,
    keystore: Path | None = None,
    cost: Cost | None = None,
    team: TeamAddress | None = None,
) -> Place:
    """Return where the ledger of a project lies.

    Args:
        project: its folder.
        project_id: from its settings.
        records: folder of records within the project, from its settings.
        keystore: folder of the keys; None for the user's own.
        cost: see ``Place``.
        team: see ``Place``.

    Raises:
        AuthorityError: no folder for keys is known.
    """
    return Place(
        project=project,
        project_id=project_id,
        folder=project / records,
        keystore=default_key_store() if keystore is None else keystore,
        cost=cost,
        team=team,
    )


def open_ledger(place: Place, *, now: Now, shorter: bool = False) -> Ledger:
    """Open the ledger of a project for one act; a crash before is recovered from.

    Args:
        place: see ``find_place``.
        now: when the act happens.
        shorter: whether it may hold less than this user saw; for the act that puts back a copy.

    Raises:
        AuthorityError: the key store lies inside the project, or the ledger does not know this machine.
        ExecutionError: there is no ledger, or it cannot be written.
        VerificationError: it belongs to another project, was altered, or was put back to an older state (VG624).
    """
    place.check()
    if not place.exists:
        raise no_ledger()
    origin = check_project(place)
    seen = read_seen(place.keystore, origin) if origin else None
    if not shorter and place.team is None:
        _refuse_shorter(place, seen)
    log = Log.open_ledger(
        place.folder,
        project=place.project_id,
        now=now.time,
        root=seen.root if seen else "",
        keystore=place.keystore,
        mono=now.mono_ms,
        boot=now.boot,
        team=open_team(place),
    )
    if seen is not None and not shorter and place.team is not None:  # the others may have had what was missing here
        try:
            _refuse_shorter(place, seen)
        except BaseException:
            log.close()
            raise
    return Ledger(place, log, now)


def team_of(settings: Settings) -> TeamAddress | None:
    """Return the team store that the settings name; None for none. Whether it can be used is said when it is."""
    if not (settings.database or settings.objects or settings.locked_days):
        return None
    return TeamAddress(database=settings.database, objects=settings.objects, retention_days=settings.locked_days)


def open_team(place: Place) -> Team | None:
    """Return the team store of a place, to be closed by whoever uses it; None where the settings name none."""
    if place.team is None:
        return None
    from valgen.ledger.team import Team

    return Team(place.team)


def bring_up_to_date(place: Place) -> int:
    """Take over what others added to the team store; return how many records, 0 without a team store.

    Raises:
        VerificationError: the store does not continue what is here.
        ExecutionError: it cannot be reached.
    """
    team = open_team(place)
    if team is None:
        return 0
    from valgen.ledger.team_copy import working_copy

    place.check()
    layout = Layout(place.folder)
    make_folders(layout, DISK, "ledger")
    try:
        with working_copy(layout, team) as copy:
            before = copy.state.size
            with team.turn(copy.state.origin) as row:
                copy.bring_in(row)
            return copy.state.size - before
    finally:
        team.close()


def read_registry(place: Place) -> Registry:
    """Return what the records say of people and keys, without lock and keys; nothing is written.

    Signatures of the records that bear on it are checked.

    Raises:
        ExecutionError: there is no ledger.
        VerificationError: it belongs to another project, or was altered.
    """
    if not place.exists:
        raise no_ledger()
    check_project(place)
    state = State(layout=Layout(place.folder))
    state.catch_up()
    if state.registry is None:
        raise VerificationError(
            f"{place.folder} holds no ledger",
            why="its first record is not that of a ledger",
            fix="restore the folder from a backup",
            code="VG513",
        )
    return state.registry


def read_bodies(place: Place, *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield the body of every record of some kinds, oldest first, without lock."""
    return _bodies(place.folder, kinds)


def bodies_of(folder: Path, *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield the body of every record of some kinds in a folder, oldest first, without lock."""
    return _bodies(folder, kinds)


def check_project(place: Place) -> str:
    """Refuse a ledger of another project; return its origin, or an empty text where that cannot be read.

    Raises:
        VerificationError: its origin does not end in the id of this project.
    """
    try:
        origin = decode_line(read_plain(Layout(place.folder).root_file).removesuffix(b"\n")).get("origin")
    except (FileNotFoundError, VerificationError):
        return ""  # opening says what is wrong with it
    owner = str(origin).rpartition("/")[2]
    if owner != place.project_id:
        raise VerificationError(
            f"the ledger in {place.folder} belongs to the project {owner}, not to {place.project_id}",
            why="records of one project never count for another",
            fix="move the folder away if it came here by copying, or set the project id back",
            code="VG572",
        )
    return str(origin)


def recorded_gaps(bodies: Iterable[Mapping[str, Any]], sealed: int) -> tuple[int, ...]:
    """Return of each restore that a ledger records, oldest first, how many records were known then.

    Args:
        bodies: of the records of kind ``restored``, oldest first; others are passed over.
        sealed: size of the newest checkpoint; what lies beyond it does not count.
    """
    return tuple(body["known"]["size"] for body in bodies if body["kind"] == "restored" and body["seq"] < sealed)


def _refuse_shorter(place: Place, seen: Seen | None) -> None:
    """Refuse to continue a ledger that holds less than this user saw, unless two people recorded that, or less than an
    anchor in it covers."""
    layout = Layout(place.folder)
    try:
        size = read_head(read_plain(layout.checkpoint)).size
    except (FileNotFoundError, VerificationError):
        return  # opening says what is wrong with it
    anchored = max((int(path.stem) for path in layout.anchors.glob("*.*") if _ANCHORED.fullmatch(path.stem)), default=0)
    if anchored > size:
        known = f"an anchor beside it covers {anchored}"
    elif seen is None or size >= seen.size or seen.gives_way(recorded_gaps(read_bodies(place, "restored"), size)):
        return
    else:
        known = f"you have seen {seen.size}"
    raise VerificationError(
        f"the ledger holds {size} records, and {known}: it was put back to an older state",
        why="whoever continues it makes a second history, and the records that are missing would vanish unnoticed",
        fix="bring the newest state back; if there is none, two people record the gap: valgen records restore --from "
        'FOLDER --reason "..." --as USER',
        code="VG624",
    )


def no_ledger() -> ExecutionError:
    """Return the error for a project without a ledger."""
    return ExecutionError(
        "this project has no ledger yet",
        why="accounts, approvals and formal executions are kept in one",
        fix='valgen records init --admin USER --name "Printed Name" makes it',
        code="VG570",
    )


def _bodies(folder: Path, kinds: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield bodies; only lines that name one of the kinds are parsed. Text cannot hide that: see ``NEEDED``."""
    wanted = re.compile(rb'"kind":"(?:%s)"' % b"|".join(re.escape(kind.encode()) for kind in kinds))
    try:
        for _, path in Layout(folder).segments():
            for line in read_lines(path):
                if line.complete and wanted.search(line.data):
                    body, _ = read_line(line.data)
                    if body["kind"] in kinds:
                        yield body
    except OSError as error:
        raise ExecutionError(
            f"records cannot be read from {folder}: {error.strerror or error}",
            why="what an act may do follows from the records before it",
            fix="see that the disk works and that you may read there, then start again",
            code="VG521",
        ) from error
