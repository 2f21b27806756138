"""Blocks: the frozen content of documents, before any file format.

A block holds resolved values, never syntax: a tone, not a colour; an anchor, not a bookmark. Word, PDF,
HTML and Excel are written from the same blocks and so cannot disagree. Every text is literal: a writer
escapes it for its format and interprets nothing in it.

Source: design.md §2.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from valgen.documents.canonical import canonical_json, set_apart, share, whole_json, without_apart
from valgen.documents.digests import Digests, text_digest

_KEPT = 1 << 18

DRAFT = "DRAFT"
"""The mark of what is not approved."""
SUPERSEDED = "SUPERSEDED"
"""The mark of what was approved and is not valid any more."""
STATUS, VERSION, EFFECTIVE = "Status", "Version", "Effective date"
"""Labels of the lines of a control block that depend on signatures; of the version, the word DRAFT does."""
_STANDING_MARKS = frozenset({DRAFT, SUPERSEDED})


class Tone(enum.StrEnum):
    """What a colour would mean; writers choose the colour and never rely on it alone."""

    NEUTRAL = "neutral"
    GOOD = "good"  # passed, covered
    BAD = "bad"  # failed, gap
    WARN = "warn"  # not executed, skipped, dry run
    MUTED = "muted"  # helper text, retired


class Marker(enum.StrEnum):
    """What stands before the items of a list; a writer that lacks one falls back to bullets or numbers."""

    AUTO = "auto"  # a bullet, or an Arabic number in an ordered list
    LOWER_ALPHA = "lower_alpha"
    UPPER_ALPHA = "upper_alpha"
    LOWER_ROMAN = "lower_roman"
    UPPER_ROMAN = "upper_roman"
    TERM = "term"  # nothing: the first block is a term, and the others, its description, stand indented below


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with one look.

    Attributes:
        link: empty, ``#ANCHOR`` for a place in the pack, or an http, https or mailto address.
        note: content of a footnote whose mark stands after the text; empty for none. Equal notes of a document are
            one footnote with several marks.
        anchor: the id of this place in the text, for links to it; such a run may have no text.
        image: a small picture that stands in the line instead of the text; the text says what it shows.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    note: tuple[Block, ...] = ()
    anchor: str = ""
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; a run's line feeds are line breaks."""

    runs: tuple[Run, ...]
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class ListBlock:
    """Bullet or numbered list; each item is a sequence of blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1
    marker: Marker = Marker.AUTO


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Text in a fixed-width face, line feeds kept; a caption is numbered as a listing."""

    text: str
    language: str = ""
    caption: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside prose; ``level`` is relative to the section that holds it, from 1."""

    runs: tuple[Run, ...]
    level: int = 1
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture.

    Attributes:
        sha256: digest of its bytes, hex; writers fetch the bytes by it from ``Document.media``.
        name: file name.
        alt: text for those who cannot see it, never empty.
        caption_runs: the caption where it has more than plain text, such as links; its text is that of ``caption``.
        anchor: the id that links to it.
        width_mm: wished width, millimetres; 0 for its own. Never more than the room there is.
        width_percent: wished width as a share of the room, 1 to 100; 0 for none.
    """

    sha256: str
    name: str
    media_type: str
    alt: str
    caption: str = ""
    caption_runs: tuple[Run, ...] = ()
    anchor: str = ""
    width_mm: int = 0
    width_percent: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; ``weight`` is its share of the width relative to its neighbours."""

    title: str
    weight: int = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; never blank in print, the writer shows an en dash for no blocks.

    Attributes:
        columns: how many columns it covers; the row has no cells for the further ones.
        rows: how many rows it covers; the rows below have no cell there.
    """

    blocks: tuple[Block, ...] = ()
    tone: Tone = Tone.NEUTRAL
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A table row.

    Attributes:
        anchor: the id that links to it, empty for none.
        head: whether it is a further header row below the titles of the columns; only leading rows may be.
    """

    cells: tuple[Cell, ...]
    anchor: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a repeated header row; columns without any title give a table without one.

    Attributes:
        role: what it is, for styles and interaction: ``matrix``, ``steps``, ``results``, ``risks``,
            ``history``, ``approvals``, ``gaps``, ``index`` or ``plain``.
        wide: asks for a landscape page where the format has pages.
        empty: sentence shown instead of a table without rows.
        caption_runs: the caption where it has more than plain text, such as links; its text is that of ``caption``.
        stubs: how many leading columns head their rows.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    anchor: str = ""
    role: str = "plain"
    wide: bool = False
    empty: str = "None."
    caption_runs: tuple[Run, ...] = ()
    stubs: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs, two columns without a header row."""

    rows: tuple[tuple[str, tuple[Block, ...]], ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A box that must not be overlooked, such as DRY RUN or a gap."""

    title: str
    blocks: tuple[Block, ...] = ()
    tone: Tone = Tone.WARN


@dataclass(frozen=True, slots=True)
class Entry:
    """One item or test case: a heading that carries its id, then its content.

    Attributes:
        anchor: id of the item or case; link target in every format, in the domain's objects.
        label: id as printed.
        title: after the id in the heading.
        kind: item type or stage, such as ``URS`` or ``OQ``.
        badge: short word beside the heading, such as a result; empty for none.
    """

    anchor: str
    label: str
    title: str
    kind: str
    blocks: tuple[Block, ...]
    badge: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section of a document; ``blocks`` may hold sections.

    Attributes:
        title: empty for content without a heading or number, such as what stands before the first chapter.
        runs: the title where it has more than plain text, such as a note or code; its text is that of ``title``.
    """

    title: str
    anchor: str
    blocks: tuple[Block, ...]
    runs: tuple[Run, ...] = ()


class Shows(enum.StrEnum):
    """What stands in a ``SignaturePlace``."""

    APPROVALS = "approvals"  # the table of signatures of the document, and what belongs to it
    AFTER = "after"  # signatures on the report of a protocol
    TESTERS = "testers"  # those who executed a protocol
    CHANGE = "change"  # the signature of one role on the version of the change records that approves a change
    VERSION = "version"  # the version of a document as printed, with DRAFT until approved
    REFERENCE = "reference"  # the version of a document that another one refers to
    STATUS = "status"  # the status of a document
    EFFECTIVE = "effective"  # when a document was approved
    APPROVAL = "approval"  # whether a document is approved, in words
    KEPT = "kept"  # whether the content is that of the frozen version of the same number


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """A place for what depends on signatures, on those of this document or of another one.

    What it asks for is content. What stands there now is not: a signature must not change what it covers. Blocks say
    what holds without any signature until ``issue.issued`` replaces them.

    Attributes:
        of: key of the document; empty for the document itself.
        version: of that document, without DRAFT; empty for the one that it has, or none.
        asks: role and meaning of each signature that the workflow asks for, in its order.
        blocks: what stands there; no part of the content digest.
    """

    shows: Shows
    of: str = ""
    version: str = ""
    asks: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()


Block = (
    Paragraph | ListBlock | CodeBlock | Quote | Heading | Image | Table | Facts | Notice | Entry | Section
    | SignaturePlace
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of the pack, ready for every writer.

    Attributes:
        key: file name without ending, such as ``URS`` or ``OQ-report``; page name in HTML.
        type: document type of the register.
        number: document number.
        title: full title.
        version: as printed in headers, such as ``1.1 DRAFT``.
        status: Draft, In review, Approved, ...
        system: name and version of the system.
        marks: words that stand across or on top of every page, such as ``DRAFT`` or ``DRY RUN``.
        control: label and value pairs of the document control block on page one.
        language: BCP 47 code for hyphenation and screen readers.
        sections: the content.
        media: pictures named by the blocks, digest to absolute path; not part of the content digest.
        confidentiality: class printed at the foot of every page, such as ``Confidential``; empty for none.
        controlled: the rendering that people approve, ``pdf``, ``docx`` or ``html``; every other one says that it
            is a copy.
        logo: SHA-256 of a picture for the first page, hex, found in ``media``; empty for none. Like a Word template
            it is look and no content.
        numbered: whether sections bear numbers.
        words: words that a writer adds, English and as printed in this document, such as ``("Figure", "Abb.")``.
        compact: whether it is to stay on one page: no contents, and no page for the cover alone.
    """

    key: str
    type: str
    number: str
    title: str
    version: str
    status: str
    system: str
    marks: tuple[str, ...]
    control: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    language: str = "en"
    media: tuple[tuple[str, str], ...] = ()
    confidentiality: str = ""
    controlled: str = ""
    logo: str = ""
    numbered: bool = True
    words: tuple[tuple[str, str], ...] = ()
    compact: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of ``content_json``, hex: the content digest, which signatures cover."""
        return self.digests.content

    @property
    def digests(self) -> Digests:
        """Both digests, in one pass over the document."""
        content, shown = self.texts
        return Digests(text_digest(content), text_digest(shown))

    @property
    def content_json(self) -> str:
        """Canonical JSON of the content: everything but ``media`` and what depends on signatures."""
        return canonical_json(self.content, without="media")

    @property
    def texts(self) -> tuple[str, str]:
        """``content_json``, and a text that differs whenever anything differs that a reader sees."""
        whole = whole_json(self.content, without="media")
        head = whole_json(_Head(self.version, self.status, self.marks, self.control, self.logo))
        return without_apart(whole), f"{whole}\n{head}"

    @property
    def content(self) -> Document:
        """The document with a head that depends neither on signatures nor on looks; its blocks are as they are."""
        control = tuple((label, self._content_of(label, text)) for label, text in self.control)
        marks = tuple(mark for mark in self.marks if mark not in _STANDING_MARKS)
        return replace(self, version=self.bare_version, status="", marks=marks, control=control, logo="")

    @property
    def bare_version(self) -> str:
        """The version without DRAFT, such as ``1.1``; ``none`` where none is registered."""
        return bare_version(self.version)

    def _content_of(self, label: str, text: str) -> str:
        if label == VERSION:
            return bare_version(text)
        return "" if label in (STATUS, EFFECTIVE) else text


@dataclass(frozen=True, slots=True)
class _Head:
    version: str
    status: str
    marks: tuple[str, ...]
    control: tuple[tuple[str, str], ...]
    logo: str


def bare_version(version: str) -> str:
    """Return a version as printed without the word DRAFT."""
    return version.removesuffix(DRAFT).rstrip(" ,") if version.endswith(DRAFT) else version


# Most cells of a pack say what many others say. Being values, they may be one object, which is made and digested once.
set_apart(SignaturePlace, "blocks")
share(Cell)
share(Paragraph)
share(Column)


@lru_cache(_KEPT)
def runs(text: str, **look: Any) -> tuple[Run, ...]:
    """Return literal text as runs; empty text gives none."""
    return (Run(text, **look),) if text else ()


@lru_cache(_KEPT)
def paragraph(text: str, tone: Tone = Tone.NEUTRAL, **look: Any) -> Paragraph:
    """Return literal text as one paragraph."""
    return Paragraph(runs(text, **look), tone)


@lru_cache(_KEPT)
def cell(text: str, tone: Tone = Tone.NEUTRAL, **look: Any) -> Cell:
    """Return literal text as a cell; empty text gives an empty cell."""
    return Cell((paragraph(text, **look),) if text else (), tone)


@lru_cache(_KEPT)
def link_cell(ids: tuple[str, ...], tone: Tone = Tone.NEUTRAL) -> Cell:
    """Return ids as links, one per line."""
    parts: list[Run] = []
    for number, name in enumerate(ids):
        if number:
            parts.append(Run("\n"))
        parts.append(Run(name, link=f"#{name}"))
    return Cell((Paragraph(tuple(parts)),) if parts else (), tone)


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield every block, depth first, containers before their content; notes and pictures in lines included."""
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        yield block
        inner = _inner(block)
        if inner:
            waiting.extend(reversed(inner))


def _inner(block: Block) -> list[Block]:
    """Return what stands directly within a block, in order."""
    if isinstance(block, Paragraph | Heading):
        return _in_runs(block.runs)
    if isinstance(block, Table):
        found = _in_runs(block.caption_runs)
        for row in block.rows:
            for one in row.cells:
                found.extend(one.blocks)
        return found
    if isinstance(block, Section):
        return [*_in_runs(block.runs), *block.blocks]
    if isinstance(block, Entry | Quote | Notice | SignaturePlace):
        return list(block.blocks)
    if isinstance(block, ListBlock):
        return [one for item in block.items for one in item]
    if isinstance(block, Facts):
        return [one for _, blocks in block.rows for one in blocks]
    if isinstance(block, Image):
        return _in_runs(block.caption_runs)
    return []


def _in_runs(found: tuple[Run, ...]) -> list[Block]:
    held: list[Block] = []
    for run in found:
        if run.image is not None:
            held.append(run.image)
        if run.note:
            held.extend(run.note)
    return held


def plain_text(blocks: tuple[Block, ...]) -> str:
    """Return the text of blocks for search indexes and spreadsheets, paragraphs on lines of their own."""
    lines: list[str] = []
    for block in walk(blocks):
        if isinstance(block, Paragraph | Heading):
            lines.append("".join(run.text for run in block.runs))
        elif isinstance(block, CodeBlock):
            lines.extend(filter(None, (block.caption, block.text)))
        elif isinstance(block, Section | Notice):
            lines.append(block.title)
        elif isinstance(block, Entry):
            lines.append(f"{block.label} {block.title}")
        elif isinstance(block, Image):
            lines.append(block.alt)
    return "\n".join(lines)
