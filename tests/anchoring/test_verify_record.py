"""A scheduled verification becomes a record, and one that is overdue is told (integrity.md I-16)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from people_world import World
from valgen.cli.verify_ import command
from valgen.errors import ExecutionError
from valgen.ledger.files import Layout
from valgen.ledger.record import Draft
from valgen.ledger.verify import verify_log
from valgen.records.ledger import open_ledger
from valgen.records.signing_reader import RecordedVerification, read_signing
from valgen.verifier import verifier_path
from valgen.workflow.verify import Given
from valgen.workflow.verify_record import overdue_verification, verify_and_record


def recorded(world: World, **more: Any) -> Any:
    return verify_and_record(world.root, Given(keystore=world.keystore, **more), desk=world.desk)


def attach(world: World) -> Path:
    """Write a record with an attachment and return its file."""
    with open_ledger(world.desk.place, now=world.desk.now()) as ledger:
        body = {"act": "x", "account": "", "subject": "s", "code": "VG600", "reason": "evidence " * 2000}
        ledger.write([Draft("refused", body)], actor="valgen")
    (blob,) = [path for path in Layout(world.desk.place.folder).blobs.rglob("*") if path.is_file()]
    return blob


def rot(blob: Path) -> None:
    """Flip one bit, as old storage does."""
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(data)


@pytest.mark.attack("I-16")
def test_a_verification_becomes_a_record_that_verifies(world: World) -> None:
    attach(world)
    size = len(world.records())
    found = recorded(world)
    assert found.ok and f"This verification is record {size} of the ledger." in found.notes
    (body,) = world.records("verified")
    assert (body["size"], body["data"], body["problems"], body["findings"]) == (size, True, 0, "")
    assert (body["root"], body["actor"], body["compared"]) == (found.head[1], "valgen", "")
    assert verify_log(world.desk.place.folder, strict=True).ok
    # The next one is compared with what this one saw, and covers its record.
    recorded(world)
    assert [one["compared"] for one in world.records("verified")] == ["", "remembered"]
    assert world.records("verified")[1]["size"] == size + 1


@pytest.mark.attack("I-16")
def test_bits_that_rotted_are_found_by_the_scheduler_and_stand_in_the_record(world: World) -> None:
    blob = attach(world)
    assert recorded(world).ok
    rot(blob)
    found = recorded(world)
    assert not found.ok
    good, bad = world.records("verified")
    assert good["problems"] == 0 and bad["problems"] == len(found.problems) == 1
    assert bad["findings"].startswith(found.problems[0].code) and blob.name in bad["findings"]
    # Not reading the attachments finds nothing, and the record says that nothing was read.
    assert recorded(world, read_data=False).ok
    assert [one["data"] for one in world.records("verified")] == [True, True, False]
    verifications = read_signing(world.desk.place.folder).verifications
    assert [one.problems for one in verifications] == [0, 1, 0]


@pytest.mark.attack("I-16")
def test_the_command_of_a_scheduler_says_so_with_its_exit_status(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALGEN_KEYSTORE", str(world.keystore))
    blob = attach(world)
    arguments = ["--record", "--project", str(world.root)]
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert (done.return_value, done.exception) == (0, None) and "is record" in done.output
    rot(blob)
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert done.return_value == 1 and blob.name in done.output
    assert [one["problems"] for one in world.records("verified")] == [0, 1]
    done = CliRunner().invoke(command, [*arguments, "--dry"])
    assert done.exit_code == 2 and "no PATH and no --dry" in done.output


def test_a_ledger_that_takes_no_record_is_a_problem_and_what_was_found_is_told(world: World) -> None:
    path = Layout(world.desk.place.folder).segment(0)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    found = recorded(world)
    codes = [one.code for one in found.problems]
    assert codes[-1] == "VG639" and len(codes) > 1
    assert b'"kind":"verified"' not in path.read_bytes()


def test_without_a_ledger_nothing_can_be_recorded(tmp_path: Path) -> None:
    with pytest.raises(ExecutionError) as refusal:
        verify_and_record(World(tmp_path).root, Given(keystore=tmp_path / "keys"))
    assert refusal.value.code == "VG570"


@pytest.mark.attack("I-16")
@pytest.mark.parametrize("change", [{"size": 3}, {"root": "0" * 64}, {"size": 999}])
def test_a_record_of_a_verification_that_was_of_something_else_is_found_by_both_verifiers(
    world: World, change: dict[str, Any]
) -> None:
    """Somebody with the recorder key writes that another ledger was verified."""
    recorded(world)
    (body,) = world.records("verified")
    kept = {key: body[key] for key in ("size", "root", "data", "compared", "problems", "findings", "tool")}
    with open_ledger(world.desk.place, now=world.desk.now()) as ledger:
        ledger.write([Draft("verified", {**kept, **change})], actor="valgen")
    assert [one.code for one in verify_log(world.desk.place.folder).problems] == ["VG556"]
    line = [sys.executable, str(verifier_path()), str(world.desk.place.folder), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and len(json.loads(done.stdout)["problems"]) == 1


def made(time: str, *, data: bool = True, problems: int = 0) -> RecordedVerification:
    return RecordedVerification(record=7, time=time, data=data, problems=problems)


@pytest.mark.attack("I-16")
@pytest.mark.parametrize(
    ("every", "verifications", "told"),
    [
        ("", [], []),
        ("", [made("2020-01-01T00:00:00.000Z")], []),
        ("month", [], ["never verified"]),
        ("month", [made("2026-03-01T00:00:00.000Z", data=False)], ["never verified"]),
        ("month", [made("2026-03-01T00:00:00.000Z")], []),
        ("day", [made("2026-03-01T00:00:00.000Z")], []),
        ("day", [made("2026-02-28T00:00:00.000Z")], ["by 2026-03-01, every day"]),
        ("week", [made("2026-02-22T00:00:00.000Z")], ["by 2026-03-01, every week"]),
        ("year", [made("2025-02-22T00:00:00.000Z")], ["by 2026-02-23, every year"]),
        ("week", [made("2026-03-01T00:00:00.000Z", problems=2)], ["found 2 problems (record 7)"]),
        ("week", [made("2026-01-01T00:00:00.000Z"), made("2026-03-01T00:00:00.000Z", data=False)], ["on 2026-01-01"]),
    ],
)
def test_a_verification_that_is_overdue_or_found_something_is_told(
    every: str, verifications: list[RecordedVerification], told: list[str]
) -> None:
    found = list(overdue_verification(every, verifications, "2026-03-02"))
    assert len(found) == len(told)
    assert all(part in text for part, text in zip(told, found, strict=True))


@pytest.mark.attack("I-16")
def test_status_says_that_a_verification_is_overdue(world: World) -> None:
    from valgen.workflow.status import status

    path = world.root / "valgen.toml"
    path.write_text(path.read_text("utf-8") + '[records]\nverify_every = "month"\n', "utf-8")
    assert any("never verified with every attachment" in one for one in status(world.root, cached=False).overdue)
    recorded(world)
    assert not [one for one in status(world.root, cached=False).overdue if "verified" in one]
