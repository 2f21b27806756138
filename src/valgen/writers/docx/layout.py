"""Pages: what stands upright and what lies across.

A wide table asks for a landscape page. The smallest thing that reads as one, a section's own blocks or a whole
item, lies across with it, so that a heading never stays behind alone on a portrait page. Neighbours of the same
orientation share a Word section (``body``). Where the template's pages lie across anyway, nothing is turned.
"""

from __future__ import annotations

from valgen.documents.blocks import Block, Document, Entry, Section, Table
from valgen.writers.docx.content import Content, Place

Unit = tuple[bool, str]
"""A piece of the body: whether it lies across, and its XML."""


class Layout:
    """Arranges the sections of one document."""

    def __init__(self, content: Content) -> None:
        """Take the writer of blocks."""
        self._content = content
        self._page = content.frame.page
        self._units: list[Unit] = []
        self._carried = ""
        self._first = True

    def units(self, document: Document) -> list[Unit]:
        """Return the body in order; the first heading starts a new page."""
        count = 0
        for section in document.sections:
            count += bool(section.title)
            self._section(section, str(count) if document.numbered and section.title else "", 1)
        if self._carried:
            self._emit(False, "")
        return self._units

    def _section(self, section: Section, number: str, depth: int) -> None:
        self._carried += self._content.section_heading(section, number, self._place(False, depth), self._take_first())
        loose: list[Block] = []
        count = 0
        for block in section.blocks:
            if isinstance(block, Section | Entry):
                self._loose(loose, depth)
                if isinstance(block, Section):
                    count += bool(block.title)
                    inner = f"{number}.{count}" if number and block.title else ""
                    self._section(block, inner, depth + (1 if section.title else 0))
                else:
                    self._entry(block, depth + 1)
            else:
                loose.append(block)
        self._loose(loose, depth)

    def _entry(self, entry: Entry, depth: int) -> None:
        across = self._across(entry.blocks)
        head = self._content.entry_heading(entry, self._place(across, depth), self._take_first())
        self._emit(across, head + self._content.xml(entry.blocks, self._place(across, depth)))

    def _loose(self, loose: list[Block], depth: int) -> None:
        if loose:
            across = self._across(tuple(loose))
            self._emit(across, self._content.xml(tuple(loose), self._place(across, depth)))
            loose.clear()

    def _emit(self, across: bool, xml: str) -> None:
        self._units.append((across, self._carried + xml))
        self._carried = ""

    def _place(self, across: bool, depth: int) -> Place:
        return Place(width=self._page.text_width(across), height=self._page.text_height(across), depth=depth)

    def _take_first(self) -> bool:
        first, self._first = self._first, False
        return first

    def _across(self, blocks: tuple[Block, ...]) -> bool:
        if self._page.lying:
            return False
        return any(isinstance(block, Table) and block.wide and block.rows for block in blocks)
