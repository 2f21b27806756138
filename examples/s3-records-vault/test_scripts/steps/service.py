"""The AWS services under test: simulated on a loopback port, or at a real endpoint.

``endpoint`` of the environment decides: the word ``simulator`` starts moto's server inside the test process and
installs the vault in it before every case; anything else is the address of services in which the vault is installed
already. The process variable S3V_ENDPOINT replaces the word ``simulator``.
"""

from __future__ import annotations

import json
import logging
import os
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from vault.installation import Configuration, alias_target, approved_configuration, create_bucket, install

SIMULATOR = "simulator"
PLATFORM = "platform"
AWS_HOST = ".amazonaws.com"
_CONFIG = Config(retries={"max_attempts": 2, "mode": "standard"}, connect_timeout=5, read_timeout=30)


@dataclass(slots=True)
class Service:
    """One place where the AWS services answer.

    Attributes:
        endpoint: address of the S3 service.
        simulated: whether it is the simulator, with a fresh installation for every case.
        stamp: tells records of this session from those of earlier ones in a shared bucket.
        case: number of the case in this session; with the stamp, it keeps the records of cases apart.
        changed: whether keys, roles or access log have to be installed anew before the next case.
    """

    endpoint: str
    region: str
    bucket: str
    simulated: bool
    configuration: Configuration
    stamp: str
    case: int = 0
    changed: bool = True
    _credentials: dict[str, dict[str, str]] = field(default_factory=dict)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, name: str, role: str) -> Any:
        """Return a client of one AWS service with the credentials of one AWS role; ``platform`` is the installer."""
        if (name, role) not in self._clients:
            self._clients[name, role] = self._make(name, self._credentials_of(role))
        return self._clients[name, role]

    def anonymous(self, key: str = "") -> int:
        """Ask for the bucket or an object without credentials and return the HTTP status."""
        try:
            with urllib.request.urlopen(f"{self.endpoint}/{self.bucket}/{key}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)

    def record_id(self, name: str) -> str:
        """Return the record id for a name: the name itself in a fresh bucket, a longer one in a shared bucket."""
        return name if self.simulated else f"{name}-{self.stamp}-{self.case}"

    def fresh(self) -> None:
        """Give the next case an installation in which nothing has happened; not where the vault is installed already.

        The bucket is always made anew. Keys, roles and access log are made anew when a case has changed them.
        """
        self.case += 1
        if not self.simulated:
            return
        if self.changed:
            self._install_everything()
            self.changed = False
            return
        from moto.backends import get_backend

        for account in get_backend("s3").values():
            account.reset()  # objects and buckets of this account; its keys and roles stay
        s3, kms = self.client("s3", PLATFORM), self.client("kms", PLATFORM)
        key = kms.describe_key(KeyId=alias_target(kms, self.configuration["encryption_key_alias"]))["KeyMetadata"]
        create_bucket(s3, self.configuration, self.bucket, key["Arn"])

    def _install_everything(self) -> None:
        self._credentials.clear()
        self._clients.clear()
        self._moto("reset-auth", b"inf")
        self._moto("reset", b"")
        iam = self._make("iam", {})
        user = iam.create_user(UserName="platform")["User"]
        key = iam.create_access_key(UserName="platform")["AccessKey"]
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_user_policy(UserName="platform", PolicyName="everything", PolicyDocument=json.dumps(everything))
        self._credentials[PLATFORM] = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        install(lambda name: self.client(name, PLATFORM), self.configuration, self.bucket, trusted=user["Arn"])
        self._moto("reset-auth", b"0")  # from here on every request is checked against the IAM policies

    def _credentials_of(self, role: str) -> dict[str, str]:
        if role == PLATFORM and not self.simulated:
            return {}  # the default chain of boto3
        if role not in self._credentials:
            sts = self._make("sts", self._credentials_of(PLATFORM))
            account = sts.get_caller_identity()["Account"]
            arn = f"arn:aws:iam::{account}:role/{role}"
            found = sts.assume_role(RoleArn=arn, RoleSessionName="qualification")["Credentials"]
            self._credentials[role] = {
                "aws_access_key_id": found["AccessKeyId"],
                "aws_secret_access_key": found["SecretAccessKey"],
                "aws_session_token": found["SessionToken"],
            }
        return self._credentials[role]

    def _make(self, name: str, credentials: dict[str, str]) -> Any:
        if self.simulated and not credentials:
            credentials = {"aws_access_key_id": "installation", "aws_secret_access_key": "installation"}
        own = AWS_HOST in self.endpoint  # AWS has an address of its own for each service
        return boto3.client(
            name, region_name=self.region, endpoint_url=None if own else self.endpoint, config=_CONFIG, **credentials
        )

    def _moto(self, what: str, body: bytes) -> None:
        request = urllib.request.Request(
            f"{self.endpoint}/moto-api/{what}", data=body, method="POST", headers={"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, timeout=10).close()


def start_simulator() -> Any:
    """Start moto's server on a free loopback port and return it; ``stop()`` ends it."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return server


def service_at(endpoint: str, region: str, bucket: str, server: Any = None) -> Service:
    """Return the service for an endpoint; ``server`` is the started simulator, None for a real one."""
    if server is not None:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
    return Service(
        endpoint=endpoint.rstrip("/"),
        region=region,
        bucket=bucket,
        simulated=server is not None,
        configuration=approved_configuration(),
        stamp=datetime.now(UTC).strftime("%y%m%d%H%M%S"),
    )


def wanted_endpoint(declared: str) -> str:
    """Return the endpoint to use: S3V_ENDPOINT in place of the simulator, else what the environment declares."""
    return os.environ.get("S3V_ENDPOINT", declared) if declared == SIMULATOR else declared
