"""Placeholders of Word templates: their names and what stands for them in a document.

``{{document.number}}`` in the text of a template is replaced by the document's number, wherever it stands. The
names and one sentence about each are here, for the check, the documentation and the writer alike. A value is
literal text: braces, fields or markup in it mean nothing.

A name in capitals, or with more blanks, is the same name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from valgen.documents.blocks import Document
from valgen.documents.visible import visible

MARK = re.compile(r"\{\{\s*([^{}]{0,100}?)\s*\}\}")
"""A placeholder in text; its name is group 1."""

SHORT_DIGEST = 16
"""Digits of the content digest that a page shows; the whole of it stands in the file's properties."""

TEXTS: Mapping[str, str] = {
    "document.number": "document number",
    "document.title": "full title",
    "document.key": "short name, such as URS or OQ-report",
    "document.type": "document type, such as URS or OQ",
    "document.version": "version, with DRAFT until approved",
    "document.status": "status, such as Draft or Approved",
    "document.digest": "first 16 digits of the content digest",
    "document.digest.full": "the whole content digest, 64 digits",
    "document.subject": "number, version and system in one line",
    "document.marks": "marks such as DRAFT and DRY RUN",
    "document.copy": "that this file is the controlled one, or a copy, where the settings say so",
    "document.language": "language code",
    "system": "system with its version",
    "system.name": "name of the system",
    "system.version": "version of the system",
    "system.id": "id of the system in the inventory",
    "system.owner": "owner of the system",
    "system.supplier": "supplier of the system",
    "project.name": "name of the project",
    "project.id": "id of the project",
    "confidentiality": "confidentiality class",
}
"""Placeholders for a piece of text."""

BLOCKS: Mapping[str, str] = {
    "content": "the sections of the document",
    "contents": "table of contents",
    "control": "control block as a table",
    "approvals": "table of approvals, which then does not stand in its section",
    "marks": "a box for each mark, such as DRAFT",
    "logo": "picture templates/logo.png of the project",
}
"""Placeholders that stand alone in a paragraph."""

CONTROL = "control."
"""Beginning of a placeholder for one line of the control block."""

CONTROL_LABELS = (
    "Document number", "Title", "Version", "Status", "System", "System ID", "System version", "System owner",
    "Supplier", "Project", "Site", "GAMP category", "GxP impact", "Environment", "Document owner",
    "Change reference", "Change control", "Effective date", "Retention", "Written by", "Confidentiality",
)  # fmt: skip
"""Lines that control blocks have; a document need not have every one."""

PROPERTIES: Mapping[str, str] = {
    "document number": "document.number",
    "version": "document.version",
    "status": "document.status",
    "system": "system",
    "marks": "document.marks",
    "content digest sha-256": "document.digest.full",
    "title": "document.title",
    "subject": "document.subject",
    "keywords": "document.type",
}
"""Properties of a file, by name in small letters, and the placeholder that says the same."""

_FILES = {"pdf": "PDF", "html": "HTML"}


class Values:
    """What placeholders stand for in one document."""

    def __init__(self, document: Document, digest: str, further: Mapping[str, str]) -> None:
        """Take the facts of a document.

        Args:
            document: the document.
            digest: its content digest, hex.
            further: facts that the document does not hold, such as ``project.name``.
        """
        control = {_folded(label): text for label, text in document.control}
        self._control = control
        self._texts = {
            "document.number": document.number,
            "document.title": document.title,
            "document.key": document.key,
            "document.type": document.type,
            "document.version": document.version,
            "document.status": document.status,
            "document.digest": digest[:SHORT_DIGEST],
            "document.digest.full": digest,
            "document.subject": " ".join(filter(None, (document.number, document.version, document.system))),
            "document.marks": " · ".join(document.marks),
            "document.copy": copy_sentence(document),
            "document.language": document.language,
            "system": document.system,
            "system.name": document.system,
            "system.version": control.get("system version", ""),
            "system.id": control.get("system id", ""),
            "system.owner": control.get("system owner", ""),
            "system.supplier": control.get("supplier", ""),
            "project.name": control.get("project", ""),
            "project.id": "",
            "confidentiality": document.confidentiality,
        }
        self._texts |= {name: text for name, text in further.items() if name in TEXTS and text}

    def text(self, name: str) -> str | None:
        """Return what stands for a placeholder as visible text; None for a name that nobody knows."""
        name = _folded(name)
        if name in self._texts:
            return visible(self._texts[name])
        if name.startswith(CONTROL):
            return visible(self._control.get(name.removeprefix(CONTROL).strip(), ""))
        return None

    def property(self, name: str) -> str | None:
        """Return the value of a file property that valgen keeps; None for one that it leaves alone."""
        folded = _folded(name)
        if folded in PROPERTIES:
            return self.text(PROPERTIES[folded])
        if folded in self._control:
            return visible(self._control[folded])
        return self.text(name)


def copy_sentence(document: Document) -> str:
    """Return what a page says about being the file that people approve; empty when the project does not say."""
    if not document.controlled:
        return ""
    if document.controlled == "docx":
        return "Controlled rendering"
    return f"Copy; the controlled file is the {_FILES.get(document.controlled, document.controlled)} file"


def known_text(name: str) -> bool:
    """Return whether a placeholder stands for a piece of text."""
    folded = _folded(name)
    return folded in TEXTS or (folded.startswith(CONTROL) and len(folded) > len(CONTROL))


def block_name(name: str) -> str:
    """Return the block that a placeholder asks for, empty for none."""
    folded = _folded(name)
    return folded if folded in BLOCKS else ""


def known_label(name: str) -> bool:
    """Return whether a placeholder for a line of the control block names one that documents have."""
    folded = _folded(name).removeprefix(CONTROL).strip()
    return folded in {_folded(label) for label in CONTROL_LABELS}


def nearest(name: str) -> str:
    """Return the known placeholder that a mistyped one may stand for, empty for none."""
    return near(_folded(name), [*TEXTS, *BLOCKS, *(f"{CONTROL}{label}" for label in CONTROL_LABELS)])


def near(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to a mistyped one, empty for none."""
    by_lower = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(word.casefold()[:100], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
