"""The Word template that valgen ships: its cover, contents, head and foot as placeholders, and every style.

A company takes it as the beginning of its own template: it changes text, styles, head and foot in Word and names
the file in the settings. Documents made with it look like documents made without a template, because both come from
``own``. Made with ``python -m valgen.writers.docx.shipped templates/word/valgen.docx``; a test compares the file with
what this makes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from valgen.documents.blocks import Document
from valgen.writers.docx.body import HEAD, NAMESPACES
from valgen.writers.docx.elements import made, parsed
from valgen.writers.docx.frame import Frame
from valgen.writers.docx.own import own_body, own_head
from valgen.writers.docx.page import own_properties, section_properties
from valgen.writers.docx.placeholders import Values


def word_template() -> bytes:
    """Return the template as a .docx."""
    from lxml import etree

    document = Document(
        key="template", type="", number="", title="Word template of valgen", version="", status="", system="", marks=(),
        control=(), sections=(),
    )  # fmt: skip
    frame = Frame(None)
    references = []
    for side in ("header", "footer"):
        root = parsed(own_head(frame.styles, side, frame.page.text_width(False)).encode("utf-8"))
        key = frame.add_head(f"{side}1", side, root, None)
        references.append(f'<w:{side}Reference w:type="default" r:id="{key}"/>')
    properties = section_properties(own_properties(), made("".join(references)), opening=True, across=False)
    section = etree.tostring(properties, encoding="unicode")
    xml = f"{HEAD}<w:document {NAMESPACES}><w:body>{own_body(frame.styles)}{section}</w:body></w:document>"
    return frame.close(document, "", Values(document, "", {}), xml)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(word_template())
