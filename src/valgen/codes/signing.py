"""Codes about signing: what an act of signing or rejecting is refused for, and what became of what was signed."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_ = Severity.ERROR, Severity.WARNING

SIGNING: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG600",
        E_,
        "you may not do this",
        "Who may do what is decided before anybody acts, by roles and by the workflow of the project.",
        "The message says what is missing. An administrator grants roles; valgen.toml holds the workflow.",
    ),
    CodeInfo(
        "VG601",
        E_,
        "reason that says nothing",
        "A signature states why it is given, and an inspector reads it years later.",
        "Write in a few words what you did or checked, such as: content compared with the workshop minutes.",
        "--reason n/a",
    ),
    CodeInfo(
        "VG602",
        E_,
        "signature that the workflow does not ask for, or not from you",
        "Each signature of a document belongs to a role and has one meaning, so that everybody knows what it says.",
        "Sign with the meaning and in the role that the message names, or let somebody sign who holds the role.",
    ),
    CodeInfo(
        "VG603",
        E_,
        "signature out of order",
        "Who approves relies on those before: the document was written, then reviewed, then approved.",
        "Wait until the people whom the message names have signed; valgen status shows who is awaited.",
    ),
    CodeInfo(
        "VG604",
        E_,
        "same person a second time",
        "Two signatures of one person are one pair of eyes, whatever accounts and roles they have.",
        "Let another person sign who holds the role.",
    ),
    CodeInfo(
        "VG605",
        E_,
        "approved by its author alone",
        "Somebody else than those who wrote it must have approved a document.",
        "Let another person who holds the role approve it.",
    ),
    CodeInfo(
        "VG606",
        E_,
        "own results reviewed or approved",
        "Who executed a test does not judge its result.",
        "Let somebody review and approve who executed none of these tests.",
    ),
    CodeInfo(
        "VG607",
        E_,
        "report before its protocol is approved",
        "A report states how an approved protocol was executed. Without the approval nobody had agreed to the tests.",
        "Have the protocol approved, execute it formally, then sign the report.",
    ),
    CodeInfo(
        "VG608",
        E_,
        "no formal results to sign",
        "Dry runs are rehearsals. They are never evidence, and nothing that rests on them can be signed.",
        "Execute the approved protocol formally, then sign.",
    ),
    CodeInfo(
        "VG609",
        E_,
        "content differs from the version that was frozen",
        "A version number stands for one content. What was frozen under this number is not what the project says now.",
        "Add a row to the history of the document, with a higher version and what changed and why, and sign that one. "
        "To undo the change instead, bring the files back to what they were.",
    ),
    CodeInfo(
        "VG610",
        E_,
        "document changed after it was shown",
        "A signature covers exactly the file that the signer saw.",
        "Look at the file whose path the message names, and sign with its digest.",
    ),
    CodeInfo(
        "VG611",
        E_,
        "version that cannot be signed any more",
        "Only the newest version of a document that is in use is signed, and only once by all who are asked.",
        "The message names the version that can be signed. A change of an approved version takes a new row in its "
        "history.",
    ),
    CodeInfo(
        "VG612",
        E_,
        "document that cannot be signed",
        "What is signed has a number, a version, a date and a reason, and complete content.",
        "Register the document with a row in its history, and mend what the message names.",
    ),
    CodeInfo(
        "VG613",
        W_,
        "approved document whose items changed since",
        "The approval stands for the text as it was. What people read in the project today was not approved.",
        "Add a row to the history of the document and have the new version signed. Until then the approved version "
        "stays valid.",
    ),
    CodeInfo(
        "VG614",
        W_,
        "suspect link: what it leads to changed after the approval",
        "Whoever approved this item read the other one in its earlier words. Nobody has said yet that it still fits.",
        "Look whether the item still fits what it links to, and have a new version of its document approved.",
    ),
    CodeInfo(
        "VG615",
        E_,
        "frozen version is not the one that was signed",
        "The signatures cover other content than the files hold now, so they prove nothing for it.",
        "Bring the files back from version control or a backup. Look into who changed them and why.",
    ),
    CodeInfo(
        "VG616",
        E_,
        "results that are out of date",
        "A requirement, script or setting changed after the test was executed, so the result says nothing about now.",
        "Execute the tests again that the message names, or have somebody assess that the change has no impact.",
    ),
    CodeInfo(
        "VG617",
        E_,
        "nobody confirmed what is signed",
        "A signature covers exactly one file, and whoever signs says that this is the one they saw.",
        "Sign at a terminal, or name the digest of the file that you looked at with --expect.",
    ),
    CodeInfo(
        "VG618",
        W_,
        "review of records overdue",
        "The audit trail is looked through at the intervals that the organisation has set.",
        "Have somebody of the role qa review the audit trail.",
    ),
    CodeInfo(
        "VG619",
        E_,
        "results that nobody accepted in a review",
        "Somebody who executed none of the tests looks at every result before the report on them is signed.",
        "Have the execution reviewed: valgen review EXECUTION --conclusion accepted --comment TEXT.",
    ),
    CodeInfo(
        "VG650",
        E_,
        "release certificate although something speaks against the release",
        "Signatures on a certificate are read as a release, whatever else the page says.",
        "Settle what the validation summary report names, then sign the certificate.",
    ),
    CodeInfo(
        "VG649",
        E_,
        "approval before what it rests on",
        "A protocol tests what specifications say, and a certificate releases what the summary report shows; neither "
        "means anything while those may still change.",
        "Have the documents approved that the message names, then approve this one.",
    ),
)
