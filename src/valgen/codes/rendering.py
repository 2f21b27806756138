"""Codes about rendering."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

RENDERING: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG700",
        E_,
        "document cannot be written",
        "A pack with a missing or half-written document would be taken for complete.",
        "Mend what the message names, then build again. Nothing of the document was written.",
    ),
    CodeInfo(
        "VG701",
        E_,
        "Word template cannot be read",
        "Every Word document of the pack takes its styles and page from the template.",
        "Name a file that Word saved as .docx or .dotx, or leave the setting out to use the shipped template.",
    ),
    CodeInfo(
        "VG702",
        E_,
        "Word template with active content",
        "Macros, embedded objects and document type declarations can act when a reader opens the document.",
        "Open the template in Word, remove the object, save it as .docx (not .docm), and build again.",
    ),
    CodeInfo(
        "VG703",
        E_,
        "Word template that reaches outside itself",
        "A document that fetches pictures, text or another template when it is opened can change after it was signed.",
        "Insert pictures instead of linking them. Detach a linked template in Word under Developer, Document Template, "
        "choose Normal and switch off the automatic update of styles.",
    ),
    CodeInfo(
        "VG704",
        E_,
        "Word template too large",
        "Its content would be part of every document of the pack.",
        "Remove what documents do not need from the template, such as large pictures.",
    ),
    CodeInfo(
        "VG705",
        E_,
        "table that cannot be written",
        "A cell too many would be lost, and a reader could not know; more columns than Word takes make a broken file.",
        "This is a mistake in valgen or in an extension that makes tables; report it with the message.",
    ),
    CodeInfo(
        "VG720",
        E_,
        "document key that cannot be a page name",
        "The key of a document becomes a file name and part of addresses that must work on every system.",
        "Use letters, digits, dots, hyphens and underscores for the key, and no two keys that differ only by capitals.",
        "key: OQ report/2",
    ),
    CodeInfo(
        "VG721",
        E_,
        "HTML site cannot be written",
        "The pack would be incomplete.",
        "Check that the folder can be written, that no program holds a file in it open, and that the disk has room.",
    ),
    CodeInfo(
        "VG722",
        E_,
        "Sphinx stopped while the HTML site was built",
        "The pack would be incomplete.",
        "Delete valgen's cache folder and build again; if it stays, report it with the message.",
    ),
)
