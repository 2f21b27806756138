"""Codes about versions of documents and what they changed."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

VERSIONS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG380",
        E_,
        "content changed, but no new row in the history",
        "Two documents with one number, one version and different content cannot be told apart.",
        "Add a row to the history of the document, with a higher version and what changed and why. To undo the change "
        "instead, bring the files back to what they were.",
    ),
    CodeInfo(
        "VG381",
        E_,
        "row of a history altered after its version was frozen",
        "A history grows and is never rewritten: an inspector compares it with copies in other hands.",
        "Write the row as it was; say what must be corrected in a new row.",
    ),
    CodeInfo(
        "VG382",
        E_,
        "row of a history removed or moved after its version was frozen",
        "A history grows and is never rewritten: a version that was handed out does not disappear.",
        "Put the row back where it was, and add new rows below the last one.",
    ),
    CodeInfo(
        "VG383",
        E_,
        "frozen version that cannot be read",
        "Without it nobody can say what that version of the document was.",
        "Bring the file back from version control or a backup. It is written by valgen freeze and never by hand.",
    ),
    CodeInfo(
        "VG384",
        E_,
        "frozen version altered",
        "What was frozen must stay as it was, or comparing with it proves nothing.",
        "Bring the file back from version control or a backup. Look into who changed it and why.",
    ),
    CodeInfo(
        "VG385",
        E_,
        "frozen version of another document or project",
        "A version would be compared with something else.",
        "Remove the file, or bring back the one that belongs here.",
    ),
    CodeInfo(
        "VG386",
        W_,
        "frozen version of a document that the register does not have",
        "An inspector asks what became of the document.",
        "Register it again. With planned: no and a rationale it says that there will be no further version.",
    ),
    CodeInfo(
        "VG387",
        W_,
        "file among the frozen versions that belongs to none",
        "Somebody may believe that it counts.",
        "Move it elsewhere. If it is what is left of a version, bring its other file back.",
    ),
    CodeInfo(
        "VG388",
        E_,
        "picture of a frozen version missing or altered",
        "The frozen version could not be shown again as it was.",
        "Bring the file back from version control or a backup.",
    ),
    CodeInfo(
        "VG389",
        E_,
        "reference to a document that does not exist",
        "A reader must find every document that is referred to, with number and version.",
        "Write the key of a document of the register, or the id of an item that has a number, such as SOP-003.",
        "references: [USR]",
    ),
    CodeInfo(
        "VG390",
        E_,
        "version that was frozen with other content",
        "Two documents with one number, one version and different content cannot be told apart.",
        "Add a row to the history of the document, with a higher version and what changed and why, then freeze it.",
    ),
    CodeInfo(
        "VG391",
        E_,
        "document that cannot be frozen",
        "A frozen version needs a version, a date and a reason, and complete content.",
        "Register the document with a history row, and mend what check reports about files that cannot be read.",
    ),
    CodeInfo(
        "VG392",
        E_,
        "version that was not frozen",
        "Only a frozen version can be shown as it was.",
        "Use one of the versions that the message lists, or leave the version out to get the present document.",
    ),
    CodeInfo(
        "VG393",
        W_,
        "document that selects nothing",
        "It would be a document without content.",
        "Mend select: it is a category, an id, or the beginning of ids and a star; for test cases also the name of a "
        "feature or a tag.",
        "select: OQ-9*",
    ),
    CodeInfo(
        "VG394",
        W_,
        "item or test case that stands in no document",
        "Several documents of one type share the content by select; what none of them selects, nobody reviews.",
        "Widen the select of one of the documents, or add a document for the rest.",
    ),
)
