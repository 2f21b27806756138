"""Codes about issuing documents, anchoring the ledger, and putting back a copy of it."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_ = Severity.ERROR, Severity.WARNING

ISSUING: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG630",
        E_,
        "document that is not approved cannot be issued",
        "An issued file is used as the valid one. What not everybody has signed whom the workflow names is a draft.",
        "Let those sign whom valgen status names, then issue it.",
    ),
    CodeInfo(
        "VG631",
        E_,
        "version that is not valid any more cannot be issued",
        "A later version took its place; somebody would work after the old one.",
        "Issue the later version. valgen build --version shows what the old one said.",
    ),
    CodeInfo(
        "VG632",
        E_,
        "version was issued with other content",
        "A version number stands for one content only.",
        "Add a row to the history of the document, let it be signed, and issue that version.",
    ),
    CodeInfo(
        "VG633",
        E_,
        "the commit does not hold the checkpoint",
        "A commit proves the state of the ledger only when the file checkpoint in it is one of this ledger.",
        "Commit the folder of records, then run the command again.",
    ),
    CodeInfo(
        "VG634",
        E_,
        "no time-stamp authority is named",
        "A time stamp counts only by the root certificate of its authority, which somebody must have chosen.",
        "Give --tsa URL and --tsa-root FILE, or name both under [records] in the settings.",
    ),
    CodeInfo(
        "VG635",
        E_,
        "copy that cannot be put in place",
        "Records are put back only from a whole copy of the same ledger, without any change.",
        "Take another copy. Verify it by itself: valgen verify FOLDER.",
    ),
    CodeInfo(
        "VG636",
        E_,
        "copy that holds less than what is known",
        "Records after it would vanish. Two people must have decided that, and say why, so that the gap stays visible.",
        "Take a newer copy. If there is none, a second administrator types the same command.",
    ),
    CodeInfo(
        "VG637",
        E_,
        "a ZIP file that cannot be accepted as a pack",
        "A file that two programs could read in two ways, or that does harm when it is unpacked, proves nothing.",
        "Ask for the pack again. Pack its folder as it is: names once, no links, no encryption, nothing around it.",
    ),
    CodeInfo(
        "VG639",
        E_,
        "A verification could not be recorded",
        "A verification whose result is not kept cannot be shown later, and a ledger that takes no record is damaged, "
        "locked or on a full disk. What was found stands above this message all the same.",
        "Mend what the message says, then verify and record again.",
    ),
)
