"""Electronic signatures of record packages. Implements DS-008.

The signature value covers the canonical bytes of the record without the value itself, and with them the address of the
package. The private key stays in the key service; whoever holds a copy checks with the public key alone.
"""

from __future__ import annotations

import base64
import binascii
import enum
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from vault.canonical import canonical_bytes


class Meaning(enum.StrEnum):
    """What a signature stands for."""

    AUTHORED = "authored"  # prepared, content correct
    REVIEWED = "reviewed"  # checked by a second person
    APPROVED = "approved"  # may be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One electronic signature.

    Attributes:
        address: of the package that was signed.
        user: id of the signer; ``printed_name`` and ``role`` as they were at that moment.
        signed_at: UTC, text.
        value: base64 of the signature over every other field.
    """

    address: str
    record: str
    revision: int
    user: str
    printed_name: str
    role: str
    meaning: str
    signed_at: str
    reason: str = ""
    value: str = ""

    def covered(self) -> bytes:
        """Return the bytes that the signature value covers."""
        fields = asdict(self)
        del fields["value"]
        return canonical_bytes(fields)

    def data(self) -> bytes:
        """Return the record as it is stored."""
        return canonical_bytes(asdict(self))


class Signer(Protocol):
    """Holder of the signature key."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature value over ``data``."""

    def public_key(self) -> bytes:
        """Return the public key, DER."""


class KmsSigner:
    """Signature key in AWS KMS.

    Args:
        kms: boto3 client with the credentials of the role ``s3v-service``.
        key_id: id or alias of the key ECC_NIST_P256, SIGN_VERIFY.
    """

    def __init__(self, kms: Any, key_id: str) -> None:
        self._kms = kms
        self._key_id = key_id

    def sign(self, data: bytes) -> bytes:
        """Return the signature value over ``data``, at most 4096 bytes (limit of KMS)."""
        answer = self._kms.sign(KeyId=self._key_id, Message=data, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
        value: bytes = answer["Signature"]
        return value

    def public_key(self) -> bytes:
        """Return the public key, DER."""
        key: bytes = self._kms.get_public_key(KeyId=self._key_id)["PublicKey"]
        return key


def parse_signature(data: bytes) -> Signature:
    """Return a signature from its stored bytes.

    Raises:
        ValueError: it is no signature record.
    """
    try:
        fields: Mapping[str, Any] = json.loads(data)
        found = Signature(**fields)
    except TypeError as error:
        raise ValueError("no signature record") from error
    if not all(isinstance(value, str) for name, value in asdict(found).items() if name != "revision"):
        raise ValueError("no signature record")
    return found


def verify_value(value: bytes, data: bytes, public_key: bytes) -> bool:
    """Return whether a signature value over ``data`` was made with the key."""
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return False
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(value, data, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def check_signature(signature: Signature, address: str, public_key: bytes) -> str:
    """Check one signature against the package at hand.

    Returns:
        ``valid``, ``signature does not match its record`` or ``signature is for another package``.
    """
    try:
        value = base64.b64decode(signature.value, validate=True)
    except binascii.Error:
        return "signature does not match its record"
    if not verify_value(value, signature.covered(), public_key):
        return "signature does not match its record"
    return "valid" if signature.address == address else "signature is for another package"
