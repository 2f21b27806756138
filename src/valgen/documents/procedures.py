"""Blocks of the index of procedures: the standard subjects, every procedure, the outline of one.

The index is made from SOP items. A standard subject without a procedure stays a row, unless the prose of the document
gives the reason; valgen invents no procedure.

Source: domain/documents.md b.16 (SOP set index).
"""

from __future__ import annotations

from valgen.documents.blocks import (
    Block,
    Cell,
    Column,
    Entry,
    ListBlock,
    Paragraph,
    Row,
    Run,
    Table,
    Tone,
    cell,
    link_cell,
    paragraph,
    plain_text,
)
from valgen.documents.common import linked, prose_sections
from valgen.documents.context import Context
from valgen.documents.fields import count_of, field_facts, figures_of
from valgen.model.item import Item
from valgen.model.project import DocumentEntry
from valgen.model.subjects import PROCEDURE_SUBJECTS

RATIONALE = "Subjects without a procedure"
"""Heading of the prose that says why a subject needs no procedure; it names the subject by its title."""

OUTLINE: tuple[tuple[str, str], ...] = (
    ("Purpose", "why the procedure exists"),
    ("Scope", "what and whom it is about, and what not"),
    ("Responsibilities", "roles and what each does"),
    ("Definitions", "terms and abbreviations"),
    ("Prerequisites", "access, training, materials, state of the system"),
    ("Procedure steps", "who does what, in order, with what is decided where"),
    ("Records generated", "what is written down, where, and how long it is kept"),
    ("References", "documents with number and version"),
    ("Attachments and forms", "each with its number and version"),
    ("Revision history", "version, date, author, change and reason"),
    ("Approval", "author, owner of the process, quality unit"),
)
"""Sections of a procedure, with what each says."""


def subjects(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The standard subjects with the procedures that treat them; a subject without one is a row."""
    found = context.items("SOP", entry)
    reasons = _reasons(context, entry)
    rows = []
    open_ones = 0
    for word, title in PROCEDURE_SUBJECTS.items():
        members = tuple(item for item in found if word in item.values("subject"))
        if members:
            shown, status = _names(members), cell("stated")
        elif title.casefold() in reasons:
            shown, status = cell(f"see {RATIONALE}"), cell("not needed, with reason")
        else:
            open_ones += 1
            shown, status = cell("none stated", Tone.WARN), cell("open", Tone.WARN)
        rows.append(Row((cell(title), shown, status)))
    lead = f"{len(PROCEDURE_SUBJECTS) - open_ones} of {len(PROCEDURE_SUBJECTS)} standard subjects are answered."
    columns = (Column("Subject", 35), Column("Procedures", 45), Column("Status", 20))
    return (paragraph(lead), Table(columns, tuple(rows), role="index"))


def index(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Every procedure: number, title, version, effective date, what it satisfies, whether all of it is stated."""
    rows = []
    for item in context.items("SOP", entry):
        lacking = [label for name, label in _WANTED.items() if not item.value(name)]
        status = cell(f"{', '.join(lacking)} not stated", Tone.WARN) if lacking else cell("complete")
        rows.append(
            Row(
                (
                    link_cell((item.id,)),
                    cell(item.value("number") or "not stated"),
                    cell(item.title),
                    cell(item.value("version") or "not stated"),
                    cell(item.value("effective_date") or "not stated"),
                    Cell((linked(item.values("satisfies")),)) if item.values("satisfies") else cell("nothing named"),
                    status,
                )
            )
        )
    columns = (
        Column("ID", 10),
        Column("Number", 13),
        Column("Title", 30),
        Column("Version", 8),
        Column("Effective", 12),
        Column("Satisfies", 14),
        Column("Index entry", 13),
    )
    lead = paragraph(f"{count_of(len(rows), 'procedure')} in the index. Versions are those that the project states.")
    return (lead, Table(columns, tuple(rows), role="index", empty="The project defines no SOP item."))


def procedures(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What each procedure treats, with who is trained on it."""
    trained: dict[str, list[str]] = {}
    for record in context.items("TRN"):
        for name in record.values("covers"):
            trained.setdefault(name, []).append(record.id)
    blocks = []
    for item in context.items("SOP", entry):
        facts = field_facts(
            item,
            ("number", "version", "effective_date", "subject", "satisfies", "regulations", "category", "owner",
             "source", "rationale", "comment"),
            context,
            {"subject": "none of the standard subjects is named", "satisfies": "nothing named"},
        )  # fmt: skip
        inner: list[Block] = [*context.markdown(item.text), *figures_of((item,), context), facts]
        if trained.get(item.id):
            inner.append(Paragraph((Run("Training records: "), *linked(tuple(trained[item.id])).runs)))
        blocks.append(Entry(item.id, item.id, item.title, item.type, tuple(inner)))
    return tuple(blocks) or (paragraph("The project defines no SOP item.", Tone.MUTED),)


def outline(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """The sections of a procedure, for those who write one."""
    items = tuple((Paragraph((Run(f"{title}: ", bold=True), Run(f"{text}."))),) for title, text in OUTLINE)
    return (ListBlock(items, ordered=True),)


_WANTED = {"number": "number", "version": "version", "effective_date": "effective date"}


def _names(items: tuple[Item, ...]) -> Cell:
    runs: list[Run] = []
    for item in items:
        runs += [Run("\n")] if runs else []
        about = ", ".join(part for part in (item.value("number"), item.value("version")) if part)
        runs += [Run(item.id, link=f"#{item.id}"), Run(f" {item.title}{f' ({about})' if about else ''}")]
    return Cell((Paragraph(tuple(runs)),))


def _reasons(context: Context, entry: DocumentEntry | None) -> str:
    keys = dict.fromkeys((entry.key, entry.type)) if entry else ("SOP",)
    for key in keys:
        found = prose_sections(context, key).get(RATIONALE.casefold())
        if found:
            return plain_text(found[1]).casefold()
    return ""
