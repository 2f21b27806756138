"""The seal on issued PDF files: what carries it, what breaks it, and what other programs say (integrity.md D-7)."""

from __future__ import annotations

import datetime
import hashlib
import io
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from office import document
from office_samples import urs
from pdf_files import one, opened, run
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from valgen.documents.blocks import paragraph
from valgen.errors import RenderError, VerificationError
from valgen.writers.pdf.seal import RESERVED_BYTES, check_seal, make_seal_certificate, seal_pdf, unsealed

WHEN = datetime.datetime(2026, 3, 2, 9, 40, tzinfo=datetime.UTC)
KEY, CERTIFICATE = make_seal_certificate("S3 records vault", now=WHEN - datetime.timedelta(days=1))
SAID = {"reason": "Issued as version 1.0", "location": "Basel (QA)", "name": "S3V", "when": WHEN}


@pytest.fixture(scope="module")
def plain() -> bytes:
    """A finished file."""
    return one(document(paragraph("A record that was issued.")))


@pytest.fixture(scope="module")
def sealed(plain: bytes) -> bytes:
    """The same with a seal."""
    return seal(plain)


def seal(data: bytes, key: bytes = KEY, certificate: bytes = CERTIFICATE, **said: Any) -> bytes:
    return seal_pdf(data, key_pem=key, certificate_pem=certificate, **{**SAID, **said})


def broken(data: bytes, reason: str = "cannot be accepted", roots: tuple[bytes, ...] = (CERTIFICATE,)) -> None:
    """Check that a seal does not hold, for this reason."""
    with pytest.raises(VerificationError, match=reason) as caught:
        check_seal(data, roots=roots)
    assert caught.value.code == "VG547"


def room(data: bytes) -> tuple[int, int, int]:
    """Return where the seal itself begins, where its bytes end and where its room ends, in the file."""
    found = re.search(rb"/Contents <([0-9A-F]+?)(0{1000,})>", data)
    assert found is not None
    return found.start(1), found.end(1), found.end(2)


def added(data: bytes, change: Callable[[Any], None]) -> bytes:
    """Return a file with an incremental update behind it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def test_seal_says_who_when_where_and_why(plain: bytes, sealed: bytes) -> None:
    found = check_seal(sealed, roots=[CERTIFICATE])
    assert (found.name, found.reason, found.location) == ("S3V", "Issued as version 1.0", "Basel (QA)")
    assert found.when == "2026-03-02T09:40:00Z"
    assert found.holder == "valgen seal of S3 records vault"
    assert found.certificate == hashlib.sha256(_der(CERTIFICATE)).hexdigest()
    assert found.unsealed_sha256 == hashlib.sha256(plain).hexdigest()


def test_file_under_the_seal_is_untouched(plain: bytes, sealed: bytes) -> None:
    assert sealed.startswith(plain) and unsealed(sealed) == plain
    assert len(sealed) - len(plain) < 2 * RESERVED_BYTES + 4000


def test_seal_changes_neither_description_nor_version_of_the_file(plain: bytes, sealed: bytes) -> None:
    before, after = opened(plain), opened(sealed)
    assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
    assert dict(before.docinfo) == dict(after.docinfo)
    assert before.pdf_version == after.pdf_version and "/Version" not in after.Root
    assert after.Root.AcroForm.Fields[0].T == "valgen-seal"


def test_time_in_another_zone_is_the_same_moment(plain: bytes) -> None:
    there = datetime.timezone(datetime.timedelta(hours=2))
    found = check_seal(seal(plain, when=WHEN.astimezone(there)), roots=[CERTIFICATE])
    assert found.when == "2026-03-02T09:40:00Z"


def test_words_beyond_ascii_are_kept(plain: bytes) -> None:
    found = check_seal(seal(plain, reason="Freigabe für 温度 (ü)", name="Zürich"), roots=[CERTIFICATE])
    assert found.reason == "Freigabe für 温度 (ü)" and found.name == "Zürich"


def test_certificate_may_expire_later(plain: bytes) -> None:
    short_key, short = _pair(days=(-1, 1))
    assert check_seal(seal(plain, short_key, short), roots=[short]).reason


# What breaks it


def test_flipped_byte_anywhere_in_the_file_breaks_the_seal(sealed: bytes) -> None:
    start, _, end = room(sealed)
    places = [*range(0, start, max(1, start // 60)), *range(end, len(sealed), max(1, (len(sealed) - end) // 60))]
    for number, place in enumerate(places):
        changed = bytearray(sealed)
        changed[place] ^= 1 << number % 8
        broken(bytes(changed))


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.real)], ids=["some", "every"])
def test_flipped_byte_in_the_seal_itself_breaks_it(sealed: bytes, every: bool) -> None:
    start, written, end = room(sealed)
    places = range(start - 1, written, 1 if every else 29)
    for place in [*places, written + 1, end - 1, end]:
        changed = bytearray(sealed)
        changed[place] ^= 1 << (place % 3)
        broken(bytes(changed))


def test_something_hidden_in_the_room_of_the_seal_breaks_it(sealed: bytes) -> None:
    _, written, _ = room(sealed)
    broken(sealed[: written + 100] + b"C0FFEE" + sealed[written + 106 :], "something else than the seal")


def test_file_without_seal_is_not_taken_for_sealed(plain: bytes) -> None:
    broken(plain, "no seal")
    with pytest.raises(VerificationError):
        unsealed(plain)


@pytest.mark.parametrize("tail", [b"\n", b"%comment\n", b"%%EOF\n", bytes(100)])
def test_bytes_behind_the_seal_are_told(sealed: bytes, tail: bytes) -> None:
    broken(sealed + tail)


def test_file_cut_short_is_told(sealed: bytes) -> None:
    for size in (0, 10, len(sealed) // 2, len(sealed) - 7, len(sealed) - 1):
        broken(sealed[:size])


def test_later_revision_is_told_even_when_other_programs_allow_it(sealed: bytes) -> None:
    from pyhanko.pdf_utils import generic

    def description(writer: Any) -> None:
        writer.set_info(generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("Another title")}))

    def page(writer: Any) -> None:
        first, *_ = writer.find_page_for_modification(0)
        first.get_object()["/Rotate"] = generic.NumberObject(180)
        writer.mark_update(first)

    for change in (description, page):
        broken(added(sealed, change), "added behind it")


def test_second_seal_or_signature_behind_it_is_told(sealed: bytes) -> None:
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, certificate = _pair()
    signer = signers.SimpleSigner(
        signing_cert=next(iter(load_certs_from_pemder_data(certificate))),
        signing_key=_key(key),
        cert_registry=SimpleCertificateStore(),
    )
    meta = signers.PdfSignatureMetadata(field_name="other", subfilter=fields.SigSeedSubFilter.PADES)
    twice = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(sealed)), meta, signer).getvalue()
    broken(twice, "2 seals or signatures", (CERTIFICATE, certificate))
    alone = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(unsealed(sealed))), meta, signer).getvalue()
    broken(alone, "another seal", (CERTIFICATE, certificate))


def test_rewritten_file_is_told(sealed: bytes) -> None:
    again = io.BytesIO()
    pikepdf.open(io.BytesIO(sealed)).save(again)
    broken(again.getvalue())


def test_seal_of_somebody_else_is_told(plain: bytes, sealed: bytes) -> None:
    key, certificate = make_seal_certificate("S3 records vault", now=WHEN)  # the same name
    broken(seal(plain, key, certificate), "is not known")
    broken(sealed, "is not known", (certificate,))


def test_seal_is_never_judged_without_a_known_certificate(sealed: bytes) -> None:
    broken(sealed, "no certificate is known", ())
    broken(sealed, "cannot be read", (b"nonsense",))


def test_what_is_no_pdf_file_is_refused_in_plain_words() -> None:
    for data in (b"", b"x", b"%PDF-1.7\n%%EOF\n", bytes(1000), b"PK\x03\x04"):
        broken(data)


# What cannot be sealed


def cannot(reason: str, data: bytes, *pair: bytes, **said: Any) -> None:
    with pytest.raises(RenderError, match=reason) as caught:
        seal(data, *pair, **said)
    assert caught.value.code == "VG548"


def test_sealed_file_is_not_sealed_again(sealed: bytes) -> None:
    cannot("already", sealed)


def test_file_that_is_no_pdf_file_is_not_sealed(plain: bytes) -> None:
    cannot("does not end", b"hello")
    cannot("cannot be read", b"hello\n%%EOF\n")
    cannot("does not end", plain + b"more")


def test_key_of_another_kind_or_certificate_is_refused(plain: bytes) -> None:
    other_key, other = _pair()
    cannot("belongs to another key", plain, other_key, CERTIFICATE)
    cannot("belongs to another key", plain, KEY, other)
    cannot("another kind than ECDSA P-256", plain, *_pair(rsa.generate_private_key(65537, 2048)))
    cannot("another kind than ECDSA P-256", plain, *_pair(ed25519.Ed25519PrivateKey.generate()))
    cannot("another kind than ECDSA P-256", plain, *_pair(ec.generate_private_key(ec.SECP384R1())))
    cannot("not for signing documents", plain, *_pair(signs=False))
    cannot("the key cannot be read", plain, b"nonsense", CERTIFICATE)
    cannot("the certificate cannot be read", plain, KEY, b"nonsense")


def test_certificate_that_is_not_valid_then_is_refused(plain: bytes) -> None:
    cannot("expired", plain, when=WHEN.replace(year=2037))
    cannot("valid only from", plain, when=WHEN.replace(year=2025))
    cannot("no zone", plain, when=WHEN.replace(tzinfo=None))


def test_key_is_never_part_of_a_message(plain: bytes) -> None:
    secret = KEY.splitlines()[1].decode()
    for bad in (KEY[:-40], KEY.replace(b"PRIVATE", b"PUBLIC"), KEY + KEY):
        try:
            seal(plain, bad)
        except RenderError as error:
            chain = f"{error!r} {error.why} {error.fix} {error.__cause__!r} {error.__context__!r}"
            assert secret not in chain


def test_own_certificate_names_the_project_and_holds_ten_years() -> None:
    now = datetime.datetime(2028, 2, 29, 23, 59, 59, 5, tzinfo=datetime.UTC)
    key, certificate = make_seal_certificate("S3V", now=now)
    found = x509.load_pem_x509_certificate(certificate)
    assert found.subject.rfc4514_string() == found.issuer.rfc4514_string() == "CN=valgen seal of S3V"
    assert found.not_valid_before_utc == now.replace(microsecond=0)
    assert found.not_valid_after_utc == datetime.datetime(2038, 2, 28, 23, 59, 59, tzinfo=datetime.UTC)
    assert key.startswith(b"-----BEGIN PRIVATE KEY-----")


@pytest.mark.parametrize("name", ["x" * 50, "a\nb"])
def test_project_name_that_no_certificate_can_bear_is_refused(name: str) -> None:
    with pytest.raises(RenderError, match="name must have"):
        make_seal_certificate(name, now=WHEN)


def test_library_stays_silent_when_a_seal_does_not_hold(
    sealed: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    broken(sealed, roots=(_pair()[1],))
    assert capsys.readouterr() == ("", "")


# What other programs say


@pytest.mark.real
def test_poppler_accepts_the_seal_over_the_whole_document(tmp_path: Path) -> None:
    said = run("pdfsig", seal(one(urs())), tmp_path, "FILE")
    assert "Signature is Valid" in said and "Total document signed" in said
    assert "Signature #2" not in said and "ETSI.CAdES.detached" in said and "SHA-256" in said


@pytest.mark.real
def test_poppler_notices_a_changed_byte_and_an_addition(sealed: bytes, tmp_path: Path) -> None:
    changed = bytearray(sealed)
    changed[20] ^= 1  # in the comment behind the header, so that the file stays readable
    assert "Signature is Valid" not in run("pdfsig", bytes(changed), tmp_path, "FILE")
    longer = added(sealed, lambda writer: writer.update_root())
    assert "Not total document signed" in run("pdfsig", longer, tmp_path, "FILE")


@pytest.mark.real
def test_pyhanko_accepts_the_seal(sealed: bytes) -> None:
    seals = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    roots = list(load_certs_from_pemder_data(CERTIFICATE))
    status = validate_pdf_signature(seals[0], ValidationContext(trust_roots=roots, moment=WHEN))
    assert status.bottom_line and status.intact and status.valid and status.trusted
    assert status.coverage.name == "ENTIRE_FILE" and status.modification_level.name == "NONE"


@pytest.mark.real
def test_qpdf_finds_no_error_in_a_sealed_file(tmp_path: Path) -> None:
    assert "No syntax or stream encoding errors" in run("qpdf", seal(one(urs())), tmp_path, "--check", "FILE")


def _pair(key: Any = None, *, days: tuple[int, int] = (-1, 10), signs: bool = True) -> tuple[bytes, bytes]:
    """Return a key and a certificate, as somebody else would make them."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
    others = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only")
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=signs, decipher_only=False, **dict.fromkeys(others, False)
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(WHEN + datetime.timedelta(days=days[0]))
        .not_valid_after(WHEN + datetime.timedelta(days=days[1]))
        .add_extension(usage, critical=True)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, certificate.public_bytes(encoding)


def _der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def _key(pem: bytes) -> Any:
    from pyhanko.keys import load_private_key_from_pemder_data

    return load_private_key_from_pemder_data(pem, passphrase=None)
