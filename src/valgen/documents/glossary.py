"""Definitions and abbreviations: the terms that valgen itself prints, per group of documents.

Terms of the project are prose under the heading Definitions; a document without that heading points to the URS, where
a project usually defines them, so that one term has one definition.

Source: domain/documents.md b.0.
"""

from __future__ import annotations

from collections.abc import Mapping

from valgen.documents.blocks import Block, Column, Row, Table, cell, paragraph
from valgen.documents.common import prose_sections
from valgen.documents.context import Context
from valgen.model.project import DocumentEntry

HEADING = "Definitions"
_TESTS = frozenset({"IQ", "OQ", "PQ", "RTM", "VSR", "VP", "DEVLOG", "DELTA", "REVIEW", "RA"})
_STAGES = frozenset({"IQ", "OQ", "PQ"})

TERMS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("ALCOA+", "Attributable, legible, contemporaneous, original, accurate; complete, consistent, enduring, available",
     frozenset()),
    ("Baseline", "Approved state of the configuration, named by an id and a digest", _STAGES | {"CS", "VSR"}),
    ("CI", "Configuration item: a part of the system that is under configuration control", frozenset({"CS", "DS"})),
    ("Class, risk class", "Severity and probability of a risk taken together", frozenset({"RA"})),
    ("Content digest", "SHA-256 over the content of a document; it stands at the foot of each page", frozenset()),
    ("Covered", "Verified by at least one test, or met by a procedure or supplier evidence", frozenset({"RTM", "VSR"})),
    ("CS", "Configuration Specification, and the id of a configuration item in it", frozenset()),
    ("Detectability", "Likelihood that a fault is noticed before harm; low means hard to notice", frozenset({"RA"})),
    ("Deviation", "Recorded departure from what was expected or prescribed", _TESTS),
    ("DS", "Design Specification, and the id of a design element in it", frozenset()),
    ("Dry run", "Rehearsal of test scripts; it is no evidence and releases nothing", _TESTS),
    ("Evidence", "Attachment or recorded value that shows what was observed; attachments carry a label and a digest",
     _TESTS),
    ("Formal execution", "Execution of an approved protocol; only its results are evidence", _TESTS),
    ("FS", "Functional Specification, and the id of a function in it", frozenset()),
    ("Gap", "Requirement without verification, test without requirement, or result that is not accepted",
     frozenset({"RTM", "VSR"})),
    ("GxP", "Good practice regulations, such as GMP, GLP and GCP", frozenset()),
    ("GxP-critical", "A fault could harm patient safety, product quality or data integrity", frozenset()),
    ("IQ, OQ, PQ", "Installation, operational and performance qualification", frozenset()),
    ("Priority of a risk", "Class and detectability of a risk taken together; it decides how deeply the control is "
     "tested", frozenset({"RA", *_STAGES})),
    ("Protocol", "Approved plan of the tests of a stage; the report states what happened when they were executed",
     _TESTS),
    ("RA", "Risk Assessment", frozenset()),
    ("Residual risk", "Risk that is left once the controls work", frozenset({"RA", "VSR"})),
    ("RSK", "Id of a risk in the Risk Assessment", frozenset()),
    ("RTM", "Requirements Traceability Matrix", frozenset()),
    ("Run", "One execution of the tests of a stage in one environment", _STAGES | {"RTM", "VSR"}),
    ("SOP, SUP", "Standard operating procedure; evidence of a supplier", frozenset()),
    ("Stale", "Said of a result whose script, requirement or system changed after it was made; it no longer counts",
     _STAGES | {"RTM", "VSR"}),
    ("URS", "User Requirements Specification, and the id of a requirement in it", frozenset()),
    ("UTC", "Coordinated universal time; all times of records are in it", _TESTS),
    ("VSR", "Validation Summary Report", frozenset()),
)  # fmt: skip
"""Term, meaning, and the document types that need it; no type means every document."""


def definitions(context: Context, entry: DocumentEntry | None) -> tuple[Block, ...]:
    """Terms and abbreviations of the document, and where those of the project are defined."""
    kind = entry.type if entry else ""
    rows = tuple(Row((cell(term, bold=True), cell(text))) for term, text in terms(kind).items())
    table = Table((Column("Term", 22), Column("Meaning", 78)), rows)
    if entry is None or not entry.key or _has_own(context, entry) or entry.type == "URS":
        return (table,)
    if not _has_own(context, _urs(context)):
        return (table,)
    return (table, paragraph(f"Terms of the project are defined in {_urs(context).number or 'the URS'}."))


def terms(kind: str) -> Mapping[str, str]:
    """Return the terms that documents of a type use, in alphabetical order."""
    return {term: text for term, text, kinds in TERMS if not kinds or kind in kinds}


def _urs(context: Context) -> DocumentEntry:
    found = next((one for one in context.project.documents if one.type == "URS"), None)
    return found or DocumentEntry(key="URS", type="URS", number="")


def _has_own(context: Context, entry: DocumentEntry) -> bool:
    for key in (entry.key, entry.type):
        found = prose_sections(context, key).get(HEADING.casefold())
        if found and found[1]:
            return True
    return False
