"""A small ledger with fixed keys, salts and times: the test vector of docs/format-ledger.md, and people for tests.

``World`` makes a ledger and lets people act in it as the programs do. ``operator`` and ``admin_with_log_key`` are the
attackers of integrity.md §6.4: each has exactly the files and keys that its name says.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ledger_sample import QUICK, TOOL, make_keys

from valgen.ledger import heads, record
from valgen.ledger.canonical import encode
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.keys import SigningKey
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.record import Draft, Stored
from valgen.ledger.registry_book import code_digest
from valgen.ledger.store import Log

PROJECT = "S3V"
IDENTITY = "0f1e2d3c-4b5a-4678-89ab-cdef01234567"
CODE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
IDENTITY_CHECK = {"by": "Petra Personnel", "how": "identity card", "on": "2026-03-02"}

Body = dict[str, Any]


def time(second: int) -> str:
    """Return a time of this world, ``second`` seconds after its beginning."""
    moment = datetime.datetime(2026, 3, 2, 9, 30) + datetime.timedelta(seconds=second)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def make_key(role: str, number: int) -> SigningKey:
    """Return a key made from a known seed, which must never be used for anything else.

    Args:
        role: of the key.
        number: 0 to 255; keys of another number differ.
    """
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{role} {number}".encode()).digest())
    return SigningKey(role=role, public=private.public_key().public_bytes_raw(), _sign=private.sign)


def seeds(machine: int) -> dict[str, bytes]:
    """Return the seeds of a machine's keys; the first machine is that of the dry-log sample."""
    if machine == 1:
        return {"log": bytes(range(32)), "recorder": bytes(range(32, 64))}
    return {role: hashlib.sha256(f"{role} of machine {machine}".encode()).digest() for role in ("log", "recorder")}


@dataclasses.dataclass
class Person:
    """Somebody with a key."""

    world: World
    id: str
    key: SigningKey
    session: str = ""

    @property
    def account(self) -> Any:
        return self.world.log.registry.accounts[self.id]

    def act(self, kind: str, body: Body, *, signers: Sequence[SigningKey] | None = None, **options: Any) -> Stored:
        """Write a record signed by this person."""
        return self.world.write(
            [Draft(kind, body, signers=tuple(signers if signers is not None else [self.key]))], self.id, **options
        )[0]

    def open_session(self) -> str:
        """Open a session and return its id."""
        self.session = self.world.hex16(f"session {self.id}")
        method = "password and one-time code" if self.account.totp else "password"
        self.act(
            "session.opened",
            {"session": self.session, "method": method, "source": "vault-val", "zone": "Europe/Berlin +01:00"},
        )
        return self.session

    def statement(self, role: str = "") -> Body:
        """Return who signs, in which role and session; opens a session where there is none."""
        if not any(one.id == self.session for one in self.world.log.registry.open_sessions(self.id)):
            self.open_session()
        components = "password" if self.world.log.registry.sessions[self.session].signed else "all"
        account = self.account
        return {
            "role": role or account.roles[0],
            "name": account.name,
            "function": account.function,
            "session": self.session,
            "components": components,
            "zone": "Europe/Berlin +01:00",
        }

    def sign(self, document: Body, meaning: str = "approved", *, role: str = "", **changes: Any) -> Stored:
        """Sign a document; other keys by keyword."""
        body = {**document, "meaning": meaning, "reason": "complete and correct", **self.statement(role), **changes}
        return self.world.write([Draft("signature", body, signers=(self.key,), with_head="head" not in body)], self.id)[
            0
        ]

    def reject(self, document: Body, reason: str = "FS-002 is missing", *, role: str = "") -> Stored:
        """Reject a document."""
        body = {**document, "reason": reason, **self.statement(role)}
        return self.world.write([Draft("rejection", body, signers=(self.key,), with_head=True)], self.id)[0]

    def review(self, execution: str, results: Iterable[str], *, role: str = "", **changes: Any) -> Stored:
        """Review an execution up to now."""
        body = {
            "execution": execution,
            "upto": self.world.log.size - 1,
            "results": list(results),
            "conclusion": "accepted",
            "comment": "every result was looked at",
            **self.statement(role),
            **changes,
        }
        body["upto"] = changes.get("upto", self.world.log.size - 1)
        return self.world.write([Draft("review", body, signers=(self.key,), with_head=True)], self.id)[0]


class World:
    """A ledger and everybody who acts in it.

    Args:
        base: empty folder; the ledger becomes ``base/.valgen`` and the key stores ``base/keys-<machine>``.
        disk: durable operations.
        threshold: root keys that must sign.
        roots: how many root keys there are.
        single: single-administrator mode.
        project: project id.
        identity: UUID of the ledger.
        lines_per_file: records in a file.
        machine: number of the machine that makes the ledger.
        offset: added to the numbers of all keys of people and root.
        folder: of the ledger, when it lies elsewhere.
    """

    def __init__(
        self,
        base: Path,
        *,
        disk: Disk = QUICK,
        threshold: int = 1,
        roots: int = 1,
        single: bool = False,
        project: str = PROJECT,
        identity: str = IDENTITY,
        lines_per_file: int = 16,
        machine: int = 1,
        offset: int = 0,
        folder: Path | None = None,
    ) -> None:
        self.base, self.disk, self.project, self.offset = base, disk, project, offset
        self.folder = folder or base / ".valgen"
        self.second = 0
        self.numbers = itertools.count()
        self.roots = [make_key("root", offset + number) for number in range(roots)]
        self.threshold = threshold
        self.keys = itertools.count(offset + 1)
        self.log = Log.create_ledger(
            self.folder,
            project=project,
            root_keys=self.roots,
            threshold=threshold,
            single_administrator=single,
            now=self.now(),
            tool=TOOL,
            keystore=self.keystore(machine),
            boot="boot-1",
            disk=disk,
            salt=self.salt,
            lines_per_file=lines_per_file,
            identity=identity,
        )

    # Time and chance

    def now(self) -> str:
        """Return the time, a second after the last one."""
        self.second += 1
        return time(self.second)

    def salt(self) -> str:
        return f"{next(self.numbers):032x}"

    def hex16(self, what: str) -> str:
        """Return 16 bytes in hex that differ at each call and are the same in each world."""
        return hashlib.sha256(f"{what} {self.salt()}".encode()).hexdigest()[:32]

    # Machines

    def keystore(self, machine: int) -> Path:
        """Return the key store of a machine."""
        folder = self.base / f"keys-{machine}"
        return folder if folder.is_dir() else make_keys(folder, seeds(machine))

    def reopen(self, machine: int = 1, **options: Any) -> Log:
        """Close the log and open it on a machine."""
        self.log.close()
        self.log = Log.open_ledger(
            self.folder, project=self.project, now=self.now(), keystore=self.keystore(machine), **self._options(options)
        )
        return self.log

    def add_machine(self, machine: int, by: Person | None = None, **options: Any) -> Log:
        """Declare a machine, by an administrator or the root, and go on there."""
        self.log.close()
        self.log = Log.declare_machine(
            self.folder,
            project=self.project,
            signers=[by.key] if by else self.roots[: self.threshold],
            actor=by.id if by else "root",
            reason="second host",
            now=self.now(),
            keystore=self.keystore(machine),
            **self._options(options),
        )
        return self.log

    def _options(self, options: Body) -> Body:
        return {"boot": "boot-1", "disk": self.disk, "salt": self.salt, **options}

    # Writing

    def stamp(self, actor: str) -> Body:
        """Return the arguments of ``append`` that say when and who."""
        now = self.now()
        return {"time": now, "mono": 1000 * self.second, "boot": "boot-1", "actor": actor}

    def write(self, drafts: Sequence[Draft], actor: str, *, keep: bool = True, **options: Any) -> list[Stored]:
        """Write records durably."""
        stored = self.log.append(drafts, **{**self.stamp(actor), **options}, durable=not keep)
        if keep:
            self.log.commit(keep=True)
        return stored

    def record(self, kind: str, body: Body, actor: str = "valgen", **options: Any) -> Stored:
        """Write a record that the recorder signs."""
        return self.write([Draft(kind, body)], actor, **options)[0]

    # People

    def code(self, account: str, seconds: int = 3600) -> Body:
        """Return what a record says of a one-time code, which is ``CODE``."""
        salt = self.hex16(f"code {account}")
        expires = time(self.second + seconds)
        return {"salt": salt, "sha256": code_digest(salt, CODE), "expires": expires}

    def account_body(self, user: str, roles: Sequence[str] = (), **changes: Any) -> Body:
        """Return the body of an account.created record."""
        account = self.log.registry.next_account()
        return {
            "account": account,
            "person": account,
            "user": user,
            "name": user.replace(".", " ").title(),
            "function": "Validation",
            "email": f"{user}@example.org",
            "service": False,
            "roles": list(roles),
            "identity": IDENTITY_CHECK,
            "code": self.code(account),
            **changes,
        }

    def create(self, user: str, *roles: str, by: Person | None = None, **changes: Any) -> str:
        """Create an account, by an administrator or the root, and return its id."""
        body = self.account_body(user, roles, **changes)
        signers = (by.key,) if by else tuple(self.roots[: self.threshold])
        self.write([Draft("account.created", body, signers=signers)], by.id if by else "root")
        return str(body["account"])

    def activate(self, account: str, key: SigningKey | None = None, **changes: Any) -> Person:
        """Activate an account with a new key and return the person."""
        key = key or make_key("person", next(self.keys))
        body = {"account": account, "key": key.public.hex(), "code": CODE, "totp": False, **changes}
        self.write([Draft("account.activated", body, signers=(key,))], account)
        return Person(self, account, key)

    def person(self, user: str, *roles: str, by: Person | None = None, **changes: Any) -> Person:
        """Create and activate an account."""
        totp = bool(changes.pop("totp", False))
        return self.activate(self.create(user, *roles, by=by, **changes), totp=totp)

    def propose(self, by: Person, act: str, account: str = "") -> int:
        """Propose an act that takes two people; return the number of the record."""
        return by.act("proposal", {"act": act, "account": account, "reason": "needed"}).seq

    def grant(self, by: Person, account: str, role: str, proposal: int | None = None, *, root: bool = False) -> Stored:
        """Grant a role."""
        body: Body = {"account": account, "role": role, "reason": "new duty"}
        if proposal is not None:
            body["proposal"] = proposal
        return by.act("role.granted", body, signers=[by.key, *(self.roots[: self.threshold] if root else ())])

    def reset_body(self, account: str, proposal: int) -> Body:
        """Return the body of an account.reset record."""
        return {
            "account": account,
            "identity": IDENTITY_CHECK,
            "code": self.code(account),
            "reason": "password forgotten",
            "proposal": proposal,
        }

    # Documents

    def document(self, key: str = "URS", version: str = "1.0", **changes: Any) -> Body:
        """Return the keys of a signature that name a document, its manifest and snapshot kept as blobs."""
        number, title = f"{self.project}-{key}-001", f"{key} of the records vault"
        content = hashlib.sha256(f"{key} {version}".encode()).hexdigest()
        source = self.log.put_blob(f"items of {key} {version}\n".encode())
        rendition = self.log.put_blob(f"%PDF {key} {version}\n".encode())
        manifest = {
            "document": {"key": key, "type": key, "number": number, "version": version, "title": title},
            "content": content,
            "template": {"name": "urs", "sha256": "ab" * 32},
            "references": [],
            "items": {"URS-001": "v1:1"},
            "snapshot": [{"path": f"requirements/{key.lower()}.yaml", **source.as_dict()}],
            **changes,
        }
        return {
            "document": key,
            "number": number,
            "version": version,
            "title": title,
            "content": content,
            "manifest": self.log.put_blob(encode(manifest, limit=None)).as_dict(),
            "rendition": {"name": f"{key}.pdf", "media_type": "application/pdf", **rendition.as_dict()},
        }

    # Executions

    def open_execution(self, by: Person, document: Body, stage: str = "OQ") -> str:
        """Open a formal execution and return its id."""
        session = by.statement()["session"]
        execution = self.log.registry.next_execution()
        protocol = {key: document[key] for key in ("document", "number", "version", "content")}
        by.act(
            "execution.opened",
            {
                "execution": execution,
                "stage": stage,
                "environment": "VAL",
                "protocol": {**protocol, "manifest": document["manifest"]["sha256"]},
                "system": {"name": "S3 records vault", "version": "2.1.0"},
                "cases": {"OQ-001": "v1:0"},
                "code": [{"path": "test_scripts/steps/s3.py", "sha256": "ab" * 32}],
                "session": session,
            },
        )
        return execution

    def run(self, execution: str, tester: Person, outcome: str = "Passed", **changes: Any) -> Stored:
        """Execute one case formally; return its result."""
        from ledger_sample import run_body, step

        session = changes.pop("session", None)
        if session is None:
            session = tester.statement()["session"]
        keys = {"mode": "formal", "execution": execution, "session": session, "tester": tester.id, **changes}
        started = self.log.start_run(run_body(self.log, **keys), **self.stamp(tester.id))
        run = started.body["run"]
        case = {"run": run, "case": "OQ-001", "attempt": 1}
        self.log.append([Draft("case.started", {**case, "worker": "main"})], **self.stamp(tester.id))
        steps = self.log.append([step(1, run=run, outcome=outcome)], **self.stamp(tester.id))
        result = {
            **case,
            "outcome": outcome,
            "message": "" if outcome == "Passed" else "AssertionError: 2",
            "started": time(self.second),
            "finished": time(self.second),
            "executor": tester.id,
            "steps": [one.leaf for one in steps],
        }
        (stored,) = self.log.append([Draft("case.result", result)], **self.stamp(tester.id), durable=True)
        finished = {"run": run, "summary": {outcome: 1}, "planned": 1, "selected": 1, "executed": 1}
        self.record("run.finished", finished, tester.id)
        return stored


def build_ledger(base: Path, disk: Disk = DISK) -> World:
    """Write the sample ledger: enrolment, approval, rejection, reset, second machine, formal run, review, check."""
    return build_ledger_of(base, disk=disk)


def build_ledger_of(base: Path, **options: Any) -> World:
    """Write the same story as ``build_ledger`` with other options of ``World``."""
    world = World(base, **options)
    ada = world.person("ada.admin", "administrator")  # the root made her, because there is no administrator yet
    bob = world.person("bob.admin", by=ada)
    world.grant(ada, bob.id, "administrator", -1, root=True)  # the root stands in for the second administrator
    eve = world.person("eve.author", "author", by=ada)
    quinn = world.person("quinn.quality", "qa", by=bob)
    tom = world.person("tom.tester", "tester", by=bob, totp=True)
    cora = world.person("cora.chief", by=ada)
    world.grant(bob, cora.id, "administrator", world.propose(ada, "role.granted", cora.id))
    robot = world.person("ci-runner", "tester", by=ada, service=True)

    draft = world.document("URS", "0.9")
    eve.sign(draft, "authored")
    quinn.reject(draft)
    urs = world.document("URS", "1.0")
    eve.sign(urs, "authored")
    quinn.sign(urs)
    world.record(
        "document.changed",
        {
            "document": "URS",
            "version": "1.0",
            "previous": "",
            "reason": "first issue",
            "change_ref": "",
            "author": "Eve Author",
            "changes": [["item", "field", "old", "new"], ["URS-001", "text", "", "The system shall …"]],
        },
        quinn.id,
    )
    protocol = world.document("OQ", "1.0")
    eve.sign(protocol, "authored")
    quinn.sign(protocol)
    world.record("login.failed", {"account": tom.id, "source": "vault-val", "reason": "credentials"})
    world.record("session.closed", {"session": eve.session, "reason": "left"})

    ada.act("account.reset", world.reset_body(eve.id, world.propose(bob, "account.reset", eve.id)))
    eve = world.activate(eve.id)
    issued = [{key: urs["rendition"][key] for key in ("name", "media_type", "sha256", "size")}]
    eve.act("document.issued", {"document": "URS", "version": "1.0", "content": urs["content"], "files": issued})
    eve.sign(world.document("FS", "1.0"), "authored")

    first = [key.id for key in world.log.registry.active_keys().values() if key.role in ("log", "recorder")]
    world.add_machine(2, ada)
    world.log.retire_keys(first, stolen=False, reason="host replaced", signers=[ada.key], **world.stamp(ada.id))
    execution = world.open_execution(tom, protocol)
    failed = world.run(execution, tom, "Failed")
    passed = world.run(execution, robot, session="")
    quinn.review(execution, [failed.leaf, passed.leaf])
    world.record(
        "refused",
        {
            "act": "review",
            "account": tom.id,
            "subject": execution,
            "code": "VG558",
            "reason": "a tester does not review their own execution",
        },
    )
    checked = {
        "accounts": world.log.registry.accounts_as_checked(),
        "findings": "",
        "conclusion": "every account is needed",
    }
    quinn.act("accounts.checked", checked)
    audit = {
        "first": 0,
        "last": world.log.size - 1,
        "scope": "all records",
        "findings": "",
        "conclusion": "nothing unusual",
        "next": "2027-03-02",
        **quinn.statement(),
    }
    world.write([Draft("audit.reviewed", audit, signers=(quinn.key,), with_head=True)], quinn.id)
    world.log.close()
    return world


# Attackers (integrity.md §6.4)


def lines_of(folder: Path) -> list[bytes]:
    """Return the record lines of a ledger, without newlines."""
    return [line for path in sorted((folder / "log").iterdir()) for line in path.read_bytes().splitlines()]


def put_lines(folder: Path, lines: Sequence[bytes], per_file: int) -> None:
    """Write record lines in place of those of a ledger."""
    for path in (folder / "log").iterdir():
        path.unlink()
    for first in range(0, len(lines), per_file):
        data = b"".join(line + b"\n" for line in lines[first : first + per_file])
        (folder / f"log/{first:09d}.jsonl").write_bytes(data)


def operator(folder: Path) -> Callable[[str, bytes | None], None]:
    """Somebody with a shell: can change and remove files of the ledger, and has no key.

    Returns:
        A function that puts content in place of a file, or removes it.
    """

    def put(name: str, data: bytes | None) -> None:
        path = folder / name
        if path.exists():
            path.chmod(0o644)
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)

    return put


class Forger:
    """Somebody with all files of a ledger and some keys, who writes what the programs refuse to write.

    Args:
        folder: of the ledger.
        keys: those that the attacker has, by key id.
        log_key: signs new checkpoints.
    """

    def __init__(self, folder: Path, keys: Iterable[SigningKey], log_key: SigningKey) -> None:
        self.folder = folder
        self.keys = {key.id: key for key in keys}
        self.log_key = log_key
        self.lines = lines_of(folder)
        self.per_file = int(json.loads(self.lines[0])["body"]["lines_per_file"])

    def value(self, number: int) -> Body:
        """Return a record as a value to change."""
        return json.loads(self.lines[number])  # type: ignore[no-any-return]

    def line(
        self, body: Mapping[str, Any], signers: Sequence[SigningKey] | None = None, old: Body | None = None
    ) -> bytes:
        """Return a record line.

        Args:
            body: of the record.
            signers: who signs it; None for the attacker's own keys among the former signers.
            old: the former record; signatures by keys that the attacker lacks are copied from it.
        """
        type_ = f"application/vnd.valgen.{body['kind']}.v1+json"
        data = encode(body)
        sigs = {}
        for entry in (old or {}).get("sigs", ()):
            key = self.keys.get(entry["key"])
            sigs[entry["key"]] = _signature(key, type_, data) if key else entry["sig"]
        for key in signers or ():
            sigs[key.id] = _signature(key, type_, data)
        return encode(
            {"body": body, "sigs": [{"key": name, "sig": sigs[name]} for name in sorted(sigs)], "type": type_}
        )

    def change(self, number: int, **keys: Any) -> None:
        """Change keys of a record and sign again as far as the attacker can."""
        old = self.value(number)
        self.lines[number] = self.line({**old["body"], **keys}, old=old)

    def remove(self, number: int) -> None:
        """Delete a record and number all later ones anew, signing again as far as the attacker can."""
        del self.lines[number]
        for later in range(number, len(self.lines)):
            self.change(later, seq=later)

    def add(self, body: Body, signers: Sequence[SigningKey] = (), **common: Any) -> None:
        """Append a record; its common keys follow those of the last one unless given."""
        last = self.value(-1)["body"]
        shared = {key: last[key] for key in ("time", "mono", "boot", "origin", "salt")}
        self.lines.append(self.line({**shared, "actor": "valgen", **common, **body, "seq": len(self.lines)}, signers))

    def seal(self) -> None:
        """Write the lines and one new checkpoint over them."""
        put_lines(self.folder, self.lines, self.per_file)
        origin = str(self.value(0)["body"]["origin"])
        edge = Edge()
        for line in self.lines:
            edge.append(leaf_hash(line))
        head = heads.make_head(
            origin=origin,
            size=edge.size,
            root=edge.root(),
            kept=True,
            count=0,
            digest=hashlib.sha256(b"").hexdigest(),
            key=self.log_key,
        )
        (self.folder / "checkpoints.jsonl").write_bytes(head.line())
        (self.folder / "checkpoint").write_bytes(head.note)


def _signature(key: SigningKey, type_: str, data: bytes) -> str:
    return base64.b64encode(key.sign(record.pae(type_, data))).decode("ascii")


def machine_keys(machine: int) -> dict[str, SigningKey]:
    """Return the keys of a machine by role."""
    found = {}
    for role, seed in seeds(machine).items():
        private = Ed25519PrivateKey.from_private_bytes(seed)
        found[role] = SigningKey(role=role, public=private.public_key().public_bytes_raw(), _sign=private.sign)
    return found


def admin_with_log_key(folder: Path, machine: int = 1) -> Forger:
    """An insider with all files and the log and recorder key of a machine, and no key of a person or of the root."""
    keys = machine_keys(machine)
    return Forger(folder, keys.values(), keys["log"])


if __name__ == "__main__":  # python tests/ledger/people.py FOLDER: write the sample ledger again
    import shutil
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        build_ledger(Path(made))
        shutil.copytree(Path(made) / ".valgen", Path(sys.argv[1]), ignore=shutil.ignore_patterns("lock", "tmp", "torn"))
