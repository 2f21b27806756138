"""Codes about proofs from outside: time stamps, anchors, compared heads, and the seal on PDF files."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_ = Severity.ERROR, Severity.WARNING

ANCHORS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG540",
        E_,
        "a time stamp does not hold",
        "Only a time stamp that holds in every part proves when the records existed. This one is for other content, "
        "damaged, of an unknown or expired authority, or not an answer to what was asked.",
        "Ask the authority again; if it fails again, see that its certificates in the settings are the right ones.",
    ),
    CodeInfo(
        "VG541",
        W_,
        "no time stamp could be had",
        "The newest records are recorded, but no outside clock proves yet when they existed.",
        "See that the address of the authority is right and reachable. The time stamp is asked for again at the next "
        "occasion.",
    ),
    CodeInfo(
        "VG542",
        E_,
        "an anchor file that cannot be read",
        "An anchor shows how far the records reached at some time; a file that is not understood shows nothing and "
        "may stand where a true one stood.",
        "Restore the folder anchors from a backup, or remove what does not belong there.",
    ),
    CodeInfo(
        "VG543",
        E_,
        "an anchor does not fit the records",
        "What was proven to exist is no longer there: records were changed, or put back to an older state.",
        "Find out when and by whom, and restore the records from a backup that fits the anchor.",
    ),
    CodeInfo(
        "VG544",
        W_,
        "an anchor that was not checked",
        "It counts for nothing until it is compared with its outside source: the certificates of the authority, or the "
        "repository that it names.",
        "Give the root certificate of the authority, or let valgen reach the repository.",
    ),
    CodeInfo(
        "VG545",
        E_,
        "two heads of one ledger contradict each other",
        "Two people were shown different histories, or one history was rewritten. Both heads are signed, so this "
        "cannot be an accident of copying.",
        "Keep both heads and both copies of the records, and have the quality unit find out which one is true.",
    ),
    CodeInfo(
        "VG546",
        E_,
        "two heads that cannot be compared",
        "Without the records, or a proof made from them, nobody can tell whether the later head continues the earlier.",
        "Give the folder of the ledger beside the two heads.",
    ),
    CodeInfo(
        "VG547",
        E_,
        "the seal of a PDF file does not hold",
        "The file is not the one that was issued: it was changed, something was added behind it, or another seal was "
        "put on it.",
        "Use the file from the issued pack; its digest stands in manifest.json.",
    ),
    CodeInfo(
        "VG548",
        E_,
        "a PDF file cannot be sealed",
        "A document that should carry a seal and does not would be taken for a draft, or worse, for issued.",
        "See that the key is an ECDSA P-256 key that belongs to the certificate, that the certificate is valid, and "
        "that the file carries no seal yet.",
    ),
    CodeInfo(
        "VG549",
        E_,
        "the clock of this computer and a time stamp are too far apart",
        "A time stamp over records whose times are false would contradict every record behind it. Until the clock is "
        "right no time stamp is accepted; records go on, and the missing time stamp stays visible.",
        "Set the clock of this computer, or let it be set by a time server, then ask again. When the clock is right, "
        "do not trust that authority.",
    ),
)
