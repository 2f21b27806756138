"""The Word template that valgen ships: every style that documents use, shown by its own name.

A company takes it as the beginning of its own template: it changes the styles in Word, keeps their names and names
the file in the settings. Documents without a template look the same. Made with
``python -m valgen.writers.docx.shipped templates/word/valgen.docx``; a test compares the file with what this makes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from valgen.documents.blocks import Block, Column, Document, Facts, Notice, Row, Table, Tone, cell, paragraph
from valgen.writers.docx.content import Content, Place
from valgen.writers.docx.frame import Frame
from valgen.writers.docx.layout import body_xml
from valgen.writers.docx.names import Bookmarks
from valgen.writers.docx.styles import STYLES
from valgen.writers.docx.text import escape

_ABOUT = (
    "This is the Word template of valgen. Change the styles as your company wants them, keep their names, save the "
    "file as .docx and name it in the settings of the project. The text of a template is not printed."
)


def word_template() -> bytes:
    """Return the template as a .docx."""
    document = Document(
        key="template", type="template", number="Document number", title="Title of the document", version="Version",
        status="Status", system="System", marks=(), control=(), sections=(), confidentiality="Confidentiality",
    )  # fmt: skip
    frame = Frame(None)
    content = Content(frame, Bookmarks(document), document)
    place = Place(width=frame.page.text_width(False), height=frame.page.text_height(False))
    parts = [content.styled("Title", _run("Word template")), content.xml((paragraph(_ABOUT),), place)]
    parts.extend(
        content.styled(style.name, _run(style.name))
        for style in STYLES
        if style.kind == "paragraph" and style.name not in ("Title", "valgen Gap", "header", "footer")
    )
    parts.append(content.xml(_tables(), place))
    xml = body_xml("", [(False, "".join(parts))], content, document, "0" * 64)
    content.lists.finish()
    return frame.close(document, "0" * 64, xml)


def _tables() -> tuple[Block, ...]:
    columns = (Column("valgen Table", 20), Column("Result", 10))
    rows = (Row((cell("A row"), cell("Passed", Tone.GOOD))), Row((cell("Another row"), cell("Failed", Tone.BAD))))
    return (
        Table(columns, rows, caption="valgen Table"),
        Facts((("valgen Facts", (paragraph("label and value"),)), ("Label", (paragraph("value"),)))),
        Notice("valgen Box", (paragraph("A notice."),)),
    )


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(word_template())
