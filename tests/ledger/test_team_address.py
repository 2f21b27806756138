"""Addresses of team stores: what they may hold, and that a password is never shown."""

from __future__ import annotations

import pytest

from valgen.errors import SourceError
from valgen.ledger.team_address import read_database, read_days, read_objects


def test_a_database_on_another_computer_is_reached_encrypted_unless_said_otherwise() -> None:
    found = read_database("postgresql://valgen@db.example.org:5433/records")
    assert (found.host, found.port, found.name, found.user) == ("db.example.org", 5433, "records", "valgen")
    assert (found.schema, found.encrypted, found.authority) == ("valgen", True, "")
    assert not read_database("postgresql://db.example.org/records?sslmode=disable").encrypted


def test_a_socket_and_the_own_computer_need_no_encryption() -> None:
    assert read_database("postgresql:///records?host=/var/run/postgresql").host == "/var/run/postgresql"
    assert not read_database("postgresql:///records?host=/var/run/postgresql").encrypted
    assert not read_database("postgresql://localhost/records").encrypted
    assert read_database("postgresql://localhost/records?sslmode=verify-full&sslrootcert=ca.pem").authority == "ca.pem"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db.example.org",
        "postgresql:///records",
        "postgresql://db/a/b",
        "postgresql://db:port/records",
        "postgresql://db/records?sslmode=require",
        "postgresql://db/records?schema=public;drop",
        "postgresql://db/records?options=-c",
        "postgresql://db/records?schema=a&schema=b",
        "postgresql://db/records#x",
        "mysql://db/records",
        "records",
        "",
    ],
)
def test_what_is_no_database_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        read_database(text)


@pytest.mark.parametrize("text", ["postgresql://me:sesame@db/records", "postgresql://:sesame@db/records"])
def test_a_password_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SourceError) as error:
        read_database(text)
    assert "sesame" not in f"{error.value}{error.value.what}{error.value.why}{error.value.fix}"


def test_a_bucket_has_a_prefix_of_its_own() -> None:
    found = read_objects("s3://company-records/S3V/?region=eu-central-1")
    assert (found.bucket, found.prefix, found.region) == ("company-records", "S3V/", "eu-central-1")
    assert read_objects("s3://company-records").prefix == ""
    assert read_objects("s3://records?endpoint=https://s3.example.org").endpoint == "https://s3.example.org"


@pytest.mark.parametrize(
    "text",
    [
        "s3://",
        "s3://Bucket_Name/x",
        "s3://key:sesame@bucket/x",
        "s3://key@bucket/x",
        "s3://bucket/x?endpoint=ftp://x",
        "s3://bucket/x?endpoint=https://me:sesame@x",
        "s3://bucket/x%00",
        "s3://bucket?versioning=off",
        "https://bucket/x",
    ],
)
def test_what_is_no_bucket_is_refused(text: str) -> None:
    with pytest.raises(SourceError) as error:
        read_objects(text)
    if "key:" in text:
        assert "sesame" not in error.value.what


def test_a_time_is_a_number_of_days_or_years() -> None:
    assert [read_days(text) for text in ("1 day", "90 days", "1 year", "10 years")] == [1, 90, 365, 3650]
    for text in ("", "0 days", "10", "ten years", "101 years", "-1 days", "1.5 years", "10 years "):
        with pytest.raises(SourceError):
            read_days(text)
