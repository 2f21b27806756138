"""Codes about verification beyond one log, disclosures and the audit trail."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_ = Severity.ERROR

AUDIT: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG620",
        E_,
        "a disclosed record is not proven",
        "A disclosure stands for records of a ledger that the reader does not have. Without its proof a record is text "
        "that anybody could have written.",
        "Ask for the disclosure again, or for the whole ledger.",
    ),
    CodeInfo(
        "VG621",
        E_,
        "a disclosure file that cannot be accepted",
        "The file has exactly one spelling, so that nothing can hide in it and nothing can be unpacked to where "
        "it does harm.",
        "Ask for the file again. Do not unpack it and pack it anew: that changes its bytes.",
    ),
    CodeInfo(
        "VG622",
        E_,
        "a disclosure that cannot be written",
        "A disclosure that lacks what was asked for would be read as if there were no such records.",
        "Name record numbers, keys of documents, test cases, runs or executions; valgen audit shows all records.",
        "valgen disclose OQ-999 -o records.zip",
    ),
    CodeInfo(
        "VG623",
        E_,
        "another root than the one known",
        "Every key follows from the root. Records with another root are those of another ledger, whatever they say.",
        "Compare the fingerprint with printed documents. Find out who exchanged the ledger, and restore it from a "
        "backup.",
    ),
    CodeInfo(
        "VG624",
        E_,
        "the ledger went back behind what you saw",
        "Records that you have seen are no longer there: an older copy was put in place, by a backup, a program that "
        "synchronises, or on purpose.",
        "Find out who put it back. Restore the newest copy; where none exists, two administrators record the loss with "
        "valgen records restore.",
    ),
    CodeInfo(
        "VG625",
        E_,
        "another history than the one you saw",
        "The beginning of the ledger is not what you saw before, although both are signed: it was forked or rewritten.",
        "Keep all copies, and have the quality unit find out which one is true.",
    ),
    CodeInfo(
        "VG626",
        E_,
        "a document that the ledger does not know",
        "A document is what was signed or issued only if it is that very file, byte for byte.",
        "Take the file from the issued pack. A copy that was opened and saved again is another file.",
    ),
    CodeInfo(
        "VG627",
        E_,
        "a pack put together from different packs",
        "A pack shows one state. Documents of one state beside records of another would contradict each other, or hide "
        "what happened in between.",
        "Use a whole pack as it was issued, or build it again.",
    ),
    CodeInfo(
        "VG628",
        E_,
        "a review of the audit trail that cannot be signed",
        "The record says which part of the trail was looked at, by whom, what was found and what follows.",
        "Name a range of records that exist, and sign in a role that you hold.",
    ),
    CodeInfo(
        "VG629",
        E_,
        "a filter of the audit trail that cannot be used",
        "A filter that is not understood would show too little, and nobody would notice.",
        "Give dates as 2026-03-02 or times as 2026-03-02T09:30 in UTC; valgen audit shows the words for actions.",
    ),
)
