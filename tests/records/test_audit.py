"""The audit trail leaves nothing out, names people as they were named then, and shows nothing that was altered."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pytest

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.kinds import KINDS
from valgen.records.audit import Trail, Wanted, read_trail
from valgen.records.audit_words import _WORDS, said
from valgen.workflow.audit import audit_trail, trail_csv, trail_json, trail_pdf

_SOURCE = Path(__file__).parents[1] / "writers_html" / "people_ledger.py"
_SPEC = importlib.util.spec_from_file_location("people_ledger_audited", _SOURCE)
assert _SPEC is not None and _SPEC.loader is not None
people = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(people)

SETTINGS = '[project]\nid = "S3V"\nname = "Vault"\n[system]\nname = "Vault"\nversion = "2.1.0"\n'


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def ledger() -> Any:
    """Everything that a ledger can hold, and an item that was changed in two versions of two documents."""
    ledger = people.whole()
    for document, version, old, new in (
        ("URS", "1.1", "new", "=cmd|'/c calc'!A1"),
        ("FS", "2.0", "", "of another document"),
    ):
        ledger.machine(
            "document.changed", document=document, version=version, previous="1.0", reason=f"why {version}",
            change_ref="CR-7", author="Ann", changes=[["URS-001", "text", old, new], ["URS-002", "title", "a", "b"]],
        )  # fmt: skip
    ledger.machine("login.failed", account="", source="tty9", reason="credentials")
    return ledger


@pytest.fixture(scope="module")
def folder(ledger: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
    return write(root / ".valgen", ledger.files())


def numbers(trail: Trail) -> list[int]:
    return [one.seq for one in trail.entries]


def test_without_a_filter_every_record_is_an_entry_in_order(folder: Path, ledger: Any) -> None:
    trail = read_trail(folder)
    assert numbers(trail) == list(range(len(ledger.lines)))
    assert (trail.records, trail.unsealed, trail.root_fingerprint) == (len(ledger.lines), 0, ledger.fingerprint)


def test_every_kind_of_record_has_words() -> None:
    assert set(_WORDS) == set(KINDS)


def test_every_entry_has_a_sentence_a_name_and_a_time(folder: Path) -> None:
    for one in read_trail(folder).entries:
        assert one.text and one.name and one.time.endswith("Z")
        assert "{" not in one.text, one.text


def test_item_filter_finds_every_change_of_the_item_and_nothing_else(folder: Path) -> None:
    trail = read_trail(folder, Wanted(item="URS-001"))
    changes = [(one.document, one.version, *((c.old, c.new) for c in one.changes)) for one in trail.entries]
    assert changes == [
        ("URS", "1.0", ("", "new")),
        ("URS", "1.1", ("new", "=cmd|'/c calc'!A1")),
        ("FS", "2.0", ("", "of another document")),
    ]
    assert [one.reason for one in trail.entries] == ["first", "why 1.1", "why 2.0"]


def test_case_run_and_execution_are_items_too(folder: Path) -> None:
    assert {one.kind for one in read_trail(folder, Wanted(item="OQ-001")).entries} == {
        "case.started", "step.result", "case.result",
    }  # fmt: skip
    assert len(read_trail(folder, Wanted(item="run-0001")).entries) == 5
    assert {one.kind for one in read_trail(folder, Wanted(item="exec-0001")).entries} >= {"execution.opened", "review"}


def test_field_filter_leaves_other_changes_of_the_record_out(folder: Path) -> None:
    found = [one.changes for one in read_trail(folder, Wanted(field="title")).entries]
    assert [[(c.item, c.field) for c in changes] for changes in found] == [[("URS-002", "title")]] * 2


def test_refusals_and_failed_logins_are_entries(folder: Path) -> None:
    refused = read_trail(folder, Wanted(action="refused")).entries
    assert [one.text for one in refused] == ["refused the act signature by Tara Test (tara) about URS 1.0 (VG600)"]
    failed = read_trail(folder, Wanted(action="login.failed")).entries
    assert [one.text for one in failed] == [
        "an attempt to sign in as Ann Author (ann) at tty1 failed: user id or password was not right",
        "an attempt to sign in with a user id that does not exist at tty9 failed: user id or password was not right",
    ]


def test_user_filter_finds_what_a_person_did_and_what_was_done_with_the_account(folder: Path) -> None:
    by_name, by_account = (read_trail(folder, Wanted(user=user)).entries for user in ("ann", "u-0003"))
    assert by_name == by_account
    kinds = {one.kind for one in by_name}
    assert {"account.created", "signature", "login.failed", "account.reset", "role.granted"} <= kinds
    assert all(one.account == "u-0003" or "u-0003" in one.accounts for one in by_name)


def test_who_is_renamed_keeps_the_old_name_on_old_records(folder: Path) -> None:
    names = [one.name for one in read_trail(folder, Wanted(user="ann", action="signature")).entries]
    assert names == ["Ann Author", "Ann Author", "Ann Author", "Ann Author-Smith"]


def test_changes_of_accounts_have_old_and_new_value_and_reason(folder: Path) -> None:
    (renamed,) = read_trail(folder, Wanted(action="account.changed")).entries
    assert [(c.item, c.field, c.old, c.new) for c in renamed.changes] == [
        ("ann", "name", "Ann Author", "Ann Author-Smith")
    ]
    assert (renamed.name, renamed.reason) == ("Ada Admin", "married")
    (granted,) = read_trail(folder, Wanted(action="role.granted")).entries
    assert [(c.old, c.new) for c in granted.changes] == [("author", "author, technical_reviewer")]
    states = read_trail(folder, Wanted(user="tara", field="state")).entries
    assert [[(c.old, c.new) for c in one.changes] for one in states] == [
        [("", "waiting")], [("waiting", "active")], [("active", "disabled")],
    ]  # fmt: skip


def test_time_is_in_utc_with_the_zone_of_the_person(folder: Path) -> None:
    first = read_trail(folder, Wanted(action="signature")).entries[0]
    assert (first.time, first.zone) == ("2026-03-02T00:02:50Z", "Europe/Berlin +01:00")


def test_time_filters_take_their_last_day_and_minute_whole(folder: Path, ledger: Any) -> None:
    assert len(read_trail(folder, Wanted(since="2026-03-02", until="2026-03-02")).entries) == len(ledger.lines)
    minute = read_trail(folder, Wanted(since="2026-03-02T00:02", until="2026-03-02T00:02")).entries
    assert {one.time[:16] for one in minute} == {"2026-03-02T00:02"} and len(minute) == 6
    assert read_trail(folder, Wanted(since="2026-03-03")).entries == ()


def test_group_of_actions_is_a_filter(folder: Path) -> None:
    assert {one.kind.partition(".")[0] for one in read_trail(folder, Wanted(action="account")).entries} == {"account"}


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(action="sign"),
        Wanted(since="2.3.2026"),
        Wanted(until="yesterday"),
        Wanted(since="2026-13-01"),
        Wanted(until="2026-02-30"),
        Wanted(since="2026-03-02T24:30"),
        Wanted(user="ghost"),
        Wanted(user="ghost", action="signature"),
    ],
)
def test_filter_that_is_not_understood_is_refused(folder: Path, wanted: Wanted) -> None:
    with pytest.raises(ExecutionError) as refused:
        audit_trail(folder.parent, wanted)
    assert refused.value.code == "VG629"


@pytest.mark.parametrize("since", ["2026", "2026-03", "2026-03-02", "2026-03-02T00", "2026-03-02T00:00:00.5Z"])
def test_part_of_a_time_is_a_filter(folder: Path, since: str) -> None:
    assert audit_trail(folder.parent, Wanted(since=since)).entries


def test_csv_has_a_row_for_each_change_and_no_cell_begins_as_a_formula(folder: Path) -> None:
    rows = list(csv.reader(io.StringIO(trail_csv(read_trail(folder)).decode("utf-8-sig"))))
    titles, cells = rows[0], rows[1:]
    assert titles == [
        "Record", "Time (UTC)", "Zone of the person", "Who", "Action", "What", "Item", "Field", "Old value",
        "New value", "Reason",
    ]  # fmt: skip
    changed = [row for row in cells if row[6] == "URS-001" and row[7] == "text"]
    assert [row[8] for row in changed] == ["", "new", ""]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in cells for cell in row)


def test_json_and_csv_say_the_same(folder: Path) -> None:
    trail = read_trail(folder)
    entries = json.loads(trail_json(trail))["entries"]
    rows = list(csv.reader(io.StringIO(trail_csv(trail).decode("utf-8-sig"))))[1:]
    assert list(dict.fromkeys(row[0] for row in rows)) == [str(one["record"]) for one in entries]
    assert len(rows) == sum(max(1, len(one["changes"])) for one in entries)


def test_pdf_is_made_from_the_same_rows(folder: Path) -> None:
    (data,) = trail_pdf(read_trail(folder, Wanted(item="URS-001")), folder.parent)
    assert data.startswith(b"%PDF-")


def test_extract_says_what_was_asked_for(folder: Path) -> None:
    trail = read_trail(folder, Wanted(item="URS-001", since="2026-03-01"))
    assert trail.asked == "item URS-001, from 2026-03-01"
    assert json.loads(trail_json(trail))["asked"] == trail.asked
    assert read_trail(folder).asked == "all records"


def test_altered_record_is_never_shown(ledger: Any, tmp_path: Path) -> None:
    files = ledger.files()
    for name in sorted(name for name in files if name.startswith("log/")):
        for at in range(0, len(files[name]), 997):
            changed = bytearray(files[name])
            changed[at] ^= 1
            folder = write(tmp_path / f"{name[4:13]}-{at}", {**files, name: bytes(changed)})
            with pytest.raises(VerificationError):
                read_trail(folder)


def test_altered_reason_in_an_attachment_is_never_shown(tmp_path: Path) -> None:
    ledger = people.enrolled()
    text = "x" * 20000
    long = {**ledger.blob(text.encode()), "head": text[:1000], "media_type": "text/plain"}
    ledger.machine("refused", act="signature", account="", subject="", code="VG600", reason=long)
    files = ledger.files()
    folder = write(tmp_path / "whole", files)
    assert read_trail(folder, Wanted(action="refused")).entries[0].reason == text
    name = next(name for name in files if name.startswith("blobs/"))
    altered = write(tmp_path / "altered", {**files, name: b"y" * 20000})
    with pytest.raises(VerificationError):
        read_trail(altered)


def test_project_without_ledger_has_no_audit_trail(tmp_path: Path) -> None:
    (tmp_path / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
    with pytest.raises(ExecutionError) as refused:
        audit_trail(tmp_path, Wanted())
    assert refused.value.code == "VG570"


def test_identity_check_by_somebody_not_named_reads_as_such() -> None:
    body = {
        "kind": "account.created", "account": "u-0001", "person": "u-0001", "user": "ada", "name": "Ada Minster",
        "service": False, "roles": [], "identity": {"by": "", "how": "passport seen", "on": "2026-11-21"},
    }  # fmt: skip
    assert "identity checked by somebody not named on 2026-11-21" in said(body, lambda account: account)
