"""Source code review of a design: which modules are reviewed, and what was found.

A record of reviews is prose of the project (Source code review); where there is none, the modules that a review must
reach stand as open rows, because a custom component without a review is a gap that must be seen.

Source: domain/documents.md b.6.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Cell, Column, Row, Table, Tone, cell
from valgen.documents.common import linked, prose_sections
from valgen.documents.context import Context
from valgen.model.project import DocumentEntry

REVIEW_COLUMNS = ("Date", "Component", "Author", "Reviewer", "Commit", "Findings", "Outcome")
REVIEW_HEADING = "Source code review"


def review_scope(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Modules of the design with their elements and whether the record of reviews names them."""
    modules: dict[str, list[str]] = {}
    for item in context.items("DS", entry):
        modules.setdefault(item.value("module") or "not stated", []).append(item.id)
    record = _record_text(context, entry)
    rows = [
        Row(
            (
                cell(name),
                Cell((linked(tuple(ids)),)),
                cell("in the record") if name in record else cell("no review recorded", Tone.WARN),
            )
        )
        for name, ids in modules.items()
    ]
    columns = (Column("Module", 40), Column("Design elements", 36), Column("Review", 24))
    return (Table(columns, tuple(rows), role="index", caption="Modules to review", empty="No module is stated."),)


def _record_text(context: Context, entry: DocumentEntry | None) -> str:
    from valgen.documents.blocks import plain_text

    for key in dict.fromkeys((entry.key, entry.type) if entry else ()):
        found = prose_sections(context, key).get(REVIEW_HEADING.casefold())
        if found and found[1]:
            return plain_text(found[1])
    return ""
