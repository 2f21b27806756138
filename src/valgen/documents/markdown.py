"""CommonMark text to blocks.

Raw HTML, images and reference tricks are off: what the author typed for them stays literal text. Links keep http,
https and mailto targets only. Tables are on. Words that are ids of the project become links to them.

Source: design.md §2, integrity.md H-4.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from valgen.documents.blocks import (
    Block,
    Cell,
    CodeBlock,
    Column,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Row,
    Run,
    Table,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ID = re.compile(r"(?<![\w.-])[A-Z][A-Z0-9]*-[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?![\w-])")
_SAFE = ("http://", "https://", "mailto:")
_MARKUP = re.compile(r"[\\`*_\[\]<>&#|~]|^\s*(?:[-+*]|\d+[.)])\s|\n|^ {4}|^[-=]+\s*$|https?:", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")

Anchor = Callable[[str], str]
"""Id to the anchor of its place in the pack, empty when it has none."""


def blocks_from_markdown(text: str, anchor: Anchor = lambda name: "") -> tuple[Block, ...]:
    """Turn CommonMark into blocks.

    Args:
        text: as the author wrote it.
        anchor: where a word that is an id stands; such words become links.
    """
    text = text.strip("\n")
    if not text.strip():
        return ()
    if not _MARKUP.search(text):  # one plain paragraph, the commonest case by far
        return (Paragraph(_link_ids((Run(text.strip()),), anchor)),)
    return _Reader(_parser().parse(text), anchor, _LINE_END.split(text)).blocks()


def inline_runs(text: str, anchor: Anchor = lambda name: "") -> tuple[Run, ...]:
    """Turn one line of CommonMark into runs."""
    tokens = _parser().parseInline(text)
    return _link_ids(_runs(tokens[0].children or []), anchor) if tokens else ()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return (
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .disable(["image", "html_block", "html_inline", "reference"])
    )


class _Reader:
    """Walks the flat token list of markdown-it once."""

    def __init__(self, tokens: list[Token], anchor: Anchor, lines: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._anchor = anchor
        self._lines = lines

    def blocks(self, until: str = "") -> tuple[Block, ...]:
        found: list[Block] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                break
            block = self._block(token)
            if block is not None:
                found.append(block)
        return tuple(found)

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "paragraph_open":
                return Paragraph(self._inline("paragraph_close"))
            case "heading_open":
                return Heading(self._inline("heading_close"), level=int(token.tag[1:]))
            case "bullet_list_open":
                return ListBlock(self._items("bullet_list_close"))
            case "ordered_list_open":
                return ListBlock(
                    self._items("ordered_list_close"), ordered=True, start=int(token.attrs.get("start", 1))
                )
            case "blockquote_open":
                return Quote(self.blocks("blockquote_close"))
            case "fence" | "code_block":
                return CodeBlock(token.content.rstrip("\n"), token.info.split(" ")[0] if token.info else "")
            case "table_open":
                return self._table()
            case "hr":
                return Paragraph((Run("* * *"),))
        return None

    def _inline(self, until: str) -> tuple[Run, ...]:
        runs: tuple[Run, ...] = ()
        while self._tokens[self._at].type != until:
            token = self._tokens[self._at]
            if token.type == "inline":
                runs += _link_ids(_runs(token.children or []), self._anchor)
            self._at += 1
        self._at += 1
        return runs

    def _items(self, until: str) -> tuple[tuple[Block, ...], ...]:
        items: list[tuple[Block, ...]] = []
        while self._tokens[self._at].type != until:
            self._at += 1  # list_item_open
            items.append(self.blocks("list_item_close"))
        self._at += 1
        return tuple(items)

    def _table(self) -> Table:
        rows: list[list[tuple[Run, ...]]] = []
        while self._tokens[self._at].type != "table_close":
            token = self._tokens[self._at]
            self._at += 1
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(self._inline(token.type.replace("open", "close")))
                if self._tokens[self._at].type == "tr_close" and token.type == "td_open":
                    rows[-1][-1] += self._beyond(len(rows[-1]), self._tokens[self._at - 2])
        self._at += 1
        lines = tuple(Row(tuple(Cell((Paragraph(runs),)) if runs else Cell() for runs in row)) for row in rows)
        if any(run.link or run.code for runs in rows[0] for run in runs):
            # Titles of columns are text alone; a header with more than that is a row of its own.
            return Table(tuple(Column("") for _ in rows[0]), (Row(lines[0].cells, head=True), *lines[1:]))
        return Table(tuple(Column("".join(run.text for run in runs)) for runs in rows[0]), lines[1:])

    def _beyond(self, columns: int, last: Token) -> tuple[Run, ...]:
        """Return what a row holds beyond its last column, which CommonMark would drop without a word."""
        from markdown_it.rules_block.table import escapedSplit

        if not last.map:
            return ()
        written = escapedSplit(self._lines[last.map[0]].lstrip(" \t>").rstrip())
        cells = [one.strip() for one in written]
        if cells and not cells[0]:
            cells = cells[1:]
        if cells and not cells[-1]:
            cells = cells[:-1]
        more = cells[columns:]
        return (Run(" | " + " | ".join(more)),) if any(more) else ()


def _runs(tokens: list[Token]) -> tuple[Run, ...]:
    found: list[Run] = []
    bold = italic = 0
    link = closing = ""
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                found.append(Run(token.content, bold=bold > 0, italic=italic > 0, link=link))
            case "code_inline":
                found.append(Run(token.content, bold=bold > 0, italic=italic > 0, code=True, link=link))
            case "softbreak":
                found.append(Run(" ", link=link))
            case "hardbreak":
                found.append(Run("\n"))
            case "strong_open":
                bold += 1
            case "strong_close":
                bold -= 1
            case "em_open":
                italic += 1
            case "em_close":
                italic -= 1
            case "link_open":
                target = str(token.attrs.get("href", ""))
                link = target if target.lower().startswith(_SAFE) else ""
                title = str(token.attrs.get("title", ""))
                # Brackets and target of a link that is none stay text: whoever reads must see what was written.
                after = f' "{title}"' if title else ""
                closing = f" ({title})" if link and title else "" if link else f"]({unquote(target)}{after})"
                if not link:
                    found.append(Run("["))
            case "link_close":
                found.append(Run(closing))
                link = ""
            case _:
                if token.content:
                    found.append(Run(token.content, link=link))
    return _merged(found)


def _merged(runs: list[Run]) -> tuple[Run, ...]:
    merged: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        last = merged[-1] if merged else None
        if last and (last.bold, last.italic, last.code, last.link) == (run.bold, run.italic, run.code, run.link):
            merged[-1] = Run(last.text + run.text, run.bold, run.italic, run.code, run.link)
        else:
            merged.append(run)
    return tuple(merged)


def _link_ids(runs: tuple[Run, ...], anchor: Anchor) -> tuple[Run, ...]:
    found: list[Run] = []
    for run in runs:
        if run.link or run.code or "-" not in run.text:
            found.append(run)
            continue
        at = 0
        for match in _ID.finditer(run.text):
            target = anchor(match.group())
            if not target:
                continue
            if match.start() > at:
                found.append(Run(run.text[at : match.start()], run.bold, run.italic))
            found.append(Run(match.group(), run.bold, run.italic, link=f"#{target}"))
            at = match.end()
        if at < len(run.text):
            found.append(Run(run.text[at:], run.bold, run.italic))
    return tuple(found)
