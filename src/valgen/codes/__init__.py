"""Every finding and error code: what it means, why it matters, how to mend it.

``valgen explain CODE`` and docs/errors.md are made from this table; a test compares them.
Codes have ranges per subject; ``trace.py`` holds those that need the whole graph:

    VG0xx  reading files and settings       VG4xx  execution and evidence
    VG1xx  items and their links            VG5xx  ledger and verification
    VG2xx  test scripts                     VG6xx  signing
    VG3xx  documents, prose, clauses        VG7xx  rendering
                                            VG9xx  usage and valgen itself

A code is never reused for another meaning.
"""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.codes.accounts import ACCOUNTS
from valgen.codes.anchors import ANCHORS
from valgen.codes.audit import AUDIT
from valgen.codes.documents import DOCUMENTS
from valgen.codes.execution import EXECUTION
from valgen.codes.issuing import ISSUING
from valgen.codes.items import ITEMS
from valgen.codes.judging import JUDGING
from valgen.codes.ledger import LEDGER
from valgen.codes.pdf import PDF
from valgen.codes.people import PEOPLE
from valgen.codes.plans import PLANS
from valgen.codes.reading import READING
from valgen.codes.rendering import RENDERING
from valgen.codes.review import REVIEW
from valgen.codes.scripts import SCRIPTS
from valgen.codes.signing import SIGNING
from valgen.codes.sphinx_word import SPHINX_WORD
from valgen.codes.supporting import SUPPORTING
from valgen.codes.team import TEAM
from valgen.codes.templates import TEMPLATES
from valgen.codes.trace import TRACE
from valgen.codes.usage import USAGE
from valgen.codes.versions import VERSIONS
from valgen.codes.word_templates import WORD_TEMPLATES
from valgen.errors import Finding
from valgen.source import SourceLocation

TABLES: tuple[tuple[CodeInfo, ...], ...] = (
    READING,
    ITEMS,
    SCRIPTS,
    DOCUMENTS,
    PLANS,
    SUPPORTING,
    VERSIONS,
    TRACE,
    REVIEW,
    TEMPLATES,
    EXECUTION,
    JUDGING,
    LEDGER,
    ACCOUNTS,
    PEOPLE,
    ANCHORS,
    AUDIT,
    SIGNING,
    ISSUING,
    TEAM,
    RENDERING,
    WORD_TEMPLATES,
    PDF,
    SPHINX_WORD,
    USAGE,
)
"""One table for each subject; no code stands in two of them."""

CODES: dict[str, CodeInfo] = {info.code: info for table in TABLES for info in table}


def finding(
    code: str, message: str, location: SourceLocation | None = None, *, ids: tuple[str, ...] = (), fix: str = ""
) -> Finding:
    """Make a finding with the severity that its code declares.

    Raises:
        KeyError: ``code`` is not in ``CODES`` (a mistake in valgen, caught by its tests).
    """
    return Finding(code=code, message=message, location=location, ids=ids, fix=fix, severity=CODES[code].severity)


__all__ = ["CODES", "TABLES", "CodeInfo", "finding"]
