"""Footnotes of an HTML page: marks in the text, the notes below the block that holds them, and links both ways.

Notes are counted through the page. Equal notes are one; each of its marks has a link back of its own. A note inside
a note stands in brackets, as in every format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from valgen.documents.blocks import Block

Note = tuple[Block, ...]


@dataclass(slots=True)
class Notes:
    """The notes of one page.

    Attributes:
        numbers: of every note so far.
        marks: how many marks each number has.
        waiting: notes whose text is not written yet.
    """

    numbers: dict[Note, int] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    waiting: list[Note] = field(default_factory=list)

    def mark(self, note: Note) -> str:
        """Return the mark of a note."""
        number = self.numbers.get(note)
        if number is None:
            number = self.numbers[note] = len(self.numbers) + 1
            self.waiting.append(note)
        self.marks[number] = count = self.marks.get(number, 0) + 1
        return (
            f'<sup class="vg-noteref" id="{_mark_id(number, count)}">'
            f'<a href="#vg-note-{number}" role="doc-noteref" aria-label="Note {number}">{number}</a></sup>'
        )

    def written(self, content: Callable[[Note], str]) -> str:
        """Return the notes that wait, and forget them.

        Args:
            content: from a note to its HTML.
        """
        if not self.waiting:
            return ""
        items = []
        for note in self.waiting:
            number = self.numbers[note]
            back = "".join(
                f' <a class="vg-noteback" href="#{_mark_id(number, mark)}" role="doc-backlink" '
                f'aria-label="Back to mark {mark} of note {number}">↩</a>'
                for mark in range(1, self.marks[number] + 1)
            )
            items.append(f'<li id="vg-note-{number}" value="{number}">{content(note)}{back}</li>\n')
        self.waiting.clear()
        return f'<div class="vg-notes"><p class="vg-notes-title">Notes</p>\n<ol>\n{"".join(items)}</ol></div>\n'


def _mark_id(number: int, mark: int) -> str:
    return f"vg-noteref-{number}" + (f"-{mark}" if mark > 1 else "")
