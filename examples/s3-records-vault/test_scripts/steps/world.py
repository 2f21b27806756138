"""What a test case works with: the vault, its accounts, and what was done so far in this case.

Passwords of test accounts are random for every session and never shown.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from vault.accounts import Accounts, Role
from vault.copies import Copy
from vault.objects import BucketStore
from vault.packages import RecordFile
from vault.refusals import VaultRefusal
from vault.signatures import KmsSigner, Meaning
from vault.vault import Contents, RecordVault, Revision

from .service import PLATFORM, Service

ROSTER = {
    "A. Keller": ("akeller", Role.CONTRIBUTOR),
    "E. Young": ("eyoung", Role.CONTRIBUTOR),
    "B. Meier": ("bmeier", Role.REVIEWER),
    "C. Wong": ("cwong", Role.APPROVER),
    "I. Duarte": ("iduarte", Role.INSPECTOR),
    "S. Roth": ("sroth", Role.ADMINISTRATOR),
}
_PASSWORD = secrets.token_urlsafe(18)
_TEMPLATE: dict[str, Any] = {}

README = """# {record}, revision {number}

KRAS G12C genotyping assay, analytical run {number}. Instrument QPCR-07, method MET-0311 version 4.

The folder files/ holds the exported results (results.csv) and the run log (run.log).
Columns of results.csv: sample, threshold cycle, call.
"""


@dataclass(slots=True)
class Site:
    """One case's view of the installed vault.

    Attributes:
        shift: added to the clock of the server, for entries that have to be old.
        refusal: of the last act that was refused, None when it was done.
        revisions: what was stored in this case, by record name and number.
        stored: bytes handed in, by record name and number.
        undo: what puts back the settings that the case has changed, in the order of the changes.
    """

    aws: Service
    shift: timedelta = timedelta(0)
    refusal: VaultRefusal | None = None
    findings: list[str] = field(default_factory=list)
    contents: Contents | None = None
    copy: Copy | None = None
    answer: Any = None
    revisions: dict[tuple[str, int], Revision] = field(default_factory=dict)
    stored: dict[tuple[str, int], dict[str, bytes]] = field(default_factory=dict)
    undo: list[Callable[[], Any]] = field(default_factory=list)
    _accounts: Accounts | None = None
    _vault: RecordVault | None = None

    @property
    def accounts(self) -> Accounts:
        """The test accounts, made once per session and copied for each case."""
        if self._accounts is None:
            self._accounts = Accounts()
            if not _TEMPLATE:
                for name, (user, role) in ROSTER.items():
                    self._accounts.create(user, name, role, _PASSWORD)
                _TEMPLATE.update(self._accounts._accounts)
            self._accounts._accounts.update(_TEMPLATE)
        return self._accounts

    @property
    def vault(self) -> RecordVault:
        """The vault with the credentials of its service role."""
        if self._vault is None:
            self._vault = self.vault_on(BucketStore(self.aws.client("s3", "s3v-service"), self.aws.bucket))
        return self._vault

    def vault_on(self, store: BucketStore) -> RecordVault:
        """Return the vault on a given store."""
        signer = KmsSigner(self.aws.client("kms", "s3v-service"), self.aws.configuration["signature_key_alias"])
        return RecordVault(store, self.accounts, signer, self.now)

    def now(self) -> datetime:
        """Return the clock of the server."""
        return datetime.now(UTC) + self.shift

    def platform(self, service: str = "s3") -> Any:
        """Return a client with the rights of the AWS account itself."""
        return self.aws.client(service, PLATFORM)

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Do something that may be refused, and keep the refusal or the answer."""
        self.refusal = None
        self.answer = None
        try:
            self.answer = act()
        except VaultRefusal as refusal:
            self.refusal = refusal
        return self.answer

    def outcome(self) -> str:
        """Say how the last act ended."""
        return f"refused: {self.refusal.code}: {self.refusal.detail}" if self.refusal else "done"

    def store(self, person: str, record: str, *, number: int = 0, reason: str = "") -> Revision:
        """Store the next revision of a record with content that follows from record and number."""
        expected = number or len([key for key in self.revisions if key[0] == record]) + 1
        readme, files = contents_of(self.record(record), expected)
        revision = self.vault.store(
            user_of(person),
            self.record(record),
            "KRAS G12C assay, analytical run",
            readme,
            files,
            reason or f"analytical run {expected} completed",
            expected_number=number,
        )
        self.revisions[record, revision.number] = revision
        self.stored[record, revision.number] = {
            "README.md": readme.encode(),
            **{f"files/{file.path}": file.data for file in files},
        }
        return revision

    def sign(self, person: str, record: str, number: int, meaning: str, *, password: str = "") -> Any:
        """Sign as a person, with the right password unless another one is given."""
        return self.vault.sign(user_of(person), password or _PASSWORD, self.record(record), number, Meaning(meaning))

    def record(self, name: str) -> str:
        """Return the record id for a name."""
        return self.aws.record_id(name)

    def address(self, record: str, number: int) -> str:
        """Return the address of a revision that was stored in this case."""
        return self.revisions[record, number].address

    def package_keys(self, record: str, number: int) -> list[str]:
        """Return the object names of a package."""
        prefix = f"packages/{self.address(record, number)}/"
        return [key for key in self.vault_store().histories(prefix)]

    def vault_store(self) -> BucketStore:
        """Return the store of the vault."""
        return BucketStore(self.aws.client("s3", "s3v-service"), self.aws.bucket)

    def entries(self, record: str) -> list[Any]:
        """Return every audit trail entry of a record."""
        return self.vault.trail.entries(self.record(record))

    def events(self, record: str) -> list[dict[str, Any]]:
        """Return the audit trail as rows for evidence."""
        return [
            {
                "No.": one.number,
                "At": one.at,
                "Who": one.printed_name or one.user,
                "Role": one.role,
                "Act": one.act,
                "Revision": one.revision,
                "Reason": one.reason,
            }
            for one in self.entries(record)
        ]


def user_of(person: str) -> str:
    """Return the user id of a person of the roster; anybody else is their own id."""
    return ROSTER[person][0] if person in ROSTER else person


def wrong_password() -> str:
    """Return a password that is not that of any account."""
    return _PASSWORD[::-1] + "x"


def right_password() -> str:
    """Return the password of the test accounts; never put it into evidence."""
    return _PASSWORD


def contents_of(record: str, number: int) -> tuple[str, list[RecordFile]]:
    """Return README and files of a test record; the same record and number always give the same bytes."""
    calls = "\n".join(
        f"S{sample:02d},{24 + sample * number % 7}.{sample},{'G12C' if sample % 3 == 0 else 'wild type'}"
        for sample in range(1, 13)
    )
    files = [
        RecordFile(path="results.csv", data=f"sample,threshold_cycle,call\n{calls}\n".encode(), media_type="text/csv"),
        RecordFile(
            path="run.log",
            data=f"run {number} of {record}\ninstrument QPCR-07\nmethod MET-0311 v4\nstatus ok\n".encode(),
            media_type="text/plain",
        ),
    ]
    return README.format(record=record, number=number), files


def as_json(value: Any) -> bytes:
    """Return an answer of a service as readable JSON for an attachment."""
    shown = {key: found for key, found in value.items() if key != "Body"} if isinstance(value, dict) else value
    return json.dumps(shown, indent=2, default=str, sort_keys=True).encode()
