"""A team with two computers, a PostgreSQL database and a simulated S3 service.

The database is looked at and disturbed with PostgreSQL's own programs, the bucket with boto3; neither knows valgen.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from .command_steps import note
from .judge import equal, holds
from .people_steps import PASSWORDS, act, bodies
from .workbench import Workbench

ROLE = "valgen_writer"


class Server:
    """A PostgreSQL server of its own, reached by its socket.

    Attributes:
        folder: of the socket.
        port: in the name of the socket.
    """

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs, self.port = folder, programs, _free_port()
        self._user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._call("initdb", "-D", str(folder / "data"), "-U", "owner", "-A", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start the server and wait for its answer."""
        options = f"-k {self.folder} -p {self.port} -h ''"
        self._call(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options, "-w", "start"
        )

    def stop(self) -> None:
        """Stop the server at once."""
        self._call("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def sql(self, *statements: str) -> str:
        """Execute statements as the owner of everything and return what they print."""
        words = [word for statement in statements for word in ("-c", statement)]
        where = ("-h", str(self.folder), "-p", str(self.port), "-U", "owner", "-d", "postgres")
        return self._call("psql", "-v", "ON_ERROR_STOP=1", "-q", "-A", "-t", *where, *words)

    def _call(self, name: str, *arguments: str) -> str:
        # Output of the server that stays must not keep this call waiting, so it goes to a file.
        told = self.folder / f"said-{name}"
        with told.open("wb") as file:
            subprocess.run(
                [str(self.programs / name), *arguments],
                check=True,
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=60,
            )
        return told.read_text("utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for one case; its socket needs a short path."""
    import tempfile

    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL is not installed on this computer")
    folder = Path(tempfile.mkdtemp(prefix="vg-"))
    server = Server(folder, folders[-1])
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@given("a database for the team, with tables and a role for the program")
def _(bench: Workbench, database: Server, evidence: Any) -> None:
    name_database(bench, database)
    printed = bench.valgen(f"records store --sql {ROLE}")
    note(evidence, printed)
    equal(evidence, "exit status", 0, printed.status)
    database.sql(f"CREATE ROLE {ROLE} LOGIN", printed.out)
    evidence.actual(f"server {database.sql('SHOW server_version').strip()}")


def name_database(bench: Workbench, database: Server, *more: str) -> None:
    """Write the settings of the team store, in place of earlier ones."""
    path = bench.root / "valgen.toml"
    before = path.read_text("utf-8").partition("\n[records]")[0].rstrip("\n")
    address = f"postgresql://{ROLE}@x:{database.port}/postgres?host={database.folder}"
    lines = [before, "", "[records]", f'database = "{address}"', *more]
    path.write_text("\n".join(lines) + "\n", "utf-8")


@given("settings that name the database")
def _(bench: Workbench, evidence: Any) -> None:
    evidence.actual((bench.root / "valgen.toml").read_text("utf-8").partition("[records]")[2])


@given(parsers.parse('a second computer with the same project and the key of "{user}"'), target_fixture="second")
def _(bench: Workbench, user: str, evidence: Any) -> Workbench:
    home = bench.home / "second"
    home.mkdir()
    second = Workbench(home)
    shutil.copytree(bench.root, second.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".valgen"))
    shutil.copytree(bench.home / "keys" / "people", home / "keys" / "people")
    evidence.actual(f"{second.root}, without records; the sealed key of {user} was copied")
    return second


@when(parsers.re(r'the second computer runs "valgen (?P<arguments>[^"]*)"$'))
def _(bench: Workbench, second: Workbench, arguments: str, evidence: Any) -> None:
    answer = second.valgen(arguments)
    bench.answers.append(answer)
    note(evidence, answer)


@when(parsers.re(r'on the second computer "(?P<user>\w+)" runs "valgen (?P<arguments>[^"]*)"$'))
def _(bench: Workbench, second: Workbench, user: str, arguments: str, evidence: Any) -> None:
    answer = act(second, f"{arguments} --as {user}", password=PASSWORDS[user])
    bench.answers.append(answer)
    note(evidence, answer)


@then("both computers and the database hold the same records, numbered without gap")
def _(bench: Workbench, second: Workbench, database: Server, evidence: Any) -> None:
    lines = [(one.root / ".valgen/log/000000000.jsonl").read_text("utf-8") for one in (bench, second)]
    rows = database.sql("SELECT convert_from(line, 'UTF8') FROM valgen.record ORDER BY seq")
    holds(evidence, "the same lines three times", [len(lines[0]), len(lines[1]), len(rows)], lines == [rows, rows])
    numbers = [json.loads(line)["body"]["seq"] for line in rows.splitlines()]
    equal(evidence, "numbers", list(range(len(numbers))), numbers)


@then(parsers.parse('the records say that "{users}" have accounts'))
def _(bench: Workbench, users: str, evidence: Any) -> None:
    found = [body["user"] for body in bodies(bench) if body["kind"] == "account.created"]
    equal(evidence, "accounts", users.split(", "), found)


@when("the database does not answer")
def _(database: Server, evidence: Any) -> None:
    database.stop()
    evidence.actual("the server is stopped")


@when("the database answers again")
def _(database: Server, evidence: Any) -> None:
    database.start()
    evidence.actual("the server is started")


@when("the settings no longer name the database")
def _(bench: Workbench, evidence: Any) -> None:
    path = bench.root / "valgen.toml"
    path.write_text(path.read_text("utf-8").partition("\n[records]")[0] + "\n", "utf-8")
    evidence.actual("[records] is gone from valgen.toml")


@when(parsers.parse('the owner of the database executes "{statement}"'))
def _(database: Server, statement: str, evidence: Any) -> None:
    database.sql(statement)
    evidence.actual(statement)


@when(
    parsers.parse(
        'the owner of the database switches the triggers off, executes "{statement}", and switches them on again'
    )
)
def _(database: Server, statement: str, evidence: Any) -> None:
    names = database.sql(
        "SELECT c.relname || ' ' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'valgen' AND NOT t.tgisinternal"
    )
    pairs = [line.split() for line in names.splitlines()]
    database.sql(
        *(f"ALTER TABLE valgen.{table} DISABLE TRIGGER {name}" for table, name in pairs),
        statement,
        *(f"ALTER TABLE valgen.{table} ENABLE ALWAYS TRIGGER {name}" for table, name in pairs),
    )
    evidence.actual(f"{len(pairs)} triggers off; {statement}; on again")


@given(parsers.parse("settings that name the database and a bucket {kind}"))
def _(bench: Workbench, database: Server, kind: str, evidence: Any) -> None:
    service = bench.facts.get("s3") or start_service(bench)
    bench.facts["s3"] = service
    locked = not kind.startswith("without")
    name = "locked" if locked else "open"
    client = s3(bench)
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
    if locked:
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3650}}
        client.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
    bench.facts["bucket"] = name
    objects = f"s3://{name}/T1?endpoint={service}&region=us-east-1"
    name_database(bench, database, f'objects = "{objects}"', 'locked_for = "10 years"')
    evidence.actual(f"{kind}: {objects}")


def start_service(bench: Workbench) -> str:
    """Start the simulated S3 service and return its address."""
    port = _free_port()
    bench.variables |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    bench.start([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)])
    for _attempt in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise RuntimeError("the simulated S3 service does not start")


def s3(bench: Workbench) -> Any:
    """Return a client of the simulated service."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=bench.facts["s3"],
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@when("somebody deletes an object of the bucket without naming its version")
def _(bench: Workbench, evidence: Any) -> None:
    bucket = bench.facts["bucket"]
    key = s3(bench).list_objects_v2(Bucket=bucket)["Contents"][0]["Key"]
    s3(bench).delete_object(Bucket=bucket, Key=key)
    evidence.actual(f"deleted {key}")
