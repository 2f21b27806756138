"""Keep what a verification found as a record, and say when the next one is overdue.

A scheduled verification needs nobody at the keyboard: the recorder key of the computer signs its record, which
therefore anchors nothing and confirms nothing; it shows that somebody looked, what was read and what was found. A
ledger that is too damaged to be written to takes no record; the report says so, and the exit status is that of a
problem.

Source: integrity.md I-16; 21 CFR 11.10(c). Format: docs/format-ledger.md, "Verifications". Implements: DS-044.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import valgen
from valgen.errors import ExecutionError, ValgenError
from valgen.ledger.record import Draft
from valgen.readers.settings import find_project, read_settings
from valgen.records.ledger import open_ledger
from valgen.records.signing_reader import RecordedVerification
from valgen.workflow.load import has_ledger
from valgen.workflow.people import Desk, open_desk
from valgen.workflow.verify import Given, verify_ledger
from valgen.workflow.verify_report import Verified

_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
_LISTED = 1000


def verify_and_record(project: Path, given: Given, *, desk: Desk | None = None) -> Verified:
    """Verify the ledger of a project and write what was found as a record.

    Args:
        project: where the project is looked for.
        given: what is known from elsewhere.
        desk: where this happens; None for this terminal.

    Returns:
        What was found, with a note that names the record.

    Raises:
        ExecutionError: the project has no ledger.
    """
    root = find_project(project.resolve())
    settings, _ = read_settings(root)
    if not has_ledger(root, settings.paths):
        raise ExecutionError(
            "this project has no ledger in which the verification could be recorded",
            why="a record of a verification belongs to the records that were verified",
            fix="leave out --record, or make a ledger: valgen records init",
            code="VG570",
        )
    desk = desk or open_desk(root, keystore=given.keystore)
    found = verify_ledger(root, given)
    try:
        number = _write(desk, found, given)
    except (ValgenError, OSError) as error:
        why = error.what if isinstance(error, ValgenError) else str(error)
        return found.with_problem("VG639", "verification", f"it could not be recorded: {why}")
    return replace(found, notes=(*found.notes, f"This verification is record {number} of the ledger."))


def _write(desk: Desk, found: Verified, given: Given) -> int:
    size, root = found.head
    if not size:
        raise ExecutionError("nothing is sealed that could have been verified", code="VG639")
    listed = found.problems[:_LISTED]
    body = {
        "size": size,
        "root": root,
        "data": given.read_data,
        "compared": found.root_compared,
        "problems": len(found.problems),
        "findings": "\n".join(f"{one.code} {one.where}: {one.message}".replace("\n", " ") for one in listed),
        "tool": f"valgen {valgen.__version__}",
    }
    with open_ledger(desk.place, now=desk.now()) as ledger:
        return ledger.write([Draft("verified", body)], actor="valgen")[0].seq


def overdue_verification(every: str, made: Sequence[RecordedVerification], today: str) -> Iterator[str]:
    """Yield what is overdue or open about verifications of the ledger, one sentence each.

    Args:
        every: how often one must be recorded; empty when nobody asks for it.
        made: those recorded, oldest first.
        today: RFC 3339 date.
    """
    if made and made[-1].problems:
        number = made[-1].problems
        problems = f"{number} problem{'s' if number != 1 else ''}"
        yield f"the verification of the ledger on {made[-1].time[:10]} found {problems} (record {made[-1].record})"
    if not every:
        return
    whole = [one for one in made if one.data]
    if not whole:
        yield f"the ledger was never verified with every attachment on record, and every {every} is asked for"
        return
    last = datetime.date.fromisoformat(whole[-1].time[:10])
    due = last + datetime.timedelta(days=_DAYS[every])
    if due.isoformat() < today:
        yield (
            f"the ledger had to be verified by {due.isoformat()}, every {every}; the last verification with every "
            f"attachment on record was on {last.isoformat()}"
        )
