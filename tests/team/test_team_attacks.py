"""Somebody who owns the database or the bucket changes what lies there (integrity.md I-17, I-18)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledger_people import admin_with_log_key, lines_of
from team_world import DAYS, Office, now

from valgen.errors import ExecutionError, ValgenError, VerificationError
from valgen.ledger.heads import read_head
from valgen.ledger.team_address import TeamAddress
from valgen.workflow.team_store import Done, connect

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("team")]

TABLES = ("ledger", "record", "kept", "blob")
TRIGGERS = (
    ("ledger", "never_removed"),
    ("ledger", "only_forward"),
    ("record", "only_added"),
    ("kept", "only_added"),
    ("blob", "only_added"),
)


def codes(office: Office, machine: int = 1) -> set[str]:
    """Return the codes of what verification finds on a computer."""
    found = office.verify(machine)
    assert found.ok == (not found.problems)
    return {one.code for one in found.problems}


def begun(office: Office) -> Office:
    """A ledger with some records in the store, verified, so that this computer remembers it."""
    office.begin(records=2)
    for word in ("one", "two", "three"):
        office.write(word, long=word == "two")
    assert codes(office) == set()
    return office


def as_owner(office: Office, *statements: str) -> None:
    """Do something to the tables with their triggers switched off, and switch them on again."""
    schema = office.schema
    for table in TABLES:
        office.sql.run(f"ALTER TABLE {schema}.{table} DISABLE TRIGGER ALL")
    for statement in statements:
        office.sql.run(statement.replace("@", schema))
    for table, name in TRIGGERS:
        office.sql.run(f"ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {name}")


ROWS = {
    "one byte of a record": (
        "UPDATE @.record SET line = set_byte(line, 40, get_byte(line, 40) # 1) WHERE seq = 2",
        "VG646",
    ),
    "two records change places": (
        "UPDATE @.record r SET line = o.line FROM @.record o WHERE r.seq IN (2, 3) AND o.seq = 5 - r.seq",
        "VG646",
    ),
    "a record in the middle is removed": ("DELETE FROM @.record WHERE seq = 2", "VG646"),
    "the newest record is removed": ("DELETE FROM @.record WHERE seq = (SELECT max(seq) FROM @.record)", "VG645"),
    "a record is added": (
        "INSERT INTO @.record SELECT origin, seq + 1, line FROM @.record ORDER BY seq DESC LIMIT 1",
        "VG646",
    ),
    "all records are removed": ("TRUNCATE @.record", "VG645"),
    "the ledger is removed": ("TRUNCATE @.ledger, @.record, @.kept, @.blob", "VG644"),
    "a kept checkpoint is removed": ("DELETE FROM @.kept WHERE number = 0", "VG646"),
    "a kept checkpoint is exchanged": (
        "UPDATE @.kept SET line = (SELECT line FROM @.kept WHERE number = 0) WHERE number = 1",
        "VG646",
    ),
    "another root": ("UPDATE @.ledger SET root = root || 'x'", "VG646"),
    "a checkpoint with another signature": (
        "UPDATE @.ledger SET checkpoint = overlay(checkpoint PLACING 'AAAA' FROM length(checkpoint) - 9)",
        "VG646",
    ),
    "an attachment is altered": ("UPDATE @.blob SET content = content || 'x'", "VG647"),
    "an attachment is removed": ("DELETE FROM @.blob", "VG647"),
}


@pytest.mark.attack("I-18")
def test_rows_changed_by_their_owner_are_found(office: Office) -> None:
    """Each change in a transaction of its own, with the triggers as they were afterwards; undone by the backup."""
    begun(office)
    saved = {table: office.sql.run(f"SELECT * FROM {office.schema}.{table}") for table in TABLES}
    for name, (statement, code) in ROWS.items():
        as_owner(office, statement)
        found = office.verify(1)
        assert code in {one.code for one in found.problems}, (name, found.problems)
        assert not found.ok, name
        put_back(office, saved)
    assert codes(office) == set()


def put_back(office: Office, saved: dict[str, Any]) -> None:
    as_owner(office, "TRUNCATE @.ledger, @.record, @.kept, @.blob")
    for table, rows in saved.items():
        for row in rows:
            named = {f"v{place}": value for place, value in enumerate(row)}
            values = ", ".join(f":{name}" for name in named)
            office.sql.run(f"INSERT INTO {office.schema}.{table} VALUES ({values})", **named)


@pytest.mark.attack("I-18")
def test_triggers_refuse_even_the_owner_until_they_are_disabled(office: Office) -> None:
    from pg8000.native import DatabaseError

    begun(office)
    for statement in (
        "UPDATE @.record SET line = ''",
        "DELETE FROM @.record WHERE seq = 1",
        "TRUNCATE @.record",
        "TRUNCATE @.kept",
        "DELETE FROM @.ledger",
        "UPDATE @.ledger SET size = size - 1",
        "UPDATE @.blob SET content = ''",
    ):
        with pytest.raises(DatabaseError, match="valgen"):
            office.sql.run(statement.replace("@", office.schema))
    assert codes(office) == set()


@pytest.mark.attack("I-18")
def test_an_older_copy_is_not_put_into_a_database_that_was_emptied(office: Office) -> None:
    """Once found by what the person saw, once by the bucket."""
    office.with_bucket()
    office.begin()
    older = office.base / "older"
    subprocess.run(["cp", "-r", str(office.place(1).folder), str(older)], check=True)
    office.write("newer")  # two, because the simulated service leaves out the first key behind a marker
    office.write("newest")
    subprocess.run(["cp", "-r", str(older), str(office.place(2).folder)], check=True)  # who saw nothing before
    assert codes(office) == set()
    as_owner(office, "TRUNCATE @.ledger, @.record, @.kept, @.blob")
    subprocess.run(["rm", "-r", str(office.place(1).folder)], check=True)
    subprocess.run(["cp", "-r", str(older), str(office.place(1).folder)], check=True)
    for machine, words in ((1, "you have seen"), (2, "the bucket")):
        with pytest.raises(VerificationError, match=words) as error:
            connect(office.place(machine), now=now())
        assert error.value.code == "VG645"
    assert office.rows() == []


SETUPS = {
    "a trigger is disabled": "ALTER TABLE @.record DISABLE TRIGGER only_added",
    "a trigger can be passed by in replica mode": "ALTER TABLE @.record ENABLE TRIGGER only_added",
    "a trigger is removed": "DROP TRIGGER only_added ON @.blob",
    "a trigger does nothing": (
        "CREATE OR REPLACE FUNCTION @.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    ),
    "a trigger of somebody else": (
        "CREATE TRIGGER other BEFORE INSERT ON @.record FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "a rule drops what is added": "CREATE RULE gone AS ON INSERT TO @.record DO INSTEAD NOTHING",
    "the role may change rows": "GRANT UPDATE ON @.record TO PUBLIC",
    "the role may change one column": "GRANT UPDATE (line) ON @.record TO PUBLIC",
    "a table is missing": "ALTER TABLE @.kept RENAME TO kept_before",
}


@pytest.mark.attack("I-18")
@pytest.mark.parametrize("name", SETUPS)
def test_tables_that_no_longer_protect_rows_are_found_and_refused(office: Office, name: str) -> None:
    office.begin()
    before = office.lines(1)
    office.sql.run(SETUPS[name].replace("@", office.schema))
    assert "VG642" in codes(office)
    with pytest.raises(ExecutionError) as error:
        office.write("no")
    assert error.value.code == "VG642"
    assert office.lines(1) == before


def dump(office: Office, *arguments: str, into: Path | None = None) -> None:
    """Call a program of PostgreSQL on the schema, as its owner."""
    program = Path(arguments[0])
    with (into or Path(os.devnull)).open("wb") as file:
        subprocess.run(
            [
                str(program),
                "-h",
                str(office.postgres),
                "-p",
                str(office.port),
                "-U",
                "owner",
                *arguments[1:],
                "postgres",
            ],
            stdout=file,
            stderr=subprocess.PIPE,
            check=True,
        )


@pytest.mark.attack("I-18")
def test_a_restored_dump_is_found_refused_and_completed(office: Office) -> None:
    office.begin()
    office.join()
    office.write("before")
    file = office.base / "dump.sql"
    dump(office, "pg_dump", "-n", office.schema, into=file)
    office.write("after")
    assert codes(office) == set()
    office.sql.run(f"DROP SCHEMA {office.schema} CASCADE")
    dump(office, "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file))
    assert codes(office) == {"VG645"}
    with pytest.raises(VerificationError) as error:
        office.write("no")
    assert error.value.code == "VG645"
    made = connect(office.place(1), now=now(), complete=True)
    assert (made.done, made.moved) == (Done.COMPLETED, 1)
    office.write("from two", 2)
    assert office.words(2) == ["before", "after", "from two"]
    assert codes(office) == set()


@pytest.mark.attack("I-18")
def test_a_history_rewritten_with_the_key_of_a_computer_is_not_taken_over(office: Office) -> None:
    """The attacker has the rows and the log key, removes a record, and signs a new checkpoint."""
    begun(office)
    office.join()
    office.write("newest")
    forged = office.base / "forged"
    subprocess.run(["cp", "-r", str(office.place(1).folder), str(forged)], check=True)
    forger = admin_with_log_key(forged)
    forger.remove(3)
    forger.remove(4)
    forger.add({**forger.value(-1)["body"], "subject": "invented"}, [next(iter(forger.keys.values()))])
    forger.add({**forger.value(-1)["body"], "subject": "invented too"}, [next(iter(forger.keys.values()))])
    forger.seal()
    note = (forged / "checkpoint").read_bytes()
    lines = lines_of(forged)
    as_owner(office, "TRUNCATE @.record, @.kept")
    schema = office.schema
    origin = office.sql.run(f"SELECT origin FROM {schema}.ledger")[0][0]
    for number, line in enumerate(lines):
        office.sql.run(f"INSERT INTO {schema}.record VALUES (:o, :n, :l)", o=origin, n=number, l=line)
    kept = (forged / "checkpoints.jsonl").read_bytes().splitlines()
    for number, line in enumerate(kept):
        office.sql.run(f"INSERT INTO {schema}.kept VALUES (:o, :n, :l)", o=origin, n=number, l=line)
    as_owner(office)
    for table in TABLES:
        office.sql.run(f"ALTER TABLE {schema}.{table} DISABLE TRIGGER ALL")
    office.sql.run(
        f"UPDATE {schema}.ledger SET size = :s, kept = :k, checkpoint = :c", s=len(lines), k=len(kept), c=note
    )
    as_owner(office)
    assert "VG646" in codes(office)
    for machine in (1, 2):
        before = office.lines(machine)
        with pytest.raises(VerificationError) as error:
            office.write("no", machine)
        assert error.value.code in ("VG645", "VG646")
        assert office.lines(machine) == before


# S3


def blob_key(office: Office) -> str:
    return office.keys("/blobs/")[0]


def only_version(office: Office, key: str) -> str:
    found = [one for one in office.s3.list_object_versions(Bucket=office.bucket)["Versions"] if one["Key"] == key]
    assert len(found) == 1
    return str(found[0]["VersionId"])


def delete_marker(office: Office) -> None:
    office.s3.delete_object(Bucket=office.bucket, Key=blob_key(office))


def marked_checkpoint(office: Office) -> None:
    office.s3.delete_object(Bucket=office.bucket, Key=office.keys("/checkpoints/")[-1])


def newer_version(office: Office) -> None:
    office.s3.put_object(Bucket=office.bucket, Key=blob_key(office), Body=b"something else")


def governance(office: Office) -> None:
    key = blob_key(office)
    stored = office.s3.get_object(Bucket=office.bucket, Key=key)["Body"].read()
    remove(office, key)
    office.s3.put_object(
        Bucket=office.bucket,
        Key=key,
        Body=stored,
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate="2099-01-01T00:00:00Z",
    )


def bypassed(office: Office) -> None:
    governance(office)
    key = blob_key(office)
    version = only_version(office, key)
    office.s3.delete_object(Bucket=office.bucket, Key=key, VersionId=version, BypassGovernanceRetention=True)


def inside(office: Office) -> Any:
    """Return the bucket as the simulated service keeps it."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[office.bucket]


def remove(office: Office, key: str) -> None:
    """Remove an object as no service that keeps its lock lets anybody do it: inside the simulated service."""
    inside(office).keys.pop(key)


def lost(office: Office) -> None:
    remove(office, blob_key(office))


def lifecycle(office: Office) -> None:
    rule = {
        "ID": "tidy",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }
    office.s3.put_bucket_lifecycle_configuration(Bucket=office.bucket, LifecycleConfiguration={"Rules": [rule]})


def weaker_default(office: Office) -> None:
    # The simulated service takes no new default for a bucket that holds objects; the real one does.
    inside(office).default_lock_mode = "GOVERNANCE"


OBJECTS: dict[str, tuple[Callable[[Office], None], str]] = {
    "a delete marker over an attachment": (delete_marker, "VG647"),
    "a delete marker over a checkpoint": (marked_checkpoint, "VG647"),
    "a newer version over an attachment": (newer_version, "VG647"),
    "an attachment under governance retention": (governance, "VG648"),
    "an attachment removed by bypassing governance": (bypassed, "VG647"),
    "an attachment gone with all its versions": (lost, "VG647"),
    "a lifecycle rule that expires old versions": (lifecycle, "VG643"),
    "a default retention that can be bypassed": (weaker_default, "VG643"),
}


@pytest.mark.attack("I-17")
@pytest.mark.parametrize("name", OBJECTS)
def test_objects_changed_in_the_bucket_are_found(office: Office, name: str) -> None:
    attack, code = OBJECTS[name]
    office.with_bucket()
    office.begin()
    office.write("long", long=True)
    assert codes(office) == set()
    attack(office)
    found = office.verify(1)
    assert code in {one.code for one in found.problems}, found.problems
    if code == "VG643":  # start-up refuses as well
        with pytest.raises(ExecutionError) as error:
            office.write("no")
        assert error.value.code == "VG643"


@pytest.mark.attack("I-17")
def test_what_a_marker_or_a_newer_version_hides_is_still_read(office: Office) -> None:
    """Another computer fetches the ledger: attachments come by version id, not by what a plain read gives."""
    office.with_bucket()
    office.begin()
    office.write("long", long=True)
    newer_version(office)
    delete_marker(office)
    made = connect(office.place(2), now=now())
    assert made.done is Done.FETCHED
    assert office.lines(2) == office.lines(1)


BUCKETS: dict[str, dict[str, Any]] = {
    "no lock": {"lock": False},
    "no default retention": {"mode": ""},
    "governance": {"mode": "GOVERNANCE"},
    "too short": {"days": DAYS - 1},
}


@pytest.mark.attack("I-17")
@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_that_protects_too_little_is_refused_before_anything_is_written(office: Office, name: str) -> None:
    bucket = office.make_bucket(f"{office.bucket}-weak", **BUCKETS[name])
    objects = office.objects.replace(office.bucket, bucket)
    office.address = TeamAddress(database=office.database, objects=objects, retention_days=DAYS)
    with pytest.raises(ExecutionError) as error:
        office.begin()
    assert error.value.code == "VG643"
    assert office.rows() == []
    assert office.s3.list_object_versions(Bucket=bucket).get("Versions", []) == []


@pytest.mark.attack("I-17")
def test_an_object_that_was_there_first_with_another_content_stops_the_act(office: Office) -> None:
    office.with_bucket()
    office.begin()
    office.write("long", long=True)
    key = blob_key(office)
    remove(office, key)
    office.s3.put_object(Bucket=office.bucket, Key=key, Body=b"planted")
    before = office.rows()
    with pytest.raises(ValgenError) as error:
        office.write("long", long=True)
    assert error.value.code == "VG647"
    assert office.rows() == before
    assert len(office.lines(1)) == len(before)


@pytest.mark.attack("I-17")
def test_a_content_stored_before_is_locked_for_as_long_as_a_new_one(office: Office) -> None:
    office.with_bucket()
    office.begin()
    office.write("long", long=True)
    key = blob_key(office)
    before = office.s3.head_object(Bucket=office.bucket, Key=key)["ObjectLockRetainUntilDate"]
    shorter = before.replace(year=before.year - 5)
    stored = inside(office).keys.getlist(key)[0]
    stored.lock_until = shorter.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert codes(office) == {"VG648"}
    office.write("long", long=True)
    again = office.s3.head_object(Bucket=office.bucket, Key=key)["ObjectLockRetainUntilDate"]
    assert again >= before
    assert codes(office) == set()


@pytest.mark.attack("I-18")
def test_the_bucket_shows_a_restored_database_to_a_computer_that_remembers_nothing(office: Office) -> None:
    office.with_bucket()
    office.begin()
    file = office.base / "dump.sql"
    dump(office, "pg_dump", "-n", office.schema, into=file)
    office.write("after")
    head = read_head((office.place(1).folder / "checkpoint").read_bytes())
    office.sql.run(f"DROP SCHEMA {office.schema} CASCADE")
    dump(office, "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file))
    assert len(office.rows()) == head.size - 1
    with pytest.raises(VerificationError) as error:
        connect(office.place(2), now=now())
    assert error.value.code == "VG645"
    assert not office.place(2).exists
