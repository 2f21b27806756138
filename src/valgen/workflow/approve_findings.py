"""What a check says of approved documents: items that changed since, suspect links, versions that were exchanged.

Only a project with a ledger is looked at; reading it costs a check what its records are long.

Source: design.md §5 (freshness); integrity.md X-7.
"""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.documents.context import Context
from valgen.errors import Finding
from valgen.model.version import frozen_version
from valgen.records.signing_reader import SigningRecords
from valgen.source import SourceLocation
from valgen.workflow.approve_standing import Standing, standings
from valgen.workflow.load import Executed, Loaded, make_context

_NAMED = 10


def approval_findings(loaded: Loaded, records: SigningRecords) -> list[Finding]:
    """Return what is wrong between approved documents and the project as it is now.

    Args:
        loaded: the project.
        records: what its ledger says of signatures.

    Raises:
        VerificationError: the ledger was altered, or belongs to another project.
    """
    if not records.signatures:
        return []
    context = make_context(loaded, Executed(), records)
    found = list(_exchanged(context, records))
    for one in standings(loaded.root, context, records):
        found += _suspect(one)
    return found


def _exchanged(context: Context, records: SigningRecords) -> Iterator[Finding]:
    told = set()
    for one in records.signatures:
        frozen = frozen_version(context.versions, one.document, one.version)
        name = (one.document, one.version)
        if one.rejected or name in told or frozen is None or frozen.content_sha256 == one.content:
            continue
        told.add(name)
        yield finding(
            "VG615",
            f"{one.document} {one.version} was signed by {one.name} in record {one.record} with other content",
            SourceLocation(frozen.path),
            ids=(one.document,),
        )


def _suspect(one: Standing) -> Iterator[Finding]:
    if one.valid is None:
        return
    entry, name = one.spec.entry, f"{one.spec.key} {one.valid.approval.version}"
    place = entry.location.path if entry.location else ""
    row = entry.history[-1] if entry.history else None
    where = SourceLocation(place, row.line, row.column, len(row.version)) if row else entry.location
    if one.valid.changed:
        said = [f"{item} {change}" for item, change in one.valid.changed.items()]
        more = len(said) - _NAMED
        named = ", ".join(said[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield finding(
            "VG613", f"{name} is approved, and since then: {named}", where, ids=(one.spec.key, *one.valid.changed)
        )
    for link in one.valid.links:
        yield finding(
            "VG614",
            f"{link.source} was approved with {name}, and {link.target}, to which it links, changed since",
            link.location,
            ids=(link.source, link.target),
        )
