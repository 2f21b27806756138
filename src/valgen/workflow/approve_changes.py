"""What an approval changed: every field of every item with its old and its new value.

Compared are the version that was approved before, as its signatures cover it, and the one that is approved now. The
first approval lists every field with an empty old value. Results are no fields: they have records of their own.

Source: design.md §5 (audit trail of items); 21 CFR 11.10(e).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from valgen.documents.snapshot import read_version
from valgen.documents.versions import differences
from valgen.model.version import FrozenVersion, PartKind
from valgen.records.signing import Manifest
from valgen.records.signing_reader import SigningRecords

Row = tuple[str, str, str, str]
"""Item, field, old value and new value."""

_COMPARED = frozenset(PartKind) - {PartKind.RESULT}
_BY_ID = (PartKind.ITEM, PartKind.CASE)


def change_rows(before: FrozenVersion | None, after: FrozenVersion) -> Iterator[Row]:
    """Yield a row for each field that differs, in the order of the document.

    Args:
        before: version that was approved before; None for none.
        after: version that is approved now.
    """
    for one in differences(before.parts if before else (), after.parts, _COMPARED):
        name = one.id if one.kind in _BY_ID else f"{one.kind.value}: {one.id}"
        for field in one.fields:
            yield name, field.name, field.before or "", field.after or ""


def approved_snapshot(records: SigningRecords, manifest: Manifest) -> FrozenVersion:
    """Return a signed version as its signatures cover it, from the ledger.

    Args:
        records: of the ledger.
        manifest: of one of its signatures.

    Raises:
        VerificationError: its files are missing from the ledger or altered.
        SnapshotError: this release cannot read them.
    """
    place = next(path for path in manifest.snapshot if path.endswith(f"/{manifest.key}/{manifest.version}.json"))
    return replace(read_version(records.blob(manifest.snapshot[place].sha256), place), path=place)
