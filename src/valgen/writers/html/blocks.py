"""Blocks into HTML, as strings.

Every text of a block is literal: it is made visible (control and bidirectional characters), escaped, and never
read as markup. The only markup in the output is written in this module. Links lead to http, https and mailto
addresses or to ids that ``resolve`` knows; every other link is shown as plain text. A tone becomes a class and is
never the only sign: words come from the block, and a cell without words gets a hidden one.

Which page holds which id, and where pictures lie, callers decide (`site.py`, `valgen.sphinx_ext`).

Source: design.md §2, §6; integrity.md H-3, H-4, H-5, H-13.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterable

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Entry,
    Facts,
    Heading,
    Image,
    ListBlock,
    Marker,
    Notice,
    Paragraph,
    Quote,
    Row,
    Run,
    Section,
    Table,
    Tone,
    plain_text,
)
from valgen.documents.grid import has_spans, place_cells
from valgen.documents.visible import visible
from valgen.writers.html.links import fragment
from valgen.writers.html.page_ids import PageIds
from valgen.writers.html.pages import case_of
from valgen.writers.html.pictures import Shown
from valgen.writers.links import outside_address

Resolve = Callable[[str], str | None]
PictureOf = Callable[[Image], Shown | str]

ROW_HEADED_ROLES = frozenset({"matrix", "steps", "results", "risks", "gaps", "index"})
SHORT_ID, LONG_ID = 20, 60
LONG_TABLE = 400
SCROLLING_ROLES = frozenset({"matrix", "index"})
_TONE_WORDS = {Tone.GOOD: "in order", Tone.BAD: "not in order", Tone.WARN: "attention"}
_LIST_TYPES = {
    Marker.LOWER_ALPHA: "a",
    Marker.UPPER_ALPHA: "A",
    Marker.LOWER_ROMAN: "i",
    Marker.UPPER_ROMAN: "I",
}
_MARKUP = re.compile("[&<>\"']")
_ROLES = ROW_HEADED_ROLES | {"history", "approvals", "plain"}


def escape(text: str) -> str:
    """Return literal text as HTML, safe in content and in double-quoted attributes."""
    shown = visible(text)
    return html.escape(shown) if _MARKUP.search(shown) is not None else shown


def render_block(
    block: Block,
    *,
    resolve: Resolve,
    heading_level: int,
    picture: PictureOf | None = None,
    ids: PageIds | None = None,
) -> str:
    """Return one block as HTML.

    Args:
        block: any block.
        resolve: from an id of the project to an address such as ``OQ-report.html#OQ-014``, None for an unknown id.
        heading_level: level of the heading that an entry or section gets here, from 1; more than 6 counts as 6.
        picture: from an image to its place, or to a sentence that says why it is not shown.
        ids: what the page has handed out; share one value among all blocks of a page.

    Returns:
        The block, and below it the footnotes that it refers to and that the page does not show yet.
    """
    writer = _Writer(resolve, picture or _no_picture, ids or PageIds())
    return "".join(writer.block(block, heading_level)) + writer.notes(heading_level)


def render_blocks(
    blocks: Iterable[Block],
    *,
    resolve: Resolve,
    heading_level: int,
    picture: PictureOf | None = None,
    ids: PageIds | None = None,
) -> str:
    """Return several blocks as HTML, see `render_block`; their footnotes stand below them."""
    writer = _Writer(resolve, picture or _no_picture, ids or PageIds())
    text = "".join(part for block in blocks for part in writer.block(block, heading_level))
    return text + writer.notes(heading_level)


def tone_class(tone: Tone) -> str:
    """Return the class of a tone with a leading space, empty for neutral."""
    return "" if tone is Tone.NEUTRAL else f" vg-{tone.value}"


def _no_picture(image: Image) -> str:
    return "the page has no place for pictures"


# Identical short texts (results, names, labels) fill most cells of a pack.
_escape_short = functools.lru_cache(maxsize=32768)(escape)


def _text(text: str) -> str:
    return _escape_short(text) if len(text) < 64 else escape(text)


class _Writer:
    """Renders the blocks of one page; every method yields or returns finished HTML."""

    __slots__ = ("_id", "_ids", "_in_note", "_kinds", "_picture", "_resolve", "_written")

    def __init__(self, resolve: Resolve, picture: PictureOf, ids: PageIds) -> None:
        self._resolve = resolve
        self._picture = picture
        self._ids = ids
        self._id = ids.attribute
        self._written = ids.written
        self._in_note = False
        self._kinds: dict[type, Callable[..., list[str]]] = {
            Paragraph: self._paragraph,
            ListBlock: self._list,
            CodeBlock: self._code,
            Quote: self._quote,
            Heading: self._heading,
            Image: self._image,
            Table: self._table,
            Facts: self._facts,
            Notice: self._notice,
            Entry: self._entry,
            Section: self._section,
        }

    def block(self, block: Block, level: int) -> list[str]:
        return self._kinds[type(block)](block, level)

    def notes(self, level: int) -> str:
        """Return the footnotes that wait for a place."""
        if not self._ids.notes.waiting:
            return ""
        self._in_note = True
        out = self._ids.notes.written(lambda note: self._inside(note, level))
        self._in_note = False
        return out

    def _blocks(self, blocks: Iterable[Block], level: int) -> list[str]:
        return [part for block in blocks for part in self._kinds[type(block)](block, level)]

    # Text

    def _runs(self, runs: tuple[Run, ...]) -> str:
        found = self._written.get(id(runs))
        if found is not None and found[0] is runs:
            return found[1]
        out = "".join([self._run(run) for run in runs])
        if _repeatable(runs):
            self._written[id(runs)] = (runs, out)
        return out

    def _run(self, run: Run) -> str:
        if run.note or run.anchor or run.image is not None:
            return self._place(run)
        return self._words(run)

    def _place(self, run: Run) -> str:
        """Return a run that is more than text: a place, a picture in the line, the mark of a note."""
        place = self._id(run.anchor)
        start = f"<span{place}></span>" if place else ""
        found = self._picture(run.image) if run.image is not None else ""
        if isinstance(found, Shown) and run.image is not None:
            address = html.escape(found.href)
            inner = f'<img class="vg-inline" src="{address}" alt="{escape(run.image.alt)}" width="{found.width}"'
            inner += f' height="{found.height}">'
            words = self._link(run.link, inner) if run.link else inner
        else:
            words = self._words(run) if run.text else ""
        if not run.note:
            return start + words
        if self._in_note:
            return f"{start}{words}[{_text(plain_text(run.note))}]"
        return start + words + self._ids.notes.mark(run.note)

    def _words(self, run: Run) -> str:
        text = run.text
        if "\n" in text:
            text = text.replace("\r\n", "\n")
            out = "<br>".join([_text(line) for line in text.split("\n")])
        else:
            out = _text(text)
        if run.code:
            out = f"<code>{out}</code>"
        if run.italic:
            out = f"<em>{out}</em>"
        if run.bold:
            out = f"<strong>{out}</strong>"
        return self._link(run.link, out) if run.link else out

    def _link(self, link: str, content: str) -> str:
        if link.startswith("#"):
            address = self._resolve(link[1:])
            whole = " vg-nobreak" if len(content) <= SHORT_ID else " vg-whole" if len(content) <= LONG_ID else ""
            if address is None:
                return f'<span class="vg-unresolved{whole}">{content}</span>'
            return f'<a class="vg-ref{whole}" href="{html.escape(address)}">{content}</a>'
        address = outside_address(link)
        if not address:
            return f'<span class="vg-unresolved">{content}</span>'
        return f'<a class="vg-external" rel="noopener noreferrer" href="{html.escape(address)}">{content}</a>'

    def _paragraph(self, block: Paragraph, level: int) -> list[str]:
        look = f' class="vg-text{tone_class(block.tone)}"' if block.tone is not Tone.NEUTRAL else ""
        return [f"<p{look}>{self._runs(block.runs)}</p>\n"]

    def _inside(self, blocks: tuple[Block, ...], level: int) -> str:
        """Return the content of a cell or list item; a lone neutral paragraph needs no element of its own."""
        if len(blocks) == 1:
            only = blocks[0]
            if type(only) is Paragraph and only.tone is Tone.NEUTRAL:
                return self._runs(only.runs)
        return "".join(self._blocks(blocks, level))

    def _list(self, block: ListBlock, level: int) -> list[str]:
        tag = "ol" if block.ordered else "ul"
        if block.marker is Marker.TERM:
            return self._terms(block, level)
        kind = f' type="{_LIST_TYPES[block.marker]}"' if block.ordered and block.marker in _LIST_TYPES else ""
        start = f' start="{int(block.start)}"' if block.ordered and block.start != 1 else ""
        items = [f"<li>{self._inside(item, level)}</li>\n" for item in block.items]
        return [f"<{tag}{kind}{start}>\n", *items, f"</{tag}>\n"]

    def _terms(self, block: ListBlock, level: int) -> list[str]:
        out = ['<dl class="vg-terms">\n']
        for item in block.items:
            out.append(f"<dt>{self._inside(item[:1], level)}</dt>\n")
            if item[1:]:
                out.append(f"<dd>{self._inside(item[1:], level)}</dd>\n")
        out.append("</dl>\n")
        return out

    def _code(self, block: CodeBlock, level: int) -> list[str]:
        place = self._id(block.anchor)
        code = f'<pre class="vg-code"{"" if block.caption else place}><code>{escape(block.text)}</code></pre>\n'
        if not block.caption:
            return [code]
        caption = f"<figcaption>{escape(block.caption)}</figcaption>"
        return [f'<figure class="vg-listing"{place}>{caption}\n{code}</figure>\n']

    def _quote(self, block: Quote, level: int) -> list[str]:
        return ["<blockquote>\n", *self._blocks(block.blocks, level), "</blockquote>\n"]

    def _heading(self, block: Heading, level: int) -> list[str]:
        tag = f"h{_capped(level + block.level - 1)}"
        return [f'<{tag} class="vg-heading"{self._id(block.anchor)}>{self._runs(block.runs)}</{tag}>\n']

    def _image(self, block: Image, level: int) -> list[str]:
        found = self._picture(block)
        if isinstance(found, str):
            said = f"Picture {block.name} is not shown: {found}. SHA-256 {block.sha256}. It shows: {block.alt}"
            picture = f'<p class="vg-text vg-warn">{escape(said)}</p>'
        else:
            address = html.escape(found.href)
            picture = (
                f'<a class="vg-picture" href="{address}"><img src="{address}" alt="{escape(block.alt)}"'
                f' width="{found.width}" height="{found.height}" loading="lazy"></a>'
            )
        words = self._runs(block.caption_runs) if block.caption_runs else escape(block.caption)
        caption = f"<figcaption>{words}</figcaption>" if words else ""
        return [f'<figure class="vg-figure"{self._id(block.anchor)}>{picture}{caption}</figure>\n']

    # Tables

    def _table(self, block: Table, level: int) -> list[str]:
        role = block.role if block.role in _ROLES else "plain"
        titled = any(column.title for column in block.columns)
        spread = bool(block.stubs) or has_spans(block.rows) or any(row.head for row in block.rows)
        if spread or not titled:
            role = "plain"  # sorting and filters need one title for each column and one cell for each place
        if not block.rows:
            caption = f"<strong>{escape(block.caption)}.</strong> " if block.caption else ""
            return [f'<p class="vg-empty"{self._id(block.anchor)}>{caption}{escape(block.empty)}</p>\n']
        place = self._id(block.anchor)
        total = sum(max(column.weight, 1) for column in block.columns) or 1
        wide = " vg-wide" if block.wide or role == "matrix" else ""
        # A browser that weighs thousands of rows to find the widths needs seconds before it shows one.
        wide += " vg-long" if len(block.rows) > LONG_TABLE else ""
        # What scrolls inside its frame must be reachable by keyboard (WCAG 2.1.1); elsewhere a script sees to it.
        name = escape(self._ids.table_name(block.caption))
        focus = (
            f' role="region" tabindex="0" aria-label="{name}"' if role in SCROLLING_ROLES else f' data-name="{name}"'
        )
        frame = f'<div class="vg-table-frame vg-frame-{role}"{focus}>\n'
        out = [frame, f'<table class="vg-table vg-role-{role}{wide}"{place}>\n']
        if block.caption:
            words = self._runs(block.caption_runs) if block.caption_runs else escape(block.caption)
            out.append(f"<caption>{words}</caption>\n")
        out.append("<colgroup>")
        for column in block.columns:
            share = min(100, max(1, round(100 * max(column.weight, 1) / total)))
            out.append(f'<col class="vg-w{share}">')
        out.append("</colgroup>\n")
        heads = next((number for number, row in enumerate(block.rows) if not row.head), len(block.rows))
        if titled or heads:
            out.append("<thead>")
        if titled:
            out.append("<tr>")
            out.extend([f'<th scope="col">{escape(column.title) or "–"}</th>' for column in block.columns])
            out.append("</tr>")
        if spread:
            self._spread_rows(block, heads, level, out)
        else:
            out.append("</thead>\n<tbody>\n" if titled else "<tbody>\n")
            headed = role in ROW_HEADED_ROLES
            for row in block.rows:
                self._row(row, level, headed, out)
        out.append("</tbody>\n</table>\n</div>\n")
        return out

    def _spread_rows(self, block: Table, heads: int, level: int, out: list[str]) -> None:
        """Write rows with cells that cover several places, further header rows and stub columns."""
        titled = any(column.title for column in block.columns)
        if not heads:
            out.append("</thead>\n<tbody>\n" if titled else "<tbody>\n")
        for number, (row, cells) in enumerate(
            zip(block.rows, place_cells(block.rows, len(block.columns)), strict=True), 1
        ):
            out.append(f"<tr{self._id(row.anchor)}>")
            for one in cells:
                if not one.first:
                    continue
                spans = f' colspan="{one.columns}"' if one.columns > 1 else ""
                # A cell must not reach out of its part of the table.
                high = min(one.rows, heads - number + 1) if row.head else one.rows
                spans += f' rowspan="{high}"' if high > 1 else ""
                look = f' class="vg-cell{tone_class(one.cell.tone)}"' if one.cell.tone is not Tone.NEUTRAL else ""
                content = self._inside(one.cell.blocks, level) if one.cell.blocks else "–"
                content += _hidden_word(one.cell) if look else ""
                if row.head:
                    tag = f'th scope="{"colgroup" if one.columns > 1 else "col"}"'
                elif one.column < block.stubs:
                    tag = f'th scope="{"rowgroup" if high > 1 else "row"}"'
                else:
                    tag = "td"
                out.append(f"<{tag}{spans}{look}>{content}</{tag[:2]}>")
            out.append("</tr>\n")
            if number == heads:
                out.append("</thead>\n<tbody>\n")

    def _row(self, row: Row, level: int, headed: bool, out: list[str]) -> None:
        place = self._id(row.anchor) if row.anchor else ""
        out.append(f"<tr{place}>")
        cells = iter(row.cells)
        for first in cells:
            look, content = self._cell(first, level)
            if place:
                content += _permalink(row.anchor, "row ")
            out.append(f'<th scope="row"{look}>{content}</th>' if headed else f"<td{look}>{content}</td>")
            break
        known = self._written
        for cell in cells:
            found = known.get(id(cell))
            if found is not None and found[0] is cell:
                out.append(found[1])
                continue
            if cell.tone is Tone.NEUTRAL and len(cell.blocks) == 1 and type(only := cell.blocks[0]) is Paragraph:
                runs = only.runs
                if only.tone is Tone.NEUTRAL and len(runs) == 1 and _repeatable(runs):  # nearly every cell
                    text = f"<td>{self._words(runs[0])}</td>"
                    known[id(cell)] = (cell, text)
                    out.append(text)
                    continue
            look, content = self._cell(cell, level)
            text = f"<td{look}>{content}</td>"
            if all(type(block) is Paragraph and _repeatable(block.runs) for block in cell.blocks):
                known[id(cell)] = (cell, text)
            out.append(text)
        out.append("</tr>\n")

    def _cell(self, cell: Cell, level: int) -> tuple[str, str]:
        """Return the class attribute and the content of a cell."""
        content = self._inside(cell.blocks, level) if cell.blocks else "–"
        if cell.tone is Tone.NEUTRAL:
            return "", content
        return f' class="vg-cell{tone_class(cell.tone)}"', content + _hidden_word(cell)

    def _facts(self, block: Facts, level: int) -> list[str]:
        out = ['<dl class="vg-facts">\n']
        for label, blocks in block.rows:
            content = self._inside(blocks, level) if blocks else "–"
            out.append(f"<div><dt>{_text(label)}</dt><dd>{content}</dd></div>\n")
        out.append("</dl>\n")
        return out

    # Containers

    def _notice(self, block: Notice, level: int) -> list[str]:
        return [
            f'<div class="vg-notice{tone_class(block.tone)}" role="note">\n',
            f'<p class="vg-notice-title">{escape(block.title)}</p>\n',
            *self._blocks(block.blocks, level),
            "</div>\n",
        ]

    def _entry(self, block: Entry, level: int) -> list[str]:
        tag = f"h{_capped(level)}"
        badge = f'<span class="vg-badge{tone_class(block.tone)}">{_text(block.badge)}</span>' if block.badge else ""
        title = f' <span class="vg-entry-title">{escape(block.title)}</span>' if block.title else ""
        place = self._id(block.anchor, owner=True)
        # A case that ran in several environments is found under its own id as well, at the first of them.
        other = case_of(block)
        alias = self._id(other) if place and other != block.anchor else ""
        return [
            f'<span class="vg-alias"{alias}></span>' if alias else "",
            f'<article class="vg-entry" data-kind="{_text(block.kind)}"{place}>\n<div class="vg-entry-head">',
            f'<{tag}><span class="vg-id">{_text(block.label)}</span>{title}</{tag}>{badge}',
            _permalink(block.anchor) if place else "",
            self._explore(block),
            "</div>\n",
            *self._blocks(block.blocks, level + 1),
            "</article>\n",
        ]

    def _explore(self, block: Entry) -> str:
        """Return links to the entry's row in the matrix and its place in the trace graph."""
        name = self._ids.explore(block) if self._ids.explore else ""
        if not name:
            return ""
        address, label = html.escape(fragment(name)), escape(name)
        return (
            f'<span class="vg-explore"><a href="matrix.html{address}" aria-label="{label} in the matrix">Matrix</a> '
            f'<a href="graph.html{address}" aria-label="{label} in the trace graph">Graph</a></span>'
        )

    def _section(self, block: Section, level: int) -> list[str]:
        tag = f"h{_capped(level)}"
        place = self._id(block.anchor)
        words = self._runs(block.runs) if block.runs else escape(block.title)
        heading = f"<{tag}>{words}</{tag}>\n" if block.title else ""
        return [
            f'<section class="vg-section"{place}>\n{heading}',
            *self._blocks(block.blocks, level + 1),
            "</section>\n",
        ]


def _repeatable(runs: tuple[Run, ...]) -> bool:
    """Return whether runs are written alike wherever they stand: no note, no place, no picture."""
    if len(runs) == 1:  # without making a generator
        return not (runs[0].note or runs[0].anchor or runs[0].image is not None)
    return not any(run.note or run.anchor or run.image is not None for run in runs)


def _capped(level: int) -> int:
    return min(max(level, 1), 6)


def _permalink(anchor: str, what: str = "") -> str:
    label = escape(f"Link to {what}{anchor}")
    return f'<a class="vg-permalink" href="{html.escape(fragment(anchor))}" aria-label="{label}">#</a>'


def _hidden_word(cell: Cell) -> str:
    """Return a word for a toned cell that shows none, such as a bare count or a dash."""
    word = _TONE_WORDS.get(cell.tone)
    if word is None or any(letter.isalpha() for letter in plain_text(cell.blocks)):
        return ""
    return f'<span class="vg-sr"> {word}</span>'
