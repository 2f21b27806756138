"""The vault application of the example: what it promises, without a storage service."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from vault import refusals
from vault.accounts import AUTHORITY, Function, Role
from vault.canonical import canonical_bytes, sha256_hex, timestamp
from vault.copies import check_copy
from vault.packages import RecordFile, differences
from vault.signatures import Meaning, check_signature

PASSWORD = "correct-horse-battery"


def test_address_is_the_digest_of_the_stored_manifest(world: Any) -> None:
    revision = world.store()
    assert sha256_hex(world.bucket.get(f"packages/{revision.address}/manifest.json")) == revision.address


def test_revisions_are_numbered_from_one_and_chained(world: Any) -> None:
    revisions = [world.store(content=bytes([n])) for n in (1, 2, 3)]
    assert [revision.number for revision in revisions] == [1, 2, 3]
    assert revisions[1].address.encode() in world.bucket.get(f"packages/{revisions[2].address}/manifest.json")


def test_number_that_is_taken_is_refused_and_recorded(world: Any) -> None:
    world.store()
    with pytest.raises(refusals.RevisionExists):
        world.store(expected_number=1)
    assert world.vault.trail.entries("KRAS-001")[-1].act == "refused"


def test_hidden_revision_keeps_its_number(world: Any) -> None:
    world.store()
    world.bucket.markers["records/KRAS-001/r0001.json"] = 1
    assert world.store(content=b"2").number == 2


@pytest.mark.parametrize("path", ["", "../x", "a/../x", "/x", "C:x", "a\\x", "a//x", "./x", "a\nb"])
def test_path_that_leaves_the_package_is_refused(world: Any, path: str) -> None:
    with pytest.raises(refusals.PackageInvalid):
        world.vault.store("ann", "KRAS-001", "t", "r", [RecordFile(path=path, data=b"")], "reason")
    assert list(world.bucket.keys("packages/")) == []


def test_record_id_that_is_no_name_is_recorded_under_a_name_of_its_own(world: Any) -> None:
    with pytest.raises(refusals.PackageInvalid):
        world.store("../accounts")
    assert world.vault.trail.entries("UNKNOWN")[-1].reason.startswith("PackageInvalid")


def test_altered_file_is_named_and_not_handed_out(world: Any) -> None:
    revision = world.store()
    world.bucket.put_past_the_vault(f"packages/{revision.address}/files/run.csv", b"a,b\n1,3\n")
    assert world.vault.verify("ida", "KRAS-001") == ["altered: files/run.csv"]
    with pytest.raises(refusals.Altered):
        world.vault.read("ida", "KRAS-001")
    with pytest.raises(refusals.Altered):
        world.vault.export("ida", "KRAS-001")


def test_manifest_that_is_no_manifest_is_reported_as_altered() -> None:
    assert differences(b"[]", "0" * 64, {"a": b""}) == ["altered: manifest.json"]
    assert differences(b"", "0" * 64, {}) == ["altered: manifest.json"]


@pytest.mark.parametrize("function", list(Function))
@pytest.mark.parametrize("role", list(Role))
def test_authority_follows_the_table(world: Any, function: Function, role: Role) -> None:
    user = {Role.CONTRIBUTOR: "ann", Role.REVIEWER: "ben", Role.APPROVER: "cat", Role.INSPECTOR: "ida"}.get(role, "adm")
    if role in AUTHORITY[function]:
        assert world.accounts.permit(user, function).role == role
    else:
        with pytest.raises(refusals.NotPermitted):
            world.accounts.permit(user, function)


def test_account_is_locked_by_the_third_failed_attempt(world: Any) -> None:
    world.store()
    for _ in range(3):
        with pytest.raises(refusals.AuthenticationFailed):
            world.vault.sign("ben", "wrong-password", "KRAS-001", 1, Meaning.REVIEWED)
    with pytest.raises(refusals.AccountLocked):
        world.vault.sign("ben", PASSWORD, "KRAS-001", 1, Meaning.REVIEWED)
    world.vault.unlock_account("adm", "ben")
    assert world.vault.sign("ben", PASSWORD, "KRAS-001", 1, Meaning.REVIEWED).printed_name == "Ben"


def test_success_forgets_failed_attempts(world: Any) -> None:
    for _ in range(5):
        with pytest.raises(refusals.AuthenticationFailed):
            world.accounts.authenticate("ben", "wrong-password")
        world.accounts.authenticate("ben", PASSWORD)


def test_user_id_is_never_given_again(world: Any) -> None:
    world.vault.deactivate_account("adm", "ann")
    with pytest.raises(refusals.AccountExists):
        world.vault.create_account("adm", "ann", "Anna", Role.REVIEWER, PASSWORD)
    with pytest.raises(refusals.UnknownUser):
        world.store()


def test_author_does_not_approve(world: Any) -> None:
    world.store()
    world.vault.sign("ann", PASSWORD, "KRAS-001", 1, Meaning.AUTHORED)
    world.vault.change_role("adm", "ann", Role.APPROVER)
    with pytest.raises(refusals.AuthorMayNotApprove):
        world.vault.sign("ann", PASSWORD, "KRAS-001", 1, Meaning.APPROVED)


@pytest.mark.parametrize(
    "fact", ["printed_name", "meaning", "signed_at", "address", "role", "user", "reason", "record"]
)
def test_changed_fact_of_a_signature_is_found(world: Any, fact: str) -> None:
    world.store()
    signature = world.vault.sign("cat", PASSWORD, "KRAS-001", 1, Meaning.APPROVED)
    key = world.signer.public_key()
    assert check_signature(signature, signature.address, key) == "valid"
    changed = replace(signature, **{fact: "something else"})
    assert check_signature(changed, signature.address, key) == "signature does not match its record"


def test_signature_of_another_package_is_not_valid_here(world: Any) -> None:
    world.store()
    signature = world.vault.sign("cat", PASSWORD, "KRAS-001", 1, Meaning.APPROVED)
    assert check_signature(signature, "f" * 64, world.signer.public_key()) == "signature is for another package"


def test_release_names_each_missing_meaning(world: Any) -> None:
    world.store()
    with pytest.raises(refusals.NotSigned, match="lacks: authored, reviewed, approved"):
        world.vault.release("cat", "KRAS-001", 1)
    world.sign_all()
    world.vault.release("cat", "KRAS-001", 1)
    assert world.vault.released("KRAS-001") == [1]


def test_every_act_is_recorded_once_in_order(world: Any) -> None:
    world.store()
    world.sign_all()
    world.vault.release("cat", "KRAS-001", 1)
    world.vault.read("ida", "KRAS-001")
    world.vault.hold("cat", "KRAS-001", 1, True, "LEG-1")
    assert [entry.act for entry in world.vault.trail.entries("KRAS-001")] == [
        "stored", "signed", "signed", "signed", "released", "read", "hold set",
    ]  # fmt: skip
    assert len(world.bucket.held) == 3
    assert world.vault.check_audit_trail("KRAS-001") == "intact"


def test_entry_of_a_change_holds_both_addresses(world: Any) -> None:
    first = world.store()
    second = world.store(content=b"2", reason="corrected")
    entry = world.vault.trail.entries("KRAS-001")[-1]
    assert (entry.address_before, entry.address_after, entry.reason) == (first.address, second.address, "corrected")


def test_last_entry_written_again_does_not_change_what_is_read(world: Any) -> None:
    world.store()
    world.bucket.put_past_the_vault("audit/KRAS-001/000001.json", b"{}")
    assert world.vault.trail.entries("KRAS-001")[0].act == "stored"
    assert "entry 1 was written 2 times" in world.vault.check_audit_trail("KRAS-001")


def test_hidden_last_entry_is_still_read_and_its_number_not_given_again(world: Any) -> None:
    world.store()
    world.bucket.markers["audit/KRAS-001/000001.json"] = 1
    world.store(content=b"2")
    assert [entry.number for entry in world.vault.trail.entries("KRAS-001")] == [1, 2]
    assert "entry 1 was marked as deleted" in world.vault.check_audit_trail("KRAS-001")


def test_period_includes_both_ends(world: Any) -> None:
    world.store()
    at = datetime.fromisoformat(world.vault.trail.entries("KRAS-001")[0].at.replace("Z", "+00:00"))
    world.time = at + timedelta(days=90) - timedelta(seconds=1)
    assert len(world.vault.audit_trail("ida", "KRAS-001", 90)) == 1
    world.time = at + timedelta(days=90)
    assert [entry.act for entry in world.vault.audit_trail("ida", "KRAS-001", 90)] == ["audit trail listed"]


def copy_of(world: Any) -> bytes:
    world.store()
    world.sign_all()
    data: bytes = world.vault.export("ida", "KRAS-001").data
    return data


def repacked(data: bytes, name: str, part: bytes | None) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    if part is None:
        del parts[name]
    else:
        parts[name] = part
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)
    return found.getvalue()


def test_untouched_copy_is_unaltered(world: Any) -> None:
    assert check_copy(copy_of(world)) == []


def test_every_part_of_a_copy_is_protected_against_change(world: Any) -> None:
    data = copy_of(world)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, part in parts.items():
        for position in (0, len(part) // 2, len(part) - 3):
            changed = part[:position] + bytes([part[position] ^ 1]) + part[position + 1 :]
            assert check_copy(repacked(data, name, changed)) != [], (name, position)


def test_key_of_somebody_else_makes_signatures_and_seal_invalid(world: Any) -> None:
    other = type(world.signer)().public_key()
    found = check_copy(repacked(copy_of(world), "signatures/public-key.der", other))
    assert sum(line.startswith("invalid: signatures/") for line in found) == 3
    assert any("seal" in line for line in found)


@pytest.mark.parametrize("name", ["README.md", "record/files/run.csv", "audit-trail/entries.csv"])
def test_part_removed_from_a_copy_is_missing(world: Any, name: str) -> None:
    assert f"missing: {name}" in check_copy(repacked(copy_of(world), name, None))


@pytest.mark.parametrize(
    "seal", [b"", b"[]", b"{}", b'{"address":1,"entries":2}', b'{"address":"x","entries":2,"value":3}']
)
def test_seal_that_is_none_is_reported(world: Any, seal: bytes) -> None:
    assert any("seal.json" in line for line in check_copy(repacked(copy_of(world), "audit-trail/seal.json", seal)))


@pytest.mark.parametrize("record", [b"", b"[]", b"{}", b"no"])
def test_signature_that_is_none_is_reported(world: Any, record: bytes) -> None:
    found = check_copy(repacked(copy_of(world), "signatures/002.json", record))
    assert "invalid: signatures/002.json: no signature record" in found


@pytest.mark.parametrize("data", [b"", b"text", canonical_bytes({"a": 1})])
def test_file_that_is_no_copy_is_refused(data: bytes) -> None:
    with pytest.raises(refusals.PackageInvalid):
        check_copy(data)


def test_csv_of_a_copy_begins_no_cell_as_a_formula(world: Any) -> None:
    world.store(reason="=HYPERLINK(1)")
    copy = world.vault.export("ida", "KRAS-001")
    assert b"'=HYPERLINK" in copy.file("audit-trail/entries.csv")


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        timestamp(datetime(2026, 4, 1))


def test_password_is_kept_as_a_hash_only(world: Any) -> None:
    account = world.accounts.get("ann")
    assert PASSWORD.encode() not in account.password_hash + account.salt
    assert len(account.salt) == 16
