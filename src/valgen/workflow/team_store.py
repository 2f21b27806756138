"""A team store for the ledger of a project: put the ledger there, bring it here, complete it, verify it.

The folder of records stays the ledger as it is documented, on every computer; acts bring it up to date by themselves.
What is done here is what no act does: the first computer puts its ledger into the store, every other one fetches
it, and after the database was restored from a backup the computer with most records puts back what is missing.

Source: design.md §5; docs/decisions/0031-team-stores.md; integrity.md I-17, I-18. Implements: DS-046.
"""

from __future__ import annotations

import enum
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace

from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger.durable import DISK
from valgen.ledger.files import Layout
from valgen.ledger.folder import make_folders
from valgen.ledger.heads import read_head
from valgen.ledger.registry_book import fingerprint
from valgen.ledger.report import Problem
from valgen.ledger.seen import read_seen
from valgen.ledger.team import Team
from valgen.ledger.team_address import TeamAddress, read_database
from valgen.ledger.team_copy import working_copy
from valgen.ledger.team_sql import setup_sql
from valgen.ledger.team_verify import Outside, verify_team
from valgen.ledger.verify import verify_log
from valgen.ledger.verify_ledger import Known
from valgen.records.ledger import Place, check_project, open_team
from valgen.workflow.verify_report import Verified

_FETCHED = "-fetching"


class Done(enum.StrEnum):
    """What was done about the team store."""

    PUT = "put"  # the ledger of this computer is in the store now
    FETCHED = "fetched"  # the ledger of the store is on this computer now
    UPDATED = "updated"  # records of others came in
    COMPLETED = "completed"  # records that the store had lost are there again
    NOTHING = "nothing"  # both hold the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """What came of connecting to the team store.

    Attributes:
        done: what was done.
        records: that the ledger holds now.
        moved: records that came in or went out.
        root_fingerprint: of the ledger.
        compared: whether the fingerprint was compared with one known from elsewhere.
    """

    done: Done
    records: int
    moved: int
    root_fingerprint: str
    compared: bool = False


def tables_for(place: Place, roles: Sequence[str]) -> str:
    """Return the SQL that an administrator of the database runs once.

    Args:
        place: see ``find_place``.
        roles: that write records.

    Raises:
        ExecutionError: the settings name no team store.
        SourceError: its address cannot be used.
    """
    return setup_sql(read_database(_address(place).database).schema, roles)


def connect(place: Place, *, now: str, root: str = "", complete: bool = False) -> Connected:
    """Put the ledger into the team store, or fetch it, or bring the working copy up to date.

    Args:
        place: see ``find_place``.
        now: time of the act, RFC 3339 in UTC.
        root: root fingerprint known from elsewhere; empty for none.
        complete: put back what the store lacks of the records here.

    Raises:
        ExecutionError: the settings name no team store, or it cannot be used.
        VerificationError: what is there and what is here are not one history.
    """
    team = Team(_address(place))
    place.check()
    try:
        if not place.exists:
            return _fetch(place, team, root)
        return _exchange(place, team, now, complete=complete)
    finally:
        team.close()


def refuse_second(place: Place) -> None:
    """Refuse to begin a ledger where the team store holds one of this project already.

    Raises:
        AuthorityError: it does.
        ExecutionError: it cannot be used.
    """
    team = open_team(place)
    if team is None:
        return
    try:
        found = _ledgers(place, team)
    finally:
        team.close()
    if found:
        raise AuthorityError(
            f"the team store holds the ledger {found[0][0]} already",
            why="a second one would be a second history of the same project",
            fix="valgen records store brings it to this computer",
            code="VG571",
        )


def beside_store(found: Verified, place: Place, *, heads: Sequence[bytes], read_data: bool) -> Verified:
    """Return what was found of a working copy, with what verification of its team store found.

    Args:
        found: of the working copy.
        place: see ``find_place``.
        heads: checkpoints that somebody brought.
        read_data: whether every attachment is read in full.
    """
    team = Team(_address(place))
    known = [_outside(note, "a head that was given") for note in heads]
    try:
        seen = read_seen(place.keystore, found.origin)
    except (VerificationError, OSError):  # which was said of the working copy
        seen = None
    if seen is not None:
        known.append(_outside(seen.note, "what you saw last"))
    try:
        checked = verify_team(team, place.folder, found.origin, known, read_data=read_data)
    except ExecutionError as error:
        problem = Problem(code=error.code, where="team store", message=error.what)
        return replace(found, ok=False, problems=(*found.problems, problem))
    words = "unaltered and complete" if not checked.problems else f"{len(checked.problems)} problems"
    bucket = f" and {checked.objects} versions of objects" if place.team is not None and place.team.objects else ""
    return replace(
        found,
        ok=found.ok and not checked.problems,
        problems=(*found.problems, *checked.problems),
        notes=(*found.notes, *checked.notes),
        parts=(*found.parts, f"Team store: {checked.records} records{bucket}, {words}"),
    )


def _exchange(place: Place, team: Team, now: str, *, complete: bool) -> Connected:
    """Bring a ledger that is here and its store to the same state."""
    origin = check_project(place)
    layout = Layout(place.folder)
    report = verify_log(place.folder)
    if not report.ok:
        first = report.problems[0]
        raise VerificationError(
            f"the ledger here does not hold: {first.where}: {first.message}",
            why="only an unaltered ledger is put into the team store, or continued from it",
            fix="valgen verify shows everything; where the team store holds the ledger, move the folder away and fetch "
            "it with valgen records store",
            code=first.code,
        )
    make_folders(layout, DISK, "ledger")
    with working_copy(layout, team) as copy, team.turn(origin) as row:
        before = copy.state.size
        if row is None:
            others = [name for name, _ in team.database.ledgers(place.project_id) if name != origin]
            if others:
                raise VerificationError(
                    f"the team store holds another ledger of this project: {others[0]}",
                    why="records of two ledgers are two histories of one project",
                    fix="find out which one counts, and move the folder of the other away",
                    code="VG646",
                )
            _refuse_older(place, team, origin, copy.state.size)
            done, moved = Done.PUT, copy.put(None, now=now)
        elif complete:
            moved = copy.put(row, now=now)
            done = Done.COMPLETED if moved else Done.NOTHING
        else:
            copy.bring_in(row)
            moved = copy.state.size - before
            done = Done.UPDATED if moved else Done.NOTHING
        size = copy.state.size
    place.mark_team()
    return Connected(done=done, records=size, moved=moved, root_fingerprint=report.root_fingerprint)


def _fetch(place: Place, team: Team, root: str) -> Connected:
    """Fetch the ledger of a project into a new folder, verify it there, and put it in place."""
    found = [
        (origin, line)
        for origin, line in _ledgers(place, team)
        if not root or fingerprint(line.removesuffix(b"\n")) == root
    ]
    if len(found) != 1:
        what = "no ledger of this project" if not found else f"{len(found)} ledgers of this project"
        raise ExecutionError(
            f"the team store holds {what}" + (f" with the root {root}" if root else ""),
            why="one of them is fetched, and it must be the right one",
            fix='valgen records init --admin USER --name "Printed Name" begins one'
            if not found and not root
            else "give its root fingerprint with --root, from a printed document",
            code="VG644",
        )
    origin, line = found[0]
    seen = read_seen(place.keystore, origin)
    root = root or (seen.root if seen is not None else "")
    begun = place.folder.with_name(place.folder.name + _FETCHED)
    if begun.exists():
        shutil.rmtree(begun)  # one that was never finished
    layout = Layout(begun)
    make_folders(layout, DISK, "ledger")
    DISK.write_file(layout.tmp / "root", layout.root_file, line)
    with working_copy(layout, team) as copy, team.turn(origin) as row:
        copy.bring_in(row)
        size = copy.state.size
    heads = (seen.note,) if seen is not None else ()
    report = verify_log(begun, known=Known(root=root, heads=heads))
    if not report.ok:
        first = report.problems[0]
        raise VerificationError(
            f"what the team store holds is not put in place: {first.where}: {first.message}",
            why=f"{len(report.problems)} things are wrong with it; it lies in {begun}",
            fix="find out who changed the database, and restore it from a backup",
            code="VG646",
        )
    if place.folder.is_dir():  # with dry runs, which stay
        for path in sorted(begun.iterdir()):
            target = place.folder / path.name
            if path.name not in ("lock", "tmp") and not target.exists():
                path.rename(target)
        shutil.rmtree(begun)
    else:
        begun.rename(place.folder)
    DISK.sync_folder(place.folder.parent)
    place.mark_team()
    return Connected(
        done=Done.FETCHED,
        records=size,
        moved=size,
        root_fingerprint=report.root_fingerprint,
        compared=bool(root),
    )


def _refuse_older(place: Place, team: Team, origin: str, size: int) -> None:
    """Refuse to put a ledger into an empty database that is known to have held more."""
    seen = read_seen(place.keystore, origin)
    known = [_outside(seen.note, "you have seen")] if seen is not None else []
    objects = team.objects(origin)
    if objects is not None:
        known += [_outside(note, "the bucket has a checkpoint of") for note in objects.heads(at_least=size + 1)]
    for one in known:
        if one.size > size:
            raise VerificationError(
                f"the ledger here holds {size} records, and {one.where} {one.size}: it is an older state",
                why="the others would lose what is missing in it",
                fix="type the command on the computer that has most records",
                code="VG645",
            )


def _ledgers(place: Place, team: Team) -> list[tuple[str, bytes]]:
    team.database.begin(snapshot=True)
    try:
        return team.database.ledgers(place.project_id)
    finally:
        team.database.rollback()


def _outside(note: bytes, where: str) -> Outside:
    head = read_head(note)
    return Outside(size=head.size, root=head.checkpoint.root.hex(), where=where)


def _address(place: Place) -> TeamAddress:
    if place.team is None:
        raise ExecutionError(
            "the settings name no team store",
            why="database under [records] says where a team keeps its ledger",
            fix='write under [records], for example: database = "postgresql://db.example.org/records"',
            code="VG644",
        )
    return place.team
