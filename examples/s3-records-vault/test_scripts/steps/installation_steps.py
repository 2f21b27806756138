"""Steps of the IQ: application, libraries, clock, bucket, keys, roles."""

from __future__ import annotations

import json
import platform
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata, resources
from typing import Any

import vault
from pytest_bdd import given, parsers, then, when
from vault.canonical import sha256_hex
from vault.installation import (
    alias_target,
    approved_settings,
    compare,
    read_settings,
    release_digest,
    role_policy,
)

from .service import PLATFORM
from .world import as_json

ADMINISTRATION = "s3v-administrator"


@given(parsers.parse('the record vault "{version}" is installed at "{endpoint}"'))
def installed(site: Any, evidence: Any, version: str, endpoint: str) -> None:
    service = "simulated AWS services (moto)" if site.aws.simulated else "AWS services"
    evidence.expected(f"vault application {version}; the bucket {site.aws.bucket} answers with status 200")
    answer = site.platform().head_bucket(Bucket=site.aws.bucket)
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    evidence.actual(
        f"vault application {vault.__version__}; {service} at {site.aws.endpoint}: bucket "
        f"{site.aws.bucket} answers with status {status}"
    )
    assert vault.__version__ == version
    assert status == 200


@given("the tester reads settings with the AWS role for administration")
def administration(site: Any, evidence: Any) -> None:
    role = reader_role(site)
    arn = site.aws.client("sts", role).get_caller_identity()["Arn"]
    if site.aws.simulated:
        evidence.actual(
            f"identity {arn}; the simulator does not know the names of the actions that read settings, "
            f"so the platform identity is used in place of {ADMINISTRATION}"
        )
    else:
        evidence.actual(f"identity {arn}")
    assert ("user/platform" if site.aws.simulated else ADMINISTRATION) in arn


@when("the tester asks the installed vault application for its version and for the digest of its program files")
def ask_version(site: Any, evidence: Any) -> None:
    site.answer = (vault.__version__, release_digest())
    evidence.actual(f"version {site.answer[0]}, digest {site.answer[1]}")


@then(parsers.parse('the version is "{version}"'))
def version_is(site: Any, evidence: Any, version: str) -> None:
    evidence.expected(version)
    evidence.actual(site.answer[0])
    assert site.answer[0] == version


@then("the digest of the program files equals the digest computed file by file from the release")
def digest_of_release(site: Any, evidence: Any) -> None:
    computed = sha256_hex("".join(f"{row['SHA-256']}  {row['File']}\n" for row in program_files()).encode())
    evidence.expected(computed)
    evidence.actual(site.answer[1])
    assert site.answer[1] == computed


@then("the list of program files with their digests is attached")
def list_of_files(evidence: Any) -> None:
    files = program_files()
    evidence.actual(f"{len(files)} program files")
    evidence.table(files)
    text = "".join(f"{row['SHA-256']}  {row['File']}\n" for row in files)
    evidence.attach(text.encode(), "program-files.sha256", "text/plain")
    assert len(files) >= 10


@when("the tester reads the installed version of each library")
def read_libraries(site: Any, evidence: Any) -> None:
    site.answer = {name: metadata.version(name) for name in ("boto3", "botocore", "cryptography")}
    evidence.actual(", ".join(f"{name} {version}" for name, version in site.answer.items()))


@then("each version lies within the approved range")
def libraries_in_range(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    rows = []
    outside = []
    for name, lowest, below, _ in datatable[1:]:
        found = site.answer[name]
        held = _version(lowest) <= _version(found) < _version(below)
        rows.append(
            {"Library": name, "Range": f">= {lowest}, < {below}", "Found": found, "Within": "yes" if held else "no"}
        )
        outside += [] if held else [name]
    evidence.table(rows)
    evidence.actual("outside the range: " + (", ".join(outside) or "none"))
    assert outside == []


@then(parsers.parse('the Python version is at least "{lowest}"'))
def python_version(evidence: Any, lowest: str) -> None:
    evidence.actual(f"Python {platform.python_version()}")
    assert _version(platform.python_version()) >= _version(lowest)


@when("the tester compares the clock of the server with the Date header of the storage service")
def compare_clocks(site: Any, evidence: Any) -> None:
    headers = site.platform().head_bucket(Bucket=site.aws.bucket)["ResponseMetadata"]["HTTPHeaders"]
    ours = datetime.now(UTC)
    theirs = parsedate_to_datetime(headers["date"])
    site.answer = abs((ours - theirs).total_seconds())
    evidence.actual(f"server {ours.isoformat(timespec='milliseconds')}, storage service {theirs.isoformat()}")


@then(parsers.parse("the difference is at most {seconds:d} seconds"))
def clocks_agree(site: Any, evidence: Any, seconds: int) -> None:
    evidence.expected(f"at most {seconds} s")
    evidence.actual(f"{site.answer:.3f} s (the Date header has a resolution of 1 s)")
    assert site.answer <= seconds


@when(parsers.parse('the tester asks the storage service for the location of the bucket "{bucket}"'))
def ask_location(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = reader(site).get_bucket_location(Bucket=bucket)
    evidence.actual(f"LocationConstraint: {site.answer['LocationConstraint']}")


@then(parsers.parse('the location is "{region}"'))
def location_is(site: Any, evidence: Any, region: str) -> None:
    evidence.actual(site.answer["LocationConstraint"])
    assert site.answer["LocationConstraint"] == region


@when(parsers.parse('the tester asks the storage service for the versioning of the bucket "{bucket}"'))
def ask_versioning(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = reader(site).get_bucket_versioning(Bucket=bucket)
    evidence.actual(f"Status: {site.answer.get('Status', 'not set')}")


@then(parsers.parse('the status of the versioning is "{status}"'))
def versioning_is(site: Any, evidence: Any, status: str) -> None:
    found = reader(site).get_bucket_versioning(Bucket=site.aws.bucket).get("Status", "not set")
    evidence.actual(f"Status: {found}")
    assert found == status


@when(parsers.parse('the tester asks the storage service for the Object Lock configuration of the bucket "{bucket}"'))
def ask_lock(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = reader(site).get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    evidence.actual(json.dumps(site.answer, sort_keys=True))


@then("the Object Lock configuration holds")
def lock_holds(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    retention = site.answer["Rule"]["DefaultRetention"]
    found = {
        "Object Lock enabled": site.answer["ObjectLockEnabled"],
        "default mode": retention["Mode"],
        "default days": str(retention["Days"]),
    }
    evidence.table([{"Setting": name, "Approved": value, "Found": found[name]} for name, value in datatable[1:]])
    evidence.actual("; ".join(f"{name}: {value}" for name, value in found.items()))
    assert found == {name: value for name, value in datatable[1:]}


@then("the answer of the storage service is attached")
def answer_attached(site: Any, evidence: Any) -> None:
    evidence.attach(as_json(site.answer), "answer-of-the-storage-service.json", "application/json")
    evidence.actual("1 file attached")
    assert site.answer


@when(parsers.parse('the tester asks the storage service for the default encryption of the bucket "{bucket}"'))
def ask_encryption(site: Any, evidence: Any, bucket: str) -> None:
    answer = reader(site).get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    site.answer = answer["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    evidence.actual(json.dumps(site.answer, sort_keys=True))


@then(parsers.parse('the algorithm is "{algorithm}" with the key behind "{alias}"'))
def encryption_is(site: Any, evidence: Any, algorithm: str, alias: str) -> None:
    key = reader(site, "kms").describe_key(KeyId=alias_target(reader(site, "kms"), alias))["KeyMetadata"]
    evidence.expected(f"{algorithm}, {key['Arn']}")
    evidence.actual(f"{site.answer['SSEAlgorithm']}, {site.answer['KMSMasterKeyID']}")
    assert site.answer["SSEAlgorithm"] == algorithm
    assert site.answer["KMSMasterKeyID"] == key["Arn"]


@then("that key is managed by the customer, enabled, and rotated every year")
def key_is_managed(site: Any, evidence: Any) -> None:
    kms = reader(site, "kms")
    key = kms.describe_key(KeyId=site.answer["KMSMasterKeyID"])["KeyMetadata"]
    rotated = kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
    evidence.actual(f"KeyManager {key['KeyManager']}, KeyState {key['KeyState']}, KeyRotationEnabled {rotated}")
    assert (key["KeyManager"], key["KeyState"], rotated) == ("CUSTOMER", "Enabled", True)


@when(parsers.parse('the tester asks the storage service for the public access block of the bucket "{bucket}"'))
def ask_public_access(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = reader(site).get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    evidence.actual(json.dumps(site.answer, sort_keys=True))


@then(parsers.parse('the setting "{name}" is "{value}"'))
def setting_is(site: Any, evidence: Any, name: str, value: str) -> None:
    found = str(site.answer[name]).lower()
    evidence.actual(f"{name}: {found}")
    assert found == value


@when(parsers.parse('the tester asks the storage service for the object ownership of the bucket "{bucket}"'))
def ask_ownership(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = reader(site).get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    evidence.actual(json.dumps(site.answer, sort_keys=True))


@then(parsers.parse('the object ownership is "{value}"'))
def ownership_is(site: Any, evidence: Any, value: str) -> None:
    found = [rule["ObjectOwnership"] for rule in site.answer["Rules"]]
    evidence.actual(", ".join(found))
    assert found == [value]


@when(parsers.parse('the tester asks the storage service for the lifecycle rules of the bucket "{bucket}"'))
def ask_lifecycle(site: Any, evidence: Any, bucket: str) -> None:
    clients = clients_of(site)
    site.answer = read_settings(clients, site.aws.configuration, bucket)["lifecycle"]
    evidence.actual(site.answer)


@then("no rule expires current or earlier versions")
def no_expiry(site: Any, evidence: Any) -> None:
    evidence.actual(site.answer)
    assert site.answer == "no expiry"


@when("the tester compares the configuration of bucket, keys and roles with the approved configuration")
def compare_configuration(site: Any, evidence: Any) -> None:
    site.answer = compare(clients_of(site), site.aws.configuration, site.aws.bucket)
    evidence.actual(f"{len(site.answer)} settings differ")


@then("no setting differs")
def no_difference(site: Any, evidence: Any) -> None:
    evidence.actual(
        "; ".join(f"{name}: approved {ours}, found {theirs}" for name, ours, theirs in site.answer) or "0 differences"
    )
    assert site.answer == []


@then("the list of all settings with approved and found value is attached")
def settings_attached(site: Any, evidence: Any) -> None:
    clients = clients_of(site)
    wanted = approved_settings(clients, site.aws.configuration, site.aws.bucket)
    found = read_settings(clients, site.aws.configuration, site.aws.bucket)
    rows = [{"Setting": name, "Approved": wanted[name], "Found": found[name]} for name in sorted(wanted)]
    evidence.table(rows)
    evidence.attach(as_json(rows), "configuration-found.json", "application/json")
    assert len(rows) >= 15


@when(parsers.parse('the tester reads the policy of the AWS role "{role}"'))
def read_policy(site: Any, evidence: Any, role: str) -> None:
    document = reader(site, "iam").get_role_policy(RoleName=role, PolicyName="s3v")["PolicyDocument"]
    site.answer = document if isinstance(document, dict) else json.loads(document)
    evidence.attach(as_json(site.answer), f"{role}.json", "application/json")
    evidence.actual(f"policy s3v of the role {role}: {len(site.answer['Statement'])} statements")


@then(parsers.parse('its actions are the approved ones of "{role}" and no others'))
def approved_actions(site: Any, evidence: Any, role: str) -> None:
    approved = sorted(site.aws.configuration["roles"][role])
    found = sorted(action for statement in site.answer["Statement"] for action in statement["Action"])
    evidence.expected(", ".join(approved))
    evidence.actual(", ".join(found))
    assert site.answer == role_policy(approved, site.aws.bucket)
    assert found == approved


@then("it holds no action that deletes objects, sets retention or changes the versioning")
def no_dangerous_action(site: Any, evidence: Any) -> None:
    forbidden = re.compile(
        r"^s3:(\*|Delete.*|PutObjectRetention|PutBucketVersioning|BypassGovernanceRetention|"
        r"PutBucketObjectLockConfiguration|Put\*)$|^\*$"
    )
    actions = [action for statement in site.answer["Statement"] for action in statement["Action"]]
    found = [action for action in actions if forbidden.match(action)]
    evidence.actual(f"{len(actions)} actions, forbidden ones: {', '.join(found) or 'none'}")
    assert found == []


@when(parsers.parse('the tester asks the key service for the key behind "{alias}"'))
def ask_key(site: Any, evidence: Any, alias: str) -> None:
    kms = reader(site, "kms")
    site.answer = kms.describe_key(KeyId=alias_target(kms, alias))["KeyMetadata"]
    evidence.actual(f"key {site.answer['KeyId']}")


@then("the key has the following properties")
def key_properties(site: Any, evidence: Any, datatable: list[list[str]]) -> None:
    wanted = {name: value for name, value in datatable[1:]}
    found = {name: str(site.answer[name]) for name in wanted}
    evidence.table([{"Property": name, "Approved": wanted[name], "Found": found[name]} for name in wanted])
    evidence.actual("; ".join(f"{name} {value}" for name, value in found.items()))
    assert found == wanted


@when(parsers.parse('the tester asks for the state and the event selectors of the trail "{trail}"'))
def ask_trail(site: Any, evidence: Any, trail: str) -> None:
    cloudtrail = reader(site, "cloudtrail")
    site.answer = {
        "status": cloudtrail.get_trail_status(Name=trail),
        "selectors": cloudtrail.get_event_selectors(TrailName=trail)["EventSelectors"],
        "trail": next(one for one in cloudtrail.describe_trails()["trailList"] if one["Name"] == trail),
    }
    evidence.actual(f"trail {site.answer['trail']['TrailARN']}")


@then("the trail is logging")
def trail_is_logging(site: Any, evidence: Any) -> None:
    evidence.actual(f"IsLogging: {site.answer['status']['IsLogging']}")
    assert site.answer["status"]["IsLogging"] is True


@then(parsers.parse('it selects all object-level events of the bucket "{bucket}"'))
def trail_selects(site: Any, evidence: Any, bucket: str) -> None:
    found = [
        (selector["ReadWriteType"], value)
        for selector in site.answer["selectors"]
        for resource in selector["DataResources"]
        for value in resource["Values"]
    ]
    evidence.actual("; ".join(f"{kind} on {value}" for kind, value in found))
    assert ("All", f"arn:aws:s3:::{bucket}/") in found


@then("its log file validation is on")
def trail_is_validated(site: Any, evidence: Any) -> None:
    evidence.actual(f"LogFileValidationEnabled: {site.answer['trail']['LogFileValidationEnabled']}")
    assert site.answer["trail"]["LogFileValidationEnabled"] is True


@when(parsers.parse('the tester reads the policy of the bucket "{bucket}"'))
def read_bucket_policy(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = json.loads(reader(site).get_bucket_policy(Bucket=bucket)["Policy"])
    evidence.attach(as_json(site.answer), "bucket-policy.json", "application/json")
    evidence.actual(f"{len(site.answer['Statement'])} statements")


@then(parsers.parse('it denies every action when "{key}" is "{value}"'))
def denies_when(site: Any, evidence: Any, key: str, value: str) -> None:
    found = [one for one in _denials(site.answer) if str(one.get("Bool", {}).get(key, "")).lower() == value]
    evidence.actual(f"{len(found)} statements deny every action when {key} is {value}")
    assert found


@then(parsers.parse('it denies every action when "{key}" is below "{value}"'))
def denies_below(site: Any, evidence: Any, key: str, value: str) -> None:
    found = [one for one in _denials(site.answer) if str(one.get("NumericLessThan", {}).get(key, "")) == value]
    evidence.actual(f"{len(found)} statements deny every action when {key} is below {value}")
    assert found


@when(parsers.parse('the tester reads the replication rules of the bucket "{bucket}"'))
def read_replication(site: Any, evidence: Any, bucket: str) -> None:
    site.answer = reader(site).get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    evidence.attach(as_json(site.answer), "replication-rules.json", "application/json")
    evidence.actual(f"{len(site.answer)} rules")


@then("one enabled rule covers all objects and leads to a bucket in another region")
def replicated(site: Any, evidence: Any) -> None:
    enabled = [rule for rule in site.answer if rule["Status"] == "Enabled" and not rule.get("Filter", {}).get("Prefix")]
    targets = [rule["Destination"]["Bucket"].rpartition(":")[2] for rule in enabled]
    regions = [reader(site).get_bucket_location(Bucket=target)["LocationConstraint"] for target in targets]
    evidence.actual(f"enabled rules for all objects: {len(enabled)}, to {', '.join(targets)} in {', '.join(regions)}")
    assert len(enabled) == 1
    assert regions[0] != site.aws.region


@then(parsers.parse('that bucket has Object Lock with the mode "{mode}" and at least {days:d} days'))
def replica_locked(site: Any, evidence: Any, mode: str, days: int) -> None:
    target = site.answer[0]["Destination"]["Bucket"].rpartition(":")[2]
    answer = reader(site).get_object_lock_configuration(Bucket=target)["ObjectLockConfiguration"]
    retention = answer["Rule"]["DefaultRetention"]
    found = retention.get("Days") or 365 * retention.get("Years", 0)
    evidence.actual(f"{target}: mode {retention['Mode']}, {found} days")
    assert retention["Mode"] == mode
    assert found >= days


def reader_role(site: Any) -> str:
    """Return the AWS role that reads settings; the simulator checks other action names than AWS, see VSR."""
    return PLATFORM if site.aws.simulated else ADMINISTRATION


def reader(site: Any, service: str = "s3") -> Any:
    """Return a client that may read settings."""
    return site.aws.client(service, reader_role(site))


def clients_of(site: Any) -> Any:
    """Return the function that ``vault.installation`` asks for clients."""
    return lambda name: reader(site, name)


def program_files() -> list[dict[str, str]]:
    """Return each program file of the installed vault with its digest, by sorted name."""
    found = [entry for entry in resources.files("vault").iterdir() if entry.name.endswith((".py", ".json"))]
    return [
        {"File": entry.name, "SHA-256": sha256_hex(entry.read_bytes())}
        for entry in sorted(found, key=lambda one: one.name)
    ]


def _denials(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one.get("Condition", {})
        for one in policy["Statement"]
        if one["Effect"] == "Deny" and one["Principal"] in ("*", {"AWS": "*"}) and one["Action"] in ("s3:*", ["s3:*"])
    ]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
