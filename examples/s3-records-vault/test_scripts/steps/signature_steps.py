"""Steps about electronic signatures and releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when
from vault.canonical import moment_of
from vault.signatures import check_signature

from .world import as_json


@when(parsers.parse('"{person}" signs revision {number:d} of "{record}" with the meaning "{meaning}"'))
def signs(site: Any, evidence: Any, person: str, number: int, record: str, meaning: str) -> None:
    site.answer = site.sign(person, record, number, meaning)
    evidence.actual(f"signature of {site.answer.printed_name} at {site.answer.signed_at}")


@then("the signature record states")
def record_states(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    found = {fact: str(getattr(site.answer, fact.replace(" ", "_"))) for fact, _ in datatable[1:]}
    evidence.table([{"Fact": fact, "Expected": value, "Found": found[fact]} for fact, value in datatable[1:]])
    assert found == {fact: value for fact, value in datatable[1:]}


@then("its time of signing is in UTC and lies within 5 seconds of the clock of the tester's computer")
def signing_time(site: Any, evidence: Any) -> None:
    now = datetime.now(UTC)
    evidence.actual(f"signed at {site.answer.signed_at}, clock {now.isoformat(timespec='milliseconds')}")
    assert site.answer.signed_at.endswith("Z")
    assert abs(now - moment_of(site.answer.signed_at)) <= timedelta(seconds=5)


@then(parsers.parse('the check of the signature says "{result}"'))
def check_of_signature(site: Any, evidence: Any, result: str) -> None:
    found = check_signature(site.answer, site.answer.address, public_key(site))
    evidence.actual(found)
    assert found == result


@then("the signature record is attached")
def signature_attached(site: Any, evidence: Any) -> None:
    evidence.attach(site.answer.data(), "signature.json", "application/json")
    evidence.actual(f"signature record over the address {site.answer.address}")
    assert site.answer.value


@then(parsers.parse('revision {number:d} of "{record}" has {count:d} signatures'))
def has_signatures(site: Any, evidence: Any, number: int, record: str, count: int) -> None:
    found = site.vault.signatures(site.record(record), number)
    evidence.actual(f"{len(found)} signatures")
    assert len(found) == count


@given(
    parsers.parse(
        'the signature record is copied under revision {number:d} of "{record}" with the rights of the AWS account'
    )
)
@when(
    parsers.parse(
        'the signature record is copied under revision {number:d} of "{record}" with the rights of the AWS account'
    )
)
def transplanted(site: Any, evidence: Any, number: int, record: str) -> None:
    source = f"signatures/{site.address(record, 1)}/"
    data = site.vault_store().get(next(iter(site.vault_store().keys(source))))
    target = f"signatures/{site.address(record, number)}/"
    free = len(list(site.vault_store().keys(target))) + 1
    answer = site.platform().put_object(
        Bucket=site.aws.bucket, Key=f"{target}{free:03d}.json", Body=data, ChecksumAlgorithm="SHA256"
    )
    evidence.actual(f"{target}{free:03d}.json, version {answer['VersionId']}, written past the vault")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@then(parsers.parse('the check of the signatures of revision {number:d} of "{record}" says "{result}"'))
def check_of_signatures(site: Any, evidence: Any, number: int, record: str, result: str) -> None:
    found = [outcome for _, outcome in site.vault.signatures(site.record(record), number)]
    evidence.actual("; ".join(found))
    assert found == [result]


@when(parsers.parse('the fact "{fact}" of a copy of the signature record is changed to "{value}"'))
def changes_fact(site: Any, evidence: Any, fact: str, value: str) -> None:
    original, outcome = site.vault.signatures(site.record("KRAS-001"), 1)[0]
    site.answer = replace(original, **{fact: "f" * 64 if value == "another address" else value})
    evidence.actual(f"{fact}: {getattr(original, fact)} changed to {getattr(site.answer, fact)}; before: {outcome}")


@then(parsers.parse('the check of that copy says "{result}"'))
def check_of_changed(site: Any, evidence: Any, result: str) -> None:
    found = check_signature(site.answer, site.address("KRAS-001", 1), public_key(site))
    evidence.actual(found)
    assert found == result


@then(parsers.parse('revision {number:d} of "{record}" is not released'))
def not_released(site: Any, evidence: Any, number: int, record: str) -> None:
    found = site.vault.released(site.record(record))
    evidence.actual(f"released revisions: {found or 'none'}")
    assert number not in found


@then(parsers.parse('revision {number:d} of "{record}" is released'))
def is_released(site: Any, evidence: Any, number: int, record: str) -> None:
    found = site.vault.released(site.record(record))
    evidence.actual(f"released revisions: {found or 'none'}")
    assert number in found


@when(parsers.parse('the signatures of revision {number:d} of "{record}" are asked for'))
def asks_for_signatures(site: Any, evidence: Any, number: int, record: str) -> None:
    site.answer = site.vault.signatures(site.record(record), number)
    evidence.table(
        [
            {
                "Printed name": one.printed_name,
                "Role": one.role,
                "Meaning": one.meaning,
                "Signed at (UTC)": one.signed_at,
                "Address signed": one.address,
                "Check": result,
            }
            for one, result in site.answer
        ]
    )


@then("they are, in the order of signing")
def in_order(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    found = [[one.printed_name, one.role, one.meaning] for one, result in site.answer if result == "valid"]
    evidence.actual("; ".join(", ".join(row) for row in found))
    assert found == datatable[1:]


@then(
    parsers.parse("each one shows date and time of signing in UTC, later than the time revision {number:d} was stored")
)
def later_than_storage(site: Any, evidence: Any, number: int) -> None:
    stored = site.revisions["KRAS-001", number].stored_at
    times = [one.signed_at for one, _ in site.answer]
    evidence.actual(f"stored {stored}; signed {', '.join(times)}")
    assert all(time.endswith("Z") and moment_of(time) > moment_of(stored) for time in times)
    assert times == sorted(times)


@then("each signer has an active account of their own in the role they signed in")
def signers_have_accounts(site: Any, evidence: Any) -> None:
    rows = [
        {
            "Signer": one.printed_name,
            "User id": one.user,
            "Account of": site.accounts.get(one.user).printed_name,
            "Role signed in": one.role,
            "Role of the account": site.accounts.get(one.user).role,
        }
        for one, _ in site.answer
    ]
    evidence.table(rows)
    assert all(row["Signer"] == row["Account of"] for row in rows)
    assert all(row["Role signed in"] == row["Role of the account"] for row in rows)
    assert len({row["User id"] for row in rows}) == len(rows)


@then("the signature manifest is attached")
def manifest_of_signatures(site: Any, evidence: Any) -> None:
    rows = [
        {
            "printed_name": one.printed_name,
            "meaning": one.meaning,
            "signed_at": one.signed_at,
            "address": one.address,
            "check": result,
        }
        for one, result in site.answer
    ]
    evidence.attach(as_json(rows), "signature-manifest.json", "application/json")
    evidence.actual(f"{len(rows)} signatures")
    assert len(rows) == 3


def public_key(site: Any) -> bytes:
    """Return the public key of the vault."""
    kms = site.aws.client("kms", "s3v-service")
    key: bytes = kms.get_public_key(KeyId=site.aws.configuration["signature_key_alias"])["PublicKey"]
    return key
