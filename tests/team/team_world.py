"""A team with two computers: one database, one bucket, a folder and a key store on each computer."""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ledger_people import PROJECT, World, make_key
from ledger_sample import QUICK, make_keys

from valgen.ledger import team_sql
from valgen.ledger.durable import Disk
from valgen.ledger.reading import read_log
from valgen.ledger.record import Draft
from valgen.ledger.store import Log
from valgen.ledger.team import Team
from valgen.ledger.team_address import TeamAddress
from valgen.records.ledger import Place
from valgen.workflow.team_store import Connected, connect
from valgen.workflow.verify import Given, verify
from valgen.workflow.verify_report import Verified

DAYS = 3650
_NUMBERS = itertools.count()


def wait_for(folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers on its socket."""
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError((folder / "log").read_text("utf-8", "replace"))
        if list(folder.glob(".s.PGSQL.*[0-9]")):
            try:
                owner(folder, int(next(folder.glob(".s.PGSQL.*[0-9]")).name.rpartition(".")[2])).close()
                return
            except Exception:
                pass
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL does not start")


def make_certificate(name: Path, user: str | None = None) -> None:
    """Write a key and a certificate of its own for 127.0.0.1.

    Args:
        name: of both files, without ending.
        user: who owns the key; None for whoever runs this.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name.name)])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    kind = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption())
    for suffix, data, mode in (
        (".crt", certificate.public_bytes(serialization.Encoding.PEM), 0o644),
        (".key", secret, 0o600),
    ):
        path = name.with_name(name.name + suffix)
        path.write_bytes(data)
        path.chmod(mode)
        if user is not None:
            shutil.chown(path, user)


def owner(folder: Path, port: int) -> Any:
    """Return a connection of the owner of everything, who is a superuser."""
    from pg8000.native import Connection

    return Connection("owner", unix_sock=str(folder / f".s.PGSQL.{port}"), database="postgres")


def now() -> str:
    """Return the time; locks of objects are counted from it."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def tried(word: str, *, long: bool = False) -> Draft:
    """Return a record that any computer may write; a long one has an attachment."""
    reason = f"because of {word} " * (2000 if long else 1)
    return Draft("refused", {"act": "tried", "account": "", "subject": word, "code": "VG601", "reason": reason})


class Office:
    """One ledger and its team store.

    Args:
        base: empty folder.
        postgres: folder of the server's socket.
        port: of the server.
        s3: address of the S3 service.
    """

    def __init__(self, base: Path, postgres: Path, port: int, s3: str) -> None:
        import boto3

        number = next(_NUMBERS)
        self.base, self.postgres, self.port = base, postgres, port
        self.schema, self.role, self.bucket = f"t{number}", f"writer{number}", f"records-{number}"
        self.sql = owner(postgres, port)
        self.sql.run(f"CREATE ROLE {self.role} LOGIN PASSWORD 'thirteen lamps'")
        self.sql.run(team_sql.setup_sql(self.schema, [self.role]))
        self.s3 = boto3.client("s3", endpoint_url=s3)
        self.database = f"postgresql://{self.role}@/postgres?host={postgres}&schema={self.schema}".replace(
            "@/", f"@x:{port}/"
        )
        self.objects = f"s3://{self.bucket}/S3V?endpoint={s3}"
        self.address = TeamAddress(database=self.database)

    def with_bucket(self) -> None:
        """Keep attachments and checkpoints in a bucket."""
        self.make_bucket(self.bucket)
        self.address = TeamAddress(database=self.database, objects=self.objects, retention_days=DAYS)

    def make_bucket(self, name: str, *, mode: str = "COMPLIANCE", days: int = DAYS, lock: bool = True) -> str:
        """Make a bucket and return its name."""
        self.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock)
        if lock and mode:
            rule = {"DefaultRetention": {"Mode": mode, "Days": days}}
            self.s3.put_object_lock_configuration(
                Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
            )
        return name

    def close(self) -> None:
        """Let go of the connection of the owner."""
        self.sql.close()

    def place(self, machine: int) -> Place:
        """Return the project on a computer."""
        folder = self.base / f"computer-{machine}"
        folder.mkdir(exist_ok=True)
        (folder / "valgen.toml").write_text(self.settings(), encoding="utf-8")
        return Place(
            project=folder,
            project_id=PROJECT,
            folder=folder / ".valgen",
            keystore=self.keystore(machine),
            team=self.address,
        )

    def settings(self) -> str:
        """Return the settings of the project."""
        lines = ["[project]", f'id = "{PROJECT}"', 'name = "Vault"', "[system]", 'name = "Vault"', 'version = "1.0"']
        lines += ["[records]", f'database = "{self.address.database}"']
        if self.address.objects:
            lines += [f'objects = "{self.address.objects}"', f'locked_for = "{DAYS} days"']
        return "\n".join(lines) + "\n"

    def keystore(self, machine: int) -> Path:
        """Return the key store of a computer."""
        import ledger_people

        folder = self.base / f"keys-{machine}"
        return folder if folder.is_dir() else make_keys(folder, ledger_people.seeds(machine))

    def begin(self, records: int = 0) -> Connected:
        """Make the ledger on the first computer and put it into the store."""
        world = World(self.base, folder=self.place(1).folder)
        for number in range(records):
            world.write([tried(f"before {number}", long=number == 0)], "valgen", keep=number % 2 == 0)
        world.log.close()
        return connect(self.place(1), now=now())

    def join(self, machine: int = 2) -> Connected:
        """Fetch the ledger on another computer and let that write."""
        made = connect(self.place(machine), now=now())
        Log.declare_machine(
            self.place(machine).folder,
            project=PROJECT,
            signers=[make_key("root", 0)],
            actor="root",
            reason="second computer",
            now=now(),
            keystore=self.keystore(machine),
            boot="boot-2",
            disk=QUICK,
            team=Team(self.address),
        ).close()
        return made

    def open(self, machine: int = 1, disk: Disk = QUICK) -> Log:
        """Open the ledger on a computer."""
        return Log.open_ledger(
            self.place(machine).folder,
            project=PROJECT,
            now=now(),
            keystore=self.keystore(machine),
            boot=f"boot-{machine}",
            disk=disk,
            team=Team(self.address),
        )

    def write(self, word: str, machine: int = 1, *, long: bool = False) -> None:
        """Write one record on a computer, in an act of its own."""
        with self.open(machine) as log:
            append(log, word, long=long)

    def verify(self, machine: int = 1, **given: Any) -> Verified:
        """Do what ``valgen verify`` does on a computer."""
        place = self.place(machine)
        return verify(None, place.project, Given(keystore=place.keystore, **given))

    def process(self, machine: int, words: Sequence[str], die: str = "") -> subprocess.Popen[str]:
        """Start a process that writes words on a computer, one act each, and prints what was acknowledged.

        Args:
            machine: the computer.
            words: to write.
            die: where the process kills itself in its last act: ``before commit``, ``after commit``.
        """
        place = self.place(machine)
        told = {
            "folder": str(place.folder),
            "keystore": str(place.keystore),
            "address": self.address.keys(),
            "machine": machine,
            "words": list(words),
            "die": die,
        }
        here = Path(__file__).parent
        return subprocess.Popen(
            [sys.executable, str(here / "writer_process.py"), json.dumps(told)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def lines(self, machine: int) -> list[bytes]:
        """Return the lines of the working copy of a computer."""
        folder = self.place(machine).folder / "log"
        return [line for path in sorted(folder.iterdir()) for line in path.read_bytes().splitlines()]

    def words(self, machine: int) -> list[str]:
        """Return what the records of ``write`` say, in order."""
        records = read_log(self.place(machine).folder)
        return [one.body["subject"] for one in records if one.body["kind"] == "refused"]

    def rows(self) -> list[bytes]:
        """Return the lines of the database."""
        found: Sequence[Any] = self.sql.run(f"SELECT line FROM {self.schema}.record ORDER BY seq")
        return [bytes(row[0]) for row in found]

    def keys(self, part: str = "") -> list[str]:
        """Return the keys of objects in the bucket whose name holds a part."""
        found = self.s3.list_object_versions(Bucket=self.bucket).get("Versions", ())
        return sorted({one["Key"] for one in found if part in one["Key"]})


def append(log: Log, word: str, *, long: bool = False) -> None:
    """Write one record durably."""
    log.append([tried(word, long=long)], time=now(), mono=0, boot="boot-1", actor="valgen", durable=True)
