"""Numbering definitions: one look for bullets, one for each kind of number, a list of its own for each ordered list.

Each ordered list is a Word list that starts at its own number, so that lists never continue one another.
"""

from __future__ import annotations

from typing import Any

from valgen.documents.blocks import Marker
from valgen.writers.docx.styles import W

STEP = 340
"""Indent of each list level, twips."""

CELL_STEP = 200
"""The same inside table cells."""

DEEPEST = 8

_BULLETS = ("•", "–", "◦")
_FORMS = {
    Marker.LOWER_ALPHA: "lowerLetter",
    Marker.UPPER_ALPHA: "upperLetter",
    Marker.LOWER_ROMAN: "lowerRoman",
    Marker.UPPER_ROMAN: "upperRoman",
}


class Lists:
    """Collects the lists of one document and writes their definitions."""

    def __init__(self, numbering: Any) -> None:
        """Take the numbering element of the frame; its own definitions are kept."""
        self._root = numbering
        self._abstract = _highest(numbering, "abstractNum", "abstractNumId") + 1
        self._next = _highest(numbering, "num", "numId") + 1
        self._bullets = 0
        self._ordered: list[tuple[int, int, int, str]] = []

    def bullets(self) -> int:
        """Return the id of the bullet list, the same for all."""
        if not self._bullets:
            self._bullets = self._next
            self._next += 1
        return self._bullets

    def ordered(self, level: int, start: int, marker: Marker = Marker.AUTO) -> int:
        """Return the id of a new ordered list whose items stand on ``level`` and count from ``start``."""
        number = self._next
        self._next += 1
        self._ordered.append((number, level, start, _FORMS.get(marker, "decimal")))
        return number

    def finish(self) -> None:
        """Write the definitions that were asked for, in the order of the schema."""
        from lxml import etree

        if not self._bullets and not self._ordered:
            return
        # Bullets and plain numbers are always defined, so that adding a list changes as little as possible.
        forms = ["bullet", "decimal", *sorted({form for *_, form in self._ordered} - {"decimal"})]
        abstract = {form: self._abstract + number for number, form in enumerate(forms)}
        first = next(iter(self._root.iterchildren(f"{{{W}}}num", f"{{{W}}}numIdMacAtCleanup")), None)
        for form, number in abstract.items():
            element = etree.fromstring(_abstract(number, form))
            if first is None:
                self._root.append(element)
            else:
                first.addprevious(element)
        last = next(iter(self._root.iterchildren(f"{{{W}}}numIdMacAtCleanup")), None)
        nums = [(self._bullets, f'<w:abstractNumId w:val="{abstract["bullet"]}"/>')] if self._bullets else []
        for number, level, start, form in self._ordered:
            override = f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            nums.append((number, f'<w:abstractNumId w:val="{abstract[form]}"/>{override}'))
        for number, content in sorted(nums):
            element = etree.fromstring(f'<w:num xmlns:w="{W}" w:numId="{number}">{content}</w:num>')
            if last is None:
                self._root.append(element)
            else:
                last.addprevious(element)


def _abstract(number: int, form: str) -> str:
    levels = []
    for level in range(DEEPEST + 1):
        text = _BULLETS[level % 3] if form == "bullet" else f"%{level + 1}."
        levels.append(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{STEP * (level + 1)}" w:hanging="{STEP}"/></w:pPr></w:lvl>'
        )
    return (
        f'<w:abstractNum xmlns:w="{W}" w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>'
        f"{''.join(levels)}</w:abstractNum>"
    )


def _highest(root: Any, tag: str, attribute: str) -> int:
    return max((int(one.get(f"{{{W}}}{attribute}")) for one in root.iterchildren(f"{{{W}}}{tag}")), default=0)
