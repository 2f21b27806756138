"""Word documents from blocks.

write_docx      a document of blocks into the bytes of a .docx
check_template  what speaks against a company's Word template
word_template   the shipped Word template, as bytes
"""

from __future__ import annotations

from valgen.writers.docx.template import check_template
from valgen.writers.docx.writer import write_docx

__all__ = ["check_template", "write_docx"]
