"""One record: from a draft to the bytes of its line, and back.

A line is the canonical JSON of ``{"body", "sigs", "type"}``. A signature is Ed25519 over the DSSE pre-authentication
encoding of the type and the canonical body, so that it exports one to one into a DSSE envelope.

No files here. Format: docs/format.md, "Records".
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from valgen.errors import VerificationError
from valgen.ledger import canonical, kinds
from valgen.ledger.keys import ROLES, SigningKey, check_public_key, key_id, verify_signature


@dataclass(frozen=True, slots=True)
class Draft:
    """A record about to be written.

    Attributes:
        kind: a key of ``kinds.KINDS``.
        body: its own keys; the log adds the common ones.
        signer: ``"recorder"`` to have it signed even where its kind does not ask for that; in dry logs only.
        signers: keys of people or of the root that sign it. The recorder signs its kinds by itself, and the keys of
            a machine their own declaration.
        with_head: put ``head`` into the body: size and root of the log just before the batch.
    """

    kind: str
    body: Mapping[str, Any]
    signer: str | None = None
    signers: tuple[SigningKey, ...] = ()
    with_head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A record as it stands in the log.

    Attributes:
        seq: its number, from 0.
        leaf: its leaf hash, hex; the name by which other records bind it.
        body: as stored; long values are not expanded.
        file: name of its file within ``log/``.
        offset: of its line in that file, in bytes.
    """

    seq: int
    leaf: str
    body: dict[str, Any]
    file: str = ""
    offset: int = 0

    @property
    def kind(self) -> str:
        """Kind of the record."""
        return str(self.body["kind"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When and by whom, as the caller's clock says.

    Attributes:
        time: RFC 3339 in UTC, such as ``2026-03-02T09:30:00.000Z``.
        mono: monotonic clock in milliseconds.
        boot: name of the boot that ``mono`` belongs to.
        actor: who did it.
    """

    time: str
    mono: int
    boot: str
    actor: str


def pae(type_: str, body: bytes) -> bytes:
    """Return the DSSE pre-authentication encoding: the bytes that a record signature covers."""
    name = type_.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)


def build_line(body: Mapping[str, Any], signers: Iterable[SigningKey]) -> bytes:
    """Return the line of a record, without its newline.

    Args:
        body: complete, common keys included.
        signers: keys that sign it.

    Raises:
        VerificationError: the body does not fit its kind, or cannot be written.
    """
    problems = kinds.check_body(body)
    if problems:
        raise VerificationError(
            f"a {body.get('kind')} record cannot be written: {'; '.join(problems)}",
            why="every record fits the table of its kind, so that any reader understands it",
            code="VG503",
        )
    type_ = kinds.KINDS[body["kind"]].type
    data = canonical.encode(body)
    message = pae(type_, data)
    sigs = []
    for _, key in sorted({key.id: key for key in signers}.items()):
        signature = key.sign(message)
        if key.role not in ROLES and not verify_signature(key.public, signature, message):
            _refuse(f"the private key of {key.id} does not belong to its public key", code="VG505")
        sigs.append({"key": key.id, "sig": base64.b64encode(signature).decode("ascii")})
    line = b'{"body":%s,"sigs":%s,"type":"%s"}' % (data, canonical.encode(sigs), type_.encode())
    if len(line) > canonical.MAX_LINE_BYTES:
        raise VerificationError(
            f"a {body['kind']} record takes {len(line)} bytes, more than {canonical.MAX_LINE_BYTES}",
            why="big things are kept as attachments",
            fix="attach the long parts as files",
            code="VG525",
        )
    return line


def read_line(line: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a line strictly: canonical, of a known kind, every key known.

    Returns:
        The body, and the signatures by key id; the signatures are not checked yet.

    Raises:
        VerificationError: names what is wrong.
    """
    value = canonical.decode_line(line)
    if value.keys() != {"body", "sigs", "type"}:
        _refuse("it has other keys than body, sigs and type")
    body, sigs = value["body"], value["sigs"]
    if type(body) is not dict or type(sigs) is not list:
        _refuse("its body or its signatures have the wrong shape")
    problems = kinds.check_body(body)
    if problems:
        _refuse("; ".join(problems))
    if value["type"] != kinds.KINDS[body["kind"]].type:
        _refuse(f"its type {value['type']!r} is not that of its kind {body['kind']}")
    found: dict[str, str] = {}
    for entry in sigs:
        if type(entry) is not dict or entry.keys() != {"key", "sig"} or not all(type(v) is str for v in entry.values()):
            _refuse("a signature has the wrong shape")
        if found and entry["key"] <= next(reversed(found)):
            _refuse("its signatures are not in the order of their keys, or one key signs twice")
        found[entry["key"]] = entry["sig"]
    return body, found


def check_signatures(
    body: Mapping[str, Any], sigs: Mapping[str, str], keys: Mapping[str, tuple[str, bytes]], *, ledger: bool = False
) -> None:
    """Check every signature of a record, and in a dry log that the required one is there.

    Args:
        body: as read.
        sigs: base64 signatures by key id.
        keys: role and raw public key of every key that may stand here, by key id.
        ledger: whether the record is one of a ledger, where ``registry`` says whose signatures are required.

    Raises:
        VerificationError: one does not hold, its key is not known, or the recorder's is missing.
    """
    kind = kinds.KINDS[body["kind"]]
    if sigs:
        message = pae(kind.type, canonical.encode(body))
        for name, text in sigs.items():
            if name not in keys:
                _refuse(f"it is signed by a key that the log does not declare: {name[:80]}", code="VG505")
            if not verify_signature(keys[name][1], canonical.strict_base64(text, 64), message):
                _refuse(f"the signature by key {name} does not hold", code="VG505")
    if not ledger and kind.signed and not any(keys[name][0] == "recorder" for name in sigs):
        _refuse(f"a {kind.name} record must be signed by a recorder key", code="VG505")


def brought_keys(body: Mapping[str, Any]) -> dict[str, tuple[str, bytes]]:
    """Return role and raw public key by key id of the keys that a record brings; empty for most records.

    Raises:
        VerificationError: a key is not acceptable, or one is brought twice.
    """
    if body["kind"] == "account.activated":
        entries = [("person", body["key"])]
    elif body["kind"] in ("genesis", "keys.declared"):
        entries = [(entry["role"], entry["key"]) for entry in body["keys"]]
    else:
        return {}
    found: dict[str, tuple[str, bytes]] = {}
    for role, text in entries:
        public = bytes.fromhex(text)
        check_public_key(public)
        if key_id(public) in found:
            _refuse("one key is declared twice", code="VG505")
        found[key_id(public)] = (role, public)
    return found


def _refuse(reason: str, *, code: str = "VG503") -> NoReturn:
    raise VerificationError(f"the record cannot be verified: {reason}", code=code)
