"""Which ids a page has handed out.

Ids are unique in a page, frames of tables have names that differ, and what a page has written once of a text or a
cell that stands in several places is not written anew.

Source: integrity.md H-4.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field

from valgen.documents.blocks import Entry
from valgen.writers.html.links import html_id
from valgen.writers.html.notes import Notes


@dataclass(slots=True)
class PageIds:
    """Which ids a page has handed out, so that none appears twice.

    Attributes:
        reserved: anchors of items and test cases of the page; a table row of the same name does not take them.
        used: HTML ids written so far.
        tables: how many tables had each name so far.
        notes: footnotes of the page.
        explore: from an entry to its id on the pages of matrix and trace graph, empty for none; None where the site
            has no such pages.
        written: what the page has written of texts and cells that other places of it share, by their identity.
    """

    reserved: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)
    tables: dict[str, int] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    explore: Callable[[Entry], str] | None = None
    written: dict[int, tuple[object, str]] = field(default_factory=dict)

    def table_name(self, caption: str) -> str:
        """Return a name for a table's frame that no other frame of the page has (screen readers list them)."""
        name = caption or "Table"
        self.tables[name] = number = self.tables.get(name, 0) + 1
        return name if number == 1 else f"{name} ({number})"

    def attribute(self, anchor: str, *, owner: bool = False) -> str:
        """Return the ``id`` attribute with a leading space, or nothing when another place on the page has it.

        Args:
            anchor: of the place; empty for none.
            owner: whether the place is the item or test case itself, for which the anchor may be reserved.
        """
        if not anchor or (not owner and anchor in self.reserved):
            return ""
        name = html_id(anchor)
        if name in self.used:
            return ""
        self.used.add(name)
        return f' id="{html.escape(name)}"'
