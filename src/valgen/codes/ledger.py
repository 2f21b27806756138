"""Codes about ledger and verification."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

_RESTORE = "Restore the folder from a backup. A dry log may simply be moved away; it is never evidence."

LEDGER: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG500",
        E_,
        "records do not verify",
        "Somebody or something changed what was recorded, or it cannot be checked.",
        _RESTORE,
    ),
    CodeInfo(
        "VG501",
        E_,
        "a record is not written in the one allowed way",
        "Each record has exactly one spelling, so that no change can hide in another. An editor, a conversion of line "
        "ends or a damaged disk breaks it.",
        _RESTORE,
    ),
    CodeInfo(
        "VG502",
        E_,
        "the numbers of the records are not in sequence",
        "A record was removed, added, repeated or moved.",
        _RESTORE,
    ),
    CodeInfo(
        "VG503",
        E_,
        "a record of unknown kind or shape",
        "What is not understood cannot be called verified. It may come from a newer valgen.",
        "Verify with the version of valgen that wrote it, or a newer one.",
    ),
    CodeInfo(
        "VG504",
        E_,
        "a record or checkpoint of another project",
        "Results of one project never count for another.",
        "Restore the folder from a backup of this project.",
    ),
    CodeInfo(
        "VG505",
        E_,
        "the signature of a record does not hold",
        "The record is not what the machine signed, or a key signed that the records do not declare.",
        _RESTORE,
    ),
    CodeInfo(
        "VG506",
        E_,
        "the checkpoint is missing or does not hold",
        "Only the signed checkpoint says what the records must contain.",
        _RESTORE,
    ),
    CodeInfo(
        "VG507",
        E_,
        "the records are not those that were sealed",
        "Records were changed, removed, added or put back to an older state.",
        _RESTORE,
    ),
    CodeInfo(
        "VG508",
        E_,
        "an attachment is missing or was altered",
        "Evidence is what was captured, byte for byte.",
        "Restore the file from a backup; its name is its digest, so any true copy fits.",
    ),
    CodeInfo(
        "VG509",
        E_,
        "records that are not sealed yet",
        "They lie beyond the newest checkpoint: a run was cut off, or somebody added lines.",
        "Start any run: valgen examines them, adopts or sets them aside, and says so in a record.",
    ),
    CodeInfo(
        "VG510",
        E_,
        "the last line of the records is torn",
        "A run was cut off while it wrote, or somebody cut the file.",
        "Start any run: valgen sets the torn part aside and says so in a record.",
    ),
    CodeInfo(
        "VG511",
        W_,
        "a file that no record names",
        "It is no evidence and is never shown as such. A run that was cut off can leave one.",
        "Remove it if nobody needs it.",
    ),
    CodeInfo(
        "VG512",
        E_,
        "the list of kept checkpoints was altered",
        "It shows that the records only ever grew.",
        _RESTORE,
    ),
    CodeInfo(
        "VG513",
        E_,
        "the beginning of the records is missing or of an unknown format",
        "The first record says whose records these are, in which format and with which keys.",
        "Verify with a newer valgen, or restore the folder from a backup.",
    ),
    CodeInfo(
        "VG514",
        E_,
        "the records of a run do not fit together",
        "A result must belong to a run that was started and not yet ended, and must name exactly its own steps.",
        _RESTORE,
    ),
    CodeInfo(
        "VG515",
        E_,
        "something foreign among the record files",
        "A link, a copy made by a synchronising program or an unexpected file can hide the true records.",
        "Remove it after you have seen what it is; keep records out of folders that several machines synchronise.",
    ),
    CodeInfo(
        "VG520",
        E_,
        "the records are in use",
        "Two writers at once would break the order of records, so one waits for the other.",
        "Wait until the other valgen has ended; if none runs, look for a suspended process.",
    ),
    CodeInfo(
        "VG521",
        E_,
        "records cannot be written",
        "A run whose evidence cannot be kept must not go on.",
        "See that the disk has room and that you may write there, then start again.",
    ),
    CodeInfo(
        "VG522",
        E_,
        "the key store cannot be used",
        "Records are signed with keys of this machine, which only their owner may read.",
        "Set VALGEN_KEYSTORE to a folder outside the project that only you can read and write.",
    ),
    CodeInfo(
        "VG523",
        E_,
        "a public key is not acceptable",
        "With such a key one signature can hold for many messages.",
        "Make a new key.",
    ),
    CodeInfo(
        "VG524",
        E_,
        "an attachment cannot be kept",
        "Evidence is kept as a copy of an ordinary file, byte for byte.",
        "Attach an ordinary file within the size limit, not a link, folder or device; see that the disk has room.",
    ),
    CodeInfo(
        "VG525",
        E_,
        "a record is too large",
        "A record fits on one line of at most one mebibyte; everything larger is kept as an attachment.",
        "Attach long content as files, and fewer of them in one step.",
    ),
    CodeInfo(
        "VG526",
        E_,
        "the records belong to another project",
        "Records carry the id of their project, so that none can be passed off as those of another.",
        "Move the folder away if it came here by copying, or set the project id back.",
    ),
    CodeInfo(
        "VG550",
        E_,
        "a record is not signed by whom it must be signed",
        "Each kind of record says who signs it: a machine, a person, an administrator or the root. A "
        "signature by somebody else, a missing or an additional one gives it no authority.",
        "When you were refused: sign in with an account that may do this. When verification says so: find "
        "out who added the record, and restore the folder from a backup.",
    ),
    CodeInfo(
        "VG551",
        E_,
        "the root of the records is not the one it must be",
        "Every key follows from the root keys. Records under another root are other records, whatever they say.",
        "Compare the root fingerprint with a printed document, restore root.json or the whole folder from a backup.",
    ),
    CodeInfo(
        "VG552",
        E_,
        "records of an account do not fit together",
        "Ids are never used again, a one-time code counts once and for a while, and roles are granted "
        "before they are used.",
        "When you were refused: choose another user id, or ask an administrator for a new code. When "
        "verification says so: restore the folder from a backup.",
    ),
    CodeInfo(
        "VG553",
        E_,
        "it takes two people",
        "Making an administrator, and replacing somebody's key, are done by two people of whom one "
        "proposes and another one acts, so that nobody can sign in the name of somebody else.",
        "Let another administrator propose it, then do it within seven days; with one administrator only, "
        "the root key stands in.",
    ),
    CodeInfo(
        "VG554",
        E_,
        "a session is missing, has ended or belongs to somebody else",
        "A person signs in a session of their own, with user id and password the first time.",
        "Sign in again and repeat what you did.",
    ),
    CodeInfo(
        "VG555",
        E_,
        "what a signature says of the signer is not so",
        "Printed name, function and role come from the records of the account, never from whoever writes "
        "the signature.",
        "Ask an administrator to grant the role or to correct the name, then sign again. When "
        "verification says so, restore the folder from a backup.",
    ),
    CodeInfo(
        "VG556",
        E_,
        "the head that a signature names is not that of these records",
        "A signature covers the state of all records at that time. Records before it were changed, removed or added.",
        "Restore the folder from a backup that holds the true records.",
    ),
    CodeInfo(
        "VG557",
        E_,
        "the content that a signature names is missing or does not fit",
        "A signature covers one document in one version, with everything it was made from.",
        "Restore the folder `blobs` from a backup. When you were refused, build the document again and sign that.",
    ),
    CodeInfo(
        "VG558",
        E_,
        "a formal run or review does not fit its execution",
        "A formal run belongs to an execution that was opened before, in its stage and environment, by a "
        "tester who may act; nobody reviews what they executed themselves.",
        "Open an execution of the approved protocol first, and let another person review it.",
    ),
    CodeInfo(
        "VG559",
        E_,
        "this machine may not write to the ledger",
        "Every key of a ledger follows from its root, so that nobody can add records by copying the folder.",
        "Let an administrator of the project run `valgen records add-machine` on this machine once.",
    ),
    CodeInfo(
        "VG560",
        E_,
        "an anchor does not fit the records",
        "An anchor shows that the records had a certain state at a certain time. One that does not fit "
        "means that somebody changed either.",
        "Compare with a copy of the anchor from elsewhere, then restore the folder from a backup.",
    ),
    CodeInfo(
        "VG561",
        E_,
        "a key is used twice, or retired without being active",
        "A key serves one holder and one purpose, from its first record to its end, so that a signature "
        "stands for one person or machine.",
        "Make a new key. When verification says so, restore the folder from a backup.",
    ),
    CodeInfo(
        "VG562",
        E_,
        "a record in the wrong kind of log",
        "Dry runs are rehearsals and stand in a log of their own; people, approvals and formal runs stand "
        "in the ledger.",
        "Run the command without `--formal`, or in a project with a ledger.",
    ),
    CodeInfo(
        "VG563",
        E_,
        "there is no ledger, or there is one already",
        "People, approvals and formal runs are recorded in the one ledger of the project, which is made once.",
        "`valgen records init` makes one where there is none.",
    ),
    CodeInfo(
        "VG564",
        E_,
        "a record states a time before a time stamp that stands before it",
        "The record of a time stamp holds bytes that nobody could know before, so that every later record was written "
        "after it. A record that states a much earlier time was written with a clock that was set back, or the time "
        "stamp is false.",
        "Find out who wrote the record and who could set the clock of that computer; what it says keeps its place in "
        "the order of records, and its time counts for nothing.",
    ),
)
