"""Fields of an item as cells and as label and value pairs, for documents that arrange them in their own way.

A field that nobody wrote never gives a blank: it says what is missing, in the words of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from valgen.documents.blocks import Block, Cell, Facts, Paragraph, Run, Tone, paragraph
from valgen.documents.common import linked
from valgen.documents.context import Context
from valgen.documents.items import figure
from valgen.model.item import Item
from valgen.model.item_types import FieldKind
from valgen.model.subjects import PROCEDURE_SUBJECTS, REVIEW_AREAS, SUPPLIER_DOMAINS

TITLES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("SOP", "subject"): PROCEDURE_SUBJECTS,
    ("SA", "domain"): SUPPLIER_DOMAINS,
    ("PRV", "area"): REVIEW_AREAS,
}
"""Titles of the words of a field where they are more than the word itself."""


def words(item: Item, name: str) -> tuple[str, ...]:
    """Return the chosen words of a field as printed: their titles, or the word with a capital and spaces."""
    titles = TITLES.get((item.type, name), {})
    return tuple(titles.get(word, word.replace("_", " ").capitalize()) for word in item.values(name))


def value_blocks(item: Item, name: str, context: Context) -> tuple[Block, ...]:
    """Return what a field holds, as blocks; none where it was not written."""
    if name == "text":
        return context.markdown(item.text) if item.text else ()
    if name not in item.fields:
        return ()
    field = context.graph.types[item.type].field(name)
    kind = field.kind if field else FieldKind.TEXT
    if kind is FieldKind.PROSE:
        return context.markdown(item.value(name))
    if kind is FieldKind.LINKS:
        return (linked(item.values(name)),)
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return (paragraph(", ".join(words(item, name))),)
    return (paragraph(item.value(name)),)


def value_cell(item: Item, name: str, context: Context, otherwise: str = "not stated", *, warn: bool = False) -> Cell:
    """Return what a field holds as a cell.

    Args:
        otherwise: words for a field that was not written.
        warn: whether its absence is something to look at.
    """
    blocks = value_blocks(item, name, context)
    return Cell(blocks) if blocks else Cell((paragraph(otherwise),), Tone.WARN if warn else Tone.NEUTRAL)


def field_facts(
    item: Item, names: Iterable[str], context: Context, otherwise: Mapping[str, str] | None = None
) -> Facts:
    """Return fields of an item with their labels, in the order given.

    Args:
        otherwise: what a field says that was not written; a field that is not in it is then left out.
    """
    kind = context.graph.types[item.type]
    rows: list[tuple[str, tuple[Block, ...]]] = []
    for name in names:
        field = kind.field(name)
        if field is None:
            continue
        blocks = value_blocks(item, name, context)
        if not blocks and name in (otherwise or {}):
            blocks = (paragraph((otherwise or {})[name]),)
        if blocks:
            rows.append((field.label, blocks))
    return Facts(tuple(rows))


def labelled(item: Item, names: Iterable[str], context: Context) -> tuple[Block, ...]:
    """Return fields of an item that have no column of their own, each behind its label; none where none was written."""
    kind = context.graph.types[item.type]
    found: list[Block] = []
    for name in names:
        field, blocks = kind.field(name), value_blocks(item, name, context)
        if field is None or not blocks:
            continue
        label = Run(f"{field.label}: ", bold=True)
        if isinstance(blocks[0], Paragraph):
            found += [replace(blocks[0], runs=(label, *blocks[0].runs)), *blocks[1:]]
        else:
            found += [Paragraph((label,)), *blocks]
    return tuple(found)


def figures_of(items: Iterable[Item], context: Context) -> tuple[Block, ...]:
    """Return the figures of items that stand in a table, to be shown after it."""
    return tuple(figure(item, name, context) for item in items for name in item.values("figures"))


def count_of(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun, such as ``1 deviation`` or ``0 deviations``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
