"""Steps that change a setting by hand and look at the comparison with the approved configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_bdd import given, parsers, then
from vault.installation import alias_target, role_policy


@given(
    parsers.re(
        r"somebody with the rights of the AWS account (?P<change>switches off BlockPublicPolicy|sets the default .+|"
        r"suspends versioning|switches off the rotation of the key|stops the access log|"
        r"adds a rule that expires objects)"
    )
)
def changes_setting(site: Any, evidence: Any, change: str) -> None:
    site.aws.changed = True
    s3, bucket, configuration = site.platform(), site.aws.bucket, site.aws.configuration

    def lock(mode: str, days: int) -> Any:
        return s3.put_object_lock_configuration(
            Bucket=bucket,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": mode, "Days": days}},
            },
        )

    changes: dict[str, Callable[[], Any]] = {
        "switches off BlockPublicPolicy": lambda: s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={**configuration["block_public_access"], "BlockPublicPolicy": False},
        ),
        "sets the default retention to 30 days": lambda: lock("COMPLIANCE", 30),
        "sets the default mode to GOVERNANCE": lambda: lock("GOVERNANCE", 3653),
        "suspends versioning": lambda: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
        "switches off the rotation of the key": lambda: site.platform("kms").disable_key_rotation(
            KeyId=alias_target(site.platform("kms"), configuration["encryption_key_alias"])
        ),
        "stops the access log": lambda: site.platform("cloudtrail").stop_logging(Name=configuration["trail"]),
        "adds a rule that expires objects": lambda: s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "housekeeping",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 30},
                    }
                ]
            },
            ChecksumAlgorithm="SHA256",
        ),
    }
    key = alias_target(site.platform("kms"), configuration["encryption_key_alias"])
    trail = configuration["trail"]
    locked = (configuration["object_lock_mode"], configuration["object_lock_days"])
    back: dict[str, Callable[[], Any]] = {
        "switches off BlockPublicPolicy": lambda: s3.put_public_access_block(
            Bucket=bucket, PublicAccessBlockConfiguration=dict(configuration["block_public_access"])
        ),
        "sets the default retention to 30 days": lambda: lock(*locked),
        "sets the default mode to GOVERNANCE": lambda: lock(*locked),
        "suspends versioning": lambda: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        ),
        "switches off the rotation of the key": lambda: site.platform("kms").enable_key_rotation(KeyId=key),
        "stops the access log": lambda: site.platform("cloudtrail").start_logging(Name=trail),
        "adds a rule that expires objects": lambda: s3.delete_bucket_lifecycle(Bucket=bucket),
    }
    site.undo.append(back[change])
    status = changes[change]()["ResponseMetadata"]["HTTPStatusCode"]
    evidence.actual(f"{change}: HTTP status {status}")
    assert status == 200


@given(parsers.parse('somebody with the rights of the AWS account adds the action "{action}" to the role "{role}"'))
def adds_action(site: Any, evidence: Any, action: str, role: str) -> None:
    site.aws.changed = True
    approved = role_policy(site.aws.configuration["roles"][role], site.aws.bucket)
    site.undo.append(
        lambda: site.platform("iam").put_role_policy(
            RoleName=role, PolicyName="s3v", PolicyDocument=json.dumps(approved)
        )
    )
    policy = role_policy([*site.aws.configuration["roles"][role], action], site.aws.bucket)
    answer = site.platform("iam").put_role_policy(RoleName=role, PolicyName="s3v", PolicyDocument=json.dumps(policy))
    evidence.actual(f"PutRolePolicy {role}: HTTP status {answer['ResponseMetadata']['HTTPStatusCode']}")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@then(parsers.parse('exactly the setting "{setting}" differs: approved "{approved}", found "{found}"'))
def setting_differs(site: Any, evidence: Any, setting: str, approved: str, found: str) -> None:
    evidence.table([{"Setting": name, "Approved": ours, "Found": theirs} for name, ours, theirs in site.answer])
    evidence.actual(f"{len(site.answer)} settings differ")
    assert site.answer == [(setting, approved, found)]


@then(parsers.parse('exactly one setting differs: "{setting}", and the found value names "{action}"'))
def role_differs(site: Any, evidence: Any, setting: str, action: str) -> None:
    evidence.table([{"Setting": name, "Approved": ours, "Found": theirs} for name, ours, theirs in site.answer])
    evidence.actual(f"{len(site.answer)} settings differ")
    assert [name for name, _, _ in site.answer] == [setting]
    assert action in site.answer[0][2].split(", ")
