"""Blocks of document control: the revision history with what each version changed, and references with versions.

A row of the history names the ids that its version added, changed and retired against the frozen version before; where
none was frozen it says that this is not recorded. A reference is pinned to the newest frozen version of the other
document, so that a reader finds exactly what was meant; where none is frozen, the draft is named as what it is.

Source: design.md §3.2, domain/documents.md b.0 (revision history, references).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from valgen.documents.blocks import Block, Cell, Column, Paragraph, Row, Run, Table, Tone, cell, paragraph, runs
from valgen.documents.catalog import DocumentSpec, plan_documents
from valgen.documents.common import regulation_title
from valgen.documents.context import Context
from valgen.documents.places import reference_to
from valgen.documents.versions import Change, Difference, differences, document_parts
from valgen.model.ids import natural_order
from valgen.model.item import Item
from valgen.model.project import DocumentEntry, HistoryRow
from valgen.model.version import FrozenVersion, Part, PartKind, Pinned, frozen_before, frozen_version

NOTHING_FROZEN = (
    "Which ids a version added, changed or retired is recorded from the first frozen version on; none is frozen."
)
NOT_RECORDED = "Added, changed and retired ids are not recorded."


def history(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Revision history, oldest first, as registered, with the ids that each version added, changed and retired."""
    found = entry.history if entry else ()
    key = document_key(context, entry)
    rows = [
        Row(
            (
                cell(row.version),
                cell(row.date),
                cell(row.author),
                cell(row.change_ref or "N/A"),
                Cell((paragraph(row.summary), *_changed_ids(context, key, found, number))),
            )
        )
        for number, row in enumerate(found)
    ]
    columns = (
        Column("Version", 8),
        Column("Date", 12),
        Column("Author", 16),
        Column("Change reference", 14),
        Column("Description of and reason for change", 50),
    )
    table = Table(columns, tuple(rows), role="history", empty="No version has been registered.")
    if len(found) > 1 and not _frozen_below(context, key, found[-1].version):
        return (table, paragraph(NOTHING_FROZEN, Tone.MUTED))
    return (table,)


def references(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Documents that this one refers to, with number and version, and the regulations of the project."""
    rows = [Row((cell(one.number), cell(one.title), _version_cell(one, context))) for one in pinned(context, entry)]
    for name in context.project.settings.regulations:
        rows.append(Row((cell(name), cell(regulation_title(name)), cell("as in force"))))
    columns = (Column("Number", 20), Column("Title", 55), Column("Version", 25))
    return (Table(columns, tuple(rows), role="plain"),)


def _version_cell(one: Pinned, context: Context) -> Cell:
    """Return the version of a reference; that of an item, such as a procedure, is not approved here."""
    return cell(one.version) if one.key in context.graph.items else Cell((reference_to(one.key, one.version),))


def pinned(context: Context, entry: DocumentEntry | None) -> tuple[Pinned, ...]:
    """Return every reference of a document with its version: those that it registers, or every other document."""
    own = document_key(context, entry)
    specs = [spec for spec in plan_documents(context) if spec.key != own]
    if entry is None or not entry.references:
        return tuple(_pinned(spec, context) for spec in specs)
    found: dict[str, Pinned] = {}
    for link in entry.references:
        for spec in specs:
            if link.target in (spec.key, spec.entry.key):
                found.setdefault(spec.key, _pinned(spec, context))
        item = context.graph.items.get(link.target)
        if item is not None:
            found.setdefault(item.id, _pinned_item(item))
    return tuple(found.values())


def document_key(context: Context, entry: DocumentEntry | None) -> str:
    """Return the key of the document that is being made, else that of a register entry, else nothing."""
    if context.making is not None:
        return context.making.key
    return entry.key if entry else ""


def present_parts(context: Context) -> tuple[Part, ...]:
    """Return the parts of the document that is being made, as they are now."""
    return document_parts(context, context.making) if context.making else ()


def id_lines(found: Sequence[Difference], context: Context) -> Iterator[Paragraph]:
    """Yield what was added, changed, retired and taken out, one line each, ids as links."""
    for change in Change:
        named = [one for one in found if one.change is change]
        ids = sorted((one.id for one in named if one.kind in (PartKind.ITEM, PartKind.CASE)), key=natural_order)
        parts = list(runs(f"{change.value.capitalize()}: ", bold=True))
        for number, name in enumerate(ids):
            if number:
                parts.append(Run(", "))
            parts.append(Run(name, link=f"#{name}" if context.anchor(name) else ""))
        results = sum(1 for one in named if one.kind is PartKind.RESULT)
        others = [one.id for one in named if one.kind not in (PartKind.ITEM, PartKind.CASE, PartKind.RESULT)]
        if results:
            others.append(f"{results} result{'s' if results != 1 else ''}")
        if others:
            parts.append(Run(", ".join([*([""] if ids else []), *others])))
        if ids or others:
            yield Paragraph((*parts, Run(".")))


def _changed_ids(context: Context, key: str, rows: Sequence[HistoryRow], number: int) -> tuple[Block, ...]:
    row, versions = rows[number], context.versions
    if number == 0 or not _frozen_below(context, key, rows[-1].version):
        return ()
    base = frozen_before(versions, key, row.version)
    after = _parts_of(context, key, row, last=number == len(rows) - 1)
    if base is None or after is None:
        return (paragraph(NOT_RECORDED, Tone.MUTED),)
    found = differences(base.parts, after)
    lines = tuple(id_lines(found, context)) or (
        paragraph(f"No content changed since version {base.version}.", Tone.MUTED),
    )
    if base.version != rows[number - 1].version:
        lines += (paragraph(f"Compared with version {base.version}; later ones were not frozen.", Tone.MUTED),)
    return lines


def _frozen_below(context: Context, key: str, version: str) -> bool:
    """Return whether any version below the present one was frozen; freezing that one changes none of its words."""
    return frozen_before(context.versions, key, version) is not None


def _parts_of(context: Context, key: str, row: HistoryRow, *, last: bool) -> tuple[Part, ...] | None:
    frozen = frozen_version(context.versions, key, row.version)
    if frozen is not None:
        return frozen.parts
    return present_parts(context) if last and context.making else None


def _pinned(spec: DocumentSpec, context: Context) -> Pinned:
    known: tuple[FrozenVersion, ...] = context.versions.get(spec.key, ())
    if spec.key in context.pins or not known:
        version = context.pins.get(spec.key, spec.bare_version)
        return Pinned(key=spec.key, number=spec.number, title=spec.title, version=version)
    newest = known[-1]
    return Pinned(
        key=spec.key,
        number=newest.number,
        title=newest.title,
        version=newest.version,
        content_sha256=newest.content_sha256,
    )


def _pinned_item(item: Item) -> Pinned:
    return Pinned(
        key=item.id,
        number=item.value("number") or item.id,
        title=item.title,
        version=item.value("version") or "not stated",
    )
