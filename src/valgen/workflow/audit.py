"""The audit trail of a project: show it, write it to a file, and sign that it was reviewed.

Source: 21 CFR 11.10(e); EU GMP Annex 11 clause 9; design.md §7 (audit).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from valgen.documents.blocks import Cell, Column, Document, Paragraph, Row, Section, Table, cell, paragraph
from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger.kinds import KINDS
from valgen.ledger.record import Draft
from valgen.ledger.report import SINGLE_ADMINISTRATOR
from valgen.readers.settings import read_settings
from valgen.records.audit import Entry, Trail, Wanted, read_trail
from valgen.records.ledger import Place, check_project, find_place, no_ledger, open_ledger, read_bodies
from valgen.workflow.approve_reason import reason_problem
from valgen.workflow.people import By, Desk, authority_of

_TIME = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?Z?)?)?)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REVIEWERS = ("qa", "validation_lead", "process_owner", "system_owner")  # in the order in which a role is taken
_COLUMNS = (
    ("Record", 6),
    ("Time (UTC)", 12),
    ("Zone of the person", 8),
    ("Who", 12),
    ("Action", 10),
    ("What", 30),
    ("Item", 8),
    ("Field", 8),
    ("Old value", 12),
    ("New value", 12),
    ("Reason", 14),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody signs about the audit trail.

    Attributes:
        first: number of the first record reviewed; None for the one after the last review.
        last: number of the last record reviewed; None for the newest.
        scope: what was looked at, and how it was chosen.
        findings: what was found; may be empty.
        conclusion: what follows.
        next: date by which the next review is due, such as ``2026-06-30``; may be empty.
        role: in which the person reviews; empty for the one that fits.
    """

    first: int | None = None
    last: int | None = None
    scope: str = ""
    findings: str = ""
    conclusion: str = ""
    next: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A review that was signed.

    Attributes:
        record: number of its record.
        first: number of the first record reviewed.
        last: number of the last record reviewed.
        name: printed name of the reviewer.
        role: in which they reviewed.
    """

    record: int
    first: int
    last: int
    name: str
    role: str


def audit_trail(root: Path, wanted: Wanted) -> Trail:
    """Return the audit trail of a project; nothing is locked and nothing is written.

    Args:
        root: folder of the project.
        wanted: which entries.

    Raises:
        ExecutionError: there is no ledger, or a filter cannot be used.
        VerificationError: records were altered; nothing of them is shown.
    """
    _check(wanted)
    place = _place(root)
    trail = read_trail(place.folder, wanted)
    if not trail.entries and wanted.user and not read_trail(place.folder, Wanted(user=wanted.user)).entries:
        raise _filter(f"the ledger knows no user {wanted.user!r}")
    return trail


def sign_review(desk: Desk, by: By, review: Review) -> Reviewed:
    """Sign that a part of the audit trail was reviewed.

    Args:
        desk: where the person acts.
        by: who acts.
        review: what they reviewed and found.

    Raises:
        AuthorityError: not who they say, or they hold no role in which they could review; the attempt is recorded.
        ExecutionError: the range or a text cannot be used; nothing is recorded.
    """
    if not desk.place.exists:
        raise no_ledger()
    for what, text in (("scope", review.scope), ("conclusion", review.conclusion)):
        problem = reason_problem(text)
        if problem:
            raise _unusable(f"the {what} of the review cannot be used: {problem}")
        if len(text) > 1000:
            raise _unusable(f"the {what} of the review is longer than 1,000 characters")
    if review.next and not _DATE.fullmatch(review.next):
        raise _unusable(f"{review.next!r} is no date such as 2026-06-30")
    first, last = _range(desk.place, review)
    with open_ledger(desk.place, now=desk.now()) as ledger:
        acting = authority_of(ledger, by, desk.terminal, signing=True).acting
        if acting is None:
            raise AuthorityError("nobody says who acts", fix="add --as USER", code="VG594")
        account = ledger.registry.accounts[acting.account.id]
        role = review.role or next((one for one in _REVIEWERS if one in account.roles), "")
        if not role or role not in account.roles:
            held = ", ".join(account.roles) or "none"
            ledger.refuse(
                f"{account.user} does not hold the role {role or ' or '.join(_REVIEWERS)}",
                act="audit.reviewed",
                account=account.id,
                subject=f"records {first} to {last}",
                code="VG628",
                why=f"a review counts in a role that the reviewer holds; held are: {held}",
                fix="ask an administrator for a role, or name one that you hold with --role",
            )
        body = {
            "first": first,
            "last": last,
            "scope": review.scope,
            "findings": review.findings,
            "conclusion": review.conclusion,
            "next": review.next,
            "role": role,
            "name": account.name,
            "function": account.function,
            "session": acting.session,
            "components": acting.components,
            "zone": desk.terminal.zone[:100],
        }
        draft = Draft("audit.reviewed", body, signers=(acting.key,), with_head=True)
        stored = ledger.write([draft], actor=account.id)
    return Reviewed(record=stored[-1].seq, first=first, last=last, name=account.name, role=role)


def trail_json(trail: Trail) -> str:
    """Return the published shape of ``valgen audit --json``."""
    value: dict[str, Any] = {
        "origin": trail.origin,
        "asked": trail.asked,
        "records": trail.records,
        "unsealed": trail.unsealed,
        "head": {"size": trail.records, "root": trail.head},
        "root_fingerprint": trail.root_fingerprint,
        "single_administrator": trail.single_administrator,
        "entries": [entry.as_json() for entry in trail.entries],
    }
    return json.dumps(value, ensure_ascii=False, indent=1)


def trail_csv(trail: Trail) -> bytes:
    """Return one row for each change, and one for each record without changes; no cell begins as a formula."""
    from valgen.writers.rows import write_csv

    return write_csv(_table(trail.entries))


def trail_pdf(trail: Trail, root: Path) -> list[bytes]:
    """Return the audit trail as PDF, in volumes where it is long."""
    from valgen.writers.pdf import write_pdf

    settings, _ = read_settings(root)
    said = [
        f"Ledger {trail.origin}, {trail.records} records, head {trail.head}.",
        f"Root fingerprint {trail.root_fingerprint}. Compare it with other documents of the project.",
        f"Asked for: {trail.asked}. {len(trail.entries)} of {trail.records} records are shown. Times are in UTC.",
    ]
    if trail.single_administrator:
        said.append(f"{SINGLE_ADMINISTRATOR}.")
    table = _table(trail.entries)
    document = Document(
        key="audit-trail",
        type="AUDIT",
        number=f"{settings.project_id}-AUDIT",
        title="Audit trail",
        version=f"records 0 to {trail.records - 1}",
        status="Extract of records",
        system=f"{settings.system.name} {settings.system.version}".strip(),
        marks=(),
        control=(
            ("Ledger", trail.origin),
            ("Asked for", trail.asked),
            ("Records", f"{len(trail.entries)} of {trail.records}"),
            ("Head", trail.head),
        ),
        sections=(
            Section(anchor="about", title="About this extract", blocks=tuple(paragraph(one) for one in said)),
            Section(anchor="trail", title="Records", blocks=(table,)),
        ),
        language=settings.language,
        numbered=False,
    )
    return list(write_pdf(document).volumes)


def _table(entries: Iterable[Entry]) -> Table:
    rows = []
    for entry in entries:
        who = f"{entry.name} ({entry.user})" if entry.user else entry.name
        head = (str(entry.seq), _plain(entry.time), entry.zone, who, entry.kind, entry.text)
        item = ", ".join(entry.about) or " ".join(filter(None, (entry.document, entry.version)))
        changes = [(one.item, one.field, one.old, one.new) for one in entry.changes] or [(item, "", "", "")]
        rows += [Row(tuple(_cell(text) for text in (*head, *change, entry.reason))) for change in changes]
    columns = tuple(Column(title, width) for title, width in _COLUMNS)
    return Table(columns=columns, rows=tuple(rows), role="plain", wide=True, empty="No record fits.")


def _cell(text: str) -> Cell:
    return cell(text) if text else Cell((Paragraph(()),))


def _plain(time: str) -> str:
    return f"{time[:10]} {time[11:].removesuffix('Z')}"


def _place(root: Path) -> Place:
    settings, _ = read_settings(root)
    place = find_place(root, project_id=settings.project_id, records=settings.paths.records)
    if not place.exists:
        raise no_ledger()
    check_project(place)
    return place


def _range(place: Place, review: Review) -> tuple[int, int]:
    newest = read_trail(place.folder, Wanted(first=1 << 52)).records - 1
    earlier = [body["last"] for body in read_bodies(place, "audit.reviewed")]
    first = review.first if review.first is not None else max(earlier, default=-1) + 1
    last = review.last if review.last is not None else newest
    if not 0 <= first <= last <= newest:
        raise _unusable(f"there is no range of records {first} to {last}; the ledger holds the records 0 to {newest}")
    return first, last


def _unusable(what: str) -> ExecutionError:
    return ExecutionError(
        what,
        why="a review that says nothing, or speaks of records that do not exist, shows nothing to an inspector",
        fix="say in a few words what you looked at and what follows, and name records that exist",
        code="VG628",
    )


def _check(wanted: Wanted) -> None:
    for text in (wanted.since, wanted.until):
        if text and not _is_time(text):
            raise _filter(f"{text!r} is no date or time in UTC such as 2026-03-02 or 2026-03-02T09:30")
    groups = {kind.partition(".")[0] for kind in KINDS}
    if wanted.action and wanted.action not in KINDS and wanted.action not in groups:
        raise _filter(f"there is no action {wanted.action!r}; there are {', '.join(sorted(KINDS))}")


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    given = text.removesuffix("Z")
    try:
        datetime.fromisoformat(given + "2000-01-01T00:00:00"[len(given) :])  # a part of a time is one as well
    except ValueError:
        return False
    return True


def _filter(what: str) -> ExecutionError:
    return ExecutionError(
        what,
        why="a filter that is not understood would show too little, and nobody would notice",
        fix="see valgen audit --help",
        code="VG629",
    )
