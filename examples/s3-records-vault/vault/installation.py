"""Installation of bucket, keys, roles and trail, and their comparison with the approved configuration.

``install`` needs the platform role of the account; ``compare`` needs ``s3v-administrator`` only. The TLS policy
(CS-013) and replication (CS-014) are applied by the deployment of AWSVAL and PROD and verified there.
Implements DS-010.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import resources
from typing import Any

from botocore.exceptions import ClientError

from vault.canonical import sha256_hex

Configuration = Mapping[str, Any]
Clients = Callable[[str], Any]  # name of an AWS service to boto3 client

POLICY = "s3v"


def approved_configuration() -> Configuration:
    """Return the configuration that belongs to this release."""
    text = resources.files("vault").joinpath("configuration.json").read_text(encoding="utf-8")
    found: Configuration = json.loads(text)
    return found


def release_digest() -> str:
    """Return one digest over every program file and the configuration, by sorted name."""
    lines = [
        f"{sha256_hex(entry.read_bytes())}  {entry.name}\n"
        for entry in sorted(resources.files("vault").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith((".py", ".json"))
    ]
    return sha256_hex("".join(lines).encode())


def role_policy(actions: Sequence[str], bucket: str) -> dict[str, Any]:
    """Return the policy of one AWS role: its S3 actions on the record bucket, others on every resource."""
    of_bucket = [action for action in actions if action.startswith("s3:")]
    others = [action for action in actions if not action.startswith("s3:")]
    arn = f"arn:aws:s3:::{bucket}"
    statements = [{"Effect": "Allow", "Action": of_bucket, "Resource": [arn, f"{arn}/*"]}]
    if others:
        statements.append({"Effect": "Allow", "Action": others, "Resource": ["*"]})
    return {"Version": "2012-10-17", "Statement": statements}


def install(clients: Clients, configuration: Configuration, bucket: str, *, trusted: str) -> None:
    """Create bucket, keys, roles and trail as configured.

    Args:
        clients: with the credentials of the platform role.
        trusted: ARN of the principal that may assume the roles.
    """
    s3, kms, iam, cloudtrail = (clients(name) for name in ("s3", "kms", "iam", "cloudtrail"))
    key = kms.create_key(Description="S3 records vault: records")["KeyMetadata"]
    kms.create_alias(AliasName=configuration["encryption_key_alias"], TargetKeyId=key["KeyId"])
    if configuration["key_rotation"]:
        kms.enable_key_rotation(KeyId=key["KeyId"])
    signing = kms.create_key(
        Description="S3 records vault: signatures", KeyUsage="SIGN_VERIFY", KeySpec=configuration["signature_key_spec"]
    )["KeyMetadata"]
    kms.create_alias(AliasName=configuration["signature_key_alias"], TargetKeyId=signing["KeyId"])
    create_bucket(s3, configuration, bucket, key["Arn"])
    log_bucket = f"{bucket}-access-log"
    s3.create_bucket(Bucket=log_bucket, CreateBucketConfiguration={"LocationConstraint": configuration["region"]})
    cloudtrail.create_trail(
        Name=configuration["trail"], S3BucketName=log_bucket, IsMultiRegionTrail=True, EnableLogFileValidation=True
    )
    cloudtrail.put_event_selectors(TrailName=configuration["trail"], EventSelectors=[_data_events(bucket)])
    cloudtrail.start_logging(Name=configuration["trail"])
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}],
    }
    for role, actions in configuration["roles"].items():
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=role, PolicyName=POLICY, PolicyDocument=json.dumps(role_policy(actions, bucket)))


def create_bucket(s3: Any, configuration: Configuration, bucket: str, key_arn: str) -> None:
    """Create one record bucket as configured."""
    s3.create_bucket(
        Bucket=bucket,
        ObjectLockEnabledForBucket=True,
        ObjectOwnership=configuration["object_ownership"],
        CreateBucketConfiguration={"LocationConstraint": configuration["region"]},
    )
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {
                "DefaultRetention": {
                    "Mode": configuration["object_lock_mode"],
                    "Days": configuration["object_lock_days"],
                }
            },
        },
    )
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": configuration["encryption"],
                        "KMSMasterKeyID": key_arn,
                    },
                    "BucketKeyEnabled": True,
                }
            ]
        },
    )
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict(configuration["block_public_access"]))


def read_settings(clients: Clients, configuration: Configuration, bucket: str) -> dict[str, str]:
    """Read every setting as text; a setting that cannot be read shows the code of the refusal.

    Args:
        clients: with the credentials of ``s3v-administrator``.
        configuration: says which keys, roles and trail to look at.
    """
    s3, kms, iam, cloudtrail = (clients(name) for name in ("s3", "kms", "iam", "cloudtrail"))
    alias, signing = configuration["encryption_key_alias"], configuration["signature_key_alias"]
    readers: dict[str, Callable[[], object]] = {
        "region": lambda: s3.get_bucket_location(Bucket=bucket)["LocationConstraint"],
        "versioning": lambda: s3.get_bucket_versioning(Bucket=bucket).get("Status", "not set"),
        "object_lock_mode": lambda: _retention(s3, bucket)["Mode"],
        "object_lock_days": lambda: _retention(s3, bucket)["Days"],
        "encryption": lambda: _encryption(s3, bucket)["SSEAlgorithm"],
        "encryption_key": lambda: _encryption(s3, bucket).get("KMSMasterKeyID", "key of the provider"),
        "key_rotation": lambda: kms.get_key_rotation_status(KeyId=alias_target(kms, alias))["KeyRotationEnabled"],
        "object_ownership": lambda: s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"][0][
            "ObjectOwnership"
        ],
        "signature_key_spec": lambda: kms.describe_key(KeyId=alias_target(kms, signing))["KeyMetadata"]["KeySpec"],
        "lifecycle": lambda: _lifecycle(s3, bucket),
        "trail": lambda: cloudtrail.get_trail_status(Name=configuration["trail"])["IsLogging"],
        "trail_data_events": lambda: _selected(cloudtrail, configuration["trail"]),
    }
    found = {name: _text(reader) for name, reader in readers.items()}
    public = _text_or_mapping(lambda: s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"])
    for name in configuration["block_public_access"]:
        found[f"block_public_access.{name}"] = str(public[name]).lower() if isinstance(public, Mapping) else public
    for role in configuration["roles"]:
        found[f"role.{role}"] = _text(partial(_actions, iam, role))
    return found


def approved_settings(clients: Clients, configuration: Configuration, bucket: str) -> dict[str, str]:
    """Return what ``read_settings`` has to find."""
    kms = clients("kms")
    plain = (
        "region",
        "versioning",
        "object_lock_mode",
        "object_lock_days",
        "encryption",
        "key_rotation",
        "object_ownership",
        "signature_key_spec",
        "lifecycle",
    )
    wanted = {name: _plain(configuration[name]) for name in plain}
    wanted["encryption_key"] = _text(lambda: _key_arn(kms, configuration["encryption_key_alias"]))
    wanted["trail"] = "true"
    wanted["trail_data_events"] = f"All on arn:aws:s3:::{bucket}/"
    for name, value in configuration["block_public_access"].items():
        wanted[f"block_public_access.{name}"] = _plain(value)
    for role, actions in configuration["roles"].items():
        wanted[f"role.{role}"] = ", ".join(sorted(actions))
    return wanted


def compare(clients: Clients, configuration: Configuration, bucket: str) -> list[tuple[str, str, str]]:
    """Return each setting that differs, with its approved and its found value, sorted by name."""
    wanted = approved_settings(clients, configuration, bucket)
    found = read_settings(clients, configuration, bucket)
    return [
        (name, wanted[name], found.get(name, "not read")) for name in sorted(wanted) if wanted[name] != found.get(name)
    ]


def alias_target(kms: Any, alias: str) -> str:
    """Return the key id behind an alias.

    Raises:
        LookupError: there is no such alias.
    """
    for page in kms.get_paginator("list_aliases").paginate():
        for found in page["Aliases"]:
            if found["AliasName"] == alias:
                target: str = found["TargetKeyId"]
                return target
    raise LookupError(f"no alias {alias}")


def _data_events(bucket: str) -> dict[str, Any]:
    resources_of_bucket = [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{bucket}/"]}]
    return {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": resources_of_bucket}


def _selected(cloudtrail: Any, trail: str) -> str:
    selectors = cloudtrail.get_event_selectors(TrailName=trail)["EventSelectors"]
    return "; ".join(
        f"{selector['ReadWriteType']} on {value}"
        for selector in selectors
        for resource in selector["DataResources"]
        if resource["Type"] == "AWS::S3::Object"
        for value in resource["Values"]
    )


def _retention(s3: Any, bucket: str) -> Mapping[str, Any]:
    answer = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    found: Mapping[str, Any] = answer["Rule"]["DefaultRetention"]
    return found


def _encryption(s3: Any, bucket: str) -> Mapping[str, Any]:
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    found: Mapping[str, Any] = rules[0]["ApplyServerSideEncryptionByDefault"]
    return found


def _lifecycle(s3: Any, bucket: str) -> str:
    try:
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return "no expiry"
        raise
    expiring = [
        rule.get("ID", "rule without id")
        for rule in rules
        if rule.get("Status") == "Enabled" and ("Expiration" in rule or "NoncurrentVersionExpiration" in rule)
    ]
    return f"expiry by {', '.join(expiring)}" if expiring else "no expiry"


def _actions(iam: Any, role: str) -> str:
    document = iam.get_role_policy(RoleName=role, PolicyName=POLICY)["PolicyDocument"]
    statements = (document if isinstance(document, Mapping) else json.loads(document))["Statement"]
    return ", ".join(
        sorted(
            action if statement["Effect"] == "Allow" else f"{statement['Effect']} {action}"
            for statement in statements
            for action in statement["Action"]
        )
    )


def _key_arn(kms: Any, alias: str) -> str:
    arn: str = kms.describe_key(KeyId=alias_target(kms, alias))["KeyMetadata"]["Arn"]
    return arn


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(read: Callable[[], object]) -> str:
    found = _text_or_mapping(read)
    return _plain(found)


def _text_or_mapping(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ClientError as error:
        return f"not readable: {error.response['Error']['Code']}"
    except (LookupError, TypeError) as error:
        return f"not readable: {error}"
