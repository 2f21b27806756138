"""Items: requirements, functions, settings, design elements, risks, procedures, changes.

One class serves every type, because types are data (``item_types``) and a project may add its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from valgen.source import SourceLocation

FieldValue = str | tuple[str, ...] | Mapping[str, str]


class Link(NamedTuple):
    """One id that an item or a test names, with its place in the file.

    Attributes:
        target: the id as written.
        line: from 1, in the file of the item that holds the link.
        column: from 1.
    """

    target: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as its author wrote it, defaults of its file applied.

    Attributes:
        id: type, hyphen, then letters, digits, dots and hyphens.
        type: key of the item type, such as ``URS``.
        title: one line.
        text: CommonMark, may be empty for types that do not require it.
        fields: every other declared field that was written: text, tuple of texts, or mapping
            for SCORES. Link fields are here too, as tuples of ids.
        links: per link field, the ids with their places; includes ``regulations``.
        retired: True for ``status: retired``.
        path: file, relative to the project folder.
        line: place of the id.
        column: place of the id.
        marks: per written field, (line, column) of its value.
    """

    id: str
    type: str
    title: str
    text: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    retired: bool = False
    path: str = ""
    line: int = 0
    column: int = 0
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def location(self) -> SourceLocation:
        """Place of the id."""
        return SourceLocation(self.path, self.line, self.column, len(self.id))

    def where(self, name: str) -> SourceLocation:
        """Return the place of a field's value, or of the id where the field was not written."""
        line, column = self.marks.get(name, (self.line, self.column))
        return SourceLocation(self.path, line, column, 0)

    def link_location(self, link: Link) -> SourceLocation:
        """Return the place of one link of this item."""
        return SourceLocation(self.path, link.line, link.column, len(link.target))

    def value(self, name: str, default: str = "") -> str:
        """Return a field as text: lists joined by comma, scores as ``name: value``."""
        found = self.title if name == "title" else self.text if name == "text" else self.fields.get(name)
        if found is None:
            return default
        if isinstance(found, str):
            return found
        if isinstance(found, tuple):
            return ", ".join(found)
        return ", ".join(f"{key}: {value}" for key, value in found.items())

    def values(self, name: str) -> tuple[str, ...]:
        """Return a list field, empty when it was not written."""
        found = self.fields.get(name, ())
        return found if isinstance(found, tuple) else (str(found),)

    @property
    def gxp(self) -> bool:
        """Whether a fault could harm patient, product or data, or the author says so outright."""
        said = self.fields.get("gxp")
        return said == "yes" if said else bool(self.fields.get("impact"))

    @property
    def verification(self) -> str:
        """How it is verified; ``test`` unless said otherwise."""
        return self.value("verification", "test")


def figure_parts(written: str) -> tuple[str, str]:
    """Return path and caption of a figure that was written as ``flow.png | From instrument to vault``.

    The caption is empty where the author gave none.
    """
    path, _, caption = written.partition("|")
    return path.strip(), caption.strip()
