"""Codes about the ledger of people: accounts, passwords, roles, sessions, and where the ledger may lie."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

PEOPLE: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG570",
        E_,
        "the project has no ledger",
        "Accounts, approvals and formal executions are kept in a ledger, which somebody has to make once.",
        "valgen records init makes it, with the first administrator.",
    ),
    CodeInfo(
        "VG571",
        E_,
        "the project has a ledger already",
        "A second ledger would be a second history of the same project.",
        "Use the one that is there; valgen records fsck looks after it.",
    ),
    CodeInfo(
        "VG572",
        E_,
        "the ledger belongs to another project",
        "Records of one project never count for another. The folder was copied here, or the project id was changed.",
        "Move the records folder away if it came here by copying, or set the project id back.",
    ),
    CodeInfo(
        "VG573",
        E_,
        "a key would lie inside the project",
        "Whoever gets a copy of the project would get the key with it, and could sign.",
        "Keep keys outside the project: set VALGEN_KEYSTORE, or name another file for the root key.",
    ),
    CodeInfo(
        "VG574",
        E_,
        "records cannot be kept safely in this folder",
        "On network drives, and where renaming, flushing or locking does not work, two people can write at once and "
        "written records can be lost.",
        "Move the project to a disk of this computer.",
    ),
    CodeInfo(
        "VG575",
        W_,
        "a program synchronises this folder",
        "It can put an older copy in place of the records, or a second copy beside them; both break the ledger.",
        "Move the project out of the synchronised folder; share it through git or a backup.",
    ),
    CodeInfo(
        "VG576",
        E_,
        "user id, password or code is not right",
        "Nobody acts without showing who they are. The message does not say which part was wrong, and the attempt is "
        "recorded.",
        "Try again. Whoever forgot their password asks an administrator for valgen user reset.",
    ),
    CodeInfo(
        "VG577",
        E_,
        "too many failed attempts",
        "Guessing a password must take longer than anybody has. Every attempt is recorded.",
        "Wait as long as the message says. After 100 failures in a row an administrator has to type "
        "valgen user unlock.",
    ),
    CodeInfo(
        "VG578",
        E_,
        "your roles do not allow this",
        "Acts on accounts belong to administrators, so that people do not give rights to themselves.",
        "Ask somebody who holds the role that the message names. The attempt is recorded.",
    ),
    CodeInfo(
        "VG579",
        E_,
        "the user id cannot be used",
        "A user id names one person for ever. It is never used again, and none may look like another.",
        "Choose another one: small Latin letters, digits, dot, hyphen and underscore, a letter first.",
    ),
    CodeInfo(
        "VG580",
        E_,
        "the new password cannot be used",
        "It protects a signature that counts like one on paper.",
        "Choose a longer one that is not in common lists and does not contain your name; four or five words are good.",
    ),
    CodeInfo(
        "VG581",
        E_,
        "the one-time code is not right",
        "The code shows that the person at the keyboard is the one whom the administrator meant. It works once and "
        "only for some days.",
        "Type it as it was given to you. When it expired or is lost, an administrator gives a new one with "
        "valgen user reset.",
    ),
    CodeInfo(
        "VG582",
        E_,
        "this takes a second person",
        "Nobody may give themselves rights or a new password, and nobody may be able to do so for others alone.",
        "Ask another administrator to type the same command; the message says what.",
    ),
    CodeInfo(
        "VG583",
        E_,
        "no such account",
        "Only an account that exists can be changed.",
        "valgen user list shows all of them.",
    ),
    CodeInfo(
        "VG584",
        E_,
        "the account is not in the state for this",
        "A waiting account can only be activated, a disabled one only be reset, an active one is in use.",
        "valgen user list shows the state of every account.",
    ),
    CodeInfo(
        "VG585",
        E_,
        "the role cannot be granted or revoked",
        "A role is one of those that the workflow of the project knows, granted once.",
        "The message names the roles; valgen user list shows who holds which.",
    ),
    CodeInfo(
        "VG586",
        E_,
        "a service cannot do this",
        "A service executes tests. It is nobody, so it signs nothing and manages no account.",
        "Let a person do it, with an account of their own.",
    ),
    CodeInfo(
        "VG587",
        E_,
        "the root key cannot be used",
        "The root key begins the ledger and takes the place of a missing administrator. Everything rests on it.",
        "Name the file that valgen records init wrote, and type its own passphrase.",
    ),
    CodeInfo(
        "VG588",
        E_,
        "a secret is missing",
        "Passwords and codes are typed at a terminal without being shown, or read from a file descriptor. They are "
        "never taken from the command line or the environment, where others can read them.",
        "Use a terminal, or the option ending in -fd that the message names.",
    ),
    CodeInfo(
        "VG589",
        E_,
        "nobody would be left to manage accounts",
        "Without an active administrator only the root key could act.",
        "Let a second person become administrator first.",
    ),
    CodeInfo(
        "VG590",
        W_,
        "how the identity was checked is not recorded",
        "Before somebody gets an electronic signature, the organisation verifies who they are (21 CFR 11.100(b)), and "
        "an inspector asks how.",
        "Say it with --identity, such as --identity 'passport seen', when an account is made or reset.",
    ),
    CodeInfo(
        "VG591",
        E_,
        "the second factor cannot be enrolled",
        "It counts only after your device has shown one right code.",
        "Scan the QR code, wait for the next code, and type it; see that the clock of the device is right.",
    ),
    CodeInfo(
        "VG592",
        E_,
        "the keys of this machine cannot do this",
        "Checkpoints and machine-made records are signed with keys that the ledger knows and that were not retired.",
        "valgen records add-machine makes this machine known; valgen records retire-key takes a key back.",
    ),
    CodeInfo(
        "VG593",
        W_,
        "an account needs attention",
        "Accounts are looked through from time to time (21 CFR 11.300(b)): people leave, codes expire, roles outlive "
        "their use.",
        "Disable who left, revoke what is not needed, reset what expired; then valgen user check again.",
    ),
    CodeInfo(
        "VG594",
        E_,
        "nobody says who acts",
        "A session at this terminal tells who acts; without one, or after 15 minutes without use, somebody has to say "
        "so.",
        "Add --as and your user id.",
    ),
)
