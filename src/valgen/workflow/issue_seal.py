"""The key and the certificate with which a project seals the PDF files that it issues.

Both lie in one file of the key store, ``seal/<SHA-256 of the origin>.pem``, readable by its owner alone. They are made
when the first document is issued. Whoever has a key and a certificate of an authority puts them there instead: first
the private key, then its certificate, then those between it and a root.

The seal is that of the project, not of a person; whose act issuing was says the record.

Source: integrity.md D-7; docs/decisions/0028-issuing-and-anchors.md.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from valgen.errors import AuthorityError, ExecutionError
from valgen.ledger.durable import DISK, Disk
from valgen.ledger.keys import make_private_folder, read_private
from valgen.ledger.lock import Lock

FOLDER = "seal"
"""Folder in the key store."""

_BEGIN = b"-----BEGIN CERTIFICATE-----"
_LONGEST_NAME = 49


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A key and the certificate that readers check its seals by.

    Attributes:
        key: private, PEM.
        certificate: PEM, with those between it and a root if there are any.
    """

    key: bytes = field(repr=False)
    certificate: bytes

    @property
    def name(self) -> str:
        """Name within a pack of the file with the certificate."""
        return f"evidence/seal-{hashlib.sha256(self.certificate).hexdigest()[:12]}.pem"


def seal_of(keystore: Path, origin: str, project: str, now: datetime.datetime, *, disk: Disk = DISK) -> Seal:
    """Return the seal of a project, made now when there is none.

    Args:
        keystore: folder of the keys.
        origin: of the ledger.
        project: its id, which stands in the certificate.
        now: aware; a certificate made now holds for ten years.
        disk: durable operations.

    Raises:
        AuthorityError: others may read the file, or it does not hold a key and a certificate.
        ExecutionError: it cannot be read or written.
    """
    from valgen.writers.pdf.seal import make_seal_certificate

    path = keystore / FOLDER / f"{hashlib.sha256(origin.encode('utf-8')).hexdigest()}.pem"
    try:
        make_private_folder(path.parent, disk)
        with Lock(path.parent / "lock"):
            if not path.exists():
                key, certificate = make_seal_certificate(project[:_LONGEST_NAME], now=now)
                temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
                disk.write_file(temporary, path, key + certificate, 0o600)
            data = read_private(path, why="whoever reads it can seal files in the name of this project")
    except OSError as error:
        raise ExecutionError(
            f"the seal of the project cannot be kept in {path}: {error.strerror or error}",
            why="issued PDF files carry a seal, so that any PDF viewer shows when one was changed",
            fix="see that the key store is on a disk with room and that you may write there",
            code="VG548",
        ) from error
    key, mark, certificate = data.partition(_BEGIN)
    if not mark or b"PRIVATE KEY-----" not in key:
        raise AuthorityError(
            f"{path} does not hold a private key and its certificate",
            why="issued PDF files are sealed with them",
            fix="put the key first and its certificate behind it, both PEM, or move the file away to have one made",
            code="VG548",
        )
    return Seal(key=key, certificate=mark + certificate)
