"""Codes about the team store: one ledger for several computers, in PostgreSQL and S3."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_ = Severity.ERROR

TEAM: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG640",
        E_,
        "a library for the team store is not installed",
        "The settings name a database or a bucket, and valgen needs a library of its own to reach each of them.",
        'Install it: pip install "valgen[postgresql]", and "valgen[aws]" where the settings name a bucket.',
    ),
    CodeInfo(
        "VG641",
        E_,
        "the team store cannot be reached or refused something",
        "An act counts only when the team store has it. Until then nobody else can rely on it, so that it is not "
        "acknowledged.",
        "See that the network, the database and the bucket work and that your account may use them, then type the "
        "command again. What was begun is recovered or set aside then.",
    ),
    CodeInfo(
        "VG642",
        E_,
        "the database is not set up as records need it",
        "Tables, triggers, rights or settings of the database allow what must not happen to records: to change or "
        "remove them, or to lose them with the power.",
        "Let an administrator of the database run what valgen records store --sql ROLE prints, for a role that owns "
        "nothing there.",
    ),
    CodeInfo(
        "VG643",
        E_,
        "the bucket does not protect objects",
        "Only versioning with Object Lock in COMPLIANCE mode, for at least as long as the settings say, keeps "
        "everybody from removing or replacing what was stored.",
        "Make the bucket with Object Lock and a default retention in COMPLIANCE mode, and remove lifecycle rules that "
        "expire objects. docs/team-store.md has the commands.",
    ),
    CodeInfo(
        "VG644",
        E_,
        "the team store does not hold this ledger",
        "The settings name a team store, and the records here were never put there, or another team store is named.",
        "valgen records store puts them there, or brings the ledger of the project here; see that the address in the "
        "settings is the right one.",
    ),
    CodeInfo(
        "VG645",
        E_,
        "the team store holds less than it did",
        "Records that were acknowledged are gone from it: the database was put back to an older state, or records were "
        "written here without it.",
        "Find out which. Where the database was restored from a backup, valgen records store --complete puts back what "
        "this computer still has; begin with the computer that has most records.",
    ),
    CodeInfo(
        "VG646",
        E_,
        "the team store holds another history",
        "What it holds does not continue the records that are known here. Rows were changed, removed or exchanged, or "
        "two histories were made.",
        "Keep everything as it is. Compare with the other computers, the bucket and printed heads to find out which "
        "history is true, then restore the database from a backup that fits it.",
    ),
    CodeInfo(
        "VG647",
        E_,
        "an attachment in the team store is missing, hidden or replaced",
        "Evidence is what was captured. An object that was deleted, has a delete marker or a newer version over it, or "
        "other content, is no longer what was stored.",
        "Find out who did it. A hidden or covered version is still there under its version id, and each working copy "
        "has the attachment as well.",
    ),
    CodeInfo(
        "VG648",
        E_,
        "an object in the team store is not protected as it must be",
        "It can be removed before its time: it is not under COMPLIANCE retention, or for a shorter time than the "
        "settings say.",
        "Find out how it got there. Put it under retention in COMPLIANCE mode as an administrator of the bucket.",
    ),
)
