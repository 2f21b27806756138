"""Categories of user requirements: the standard headings, their order, and which of them a project uses.

A requirement names its category in words. Words that mean a standard category count for it, also with a part of its
own after a colon (``Functional: storing a record``); every other category is the project's own and stands after them.

Source: domain/documents.md b.3.
"""

from __future__ import annotations

from collections.abc import Iterable

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell, paragraph
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.model.item import Item
from valgen.model.project import DocumentEntry

UNGROUPED = "Uncategorised"

STANDARD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Functional", ("function", "functions", "process")),
    ("Data", ("data entry", "calculation", "storage", "retention", "archive", "migration", "data integrity")),
    ("Interface", ("interfaces",)),
    ("Regulatory", ("regulation", "part 11", "annex 11", "compliance")),
    ("Security and access", ("security", "access", "access control", "roles")),
    ("Audit trail", ("audit trails",)),
    ("Electronic signature", ("electronic signatures", "signatures", "e-signature")),
    ("Reporting, printing and export", ("reporting", "reports", "printing", "export", "copies")),
    ("Performance and capacity", ("performance", "capacity")),
    ("Availability, backup, restore and disaster recovery",
     ("availability", "backup", "restore", "disaster recovery", "backup and restore")),
    ("Environment and technical", ("environment", "technical", "infrastructure", "compatibility")),
    ("Usability and language", ("usability", "language")),
    ("Operation and maintenance", ("operation", "operational", "maintenance", "operational and maintenance")),
    ("Supplier and support", ("supplier", "support")),
    ("Training and documentation", ("training", "documentation")),
    ("Time and time zone", ("time", "time zone", "timezone", "time and timezone")),
)  # fmt: skip
"""Standard categories in the order of the document, each with other words for it."""

_BY_WORD = {word: title for title, words in STANDARD for word in (title.casefold(), *words)}
_ORDER = {title: number for number, (title, _) in enumerate(STANDARD)}


def standard_category(written: str) -> str:
    """Return the standard category that an author's words mean; empty for a category of the project's own."""
    for part in (written, written.partition(":")[0]):
        words = " ".join(part.replace("&", " and ").replace("/", " and ").casefold().split())
        if words in _BY_WORD:
            return _BY_WORD[words]
    return ""


def by_category(found: Iterable[Item], *, standard: bool = True) -> dict[str, list[Item]]:
    """Group items by category, those without one at the end.

    Args:
        found: in the order of the document.
        standard: standard categories in their own order, then the others as they first appear; else all as they do.
    """
    groups: dict[str, list[Item]] = {}
    for item in found:
        groups.setdefault(item.value("category"), []).append(item)
    last = len(STANDARD)

    def place(name: str) -> tuple[int, int]:
        known = _ORDER.get(standard_category(name), last) if standard else last
        return (known if name else last + 1, list(groups).index(name))

    return {name: groups[name] for name in sorted(groups, key=place)}


def table(context: Context, entry: DocumentEntry | None, kind: str) -> tuple[Block, ...]:
    """Every standard category with its requirements, or that none is stated; then the project's own ones."""
    groups = by_category(context.items(kind, entry))
    rows = []
    for title, _ in STANDARD:
        members = [item for name, found in groups.items() if standard_category(name) == title for item in found]
        rows.append(_row(title, members))
    rows += [_row(name or UNGROUPED, found) for name, found in groups.items() if not standard_category(name)]
    total = sum(map(len, groups.values()))
    columns = (Column("Category", 34), Column("Number", 10), Column("Requirements", 56))
    return (
        Table(columns, tuple(rows), role="index", empty="No category."),
        paragraph(f"{total} in all. A standard category without requirements is listed so that none is forgotten."),
    )


def _row(title: str, members: list[Item]) -> Row:
    if not members:
        return Row((cell(title), cell("0"), cell("none stated", Tone.MUTED)))
    ids = tuple(item.id for item in members)
    return Row((cell(title), cell(str(len(members))), Cell((linked(ids),))))
