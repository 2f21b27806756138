"""A small project with a ledger and people whose keys lie in memory, for tests that sign without passwords.

    office = Office(tmp_path / "project")
    office.hire("anna", "Anna Author", "author")
    office.sign("URS", "authored", "anna")

Who somebody is, is not checked here; everything else is as the programs do it.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest

from valgen.ledger.keys import PrivateKey, SigningKey
from valgen.ledger.record import Draft
from valgen.ledger.registry_book import ROOT, code_digest
from valgen.ledger.store import Log
from valgen.model.signature import Signature
from valgen.recorder.clock import Moment
from valgen.records.authority import Acting, Authority
from valgen.records.ledger import Ledger, find_place, open_ledger, read_bodies
from valgen.records.sessions import Terminal
from valgen.records.signing_reader import read_signing
from valgen.workflow import approve
from valgen.workflow.approve import Request, Signed
from valgen.workflow.people import By, Credentials, Desk

CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REASON = "content compared with the notes of the workshop"
SETTINGS = """
[project]
id = "T1"
name = "Tiny"
controlled_rendering = "docx"
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
[stages]
OQ = ["VAL"]
"""
ITEMS = """
items:
  - id: URS-001
    title: Adds
    text: The system shall add two numbers.
  - id: URS-002
    title: Subtracts
    text: The system shall subtract two numbers.
  - id: FS-001
    title: Addition
    text: Adds.
    satisfies: [URS-001]
  - id: FS-002
    title: Subtraction
    text: Subtracts.
    satisfies: [URS-002]
"""
REGISTER = """documents:
  - type: URS
    number: T1-URS-001
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, change_ref: CR-1, summary: First issue}
  - type: FS
    number: T1-FS-001
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, summary: First issue}
  - type: SOP
    number: T1-SOP-000
    planned: "no"
    rationale: Procedures belong to the company
  - type: OQ
    number: T1-OQ-001
    history:
      - {version: "1.0", date: "2026-01-01", author: Anna Author, summary: First issue}
"""
CASE = """
Feature: Addition
  @OQ-001 @verifies:FS-001
  Scenario: Works
    Given a calculator
    When 2 and 3 are added
    Then the sum is 5
"""


class Office:
    """A project, its ledger, and the people who work there."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, *, settings: str = SETTINGS) -> None:
        self.root = root
        for name, text in {
            "valgen.toml": settings,
            "requirements/items.yaml": ITEMS,
            "requirements/documents.yaml": REGISTER,
            "test_scripts/oq/add.feature": CASE,
        }.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.lstrip("\n"), encoding="utf-8")
        self.keys: dict[str, SigningKey] = {}
        self.sessions: dict[str, str] = {}
        self.place = find_place(root, project_id="T1", records=".valgen")
        self.rootkey = PrivateKey.generate().signing_key("root")
        self.minute = 0
        self.desk = Desk(
            place=self.place,
            terminal=Terminal(id="0" * 64, source="test", zone="CET +01:00"),
            clock=self.moment,
            boot="boot-1",
        )
        with Log.create_ledger(
            self.place.folder,
            project="T1",
            root_keys=[self.rootkey],
            threshold=1,
            single_administrator=False,
            now=self.desk.now().time,
            tool="valgen test",
            keystore=self.place.keystore,
        ):
            pass
        monkeypatch.setattr(approve, "authority_of", self._authority)

    def moment(self) -> Moment:
        """Return a later minute at each call."""
        self.minute += 1
        return Moment(1_767_261_600_000 + self.minute * 60_000, self.minute * 60_000)

    def hire(self, user: str, name: str, *roles: str, person: str = "", service: bool = False) -> str:
        """Make and activate an account; return its id."""
        with open_ledger(self.place, now=self.desk.now()) as ledger:
            account = ledger.registry.next_account()
            salt = secrets.token_hex(16)
            body: dict[str, Any] = {
                "account": account,
                "person": person or account,
                "user": user,
                "name": name,
                "function": f"function of {user}",
                "email": "",
                "service": service,
                "roles": list(roles),
                "identity": {"by": "", "how": "", "on": ""},
                "code": {"salt": salt, "sha256": code_digest(salt, CODE), "expires": "2027-01-01T00:00:00Z"},
            }
            ledger.write([Draft("account.created", body, signers=(self.rootkey,))], actor=ROOT)
            private = PrivateKey.generate()
            key = private.signing_key("person")
            body = {"account": account, "key": private.public.hex(), "code": CODE, "totp": False}
            ledger.write([Draft("account.activated", body, signers=(key,))], actor=account)
        self.keys[account] = key
        return account

    def staff(self) -> None:
        """Hire an author, a process owner, a reviewer, a system owner and somebody of QA."""
        self.hire("anna", "Anna Author", "author")
        self.hire("paul", "Paul Process", "process_owner", "system_owner")
        self.hire("tess", "Tess Technical", "technical_reviewer")
        self.hire("quinn", "Quinn Quality", "qa")
        self.hire("sven", "Sven System", "system_owner")

    def by(self, user: str) -> By:
        """Return who acts."""
        return By(credentials=Credentials(user=user, password="not looked at"))

    def sign(self, document: str, meaning: str, user: str, reason: str = REASON, **request: str) -> Signed:
        """Sign a document."""
        return approve.sign(
            self.desk, self.by(user), Request(document=document, meaning=meaning, reason=reason, **request)
        )

    def reject(self, document: str, user: str, reason: str = REASON, **request: str) -> Signed:
        """Reject a document."""
        return approve.reject(
            self.desk, self.by(user), Request(document=document, meaning="", reason=reason, **request)
        )

    def approve(self, document: str) -> None:
        """Have a document signed by everybody whom the default workflow asks."""
        steps = {
            "URS": (("authored", "anna"), ("approved", "paul"), ("approved", "quinn")),
            "FS": (("authored", "anna"), ("reviewed", "tess"), ("approved", "paul"), ("approved", "quinn")),
            "OQ-protocol": (("authored", "anna"), ("reviewed", "tess"), ("approved", "sven"), ("approved", "quinn")),
        }
        for meaning, user in steps[document]:
            self.sign(document, meaning, user)

    def refused(self, document: str, meaning: str, user: str, reason: str = REASON, **request: str) -> list[str]:
        """Try to sign, see that only the refusal was recorded and nothing was frozen, and return its codes."""
        return self._refused(lambda: self.sign(document, meaning, user, reason, **request))

    def rejection_refused(self, document: str, user: str, reason: str = REASON, **request: str) -> list[str]:
        """As ``refused``, for a rejection."""
        return self._refused(lambda: self.reject(document, user, reason, **request))

    def edit(self, name: str, before: str, after: str) -> None:
        """Change a file of the project."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    def new_row(self, document: str, version: str, author: str = "Anna Author") -> None:
        """Add a row to the history of a document."""
        number = f"number: T1-{document}-001\n"
        path = self.root / "requirements/documents.yaml"
        head, mark, rest = path.read_text(encoding="utf-8").partition(number)
        assert mark
        rows, end, others = rest.partition("  - type")
        said = f'version: "{version}", date: "2026-02-01", author: {author}, change_ref: CR-2, summary: Second'
        row = f"      - {{{said}}}\n"
        path.write_text(head + mark + rows + row + end + others, encoding="utf-8")

    def signatures(self) -> tuple[Signature, ...]:
        """Return every signature and rejection."""
        return read_signing(self.place.folder).signatures

    def bodies(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the bodies of records."""
        return list(read_bodies(self.place, *kinds))

    def lines(self) -> list[bytes]:
        """Return every line of the log."""
        return [
            line for path in sorted((self.place.folder / "log").iterdir()) for line in path.read_bytes().splitlines()
        ]

    def tree(self, folder: str) -> dict[str, bytes]:
        """Return every file below a folder of the project."""
        base = self.root / folder
        return {path.relative_to(base).as_posix(): path.read_bytes() for path in base.rglob("*") if path.is_file()}

    def _refused(self, act: Any) -> list[str]:
        before, frozen = self.lines(), self.tree("baselines")
        blobs = set(self.tree(".valgen/blobs"))
        with pytest.raises(approve.Refused) as refusal:
            act()
        added = self.lines()[len(before) :]
        kinds = [one.partition(b'"kind":"')[2].partition(b'"')[0].decode() for one in added]
        assert [kind for kind in kinds if kind != "session.opened"] == ["refused"]
        assert self.lines()[: len(before)] == before
        assert self.tree("baselines") == frozen
        assert set(self.tree(".valgen/blobs")) == blobs
        last = self.bodies("refused")[-1]
        codes = [one.code for one in refusal.value.objections]
        assert last["code"] == codes[0]
        for one in refusal.value.objections:
            assert one.what in last["reason"]
        assert last["seq"] == refusal.value.record
        return codes

    def _authority(self, ledger: Ledger, by: By, terminal: Terminal, *, signing: bool = False) -> Authority:
        assert by.credentials is not None
        account = ledger.registry.account_of_user(by.credentials.user)
        assert account is not None
        key = self.keys[account.id]
        if account.service:
            return Authority(acting=Acting(account=account, key=key, session="", components="all"))
        if account.id not in self.sessions:
            session = secrets.token_hex(16)
            body = {"session": session, "method": "password", "source": terminal.source, "zone": terminal.zone}
            ledger.write([Draft("session.opened", body, signers=(key,))], actor=account.id)
            self.sessions[account.id] = session
        return Authority(acting=Acting(account=account, key=key, session=self.sessions[account.id], components="all"))
