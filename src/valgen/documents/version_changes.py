"""The appendix of what a version changed: every field before and after, or that nothing did.

A version is compared with the newest frozen version below it. Words that differ are bold in both texts; the texts
themselves stand there whole and literal, so nothing depends on colour, and nothing on how the difference was found.

Source: design.md §3.2, domain/documents.md b.0.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from valgen.documents.blocks import Block, Cell, Column, Notice, Paragraph, Row, Run, Table, Tone, cell, paragraph
from valgen.documents.context import Context
from valgen.documents.document_control import document_key, present_parts
from valgen.documents.places import kept
from valgen.documents.versions import Change, Difference, FieldChange, differences
from valgen.model.item_types import FieldKind
from valgen.model.project import DocumentEntry
from valgen.model.version import PartKind, frozen_before, frozen_version

_MOST_TOKENS = 1500  # comparing takes the square of it in the worst case
_PLAIN_LINE = re.compile(r"""[\w("'“‘„«]""")  # begins like prose, not like a list, a table or code
_NUMBERED = re.compile(r"\d+[.)]")
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_KINDS = {
    PartKind.ITEM: "Item",
    PartKind.CASE: "Test case",
    PartKind.TEXT: "Text",
    PartKind.SETTING: "Setting",
    PartKind.CLAUSE: "Clause",
    PartKind.TEMPLATE: "Template",
    PartKind.FIGURE: "Figure",
    PartKind.RESULT: "Result",
}
_TONES = {
    Change.ADDED: Tone.GOOD,
    Change.CHANGED: Tone.WARN,
    Change.RETIRED: Tone.MUTED,
    Change.REMOVED: Tone.BAD,
}
_WORDS = {"id": "ID", "gxp": "GxP", "change_ref": "Change reference", "gamp_category": "GAMP category"}


def changes(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """What this version changed against the one before, field by field, or the statement that nothing did."""
    if entry is None or context.making is None or not entry.history:
        return (paragraph("No version has been registered, so there is nothing to compare with.", Tone.MUTED),)
    key, version = document_key(context, entry), entry.version
    same = frozen_version(context.versions, key, version)
    base = frozen_before(context.versions, key, version)
    parts = present_parts(context)
    blocks: list[Block] = []
    said = ""
    if same is not None:
        since = differences(same.parts, parts)
        if since:
            text = (
                f"The content differs from that of version {version} of {same.date}, which is frozen. It needs a "
                "new row in the history with a higher version. What differs stands below."
            )
            blocks.append(Notice("Changed without a new version", (paragraph(text),), Tone.BAD))
            return (*blocks, *difference_blocks(since, f"version {version} as frozen", "now", context))
        said = f"The content has not changed since version {version} of {same.date} was frozen."
    blocks.append(kept(said))
    if base is None:
        first = len(entry.history) == 1
        text = (
            "This is the first version: there is no earlier one to compare with."
            if first
            else "No earlier version was frozen, so what this one changed is not recorded here."
        )
        return (*blocks, paragraph(text))
    found = differences(base.parts, parts)
    if not found:
        return (*blocks, paragraph(f"The content has not changed since version {base.version} of {base.date}."))
    blocks.append(
        paragraph(
            f"Version {version} is compared with version {base.version} of {base.date}. Words that differ are bold."
        )
    )
    return (*blocks, *difference_blocks(found, f"version {base.version}", f"version {version}", context))


def difference_blocks(
    found: Sequence[Difference], before: str, after: str, context: Context, caption: str = "What changed"
) -> Iterator[Block]:
    """Yield an overview, then every difference with its fields before and after.

    Args:
        found: in the order in which they are shown.
        before: what the older side is called, such as ``version 1.0``.
        after: what the newer side is called.
        context: of the document.
        caption: of the overview.
    """
    yield _overview(found, context, caption)
    for one in found:
        if one.kind is not PartKind.RESULT:
            yield _fields(one, before, after, context)
    results = [one for one in found if one.kind is PartKind.RESULT]
    if results:
        yield _results(results, before, after)


def field_label(one: Difference, name: str, context: Context) -> str:
    """Return what a field is called in documents."""
    if one.kind is PartKind.ITEM:
        kind = context.graph.types.get(one.id.partition("-")[0])
        declared = kind.field(name) if kind else None
        if declared is not None:
            return declared.label
    if one.kind not in (PartKind.ITEM, PartKind.CASE) and name not in _WORDS:
        return name if name[:1].isupper() else name.replace("_", " ").capitalize()
    return _WORDS.get(name) or name.replace("_", " ").capitalize()


def shown_value(one: Difference, name: str, text: str, context: Context) -> str:
    """Return a value as it is shown: words of a choice in print, lines of a paragraph joined as the document does."""
    if one.kind is PartKind.TEXT:
        return joined_lines(text)
    if one.kind is not PartKind.ITEM:
        return text
    kind = context.graph.types.get(one.id.partition("-")[0])
    declared = kind.field(name) if kind else None
    if declared is None:
        return text
    if declared.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        words = text.replace("_", " ")
        return words[:1].upper() + words[1:]
    return joined_lines(text) if declared.kind is FieldKind.PROSE else text


def joined_lines(text: str) -> str:
    """Return CommonMark in which the lines of a plain paragraph are one; every other line end stays."""
    found: list[str] = []
    plain, fence = False, False
    for line in text.split("\n"):
        fence = fence is not line.lstrip().startswith(("```", "~~~"))
        here = not fence and _PLAIN_LINE.match(line) is not None and _NUMBERED.match(line) is None
        if plain and here and not found[-1].endswith(("  ", "\\")):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
        plain = here
    return "\n".join(found)


def marked(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return two texts as runs, what differs in bold; joined, the runs are the texts, character by character."""
    for split in (_TOKEN.findall, lambda text: text.splitlines(keepends=True)):
        old, new = split(before), split(after)
        if len(old) <= _MOST_TOKENS and len(new) <= _MOST_TOKENS:
            return _marked(old, new)
    return (Run(before),), (Run(after),)


def _marked(old: list[str], new: list[str]) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    left: list[Run] = []
    right: list[Run] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        bold = what != "equal"
        if a < b:
            left.append(Run("".join(old[a:b]), bold=bold))
        if c < d:
            right.append(Run("".join(new[c:d]), bold=bold))
    return tuple(left), tuple(right)


def _overview(found: Sequence[Difference], context: Context, caption: str) -> Table:
    rows = []
    for one in found:
        if one.kind is PartKind.RESULT:
            continue
        link = f"#{one.id}" if context.anchor(one.id) else ""
        names = ", ".join(field_label(one, field.name, context) for field in one.fields)
        changed = names if one.change in (Change.CHANGED, Change.RETIRED) else "All fields"
        rows.append(
            Row(
                (
                    Cell((Paragraph((Run(one.id, link=link),)),)),
                    cell(one.title if one.title != one.id else ""),
                    cell(_KINDS[one.kind]),
                    cell(one.change.value.capitalize(), _TONES[one.change]),
                    cell(changed),
                )
            )
        )
    results = sum(1 for one in found if one.kind is PartKind.RESULT)
    if results:
        many = f"{results} result{'s' if results != 1 else ''}"
        rows.append(Row((cell("Results"), cell(""), cell("Result"), cell("Changed", Tone.WARN), cell(many))))
    columns = (
        Column("ID or name", 18),
        Column("Title", 32),
        Column("Kind", 12),
        Column("Change", 14),
        Column("Fields", 24),
    )
    return Table(columns, tuple(rows), role="index", caption=caption)


def _fields(one: Difference, before: str, after: str, context: Context) -> Table:
    name = " ".join(part for part in (one.id, one.title) if part) if one.title != one.id else one.id
    caption = f"{name}: {one.change.value}"
    if one.change in (Change.ADDED, Change.REMOVED):
        side = after if one.change is Change.ADDED else before
        rows = []
        for field in one.fields:
            text = (field.after if field.after is not None else field.before) or ""
            rows.append(
                Row((cell(field_label(one, field.name, context)), cell(shown_value(one, field.name, text, context))))
            )
        return Table((Column("Field", 18), Column(f"In {side}", 82)), tuple(rows), caption=caption)
    rows = []
    for field in one.fields:
        left, right = _sides(one, field, before, after, context)
        rows.append(Row((cell(field_label(one, field.name, context)), left, right)))
    columns = (Column("Field", 16), Column(f"Before: {before}", 42), Column(f"After: {after}", 42))
    return Table(columns, tuple(rows), caption=caption)


def _sides(one: Difference, field: FieldChange, before: str, after: str, context: Context) -> tuple[Cell, Cell]:
    if field.before is None:
        added = shown_value(one, field.name, field.after or "", context)
        return cell(f"not in {before}", Tone.MUTED, italic=True), cell(added)
    if field.after is None:
        removed = shown_value(one, field.name, field.before, context)
        return cell(removed), cell(f"taken out of {after}", Tone.MUTED, italic=True)
    left, right = marked(
        shown_value(one, field.name, field.before, context), shown_value(one, field.name, field.after, context)
    )
    note: tuple[Block, ...] = ()
    if field.before.split() == field.after.split():
        note = (paragraph("Only spaces or line breaks differ.", Tone.MUTED),)
    return Cell((Paragraph(left), *note)), Cell((Paragraph(right), *note))


def _results(found: Sequence[Difference], before: str, after: str) -> Table:
    rows = [Row((cell(one.id), cell(_standing(one, "before")), cell(_standing(one, "after")))) for one in found]
    columns = (Column("Test or run", 24), Column(f"Before: {before}", 38), Column(f"After: {after}", 38))
    return Table(columns, tuple(rows), caption="Results that changed", role="results")


def _standing(one: Difference, side: str) -> str:
    values = [(field.name, getattr(field, side)) for field in one.fields]
    said = "\n".join(f"{_WORDS.get(name) or name.capitalize()}: {text}" for name, text in values if text)
    if said:
        return said
    return "none" if one.change in (Change.ADDED, Change.REMOVED) else "N/A"
