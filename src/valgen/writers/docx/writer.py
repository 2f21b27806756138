"""A document of blocks into the bytes of a Word file.

Source: design.md §6 (Word). Formats, styles and safety are the subjects of the other modules of this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from valgen.documents.blocks import Document, Section
from valgen.documents.places import opened
from valgen.writers.docx.body import NAMESPACES, Body
from valgen.writers.docx.content import Content
from valgen.writers.docx.frame import Frame
from valgen.writers.docx.front import Front, take_approvals
from valgen.writers.docx.layout import Layout
from valgen.writers.docx.names import Bookmarks
from valgen.writers.docx.placeholders import Values


def write_docx(
    document: Document,
    *,
    template: Path | None = None,
    digest: str | None = None,
    values: Mapping[str, str] | None = None,
    controlled: bool = True,
) -> bytes:
    """Write a document as .docx; equal documents, templates and values give equal bytes.

    Args:
        document: blocks, and where its pictures are.
        template: company's .docx or .dotx whose styles, page, heads, feet and text are used; None for valgen's own.
        digest: ``document.digest`` if the caller has it already, hex; it costs as much as the writing.
        values: what stands for placeholders that the document does not answer, such as ``project.name``.
        controlled: whether every page must name the document, as in a pack; a handbook may have a head without.

    Returns:
        The file.

    Raises:
        RenderError: the template cannot be used, or a table row has more cells than columns.
    """
    digest = digest or document.digest
    frame = Frame(template, controlled=controlled)
    approvals = None
    if "approvals" in frame.template.marks:
        taken, approvals = take_approvals(document.sections)
        document = replace(document, sections=taken)
    document = opened(document)
    sections = document.sections
    # The table that stands in front is one of the places of the document, and its columns are measured with the others.
    front = (Section("", "", (approvals,)),) if approvals else ()
    whole = replace(document, sections=(*front, *sections))
    content = Content(frame, Bookmarks(whole), whole)
    units = Layout(content).units(replace(document, sections=sections))
    facts = Values(document, digest, values or {})
    xml = Body(content, document, facts, Front(document, digest, content, approvals)).xml(units)
    content.lists.finish()
    content.footnotes.finish(NAMESPACES)
    return frame.close(document, digest, facts, xml)
