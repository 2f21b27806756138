"""The seal on an issued PDF file: that it was not altered since, shown by every PDF viewer.

A seal is made by valgen with a key of the project. It is not the signature of a person: those stand in the ledger and
on the signature page. It is a PAdES signature (baseline B-B), invisible, over the whole file, with an ECDSA P-256 key.

Sealing comes last, after everything else was done to the file; what is under the seal stays byte for byte as it was.
A sealed file is not reproducible, because an ECDSA signature contains a random number; the file under the seal is.

``check_seal`` accepts exactly one seal over the whole file with nothing behind it, also where other programs would
allow later additions. The time in a seal is that of the sealer; nobody outside vouches for it.

Leaves to others: where the key is kept, which documents are sealed, certificates (``ledger.certificates``). No clock.

Source: 21 CFR 11.10(a), 11.10(c); ETSI EN 319 142-1; integrity.md D-7.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from valgen.errors import RenderError, VerificationError

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

FIELD = "valgen-seal"
"""Name of the form field that holds the seal."""

RESERVED_BYTES = 8192
"""Room for the seal in the file; what it does not need is filled with zeros."""

_FILE_END = re.compile(rb"\s*(endobj\s+)?startxref\s+[0-9]+\s+%%EOF\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a seal that holds says.

    Attributes:
        name: who sealed, as the file says.
        holder: common name in the certificate.
        certificate: SHA-256 of the certificate, hex.
        when: RFC 3339 in UTC; the clock of the sealer.
        reason: why the file was sealed.
        location: where.
        unsealed_sha256: SHA-256 of the file as it was before it was sealed, hex.
    """

    name: str
    holder: str
    certificate: str
    when: str
    reason: str
    location: str
    unsealed_sha256: str


def make_seal_certificate(name: str, *, now: datetime.datetime) -> tuple[bytes, bytes]:
    """Make a key and a certificate for the seal of a project, for those who have none from an authority.

    Args:
        name: of the project, at most 49 characters.
        now: aware; the certificate holds for ten years from then on.

    Returns:
        The private key, PKCS#8 in PEM and not encrypted: keep it as a secret; and the certificate in PEM, which readers
        may tell their PDF viewer to trust.

    Raises:
        RenderError: the name cannot stand in a certificate (VG548).
    """
    from valgen.ledger.certificates import make_certificate

    try:
        return make_certificate(f"valgen seal of {name}", now=now)
    except ValueError as error:
        _cannot(f"no certificate can be made: {error}", error)


def seal_pdf(
    data: bytes,
    *,
    key_pem: bytes,
    certificate_pem: bytes,
    reason: str,
    location: str,
    name: str,
    when: datetime.datetime,
) -> bytes:
    """Return a finished PDF file with a seal behind it.

    Args:
        data: the file; it begins the sealed one unchanged.
        key_pem: ECDSA P-256 private key, PEM, not encrypted.
        certificate_pem: its certificate first, then those between it and a root if there are any.
        reason: why it is sealed, such as ``Issued as version 1.0``.
        location: where, such as the site.
        name: who seals, such as the project.
        when: aware; within the validity of the certificate.

    Raises:
        RenderError: the file, the key or the certificate cannot be used (VG548).
    """
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    from valgen.ledger.certificates import NotTrusted, check_pair

    if when.tzinfo is None:
        _cannot("the time of the seal has no zone")
    moment = when.astimezone(datetime.UTC).replace(microsecond=0)
    try:
        check_pair(key_pem, certificate_pem, moment)
    except NotTrusted as error:
        _cannot(str(error), error)
    if not data.endswith(b"%%EOF\n"):
        _cannot("the file does not end as a finished PDF file ends")

    class Writer(IncrementalPdfFileWriter):
        """Leaves title, dates and the rest of the description as they are: the seal says when it was made."""

        def _update_meta(self) -> None:
            return None

    class Signer(signers.PdfSigner):
        """Takes the time from the caller, and does not declare the file to be of a newer version of PDF."""

        def register_extensions(self, *_: Any, **__: Any) -> None:
            return None

        def init_signing_session(self, *args: Any, **options: Any) -> PdfSigningSession:
            session = super().init_signing_session(*args, **options)
            session.system_time = moment
            return session

    described = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        name=name,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    # PDF/A wants annotations that print, PDF/UA wants untagged ones off the page; nothing is drawn in either case.
    place = fields.SigFieldSpec(
        FIELD,
        readable_field_name="Seal of valgen",
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
    )
    certificate, *chain = load_certs_from_pemder_data(certificate_pem)
    store = SimpleCertificateStore.from_certs(chain)  # type: ignore[no-untyped-call]
    key = load_private_key_from_pemder_data(key_pem, passphrase=None)
    signer = signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)
    _quiet()
    try:
        writer = Writer(io.BytesIO(data), strict=True)
        if any(True for _ in fields.enumerate_sig_fields(writer)):
            _cannot("it carries a seal or a place for a signature already")
        sealed = io.BytesIO()
        Signer(described, signer, new_field_spec=place).sign_pdf(writer, output=sealed, bytes_reserved=RESERVED_BYTES)
    except RenderError:
        raise
    except Exception as error:  # whatever a file that is no proper PDF brings up in the library
        _cannot(f"the file cannot be read as a PDF file ({_plain(error)})", error)
    result = sealed.getvalue()
    try:
        check_seal(result, roots=[certificate_pem])
    except VerificationError as error:
        _cannot(f"the seal would not hold: {error.what}", error)
    return result


def check_seal(data: bytes, *, roots: Sequence[bytes]) -> Sealed:
    """Accept a sealed PDF file or say why not.

    Args:
        data: the whole file.
        roots: trusted certificates, each PEM (one or more) or DER: that of the seal itself, or the root it leads to.

    Raises:
        VerificationError: no seal or more than one, something changed, something behind the seal, an unknown or
            invalid certificate (VG547).
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    _quiet()
    trusted = _load(roots)
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        seals = list(reader.embedded_signatures)
        if len(seals) != 1 or seals[0].field_name != FIELD:
            count = (
                "no seal" if not seals else f"{len(seals)} seals or signatures" if len(seals) > 1 else "another seal"
            )
            _broken(f"it carries {count} where one seal of valgen is due")
        _check_extent(seals[0], data)
        return _judge(seals[0], trusted, data[: _end_before(reader, data)])
    except VerificationError:
        raise
    except Exception as error:  # whatever a hostile file brings up in the library, its seal does not hold
        _broken(f"it cannot be read ({_plain(error)})", error)


def unsealed(data: bytes) -> bytes:
    """Return a sealed file as it was before it was sealed, so that it can be compared with one built again.

    Raises:
        VerificationError: it is no file with a seal at its end (VG547).
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    _quiet()
    try:
        return data[: _end_before(PdfFileReader(io.BytesIO(data), strict=True), data)]
    except VerificationError:
        raise
    except Exception as error:  # as in check_seal
        _broken(f"it cannot be read ({_plain(error)})", error)


def _judge(seal: EmbeddedPdfSignature, trusted: list[Any], before: bytes) -> Sealed:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    when = seal.self_reported_timestamp
    if when is None or when.tzinfo is None:
        _broken("it does not say when it was made")
    # The certificate must have been valid at that time; that it expires later does not undo a seal.
    context = ValidationContext(trust_roots=trusted, moment=when, allow_fetching=False)
    status = validate_pdf_signature(seal, context, skip_diff=True)
    if not status.intact or not status.valid:
        _broken("the file was changed after it was sealed")
    holder = status.signing_cert.subject.native.get("common_name", "")
    if not status.trusted or not status.bottom_line:
        _broken(f"its certificate, of {_plain(holder)}, is not known or was not valid when it was made")
    known = {one.dump() for one in (*trusted, *(status.validation_path or ()))}
    if any(one.dump() not in known for one in seal.other_embedded_certs):
        _broken("a certificate came with it that has no part in this")
    said = seal.sig_object
    return Sealed(
        name=str(said.get("/Name", "")),
        holder=str(holder),
        certificate=hashlib.sha256(status.signing_cert.dump()).hexdigest(),
        when=when.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        reason=str(said.get("/Reason", "")),
        location=str(said.get("/Location", "")),
        unsealed_sha256=hashlib.sha256(before).hexdigest(),
    )


def _check_extent(seal: EmbeddedPdfSignature, data: bytes) -> None:
    """Check that every byte of the file is either sealed or part of the seal in its one spelling."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    from valgen.ledger import der

    numbers = [int(one) for one in seal.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or not 0 < numbers[1] < numbers[2] <= sum(numbers[2:]) == len(data):
        _broken("the seal does not cover the whole file: something was added behind it, or left out of it")
    whole = der.first(seal.pkcs7_content).raw
    gap = data[numbers[1] : numbers[2]]
    if gap != b"<" + whole.hex().upper().encode().ljust(len(gap) - 2, b"0") + b">":
        _broken("the room of the seal holds something else than the seal")
    if not _in_form(whole, seal.signer_cert):
        _broken("the seal is not written in its one form")
    if seal.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        _broken("the seal does not cover the whole file")


def _in_form(cms: bytes, certificate: Any) -> bool:
    """Tell whether the parts of a seal that no signature covers are those that every seal of valgen has."""
    from valgen.ledger import der

    digest = der.wrap(der.SEQUENCE, der.identifier("2.16.840.1.101.3.4.2.1"), der.wrap(der.NULL))
    method = der.wrap(der.SEQUENCE, der.identifier("1.2.840.10045.4.3.2"))
    content = der.wrap(der.SEQUENCE, der.identifier("1.2.840.113549.1.7.1"))
    one = der.whole_number(1)
    signed_by = der.wrap(der.SEQUENCE, certificate.issuer.dump(), der.whole_number(certificate.serial_number))
    parts = der.only(der.only(cms, der.SEQUENCE).children()[1].content, der.SEQUENCE).children()
    fields = parts[-1].children()[0].children()
    if len(parts) != 5 or len(fields) != 6:
        return False
    signer = der.wrap(der.SEQUENCE, one, signed_by, digest, fields[3].raw, method, fields[5].raw)
    data = der.wrap(der.SEQUENCE, one, der.wrap(der.SET, digest), content, parts[3].raw, der.wrap(der.SET, signer))
    return cms == der.wrap(der.SEQUENCE, der.identifier("1.2.840.113549.1.7.2"), der.wrap(der.CONTEXT_0, data))


def _end_before(reader: PdfFileReader, data: bytes) -> int:
    """Return where the file ended before it was sealed."""
    if reader.total_revisions < 2:
        _broken("nothing was added to it, so it carries no seal")
    end = reader.xrefs.get_xref_container_info(reader.total_revisions - 2).end_location
    found = _FILE_END.match(data, end)
    if found is None:
        _broken("the file under the seal does not end as a PDF file ends")
    return found.end()


def _load(roots: Sequence[bytes]) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder_data

    try:
        found = [one for data in roots for one in load_certs_from_pemder_data(data)]
    except (ValueError, TypeError) as error:
        _broken("a certificate that it is to be checked by cannot be read", error)
    if not found:
        _broken("no certificate is known that it could be checked by")
    return found


def _quiet() -> None:
    """Keep what the library logs out of the terminal: everything that matters is in an error."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _plain(what: object) -> str:
    return "".join(char if char.isprintable() else " " for char in str(what))[:200]


def _cannot(reason: str, cause: Exception | None = None) -> NoReturn:
    raise RenderError(
        f"the PDF file cannot be sealed: {reason}",
        why="an issued document that carries no seal would be taken for a draft",
        fix="see that the key is an ECDSA P-256 key that belongs to the certificate, and that the file has no seal yet",
        code="VG548",
    ) from cause


def _broken(reason: str, cause: Exception | None = None) -> NoReturn:
    raise VerificationError(
        f"the seal cannot be accepted: {reason}",
        why="a seal shows that the file is the one that was issued, byte for byte",
        fix="use the file from the issued pack, whose digest stands in manifest.json",
        code="VG547",
    ) from cause
