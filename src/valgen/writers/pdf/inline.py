"""Text and runs as the pieces that the Typst template understands.

Text is literal: it is made visible and reaches Typst as JSON strings only. What it needs beyond plain text is said by
marks of valgen's own between the strings:

- ``0`` a line break, ``1`` a place where a word that is wider than its line may be broken; the second leaves nothing
  in the file that would turn up in copied or searched text,
- ``[2, "U+4E2D"]`` a character that no font has, as its code point,
- ``[3, flags, target, content, note]`` a styled run: bold 1, italic 2, code 4; target ``#LABEL`` or an address; a
  footnote is its first paragraph and its further blocks,
- ``[4, "LABEL"]`` an invisible place that links lead to.

A text without any of these is a plain string, which is what nearly every cell is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from valgen.documents.blocks import Block, Paragraph, Run
from valgen.documents.visible import visible
from valgen.writers.links import outside_address
from valgen.writers.pdf.faces import advances

Piece = Any
"""A JSON value as described above."""

BREAK = "\u200b"  # ``visible`` spells it out, so that in prepared text it is always valgen's own

_TAB = "    "
_OTHER = 1000  # width of a character that the main font lacks, thousandths of the size; hardly any is wider
_MONO = 601
_SPLIT_LONG = 200
_NOTE_LINE = 50_000
_MAX_TITLE = 400


class Inline:
    """Prepares the text of one volume.

    Attributes:
        notes: footnotes so far.
    """

    def __init__(
        self,
        missing: Collection[str],
        place: Callable[[str], tuple[str, str]],
        blocks: Callable[[tuple[Block, ...]], Sequence[Any]],
    ) -> None:
        """Take what texts refer to.

        Args:
            missing: characters that no font has.
            place: label of an anchor in this volume, or empty and words that say where it is instead.
            blocks: prepares the content of a footnote.
        """
        marks = "".join(re.escape(char) for char in sorted(missing))
        self._marks = re.compile(f"([\n{BREAK}{marks}])")
        self._missing = frozenset(missing)
        self._place = place
        self._blocks = blocks
        self.notes = 0

    def text(self, text: str, room: float, *, bold: bool = False, mono: bool = False) -> Piece:
        """Return literal text as a string or a list of pieces.

        Args:
            text: any text.
            room: width of the line, in thousandths of the size of the text.
            bold: whether it is printed bold, which is wider.
            mono: whether it is printed in the fixed-width face.
        """
        if not (text.isascii() and text.isprintable()):
            text = visible(text)
            if "\t" in text:
                text = text.replace("\t", _TAB)
        if len(text) * _OTHER > room:
            text = self._breakable(text, room, bold, mono)
        if (text.isascii() and text.isprintable()) or self._marks.search(text) is None:
            return text
        return [self._mark(part) for part in self._marks.split(text) if part]

    def runs(self, runs: tuple[Run, ...], room: float, *, bold: bool = False) -> Piece:
        """Return runs as a string or a list of pieces, an empty string for none."""
        if len(runs) == 1:
            run = runs[0]
            if not (run.bold or run.italic or run.code or run.link or run.note):
                return self.text(run.text, room, bold=bold)
        pieces: list[Piece] = []
        tail = ""
        for run in runs:
            held = self._run(run, room, bold)
            # A word may go on from run to run; Typst has no reason to break it there.
            if tail and held and len(tail) * _OTHER + len(run.text) * _OTHER > room:
                head = "" if run.text[:1].isspace() else run.text.split(maxsplit=1)[0][:_SPLIT_LONG]
                if head and (len(tail) + len(head)) * _MONO > room:
                    pieces.append(1)
            pieces += held
            if run.text:
                tail = "" if run.text[-1].isspace() else run.text[-_SPLIT_LONG:].rsplit(maxsplit=1)[-1]
        if all(type(piece) is str for piece in pieces):
            return "".join(pieces)
        return pieces

    def _run(self, run: Run, room: float, bold: bool) -> list[Piece]:
        flags = run.bold | run.italic << 1 | run.code << 2
        target, content = "", run.text
        if run.link.startswith("#"):
            label, elsewhere = self._place(run.link[1:])
            target = f"#{label}" if label else ""
            content += elsewhere
        elif run.link:
            target = outside_address(run.link)
            if not target and run.link != run.text:
                content = f"{run.text} ({run.link})"
        piece = self.text(content, room, bold=bold or run.bold, mono=run.code)
        notes: Any = None
        if run.note:
            self.notes += 1
            notes = self._note(run.note)
        if content == "" and not notes:
            return []
        if not (flags or target or notes):
            return [piece] if type(piece) is str else list(piece)
        return [[3, flags, target, piece, notes] if notes else [3, flags, target, piece]]

    def _note(self, blocks: tuple[Block, ...]) -> list[Any]:
        """Return the first paragraph of a footnote, which stands beside its number, and the blocks after it."""
        first = blocks[0] if isinstance(blocks[0], Paragraph) else None
        rest = self._blocks(blocks[1:] if first else blocks)
        return [self.runs(first.runs, _NOTE_LINE) if first else "", rest]

    def _mark(self, part: str) -> Piece:
        if part == "\n":
            return 0
        if part == BREAK:
            return 1
        return [2, f"U+{ord(part):04X}"] if part in self._missing else part

    def _breakable(self, text: str, room: float, bold: bool, mono: bool) -> str:
        shortest = max(int(room / _OTHER), 1) + 1  # words with fewer characters fit, whatever they are
        return _words(shortest).sub(lambda match: _broken(match.group(), room, bold, mono), text)


_PARTS = re.compile(r"[^-/]*[-/]+|[^-/]+")


@lru_cache(maxsize=256)
def _words(shortest: int) -> re.Pattern[str]:
    return re.compile(rf"\S{{{min(shortest, _SPLIT_LONG)},}}")


def _broken(word: str, room: float, bold: bool, mono: bool) -> str:
    """Return a word with places where it may be broken, if it is wider than its line.

    It is broken behind hyphens and strokes, and within a part only where that part alone is wider than the line.
    """
    if (len(word) * _MONO if mono else text_width(word, bold)) <= room:
        return word
    parts = _PARTS.findall(word)
    if len(parts) > 1 and len(word) <= _SPLIT_LONG:
        return BREAK.join([_broken(part, room, bold, mono) for part in parts])
    # Very long ones at fewer places: each costs as much as a word, and there is no need to fill every line.
    step = 1 if len(word) <= _SPLIT_LONG else max(int(room / _MONO / 8), 1)
    parts = [word[:1]]
    since = 1
    for char in word[1:]:
        if since >= step and not _joined(char):
            parts.append(BREAK)
            since = 0
        parts.append(char)
        since += 1
    return "".join(parts)


def _joined(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    return not char.isascii() and unicodedata.category(char).startswith("M")


def listed(piece: Piece) -> list[Piece]:
    """Return pieces as a list."""
    return [piece] if type(piece) is str else piece


def words_of(pieces: list[Piece]) -> list[str]:
    """Return the words of pieces, without what is not text."""
    words: list[str] = []
    for piece in pieces:
        if type(piece) is not list:
            words.append(piece if type(piece) is str else " " if piece == 0 else "")
        elif piece[0] == 3:
            words += words_of(listed(piece[3]))
        elif piece[0] == 2:
            words.append(piece[1])
    return words


@lru_cache(maxsize=1 << 16)
def text_width(text: str, bold: bool = False) -> int:
    """Return the width of one line of text in the main font, in thousandths of its size."""
    widths = advances(bold)
    return sum([widths.get(char, _OTHER) for char in text])


def fitted(text: str, room: float, *, bold: bool = False) -> str:
    """Return text on one line, shortened with an ellipsis when it is wider than ``room``, thousandths of its size."""
    line = " ".join(visible(text[: 2 * _MAX_TITLE]).split())
    if text_width(line[:_MAX_TITLE], bold) <= room and len(line) <= _MAX_TITLE:
        return line
    low, high = 0, min(len(line), _MAX_TITLE)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(line[:middle] + "…", bold) <= room:
            low = middle
        else:
            high = middle - 1
    while low and _joined(line[low : low + 1] or "a"):
        low -= 1
    return f"{line[:low].rstrip()}…"
