"""Time stamps of an outside authority over a checkpoint, after RFC 3161.

A time stamp proves that certain bytes existed at a certain time, by the signature of an authority whose clock nobody
here can set. It is accepted only when everything holds at once: it is granted; it is for exactly these bytes and this
question; its signer is named inside the signature by digest (RFC 5035), is certified for time stamps and nothing
else, and leads to a root that the caller named; all certificates were valid at the stated time; and no certificate
came with it that has no part in this. That a certificate expires later changes nothing.

The question asks for no certificates: authorities send theirs in any order, which strict readers refuse. So the
certificate of the authority comes from the caller; if some are sent all the same they are put in order and judged.

Only ``fetch`` touches the network. No clock: every time comes out of a token. Leaves to others: which checkpoint is
stamped and where the answer is kept (``anchors``), and what to do while no answer can be had.

Source: RFC 3161, RFC 5035, RFC 5652; integrity.md §3.5, C-12, C-13.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from valgen.errors import ExecutionError, VerificationError
from valgen.ledger import certificates as x509_files
from valgen.ledger import der
from valgen.ledger.certificates import NotTrusted, one_line
from valgen.ledger.tokens import SHA256, check_signer_named, normal_answer

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

MAX_BYTES = 1 << 18
"""Longest answer of an authority that is read."""

_LATE = "no answer within {:g} s"


class TimeStampUnavailable(ExecutionError):
    """No answer of a time-stamp authority could be had; the same question may be asked again later."""

    code = "VG541"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedTime:
    """What an accepted time stamp says.

    Attributes:
        time: when the bytes existed, RFC 3339 in UTC with milliseconds, such as ``2026-03-02T09:40:00.000Z``.
        accuracy_ms: how far the authority says that this may be off, rounded up; None where it says nothing.
        serial: number that the authority gave to it.
        policy: object identifier of the rules that the authority follows.
        authority: name in the certificate of the authority.
        certificate: SHA-256 of that certificate, hex.
    """

    time: str
    accuracy_ms: int | None
    serial: int
    policy: str
    authority: str
    certificate: str


def request(data: bytes, nonce: int, *, certificate: bool = False) -> bytes:
    """Return the question to an authority: a time-stamp query in DER with the SHA-256 of ``data``.

    Args:
        data: what to stamp; only its digest is sent.
        nonce: a random number from 1 to 2^64 - 1, so that an old answer is recognised.
        certificate: also ask for the certificate of the authority; without it the caller must know it.
    """
    if not 0 < nonce < 1 << 64:
        raise ValueError("the nonce must be a number from 1 to 2^64 - 1")
    algorithm = der.wrap(der.SEQUENCE, der.identifier(SHA256), der.wrap(der.NULL))
    imprint = der.wrap(der.SEQUENCE, algorithm, der.wrap(der.OCTETS, hashlib.sha256(data).digest()))
    wanted = der.wrap(der.BOOLEAN, b"\xff") if certificate else b""
    return der.wrap(der.SEQUENCE, der.whole_number(1), imprint, der.whole_number(nonce), wanted)


def check_token(
    response_or_token: bytes,
    data: bytes,
    *,
    roots: Sequence[bytes],
    certificates: Sequence[bytes] = (),
    nonce: int | None,
) -> StampedTime:
    """Accept a time stamp over ``data`` or say why not.

    Args:
        response_or_token: the answer of an authority, or the token alone.
        data: what must have been stamped.
        roots: trusted certificates, each PEM (one or more) or DER. At least one.
        certificates: of the authority and between it and a root, likewise; not trusted in anything.
        nonce: that of the question; None when the question is long past.

    Raises:
        VerificationError: it does not hold, in whatever way (VG540).
    """
    trusted = _load(roots, "a root certificate")
    if not trusted:
        _refuse("no root certificate of a time-stamp authority is known")
    given = _load(certificates, "a certificate of the authority")
    try:
        return _check(normal_form(response_or_token), data, trusted, given, nonce)
    except x509_files.unreadable() as error:
        _because(error)


def normal_form(response_or_token: bytes) -> bytes:
    """Return the answer as it is kept: status granted and nothing more, the token with certificates in order.

    What is left out or put in order is not covered by any signature. Whoever keeps this form can tell every change.

    Raises:
        VerificationError: it is no answer, or one without a time stamp (VG540).
    """
    if len(response_or_token) > MAX_BYTES:
        _refuse(f"it is longer than {MAX_BYTES} bytes")
    try:
        return normal_answer(response_or_token)
    except (ValueError, IndexError) as error:
        _because(error)


def stamped_digest(response_or_token: bytes) -> bytes:
    """Return the digest that a time stamp is for, without any check of who made it.

    Raises:
        VerificationError: it is no time stamp with SHA-256 (VG540).
    """
    try:
        return _imprint(_decode(normal_form(response_or_token)))
    except x509_files.unreadable() as error:
        _because(error)


def stamped_time(response_or_token: bytes) -> str:
    """Return the time that a time stamp states, RFC 3339 in UTC, without any check of who made it.

    Raises:
        VerificationError: it is no time stamp (VG540).
    """
    try:
        return _rfc3339(_decode(normal_form(response_or_token)).tst_info.gen_time)
    except x509_files.unreadable() as error:
        _because(error)


def seconds_between(claimed: str, stamped: str) -> float:
    """Return how many seconds after a claimed time something was stamped; negative when before.

    A record that was stamped long after the time it claims may be back-dated; one stamped before it was made
    by a clock that is ahead.

    Args:
        claimed: RFC 3339 in UTC, of a record.
        stamped: RFC 3339 in UTC, of the first time stamp that covers it.

    Raises:
        ValueError: one of them is no such time.
    """
    earlier, later = (datetime.datetime.fromisoformat(one) for one in (claimed, stamped))
    return (later - earlier).total_seconds()


def fetch(url: str, request_bytes: bytes, timeout_s: float) -> bytes:
    """Ask an authority and return its answer, unchecked.

    Args:
        url: http or https, without user name and password. Another address that it points to is not followed.
        request_bytes: from ``request``.
        timeout_s: for everything together.

    Raises:
        TimeStampUnavailable: no answer within that time, or the address cannot be used (VG541).
    """
    import queue
    import threading
    import urllib.parse

    try:
        parts = urllib.parse.urlsplit(url)
        host, usable = parts.hostname or "", parts.scheme in ("http", "https") and parts.username is None
    except ValueError:
        host, usable = "", False
    if not usable or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise _unavailable("its address is not an http or https address without user name and password")
    # A socket's own time limit starts anew with every byte, so a server that drips could hold the caller for hours.
    answers: queue.SimpleQueue[bytes | str] = queue.SimpleQueue()
    threading.Thread(
        target=lambda: answers.put(_exchange(url, request_bytes, timeout_s)), name="time-stamp", daemon=True
    ).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        answer = _LATE.format(timeout_s)
    if isinstance(answer, str):
        raise _unavailable(f"{host}: {answer}")
    return answer


def _exchange(url: str, request_bytes: bytes, timeout_s: float) -> bytes | str:
    """Return the answer, or why there is none."""
    import http.client
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """Does not follow to another address: the question would arrive there without its body."""

        def redirect_request(self, *_: object) -> None:
            return None

    message = urllib.request.Request(
        url,
        data=request_bytes,
        headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
    )
    try:
        with urllib.request.build_opener(Stay).open(message, timeout=timeout_s) as response:
            data: bytes = response.read(MAX_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        return f"it answered with HTTP status {error.code}"
    except urllib.error.URLError as error:
        return _LATE.format(timeout_s) if isinstance(error.reason, TimeoutError) else one_line(str(error.reason))
    except TimeoutError:
        return _LATE.format(timeout_s)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return one_line(str(error) or type(error).__name__)
    return data if len(data) <= MAX_BYTES else f"its answer is longer than {MAX_BYTES} bytes"


def _check(
    response: bytes, data: bytes, roots: list[Certificate], given: list[Certificate], nonce: int | None
) -> StampedTime:
    """Check an answer in its normal form; raise what ``_because`` takes."""
    from rfc3161_client import VerifierBuilder
    from rfc3161_client.errors import VerificationError as Refused

    decoded = _decode(response)
    info = decoded.tst_info
    if _imprint(decoded) != hashlib.sha256(data).digest():
        raise NotTrusted("it is for other content")
    if nonce is not None and info.nonce != nonce:
        raise NotTrusted("it is the answer to another question (the nonce differs)")
    sent = [one for raw in decoded.signed_data.certificates for one in x509_files.read_certificates(raw)]
    signer = _signer(decoded, sent, given)
    _check_purpose(signer)
    check_signer_named(response, signer)
    way = x509_files.find_way(signer, [*sent, *given], roots, info.gen_time)
    for one in sent:
        if one not in way and one not in given and one not in roots:
            raise NotTrusted(f"a certificate of {x509_files.printed_name(one)} came with it that has no part in this")
    root = way[-1]
    if root.subject != root.issuer:
        raise NotTrusted(f"{x509_files.printed_name(root)} is no root: another authority certifies it")
    checker = VerifierBuilder(tsa_certificate=signer, intermediates=way[1:-1], roots=[root], nonce=nonce).build()
    try:
        checker.verify_message(decoded, data)
    except Refused as error:
        raise NotTrusted(f"its signature does not hold ({one_line(str(error))})") from error
    return StampedTime(
        time=_rfc3339(info.gen_time),
        accuracy_ms=_accuracy(decoded),
        serial=info.serial_number,
        policy=info.policy.dotted_string,
        authority=x509_files.printed_name(signer),
        certificate=hashlib.sha256(x509_files.der_of(signer)).hexdigest(),
    )


def _decode(response: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    decoded = decode_timestamp_response(response)
    if decoded.tst_info.version != 1 or len(decoded.signed_data.signer_infos) != 1:
        raise NotTrusted("it is of an unknown version, or not signed by exactly one authority")
    return decoded


def _imprint(decoded: TimeStampResponse) -> bytes:
    imprint = decoded.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA256 or len(imprint.message) != 32:
        raise NotTrusted("it is for another digest than SHA-256")
    return imprint.message


def _signer(decoded: TimeStampResponse, sent: list[Certificate], given: list[Certificate]) -> Certificate:
    """Return the one certificate that the token names as its signer's."""
    (named,) = decoded.signed_data.signer_infos
    found = {
        x509_files.der_of(one): one
        for one in (*sent, *given)
        if one.issuer == named.issuer and one.serial_number == named.serial_number
    }
    if not found:
        raise NotTrusted(
            f"the certificate of its signer is not known (issued by {one_line(named.issuer.rfc4514_string())})"
        )
    if len(found) > 1:
        raise NotTrusted("two different certificates claim to be its signer's")
    return next(iter(found.values()))


def _check_purpose(signer: Certificate) -> None:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        purpose = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        purpose = None
    if purpose is None or not purpose.critical or list(purpose.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise NotTrusted(f"the certificate of {x509_files.printed_name(signer)} is not one for time stamps alone")


def _accuracy(decoded: TimeStampResponse) -> int | None:
    accuracy = decoded.tst_info.accuracy
    if accuracy is None:
        return None
    return 1000 * (accuracy.seconds or 0) + (accuracy.millis or 0) + bool(accuracy.micros)


def _rfc3339(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _load(files: Sequence[bytes], what: str) -> list[Certificate]:
    try:
        return [one for data in files for one in x509_files.read_certificates(data)]
    except x509_files.unreadable() as error:
        _refuse(f"{what} cannot be read", error)


def _unavailable(reason: str) -> TimeStampUnavailable:
    return TimeStampUnavailable(
        f"the time-stamp authority cannot be reached: {reason}",
        why="the newest records are not yet proven by an outside clock; they are recorded all the same",
        fix="see that the address is right and reachable; the time stamp is asked for again at the next occasion",
    )


def _because(error: Exception) -> NoReturn:
    if isinstance(error, NotTrusted):
        _refuse(str(error), error)
    _refuse(f"it is damaged or is not the answer of a time-stamp authority ({one_line(str(error))})", error)


def _refuse(reason: str, cause: Exception | None = None) -> NoReturn:
    raise VerificationError(
        f"the time stamp cannot be accepted: {reason}",
        why="only a time stamp that holds in every part proves when the records existed",
        fix="ask the authority again; if it fails again, see that its certificates in the settings are the right ones",
        code="VG540",
    ) from cause
