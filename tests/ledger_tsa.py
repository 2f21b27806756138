"""A time-stamp authority of our own: certificates made here, answers by ``openssl ts``, served over HTTP.

Certificates and keys are made anew in every run and belong to nobody.
"""

from __future__ import annotations

import contextlib
import datetime
import http.server
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = datetime.datetime.now(datetime.UTC)
TIME_STAMPING, CODE_SIGNING = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
CONFIGURATION = """
[ tsa ]
default_tsa = local
[ local ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = {digest}
"""


@dataclass(frozen=True)
class Holder:
    """Somebody with a key and a certificate."""

    key: Any
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def holder(
    name: str,
    issuer: Holder | None = None,
    *,
    ca: bool = False,
    purposes: Sequence[ObjectIdentifier] = (TIME_STAMPING,),
    critical: bool = True,
    days: tuple[float, float] = (-30, 3650),
    serial: int | None = None,
    with_rsa: bool = False,
    path_length: int | None = None,
) -> Holder:
    """Make a key and a certificate; ``days`` says from when until when it holds, counted from now."""
    key: Any
    key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(USAGES, False)
    usage["key_cert_sign" if ca else "digital_signature"] = True
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(NOW + datetime.timedelta(days=days[0]))
        .not_valid_after(NOW + datetime.timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )
    if not ca and purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=critical)
    return Holder(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


class Authority:
    """Answers time-stamp queries as ``openssl ts`` does.

    Args:
        folder: an empty one for its files.
        signer: whose key signs.
        chain: certificates sent along when the question asks for certificates.
        digest: by which the signer's certificate is named in the answer.
    """

    def __init__(self, folder: Path, signer: Holder, chain: Sequence[Holder] = (), digest: str = "sha256") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conf").write_text(CONFIGURATION.format(digest=digest))
        (folder / "key.pem").write_bytes(signer.key_pem)
        (folder / "signer.pem").write_bytes(signer.pem)
        (folder / "chain.pem").write_bytes(b"".join(one.pem for one in chain))
        self._chain = ["-chain", "chain.pem"] if chain else []

    def answer(self, query: bytes) -> bytes:
        """Return the answer to a query, granted or not."""
        (self.folder / "query").write_bytes(query)
        files = ["-queryfile", "query", "-signer", "signer.pem", "-inkey", "key.pem", "-out", "answer"]
        openssl(self.folder, "ts", "-reply", "-config", "conf", "-section", "local", *files, *self._chain)
        return (self.folder / "answer").read_bytes()


def lying_answer(query: bytes, signer: Holder, sent: Sequence[Holder] = (), when: datetime.datetime = NOW) -> bytes:
    """Return an answer of an authority that keeps no rules: any certificate, any time, anything sent along.

    Args:
        query: the question.
        signer: with an RSA key; its certificate is sent.
        sent: whose certificates are sent beside it.
        when: the time that it states.
    """
    from asn1crypto import keys, tsp
    from asn1crypto import x509 as asn1
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    certificates = [asn1.Certificate.load(one.der) for one in (signer, *sent)]
    private = signer.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    maker = DummyTimeStamper(certificates[0], keys.PrivateKeyInfo.load(private), certificates[1:], when)
    return bytes(maker.request_tsa_response(tsp.TimeStampReq.load(query)).dump())


def openssl(folder: Path, *arguments: str) -> str:
    """Run openssl in a folder and return what it says; skip the test where it is missing."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@contextlib.contextmanager
def served(
    answer: Callable[[bytes], bytes], *, status: int = 200, headers: Sequence[tuple[str, str]] = ()
) -> Iterator[str]:
    """Serve an authority on this machine and give its address; every question gets what ``answer`` returns."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = answer(self.rfile.read(int(self.headers["Content-Length"])))
            with contextlib.suppress(OSError):  # a client that no longer waits
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
