"""Characters that no font has: found before the document is set, and reported once for it.

Such a character is printed as its code point, so that nothing is lost, and the finding says which they are, where
they stand and how to get them printed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from valgen.codes import finding
from valgen.documents.blocks import Block, Document, Entry, Facts, Image, Section, Table, plain_text, walk
from valgen.documents.visible import visible
from valgen.errors import Finding

_NAMED = 12
_PLACES = 8
_LONGEST = 60


def missing_characters(text: str, covered: Collection[int]) -> frozenset[str]:
    """Return the characters of ``text`` that are printed as they are but that no font has."""
    rare = {char for char in set(text) if not char.isascii() and ord(char) not in covered}
    return frozenset(char for char in rare if visible(char) == char)


def needs_kerning(text: str) -> bool:
    """Whether pairs of letters must be set by the rules of their font.

    Word leaves them alone in the scripts of Europe, and so do the pages here, which take a tenth less time for it.
    Typst 0.15 cannot do without for scripts that run from right to left or join their letters.
    """
    return any("\u0590" <= char < "\u2000" or char >= "\u2c00" for char in set(text))


def missing_finding(document: Document, missing: Collection[str]) -> Finding:
    """Return the finding about characters that are printed as code points."""
    named = [f"U+{ord(char):04X} {char}" for char in sorted(missing)]
    shown = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
    places = list(dict.fromkeys(_places(document, frozenset(missing))))
    where = ", ".join(places[:_PLACES]) + (f" and {len(places) - _PLACES} more places" if len(places) > _PLACES else "")
    return finding(
        "VG730",
        f"document {document.key}: no font has {shown}; printed as code points in {where or 'the document'}",
        ids=(document.key,),
        fix="put a font file (.ttf or .otf) that has them into the folder templates/fonts of the project",
    )


def _places(document: Document, missing: frozenset[str]) -> Iterator[str]:
    front = (document.number, document.title, document.version, document.status, document.system)
    more = (document.confidentiality, *document.marks, *(text for pair in document.control for text in pair))
    if _any(" ".join((*front, *more)), missing):
        yield "the cover"
    for number, section in enumerate(document.sections, 1):
        yield from _in_section(section, str(number), missing)


def _in_section(section: Section, number: str, missing: frozenset[str]) -> Iterator[str]:
    name = f"section {number} {' '.join(section.title[:_LONGEST].split())}".strip()
    if _any(section.title, missing):
        yield name
    count = 0
    for block in section.blocks:
        if isinstance(block, Section):
            count += 1
            yield from _in_section(block, f"{number}.{count}", missing)
        elif _any(_all_text(block), missing):
            yield block.label[:_LONGEST] if isinstance(block, Entry) else name


def _all_text(block: Block) -> str:
    """Return every text that a block prints."""
    parts = [plain_text((block,))]
    for one in walk((block,)):
        match one:
            case Table():
                parts += [one.caption, one.empty, *(column.title for column in one.columns)]
            case Facts():
                parts += [label for label, _ in one.rows]
            case Entry():
                parts.append(one.badge)
            case Image():
                parts += [one.caption, one.name]
    return "\n".join(parts)


def _any(text: str, missing: frozenset[str]) -> bool:
    return not missing.isdisjoint(text)
