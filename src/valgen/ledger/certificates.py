"""X.509 certificates: reading them, the way from one to a root, and making one that vouches for itself.

A way holds when each certificate was signed by the next, each was valid at the given time, those above the first may
issue certificates, and the last is, byte for byte, a root that the caller named. Nothing is fetched and revocation is
not asked: what must hold in ten years cannot depend on a server.

Leaves to others: what the first certificate is for (``timestamps``, the seal on PDF files).

No clock and no files here. Source: RFC 5280 section 6.1, without name constraints and policies.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_LONGEST_WAY = 8
_YEARS = 10


class NotTrusted(ValueError):
    """A certificate or a token does not hold; the text says in plain words what is wrong with it."""


def read_certificates(data: bytes) -> list[Certificate]:
    """Read one certificate in DER, or all certificates of a PEM file.

    Raises:
        ValueError: there is none, or one cannot be read; ``unreadable`` names what else can come out.
    """
    from cryptography import x509

    if b"-----BEGIN CERTIFICATE-----" in data:
        return x509.load_pem_x509_certificates(data)
    return [x509.load_der_x509_certificate(data)]


def unreadable() -> tuple[type[Exception], ...]:
    """Return the exceptions that a certificate, key or token of somebody else can cause while it is read."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    # LookupError: a name in an unknown alphabet; TypeError: a key of a kind that cannot check signatures.
    strange = (x509.InvalidVersion, x509.DuplicateExtension, x509.ExtensionNotFound, x509.UnsupportedGeneralNameType)
    return (ValueError, LookupError, TypeError, OverflowError, UnsupportedAlgorithm, *strange)


def der_of(certificate: Certificate) -> bytes:
    """Return a certificate in DER."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def printed_name(certificate: Certificate) -> str:
    """Return the common name of the holder, or the whole name where there is none."""
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return one_line(str(names[0].value) if names else certificate.subject.rfc4514_string())


def one_line(text: str) -> str:
    """Return foreign text on one line, without control characters and not too long."""
    return "".join(char if char.isprintable() else " " for char in text)[:200]


def find_way(
    first: Certificate, others: Iterable[Certificate], roots: Sequence[Certificate], at: datetime.datetime
) -> list[Certificate]:
    """Return the certificates from ``first`` to a root, both included.

    Args:
        first: whose origin is in question.
        others: certificates that may stand between; they are trusted in nothing.
        roots: trusted, each signed by itself.
        at: aware; every certificate must be valid then.

    Raises:
        NotTrusted: no way leads to a root, or one certificate on it does not hold; says which and why.
    """
    between = list(others)
    way = [first]
    for _ in range(_LONGEST_WAY):
        _check_time(way[-1], at)
        if way[-1] in roots:
            return way
        issuer = next((one for one in roots if _issued(one, way[-1])), None)
        if issuer is None:
            issuer = next((one for one in between if one not in way and _issued(one, way[-1])), None)
        if issuer is None:
            raise NotTrusted(
                f"the certificate of {printed_name(way[-1])} comes from {one_line(way[-1].issuer.rfc4514_string())}, "
                "which is none of the known roots"
            )
        _check_issuer(issuer, len(way) - 1)
        way.append(issuer)
    raise NotTrusted(f"more than {_LONGEST_WAY} certificates stand before a root")


def make_certificate(name: str, *, now: datetime.datetime) -> tuple[bytes, bytes]:
    """Make an ECDSA P-256 key and a certificate for it that is signed with the same key.

    Args:
        name: common name of the holder, 1 to 64 characters.
        now: aware; the certificate holds from then on for ten years.

    Returns:
        The private key, PKCS#8 in PEM and not encrypted: keep it as a secret; and the certificate in PEM.

    Raises:
        ValueError: the name cannot stand in a certificate, or ``now`` has no time zone.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    if now.tzinfo is None:
        raise ValueError("the time has no zone")
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise ValueError("the name must have 1 to 64 printable characters")
    start = now.astimezone(datetime.UTC).replace(microsecond=0)
    # 29 February has no counterpart ten years later
    end = start.replace(year=start.year + _YEARS, day=28 if (start.month, start.day) == (2, 29) else start.day)
    key = ec.generate_private_key(ec.SECP256R1())
    holder = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(holder)
        .issuer_name(holder)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM)


def check_pair(key_pem: bytes, certificate_pem: bytes, at: datetime.datetime) -> None:
    """Check that a private key and a certificate can make a seal together.

    Args:
        key_pem: private key in PEM, not encrypted.
        certificate_pem: its certificate first; others may follow.
        at: aware; when the seal is made.

    Raises:
        NotTrusted: one cannot be read, the key is not ECDSA P-256, the certificate is for another key or not valid
            then, or does not allow seals. The text never quotes the key.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except unreadable():
        raise NotTrusted("the key cannot be read: it must be a private key in PEM, not encrypted") from None
    try:
        certificate = read_certificates(certificate_pem)[0]
        public = certificate.public_key()
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise NotTrusted("the certificate does not say what it may be used for") from error
    except unreadable() as error:
        raise NotTrusted("the certificate cannot be read: it must be in PEM") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NotTrusted("the key is of another kind than ECDSA P-256, the one that all PDF viewers know")
    if public != key.public_key():
        raise NotTrusted("the certificate belongs to another key")
    if not usage.content_commitment:
        raise NotTrusted("the certificate is not for signing documents (content commitment)")
    _check_time(certificate, at)


def _issued(issuer: Certificate, certificate: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except unreadable():
        return False
    return True


def _check_time(certificate: Certificate, at: datetime.datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise NotTrusted(
            f"the certificate of {printed_name(certificate)} is valid only from "
            f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ} on"
        )
    if at > certificate.not_valid_after_utc:
        raise NotTrusted(
            f"the certificate of {printed_name(certificate)} expired on "
            f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}"
        )


def _check_issuer(issuer: Certificate, below: int) -> None:
    """Check that a certificate may issue others, ``below`` of which stand between it and the first."""
    from cryptography import x509

    try:
        limits = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        limits = None
    if limits is None or not limits.ca:
        raise NotTrusted(f"{printed_name(issuer)} may not issue certificates")
    if limits.path_length is not None and below > limits.path_length:
        raise NotTrusted(f"{printed_name(issuer)} may not stand so far above")
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.key_cert_sign:
        raise NotTrusted(f"{printed_name(issuer)} may not sign certificates")
