"""Steps at the storage service: objects, versions, retention, requests past the vault, planted faults."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pytest_bdd import given, parsers, then, when
from vault.canonical import sha256_hex
from vault.objects import BucketStore

from .world import as_json, contents_of, user_of

RECORD, NUMBER = "KRAS-001", 1  # "that package" in the sentences below
RESULTS = "files/results.csv"


def key_of(site: Any, path: str) -> str:
    """Return the object name of a file of that package."""
    return f"packages/{site.address(RECORD, NUMBER)}/{path}"


def first_version(site: Any, path: str) -> str:
    """Return the version id that was written first."""
    key = key_of(site, path)
    found: str = site.vault_store().histories(key)[key].first
    return found


def ask(site: Any, request: Callable[[], Any]) -> None:
    """Send a request that may be refused; keep status, error code and answer in ``site.answer``."""
    try:
        answer = request()
    except ClientError as error:
        head = error.response["ResponseMetadata"]
        site.answer = {
            "status": head["HTTPStatusCode"],
            "code": error.response["Error"]["Code"],
            "answer": error.response,
        }
    else:
        site.answer = {"status": answer["ResponseMetadata"]["HTTPStatusCode"], "code": "none", "answer": answer}


def told(site: Any) -> str:
    """Say status and error code of the last request."""
    return f"HTTP status {site.answer['status']}, error code {site.answer['code']}"


# What lies in the bucket


@then("the package is stored under the SHA-256 digest of its manifest")
def stored_under_digest(site: Any, evidence: Any) -> None:
    computed = sha256_hex(site.vault_store().get(key_of(site, "manifest.json")))
    evidence.expected(computed)
    evidence.actual(site.answer.address)
    assert site.answer.address == computed


@then("the package consists of exactly these objects")
def consists_of(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    prefix = key_of(site, "")
    found = [key.removeprefix(prefix) for key in site.vault_store().keys(prefix)]
    evidence.actual(", ".join(found))
    assert found == sorted(row[0] for row in datatable[1:])


@then("each stored object equals the bytes that were handed in")
def equals_handed_in(site: Any, evidence: Any) -> None:
    store = site.vault_store()
    rows = [
        {
            "Object": path,
            "SHA-256 handed in": sha256_hex(data),
            "SHA-256 stored": sha256_hex(store.get(key_of(site, path))),
        }
        for path, data in site.stored[RECORD, NUMBER].items()
    ]
    evidence.table(rows)
    assert all(row["SHA-256 handed in"] == row["SHA-256 stored"] for row in rows)


@when(parsers.parse('the tester reads the manifest of revision {number:d} of "{record}" from the bucket'))
def reads_manifest(site: Any, evidence: Any, number: int, record: str) -> None:
    data = site.platform().get_object(Bucket=site.aws.bucket, Key=key_of(site, "manifest.json"))["Body"].read()
    site.answer = json.loads(data)
    evidence.actual(f"manifest of {len(data)} bytes, {len(site.answer['files'])} files listed")


@then("it lists these files with their media types")
def lists_files(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    found = [[one["path"], one["media_type"]] for one in site.answer["files"]]
    evidence.actual("; ".join(f"{path}: {media}" for path, media in found))
    assert found == datatable[1:]


@then("size and SHA-256 digest of each listed file equal those computed from the stored object")
def digests_equal(site: Any, evidence: Any) -> None:
    rows = []
    for one in site.answer["files"]:
        data = site.platform().get_object(Bucket=site.aws.bucket, Key=key_of(site, one["path"]))["Body"].read()
        rows.append(
            {
                "File": one["path"],
                "Size listed": one["size_bytes"],
                "Size stored": len(data),
                "SHA-256 listed": one["sha256"],
                "SHA-256 computed": hashlib.sha256(data).hexdigest(),
            }
        )
    evidence.table(rows)
    assert all(row["Size listed"] == row["Size stored"] for row in rows)
    assert all(row["SHA-256 listed"] == row["SHA-256 computed"] for row in rows)


@then("the manifest is attached")
def manifest_attached(site: Any, evidence: Any) -> None:
    evidence.attach(as_json(site.answer), "manifest.json", "application/json")
    evidence.actual(f"revision {site.answer['revision']} of {site.answer['record']}")
    assert site.answer["files"]


@then("no package is stored")
def no_package(site: Any, evidence: Any) -> None:
    found = list(site.vault_store().keys("packages/")) if site.aws.simulated else []
    revisions = site.vault.revisions(site.record(RECORD))
    evidence.actual(f"{len(found)} objects of packages, {len(revisions)} revisions")
    assert (found, revisions) == ([], [])


# Uploads


@given("a connection that changes one byte of each upload")
def faulty_connection(site: Any, evidence: Any) -> None:
    client = site.aws.client("s3", "s3v-service")

    def change(params: dict[str, Any], **_: Any) -> None:
        if params["Key"].startswith("packages/"):
            data = bytes([params["Body"][0] ^ 1]) + params["Body"][1:]
            params["Body"] = data
            params["ChecksumSHA256"] = base64.b64encode(hashlib.sha256(data).digest()).decode()

    client.meta.events.register("provide-client-params.s3.PutObject", change, unique_id="faulty-connection")
    site.answer = client
    evidence.actual("first byte of each uploaded object inverted, its digest computed anew as a proxy would")


@when(parsers.parse('"{person}" tries to store revision {number:d} of "{record}" over this connection'))
def store_over_connection(site: Any, evidence: Any, person: str, number: int, record: str) -> None:
    client = site.answer
    readme, files = contents_of(site.record(record), number)
    site.attempt(
        lambda: site.vault.store(
            user_of(person), site.record(record), "KRAS", readme, files, "analytical run completed"
        )
    )
    client.meta.events.unregister("provide-client-params.s3.PutObject", unique_id="faulty-connection")
    evidence.actual(site.outcome())


@when("an object is uploaded directly with a SHA-256 digest that does not belong to it")
def upload_with_wrong_digest(site: Any, evidence: Any) -> None:
    wrong = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
    ask(
        site,
        lambda: site.platform().put_object(
            Bucket=site.aws.bucket,
            Key=f"packages/wrong-digest-{site.aws.stamp}",
            Body=b"content",
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=wrong,
        ),
    )
    evidence.actual(told(site))


class InterruptedStore(BucketStore):
    """A bucket in which somebody else acts just before a revision entry is written."""

    def __init__(self, s3: Any, bucket: str, interrupt: Callable[[], None]) -> None:
        super().__init__(s3, bucket)
        self.interrupt: Callable[[], None] | None = interrupt

    def put_new(self, key: str, data: bytes) -> None:
        """Let the other writer go first, once."""
        if key.startswith("records/") and self.interrupt:
            interrupt, self.interrupt = self.interrupt, None
            interrupt()
        super().put_new(key, data)


@when(parsers.parse('"{first}" stores a revision of "{record}" while "{second}" is storing one'))
def two_writers(site: Any, evidence: Any, first: str, record: str, second: str) -> None:
    store = InterruptedStore(
        site.aws.client("s3", "s3v-service"), site.aws.bucket, lambda: site.store(first, record) and None
    )
    readme, files = contents_of(site.record(record), 9)
    site.attempt(
        lambda: site.vault_on(store).store(user_of(second), site.record(record), "KRAS", readme, files, "second writer")
    )
    evidence.actual(f"{first}: revision {site.revisions[record, 1].number} stored; {second}: {site.outcome()}")


# Planted faults


@given(
    parsers.re(
        r"somebody with the rights of the AWS account (?P<fault>(?:changes 1 byte of|hides|adds) \S+) of that package"
    )
)
@when(
    parsers.re(
        r"somebody with the rights of the AWS account (?P<fault>(?:changes 1 byte of|hides|adds) \S+) of that package"
    )
)
def plant(site: Any, evidence: Any, fault: str) -> None:
    what, _, path = fault.rpartition(" ")
    s3, bucket, key = site.platform(), site.aws.bucket, key_of(site, path)
    if what == "hides":
        answer = s3.delete_object(Bucket=bucket, Key=key)
        evidence.actual(f"{path}: delete marker {answer['VersionId']} set past the vault")
        assert answer["DeleteMarker"] is True
        return
    data = b"sample,call\nS99,G12C\n"
    if what == "changes 1 byte of":
        original = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        data = original[:-2] + bytes([original[-2] ^ 1]) + original[-1:]
    answer = s3.put_object(Bucket=bucket, Key=key, Body=data, ChecksumAlgorithm="SHA256")
    evidence.actual(f"{path}: version {answer['VersionId']} with SHA-256 {sha256_hex(data)} written past the vault")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


# Retention


@when("the tester reads mode and retention date of each object of that package")
def reads_retention(site: Any, evidence: Any) -> None:
    s3 = site.platform()
    site.answer = []
    for key in site.vault_store().keys(key_of(site, "")):
        head = s3.head_object(Bucket=site.aws.bucket, Key=key)
        site.answer.append(
            {
                "Object": key.removeprefix(key_of(site, "")),
                "Mode": head.get("ObjectLockMode", "none"),
                "Stored": head["LastModified"],
                "Retained until": head.get("ObjectLockRetainUntilDate"),
            }
        )
    evidence.table(
        [{**row, "Stored": _time(row["Stored"]), "Retained until": _time(row["Retained until"])} for row in site.answer]
    )
    evidence.attach(as_json(site.answer), "retention-of-each-object.json", "application/json")


@then(parsers.parse('each object is in the mode "{mode}"'))
def each_in_mode(site: Any, evidence: Any, mode: str) -> None:
    s3 = site.platform()
    found = {
        key.removeprefix(key_of(site, "")): s3.head_object(Bucket=site.aws.bucket, Key=key).get(
            "ObjectLockMode", "none"
        )
        for key in site.vault_store().keys(key_of(site, ""))
    }
    evidence.actual("; ".join(f"{path}: {value}" for path, value in found.items()))
    assert len(found) == 4
    assert set(found.values()) == {mode}


@then(parsers.parse("each retention date lies at least {days:d} days after the time of storage"))
def each_retained(site: Any, evidence: Any, days: int) -> None:
    spans = [(row["Retained until"] - row["Stored"]).total_seconds() / 86400 for row in site.answer]
    evidence.actual(f"{len(spans)} objects, shortest retention {min(spans):.3f} days")
    assert min(spans) >= days


@when(
    parsers.parse(
        "an object version of files/results.csv of that package is deleted "
        'with the credentials of the AWS role "{role}"'
    )
)
def deletes_as(site: Any, evidence: Any, role: str) -> None:
    version = first_version(site, RESULTS)
    ask(
        site,
        lambda: site.aws.client("s3", role).delete_object(
            Bucket=site.aws.bucket, Key=key_of(site, RESULTS), VersionId=version
        ),
    )
    evidence.actual(f"DeleteObject of version {version} as {role}: {told(site)}")


@when(
    parsers.re(
        r"an object version of files/results\.csv of that package is deleted with the rights of the AWS account"
        r'(?P<flag> and the flag "bypass governance retention")?'
    )
)
def deletes_with_account(site: Any, evidence: Any, flag: str | None) -> None:
    version = first_version(site, RESULTS)
    more = {"BypassGovernanceRetention": True} if flag else {}
    ask(
        site,
        lambda: site.platform().delete_object(
            Bucket=site.aws.bucket, Key=key_of(site, RESULTS), VersionId=version, **more
        ),
    )
    evidence.actual(f"DeleteObject of version {version}{' with the bypass flag' if flag else ''}: {told(site)}")


@then(parsers.parse('the request is refused with "{code}"'))
def request_refused(site: Any, evidence: Any, code: str) -> None:
    evidence.expected(f"error code {code}, HTTP status 400 to 409")
    evidence.actual(told(site))
    assert site.answer["code"] == code, f"the storage service answered: {told(site)}, and not: refused with {code}"
    assert 400 <= site.answer["status"] <= 409


@then(parsers.parse("the request is answered with status {status:d}"))
def request_answered(site: Any, evidence: Any, status: int) -> None:
    evidence.actual(told(site))
    assert site.answer["status"] == status


@then("files/results.csv of that package is read with its original digest")
def read_with_original(site: Any, evidence: Any) -> None:
    original = sha256_hex(site.stored[RECORD, NUMBER][RESULTS])
    found = sha256_hex(site.vault_store().get(key_of(site, RESULTS)))
    evidence.expected(original)
    evidence.actual(found)
    assert found == original


@then(parsers.parse("the first version of {path} is read with its original digest"))
def first_version_read(site: Any, evidence: Any, path: str) -> None:
    original = sha256_hex(site.stored[RECORD, NUMBER][path])
    version = first_version(site, path)
    found = sha256_hex(site.vault_store().get(key_of(site, path), version))
    evidence.expected(original)
    evidence.actual(f"version {version}: {found}")
    assert found == original


@when(
    parsers.parse(
        "the retention of files/results.csv of that package is set to end tomorrow with the rights of the AWS account"
    )
)
def shortens(site: Any, evidence: Any) -> None:
    _set_retention(site, evidence, "COMPLIANCE", datetime.now(UTC) + timedelta(days=1))


@when(
    parsers.parse(
        'the retention mode of files/results.csv of that package is set to "{mode}" with the rights of the AWS account'
    )
)
def weakens(site: Any, evidence: Any, mode: str) -> None:
    _set_retention(site, evidence, mode, _retained_until(site))


@when(
    parsers.parse(
        "the retention of files/results.csv of that package is extended by {days:d} day "
        "with the rights of the AWS account"
    )
)
def extends(site: Any, evidence: Any, days: int) -> None:
    _set_retention(site, evidence, "COMPLIANCE", _retained_until(site) + timedelta(days=days))


@then("the retention date of files/results.csv is the one from the time of storage")
def date_unchanged(site: Any, evidence: Any) -> None:
    found = _retained_until(site)
    evidence.expected(_time(site.answer["before"]))
    evidence.actual(_time(found))
    assert found == site.answer["before"]


@then(parsers.parse("the retention date of files/results.csv is {days:d} day later than at the time of storage"))
def date_later(site: Any, evidence: Any, days: int) -> None:
    found = _retained_until(site)
    evidence.expected(_time(site.answer["before"] + timedelta(days=days)))
    evidence.actual(_time(found))
    assert abs(found - site.answer["before"] - timedelta(days=days)) < timedelta(seconds=1)


@when("versioning of the bucket is suspended with the rights of the AWS account")
def suspends_versioning(site: Any, evidence: Any) -> None:
    site.undo.append(
        lambda: site.platform().put_bucket_versioning(
            Bucket=site.aws.bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    )
    ask(
        site,
        lambda: site.platform().put_bucket_versioning(
            Bucket=site.aws.bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
    )
    found = site.platform().get_bucket_versioning(Bucket=site.aws.bucket).get("Status", "not set")
    evidence.actual(f"PutBucketVersioning Suspended: {told(site)}; status of the versioning now: {found}")


# Legal hold


@when(
    parsers.re(
        r'"(?P<person>[^"]+)" (?P<what>sets|lifts) (?:a|the) legal hold on revision (?P<number>\d+) of '
        r'"(?P<record>[^"]+)" with the reason "(?P<reason>[^"]+)"'
    )
)
def holds(site: Any, evidence: Any, person: str, what: str, number: str, record: str, reason: str) -> None:
    count = site.vault.hold(user_of(person), site.record(record), int(number), what == "sets", reason)
    evidence.actual(f"legal hold {what.removesuffix('s')} on {count} objects")


@then("each object of that package is under legal hold")
def all_held(site: Any, evidence: Any) -> None:
    found = _holds(site, evidence)
    assert len(found) == 4
    assert set(found.values()) == {"ON"}


@then("no object of that package is under legal hold")
def none_held(site: Any, evidence: Any) -> None:
    found = _holds(site, evidence)
    assert "ON" not in found.values()


# Access past the vault


@when(
    parsers.parse('the request "{name}" is sent to the storage service with the credentials of the AWS role "{role}"')
)
def sends_request(site: Any, evidence: Any, name: str, role: str) -> None:
    s3, bucket, key = site.aws.client("s3", role), site.aws.bucket, key_of(site, RESULTS)
    requests: dict[str, Callable[[], Any]] = {
        "GetObject": lambda: s3.get_object(Bucket=bucket, Key=key),
        "PutObject": lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"changed", ChecksumAlgorithm="SHA256"),
        "DeleteObject": lambda: s3.delete_object(Bucket=bucket, Key=key),
        "PutBucketPolicy": lambda: s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_public_policy(bucket))),
        "PutBucketVersioning": lambda: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
        "DeleteBucket": lambda: s3.delete_bucket(Bucket=bucket),
    }
    ask(site, requests[name])
    evidence.actual(f"{name} as {role}: {told(site)}")


@when(parsers.parse("{target} is requested over HTTP without credentials"))
def requests_anonymously(site: Any, evidence: Any, target: str) -> None:
    key = key_of(site, RESULTS) if target.startswith("files/") else ""
    site.answer = {"status": site.aws.anonymous(key), "code": "none"}
    evidence.actual(f"GET {site.aws.bucket}/{key or ''} without credentials: HTTP status {site.answer['status']}")


@then(parsers.parse("the HTTP status is {status:d}"))
def http_status(site: Any, evidence: Any, status: int) -> None:
    evidence.actual(f"HTTP status {site.answer['status']}")
    assert site.answer["status"] == status


@when("a bucket policy that lets everybody read is set with the rights of the AWS account")
def sets_public_policy(site: Any, evidence: Any) -> None:
    ask(
        site,
        lambda: site.platform().put_bucket_policy(
            Bucket=site.aws.bucket, Policy=json.dumps(_public_policy(site.aws.bucket))
        ),
    )
    evidence.actual(f"PutBucketPolicy with the principal *: {told(site)}")


@when("the tester reads the encryption of each object of that package")
def reads_encryption(site: Any, evidence: Any) -> None:
    s3 = site.platform()
    site.answer = []
    for key in site.vault_store().keys(key_of(site, "")):
        head = s3.head_object(Bucket=site.aws.bucket, Key=key)
        site.answer.append(
            {
                "Object": key.removeprefix(key_of(site, "")),
                "Encryption": head.get("ServerSideEncryption"),
                "Key": head.get("SSEKMSKeyId"),
            }
        )
    evidence.table(site.answer)


@then(parsers.parse('each object is encrypted by "{algorithm}" with the key behind "{alias}"'))
def each_encrypted(site: Any, evidence: Any, algorithm: str, alias: str) -> None:
    from vault.installation import alias_target

    kms = site.platform("kms")
    arn = kms.describe_key(KeyId=alias_target(kms, alias))["KeyMetadata"]["Arn"]
    found = {(row["Encryption"], row["Key"]) for row in site.answer}
    evidence.expected(f"{algorithm}, {arn}")
    evidence.actual("; ".join(f"{one}, {key}" for one, key in sorted(found)))
    assert found == {(algorithm, arn)}


@when("a connection with TLS 1.1 at most is opened to the storage service")
def connects_with_old_tls(site: Any, evidence: Any) -> None:
    import socket

    address = urllib.parse.urlsplit(site.aws.endpoint)
    if address.scheme != "https":
        pytest.skip("the endpoint of this environment offers plain HTTP only, no TLS; to be shown in AWSVAL")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_default_certs()
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=address.hostname) as secured,
        ):
            site.answer = f"accepted with {secured.version()}"
    except ssl.SSLError as error:
        site.answer = f"refused: {error.reason}"
    evidence.actual(f"{address.hostname}: {site.answer}")


@then("the connection is refused")
def connection_refused(site: Any, evidence: Any) -> None:
    evidence.actual(site.answer)
    assert site.answer.startswith("refused")


@then(parsers.parse('within {minutes:d} minutes the access log holds an event "{event}" of the role "{role}"'))
def event_logged(site: Any, evidence: Any, minutes: int, event: str, role: str) -> None:
    import gzip
    import time

    cloudtrail, s3 = site.platform("cloudtrail"), site.platform()
    trail = next(
        one for one in cloudtrail.describe_trails()["trailList"] if one["Name"] == site.aws.configuration["trail"]
    )
    deadline = time.monotonic() + minutes * 60
    found: list[dict[str, Any]] = []
    while not found and time.monotonic() < deadline:
        day = datetime.now(UTC).strftime("%Y/%m/%d")
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=trail["S3BucketName"]):
            for item in page.get("Contents", ()):
                if day not in item["Key"] or not item["Key"].endswith(".json.gz"):
                    continue
                body = s3.get_object(Bucket=trail["S3BucketName"], Key=item["Key"])["Body"].read()
                found += [
                    one
                    for one in json.loads(gzip.decompress(body))["Records"]
                    if one["eventName"] == event
                    and role in json.dumps(one.get("userIdentity", {}))
                    and key_of(site, RESULTS) in json.dumps(one.get("requestParameters", {}))
                ]
        if not found:
            time.sleep(30)
    evidence.actual(f"{len(found)} events {event} of {role} found in {trail['S3BucketName']}")
    evidence.attach(as_json(found[:5]), "provider-events.json", "application/json")
    assert found


def _set_retention(site: Any, evidence: Any, mode: str, until: datetime) -> None:
    before = _retained_until(site)
    version = first_version(site, RESULTS)
    ask(
        site,
        lambda: site.platform().put_object_retention(
            Bucket=site.aws.bucket,
            Key=key_of(site, RESULTS),
            VersionId=version,
            Retention={"Mode": mode, "RetainUntilDate": until},
            ChecksumAlgorithm="SHA256",
        ),
    )
    site.answer["before"] = before
    evidence.actual(f"PutObjectRetention {mode} until {_time(until)}: {told(site)}")
    evidence.actual(f"retention date before {_time(before)}, now {_time(_retained_until(site))}")
    evidence.attach(as_json(site.answer["answer"]), "answer-of-the-storage-service.json", "application/json")


def _retained_until(site: Any) -> datetime:
    head = site.platform().head_object(
        Bucket=site.aws.bucket, Key=key_of(site, RESULTS), VersionId=first_version(site, RESULTS)
    )
    found: datetime = head["ObjectLockRetainUntilDate"]
    return found


def _holds(site: Any, evidence: Any) -> dict[str, str]:
    s3 = site.platform()
    found = {
        key.removeprefix(key_of(site, "")): s3.head_object(Bucket=site.aws.bucket, Key=key).get(
            "ObjectLockLegalHoldStatus", "OFF"
        )
        for key in site.vault_store().keys(key_of(site, ""))
    }
    evidence.actual("; ".join(f"{path}: {status}" for path, status in found.items()))
    return found


def _public_policy(bucket: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
        ],
    }


def _time(moment: Any) -> str:
    if not isinstance(moment, datetime):
        return "none"
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
