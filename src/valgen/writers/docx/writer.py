"""A document of blocks into the bytes of a Word file.

Source: design.md §6 (Word). Formats, styles and safety are the subjects of the other modules of this package.
"""

from __future__ import annotations

from pathlib import Path

from valgen.documents.blocks import Document
from valgen.writers.docx.content import Content
from valgen.writers.docx.frame import Frame
from valgen.writers.docx.front import front_xml
from valgen.writers.docx.layout import NAMESPACES, Layout, body_xml
from valgen.writers.docx.names import Bookmarks


def write_docx(document: Document, *, template: Path | None = None, digest: str | None = None) -> bytes:
    """Write a document as .docx; equal documents and templates give equal bytes.

    Args:
        document: blocks, and where its pictures are.
        template: company's .docx or .dotx whose styles, fonts and page are used; None for valgen's own.
        digest: ``document.digest`` if the caller has it already, hex; it costs as much as the writing.

    Returns:
        The file.

    Raises:
        RenderError: the template cannot be used, or a table row has more cells than columns.
    """
    digest = digest or document.digest
    frame = Frame(template)
    content = Content(frame, Bookmarks(document), document)
    units = Layout(content).units(document)
    front = front_xml(document, content, content.toc)
    xml = body_xml(front, units, content, document, digest)
    content.lists.finish()
    content.footnotes.finish(NAMESPACES)
    return frame.close(document, digest, xml)
