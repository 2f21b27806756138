"""PDF documents from blocks.

write_pdf   a document of blocks into the bytes of one PDF file, or of several volumes
Attachment  a file to be put into it
PdfResult   what comes out
"""

from __future__ import annotations

from valgen.writers.pdf.writer import Attachment, PdfResult, write_pdf

__all__ = ["Attachment", "PdfResult", "write_pdf"]
