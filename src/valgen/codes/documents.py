"""Codes about documents, prose and clauses."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

DOCUMENTS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG300",
        E_,
        "register or list of clauses whose form is not understood",
        "Its rows are found by their form.",
        "Write documents: in the register, applicability: in the list of clauses, and a list below it.",
    ),
    CodeInfo(
        "VG301",
        E_,
        "unknown key in a register",
        "A key that is silently ignored is believed to work.",
        "Use the suggested name, or remove the line.",
    ),
    CodeInfo(
        "VG302",
        E_,
        "required key missing in a register",
        "A document or a decision without it cannot be printed.",
        "Add the key that the message names.",
    ),
    CodeInfo(
        "VG303",
        E_,
        "value of the wrong kind in a register",
        "A list, a text and a group of keys mean different things.",
        "Write the kind of value that the message names.",
    ),
    CodeInfo(
        "VG304",
        E_,
        "word that is not allowed in a register",
        "Only the listed words have a meaning.",
        "Use one of the words that the message lists.",
        "applicable: NO",
    ),
    CodeInfo(
        "VG305",
        E_,
        "unknown document type",
        "valgen would not know what to print.",
        "Use one of the document types that the message lists.",
    ),
    CodeInfo(
        "VG306",
        E_,
        "document key twice",
        "Two documents would be written to the same file.",
        "Give one of them a key of its own, such as OQ-API.",
        "key: OQ",
    ),
    CodeInfo(
        "VG307",
        E_,
        "document key of the wrong form",
        "The key becomes a file name on every operating system.",
        "Use letters, digits and hyphens, beginning with a letter: IQ-PROD.",
    ),
    CodeInfo(
        "VG308",
        E_,
        "version of the wrong form",
        "Versions are compared number by number: 0.9 comes before 0.10, and that before 1.0.",
        "Write numbers with dots: 1.0",
        "version: one",
    ),
    CodeInfo(
        "VG309",
        E_,
        "date of the wrong form in a history",
        "Dates must be unmistakable in every country.",
        "Write year, month and day: 2026-03-02.",
    ),
    CodeInfo(
        "VG310",
        E_,
        "clause decided twice",
        "Two answers to one question contradict each other sooner or later.",
        "Keep one row per clause.",
    ),
    CodeInfo(
        "VG311",
        E_,
        "decision without rationale",
        "An inspector asks why a document or a clause was left out.",
        "Add rationale: with one sentence.",
    ),
    CodeInfo(
        "VG312",
        E_,
        "prose that belongs to no document",
        "It would be printed nowhere.",
        "Name the file after the key of a document: documents/URS.md.",
    ),
    CodeInfo(
        "VG313",
        E_,
        "environment of a document that is not defined",
        "The document would have no content.",
        "Define it under [environments.NAME] in the settings, or use the name suggested.",
    ),
    CodeInfo(
        "VG314",
        W_,
        "empty file",
        "Somebody may believe that it counts.",
        "Write its content, or remove the file.",
    ),
)
