"""Runs of text as WordprocessingML.

Text is literal: it is made visible, escaped and never interpreted. A line feed is a line break, a tab a tab.
Words are left whole in the file: Word and LibreOffice break a word that is longer than its line by themselves,
so nothing is added that would turn up in copied or searched text. For the same reason ids keep their ordinary
hyphen: a search for ``URS-010`` would not find one with a non-breaking hyphen; columns are made wide enough
for their ids instead.

A link to a place of this document is a bookmark link. A link to a place elsewhere in the pack is printed as a
reference without a link, because a path from one file to another breaks when a document is sent on its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from valgen.documents.blocks import Block, Image, Run, Tone
from valgen.documents.visible import visible
from valgen.writers.docx.names import Bookmarks
from valgen.writers.docx.styles import MONO, StyleIndex
from valgen.writers.links import outside_address
from valgen.writers.tones import INKS

_PIECES = re.compile(r"([\n\t])")


def escape(text: str) -> str:
    """Return ``text`` as XML character data, visible and legal in attributes too."""
    text = visible(text)
    if "&" in text or "<" in text or ">" in text or '"' in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return text


def text_xml(text: str) -> str:
    """Return the content of a run: text, breaks and tabs."""
    text = escape(text)
    if "\n" not in text and "\t" not in text:
        return f'<w:t xml:space="preserve">{text}</w:t>'
    parts: list[str] = []
    for piece in _PIECES.split(text):
        if piece == "\n":
            parts.append("<w:br/>")
        elif piece == "\t":
            parts.append("<w:tab/>")
        elif piece:
            parts.append(f'<w:t xml:space="preserve">{piece}</w:t>')
    return "".join(parts)


class Look(NamedTuple):
    """What the surroundings add to every run in them."""

    bold: bool = False
    italic: bool = False
    color: str = ""  # six hex digits, empty for the style's own


PLAIN = Look()

TONE_LOOKS = {tone: PLAIN if tone is Tone.NEUTRAL else Look(bold=tone is Tone.BAD, color=INKS[tone]) for tone in Tone}
"""How text of a tone looks; bad news is bold, so that it stands out in black and white too."""


class Runs:
    """Writes runs of one document; knows its bookmarks, styles and outside links."""

    def __init__(self, bookmarks: Bookmarks, styles: StyleIndex, relate: Callable[[str], str]) -> None:
        """Take what runs refer to.

        Args:
            bookmarks: places of this document.
            styles: style ids of the template.
            relate: returns the relationship id of an outside address.

        Pictures in a line and footnotes are written by ``drawing`` and ``note``, which `content` sets.
        """
        self._bookmarks = bookmarks
        self._relate = relate
        self._code = styles["valgen Code Text"]
        self._link = styles["Hyperlink"]
        self._reference = styles["valgen Reference"]
        self.drawing: Callable[[Image], str] = lambda image: ""
        self.note: Callable[[tuple[Block, ...], Look], str] = lambda note, look: ""
        self._properties: dict[tuple[bool, bool, bool, str, Look], str] = {}

    def xml(self, runs: tuple[Run, ...], look: Look = PLAIN) -> str:
        """Return runs as XML; a run without text, place or note gives nothing."""
        parts: list[str] = []
        for run in runs:
            if run.anchor:
                parts.extend(self._bookmarks.pair(run, run.anchor))
            if run.text:
                if not run.link:
                    parts.append(self._run(run, look))
                elif run.link.startswith("#"):
                    parts.append(self._inside(run, look))
                else:
                    parts.append(self._outside(run, look))
            if run.note:
                parts.append(self.note(run.note, look))
        return "".join(parts)

    def _inside(self, run: Run, look: Look) -> str:
        name = self._bookmarks.name(run.link[1:])
        if not name:
            return self._run(run, look, self._reference)
        return f'<w:hyperlink w:anchor="{name}" w:history="1">{self._run(run, look, self._link)}</w:hyperlink>'

    def _outside(self, run: Run, look: Look) -> str:
        address = outside_address(run.link)
        if not address:
            shown = run if run.link == run.text else Run(f"{run.text} ({run.link})", run.bold, run.italic, run.code)
            return self._run(shown, look)
        rel = self._relate(address)
        return f'<w:hyperlink r:id="{rel}" w:history="1">{self._run(run, look, self._link)}</w:hyperlink>'

    def _run(self, run: Run, look: Look, style: str = "") -> str:
        if run.image is not None:
            drawing = self.drawing(run.image)
            if drawing:
                return f"<w:r>{drawing}</w:r>"
        if not (run.bold or run.italic or run.code or style) and look == PLAIN:
            return f"<w:r>{text_xml(run.text)}</w:r>"
        key = (run.bold, run.italic, run.code, style, look)
        properties = self._properties.get(key)
        if properties is None:
            properties = self._properties[key] = self._run_properties(*key)
        return f"<w:r>{properties}{text_xml(run.text)}</w:r>"

    def _run_properties(self, bold: bool, italic: bool, code: bool, style: str, look: Look) -> str:
        # In the order of the schema: style, fonts, bold, italic, colour.
        parts = [f'<w:rStyle w:val="{style or self._code}"/>' if style or code else ""]
        if code and style:
            parts.append(f'<w:rFonts w:ascii="{MONO}" w:hAnsi="{MONO}" w:cs="{MONO}"/>')
        if bold or look.bold:
            parts.append("<w:b/>")
        if italic or look.italic:
            parts.append("<w:i/>")
        if look.color and not style:
            parts.append(f'<w:color w:val="{look.color}"/>')
        return f"<w:rPr>{''.join(parts)}</w:rPr>"
