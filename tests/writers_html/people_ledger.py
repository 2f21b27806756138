"""A small ledger of people, written from docs/format.md and docs/format-ledger.md without valgen's code.

Whoever holds this object holds every key, so a test can write what an insider could: records that break one rule and
are signed and sealed as they must be.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "valgen:7b1f3f7e-5a2c-4f0e-9d0c-6a1f0c2d9e11/S3V"
HOSTILE = "<img src=x onerror=alert(1)>\u202egpj.exe\u200b</script>"


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def root_of(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:]))


class Key:
    """A key from a known seed."""

    def __init__(self, name: str) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()))
        self.raw = self.private.public_key().public_bytes_raw()
        self.id = hashlib.sha256(self.raw).hexdigest()


class Ledger:
    """Records, blobs and checkpoints, as they are written one after the other."""

    def __init__(self, *, single: bool = False, seconds: int = 10) -> None:
        self.root, self.log, self.recorder = Key("root"), Key("log"), Key("recorder")
        self.lines: list[bytes] = []
        self.blobs: dict[str, bytes] = {}
        self.kept: list[bytes] = []
        self.anchors: dict[str, bytes] = {}
        self.codes: dict[str, str] = {}
        self.accounts: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, str] = {}
        self.seconds = seconds
        self.clock = 0
        keys = [("root", self.root), ("log", self.log), ("recorder", self.recorder)]
        self.add(
            "genesis",
            {
                "mode": "ledger",
                "format": 1,
                "lines_per_file": 10,
                "tool": "valgen 0.2.0",
                "threshold": 1,
                "single_administrator": single,
                "keys": [{"role": role, "key": key.raw.hex()} for role, key in keys],
            },
            "root",
            [key for _, key in keys],
        )
        self.keep()

    # Writing

    def body(self, kind: str, fields: Mapping[str, Any], actor: str) -> dict[str, Any]:
        self.clock += self.seconds
        day, rest = divmod(self.clock, 86400)
        time = f"2026-03-{2 + day:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"
        head = {
            "seq": len(self.lines),
            "time": time,
            "mono": self.clock * 1000,
            "boot": "boot-1",
            "actor": actor,
            "kind": kind,
            "origin": ORIGIN,
            "salt": f"{len(self.lines):032x}",
        }
        return {**head, **fields}

    def add(self, kind: str, fields: Mapping[str, Any], actor: str, keys: Sequence[Key]) -> int:
        """Append a record, signed by these keys; return its number."""
        body = self.body(kind, fields, actor)
        mime = f"application/vnd.valgen.{kind}.v1+json".encode()
        data = canonical(body)
        message = b"DSSEv1 %d %s %d %s" % (len(mime), mime, len(data), data)
        sigs = [{"key": key.id, "sig": b64(key.private.sign(message))} for key in sorted(keys, key=lambda key: key.id)]
        self.lines.append(canonical({"body": body, "sigs": sigs, "type": mime.decode()}))
        return int(body["seq"])

    def machine(self, kind: str, /, **fields: Any) -> int:
        return self.add(kind, fields, "recorder@vault-val", [self.recorder])

    def person(self, account: str, kind: str, /, **fields: Any) -> int:
        return self.add(kind, fields, account, [Key(self.accounts[account]["key"])])

    def blob(self, data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return {"sha256": digest, "size": len(data)}

    def leaf(self, number: int) -> str:
        return sha256(b"\x00" + self.lines[number]).hex()

    def head(self) -> dict[str, Any]:
        leaves = [sha256(b"\x00" + line) for line in self.lines]
        return {"size": len(leaves), "root": root_of(leaves).hex()}

    def note(self, way: str, log: Key | None = None) -> bytes:
        log = log or self.log
        head = self.head()
        before = b"".join(canonical({"checkpoint": note.decode()}) + b"\n" for note in self.kept)
        root = b64(bytes.fromhex(head["root"]))
        text = f"{ORIGIN}\n{head['size']}\n{root}\n{way} {len(self.kept)} {hashlib.sha256(before).hexdigest()}\n"
        hint = sha256(ORIGIN.encode() + b"\n\x01" + log.raw)[:4]
        return f"{text}\n— {ORIGIN} {b64(hint + log.private.sign(text.encode()))}\n".encode()

    def keep(self, log: Key | None = None) -> None:
        self.kept.append(self.note("kept", log))

    def files(self) -> dict[str, bytes]:
        """Return every file of the ledger; seals it first when records lie beyond the last kept checkpoint."""
        if int(self.kept[-1].split(b"\n")[1]) < len(self.lines):
            self.keep()
        root = {"keys": [self.root.raw.hex()], "origin": ORIGIN, "threshold": 1}
        found = {
            "root.json": canonical(root) + b"\n",
            "checkpoint": self.kept[-1],
            "checkpoints.jsonl": b"".join(canonical({"checkpoint": note.decode()}) + b"\n" for note in self.kept),
            ".gitattributes": b"* -text\n",
        }
        for first in range(0, len(self.lines), 10):
            found[f"log/{first:09d}.jsonl"] = b"".join(line + b"\n" for line in self.lines[first : first + 10])
        for digest, data in self.blobs.items():
            found[f"blobs/{digest[:2]}/{digest[2:]}"] = data
        return found | {f"anchors/{name}": data for name, data in self.anchors.items()}

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.files()["root.json"][:-1]).hexdigest()

    # Acts, as they should be; ``change`` overrides fields to break a rule

    def code(self, account: str) -> dict[str, str]:
        code = hashlib.sha256(f"{account} {len(self.lines)}".encode()).hexdigest().upper()[:32]
        self.codes[account] = code
        salt = sha256(code.encode())[:16]
        return {"salt": salt.hex(), "sha256": sha256(salt + code.encode()).hex(), "expires": "2026-03-20T00:00:00Z"}

    def create(self, user: str, name: str, /, *roles: str, by: str = "root", **change: Any) -> str:
        account = f"u-{len(self.accounts) + 1:04d}"
        fields = {
            "account": account,
            "person": account,
            "user": user,
            "name": name,
            "function": f"Function of {user}",
            "email": "",
            "service": False,
            "roles": list(roles),
            "identity": {"by": "HR", "how": "passport", "on": "2026-03-01"},
            "code": self.code(account),
            **change,
        }
        self.accounts[account] = {"name": fields["name"], "function": fields["function"], "key": f"{account} 1"}
        if by == "root":
            self.add("account.created", fields, "root", [self.root])
        else:
            self.person(by, "account.created", **fields)
        return account

    def activate(self, account: str, /, **change: Any) -> int:
        key = Key(self.accounts[account]["key"])
        fields = {"account": account, "key": key.raw.hex(), "code": self.codes[account], "totp": False, **change}
        return self.add("account.activated", fields, account, [key])

    def open(self, account: str, number: int = 1) -> str:
        session = sha256(f"{account} {number}".encode())[:16].hex()
        self.sessions[account] = session
        self.person(account, "session.opened", session=session, method="password", source="tty1", zone="Europe/Berlin")
        return session

    def statement(self, account: str, role: str, components: str = "all") -> dict[str, Any]:
        who = self.accounts[account]
        return {
            "role": role,
            "name": who["name"],
            "function": who["function"],
            "session": self.sessions[account],
            "components": components,
            "zone": "Europe/Berlin +01:00",
            "head": self.head(),
        }

    def manifest(self, document: str, version: str, title: str, content: str) -> bytes:
        snapshot = [{"path": "items.json", **self.blob(f"items of {document}".encode())}]
        return canonical(
            {
                "document": {
                    "key": document,
                    "type": document,
                    "number": f"S3V-{document}",
                    "version": version,
                    "title": title,
                },
                "content": content,
                "template": {"name": document, "sha256": "ab" * 32},
                "references": [],
                "items": {"URS-001": "v1:aa"},
                "snapshot": snapshot,
            }
        )

    def paper(self, document: str, version: str = "1.0", title: str = "User requirements") -> dict[str, Any]:
        content = sha256(f"{document} {version}".encode()).hex()
        rendition = b"%PDF " + document.encode()
        return {
            "document": document,
            "number": f"S3V-{document}",
            "version": version,
            "title": title,
            "content": content,
            "manifest": self.blob(self.manifest(document, version, title, content)),
            "rendition": {
                "name": f"{document}.pdf",
                "media_type": "application/pdf",
                "sha256": sha256(rendition).hex(),
                "size": len(rendition),
            },
        }

    def sign(
        self, account: str, document: str, meaning: str, role: str, *, components: str = "all", **change: Any
    ) -> int:
        fields = {
            **self.paper(document),
            **self.statement(account, role, components),
            "meaning": meaning,
            "reason": f"I have {meaning} it",
            **change,
        }
        return self.person(account, "signature", **fields)

    def run(self, tester: str, **change: Any) -> str:
        """A formal run of one case with one step; return its case result's leaf."""
        plan = [
            {
                "id": "OQ-001",
                "title": "Versions",
                "mode": "Automated",
                "path": "oq/a.feature",
                "line": 3,
                "selected": True,
                "fingerprint": "v1:bb",
                "items": {"URS-001": "v1:aa"},
                "steps": [{"number": 1, "kind": "Then", "keyword": "Then ", "text": "it is so"}],
            }
        ]
        facts = {"host": {"os": "Linux"}, "packages": {}, "plugins": [], "code": [], "git": None}
        self.machine(
            "run.started",
            **{
                "run": "run-0001",
                "stage": "OQ",
                "mode": "formal",
                "environment": "VAL",
                "tool": "valgen 0.2.0",
                "pid": 7,
                "argv": ["valgen"],
                "settings": "",
                "plan": self.blob(canonical(plan)),
                "facts": self.blob(canonical(facts)),
                "execution": "exec-0001",
                "session": self.sessions[tester],
                "tester": tester,
                **change,
            },
        )
        attempt = {"run": "run-0001", "case": "OQ-001", "attempt": 1}
        time = "2026-03-02T10:00:00Z"
        self.machine("case.started", **attempt, worker="main")
        step = self.add(
            "step.result",
            {
                **attempt,
                "step": 1,
                "kind_of_step": "Then",
                "keyword": "Then ",
                "text": HOSTILE,
                "outcome": "Passed",
                "observed": True,
                "started": time,
                "duration_ms": 5,
                "attachments": [
                    {"id": "OQ-001-1-1", "name": HOSTILE, "media_type": "text/html", **self.blob(HOSTILE.encode())}
                ],
            },
            "recorder@vault-val",
            [],
        )
        result = self.machine(
            "case.result",
            **attempt,
            outcome="Passed",
            message="",
            started=time,
            finished=time,
            executor="Tara Test",
            steps=[self.leaf(step)],
        )
        self.machine("run.finished", run="run-0001", summary={"Passed": 1}, planned=1, selected=1, executed=1)
        return self.leaf(result)

    def execution(self, account: str, **change: Any) -> int:
        fields = {
            "execution": "exec-0001",
            "stage": "OQ",
            "environment": "VAL",
            "protocol": {
                "document": "OQ-protocol",
                "number": "S3V-OQ",
                "version": "1.0",
                "content": "cd" * 32,
                "manifest": "ef" * 32,
            },
            "system": {"name": "S3V", "version": "2.1.0"},
            "cases": {"OQ-001": "v1:bb"},
            "code": [],
            "session": self.sessions[account],
            **change,
        }
        return self.person(account, "execution.opened", **fields)

    def review(self, account: str, results: Sequence[str], **change: Any) -> int:
        fields = {
            "execution": "exec-0001",
            "upto": len(self.lines) - 1,
            "results": list(results),
            "conclusion": "accepted",
            "comment": "all well",
            **self.statement(account, "qa", "password"),
            **change,
        }
        return self.person(account, "review", **fields)

    def reset(self, account: str, by: str, proposal: int, /, **change: Any) -> int:
        identity = {"by": "HR", "how": "in person", "on": "2026-03-02"}
        code = self.code(account)
        self.accounts[account]["key"] = f"{account} again"
        fields = {"account": account, "identity": identity, "code": code, "reason": "forgotten", "proposal": proposal}
        return self.person(by, "account.reset", **{**fields, **change})


def enrolled(**options: Any) -> Ledger:
    """Two administrators, an author, somebody of QA and a tester, each with an open session."""
    ledger = Ledger(**options)
    for user, name, roles in (
        ("ada", "Ada Admin", ("administrator",)),
        ("ben", "Ben Boss", ("administrator",)),
        ("ann", "Ann Author", ("author",)),
        ("quinn", f"Quinn {HOSTILE}", ("qa",)),
        ("tara", "Tara Test", ("tester",)),
    ):
        by = "root" if user in ("ada", "ben") else "u-0001"
        account = ledger.create(user, name, *roles, by=by)
        ledger.activate(account)
    for account in list(ledger.accounts):
        ledger.open(account)
    return ledger


def whole() -> Ledger:
    """A ledger in which everything happened that it can hold, all of it as it must be."""
    ledger = enrolled()
    ledger.sign("u-0003", "URS", "authored", "author")
    ledger.sign("u-0004", "URS", "approved", "qa")
    ledger.sign("u-0003", "URS", "verified copy", "author", components="password")
    ledger.machine(
        "document.changed", document="URS", version="1.0", previous="", reason="first", change_ref="", author="Ann",
        changes=[["URS-001", "text", "", "new"]],
    )  # fmt: skip
    pdf = b"%PDF URS"
    ledger.person(
        "u-0004", "document.issued", document="URS", version="1.0", content=ledger.paper("URS")["content"],
        files=[{"name": "URS.pdf", "media_type": "application/pdf", "sha256": sha256(pdf).hex(), "size": len(pdf)}],
    )  # fmt: skip
    ledger.sign("u-0003", "FS", "authored", "author", components="password")
    rejection = {**ledger.paper("FS"), **ledger.statement("u-0004", "qa", "password"), "reason": HOSTILE}
    ledger.person("u-0004", "rejection", **rejection)
    ledger.execution("u-0005")
    result = ledger.run("u-0005")
    ledger.review("u-0004", [result])
    ledger.keep()
    size = len(ledger.lines)
    root = ledger.head()["root"]
    ledger.anchors[f"{size:09d}.head"] = ledger.kept[-1]
    ledger.machine("anchor", size=size, root=root, medium="head", file=ledger.blob(ledger.kept[-1]), detail="kept")
    ledger.machine("login.failed", account="u-0003", source="tty1", reason="credentials")
    ledger.machine(
        "verified", size=size, root=root, data=True, compared="given", problems=1,
        findings="VG508 blobs/ab: missing", tool="valgen 0.1.0",
    )  # fmt: skip
    ledger.machine("refused", act="signature", account="u-0005", subject="URS 1.0", code="VG600", reason="no role")
    ledger.person("u-0001", "account.changed", account="u-0003", name="Ann Author-Smith", reason="married")
    ledger.accounts["u-0003"]["name"] = "Ann Author-Smith"
    ledger.person("u-0001", "role.granted", account="u-0003", role="technical_reviewer", reason="deputy")
    proposal = ledger.person("u-0001", "proposal", act="account.reset", account="u-0003", reason="forgotten")
    ledger.reset("u-0003", "u-0002", proposal)
    ledger.activate("u-0003")
    ledger.open("u-0003", 2)
    ledger.sign("u-0003", "CS", "authored", "author")
    ledger.person(
        "u-0004", "audit.reviewed", first=0, last=30, scope="all", findings="none", conclusion="in order", next="",
        **ledger.statement("u-0004", "qa", "password"),
    )  # fmt: skip
    ledger.person("u-0001", "account.unlocked", account="u-0005", reason="asked")
    ledger.person("u-0005", "credentials.changed", account="u-0005", password=True, totp=True)
    ledger.person("u-0001", "account.disabled", account="u-0005", reason="left")
    ledger.machine("session.closed", session=ledger.sessions["u-0001"], reason="left")
    second = Key("second log")
    keys = {"keys": [{"role": "log", "key": second.raw.hex()}], "reason": "new machine"}
    ledger.add("keys.declared", keys, "root", [second, ledger.root])
    ledger.person("u-0001", "keys.retired", keys=[ledger.log.id], stolen=False, reason="old machine")
    ledger.log = second
    ledger.keep()
    return ledger
