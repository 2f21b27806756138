"""Blocks of the roles of a validation and of the matrix of responsibilities; the data stand in ``accountability``.

Source: domain/documents.md b.2 section 5.
"""

from __future__ import annotations

from valgen.documents.accountability import HEADING, ROLES, shipped_matrix
from valgen.documents.blocks import Block, Column, Table, paragraph
from valgen.documents.common import prose_sections
from valgen.documents.context import Context
from valgen.documents.rowing import row
from valgen.model.project import DocumentEntry


def roles(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Roles with what they answer for."""
    columns = (Column("Role", 26), Column("Short", 8), Column("Answers for", 66))
    rows = tuple(row(title, short, duty[:1].upper() + duty[1:]) for short, title, duty in ROLES)
    return (Table(columns, rows, role="plain"),)


def matrix(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The shipped matrix, unless the project wrote its own, which the template places; and what the letters mean."""
    note = paragraph(
        "R carries the activity out, A is accountable and decides, C is consulted before, I is informed after. "
        "Exactly one role is accountable for each activity."
    )
    for key in dict.fromkeys((entry.key if entry else "VP", entry.type if entry else "VP")):
        written = prose_sections(context, key).get(HEADING.casefold())
        if written and written[1]:
            return (note,)
    columns = (Column("Activity", 34), *(Column(short, 8) for short, _, _ in ROLES))
    rows = tuple(row(one.name, *one.letters) for one in shipped_matrix())
    return (Table(columns, rows, role="plain"), note)
