"""The parts of a time-stamp token that must fit together although no signature covers all of them.

An answer is brought into one form, in which nothing is left to chance: granted, no words beside, certificates in
order. In it the signer must be named by the digest of its certificate, inside the signed part, so that no other
certificate can take its place; and the kind of signature that is named must be the one that its key makes.

Leaves to others: who is trusted, and the signature itself (``timestamps``). What is wrong is a ``NotTrusted``;
bytes that are not put together as they must be are any other ``ValueError`` or an ``IndexError``.

No files, no clock. Source: RFC 3161 section 2.4.2, RFC 5035, RFC 5652 section 5.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from valgen.ledger import der
from valgen.ledger.certificates import NotTrusted, der_of, one_line

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

SHA256 = "2.16.840.1.101.3.4.2.1"
"""Object identifier of the one digest that is asked for."""

_DIGESTS = {
    der.identifier("1.3.14.3.2.26"): "sha1",  # as digest of a certificate in old tokens only
    der.identifier(SHA256): "sha256",
    der.identifier("2.16.840.1.101.3.4.2.2"): "sha384",
    der.identifier("2.16.840.1.101.3.4.2.3"): "sha512",
}
# by key and digest; without this check nobody looks at what the token says here
_SIGNATURES: dict[tuple[str, str], tuple[str, ...]] = {
    ("EC", "sha256"): ("1.2.840.10045.4.3.2",),
    ("EC", "sha384"): ("1.2.840.10045.4.3.3",),
    ("EC", "sha512"): ("1.2.840.10045.4.3.4",),
    ("RSA", "sha256"): ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"),
    ("RSA", "sha384"): ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.12"),
    ("RSA", "sha512"): ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.13"),
}
_SIGNED_DATA = der.identifier("1.2.840.113549.1.7.2")
_SIGNER_DIGEST_V1 = der.identifier("1.2.840.113549.1.9.16.2.12")
_SIGNER_DIGEST_V2 = der.identifier("1.2.840.113549.1.9.16.2.47")
_GRANTED = bytes.fromhex("3003020100")


def normal_answer(response_or_token: bytes) -> bytes:
    """Return an answer, or a token alone, as a granted answer with its certificates in order.

    Raises:
        NotTrusted: the authority did not grant it, or it is of an unknown version.
        ValueError: it is neither.
    """
    outer = der.only(response_or_token, der.SEQUENCE)
    parts = outer.children()
    if parts and parts[0].tag == der.OID:
        return der.wrap(der.SEQUENCE, _GRANTED, _ordered(outer))
    if not parts or parts[0].tag != der.SEQUENCE:
        raise ValueError("it does not begin as an answer begins")
    _check_status(parts[0])
    if len(parts) != 2:
        raise NotTrusted("it holds no time stamp, or more than one thing")
    return der.wrap(der.SEQUENCE, _GRANTED, _ordered(parts[1]))


def check_signer_named(response: bytes, signer: Certificate) -> None:
    """Check that the signed part of the token names its signer's certificate by digest.

    Args:
        response: as ``normal_answer`` returned it.
        signer: the certificate that is to be named.

    Raises:
        NotTrusted: it names another one or none, or carries what no signature covers.
    """
    signed_data = _signed_data(der.only(response, der.SEQUENCE).children()[1])
    (info,) = signed_data[-1].children()
    version, _sid, digest, attributes, *rest = info.children()
    if version.content != b"\x01" or attributes.tag != der.CONTEXT_0 or len(rest) != 2:
        raise NotTrusted("it carries parts that no signature covers, or lacks some")
    digest_name = _DIGESTS.get(digest.children()[0].raw, "sha1")
    if digest_name == "sha1":
        raise NotTrusted("it is signed with a digest that is no longer safe")
    _check_algorithm(rest[0], digest_name, signer)
    certificate = der_of(signer)
    for attribute in attributes.children():
        kind, values = attribute.children()
        if kind.raw not in (_SIGNER_DIGEST_V1, _SIGNER_DIGEST_V2):
            continue
        first = values.children()[0].children()[0].children()[0].children()  # of the first certificate that is named
        algorithm = "sha1" if kind.raw == _SIGNER_DIGEST_V1 else "sha256"
        if first[0].tag == der.SEQUENCE:
            algorithm = _DIGESTS.get(first.pop(0).children()[0].raw, "")
        if algorithm and hashlib.new(algorithm, certificate).digest() == first[0].content:
            return
        raise NotTrusted("it names the certificate of another signer")
    raise NotTrusted("it does not name the certificate of its signer")


def _check_algorithm(named: der.Element, digest_name: str, signer: Certificate) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = signer.public_key()
    kind = "EC" if isinstance(key, ec.EllipticCurvePublicKey) else "RSA" if isinstance(key, rsa.RSAPublicKey) else ""
    name, *parameters = named.children()
    fitting = [der.identifier(one) for one in _SIGNATURES.get((kind, digest_name), ())]
    if name.raw not in fitting or [one.raw for one in parameters] not in ([], [der.wrap(der.NULL)]):
        raise NotTrusted("it names a kind of signature that its signer's key cannot make")


def _check_status(status: der.Element) -> None:
    number, *words = status.children()
    if number.tag != der.INTEGER or len(number.content) != 1:
        raise ValueError("its status cannot be read")
    if number.content != b"\x00":
        free_text = [one for part in words if part.tag == der.SEQUENCE for one in part.children()]
        said = one_line(" ".join(one.content.decode("utf-8", "replace") for one in free_text))
        raise NotTrusted(f"the authority did not grant it (status {number.content[0]}{said and ': ' + said})")


def _ordered(token: der.Element) -> bytes:
    """Return a token whose certificates stand in the order that DER prescribes."""
    parts = _signed_data(token)
    if len(parts) < 4 or parts[0].content != b"\x03":
        raise NotTrusted("its signed data is incomplete or of an unknown version")
    # Senders leave the order of certificates to chance; no signature covers them.
    again = [
        der.set_of({one.raw for one in part.children()}, part.tag) if part.tag == der.CONTEXT_0 else part.raw
        for part in parts
    ]
    return der.wrap(der.SEQUENCE, _SIGNED_DATA, der.wrap(der.CONTEXT_0, der.wrap(der.SEQUENCE, *again)))


def _signed_data(token: der.Element) -> list[der.Element]:
    kind, content = token.children()
    if token.tag != der.SEQUENCE or kind.raw != _SIGNED_DATA or content.tag != der.CONTEXT_0:
        raise ValueError("it holds no signed data")
    return der.only(content.content, der.SEQUENCE).children()
