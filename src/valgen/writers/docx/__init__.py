"""Word documents from blocks.

write_docx       a document of blocks into the bytes of a .docx
check_template   what speaks against a company's Word template
report_template  the same, and what will be used of the template
word_template    the shipped Word template, as bytes (``shipped``)
"""

from __future__ import annotations

from valgen.writers.docx.contract import TemplateReport, check_template, report_template
from valgen.writers.docx.writer import write_docx

__all__ = ["TemplateReport", "check_template", "report_template", "write_docx"]
