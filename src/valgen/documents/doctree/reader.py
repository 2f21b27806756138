"""Body nodes into blocks.

A reader is made for one tree. Kinds of nodes stand in one table, ``kinds``, by their exact class: a subclass that an
extension made may mean something else, so it keeps its text and is reported.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from docutils import nodes

from valgen.documents.blocks import (
    Block,
    CodeBlock,
    Facts,
    Heading,
    Image,
    ListBlock,
    Marker,
    Notice,
    Paragraph,
    Quote,
    Run,
    Section,
    Table,
    Tone,
)
from valgen.documents.doctree.inline import PLAIN, InlineReader, Look, is_plain, substitute, text_of
from valgen.documents.doctree.places import Places
from valgen.documents.doctree.tables import table_block
from valgen.documents.nodes import valgen_block

Kind = Callable[[Any], Iterable[Block]]

_MARKERS = {
    "loweralpha": Marker.LOWER_ALPHA,
    "upperalpha": Marker.UPPER_ALPHA,
    "lowerroman": Marker.LOWER_ROMAN,
    "upperroman": Marker.UPPER_ROMAN,
}
_ADMONITIONS: dict[type[nodes.Element], tuple[str, Tone]] = {
    nodes.note: ("Note", Tone.NEUTRAL),
    nodes.tip: ("Tip", Tone.NEUTRAL),
    nodes.hint: ("Hint", Tone.NEUTRAL),
    nodes.important: ("Important", Tone.WARN),
    nodes.attention: ("Attention", Tone.WARN),
    nodes.caution: ("Caution", Tone.WARN),
    nodes.warning: ("Warning", Tone.WARN),
    nodes.danger: ("Danger", Tone.BAD),
    nodes.error: ("Error", Tone.BAD),
}
_REMARKS = re.compile(r"\s*(?:<!--.*?-->\s*)*", re.DOTALL)
_LINE_INDENT = "\u2003"


class Said(enum.StrEnum):
    """What a reader reports about a node."""

    UNKNOWN = "unknown"  # a kind that is not known; its text is kept
    DROPPED = "dropped"  # raw content of another format; nothing of it is kept
    NESTED_NOTE = "nested note"  # a footnote inside a footnote; its text stands in brackets


class DoctreeReader(InlineReader):
    """Reads one doctree into blocks."""

    def __init__(self, places: Places, report: Callable[[Said, nodes.Element], None]) -> None:
        """Take what the tree's ids are and where to report.

        Args:
            places: of the same tree.
            report: called for every node that is not printed as it is.
        """
        super().__init__()
        self.places = places
        self.scope = ""
        self.note_headings = {"footnotes"}
        self._report = report
        self.kinds: dict[type[nodes.Node], Kind] = {
            valgen_block: lambda node: (node["block"],),
            nodes.section: lambda node: (self.section(node),),
            nodes.paragraph: self._paragraph,
            nodes.bullet_list: self._list,
            nodes.enumerated_list: self._list,
            nodes.definition_list: self._definitions,
            nodes.field_list: self._fields,
            nodes.docinfo: self._docinfo,
            nodes.option_list: self._options,
            nodes.line_block: self._lines,
            nodes.literal_block: self._code,
            nodes.doctest_block: self._code,
            nodes.math_block: self._math_block,
            nodes.block_quote: self._quote,
            nodes.attribution: lambda node: (Paragraph((Run("— "), *self.runs(node))),),
            nodes.table: lambda node: (table_block(node, self),),
            nodes.figure: self._figure,
            nodes.image: self._image_alone,
            nodes.reference: self._linked_image,
            nodes.legend: self._contents,
            nodes.admonition: lambda node: self.notice(node, "", Tone.NEUTRAL),
            nodes.topic: lambda node: self.notice(node, "", Tone.NEUTRAL),
            nodes.sidebar: lambda node: self.notice(node, "", Tone.NEUTRAL),
            nodes.rubric: lambda node: (Paragraph(self.runs(node, Look(bold=True))),),
            nodes.subtitle: lambda node: (Paragraph(self.runs(node, Look(bold=True))),),
            nodes.transition: lambda node: (Paragraph((Run("* * *"),), Tone.MUTED),),
            nodes.container: self._container,
            nodes.compound: self._contents,
            nodes.footnote: self._footnote,
            nodes.citation: self._labelled,
            nodes.raw: self._raw_block,
            **{kind: self._admonition for kind in _ADMONITIONS},
            **dict.fromkeys(
                (
                    nodes.comment,
                    nodes.system_message,
                    nodes.target,
                    nodes.substitution_definition,
                    nodes.pending,
                    nodes.meta,
                    nodes.title,
                    nodes.label,
                ),
                lambda node: (),
            ),
        }

    # What subclasses may decide

    def anchor(self, node: nodes.Element) -> str:
        """Return the anchor of a node, empty for none."""
        return self.places.anchor(self.scope, node)

    def link(self, node: nodes.Element) -> str:
        """Return where a reference leads; an address is printed as text where a format may not link to it."""
        if node.get("refid"):
            return self.places.link((self.scope, str(node["refid"])))
        return str(node.get("refuri", ""))

    def image(self, node: nodes.Element) -> Image:
        """Return a picture; without its bytes, writers print its name and what it shows."""
        name = str(node.get("uri", "picture"))
        return Image("", name, "", str(node.get("alt") or name))

    def unknown(self, node: nodes.Element) -> None:
        """Report a kind of node that is not known."""
        self._report(Said.UNKNOWN, node)

    def dropped(self, node: nodes.Element) -> None:
        """Report raw content, unless it is nothing but remarks, which print nowhere."""
        if not _REMARKS.fullmatch(node.astext()):
            self._report(Said.DROPPED, node)

    def note(self, node: nodes.Element) -> tuple[Block, ...]:
        """Return the content of a footnote; a note inside a note, which no format has, stands there in brackets."""
        found = self.places.note(self.scope, node)
        if found is None or found in self.open_notes:
            return ()
        if self.open_notes:
            self._report(Said.NESTED_NOTE, node)
        self.open_notes.append(found)
        try:
            inner = self.all(child for child in found.children if not isinstance(child, nodes.label))
            return inner or (Paragraph((Run("–"),)),)
        finally:
            self.open_notes.pop()

    # Blocks

    def all(self, children: Iterable[nodes.Node]) -> tuple[Block, ...]:
        """Return the blocks of neighbouring nodes; a target between them belongs to the next."""
        found: list[Block] = []
        waiting = ""
        siblings = list(children)
        for number, child in enumerate(siblings):
            if self._only_notes_follow(siblings, number):
                continue
            blocks = self.blocks(child)
            if isinstance(child, nodes.target) and not blocks:
                waiting = waiting or self.anchor(child)
            elif waiting and blocks:
                blocks, waiting = anchored(blocks, waiting), ""
            found.extend(blocks)
        return (*found, *anchored((), waiting)) if waiting else tuple(found)

    def blocks(self, node: nodes.Node) -> tuple[Block, ...]:
        """Return the blocks of one node."""
        if isinstance(node, nodes.Text):
            return (Paragraph((Run(node.astext()),)),) if node.astext().strip() else ()
        if not isinstance(node, nodes.Element):
            return ()
        kind = self.kinds.get(type(node))
        if kind is not None:
            found = tuple(kind(node))
        elif type(node) in self.inline:
            found = self._line(node)
        else:
            self.unknown(node)
            found = self._unknown_block(node)
        if isinstance(node, nodes.section | nodes.target | valgen_block):
            return found
        anchor = self.anchor(node)
        return anchored(found, anchor) if anchor else found

    def section(self, node: nodes.section) -> Section:
        """Return a section with what it holds."""
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        subtitle = [child for child in node.children if isinstance(child, nodes.subtitle)]
        runs = self.runs(title) if title is not None else ()
        inner = self.all(child for child in node.children if not isinstance(child, nodes.title | nodes.subtitle))
        heads = tuple(Paragraph(self.runs(one, Look(bold=True))) for one in subtitle)
        return Section(text_of(runs), self.anchor(node), (*heads, *inner), () if is_plain(runs) else runs)

    def notice(self, node: nodes.Element, title: str, tone: Tone) -> tuple[Block, ...]:
        """Return a box; a title of its own is taken from the node, and what is no text in it moves below."""
        heads = [child for child in node.children if isinstance(child, nodes.title)]
        runs = tuple(run for one in heads for run in self.runs(one))
        rest = self.all(child for child in node.children if child not in heads)
        return (Notice(text_of(runs) or title, first_marks(runs, rest), tone),)

    def _admonition(self, node: nodes.Element) -> tuple[Block, ...]:
        title, tone = _ADMONITIONS[type(node)]
        return self.notice(node, title, tone)

    def labelled(self, runs: tuple[Run, ...], blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """Return blocks whose first line begins with a label."""
        if blocks and isinstance(blocks[0], Paragraph):
            return (replace(blocks[0], runs=(*runs, Run(" "), *blocks[0].runs)), *blocks[1:])
        return (Paragraph(runs), *blocks)

    def _contents(self, node: nodes.Element) -> tuple[Block, ...]:
        return self.all(node.children)

    def _unknown_block(self, node: nodes.Element) -> tuple[Block, ...]:
        if not node.children:
            text = substitute(node)
            return (CodeBlock(text),) if "\n" in text.strip() else (Paragraph((Run(text),)),)
        if isinstance(node, nodes.TextElement) or any(isinstance(child, nodes.Text) for child in node.children):
            return self._as_paragraph(node)
        heads = [child for child in node.children if isinstance(child, nodes.title)]
        named = tuple(Paragraph(self.runs(one, Look(bold=True))) for one in heads)
        return (*named, *self.all(child for child in node.children if child not in heads))

    def _line(self, node: nodes.Element) -> tuple[Block, ...]:
        runs = tuple(self.inline[type(node)](node, PLAIN))
        return (Paragraph(runs),) if any(run.text or run.note for run in runs) else ()

    def _as_paragraph(self, node: nodes.Element) -> tuple[Block, ...]:
        runs = self.runs(node)
        return (Paragraph(runs),) if runs else ()

    def _paragraph(self, node: nodes.paragraph) -> tuple[Block, ...]:
        runs = self.runs(node)
        if runs and all(_apart(run) for run in runs):
            pictures = tuple(run.image for run in runs if run.image is not None)
            notes = tuple(run for run in runs if run.note)
            return (*pictures, *((Paragraph(notes),) if notes else ()))
        return (Paragraph(runs),) if runs else ()

    def _list(self, node: nodes.Element) -> tuple[Block, ...]:
        ordered = isinstance(node, nodes.enumerated_list)
        items = []
        for item in node.children:
            if isinstance(item, nodes.Element):
                blocks = self.all(item.children)
                anchor = self.anchor(item)
                items.append(anchored(blocks, anchor) if anchor else blocks)
        marker = _MARKERS.get(str(node.get("enumtype", "")), Marker.AUTO)
        start = int(node.get("start", 1)) if ordered else 1
        return (ListBlock(tuple(items), ordered=ordered, start=start, marker=marker),)

    def _definitions(self, node: nodes.definition_list) -> tuple[Block, ...]:
        items: list[tuple[Block, ...]] = []
        for item in node.children:
            if not isinstance(item, nodes.Element):
                continue
            term: list[Run] = []
            body: tuple[Block, ...] = ()
            for child in item.children:
                if isinstance(child, nodes.term):
                    anchor = self.anchor(child)
                    term.extend((Run("\n"),) if term else ())
                    term.extend((Run("", anchor=anchor),) if anchor else ())
                    term.extend(self.runs(child, Look(bold=True)))
                elif isinstance(child, nodes.classifier):
                    term.extend((Run(" : "), *self.runs(child, Look(italic=True))))
                elif isinstance(child, nodes.Element):
                    body += self.all(child.children) if isinstance(child, nodes.definition) else self.blocks(child)
            items.append((Paragraph(tuple(term)), *body))
        return (ListBlock(tuple(items), marker=Marker.TERM),)

    def _fields(self, node: nodes.field_list) -> tuple[Block, ...]:
        rows = []
        for field in node.findall(nodes.field):
            if field.parent is not node:
                continue
            name, body = field.children[0], field.children[-1]
            runs = self.runs(name) if isinstance(name, nodes.Element) else ()
            blocks = self.all(body.children)
            anchor = self.anchor(field)
            rows.append((text_of(runs), first_marks(runs, anchored(blocks, anchor) if anchor else blocks)))
        return (Facts(tuple(rows)),) if rows else ()

    def _docinfo(self, node: nodes.docinfo) -> tuple[Block, ...]:
        rows: list[tuple[str, tuple[Block, ...]]] = []
        for child in node.children:
            if isinstance(child, nodes.field):
                rows.append((child.children[0].astext(), self.all(child.children[-1].children)))
            elif isinstance(child, nodes.authors):
                rows.append(("Authors", tuple(Paragraph(self.runs(one)) for one in child.findall(nodes.author))))
            elif isinstance(child, nodes.Element):
                rows.append((type(child).__name__.capitalize(), (Paragraph(self.runs(child)),)))
        return (Facts(tuple(rows)),) if rows else ()

    def _options(self, node: nodes.option_list) -> tuple[Block, ...]:
        rows = []
        for item in node.findall(nodes.option_list_item):
            if item.parent is node:
                group, description = item.children[0], item.children[-1]
                label = ", ".join("".join(part.astext() for part in option.children) for option in group.children)
                rows.append((label, self.all(description.children)))
        return (Facts(tuple(rows)),) if rows else ()

    def _lines(self, node: nodes.line_block) -> tuple[Block, ...]:
        runs: list[Run] = []
        for depth, line in _all_lines(node):
            runs.extend((Run("\n"),) if runs else ())
            runs.extend((Run(_LINE_INDENT * depth),) if depth else ())
            anchor = self.anchor(line)
            runs.extend((Run("", anchor=anchor),) if anchor else ())
            runs.extend(self.runs(line))
        return (Paragraph(tuple(runs)),) if any(run.text.strip() or run.note for run in runs) else ()

    def _code(self, node: nodes.Element) -> tuple[Block, ...]:
        if any(isinstance(one, nodes.reference | nodes.footnote_reference) for one in node.findall(nodes.Element)):
            # A block of code is text alone; one with links and notes stays what it says, without the frame.
            self.keep_lines = True
            runs = self.runs(node, Look(code=True))
            self.keep_lines = False
            return (Paragraph(runs),)
        text = node.astext()
        if node.get("linenos"):
            given: dict[str, Any] = node.get("highlight_args") or {}
            text = numbered(text, int(given.get("linenostart", 1)))
        return (CodeBlock(text, str(node.get("language", ""))),)

    def _math_block(self, node: nodes.math_block) -> tuple[Block, ...]:
        number = f"    ({node['number']})" if node.get("number") else ""
        return (CodeBlock(node.astext() + number, "latex"),)

    def _quote(self, node: nodes.block_quote) -> tuple[Block, ...]:
        return (Quote(self.all(node.children)),)

    def _figure(self, node: nodes.figure) -> tuple[Block, ...]:
        pictures: list[Block] = []
        caption: tuple[Run, ...] = ()
        rest: tuple[Block, ...] = ()
        for child in node.children:
            if isinstance(child, nodes.caption):
                caption = self.runs(child)
            elif isinstance(child, nodes.image | nodes.reference):
                image = next(iter(child.findall(nodes.image)), None)
                if image is not None:
                    pictures.append(self.image(image))
            else:
                rest += self.blocks(child)
        last = pictures[-1] if pictures else None
        if isinstance(last, Image):
            text = text_of(caption)
            pictures[-1] = replace(last, caption=text, caption_runs=() if is_plain(caption) else caption)
            return (*pictures, *rest)
        return (*pictures, *((Paragraph(caption),) if caption else ()), *rest)

    def _image_alone(self, node: nodes.image) -> tuple[Block, ...]:
        return (self.image(node),)

    def _linked_image(self, node: nodes.reference) -> tuple[Block, ...]:
        return self._line(node)

    def _container(self, node: nodes.container) -> tuple[Block, ...]:
        if "literal-block-wrapper" in node.get("classes", ()):
            caption = next((child for child in node.children if isinstance(child, nodes.caption)), None)
            runs = self.runs(caption) if caption is not None else ()
            rest = self.all(child for child in node.children if child is not caption)
            if rest and isinstance(rest[0], CodeBlock) and runs:
                return first_marks(runs, (replace(rest[0], caption=text_of(runs)), *rest[1:]))
            return (*((Paragraph(runs),) if runs else ()), *rest)
        return self._contents(node)

    def _footnote(self, node: nodes.footnote) -> tuple[Block, ...]:
        return () if self.places.is_noted(self.scope, node) else self._labelled(node)

    def _labelled(self, node: nodes.Element) -> tuple[Block, ...]:
        label = next((child.astext() for child in node.children if isinstance(child, nodes.label)), "")
        rest = self.all(child for child in node.children if not isinstance(child, nodes.label))
        return self.labelled((Run(f"[{label}]", bold=True),), rest) if label else rest

    def _raw_block(self, node: nodes.raw) -> tuple[Block, ...]:
        self.dropped(node)
        return ()

    def _only_notes_follow(self, siblings: Sequence[nodes.Node], number: int) -> bool:
        """Return whether a heading or line has nothing below it but notes, which print elsewhere."""
        if not isinstance(siblings[number], nodes.rubric | nodes.transition):
            return False
        rest = [one for one in siblings[number + 1 :] if not isinstance(one, nodes.comment | nodes.target)]
        noted = [isinstance(one, nodes.footnote) and self.places.is_noted(self.scope, one) for one in rest]
        named = siblings[number].astext().strip().casefold() in self.note_headings
        return bool(noted) and noted[0] and (all(noted) or named)


def anchored(blocks: tuple[Block, ...], anchor: str) -> tuple[Block, ...]:
    """Return blocks whose beginning is the place ``anchor``."""
    first = blocks[0] if blocks else None
    rest = blocks[1:]
    match first:
        case Paragraph():
            return (replace(first, runs=(Run("", anchor=anchor), *first.runs)), *rest)
        case Section() | Table() | Image() | CodeBlock() | Heading() if not first.anchor:
            return (replace(first, anchor=anchor), *rest)
        case ListBlock() if first.items:
            return (replace(first, items=(anchored(first.items[0], anchor), *first.items[1:])), *rest)
        case Quote() | Notice():
            return (replace(first, blocks=anchored(first.blocks, anchor)), *rest)
        case Facts() if first.rows:
            label, inner = first.rows[0]
            return (replace(first, rows=((label, anchored(inner, anchor)), *first.rows[1:])), *rest)
    return (Paragraph((Run("", anchor=anchor),)), *blocks)


def first_marks(runs: tuple[Run, ...], blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Put what a plain label cannot hold, notes and places, at the beginning of the blocks below it."""
    marks = tuple(Run("", note=run.note, anchor=run.anchor) for run in runs if run.note or run.anchor)
    if not marks:
        return blocks
    if blocks and isinstance(blocks[0], Paragraph):
        return (replace(blocks[0], runs=(*marks, *blocks[0].runs)), *blocks[1:])
    return (Paragraph(marks), *blocks)


def numbered(text: str, start: int) -> str:
    """Return lines of code with their numbers before them."""
    lines = text.removesuffix("\n").split("\n")
    wide = len(str(start + len(lines) - 1))
    return "\n".join(f"{number:>{wide}}  {line}".rstrip() for number, line in enumerate(lines, start))


def _apart(run: Run) -> bool:
    """Return whether a run may stand outside of a line: a picture without a link, or nothing."""
    return not run.link if run.image is not None else not (run.text.strip() or run.anchor)


def _all_lines(node: nodes.line_block, depth: int = 0) -> Iterator[tuple[int, nodes.line]]:
    for child in node.children:
        if isinstance(child, nodes.line):
            yield depth, child
        elif isinstance(child, nodes.line_block):
            yield from _all_lines(child, depth + 1)


__all__ = ["DoctreeReader", "Said", "anchored", "first_marks", "numbered"]
